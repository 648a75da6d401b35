"""A run can be stopped at any time and loses nothing; it does not grow; what raises is recorded."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from newsdesk.errors import BadInput, InUse
from newsdesk.evaluate import QuestionSet, evaluate, read_questions, read_result, write_result
from newsdesk.evaluate.journal import entries
from newsdesk.evaluate.questions import GoldQuestion
from newsdesk.evaluate.records import Record
from newsdesk.evaluate.results import collect
from newsdesk.evaluate.run import Progress, run
from newsdesk.types import Answer, Article, Question
from tests.test_evaluate_fakes import QUESTIONS, Shelf, chain, hit, right, write_set

ASKED: list[str] = []


def counted(question: Question) -> Answer:
    ASKED.append(question.question)
    return right(question)


@pytest.fixture
def questions(tmp_path: Path) -> QuestionSet:
    ASKED.clear()
    return read_questions(write_set(tmp_path / "set.jsonl"), Shelf())


def steps(questions: QuestionSet, journal: Path, **other: object) -> Iterator[Progress]:
    return run(chain(counted), Shelf(), questions, journal, identity=other, batch_size=2)


def lasting(record: Record) -> dict[str, object]:
    """What must be the same in two runs: everything but the time it took."""
    return {name: value for name, value in record.items() if name != "timings_ms"}


def test_progress_is_told_after_each_batch(questions: QuestionSet, tmp_path: Path) -> None:
    told = list(steps(questions, tmp_path / "journal"))
    assert [(step.done, step.total, step.resumed, step.lost) for step in told] == [
        (done, 8, 0, 0) for done in (0, 2, 4, 6, 8)
    ]


def test_a_stopped_run_goes_on_where_it_ended(questions: QuestionSet, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    first = steps(questions, journal)
    next(first), next(first), next(first)
    first.close()  # type: ignore[attr-defined]
    assert len(ASKED) == 4
    told = list(steps(questions, journal))
    assert (told[0].done, told[0].resumed, told[-1].done) == (4, 4, 8)
    assert [str(fields["question"]) for fields in QUESTIONS] == ASKED
    assert [record["id"] for record in collect(journal, questions, {}).questions] == [f"q{n}" for n in range(1, 9)]


def test_a_line_cut_off_by_a_crash_is_asked_again(questions: QuestionSet, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    list(steps(questions, journal))
    written = journal.read_bytes()
    for cut in (1, 30, 400, 3000, len(written) - 5):
        journal.write_bytes(written[:-cut])
        told = list(steps(questions, journal))
        assert told[-1].done == 8
        records = collect(journal, questions, {}).questions
        assert [record["outcome"] for record in records] == ["right"] * 6 + ["rightly_declined"] * 2


def test_a_journal_of_another_measurement_is_put_aside(questions: QuestionSet, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    list(steps(questions, journal, model="one"))
    told = list(steps(questions, journal, model="two"))
    assert told[0].resumed == 0
    assert (tmp_path / "journal.old").exists()


def test_two_runs_do_not_write_one_journal(questions: QuestionSet, tmp_path: Path) -> None:
    first = steps(questions, tmp_path / "journal")
    next(first)
    with pytest.raises(InUse, match="Another evaluation"):
        next(steps(questions, tmp_path / "journal"))
    first.close()  # type: ignore[attr-defined]
    assert len(list(steps(questions, tmp_path / "journal"))) == 5
    assert not (tmp_path / "journal.lock").exists()


def test_a_killed_process_is_resumed_without_loss(questions: QuestionSet, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    script = textwrap.dedent(f"""
        import time
        from pathlib import Path
        from newsdesk.evaluate import read_questions
        from newsdesk.evaluate.run import run
        from tests.test_evaluate_fakes import Shelf, chain, right
        def slow(question):
            time.sleep(0.15)
            return right(question)
        questions = read_questions(Path({str(questions.path)!r}), Shelf())
        for step in run(chain(slow), Shelf(), questions, Path({str(journal)!r}), identity={{}}, batch_size=1):
            pass
    """)
    process = subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parent.parent)
    try:
        end = time.monotonic() + 60
        while not journal.exists() or journal.read_bytes().count(b'{"question"') < 2:
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.02)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    told = list(steps(questions, journal))
    assert 2 <= told[0].resumed < 8
    assert len(ASKED) == 8 - told[0].resumed
    whole = evaluate(chain(right), Shelf(), questions).questions
    assert [lasting(one) for one in collect(journal, questions, {}).questions] == [lasting(one) for one in whole]


def test_two_runs_give_equal_answers_and_figures(questions: QuestionSet) -> None:
    one, other = (evaluate(chain(right), Shelf(), questions) for _ in range(2))
    assert one.questions == other.questions
    assert {name: figure for name, figure in one.figures.items() if "second" not in name and "memory" not in name} == {
        name: figure for name, figure in other.figures.items() if "second" not in name and "memory" not in name
    }


def test_a_question_that_raises_is_recorded_and_counts_as_wrong(questions: QuestionSet) -> None:
    def fails(question: Question) -> Answer:
        if "anglers" in question.question:
            raise BadInput("Too deep.")
        return right(question)

    result = evaluate(chain(fails), Shelf(), questions)
    failed = next(record for record in result.questions if record["id"] == "q6")
    assert (failed["outcome"], failed["error"]) == ("error", "BadInput: Too deep.")
    assert result.value("f1") == pytest.approx(5 / 6)
    assert result.value("recall@5") == pytest.approx(5 / 6)
    assert result.value("decline_precision") == 1.0  # an error is not a refusal to answer


def test_a_chain_that_cannot_answer_at_all_ends_the_run(questions: QuestionSet) -> None:
    def broken(question: Question) -> Answer:
        raise RuntimeError("no model")

    with pytest.raises(RuntimeError, match="no model"):
        evaluate(chain(broken), Shelf(), questions)


@pytest.mark.parametrize("confidence", [float("nan"), 1.5, -0.1])
def test_a_confidence_that_is_none_is_recorded_as_an_error(questions: QuestionSet, confidence: float) -> None:
    def boasts(question: Question) -> Answer:
        answer = right(question)
        return replace(answer, confidence=confidence) if "anglers" in question.question else answer

    result = evaluate(chain(boasts), Shelf(), questions)
    assert result.outcomes[""] == {"right": 5, "rightly_declined": 2, "error": 1}


def test_text_that_utf8_cannot_hold_and_endless_scores_do_not_end_a_run(questions: QuestionSet, tmp_path: Path) -> None:
    def odd(question: Question) -> Answer:
        answer = right(question)
        passages = tuple(replace(found, score=float("inf")) for found in answer.passages)
        return replace(answer, answer=answer.answer + " \ud800", passages=passages)

    result = evaluate(chain(odd), Shelf(), questions)
    write_result(result, tmp_path / "run.json")
    assert read_result(tmp_path / "run.json").questions == result.questions


def test_history_date_and_depth_reach_the_chain(tmp_path: Path) -> None:
    asked: list[Question] = []

    def keeps(question: Question) -> Answer:
        asked.append(question)
        return right(question)

    turns = [{"role": "user", "content": "The ferry?"}, {"role": "assistant", "content": "It sank."}]
    follow = QUESTIONS[0] | {"history": turns, "asked_at": "2031-03-05", "standalone": "How many died on the ferry?"}
    result = evaluate(chain(keeps), Shelf(), read_questions(write_set(tmp_path / "set.jsonl", [follow])))
    assert [turn.content for turn in asked[0].history] == ["The ferry?", "It sank."]
    assert (str(asked[0].asked_at), asked[0].top_k) == ("2031-03-05", 50)
    assert 0 < (result.value("rewrite_f1") or 0) < 1


def test_memory_does_not_grow_with_the_number_of_questions(tmp_path: Path) -> None:
    article = Article("long", "word " * 20_000)

    def heavy(question: Question) -> Answer:
        passages = tuple(hit(article, place, place + 2000, 1.0) for place in range(0, 30_000, 1000))
        base = right(Question(str(QUESTIONS[0]["question"])))
        return replace(base, question=question.question, passages=passages)

    def peak(size: int) -> int:
        gold = tuple(GoldQuestion(f"q{n}", "?", ("Four people",), ("long",)) for n in range(size))
        questions = QuestionSet(tmp_path / "set.jsonl", "jsonl", f"{size}", gold)
        tracemalloc.start()
        for _ in run(
            chain(heavy), Shelf([article]), questions, tmp_path / f"journal-{size}", identity={}, batch_size=4
        ):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(8)
    assert peak(80) < 1.25 * peak(20)


def test_the_journal_is_lines_of_json(questions: QuestionSet, tmp_path: Path) -> None:
    list(steps(questions, tmp_path / "journal"))
    head = json.loads((tmp_path / "journal").read_text("utf-8").splitlines()[0])
    assert head["set"] == questions.sha256
    kinds = ["batch" if "batch" in entry else entry["question"]["id"] for entry in entries(tmp_path / "journal")]
    assert kinds == ["q1", "q2", "batch", "q3", "q4", "batch", "q5", "q6", "batch", "q7", "q8", "batch"]
