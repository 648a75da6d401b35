"""The Evaluate view of the page: a set is chosen or uploaded, run beside the chat, and its result looked into.

A browser's events are led to what becomes of them; what they show is made in evaluations and newsdesk.evaluate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from newsdesk.desk import Desk
from newsdesk.errors import NewsdeskError
from newsdesk.evaluate import Evaluations, lost_rows, overview_html, question_html
from newsdesk.page import evaluations as html
from newsdesk.page.archive_tab import QUIET, detail_of
from newsdesk.page.detail import text
from newsdesk.page.evaluations import Lost, Opened

STATIC = Path(__file__).parents[1] / "static"
WATCHED_EVERY = 1.0
"""Seconds between two looks at a run."""
UPLOADS = [".jsonl", ".ndjson", ".csv", ".json", ".gz", ".zip"]


class Parts(NamedTuple):
    """The parts of the view that events come from, or change."""

    upload: Any
    controls: Any
    progress: Any
    past: Any
    result: Any
    lost: Any
    clock: Any


@dataclass(frozen=True, slots=True)
class Shown:
    """What is kept of a result while it is looked at: far less than the result."""

    overview: str
    lost: Lost


def build(desk: Desk) -> None:
    """Put the view's parts where the caller is building, and lead their events to what becomes of them."""
    runs = desk.evaluations
    with gr.Column(elem_id="evaluate-view", elem_classes=["view"]):
        with gr.Row(elem_id="evaluate-begin"):
            controls = _html(lambda: html.controls(html.sets_of(runs.sets.all())), "evaluate-controls")
            upload = gr.UploadButton("Upload a set", file_types=UPLOADS, elem_id="evaluate-upload", size="sm")
        progress = _html(lambda: html.progress(runs.all()), "evaluate-progress")
        result = _html("", "evaluate-result")
        lost = _html("", "evaluate-lost")
        past = _html(lambda: html.past(runs.all()), "evaluate-past")
        clock = gr.Timer(WATCHED_EVERY, active=False)
    _listen(runs, gr.State(Opened()), Parts(upload, controls, progress, past, result, lost, clock))


def _listen(runs: Evaluations, look: gr.State, parts: Parts) -> None:
    shown = lru_cache(maxsize=8)(lambda run, against, done: _shown(runs, run, against))

    def began(event: gr.EventData) -> list[Any]:
        detail = detail_of(event)
        name = text(detail, "set")
        return [*begin(runs, name, lambda: runs.start(name, bring=text(detail, "bring") == "yes")), Opened()]

    def uploaded(path: str | None) -> list[Any]:
        return begin(runs, "", lambda: take(runs, Path(path)) if path else None)

    def resumed(event: gr.EventData) -> list[Any]:
        return [*begin(runs, "", lambda: runs.resume(text(detail_of(event), "run"))), Opened()]

    def stopped(event: gr.EventData) -> list[Any]:
        return begin(runs, "", lambda: runs.cancel(text(detail_of(event), "run")))

    def watched(now: Opened) -> list[Any]:
        """How far it is; when it has come to its end, what it has shown, unless another run was opened meanwhile."""
        found = runs.all()
        if any(run.state == "running" for run in found):
            return [html.progress(found), html.past(found, now.run), *[gr.skip()] * 4]
        ended = replace(now, run=found[0].id, against="") if found and not now.run else now
        state = [html.progress(found), html.past(found, ended.run)]
        return [*state, ended, *opened_view(runs, shown, ended), gr.Timer(active=False)]

    def opened(event: gr.EventData) -> list[Any]:
        now = html.opened(detail_of(event))
        return [now, *opened_view(runs, shown, now), html.past(runs.all(), now.run)]

    def narrowed(event: gr.EventData) -> list[Any]:
        now = html.opened(detail_of(event))
        return [now, lost_view(runs, shown, now)]

    def forgotten(event: gr.EventData) -> list[Any]:
        try:
            runs.remove(text(detail_of(event), "run"))
        except NewsdeskError as error:
            return [Opened(), html.failed(str(error)), "", html.past(runs.all())]
        return [Opened(), "", "", html.past(runs.all())]

    def refreshed(now: Opened) -> list[Any]:
        found = runs.all()
        going = any(run.state == "running" for run in found)
        return [html.progress(found), html.past(found, now.run), gr.Timer(active=going)]

    beginning = [parts.controls, parts.progress, parts.past, parts.clock]
    parts.controls.begin(began, None, [*beginning, look], **QUIET)
    parts.upload.upload(uploaded, [parts.upload], beginning, **QUIET)
    parts.progress.resume(resumed, None, [*beginning, look], **QUIET)
    parts.progress.stop_run(stopped, None, beginning, **QUIET)
    parts.clock.tick(
        watched, [look], [parts.progress, parts.past, look, parts.result, parts.lost, parts.clock], **QUIET
    )
    for part in (parts.past, parts.progress, parts.result):
        part.open(opened, None, [look, parts.result, parts.lost, parts.past], **QUIET)
    parts.result.forget(forgotten, None, [look, parts.result, parts.lost, parts.past], **QUIET)
    parts.lost.narrow(narrowed, None, [look, parts.lost], **QUIET)
    parts.past.refresh(refreshed, [look], [parts.progress, parts.past, parts.clock], **QUIET)


