"""The archive as a table: what is looked for, the articles found, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from markupsafe import Markup

from newsdesk.archive import Archive, Sort
from newsdesk.page.detail import Detail, day, number, text
from newsdesk.page.words import NOTHING, articles, date_words, title_of
from newsdesk.types import Article

PAGE = 25
"""Articles on a page."""
COLUMNS: tuple[tuple[str, Sort, Sort], ...] = (
    ("Title", "title", "title"),
    ("Publisher", "publisher", "publisher"),
    ("Day", "-published", "published"),
)
"""Each column's name, the order that its first click gives, and the one that a second gives."""


@dataclass(frozen=True, slots=True)
class Look:
    """What of the archive is looked at; an empty field does not restrict. Pages count from 1."""

    search: str = ""
    publisher: str = ""
    published_from: date | None = None
    published_to: date | None = None
    sort: Sort = "-published"
    page: int = 1

    def wanted(self) -> dict[str, Any]:
        """The restrictions as the archive takes them."""
        return {
            "search": self.search,
            "publishers": (self.publisher,) if self.publisher else (),
            "published_from": self.published_from,
            "published_to": self.published_to,
        }


def look(detail: Detail) -> Look:
    """What a browser asks to see."""
    wanted = text(detail, "sort")
    sort: Sort = next((known for known in get_args(Sort) if known == wanted), "-published")
    page = max(number(detail, "page", 1), 1)
    return Look(text(detail, "search"), text(detail, "publisher"), day(detail, "from"), day(detail, "to"), sort, page)


def filters(publishers: Sequence[str], look: Look) -> str:
    """The form that narrows the table down."""
    option = Markup('<option value="{}"{}>{}</option>')
    chosen = Markup(" selected")
    options = [option.format("", NOTHING, "all publishers")]
    options += [option.format(name, chosen if name == look.publisher else NOTHING, name) for name in publishers]
    return str(
        Markup(
            '<form class="filters" role="search" aria-label="Articles">'
            '<label class="search">Search <input type="search" name="search" value="{}" autocomplete="off"'
            ' placeholder="Words in title or text"></label>'
            '<label>Publisher <select name="publisher">{}</select></label>'
            '<label>From <input type="date" name="from" value="{}"></label>'
            '<label>To <input type="date" name="to" value="{}"></label>'
            '<button type="reset" class="plain">Clear</button></form>'
        ).format(look.search, Markup().join(options), look.published_from or "", look.published_to or "")
    )


def table(archive: Archive, look: Look) -> str:
    """The articles of a page, with how many there are and the way to the other pages."""
    count = archive.count(**look.wanted())
    if not count:
        return str(_nothing(look))
    pages = -(-count // PAGE)
    page = min(look.page, pages)
    found = list(archive.articles(PAGE, (page - 1) * PAGE, sort=look.sort, **look.wanted()))
    heads = Markup().join(_head(*column, look.sort) for column in COLUMNS)
    return str(
        Markup(
            '<div class="found"><p class="count" role="status">{}</p><table><caption class="unseen">Articles</caption>'
            "<thead><tr>{}</tr></thead><tbody>{}</tbody></table>{}</div>"
        ).format(articles(count), heads, Markup().join(map(_row, found)), _pager(page, pages, count))
    )


def _nothing(look: Look) -> Markup:
    words = "No article matches." if look != Look(sort=look.sort) else "The archive is empty. Add articles above."
    return Markup('<div class="found"><p class="count" role="status">{}</p></div>').format(words)


def _head(name: str, first: Sort, second: Sort, sort: Sort) -> Markup:
    """A column's head; a click orders by it, another the other way round."""
    down = "descending" if sort.startswith("-") else "ascending"
    order = Markup(' aria-sort="{}"').format(down) if sort in (first, second) else NOTHING
    following = second if sort == first else first
    return Markup(
        '<th scope="col"{}><button type="button" data-do="sort" data-sort="{}">{}'
        '<span class="arrow" aria-hidden="true"></span></button></th>'
    ).format(order, following, name)


def _row(article: Article) -> Markup:
    return Markup(
        '<tr><th scope="row"><button type="button" class="title" data-do="open" data-id="{}" dir="auto">{}</button>'
        '</th><td class="publisher"><bdi>{}</bdi></td><td class="day">{}</td></tr>'
    ).format(article.id, title_of(article), article.publisher or "–", date_words(article.published))


def _pager(page: int, pages: int, count: int) -> Markup:
    if pages == 1:
        return NOTHING
    first, last = (page - 1) * PAGE + 1, min(page * PAGE, count)
    return Markup('<nav class="pager" aria-label="Pages of articles">{}<span>{:,}–{:,} of {:,}</span>{}</nav>').format(
        _step("Previous", page - 1, page > 1), first, last, count, _step("Next", page + 1, page < pages)
    )


def _step(words: str, page: int, there: bool) -> Markup:
    state = NOTHING if there else Markup(" disabled")
    return Markup('<button type="button" class="plain" data-do="page" data-page="{}"{}>{}</button>').format(
        page, state, words
    )
