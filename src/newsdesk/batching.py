"""Passages of questions asked at the same time, read in common passes through the model.

What is padded is masked, so that a passage's scores do not depend on its company beyond the rounding of floats.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import torch
from torch import Tensor

from newsdesk.reader import BATCH
from newsdesk.span_model import Batch, Forward, Output, padded_width

WAIT_SECONDS = 0.002
"""How long a pass that would not be full waits for company: next to nothing beside the time that it takes."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One passage to be read: its tensors ``(tokens,)``, and where its output goes."""

    inputs: Batch
    output: Future[Output]

    @property
    def length(self) -> int:
        """Tokens, without padding."""
        return len(self.inputs.input_ids)


class Common:
    """A forward pass that takes together the rows of all who call it at the same time."""

    def __init__(self, forward: Forward) -> None:
        self._forward = forward
        self._waiting: list[Row] = []
        self._changed = threading.Condition()
        threading.Thread(target=self._work, name="reading", daemon=True).start()

    def __call__(self, batch: Batch) -> Output:
        """The output of a batch, as if it had been read alone; it waits until all its rows are read."""
        rows = [_row(batch, number) for number in range(len(batch.input_ids))]
        with self._changed:
            self._waiting.extend(rows)
            self._changed.notify()
        outputs = [row.output.result() for row in rows]
        width = batch.input_ids.shape[1]
        return Output(
            _padded([output.start for output in outputs], width),
            _padded([output.end for output in outputs], width),
            torch.stack([output.relevance for output in outputs]),
        )

    def _work(self) -> None:
        while True:
            rows = self._next()
            try:
                output = self._forward(_together(rows))
            except Exception as error:
                for row in rows:
                    row.output.set_exception(error)
                continue
            for row, *parts in zip(rows, *output, strict=True):
                row.output.set_result(Output(parts[0][: row.length], parts[1][: row.length], parts[2]))

    def _next(self) -> list[Row]:
        """The row that waits longest, and those nearest to it in length, which need least padding beside it."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting)
            self._changed.wait_for(lambda: len(self._waiting) >= BATCH, WAIT_SECONDS)
            length = self._waiting[0].length
            near = sorted(self._waiting, key=lambda row: abs(row.length - length))[:BATCH]
            self._waiting = [row for row in self._waiting if row not in near]
            return near


def _row(batch: Batch, number: int) -> Row:
    length = int(batch.attention_mask[number].sum())
    return Row(Batch(*(part[number, :length] for part in batch)), Future())


def _together(rows: Sequence[Row]) -> Batch:
    width = padded_width(row.length for row in rows)
    return Batch(*(_padded(parts, width) for parts in zip(*(row.inputs for row in rows), strict=True)))


def _padded(rows: Sequence[Tensor], width: int) -> Tensor:
    """Rows ``(tokens,)`` of any length as ``(rows, width)``, filled up with zeros."""
    filled = rows[0].new_zeros(len(rows), width)
    for place, row in enumerate(rows):
        filled[place, : len(row)] = row
    return filled