def begin(runs: Evaluations, chosen: str, act: Callable[[], Any]) -> list[Any]:
    """Do what was asked; the sets to choose from, what is in work, and why nothing began where nothing did."""
    notice = ""
    try:
        if isinstance(name := act(), str):
            chosen = name
    except NewsdeskError as error:
        notice = str(error)
    found = runs.all()
    going = any(run.state == "running" for run in found)
    named = html.sets_of(runs.sets.all())
    return [html.controls(named, chosen, notice), html.progress(found), html.past(found), gr.Timer(active=going)]


def take(runs: Evaluations, path: Path) -> str:
    """Keep an uploaded set; its name. The upload itself is not kept."""
    try:
        return runs.upload(path.name, path.read_bytes())
    finally:
        path.unlink(missing_ok=True)


def opened_view(runs: Evaluations, shown: Callable[[str, str, int], Shown], now: Opened) -> list[str]:
    """A run's result and its lost questions; or why there is nothing to see."""
    if not now.run:
        return ["", ""]
    try:
        run = runs.get(now.run)
        kept = shown(now.run, now.against, run.done)
        return [
            html.result(run, kept.overview, runs.earlier(now.run), now.against),
            html.lost(kept.lost, now),
        ]
    except NewsdeskError as error:
        return [html.failed(str(error)), ""]


def lost_view(runs: Evaluations, shown: Callable[[str, str, int], Shown], now: Opened) -> str:
    """The lost questions that are asked for, one of them whole."""
    try:
        kept = shown(now.run, now.against, runs.get(now.run).done)
        return html.lost(kept.lost, now, _whole(runs, now))
    except NewsdeskError as error:
        return html.failed(str(error))


def _shown(runs: Evaluations, run: str, against: str) -> Shown:
    result = runs.result(run)
    comparison = runs.compare(against, run) if against else None
    return Shown(overview_html(result, comparison), lost_rows(result))


def _whole(runs: Evaluations, now: Opened) -> str:
    """One question with what was expected, given, cited and retrieved; nothing where it is not in the run."""
    if not now.question:
        return ""
    found = (record for record in runs.result(now.run).questions if record["id"] == now.question)
    record = next(found, None)
    return question_html(record) if record is not None else ""


def _html(value: Any, name: str) -> Any:
    source = (STATIC / "evaluate.js").read_text("utf-8")
    return gr.HTML(value, elem_id=name, js_on_load=source, apply_default_css=False, container=False)
