"""The source panel, as HTML: the articles an answer stands on, its quotes marked where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from newsdesk.page.highlight import Mark, exact, excerpts, paint
from newsdesk.page.words import NOTHING, date_words, from_line, listed, title_of
from newsdesk.types import Article, Citation, Copy, Hit


@dataclass(frozen=True, slots=True)
class Source:
    """An article of an answer with the places in it that the answer quotes.

    ``lost`` holds quotes that the article, changed or removed since, no longer bears out; ``note`` says what became
    of an article that is shown as it was quoted. ``page`` is that of the first quote, in paged documents.
    """

    article: Article
    marks: tuple[Mark, ...]
    lost: tuple[str, ...] = ()
    note: str = ""
    page: int | None = None
    copies: tuple[Copy, ...] = ()

    def bears(self, place: Place) -> bool:
        """Whether the place is marked in this article."""
        return any(mark.number == (0 if place.near else place.number) for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Place:
    """What the reader opened: a quote of the answer to a turn, or, where it has none, a near passage."""

    turn: int
    number: int
    near: bool = False


def source_of(cited: Sequence[Citation], quoted: Article | None, now: Article | None = None) -> Source:
    """An article with what an answer cites of it; only words that stand there still are marked.

    ``quoted`` is the article in the version that was quoted, where it is kept; ``now`` as it is in the archive now.
    """
    first = cited[0]
    known = quoted or Article(first.article_id, "", first.title, first.url, first.publisher, first.published)
    held = [citation for citation in cited if known.text[citation.start : citation.end] == citation.quote]
    marks = tuple(Mark(citation.start, citation.end, citation.number) for citation in held)
    copies = {copy.article_id: copy for citation in cited for copy in citation.also_in}
    lost = tuple(citation.quote for citation in cited if citation not in held)
    return Source(known, marks, lost, _since(quoted, now), first.page, tuple(copies.values()))


def _since(quoted: Article | None, now: Article | None) -> str:
    """What became of an article since it was quoted; empty where it is the same, or the quotes tell by themselves."""
    if quoted is None or (now and now.text == quoted.text):
        return ""
    became = "has changed since" if now else "is no longer in the archive"
    return f"The article {became}. This is the version that was quoted."


def source_near(hit: Hit, article: Article | None) -> Source:
    """An article with a passage that came near a question."""
    known = article or Article(hit.article_id, "", hit.title, hit.url, hit.publisher, hit.published)
    holds = known.text[hit.start : hit.end] == hit.text
    return Source(known, (Mark(hit.start, hit.end, 0),)) if holds else Source(known, (), (hit.text,))


def no_sources() -> str:
    """The panel before anything was cited."""
    return str(_panel("Sources", Markup('<p class="quiet">The articles an answer quotes open here.</p>'), ""))


def sources(found: Sequence[Source], place: Place, touched: str, asked: date | None = None) -> str:
    """The panel with each article of an answer, its quotes in their surroundings, one of them active.

    ``touched`` tells one opening of a place from the next; empty, the page does not move there.
    """
    cards = Markup().join(_card(source, place, asked) for source in found)
    return str(_panel("Nearest, not an answer" if place.near else "Sources", cards, touched))


def whole(source: Source, place: Place, touched: str, asked: date | None = None) -> str:
    """The panel with one whole article, all the answer's quotes of it marked, one of them active."""
    text = source.article.text
    body = Markup('<article class="source whole">{}{}<div class="text">{}</div></article>').format(
        _heading(source, asked),
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


def _card(source: Source, place: Place, asked: date | None) -> Markup:
    text = source.article.text
    stretches = [paint(text, start, end, source.marks, place.number) for start, end in excerpts(text, source.marks)]
    shown = Markup().join(Markup('<div class="text">{}</div>').format(painted) for painted in stretches)
    lost = Markup().join(_lost(quote) for quote in source.lost)
    return Markup('<article class="source">{}{}{}{}</article>').format(
        _heading(source, asked), shown, lost, _whole_button(source, place)
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


def _heading(source: Source, asked: date | None) -> Markup:
    """Title, publisher, day and age; who else has the story; and whether the article is another one by now."""
    head = Markup('<h3 dir="auto">{}</h3><p class="from">{}</p>').format(
        title_of(source.article), from_line(source.article, asked, source.page)
    )
    note = Markup('<p class="since">{}</p>').format(source.note) if source.note else NOTHING
    return head + _also(source.copies) + note


def _also(copies: Sequence[Copy]) -> Markup:
    if not copies:
        return NOTHING
    name = Markup('<bdi title="{}">{}</bdi>, {}')
    told = Markup("; ").join(
        name.format(title_of(copy), copy.publisher or title_of(copy), date_words(copy.published)) for copy in copies
    )
    return Markup('<p class="also">Also in {}</p>').format(told)


def _byline(article: Article) -> Markup:
    if not article.authors:
        return Markup()
    return Markup('<p class="byline" dir="auto">By {}</p>').format(listed(article.authors))


def _button(action: str, place: Place, words: str) -> Markup:
    return Markup(
        '<button type="button" class="action" data-do="{}" data-turn="{}" data-number="{}" data-near="{}">{}</button>'
    ).format(action, place.turn, place.number, "yes" if place.near else "", words)
