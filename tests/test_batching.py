"""Passages read in company are read as they are alone."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from newsdesk.batching import Common
from newsdesk.reader import SpanReader, load_reader
from newsdesk.span_model import PAD_TO, Batch, Output

QUESTIONS = [
    ("Who brokered the talks?", ["The talks were brokered by Russia, Turkey and Iran.", "A ferry ran aground."]),
    ("How many people died?", ["Six people died, and the toll rose to 12 in April. " * 6, "Nobody was hurt."]),
    ("Where were the targets?", ["The bombers hit three depots near the town of Aqirbat. " * 12]),
    ("What do bees make?", ["", "Honey.", "The council voted for the harbour wall. " * 3]),
]


@pytest.fixture(scope="module")
def readers() -> tuple[SpanReader, SpanReader]:
    return load_reader(), load_reader(through=Common)


def test_what_is_read_in_company_is_read_as_alone(readers: tuple[SpanReader, SpanReader]) -> None:
    alone, common = readers
    asked = [(question, [("", text) for text in texts]) for question, texts in QUESTIONS] * 3
    with ThreadPoolExecutor(len(asked)) as threads:
        together = list(threads.map(lambda one: common.score(*one), asked))
    for (question, passages), found in zip(asked, together, strict=True):
        wanted = alone.score(question, passages)
        assert [(one.start, one.end) for one, *_ in found] == [(one.start, one.end) for one, *_ in wanted]
        for (one, *_), (other, *_) in zip(found, wanted, strict=True):
            assert alone.calibration.confidence(one) == pytest.approx(alone.calibration.confidence(other), abs=0.02)


def batch(lengths: Sequence[int]) -> Batch:
    mask = torch.tensor([[1] * length + [0] * (max(lengths) - length) for length in lengths])
    return Batch(mask, mask, mask, mask)


def test_each_caller_is_given_its_own_rows_in_their_order_and_width() -> None:
    def lengths(given: Batch) -> Output:
        long = given.attention_mask.sum(1).float()
        return Output(given.input_ids * long[:, None], given.input_ids.float(), long)

    common = Common(lengths)
    asked = [[3, 9, 1], [40, 2], [7] * 20]
    with ThreadPoolExecutor(3) as threads:
        for given, output in zip(asked, threads.map(lambda one: common(batch(one)), asked), strict=True):
            assert output.relevance.tolist() == given
            assert output.start.shape == (len(given), max(given))
            assert output.start.sum(1).tolist() == [length * length for length in given]


def test_a_pass_that_fails_fails_those_in_it_and_the_next_one_goes_on() -> None:
    def picky(given: Batch) -> Output:
        if given.input_ids.shape[1] > PAD_TO:
            raise ValueError("too long")
        return Output(given.input_ids, given.input_ids, given.input_ids[:, 0])

    common = Common(picky)
    with pytest.raises(ValueError, match="too long"):
        common(batch([PAD_TO + 1]))
    assert common(batch([2])).relevance.tolist() == [1]
