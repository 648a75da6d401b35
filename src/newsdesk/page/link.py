"""An answer at its permanent link: what is kept of it, and its page, which needs no script and no archive."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from markupsafe import Markup
from pydantic import TypeAdapter

from newsdesk.conversations import Turn
from newsdesk.page import answer
from newsdesk.page.highlight import Mark, excerpts, paint
from newsdesk.page.words import from_line, title_of
from newsdesk.types import Answer, Article, Citation, in_words

STYLE = Path(__file__).parent.parent.joinpath("static", "link.css").read_text("utf-8")
POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)
"""What the page may load (a Content-Security-Policy): its own style, and nothing else."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A quote with what stood around it when the link was made; ``text[start:end]`` is the quote."""

    number: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Kept:
    """All that the page of a link shows."""

    question: str
    asked: datetime
    answer: Answer
    excerpts: tuple[Excerpt, ...]


_KEPT = TypeAdapter(Kept)


def kept(turn: Turn, article_of: Callable[[Citation], Article | None]) -> dict[str, Any] | None:
    """What is kept of a turn, as values of JSON; None where it has no answer."""
    if turn.answer is None or turn.asked is None:
        return None
    found = [_excerpt(cited, article_of(cited)) for cited in turn.answer.citations]
    made: dict[str, Any] = _KEPT.dump_python(Kept(turn.question, turn.asked, turn.answer, tuple(found)), mode="json")
    return made


def _excerpt(cited: Citation, article: Article | None) -> Excerpt:
    """The quote's paragraph and its neighbours; the quote alone where the article no longer has it."""
    if article is None or article.text[cited.start : cited.end] != cited.quote:
        return Excerpt(cited.number, cited.quote, 0, len(cited.quote))
    ((start, end),) = excerpts(article.text, [Mark(cited.start, cited.end, cited.number)])
    return Excerpt(cited.number, article.text[start:end], cited.start - start, cited.end - start)


def page(stored: Any) -> str:
    """The whole page of what a link keeps."""
    shown = _KEPT.validate_python(stored)
    return str(
        _PAGE.format(
            shown.question,
            Markup(STYLE),  # noqa: S704  # a file of our own
            shown.question,
            f"Asked on {in_words(shown.asked)}. {answer.how_sure(shown.answer)}.",
            _answer(shown.answer),
            Markup().join(Markup('<p class="note">{}</p>').format(note) for note in shown.answer.notes),
            _sources(shown),
        )
    )


_PAGE = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, '
    'initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">'
    '<title>{} · newsdesk</title><style>{}</style></head><body><main><p class="name">newsdesk</p>'
    '<h1 dir="auto">{}</h1><p class="quiet">{}</p>{}{}{}</main></body></html>'
)


def _answer(said: Answer) -> Markup:
    if not said.answered:
        return Markup('<p class="short">The archive does not say.</p>')
    cited = {citation.number: citation for citation in said.citations}
    short, blocks = answer.parts(said)
    head = Markup('<p class="short" dir="auto">{}</p>').format(_linked(short, cited)) if short else Markup()
    return head + Markup().join(Markup('<p dir="auto">{}</p>').format(_linked(block, cited)) for block in blocks)


def _linked(text: str, cited: dict[int, Citation]) -> Markup:
    marker = Markup('&#8239;<a class="marker" href="#source-{0}" aria-label="Source {0}">[{0}]</a>')
    found = answer.pieces(text, cited)
    return Markup().join(
        Markup("{}").format(piece) if isinstance(piece, str) else marker.format(piece.number) for piece in found
    )


def _sources(shown: Kept) -> Markup:
    around = {excerpt.number: excerpt for excerpt in shown.excerpts}
    items = [
        _source(cited, around[cited.number], shown.asked) for cited in shown.answer.citations if cited.number in around
    ]
    return Markup('<h2>Sources</h2><ol class="sources">{}</ol>').format(Markup().join(items)) if items else Markup()


def _source(cited: Citation, around: Excerpt, asked: datetime) -> Markup:
    mark: Sequence[Mark] = [Mark(around.start, around.end, cited.number)]
    return Markup(
        '<li id="source-{}" value="{}"><h3 dir="auto">{}</h3><p class="quiet">{}</p><div class="text">{}</div></li>'
    ).format(
        cited.number,
        cited.number,
        title_of(cited),
        from_line(cited, asked.date(), cited.page),
        paint(around.text, 0, len(around.text), mark),
    )
