"""The files to read: found under the given paths, named, and decoded. The only file that knows charset-normalizer."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from newsdesk.errors import BadInput, Unreadable

MAX_BYTES = 20 * 2**20
"""Largest file of one article, largest line of many: a hundred times the longest article."""
_MAX_CHAOS = 0.1
"""Share of oddities above which a guessed encoding is not believed."""
_NEAR = 0.05
"""Difference in oddities that tells two encodings of a page of text apart no longer."""
_MAX_ACCENTS = 0.1
"""Share of accented letters; French has 0.04, Russian read in the wrong encoding nearly 1."""
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_BINARIES = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP or Word file",
    b"\xd0\xcf\x11\xe0": "an old Word file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file",
    b"{\\rtf": "an RTF file",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file that holds articles; ``article_id`` names its article where the file gives no id."""

    path: Path
    article_id: str


def find(paths: Sequence[Path], kinds: Collection[str]) -> list[Source]:
    """The files among and under the paths whose suffix is one of ``kinds``, each once, folders in sorted order.

    In folders hidden files are passed over, and symbolic links that lead out. Raises BadInput for a path that
    is missing, of another kind, or holds no such file.
    """
    found: dict[Path, tuple[Path, Path]] = {}
    for path in paths:
        files = list(_under(path, kinds)) if path.is_dir() else [_named(path, kinds)]
        if not files:
            raise BadInput(f"{path} holds no article: newsdesk reads {_listed(kinds)} files")
        root = path if path.is_dir() else path.parent
        for file in files:
            found.setdefault(file.resolve(), (root, file))
    if not found:
        raise BadInput("no path was given; name a file or a folder of articles")
    return _with_ids(list(found.values()))


def load(path: Path, declared: re.Pattern[bytes] | None = None, limit: int = MAX_BYTES) -> str:
    """The text of a file of one article, ``\\n`` between its lines.

    ``declared`` finds the name of the encoding in the file's first bytes, where its kind can state one.
    Raises Unreadable where it is too large, empty, or no text.
    """
    size = path.stat().st_size
    if size > limit:
        raise Unreadable(
            f"{size / 2**20:.1f} MB is too much for one article (at most {limit / 2**20:.0f} MB);"
            " put many articles into a .jsonl file, one on each line"
        )
    text = decode(path.read_bytes(), declared)
    if not text.strip():
        raise Unreadable("the file is empty; remove it or put the article into it")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decode(raw: bytes, declared: re.Pattern[bytes] | None = None) -> str:
    """Bytes as text: UTF-8, UTF-16 with its mark, the declared encoding, or the one they are in beyond doubt."""
    for magic, kind in _BINARIES.items():
        if raw.startswith(magic):
            raise Unreadable(f"it is {kind}, not text; save it as .txt, .md or .html")
    if encoding := _BOMS.get(raw[:2]):
        return _decoded(raw, encoding)
    if b"\0" in raw:
        raise Unreadable("it is a binary file, not text; save it as .txt, .md or .html")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if _mostly_utf8(raw):
            raise Unreadable(
                f"its UTF-8 is damaged at byte {error.start + 1}; mend it there and save it again"
            ) from error
    stated = declared.search(raw[:4096]) if declared else None
    return _decoded(raw, stated[1].decode("ascii")) if stated else _guessed(raw)


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise Unreadable(f"it is not in the encoding that it states ({encoding}); save it as UTF-8") from error


def _mostly_utf8(raw: bytes) -> bool:
    """Whether most of what is not ASCII is good UTF-8, so that another encoding would garble it."""
    bad = raw.decode("utf-8", "replace").count("\ufffd")
    return sum(byte >= 0xC0 for byte in raw) > 2 * bad


def _guessed(raw: bytes) -> str:
    """Text in an older encoding; of those that fit about as well as the best, Windows' are the likeliest."""
    found = [match for match in from_bytes(raw) if match.encoding != "cp1252" or _is_western(raw)]
    fitting = [match.encoding for match in found if match.chaos <= min(_MAX_CHAOS, found[0].chaos + _NEAR)]
    if not fitting:
        raise Unreadable("its encoding cannot be told; save it as UTF-8")
    return _decoded(raw, next((name for name in ("cp1252", "cp1251") if name in fitting), fitting[0]))


def _is_western(raw: bytes) -> bool:
    """Whether Windows' western encoding makes words with few accents and without signs inside, as in English."""
    text = raw.decode("cp1252", "replace")
    letters = [letter for letter in text if letter.isalpha()]
    accents = sum(letter > "\x7f" for letter in letters)
    return accents <= _MAX_ACCENTS * len(letters) and not re.search(r"[^\W\d_][£¢¥¤¦§¨¬¯´¶¸¿¡]|[^\W\d_m][¹³]", text)


def _named(path: Path, kinds: Collection[str]) -> Path:
    """A file that was asked for by name."""
    if not path.exists():
        raise BadInput(f"{path} does not exist; check the path")
    if not path.is_file():
        raise BadInput(f"{path} is neither a file nor a folder")
    if path.suffix.lower() not in kinds:
        raise BadInput(f"{path} is of no known kind: newsdesk reads {_listed(kinds)} files")
    return path


def _under(root: Path, kinds: Collection[str]) -> Iterator[Path]:
    """The files of a folder and those below it, sorted by path."""
    real = root.resolve()
    for folder, folders, names in os.walk(root, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in sorted(Path(folder, name) for name in names if not name.startswith(".")):
            if file.suffix.lower() in kinds and file.is_file() and file.resolve().is_relative_to(real):
                yield file


def _refuse(error: OSError) -> None:
    raise BadInput(f"{error.filename} cannot be read ({error.strerror}); check its permissions") from error


def _listed(kinds: Collection[str]) -> str:
    return ", ".join(sorted(kinds))


def _with_ids(files: list[tuple[Path, Path]]) -> list[Source]:
    """Each file with the shortest id that no other file has."""
    named: dict[Path, str] = {}
    for form in _ID_FORMS:
        rest = [(root, file) for root, file in files if file not in named]
        ids = Counter(form(root, file) for root, file in rest)
        named |= {file: form(root, file) for root, file in rest if ids[form(root, file)] == 1}
    return [Source(file, named[file]) for _, file in files]


_ID_FORMS: list[Callable[[Path, Path], str]] = [
    lambda root, file: file.relative_to(root).with_suffix("").as_posix(),
    lambda root, file: file.relative_to(root).as_posix(),
    lambda _, file: file.resolve().as_posix(),
]
"""Path under the given root without its suffix, with it, or where two roots clash, the whole path."""
