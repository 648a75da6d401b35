"""Evaluations in the background: one at a time, stopped and gone on with, kept over a restart."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from pydantic import BaseModel

from newsdesk.assistant import Assistant
from newsdesk.chain import build_chain
from newsdesk.errors import BadInput, InUse, NotFound
from newsdesk.evaluate import Evaluations, Run, read_result
from newsdesk.evaluate.run import Chain
from newsdesk.reader import Reading
from newsdesk.types import Answer, Hit, Question
from tests.conftest import WordReader, put
from tests.test_evaluate_fakes import ARTICLES, QUESTIONS, Shelf, chain, right, write_set


class NoSettings(BaseModel):
    """Settings of a system that has none."""


@dataclass
class Measured:
    """A system to evaluate, which can be held up before a question."""

    answer: Callable[[Question], Answer] = right
    archive: Shelf = field(default_factory=Shelf)
    settings: NoSettings = field(default_factory=NoSettings)
    name: str = "right"
    asked: list[str] = field(default_factory=list)
    gate: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(10**6))

    @property
    def chain(self) -> Chain:
        return chain(self._answer)

    def _answer(self, question: Question) -> Answer:
        assert self.gate.acquire(timeout=30)
        self.asked.append(question.question)
        return self.answer(question)

    def describe(self) -> Mapping[str, str]:
        return {"engine": self.name}


@contextmanager
def opened(home: Path, system: Measured) -> Iterator[Evaluations]:
    evaluations = Evaluations(system, home)
    try:
        yield evaluations
    finally:
        system.gate.release(10**6)
        evaluations.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "question-sets").mkdir()
    write_set(tmp_path / "question-sets" / "set.jsonl")
    return tmp_path


def finished(evaluations: Evaluations, run: Run) -> Run:
    """The run when its thread has ended, as it ended."""
    thread = evaluations._thread
    assert thread is not None
    thread.join(30)
    return evaluations.get(run.id)


def held_at(home: Path, answered: int) -> Measured:
    return Measured(gate=threading.Semaphore(answered))


def until_asked(system: Measured, evaluations: Evaluations, run: Run, done: int) -> Run:
    """The run once so many of its questions are answered."""
    for _ in range(3000):
        if (now := evaluations.get(run.id)).done >= done:
            return now
        threading.Event().wait(0.01)
    raise AssertionError(f"{len(system.asked)} asked")


def test_a_run_ends_with_its_result_and_its_report(home: Path) -> None:
    with opened(home, Measured()) as evaluations:
        run = finished(evaluations, evaluations.start("set.jsonl"))
        assert (run.state, run.done, run.total, run.lost, run.error) == ("done", 8, 8, 0, "")
        assert run.ended is not None
        assert run.ended >= run.started
        result = read_result(evaluations.result_path(run.id))
        assert result.questions == evaluations.result(run.id).questions
        assert result.about["models"] == {"engine": "right"}
        assert "8 of 8 questions ended well" in evaluations.report_path(run.id).read_text("utf-8")
        assert evaluations.all() == [run]
    assert [path.name for path in sorted((home / "evaluations" / run.id).iterdir())] == [
        "report.html", "result.json", "run.json",
    ]  # fmt: skip


def test_while_a_run_goes_it_tells_how_far_it_is_and_no_other_begins(home: Path) -> None:
    system = held_at(home, 3)
    with opened(home, system) as evaluations:
        run = until_asked(system, evaluations, evaluations.start("set.jsonl"), 3)
        assert (run.state, run.done, run.total) == ("running", 3, 8)
        assert run.seconds_left is not None
        partial = evaluations.result(run.id)
        assert [record["id"] for record in partial.questions] == ["q1", "q2", "q3"]
        assert partial.about["set"]["name"] == "set.jsonl, so far"
        with pytest.raises(InUse, match=r"set\.jsonl is being evaluated"):
            evaluations.start("set.jsonl")
        with pytest.raises(InUse, match="Stop it first"):
            evaluations.remove(run.id)
        with pytest.raises(NotFound, match="not done"):
            evaluations.report_path(run.id)


def test_a_stopped_run_goes_on_where_it_ended_without_asking_again(home: Path) -> None:
    system = held_at(home, 3)
    with opened(home, system) as evaluations:
        run = until_asked(system, evaluations, evaluations.start("set.jsonl"), 3)
        stopping = threading.Thread(target=evaluations.cancel, args=(run.id,))
        stopping.start()
        evaluations._stop.wait(30)
        system.gate.release(10**6)
        stopping.join(30)
        stopped = evaluations.get(run.id)
        assert (stopped.state, stopped.done) == ("stopped", 4)
        assert evaluations.resume(run.id).state == "running"
        ended = finished(evaluations, run)
        assert (ended.state, ended.done, ended.resumed) == ("done", 8, 4)
    assert system.asked == [fields["question"] for fields in QUESTIONS]


def test_a_run_that_its_server_left_is_stopped_and_can_go_on(home: Path) -> None:
    system = held_at(home, 2)
    evaluations = Evaluations(system, home)
    run = until_asked(system, evaluations, evaluations.start("set.jsonl"), 2)
    left = json.loads((home / "evaluations" / run.id / "run.json").read_text())
    assert left["state"] == "running"
    evaluations._stop.set()
    system.gate.release(10**6)
    evaluations.close()
    (home / "evaluations" / run.id / "run.json").write_text(json.dumps(left))
    with opened(home, Measured()) as again:
        assert again.get(run.id).state == "stopped"
        assert again.resume(run.id).id == run.id
        assert finished(again, run).state == "done"


def test_what_another_system_answered_is_not_taken_for_this_ones(home: Path) -> None:
    system = held_at(home, 2)
    with opened(home, system) as evaluations:
        run = until_asked(system, evaluations, evaluations.start("set.jsonl"), 2)
        threading.Thread(target=evaluations.cancel, args=(run.id,)).start()
        evaluations._stop.wait(30)
    other = Measured(name="another")
    with opened(home, other) as evaluations:
        ended = finished(evaluations, evaluations.resume(run.id))
        assert (ended.state, ended.resumed, len(other.asked)) == ("done", 0, 8)


def test_a_run_that_fails_says_why_and_the_next_one_begins(home: Path) -> None:
    def broken(question: Question) -> Answer:
        raise BadInput("No model is loaded.")

    system = Measured(broken)
    with opened(home, system) as evaluations:
        run = finished(evaluations, evaluations.start("set.jsonl"))
        assert (run.state, run.error) == ("failed", "No model is loaded.")
        system.answer = right
        assert finished(evaluations, evaluations.resume(run.id)).state == "done"


def test_runs_of_one_set_are_compared(home: Path) -> None:
    def sullen(question: Question) -> Answer:
        answer = right(Question("Who owns the ferry?"))
        return Answer(question.question, question.question, *(getattr(answer, name) for name in REST))

    with opened(home, Measured(sullen)) as evaluations:
        first = finished(evaluations, evaluations.start("set.jsonl"))
    with opened(home, Measured()) as evaluations:
        second = finished(evaluations, evaluations.start("set.jsonl"))
        assert evaluations.earlier(second.id) == [first]
        assert evaluations.earlier(first.id) == []
        comparison = evaluations.compare(first.id, second.id)
        assert (len(comparison.fixed), len(comparison.broken)) == (6, 0)
        evaluations.remove(first.id)
        assert evaluations.all() == [second]


REST = ("answer", "short_answer", "answered", "confidence", "citations", "passages", "engine", "timings_ms")


class HeldReader(WordReader):
    """Reads what it is asked, except that a question about "patience" waits to be let through."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        if "patience" in question:
            assert self.go.wait(30)
        return super().read(question, hits)


