"""A hard window filters, a soft one prefers, and neither takes away what the asker has set."""

from __future__ import annotations

from datetime import date

import pytest

from newsdesk.timeframe import Timeframe
from newsdesk.types import Filters, Hit
from newsdesk.window import prefer, within

MARCH = Timeframe(date(2031, 3, 1), date(2031, 3, 31), False, False, 0, 0, "")


@pytest.mark.parametrize(
    ("given_filters", "expected"),
    [
        (Filters(), Filters(date(2031, 3, 1), date(2031, 3, 31))),
        (Filters(date(2031, 3, 10)), Filters(date(2031, 3, 10), date(2031, 3, 31))),
        (Filters(date(2031, 4, 10)), None),
        (Filters(publishers=("A",)), Filters(date(2031, 3, 1), date(2031, 3, 31), ("A",))),
    ],
)
def test_a_window_narrows_the_askers_filters_and_never_widens_them(
    given_filters: Filters, expected: Filters | None
) -> None:
    assert within(given_filters, MARCH) == expected


def _hit(article: str, score: float) -> Hit:
    return Hit(article, "", None, None, None, 0, 1, "x", score)


def test_a_preferred_window_lifts_its_hits_and_loses_none() -> None:
    inside = [_hit("b", 0.03), _hit("c", 0.028)]
    everywhere = [_hit("a", 0.03), _hit("b", 0.025)]
    assert [hit.article_id for hit in prefer(inside, everywhere)] == ["b", "a", "c"]
