"""The Evaluate view, as HTML: the sets to choose from, the run in work, the runs there were, and what one has shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from markupsafe import Markup

from newsdesk.evaluate.outcomes import OUTCOMES
from newsdesk.evaluate.runs import Run
from newsdesk.evaluate.sets import FEEDBACK
from newsdesk.evaluate.verdict import share
from newsdesk.page.detail import Detail, number, text
from newsdesk.page.words import NOTHING

PAGE = 20
"""Questions on a page of those that were lost."""
FAULTS = 200
"""Faults of a set that are listed; the rest is counted."""

Lost = Sequence[tuple[str, str, str, str]]
"""Questions that were lost: id, question, how it ended, kind."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What of a run is looked at: beside which other run, which lost questions, which of them whole."""

    run: str = ""
    against: str = ""
    outcome: str = ""
    kind: str = ""
    page: int = 1
    question: str = ""


def opened(detail: Detail) -> Opened:
    """What a browser asks to see."""
    return Opened(
        text(detail, "run"),
        text(detail, "against"),
        text(detail, "outcome"),
        text(detail, "kind"),
        max(number(detail, "page", 1), 1),
        text(detail, "question"),
    )


def controls(sets: Sequence[str], chosen: str = "", notice: str = "") -> str:
    """The form that begins a run, and below it why it could not begin."""
    if not sets:
        return str(Markup('<p class="quiet">There is no question set yet. Upload one.</p>{}').format(_notice(notice)))
    option = Markup('<option value="{}"{}>{}</option>')
    selected = Markup(" selected")
    options = [option.format(name, selected if name == chosen else NOTHING, _named(name)) for name in sets]
    return str(
        Markup(
            '<form class="filters begin" aria-label="Evaluate"><label class="search">Question set '
            '<select name="set">{}</select></label><button type="submit" class="first">Evaluate</button>'
            '<label class="check"><input type="checkbox" name="bring" value="yes"> '
            "Add the articles that come with the set to the archive</label></form>{}"
        ).format(Markup().join(options), _notice(notice))
    )


def _named(name: str) -> str:
    return f"What readers corrected ({FEEDBACK})" if name == FEEDBACK else name


def _notice(words: str) -> Markup:
    """Why a run could not begin; of a set with faults, each on a line of its own."""
    if not words:
        return NOTHING
    first, *faults = words.splitlines()
    items = Markup().join(Markup("<li>{}</li>").format(fault) for fault in faults[:FAULTS])
    more = Markup("<li>and {:,} more</li>").format(len(faults) - FAULTS) if len(faults) > FAULTS else NOTHING
    listed = Markup('<ul class="listed">{}{}</ul>').format(items, more) if faults else NOTHING
    return Markup('<div class="notice" role="alert"><p>{}</p>{}</div>').format(first, listed)


def progress(runs: Sequence[Run]) -> str:
    """The run in work; where none is, the latest if it did not come to its end."""
    latest = next((run for run in runs if run.state == "running"), runs[0] if runs else None)
    if latest is None or latest.state == "done":
        return ""
    return str(
        Markup(
            '<div class="run {}"><p class="what"><bdi>{}</bdi></p><div class="going">'
            '<progress max="{}" value="{}" aria-label="Questions answered"></progress>{}</div>'
            '<p class="how" role="status">{}</p></div>'
        ).format(
            latest.state,
            _named(latest.question_set),
            latest.total or 1,
            latest.done,
            _action(latest),
            _how(latest),
        )
    )


def _action(run: Run) -> Markup:
    do, words = ("stop", "Stop") if run.state == "running" else ("resume", "Go on")
    button = Markup('<button type="button" class="plain" data-do="{}" data-run="{}">{}</button>')
    so_far = button.format("open", run.id, "Show what there is so far") if run.done else NOTHING
    return button.format(do, run.id, words) + so_far


def _how(run: Run) -> str:
    counted = f"{run.done:,} of {run.total:,} questions, {run.lost:,} of them lost"
    if run.state == "failed":
        return f"It failed after {counted}: {run.error}"
    if run.state == "stopped":
        return f"Stopped after {counted}."
    left = f", {_time(run.seconds_left)} left" if run.seconds_left is not None else ""
    return f"{counted}{left}."


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def past(runs: Sequence[Run], chosen: str = "") -> str:
    """The runs there were, the latest first."""
    if not runs:
        return '<p class="quiet">Nothing has been evaluated yet.</p>'
    rows = Markup().join(_run(run, run.id == chosen) for run in runs)
    return str(
        Markup(
            '<h2>Runs</h2><table class="runs"><thead><tr><th scope="col">Begun</th><th scope="col">Question set</th>'
            '<th scope="col">Ended well</th></tr></thead><tbody>{}</tbody></table>'
        ).format(rows)
    )


def _run(run: Run, chosen: bool) -> Markup:
    current = Markup(' aria-current="true"') if chosen else NOTHING
    return Markup(
        '<tr{}><th scope="row"><button type="button" class="plain" data-do="open" data-run="{}">{}</button></th>'
        "<td><bdi>{}</bdi></td><td>{}</td></tr>"
    ).format(current, run.id, _moment(run.started), _named(run.question_set), _score(run))


def _score(run: Run) -> str:
    well = f"{run.done - run.lost:,} of {run.done:,} ({share(run.done - run.lost, run.done)})" if run.done else "–"
    return well if run.state == "done" else f"{well}, {run.state}"


