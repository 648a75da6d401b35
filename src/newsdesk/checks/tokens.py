"""The nouns of the checks: the pieces of a sentence, and the evidence for one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from newsdesk.checks.words import SPEECH_STEMS, STOP, denies

Kind = Literal["word", "name", "number", "time", "date", "mark"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a sentence: ``text[start:end]`` of what was read.

    ``key`` makes two tokens of a kind equal: a word's or name's stem, a number's value, a time's minutes of the day
    ("?" after it where morning or evening is not said), a date as "year-month-day weekday"
    with "?" for what is not said.
    ``unit`` is a number's, in one spelling; "#" where it counts what the next word names, "calendar" where it looks
    like a calendar year, empty where it stands bare.
    """

    kind: Kind
    text: str
    start: int
    end: int
    key: str
    unit: str = ""


Tokens = Sequence[Token]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentences that a claim is held against, and what stands around them."""

    sentences: tuple[Tokens, ...]
    tokens: Tokens
    """Of all the sentences."""
    known: frozenset[str]
    """The keys of the tokens and of the title."""
    before: tuple[Tokens, ...]
    """The two sentences before them: whom "she" may mean."""
    words: frozenset[str]
    """Stems of the words and names of passage, title and publisher, and of what stands before the passage."""
    pairs: frozenset[tuple[str, str]]
    """Those of them that stand side by side."""
    title: Tokens
    publisher: Tokens
    published: date | None


def content(tokens: Tokens) -> list[Token]:
    """The tokens that say something: no marks, no words without content, no verbs of saying."""
    return [token for token in tokens if token.kind != "mark" and not empty(token)]


def empty(token: Token) -> bool:
    """Whether a word has no content of its own."""
    return token.kind == "word" and _empty(token.text, token.key)


@lru_cache(maxsize=20_000)
def _empty(text: str, key: str) -> bool:
    return text.casefold() in STOP or key in SPEECH_STEMS or denies(text) or len(text) == 1


def groups(tokens: Tokens) -> list[tuple[int, int]]:
    """Runs of name tokens that make one name, as index ranges; initials hold together over their full stops."""
    found: list[tuple[int, int]] = []
    for n, token in enumerate(tokens):
        if token.kind != "name":
            continue
        start, end = found[-1] if found else (-2, -2)
        initial = end == n - 1 and tokens[n - 1].text == "." and len(tokens[n - 2].text) == 1
        if (end == n or initial) and not tokens[end - 1].text.endswith(("'s", "’s")):
            found[-1] = (start, n + 1)
        else:
            found.append((n, n + 1))
    return found


def keys(tokens: Iterable[Token]) -> set[str]:
    """The stems of the words and names among the tokens."""
    return {token.key for token in tokens if token.kind in ("name", "word")}


def pairs(tokens: Tokens) -> set[tuple[str, str]]:
    """Words that stand side by side, over full stops too."""
    found = [token.key for token in tokens if token.kind in ("name", "word")]
    return set(pairwise(found))
