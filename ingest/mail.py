"""A mail, as newsletters and press releases come → the fields of an article. Attachments are never opened."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from email.utils import parseaddr

from ingest.byline import is_newspaper
from ingest.clean import one_line
from ingest.markup import from_html
from ingest.records import Fields
from newsdesk.errors import Unreadable

MAX_MAIL = 50 * 2**20
"""Bytes of a mail, what is attached included; servers take less."""


def fields_of(content: bytes) -> Fields:
    """Title, date, sender and text of a mail. Raises Unreadable where there is no text in it."""
    try:
        message = email.message_from_bytes(content, policy=email.policy.default)
        text = _text(message)
        fields = {name: _header(message, name) for name in ("Subject", "Date", "From")}
    except RecursionError:
        raise
    except Exception as error:  # headers that break the rules make the standard library raise almost anything
        raise Unreadable("it is no mail that can be read; save its text as .txt") from error
    if not text.strip():
        raise Unreadable("the mail holds no text; if the article is attached, give the attached file")
    return {
        "title": fields["Subject"],
        "published": fields["Date"],
        "text": text,
        "dated_by": "mail header",
        **_sender(fields["From"]),
    }


def _text(message: EmailMessage) -> str:
    """The text part, or where that is a mere stub beside the HTML part, the words of that."""
    plain, marked = (_part(message, kind) for kind in ("plain", "html"))
    shown = from_html(marked)
    return _unwrapped(plain) if 2 * len(plain.split()) > len(shown.split()) else shown


def _unwrapped(text: str) -> str:
    """Paragraphs whose lines mail programs broke at 60 to 80 characters as one line each."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return "\n\n".join(" ".join(block.split()) if _is_wrapped(block) else block for block in blocks)


def _is_wrapped(block: str) -> bool:
    return all(50 <= len(line.rstrip()) <= 80 for line in block.strip("\n").split("\n")[:-1])


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    content = part.get_content() if part is not None else ""
    return content if isinstance(content, str) else ""


def _header(message: EmailMessage, name: str) -> str:
    return one_line(str(message.get(name, "")))


def _sender(line: str) -> Fields:
    """A newspaper's or agency's own address makes it the publisher, a person's name the author."""
    name = parseaddr(line)[0]
    return {"publisher": name} if is_newspaper(name) else {"author": name}
