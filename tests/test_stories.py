"""Nearly the same words are one story; the same subject in other words is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.stories import alike, bands
from tests.test_pipeline import WIRE

OTHER = (
    "Everybody on board the Maid of Ouvel is safe after the ferry struck a bank off Tollenhythe at lunchtime. "
    "Passengers told of a long grinding noise and then of silence. The owners will have divers see what happened "
    "below the waterline, and the harbour authority has opened an inquiry that is to report by the summer."
)


@pytest.mark.parametrize(
    "copy",
    [
        WIRE,
        WIRE.upper(),
        WIRE.replace("112", "114"),
        WIRE.replace(", ", " — ").replace("\n", " "),
        "From our own correspondent. " + WIRE,
        WIRE[: len(WIRE) * 2 // 3],
        WIRE.replace("nobody was hurt", "no one came to harm").replace("the evening", "six o'clock"),
    ],
)
def test_a_retouched_or_shortened_copy_is_met_and_known(copy: str) -> None:
    assert set(bands(WIRE)) & set(bands(copy))
    assert alike(WIRE, copy)
    assert alike(copy, WIRE)


@pytest.mark.parametrize("other", [OTHER, "", "The ferry Maid of Ouvel ran aground.", "word " * 400])
def test_another_account_or_a_mere_line_of_it_is_no_copy(other: str) -> None:
    assert not alike(WIRE, other)


@given(st.text(), st.text())
def test_any_texts_can_be_compared_in_either_order(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)
    assert bands(one) == bands(one)
