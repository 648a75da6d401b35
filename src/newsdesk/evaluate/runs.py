"""Evaluations in the background of a server: one at a time, kept in the data folder, stopped and gone on with.

A run's folder holds ``run.json`` (what is known of it), its journal while it is not done, then ``result.json`` and
``report.html``.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

from newsdesk.errors import BadInput, InUse, NewsdeskError, NotFound
from newsdesk.evaluate.command import Measured, about, lacking, must_hold, stream
from newsdesk.evaluate.comparison import Comparison, compare
from newsdesk.evaluate.questions import QuestionSet, read_questions
from newsdesk.evaluate.report import report_html
from newsdesk.evaluate.results import Result, read_result, so_far, write_result
from newsdesk.evaluate.run import Progress
from newsdesk.evaluate.sets import QuestionSets
from newsdesk.types import Article

State = Literal["running", "done", "stopped", "failed"]
Bring = Callable[[Sequence[Article]], object]
"""Stores articles in the archive, with their vectors."""

NICE = 10
"""How much a run gives way to readers' questions, on the scale of nice(1): 0 not at all, 19 most."""
_ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{4}")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Run:
    """An evaluation: of which set, how far it is, and how it ended.

    ``done`` of ``total`` questions are answered, ``lost`` of those wrongly; ``seconds`` is the time spent since it
    last began, in which ``done - resumed`` were answered. ``error`` says why it failed. ``question_set`` is the
    set's name, ``sha256`` that of its content when it was asked.
    """

    id: str
    question_set: str
    sha256: str
    state: State
    started: datetime
    ended: datetime | None = None
    total: int = 0
    done: int = 0
    resumed: int = 0
    lost: int = 0
    seconds: float = 0.0
    error: str = ""

    @property
    def seconds_left(self) -> float | None:
        """How long a running one will go on at its pace so far; None where that is not known."""
        asked = self.done - self.resumed
        return self.seconds / asked * (self.total - self.done) if self.state == "running" and asked else None


