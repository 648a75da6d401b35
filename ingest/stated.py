"""What a web page states of its article: each field from the first place that has it.

The date is taken only where the page says that it is the article's: JSON-LD, microdata, meta elements, a ``time``
element or a line beside the headline. Dates elsewhere (copyright lines, other stories) are never looked at, and what
was updated on a day was not published on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from ingest import dates
from ingest.byline import Credits, credits_of
from ingest.linked import linked
from ingest.markup import from_tree
from ingest.record import whole
from ingest.surroundings import below_headline
from newsdesk.types import Published

Fields = dict[str, object]
Meta = Mapping[str, Sequence[str]]
"""The content of meta elements by their lower-case name."""

_META = {
    "title": "og:title headline title dc.title twitter:title",
    "publisher": "og:site_name publisher dc.publisher dcterms.publisher citation_publisher application-name",
    "published": "article:published_time og:published_time og:article:published_time datepublished date.published"
    " publish-date publish_date publication_date publicationdate publishdate pubdate date parsely-pub-date"
    " sailthru.date citation_publication_date citation_date dc.date dc.date.issued dcterms.date dcterms.issued"
    " dcterms.created",
    "updated": "article:modified_time og:updated_time og:modified_time datemodified date.modified last-modified lastmod"
    " revised dc.date.modified dcterms.modified",
    "authors": "author article:author parsely-author sailthru.author dc.creator dcterms.creator byl",
    "section": "article:section parsely-section section articlesection",
    "language": "language content-language og:locale dc.language dcterms.language",
}
"""The names of the meta elements that give each field, best first."""
_ASIDE = (
    "ancestor-or-self::*[self::aside or self::footer or self::nav or self::form or not(self::body or self::html) and ("
    "contains(@class, 'related') or contains(@class, 'comment') or contains(@id, 'comment')"
    " or contains(@class, 'sidebar') or contains(@class, 'most-read') or contains(@class, 'teaser'))]"
)
"""Parts of a page that speak of other stories."""
_CHANGED = "contains(@class, 'updated') or contains(@class, 'modified') or @itemprop='dateModified'"
_BELOW = 10
"""Elements after the headline among which its credits may be."""
_BYLINE_CHARS = 120


def stated(tree: Any) -> Fields:
    """Title, url, publisher, published, dated_by, updated, authors, section and language of a parsed page's article.

    What the page does not state is None or empty.
    """
    said, meta, below = linked(tree), _meta(tree), _below(tree)
    published, dated_by = _published(tree, said, meta, below)
    return {
        "title": said.get("title") or _first(meta, "title") or _heading(tree),
        "url": next(_urls(tree, said, meta), None),
        "publisher": said.get("publisher") or _first(meta, "publisher") or below.publisher,
        "published": published,
        "dated_by": dated_by,
        "updated": _updated(tree, said, meta, below),
        "authors": said.get("authors") or _authors(tree, meta) or list(below.authors),
        "section": said.get("section") or next(_marked(tree, "articleSection"), None) or _first(meta, "section"),
        "language": next(iter(tree.xpath("/html/@lang")), None) or said.get("language") or _first(meta, "language"),
    }


def _published(tree: Any, said: Fields, meta: Meta, below: Credits) -> tuple[Published | None, str | None]:
    """The day of publication, and what states it."""
    places: dict[str, Iterable[object]] = {
        "json-ld": [said.get("published")],
        "microdata": _marked(tree, "datePublished"),
        "meta": _all(meta, "published"),
        "time": _times(tree),
        "first lines": [below.published],
    }
    return next(((found, origin) for origin, values in places.items() if (found := _date(values))), (None, None))


def _updated(tree: Any, said: Fields, meta: Meta, below: Credits) -> Published | None:
    return _date([said.get("updated"), *_marked(tree, "dateModified"), *_all(meta, "updated"), below.updated])


def _date(values: Iterable[object]) -> Published | None:
    return next((found for value in values if (found := dates.parse(value))), None)


def _meta(tree: Any) -> Meta:
    """The content of meta elements by their lower-case name."""
    found: dict[str, list[str]] = {}
    for element in tree.xpath("//meta[@content]"):
        name = element.get("property") or element.get("name") or element.get("http-equiv") or ""
        if content := element.get("content").strip():
            found.setdefault(name.lower(), []).append(content)
    return found


def _all(meta: Meta, field: str) -> Iterator[str]:
    return (value for name in _META[field].split() for value in meta.get(name, []))


def _first(meta: Meta, field: str) -> str | None:
    return next(_all(meta, field), None)


def _marked(tree: Any, name: str) -> Iterator[str]:
    """What microdata says of the article."""
    for element in tree.xpath("//*[@itemprop=$name]" + f"[not({_ASIDE})]", name=name):
        yield element.get("content") or element.get("datetime") or " ".join(element.text_content().split())


def _urls(tree: Any, said: Fields, meta: Meta) -> Iterator[str]:
    """The page's own addresses, whole: a relative one counts from the page's base or from another of them."""
    canonical = tree.xpath("//link[@rel='canonical']/@href")
    own = [whole(str(url).strip()) for url in (said.get("url"), *canonical, *meta.get("og:url", [])) if url]
    bases = [*map(whole, tree.xpath("//base/@href")), *own, str(said.get("base"))]
    base = next((url for url in bases if url.startswith(("http://", "https://"))), "")
    for url in own:
        try:
            joined = urljoin(base, url)
        except ValueError:
            continue
        if joined.startswith(("http://", "https://")):
            yield joined


def _heading(tree: Any) -> str | None:
    """The page's first heading, else its title."""
    found = tree.xpath("//h1") or tree.xpath("//title")
    return " ".join(found[0].text_content().split()) if found else None


