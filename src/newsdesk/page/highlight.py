"""Article text as HTML in which exact places are marked.

Everything here keeps one promise: the text content of what is returned is ``text[start:end]``, character
for character, and the text content of a mark is the quote it stands for. Offsets count code points.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

CONTEXT = 600
"""Most characters shown on either side of a quote in an excerpt."""

_BLANK_LINES = re.compile(r"\n\s*\n\s*")
_LINES = re.compile(r"\n\s*")


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to mark: ``text[start:end]``. Number 0 is a passage that is near, but quoted by no answer."""

    start: int
    end: int
    number: int


def exact(text: str) -> Markup:
    """Escape text for HTML; a carriage return, which parsers turn into a line feed, is kept."""
    return escape(text).replace("\r", Markup("&#13;"))


def paragraphs(text: str) -> list[tuple[int, int]]:
    """The paragraphs of a text as (start, end): split at blank lines, or at every line where none is blank."""
    gap = _BLANK_LINES if _BLANK_LINES.search(text) else _LINES
    found, start = [], 0
    for match in gap.finditer(text):
        found.append((start, match.start()))
        start = match.end()
    found.append((start, len(text)))
    return [(first, last) for first, last in found if first < last]


def excerpts(text: str, marks: Sequence[Mark]) -> list[tuple[int, int]]:
    """The stretches to show around the marks, in order; each holds whole marks, and none overlap."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(_surroundings(text, mark) for mark in marks):
        if merged and not text[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _surroundings(text: str, mark: Mark) -> tuple[int, int]:
    """The mark's paragraphs with the one before and the one after, at most CONTEXT characters each way."""
    known = paragraphs(text)
    starts = [start for start, _ in known]
    first = max(bisect_right(starts, mark.start) - 2, 0)
    last = min(bisect_right(starts, mark.end - 1), len(known) - 1)
    start = min(_from_word(text, known[first][0], mark.start), mark.start)
    return start, max(_to_word(text, known[last][1], mark.end), mark.end)


def _from_word(text: str, start: int, quote: int) -> int:
    """Where to begin, at most CONTEXT characters before the quote, and between two words."""
    if start >= quote - CONTEXT:
        return start
    space = re.compile(r"\s").search(text, quote - CONTEXT, quote)
    return space.end() if space else quote - CONTEXT


def _to_word(text: str, end: int, quote: int) -> int:
    """Where to stop, at most CONTEXT characters after the quote, and between two words."""
    if end <= quote + CONTEXT:
        return end
    last = max(text.rfind(space, quote, quote + CONTEXT) for space in " \n")
    return last if last > quote else quote + CONTEXT


def paint(text: str, start: int, end: int, marks: Sequence[Mark], active: int | None = None) -> Markup:
    """``text[start:end]`` in paragraphs, with the marks in it; the active number's marks stand out."""
    return Markup().join(_blocks(text, start, end, marks, active))


def _blocks(text: str, start: int, end: int, marks: Sequence[Mark], active: int | None) -> Iterator[Markup]:
    at = start
    for first, last in paragraphs(text):
        first, last = max(first, start), min(last, end)
        if first >= last:
            continue
        yield _pieces(text, at, first, marks, active)
        yield Markup('<p dir="auto">{}</p>').format(_pieces(text, first, last, marks, active))
        at = last
    yield _pieces(text, at, end, marks, active)


def _pieces(text: str, start: int, end: int, marks: Sequence[Mark], active: int | None) -> Markup:
    """Plain and marked stretches of one paragraph; where marks overlap, a stretch bears all their numbers."""
    bounds = {bound for mark in marks for bound in (mark.start, mark.end) if start < bound < end}
    cuts = sorted({start, end} | bounds)
    return Markup().join(
        _piece(text[first:last], [mark for mark in marks if mark.start <= first and last <= mark.end], last, active)
        for first, last in pairwise(cuts)
    )


def _piece(text: str, marks: Sequence[Mark], end: int, active: int | None) -> Markup:
    if not marks:
        return exact(text)
    numbers = [mark.number for mark in marks]
    classes = "near" if not any(numbers) else "quote active" if active in numbers else "quote"
    label = " ".join(str(mark.number) for mark in marks if mark.end == end and mark.number)
    return Markup('<mark class="{}" tabindex="-1" data-numbers="{}" data-label="{}">{}</mark>').format(
        classes, " ".join(map(str, numbers)), label, exact(text)
    )
