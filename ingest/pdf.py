"""A PDF → the text of its article, with a form feed where each page begins.

PDFium, which reads it, is quick and used to bad files, but not trusted: it runs in a process of its own
(``pdfium.py``) with limits of time and memory, so that whatever a file does to it, the ingest goes on.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

from ingest import dates
from ingest.clean import one_line
from ingest.columns import Layout, Page, joined
from ingest.records import Fields
from newsdesk.errors import Unreadable

MAX_PDF = 100 * 2**20
"""Bytes of a PDF; a page of a newspaper with its pictures has some 5 MB."""
_MAX_SECONDS = 60


def fields_of(content: bytes) -> Fields:
    """The headline, the day in the running head, and the text, in which a form feed begins each page but the first.

    Raises Unreadable where the PDF cannot be read or holds pictures alone.
    """
    found = _layout(content)
    text = text_of_pages(found.pages)
    if not text.strip():
        raise Unreadable("the PDF holds no text, only pictures of it; make it searchable (OCR) first")
    stated = (said[0] for head in found.heads if (said := dates.line(head)))
    return {"title": found.title, "published": next(stated, None), "dated_by": "running head", "text": text}


def text_of_pages(pages: Sequence[Page]) -> str:
    """The paragraphs of all pages. One that goes on over the page is one line; a word in two is all on the first."""
    text = ""
    for number, page in enumerate(pages):
        first, *others = [one_line(paragraph) for paragraph in page.paragraphs] or [""]
        if page.goes_on:
            word, _, rest = first.partition(" ")
            whole = joined([text, word])
            text, first = (f"{text} ", first) if whole.endswith(f" {word}") else (f"{whole} ", rest)
        elif text:
            text += "\n\n"
        text += ("\f" if number else "") + "\n\n".join([first, *others])
    return text


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
