"""A web page → the fields of its article. The only file that knows trafilatura's extractor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from trafilatura import bare_extraction, load_html

from ingest.flow import make_flow
from ingest.markup import from_tree
from ingest.stated import Fields, stated
from ingest.surroundings import take_out
from newsdesk.errors import Unreadable

CHARSET = re.compile(rb"<meta[^>]{1,200}charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
"""Where a page states its encoding."""

_WORDS = 12
"""A shorter text on a page is a notice or a form, not an article."""
_SHARE = 0.4
"""A marked article with less of the page's paragraphs is a card that leads to another."""
_STOP = re.compile(r"[.!?…。؟।][\"'”’»)]*$")


def extract(markup: str) -> Fields:
    """The article's text, without its headline, and what the page says about it.

    Raises Unreadable where there is no article.
    """
    tree = load_html(markup)
    if tree is None:
        raise Unreadable("it is not HTML; save the page itself, with its tags, or give the text as .txt")
    fields = stated(tree)
    return {**fields, "text": _body(tree, fields)}


def _body(tree: Any, fields: Fields) -> str:
    """The paragraphs of the article, blank lines between them."""
    login = bool(tree.xpath("boolean(//input[@type='password'])"))
    whole_page = deepcopy(tree)
    authors = fields["authors"] if isinstance(fields["authors"], list) else []
    take_out(tree, str(fields["title"] or ""), authors)
    for part in (tree, whole_page):
        make_flow(part)
    for part in (*_scopes(tree), tree, whole_page):
        text = _text(part)
        if _is_article(text) and not (login and len(text.split()) < 10 * _WORDS):
            return text
    raise Unreadable("the page holds no article (a list, a form or a notice?); give the article's own page")


def _scopes(tree: Any) -> Iterator[Any]:
    """The part of the page that is marked as its article, where just one is; nothing around it is the article's."""
    found = tree.xpath("//article[not(ancestor::article)]")
    if len(found) == 1 and _paragraph_words(found[0]) >= _SHARE * _paragraph_words(tree):
        alone: Any = load_html("<html><body></body></html>")
        alone.find("body").append(deepcopy(found[0]))
        yield alone


def _paragraph_words(part: Any) -> int:
    return sum(len(paragraph.text_content().split()) for paragraph in part.iter("p"))


def _text(part: Any) -> str:
    if len(part.text_content().split()) < _WORDS:
        return ""
    found = bare_extraction(part, favor_precision=True, include_comments=False, include_tables=True)
    return from_tree(found.body) if found is not None and not isinstance(found, dict) else ""


def _is_article(text: str) -> bool:
    sentence = any(len(line.split()) >= 6 and _STOP.search(line) for line in text.split("\n"))
    return sentence and len(text.split()) >= _WORDS
