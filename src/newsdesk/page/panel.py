"""The source panel, as HTML: the articles an answer stands on, its quotes marked where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from newsdesk.page.conversation import NOTHING, from_line, listed, title_of
from newsdesk.page.highlight import Mark, exact, excerpts, paint
from newsdesk.types import Article, Citation, Hit


@dataclass(frozen=True, slots=True)
class Source:
    """An article of an answer with the places in it that the answer quotes.

    ``lost`` holds quotes that the article, changed or removed since, no longer bears out.
    """

    article: Article
    marks: tuple[Mark, ...]
    lost: tuple[str, ...] = ()

    def bears(self, place: Place) -> bool:
        """Whether the place is marked in this article."""
        return any(mark.number == (0 if place.near else place.number) for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Place:
    """What the reader opened: a quote of the answer to a turn, or, where it has none, a near passage."""

    turn: int
    number: int
    near: bool = False


def source_of(cited: Sequence[Citation], article: Article | None) -> Source:
    """An article with what an answer cites of it; only words that stand there still are marked."""
    first = cited[0]
    known = article or Article(first.article_id, "", first.title, first.url, first.publisher, first.published)
    held = [citation for citation in cited if known.text[citation.start : citation.end] == citation.quote]
    marks = tuple(Mark(citation.start, citation.end, citation.number) for citation in held)
    return Source(known, marks, tuple(citation.quote for citation in cited if citation not in held))


def source_near(hit: Hit, article: Article | None) -> Source:
    """An article with a passage that came near a question."""
    known = article or Article(hit.article_id, "", hit.title, hit.url, hit.publisher, hit.published)
    holds = known.text[hit.start : hit.end] == hit.text
    return Source(known, (Mark(hit.start, hit.end, 0),)) if holds else Source(known, (), (hit.text,))


def no_sources() -> str:
    """The panel before anything was cited."""
    return str(_panel("Sources", Markup('<p class="quiet">The articles an answer quotes open here.</p>'), ""))


def sources(found: Sequence[Source], place: Place, touched: str) -> str:
    """The panel with each article of an answer, its quotes in their surroundings, one of them active.

    ``touched`` tells one opening of a place from the next; empty, the page does not move there.
    """
    cards = Markup().join(_card(source, place) for source in found)
    return str(_panel("Nearest, not an answer" if place.near else "Sources", cards, touched))


def whole(source: Source, place: Place, touched: str) -> str:
    """The panel with one whole article, all the answer's quotes of it marked, one of them active."""
    text = source.article.text
    body = Markup('<article class="source whole">{}{}<div class="text">{}</div></article>').format(
        _heading(source.article),
        _byline(source.article),
        paint(text, 0, len(text), source.marks, place.number),
    )
    back = _button("back", place, "Back to the passage" if place.near else "Back to the quotes")
    return str(_panel("Whole article", body, touched, back))


def _panel(title: str, body: Markup, touched: str, action: Markup = NOTHING) -> Markup:
    return Markup(
        '<section class="panel" id="sources" tabindex="-1" aria-labelledby="panel-title" data-touched="{}">'
        '<div class="panel-head"><h2 id="panel-title">{}</h2>{}'
        '<button type="button" class="return" data-do="return">Back to the answer</button></div>{}</section>'
    ).format(touched, title, action, body)


def _card(source: Source, place: Place) -> Markup:
    text = source.article.text
    stretches = [paint(text, start, end, source.marks, place.number) for start, end in excerpts(text, source.marks)]
    shown = Markup().join(Markup('<div class="text">{}</div>').format(painted) for painted in stretches)
    lost = Markup().join(_lost(quote) for quote in source.lost)
    return Markup('<article class="source">{}{}{}{}</article>').format(
        _heading(source.article), shown, lost, _whole_button(source, place)
    )


def _whole_button(source: Source, place: Place) -> Markup:
    """Opens the article at the active quote, or at its first where another article's is active."""
    if not source.marks:
        return Markup()
    at = place if source.bears(place) else Place(place.turn, source.marks[0].number)
    return _button("whole", at, "Whole article")


def _lost(quote: str) -> Markup:
    return Markup(
        '<blockquote class="lost" dir="auto">{}</blockquote><p class="quiet">The article was changed or removed '
        "after this answer, which quoted these words of it.</p>"
    ).format(exact(quote))


def _heading(article: Article) -> Markup:
    return Markup('<h3 dir="auto">{}</h3><p class="from">{}</p>').format(title_of(article), from_line(article))


def _byline(article: Article) -> Markup:
    if not article.authors:
        return Markup()
    return Markup('<p class="byline" dir="auto">By {}</p>').format(listed(article.authors))


def _button(action: str, place: Place, words: str) -> Markup:
    return Markup(
        '<button type="button" class="action" data-do="{}" data-turn="{}" data-number="{}" data-near="{}">{}</button>'
    ).format(action, place.turn, place.number, "yes" if place.near else "", words)
