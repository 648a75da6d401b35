"""How the page words things: days and ages, confidence, numbers of articles, and where an article came from.

Everything that comes from an article, a model or an asker is data. Text becomes markup only through
``Markup.format``, which escapes it; an address becomes a link only where it is http or https.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlsplit

from markupsafe import Markup

from newsdesk.types import Article, Citation, Copy, Hit, Published, day, in_words

NOTHING = Markup()
DOT = Markup(' <span aria-hidden="true">·</span> ')

Piece = Article | Citation | Copy | Hit
"""What has a title, a publisher, a day and an address."""

_CONFIDENCE = ((0.85, "Very sure"), (0.6, "Fairly sure"), (0.35, "Not quite sure"), (0.0, "Unsure"))
_UNITS = ((730, 365.25, "year"), (60, 30.44, "month"), (14, 7.0, "week"), (0, 1.0, "day"))
"""From how many days on an age is told in which unit, and the days of one."""


def confidence(value: float) -> str:
    """A confidence between 0 and 1 in words."""
    return next(words for least, words in _CONFIDENCE if value >= least or not least)


def date_words(published: Published | None) -> str:
    """The day of publication, such as 5 July 2017."""
    return in_words(published) or "date unknown"


def age(published: Published, asked: date, today: date) -> str:
    """How long before the question an article appeared: "3 days before the question"; asked today: "3 days ago"."""
    days = (asked - day(published)).days
    if not days:
        return "today" if asked == today else "on the day of the question"
    _, length, unit = next(row for row in _UNITS if abs(days) >= row[0])
    number = max(round(abs(days) / length), 1)
    span = f"{number} {unit}{'' if number == 1 else 's'}"
    if days < 0:
        return f"{span} after the question"
    return f"{span} ago" if asked == today else f"{span} before the question"


def articles(count: int) -> str:
    """A number of articles in words for a reader."""
    return f"{count:,} article{'' if count == 1 else 's'}" if count else "no articles yet"


def listed(names: Sequence[str]) -> str:
    """Names as in "A, B and C"."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def seconds(ms: float) -> str:
    """How long something took, as in "0.4 s" and "0.02 s"."""
    return f"{ms / 1000:.1f} s" if ms >= 100 else f"{ms / 1000:.2f} s"


def title_of(piece: Piece) -> str:
    """The title, or what stands for one where the source gives none."""
    return piece.title.strip() or "Untitled article"


def source_words(citation: Citation) -> str:
    """Who published what is cited, and when."""
    return f"{citation.publisher or title_of(citation)}, {date_words(citation.published)}"


def from_line(piece: Piece, asked: date | None = None, page: int | None = None) -> Markup:
    """Publisher, day, age at the day of asking, page and, where it may be one, a link to the original."""
    parts = [
        Markup('<span class="publisher"><bdi>{}</bdi></span>').format(piece.publisher or "publisher unknown"),
        _time(piece.published),
    ]
    if piece.published and asked:
        words = age(piece.published, asked, date.today())
        parts.append(Markup('<span class="age">{}</span>').format(words))
    if page:
        parts.append(Markup('<span class="page">page {}</span>').format(page))
    if piece.url and is_web_address(piece.url):
        link = Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">original</a>')
        parts.append(link.format(piece.url))
    return DOT.join(parts)


def _time(published: Published | None) -> Markup:
    if published is None:
        return Markup('<span class="date">{}</span>').format(date_words(published))
    exactly = published.isoformat(sep=" ", timespec="minutes") if isinstance(published, datetime) else ""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        published.isoformat(), exactly, date_words(published)
    )


def is_web_address(url: str) -> bool:
    """Whether an address leads to a web page, and to nothing that a browser would run."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and url.isprintable() and " " not in url