def _times(tree: Any) -> Iterator[str]:
    """The times beside the headline: marked as publication, else the first that is not part of a sentence."""
    marked = tree.xpath(f"//*[@pubdate][not({_ASIDE})]")
    times = tree.xpath(f"(//article|//main|//h1/..)//time[not({_ASIDE}) and not({_CHANGED})]")
    beside = [time for time in times if time.getparent().tag != "p" or _is_byline(time.getparent())]
    for element in [*marked, *beside[:1]]:
        yield element.get("datetime") or element.get("content") or ""
        yield " ".join(element.text_content().split())


def _below(tree: Any) -> Credits:
    """What the lines just below the headline say."""
    found = Credits()
    for element in below_headline(tree, _BELOW):
        in_sentence = element.getparent().tag == "p" and not _is_byline(element.getparent())
        texts = [] if in_sentence or element.xpath(_ASIDE) else [element.text, *(child.tail for child in element)]
        for text in texts:
            if text and text.strip():
                found = found.or_else(credits_of(" ".join(text.split())) or Credits())
    return found


def _is_byline(element: Any) -> bool:
    """Whether an element is too short to be a paragraph, and no sentence."""
    text = element.text_content().strip()
    return len(text) <= _BYLINE_CHARS and not text.endswith((".", "!", "?"))


def _authors(tree: Any, meta: Meta) -> list[str]:
    """Those that meta elements name, else those marked as authors, else those of the byline."""
    named = [name for name in _all(meta, "authors") if "://" not in name]
    marked = tree.xpath(f"//*[@rel='author' or @itemprop='author'][not({_ASIDE})]")
    people = [next(iter(element.xpath(".//*[@itemprop='name']")), element) for element in marked]
    bylines = tree.xpath(f"//*[contains(@class, 'byline')][not({_ASIDE})]")
    lines = [line for element in bylines if _is_byline(element) for line in from_tree(element).split("\n")]
    written = [name for line in lines if (said := credits_of(line)) for name in said.authors]
    return list(dict.fromkeys(named or [" ".join(person.text_content().split()) for person in people] or written))
