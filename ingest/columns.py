"""The boxes of a page → its paragraphs in reading order: columns one after the other, running heads gone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

_LEAST_LINES = 3
"""Lines that a column has at least; fewer beside others are a caption or a table."""
_LEAST_WORDS = 2.5
"""Words on an average line of a column of prose; cells of a table have fewer."""
_LONGEST_TITLE = 200
_MOST_LINES = 2000
"""Lines on a page above which it is no page of a newspaper, and is read from top to bottom."""
_NUMBER = re.compile(r"\W*(?:page\s+)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?\W*", re.IGNORECASE)
_ITEM = re.compile(r"\s*[•▪◦●‣–]\s")
_ENDS = re.compile(r"[.!?…:][\"'”’»)\]]*$")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad\u0002\ufffe]$")


@dataclass(frozen=True, slots=True)
class Box:
    """Words in one font on one line, in points from the left and the top of the page; it is as high as the font."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    @property
    def height(self) -> float:
        """The size of the type."""
        return self.bottom - self.top


Lines = list[Box]
Pieces = list[list[str]]


@dataclass(frozen=True, slots=True)
class Page:
    """A page's paragraphs in reading order.

    ``goes_on`` says that the first is the rest of the paragraph with which the page before ended.
    """

    paragraphs: tuple[str, ...]
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """What a document's pages say: the headline in its large type, the text, and the first page's running heads."""

    title: str
    heads: tuple[str, ...]
    pages: tuple[Page, ...]


def layout(boxes: Sequence[Sequence[Box]]) -> Layout:
    """The boxes of each page, in any order, as text that can be read from start to end."""
    pages = [_lines(page) for page in boxes]
    running = _running(pages)
    bodies = [[line for line in page if line not in running[number]] for number, page in enumerate(pages)]
    title = _headline(bodies[0]) if bodies else []
    blocks = [_ordered([line for line in body if line not in title]) for body in bodies]
    heads = tuple(line.text.strip() for line in pages[0] if line in running[0]) if pages else ()
    return Layout(joined([line.text for line in title]), heads, tuple(_pages(blocks)))


def _lines(boxes: Sequence[Box]) -> Lines:
    """The boxes joined to lines, where no more than a blank lies between two on one height."""
    rows: list[list[Box]] = []
    for box in sorted((box for box in boxes if box.text.strip()), key=lambda box: (box.bottom, box.left)):
        if rows and abs(box.bottom - rows[-1][0].bottom) < 0.3 * min(box.height, rows[-1][0].height):
            rows[-1].append(box)
        else:
            rows.append([box])
    return [line for row in rows for line in _joined(sorted(row, key=lambda box: box.left))]


def _joined(row: list[Box]) -> Iterator[Box]:
    """One row's boxes as lines: a gap wider than the type is high parts two columns."""
    line = row[0]
    for box in row[1:]:
        gap, size = box.left - line.right, max(line.height, box.height)
        if gap > 0.9 * size:
            yield line
            line = box
        else:
            blank = " " if gap > 0.1 * size else ""
            line = replace(line, right=max(line.right, box.right), text=line.text.rstrip() + blank + box.text.lstrip())
    yield line


def _running(pages: Sequence[Lines]) -> list[set[Box]]:
    """Of each page the lines at its edge that are its number, or stand on other pages too with other numbers."""
    edges = [_edge(page) for page in pages]
    count = Counter(words for edge in edges for words in {_words(line) for line in edge})
    return [{line for line in edge if count[_words(line)] > 1 or _NUMBER.fullmatch(line.text)} for edge in edges]


def _edge(page: Lines) -> Lines:
    """The two uppermost and the two lowest rows."""
    rows = sorted({round(line.bottom) for line in page})
    outer = {*rows[:2], *rows[-2:]}
    return [line for line in page if round(line.bottom) in outer]


def _words(line: Box) -> str:
    return re.sub(r"\d+", "#", line.text.strip().casefold())


def _ordered(lines: Lines) -> list[Lines]:
    """Blocks of lines in reading order. What spans two columns parts what is above it from what is below."""
    gutter = _gutter(lines)
    lines = sorted(lines, key=lambda line: (line.top, line.left))
    if gutter is None:
        return [lines] if lines else []
    blocks: list[Lines] = []
    band: Lines = []
    for line in lines:
        if not line.left < gutter < line.right:
            band.append(line)
            continue
        blocks += _columns(band, gutter)
        spans_on = blocks and not band and blocks[-1][-1].left < gutter < blocks[-1][-1].right
        blocks = [*blocks[:-1], [*blocks[-1], line]] if spans_on else [*blocks, [line]]
        band = []
    return blocks + _columns(band, gutter)


def _columns(band: Lines, gutter: float) -> list[Lines]:
    left = [line for line in band if line.right <= gutter]
    return _ordered(left) + _ordered([line for line in band if line.right > gutter])


