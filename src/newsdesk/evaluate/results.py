"""The result of a run: one JSON file with what was measured, on what, by what, and every question."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from newsdesk.errors import BadInput, NotFound
from newsdesk.evaluate.chance import Figure
from newsdesk.evaluate.journal import entries
from newsdesk.evaluate.questions import QuestionSet
from newsdesk.evaluate.records import Record

FORMAT = "newsdesk-evaluation/1"


@dataclass(frozen=True, slots=True)
class Result:
    """A finished run.

    ``about`` says what was run where; ``figures`` holds the metrics that apply, ``kinds`` the same for
    each kind of question, ``outcomes`` how the questions ended (for ``""`` all, and for each kind),
    ``stages`` the latency of each stage in milliseconds, ``curves`` the points of the plots.
    """

    about: Mapping[str, Any]
    figures: Mapping[str, Figure]
    kinds: Mapping[str, Mapping[str, Figure]]
    outcomes: Mapping[str, Mapping[str, int]]
    stages: Mapping[str, Mapping[str, float]]
    curves: Mapping[str, Sequence[Mapping[str, float]]]
    questions: Sequence[Record]

    def value(self, name: str) -> float | None:
        """A metric's value; None where it does not apply to this set."""
        return self.figures[name].value if name in self.figures else None


def collect(journal: Path, questions: QuestionSet, about: Mapping[str, Any]) -> Result:
    """The result of a journal in which every question of the set is answered."""
    records, costs = _read(journal)
    ordered = [records[question.id] for question in questions.questions]
    asked = {"name": questions.name, "format": questions.format, "sha256": questions.sha256}
    return summarise(ordered, {**_head(asked, ordered, costs), **about}, costs.figures())


def so_far(journal: Path, name: str) -> Result:
    """The result of the questions that a journal holds, of a run that is not done.

    Raises NotFound where it holds none yet.
    """
    records, costs = _read(journal) if journal.exists() else ({}, _Costs())
    if not records:
        raise NotFound("No question of this evaluation is answered yet.")
    answered = list(records.values())
    return summarise(answered, _head({"name": f"{name}, so far"}, answered, costs), costs.figures())


@dataclass(slots=True)
class _Costs:
    """What the batches of a journal took."""

    timed: int = 0
    seconds: float = 0.0
    peak: float = 0.0

    def figures(self) -> dict[str, float]:
        pace = self.timed / self.seconds if self.seconds else 0.0
        return {name: value for name, value in (("questions_per_second", pace), ("peak_memory_mb", self.peak)) if value}


def _read(journal: Path) -> tuple[dict[str, Record], _Costs]:
    """The records of a journal by id, in the order in which they were asked, and what they took."""
    records: dict[str, Record] = {}
    costs = _Costs()
    for entry in entries(journal):
        if "question" in entry:
            records.setdefault(entry["question"]["id"], entry["question"])
        else:
            costs.timed += entry["batch"]
            costs.seconds += entry["seconds"]
            costs.peak = max(costs.peak, entry["peak_memory_mb"] or 0.0)
    return records, costs


def _head(asked: Mapping[str, Any], records: Sequence[Record], costs: _Costs) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "set": {**asked, "questions": len(records)},
        "seconds": round(costs.seconds, 3),
    }


def summarise(records: Sequence[Record], about: Mapping[str, Any], costs: Mapping[str, float]) -> Result:
    """The figures, tables and curves of records."""
    import numpy as np

    from newsdesk.evaluate.chance import figures
    from newsdesk.evaluate.summary import curves, stages
    from newsdesk.evaluate.table import table

    numbers = table(records)
    groups: dict[str, list[int]] = {}
    for place, record in enumerate(records):
        groups.setdefault(record["kind"], []).append(place)
    named = {kind: places for kind, places in groups.items() if kind}
    overall = figures(numbers)
    overall |= {name: Figure(value, None, None, len(records)) for name, value in costs.items()}
    return Result(
        about=about,
        figures=overall,
        kinds={kind: figures(numbers.rows(np.array(places))) for kind, places in named.items()},
        outcomes={"": _outcomes(records)}
        | {kind: _outcomes([records[place] for place in places]) for kind, places in named.items()},
        stages=stages(records),
        curves=curves(numbers),
        questions=records,
    )


def _outcomes(records: Sequence[Record]) -> dict[str, int]:
    return dict(Counter(record["outcome"] for record in records).most_common())


def write_result(result: Result, path: Path) -> None:
    """Write the file whole or not at all, with one question on each line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("w", encoding="utf-8", errors="backslashreplace") as stream:
        for piece in to_json(result):
            stream.write(piece)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(partial, path)


def to_json(result: Result) -> Iterator[str]:
    """The text of the result file, in pieces."""
    head: dict[str, Any] = {
        "about": result.about,
        "figures": {name: asdict(figure) for name, figure in result.figures.items()},
        "kinds": {
            kind: {name: asdict(figure) for name, figure in figures.items()} for kind, figures in result.kinds.items()
        },
        "outcomes": result.outcomes,
        "stages": result.stages,
        "curves": result.curves,
    }
    yield json.dumps(head, ensure_ascii=False, allow_nan=False, indent=1)[:-2] + ',\n "questions": ['
    for place, record in enumerate(result.questions):
        yield (",\n  " if place else "\n  ") + json.dumps(record, ensure_ascii=False, allow_nan=False)
    yield "\n ]\n}\n"


def read_result(path: Path) -> Result:
    """Read a result file. Raises BadInput if there is none, or it is something else."""
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["about"]["format"] != FORMAT:
            raise BadInput(f"{path} is a result of another version ({content['about']['format']}); make it anew.")
        figures = _figures(content["figures"])
        if not all({"id", "question", "outcome", "scores"} <= record.keys() for record in content["questions"]):
            raise KeyError("questions")
        kinds = {kind: _figures(values) for kind, values in content["kinds"].items()}
        return Result(
            about=content["about"],
            figures=figures,
            kinds=kinds,
            outcomes=content["outcomes"],
            stages=content["stages"],
            curves=content["curves"],
            questions=cast("list[Record]", content["questions"]),
        )
    except FileNotFoundError:
        raise BadInput(f"There is no result at {path}. newsdesk evaluate … --json writes one.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{path} is not a result of newsdesk evaluate --json: {error!r}") from error


def _figures(values: Mapping[str, Any]) -> dict[str, Figure]:
    return {name: Figure(**value) for name, value in values.items()}