class Evaluations:
    """The evaluations of one data folder. Safe to share between threads.

    ``bring``, where given, stores the articles that a set brings with it (SQuAD, MRQA, BEIR).
    """

    def __init__(self, assistant: Measured, home: Path, bring: Bring | None = None) -> None:
        self.sets = QuestionSets(home / "question-sets")
        self._assistant = assistant
        self._folder = home / "evaluations"
        self._bring = bring
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._running: Run | None = None
        self._about: dict[str, object] = {}
        self._thread: threading.Thread | None = None

    def upload(self, name: str, content: bytes) -> str:
        """Keep a set; the name to start it by. Raises BadInput with all its faults, and keeps nothing then."""
        return self.sets.add(name, content, self._assistant.archive)

    def start(self, question_set: str, *, bring: bool = False) -> Run:
        """Begin to ask the questions of a set, named as in ``sets.all()``.

        ``bring`` adds the articles that come with the set to the archive where it lacks them. Raises NotFound for
        an unknown set, BadInput for one with faults or of other articles, InUse while another run goes.
        """
        self._must_be_free()
        questions = self._read(question_set, bring)
        now = datetime.now(UTC)
        id = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
        run = Run(id, question_set, questions.sha256, "running", now, total=len(questions.questions))
        return self._begin(run, questions)

    def resume(self, id: str) -> Run:
        """Go on with a run that was stopped, failed, or ended with the server; what was answered is kept.

        Answers of another version, model or set are not: it begins again. Raises as ``start`` does.
        """
        run = self.get(id)
        if run.state in ("running", "done"):
            return run
        self._must_be_free()
        questions = self._read(run.question_set, bring=False)
        fresh = replace(run, sha256=questions.sha256, state="running", ended=None, error="")
        return self._begin(fresh, questions)

    def get(self, id: str) -> Run:
        """How far a run is. Raises NotFound."""
        running = self._running
        if running is not None and running.id == id:
            return running
        return _read_run(self._place(id))

    def all(self) -> list[Run]:
        """Every run, the latest first."""
        folders = self._folder.iterdir() if self._folder.is_dir() else iter(())
        runs = [self.get(folder.name) for folder in folders if (folder / "run.json").is_file()]
        return sorted(runs, key=lambda run: run.started, reverse=True)

    def cancel(self, id: str) -> Run:
        """Stop a run after the question it is at, and wait for that; ``resume`` goes on with it. Raises NotFound."""
        if self.get(id).state == "running":
            self.close()
        return self.get(id)

    def remove(self, id: str) -> None:
        """Forget a run with its result. Raises NotFound, and InUse for one that goes."""
        folder = self._place(id)
        if self.get(id).state == "running":
            raise InUse("This evaluation is running. Stop it first.")
        shutil.rmtree(folder)

    def result(self, id: str) -> Result:
        """The result of a run; of one that is not done, that of the questions answered so far.

        Raises NotFound where nothing is answered yet.
        """
        folder = self._place(id)
        if (folder / "result.json").exists():
            return read_result(folder / "result.json")
        return so_far(folder / "journal", self.get(id).question_set)

    def result_path(self, id: str) -> Path:
        """The JSON file of a run that is done. Raises NotFound."""
        return self._file(id, "result.json")

    def report_path(self, id: str) -> Path:
        """The HTML report of a run that is done. Raises NotFound."""
        return self._file(id, "report.html")

    def earlier(self, id: str) -> list[Run]:
        """The runs of the same set that were done before this one, the latest first: what it compares with."""
        this = self.get(id)
        return [
            run
            for run in self.all()
            if run.started < this.started and run.question_set == this.question_set and run.state == "done"
        ]

    def compare(self, before: str, after: str) -> Comparison:
        """What changed between two runs. Raises NotFound, and BadInput if they share no question."""
        return compare(self.result(before), self.result(after))

    def close(self) -> None:
        """Stop what runs after the question it is at, and wait for that."""
        self._stop.set()
        if (thread := self._thread) is not None:
            thread.join()

    def _must_be_free(self) -> None:
        if self._running is not None:
            raise InUse(f"{self._running.question_set} is being evaluated. Wait for it to end, or stop it.")

    def _read(self, name: str, bring: bool) -> QuestionSet:
        """The set, without a fault, with every article it asks about in the archive."""
        path, archive = self.sets.find(name), self._assistant.archive
        try:
            questions = read_questions(path, archive)
        except BadInput as error:
            raise BadInput(str(error).replace(f"{path.parent}{os.sep}", "")) from None
        if bring and self._bring is not None and (missing := lacking(questions, archive)):
            self._bring(missing)
        must_hold(questions, archive)
        return questions

    def _begin(self, run: Run, questions: QuestionSet) -> Run:
        with self._lock:
            self._must_be_free()
            self._stop.clear()
            self._keep(run)
            self._running = run
            self._thread = threading.Thread(target=self._work, args=(run, questions), daemon=True)
            self._thread.start()
        return run

    def _work(self, run: Run, questions: QuestionSet) -> None:
        """Ask one question after the other, giving way to all else, and keep how far it is."""
        _give_way()
        try:
            for step in self._steps(run, questions):
                run = self._noted(run, step)
            state: State = "done" if (self._folder / run.id / "result.json").exists() else "stopped"
            run = replace(run, state=state)
        except NewsdeskError as error:
            run = replace(run, state="failed", error=str(error))
        except Exception as error:
            log.exception("An evaluation ended before its last question.")
            run = replace(run, state="failed", error=f"{type(error).__name__}: {error}")
        finally:
            self._keep(replace(run, ended=datetime.now(UTC)))
            self._running = None

    def _steps(self, run: Run, questions: QuestionSet) -> Iterator[Progress | Result]:
        assistant, journal = self._assistant, self._folder / run.id / "journal"
        # Once for all runs: what this process loaded stays as it is, whatever happens to the files since.
        self._about = self._about or about(assistant)
        steps = stream(assistant.chain, assistant.archive, questions, about=self._about, journal=journal, batch_size=1)
        with closing(cast("Generator[Progress | Result]", steps)) as going:
            for step in going:
                yield step
                if self._stop.is_set() and not isinstance(step, Result):
                    return

    def _noted(self, run: Run, step: Progress | Result) -> Run:
        folder = self._folder / run.id
        if isinstance(step, Progress):
            run = replace(run, done=step.done, resumed=step.resumed, lost=step.lost, seconds=step.seconds)
            self._keep(run)
            self._running = run
            return run
        (folder / "report.html").write_text(report_html(step), encoding="utf-8", errors="backslashreplace")
        write_result(step, folder / "result.json")
        (folder / "journal").unlink()
        return run

    def _keep(self, run: Run) -> None:
        """Write what is known of a run, whole or not at all."""
        folder = self._folder / run.id
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / "run.json.partial"
        partial.write_text(json.dumps(asdict(run), default=str), encoding="utf-8")
        os.replace(partial, folder / "run.json")

    def _place(self, id: str) -> Path:
        folder = self._folder / id
        if not _ID.fullmatch(id) or not (folder / "run.json").is_file():
            raise NotFound("There is no evaluation of that id.")
        return folder

    def _file(self, id: str, name: str) -> Path:
        path = self._place(id) / name
        if not path.exists():
            raise NotFound("This evaluation is not done: its result is not there yet.")
        return path


def _read_run(folder: Path) -> Run:
    """A run from its file; one that a server left unended was stopped with it."""
    fields = json.loads((folder / "run.json").read_text("utf-8"))
    moments = {name: datetime.fromisoformat(fields[name]) for name in ("started", "ended") if fields[name]}
    run = Run(**{**fields, **moments})
    return replace(run, state="stopped") if run.state == "running" else run


def _give_way() -> None:
    """Let this thread, and those that it starts, run when nothing else wants to; only Linux knows how."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
