"""What stands around and between the paragraphs of a page's article: taken out of its tree before the text is read.

Hidden parts, dialogs, the boxes of forms, what a page itself names an advert, a share bar or a related link, quotes
repeated from the text, and lines that only say who wrote it and when. A part that holds the headline, or much of
the page's text, stays whatever it is called: pages put such names on their outermost elements too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from lxml import etree

from ingest.byline import is_credit, is_joint

_HIDDEN = re.compile(r"display:none|visibility:hidden|font-size:0(?![.\d])|(?:left|top|text-indent):-\d{4}")
_UNSEEN = {"visually-hidden", "visuallyhidden", "sr-only", "screen-reader-text", "screenreader", "a11y-hidden"}
"""Classes of text for screen readers: directions through the page."""
_FOR_SCREEN_READERS = " or ".join(f"contains(@class, '{name}')" for name in ("hidden", "sr-only", "screen"))
_BOXES = (
    "ad ads adslot adunit advert adverts advertisement advertising advertorial sponsor sponsored outbrain taboola"
    " promo promos promotion newsletter newsletters signup subscribe subscription subscriptions abonnement abo"
    " offer offers donate donation share sharing sharebar sharedaddy social cookie cookies cookiebar consent"
    " gdpr ccpa cmp breadcrumb breadcrumbs crumbs byline bio tags taglist topics keywords caption captions figcaption"
    " credit credits shop pagination pager feedback"
)
_RIVERS = "related recirc recirculation recommended recommendations trending popular teaser teasers comments disqus"
_ANY = 10**6
_NAMED = {**dict.fromkeys(_BOXES.split(), 150), **dict.fromkeys(_RIVERS.split(), _ANY)}
"""Words in a class or id that say what a part is, with the most words that such a part has."""
_RUNS = re.compile(
    r"\b(?:most (?:read|viewed|popular|shared)|read (?:more|also|next)|see also|more (?:from|stories|news|on)"
    r"|(?:next|up) (?:up|next)|also (?:in|read)|author (?:box|bio|info|card)|about author|app promo|entry share)\b"
)
_WALL = re.compile(r"pay ?wall|reg ?wall|meter|subscri")
_ASKS = re.compile(r"subscri|sign (?:in|up)|log ?in|regist|account|offer|free articles", re.IGNORECASE)
"""The words of a notice; what a paywall's name merely encloses can be the article itself."""
_THREAD = re.compile(r"\b(?:comments|disqus)\b")
"""Parts that may hold more words than the article."""
_KEPT = {"html", "head", "body", "main", "article"}
_SPOKEN = {"h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "dt"}
_SHARE = 0.4
_HEADLINE = "//h1|//*[@role='heading']"
_HEADLINES = 3
_HEAD_PARTS = 30
_PARAGRAPH_WORDS = 15
_FIELDS = 50
_FORM_WORDS = 60
_QUOTES = 100
_QUOTE_WORDS = 4


def take_out(tree: Any, title: str, authors: Collection[str]) -> None:
    """Change a page's tree so that little but the article is left: neither its headline nor what stands above it.

    ``title`` and ``authors`` are those that the page names.
    """
    whole = _size(tree)
    for find in (_hidden, _dialogs, _forms, _walls, _named):
        for element in list(find(tree, whole)):
            _drop(element)
    _take_out_repeats(tree, whole)
    _take_out_credits(tree, authors)
    _begin_below(tree, title)


def _drop(element: Any) -> None:
    """Remove an element with all below it; the text after it stays."""
    if element.getparent() is not None:
        element.drop_tree()


def _size(element: Any) -> int:
    """How many words an element holds."""
    return len(element.text_content().split())


def _is_small(element: Any, whole: int) -> bool:
    """Whether a part is clearly not what a page of so many words is about."""
    return _size(element) <= _SHARE * whole


def _holds_headline(element: Any) -> bool:
    return element.tag in _KEPT or bool(
        element.xpath("boolean(.//h1|.//main|descendant-or-self::*[@itemprop='articleBody'])")
    )


def _hidden(tree: Any, whole: int) -> Iterator[Any]:
    """What a browser does not show, as far as the elements themselves say so."""
    for element in tree.xpath("//*[@hidden or @aria-hidden='true' or @style]"):
        style = re.sub(r"\s", "", element.get("style", "")).lower()
        silent = element.get("aria-hidden") == "true" and _size(element) > 2
        hidden = element.get("hidden") is not None or silent or _HIDDEN.search(style)
        if hidden and element.tag not in _KEPT and _is_small(element, whole):
            yield element
    yield from tree.xpath("//template|//noscript")
    for element in tree.xpath(f"//*[{_FOR_SCREEN_READERS}][not(ancestor::p)]"):
        if _UNSEEN & set(element.get("class").lower().split()):
            yield element


def _dialogs(tree: Any, _: int) -> Iterator[Any]:
    """Layers over the page."""
    for element in tree.xpath("//dialog|//*[@role='dialog' or @role='alertdialog' or @aria-modal='true']"):
        if not _holds_headline(element):
            yield element


def _forms(tree: Any, _: int) -> Iterator[Any]:
    """The boxes around fields to fill in: with the words that ask for it."""
    for field in tree.xpath("//input[not(@type='hidden')]|//textarea|//select")[:_FIELDS]:
        box = field
        while (above := box.getparent()) is not None and above.tag not in _KEPT:
            if _size(above) > _FORM_WORDS or _holds_headline(above):
                break
            box = above
        yield box


def _walls(tree: Any, whole: int) -> Iterator[Any]:
    """Notices that the rest is for subscribers."""
    for element in tree.xpath("//*[@class or @id]"):
        is_wall = _WALL.search(_names(element)) and not _holds_headline(element)
        if is_wall and _is_small(element, whole) and _ASKS.search(element.text_content()):
            yield element


def _names(element: Any) -> str:
    """An element's class, and its id where that is not made of the words of a heading or paragraph."""
    tag_id = "" if element.tag in _SPOKEN else element.get("id", "")
    return f"{element.get('class', '')} {tag_id}"


def _named(tree: Any, whole: int) -> Iterator[Any]:
    """Parts whose class or id says that they are none of the article, outermost first."""
    for element in tree.xpath("//*[@class or @id]"):
        most, is_thread = _by_name(_names(element))
        is_box = most and _size(element) <= most and not _holds_headline(element)
        if is_box and (is_thread or _is_small(element, whole)):
            yield element


@lru_cache(maxsize=4096)
def _by_name(given: str) -> tuple[int, bool]:
    """How many words a part so named may have to be taken out, and whether it may be most of the page.

    ``given`` is its class and id: in "jp-relatedPosts" the words jp, related and posts are looked up.
    """
    names = " ".join(re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", given).lower()))
    most = _ANY if _RUNS.search(names) else max((_NAMED.get(name, 0) for name in names.split()), default=0)
    return most, bool(_THREAD.search(names))


def _take_out_repeats(tree: Any, whole: int) -> None:
    """Quotes set apart that stand in the text as well."""
    page = _words(" ".join(tree.xpath("//text()")))
    candidates = tree.xpath("//aside|//blockquote|//*[contains(@class,'quote') or contains(@class,'pull')]")
    for element in candidates[:_QUOTES]:
        said = _words(" ".join(element.xpath(".//text()[not(ancestor::footer or ancestor::cite)]")))
        is_quote = said.count(" ") > _QUOTE_WORDS and not _holds_headline(element) and _is_small(element, whole)
        if is_quote and page.count(said) > 1:
            page = page.replace(said, " ", 1)
            _drop(element)


def _words(text: str) -> str:
    """The words alone, in lower case, each between spaces."""
    return " ".join(["", *re.findall(r"[^\W_]+", text.casefold()), ""])


def _take_out_credits(tree: Any, authors: Collection[str]) -> None:
    """Parts just below the headline that hold nothing but names of authors, days and reading times."""
    paragraphs = 0
    for element in below_headline(tree, _HEAD_PARTS):
        paragraphs += len((element.text or "").split()) >= _PARAGRAPH_WORDS
        if paragraphs > 1:  # the first may be a standfirst, with the credits below it
            break
        box = element if element.tag != "td" and is_credit(element.text or "", authors) else None
        while box is not None and _all_credits(box, authors):
            box, last = box.getparent(), box
            if box is None or box.tag in _KEPT or not _all_credits(box, authors):
                _drop(last)
                break


def below_headline(tree: Any, count: int) -> list[Any]:
    """The first elements after the page's headline, in the order of the page."""
    elements = tree.iter(etree.Element)
    headline = next((one for one in elements if one.tag == "h1" or one.get("role") == "heading"), None)
    return [one for one in islice(elements, count) if headline not in one.iterancestors()]


def _all_credits(element: Any, authors: Collection[str]) -> bool:
    texts = [text for text in element.itertext() if text.strip()]
    return len(texts) <= _HEAD_PARTS and all(is_credit(text, authors) or is_joint(text) for text in texts)


def _begin_below(tree: Any, title: str) -> None:
    """Drop the headline, if it is the title or its beginning, and everything before it."""
    for headline in tree.xpath(_HEADLINE)[:_HEADLINES]:
        said = _words(headline.text_content())
        if said.strip() and _words(title).startswith(said):
            for element in headline.xpath("preceding::*[not(ancestor-or-self::head)]"):
                _drop(element)
            _drop(headline)
            return
