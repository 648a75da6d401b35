"""What changed between two runs of the same questions: metric by metric and question by question.

A metric's difference is judged with a paired randomisation test. The verdict speaks only of the headline
metrics, with Holm's correction for there being several of them; the others are shown with their plain p.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from newsdesk.errors import BadInput
from newsdesk.evaluate.chance import Difference, differences, holm
from newsdesk.evaluate.metrics import HEADLINES, METRICS
from newsdesk.evaluate.outcomes import GOOD
from newsdesk.evaluate.records import Record
from newsdesk.evaluate.results import Result
from newsdesk.evaluate.table import table

SURE = 0.05
"""Corrected p below which a headline metric is said to have changed."""


@dataclass(frozen=True, slots=True)
class Change:
    """A metric's difference and what is made of it: ``better``, ``worse``, or nothing sure.

    ``p`` inside ``difference`` is uncorrected; ``corrected`` is Holm's, for the headline metrics only.
    """

    difference: Difference
    corrected: float | None
    verdict: Literal["better", "worse", ""]


@dataclass(frozen=True, slots=True)
class Move:
    """A question that ended differently, or ended the same with another answer."""

    id: str
    question: str
    before: str
    after: str
    answer_before: str
    answer_after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """An earlier run against a later one, over the ``shared`` questions (same id, same words).

    ``fixed`` were lost before and are not now, ``broken`` the other way round, ``moved`` neither, yet
    end at another step or with another answer. ``only_before`` and ``only_after`` count the others.
    """

    about: Mapping[str, Any]
    changes: Mapping[str, Change]
    fixed: Sequence[Move]
    broken: Sequence[Move]
    moved: Sequence[Move]
    shared: int
    only_before: int
    only_after: int


def compare(before: Result, after: Result) -> Comparison:
    """Compare two runs. Raises BadInput if they have no question in common."""
    earlier = {(record["id"], record["question"]): record for record in before.questions}
    pairs = [
        (earlier[key], record) for record in after.questions if (key := (record["id"], record["question"])) in earlier
    ]
    if not pairs:
        raise BadInput(
            f"The earlier run ({before.about['set']['name']}) has no question in common with this one "
            f"({after.about['set']['name']}). Compare runs of the same set."
        )
    moves = [(_move(old, new), old["outcome"] in GOOD, new["outcome"] in GOOD) for old, new in pairs]
    return Comparison(
        about=before.about,
        changes=_changes([old for old, _ in pairs], [new for _, new in pairs]),
        fixed=[move for move, was, now in moves if now and not was],
        broken=[move for move, was, now in moves if was and not now],
        moved=[move for move, was, now in moves if was == now and _differs(move)],
        shared=len(pairs),
        only_before=len(before.questions) - len(pairs),
        only_after=len(after.questions) - len(pairs),
    )


def _changes(before: Sequence[Record], after: Sequence[Record]) -> dict[str, Change]:
    found = differences(table(before), table(after))
    heads = [name for name in HEADLINES if name in found]
    corrected = dict(zip(heads, holm([found[name].p for name in heads]), strict=True))
    return {
        name: Change(difference, corrected.get(name), _verdict(name, difference, corrected.get(name)))
        for name, difference in found.items()
    }


def _verdict(name: str, difference: Difference, p: float | None) -> Literal["better", "worse", ""]:
    change = difference.after - difference.before
    if p is None or p >= SURE or change == 0:
        return ""
    return "better" if (change > 0) == METRICS[name].higher else "worse"


def _said(record: Record) -> str:
    if record["error"] is not None:
        return record["error"]
    return (record["short_answer"] or record["answer"]) if record["answered"] else ""


def _move(before: Record, after: Record) -> Move:
    return Move(after["id"], after["question"], before["outcome"], after["outcome"], _said(before), _said(after))


def _differs(move: Move) -> bool:
    return move.before != move.after or move.answer_before != move.answer_after
