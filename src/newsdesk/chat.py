"""The web chat: a conversation on one side, the articles it stands on on the other.

The page's HTML is made in ``page`` and ``panel``, its looks are in ``static``. Here are the events: what is
asked goes through the assistant's chain; what is opened is looked up in the answers of this session alone.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
from fastapi import FastAPI

from newsdesk import page, panel
from newsdesk.assistant import Assistant
from newsdesk.errors import NewsdeskError, NotFound
from newsdesk.page import Turn
from newsdesk.panel import Place, Source
from newsdesk.types import Answer, Article, Message, Question

Turns = tuple[Turn, ...]

STATIC = Path(__file__).with_name("static")
ASKED_AT_ONCE = 32
"""Questions in work at the same time, over all users; further ones wait their turn."""
REMEMBERED = 6
"""Earlier turns that go along with a question, so that it can say "they" or "after that"."""

EXAMPLES = (
    ("where were the targets?", "000_659fbcd3d4add74c"),
    ("Who brokered the talks?", "000_659fbcd3d4add74c"),
    ("How many people died in the sinking of the Maid of Ouvel?", "2031-04-28-interim-report-blames-pump"),
    ("What nickname did the stolen tuba have?", "2031-03-15-band-treasurer-jailed"),
    ("How thick is the Corvane Dam at its base?", "2031-03-23-explainer-how-the-corvane-dam-works"),
)
"""Questions to begin with, each with the article that answers it: shown where the archive holds that."""

HINT = "Type a question first: who, what, when or where?"
FAILED = "Something went wrong here, and this question was not answered. Please ask it again."

log = logging.getLogger(__name__)


class View(NamedTuple):
    """What the page shows after an event: a value for each of its parts, in their order."""

    turns: Turns
    conversation: Any
    sources: Any
    box: Any
    hint: str


@dataclass(frozen=True, slots=True)
class Chat:
    """The events of the page. All state comes with them: each session has its own."""

    assistant: Assistant

    def greet(self, turns: Turns) -> tuple[str, str]:
        """Masthead and conversation as a visitor finds them."""
        return page.masthead(self.assistant.archive.count()), self.show(turns)

    def show(self, turns: Turns) -> str:
        """The conversation so far; before its first turn, what can be asked."""
        archive = self.assistant.archive
        welcome = page.welcome(archive.count(), archive.publishers(), self.examples()) if not turns else page.NOTHING
        return page.conversation(turns, welcome)

    def examples(self) -> list[str]:
        """The example questions whose article is in the archive."""
        return [question for question, article in EXAMPLES if self.article(article)]

    def ask(self, question: str, turns: Turns) -> Iterator[View]:
        """Show the question and that it is being looked into, then what came of it."""
        words = _clean(question)
        if not words:
            yield View(turns, gr.skip(), gr.skip(), gr.skip(), page.hint(HINT))
            return
        pending = (*turns, Turn(words))
        yield View(pending, self.show(pending), panel.no_sources(), "", page.hint(""))
        done = (*turns, self.answer(words, turns))
        yield View(done, self.show(done), self.first_sources(done), gr.skip(), page.hint(""))

    def ask_example(self, turns: Turns, event: gr.EventData) -> Iterator[View]:
        """Ask the example question that was chosen."""
        examples, number = self.examples(), _number(event, "number")
        if number is not None and number < len(examples):
            yield from self.ask(examples[number], turns)

    def answer(self, question: str, turns: Turns) -> Turn:
        """Answer a question in the light of the turns before it; an error becomes a notice in words."""
        try:
            return Turn(question, self.assistant.chain.invoke(Question(question, history(turns))))
        except NewsdeskError as error:
            return Turn(question, notice=str(error))
        except Exception:
            log.exception("A question in the chat was not answered.")
            return Turn(question, notice=FAILED)

    def first_sources(self, turns: Turns) -> str:
        """The panel beside a new answer: its sources, without moving the page there."""
        answer = turns[-1].answer
        if answer is None or not answer.answered or not answer.citations:
            return panel.no_sources()
        return panel.sources(self.cited(answer), Place(len(turns) - 1, answer.citations[0].number), touched="")

    def open(self, turns: Turns, event: gr.EventData) -> Any:
        """Show what was chosen: a quote among its answer's sources, a near passage, or the whole article of it."""
        place = _place(turns, event)
        answer = turns[place.turn].answer if place else None
        if place is None or answer is None:
            return gr.skip()
        found = [self.near(answer, place.number)] if place.near else self.cited(answer)
        touched = str(time.monotonic_ns())
        if _detail(event, "do") == "whole":
            chosen = next((source for source in found if source.bears(place)), None)
            return panel.whole(chosen, place, touched) if chosen else gr.skip()
        return panel.sources(found, place, touched)

    def cited(self, answer: Answer) -> list[Source]:
        """The articles of an answer, in the order in which it cites them."""
        ids = dict.fromkeys(citation.article_id for citation in answer.citations)
        groups = [[cited for cited in answer.citations if cited.article_id == id] for id in ids]
        return [panel.source_of(cited, self.article(cited[0].article_id)) for cited in groups]

    def near(self, answer: Answer, number: int) -> Source:
        """The article of a passage that came near."""
        hit = answer.passages[number - 1]
        return panel.source_near(hit, self.article(hit.article_id))

    def article(self, article_id: str) -> Article | None:
        """The article of that id, or None where it is not (or no longer) in the archive."""
        try:
            return self.assistant.archive.article(article_id)
        except NotFound:
            return None