def _gutter(lines: Lines) -> float | None:
    """Where the page is best parted into two columns of prose, or None for one column."""
    if len(lines) > _MOST_LINES:
        return None
    places = {round((one.right + other.left) / 2) for one, other in _neighbours(lines)}
    best = max(places, key=lambda place: _parts(lines, place), default=None)
    return float(best) if best is not None and _parts(lines, best) > 0 else None


def _neighbours(lines: Lines) -> Iterator[tuple[Box, Box]]:
    """Lines, and for each the nearest to its right that reaches as high or low."""
    for line in lines:
        beside = [other for other in lines if other.left >= line.right and _overlap(line, other)]
        if beside:
            yield line, min(beside, key=lambda other: other.left)


def _overlap(one: Box, other: Box) -> bool:
    return one.top < other.bottom and other.top < one.bottom


def _parts(lines: Lines, place: float) -> int:
    """How well a vertical line at this place parts two columns; above 0 it does."""
    left = [line for line in lines if line.right <= place]
    right = [line for line in lines if line.left >= place]
    if min(len(left), len(right)) < _LEAST_LINES or not (_is_prose(left) and _is_prose(right)):
        return 0
    return 2 * min(len(left), len(right)) - (len(lines) - len(left) - len(right))


def _is_prose(lines: Lines) -> bool:
    return sum(len(line.text.split()) for line in lines) >= _LEAST_WORDS * len(lines)


def _pages(pages: Sequence[list[Lines]]) -> Iterator[Page]:
    """The pages' paragraphs; one that ends in mid-sentence goes on in the next column or on the next page."""
    last: tuple[Box, Lines] | None = None
    for blocks in pages:
        pieces: Pieces = []
        goes_on = bool(blocks and last and _goes_on(*last, blocks[0][0]))
        for block in blocks:
            new = _paragraphs(block)
            if pieces and last and _goes_on(*last, block[0]):
                pieces[-1] += new.pop(0)
            pieces += new
            last = block[-1], block
        yield Page(tuple(joined(piece) for piece in pieces), goes_on)


def _goes_on(last: Box, block: Lines, first: Box) -> bool:
    """Whether a full line without an end, or half a word, is followed by one in the same type."""
    full = len(block) > 1 and last.right > max(line.right for line in block) - 2 * last.height
    begun = (full and not _ENDS.search(last.text.rstrip())) or _is_parted(last.text.strip(), first.text.strip())
    return begun and _alike(last, first)


def _alike(one: Box, other: Box) -> bool:
    return abs(one.height - other.height) < 0.15 * max(one.height, other.height)


def _paragraphs(block: Lines) -> Pieces:
    """A block's lines, those of one paragraph together."""
    left, right = min(line.left for line in block), max(line.right for line in block)
    steps = [_step(one, other) for one, other in pairwise(block) if _alike(one, other)]
    usual = median(steps) if steps else 0.0
    pieces: Pieces = [[block[0].text]]
    for one, other in pairwise(block):
        apart = _step(one, other) > 1.25 * usual or not _alike(one, other)
        indented = other.left - left > 0.5 * other.height and one.left - left < 0.5 * other.height
        if apart or indented or _ITEM.match(other.text) or _is_short(one, other, right):
            pieces.append([])
        pieces[-1].append(other.text)
    return pieces


def _step(one: Box, other: Box) -> float:
    """How far a line is below another, in sizes of type."""
    return (other.bottom - one.bottom) / max(one.height, 1)


def _is_short(line: Box, following: Box, right: float) -> bool:
    """Whether a line ends a sentence though the next word would have fitted on it."""
    word = following.text.split()[0]
    width = (len(word) + 2) * (following.right - following.left) / max(len(following.text), 1)
    return bool(_ENDS.search(line.text.rstrip())) and line.right + width < right


def joined(lines: Sequence[str]) -> str:
    """The lines of a paragraph as one; a word parted at the end of a line is whole again."""
    text = ""
    for line in (line.strip() for line in lines):
        text = text[:-1] + line if _is_parted(text, line) else f"{text} {line}".lstrip()
    return text


def _is_parted(text: str, rest: str) -> bool:
    """Whether a word is parted between the two."""
    return bool(_HYPHEN.search(text)) and rest[:1].islower()


def _headline(lines: Lines) -> Lines:
    """The lines in the largest type, where that is far larger than the text's, from the top."""
    if not lines:
        return []
    largest, usual = max(line.height for line in lines), median(line.height for line in lines)
    found = sorted((line for line in lines if line.height > 0.9 * largest), key=lambda line: (line.top, line.left))
    return found if largest > 1.3 * usual and sum(len(line.text) for line in found) <= _LONGEST_TITLE else []
