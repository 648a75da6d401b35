"""Examples → groups: a question, a passage that answers it, and passages that look as if they did.

Passages are cut as newsdesk cuts articles. Everything random comes from the generator that is passed in.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.split import split
from newsdesk.sentences import sentences
from newsdesk.types import Article
from training.metrics import normalise
from training.records import Example

SHORTEST, LONGEST = 60, 1000
NEGATIVE_KINDS = {"near": 0.36, "rest": 0.26, "article": 0.2, "cut": 0.13, "random": 0.05}
NEGATIVES = (0.2, 0.7, 0.1)
"""Shares of groups with none, one and two."""
TWIN = 0.14
NO_TITLE, PLAIN, TYPO = 0.15, 0.25, 0.05

_OPPOSITES = [
    ("first", "last"), ("largest", "smallest"), ("most", "least"), ("highest", "lowest"), ("before", "after"),
    ("north", "south"), ("northern", "southern"), ("east", "west"), ("eastern", "western"), ("more", "less"),
    ("increase", "decrease"), ("began", "ended"), ("begin", "end"), ("won", "lost"), ("win", "lose"),
    ("oldest", "youngest"), ("men", "women"), ("male", "female"), ("early", "late"), ("accepted", "rejected"),
    ("supported", "opposed"), ("started", "stopped"), ("born", "buried"), ("father", "mother"),
    ("brother", "sister"), ("best", "worst"), ("minimum", "maximum"), ("always", "never"), ("can", "cannot"),
    ("major", "minor"), ("allowed", "forbidden"),
    ("former", "future"), ("public", "private"), ("buy", "sell"), ("bought", "sold"), ("old", "new"),
    ("majority", "minority"), ("longest", "shortest"), ("inside", "outside"), ("above", "below"),
]  # fmt: skip
_OPPOSITE = dict(_OPPOSITES) | {b: a for a, b in _OPPOSITES}
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w'’.-]*\w(?: (?:of |the |de )?[A-Z][\w'’.-]*\w)*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage to read: ``spans`` are offsets of answers in ``text``, none where it has no answer."""

    title: str
    text: str
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A question and its passages; where there is an answer, the first passage holds it."""

    question: str
    pieces: tuple[Piece, ...]
    teaches_spans: bool = True


class Material:
    """All examples, and from which other contexts a negative can be taken for each."""

    def __init__(self, examples: Sequence[Example], contexts: Sequence[str], neighbours: Sequence[list[int]]):
        self.examples = examples
        self.contexts = contexts
        self.neighbours = neighbours
        self.title_of = {item.context: item.title for item in examples}
        self.by_article: dict[str, list[str]] = defaultdict(list)
        for context, article in {item.context: item.article for item in examples}.items():
            self.by_article[article].append(context)


def cut(context: str, max_chars: int) -> list[tuple[int, int]]:
    """The context's passages as newsdesk cuts them, as offsets."""
    return [(piece.start, piece.end) for piece in split(Article("", context), max_chars)]


