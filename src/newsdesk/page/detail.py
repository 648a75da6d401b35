"""What a browser says about an event: taken apart, checked, and never believed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

Detail = Mapping[str, object]


def text(detail: Detail, name: str, longest: int = 500) -> str:
    """A field that is a text, without what no text needs (NUL, halves of characters) and cut off where too long."""
    value = detail.get(name)
    if not isinstance(value, str):
        return ""
    return value.replace("\0", " ").encode("utf-8", "replace").decode("utf-8").strip()[:longest]


def number(detail: Detail, name: str, otherwise: int) -> int:
    """A field that is a number of a few digits."""
    value = text(detail, name)
    return int(value) if value.isdecimal() and value.isascii() and len(value) < 7 else otherwise


def day(detail: Detail, name: str) -> date | None:
    """A field that is a day as in 2031-03-05."""
    try:
        return date.fromisoformat(text(detail, name))
    except ValueError:
        return None
