"""What is being taken into the archive: how far each delivery is, what came of it, and what failed and why."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from ingest.jobs import Job
from ingest.report import Report
from newsdesk.page.words import NOTHING, is_web_address

SHOWN = 5
"""Deliveries that are over and still shown, for so long:"""
SHOWN_FOR = timedelta(hours=1)
FAULTS = 50
"""Failures told of one delivery; the rest is counted."""
_FOLDERS = re.compile(rf"(?<![\w:/])(?:[A-Za-z]:)?{re.escape(os.sep)}(?:[^\s:]+{re.escape(os.sep)})+")


def jobs(found: Sequence[Job]) -> str:
    """The deliveries in work, and those that ended lately; nothing where there are none."""
    now = datetime.now(UTC)
    over = [job for job in found if job.ended is not None and now - job.ended < SHOWN_FOR][:SHOWN]
    shown = [job for job in found if job.ended is None] + over
    return str(Markup('<ul class="jobs">{}</ul>').format(Markup().join(map(_job, shown))) if shown else NOTHING)


def in_work(found: Sequence[Job]) -> bool:
    """Whether any delivery is not over."""
    return any(job.ended is None for job in found)


def refused(words: str) -> str:
    """Why a delivery was not taken at all."""
    return str(Markup('<p class="notice" role="alert">{}</p>').format(words))


def _job(job: Job) -> Markup:
    return Markup(
        '<li class="job {}"><p class="what" dir="auto">{}</p>{}<p class="how" role="status">{}</p>{}</li>'
    ).format(job.state, _what(job), _progress(job), _how(job), _faults(job))


def _what(job: Job) -> str:
    names = [source if is_web_address(source) else source.rsplit(os.sep, 1)[-1] for source in job.sources]
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _progress(job: Job) -> Markup:
    """A bar with its button to stop, while the delivery is in work."""
    if job.ended is not None:
        return NOTHING
    stop = Markup('<button type="button" class="plain" data-do="cancel" data-job="{}">Stop</button>').format(job.id)
    share = _share(job.report)
    value = Markup(' value="{:.3f}"').format(share) if share is not None else NOTHING
    return Markup('<div class="going"><progress max="1"{} aria-label="Taking in"></progress>{}</div>').format(
        value, stop
    )


def _share(report: Report) -> float | None:
    """How much is done, where the files not yet read are taken to be as long as the others; None before any is."""
    if not report.files_read:
        return None
    whole = report.to_embed * report.files / report.files_read
    return min(report.embedded / whole, 1.0) if whole else report.files_read / report.files


def _how(job: Job) -> str:
    """What is being done, or what came of it."""
    report = job.report
    if job.state == "queued":
        return "Waiting for its turn."
    if job.state == "failed":
        return _plain(job.error or "It failed.")
    if job.state == "running":
        return _stage(job)
    came = _came(report) or "nothing new"
    stopped = "Stopped. What was read is kept: " if job.state == "cancelled" else ""
    return f"{stopped}{came}." if stopped else f"{came[0].upper()}{came[1:]}."


def _stage(job: Job) -> str:
    report = job.report
    read = f"{report.files_read:,} of {report.files:,} files and pages read" if report.files else "Reading"
    searchable = f", {report.embedded:,} of {report.to_embed:,} passages searchable" if report.to_embed else ""
    left = f", {_time(job.seconds_left)} left" if job.seconds_left is not None else ""
    return f"{read}{searchable}{left}."


def _came(report: Report) -> str:
    counts = (
        (report.added, "added"),
        (report.changed, "changed"),
        (report.unchanged, "unchanged"),
        (report.duplicate, "known already from elsewhere"),
        (len(report.failed), "failed"),
    )
    return ", ".join(f"{count:,} {words}" for count, words in counts if count)


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _faults(job: Job) -> Markup:
    failed = job.report.failed
    if not failed:
        return NOTHING
    items = Markup().join(Markup('<li dir="auto">{}</li>').format(_plain(fault)) for fault in failed[:FAULTS])
    more = Markup("<li>and {:,} more</li>").format(len(failed) - FAULTS) if len(failed) > FAULTS else NOTHING
    return Markup('<details class="faults" open><summary>What failed, and why</summary><ul>{}{}</ul></details>').format(
        items, more
    )


def _plain(fault: str) -> str:
    """A fault as a reader of the page may see it: files by their names, without the folders of this machine."""
    return _FOLDERS.sub("", fault)
