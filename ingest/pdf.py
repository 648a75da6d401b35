"""A PDF → the text of its article, and where in it each page begins.

PDFium, which reads it, is quick and used to bad files, but not trusted: it runs in a process of its own
(``pdfium.py``) with limits of time and memory, so that whatever a file does to it, the ingest goes on.
"""

from __future__ import annotations

import json
import subprocess
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest import dates
from ingest.clean import one_line
from ingest.columns import Layout, Page, joined
from newsdesk.errors import Unreadable
from newsdesk.types import Published

MAX_PDF = 200 * 2**20
"""Bytes of a PDF; a page of a newspaper with its pictures has some 5 MB."""
_MAX_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF's text, one paragraph a line with blank lines between, and the offset at which each page begins."""

    text: str
    pages: tuple[int, ...]
    title: str = ""
    published: Published | None = None


def document(content: bytes) -> Document:
    """What a PDF says. Raises Unreadable where it cannot be read or holds pictures alone."""
    found = _layout(content)
    text, pages = with_pages(found.pages)
    if not text:
        raise Unreadable("the PDF holds no text, only pictures of it; make it searchable (OCR) first")
    stated = (said[0] for head in found.heads if (said := dates.line(head)))
    return Document(text, pages, one_line(found.title), next(stated, None))


def with_pages(pages: Sequence[Page]) -> tuple[str, tuple[int, ...]]:
    """The text of all pages, and where each begins; a paragraph that goes on over the page is one."""
    text, starts = "", []
    for page in pages:
        for number, paragraph in enumerate(map(one_line, page.paragraphs)):
            if number or not page.goes_on:
                text += "\n\n" if text else ""
                begins, text = len(text), text + paragraph
            else:
                head, _, last = text.rpartition("\n")
                line = joined([last, paragraph])
                text = f"{head}\n{line}" if head else line
                begins = len(text) - len(paragraph)
            if not number:
                starts.append(begins)
        if not page.paragraphs:
            starts.append(len(text))
    return text, tuple(starts)


def carried(before: str, places: Sequence[int], after: str) -> tuple[int, ...]:
    """Where places of a text lie after it was cleaned: whole lines went, the others stayed as they were.

    The place of a line that went is where the next begins. The first place is the text's beginning.
    """
    kept = list(_kept(before, after))
    found = [_after(place, kept, len(after)) for place in places]
    return (0, *found[1:]) if found else ()


def _kept(before: str, after: str) -> Iterator[tuple[int, int, int]]:
    """The lines of both texts in order: where each ends before, its length, and where it begins after."""
    standing: dict[str, list[int]] = {}
    for begins, line in _lines(after):
        standing.setdefault(line, []).append(begins)
    done = 0
    for begins, line in _lines(before):
        places = standing.get(line, [])
        number = bisect_left(places, done)
        if line and number < len(places):
            yield begins + len(line), len(line), places[number]
            done = places[number] + len(line)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    begins = 0
    for line in text.split("\n"):
        yield begins, line
        begins += len(line) + 1


def _after(place: int, kept: Sequence[tuple[int, int, int]], end: int) -> int:
    number = bisect_right(kept, place, key=lambda line: line[0])
    if number == len(kept):
        return end
    ends, length, now = kept[number]
    return now + max(0, place - (ends - length))


def _layout(content: bytes) -> Layout:
    command = [sys.executable, "-P", "-m", "ingest.pdfium"]  # -P: no module of the folder where the user stands
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_MAX_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise Unreadable(f"the PDF took more than {_MAX_SECONDS} s to read; save its text instead") from error
    said = json.loads(done.stdout) if not done.returncode else "the PDF is damaged; save it anew where it was made"
    if isinstance(said, str):
        raise Unreadable(said)
    title, heads, pages = said
    return Layout(title, tuple(heads), tuple(Page(tuple(paragraphs), goes_on) for paragraphs, goes_on in pages))
