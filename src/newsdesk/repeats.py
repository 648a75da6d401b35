"""Passages that say again, in a copy of the same story, what a better one says: an answer is not filled with them.

A passage goes only where nothing is lost with it. One that differs in a figure, a name or any telling word stays,
since that the sources differ is itself an answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set

from newsdesk.fulltext import STOP_WORDS
from newsdesk.sentences import sentences
from newsdesk.types import Hit

NEARLY = 0.05
"""Share of the words of two passages in which they may differ and still be the same, if these tell nothing."""
_IDLE = STOP_WORDS - {"no", "not", "but", "if", "can", "could", "should", "will", "would", "more"}
"""Words by which two accounts can differ without differing in what they say."""


def without_repeats(hits: Sequence[Hit], copies: Set[frozenset[str]]) -> list[Hit]:
    """The hits, best first, without those that only repeat better ones; ``copies`` are pairs of ids of one story."""
    kept: list[Hit] = []
    for hit in hits:
        others = [one for one in kept if frozenset((one.article_id, hit.article_id)) in copies]
        if not (others and _repeats(hit.text, [one.text for one in others])):
            kept.append(hit)
    return kept


def _repeats(text: str, others: Sequence[str]) -> bool:
    """Whether the text is nearly one of the others, or each of its sentences stands in one of them."""
    said = {sentence for other in others for sentence in _sentences(other)}
    return _sentences(text) <= said or any(_nearly(_words(text), _words(other)) for other in others)


def _sentences(text: str) -> set[tuple[str, ...]]:
    return {tuple(_words(text[start:end])) for start, end in sentences(text)}


def _nearly(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two texts have the same words but for a few that tell nothing."""
    mine, theirs = Counter(words), Counter(others)
    differing = (mine - theirs) + (theirs - mine)
    return differing.total() <= NEARLY * (len(words) + len(others)) and differing.keys() <= _IDLE


def _words(text: str) -> list[str]:
    """The words in lower case; a figure is one word with its point or comma, and with its sign."""
    return re.findall(r"[-−+]?\d+(?:[.,:/]\d+)*|[^\W\d_]+|[%£$€¥]", text.casefold())
