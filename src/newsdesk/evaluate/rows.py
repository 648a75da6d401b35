"""Question files as rows: where each stands, its fields, and what could not be read of it.

A row that cannot be read becomes a row with a fault, so that the reading goes on to the next.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from newsdesk.errors import BadInput


@dataclass(frozen=True, slots=True)
class Row:
    """One question as its file has it: where (``file:line``), its fields, and what could not be read."""

    where: str
    number: int
    fields: dict[str, object] | None
    faults: tuple[str, ...] = ()


def _open(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file, gzip or not, numbered from 1. Raises BadInput if it cannot be read."""
    try:
        with _open(path) as stream:
            yield from enumerate(stream, 1)
    except (OSError, EOFError) as error:
        raise BadInput(f"{path} cannot be read: {error}") from error


def json_lines(path: Path) -> Iterator[Row]:
    """The JSON objects of a file, one on each line; what is none becomes a row with a fault."""
    for number, line in lines(path):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            fields = json.loads(line.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            yield Row(where, number, None, (f"not UTF-8: {error.reason} at byte {error.start}",))
        except (ValueError, RecursionError) as error:
            yield Row(where, number, None, (f"not JSON: {error}",))
        else:
            if isinstance(fields, dict):
                yield Row(where, number, fields)
            else:
                yield Row(where, number, None, ("not a JSON object",))


def decoded(path: Path) -> tuple[str, Row | None]:
    """The whole text of a file, or the row that says where it is not UTF-8."""
    data = b"".join(line for _, line in lines(path))
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        return "", Row(f"{path}:{number}", number, None, (f"not UTF-8: {error.reason}",))
