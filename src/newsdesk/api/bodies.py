"""What the API takes and gives, where it is not one of the nouns of ``newsdesk.types``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from newsdesk.types import Answer, Article, Copy, Filters, Hit, Message, Published, Question


def _whole(value: object) -> object:
    """Text without halves of characters, which JSON can write and no file can hold; anything else as it is."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_whole)]
Some = Annotated[list[Text] | None, Field(max_length=1000)]


class Body(BaseModel):
    """What a request carries; a misspelt field is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MessageBody(Body):
    """An earlier turn of the conversation."""

    role: Literal["user", "assistant"]
    content: Annotated[Text, Field(max_length=100_000)]


class FiltersBody(Body):
    """What an article must match to be searched; days are inclusive."""

    published_from: date | None = None
    published_to: date | None = None
    publishers: Some = None
    article_ids: Some = None


class QuestionBody(Body):
    """A question, and how to look for its answer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "where were the targets?", "top_k": 5}]},
    )

    question: Annotated[Text, Field(description="At most 2,000 characters.")]
    history: Annotated[list[MessageBody] | None, Field(max_length=200)] = None
    top_k: Annotated[int | None, Field(description="Passages to return, 1 to 100.")] = None
    filters: FiltersBody | None = None
    asked_at: Annotated[date | None, Field(description='The day that "last week" is counted from.')] = None
    any_time: Annotated[bool, Field(description='Words like "last week" set no window on publication.')] = False

    def to_question(self) -> Question:
        """As the chain takes it."""
        given = self.filters or FiltersBody()
        return Question(
            question=self.question,
            history=tuple(Message(turn.role, turn.content) for turn in self.history or ()),
            top_k=self.top_k,
            filters=Filters(
                given.published_from,
                given.published_to,
                tuple(given.publishers or ()),
                tuple(given.article_ids or ()),
            ),
            asked_at=self.asked_at,
            any_time=self.any_time,
        )


class Passages(BaseModel):
    """What a search found, best first."""

    question: str
    passages: list[Hit]


class ArticleSummary(BaseModel):
    """An article without its text."""

    id: str
    title: str
    url: str | None
    publisher: str | None
    published: Published | None
    authors: list[str]


class ArticlePage(BaseModel):
    """Some of the articles, and how many there are of those asked for."""

    total: int
    articles: list[ArticleSummary]


class VersionBody(BaseModel):
    """A text that an article has or had."""

    version: str
    stored_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class WholeArticle(Article):
    """An article with its full text, the version of that text, its other versions, and near copies of it."""

    version: str = ""
    versions: tuple[VersionBody, ...] = ()
    copies: tuple[Copy, ...] = ()


class Ingested(BaseModel):
    """What became of the articles sent."""

    added: int
    changed: int
    unchanged: int
    duplicate: int = 0
    failed: list[str]


class SourcesBody(Body):
    """Addresses of pages, feeds and sitemaps to take in."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"urls": ["https://example.org/news/feed.xml"]}]})

    urls: Annotated[
        list[Annotated[Text, Field(pattern=r"^https?://[^\s/]", max_length=2000)]], Field(min_length=1, max_length=1000)
    ]


class JobBody(BaseModel):
    """An ingest: how far it is, and what became of its sources."""

    id: str
    state: Literal["queued", "running", "done", "cancelled", "failed"]
    started: datetime | None
    ended: datetime | None
    sources: list[str]
    files: int
    files_read: int
    added: int
    changed: int
    unchanged: int
    duplicate: int = 0
    embedded: int
    to_embed: int
    failed: list[str]
    rate: Annotated[float | None, Field(description="Passages a second.")]
    seconds_left: float | None
    error: str | None


class EvaluationBody(Body):
    """The set whose questions are to be asked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question_set": "irish-examiner-syria.jsonl"}]})

    question_set: Annotated[Text, Field(max_length=200)]
    bring: bool = Field(False, description="Take in the articles that come with the set, where the archive lacks them.")


class QuestionSetBody(BaseModel):
    """A set of questions that can be asked."""

    name: str


class RunBody(BaseModel):
    """An evaluation: how far it is, and how it ended."""

    id: str
    question_set: str
    sha256: str
    state: Literal["running", "done", "stopped", "failed"]
    started: datetime
    ended: datetime | None
    total: int
    done: int
    lost: int
    seconds: float
    seconds_left: float | None
    error: str


class FeedbackBody(Body):
    """What someone thinks of an answer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"verdict": "down", "question": "where were the targets?", "reason": "Where?"}]}
    )

    verdict: Literal["up", "down"]
    question: Annotated[Text, Field(min_length=1, max_length=2000)]
    reason: Annotated[Text, Field(max_length=10_000)] = ""
    answer: Annotated[Answer | None, Field(description="The answer, as it was given.")] = None


class FeedbackKept(BaseModel):
    """Feedback that is on the disk."""

    id: str
    verdict: Literal["up", "down"]
    question: str
    reason: str
    given: datetime
    answer: Annotated[dict[str, Any] | None, Field(description="The answer, as it was given.")]


class Health(BaseModel):
    """That the server works, and how much it holds."""

    status: Literal["ok"] = "ok"
    version: str
    articles: int
    passages: int


class Problem(BaseModel):
    """What is wrong, and what to do (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
