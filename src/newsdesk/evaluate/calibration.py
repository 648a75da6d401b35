"""How far confidence can be trusted: AUROC, ECE, the risk-coverage curve; and weighted quantiles.

Each takes a matrix of weights (resamples × questions) and gives a value for each row, NaN where none can
be told. Pure numpy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BINS = 10


def ratio(above: Array, below: Array) -> Array:
    """``above / below``, NaN where there is nothing to divide by."""
    quotient: Array = np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
    return quotient


def auroc(score: Array, label: Array, weights: Array) -> Array:
    """The chance that a positive scores above a negative, ties half (Hanley & McNeil 1982); higher is better."""
    order, starts = _groups(score)
    positive = _grouped(weights * label, order, starts)
    negative = _grouped(weights * (1.0 - label), order, starts)
    below = np.cumsum(negative, axis=1) - negative
    wins = (positive * (below + negative / 2)).sum(axis=1)
    return ratio(wins, positive.sum(axis=1) * negative.sum(axis=1))


def ece(confidence: Array, right: Array, weights: Array) -> Array:
    """Expected calibration error over ten equal bins (Guo et al. 2017); 0 to 1, lower is better."""
    bins = np.eye(BINS)[np.clip((confidence * BINS).astype(int), 0, BINS - 1)]
    gaps = np.abs(weights @ (bins * (right - confidence)[:, None])).sum(axis=1)
    return ratio(gaps, weights.sum(axis=1))


def aurc(confidence: Array, right: Array, weights: Array) -> Array:
    """The mean of the risk over all coverages (Geifman & El-Yaniv 2017); 0 to 1, lower is better.

    Risk is the share of wrong among the surest; equal confidences are covered together.
    """
    order, starts = _groups(-confidence)
    size = _grouped(weights, order, starts)
    wrong = np.cumsum(_grouped(weights * (1.0 - right), order, starts), axis=1)
    risk = np.nan_to_num(ratio(wrong, np.cumsum(size, axis=1)))
    return ratio((size * risk).sum(axis=1), size.sum(axis=1))


def quantile(values: Array, share: float, weights: Array) -> Array:
    """The least value that at least ``share`` of the weight does not exceed."""
    if not len(values):
        return np.full(len(weights), np.nan)
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[:, order], axis=1)
    total = reached[:, -1:]
    places = (reached >= share * total - 1e-9).argmax(axis=1)
    return np.where(total[:, 0] > 0, values[order][places], np.nan)


def _groups(score: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The rising order of scores, and where each distinct score begins in it."""
    order = np.argsort(score, kind="stable")
    ranked = score[order]
    starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]])) if len(ranked) else order
    return order, starts


def _grouped(weights: Array, order: NDArray[np.intp], starts: NDArray[np.intp]) -> Array:
    if not len(order):
        return np.zeros((len(weights), 0))
    sums: Array = np.add.reduceat(weights[:, order], starts, axis=1)
    return sums


def reliability(confidence: Array, right: Array) -> list[dict[str, float]]:
    """The bins of the reliability diagram that hold a question: mean confidence, share right, count."""
    places = np.clip((confidence * BINS).astype(int), 0, BINS - 1)
    return [
        {
            "confidence": float(confidence[places == place].mean()),
            "right": float(right[places == place].mean()),
            "n": int((places == place).sum()),
        }
        for place in range(BINS)
        if (places == place).any()
    ]


def risk_coverage(confidence: Array, right: Array, points: int = 100) -> list[dict[str, float]]:
    """The curve of risk by coverage of the answered questions, surest first, thinned to ``points``."""
    if not len(confidence):
        return []
    order, starts = _groups(-confidence)
    ends = np.append(starts[1:], len(confidence))
    risk = np.cumsum(1.0 - right[order])[ends - 1] / ends
    kept = np.unique(np.linspace(0, len(ends) - 1, min(points, len(ends))).astype(int))
    return [{"coverage": float(ends[i] / len(confidence)), "risk": float(risk[i])} for i in kept]
