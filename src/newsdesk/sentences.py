"""Where sentences begin and end. The only file that knows sentencex (rules of some 300 languages)."""

from __future__ import annotations

import re

from sentencex import get_sentence_boundaries

_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character, which sentencex refuses; one code point stands in for it."""
_WIDE_SPACE = re.compile(r"(?![\x00-\x7f])\s")
"""White space of more than one byte, such as U+00A0: before a full stop sentencex 1.0.15 panics at it."""


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans ``(start, end)`` of the sentences of ``text``, in order, without surrounding white space.

    Offsets are code points; the spans do not overlap, and what lies between them is white space.
    """
    spans = []
    for boundary in get_sentence_boundaries("en", _WIDE_SPACE.sub(" ", _SURROGATE.sub("\ufffd", text))):
        start, end = boundary["start_index"], boundary["end_index"]
        piece = text[start:end]
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            spans.append((start + lead, start + len(piece.rstrip())))
    return spans
