"""The result as plain text for a terminal: the verdict, the figures, the kinds, what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsdesk.evaluate.chance import Figure
from newsdesk.evaluate.comparison import Comparison, Move
from newsdesk.evaluate.metrics import HEADLINES, METRICS, Metric, Minimum
from newsdesk.evaluate.outcomes import OUTCOMES
from newsdesk.evaluate.report import BY_KIND, number
from newsdesk.evaluate.results import Result
from newsdesk.evaluate.verdict import headline, verdict

SHOWN = (
    *HEADLINES,
    "passage_recall@5",
    "latency_p50_ms",
    "latency_p95_ms",
    "latency_max_ms",
    "questions_per_second",
    "peak_memory_mb",
)
MOVES = 10
"""Questions listed of each sort; the report has all."""


def lines(result: Result, comparison: Comparison | None = None) -> Iterator[str]:
    """The lines of the whole text."""
    yield headline(result)
    yield from verdict(result, comparison)
    yield ""
    yield from _table(["", "value", "95% interval", "n"], list(_figures(result)))
    if result.kinds:
        yield ""
        yield from _kinds(result)
    if comparison is not None:
        yield ""
        yield from _changes(comparison)
        for title, moves in (("Fixed", comparison.fixed), ("Broken", comparison.broken), ("Moved", comparison.moved)):
            yield from _moves(title, moves)


def missed(minimum: Minimum, value: float | None) -> str:
    """What a run did not reach."""
    metric = minimum.metric
    if value is None:
        return f"Missed: {metric.name} could not be measured with this set."
    sign = "below" if metric.higher else "above"
    return f"Missed: {metric.name} is {value:.4f}, {sign} {minimum.value:g}."


def _figures(result: Result) -> Iterator[list[str]]:
    for name in SHOWN:
        if name in result.figures:
            figure, metric = result.figures[name], METRICS[name]
            label = metric.label + ("" if metric.higher or not metric.share else " (lower is better)")
            yield [label, number(figure.value, metric), _interval(figure, metric), f"{figure.n:,}"]


def _interval(figure: Figure, metric: Metric) -> str:
    return f"{number(figure.low, metric)} – {number(figure.high, metric)}" if figure.low is not None else ""


def _kinds(result: Result) -> Iterator[str]:
    names = [name for name in BY_KIND if name in result.figures]
    rows = [
        [_plain(kind), str(sum(result.outcomes[kind].values()))]
        + [number(figures[name].value if name in figures else None, METRICS[name]) for name in names]
        for kind, figures in result.kinds.items()
    ]
    return _table(["kind", "n", *(METRICS[name].label for name in names)], rows)


def _changes(comparison: Comparison) -> Iterator[str]:
    rows = []
    for name, change in comparison.changes.items():
        if change.corrected is not None:
            gap, metric = change.difference, METRICS[name]
            values = [number(gap.before, metric), number(gap.after, metric), f"{gap.after - gap.before:+.3f}"]
            unsure = "same" if gap.after == gap.before else "within chance"
            rows.append([metric.label, *values, f"{change.corrected:.4f}", change.verdict or unsure])
    return _table(["", "before", "now", "change", "p, corrected", ""], rows)


def _moves(title: str, moves: Sequence[Move]) -> Iterator[str]:
    if moves:
        yield f"{title}: {len(moves)}"
    for move in moves[:MOVES]:
        ways = [OUTCOMES.get(way, way).split(":")[0] for way in (move.before, move.after)]
        yield f"  {_plain(move.id)}: {_plain(move.question)} ({ways[0]} → {ways[1]})"
    if len(moves) > MOVES:
        yield f"  … and {len(moves) - MOVES} more"


def _plain(text: str) -> str:
    """Text that moves no cursor and changes no colour."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, *rows):
        first = row[0].ljust(widths[0])
        rest = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield "  ".join([first, *rest]).rstrip()
