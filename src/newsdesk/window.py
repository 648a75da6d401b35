"""A window on the day of publication, put to use: a filter where it is hard, a gain where it is soft."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from newsdesk.timeframe import Timeframe
from newsdesk.types import Filters, Hit

WINDOW_WEIGHT = 0.25
"""How much a rank among the passages of a soft window counts beside one among all passages. Chosen on the
even-numbered of the RealTimeQA 2023 questions with a window, see docs/conversation.md."""


def within(filters: Filters, frame: Timeframe) -> Filters | None:
    """The asker's own filters, narrowed by the window; None where the two exclude each other."""
    starts = [start for start in (filters.published_from, frame.published_from) if start]
    ends = [end for end in (filters.published_to, frame.published_to) if end]
    first, last = max(starts, default=None), min(ends, default=None)
    if first and last and first > last:
        return None
    return replace(filters, published_from=first, published_to=last)


def prefer(inside: Sequence[Hit], everywhere: Sequence[Hit]) -> list[Hit]:
    """The hits of one question in a soft window and in the whole archive as one list, best first.

    What lies in the window gains, and nothing is lost.
    """
    scores: defaultdict[tuple[str, int], float] = defaultdict(float)
    hits = {}
    for weight, found in ((1.0, everywhere), (WINDOW_WEIGHT, inside)):
        for hit in found:
            hits[hit.article_id, hit.start] = hit
            scores[hit.article_id, hit.start] += weight * hit.score
    both = [replace(hit, score=scores[place]) for place, hit in hits.items()]
    return sorted(both, key=lambda hit: -hit.score)
