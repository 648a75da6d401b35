"""CSV and TSV → the records of their rows; the first row names the fields. A cell is text, whatever it begins with."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import BinaryIO

from ingest.decode import decode
from ingest.record import NAMES
from ingest.records import MAX_LINE, Fields, Numbered, lines
from newsdesk.errors import Unreadable

MAX_CELL = 2 * 2**20
"""Characters of one cell: ten times the longest article."""
_TEXT = set(NAMES["text"].split())


def of_table(stream: BinaryIO, delimiter: str | None = None) -> Numbered:
    """Each row as a record, with the line on which it ends. Without a ``delimiter`` the first row tells it.

    Raises Unreadable where the first row names no column of texts, or a row is never closed.
    """
    text = _decoded(stream)
    first = next(text, "")
    header = _header(first, delimiter or _delimiter(first))
    csv.field_size_limit(MAX_CELL)  # the same for all of the process: the module offers no other way
    rows = csv.reader(text, delimiter=delimiter or _delimiter(first), strict=True)
    empty = True
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield rows.line_num + 1, _fault(error)
            continue
        if row is None:
            break
        if any(cell.strip() for cell in row):
            empty = False
            yield rows.line_num + 1, _record(header, row)
    if empty:
        raise Unreadable("the table has no rows below the names of its columns")


def _fault(error: csv.Error) -> Unreadable:
    """What is wrong with a row. Raises it where the rest of the file cannot be told apart any more."""
    if "field larger" in str(error):
        raise Unreadable(f"a cell has more than {MAX_CELL:,} characters; is a quote left open above it?") from error
    if "unexpected end" in str(error):
        raise Unreadable("a quote is opened and never closed, so the rows after it cannot be read") from error
    return Unreadable(f"the row is broken ({error}); a quote inside a cell is written twice")


def _record(header: list[str], row: list[str]) -> Fields | Unreadable:
    if len(row) > len(header):
        return Unreadable(f"the row has {len(row)} cells under {len(header)} names; put a cell with commas into quotes")
    return dict(zip(header, row, strict=False))


def _header(line: str, delimiter: str) -> list[str]:
    """The names of the columns, one of them the text's."""
    try:
        names = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        names = []
    if not any(re.sub(r"[\s_:-]", "", name).lower() in _TEXT for name in names):
        raise Unreadable('the first row must name the columns, one of them "text" (or "body", "content")')
    return names


def _delimiter(line: str) -> str:
    """The sign between names of columns: a comma, or what spreadsheets of other countries write."""
    return max(",;\t|", key=lambda sign: (line.count(sign), sign == ","))


def _decoded(stream: BinaryIO) -> Iterator[str]:
    """The lines as text. Raises Unreadable for one that is too long or no text."""
    for number, line in enumerate(lines(stream, MAX_LINE), 1):
        try:
            if isinstance(line, Unreadable):
                raise line
            yield decode(line)
        except Unreadable as error:
            raise Unreadable(f"line {number}: {error}") from error
