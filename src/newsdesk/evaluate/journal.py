"""The journal of a run: a file of JSON lines beside the result, with which a stopped run goes on.

First what is being measured, then the record of each question, and after each batch its time. It is only
ever appended to, and a line that was not written to its end is cut off when it is opened again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout

from newsdesk.errors import InUse
from newsdesk.evaluate.outcomes import GOOD


@contextmanager
def opened(journal: Path, head: Mapping[str, object]) -> Iterator[tuple[IO[bytes], set[str], int]]:
    """The journal open for appending, the ids of the questions it holds, and how many of them were lost.

    One that was begun with another ``head`` measured something else: it is put aside as ``<journal>.old``.
    Raises InUse while another run writes to it.
    """
    expected = json.loads(json.dumps(head, default=str))
    journal.parent.mkdir(parents=True, exist_ok=True)
    with _locked(journal):
        if journal.exists() and _mended(journal) != expected:
            os.replace(journal, f"{journal}.old")
        with journal.open("ab") as stream:
            if stream.tell() == 0:
                append(stream, [expected])
            done, lost = _held(journal)
            yield stream, done, lost


def entries(journal: Path) -> Iterator[dict[str, Any]]:
    """The journal's whole lines after the first, one at a time; a last one still being written is left out."""
    with journal.open("rb") as stream:
        next(stream, None)
        for line in stream:
            if line.endswith(b"\n"):
                yield json.loads(line)


def append(stream: IO[bytes], lines: Sequence[Mapping[str, object]]) -> None:
    """Write whole lines and see them onto the disk: what was answered once is not asked again."""
    texts = (json.dumps(line, ensure_ascii=False, allow_nan=False) for line in lines)
    # A lone surrogate, which UTF-8 cannot hold, becomes its JSON escape.
    stream.write("".join(f"{text}\n" for text in texts).encode("utf-8", "backslashreplace"))
    stream.flush()
    os.fsync(stream.fileno())


@contextmanager
def _locked(journal: Path) -> Iterator[None]:
    file = Path(f"{journal}.lock")
    lock = FileLock(file)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise InUse(
            f"Another evaluation is writing {journal}. Wait for it to end, or give another --json file."
        ) from error
    try:
        yield
    finally:
        with suppress(OSError):  # Windows removes no open file; an empty lock file does no harm.
            file.unlink()
        lock.release()


def _held(journal: Path) -> tuple[set[str], int]:
    done: set[str] = set()
    lost = 0
    for entry in entries(journal):
        if "question" in entry and entry["question"]["id"] not in done:
            done.add(entry["question"]["id"])
            lost += entry["question"]["outcome"] not in GOOD
    return done, lost


def _mended(journal: Path) -> object:
    """Cut off a last line that was not written to its end; the first line, None if it cannot be read."""
    with journal.open("rb+") as stream:
        whole, first = 0, b""
        for line in stream:
            if not line.endswith(b"\n"):
                break
            first = first or line
            whole += len(line)
        stream.truncate(whole)
    try:
        return json.loads(first)
    except ValueError:
        return None
