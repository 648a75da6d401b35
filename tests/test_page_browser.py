"""The chat in a browser: asking, opening quotes in their place, on a laptop and a phone, by mouse and by keyboard.

The store, retrieval, chain, web server and browser are real. Only the reader is a list of what it has read, so
that each test knows the answer; the last test asks the seed archive with the reader that newsdesk ships.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, Dialog, Locator, Page, ViewportSize, expect, sync_playwright

from ingest import pipeline
from newsdesk.api import create_api
from newsdesk.archive import Archive
from newsdesk.assistant import Assistant, open_assistant
from newsdesk.chain import build_chain
from newsdesk.chat import mount
from newsdesk.desk import Desk, open_desk
from newsdesk.page.events import HINT
from newsdesk.reader import Reading
from newsdesk.retrieve import Retriever
from newsdesk.settings import Settings
from newsdesk.types import Answer, Article, Hit, Question
from newsdesk.vectors import open_vectors
from tests.conftest import REAL_ARTICLE, SEEDS, WordEmbedder
from tests.test_highlight import HOSTILE

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
LAPTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
ZOOMED: ViewportSize = {"width": 640, "height": 400}
"""What is left of the laptop at 200% zoom."""

# Gradio sums up its queue with pandas in a way that pandas has since deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

expect.set_options(timeout=20_000)
"""Milliseconds: a busy machine is slow, and no test waits longer than it must."""

TARGETS = "where were the targets?"
KNOWN = {
    "targets": ("along the boundary between the provinces of Hama and Homs", "near the town of Aqirbat"),
    "wombat": ("wombats of Wick",),
    "lighthouse": ("keeper Ada Brunt",),
    "bell": ("Tollenhythe",),
    "evil": (HOSTILE,),
}
"""What the reader of these tests finds, by a word of the question."""

WOMBATS = Article(
    "wombats",
    "\U0001f469\u200d\U0001f692 Firefighters, Zoë’s crew 🚒, came first.\n\n"
    "They freed the 🐾 wombats of Wick 🐾 at dawn.\n\nAll is well 🎉.",
    "Wombats 🐾 freed",
    "https://example.org/wombats",
    "The Courier",
    None,
)
LIGHTHOUSE = Article(
    "lighthouse",
    "\n\n".join([
        *(f"The harbour board met for the {number}th time about the tower." for number in range(60)),
        "The lighthouse was saved by its keeper Ada Brunt, who had hidden the deeds.",
        *(f"The board then turned to item {number} of its agenda." for number in range(60)),
    ]),
    "The deeds of the lighthouse",
    None,
    "The Herald",
    date(2031, 4, 2),
)  # fmt: skip
BELL = Article(
    "bell",
    "The bell of the lighthouse was kept by its keeper. The bell of Wick was found in Tollenhythe after the storm.",
    "The bell of the lighthouse",
    None,
    "The Herald",
    date(2031, 4, 4),
)
EVIL = Article(
    "evil",
    f"Something evil stands here. {HOSTILE} And it goes on.",
    f"Evil {HOSTILE}",
    "javascript:alert(3)",
    f"Publisher {HOSTILE}",
    date(2031, 4, 3),
    (HOSTILE,),
)


class KnownReader:
    """Finds what it knows in the passages that hold it, and nothing in all others; it can be held up.

    What the question names first comes first: earlier questions of the conversation stand behind it.
    """

    name = "known"
    threshold = 0.5

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Questions asked meanwhile are not answered before ``go`` is set."""
        self.go.clear()
        try:
            yield
        finally:
            self.go.set()

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        self.go.wait(30)
        asked = question.lower()
        words = sorted((word for word in KNOWN if word in asked), key=asked.index)
        wanted = [phrase for word in words for phrase in KNOWN[word]]
        found = [_reading(hit, phrase, 0.9) for phrase in wanted for hit in hits if phrase in hit.text]
        return found or [_reading(hit, hit.text[:10], 0.1) for hit in hits]


def _reading(hit: Hit, words: str, confidence: float) -> Reading:
    start = hit.start + hit.text.index(words)
    return Reading(hit, start, start + len(words), confidence, confidence)


@dataclass
class Server:
    """A running newsdesk."""

    url: str
    assistant: Assistant
    reader: KnownReader


@contextmanager
def serving(assistant: Assistant, reader: KnownReader) -> Iterator[Server]:
    with open_desk(assistant) as desk:
        yield from _serving(desk, reader)


