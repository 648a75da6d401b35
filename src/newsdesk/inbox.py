"""What is handed in to be taken into the archive, kept on the disk until it is in.

Each delivery is a file of names beside the files themselves; what a stopped server left is begun again by the next.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ingest.jobs import Job, Jobs
from newsdesk.errors import BadInput

_EDGES = re.compile(r"^[.\s]+|[.\s]+$")
_UNSAFE = re.compile(r"[^\w .()+,-]")
LONGEST_NAME = 120


class Inbox:
    """Deliveries of one data folder, each worked on by a job. Safe to share between threads."""

    def __init__(self, home: Path, jobs: Jobs) -> None:
        self._folder = home / "inbox"
        self._jobs = jobs
        self._lock = threading.Lock()
        self._closed = False

    def files(self, files: Mapping[str, bytes]) -> Job:
        """Keep files and begin to take them in; what this returns from is not lost. Raises BadInput for no file.

        A file is known by its name, so that another of the same name is its next version.
        """
        if not files:
            raise BadInput("No file was sent. Send one or more, each as a part of the form called files.")
        with self._lock:
            return self._begin([str(self._kept(name, content)) for name, content in files.items()])

    def addresses(self, addresses: Sequence[str]) -> Job:
        """Note addresses of pages, feeds and sitemaps and begin to take in what is there."""
        with self._lock:
            return self._begin(addresses)

    def resume(self) -> None:
        """Begin again what was handed in and is not in the archive yet."""
        for note in self._notes():
            self._start(note, json.loads(note.read_text("utf-8")))

    def shown(self, text: str) -> str:
        """A text without the folders in which this machine keeps what was handed in."""
        return re.sub(re.escape(f"{self._folder}{os.sep}") + rf"[0-9a-f]{{16}}{re.escape(os.sep)}", "", text)

    def close(self) -> None:
        """From now on a job that ends is taken to be cut short: what it worked on stays for the next start."""
        self._closed = True

    def _begin(self, sources: Sequence[str]) -> Job:
        note = self._folder / f"{secrets.token_hex(8)}.json"
        _write(note, json.dumps(list(sources)).encode())
        return self._start(note, sources)

    def _start(self, note: Path, sources: Sequence[str]) -> Job:
        given = [Path(source) if self._folder in Path(source).parents else source for source in sources]
        return self._jobs.start(given, after=lambda: self._done(note))

    def _done(self, note: Path) -> None:
        """Forget a delivery, and its files where no other delivery names them."""
        if self._closed:
            return
        with self._lock:
            sources = set(json.loads(note.read_text("utf-8")))
            note.unlink()
            held = {source for other in self._notes() for source in json.loads(other.read_text("utf-8"))}
            for source in sources - held:
                if self._folder in Path(source).parents:
                    Path(source).unlink(missing_ok=True)
                    with suppress(OSError):
                        Path(source).parent.rmdir()

    def _notes(self) -> list[Path]:
        return sorted(self._folder.glob("*.json"))

    def _kept(self, name: str, content: bytes) -> Path:
        plain = file_name(name)
        path = self._folder / hashlib.sha256(plain.encode()).hexdigest()[:16] / plain
        _write(path, content)
        return path


def file_name(given: str) -> str:
    """The file's own name, without folders and without what no file system needs. Raises BadInput for none."""
    last = re.split(r"[/\\]", given)[-1].encode("utf-8", "replace").decode()
    name = _EDGES.sub("", _UNSAFE.sub("_", last))
    stem, dot, ending = name.rpartition(".")
    if not stem:
        raise BadInput(f"{given[:80]!r} is no file name with an ending. Name it, for example, article.txt")
    return f"{stem[:LONGEST_NAME]}{dot}{ending[:20]}"


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and see it onto the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}.partial")
    with partial.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(partial, path)
