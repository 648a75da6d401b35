"""Follow-up questions made to stand alone, without a chat model: which earlier questions go before this one.

All earlier questions on the same subject are carried; what was said before a change of subject is not. The subject
has changed where the archive holds a passage that fits the question alone much better than anything in the articles
the conversation has been about. "Who brokered them?" fits those articles as well as any others, for it says little;
"Which airline has lights in its cabins?" fits another article far better, by its words and by its meaning.

Chosen on every second conversation of a set of 128 and measured on the others: see docs/conversation.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from newsdesk.retrieve import DEPTH, Ranking, Retriever
from newsdesk.types import Filters, Hit, Message

MOST_EARLIER = 8
"""Earlier questions looked at: the first costs as much as the last, and old subjects seldom come back."""

MOST_CARRIED = 4
"""Earlier questions put before this one: the first of the subject, which names it, and the last."""

LONGEST_CARRIED = 300
"""Code points of an earlier question that are carried."""

SUBJECT_ARTICLES = 3
"""Articles that the conversation is taken to be about: the best for its questions so far."""

SUBJECT_PASSAGES = 20
"""Passages among which these articles are looked for."""

WORDS_APART = 1.8
"""How much better (BM25) another article must fit by words alone, in units of ln(passages in the archive), which
is about the weight of a word that only one passage has. A gap of this or more is a change of subject."""

MEANING_APART = 0.45
"""The same by meaning alone, as a difference of cosines. The two gaps add up, each as a share of its bar."""

FEW, MANY = 99, 2989
"""Passages of the smallest and the largest archive that this was tried on; the two bars were chosen on the largest.
Among fewer, the best of all is less far by chance from the best of a few articles, and a smaller gap tells: between
the two the bar falls with ln(passages), outside it stays."""

WORDS_LEAD = 20.0
"""Weight of the search by words against that by meaning for several questions in a row: a vector of many
questions is a blur, their words are not."""


Style = Literal["bare", "after", "before"]
"""Where a reader of passages is given the earlier questions: nowhere, in brackets after the question (a reader
that reads only the beginning of a long question still reads this one), or before it."""

READ: Style = "after"


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question with what it needs from the conversation before it.

    ``question`` is shown to the asker and searched for; ``reading`` is what a reader of passages is asked.
    ``carried`` are the earlier questions put before it, oldest first; empty for a new subject.
    """

    question: str
    reading: str
    carried: tuple[str, ...] = ()


def standalone(
    question: str,
    history: Sequence[Message],
    retriever: Retriever,
    filters: Filters = Filters(),
    style: Style = READ,
) -> Standalone:
    """The question with the earlier ones on its subject before it; alone where the subject is new.

    Six searches for each earlier question; none without history.
    """
    turns = [*_asked(history)[-MOST_EARLIER:], question.strip()]
    start = 0
    for now in range(1, len(turns)):
        if is_new_subject(turns[now], turns[start:now], retriever, filters):
            start = now
    carried = _shortened(turns[start:-1])
    return Standalone(" ".join((*carried, turns[-1])), _reading(turns[-1], carried, style), carried)


def _reading(question: str, carried: tuple[str, ...], style: Style) -> str:
    if not carried or style == "bare":
        return question
    earlier = " ".join(carried)
    return f"{earlier} {question}" if style == "before" else f"{question} ({earlier})"


def is_new_subject(question: str, earlier: Sequence[str], retriever: Retriever, filters: Filters = Filters()) -> bool:
    """Whether other articles fit the question much better than those that the earlier questions are about."""
    subject = _subject(" ".join(earlier), retriever, filters)
    if not subject:
        return False
    inside = replace(filters, article_ids=subject)
    vector = retriever.embedder.embed([question])
    words = _best(retriever.archive.search(question, 1, filters)) - _best(retriever.archive.search(question, 1, inside))
    meaning = _best(retriever.vectors.search(vector, 1, filters)) - _best(retriever.vectors.search(vector, 1, inside))
    size = sum(retriever.archive.passage_counts())
    apart = words / math.log(max(size, 3)) / WORDS_APART + meaning / MEANING_APART
    return apart > math.log(min(max(size, FEW), MANY)) / math.log(MANY)


def search(
    understood: Standalone, retriever: Retriever, limit: int, filters: Filters = Filters(), asked_at: date | None = None
) -> list[Hit]:
    """At most ``limit`` hits for the question with what it carries, best first.

    A question that carries nothing is searched for as any other; for several in a row, words lead.
    """
    words = WORDS_LEAD if understood.carried else 1.0
    return retriever.retrieve(understood.question, limit, filters, asked_at, words)


def _asked(history: Sequence[Message]) -> list[str]:
    """The questions of the conversation, each with a mark at its end so that they read well in a row."""
    questions = [" ".join(message.content.split()) for message in history if message.role == "user"]
    return [question if question[-1] in ".?!…" else f"{question}?" for question in questions if question]


def _shortened(questions: Sequence[str]) -> tuple[str, ...]:
    kept = [*questions[:1], *questions[1:][-(MOST_CARRIED - 1) :]]
    return tuple(
        question if len(question) <= LONGEST_CARRIED else question[:LONGEST_CARRIED].rsplit(" ", 1)[0] + " …"
        for question in kept
    )


def _subject(questions: str, retriever: Retriever, filters: Filters) -> tuple[str, ...]:
    """The articles that fit the questions best, at most three."""
    hits = retriever.rank(questions, DEPTH, filters, WORDS_LEAD)[:SUBJECT_PASSAGES]
    return tuple(dict.fromkeys(hit.article_id for hit in hits))[:SUBJECT_ARTICLES]


def _best(ranking: Ranking) -> float:
    return ranking[0][1] if ranking else 0.0
