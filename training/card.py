"""Write the model card beside the weights, with the figures that were measured."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from newsdesk.reader import read_config
from training.export import digest
from training.records import CALIBRATION, HELD_OUT

CARD = """# {name}

A small reader: question and passage in, the answer's span, the passage's relevance and a calibrated confidence out.
It ships with newsdesk and runs on a CPU without any network. English only.

| | |
|---|---|
| architecture | BERT encoder, 6 layers, 384 wide, 12 heads, 22.7 million weights; heads for span and relevance |
| starts from | sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), word embeddings left as they are |
| file | `model.safetensors`, half precision, {size:.1f} MB, sha256 `{sha}` |
| input | `[CLS] question [SEP] title. passage [SEP]`, passages of at most 800 characters as newsdesk cuts them |
| licence | the project's; the licences of what it was trained on are below |

## Data

| set | examples | licence |
|---|---|---|
| SQuAD 1.1, part of the training set | 14,953 | CC BY-SA 4.0 |
| SQuAD 1.1 and 2.0, part of the development set, by article | 5,151, of them 1,288 unanswerable | CC BY-SA 4.0 |
| Natural Questions with QED annotation | 8,356 | Wikipedia text CC BY-SA 3.0; QED by Google Research |
| NQ-open, spans found by matching | 1,744 | Wikipedia text CC BY-SA 3.0; MIT |
| QAMR (Wikinews and Wikipedia), thinned | 9,489, of them 2,500 unanswerable | MIT |
| QADiscourse, a sample, for relevance only | 2,500 | CC BY 4.0 |
| TimeQA | 1,964 | BSD-3-Clause |
| OneStopQA, for relevance only | 1,458 | CC BY-SA 4.0 |

Negatives: the same context's other passages, passages without the sentence that answers, other contexts of the
article, the nearest contexts by TF-IDF that lack the answer; unanswerable twins of questions with one detail changed.
Splits are by article: {held} articles of SQuAD's development set are only reported on, {calibration} calibrate.
NewsQA and RealTimeQA took no part in its training, its calibration or any choice about it.

## Training

{training}

## Figures

Measured by `python -m training.evaluate`; F1 and EM with SQuAD's normalisation, 0 to 1, higher is better.

{figures}

Confidence is a logistic regression on the reader's scores and on how much of the question the passage covers, fitted
on the surest readings for two sources of questions that weigh the same: those on the calibration articles ({split}),
each read on its own context, on 20 passages found with its article among them, and on 20 without it; and those on the
invented seed archive, which is news, each read on what newsdesk's own search finds. The place of a passage in the
search counts too. A span counts as right from F1 0.5. Fitted on one half and measured on the other: ECE {ece},
AUROC {auroc} of right against wrong.
The threshold, {threshold}, is where the share of wrong answers and the share of wrong refusals add up to least there.

## Limits

- Answers are spans of one sentence, at most 30 tokens. No counting, no yes or no, no reasoning over several passages.
- Questions whose detail almost fits (SQuAD 2.0's unanswerable ones) are still often answered.
- Trained on encyclopedia and Wikinews text; other languages and very informal text are read badly.
- Confidence was calibrated on encyclopedia articles and invented news; on real news it may be off (see the figures).
"""


def main() -> None:
    """``python -m training.card --model DIR``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the reader's folder")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results")
    given = parser.parse_args()
    evaluation, calibration = (_json(given.results / f"{name}.json") for name in ("evaluation", "calibration"))
    training = (given.results / "training.md").read_text(encoding="utf-8")
    text = card(given.model, evaluation, calibration, training)
    (given.model / "MODEL_CARD.md").write_text(text, encoding="utf-8")


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def card(model: Path, evaluation: dict[str, Any], calibration: dict[str, Any], training: str) -> str:
    """The model card's text."""
    weights = model / "model.safetensors"
    config = read_config(model)
    halves = calibration.get("fitted_on_one_half_measured_on_the_other", {})
    return CARD.format(
        name=config["name"], size=weights.stat().st_size / 1e6, sha=digest(weights), training=training.strip(),
        figures=figures(evaluation), held=len(HELD_OUT), calibration=len(CALIBRATION),
        split=", ".join(title.replace("_", " ") for title in sorted(CALIBRATION)),
        ece=halves.get("ece"), auroc=halves.get("auroc_right_or_wrong"),
        threshold=config["calibration"]["threshold"],
    )  # fmt: skip


def figures(evaluation: dict[str, Any]) -> str:
    """A table of the measures that are there."""
    rows = ["| measure | figures |", "|---|---|"]
    for name, measured in evaluation.items():
        if isinstance(measured, dict):
            plain = {k: v for k, v in measured.items() if isinstance(v, int | float)}
            plain |= measured.get("at_threshold", {})
            rows.append(f"| {name} | {', '.join(f'{k} {v}' for k, v in plain.items())} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
