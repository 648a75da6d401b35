"""newsdesk evaluate: what it writes, what it refuses before it runs, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import BaseModel

from newsdesk.errors import BadInput
from newsdesk.evaluate import Progress, compare, evaluate_command, read_result, report_html
from newsdesk.evaluate.machine import public
from newsdesk.evaluate.run import Chain
from newsdesk.types import Answer, Article, Question
from tests.test_evaluate_fakes import ARTICLES, QUESTIONS, Shelf, chain, measured, right, write_set
from tests.test_evaluate_wrong_systems import never, shuffled


class Chosen(BaseModel):
    home: Path = Path.home() / "newsdesk"
    api_keys: str = "s3cret-s3cret"
    chroma_url: str = "https://user:passw0rd@host:8000/path?token=abc"
    port: int = 7860


@dataclass
class Fake:
    answer: Callable[[Question], Answer] = right
    archive: Shelf = field(default_factory=Shelf)
    settings: Chosen = field(default_factory=Chosen)

    @property
    def chain(self) -> Chain:
        return chain(self.answer)

    def describe(self) -> dict[str, str]:
        return {"reader": "sha256:abc"}


def command(
    folder: Path,
    *minimums: str,
    answer: Callable[[Question], Answer] = right,
    compare_with: Path | None = None,
    name: str = "run",
) -> tuple[int, list[str]]:
    said: list[str] = []
    questions = write_set(folder / "set.jsonl")
    code = evaluate_command(
        Fake(answer), questions, folder / f"{name}.json", folder / f"{name}.html", compare_with, minimums, said.append
    )
    return code, said


def test_json_report_and_figures_are_written(tmp_path: Path) -> None:
    code, said = command(tmp_path)
    assert code == 0
    assert said[0] == "8 of 8 questions ended well (100%): 6 answered rightly, 2 rightly declined."
    assert any("All 6 citations hold byte for byte; 100%" in line for line in said)
    assert any(line.startswith("F1") and "1.000 – 1.000" in line for line in said)
    result = read_result(tmp_path / "run.json")
    assert [record["id"] for record in result.questions] == [fields["id"] for fields in QUESTIONS]
    assert result.about["models"] == {"reader": "sha256:abc"}
    assert result.about["set"]["questions"] == 8
    assert "python" in result.about["versions"]
    assert "<!doctype html>" in (tmp_path / "run.html").read_text("utf-8")
    assert not list(tmp_path.glob("*journal*"))


def test_a_result_survives_being_written_and_read(tmp_path: Path) -> None:
    command(tmp_path)
    read = read_result(tmp_path / "run.json")
    assert report_html(read) == (tmp_path / "run.html").read_text("utf-8")


def test_a_missed_minimum_is_exit_code_one(tmp_path: Path) -> None:
    assert command(tmp_path, "f1=1", "citation_valid=1", "ece=0.2")[0] == 0
    code, said = command(tmp_path, "f1=0.5", "ece=0.01", "auroc=0.5")
    assert code == 1
    assert said[-2:] == [
        "Missed: ece is 0.1000, above 0.01.",
        "Missed: auroc could not be measured with this set.",
    ]


def test_nothing_is_asked_if_anything_is_wrong(tmp_path: Path) -> None:
    def untouched(question: Question) -> Answer:
        raise AssertionError("was asked")

    (tmp_path / "other.json").write_text('{"about": {"format": "other"}}')
    for minimums, compare_with, message in (
        (["recal@5=0.9"], None, "Did you mean recall@5"),
        ([], tmp_path / "missing.json", "no result at"),
        ([], tmp_path / "other.json", "another version"),
        ([], tmp_path / "set.jsonl", "not a result"),
    ):
        with pytest.raises(BadInput, match=message):
            command(tmp_path, *minimums, answer=untouched, compare_with=compare_with)
    with pytest.raises(BadInput, match="no folder"):
        command(tmp_path, answer=untouched, name="nowhere/run")


def test_articles_that_the_archive_lacks_are_named(tmp_path: Path) -> None:
    context = "It sank."
    pairs = [{"id": "a", "question": "What?", "answers": [{"text": "It", "answer_start": 0}]}]
    squad = {"data": [{"title": "Wreck", "paragraphs": [{"context": context, "qas": pairs}]}]}
    path = tmp_path / "set.json"
    path.write_text(json.dumps(squad), encoding="utf-8")
    with pytest.raises(BadInput, match=r"not in the archive \(Wreck\)"):
        evaluate_command(Fake(), path, None, None, None, [], print)


def test_a_set_can_bring_its_articles_into_the_archive(tmp_path: Path) -> None:
    """SQuAD, MRQA and BEIR files are a set and an archive in one."""
    ferry = ARTICLES[0]
    start = ferry.text.index("Four people")
    answer = {"text": "Four people", "answer_start": start}
    pairs = [{"id": "q1", "question": "How many people died?", "answers": [answer]}]
    path = tmp_path / "set.json"
    paragraphs = [{"context": ferry.text, "qas": pairs}]
    path.write_text(json.dumps({"data": [{"title": "ferry", "paragraphs": paragraphs}]}), encoding="utf-8")
    archive, brought = Shelf(ARTICLES[1:]), list[Article]()

    def bring(articles: Sequence[Article]) -> None:
        brought.extend(articles)
        archive.put(articles)

    for _ in range(2):
        code = evaluate_command(Fake(archive=archive), path, None, None, None, ["f1=1"], lambda _: None, bring=bring)
        assert code == 0
    assert [article.id for article in brought] == ["ferry"]


def test_comparing_tells_what_changed_question_by_question(tmp_path: Path) -> None:
    command(tmp_path, answer=never, name="earlier")
    code, said = command(tmp_path, compare_with=tmp_path / "earlier.json")
    assert code == 0
    assert "Fixed: 6" in said
    assert "  q1: How many people died? (wrongly declined → answered rightly)" in said
    assert "What changed" in (tmp_path / "run.html").read_text("utf-8")


def test_a_comparison_sorts_questions_into_fixed_broken_and_moved(tmp_path: Path) -> None:
    good, bad, other = measured(tmp_path), measured(tmp_path, never), measured(tmp_path, shuffled)
    assert len(compare(bad, good).fixed) == len(compare(good, bad).broken) == 6
    assert compare(good, good).moved == []
    assert compare(good, other).fixed == compare(good, other).broken == []
    change = compare(good, bad).changes["f1"]
    assert (change.difference.before, change.difference.after) == (1.0, 0.0)
    assert compare(good, good).changes["f1"].verdict == ""


def test_only_questions_in_both_runs_are_compared(tmp_path: Path) -> None:
    whole = measured(tmp_path)
    part = read_result_of(tmp_path, QUESTIONS[:3])
    comparison = compare(whole, part)
    assert (comparison.shared, comparison.only_before, comparison.only_after) == (3, 5, 0)
    with pytest.raises(BadInput, match="no question in common"):
        compare(read_result_of(tmp_path, QUESTIONS[3:]), part)


def read_result_of(folder: Path, questions: tuple[dict[str, object], ...]):  # type: ignore[no-untyped-def]
    out = folder / "part.json"
    evaluate_command(Fake(), write_set(folder / "part.jsonl", questions), out, None, None, [], lambda _: None)
    return read_result(out)


def test_a_stop_keeps_what_was_answered(tmp_path: Path) -> None:
    asked: list[str] = []

    def counted(question: Question) -> Answer:
        asked.append(question.question)
        return right(question)

    def stop(step: Progress) -> None:
        if step.done == 16:
            raise KeyboardInterrupt

    many = [fields | {"id": f"{fields['id']}-{turn}"} for turn in range(4) for fields in QUESTIONS]
    path, out = write_set(tmp_path / "set.jsonl", many), tmp_path / "run.json"
    with pytest.raises(KeyboardInterrupt):
        evaluate_command(Fake(counted), path, out, None, None, [], print, stop)
    assert evaluate_command(Fake(counted), path, out, None, None, [], lambda _: None) == 0
    assert len(asked) == 32
    assert len(read_result(out).questions) == 32


def test_secrets_and_names_of_people_are_not_written() -> None:
    shown = public(Chosen().model_dump())
    assert shown == {
        "home": "~/newsdesk",
        "api_keys": "(hidden)",
        "chroma_url": "https://host:8000/path",
        "port": 7860,
    }


def test_the_package_is_light_until_it_is_used() -> None:
    script = (
        "import sys, newsdesk.evaluate\n"
        "heavy = {'numpy', 'ir_measures', 'jinja2', 'langchain_core', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