def history(turns: Turns) -> tuple[Message, ...]:
    """The answered turns as messages, oldest first, at most ``REMEMBERED`` of them."""
    answered = [(turn.question, turn.answer.answer) for turn in turns if turn.answer]
    pairs = [(Message("user", asked), Message("assistant", said)) for asked, said in answered[-REMEMBERED:]]
    return tuple(message for pair in pairs for message in pair)


def _clean(question: str | None) -> str:
    """What was typed, without what no question needs: surrounding space, NUL, halves of characters."""
    words = (question or "").replace("\0", " ")
    return words.encode("utf-8", "replace").decode("utf-8").strip()


def _detail(event: gr.EventData, name: str) -> str:
    """A detail of an event as text; events come from a browser, and may say anything."""
    given = event._data
    value = given.get(name, "") if isinstance(given, dict) else ""
    return value if isinstance(value, str) else ""


def _number(event: gr.EventData, name: str) -> int | None:
    """A detail of an event that is a number of a few digits."""
    value = _detail(event, name)
    return int(value) if value.isdecimal() and len(value) < 7 else None


def _place(turns: Turns, event: gr.EventData) -> Place | None:
    """The place that an event names, or None where this conversation has no such place."""
    turn, number, near = _number(event, "turn"), _number(event, "number"), bool(_detail(event, "near"))
    answer = turns[turn].answer if turn is not None and turn < len(turns) else None
    if turn is None or number is None or answer is None:
        return None
    known = range(1, len(answer.passages) + 1) if near else {citation.number for citation in answer.citations}
    return Place(turn, number, near) if number in known else None


def build(assistant: Assistant) -> gr.Blocks:
    """The page with its events."""
    chat = Chat(assistant)
    blocks: gr.Blocks = gr.Blocks(title="newsdesk", analytics_enabled=False, fill_width=True)
    with blocks:
        turns = gr.State(())
        masthead = _html(page.masthead(assistant.archive.count()), "masthead")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk"):
                conversation = _html(chat.show(()), "conversation", "conversation.js")
                with gr.Row(elem_id="composer"):
                    box = _box()
                    send = gr.Button("Ask", elem_id="send", variant="primary", scale=0, min_width=0)
                hint = _html(page.hint(""), "hint")
            with gr.Column(elem_id="beside"):
                sources = _html(panel.no_sources(), "source-panel", "sources.js")
        shown = [turns, conversation, sources, box, hint]
        quiet = {"show_progress": "hidden", "api_visibility": "private"}
        asking = {**quiet, "concurrency_limit": ASKED_AT_ONCE, "concurrency_id": "ask", "trigger_mode": "once"}
        gr.on([box.submit, send.click], chat.ask, [box, turns], shown, **asking)
        conversation.ask(chat.ask_example, [turns], shown, **asking)
        for part in (conversation, sources):
            part.open(chat.open, [turns], [sources], queue=False, **quiet)
        blocks.load(
            chat.greet, [turns], [masthead, conversation], queue=False, show_progress="hidden", api_visibility="private"
        )
    return blocks


def _html(value: str, name: str, script: str | None = None) -> Any:
    """A part of the page made of our own HTML; the script runs once it is there."""
    source = (STATIC / script).read_text("utf-8") if script else None
    return gr.HTML(value, elem_id=name, js_on_load=source, apply_default_css=False, container=False)


def _box() -> gr.Textbox:
    return gr.Textbox(
        label="Your question",
        show_label=False,
        container=False,
        placeholder="Ask the archive a question",
        lines=1,
        max_lines=6,
        elem_id="box",
        autofocus=True,
    )


def mount(app: FastAPI, assistant: Assistant) -> FastAPI:
    """The web application with the page at its root; what the application served before stays where it is."""
    return _in_a_loop(lambda: _mount(app, assistant))


def _in_a_loop(make: Callable[[], FastAPI]) -> FastAPI:
    """Make it while an event loop runs: where none does, Gradio opens several, and closes none of them."""

    async def made() -> FastAPI:
        return make()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(made())
    return make()


def _mount(app: FastAPI, assistant: Assistant) -> FastAPI:
    web: FastAPI = gr.mount_gradio_app(
        app,
        build(assistant),
        path="/",
        server_name=assistant.settings.host,
        server_port=assistant.settings.port,
        theme=_theme(),
        head=_head(),
        favicon_path=str(STATIC / "favicon.svg"),
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="1kb",
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        enable_monitoring=False,
    )
    return web


def _theme() -> gr.themes.Base:
    """Fonts that are on the machine, and the colours that show before the page's own style is there."""
    return gr.themes.Base(font=("sans-serif",), font_mono=("monospace",)).set(
        body_background_fill="#fbfaf6",
        body_background_fill_dark="#171614",
        body_text_color="#22201c",
        body_text_color_dark="#e6e1d8",
    )


def _head() -> str:
    style = (STATIC / "style.css").read_text("utf-8")
    about = '<meta property="og:title" content="newsdesk"><meta property="og:description" content="">'
    return f'{about}<meta name="color-scheme" content="light dark"><style>{style}</style>'
