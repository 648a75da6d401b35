"""What chance may have done to a figure: bootstrap intervals, and the paired test of two runs.

Sources: Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapters 13 and 15; Smucker, Allan &
Carterette, A Comparison of Statistical Significance Tests for Information Retrieval Evaluation (CIKM 2007);
Holm, A Simple Sequentially Rejective Multiple Test Procedure (1979). Seeded, so that two runs agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from newsdesk.evaluate.calibration import Array
from newsdesk.evaluate.metrics import METRICS
from newsdesk.evaluate.table import Table, statistics

RESAMPLES = 2000
_CHUNK = 200
"""Resamples held in memory at a time."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric's value with its 95% interval, and how many questions it was measured on."""

    value: float
    low: float | None
    high: float | None
    n: int


def figures(table: Table, resamples: int = RESAMPLES, seed: int = 0) -> dict[str, Figure]:
    """Every metric that applies, with a percentile bootstrap 95% interval over questions."""
    values = statistics(table, np.ones((1, len(table))))
    drawn = _stack(statistics(table, weights) for weights in _resampled(len(table), resamples, seed))
    counts = _counts(table)
    made = {}
    for name in METRICS:
        if name in values and not np.isnan(value := values[name][0]):
            low, high = _interval(drawn[name]) if name != "latency_max_ms" else (None, None)
            made[name] = Figure(float(value), low, high, counts[name])
    return made


def _counts(table: Table) -> dict[str, int]:
    counts = dict(zip(table.names, (~np.isnan(table.values)).sum(axis=0).tolist(), strict=True))
    told, timed = int((~np.isnan(table.right)).sum()), int((~np.isnan(table.latency)).sum())
    counts |= dict.fromkeys(("auroc", "ece", "aurc"), told)
    counts |= dict.fromkeys(("latency_p50_ms", "latency_p95_ms", "latency_max_ms"), timed)
    counts |= dict.fromkeys(("decline_f1", "auroc_answerable"), len(table))
    counts["decline_precision"] = int(table.declined.sum())
    counts["decline_recall"] = int((1.0 - table.answerable).sum())
    return counts


def _interval(drawn: Array) -> tuple[float | None, float | None]:
    drawn = drawn[~np.isnan(drawn)]
    if not len(drawn):
        return None, None
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def _resampled(size: int, resamples: int, seed: int) -> Iterator[Array]:
    """How often each question is drawn, in chunks of resamples × questions."""
    random = np.random.default_rng(seed)
    for begin in range(0, resamples, _CHUNK):
        rows = min(_CHUNK, resamples - begin)
        drawn = random.integers(0, size, (rows, size)) + np.arange(rows)[:, None] * size
        yield np.bincount(drawn.ravel(), minlength=rows * size).reshape(rows, size).astype(np.float64)


def _stack(parts: Iterable[dict[str, Array]]) -> dict[str, Array]:
    collected = list(parts)
    return {name: np.concatenate([part[name] for part in collected]) for name in collected[0]}


@dataclass(frozen=True, slots=True)
class Difference:
    """A metric in an earlier and a later run over the same questions.

    ``p`` is the chance of a difference at least this large, were it chance alone which run gave which
    of a question's two answers; ``low`` and ``high`` are the difference's bootstrap 95% interval.
    """

    before: float
    after: float
    low: float | None
    high: float | None
    p: float


def differences(before: Table, after: Table, resamples: int = RESAMPLES, seed: int = 0) -> dict[str, Difference]:
    """Paired bootstrap and paired randomisation of every metric; row by row the same questions."""
    size = len(before)
    both = before.above(after)

    def split(make: Callable[[Array], tuple[Array, Array]], weights: Iterable[Array]) -> dict[str, Array]:
        parts = []
        for chunk in weights:
            early, late = (statistics(both, side) for side in make(chunk))
            parts.append({name: late[name] - early[name] for name in early})
        return _stack(parts)

    def apart(weights: Array) -> tuple[Array, Array]:
        nothing = np.zeros_like(weights)
        return np.hstack([weights, nothing]), np.hstack([nothing, weights])

    def swapped(keep: Array) -> tuple[Array, Array]:
        return np.hstack([keep, 1.0 - keep]), np.hstack([1.0 - keep, keep])

    early, late = statistics(before, np.ones((1, size))), statistics(after, np.ones((1, size)))
    drawn = split(apart, _resampled(size, resamples, seed))
    mixed = split(swapped, _coins(size, resamples, seed))
    made = {}
    for name in METRICS:
        if name in early and not np.isnan(early[name][0]) and not np.isnan(late[name][0]):
            seen = float(late[name][0] - early[name][0])
            chance = mixed[name][~np.isnan(mixed[name])]
            larger = int((np.abs(chance) >= abs(seen) - 1e-12).sum())
            low, high = _interval(drawn[name])
            p = (larger + 1) / (len(chance) + 1)
            made[name] = Difference(float(early[name][0]), float(late[name][0]), low, high, p)
    return made


def _coins(size: int, resamples: int, seed: int) -> Iterator[Array]:
    random = np.random.default_rng(seed)
    for begin in range(0, resamples, _CHUNK):
        rows = min(_CHUNK, resamples - begin)
        yield random.integers(0, 2, (rows, size)).astype(np.float64)


def holm(values: Sequence[float]) -> list[float]:
    """The p values corrected for being several (Holm 1979), in the order given."""
    order = sorted(range(len(values)), key=values.__getitem__)
    corrected, most = [0.0] * len(values), 0.0
    for place, index in enumerate(order):
        most = max(most, min(1.0, values[index] * (len(values) - place)))
        corrected[index] = most
    return corrected
