"""Hits → answer, in the articles' own words: the best span, and the sentences it stands in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from newsdesk.reader import Reading
from newsdesk.sentences import sentences
from newsdesk.types import Citation, in_words

MOST_SENTENCES = 3
"""Quoted sentences in one answer."""

MOST_COPIES = 3
"""Citations of one sentence that several articles share."""

SECOND_BEST = 0.5
"""Least share of the best reading's confidence at which another is quoted beside it."""

DECLINED = "The archive does not say. What comes nearest is listed, but it is not an answer."
EMPTY = "The archive holds nothing that matches. Add articles, or widen the filters."


@dataclass(frozen=True, slots=True)
class Extract:
    """An answer made of quotations: its Markdown, the best span's words, and the places quoted."""

    text: str
    short_answer: str | None
    answered: bool
    confidence: float
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class _Quotation:
    """A sentence and every place where it stands, as numbered citations; ``fact`` is what it answers."""

    fact: str
    citations: tuple[Citation, ...]


def extract(readings: Sequence[Reading], threshold: float) -> Extract:
    """Answer from the readings (best first), or decline where the best is less sure than ``threshold``."""
    if not readings:
        return Extract(EMPTY, None, False, 0.0, ())
    best = readings[0]
    if best.confidence < threshold:
        return Extract(DECLINED, None, False, best.confidence, ())
    bar = max(threshold, SECOND_BEST * best.confidence)
    quotations = _quotations([reading for reading in readings if reading.confidence >= bar])
    citations = tuple(citation for quotation in quotations for citation in quotation.citations)
    short = span_text(best)
    return Extract(_text(short, quotations), short, True, best.confidence, citations)


def span_text(reading: Reading) -> str:
    """The words of the reading's span."""
    return reading.hit.text[reading.start - reading.hit.start : reading.end - reading.hit.start]


def quoted(reading: Reading) -> tuple[int, int]:
    """Where the whole sentences around the reading's span stand in its article."""
    start, end = reading.start - reading.hit.start, reading.end - reading.hit.start
    touched = [span for span in sentences(reading.hit.text) if span[0] < end and start < span[1]]
    if not touched:
        return reading.start, reading.end
    return reading.hit.start + min(touched[0][0], start), reading.hit.start + max(touched[-1][1], end)


def fact(words: str) -> str:
    """What makes two short answers the same: letter case, articles and punctuation do not count."""
    return " ".join(word for word in re.findall(r"\w+", words.casefold()) if word not in ("a", "an", "the"))


def _quotations(readings: Sequence[Reading]) -> list[_Quotation]:
    """The sentences to quote, best first: one for each fact of an article, copies of a sentence together."""
    taken: dict[str, list[Citation]] = {}
    facts: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for reading in readings:
        citation, said = _citation(reading), fact(span_text(reading))
        words = fact(citation.quote)
        known = (citation.article_id, said) in seen
        if known or (words not in taken and len(taken) == MOST_SENTENCES):
            continue
        if len(taken.setdefault(words, [])) < MOST_COPIES and not _cited(taken[words], citation):
            taken[words].append(citation)
            facts.setdefault(words, said)
            seen.add((citation.article_id, said))
    return _numbered([_Quotation(facts[words], tuple(citations)) for words, citations in taken.items()])


def _cited(citations: Sequence[Citation], citation: Citation) -> bool:
    return any(known.article_id == citation.article_id for known in citations)


def _citation(reading: Reading) -> Citation:
    start, end = quoted(reading)
    hit = reading.hit
    return Citation(
        number=0,
        article_id=hit.article_id,
        title=hit.title,
        url=hit.url,
        publisher=hit.publisher,
        published=hit.published,
        start=start,
        end=end,
        quote=hit.text[start - hit.start : end - hit.start],
    )


def _numbered(quotations: Sequence[_Quotation]) -> list[_Quotation]:
    number = 0
    numbered = []
    for quotation in quotations:
        citations = tuple(
            replace(citation, number=number + offset) for offset, citation in enumerate(quotation.citations, start=1)
        )
        number += len(citations)
        numbered.append(replace(quotation, citations=citations))
    return numbered


def _text(short: str, quotations: Sequence[_Quotation]) -> str:
    """The short answer with the numbers of all that say the same, then each quoted sentence with its own."""
    agreeing = [quotation for quotation in quotations if quotation.fact == quotations[0].fact]
    numbers = "".join(_markers(quotation) for quotation in agreeing)
    several = len({citation.article_id for quotation in quotations for citation in quotation.citations}) > 1
    lines = [f"{_line(short[:1].upper() + short[1:])} {numbers}"]
    for quotation in quotations:
        source = f"{source_name(quotation.citations[0])}: " if several else ""
        lines.append(f"{source}“{_line(quotation.citations[0].quote)}” {_markers(quotation)}")
    return "\n\n".join(lines)


def _markers(quotation: _Quotation) -> str:
    return "".join(f"[{citation.number}]" for citation in quotation.citations)


def _line(words: str) -> str:
    """Quoted words on one line; a "[1]" that the article itself contains must not look like one of ours."""
    return re.sub(r"\[(\d+)\]", r"(\1)", " ".join(words.split()))


def source_name(citation: Citation) -> str:
    """Who published it and when, as in "Harbour Gazette, 4 May 2031"."""
    parts = (_line(citation.publisher or citation.title or citation.article_id), in_words(citation.published))
    return ", ".join(part for part in parts if part)
