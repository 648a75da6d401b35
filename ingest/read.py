"""Files and folders → articles. One small reader function for each kind of file, in a registry.

A fault in a file never stops the others: it is handed on as an Unreadable that names the file, for records
the line too, what is wrong and what to do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from ingest import page, record
from ingest.files import MAX_BYTES, Source, find, load
from ingest.markup import MAX_MARKDOWN, from_markdown, front_matter
from newsdesk.errors import Unreadable
from newsdesk.types import Article

__all__ = ["READERS", "Source", "read", "sources"]

Reader = Callable[[Source], Iterator[Article | Unreadable]]


def sources(paths: Sequence[Path]) -> list[Source]:
    """The files of known kinds among and under the paths, each once.

    Raises BadInput for a path that is missing, of no known kind, or holds no such file.
    """
    return find(paths, READERS)


def read(source: Source) -> Iterator[Article | Unreadable]:
    """The articles of one file, cleaned, in its order; never raises for what a file holds."""
    try:
        yield from READERS[source.path.suffix.lower()](source)
    except Unreadable as error:
        yield Unreadable(f"{source.path}: {error}")
    except RecursionError:
        yield Unreadable(f"{source.path}: it is nested too deeply to be an article; remove it")
    except OSError as error:
        yield Unreadable(
            f"{source.path}: cannot be read ({error.strerror or error}); check the file and its permissions"
        )


def _text(source: Source) -> Iterator[Article]:
    yield record.article({}, source.article_id, load(source.path))


def _markdown(source: Source) -> Iterator[Article]:
    fields, body = front_matter(load(source.path, limit=MAX_MARKDOWN))
    yield record.article(fields, source.article_id, from_markdown(body))


def _html(source: Source) -> Iterator[Article]:
    fields = page.extract(load(source.path, page.CHARSET))
    yield record.article(fields, source.article_id, str(fields["text"]))


def _json_lines(source: Source) -> Iterator[Article | Unreadable]:
    """One article a line. A record without an id is known by its line."""
    empty = True
    with source.path.open("rb") as file:
        for number, line in enumerate(_lines(file), 1):
            if not isinstance(line, Unreadable) and not line.strip():
                continue
            empty = False
            yield _from_line(line, source, number)
    if empty:
        raise Unreadable("the file is empty; give one JSON object on each line")


def _lines(file: BinaryIO) -> Iterator[bytes | Unreadable]:
    """The lines of a file of any size, none of them held in memory if it is longer than MAX_BYTES."""
    while line := file.readline(MAX_BYTES + 1):
        if len(line) <= MAX_BYTES:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_BYTES)
        yield Unreadable(
            f"the line is longer than {MAX_BYTES // 2**20} MB; an article is far shorter, so split the record"
        )


def _from_line(line: bytes | Unreadable, source: Source, number: int) -> Article | Unreadable:
    try:
        if isinstance(line, Unreadable):
            raise line
        return record.article(_object(line), f"{source.article_id}:{number}")
    except Unreadable as error:
        return Unreadable(f"{source.path}:{number}: {error}")
    except RecursionError:
        return Unreadable(f"{source.path}:{number}: it is nested too deeply to be an article; remove it")


def _object(line: bytes) -> dict[str, object]:
    """The JSON object of a line."""
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 (byte {error.start + 1} of the line); save the file as UTF-8") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"broken JSON ({error.msg}, column {error.colno}); mend the line or remove it") from error
    except ValueError as error:
        raise Unreadable(f"broken JSON ({error}); mend the line or remove it") from error
    if not isinstance(value, dict):
        raise Unreadable(f"a JSON object is wanted, with at least a text, not {type(value).__name__}")
    return value


READERS: dict[str, Reader] = {
    ".txt": _text,
    ".md": _markdown,
    ".markdown": _markdown,
    ".html": _html,
    ".htm": _html,
    ".jsonl": _json_lines,
}
"""The known kinds of file, by lower-case suffix."""
