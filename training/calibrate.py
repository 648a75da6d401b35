"""Calibrate the reader: from a span's scores to the probability that it answers, and when to answer at all.

Two sources of questions. Those of the calibration articles are read in three ways: on their own context; on the
passages that a search finds among thousands, with the article among them; and the same without it. Those of the
invented seed archive, which is news, are read on what newsdesk's own search finds for them. A logistic regression is
fitted to the surest reading of each, repeatedly, since its weights choose the surest; both sources weigh the same.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from ingest.split import split
from newsdesk.assistant import open_assistant
from newsdesk.reader import Calibration, Scored, SpanReader, load_reader, read_config
from newsdesk.settings import Settings
from newsdesk.types import Article, Message, Question
from training.evaluate import CANDIDATES, RIGHT
from training.metrics import auroc, best, calibration_error, f1, reliability
from training.passages import Pool, Text
from training.records import CALIBRATION, Example, saved, squad_split

OTHERS, ROUNDS = 6000, 6
START = Calibration((1.0, 0.2, 0.2, 0.0, 0.0, 0.0, -0.5), 0.0, 0.5)
STEPS = 99
ARCHIVE = "archive"
"""The kind of the cases that come from the invented seed archive."""
INVENTED = Path("seeds/questions/invented-archive.jsonl")
READ = 24
"""Passages of the archive that are read for one question, as in the chain."""
SPLIT = [*sorted(CALIBRATION), INVENTED.stem]


@dataclass(frozen=True, slots=True)
class Case:
    """One question as read: each span found, the place of its passage in the search, and whether it is right."""

    kind: str
    found: list[tuple[Scored, int, bool]]


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


def case(
    reader: SpanReader, kind: str, question: str, texts: Sequence[Text], answers: Sequence[str], articles: Sequence[str]
) -> Case:
    """Read passages and judge each span by its words and by the passage's coming from a right article."""
    scored = reader.score(question, [(text.title, text.text) for text in texts])
    found = [
        (one, 1 if kind == "context" else place, _right(text, one, answers, articles))
        for place, (text, spans) in enumerate(zip(texts, scored, strict=True), start=1)
        for one in spans
    ]
    return Case(kind, found)


def _right(text: Text, found: Scored, answers: Sequence[str], articles: Sequence[str]) -> bool:
    words = text.text[found.start : found.end]
    return bool(answers) and text.article in articles and best(f1, words, answers) >= RIGHT


def cases(reader: SpanReader, items: Sequence[Example], pool: Pool) -> list[Case]:
    """Every question in its three ways; unanswerable ones have no third."""
    found = []
    for item in items:
        near = pool.nearest(item.question, CANDIDATES)
        found.append(case(reader, "context", item.question, texts_of(item), item.answers, [item.article]))
        found.append(case(reader, "with", item.question, near, item.answers, [item.article]))
        if item.spans:
            away = pool.nearest(item.question, CANDIDATES, without=item.article)
            found.append(case(reader, "without", item.question, away, [], []))
    return found


def archive_cases(reader: SpanReader, home: Path, questions: Path) -> list[Case]:
    """The questions of a set on the seed articles, each with the passages that newsdesk's own search finds."""
    found = []
    with open_assistant(Settings(home=home)) as assistant:
        for line in questions.read_text(encoding="utf-8").splitlines():
            gold = json.loads(line)
            history = tuple(Message(turn["role"], turn["content"]) for turn in gold.get("history") or ())
            asked = assistant.chain.search(Question(gold["question"], history))
            texts = [Text(hit.article_id, hit.title, hit.text) for hit in asked.hits[:READ]]
            answers = gold["answers"] if gold.get("answerable", True) else []
            found.append(case(reader, ARCHIVE, asked.standalone.reading, texts, answers, gold["articles"]))
    return [one for one in found if one.found]


def surest(calibration: Calibration, one: Case) -> tuple[Scored, int, bool]:
    """The span of a case that the calibration trusts most, its passage's place, and whether it is right."""
    return max(one.found, key=lambda found: calibration.logit(found[0], found[1]))


def weights(every: Sequence[Case]) -> list[float]:
    """What each case counts for: the archive's together as much as all others together."""
    ours = sum(one.kind == ARCHIVE for one in every)
    each = (len(every) - ours) / ours if ours else 1.0
    return [each if one.kind == ARCHIVE else 1.0 for one in every]


def fitted(every: Sequence[Case]) -> Calibration:
    """Weights fitted to the surest readings that they themselves choose."""
    calibration = START
    for _ in range(ROUNDS):
        tops = [surest(calibration, one) for one in every]
        features = np.array([(*found.features, math.log(place)) for found, place, _ in tops])
        model = LogisticRegression(C=1.0, max_iter=1000)
        model.fit(features, np.array([right for *_, right in tops]), weights(every))
        fit = tuple(round(float(w), 5) for w in model.coef_[0])
        calibration = Calibration(fit, round(float(model.intercept_[0]), 5), 0.5)
    return calibration


def judged(calibration: Calibration, every: Sequence[Case]) -> tuple[list[float], list[float]]:
    """Confidence of each case's surest reading, and 1.0 where it is right."""
    tops = [surest(calibration, one) for one in every]
    return [calibration.confidence(found, place) for found, place, _ in tops], [float(right) for *_, right in tops]


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
    parser.add_argument("--archive", type=Path, required=True, help="data folder in which the seed articles are")
    parser.add_argument("--questions", type=int, default=300, help="how many questions of the SQuAD split to read")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    items = squad_split(given.data / "training", CALIBRATION)
    items = random.Random(given.seed).sample(items, min(given.questions, len(items)))
    pool = pool_of(items, saved(given.work / "examples.jsonl"), given.seed)
    reader = load_reader(given.model)
    every = [*cases(reader, items, pool), *archive_cases(reader, given.archive, INVENTED)]
    random.Random(given.seed).shuffle(every)
    half = len(every) // 2
    figures = {
        "split": SPLIT,
        "fitted_on_one_half_measured_on_the_other": report(fitted(every[:half]), every[half:]),
        "the_archive_of_that_half": report(fitted(every[:half]), [one for one in every[half:] if one.kind == ARCHIVE]),
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
        "split": SPLIT,
    }  # fmt: skip
    part = folder / "config.json.part"
    part.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    os.replace(part, folder / "config.json")


if __name__ == "__main__":
    main()
