"""Prepare training: choose the examples and find, for each, contexts that look right and lack the answer."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

from training.metrics import normalise
from training.records import Example, save, training_examples

NEIGHBOURS = 6
CHUNK = 512


def main() -> None:
    """``python -m training.prepare --data DIR --work DIR``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with training/, newsqa/ …")
    parser.add_argument("--work", type=Path, required=True, help="where to put what is prepared")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    examples = training_examples(given.data / "training", given.seed)
    save(examples, given.work / "examples.jsonl")
    contexts = sorted({item.context for item in examples})
    found = lexical_neighbours(examples, contexts)
    (given.work / "neighbours.json").write_text(json.dumps({"contexts": contexts, "of": found}))
    sources = [item.source for item in examples]
    for source in sorted(set(sources)):
        print(f"{source:24} {sources.count(source):6}")
    print(f"{len(examples)} examples, {len(contexts)} contexts")


def lexical_neighbours(examples: Sequence[Example], contexts: Sequence[str]) -> list[list[int]]:
    """For each question the contexts nearest by TF-IDF that do not hold its answers' words, nearest first."""
    vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english", dtype=np.float32)
    matrix = vectorizer.fit_transform(contexts).T.tocsr()
    normal = [f" {normalise(context)} " for context in contexts]
    found: list[list[int]] = []
    for at in range(0, len(examples), CHUNK):
        some = examples[at : at + CHUNK]
        scores = (vectorizer.transform([item.question for item in some]) @ matrix).toarray()
        for item, row in zip(some, _top(scores, 24), strict=True):
            found.append(_lacking(item, row.tolist(), contexts, normal))
    return found


def _top(scores: np.ndarray, count: int) -> np.ndarray:
    """Column numbers of each row's highest scores, highest first."""
    some = np.argpartition(-scores, count, axis=1)[:, :count]
    order = np.argsort(-np.take_along_axis(scores, some, axis=1), axis=1)
    return np.take_along_axis(some, order, axis=1)


def _lacking(item: Example, near: list[int], contexts: Sequence[str], normal: Sequence[str]) -> list[int]:
    answers = [f" {normalise(answer)} " for answer in item.answers]
    lacking = [i for i in near if contexts[i] != item.context and not any(answer in normal[i] for answer in answers)]
    return lacking[:NEIGHBOURS]


if __name__ == "__main__":
    main()
