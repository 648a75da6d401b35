"""Measure the reader: SQuAD articles held out by title, NewsQA with and without its articles, and speed."""

from __future__ import annotations

import argparse
import json
import platform
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ingest.split import split
from newsdesk.reader import MODEL_DIR, Scored, SpanReader, load_reader
from newsdesk.types import Article
from training.metrics import auroc, best, calibration_error, exact, f1, reliability
from training.passages import Pool, Text
from training.records import HELD_OUT, Example, read_file, squad_split

RIGHT = 0.5
"""The F1 from which a span counts as right where confidence is judged."""
CANDIDATES = 20
SAMPLE, SAMPLE_SEED = 400, 11


def read_whole(reader: SpanReader, items: Sequence[Example]) -> list[Scored]:
    """Each question read on its whole context."""
    return [reader.score(item.question, [(item.title, item.context)])[0][0] for item in items]


def quick_look(reader: SpanReader, items: Sequence[Example]) -> dict[str, float]:
    """EM and F1 on the answerable of some examples, AUROC of relevance and margin on all; 0 to 1."""
    return span_quality(items, read_whole(reader, items))


def span_quality(items: Sequence[Example], scored: Sequence[Scored]) -> dict[str, float]:
    """EM, F1 and AUROC of examples read on their whole contexts."""
    pairs = list(zip(items, scored, strict=True))
    given = [(item.context[s.start : s.end], item.answers) for item, s in pairs if item.spans]
    found = em_and_f1(given)
    for name in ("relevance", "margin"):
        yes = [getattr(s, name) for item, s in pairs if item.spans]
        no = [getattr(s, name) for item, s in pairs if not item.spans]
        found[f"auroc_{name}"] = round(auroc(yes, no), 4)
    return found


def em_and_f1(given: Sequence[tuple[str, Sequence[str]]]) -> dict[str, float]:
    """Means over pairs of a given answer and its golds."""
    return {
        "em": round(statistics.fmean(best(exact, text, golds) for text, golds in given), 4),
        "f1": round(statistics.fmean(best(f1, text, golds) for text, golds in given), 4),
    }


def surest(reader: SpanReader, question: str, texts: Sequence[Text], ranked: bool = True) -> tuple[str, float]:
    """The span that the reader trusts most among some passages, best first if ``ranked``, and its confidence."""
    scored = reader.score(question, [(text.title, text.text) for text in texts])
    every = [
        (reader.calibration.confidence(one, place if ranked else 1), text.text[one.start : one.end])
        for place, (text, spans) in enumerate(zip(texts, scored, strict=True), start=1)
        for one in spans
    ]
    confidence, words = max(every, key=lambda one: one[0], default=(0.0, ""))
    return words, confidence


def squad(reader: SpanReader, data: Path) -> dict[str, Any]:
    """Articles of the SQuAD development set that took no part in training or calibration."""
    items = squad_split(data / "training", HELD_OUT)
    scored = read_whole(reader, items)
    confidences = [reader.calibration.confidence(s) for s in scored]
    right = [_right(item, s) for item, s in zip(items, scored, strict=True)]
    yes = [c for item, c in zip(items, confidences, strict=True) if item.spans]
    no = [c for item, c in zip(items, confidences, strict=True) if not item.spans]
    return {
        "answerable": len(yes), "unanswerable": len(no), **span_quality(items, scored),
        "auroc_confidence": round(auroc(yes, no), 4),
        "ece": round(calibration_error(confidences, right), 4),
        "reliability": reliability(confidences, right),
    }  # fmt: skip


def _right(item: Example, found: Scored) -> float:
    return float(bool(item.spans) and best(f1, item.context[found.start : found.end], item.answers) >= RIGHT)


def newsqa_articles(data: Path) -> dict[str, list[Text]]:
    """NewsQA's articles cut into passages."""
    articles = {}
    for record in read_file(data / "newsqa" / "corpus.jsonl.gz"):
        article = Article(record["id"], record["text"], record.get("title") or "")
        pieces = split(article)
        articles[article.id] = [Text(article.id, article.title, article.text[p.start : p.end]) for p in pieces]
    return articles


def newsqa(reader: SpanReader, data: Path, sample: int | None = None) -> dict[str, Any]:
    """NewsQA with the gold article given: all of its passages are read, the surest span counts."""
    articles = newsqa_articles(data)
    questions = list(read_file(data / "newsqa" / "questions_all.jsonl.gz"))
    if sample:
        questions = random.Random(SAMPLE_SEED).sample(questions, sample)
    found = [surest(reader, q["question"], articles[q["gold_doc"]], ranked=False) for q in questions]
    pairs = [(text, q["answers"]) for (text, _), q in zip(found, questions, strict=True)]
    right = [float(best(f1, text, golds) >= RIGHT) for text, golds in pairs]
    confidences = [confidence for _, confidence in found]
    return {
        "questions": len(questions), **em_and_f1(pairs),
        "ece": round(calibration_error(confidences, right), 4),
        "auroc_right_or_wrong": round(_auroc_right(confidences, right), 4),
    }  # fmt: skip


