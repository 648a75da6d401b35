"""Test question sets: read one, put it to the chain, measure the answers, compare with an earlier run.

Nothing heavy is imported until a name here is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsdesk.evaluate.command import about, evaluate, evaluate_command, stream
    from newsdesk.evaluate.comparison import Comparison, compare
    from newsdesk.evaluate.questions import GoldQuestion, QuestionSet, read_questions
    from newsdesk.evaluate.report import lost_rows, overview_html, question_html, report_html, style
    from newsdesk.evaluate.results import Result, read_result, to_json, write_result
    from newsdesk.evaluate.run import Progress
    from newsdesk.evaluate.runs import Evaluations, Run
    from newsdesk.evaluate.sets import QuestionSets

__all__ = [
    "Comparison",
    "Evaluations",
    "GoldQuestion",
    "Progress",
    "QuestionSet",
    "QuestionSets",
    "Result",
    "Run",
    "about",
    "compare",
    "evaluate",
    "evaluate_command",
    "lost_rows",
    "overview_html",
    "question_html",
    "read_questions",
    "read_result",
    "report_html",
    "stream",
    "style",
    "to_json",
    "write_result",
]

_HOMES = {
    "Comparison": "comparison",
    "Evaluations": "runs",
    "GoldQuestion": "questions",
    "Progress": "run",
    "QuestionSet": "questions",
    "QuestionSets": "sets",
    "Result": "results",
    "Run": "runs",
    "about": "command",
    "compare": "comparison",
    "evaluate": "command",
    "evaluate_command": "command",
    "lost_rows": "report",
    "overview_html": "report",
    "question_html": "report",
    "read_questions": "questions",
    "read_result": "results",
    "report_html": "report",
    "stream": "command",
    "style": "report",
    "to_json": "results",
    "write_result": "results",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
