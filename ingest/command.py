"""The ingest command: progress while it works, a report at the end, an exit status that tells the truth."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ingest import pipeline
from ingest.pipeline import Report
from newsdesk.archive import open_archive
from newsdesk.models import load_embedder
from newsdesk.settings import Settings
from newsdesk.vectors import open_vectors


def run(paths: Sequence[Path], settings: Settings, *, rebuild: bool = False) -> int:
    """Ingest files and folders (or make all vectors anew) and say what was done; 0, or 1 if a source failed.

    Raises NewsdeskError where nothing could be done at all.
    """
    console = Console(file=sys.stderr)
    with open_archive(settings) as archive, open_vectors(settings) as vectors:
        embedder = load_embedder(settings.embedding_model)
        with _bar(console) if console.is_terminal else nullcontext() as bar:
            shown = _show(bar) if bar else lambda _: None
            if rebuild:
                pipeline.rebuild(archive, vectors, embedder, shown)
            report = pipeline.ingest(paths, archive, vectors, embedder, shown) if paths else Report()
        console.print(_closing(report, archive.count(), vectors.count()), highlight=False, markup=False, soft_wrap=True)
    for fault in report.failed:
        console.print(f"not taken in: {fault}", highlight=False, markup=False, soft_wrap=True)
    return 1 if report.failed else 0


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True)


def _show(bar: Progress) -> pipeline.Progress:
    reading = bar.add_task("reading", total=None)
    embedding = bar.add_task("embedding", total=None)

    def show(report: Report) -> None:
        bar.update(reading, total=report.files, completed=report.files_read)
        bar.update(embedding, total=report.to_embed or None, completed=report.embedded)

    return show


def _closing(report: Report, articles: int, passages: int) -> str:
    done = f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, {len(report.failed)} failed"
    return f"{done}. The archive holds {articles:,} articles in {passages:,} passages."
