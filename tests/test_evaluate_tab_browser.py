"""The Evaluate view in a browser: a set is run beside the chat, stopped, gone on with, looked into and compared."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from newsdesk.evaluate import read_result
from tests.tabs import NAMELESS, Running, opened, pandas, running
from tests.test_evaluate_fakes import ARTICLES, QUESTIONS, write_set
from tests.test_page_browser import CONTRASTS, LAPTOP, PHONE, browser, fits

__all__ = ["browser"]
pytestmark = pandas

PATIENT = [{**fields, "question": f"{fields['question']} Have patience."} for fields in QUESTIONS]
"""The same questions, each of which the reader answers only when it is let."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("evaluate")
    (home / "question-sets").mkdir()
    write_set(home / "question-sets" / "quick.jsonl")
    write_set(home / "question-sets" / "patient.jsonl", PATIENT)
    with running(home, ARTICLES) as server:
        yield server


@pytest.fixture
def laptop(browser: Browser, server: Running) -> Iterator[Page]:
    with opened(browser, server.url, "Evaluate", LAPTOP) as page:
        yield page


def evaluate(page: Page, name: str) -> Locator:
    """Run a set, and wait until its result is there."""
    page.get_by_role("combobox", name="Question set", exact=True).select_option(name)
    page.get_by_role("button", name="Evaluate", exact=True).click()
    shown = page.locator("#evaluate-result .headline")
    expect(shown).to_contain_text("of 8 questions ended well", timeout=20_000)
    return shown


def test_a_set_is_run_and_its_result_is_shown_and_saved(laptop: Page, tmp_path: Path) -> None:
    evaluate(laptop, "quick.jsonl")
    expect(laptop.locator("#evaluate-result .plot").first).to_be_visible()
    expect(laptop.locator("#evaluate-past tr[aria-current]")).to_contain_text("quick.jsonl")
    with laptop.expect_download() as saved:
        laptop.get_by_role("link", name="JSON").click()
    saved.value.save_as(tmp_path / "result.json")
    assert len(read_result(tmp_path / "result.json").questions) == 8
    with laptop.expect_download() as saved:
        laptop.get_by_role("link", name="Report").click()
    saved.value.save_as(tmp_path / "report.html")
    assert "ended well" in (tmp_path / "report.html").read_text("utf-8")
    assert laptop.evaluate(NAMELESS) == []


def test_a_lost_question_is_looked_into_and_asked_in_the_chat(laptop: Page) -> None:
    evaluate(laptop, "quick.jsonl")
    lost = laptop.locator("#evaluate-lost")
    lost.get_by_role("combobox", name="Ended", exact=True).select_option("wrongly answered")
    question = lost.get_by_role("button", name="Who owns the ferry?")
    question.click()
    expect(question).to_have_attribute("aria-expanded", "true")
    expect(question).to_be_focused()
    expect(lost).to_contain_text("no answer: it should be declined")
    lost.get_by_role("button", name="Ask it in the chat").click()
    box = laptop.get_by_role("textbox", name="Your question")
    expect(box).to_have_value("Who owns the ferry?")
    expect(box).to_be_focused()


def test_a_long_run_does_not_block_the_chat_and_is_stopped_and_gone_on_with(laptop: Page, server: Running) -> None:
    laptop.get_by_role("combobox", name="Question set", exact=True).select_option("patient.jsonl")
    laptop.get_by_role("button", name="Evaluate", exact=True).click()
    progress = laptop.locator("#evaluate-progress")
    server.reader.go.release(2)
    expect(progress).to_contain_text("2 of 8 questions")
    laptop.get_by_role("tab", name="Ask").click()
    box = laptop.get_by_role("textbox", name="Your question")
    box.fill("How many people died?")
    box.press("Enter")
    expect(laptop.locator(".turn .answer, .turn .notice").first).to_be_visible()  # while the run waits
    laptop.get_by_role("tab", name="Evaluate").click()
    progress.get_by_role("button", name="Stop").click()
    assert server.desk.evaluations._stop.wait(20)  # or the reader would be let through to one question more
    server.reader.go.release(1)
    expect(progress).to_contain_text("Stopped after 3 of 8 questions")
    progress.get_by_role("button", name="Show what there is so far").click()
    expect(laptop.locator("#evaluate-result .headline")).to_contain_text("of 3 questions ended well")
    progress.get_by_role("button", name="Go on").click()
    server.reader.go.release(5)
    expect(laptop.locator("#evaluate-past tbody tr").first).to_contain_text(re.compile(r"of 8 \(\d+%\)$"))
    (run, *_) = server.desk.evaluations.all()
    assert (run.state, run.resumed) == ("done", 3)


def test_a_run_is_compared_with_an_earlier_one_of_its_set(laptop: Page, server: Running) -> None:
    evaluate(laptop, "quick.jsonl")
    if len([run for run in server.desk.evaluations.all() if run.question_set == "quick.jsonl"]) < 2:
        laptop.reload()
        laptop.get_by_role("tab", name="Evaluate").click()
        evaluate(laptop, "quick.jsonl")
    laptop.get_by_label("Compare with").select_option(index=1)
    expect(laptop.locator("#evaluate-result")).to_contain_text("What changed since")
    expect(laptop.locator("#evaluate-result")).to_contain_text("8 questions are in both runs")


def test_a_set_is_uploaded_and_one_with_faults_is_refused_with_all_of_them(laptop: Page, tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.jsonl", write_set(tmp_path / "good.jsonl", QUESTIONS[:2])
    bad.write_text(
        json.dumps({"question": "What?", "answers": ["x"], "articles": ["nowhere"]}) + "\nno json\n", "utf-8"
    )
    for path in (bad, good):
        with laptop.expect_file_chooser() as chooser:
            laptop.get_by_role("button", name="Upload a set").click()
        chooser.value.set_files(path)
        if path == bad:
            alert = laptop.get_by_role("alert")
            expect(alert).to_contain_text("2 faults in bad.jsonl")
            expect(alert).to_contain_text("bad.jsonl:1: article 'nowhere' is not in the archive")
    expect(laptop.get_by_role("combobox", name="Question set", exact=True)).to_have_value("good.jsonl")
    expect(laptop.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_on_a_phone_it_fits_and_words_stand_out(browser: Browser, server: Running, dark: bool) -> None:
    with opened(browser, server.url, "Evaluate", PHONE, dark) as page:
        evaluate(page, "quick.jsonl")
        page.locator("#evaluate-lost button.title").first.click()
        expect(page.locator(".opened")).to_be_visible()
        assert fits(page)
        found = page.evaluate(CONTRASTS)
        assert {words: ratio for words, ratio in found.items() if ratio < 4.5} == {}