def newsqa_open(reader: SpanReader, data: Path) -> dict[str, Any]:
    """The standalone questions on passages found by TF-IDF, with their article among them and without."""
    pool = Pool([text for texts in newsqa_articles(data).values() for text in texts])
    questions = list(read_file(data / "newsqa" / "questions_standalone200.jsonl.gz"))
    asked = [q["question"] for q in questions]
    with_gold = [surest(reader, q, pool.nearest(q, CANDIDATES)) for q in asked]
    without = [
        surest(reader, q, pool.nearest(q, CANDIDATES, without=record["gold_doc"]))
        for q, record in zip(asked, questions, strict=True)
    ]
    pairs = [(text, q["accepted_answers"]) for (text, _), q in zip(with_gold, questions, strict=True)]
    first = [(text, q["answers"]) for (text, _), q in zip(with_gold, questions, strict=True)]
    right = [float(best(f1, text, golds) >= RIGHT) for text, golds in pairs]
    confidences = [c for _, c in with_gold] + [c for _, c in without]
    truth = right + [0.0] * len(without)
    return {
        "questions": len(questions), **em_and_f1(pairs), "f1_first_answer_alone": em_and_f1(first)["f1"],
        "auroc_with_or_without_article": round(auroc([c for _, c in with_gold], [c for _, c in without]), 4),
        "auroc_right_or_wrong": round(_auroc_right(confidences, truth), 4),
        "ece": round(calibration_error(confidences, truth), 4),
        "reliability": reliability(confidences, truth),
        "at_threshold": at_threshold(confidences, truth, len(right), reader.threshold),
    }  # fmt: skip


def at_threshold(
    confidences: Sequence[float], right: Sequence[float], answerable: int, threshold: float
) -> dict[str, float]:
    """What answering from the threshold up does; the first ``answerable`` have their article at hand."""
    answered = [c >= threshold for c in confidences]
    had, lacked = answered[:answerable], answered[answerable:]
    good = sum(a and r == 1 for a, r in zip(had, right, strict=False))
    return {
        "threshold": threshold,
        "answered_with_article": round(sum(had) / len(had), 4),
        "right_of_answered_with_article": round(good / max(sum(had), 1), 4),
        "declined_without_article": round(1 - sum(lacked) / len(lacked), 4),
    }


def _auroc_right(confidences: Sequence[float], right: Sequence[float]) -> float:
    pairs = list(zip(confidences, right, strict=True))
    return auroc([c for c, r in pairs if r], [c for c, r in pairs if not r])


def speed(reader: SpanReader, data: Path) -> dict[str, Any]:
    """Passages a second and milliseconds for 20 passages, medians of several rounds, after a warm-up."""
    pool = Pool([text for texts in list(newsqa_articles(data).values())[:60] for text in texts])
    rounds = []
    for question in ("where did the officials meet", "How many people were killed?", "who won") * 4:
        passages = [(t.title, t.text) for t in pool.nearest(question, CANDIDATES)]
        began = time.perf_counter()
        reader.score(question, passages)
        rounds.append(time.perf_counter() - began)
    median = statistics.median(rounds[2:])
    return {
        "passages": CANDIDATES,
        "milliseconds": round(median * 1000),
        "passages_per_second": round(CANDIDATES / median, 1),
    }


MEASURES: dict[str, Callable[[SpanReader, Path], dict[str, Any]]] = {
    "squad": squad,
    "newsqa": newsqa,
    "newsqa-sample": lambda reader, data: newsqa(reader, data, SAMPLE),
    "newsqa-open": newsqa_open,
    "speed": speed,
}


def main() -> None:
    """``python -m training.evaluate --data DIR``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with training/, newsqa/ …")
    parser.add_argument("--model", type=Path, default=MODEL_DIR, help="folder of the reader to measure")
    parser.add_argument("--measures", nargs="+", choices=list(MEASURES), default=["squad", "newsqa-open"])
    parser.add_argument("--json", type=Path, help="file to add the results to")
    given = parser.parse_args()
    reader = load_reader(given.model)
    results = json.loads(given.json.read_text()) if given.json and given.json.exists() else {}
    results |= {"reader": reader.name, "machine": f"{platform.machine()}, 2 cores, bfloat16"}
    for name in given.measures:
        results[name] = MEASURES[name](reader, given.data)
        print(name, json.dumps(results[name], indent=1), flush=True)
        if given.json:
            given.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
