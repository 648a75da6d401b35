"""SQuAD's exact match and F1, and how well a score tells right from wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from newsdesk.evaluate.answers import best, exact, f1, normalise

__all__ = ["auroc", "best", "calibration_error", "exact", "f1", "normalise", "reliability"]


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """How often a positive scores above a negative (ties count half); 1 is perfect, 0.5 is chance."""
    scores = np.concatenate([np.asarray(positives), np.asarray(negatives)])
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    most = len(positives) * len(negatives)
    return float((ranks[: len(positives)].sum() - len(positives) * (len(positives) + 1) / 2) / most)


def reliability(confidences: Sequence[float], right: Sequence[float], bins: int = 10) -> list[dict[str, float]]:
    """For each bin of confidence: how many, mean confidence, share that was right."""
    which = np.minimum((np.asarray(confidences) * bins).astype(int), bins - 1)
    rows = []
    for number in range(bins):
        inside = which == number
        if inside.any():
            rows.append(
                {
                    "from": number / bins,
                    "count": int(inside.sum()),
                    "confidence": round(float(np.asarray(confidences)[inside].mean()), 4),
                    "right": round(float(np.asarray(right)[inside].mean()), 4),
                }
            )
    return rows


def calibration_error(confidences: Sequence[float], right: Sequence[float], bins: int = 10) -> float:
    """Expected calibration error: mean distance of confidence and share right over bins; lower is better."""
    rows = reliability(confidences, right, bins)
    return sum(row["count"] * abs(row["confidence"] - row["right"]) for row in rows) / max(len(right), 1)