def _serving(desk: Desk, reader: KnownReader) -> Iterator[Server]:
    web = mount(create_api(desk), desk)
    server = uvicorn.Server(
        uvicorn.Config(web, host="127.0.0.1", port=0, log_level="error", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            thread.join(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Server(f"http://127.0.0.1:{port}/", desk.assistant, reader)
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = Settings(home=tmp_path_factory.mktemp("browser"))
    archive, embedder, reader = Archive(settings.home / "archive.sqlite"), WordEmbedder(), KnownReader()
    with open_vectors(settings) as vectors:
        pipeline.ingest([SEEDS / "articles" / f"{REAL_ARTICLE}.txt"], archive, vectors, embedder, lambda _: None)
        pipeline.add([WOMBATS, LIGHTHOUSE, BELL, EVIL], archive, vectors, embedder)
        retriever = Retriever(archive, vectors, embedder)
        chain = build_chain(retriever, reader)
        with serving(Assistant(settings, archive, vectors, embedder, reader, retriever, chain), reader) as running:
            yield running
    archive.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing: install the Debian package chromium (apt-get install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Faults:
    """What a page did that it should not have done."""

    seen: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", lambda said: self.seen.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.seen.append(str(error)))
        page.on("dialog", self._dismiss)
        page.on("request", lambda request: self.seen.append(request.url) if _is_elsewhere(request.url) else None)
        page.on("websocket", lambda socket: self.seen.append(socket.url) if _is_elsewhere(socket.url) else None)

    def _dismiss(self, dialog: Dialog) -> None:
        self.seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()


def _is_elsewhere(url: str) -> bool:
    return urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname != "127.0.0.1"


@contextmanager
def opened(browser: Browser, server: Server, size: ViewportSize, dark: bool = False) -> Iterator[Page]:
    """A page on newsdesk in a browser profile of its own; no error, no dialog, no request to anyone else."""
    faults = Faults()
    context = browser.new_context(viewport=size, color_scheme="dark" if dark else "light")
    page = context.new_page()
    faults.watch(page)
    page.goto(server.url)
    expect(box(page)).to_be_visible()
    yield page
    context.close()
    assert faults.seen == []


@pytest.fixture
def laptop(browser: Browser, server: Server) -> Iterator[Page]:
    with opened(browser, server, LAPTOP) as page:
        yield page


@pytest.fixture
def phone(browser: Browser, server: Server) -> Iterator[Page]:
    with opened(browser, server, PHONE) as page:
        yield page


CONTRASTS = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [red, green, blue] = parts(colour).map((part) => {
      const share = part / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((parts(colour)[3] ?? 1) > 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const found = {};
  for (const one of document.querySelectorAll(".gradio-container *")) {
    const says = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!says || !one.checkVisibility({ visibilityProperty: true })) continue;
    const [a, b] = [light(getComputedStyle(one).color), light(ground(one))].sort((x, y) => y - x);
    found[one.textContent.trim().slice(0, 60)] = (a + 0.05) / (b + 0.05);
  }
  return found;
}"""
"""The contrast of each piece of text to what it stands on, by its words."""


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your question")


def panel(page: Page) -> Locator:
    return page.locator("#sources")


def ask(page: Page, question: str) -> Locator:
    """Ask, and wait until the answer stands there; the turn of the conversation that holds it."""
    turns = page.locator(".turn")
    before = turns.count()
    box(page).fill(question)
    box(page).press("Enter")
    expect(turns).to_have_count(before + 1)
    expect(turns.last.locator(".answer, .notice")).to_be_visible()
    return turns.last


def marker(turn: Locator, number: int) -> Locator:
    return turn.get_by_role("link", name=f"Source {number}:").last


def text_of(marks: Locator) -> str:
    """The words in some marks as the page holds them, which are not always as they are laid out."""
    return "".join(words or "" for words in marks.evaluate_all("all => all.map(one => one.textContent)"))


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def answer(server: Server, question: str) -> Answer:
    """What the chain says to a question, apart from the page."""
    return server.assistant.chain.invoke(Question(question))


def test_a_question_is_answered_and_its_quote_opens_in_its_place(laptop: Page, server: Server) -> None:
    turn = ask(laptop, TARGETS)
    expect(turn.locator(".short")).to_contain_text("boundary between the provinces of Hama and Homs", ignore_case=True)
    expect(turn).to_contain_text("Very sure")
    marker(turn, 2).click()
    active = panel(laptop).locator("mark.active")
    expect(active).to_have_attribute("data-numbers", "2")
    expect(active).to_be_in_viewport()
    expect(active).to_be_focused()
    marker(turn, 1).click()
    expect(active).to_have_attribute("data-numbers", "1")
    citation = answer(server, TARGETS).citations[0]
    article = server.assistant.archive.article(REAL_ARTICLE)
    assert text_of(active) == citation.quote == article.text[citation.start : citation.end]
    expect(panel(laptop).get_by_role("heading", level=3)).to_have_text(article.title)
    expect(panel(laptop)).not_to_contain_text("Moscow has waged an air campaign")


def test_the_whole_article_opens_at_the_quote_with_all_quotes_marked(laptop: Page, server: Server) -> None:
    turn = ask(laptop, "who saved the lighthouse?")
    marker(turn, 1).click()
    panel(laptop).get_by_role("button", name="Whole article").click()
    active = panel(laptop).locator("mark.active")
    expect(panel(laptop).get_by_role("heading", level=2)).to_have_text("Whole article")
    expect(active).to_be_in_viewport()
    citation = answer(server, "who saved the lighthouse?").citations[0]
    assert text_of(active) == citation.quote == LIGHTHOUSE.text[citation.start : citation.end]
    assert text_of(panel(laptop).locator(".text")) == LIGHTHOUSE.text
    expect(panel(laptop).get_by_text("met for the 0th time")).not_to_be_in_viewport()
    panel(laptop).get_by_role("button", name="Back to the quotes").click()
    expect(panel(laptop).get_by_role("heading", level=2)).to_have_text("Sources")
    expect(panel(laptop).locator("mark.active")).to_be_in_viewport()


def test_a_quote_behind_characters_of_two_units_is_marked_exactly(laptop: Page, server: Server) -> None:
    turn = ask(laptop, "what of the wombats?")
    marker(turn, 1).click()
    citation = answer(server, "what of the wombats?").citations[0]
    active = panel(laptop).locator("mark.active")
    assert text_of(active) == citation.quote == WOMBATS.text[citation.start : citation.end]
    expect(panel(laptop)).to_contain_text("date unknown")
    expect(panel(laptop).get_by_role("link", name="original")).to_have_attribute("rel", re.compile("noopener"))


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_hostile_article_is_inert(browser: Browser, server: Server, size: ViewportSize) -> None:
    with opened(browser, server, size) as page:
        turn = ask(page, f"evil {HOSTILE}")
        marker(turn, 1).click()
        panel(page).get_by_role("button", name="Whole article").click()
        assert text_of(panel(page).locator(".text")) == EVIL.text
        expect(panel(page)).to_contain_text(EVIL.title)
        inside = page.locator("#conversation, #source-panel")
        expect(inside.locator("script, img, iframe, [onerror], [href^='javascript:' i]")).to_have_count(0)
        assert fits(page)


def test_what_is_not_in_the_archive_is_said_to_be_so_and_the_nearest_passages_open(laptop: Page) -> None:
    turn = ask(laptop, "who invented the zip fastener?")
    expect(turn).to_contain_text("The archive does not say.")
    expect(turn).to_contain_text("not an answer")
    expect(turn.locator(".marker")).to_have_count(0)
    turn.locator(".nearest a").first.click()
    expect(panel(laptop).get_by_role("heading", level=2)).to_contain_text("not an answer")
    expect(panel(laptop).locator("mark.near").first).to_be_in_viewport()
    expect(panel(laptop).locator("mark.quote")).to_have_count(0)


def test_an_empty_question_gets_a_hint_and_an_overlong_one_a_reason(laptop: Page) -> None:
    box(laptop).press("Enter")
    expect(laptop.get_by_text(HINT)).to_be_visible()
    expect(laptop.locator(".turn")).to_have_count(0)
    turn = ask(laptop, "where " * 1700)
    expect(turn.get_by_role("alert")).to_contain_text("Shorten it.")
    expect(laptop.get_by_text(HINT)).to_have_count(0)
    assert fits(laptop)


def test_a_question_in_work_shows_that_it_is(browser: Browser, server: Server) -> None:
    with opened(browser, server, LAPTOP) as page, server.reader.held():
        box(page).fill(TARGETS)
        page.get_by_role("button", name="Ask").click()
        expect(page.get_by_text("Searching the archive…")).to_be_visible()
        expect(box(page)).to_have_value("")
        server.reader.go.set()
        expect(page.locator(".answer")).to_be_visible()
        expect(page.get_by_text("Searching the archive…")).to_have_count(0)


def test_two_people_are_answered_at_the_same_time_and_see_nothing_of_each_other(
    browser: Browser, server: Server
) -> None:
    with opened(browser, server, LAPTOP) as one, opened(browser, server, LAPTOP) as other:
        with server.reader.held():
            box(one).fill(TARGETS)
            box(one).press("Enter")
            expect(one.get_by_text("Searching the archive…")).to_be_visible()
            box(other).fill("what of the wombats?")
            box(other).press("Enter")
            expect(other.get_by_text("Searching the archive…")).to_be_visible()
            server.reader.go.set()
        expect(one.locator(".short")).to_contain_text("Hama")
        expect(other.locator(".short")).to_contain_text("ombats of Wick")
        marker(one.locator(".turn"), 1).click()
        expect(panel(one)).to_contain_text("Russian bombers")
        expect(one.locator("#desk")).not_to_contain_text("ombats")
        expect(other.locator("#desk")).not_to_contain_text("Hama")


def test_an_example_question_is_asked_with_one_click(laptop: Page) -> None:
    laptop.get_by_role("button", name=TARGETS).click()
    expect(laptop.locator(".turn .short")).to_contain_text("Hama")


def test_a_conversation_goes_on_and_its_earlier_markers_still_work(laptop: Page) -> None:
    first = ask(laptop, TARGETS)
    second = ask(laptop, "who saved the lighthouse?")
    expect(second.locator(".question")).to_be_in_viewport()
    marker(laptop.locator(".turn").nth(1), 1).click()
    expect(panel(laptop)).to_contain_text("The deeds of the lighthouse")
    marker(laptop.locator(".turn").nth(0), 1).click()
    expect(panel(laptop)).to_contain_text("Russian bombers")
    expect(first).to_be_attached()


def test_all_of_it_works_by_keyboard(laptop: Page) -> None:
    turn = ask(laptop, TARGETS)
    first = turn.get_by_role("link", name="Source 1:").first
    box(laptop).focus()
    for _ in range(20):
        if first.evaluate("link => link === document.activeElement"):
            break
        laptop.keyboard.press("Shift+Tab")
    expect(first).to_be_focused()
    assert first.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    laptop.keyboard.press("Enter")
    expect(panel(laptop).locator("mark.active")).to_be_focused()
    laptop.keyboard.press("Escape")
    expect(first).to_be_focused()


def test_on_a_phone_the_sources_come_below_and_lead_back(phone: Page) -> None:
    expect(panel(phone)).not_to_be_visible()
    turn = ask(phone, TARGETS)
    expect(turn.locator(".short")).to_be_in_viewport()
    assert fits(phone)
    marker(turn, 1).click()
    active = panel(phone).locator("mark.active")
    expect(active).to_be_in_viewport()
    panel(phone).get_by_role("button", name="Whole article").click()
    expect(panel(phone).get_by_role("button", name="Back to the quotes")).to_be_visible()
    expect(active).to_be_in_viewport()
    assert fits(phone)
    panel(phone).get_by_role("button", name="Back to the answer").click()
    expect(marker(turn, 1)).to_be_in_viewport()
    expect(marker(turn, 1)).to_be_focused()
    marker(turn, 1).click()
    expect(active).to_be_in_viewport()


def test_at_twice_the_size_all_of_it_is_reached(browser: Browser, server: Server) -> None:
    with opened(browser, server, ZOOMED) as page:
        turn = ask(page, TARGETS)
        expect(turn.locator(".question")).to_be_in_viewport()
        expect(box(page)).to_be_in_viewport()
        assert fits(page)
        marker(turn, 1).click()
        expect(panel(page).locator("mark.active")).to_be_in_viewport()
        panel(page).get_by_role("button", name="Whole article").click()
        expect(panel(page).locator("mark.active")).to_be_in_viewport()
        assert fits(page)
        for view in ("Archive", "Evaluate"):
            page.get_by_role("tab", name=view).click()
            expect(page.locator(f"#{view.lower()}-view")).to_be_visible()
            assert fits(page)


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_words_stand_out_from_their_ground(browser: Browser, server: Server, size: ViewportSize, dark: bool) -> None:
    """Contrast as in WCAG 2.1, 1.4.3: at least 4.5 to 1."""
    with opened(browser, server, size, dark) as page:
        marker(ask(page, TARGETS), 1).click()
        ask(page, "who invented the zip fastener?")
        found = page.evaluate(CONTRASTS)
        assert found
        assert {words: ratio for words, ratio in found.items() if ratio < 4.5} == {}


def test_the_seed_archive_answers_with_the_reader_that_newsdesk_ships(browser: Browser, seed_home: Path) -> None:
    with open_assistant(Settings(home=seed_home)) as assistant, serving(assistant, KnownReader()) as server:
        article = assistant.archive.article(REAL_ARTICLE)
        with opened(browser, server, LAPTOP) as page:
            turn = ask(page, TARGETS)
            expect(turn.locator(".answer")).to_contain_text("boundary between the provinces of Hama and Homs")
            marker(turn, 1).click()
            active = panel(page).locator("mark.active")
            expect(active).to_be_in_viewport()
            citation = answer(server, TARGETS).citations[0]
            assert text_of(active) == citation.quote == article.text[citation.start : citation.end]
            assert "Hama and Homs" in citation.quote
