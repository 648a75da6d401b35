"""The nouns of newsdesk. All are frozen; none knows how it is stored, found or shown.

Offsets count Unicode code points of ``Article.text`` (Python string indices); ``end`` is exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Published = date | datetime
"""When an article was published: a day, or an instant where the source gives the time of day."""


def day(published: Published) -> date:
    """The calendar day of publication as the publisher wrote it (no change of time zone)."""
    return published.date() if isinstance(published, datetime) else published


def in_words(published: Published | None) -> str:
    """The day as in "4 May 2031"; empty where it is not known."""
    return f"{day(published).day} {day(published):%B %Y}" if published else ""


@dataclass(frozen=True, slots=True)
class Article:
    """One news article: its text alone, without navigation, and what its source says about it.

    Whatever the source does not say stays empty; nothing is invented, least of all the date. ``dated_by`` names
    what gave the day of publication ("json-ld", "meta", "feed", "url", "first lines" …). ``language`` is a tag as
    in HTML ("en", "pt-BR"). ``pages`` are the offsets at which the pages of a paged document begin.
    """

    id: str
    text: str
    title: str = ""
    url: str | None = None
    publisher: str | None = None
    published: Published | None = None
    authors: tuple[str, ...] = ()
    updated: Published | None = None
    section: str | None = None
    language: str | None = None
    dated_by: str | None = None
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article: ``article.text[start:end]``."""

    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that retrieval found for a question, with what a reader of it wants to know.

    ``score`` orders the hits of one question (higher is better); it compares with nothing else.
    ``text == article.text[start:end]``.
    """

    article_id: str
    title: str
    url: str | None
    publisher: str | None
    published: Published | None
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article of the archive that tells the same story in nearly the same words."""

    article_id: str
    title: str
    url: str | None
    publisher: str | None
    published: Published | None


@dataclass(frozen=True, slots=True)
class Citation:
    """An exact place: ``article.text[start:end] == quote``, always.

    ``version`` names the article's text as it was quoted (the first 12 hexadecimal digits of its SHA-256), so that
    the place can be opened after the article has changed. ``page`` counts from 1, in paged documents alone.
    """

    number: int
    article_id: str
    title: str
    url: str | None
    publisher: str | None
    published: Published | None
    start: int
    end: int
    quote: str
    version: str = ""
    page: int | None = None
    also_in: tuple[Copy, ...] = ()


def cite(hit: Hit, start: int, end: int) -> Citation:
    """The place ``start`` to ``end`` of the hit's article, both inside the hit, as a citation without a number yet."""
    return Citation(
        number=0,
        article_id=hit.article_id,
        title=hit.title,
        url=hit.url,
        publisher=hit.publisher,
        published=hit.published,
        start=start,
        end=end,
        quote=hit.text[start - hit.start : end - hit.start],
    )


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What an article must match to be searched; an empty field does not restrict.

    Days are inclusive. An article without a date matches no date restriction.
    """

    published_from: date | None = None
    published_to: date | None = None
    publishers: tuple[str, ...] = ()
    article_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the words, the conversation before them, and the limits set by the asker.

    ``any_time``: words about time in the question ("last week") are not read as a window on publication.
    """

    question: str
    history: tuple[Message, ...] = ()
    top_k: int | None = None
    filters: Filters = Filters()
    asked_at: date | None = None
    any_time: bool = False


Support = Literal["supported", "weak", "unsupported"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a written answer, the numbers of its citations, and how well these support it."""

    text: str
    support: Support
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What newsdesk says to a question, and the places it stands on.

    ``answer`` is Markdown in which ``[n]`` refers to the citation of that number. ``confidence`` is
    between 0 and 1, higher is surer. Where ``answered`` is false, ``passages`` are merely the nearest.
    ``sentences`` are those that a chat model wrote, each checked; an extractive answer has none, it is all
    quotation. ``timeframe`` says which days of publication the question was taken to ask for. ``notes`` are
    for the asker: why a chat model's answer is not shown, for example.
    """

    question: str
    standalone_question: str
    answer: str
    short_answer: str | None
    answered: bool
    confidence: float
    citations: tuple[Citation, ...]
    passages: tuple[Hit, ...]
    engine: str
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    sentences: tuple[Sentence, ...] = ()
    timeframe: str | None = None
    notes: tuple[str, ...] = ()


StepName = Literal["understand", "search", "read", "write", "verify"]


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way to an answer has begun (``ms`` is None), or has ended after so many milliseconds."""

    name: StepName
    ms: float | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """Words of an answer while a chat model writes it: not yet checked, and perhaps not kept."""

    text: str


Event = Step | Token | Answer
"""What a stream of an answer consists of; the answer comes last, checked and whole."""
