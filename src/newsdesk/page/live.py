"""A question in work, as HTML: its steps with their times, and the words of a chat model as they come."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from newsdesk.extract import disagreement
from newsdesk.page.words import NOTHING, seconds
from newsdesk.types import Answer, Step

STEPS = {
    "understand": "Understanding",
    "search": "Searching",
    "read": "Reading",
    "write": "Writing",
    "verify": "Checking",
}


def working(question: str, steps: Sequence[Step] = (), text: str = "") -> str:
    """The question, the steps that have ended with their times, the one in work, and what is written so far."""
    ended = {step.name: step.ms for step in steps if step.ms is not None}
    items = Markup().join(_step(name, ended.get(name)) for name in dict.fromkeys(step.name for step in steps))
    written = Markup('<p class="written" dir="auto">{}</p>').format(text) if text else NOTHING
    return str(
        Markup(
            '<section class="turn live"><h2 class="question" dir="auto">{}</h2><p class="busy">Searching the '
            'archive…</p><ol class="steps">{}</ol>{}'
            '<button type="button" class="stop" data-do="stop">Stop</button></section>'
        ).format(question, items, written)
    )


def done(answer: Answer | None) -> str:
    """What a screen reader is told once the answer stands in the conversation; nothing to see."""
    if answer is None:
        return ""
    short = disagreement(answer.answer) or answer.short_answer or "The answer is there."
    said = short if answer.answered else "The archive does not say."
    return str(Markup('<p class="unseen">{}</p>').format(said))


def _step(name: str, ms: float | None) -> Markup:
    if ms is None:
        return Markup('<li class="now">{}…</li>').format(STEPS[name])
    return Markup('<li>{} <span class="time">{}</span></li>').format(STEPS[name], seconds(ms))
