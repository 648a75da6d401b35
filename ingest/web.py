"""Pages, feeds and sitemaps on the web → articles; what an address is, is told by what comes back."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from ingest import feeds, sitemaps
from ingest.addresses import Address, canonical, is_same_site, parse, slug
from ingest.clean import one_line
from ingest.document import article_of, articles_in, kind_of
from ingest.http import Reply, unpacked
from ingest.links import Link, newest
from ingest.source import MAX_BYTES, printable
from ingest.visited import FILE, Visited, fingerprint, load, save, visited
from ingest.visits import Visits
from newsdesk.errors import Unreadable
from newsdesk.settings import Settings
from newsdesk.types import Article

log = logging.getLogger("newsdesk")

_SITEMAPS = 50
"""How many sitemaps of one index are read, the newest."""
_SHOWN = 300
_GZIP = b"\x1f\x8b"

_CREDENTIALS = re.compile(r"(?<=//)[^/?#]*@")


@dataclass(frozen=True, slots=True)
class Web:
    """The web as one run of ingest meets it.

    ``stored`` gives the archive's article of an id, if it has one; ``known`` are the pages of earlier runs by
    address; ``pages`` is how many of one feed or sitemap are visited.
    """

    visits: Visits
    stored: Callable[[str], Article | None] = lambda _: None
    known: dict[str, Visited] = field(default_factory=dict)
    pages: int = 100


@contextmanager
def open_web(settings: Settings, stored: Callable[[str], Article | None]) -> Iterator[Web]:
    """The web for one run. What is learnt of its pages is kept in the data folder for the next one."""
    path = settings.home / FILE
    allowed = {name.strip().lower() for name in settings.allow_hosts.split(",")}
    web = Web(Visits(allowed), stored, load(path), settings.web_pages)
    try:
        yield web
    finally:
        save(path, web.known)


def fetch(url: str, web: Web) -> Iterator[Article | Unreadable]:
    """The articles at an address: of a page or file, or of the newest pages that a feed or sitemap names.

    A page that has not changed since the archive took it in is given as the archive has it. Never raises for what
    the world does: each fault is an Unreadable that names its address, and the others go on.
    """
    yield from _named(url, _given(url, web))


def _named(url: str, articles: Iterator[Article | Unreadable]) -> Iterator[Article | Unreadable]:
    """The articles, and in place of an error one that names the address; a password in it is not repeated."""
    shown = printable(_CREDENTIALS.sub("", url))[:_SHOWN]
    try:
        yield from articles
    except Unreadable as error:
        yield Unreadable(f"{shown}: {error}")
    except Exception as error:  # a page over which a library stumbles is that page's fault, and ends no other
        yield Unreadable(f"{shown}: it cannot be read ({error!r:.100}); save the page and ingest its text")


def _given(url: str, web: Web) -> Iterator[Article | Unreadable]:
    """What an address holds that a person gave."""
    address = parse(url)
    opened = _opened(address, web)
    kind = kind_of(opened) if isinstance(opened, Reply) else ""
    if isinstance(opened, Reply) and kind == "feed":
        links = feeds.read(opened.body, opened.address, opened.content_type)
        yield from _linked(_limited(links, opened.address, web), opened.address, web)
    elif isinstance(opened, Reply) and kind == "sitemap":
        pages, faults = _pages(opened, web)
        yield from faults
        yield from _linked(_limited(pages, opened.address, web), opened.address, web)
    else:
        yield from _articles(address, opened, {}, web)


def _opened(address: Address, web: Web) -> Reply | list[Article]:
    """What the server sends, or the archive's articles where the server says that nothing has changed."""
    held = _held(address, web)
    reply = web.visits.open(address, web.known[str(address)].headers if held else {})
    if reply.status == 304:
        return held
    return replace(reply, body=unpacked(reply.body, MAX_BYTES)) if reply.body.startswith(_GZIP) else reply


def _held(address: Address, web: Web) -> list[Article]:
    """The articles that the page gave when it was last read, if the archive has every one of them unchanged."""
    known = web.known.get(str(address))
    given = known.articles if known else {}
    found = [article for article_id in given if (article := web.stored(article_id))]
    return found if [fingerprint(article) for article in found] == list(given.values()) else []


def _articles(
    address: Address, opened: Reply | list[Article], said: Mapping[str, object], web: Web
) -> Iterator[Article | Unreadable]:
    """The articles of one page or file; once all of them were taken, its state is remembered."""
    if not isinstance(opened, Reply):
        yield from opened
        return
    given: list[Article | Unreadable] = []
    for one in articles_in(opened, said):
        given.append(one)
        yield one
    taken = [one for one in given if isinstance(one, Article)]
    state = visited(opened.headers, taken) if len(taken) == len(given) else None
    web.known.pop(str(address), None)
    if state:
        web.known[str(address)] = state


def _linked(links: list[Link], base: Address, web: Web) -> Iterator[Article | Unreadable]:
    """The articles that a feed or sitemap names, each address once."""
    seen = set[str]()
    for link in links:
        if not link.url or link.url not in seen:
            yield from _named(link.url or str(base), _of_link(link, base, web))
        seen.add(link.url)


def _of_link(link: Link, base: Address, web: Web) -> Iterator[Article | Unreadable]:
    """The article that the feed carries, if it speaks for its own site, else the one at the address it gives."""
    if link.text and not link.url:
        yield _carried(link, f"{slug(base)}/{one_line(str(link.said.get('title', '')))}")
        return
    if not link.url:
        raise Unreadable("an entry of the feed has neither an article nor an address; it cannot be taken in")
    address = parse(link.url, base)
    if link.text and is_same_site(address, base):
        own = canonical(None, address)
        yield _carried(replace(link, said={**link.said, "url": str(own)}), slug(own))
        return
    opened = _opened(address, web)
    if isinstance(opened, Reply) and kind_of(opened) in {"feed", "sitemap"}:
        raise Unreadable("it is no article but a further feed or sitemap; if it is wanted, give its own address")
    yield from _articles(address, opened, link.said, web)


def _carried(link: Link, article_id: str) -> Article:
    return article_of({}, article_id, link.said, link.text)


def _pages(reply: Reply, web: Web) -> tuple[list[Link], list[Unreadable]]:
    """The newest pages of a sitemap and of those that it names, with one too many if there are more."""
    limit = web.pages + 1
    found, maps = sitemaps.read(reply.body)
    pages, faults = newest(found, limit), list[Unreadable]()
    for link in newest(maps, _SITEMAPS):
        if len(pages) == limit and link.when and link.day < pages[-1].day:
            break  # all in it is older than what is there
        try:
            pages = newest([*pages, *_of_sitemap(link, reply.address, web)], limit)
        except Unreadable as error:
            faults.append(Unreadable(f"{printable(link.url)[:_SHOWN]}: {error}"))
    return pages, faults


def _of_sitemap(link: Link, base: Address, web: Web) -> list[Link]:
    """The pages of a sitemap that an index names; an index there would lead in circles."""
    reply = _opened(parse(link.url, base), web)
    return sitemaps.read(reply.body)[0] if isinstance(reply, Reply) else []


def _limited(links: list[Link], base: Address, web: Web) -> list[Link]:
    """The newest links; that others are left out is no fault, but it is said."""
    if len(links) > web.pages:
        log.warning("%s names more than %d pages; the newest are read (NEWSDESK_WEB_PAGES)", base, web.pages)
    return newest(links, web.pages)
