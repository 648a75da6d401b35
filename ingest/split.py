"""Article → passages: whole sentences, exact offsets, every character of the text in exactly one passage."""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import pairwise

from newsdesk.sentences import sentences
from newsdesk.types import Article, Passage

MAX_CHARS = 800
"""Longest passage in code points: about 180 tokens of English, which with the title fits the embedder's 256."""


def split(article: Article, max_chars: int = MAX_CHARS) -> list[Passage]:
    """Cut an article into passages of like length, none above ``max_chars``, at ends of sentences.

    Passages tile the text: the first starts at 0, each starts where the last ended, the last ends with
    the text. A sentence longer than ``max_chars`` is cut at white space, or where it must be.
    A text of white space alone has no passages.
    """
    if not article.text.strip():
        return []
    cuts = _cuts(article.text, max_chars)
    return [Passage(article.id, start, end) for start, end in pairwise(_balanced(cuts, max_chars))]


def _cuts(text: str, max_chars: int) -> list[int]:
    """Every offset at which the text may be cut, from 0 to its length, no two further apart than ``max_chars``."""
    starts = [start for start, _ in sentences(text)][1:]
    cuts = [0]
    for cut in [*starts, len(text)]:
        while cut - cuts[-1] > max_chars:
            cuts.append(_cut_within(text, cuts[-1], cuts[-1] + max_chars))
        cuts.append(cut)
    return cuts


def _cut_within(text: str, start: int, end: int) -> int:
    """``end`` where white space follows it, else the last place after white space in the second half, else ``end``."""
    if text[end].isspace():
        return end
    for offset in range(end, start + (end - start) // 2, -1):
        if text[offset - 1].isspace():
            return offset
    return end


def _balanced(cuts: list[int], max_chars: int) -> list[int]:
    """The cuts to take so that passages are as even as whole sentences allow, without a runt at the end."""
    taken = [0]
    while taken[-1] < cuts[-1]:
        rest = cuts[-1] - taken[-1]
        target = taken[-1] + rest / math.ceil(rest / max_chars)
        within = cuts[bisect_right(cuts, taken[-1]) : bisect_right(cuts, taken[-1] + max_chars)]
        taken.append(min(within, key=lambda cut: abs(cut - target)))
    return taken