def test_questions_are_answered_while_a_run_is_at_work(assistant: Assistant) -> None:
    put(assistant.archive, *ARTICLES)
    reader = HeldReader()
    held = replace(assistant, reader=reader, chain=build_chain(assistant.retriever, reader))
    home = assistant.settings.home
    (home / "question-sets").mkdir()
    write_set(home / "question-sets" / "set.jsonl", [{"question": "Who has patience?", "answerable": False}])
    evaluations = Evaluations(held, home)
    try:
        run = evaluations.start("set.jsonl")
        assert held.chain.invoke(Question("How many people died?")).question == "How many people died?"
        assert evaluations.get(run.id).state == "running"
    finally:
        reader.go.set()
        assert finished(evaluations, run).state == "done"


@pytest.mark.parametrize("id", ["", "..", "../question-sets", "20310305T101500-0000", "x" * 500, "a\0b"])
def test_an_id_that_is_none_is_not_found(home: Path, id: str) -> None:
    with opened(home, Measured()) as evaluations:
        for look_up in (evaluations.get, evaluations.cancel, evaluations.resume, evaluations.result_path):
            with pytest.raises(NotFound):
                look_up(id)


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="this system knows no priorities")
def test_a_run_gives_way_to_all_else(home: Path) -> None:
    seen: list[int] = []

    def looks(question: Question) -> Answer:
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return right(question)

    with opened(home, Measured(looks)) as evaluations:
        finished(evaluations, evaluations.start("set.jsonl"))
    assert min(seen) > os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
