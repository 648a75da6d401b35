"""The process that reads one PDF: bytes from standard input → what its pages say, as JSON. Alone knows pypdfium2."""

from __future__ import annotations

import json
import sys

import pypdfium2

from ingest.columns import Box, layout

_MAX_MEMORY = 2 * 2**30
_MAX_PAGES = 1000
_MAX_BOXES = 20_000
"""Runs of words on one page; a full page of a newspaper has a tenth."""
_LOCKED = "the PDF is locked with a password; save it without one"
_LONG = f"the PDF is too long for an article (more than {_MAX_PAGES:,} pages); save the article's own pages"


def main() -> None:
    """Write ``[title, running heads, [[paragraphs, goes on], …]]``, or why the file is refused as a string."""
    _limit_memory()
    json.dump(_read(sys.stdin.buffer.read()), sys.stdout)


def _read(content: bytes) -> object:
    try:
        with pypdfium2.PdfDocument(content) as document:
            if len(document) > _MAX_PAGES:
                return _LONG
            found = layout([_boxes(page) for page in document])
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            return _LOCKED
        raise
    return [found.title, found.heads, [(page.paragraphs, page.goes_on) for page in found.pages]]


def _boxes(page: pypdfium2.PdfPage) -> list[Box]:
    """The words of a page. A box is made as high as its font, so that lines of one size are equally high."""
    height, words, found = page.get_height(), page.get_textpage(), []
    for number in range(min(words.count_rects(), _MAX_BOXES)):
        left, bottom, right, top = words.get_rect(number)
        text = words.get_text_bounded(left, bottom, right, top)
        index = words.get_index(left + 0.5, (bottom + top) / 2, 2, top - bottom)
        if index is not None:
            _, bottom, _, top = words.get_charbox(index, loose=True)
        found.append(Box(left, height - top, right, height - bottom, text))
    return found


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows, where the limit of time has to do
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
