"""The progress of a run on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from newsdesk.evaluate.run import Progress


@contextmanager
def bar() -> Iterator[Callable[[Progress], None] | None]:
    """What shows each step on standard error; None where that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Shown

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Shown(*columns, console=Console(file=sys.stderr), transient=True) as shown:
        task = shown.add_task("")

        def show(step: Progress) -> None:
            said = f"{step.lost} lost" + (f", {step.resumed} from before" if step.resumed else "")
            shown.update(task, total=step.total, completed=step.done, description=said)

        yield show
