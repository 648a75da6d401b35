"""Questions about time: "last week", "since March", "latest" → a window on the day of publication. English only.

What separates a window from a date that the question is merely about:

- A phrase that is relative to the day of asking ("yesterday", "the past three days") is a window; "next week"
  and every question about what will be is not, since previews were published before.
- A date of the calendar is a window only where it says when something happened or was published, in the past
  ("on 6 March", "since March"), within a year of asking; "the 6 March agreement", "the 1998 disaster", "by 6 March"
  and dates in quotation marks are content. A year in full is content unless the question speaks of publishing
  or asks what happened or changed.
- A window is hard where the question speaks of publishing ("articles from last week"), and where it asks what
  happened in a time that reaches the day of asking: nothing is reported before it happens. Every other window is
  soft, a preference: news of a time that is over may have come out later, and what a question asks about something
  that happened this week ("how often had he won before?") may stand in an old article.

Where in doubt there is no window: a wrong one hides the answer, a missing one only ranks it lower.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from newsdesk.days import (
    DAY,
    MONTH,
    NUMBER,
    RELATIVE,
    UNIT,
    WEEKDAY,
    YEAR,
    Period,
    calendar,
    days_back,
    number_of,
    relative,
)
from newsdesk.types import in_words

AFTERMATH = timedelta(days=3)
"""How long after an event most of the reports on it have appeared."""

FAR = timedelta(days=366)
"""A window that ended longer before the day of asking is content, unless the question speaks of articles."""


@dataclass(frozen=True, slots=True)
class Timeframe:
    """When the articles that the question asks for were published; days are inclusive, None is open.

    ``latest`` prefers the newest and limits nothing: the gain that retrieval gives to what appeared shortly before
    the day of asking is enough, a stronger one lost. A ``soft`` window is preferred and hides nothing outside.
    ``question[phrase_start:phrase_end]`` (code points) is the phrase; ``label`` says the same in words.
    """

    published_from: date | None
    published_to: date | None
    latest: bool
    soft: bool
    phrase_start: int
    phrase_end: int
    label: str


PREFIX = r"(?:(?P<prefix>since|after|before|until|till|by|as of|on|in|during|from|of|at|over|happened) )?"
POINT = re.compile(
    rf"\b{PREFIX}(?P<point>{RELATIVE}|{DAY}|{WEEKDAY}|{MONTH}{YEAR}?)(?! of\b)(?P<possessive>['’]s\b)?", re.IGNORECASE
)
ROLLING = re.compile(
    rf"\b(?:(?:in|over|during|within|for|of) )?the (?:past|last) (?:(?P<number>{NUMBER}) )?(?P<unit>{UNIT})\b(?! of\b)",
    re.IGNORECASE,
)
RANGE = re.compile(rf"\b(?:between|from) (?P<first>{DAY}|\d{{1,2}}) (?:and|to|until) (?P<last>{DAY})", re.IGNORECASE)
TODAY = re.compile(r"(?<!usa )\b(?:as of )?today\b(?P<possessive>['’]s\b)?", re.IGNORECASE)
LATEST = re.compile(
    r"(?<!at the )\blatest\b(?! (?:time|date|day|possible|model|version))|\b(?:newest|most recent(?:ly)?|lately"
    r"|(?:in )?recent(?:ly)?(?: (?:hours|days|weeks|months))?|(?:what(?:['’]s| is)|anything) new|currently"
    r"|at the moment|right now|at present)\b|\bso far\b(?! (?:away|as|from))",
    re.IGNORECASE,
)
CHEAP = re.compile(
    rf"\b(?:{MONTH}|\w+day\b|night|morning|afternoon|evening|hours?|days?|weeks?|weekend|fortnights?|months?|years?"
    r"|today|yesterday|lately|latest|newest|recent|recently|new|current|currently|now|moment|present|far)\b"
    r"|\d{4}-\d\d",
    re.IGNORECASE,
)

QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|(?<!\w)['‘][^'’]*['’](?!\w)")
FUTURE = re.compile(r"\b(?:will|going to|tomorrow|next|due(?! to)|planned|scheduled|upcoming)\b|^Will\b|['’]ll\b")
PAST = re.compile(
    r"\b(?:did|was|were|had|has|have|been|\w{2,}ed|beat|became|began|came|fell|found|gave|got|held|hit|led|left|lost"
    r"|made|met|quit|rose|said|sank|saw|shot|sold|spoke|stood|stole|struck|took|told|went|won|wrote)\b",
    re.IGNORECASE,
)
AUXILIARY = re.compile(r"\b(?:did|was|were|had|has|have|happened|resigned|died|won|said)\b", re.IGNORECASE)
HAPPENED = re.compile(
    r"\b(?:happen(?:ed|ing)|going on|took place|changed|new|sa(?:y|id)|announced?|decided?|hear[d]?)\b", re.IGNORECASE
)
WHAT_HAPPENED = re.compile(
    r"\bwhat(?:['’]s)?(?: \w+){0,2}? (?:happen(?:ed|ing)|changed|new|going on|took place)\b", re.IGNORECASE
)
ARTICLES = re.compile(
    r"\b(?:articles?|stories|coverage|headlines?|newspapers?|(?<=['’]s )paper|news(?! (?:conference|agency)))\b",
    re.IGNORECASE,
)
PUBLISHED = re.compile(r"\b(?:published|reported(?! (?:missing|to)\b)|printed|written)\b", re.IGNORECASE)


def timeframe(question: str, asked_at: date) -> Timeframe | None:
    """The window on publication that the question speaks of, read from the day of asking; None where there is none."""
    if not CHEAP.search(question):
        return None
    words = QUOTED.sub(lambda quoted: "_" * len(quoted.group()), question)
    if FUTURE.search(words):
        return None
    for read in (_range, _rolling, _point, _today):
        try:
            found = read(words, asked_at)
        except (ValueError, OverflowError):  # 30 February, or a day before the year 1
            found = None
        if found:
            return replace(found, latest=bool(re.search(r"\blatest\b|\bnewest\b", words, re.IGNORECASE)))
    return _latest(words)


# The ways to name a time, each tried on the whole question


def _range(words: str, asked: date) -> Timeframe | None:
    found = RANGE.search(words)
    if not found or not _of_the_past(words):
        return None
    last = calendar(found["last"], asked)
    day = found["first"]
    first = last.first.replace(day=int(day)) if day.isdigit() else calendar(day, asked).first
    return _window(words, found, replace(last, first=first), asked) if first <= last.last else None


def _rolling(words: str, asked: date) -> Timeframe | None:
    found = ROLLING.search(words)
    if not found or (found["number"] is None and found["unit"].endswith("s")):
        return None
    first = days_back(asked, number_of(found["number"] or "one"), found["unit"])
    return _frame(first, asked, not _of_the_time(words), found)


def _point(words: str, asked: date) -> Timeframe | None:
    for found in POINT.finditer(words):
        period = relative(found["point"].lower(), asked) or calendar(found["point"], asked)
        if _means_window(words, found, period):
            frame = _limited(words, found, period, asked)
            if frame:
                return frame
    return None


def _today(words: str, asked: date) -> Timeframe | None:
    """In "what was decided today?" it is a day; in "what is it called today?" it means now, which limits nothing."""
    found = TODAY.search(words)
    if found and (found["possessive"] or AUXILIARY.search(words) or _of_publishing(words)):
        return _frame(asked, asked, not _of_the_time(words), found)
    return None


def _latest(words: str) -> Timeframe | None:
    found = LATEST.search(words) or TODAY.search(words)
    return Timeframe(None, None, True, False, found.start(), found.end(), "newest first") if found else None


# What a phrase means


def _means_window(words: str, found: re.Match[str], period: Period) -> bool:
    """Whether the period is one of publication and not the question's content."""
    prefix = (found["prefix"] or "").lower()
    if prefix in ("before", "until", "till", "by", "as of"):
        return prefix in ("before", "until", "till") and _of_publishing(words)
    if period.deictic:
        if found["possessive"] and found["point"].lower().startswith("this "):
            return _of_publishing(words)
        return _of_the_past(words)
    return _calendar_means_window(words, found, period, prefix)


