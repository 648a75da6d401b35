"""The report: one HTML file that opens without network, and its overview as a part for other pages.

Article text, questions and answers are data: the template escapes all of it, the details are embedded as
JSON that cannot end its script element and are put on the page as text nodes, and a content security policy
allows the file's own script and style and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from newsdesk.evaluate.chance import Figure
from newsdesk.evaluate.comparison import Comparison, Move
from newsdesk.evaluate.metrics import METRICS, Metric
from newsdesk.evaluate.outcomes import GOOD, OUTCOMES
from newsdesk.evaluate.plots import interval, plots
from newsdesk.evaluate.records import Record
from newsdesk.evaluate.results import Result
from newsdesk.evaluate.verdict import headline, share, verdict

TILES = ("correct", "f1", "citation_valid", "citation_quote_precision", "decline_f1", "recall@5")
MANY = 1000
"""Questions above which the report keeps fewer and shorter passages of each; the JSON has them all."""
_CUTOFF = re.compile(r"(passage_)?(hit|recall)@(1|3|10|20|50)$")
BY_KIND = ("correct", "f1", "citation_quote_precision", "decline_f1", "recall@5", "mrr@10")
GROUPS = {
    "answers": "Answers",
    "citations": "Citations",
    "knowing": "Knowing",
    "articles": "Retrieval, by article",
    "passages": "Retrieval, by passage",
    "cost": "Cost",
}


def report_html(result: Result, comparison: Comparison | None = None) -> str:
    """The whole report as an HTML page: overview, every question with filters, what was run."""
    script, css = _part("report.js"), style()
    return _render(
        "report.html",
        **_view(result, comparison),
        script=Markup(script),  # noqa: S704 - our own file
        style=Markup(css),  # noqa: S704 - our own file
        policy=f"default-src 'none'; img-src data:; script-src {_hash(script)}; style-src {_hash(css)}",
        data=Markup(_embedded(details(result, comparison))),  # noqa: S704 - escaped for this place
    )


def overview_html(result: Result, comparison: Comparison | None = None) -> str:
    """Verdict, tables and plots as a part of another page; it wants ``style()`` once on that page."""
    return _render("overview.html", **_view(result, comparison))


def question_html(record: Record) -> str:
    """One question with what was expected, given, cited and retrieved, as a part of another page."""
    return _render("question.html", record=record, outcomes=OUTCOMES, good=record["outcome"] in GOOD)


def lost_rows(result: Result, outcome: str = "", kind: str = "") -> list[tuple[str, str, str, str]]:
    """The questions that were lost (or ended by ``outcome``): id, question, how it ended, kind."""
    return [
        (record["id"], record["question"], OUTCOMES[record["outcome"]].split(":")[0], record["kind"])
        for record in result.questions
        if (record["outcome"] == outcome if outcome else record["outcome"] not in GOOD)
        and (not kind or record["kind"] == kind)
    ]


def style() -> str:
    """The style sheet of both; every rule is kept to the class ``evaluation``."""
    return _part("report.css")


def details(result: Result, comparison: Comparison | None = None) -> dict[str, Any]:
    """What the drill-down shows: every question, and how it changed."""
    changed: dict[str, tuple[str, Move]] = {}
    for change in ("fixed", "broken", "moved") if comparison else ():
        changed |= {move.id: (change, move) for move in getattr(comparison, change)}
    questions = []
    for record in result.questions:
        shown: dict[str, Any] = {**record, "good": record["outcome"] in GOOD}
        shown["scores"] = {name: value for name, value in record["scores"].items() if not _CUTOFF.match(name)}
        if len(result.questions) > MANY:
            shown["retrieved"] = [{**one, "text": one["text"][:200]} for one in record["retrieved"][:5]]
        if record["id"] in changed:
            name, move = changed[record["id"]]
            shown["change"] = {"name": name, "before": move.before, "answer": move.answer_before}
        questions.append(shown)
    return {"questions": questions, "outcomes": OUTCOMES}


def _view(result: Result, comparison: Comparison | None) -> dict[str, Any]:
    about = result.about
    return {
        "about": about,
        "headline": headline(result),
        "verdict": verdict(result, comparison),
        "tiles": [(METRICS[name], result.figures[name]) for name in TILES if name in result.figures],
        "outcomes": _outcomes(result),
        "outcome_names": OUTCOMES,
        "plots": {title: Markup(svg) for title, svg in plots(result).items()},  # noqa: S704 - drawn by us
        "by_kind": [METRICS[name] for name in BY_KIND if name in result.figures],
        "kinds": {kind: (sum(result.outcomes[kind].values()), figures) for kind, figures in result.kinds.items()},
        "groups": _grouped(result.figures),
        "stages": result.stages,
        "comparison": comparison,
        "facts": list(_facts(about)),
        "total": sum(result.outcomes[""].values()),
        "metrics": METRICS,
    }


def _outcomes(result: Result) -> list[dict[str, Any]]:
    """The ways the questions ended, the good ones first, with where each begins in the bar of 100."""
    counts, rows, begin = result.outcomes[""], [], 0.0
    total = sum(counts.values())
    for name in (*GOOD, *(other for other in OUTCOMES if other not in GOOD)):
        if count := counts.get(name, 0):
            width = 100 * count / total
            row = {"name": name, "count": count, "share": share(count, total), "begin": begin, "width": width}
            rows.append(row | {"meaning": OUTCOMES[name]})
            begin += width
    return rows


def _grouped(figures: Mapping[str, Figure]) -> list[tuple[str, list[tuple[Metric, Figure]]]]:
    groups = [
        (title, [(METRICS[name], figure) for name, figure in figures.items() if METRICS[name].group == group])
        for group, title in GROUPS.items()
    ]
    return [(title, rows) for title, rows in groups if rows]


def _facts(about: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """What was run, flattened to name and value."""
    for name, value in about.items():
        if isinstance(value, Mapping):
            yield from _facts(value, f"{before}{name}: ")
        elif value not in (None, ""):
            yield f"{before}{name}", str(value)


def number(value: float | None, metric: Metric) -> str:
    """A figure as it is printed: shares to three places, others to what can be read."""
    if value is None:
        return "–"
    if metric.share:
        return f"{value:.3f}"
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"


def _bar(figure: Figure) -> Markup:
    return Markup(interval(figure))  # noqa: S704 - drawn by us


def _embedded(data: object) -> str:
    """JSON that is safe inside a script element: nothing in it can end the element or begin a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _part(name: str) -> str:
    return resources.files("newsdesk.evaluate").joinpath("page", name).read_text("utf-8")


def _render(name: str, **values: Any) -> str:
    from jinja2 import FunctionLoader

    pages = Environment(
        loader=FunctionLoader(_part), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    pages.filters |= {"number": number, "bar": _bar}
    return pages.get_template(name).render(values)
