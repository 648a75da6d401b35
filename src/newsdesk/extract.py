"""Hits → answer, in the articles' own words: the best span, and the sentences it stands in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from newsdesk.checks.read import read
from newsdesk.checks.tokens import Token
from newsdesk.reader import Reading
from newsdesk.sentences import sentences
from newsdesk.types import Citation, cite, in_words

MOST_SENTENCES = 3
"""Quoted sentences in one answer."""

MOST_COPIES = 3
"""Citations of one sentence that several articles share."""

NO_UNIT = ("", "#")
"""The units of bare numbers and of things counted; "40 minutes" and "five years" are no disagreement."""

SECOND_BEST = 0.33
"""Least share of the best reading's confidence at which another is quoted beside it. Chosen on the questions of the
invented seed archive: a lower share quotes more sentences there, and no further right answer."""
AS_GOOD = 0.5
"""Least share at which a different figure is set beside the best one, as another source's account of the same."""

DECLINED = "The archive does not say. What comes nearest is listed, but it is not an answer."
DIFFER = "The sources differ:"
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
    """A sentence and every place where it stands, as numbered citations; ``words`` are its answer."""

    words: str
    citations: tuple[Citation, ...]
    confidence: float


def extract(readings: Sequence[Reading], threshold: float) -> Extract:
    """Answer from the readings (surest first), or decline where the surest is less sure than ``threshold``."""
    if not readings:
        return Extract(EMPTY, None, False, 0.0, ())
    best = readings[0]
    if best.confidence < threshold:
        return Extract(DECLINED, None, False, best.confidence, ())
    bar = SECOND_BEST * best.confidence
    quotations = _quotations([reading for reading in readings if reading.confidence >= bar])
    short = span_text(best)
    return Extract(_text(short, quotations), short, True, best.confidence, _citations(quotations))


def quote(citations: Sequence[Citation], confidence: float) -> Extract:
    """Answer with sentences alone, where a passage answers and no words of it are sure to be the answer."""
    quotations = _numbered([_Quotation("", (citation,), confidence) for citation in citations])
    return Extract(_quoted(quotations), None, True, confidence, _citations(quotations))


def disagreement(text: str) -> str:
    """The line of an answer that sets different figures side by side, without its markers; empty where none does."""
    line = text.partition("\n")[0]
    return re.sub(r" ?\[\d+\]", "", line) if line.startswith(DIFFER) else ""


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
    """What makes two short answers the same: "Twelve people" and "12", "the Wall" and "wall"."""
    if figures := _numbers(words):
        return " ".join(token.key for token in figures)
    return " ".join(word for word in re.findall(r"\w+", words.casefold()) if word not in ("a", "an", "the"))


def _numbers(words: str) -> list[Token]:
    return [token for token in read(words) if token.kind == "number"]


def _quotations(readings: Sequence[Reading]) -> list[_Quotation]:
    """The sentences to quote, best first: one for each fact of an article, copies of a sentence together."""
    taken: dict[str, list[Citation]] = {}
    answers: dict[str, Reading] = {}
    seen: set[tuple[str, str]] = set()
    for reading in readings:
        citation, said = _citation(reading), span_text(reading)
        sentence = " ".join(re.findall(r"\w+", citation.quote.casefold()))
        known = (citation.article_id, fact(said)) in seen
        if known or (sentence not in taken and len(taken) == MOST_SENTENCES):
            continue
        if len(taken.setdefault(sentence, [])) < MOST_COPIES and not _cited(taken[sentence], citation):
            taken[sentence].append(citation)
            answers.setdefault(sentence, reading)
            seen.add((citation.article_id, fact(said)))
    return _numbered(
        [
            _Quotation(span_text(answers[sentence]), tuple(places), answers[sentence].confidence)
            for sentence, places in taken.items()
        ]
    )


def _cited(citations: Sequence[Citation], citation: Citation) -> bool:
    return any(known.article_id == citation.article_id for known in citations)


def _citation(reading: Reading) -> Citation:
    return cite(reading.hit, *quoted(reading))


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


def _citations(quotations: Sequence[_Quotation]) -> tuple[Citation, ...]:
    return tuple(citation for quotation in quotations for citation in quotation.citations)


def _text(short: str, quotations: Sequence[_Quotation]) -> str:
    """The short answer with the numbers of all that say the same, then each quoted sentence with its own."""
    return f"{_differing(quotations) or _agreeing(short, quotations)}\n\n{_quoted(quotations)}"


def _quoted(quotations: Sequence[_Quotation]) -> str:
    """Each quoted sentence with its numbers, and with its source where there are several."""
    several = len({citation.article_id for citation in _citations(quotations)}) > 1
    named = [f"{source_name(quotation.citations[0])}: " if several else "" for quotation in quotations]
    return "\n\n".join(
        f"{source}“{on_one_line(quotation.citations[0].quote)}” {_markers(quotation)}"
        for source, quotation in zip(named, quotations, strict=True)
    )


def _agreeing(short: str, quotations: Sequence[_Quotation]) -> str:
    numbers = "".join(_markers(quotation) for quotation in quotations if fact(quotation.words) == fact(short))
    return f"{on_one_line(short[:1].upper() + short[1:])} {numbers}"


def _differing(quotations: Sequence[_Quotation]) -> str:
    """Each figure with its source, oldest first, where articles give different ones; empty where they do not.

    The newest is not taken for the truth: a later article may look back, and an earlier one be the better informed.
    """
    bar = AS_GOOD * quotations[0].confidence
    figures = [quotation for quotation in quotations if quotation.confidence >= bar and _numbers(quotation.words)]
    articles = {quotation.citations[0].article_id for quotation in figures}
    units = {token.unit for quotation in figures for token in _numbers(quotation.words)} - set(NO_UNIT)
    if len({fact(quotation.words) for quotation in figures}) < 2 or len(articles) < 2 or len(units) > 1:
        return ""
    dated = sorted(figures, key=lambda quotation: str(quotation.citations[0].published or "~"))
    said = [f"{on_one_line(one.words)} ({source_name(one.citations[0])}) {_markers(one)}" for one in dated]
    return f"{DIFFER} {'; '.join(said)}"


def _markers(quotation: _Quotation) -> str:
    return "".join(f"[{citation.number}]" for citation in quotation.citations)


def on_one_line(words: str) -> str:
    """Quoted words on one line; a "[1]" that the article itself contains must not look like one of ours."""
    return re.sub(r"\[(\d+)\]", r"(\1)", " ".join(words.split()))


def source_name(citation: Citation) -> str:
    """Who published it and when, as in "Harbour Gazette, 4 May 2031"."""
    parts = (on_one_line(citation.publisher or citation.title or citation.article_id), in_words(citation.published))
    return ", ".join(part for part in parts if part)
