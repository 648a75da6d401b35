"""What one answer is worth: a question's record, with every figure that can be told from it alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from newsdesk.errors import NotFound
from newsdesk.evaluate import answers, evidence, retrieval
from newsdesk.evaluate.evidence import Lookup
from newsdesk.evaluate.outcomes import outcome
from newsdesk.evaluate.questions import Archive, GoldQuestion
from newsdesk.evaluate.records import CitationRecord, Record, blank
from newsdesk.types import Answer

SHOWN = 10
"""Passages kept with their text; of the rest of the ranking only the articles' ids are kept."""
RIGHT_F1 = 0.5
"""F1 from which an answer counts as correct."""

Judge = Callable[[GoldQuestion, str], bool | None]
"""Whether an answer is right in the eyes of a chat model; None if it did not say."""


def score(
    golds: Sequence[GoldQuestion],
    given: Sequence[Answer | Exception],
    archive: Archive,
    judge: Judge | None = None,
) -> list[Record]:
    """The records of questions and what the chain gave for each: an answer, or the error it raised."""
    lookup = _lookup(archive)
    given = [_sound(answer) for answer in given]
    records = [
        _failed(gold, answer) if isinstance(answer, Exception) else _record(gold, answer, lookup)
        for gold, answer in zip(golds, given, strict=True)
    ]
    _rank(golds, given, records, lookup)
    for gold, record in zip(golds, records, strict=True):
        if judge is not None and gold.answerable and gold.answers:
            verdict = judge(gold, answers.plain(record["answer"])) if record["answered"] else False
            record["scores"]["judged"] = None if verdict is None else float(verdict)
        record["outcome"] = outcome(record)
    return records


def _sound(answer: Answer | Exception) -> Answer | Exception:
    """An answer whose confidence cannot be one is as good as an error: no figure could be trusted."""
    if isinstance(answer, Answer) and not 0.0 <= answer.confidence <= 1.0:
        return ValueError(f"a confidence of {answer.confidence} lies outside of 0 to 1")
    return answer


def _lookup(archive: Archive) -> Lookup:
    @lru_cache(maxsize=64)
    def text(article: str) -> str | None:
        try:
            return archive.article(article).text
        except NotFound:
            return None

    return text


def _failed(gold: GoldQuestion, error: Exception) -> Record:
    """A question that raised: it counts as wrong wherever an answer would have counted."""
    record = blank(gold)
    record["error"] = f"{type(error).__name__}: {error}"
    record["scores"] = _answer_scores(gold, None) | _citation_scores(gold, None, [])
    return record


def _record(gold: GoldQuestion, answer: Answer, lookup: Lookup) -> Record:
    record = blank(gold)
    citations = [evidence.citation(gold, citation, lookup) for citation in answer.citations]
    record["standalone_question"] = answer.standalone_question
    record["answered"] = answer.answered
    record["answer"] = answer.answer
    record["short_answer"] = answer.short_answer
    record["confidence"] = float(answer.confidence)
    record["engine"] = answer.engine
    record["citations"] = citations
    record["retrieved"] = [evidence.passage(gold, hit, lookup) for hit in answer.passages[:SHOWN]]
    record["ranking"] = retrieval.distinct([hit.article_id for hit in answer.passages])
    record["timings_ms"] = {stage: round(float(ms), 3) for stage, ms in answer.timings_ms.items()}
    record["scores"] = _answer_scores(gold, answer) | _citation_scores(gold, answer, citations)
    return record


def said(answer: Answer) -> str:
    """What is compared with the gold answers: the short answer, or without one the text unmarked."""
    return answer.short_answer if answer.short_answer is not None else answers.plain(answer.answer)


def _answer_scores(gold: GoldQuestion, answer: Answer | None) -> dict[str, float | None]:
    scores: dict[str, float | None] = {}
    if gold.answerable and gold.answers:
        scores |= {"correct": 0.0, "em": 0.0, "f1": 0.0, "contains": 0.0}
        if answer is not None and answer.answered:
            words, golds = said(answer), gold.answers
            scores["em"] = answers.best(answers.exact, words, golds)
            scores["f1"] = answers.best(answers.f1, words, golds)
            scores["contains"] = answers.best(answers.contains, answers.plain(answer.answer), golds)
            near = (scores["f1"] or 0.0) >= RIGHT_F1
            scores["correct"] = float(near or answers.best(answers.contains, words, golds) > 0)
    if gold.standalone and gold.history:
        scores["rewrite_f1"] = answers.f1(answer.standalone_question, gold.standalone) if answer else 0.0
    return scores


def _citation_scores(
    gold: GoldQuestion, answer: Answer | None, citations: Sequence[CitationRecord]
) -> dict[str, float | None]:
    scores: dict[str, float | None] = {}
    if citations:
        scores["citation_valid"] = _mean([citation["holds"] for citation in citations])
    if answer is not None and answer.answered:
        numbers = [citation["number"] for citation in citations]
        scores["citation_coverage"] = answers.cited_share(answer.answer, numbers, answer.short_answer)
    if gold.answerable and gold.articles:
        cited = {citation["article_id"] for citation in citations}
        right = cited & set(gold.articles)
        scores["citation_recall"] = len(right) / len(gold.articles)
        if cited:
            scores["citation_article_precision"] = len(right) / len(cited)
    if gold.answerable and citations and (gold.evidence or gold.answers):
        scores["citation_quote_precision"] = _mean([citation["supports"] for citation in citations])
    return scores


def _mean(truths: Sequence[bool]) -> float:
    return sum(truths) / len(truths)


def _rank(
    golds: Sequence[GoldQuestion],
    given: Sequence[Answer | Exception],
    records: Sequence[Record],
    lookup: Lookup,
) -> None:
    """Add the retrieval scores, by article and by passage, of all questions that have such gold."""
    pairs = list(zip(golds, given, records, strict=True))
    articles = {gold.id: gold.articles for gold in golds if gold.answerable and gold.articles}
    by_article = retrieval.measure(articles, {record["id"]: record["ranking"] for record in records})
    units = {gold.id: evidence.units(gold) for gold in golds if evidence.units(gold)}
    ranked = {
        gold.id: evidence.ranking(gold, answer, lookup) for gold, answer, _ in pairs if isinstance(answer, Answer)
    }
    by_passage = retrieval.measure(units, ranked)
    for gold, _, record in pairs:
        record["scores"] |= by_article.get(gold.id, {})
        record["scores"] |= {f"passage_{name}": value for name, value in by_passage.get(gold.id, {}).items()}
