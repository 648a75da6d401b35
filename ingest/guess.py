"""The kind of what comes without a name, from its first bytes."""

from __future__ import annotations

import json
import re

_MAGIC = {b"%PDF": ".pdf", b"PK\x03\x04": ".zip"}
_MAIL = re.compile(
    rb"(?:received|return-path|delivered-to|mime-version|message-id|from|to|subject|date|x-[\w-]+):[ \t]*\S.*\r?\n"
    rb"(?:[\w-]+:|[ \t])",
    re.IGNORECASE,
)
_XML = re.compile(rb"(?:<\?xml|<!--|<!DOCTYPE|\s)*.{0,2000}?<(?:\w+:)?(?:nitf|news(?:item|message|ml))\b", re.I | re.S)
_TABLE = re.compile(rb"[^\n]{0,500}\b(?:text|body|content|headline|title)\b[^\n]{0,500}", re.IGNORECASE)


def kind_of(head: bytes) -> str:
    """The suffix under which the reader of such bytes is registered; plain text where nothing speaks for another."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, kind in _MAGIC.items():
        if start.startswith(magic):
            return ".docx" if b"[Content_Types].xml" in head or b"word/" in head else kind
    if start.startswith((b"{", b"[")):
        return _json_kind(start)
    if start.startswith(b"<"):
        return ".xml" if _XML.match(start) else ".html"
    if start.startswith((b"---\n", b"---\r\n")):
        return ".md"
    return ".eml" if _MAIL.match(start) else _table_kind(start)


def _json_kind(start: bytes) -> str:
    """One record a line, unless the first line is no whole record."""
    first, newline, _ = start.partition(b"\n")
    if start.startswith(b"["):
        return ".json"
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return ".json" if newline else ".jsonl"  # a line longer than what is seen of it
    return ".jsonl"


def _table_kind(start: bytes) -> str:
    """A table's first line names columns that an article has."""
    first = start.partition(b"\n")[0]
    if not _TABLE.fullmatch(first.rstrip(b"\r")):
        return ".txt"
    return ".tsv" if b"\t" in first else ".csv" if re.search(rb"\w\"?[,;]\"?\w", first) else ".txt"
