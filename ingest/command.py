"""The ingest command: progress while it works, a report at the end, an exit status that tells the truth."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ingest import pipeline
from ingest.check import find_faults
from ingest.check import repair as mend
from ingest.pace import pace
from ingest.report import Report
from newsdesk.archive import open_archive
from newsdesk.errors import BadInput
from newsdesk.models import load_embedder
from newsdesk.settings import Settings
from newsdesk.vectors import open_vectors


def run(
    given: Sequence[str | Path],
    settings: Settings,
    *,
    rebuild: bool = False,
    report_to: Path | None = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
) -> int:
    """Ingest files, folders and web addresses (or make all vectors anew) and say what was done; 1 if a source failed.

    ``report_to`` is a JSON file for the report, with every source that failed and why. Raises NewsdeskError where
    nothing could be done at all.
    """
    console = Console(file=sys.stderr)
    with open_archive(settings) as archive, open_vectors(settings) as vectors:
        embedder = load_embedder(settings.embedding_model)
        with _bar(console) if console.is_terminal else nullcontext() as bar:
            shown = _show(bar) if bar else lambda _: None
            report = pipeline.rebuild(archive, vectors, embedder, shown) if rebuild else Report()
            if given:
                report = pipeline.ingest(
                    given, archive, vectors, embedder, shown, settings, include=include, exclude=exclude
                )
        held = f"The archive holds {archive.count():,} articles in {vectors.count():,} passages."
    _print(console, f"{_done(report)}. {held}")
    for failure in report.failures:
        _print(console, f"not taken in: {failure.reason}")
    if report_to:
        _write(report, report_to)
    return 1 if report.failures else 0


def check(settings: Settings, *, repair: bool = False) -> int:
    """Say what does not agree in the archive and its vectors, and mend it if asked; 1 if something is (still) wrong."""
    console = Console(file=sys.stderr)
    with open_archive(settings) as archive, open_vectors(settings) as vectors:
        faults = find_faults(archive, vectors)
        for fault in faults:
            _print(console, f"{fault.where}: {fault.what}")
        if faults and repair:
            faults = mend(archive, vectors, lambda: load_embedder(settings.embedding_model))
            for fault in faults:
                _print(console, f"not mended: {fault.where}: {fault.what}")
        held = f"{archive.count():,} articles in {archive.passage_counts()[0]:,} passages"
    _print(console, f"{held}. {_verdict(len(faults), repair=repair)}")
    return 1 if faults else 0


def _verdict(faults: int, *, repair: bool) -> str:
    if not faults:
        return "All of it agrees."
    if repair:
        return "What is not mended stands in no article's text: remove those articles and ingest them again."
    return "Mend it: newsdesk check --repair"


def _print(console: Console, line: str) -> None:
    console.print(line, highlight=False, markup=False, soft_wrap=True)


def _write(report: Report, path: Path) -> None:
    try:
        path.write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(f"The report cannot be written to {path}: {error.strerror}. Name another file.") from error


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[pace]}"))
    return Progress(*columns, console=console, transient=True)


def _show(bar: Progress) -> pipeline.Progress:
    reading = bar.add_task("reading", total=None, pace="files")
    embedding = bar.add_task("embedding", total=None, pace="passages")
    begun = time.monotonic()

    def show(report: Report) -> None:
        bar.update(reading, total=report.files, completed=report.files_read)
        left = _left(report, time.monotonic() - begun)
        bar.update(embedding, total=report.to_embed or None, completed=report.embedded, pace=left)

    return show


def _left(report: Report, seconds: float) -> str:
    """ "passages, 45 a second, 0:12:30 left", as far as it is known."""
    now = pace(report, seconds)
    if now.rate is None or now.seconds_left is None:
        return "passages"
    return f"passages, {now.rate:,.0f} a second, {timedelta(seconds=round(now.seconds_left))} left"


def _done(report: Report) -> str:
    counts = [f"{report.added} added", f"{report.changed} changed", f"{report.unchanged} unchanged"]
    if report.duplicate:
        counts.append(f"{report.duplicate} held already from elsewhere")
    return ", ".join([*counts, f"{len(report.failures)} failed"])
