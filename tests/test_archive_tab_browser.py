"""The Archive view in a browser: articles found, read, added and removed, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from newsdesk.types import Article
from tests.tabs import NAMELESS, Running, opened, pandas, running
from tests.test_archive_tab import HOSTILE
from tests.test_page_browser import CONTRASTS, LAPTOP, PHONE, browser, fits, text_of

__all__ = ["browser"]
pytestmark = pandas

BRIEFS = [
    Article(f"brief-{number:02}", f"Brief {number} of the harbour board.", f"Brief {number:02}", None, "Courier",
            date(2031, 3, 1) + timedelta(days=number))
    for number in range(30)
]  # fmt: skip
WOMBATS = Article(
    "wombats", "They freed the 🐾 wombats.\n\nAll is well 🎉.", "Wombats freed", None, "Northline", date(2031, 4, 9)
)
EVIL = Article(HOSTILE, f"Something {HOSTILE} stands here.", f"Evil {HOSTILE}", "javascript:alert(1)", HOSTILE, None)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("archive"), [*BRIEFS, WOMBATS, EVIL]) as server:
        yield server


@pytest.fixture
def laptop(browser: Browser, server: Running) -> Iterator[Page]:
    with opened(browser, server.url, "Archive", LAPTOP) as page:
        yield page


def rows(page: Page) -> Locator:
    return page.locator("#archive-table tbody tr")


def search(page: Page, words: str) -> None:
    page.get_by_role("searchbox", name="Search").fill(words)


def read(page: Page, title: str) -> Locator:
    search(page, title.split()[0])
    page.get_by_role("button", name=title).click()
    shown = page.locator("#archive-article article")
    expect(shown).to_be_visible()
    return shown


def faint(page: Page) -> dict[str, float]:
    """The words that do not stand out from their ground."""
    return {words: ratio for words, ratio in page.evaluate(CONTRASTS).items() if ratio < 4.5}


def test_articles_are_searched_filtered_sorted_and_paged(laptop: Page) -> None:
    expect(rows(laptop)).to_have_count(25)
    expect(rows(laptop).first).to_contain_text("Wombats freed")
    laptop.get_by_role("button", name="Next").click()
    expect(rows(laptop)).to_have_count(7)
    search(laptop, "wombats")
    expect(rows(laptop)).to_have_count(1)
    laptop.get_by_role("button", name="Clear").click()
    expect(rows(laptop)).to_have_count(25)
    laptop.get_by_role("combobox", name="Publisher", exact=True).select_option("Courier")
    laptop.get_by_label("To", exact=True).fill("2031-03-03")
    expect(rows(laptop)).to_have_count(3)
    laptop.get_by_role("button", name="Title").click()
    expect(rows(laptop).first).to_contain_text("Brief 00")
    expect(laptop.locator("[aria-sort=ascending]")).to_have_text("Title")
    expect(laptop.get_by_role("status").filter(has_text="3 articles")).to_be_visible()


def test_a_bar_of_the_plot_shows_the_articles_of_its_days(laptop: Page) -> None:
    laptop.locator("#archive-days g").filter(has_text=re.compile("^5 March 2031")).click()
    expect(rows(laptop)).to_have_count(1)
    expect(laptop.get_by_label("From", exact=True)).to_have_value("2031-03-05")


def test_an_article_opens_with_its_very_text_and_escape_leads_back_to_its_title(laptop: Page) -> None:
    shown = read(laptop, "Wombats freed")
    assert text_of(shown.locator(".text")) == WOMBATS.text
    expect(shown.get_by_role("heading", level=2)).to_be_focused()
    laptop.keyboard.press("Escape")
    expect(laptop.get_by_role("button", name="Wombats freed")).to_be_focused()


def test_files_are_added_and_what_failed_is_said(laptop: Page, server: Running, tmp_path: Path) -> None:
    (tmp_path / "lamp.txt").write_text("The lamp of the lighthouse was lit again on Monday.", "utf-8")
    (tmp_path / "bad.jsonl").write_text('{"text": "half', "utf-8")
    with laptop.expect_file_chooser() as chooser:
        laptop.get_by_role("button", name="Add files").click()
    chooser.value.set_files([tmp_path / "lamp.txt", tmp_path / "bad.jsonl"])
    told = laptop.locator("#archive-jobs")
    expect(told).to_contain_text("1 added, 1 failed.", timeout=20_000)
    expect(told).to_contain_text("bad.jsonl")
    expect(told).not_to_contain_text(str(server.desk.assistant.settings.home))
    search(laptop, "lamp lighthouse")
    expect(rows(laptop)).to_have_count(1)


def test_what_is_no_address_is_refused_with_a_reason(laptop: Page) -> None:
    laptop.get_by_label("Add from the web").fill("not an address")
    laptop.locator(".addresses").get_by_role("button", name="Add").click()
    expect(laptop.get_by_role("alert")).to_contain_text("no address of a page")


def test_an_article_is_removed_only_when_that_is_confirmed(laptop: Page, server: Running) -> None:
    archive = server.desk.assistant.archive
    before = archive.count()
    read(laptop, "Brief 07")
    laptop.get_by_role("button", name="Remove from the archive…").click()
    laptop.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    assert archive.count() == before
    laptop.get_by_role("button", name="Remove from the archive…").click()
    laptop.get_by_role("dialog").get_by_role("button", name="Remove it").click()
    expect(laptop.get_by_role("alert")).to_contain_text("was removed")
    assert archive.count() == before - 1
    laptop.get_by_role("button", name="All articles").click()
    expect(laptop.get_by_role("button", name="Brief 07")).to_have_count(0)


def test_all_of_it_works_by_keyboard(laptop: Page) -> None:
    search(laptop, "wombats")
    title = laptop.get_by_role("button", name="Wombats freed")
    expect(rows(laptop)).to_have_count(1)
    for _ in range(20):
        laptop.keyboard.press("Tab")
        if title.evaluate("one => one === document.activeElement"):
            break
    expect(title).to_be_focused()
    assert title.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    laptop.keyboard.press("Enter")
    expect(laptop.locator("#article-title")).to_be_focused()
    assert laptop.evaluate(NAMELESS) == []


def test_a_hostile_article_is_inert(browser: Browser, server: Running) -> None:
    with opened(browser, server.url, "Archive", PHONE) as page:
        search(page, "Evil")
        page.get_by_role("button", name=re.compile("^Evil")).click()
        shown = page.locator("#archive-article article")
        assert text_of(shown.locator(".text")) == EVIL.text
        expect(page.locator("#archive-view :is(script, img, [onerror], [href^='javascript:' i])")).to_have_count(0)
        assert fits(page)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_on_a_phone_it_fits_and_words_stand_out(browser: Browser, server: Running, dark: bool) -> None:
    with opened(browser, server.url, "Archive", PHONE, dark) as page:
        expect(rows(page).first).to_be_visible()
        assert fits(page)
        assert faint(page) == {}
        read(page, "Wombats freed")
        assert fits(page)
        assert faint(page) == {}
