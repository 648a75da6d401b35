"""The Archive and Evaluate views on a real server, opened in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from ingest.pipeline import add
from newsdesk.api import create_api
from newsdesk.archive import Archive
from newsdesk.assistant import Assistant
from newsdesk.chain import build_chain
from newsdesk.chat import mount
from newsdesk.desk import Desk, open_desk
from newsdesk.reader import Reading
from newsdesk.retrieve import Retriever
from newsdesk.settings import Settings
from newsdesk.types import Article, Hit
from newsdesk.vectors import open_vectors
from tests.conftest import WordEmbedder, WordReader
from tests.serving import serving
from tests.test_page_browser import Faults


class HeldReader(WordReader):
    """Reads what it is asked, except that a question about "patience" waits to be let through."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        if "patience" in question:
            assert self.go.acquire(timeout=60)
        return super().read(question, hits)


@dataclass(frozen=True)
class Running:
    """A running newsdesk with its desk."""

    url: str
    desk: Desk
    reader: HeldReader


@contextmanager
def running(home: Path, articles: Sequence[Article]) -> Iterator[Running]:
    """A server over these articles."""
    settings = Settings(home=home)
    archive, embedder, reader = Archive(home / "archive.sqlite"), WordEmbedder(), HeldReader()
    with open_vectors(settings) as vectors:
        add(articles, archive, vectors, embedder)
        retriever = Retriever(archive, vectors, embedder)
        chain = build_chain(retriever, reader)
        with open_desk(Assistant(settings, archive, vectors, embedder, reader, retriever, chain)) as desk:
            with serving(mount(create_api(desk), desk)) as url:
                yield Running(url, desk, reader)
            reader.go.release(1000)
    archive.close()


@contextmanager
def opened(browser: Browser, url: str, view: str, size: ViewportSize, dark: bool = False) -> Iterator[Page]:
    """A view of the page; no error, no dialog, no request to anyone else."""
    faults = Faults()
    context = browser.new_context(viewport=size, color_scheme="dark" if dark else "light", accept_downloads=True)
    page = context.new_page()
    faults.watch(page)
    page.goto(url)
    page.get_by_role("tab", name=view).click()
    expect(page.locator(f"#{view.lower()}-view")).to_be_visible()
    yield page
    context.close()
    assert faults.seen == []


expect.set_options(timeout=20_000)
NAMELESS = """() => [...document.querySelectorAll("button, a[href], input, select, textarea")]
  .filter((one) => one.checkVisibility() && one.type !== "file")
  .filter((one) => !(one.innerText || one.getAttribute("aria-label") || one.labels?.length || one.title))
  .map((one) => one.outerHTML.slice(0, 200))"""
"""What can be worked with and has no name for a screen reader."""

pandas = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
"""Gradio sums up its queue with pandas in a way that pandas has since deprecated."""
