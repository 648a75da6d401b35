"""JSON → the records in it: one, a list, an object that holds a list, or one on each line of a file of any size."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from ingest.record import NAMES
from ingest.source import MAX_BYTES
from newsdesk.errors import Unreadable

MAX_LINE = MAX_BYTES
MAX_JSON = 64 * 2**20
"""Bytes of a JSON document, which is read at once; lines have no such limit."""

_DEPTH = 3
"""How deep in a document the list of its articles may lie."""
_TEXT = set(NAMES["text"].split())

Fields = dict[str, object]
Numbered = Iterator[tuple[int, Fields | Unreadable]]
"""Records with the line or place at which each stands, and in place of a broken one what is wrong with it."""


def of_lines(stream: BinaryIO) -> Numbered:
    """One record a line, with the line's number; empty lines are passed over. Raises Unreadable if all are."""
    empty = True
    for number, line in enumerate(lines(stream, MAX_LINE), 1):
        if isinstance(line, Unreadable):
            yield number, line
        elif line.strip():
            yield number, _record_of(line)
        empty = empty and not isinstance(line, Unreadable) and not line.strip()
    if empty:
        raise Unreadable("the file is empty; give one JSON object on each line")


def of_document(content: bytes) -> Fields | list[Fields | Unreadable]:
    """The record of a JSON document, or its records: those of a list, or of the one list of objects in it."""
    value = _value(content, "the file")
    records = value if isinstance(value, list) else _held(value, _DEPTH)
    if records:
        return [_object(item) for item in records]
    if isinstance(value, dict) and value:
        return value
    raise Unreadable("it holds no record; give an object with a text, or a list of such objects")


def lines(stream: BinaryIO, limit: int) -> Iterator[bytes | Unreadable]:
    """The lines of a file of any size, none of them held in memory if it is longer than ``limit`` bytes."""
    while line := stream.readline(limit + 1):
        if len(line) <= limit:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(limit)
        yield Unreadable(
            f"the line is longer than {limit / 2**20:.0f} MB; an article is far shorter, so split the record"
        )


def _record_of(line: bytes) -> Fields | Unreadable:
    try:
        return _object(_value(line, "the line"))
    except Unreadable as error:
        return error


def _held(value: object, depth: int) -> list[object]:
    """The list of records that an object holds, as answers of APIs do; an article's own lists are none."""
    if not isinstance(value, dict) or not depth or any(_known(name) in _TEXT for name in value):
        return []
    lists = (held for held in value.values() if isinstance(held, list) and isinstance(next(iter(held), None), dict))
    deeper = (found for held in value.values() if (found := _held(held, depth - 1)))
    return next(lists, None) or next(deeper, [])


def _known(name: str) -> str:
    return re.sub(r"[\s_:-]", "", name).lower()


def _object(value: object) -> Fields | Unreadable:
    if isinstance(value, dict):
        return value
    return Unreadable(f"a JSON object is wanted, with at least a text, not {type(value).__name__}")


def _value(content: bytes, what: str) -> object:
    """What the JSON says. Raises Unreadable where it is broken; ``what`` is what a person would mend."""
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 (byte {error.start + 1} of {what}); save the file as UTF-8") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}" if what == "the file" else f"column {error.colno}"
        raise Unreadable(f"broken JSON ({error.msg}, {place}); mend {what} or remove it") from error
    except RecursionError as error:
        raise Unreadable(f"{what} is nested too deeply to be an article; remove it") from error
    except ValueError as error:
        raise Unreadable(f"broken JSON ({error}); mend {what} or remove it") from error