def _calendar_means_window(words: str, found: re.Match[str], period: Period, prefix: str) -> bool:
    weekday = re.fullmatch(WEEKDAY, found["point"], re.IGNORECASE) is not None
    if found["possessive"]:
        return weekday and _of_the_past(words)
    if prefix in ("", "over", "at") or not _of_the_past(words):
        return False
    if prefix in ("from", "of"):
        return _of_publishing(words)
    if period.has_year and prefix == "since" and not (_of_publishing(words) or HAPPENED.search(words)):
        return False
    return prefix not in ("in", "during") or bool(HAPPENED.search(words)) or _of_publishing(words)


def _of_publishing(words: str) -> bool:
    return bool(ARTICLES.search(words) or PUBLISHED.search(words))


def _of_the_time(words: str) -> bool:
    """Whether the question is about the time itself: what happened, or what was published in it."""
    return bool(WHAT_HAPPENED.search(words)) or _of_publishing(words)


def _of_the_past(words: str) -> bool:
    return bool(PAST.search(words)) or _of_publishing(words)


def _limited(words: str, found: re.Match[str], period: Period, asked: date) -> Timeframe | None:
    """The window that the preposition and the period make."""
    prefix = (found["prefix"] or "").lower()
    if prefix in ("before", "until", "till"):
        last = period.first - timedelta(days=1) if prefix == "before" else period.last
        return _frame(None, last, False, found)
    if prefix == "since" or (prefix == "after" and found["possessive"]):
        return _since(words, found, period.first, asked)
    if prefix == "after":
        return _since(words, found, period.last + timedelta(days=1), asked)
    return _window(words, found, period, asked)


def _since(words: str, found: re.Match[str], first: date, asked: date) -> Timeframe | None:
    near = asked - FAR <= first or ARTICLES.search(words)
    return _frame(first, None, not _of_the_time(words), found) if near and first <= asked else None


def _window(words: str, found: re.Match[str], period: Period, asked: date) -> Timeframe | None:
    if period.first > asked or (period.last < asked - FAR and not ARTICLES.search(words)):
        return None
    if _of_publishing(words):
        return _frame(period.first, min(period.last, asked), False, found)
    last = min(period.last + AFTERMATH, asked)
    return _frame(period.first, last, last < asked or not _of_the_time(words), found)


def _frame(first: date | None, last: date | None, soft: bool, found: re.Match[str]) -> Timeframe:
    return Timeframe(first, last, False, soft, found.start(), found.end(), _label(first, last, soft))


def _label(first: date | None, last: date | None, soft: bool) -> str:
    hint = "preferably " if soft else ""
    if first and last:
        return hint + (f"on {in_words(first)}" if first == last else f"{in_words(first)} to {in_words(last)}")
    return hint + (f"since {in_words(first)}" if first else f"until {in_words(last)}")