def piece_of(title: str, context: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> Piece:
    """``context[start:end]`` without white space around it, with those spans that lie inside."""
    text = context[start:end]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    end = start + len(text)
    inside = tuple((a - start, b - start) for a, b in spans if start <= a and b <= end)
    return Piece(title, text, inside)


def positive(item: Example, max_chars: int, rng: random.Random) -> Piece | None:
    """A passage of the example's context that holds an answer whole; None where cutting allows none."""
    cuts = cut(item.context, max_chars)
    pieces = [piece_of(item.title, item.context, start, end, item.spans) for start, end in cuts]
    holding = [piece for piece in pieces if piece.spans]
    if holding:
        return rng.choice(holding)
    whole = piece_of(item.title, item.context, 0, len(item.context), item.spans)
    return whole if len(whole.text) <= LONGEST else None


def likeliest(title: str, context: str, question: str, max_chars: int) -> Piece:
    """The passage of a context that shares most words with the question; it holds no answer."""
    words = set(normalise(question).split())
    cuts = cut(context, max_chars)
    start, end = max(cuts, key=lambda span: len(words & set(normalise(context[slice(*span)]).split())))
    return piece_of(title, context, start, end, ())


def lacks(text: str, answers: Sequence[str]) -> bool:
    """Whether none of the answers stands in the text."""
    within = f" {normalise(text)} "
    return not any(f" {normalise(answer)} " in within for answer in answers)


def negative(
    kind: str, item: Example, number: int, held: Piece, material: Material, max_chars: int, rng: random.Random
) -> Piece | None:
    """A passage of the named kind that has no answer to the example's question, or None where there is none."""
    if kind == "cut":
        return without_answer(held)
    if kind == "rest":
        return _rest(item, held, max_chars, rng)
    near = [material.contexts[i] for i in material.neighbours[number]]
    pool = {"near": near, "article": material.by_article[item.article]}.get(kind, material.contexts)
    context = rng.choice(pool) if pool else item.context
    if context == item.context or not lacks(context, item.answers):
        return None
    return likeliest(material.title_of[context], context, item.question, max_chars)


def _rest(item: Example, held: Piece, max_chars: int, rng: random.Random) -> Piece | None:
    cuts = cut(item.context, max_chars)
    pieces = [piece_of(item.title, item.context, start, end, item.spans) for start, end in cuts]
    lacking = [p for p in pieces if len(p.text) >= SHORTEST and not p.spans and lacks(p.text, item.answers)]
    lacking = [p for p in lacking if p.text != held.text]
    return rng.choice(lacking) if lacking else None


def without_answer(held: Piece) -> Piece | None:
    """The passage without the sentences that hold the answer."""
    answers = [held.text[start:end] for start, end in held.spans]
    spans = [(start, end) for start, end in sentences(held.text)]
    kept = [held.text[start:end] for start, end in spans if not _touches(start, end, held.spans)]
    text = " ".join(kept)
    return Piece(held.title, text) if len(text) >= SHORTEST and lacks(text, answers) else None


def _touches(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < b and a < end for a, b in spans)


def twin(question: str, passage: str, rng: random.Random) -> str | None:
    """The question with one detail changed, so that the passage no longer answers it; None where none can be."""
    changes: list[Callable[[str, str, random.Random], str | None]] = [_other_number, _other_name, _opposite]
    rng.shuffle(changes)
    for change in changes:
        changed = change(question, passage, rng)
        if changed and normalise(changed) != normalise(question):
            return changed
    return None


def _other_number(question: str, passage: str, rng: random.Random) -> str | None:
    found = list(_NUMBER.finditer(question))
    if not found:
        return None
    chosen = rng.choice(found)
    others: list[str] = [number for number in _NUMBER.findall(passage) if len(number) == len(chosen.group())]
    digits = chosen.group().replace(",", "").split(".")[0]
    shifted = str(max(int(digits or 0) + rng.choice([-40, -12, -7, -3, -2, -1, 1, 2, 3, 5, 11, 30]), 1))
    other: str = rng.choice([*others, shifted])
    return question[: chosen.start()] + other + question[chosen.end() :]


def _other_name(question: str, passage: str, rng: random.Random) -> str | None:
    found = list(_NAME.finditer(question))
    others: list[str] = [name for name in _NAME.findall(passage) if name not in question]
    if not found or not others:
        return None
    chosen = rng.choice(found)
    return question[: chosen.start()] + rng.choice(others) + question[chosen.end() :]


def _opposite(question: str, _: str, rng: random.Random) -> str | None:
    words = question.split(" ")
    places = [i for i, word in enumerate(words) if word in _OPPOSITE]
    if not places:
        return None
    place = rng.choice(places)
    return " ".join([*words[:place], _OPPOSITE[words[place]], *words[place + 1 :]])


def asked(question: str, rng: random.Random) -> str:
    """The question as people type it: now and then in lower case without its mark, seldom with a slip."""
    if rng.random() < PLAIN:
        question = question.lower().rstrip("? ")
    if rng.random() < TYPO:
        places = [i for i in range(1, len(question) - 2) if question[i : i + 2].isalpha()]
        if places:
            i = rng.choice(places)
            question = question[:i] + question[i + 1] + question[i] + question[i + 2 :]
    return question


def groups_of(number: int, material: Material, max_chars: int, rng: random.Random) -> list[Group]:
    """The groups that one example gives: itself, and now and then a twin that its passage does not answer."""
    item = material.examples[number]
    if not item.spans:
        piece = likeliest(item.title, item.context, item.question, max_chars)
        return [_finished(item.question, [piece], True, rng)]
    held = positive(item, max_chars, rng)
    if held is None:
        return []
    pieces = [held, *_negatives(number, held, material, max_chars, rng)]
    found = [_finished(item.question, pieces, item.teaches_spans, rng)]
    changed = twin(item.question, held.text, rng) if rng.random() < TWIN and item.teaches_spans else None
    if changed:
        found.append(_finished(changed, [Piece(held.title, held.text)], True, rng))
    return found


def _negatives(number: int, held: Piece, material: Material, max_chars: int, rng: random.Random) -> list[Piece]:
    wanted = rng.choices(range(3), NEGATIVES)[0]
    found: list[Piece] = []
    for _ in range(8 if wanted else 0):
        kind = rng.choices(list(NEGATIVE_KINDS), list(NEGATIVE_KINDS.values()))[0]
        piece = negative(kind, material.examples[number], number, held, material, max_chars, rng)
        if piece and piece not in found:
            found.append(piece)
        if len(found) == wanted:
            break
    return found


def _finished(question: str, pieces: Sequence[Piece], teaches_spans: bool, rng: random.Random) -> Group:
    if rng.random() < NO_TITLE:
        pieces = [Piece("", piece.text, piece.spans) for piece in pieces]
    return Group(asked(question, rng), tuple(pieces), teaches_spans)
