"""A Word document → plain text. The only file that knows mammoth, which reads what is written and runs nothing."""

from __future__ import annotations

import io
import zipfile

import mammoth

from ingest.markup import from_html
from newsdesk.errors import Unreadable

MAX_WORD = 100 * 2**20
"""Bytes of a document, its pictures included."""
_MAX_TEXT = 30 * 2**20
"""Bytes of the XML in a document, its pictures aside; a book has a tenth."""


def text_of_word(content: bytes) -> str:
    """The paragraphs, lists and tables of a .docx file; what was struck out in it is left out.

    Raises Unreadable where it is no Word document that can be read.
    """
    _hold_to_size(content)
    try:
        made = mammoth.convert_to_html(io.BytesIO(content), convert_image=mammoth.images.img_element(lambda _: {}))
    except RecursionError:
        raise
    except Exception as error:  # whatever a broken document makes of it: mammoth names no errors of its own
        raise Unreadable("it is no Word document that can be read; open it in Word and save it anew") from error
    return from_html(made.value)


def _hold_to_size(content: bytes) -> None:
    """Refuse what would unpack to more than any document; zipfile unpacks no more than a member states."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as members:
            size = sum(member.file_size for member in members.infolist() if member.filename.endswith((".xml", ".rels")))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        reason = "an old Word file" if content.startswith(b"\xd0\xcf\x11\xe0") else "damaged, or no Word document"
        raise Unreadable(f"it is {reason}; open it in Word and save it as .docx") from error
    if size > _MAX_TEXT:
        raise Unreadable(f"the Word document would unpack to {size / 2**20:,.0f} MB of text; save the article alone")
