"""The numbers of a run as columns, and every metric as a function of weights over its questions.

A bootstrap resample is a vector of counts of questions, and a permutation of two runs puts each question's
weight on one run or the other; so the same functions, each over a matrix of weights (resamples ×
questions), give a metric's value, its interval and the paired test.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsdesk.evaluate.calibration import Array, aurc, auroc, ece, quantile, ratio
from newsdesk.evaluate.metrics import METRICS
from newsdesk.evaluate.records import Record


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a run, a row for each question; NaN where a figure does not apply."""

    names: tuple[str, ...]
    values: Array
    """questions × names: the metrics that every question has of its own."""
    answerable: Array
    answered: Array
    declined: Array
    right: Array
    """1 or 0 where an answer was given and can be told right or wrong, else NaN."""
    confidence: Array
    latency: Array

    def __len__(self) -> int:
        return len(self.answerable)

    def rows(self, chosen: NDArray[np.intp]) -> Table:
        """The table of some of the questions."""
        columns = (self.answerable, self.answered, self.declined, self.right, self.confidence, self.latency)
        return Table(self.names, self.values[chosen], *(column[chosen] for column in columns))

    def above(self, other: Table) -> Table:
        """This table's rows followed by the other's."""
        mine = (self.answerable, self.answered, self.declined, self.right, self.confidence, self.latency)
        theirs = (
            other.answerable,
            other.answered,
            other.declined,
            other.right,
            other.confidence,
            other.latency,
        )
        columns = [np.concatenate(pair) for pair in zip(mine, theirs, strict=True)]
        return Table(self.names, np.concatenate([self.values, other.values]), *columns)


def table(records: Iterable[Record]) -> Table:
    """The numbers of a run's records."""
    names = tuple(name for name, metric in METRICS.items() if metric.per_question)
    values: list[list[float]] = []
    others: list[tuple[float, ...]] = []
    for record in records:
        scores = record["scores"]
        values.append([_number(scores.get(name)) for name in names])
        others.append(_row(record))
    columns = np.array(others, dtype=np.float64).reshape(-1, 6).T
    return Table(names, np.array(values, dtype=np.float64).reshape(-1, len(names)), *columns)


def _row(record: Record) -> tuple[float, ...]:
    answered, failed = record["answered"], record["error"] is not None
    right = record["scores"].get("correct") if record["answerable"] else 0.0
    return (
        float(record["answerable"]),
        float(answered),
        float(not answered and not failed),
        _number(right) if answered else np.nan,
        record["confidence"],
        np.nan if failed else _number(latency(record)),
    )


def latency(record: Record) -> float | None:
    """The milliseconds of a question: its ``total``, or without one the sum of its stages."""
    timings = record["timings_ms"]
    return timings.get("total", sum(timings.values())) if timings else None


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def statistics(table: Table, weights: Array) -> dict[str, Array]:
    """Every metric under each row of ``weights`` (resamples × questions): name → values, NaN if none."""
    known = ~np.isnan(table.values)
    sums = weights @ np.where(known, table.values, 0.0)
    means = ratio(sums, weights @ known.astype(np.float64))
    figures = {name: means[:, place] for place, name in enumerate(table.names)}
    figures |= _declining(table, weights)
    told = np.flatnonzero(~np.isnan(table.right))
    sure, right, part = table.confidence[told], table.right[told], weights[:, told]
    figures["auroc"] = auroc(sure, right, part)
    figures["auroc_answerable"] = auroc(table.confidence, table.answerable, weights)
    figures["ece"] = ece(sure, right, part)
    figures["aurc"] = aurc(sure, right, part)
    timed = np.flatnonzero(~np.isnan(table.latency))
    for name, share in (("latency_p50_ms", 0.5), ("latency_p95_ms", 0.95), ("latency_max_ms", 1.0)):
        figures[name] = quantile(table.latency[timed], share, weights[:, timed])
    return figures


def _declining(table: Table, weights: Array) -> dict[str, Array]:
    """Precision, recall and F1 of declining; none of them where every question has an answer."""
    without = 1.0 - table.answerable
    asked = weights @ without
    rightly, declined = weights @ (table.declined * without), weights @ table.declined
    measurable = np.where(asked > 0, 1.0, np.nan)
    return {
        "decline_precision": ratio(rightly, declined) * measurable,
        "decline_recall": ratio(rightly, asked),
        "decline_f1": ratio(2 * rightly, declined + asked) * measurable,
    }
