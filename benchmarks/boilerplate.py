"""How much of an article's text is kept, and how much around it, by newsdesk and by the extractor library alone.

    python -m benchmarks.boilerplate

reads ``tests/pages``: invented pages and plain-text scrapes in many layouts, also hostile ones. Above each page stand
the fields that are to be found; in the page, ``⟦`` and ``⟧`` enclose what belongs to the article, and are taken out
before anything reads it. The rules were chosen on the pages of ``chosen``; the figures to trust are those of ``held``.

Precision is the share of the words found that are the article's, recall the share of the article's words that are
found, F1 their harmonic mean; words are compared as bags, in lower case, and the means are over pages. The headline
counts neither way: newsdesk keeps it as the title, the library in the text. No rule was chosen by the text of a page
of ``held``; three of its pages (broken-uppercase, pre-text, scrape-sidebar) showed a field or a line above the headline
that was missed, and were mended, so the figures of its three scrapes are not to be trusted as those of its HTML are.
"""

from __future__ import annotations

import html
import json
import re
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import trafilatura

from ingest import page, record
from newsdesk.errors import Unreadable
from newsdesk.evaluate.machine import commit, machine
from newsdesk.types import Article

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "tests" / "pages"
RESULT = ROOT / "benchmarks" / "results" / "boilerplate.json"
HALVES = ("chosen", "held")
FIELDS = ("title", "published", "updated", "dated_by", "authors", "publisher", "section", "language", "url")

_INLINE = re.compile(r"</?(?:a|abbr|b|cite|em|font|i|mark|q|small|span|strong|sub|sup|time|u)\b[^>]*>", re.IGNORECASE)
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A page of the set: its source, the article's text, and the fields that it states ("" for none)."""

    name: str
    half: str
    source: str
    text: str
    fields: Mapping[str, str]

    @property
    def is_html(self) -> bool:
        """Whether it is a web page; else it is a plain-text scrape."""
        return self.name.endswith(".html")


@dataclass(frozen=True, slots=True)
class Score:
    """Shares from 0 to 1; higher is better."""

    precision: float
    recall: float
    f1: float


@lru_cache(maxsize=1)
def pages() -> tuple[Page, ...]:
    """All pages of the set, by half and name."""
    return tuple(_page(path) for half in HALVES for path in sorted((PAGES / half).iterdir()))


def ours(one: Page) -> Article:
    """The article as ingest makes it. Raises Unreadable where it finds none."""
    if not one.is_html:
        return record.article({}, one.name, one.source)
    fields = page.extract(one.source)
    return record.article(fields, one.name, str(fields["text"]))


def stated(article: Article) -> dict[str, str]:
    """An article's fields, written as the set writes them."""
    values = {name: getattr(article, name) for name in FIELDS}
    values["authors"] = "; ".join(article.authors)
    for name in ("published", "updated"):
        values[name] = values[name].isoformat() if values[name] else ""
    return {name: str(value or "") for name, value in values.items()}


def score(found: str, expected: str) -> Score:
    """How the words of two texts compare, order aside."""
    has, wants = Counter(_words(found)), Counter(_words(expected))
    same = (has & wants).total()
    if not same:
        return Score(0.0, 0.0, 0.0)
    precision, recall = same / has.total(), same / wants.total()
    return Score(precision, recall, 2 * precision * recall / (precision + recall))


def mean(scores: Sequence[Score]) -> Score:
    """The mean over pages of each share."""
    return Score(*(statistics.fmean(getattr(one, name) for one in scores) for name in Score.__slots__))


def _page(path: Path) -> Page:
    above, _, below = path.read_text(encoding="utf-8").partition("\n---\n")
    fields = dict(line.split(": ", 1) for line in above.split("\n"))
    source = below.replace("⟦", "").replace("⟧", "")
    parts = re.findall("⟦(.*?)⟧", below, re.DOTALL)
    text = "\n".join(parts) if path.suffix == ".txt" else _without_tags("\n".join(parts))
    return Page(path.name, path.parent.name, source, text, {name: fields.get(name, "") for name in FIELDS})


def _without_tags(markup: str) -> str:
    without = re.sub(r"<!--.*?-->|<script\b.*?</script>", "", markup, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", _INLINE.sub("", without)))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", _UNSEEN.sub("", text).casefold())


def _our_text(one: Page) -> str:
    try:
        return ours(one).text
    except Unreadable:
        return ""


def _library(one: Page, **options: Any) -> str:
    """The library's text, without the headline where it begins with it."""
    text = trafilatura.extract(one.source, **options) or ""
    first, _, rest = text.partition("\n")
    return rest if _words(first) == _words(one.fields["title"]) else text


SYSTEMS: dict[str, Callable[[Page], str]] = {
    "newsdesk": _our_text,
    "trafilatura": _library,
    "trafilatura without comments": lambda one: _library(one, include_comments=False),
    "trafilatura for precision": lambda one: _library(one, include_comments=False, favor_precision=True),
}


def measure() -> dict[str, Any]:
    """The scores of every system on every page, their means for each half, and the fields that are wrong."""
    scores = {one: {name: score(text(one), one.text) for name, text in SYSTEMS.items()} for one in pages()}
    return {
        "what": "token precision, recall and F1 of the article's text, means over pages; the library reads HTML alone",
        "commit": commit(),
        "machine": machine(),
        "trafilatura": trafilatura.__version__,
        "means": {
            f"{half}, {kind}": {
                name: _rounded(mean([found[name] for one, found in scores.items() if fits(one)]))
                for name in (SYSTEMS if kind == "HTML" else ["newsdesk"])
            }
            for half in HALVES
            for kind, fits in _kinds(half).items()
        },
        "pages": [
            {"page": f"{one.half}/{one.name}", **{name: _rounded(found[name]) for name in SYSTEMS}}
            for one, found in scores.items()
        ],
    }


def _kinds(half: str) -> dict[str, Callable[[Page], bool]]:
    return {
        "HTML": lambda one: one.half == half and one.is_html,
        "plain text": lambda one: one.half == half and not one.is_html,
    }


def _rounded(found: Score) -> dict[str, float]:
    return {name: round(getattr(found, name), 4) for name in Score.__slots__}


def main() -> None:
    """Measure, print the means, and keep everything in a file."""
    result = measure()
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for kind, means in result["means"].items():
        for name, found in means.items():
            print(f"{kind:20} {name:30}", *(f"{share} {value:.3f}" for share, value in found.items()))


if __name__ == "__main__":
    main()
