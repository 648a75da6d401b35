"""One article of the archive as it is read: where it came from, its earlier texts, its copies, and its removal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from markupsafe import Markup

from newsdesk.archive import Archive, Version
from newsdesk.page.highlight import paint
from newsdesk.page.words import DOT, NOTHING, date_words, from_line, is_web_address, listed, title_of
from newsdesk.types import Article, Copy


@dataclass(frozen=True, slots=True)
class Kept:
    """An article with what the archive knows of it; ``version`` is that of the text shown."""

    article: Article
    version: str
    versions: tuple[Version, ...]
    copies: tuple[Copy, ...]
    sources: tuple[str, ...]


def kept(archive: Archive, article_id: str, version: str = "") -> Kept:
    """Look an article up. Raises NotFound for one, or a version of it, that the archive does not hold."""
    versions = archive.versions(article_id)
    shown = version or versions[0].version
    return Kept(
        archive.article(article_id, shown),
        shown,
        tuple(versions),
        archive.copies(article_id),
        tuple(archive.sources(article_id)),
    )


def view(kept: Kept) -> str:
    """The article, whole, with its facts above and its removal behind a question."""
    article = kept.article
    return str(
        Markup(
            '<div class="reading"><button type="button" class="plain back" data-do="back">All articles</button>'
            '<article class="source whole" aria-labelledby="article-title">'
            '<h2 id="article-title" tabindex="-1" dir="auto">{}</h2>'
            '<p class="from">{}</p>{}{}{}<div class="text">{}</div></article>{}</div>'
        ).format(
            title_of(article),
            from_line(article),
            _byline(article),
            _older(kept),
            _facts(kept),
            paint(article.text, 0, len(article.text), ()),
            _removal(article),
        )
    )


def gone(words: str) -> str:
    """What stands in the place of an article that is not there."""
    return str(
        Markup(
            '<div class="reading"><button type="button" class="plain back" data-do="back">All articles</button>'
            '<p class="notice" role="alert">{}</p></div>'
        ).format(words)
    )


def _byline(article: Article) -> Markup:
    if not article.authors:
        return NOTHING
    return Markup('<p class="byline" dir="auto">By {}</p>').format(listed(article.authors))


def _older(kept: Kept) -> Markup:
    """A word of warning above a text that the article no longer has."""
    if kept.version == kept.versions[0].version:
        return NOTHING
    return Markup('<p class="notice">An earlier text. The article has changed since.</p>')


def _facts(kept: Kept) -> Markup:
    article = kept.article
    rows = [
        ("Updated", Markup("{}").format(date_words(article.updated)) if article.updated else NOTHING),
        ("Section", Markup("<bdi>{}</bdi>").format(article.section) if article.section else NOTHING),
        ("Language", Markup("{}").format(article.language) if article.language else NOTHING),
        ("Day known from", Markup("{}").format(article.dated_by) if article.dated_by else NOTHING),
        ("Texts", _versions(kept)),
        ("Also told in", _copies(kept.copies)),
        ("Came from", _sources(kept.sources)),
        ("Id", Markup("<code>{}</code>").format(article.id)),
    ]
    items = Markup().join(Markup("<dt>{}</dt><dd>{}</dd>").format(name, value) for name, value in rows if value)
    return Markup('<dl class="facts">{}</dl>').format(items)


def _versions(kept: Kept) -> Markup:
    """The article's texts, newest first; a click shows an earlier one. Nothing where there was only one."""
    if len(kept.versions) < 2:
        return NOTHING
    return DOT.join(_version(version, version.version == kept.version, kept.article.id) for version in kept.versions)


def _version(version: Version, shown: bool, article_id: str) -> Markup:
    words = f"{'current' if version.current else 'earlier'}, stored {date_words(version.stored_at)}"
    if shown:
        return Markup('<span aria-current="true">{}</span>').format(words)
    button = Markup('<button type="button" class="plain" data-do="open" data-id="{}" data-version="{}">{}</button>')
    return button.format(article_id, version.version, words)


def _copies(copies: Sequence[Copy]) -> Markup:
    item = Markup(
        '<button type="button" class="plain" data-do="open" data-id="{}" dir="auto">{}</button> '
        '<span class="quiet">{}</span>'
    )
    return Markup("<br>").join(
        item.format(copy.article_id, title_of(copy), f"{copy.publisher or ''} {date_words(copy.published)}".strip())
        for copy in copies
    )


def _sources(sources: Sequence[str]) -> Markup:
    """Where it came from: an address to follow, or the name of a file, without the folders of this machine."""
    link = Markup('<a href="{0}" target="_blank" rel="noopener noreferrer nofollow">{0}</a>')
    return Markup("<br>").join(
        link.format(source) if is_web_address(source) else Markup("<bdi>{}</bdi>").format(PurePath(source).name)
        for source in sources
    )


def _removal(article: Article) -> Markup:
    """The way out of the archive; nothing is removed before it is confirmed."""
    return Markup(
        '<p class="removal"><button type="button" class="plain grave" data-do="ask">Remove from the archive…'
        "</button></p>"
        '<dialog aria-labelledby="removal-title"><h3 id="removal-title">Remove this article?</h3>'
        '<p dir="auto">{}</p><p class="quiet">It will be found no more, and what quoted it cannot be opened here. '
        "This cannot be undone.</p>"
        '<p class="choice"><button type="button" data-do="keep">Keep it</button>'
        '<button type="button" class="grave" data-do="remove" data-id="{}">Remove it</button></p></dialog>'
    ).format(title_of(article), article.id)
