"""The page in a browser beyond question and answer: steps, stopping, limits, keeping, judging, and for everyone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ingest import pipeline
from newsdesk.types import Article
from tests.test_highlight import HOSTILE
from tests.test_page_browser import (
    LAPTOP,
    PHONE,
    TARGETS,
    WOMBATS,
    Server,
    ask,
    box,
    browser,
    fits,
    marker,
    opened,
    panel,
    server,
    text_of,
)

__all__ = ["browser", "server"]  # the fixtures of the other module: one browser, and a server of this module's own

pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

ARABIC = Article(
    "arabic",
    "قال حارس المنارة إن السفينة وصلت عند الفجر.\n\nThe wombats of Wick were there too, مع الحارس.",
    "وصلت السفينة",
    None,
    "الجريدة",
    date(2031, 4, 5),
)


@pytest.fixture(scope="module", autouse=True)
def _more(server: Server) -> None:
    assistant = server.assistant
    pipeline.add([ARABIC], assistant.archive, assistant.vectors, assistant.embedder)


@pytest.fixture
def laptop(browser: Browser, server: Server) -> Iterator[Page]:
    with opened(browser, server, LAPTOP) as page:
        yield page


def test_the_steps_are_shown_and_a_question_can_be_stopped(laptop: Page, server: Server) -> None:
    with server.reader.held():
        box(laptop).fill(TARGETS)
        box(laptop).press("Enter")
        expect(laptop.locator(".steps")).to_contain_text(re.compile(r"Searching \d+\.\d+ s\s*Reading…"))
        laptop.get_by_role("button", name="Stop").click()
        expect(laptop.locator(".turn .notice")).to_contain_text("Stopped")
        expect(laptop.locator(".live")).to_have_count(0)
    expect(laptop.locator(".answer")).to_have_count(0)
    laptop.get_by_role("button", name="Ask again").click()
    expect(laptop.locator(".answer")).to_be_visible()
    expect(laptop.locator(".turn")).to_have_count(1)


def test_a_question_is_edited_in_its_place(laptop: Page) -> None:
    turn = ask(laptop, "what of the wombatz?")
    turn.get_by_role("button", name="Edit").click()
    expect(box(laptop)).to_have_value("what of the wombatz?")
    expect(laptop.locator("#hint")).to_contain_text("changing a question")
    box(laptop).fill("what of the wombats?")
    box(laptop).press("Enter")
    expect(laptop.locator(".turn .short")).to_contain_text("ombats of Wick")
    expect(laptop.locator(".turn")).to_have_count(1)


def test_a_search_is_limited_and_the_limit_lifted(laptop: Page) -> None:
    laptop.get_by_role("button", name="Limit by").click()
    laptop.get_by_label("Publisher").select_option("The Herald")
    chip = laptop.get_by_role("button", name="Lift the limit: The Herald")
    expect(chip).to_be_visible()
    laptop.get_by_label("Article").fill("lighthouse")
    laptop.get_by_role("button", name="The deeds of the lighthouse").click()
    expect(laptop.get_by_role("button", name="Lift the limit: The deeds")).to_be_visible()
    laptop.get_by_label("Published from").fill("2031-04-01")
    expect(laptop.get_by_role("button", name="Lift the limit: from 1 April 2031")).to_be_visible()
    laptop.keyboard.press("Escape")
    expect(ask(laptop, "what of the wombats?")).to_contain_text("The archive does not say.")
    chip.click()
    expect(chip).to_have_count(0)
    for words in ("The deeds", "from 1 April 2031"):
        lift = laptop.get_by_role("button", name=f"Lift the limit: {words}")
        lift.click()
        expect(lift).to_have_count(0)
    expect(ask(laptop, "what of the wombats?").locator(".short")).to_contain_text("ombats of Wick")


def test_a_reload_keeps_the_conversation_and_what_was_typed(laptop: Page) -> None:
    ask(laptop, TARGETS)
    expect(laptop).to_have_url(re.compile(r"\?c="))
    box(laptop).press_sequentially("half a quest")
    expect(laptop.get_by_text("The archive also answers")).to_be_visible()  # nothing is left for a reload to break off
    laptop.reload()
    expect(laptop.locator(".turn .short")).to_contain_text("Hama")
    expect(box(laptop)).to_have_value("half a quest")
    marker(laptop.locator(".turn"), 1).click()
    expect(panel(laptop).locator("mark.active")).to_be_focused()


def test_a_suggestion_that_the_archive_answers_is_asked_with_one_click(laptop: Page) -> None:
    ask(laptop, "who saved the lighthouse?")
    laptop.get_by_role("button", name="Where was the bell of Wick found?").click()
    expect(laptop.locator(".turn").nth(1).locator(".short")).to_contain_text("Tollenhythe")


def test_conversations_are_found_renamed_gone_on_with_and_deleted(laptop: Page) -> None:
    ask(laptop, TARGETS)
    laptop.get_by_role("button", name="New").click()
    expect(laptop.locator(".welcome")).to_be_visible()
    ask(laptop, "what of the wombats?")
    laptop.get_by_role("button", name="Conversations").click()
    entries = laptop.locator(".shelf li")
    expect(entries).to_have_count(2)
    laptop.get_by_role("searchbox", name="Search the conversations").fill("hama")
    expect(entries).to_have_count(1)
    laptop.get_by_role("button", name="Rename where were").click()
    laptop.get_by_role("textbox", name="New title").fill(f"Syria {HOSTILE}")
    laptop.keyboard.press("Enter")
    entry = entries.filter(has_text="Syria <")
    expect(entry).to_have_count(1)
    entry.locator(".open").click()
    expect(laptop.locator(".turn .short")).to_contain_text("Hama")
    expect(laptop.locator("#shelf")).not_to_be_visible()
    laptop.get_by_role("button", name="Conversations").click()
    entry.get_by_role("button", name="Delete").click()
    entry.get_by_role("button", name="Delete for good?").click()
    expect(laptop.locator(".welcome")).to_be_attached()
    expect(laptop.locator(".turn")).to_have_count(0)


def test_an_export_has_its_footnotes_and_belongs_to_its_owner(laptop: Page, browser: Browser, server: Server) -> None:
    ask(laptop, "evil one?")
    with laptop.expect_download() as begun:
        laptop.get_by_role("link", name="Markdown").click()
    text = begun.value.path().read_text()
    assert "[^1-1]: “" in text
    assert "<script" not in text.replace("\\<", "")
    address = laptop.get_by_role("link", name="JSON").get_attribute("href") or ""
    told = laptop.request.get(server.url.rstrip("/") + address)
    assert json.loads(told.text())["turns"][0]["question"] == "evil one?"
    stranger = browser.new_context()
    assert stranger.request.get(server.url.rstrip("/") + address).status == 404
    stranger.close()


def test_a_permanent_link_shows_the_answer_as_it_was_to_whoever_has_it(
    laptop: Page, browser: Browser, server: Server
) -> None:
    turn = ask(laptop, "what of the wombats?")
    turn.get_by_role("button", name="Link").click()
    link = turn.locator(".link a")
    expect(link).to_be_focused()
    address = server.url.rstrip("/") + (link.get_attribute("href") or "")
    assistant = server.assistant
    changed = replace(WOMBATS, text="The wombats were never there.")
    pipeline.add([changed], assistant.archive, assistant.vectors, assistant.embedder)
    try:
        stranger = browser.new_context(viewport=PHONE, java_script_enabled=False)
        page = stranger.new_page()
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text("what of the wombats?")
        assert "wombats of Wick" in text_of(page.locator("mark"))
        stranger.close()
        marker(turn, 1).click()
        expect(panel(laptop)).to_contain_text("has changed since")
        assert "wombats of Wick" in text_of(panel(laptop).locator("mark.active"))
    finally:
        pipeline.add([WOMBATS], assistant.archive, assistant.vectors, assistant.embedder)


def test_an_answer_is_judged_and_made_a_test_question(laptop: Page, server: Server) -> None:
    turn = ask(laptop, "who saved the lighthouse?")
    down = turn.get_by_role("button", name="Not helpful")
    down.click()
    expect(down).to_have_attribute("aria-pressed", "true")
    reason = turn.get_by_label("What was wrong?")
    expect(reason).to_be_focused()
    reason.fill("Too long")
    reason.press("Enter")
    expect(laptop.locator("#hint")).to_contain_text("Your reason is kept")
    turn.get_by_label("Expected answer").fill("Ada Brunt")
    turn.get_by_label("Article").fill("lighthouse")
    turn.get_by_role("button", name="Add the test question").click()
    expect(laptop.locator("#hint")).to_contain_text("Added to feedback.jsonl")
    lines = (server.assistant.settings.home / "question-sets" / "feedback.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["answers"] == ["Ada Brunt"]


def test_every_source_tells_its_age_and_right_to_left_text_runs_its_own_way(laptop: Page, server: Server) -> None:
    recent = replace(ARABIC, id="recent", published=date.today() - timedelta(days=3))
    assistant = server.assistant
    pipeline.add([recent], assistant.archive, assistant.vectors, assistant.embedder)
    try:
        ask(laptop, "zip fastener الحارس السفينة")
        laptop.locator(".nearest a").first.click()
        heading = panel(laptop).get_by_role("heading", level=3)
        assert heading.evaluate("one => getComputedStyle(one).direction") == "rtl"
        assert panel(laptop).locator(".text p").first.evaluate("one => getComputedStyle(one).direction") == "rtl"
        ages = laptop.locator(".nearest .age").all_inner_texts()
        assert any("3 days ago" in age for age in ages)
    finally:
        assistant.archive.remove("recent")


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, server: Server, size: dict[str, int], dark: bool) -> None:
    with opened(browser, server, size, dark) as page:  # type: ignore[arg-type]
        expect(page.locator(".welcome")).to_be_visible()
        assert serious(page) == []
        turn = ask(page, TARGETS)
        turn.get_by_role("button", name="Not helpful").click()
        expect(turn.locator(".case")).to_be_visible()
        marker(turn, 1).click()
        expect(panel(page).locator("mark.active")).to_be_focused()
        assert serious(page) == []
        page.get_by_role("button", name="Conversations").click()
        expect(page.locator("#shelf")).to_be_visible()
        assert serious(page) == []


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    grave = [one for one in found if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {node['html'][:200]}" for one in grave for node in one["nodes"]]


@pytest.mark.parametrize("width", [640, 320])
def test_at_200_and_400_per_cent_nothing_is_cut_off(browser: Browser, server: Server, width: int) -> None:
    """1280 CSS pixels at 200% are 640; 400% are 320 (WCAG 2.1, 1.4.10)."""
    with opened(browser, server, {"width": width, "height": 400}) as page:
        turn = ask(page, TARGETS)
        turn.get_by_role("button", name="Not helpful").click()
        expect(turn.locator(".case")).to_be_visible()
        assert fits(page)


def test_the_page_is_there_within_three_seconds(browser: Browser, server: Server) -> None:
    def load() -> float:
        context = browser.new_context(viewport=LAPTOP)
        page = context.new_page()
        page.goto(server.url)
        expect(page.locator(".welcome")).to_be_visible()
        took = page.evaluate("performance.now()")
        context.close()
        return float(took)

    assert any(load() < 3000 for _ in range(3))  # at the second or third try where the machine is busy with others


def test_a_broken_connection_is_said_and_healed(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    page.goto(server.url)
    expect(page.locator(".welcome")).to_be_visible()
    box(page).fill("what of the wombats?")
    context.set_offline(True)
    said = page.locator(".connection")
    expect(said).to_contain_text("connection is broken", timeout=15_000)
    context.set_offline(False)
    expect(said).to_contain_text("Connected again", timeout=15_000)
    expect(box(page)).to_have_value("what of the wombats?")
    box(page).press("Enter")
    expect(page.locator(".turn .short")).to_contain_text("ombats of Wick")
    context.close()


def test_the_three_views_are_reached_by_keyboard(laptop: Page) -> None:
    laptop.get_by_role("tab", name="Ask").focus()
    laptop.keyboard.press("Tab")
    expect(laptop.get_by_role("tab", name="Archive")).to_be_focused()
    laptop.keyboard.press("Enter")
    expect(laptop.get_by_role("tab", name="Archive")).to_have_attribute("aria-selected", "true")
    expect(box(laptop)).not_to_be_visible()
    laptop.get_by_role("tab", name="Ask").click()
    expect(box(laptop)).to_be_visible()
