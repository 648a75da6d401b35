"""Bytes → text. The only file that knows charset-normalizer."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from ingest.source import MAX_BYTES, Source, content_of
from newsdesk.errors import Unreadable

_MAX_CHAOS = 0.1
"""Share of oddities above which a guessed encoding is not believed."""
_NEAR = 0.05
"""Difference in oddities that tells two encodings of a page of text apart no longer."""
_MAX_ACCENTS = 0.1
"""Share of accented letters; French has 0.04, Russian read in the wrong encoding nearly 1."""
_SAMPLE = 2**16
"""Bytes by which an encoding is guessed."""
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_OF_NAMES = {"punycode", "idna"}
"""Encodings of the names of hosts; no text is in them, and to decode one takes the square of its length."""
_BINARIES = {
    b"%PDF": "a PDF; name it .pdf",
    b"PK\x03\x04": "a ZIP or Word file; name it .zip or .docx",
    b"\xd0\xcf\x11\xe0": "an old Office file; save it as .docx or .txt",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file; unpack it first",
    b"{\\rtf": "an RTF file; save it as .docx or .txt",
}


def text_of(source: Source, declared: re.Pattern[bytes] | None = None, limit: int = MAX_BYTES) -> str:
    """The text of a source of one article, ``\\n`` between its lines.

    ``declared`` finds the name of the encoding in the first bytes, where the kind can state one.
    Raises Unreadable where it is longer than ``limit`` bytes, empty, or no text.
    """
    text = decode(content_of(source, limit), declared)
    if not text.strip():
        raise Unreadable("the file is empty; remove it or put the article into it")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decode(raw: bytes, declared: re.Pattern[bytes] | None = None) -> str:
    """Bytes as text: UTF-8, UTF-16 with its mark, the declared encoding, or the one they are in beyond doubt."""
    for magic, kind in _BINARIES.items():
        if raw.startswith(magic):
            raise Unreadable(f"it is not text but {kind}")
    if encoding := _BOMS.get(raw[:2]):
        return decoded(raw, encoding)
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
    return decoded(raw, stated[1].decode("ascii")) if stated else _guessed(raw)


def decoded(raw: bytes, encoding: str) -> str:
    """Bytes in an encoding that is known by name. Raises Unreadable where they are not in it."""
    try:
        if codecs.lookup(encoding).name in _OF_NAMES:
            raise LookupError
        return raw.decode(encoding)
    except (UnicodeError, LookupError) as error:
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
    return decoded(raw, next((name for name in ("cp1252", "cp1251") if name in fitting), fitting[0]))


def _is_western(raw: bytes) -> bool:
    """Whether Windows' western encoding makes words with few accents and without signs inside, as in English."""
    text = raw.decode("cp1252", "replace")
    letters = [letter for letter in text if letter.isalpha()]
    accents = sum(letter > "\x7f" for letter in letters)
    return accents <= _MAX_ACCENTS * len(letters) and not re.search(r"[^\W\d_][£¢¥¤¦§¨¬¯´¶¸¿¡]|[^\W\d_m][¹³]", text)
