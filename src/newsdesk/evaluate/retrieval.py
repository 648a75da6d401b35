"""Measures of a ranking. The only file that knows ir-measures, which computes them as trec_eval does.

Definitions: <https://ir-measur.es/en/latest/measures.html>; 0 to 1, higher is better, for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

CUTOFFS = (1, 3, 5, 10, 20, 50)
NAMES = (
    *(f"recall@{k}" for k in CUTOFFS),
    *(f"hit@{k}" for k in CUTOFFS),
    "mrr@10",
    "ndcg@10",
    "map",
)


def distinct(items: Sequence[str]) -> list[str]:
    """The items in order, each at its first place: a ranking of passages as one of articles."""
    return list(dict.fromkeys(items))


def measure(
    gold: Mapping[str, Sequence[str]],
    ranked: Mapping[str, Sequence[str]],
    cutoffs: Sequence[int] = CUTOFFS,
) -> dict[str, dict[str, float]]:
    """The measures of each ranking: question → name → value, for all questions in ``gold``.

    ``gold`` holds the relevant things (at least one), ``ranked`` what was found, best first and each
    thing once; a question that is not in it found nothing.
    """
    if not gold:
        return {}
    import ir_measures
    from ir_measures import AP, RR, R, Success, nDCG

    measures = {R @ k: f"recall@{k}" for k in cutoffs} | {Success @ k: f"hit@{k}" for k in cutoffs}
    measures |= {RR @ 10: "mrr@10", nDCG @ 10: "ndcg@10", AP: "map"}
    judged = {name: dict.fromkeys(relevant, 1) for name, relevant in gold.items()}
    # trec_eval orders by score; falling scores keep the order given.
    scored = {
        name: {item: float(len(items) - place) for place, item in enumerate(items)}
        for name, items in ranked.items()
        if name in gold
    }
    values = {name: dict.fromkeys(measures.values(), 0.0) for name in gold}
    for value in ir_measures.iter_calc(list(measures), judged, scored):
        values[value.query_id][measures[value.measure]] = float(value.value)
    return values
