"""The places of a hit that may support a sentence: runs of neighbouring sentences, read once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from newsdesk.checks.read import read, read_source
from newsdesk.checks.tokens import Evidence, keys, pairs
from newsdesk.sentences import sentences
from newsdesk.types import Citation, Hit, cite, day, in_words

MOST_SENTENCES = 3
"""Neighbouring sentences that one citation may join."""

_IN_BRACKETS = re.compile(r"\s*\(([^()]*\d{4}[^()]*)\)")


@dataclass(frozen=True, slots=True)
class Source:
    """A hit, and what stands before it in its article."""

    hit: Hit
    before: str


@dataclass(frozen=True, slots=True)
class Place:
    """Neighbouring sentences of a hit, ``hit.text[start:end]``, read."""

    hit: Hit
    start: int
    end: int
    length: int
    evidence: Evidence


@lru_cache(maxsize=256)
def places(source: Source) -> tuple[Place, ...]:
    """Every run of neighbouring sentences of a hit, read."""
    return tuple(_runs(source))


def _runs(source: Source) -> Iterator[Place]:
    hit = source.hit
    spans, tokens = sentences(hit.text), read_source(hit.text)
    earlier = read_source(source.before)
    last = sentences(source.before)[-2:]
    pieces = [tuple(token for token in tokens if start <= token.start < end) for start, end in spans]
    led = [tuple(token for token in earlier if start <= token.start < end) for start, end in last]
    led = [()] * (2 - len(led)) + led + pieces
    title, publisher = read(hit.title), read(hit.publisher or "")
    published = day(hit.published) if hit.published else None
    around = (earlier, tokens, title, publisher)
    words = frozenset().union(*(keys(part) for part in around))
    beside = frozenset().union(*(pairs(part) for part in around))
    for length in range(1, MOST_SENTENCES + 1):
        for first in range(len(spans) - length + 1):
            inside = tuple(pieces[first : first + length])
            run = sum(inside, ())
            known = frozenset(token.key for token in run + title)
            before = tuple(led[first : first + 2])
            evidence = Evidence(inside, run, known, before, words, beside, title, publisher, published)
            yield Place(hit, spans[first][0], spans[first + length - 1][1], length, evidence)


def joined(found: Sequence[Place]) -> Evidence:
    """The evidence of several places together; the dates of publication are those of the first."""
    parts = [place.evidence for place in found]
    return Evidence(
        sentences=tuple(sentence for part in parts for sentence in part.sentences),
        tokens=tuple(token for part in parts for token in part.tokens),
        known=frozenset().union(*(part.known for part in parts)),
        before=parts[0].before,
        words=frozenset().union(*(part.words for part in parts)),
        pairs=frozenset().union(*(part.pairs for part in parts)),
        title=tuple(token for part in parts for token in part.title),
        publisher=tuple(token for part in parts for token in part.publisher),
        published=parts[0].published,
    )


def without_source(words: str, hits: Sequence[Hit]) -> str:
    """The sentence without "(Maldrey Courier, 3 April 2031)" where that is who published a hit, and when."""
    return _IN_BRACKETS.sub(lambda match: "" if any(_is_source(match[1], hit) for hit in hits) else match[0], words)


def _is_source(words: str, hit: Hit) -> bool:
    named = bool(hit.publisher) and str(hit.publisher).casefold() in words.casefold()
    return named and bool(hit.published) and in_words(hit.published) in words


def citation(place: Place) -> Citation:
    """The place as a citation without a number yet."""
    return cite(place.hit, place.hit.start + place.start, place.hit.start + place.end)