def _moment(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def result(run: Run, overview: str, earlier: Sequence[Run], against: str = "") -> str:
    """What a run has shown, with the way to its files and to the runs that it compares with.

    ``overview`` is HTML of newsdesk's own, in which every text is escaped already.
    """
    bar = _files(run) + _compare(run, earlier, against) + _forget(run)
    return str(
        Markup('<div class="result" data-run="{}"><div class="bar" tabindex="-1">{}</div>{}</div>').format(
            run.id,
            bar,
            Markup(overview),  # noqa: S704 - see above
        )
    )


def _forget(run: Run) -> Markup:
    if run.state == "running":
        return NOTHING
    button = Markup('<button type="button" class="plain grave" data-do="forget" data-run="{}">Delete this run</button>')
    return button.format(run.id)


def _files(run: Run) -> Markup:
    if run.state != "done":
        return Markup('<span class="quiet">Not done: figures of the questions answered so far.</span>')
    link = Markup('<a href="evaluations/{}/{}" download>{}</a>')
    return link.format(quote(run.id), "report.html", "Report") + link.format(quote(run.id), "result.json", "JSON")


def _compare(run: Run, earlier: Sequence[Run], against: str) -> Markup:
    if not earlier or run.state != "done":
        return NOTHING
    option = Markup('<option value="{}"{}>{}</option>')
    options = [option.format("", NOTHING, "no other run")]
    options += [
        option.format(one.id, Markup(" selected") if one.id == against else NOTHING, _moment(one.started))
        for one in earlier
    ]
    return Markup('<label class="compare">Compare with <select name="against">{}</select></label>').format(
        Markup().join(options)
    )


def failed(words: str) -> str:
    """Why there is nothing to show."""
    return str(_notice(words))


def lost(rows: Lost, look: Opened, whole: str = "") -> str:
    """The questions that were lost, filtered and page by page; ``whole`` is the HTML of the one that is opened."""
    if not rows:
        return '<h2>Lost questions</h2><p class="quiet">None.</p>'
    found = [row for row in rows if look.outcome in ("", row[2]) and look.kind in ("", row[3])]
    pages = max(-(-len(found) // PAGE), 1)
    page = min(look.page, pages)
    items = Markup().join(_lost(row, look, whole) for row in found[(page - 1) * PAGE : page * PAGE])
    return str(
        Markup('<h2>Lost questions</h2>{}<ol class="lost-questions">{}</ol>{}').format(
            _filters(rows, look, len(found)), items, _pager(page, pages)
        )
    )


def _lost(row: tuple[str, str, str, str], look: Opened, whole: str) -> Markup:
    id, question, outcome, kind = row
    open_ = id == look.question and bool(whole)
    return Markup(
        '<li><button type="button" class="title" data-do="question" data-question="{}" aria-expanded="{}" dir="auto">{}'
        '</button> <span class="quiet">{}{}</span>{}</li>'
    ).format(
        "" if open_ else id,
        "true" if open_ else "false",
        question,
        outcome,
        f" · {kind}" if kind else "",
        _whole(question, whole) if open_ else NOTHING,
    )


def _whole(question: str, whole: str) -> Markup:
    ask = Markup('<p><button type="button" data-do="chat" data-words="{}">Ask it in the chat</button></p>').format(
        question
    )
    return Markup('<div class="opened" tabindex="-1">{}{}</div>').format(ask, Markup(whole))  # noqa: S704 - ours


def _filters(rows: Lost, look: Opened, count: int) -> Markup:
    meanings = {name.split(":")[0]: None for name in OUTCOMES.values()}
    outcomes = [name for name in meanings if any(row[2] == name for row in rows)]
    kinds = sorted({row[3] for row in rows if row[3]})
    selects = _select("Ended", "outcome", outcomes, look.outcome) + (
        _select("Kind", "kind", kinds, look.kind) if kinds else NOTHING
    )
    counted = Markup('<output aria-live="polite">{:,} of {:,}</output>').format(count, len(rows))
    return Markup('<form class="filters narrow" aria-label="Lost questions">{}{}</form>').format(selects, counted)


def _select(words: str, name: str, options: Sequence[str], chosen: str) -> Markup:
    option = Markup("<option{}>{}</option>")
    every = Markup('<option value="">any</option>')
    shown = Markup().join(option.format(Markup(" selected") if one == chosen else NOTHING, one) for one in options)
    return Markup('<label>{} <select name="{}">{}{}</select></label>').format(words, name, every, shown)


def _pager(page: int, pages: int) -> Markup:
    if pages == 1:
        return NOTHING
    step = Markup('<button type="button" class="plain" data-do="page" data-page="{}"{}>{}</button>')
    disabled = Markup(" disabled")
    return Markup('<nav class="pager" aria-label="Pages of lost questions">{}<span>{:,} of {:,}</span>{}</nav>').format(
        step.format(page - 1, NOTHING if page > 1 else disabled, "Previous"),
        page,
        pages,
        step.format(page + 1, NOTHING if page < pages else disabled, "Next"),
    )


def sets_of(known: Mapping[str, object]) -> list[str]:
    """The names to choose from, readers' corrections first."""
    return sorted(known, key=lambda name: (name != FEEDBACK, name.lower()))
