"""The report: one file, no network, and whatever an article says stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from newsdesk.evaluate import compare, evaluate, lost_rows, overview_html, question_html, read_questions, report_html
from newsdesk.evaluate.plots import plots
from newsdesk.evaluate.results import Result
from newsdesk.evaluate.verdict import headline, share, verdict
from newsdesk.types import Answer, Article, Question
from tests.test_evaluate_fakes import QUESTIONS, Shelf, chain, citation, hit, measured, right, write_set
from tests.test_evaluate_wrong_systems import never, off_by_one

HOSTILE = "</script><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\"><!-- & \u2028"


class Tags(HTMLParser):
    """The elements of a page, with the text of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs


def hostile(folder: Path) -> Result:
    """A run in which the question set, the articles and the answers all try to become markup."""
    article = Article(HOSTILE, f"{HOSTILE} It sank. {HOSTILE}", title=HOSTILE, publisher=HOSTILE)

    def answer(question: Question) -> Answer:
        cited = citation(article, "It sank.")
        base = right(Question(str(QUESTIONS[0]["question"])))
        passages = (hit(article, 0, len(article.text), 1.0),)
        return replace(
            base,
            question=question.question,
            standalone_question=HOSTILE,
            answer=f"{HOSTILE} [1]",
            short_answer=HOSTILE,
            citations=(replace(cited, quote=HOSTILE),),
            passages=passages,
            engine=HOSTILE,
            timings_ms={HOSTILE: 1.0},
        )

    fields = {
        "id": HOSTILE,
        "question": HOSTILE,
        "answers": [HOSTILE],
        "articles": [HOSTILE],
        "kind": HOSTILE,
        "history": [{"role": "user", "content": HOSTILE}],
    }
    questions = read_questions(write_set(folder / "set.jsonl", [fields]), Shelf([article]))
    return evaluate(chain(answer), Shelf([article]), questions, about={"engine": HOSTILE})


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    result = hostile(tmp_path)
    page = report_html(result, compare(result, result))
    found = Tags(page)
    assert found.names.count("script") == 2
    assert "img" not in found.names
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert "&lt;/script&gt;" in page


def test_hostile_text_does_nothing_in_a_browser(tmp_path: Path) -> None:
    api = pytest.importorskip("playwright.sync_api")
    browser = Path("/usr/bin/chromium")
    if not browser.exists():
        pytest.skip("no browser here")
    page_file = tmp_path / "report.html"
    page_file.write_text(report_html(hostile(tmp_path)), encoding="utf-8")
    with api.sync_playwright() as playwright:
        shown = playwright.chromium.launch(executable_path=str(browser), args=["--no-sandbox"])
        try:
            page = shown.new_page()
            faults: list[str] = []
            asked: list[str] = []
            page.on("console", lambda message: faults.append(message.text))
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("request", lambda request: asked.append(request.url))
            page.goto(page_file.as_uri())
            page.locator("select[name=outcome]").select_option("")
            page.locator(".question summary").first.click()
            page.locator(".question .body").wait_for()
            assert HOSTILE.split("<")[1] in page.locator(".question .body").inner_text()
            assert page.title().startswith("Evaluation")
            assert page.locator("#questions img, #questions script").count() == 0
            assert faults == []
            assert asked == [page_file.as_uri()]
        finally:
            shown.close()


def test_the_page_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    page = report_html(measured(tmp_path))
    assert not re.findall(r"https?://", page)
    links = [value for name, value in Tags(page).attributes if name in ("src", "href")]
    assert links == ["data:,"]
    contents = [value or "" for name, value in Tags(page).attributes if name == "content"]
    policy = next(value for value in contents if "default-src" in value)
    assert policy.startswith("default-src 'none'; img-src data:; script-src 'sha256-")
    assert "unsafe" not in policy


def test_the_overview_is_a_part_for_other_pages(tmp_path: Path) -> None:
    part = overview_html(measured(tmp_path))
    assert part.lstrip().startswith('<div class="evaluation">')
    assert "<script" not in part
    assert "<style" not in part


def test_a_lost_question_can_be_shown_in_another_page(tmp_path: Path) -> None:
    result = measured(tmp_path, never)
    assert lost_rows(result, kind="number")[0] == ("q1", "How many people died?", "wrongly declined", "number")
    assert len(lost_rows(result)) == 6
    assert [row[0] for row in lost_rows(result, outcome="rightly_declined")] == ["q7", "q8"]
    part = question_html(result.questions[0])
    assert "“Four people”" in part
    assert "<blockquote>Four people died on 4 March.</blockquote>" in part
    found = Tags(question_html(hostile(tmp_path).questions[0]))
    assert not {"script", "img"} & set(found.names)


def test_plots_are_drawn_for_what_was_measured(tmp_path: Path) -> None:
    drawn = plots(measured(tmp_path))
    assert list(drawn) == ["Recall by k", "Reliability", "Risk by coverage", "Latency"]
    assert all(svg.startswith("<svg") and svg.endswith("</svg>") for svg in drawn.values())
    assert "Reliability" not in plots(measured(tmp_path, never))


def test_the_verdict_says_what_matters_first(tmp_path: Path) -> None:
    result = measured(tmp_path, off_by_one)
    assert headline(result) == "8 of 8 questions ended well (100%): 6 answered rightly, 2 rightly declined."
    said = verdict(result)
    assert "6 of 6 citations do not hold: the quote is not at its place." in said
    assert "With 8 questions the intervals are wide: take no small difference for real." in said
    assert "Lost: 6 wrongly declined." in verdict(measured(tmp_path, never))


def test_a_share_is_whole_only_if_nothing_is_missing() -> None:
    assert share(999, 1000) == "99.9%"
    assert share(9999, 10_000) == "99.9%"
    assert share(1, 10_000) == "0.1%"
    assert (share(0, 5), share(5, 5), share(1, 3), share(0, 0)) == ("0%", "100%", "33%", "0%")
