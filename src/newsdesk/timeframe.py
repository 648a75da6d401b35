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
Weeks begin on Monday. dateutil does the calendar; dateparser's search was tried and takes "may the" for a date.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from dateutil import parser, relativedelta  # type: ignore[import-untyped]

from newsdesk.types import Filters, Hit, in_words

AFTERMATH = timedelta(days=3)
"""How long after an event most of the reports on it have appeared."""

FAR = timedelta(days=366)
"""A window that ended longer before the day of asking is content, unless the question speaks of articles."""

WINDOW_WEIGHT = 0.25
"""How much a rank among the passages of a soft window counts beside one among all passages. Chosen on the
even-numbered of the RealTimeQA 2023 questions with a window, see docs/conversation.md."""


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


@dataclass(frozen=True, slots=True)
class _Period:
    """The days that a phrase names. ``deictic``: named relative to the day of asking."""

    first: date
    last: date
    deictic: bool = True
    has_year: bool = False


NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
NUMBERS |= {"nine": 9, "ten": 10, "twelve": 12, "couple of": 2, "a couple of": 2, "few": 5, "a few": 5, "several": 7}
"""Vague numbers are taken at the upper end of what they may mean: the wider window hides less."""

NUMBER = r"(?:\d{1,3}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"
UNIT = r"(?:hour|day|week|fortnight|month|year)s?"
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b"
)
WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
YEAR = r"(?:,? (?:19|20)\d\d\b)"
DAY = (
    rf"(?:the \d{{1,2}}(?:st|nd|rd|th) (?:of )?{MONTH}{YEAR}?|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{MONTH}{YEAR}?"
    rf"|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b{YEAR}?|\d{{4}}-\d\d-\d\d\b)"
)
RELATIVE = (
    r"the day before yesterday\b|yesterday\b|last night\b|earlier today\b|this (?:morning|afternoon|evening)\b"
    r"|the week before last\b|(?:earlier |so far )?this (?:week|month|year)\b"
    rf"|(?<!the )last (?:week|month|year)\b|last {WEEKDAY}|(?:last|the) weekend\b|{NUMBER} {UNIT} ago\b"
    r"|the (?:beginning|start) of the (?:week|month|year)\b"
)
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
CHRONOLOGY = re.compile(
    r"\bwhen (?:did|was|were|has|have|had) (?:what|which)\b|\bwhat happened when\b|\btime ?line\b|\bchronolog"
    r"|\b(?:in (?:what|which) order|sequence of events)\b",
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


def within(filters: Filters, frame: Timeframe | None) -> Filters:
    """The asker's own filters, narrowed by the window; unchanged where the two exclude each other."""
    if frame is None:
        return filters
    starts = [start for start in (filters.published_from, frame.published_from) if start]
    ends = [end for end in (filters.published_to, frame.published_to) if end]
    first, last = max(starts, default=None), min(ends, default=None)
    if first and last and first > last:
        return filters
    return replace(filters, published_from=first, published_to=last)


def prefer(inside: Sequence[Hit], everywhere: Sequence[Hit]) -> list[Hit]:
    """The hits of one question in a soft window and in the whole archive as one list, best first.

    What lies in the window gains, and nothing is lost.
    """
    scores: defaultdict[tuple[str, int], float] = defaultdict(float)
    hits = {}
    for weight, found in ((1.0, everywhere), (WINDOW_WEIGHT, inside)):
        for hit in found:
            hits[hit.article_id, hit.start] = hit
            scores[hit.article_id, hit.start] += weight * hit.score
    both = [replace(hit, score=scores[place]) for place, hit in hits.items()]
    return sorted(both, key=lambda hit: -hit.score)


def asks_for_chronology(question: str) -> bool:
    """Whether the question asks for a dated list: "When did what happen in the strike?", "a timeline of …"."""
    return bool(CHRONOLOGY.search(question))


# The ways to name a time, each tried on the whole question


def _range(words: str, asked: date) -> Timeframe | None:
    found = RANGE.search(words)
    if not found or not _of_the_past(words):
        return None
    last = _calendar(found["last"], asked)
    day = found["first"]
    first = last.first.replace(day=int(day)) if day.isdigit() else _calendar(day, asked).first
    return _window(words, found, replace(last, first=first), asked) if first <= last.last else None


def _rolling(words: str, asked: date) -> Timeframe | None:
    found = ROLLING.search(words)
    if not found or (found["number"] is None and found["unit"].endswith("s")):
        return None
    first = _back(asked, _number(found["number"] or "one"), found["unit"])
    return _frame(first, asked, not _of_the_time(words), found)


def _point(words: str, asked: date) -> Timeframe | None:
    for found in POINT.finditer(words):
        period = _relative(found["point"].lower(), asked) or _calendar(found["point"], asked)
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


def _means_window(words: str, found: re.Match[str], period: _Period) -> bool:
    """Whether the period is one of publication and not the question's content."""
    prefix = (found["prefix"] or "").lower()
    if prefix in ("before", "until", "till", "by", "as of"):
        return prefix in ("before", "until", "till") and _of_publishing(words)
    if period.deictic:
        if found["possessive"] and found["point"].lower().startswith("this "):
            return _of_publishing(words)
        return _of_the_past(words)
    return _calendar_means_window(words, found, period, prefix)


def _calendar_means_window(words: str, found: re.Match[str], period: _Period, prefix: str) -> bool:
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


def _limited(words: str, found: re.Match[str], period: _Period, asked: date) -> Timeframe | None:
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


def _window(words: str, found: re.Match[str], period: _Period, asked: date) -> Timeframe | None:
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


# Phrases → days


def _number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS[word.lower()]


def _back(asked: date, number: int, unit: str) -> date:
    """The day that lies so many hours, days, weeks, months or years back; hours count as whole days."""
    unit = unit.lower().removesuffix("s")
    if unit == "hour":
        return asked - timedelta(days=-(-number // 24))
    if unit in ("month", "year"):
        months = number if unit == "month" else 12 * number
        there: date = asked - relativedelta.relativedelta(months=months)
        return there
    return asked - timedelta(days=number * {"day": 1, "week": 7, "fortnight": 14}[unit])


def _relative(point: str, asked: date) -> _Period | None:
    """The days of a phrase that is relative to the day of asking; None for a date of the calendar."""
    ago = re.fullmatch(rf"({NUMBER}) ({UNIT}) ago", point)
    if ago:
        there = _back(asked, _number(ago[1]), ago[2])
        unit = ago[2].removesuffix("s").replace("fortnight", "week")
        return _Period(there, there) if unit in ("hour", "day") else _around(there, unit)
    if point.endswith("weekend"):
        saturday = asked + relativedelta.relativedelta(days=-1, weekday=relativedelta.SA(-1))
        return _Period(saturday, saturday + timedelta(days=1))
    back = DAYS_BACK.get(point)
    if back is not None:
        return _Period(asked - timedelta(days=back), asked - timedelta(days=back))
    unit = next((unit for unit in ("week", "month", "year") if unit in point), "")
    return _unit_back(point, unit, asked) if unit else None


DAYS_BACK = {"the day before yesterday": 2, "yesterday": 1, "last night": 1, "earlier today": 0}
DAYS_BACK |= {"this morning": 0, "this afternoon": 0, "this evening": 0}


def _unit_back(point: str, unit: str, asked: date) -> _Period:
    if point.startswith("last"):
        return _around(_back(asked, 1, unit), unit)
    if point == "the week before last":
        return _around(_back(asked, 2, unit), unit)
    whole = _around(asked, unit)
    return replace(whole, last=whole.first if " of the " in point else asked)


def _around(there: date, unit: str) -> _Period:
    """The calendar week, month or year in which the day lies."""
    if unit == "week":
        monday = there - timedelta(days=there.weekday())
        return _Period(monday, monday + timedelta(days=6))
    first = there.replace(day=1) if unit == "month" else there.replace(month=1, day=1)
    return _Period(first, _back(first, -1, unit) - timedelta(days=1))


def _calendar(point: str, asked: date) -> _Period:
    """The days of a date of the calendar; without a year, the last such before the day of asking or on it."""
    weekday = re.search(rf"({WEEKDAY})$", point, re.IGNORECASE)
    if weekday:
        there = asked + relativedelta.relativedelta(days=-1, weekday=_weekday(weekday[1]))
        return _Period(there, there, deictic=point.lower().startswith("last "))
    has_year = bool(re.search(r"\d{4}", point))
    words = re.sub(r"^the ", "", point, flags=re.IGNORECASE)
    parsed: date = parser.parse(words, default=datetime.combine(asked.replace(day=1), time())).date()
    if not has_year and parsed > asked:
        parsed = parsed.replace(year=parsed.year - 1)
    whole_month = not re.search(r"\b\d{1,2}(?:\D|$)", point)
    period = _around(parsed, "month") if whole_month else _Period(parsed, parsed)
    return replace(period, deictic=False, has_year=has_year)


def _weekday(name: str) -> relativedelta.weekday:
    return getattr(relativedelta, name[:2].upper())(-1)
