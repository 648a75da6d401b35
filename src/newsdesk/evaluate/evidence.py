"""Whether citations and passages are what the question set calls right."""

from __future__ import annotations

import math
from collections.abc import Callable

from newsdesk.evaluate import answers
from newsdesk.evaluate.questions import GoldQuestion
from newsdesk.evaluate.records import CitationRecord, PassageRecord
from newsdesk.types import Answer, Citation, Hit

CONTEXT = 160
"""Characters kept on each side of a cited quote, so that it can be read in its place."""
PASSAGE = 400
"""Characters kept of a passage's text."""

Lookup = Callable[[str], str | None]
"""An article's text by its id; None for an unknown one."""


def citation(gold: GoldQuestion, cited: Citation, lookup: Lookup) -> CitationRecord:
    """A citation with its context, held against the archive and against what is right."""
    text = lookup(cited.article_id)
    start, end = cited.start, cited.end
    inside = text is not None and 0 <= start < end <= len(text)
    return CitationRecord(
        number=cited.number,
        article_id=cited.article_id,
        title=cited.title,
        publisher=cited.publisher,
        published=cited.published.isoformat() if cited.published else None,
        start=start,
        end=end,
        quote=cited.quote,
        before=text[max(0, start - CONTEXT) : start] if text and inside else "",
        after=text[end : end + CONTEXT] if text and inside else "",
        holds=text is not None and inside and text[start:end] == cited.quote,
        gold=cited.article_id in gold.articles,
        supports=_supports(gold, cited),
    )


def _supports(gold: GoldQuestion, citation: Citation) -> bool:
    """Whether the quote is of a gold article and contains, or is contained in, what is right."""
    if gold.articles and citation.article_id not in gold.articles:
        return False
    quote = " ".join(citation.quote.split())
    for evidence in (" ".join(words.split()) for words in gold.evidence):
        if evidence in quote or quote in evidence:
            return True
    return any(answers.contains(quote, answer) or answers.contains(answer, quote) for answer in gold.answers)


def passage(gold: GoldQuestion, hit: Hit, lookup: Lookup) -> PassageRecord:
    """A retrieved passage, its text shortened, and whether it is what was looked for."""
    return PassageRecord(
        article_id=hit.article_id,
        title=hit.title,
        start=hit.start,
        end=hit.end,
        score=float(hit.score) if math.isfinite(hit.score) else 0.0,
        text=hit.text if len(hit.text) <= PASSAGE else hit.text[: PASSAGE - 1] + "…",
        gold=hit.article_id in gold.articles,
        covers=bool(covered(gold, hit, lookup)),
    )


def units(gold: GoldQuestion) -> tuple[str, ...]:
    """What passages can be right about: each quote of the evidence, or else the answer."""
    if not gold.answerable:
        return ()
    if gold.evidence:
        return tuple(f"evidence-{number}" for number in range(len(gold.evidence)))
    return ("answer",) if gold.answers else ()


def covered(gold: GoldQuestion, hit: Hit, lookup: Lookup) -> list[str]:
    """The units that a passage holds: at least half of a quote, or a gold answer word for word."""
    if not gold.answerable or (gold.articles and hit.article_id not in gold.articles):
        return []
    if gold.evidence:
        covered = [_holds(hit, quote, lookup) for quote in gold.evidence]
        return [unit for unit, yes in zip(units(gold), covered, strict=True) if yes]
    found = gold.answers and answers.best(answers.contains, hit.text, gold.answers) > 0
    return ["answer"] if found else []


def _holds(hit: Hit, quote: str, lookup: Lookup) -> bool:
    if quote in hit.text:
        return True
    text = lookup(hit.article_id) or ""
    place = text.find(quote)
    shared = min(hit.end, place + len(quote)) - max(hit.start, place)
    return place >= 0 and 2 * shared >= len(quote)


def ranking(gold: GoldQuestion, answer: Answer, lookup: Lookup) -> list[str]:
    """The passages in order, each as the units it is the first to hold, else under its own name."""
    ranking: list[str] = []
    for place, hit in enumerate(answer.passages):
        fresh = [unit for unit in covered(gold, hit, lookup) if unit not in ranking]
        ranking += fresh or [f"passage-{place}"]
    return ranking
