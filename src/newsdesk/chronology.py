"""Hits → a dated list of what happened, oldest first: each line a sentence quoted, with the day that it tells of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from newsdesk.checks.numbers import CALENDAR
from newsdesk.checks.read import WEEKDAYS, read
from newsdesk.checks.tokens import Token
from newsdesk.extract import Extract, on_one_line, source_name
from newsdesk.models import Embedder
from newsdesk.sentences import sentences
from newsdesk.types import Citation, Hit, cite, day, in_words

MOST_LINES = 10
MOST_OF_A_DAY = 2
MOST_READ = 60
"""Dated sentences, those of the best passages, that are compared with the question."""
NEAR = 0.45
"""Least nearness (cosine) to the question of the nearest sentence; below it the archive tells no such story."""
SHARE = 0.6
"""Least share of the nearest sentence's nearness at which another goes into the list."""

ASKED = re.compile(
    r"\bwhen (?:did|was|were|has|have|had) (?:what|which)\b|\bwhat happened when\b|\btime ?line\b|\bchronolog"
    r"|\b(?:in (?:what|which) order|sequence of events)\b",
    re.IGNORECASE,
)
TO_COME = re.compile(
    r"\b(?:will|would|shall|could|should|due to|due on|expected|plan(?:s|ned)? to|hopes? to|next|tomorrow|if|unless"
    r"|(?:begin|end|open|close|start|expire|meet)s (?:on|at|in)|(?:is|are) (?:to|held|due|planned|scheduled))\b|^[\"“]",
    re.IGNORECASE,
)
"""What begins with words that somebody says, or tells what may be, is to come, or happens every year."""
DAYS_AGO = {"yesterday": 1, "overnight": 1}
"""Not "today", which often means "nowadays"."""


@dataclass(frozen=True, slots=True)
class Event:
    """A sentence that tells what happened on a day. ``label`` is the day, month or year as it is shown, or empty.

    Without a label the sentence says no day, and ``day`` is that of publication.
    """

    day: date
    label: str
    citation: Citation


def asks_for_chronology(question: str) -> bool:
    """Whether the question asks for a dated list: "When did what happen in the strike?", "a timeline of …"."""
    return bool(ASKED.search(question))


def chronology(question: str, hits: Sequence[Hit], embedder: Embedder) -> Extract | None:
    """What the hits (best first) tell of the question's subject, by day; None where that makes no list.

    The confidence is the nearness of the nearest sentence to the question.
    """
    events = [event for hit in hits for event in _events(hit)][:MOST_READ]
    near = _nearness(question, events, embedder)
    bar = max(NEAR, SHARE * max(near, default=0.0))
    ranked = sorted(zip(near, events, strict=True), key=lambda pair: -pair[0])
    kept = _chosen([event for nearness, event in ranked if nearness >= bar])
    if len(kept) < 2:
        return None
    citations = tuple(replace(event.citation, number=number) for number, event in enumerate(kept, start=1))
    lines = [_line(event, number) for number, event in enumerate(kept, start=1)]
    return Extract("\n\n".join(lines), None, True, min(max(near), 1.0), citations)


def _events(hit: Hit) -> Iterator[Event]:
    """The sentences of a hit that say when what they tell happened, and its article's first one, which is the news."""
    published = day(hit.published) if hit.published else None
    for number, (start, end) in enumerate(sentences(hit.text)):
        words = hit.text[start:end]
        if TO_COME.search(words):
            continue
        told = next(_told(read(words), published), None)
        if told:
            yield Event(*told, cite(hit, hit.start + start, hit.start + end))
        elif published and hit.start == number == 0 and " ago" not in words:
            yield Event(published, "", cite(hit, start, end))


def _told(tokens: Sequence[Token], published: date | None) -> Iterator[tuple[date, str]]:
    """The days, months and years that a sentence names, none after the day of publication, each with its label."""
    for before, token in pairwise((None, *tokens)):
        if token is None or (token.unit == CALENDAR and not (before and before.text.casefold() == "in")):
            continue  # "the 1974 strike", "since 2014": something else began or was then
        for there, label in _named(token, published):
            if published is None or there <= published:
                yield there, label


def _named(token: Token, published: date | None) -> Iterator[tuple[date, str]]:
    if token.kind == "date":
        days, weekday = token.key.split(" ")
        yield from _weekday(weekday, published) if days == "?-?-?" else _calendar(days, published)
    elif token.kind == "number" and token.unit == CALENDAR:
        yield date(int(token.key), 1, 1), token.key
    elif published and token.text.casefold() in DAYS_AGO:
        there = published - timedelta(DAYS_AGO[token.text.casefold()])
        yield there, in_words(there)


def _weekday(name: str, published: date | None) -> Iterator[tuple[date, str]]:
    """The last such day of the week, that of publication included."""
    if published:
        there = published - timedelta((published.weekday() - WEEKDAYS.index(name)) % 7)
        yield there, in_words(there)


def _calendar(days: str, published: date | None) -> Iterator[tuple[date, str]]:
    """The date of "year-month-day", "?" for what is not said; without a year the last one before publication."""
    year, month, number = days.split("-")
    years = [int(year)] if year != "?" else [published.year, published.year - 1] if published else []
    for one in years:
        try:
            there = date(one, int(month), 1 if number == "?" else int(number))
        except ValueError:  # 29 February of another year
            continue
        if published is None or there <= published:
            yield there, in_words(there) if number != "?" else f"{there:%B %Y}"
            return


def _nearness(question: str, events: Sequence[Event], embedder: Embedder) -> list[float]:
    """How near in meaning each event is to the question, -1 to 1; its title stands above it, as in passages."""
    if not events:
        return []
    texts = [f"{event.citation.title}\n{event.citation.quote}" for event in events]
    vectors = embedder.embed([question, *texts])
    return [float(nearness) for nearness in vectors[1:] @ vectors[0]]


def _chosen(events: Sequence[Event]) -> list[Event]:
    """The first of them (nearest first), few of each day and no sentence twice, oldest first."""
    taken: Counter[date] = Counter()
    kept: dict[str, Event] = {}
    for event in events:
        words = " ".join(re.findall(r"\w+", event.citation.quote.casefold()))
        if words not in kept and taken[event.day] < MOST_OF_A_DAY and len(kept) < MOST_LINES:
            kept[words] = event
            taken[event.day] += 1
    return sorted(kept.values(), key=lambda event: (event.day, event.citation.article_id, event.citation.start))


def _line(event: Event, number: int) -> str:
    """ "3 March 2031 (Courier, 4 March 2031): “…” [1]"; with the source alone where the sentence names no day."""
    source = source_name(event.citation)
    when = f"{event.label} ({source})" if event.label else source
    return f"{when}: “{on_one_line(event.citation.quote)}” [{number}]"
