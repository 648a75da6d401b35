"""Plots as inline SVG, drawn here: no library, no network, and colours that follow the page's.

Colours are classes that the report's style sheet knows. Every number in them comes from the figures, every
text is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from newsdesk.evaluate.chance import Figure
from newsdesk.evaluate.results import Result

WIDTH, HEIGHT = 420, 260
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 14, 40

Points = Sequence[tuple[float, float]]


def plots(result: Result) -> dict[str, str]:
    """The plots that a result has data for: title → SVG."""
    drawn = {
        "Recall by k": _recall(result.curves.get("recall", [])),
        "Reliability": _reliability(result.curves.get("reliability", [])),
        "Risk by coverage": _risk(result.curves.get("risk_coverage", [])),
        "Latency": _latency(result.curves.get("latency", [])),
    }
    return {title: svg for title, svg in drawn.items() if svg}


def interval(figure: Figure) -> str:
    """A small bar from 0 to 1 with the interval and the value on it."""
    low, high = figure.low, figure.high
    band = ""
    if low is not None and high is not None:
        band = f'<rect class="band" x="{low * 100:.1f}" y="2" width="{max((high - low) * 100, 0.8):.1f}" height="6"/>'
    return (
        '<svg class="interval" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<line class="grid" x1="0" x2="100" y1="5" y2="5"/>{band}'
        f'<rect class="dot" x="{min(max(figure.value * 100 - 0.6, 0), 98.8):.1f}" y="1" width="1.2" height="8"/></svg>'
    )


def _recall(points: Sequence[Mapping[str, float]]) -> str:
    if not points:
        return ""
    steps = range(len(points))
    end = max(len(points) - 1, 1)
    lines = _line([(step / end, points[step]["articles"]) for step in steps], "one")
    legend = [("one", "by article")]
    if all("passages" in point for point in points):
        lines += _line([(step / end, points[step]["passages"]) for step in steps], "two")
        legend.append(("two", "by passage"))
    ticks = [(step / end, f"{points[step]['k']:.0f}") for step in steps]
    return _frame("Recall by k", "first k", "recall", ticks, lines + _legend(legend))


def _reliability(points: Sequence[Mapping[str, float]]) -> str:
    if not points:
        return ""
    most = max(point["n"] for point in points)
    bars = "".join(
        f'<circle class="one" cx="{_x(point["confidence"]):.1f}" cy="{_y(point["right"]):.1f}" '
        f'r="{3 + 7 * (point["n"] / most) ** 0.5:.1f}"><title>confidence {point["confidence"]:.2f}: '
        f"{point['right']:.2f} right, {point['n']:.0f} answers</title></circle>"
        for point in points
    )
    ideal = f'<line class="ideal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
    return _frame("Reliability", "confidence", "share right", _tenths(), ideal + bars)


def _risk(points: Sequence[Mapping[str, float]]) -> str:
    if not points:
        return ""
    line = _line([(point["coverage"], point["risk"]) for point in points], "two", dots=False)
    return _frame("Risk by coverage", "share of answers kept, surest first", "share wrong", _tenths(), line)


def _latency(points: Sequence[Mapping[str, float]]) -> str:
    if not points:
        return ""
    most = max(point["n"] for point in points)
    end = points[-1]["to"]
    bars = "".join(
        f'<rect class="one" x="{_x(point["from"] / end) + 0.5:.1f}" y="{_y(point["n"] / most):.1f}" '
        f'width="{(_x(point["to"] / end) - _x(point["from"] / end)) - 1:.1f}" '
        f'height="{_y(0) - _y(point["n"] / most):.1f}"><title>{point["from"]:.0f} to {point["to"]:.0f} ms: '
        f"{point['n']:.0f}</title></rect>"
        for point in points
    )
    step = _step(end)
    ticks = [(part * step / end, _short(part * step)) for part in range(int(end / step) + 1)]
    return _frame(
        "Latency", "milliseconds", "questions", ticks, bars, [(part / 2, _short(most * part / 2)) for part in (0, 2)]
    )


def _step(end: float) -> float:
    """A round step (1, 2 or 5 times a power of ten) that goes three to seven times into ``end``."""
    power = 10.0 ** math.floor(math.log10(end / 3))
    return max(power * factor for factor in (1, 2, 5) if power * factor <= end / 3)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _tenths() -> list[tuple[float, str]]:
    return [(part / 5, f"{part / 5:g}") for part in range(6)]


def _line(points: Points, colour: str, *, dots: bool = True) -> str:
    path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    marks = "".join(
        f'<circle class="{colour}" cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="3.5"><title>{y:.3f}</title></circle>'
        for x, y in points
    )
    return f'<polyline class="{colour} line" points="{path}"/>{marks if dots or len(points) == 1 else ""}'


def _legend(entries: Sequence[tuple[str, str]]) -> str:
    return "".join(
        f'<circle class="{colour}" cx="{WIDTH - 110}" cy="{HEIGHT - BOTTOM - 34 + 18 * place}" r="4"/>'
        f'<text x="{WIDTH - 100}" y="{HEIGHT - BOTTOM - 30 + 18 * place}">{escape(label)}</text>'
        for place, (colour, label) in enumerate(entries)
    )


def _frame(
    title: str,
    below: str,
    beside: str,
    ticks: Sequence[tuple[float, str]],
    inside: str,
    heights: Sequence[tuple[float, str]] | None = None,
) -> str:
    """The axes with their ticks and labels around what is ``inside``."""
    rows = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(share):.1f}" y2="{_y(share):.1f}"/>'
        f'<text class="end" x="{LEFT - 8}" y="{_y(share) + 4:.1f}">{escape(label)}</text>'
        for share, label in (heights or _tenths())
    )
    columns = "".join(
        f'<text class="middle" x="{_x(share):.1f}" y="{HEIGHT - BOTTOM + 17}">{escape(label)}</text>'
        for share, label in ticks
    )
    middle = (TOP + HEIGHT - BOTTOM) / 2
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{rows}{columns}'
        f'<text class="middle label" x="{_x(0.5):.1f}" y="{HEIGHT - 4}">{escape(below)}</text>'
        f'<text class="middle label" transform="translate(11 {middle:.0f}) rotate(-90)">{escape(beside)}</text>'
        f"{inside}</svg>"
    )
