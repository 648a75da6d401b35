"""Where articles come from: a file, a member of a ZIP, an upload, standard input; all are a name and bytes."""

from __future__ import annotations

import io
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from ingest.guess import kind_of
from newsdesk.errors import Unreadable

MAX_BYTES = 20 * 2**20
"""Largest file of one article, largest line of many: a hundred times the longest article."""


@dataclass(frozen=True, slots=True)
class Source:
    """Something that holds articles. ``open`` gives its bytes from the start.

    ``name`` is what messages and the archive call it, ``kind`` the suffix by which its reader is chosen (".txt"),
    ``article_id`` names its article where the source itself gives no id.
    """

    name: str
    article_id: str
    kind: str
    open: Callable[[], BinaryIO]


def of_file(path: Path, article_id: str) -> Source:
    """A file on disk. It is opened only when it is read."""
    opened = cast("Callable[[], BinaryIO]", partial(path.open, "rb"))
    return Source(printable(path), article_id, path.suffix.lower(), opened)


def of_bytes(name: str, content: bytes) -> Source:
    """A file in memory, such as an upload. Of its name only the last part counts, and no path comes of it."""
    label = printable(PurePosixPath(name.replace("\\", "/")).name) or "upload"
    return Source(label, _stem(label), PurePosixPath(label).suffix.lower(), partial(io.BytesIO, content))


def standard_input() -> Source:
    """What is piped in; its kind is guessed from its first bytes. It can be read once."""
    stream = io.BufferedReader(cast("io.RawIOBase", sys.stdin.buffer))
    return Source("standard input", "stdin", kind_of(stream.peek(1)), lambda: cast("BinaryIO", stream))


def content_of(source: Source, limit: int = MAX_BYTES) -> bytes:
    """All bytes of a source of one article. Raises Unreadable where there are more than ``limit``, or none."""
    with source.open() as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise Unreadable(
            f"more than {limit / 2**20:.0f} MB is too much for one article;"
            " put many articles into a .jsonl file, one on each line"
        )
    if not content.strip():
        raise Unreadable("the file is empty; remove it or put the article into it")
    return content


def printable(name: str | Path) -> str:
    """A name fit for messages and ids: what a terminal or page would obey, or could not write, stands as its code."""
    return "".join(f"\\u{ord(char):04x}" if _is_odd(char) else char for char in str(name))


def _is_odd(char: str) -> bool:
    """Whether a character is a control, a mark of direction, half of a character, or a break of the line."""
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _stem(label: str) -> str:
    return PurePosixPath(label).with_suffix("").as_posix()
