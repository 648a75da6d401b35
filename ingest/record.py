"""The fields of one article, as a file or a caller names them, → an Article.

``id, title, text, url, published, updated, publisher, authors, section, language`` and the usual other names for them;
all but the text may be missing, and what is missing or makes no sense stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from ingest import dates
from ingest.clean import Cleaned, clean, one_line
from ingest.markup import plain
from newsdesk.errors import Unreadable
from newsdesk.types import Article, Published

NAMES = {
    "id": "id articleid guid uid docid uuid",
    "title": "title headline heading",
    "text": "text body content articletext articlebody fulltext maintext article story",
    "url": "url link href permalink canonicalurl weburl sourceurl uri",
    "published": "published date publishdate publisheddate datepublished publishedat publishedon publishedtime"
    " publicationdate publicationtime firstpublished datepublish pubdate articlepublishedtime",
    "publisher": "publisher source site sitename ogsitename newspaper outlet publication sourcename provider",
    "authors": "authors author byline by creator writer writers",
    "updated": "updated updatedat updateddate dateupdated modified modifiedat datemodified lastmodified lastupdated"
    " articlemodifiedtime",
    "section": "section articlesection category channel rubric desk",
    "language": "language lang inlanguage locale",
}
"""The names by which each field is known, best first, in lower case and without ``_``, ``-``, ``:`` and spaces."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?=/)", re.IGNORECASE)
_SEPARATORS = r"\s*(?:\||::|«|»|·|\s[-–—])\s*"


def article(fields: Mapping[str, object], default_id: str, text: str | None = None) -> Article:
    """The article that the fields describe; ``text`` is its plain text where the fields do not hold it.

    The day of publication is that of the fields, else that of the text's own lines, else that of the address's path;
    ``dated_by`` says which. Fields may bring a ``dated_by`` of their own, such as "json-ld" or "feed"; without one
    their date is dated by the "record". What was updated on a day was not published on it.
    In ``text``, a form feed begins each page of a paged document but the first; with white space beside it where
    that belongs to the text, a line's end too where a paragraph ends. The offsets of the pages go into ``pages``.
    Raises Unreadable, saying what is wrong with the record, where it has no text or no usable id.
    """
    known = {re.sub(r"[\s_:-]", "", str(name)).lower(): value for name, value in fields.items()}
    publisher = next(_publishers(known), None)
    title = without_site(_title(known), publisher)
    cleaned = clean(_text(known) if text is None else text, title)
    if not re.search(r"\w", cleaned.text):
        raise Unreadable("the article has no text")
    url = next(_urls(known), None)
    published, dated_by = _dated(known, cleaned, url)
    return Article(
        id=_id(known, default_id),
        text=cleaned.text,
        title=cleaned.title,
        url=url,
        publisher=publisher or cleaned.publisher,
        published=published,
        authors=tuple(dict.fromkeys(_authors(known))) or cleaned.authors,
        updated=_date(known, "updated") or cleaned.updated,
        section=next(_sections(known), None),
        language=next(_languages(known), None),
        dated_by=dated_by,
        pages=cleaned.pages,
    )


def without_site(title: str, publisher: str | None) -> str:
    """The title without the publisher's name before or after it: "Storm hits | The Post" → "Storm hits"."""
    if not publisher:
        return title
    name = re.escape(re.sub(r"^the ", "", publisher, flags=re.IGNORECASE))
    shorter = re.sub(rf"{_SEPARATORS}(?:the )?{name}$|^(?:the )?{name}{_SEPARATORS}", "", title, flags=re.IGNORECASE)
    return shorter.strip() or title


def _values(known: Mapping[str, object], field: str) -> Iterator[object]:
    """What is given for a field under any of its names, best name first."""
    return (known[name] for name in NAMES[field].split() if known.get(name) not in (None, "", [], {}))


def _id(known: Mapping[str, object], default: str) -> str:
    """The given id as text. An id of another kind would not be found again, so it is refused."""
    given = next(_values(known, "id"), None)
    if given is None:
        return default
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise Unreadable(f"the id must be text or a whole number, not {type(given).__name__}")
    return one_line(str(given)) or default


def _title(known: Mapping[str, object]) -> str:
    titles = (one_line(plain(str(value))) for value in _values(known, "title") if isinstance(value, str | int | float))
    return next(titles, "")


def _text(known: Mapping[str, object]) -> str:
    """The text, or its paragraphs joined."""
    given = next(_values(known, "text"), None)
    if given is None:
        raise Unreadable('the record has no text; give it as "text" (or "body", "content")')
    if isinstance(given, list) and all(isinstance(item, str) for item in given):
        return plain("\n\n".join(given))
    if not isinstance(given, str):
        raise Unreadable(f"the text must be a string, not {type(given).__name__}")
    return plain(given)


def _urls(known: Mapping[str, object]) -> Iterator[str]:
    """Addresses on the web; a source can be given as one too."""
    for value in [*_values(known, "url"), known.get("source"), known.get("id"), known.get("guid")]:
        if isinstance(value, str) and _is_web(address := whole(value.strip())):
            yield address


def whole(address: str) -> str:
    """An address with its scheme: "//x.example/a" and "x.example/a" mean https; any other stays as it is."""
    if address.startswith("//"):
        return f"https:{address}"
    return f"https://{address}" if _HOST.match(address) else address


def _is_web(address: str) -> bool:
    """Whether this is a whole http(s) address, fit for a link."""
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"[\s<>\"'\x00-\x1f]", address)
        )
    except ValueError:
        return False


def _publishers(known: Mapping[str, object]) -> Iterator[str]:
    return (name for value in _values(known, "publisher") for name in _names([value]) if "://" not in name)


def _dated(known: Mapping[str, object], cleaned: Cleaned, url: str | None) -> tuple[Published | None, str | None]:
    """The date of publication, and what gave it."""
    by = known.get("datedby")
    stated = [
        (_date(known, "published"), by if isinstance(by, str) else "record"),
        (cleaned.published, cleaned.dated_by),
        (dates.in_path(url), "url"),
    ]
    return next(((found, origin) for found, origin in stated if found), (None, None))


def _date(known: Mapping[str, object], field: str) -> Published | None:
    return next((found for value in _values(known, field) if (found := dates.parse(value))), None)


def _sections(known: Mapping[str, object]) -> Iterator[str]:
    """The section, of several the first."""
    return (
        name for value in _values(known, "section") for name in _names(value if isinstance(value, list) else [value])
    )


def _languages(known: Mapping[str, object]) -> Iterator[str]:
    """Tags as in HTML: "pt_BR" → "pt-BR"."""
    for value in _values(known, "language"):
        tag = value.strip().replace("_", "-") if isinstance(value, str) else ""
        if _LANGUAGE.fullmatch(tag):
            yield tag


def _authors(known: Mapping[str, object]) -> Iterator[str]:
    """People's names; "By A B and C D" is two, "Doe, Jane" is one."""
    given = next(_values(known, "authors"), None)
    for text in _names(given if isinstance(given, list) else [given]):
        for name in re.split(r"\s+(?:and|&)\s+|\s*;\s*", re.sub(r"^by:?\s+", "", text, flags=re.IGNORECASE)):
            parts = re.split(r",\s+", name)
            yield from (part for part in (parts if all(" " in part for part in parts) else [name]) if "://" not in part)


def _names(values: Iterable[object]) -> Iterator[str]:
    """Names on one line, given as strings or as objects with a name."""
    for value in values:
        name = value.get("name") if isinstance(value, Mapping) else value
        if isinstance(name, str) and one_line(plain(name)):
            yield one_line(plain(name))
