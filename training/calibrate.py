"""Calibrate the reader: from a span's scores to the probability that it answers, and when to answer at all.

The questions are those of the calibration articles. Each is read in three ways: on its own context; on the
passages that a search finds among thousands, with its article among them; and the same without its article.
A logistic regression is fitted to the surest reading of each, repeatedly, since its weights choose the surest.
"""

from __future__ import annotations

import argparse
import json
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from ingest.split import split
from newsdesk.reader import Calibration, Scored, SpanReader, load_reader, read_config
from newsdesk.types import Article
from training.evaluate import CANDIDATES, RIGHT
from training.metrics import auroc, best, calibration_error, f1, reliability
from training.passages import Pool, Text
from training.records import CALIBRATION, Example, saved, squad_split

OTHERS, ROUNDS = 6000, 6
START = Calibration((1.0, 0.2, 0.2, 0.0, 0.0, 0.0), 0.0, 0.5)
STEPS = 99


@dataclass(frozen=True, slots=True)
class Case:
    """One question read on some passages: what was found in each, and whether that is right."""

    kind: str
    found: list[Scored]
    right: list[bool]


def pool_of(items: Sequence[Example], others: Sequence[Example], seed: int) -> Pool:
    """Passages of the calibration articles among those of other contexts."""
    contexts = {item.context: item for item in items}
    rest = {item.context: item for item in others if item.title}
    chosen = random.Random(seed).sample(sorted(rest), min(OTHERS, len(rest)))
    return Pool([text for item in [*contexts.values(), *(rest[c] for c in chosen)] for text in texts_of(item)])


def texts_of(item: Example) -> list[Text]:
    """The passages of an example's context."""
    pieces = split(Article(item.article, item.context))
    return [Text(item.article, item.title, item.context[piece.start : piece.end]) for piece in pieces]


def case(reader: SpanReader, kind: str, item: Example, texts: Sequence[Text]) -> Case:
    """Read passages and judge each span by its words and by the passage's coming from the right article."""
    found = reader.score(item.question, [(text.title, text.text) for text in texts])
    right = [
        bool(item.spans) and text.article == item.article
        and best(f1, text.text[s.start : s.end], item.answers) >= RIGHT
        for text, s in zip(texts, found, strict=True)
    ]  # fmt: skip
    return Case(kind, found, right)


def cases(reader: SpanReader, items: Sequence[Example], pool: Pool) -> list[Case]:
    """Every question in its three ways; unanswerable ones have no third."""
    found = []
    for item in items:
        found.append(case(reader, "context", item, texts_of(item)))
        found.append(case(reader, "with", item, pool.nearest(item.question, CANDIDATES)))
        if item.spans:
            away = pool.nearest(item.question, CANDIDATES, without=item.article)
            found.append(case(reader, "without", item, away))
    return found


def surest(calibration: Calibration, one: Case) -> tuple[Scored, bool]:
    """The reading of a case that the calibration trusts most, and whether it is right."""
    place = max(range(len(one.found)), key=lambda i: calibration.logit(one.found[i]))
    return one.found[place], one.right[place]


def fitted(every: Sequence[Case]) -> Calibration:
    """Weights fitted to the surest readings that they themselves choose."""
    calibration = START
    for _ in range(ROUNDS):
        tops = [surest(calibration, one) for one in every]
        model = LogisticRegression(C=1.0, max_iter=1000)
        model.fit(np.array([s.features for s, _ in tops]), np.array([right for _, right in tops]))
        weights = tuple(round(float(w), 5) for w in model.coef_[0])
        calibration = Calibration(weights, round(float(model.intercept_[0]), 5), 0.5)
    return calibration


def judged(calibration: Calibration, every: Sequence[Case]) -> tuple[list[float], list[float]]:
    """Confidence of each case's surest reading, and 1.0 where it is right."""
    tops = [surest(calibration, one) for one in every]
    return [calibration.confidence(s) for s, _ in tops], [float(right) for _, right in tops]


def threshold(confidences: Sequence[float], right: Sequence[float]) -> float:
    """Where wrong answers (of what is not right) and wrong refusals (of what is) weigh the same and least."""
    given, truth = np.array(confidences), np.array(right) == 1

    def cost(limit: float) -> float:
        return float((given[~truth] >= limit).mean() + (given[truth] < limit).mean())

    return min((step / (STEPS + 1) for step in range(1, STEPS + 1)), key=cost)


def report(calibration: Calibration, every: Sequence[Case]) -> dict[str, Any]:
    """Figures of the calibration on a list of cases."""
    confidences, right = judged(calibration, every)
    pairs = list(zip(confidences, right, strict=True))
    return {
        "cases": len(every),
        "right": round(sum(right) / len(right), 4),
        "ece": round(calibration_error(confidences, right), 4),
        "auroc_right_or_wrong": round(auroc([c for c, r in pairs if r], [c for c, r in pairs if not r]), 4),
        "reliability": reliability(confidences, right),
    }


def main() -> None:
    """``python -m training.calibrate --data DIR --work DIR --model DIR``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with training/, newsqa/ …")
    parser.add_argument("--work", type=Path, required=True, help="what training.prepare wrote")
    parser.add_argument("--model", type=Path, required=True, help="the reader; its config.json is rewritten")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--questions", type=int, default=400, help="how many questions of the split to read")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    items = squad_split(given.data / "training", CALIBRATION)
    items = random.Random(given.seed).sample(items, min(given.questions, len(items)))
    pool = pool_of(items, saved(given.work / "examples.jsonl"), given.seed)
    every = cases(load_reader(given.model), items, pool)
    random.Random(given.seed).shuffle(every)
    half = len(every) // 2
    figures = {
        "split": sorted(CALIBRATION),
        "fitted_on_one_half_measured_on_the_other": report(fitted(every[:half]), every[half:]),
    }
    calibration = fitted(every)
    limit = threshold(*judged(calibration, every))
    write(given.model, calibration, limit)
    print(json.dumps(figures, indent=1), calibration, limit)
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n")


def write(folder: Path, calibration: Calibration, limit: float) -> None:
    """Put the calibration into the model's ``config.json``."""
    config = read_config(folder)
    config["calibration"] = {
        "weights": list(calibration.weights), "bias": calibration.bias, "threshold": limit,
        "split": sorted(CALIBRATION),
    }  # fmt: skip
    part = folder / "config.json.part"
    part.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    os.replace(part, folder / "config.json")


if __name__ == "__main__":
    main()
