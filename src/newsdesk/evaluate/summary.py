"""Tables and curves of a run beyond its metrics: latency by stage, the points of the plots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from newsdesk.evaluate.calibration import Array, quantile, reliability, risk_coverage
from newsdesk.evaluate.records import Record
from newsdesk.evaluate.retrieval import CUTOFFS
from newsdesk.evaluate.table import Table, statistics


def stages(records: Sequence[Record]) -> dict[str, dict[str, float]]:
    """The median, 95th percentile and maximum of each stage's milliseconds."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    for record in records:
        for stage, ms in record["timings_ms"].items():
            times[stage].append(ms)
    return {stage: _spread(np.array(values)) for stage, values in times.items()}


def _spread(values: Array) -> dict[str, float]:
    weights = np.ones((1, len(values)))
    shares = (("p50", 0.5), ("p95", 0.95), ("max", 1.0))
    return {name: float(quantile(values, share, weights)[0]) for name, share in shares} | {"n": len(values)}


def curves(table: Table) -> dict[str, list[dict[str, float]]]:
    """The points of recall by k, reliability, risk by coverage, and the histogram of latency."""
    values = statistics(table, np.ones((1, len(table))))
    told = ~np.isnan(table.right)
    return {
        "recall": [_recall(values, k) for k in CUTOFFS if not np.isnan(values[f"recall@{k}"][0])],
        "reliability": reliability(table.confidence[told], table.right[told]),
        "risk_coverage": risk_coverage(table.confidence[told], table.right[told]),
        "latency": _histogram(table.latency[~np.isnan(table.latency)]),
    }


def _recall(values: dict[str, Array], k: int) -> dict[str, float]:
    point = {"k": float(k), "articles": float(values[f"recall@{k}"][0])}
    if not np.isnan(passages := values[f"passage_recall@{k}"][0]):
        point["passages"] = float(passages)
    return point


def _histogram(times: Array, bins: int = 24) -> list[dict[str, float]]:
    """Counts over equal bins from 0 to the 99th percentile; what is slower falls into the last."""
    if not len(times):
        return []
    end = float(np.quantile(times, 0.99)) or 1.0
    counts, edges = np.histogram(np.minimum(times, end), bins=bins, range=(0.0, end))
    return [{"from": float(edges[i]), "to": float(edges[i + 1]), "n": int(count)} for i, count in enumerate(counts)]
