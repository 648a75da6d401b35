"""What the search is limited to: days, publishers, articles. Shown as chips, and changed one at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from markupsafe import Markup

from newsdesk.page.words import date_words, from_line, title_of
from newsdesk.types import Article, Filters, in_words

MOST = 20
"""Publishers, and articles, that one question can be limited to."""


def limited(filters: Filters, kind: str, value: str) -> Filters:
    """The filters with one limit set: a day ("from", "to"; empty lifts it), a publisher, or an article added."""
    if kind == "from":
        return replace(filters, published_from=_day(value))
    if kind == "to":
        return replace(filters, published_to=_day(value))
    if kind == "publisher" and value:
        return replace(filters, publishers=tuple(dict.fromkeys([*filters.publishers, value]))[:MOST])
    if kind == "article" and value:
        return replace(filters, article_ids=tuple(dict.fromkeys([*filters.article_ids, value]))[:MOST])
    return filters


def lifted(filters: Filters, kind: str, value: str) -> Filters:
    """The filters without one limit."""
    return replace(
        filters,
        published_from=None if kind == "from" else filters.published_from,
        published_to=None if kind == "to" else filters.published_to,
        publishers=tuple(name for name in filters.publishers if (kind, name) != ("publisher", value)),
        article_ids=tuple(id for id in filters.article_ids if (kind, id) != ("article", value)),
    )


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def chips(filters: Filters, titles: Mapping[str, str]) -> str:
    """The limits in force, each with what lifts it, and the button that sets more; ``titles`` by article id."""
    shown = [
        *([_chip("from", "", f"from {in_words(filters.published_from)}")] if filters.published_from else []),
        *([_chip("to", "", f"until {in_words(filters.published_to)}")] if filters.published_to else []),
        *(_chip("publisher", name, name) for name in filters.publishers),
        *(_chip("article", id, titles.get(id, id)) for id in filters.article_ids),
    ]
    add = Markup('<button type="button" class="plain" data-do="limits">{}</button>').format(
        "Limits" if shown else "Limit by date, publisher or article"
    )
    return str(
        Markup('<div class="chips" role="group" aria-label="Limits">{}{}</div>').format(Markup().join(shown), add)
    )


def _chip(kind: str, value: str, words: str) -> Markup:
    return Markup(
        '<button type="button" class="chip" data-do="lift" data-kind="{}" data-value="{}" '
        'aria-label="Lift the limit: {}"><bdi>{}</bdi> <span aria-hidden="true">×</span></button>'
    ).format(kind, value, words, words)


def form(filters: Filters, publishers: Sequence[str]) -> str:
    """The form that sets limits; each field sets its own as soon as it is filled in."""
    names = Markup().join(Markup("<option>{}</option>").format(name) for name in publishers)
    return str(
        Markup(
            '<div class="limits"><div class="panel-head"><h2>Limit the search</h2><button type="button" class="plain" '
            'data-do="limits">Close</button></div>'
            '<label>Published from <input type="date" data-limit="from" value="{}"></label>'
            '<label>until <input type="date" data-limit="to" value="{}"></label>'
            '<label>Publisher <select data-limit="publisher"><option value="">Any</option>{}</select></label>'
            '<label>Article <input type="search" data-find="find" placeholder="Words of its title" autocomplete="off" '
            'maxlength="200"></label></div>'
        ).format(filters.published_from or "", filters.published_to or "", names)
    )


def found(articles: Sequence[Article], search: str) -> str:
    """The articles that the form found, each to be chosen."""
    if not search.strip():
        return ""
    item = Markup(
        '<li><button type="button" class="plain" data-do="limit" data-kind="article" data-value="{}" dir="auto">{}'
        '</button><p class="from">{}</p></li>'
    )
    items = Markup().join(item.format(one.id, title_of(one), from_line(one)) for one in articles)
    none = Markup('<p class="quiet">No article has these words in its title.</p>')
    return str(Markup('<ul class="found">{}</ul>').format(items) if articles else none)


def in_force(filters: Filters) -> str:
    """The limits of a question in words, for an export; empty where there are none."""
    words = [
        f"from {date_words(filters.published_from)}" if filters.published_from else "",
        f"until {date_words(filters.published_to)}" if filters.published_to else "",
        *filters.publishers,
        *(f"article {id}" for id in filters.article_ids),
    ]
    return ", ".join(word for word in words if word)
