"""Intervals and paired tests say what chance can do: no more, no less, and the same each time."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest

from newsdesk.evaluate.chance import differences, figures, holm
from newsdesk.evaluate.questions import GoldQuestion
from newsdesk.evaluate.records import Record, blank
from newsdesk.evaluate.table import Table, table


def records(rights: Sequence[float], confidence: float = 0.5) -> list[Record]:
    made = []
    for number, right in enumerate(rights):
        record = blank(GoldQuestion(f"q{number}", "?", answers=("x",)))
        record["answered"], record["confidence"] = True, confidence
        record["scores"] = {"correct": right, "f1": right}
        made.append(record)
    return made


def numbers(rights: Sequence[float]) -> Table:
    return table(records(rights))


def test_the_interval_is_as_wide_as_the_standard_error_says() -> None:
    found = figures(numbers([1.0] * 280 + [0.0] * 120))["f1"]
    error = np.sqrt(0.7 * 0.3 / 400)
    assert found.value == pytest.approx(0.7)
    assert found.low == pytest.approx(0.7 - 1.96 * error, abs=0.006)
    assert found.high == pytest.approx(0.7 + 1.96 * error, abs=0.006)
    assert found.n == 400


def test_intervals_are_the_same_each_time() -> None:
    rights = numbers([1.0, 0.0, 1.0, 0.5, 0.25] * 5)
    assert figures(rights) == figures(rights)
    assert differences(rights, rights) == differences(rights, rights)


def test_a_run_compared_with_itself_has_not_changed() -> None:
    rights = numbers([1.0, 0.0, 1.0, 0.5])
    for difference in differences(rights, rights).values():
        assert difference.before == difference.after
        assert difference.p == 1.0


def test_the_paired_test_agrees_with_going_through_all_permutations() -> None:
    before, after = [0.1, 0.4, 0.2, 0.5, 0.3, 0.9, 0.0, 0.6], [0.5, 0.3, 0.6, 0.9, 0.4, 1.0, 0.2, 0.5]
    gaps = np.array(after) - np.array(before)
    sums = [abs(float(np.dot(signs, gaps))) for signs in itertools.product((1, -1), repeat=len(gaps))]
    exact = sum(total >= abs(gaps.sum()) - 1e-12 for total in sums) / len(sums)
    found = differences(numbers(before), numbers(after))["f1"]
    assert found.after - found.before == pytest.approx(gaps.mean())
    assert found.p == pytest.approx(exact, abs=0.02)


def test_a_large_paired_difference_is_beyond_chance_and_a_small_one_is_not() -> None:
    before = [0.0, 1.0] * 100
    large = differences(numbers(before), numbers([0.5, 1.0] * 100))["f1"]
    assert large.p < 0.001
    assert large.low is not None
    assert large.low > 0.15
    small = differences(numbers(before), numbers([1.0, *before[1:]]))["f1"]
    assert small.p > 0.5


def test_the_test_rejects_no_more_often_than_it_says() -> None:
    """Two runs that differ by chance alone: p below .1 in about a tenth of the draws."""
    random = np.random.default_rng(3)
    low = 0
    for _ in range(60):
        one, other = (random.random((2, 40)) < 0.6).astype(float).tolist()
        low += differences(numbers(one), numbers(other), resamples=200)["f1"].p < 0.1
    assert low <= 13  # the chance of more, at a tenth each, is below one in a hundred


def test_holm_corrects_in_order_and_never_below_the_smaller() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_a_figure_that_does_not_apply_is_left_out() -> None:
    found = figures(numbers([1.0, 1.0]))
    assert "auroc" not in found
    assert "decline_f1" not in found
    assert "recall@5" not in found
