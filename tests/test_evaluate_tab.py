"""The Evaluate view's words: the sets, the run in work, the runs there were, and the lost questions of one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.errors import BadInput, NotFound
from newsdesk.evaluate import QuestionSets
from newsdesk.evaluate.runs import Run
from newsdesk.evaluate.sets import FEEDBACK
from newsdesk.page import evaluations as html
from newsdesk.page.evaluations import Opened, opened
from tests.test_archive_tab import HOSTILE, Tags
from tests.test_evaluate_fakes import QUESTIONS, Shelf, write_set

RUN = Run("20310305T101500-00ff", "set.jsonl", "0" * 64, "running", datetime(2031, 3, 5, 10, 15, tzinfo=UTC), total=60)
LOST = [("q1", "Who owns the ferry?", "wrong span", "who"), ("q2", "When was it?", "wrongly declined", "when")]


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (replace(RUN, done=12, lost=3, seconds=24.0), "12 of 60 questions, 3 of them lost, 96 s left."),
        (replace(RUN, done=12, lost=3, state="stopped"), "Stopped after 12 of 60 questions, 3 of them lost."),
        (replace(RUN, done=1, lost=1, state="failed", error="No model."), "No model."),
    ],
)
def test_a_run_in_work_tells_how_far_it_is(run: Run, words: str) -> None:
    shown = html.progress([replace(run, seconds=24.0 if run.state == "running" else 0.0)])
    assert words.replace("96 s", "2 min") in Tags(shown).text


def test_a_run_that_is_done_is_not_in_work() -> None:
    assert html.progress([replace(RUN, state="done")]) == ""
    assert html.progress([]) == ""


def test_the_runs_there_were_are_listed_with_how_they_ended() -> None:
    shown = Tags(
        html.past([replace(RUN, done=60, lost=25, state="done"), replace(RUN, done=9, lost=9, state="failed")])
    )
    assert "35 of 60 (58%)" in shown.text
    assert "0 of 9 (0%), failed" in shown.text
    assert "5 March 2031, 10:15 UTC" in shown.text


def test_readers_corrections_come_first_among_the_sets() -> None:
    names = html.sets_of({"b.jsonl": 1, FEEDBACK: 1, "a.jsonl": 1})
    assert names == [FEEDBACK, "a.jsonl", "b.jsonl"]
    assert "What readers corrected" in html.controls(names)


def test_the_faults_of_a_set_are_listed_each_on_its_own() -> None:
    notice = "2 faults in set.jsonl; correct the set and run again:\nset.jsonl:1: a\nset.jsonl:2: b"
    shown = Tags(html.controls(["set.jsonl"], "", notice))
    assert sum(tag == "li" for tag, _ in shown.found) == 2
    assert any(attrs.get("role") == "alert" for _, attrs in shown.found)


def test_lost_questions_are_narrowed_down() -> None:
    for look, left in (
        (Opened(), 2),
        (Opened(outcome="wrong span"), 1),
        (Opened(kind="when"), 1),
        (Opened(kind="x"), 0),
    ):
        shown = Tags(html.lost(LOST, look))
        assert sum(attrs.get("data-do") == "question" for _, attrs in shown.found) == left
        assert f"{left} of 2" in shown.text


def test_lost_questions_go_page_by_page() -> None:
    many = [(f"q{number}", f"Question {number}?", "wrong span", "") for number in range(45)]
    shown = Tags(html.lost(many, Opened(page=3)))
    assert "Question 40?" in shown.text
    assert "3 of 3" in shown.text


@pytest.mark.parametrize("make", [
    lambda one: html.controls([one], one, f"{one}\n{one}"),
    lambda one: html.progress([replace(RUN, question_set=one, error=one, state="failed")]),
    lambda one: html.past([replace(RUN, question_set=one)]),
    lambda one: html.lost([(one, one, one, one)], Opened(question=one), "<p>whole</p>"),
    lambda one: html.failed(one),
])  # fmt: skip
def test_what_comes_from_elsewhere_is_never_markup(make: Callable[[str], str]) -> None:
    tags = Tags(make(HOSTILE))
    assert not any(tag in ("script", "img") for tag, _ in tags.found)


@given(
    st.dictionaries(st.sampled_from(["run", "against", "outcome", "kind", "page", "question"]), st.text() | st.none())
)
def test_whatever_a_browser_asks_for_is_a_look_at_a_run(said: dict[str, object]) -> None:
    assert opened(said).page >= 1


def sets(tmp_path: Path) -> QuestionSets:
    return QuestionSets(tmp_path / "question-sets")


def lines(tmp_path: Path) -> bytes:
    return write_set(tmp_path / "lines.jsonl").read_bytes()


def test_a_set_that_was_handed_in_is_known_by_the_name_of_its_file(tmp_path: Path) -> None:
    known = sets(tmp_path)
    assert known.add("C:\\Users\\me\\my set.jsonl", lines(tmp_path), Shelf()) == "my set.jsonl"
    assert known.find("my set.jsonl").read_bytes() == lines(tmp_path)
    assert "invented-archive.jsonl" in known.all()  # those of the checkout


def test_a_set_handed_in_again_takes_the_place_of_the_first(tmp_path: Path) -> None:
    known = sets(tmp_path)
    known.add("set.jsonl", lines(tmp_path))
    fewer = write_set(tmp_path / "fewer.jsonl", QUESTIONS[:2]).read_bytes()
    known.add("set.jsonl", fewer)
    assert known.find("set.jsonl").read_bytes() == fewer
    assert [path.name for path in known.folder.iterdir()] == ["set.jsonl"]


def test_a_set_with_faults_is_not_kept_and_its_faults_do_not_name_folders(tmp_path: Path) -> None:
    known = sets(tmp_path)
    with pytest.raises(BadInput, match=r"^3 faults in bad\.jsonl") as fault:
        known.add("bad.jsonl", b'{"question": ""}\nnot json\n')
    assert str(tmp_path) not in str(fault.value)
    assert list(known.folder.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["", "..", "a.exe", ".jsonl", "../../x.jsonl\0", FEEDBACK, "x" * 300 + ".jsonl", "a.jsonl/.."]
)
def test_a_name_that_cannot_be_kept_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput):
        sets(tmp_path).add(name, lines(tmp_path))


def test_a_name_with_folders_in_it_leads_nowhere_else(tmp_path: Path) -> None:
    known = sets(tmp_path)
    known.add("../../evil.jsonl", lines(tmp_path))
    assert (known.folder / "evil.jsonl").exists()
    with pytest.raises(NotFound):
        known.find("../lines.jsonl")


def packed(**files: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return held.getvalue()


BEIR = {
    "trec/corpus.jsonl": '{"_id": "ferry", "title": "Ferry", "text": "The ferry sank."}\n',
    "trec/queries.jsonl": '{"_id": "1", "text": "What sank?"}\n',
    "trec/qrels/test.tsv": "query-id\tcorpus-id\tscore\n1\tferry\t1\n",
    "../../../escape.txt": "out",
}


def test_a_beir_folder_is_taken_from_its_zip_file_and_nothing_else_with_it(tmp_path: Path) -> None:
    known = sets(tmp_path)
    assert known.add("trec.zip", packed(**BEIR)) == "trec"
    kept = known.find("trec")
    assert sorted(str(path.relative_to(kept)) for path in kept.rglob("*.*")) == [
        "corpus.jsonl", "qrels/test.tsv", "queries.jsonl",
    ]  # fmt: skip
    assert known.add("trec.zip", packed(**BEIR)) == "trec"


@pytest.mark.parametrize("content", [b"no zip", packed(a="b"), packed(**{"corpus.jsonl": "{}"})])
def test_a_zip_file_that_is_no_beir_folder_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadInput):
        sets(tmp_path).add("x.zip", content)
