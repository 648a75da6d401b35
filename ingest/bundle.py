"""A ZIP → the sources in it, read where they are: nothing is unpacked to disk, and a member's name is a label only."""

from __future__ import annotations

import io
import lzma
import stat
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast

from ingest.files import Choice, distinct
from ingest.source import Source, content_of, printable
from newsdesk.errors import Unreadable

DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError)
"""What reading a member raises where the ZIP is broken, or packed in a way that is not known."""
MAX_UNPACKED = 4 * 2**30
"""Bytes that all members may have together, those of ZIPs inside included."""
MAX_MEMBERS = 100_000
_MAX_RATIO = 200
"""Bytes that may come of one; texts have 3 to 10."""
_HARMLESS = 10 * 2**20
"""Bytes that may come of however few."""
_MAX_DEPTH = 2
_MAX_HELD = 200 * 2**20
"""Bytes of a ZIP that must be held in memory, because it lies in another or is piped in."""


@dataclass(slots=True)
class _Allowance:
    """What may still be unpacked from a ZIP and those inside it."""

    bytes: int
    members: int

    def take(self, info: zipfile.ZipInfo) -> None:
        """Count a member by the size that it states; zipfile gives no more than that."""
        self.bytes -= info.file_size
        self.members -= 1
        if self.bytes < 0 or self.members < 0:
            raise Unreadable(
                f"the ZIP unpacks to more than {MAX_UNPACKED / 2**30:.0f} GB or {MAX_MEMBERS:,} files;"
                " the rest is not read, so split it"
            )


def members(source: Source, kinds: Collection[str]) -> Iterator[Source | Unreadable]:
    """The members of known kinds, in order of their names, also of ZIPs inside. A hostile one is named and passed over.

    Raises Unreadable where it is no ZIP, holds no article, or unpacks to too much.
    """
    empty = True
    for member in _members(source, kinds, _Allowance(MAX_UNPACKED, MAX_MEMBERS), 1):
        empty = False
        yield member
    if empty:
        raise Unreadable(f"the ZIP holds no article: newsdesk reads {', '.join(sorted(kinds))} files")


def _members(
    source: Source, kinds: Collection[str], allowance: _Allowance, depth: int
) -> Iterator[Source | Unreadable]:
    choice = Choice(kinds)
    with _seekable(source) as stream, zipfile.ZipFile(stream) as bundle:
        infos = sorted((info for info in bundle.infolist() if _is_wanted(info, choice)), key=lambda one: one.filename)
        ids = distinct([_id_forms(info) for info in infos])
        for info, article_id in zip(infos, ids, strict=True):
            name = f"{source.name}/{printable(info.filename)}"
            if reason := _reason_against(info, depth):
                yield Unreadable(f"{name}: {reason}")
                continue
            allowance.take(info)
            opened = cast("partial[BinaryIO]", partial(bundle.open, info))
            member = Source(name, f"{source.article_id}/{article_id}", _suffix(info), opened)
            if member.kind == ".zip":
                yield from _inner(member, kinds, allowance, depth + 1)
            else:
                yield member


def _inner(member: Source, kinds: Collection[str], allowance: _Allowance, depth: int) -> Iterator[Source | Unreadable]:
    """The members of a ZIP inside; that it is broken costs no other member."""
    try:
        yield from _members(member, kinds, allowance, depth)
    except DAMAGED as error:
        yield Unreadable(f"{member.name}: the ZIP is damaged ({error})")
    except Unreadable as error:
        if allowance.bytes < 0 or allowance.members < 0:
            raise
        yield Unreadable(f"{member.name}: {error}")


def _seekable(source: Source) -> IO[bytes]:
    """The bytes of a ZIP, held in memory where they cannot be read from any place."""
    stream: IO[bytes] = source.open()
    if stream.seekable() and not isinstance(stream, zipfile.ZipExtFile):
        return stream
    with stream:
        return io.BytesIO(content_of(source, _MAX_HELD))


def _is_wanted(info: zipfile.ZipInfo, choice: Choice) -> bool:
    """Whether a member can hold an article; hidden ones and what macOS adds cannot."""
    path = _path(info)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts if part.strip("."))
    return not info.is_dir() and not hidden and choice.takes(path)


def _reason_against(info: zipfile.ZipInfo, depth: int) -> str:
    """Why a member is not read, or nothing."""
    path = _path(info)
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return "its name leads out of the ZIP, which no honest one does; it was not read"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link, not a file; put the file itself into the ZIP"
    if info.flag_bits & 1:
        return "it is locked with a password; pack it without one"
    if info.file_size > max(_HARMLESS, _MAX_RATIO * info.compress_size):
        return (
            f"it would unpack to {info.file_size / 2**20:,.0f} MB, {_MAX_RATIO} times its size or more; it was not read"
        )
    if _suffix(info) == ".zip" and depth >= _MAX_DEPTH:
        return f"ZIPs lie more than {_MAX_DEPTH} deep in one another; unpack the inner one"
    return ""


def _path(info: zipfile.ZipInfo) -> PurePosixPath:
    """The name as a path, also where it was packed under Windows."""
    return PurePosixPath(info.filename.replace("\\", "/"))


def _suffix(info: zipfile.ZipInfo) -> str:
    return _path(info).suffix.lower()


def _id_forms(info: zipfile.ZipInfo) -> list[str]:
    path = _path(info)
    return [printable(path.with_suffix("").as_posix()), printable(path.as_posix())]
