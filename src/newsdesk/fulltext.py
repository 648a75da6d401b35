"""A question as a query of SQLite's full-text search."""

from __future__ import annotations

import re
from collections.abc import Sequence

_COMMON = (
    "a an and are as at be been but by can could did do does for from had has have he her his how i if in into "
    "is it its me more my no not of on or our s she should so t than that the their them then there these they "
    "this to was we were what when where which who whom whose why will with would you your "
)

STOP_WORDS = frozenset(_COMMON.split())
"""Words that stand in most passages of English news: they rank nothing and cost most of a search's time."""


def telling_words(question: str) -> list[str]:
    """The question's words that can rank passages, each quoted for an FTS5 query, so that none is read as syntax.

    A question of common words alone keeps them; one of signs alone has none.
    """
    words = list(dict.fromkeys(re.findall(r"\w+", question.lower())))
    telling = [word for word in words if word not in STOP_WORDS]
    return [f'"{word}"' for word in telling or words]


def any_of(words: Sequence[str]) -> str:
    """An FTS5 query for any of these words; words as ``telling_words`` gives them."""
    return " OR ".join(words)


def every_word(words: str) -> str:
    """An FTS5 query for all of the words, the last of which may be the beginning of one.

    Of words that are signs alone it finds nothing.
    """
    found = re.findall(r"\w+", words.lower())
    return " ".join(f'"{word}"' for word in found) + "*" if found else '""'
