"""The web chat: a Gradio page, mounted beside the API.

Three views under one head: asking, the archive, and evaluation. In the first the conversation is on one side, on the
other the articles it stands on. What they show is made in ``page``; their looks are in ``static``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
from fastapi import FastAPI

from newsdesk.desk import Desk
from newsdesk.page import archive_tab, conversation, evaluate_tab, panel
from newsdesk.page.events import Chat, Detail, Turns, View

STATIC = Path(__file__).with_name("static")
STYLES = ("style", "archive", "evaluate")
LARGEST_UPLOAD = "100mb"
"""Of one file that is given to the archive, or of a question set."""
ASKED_AT_ONCE = 32
"""Questions in work at the same time, over all users; further ones wait their turn."""


def build(desk: Desk) -> gr.Blocks:
    """The page: one head and three views below it."""
    blocks: gr.Blocks = gr.Blocks(title="newsdesk", analytics_enabled=False, fill_width=True)
    with blocks:
        masthead = _html(conversation.masthead(desk.assistant.archive.count()), "masthead")
        with gr.Tabs(elem_id="views", overflow_behavior="wrap"):
            with gr.Tab("Ask", id="ask", elem_id="ask"):
                _ask(blocks, desk, masthead)
            with gr.Tab("Archive", id="archive", elem_id="archive"):
                archive_tab.build(desk)
            with gr.Tab("Evaluate", id="evaluate", elem_id="evaluate"):
                evaluate_tab.build(desk)
    return blocks


def _ask(blocks: gr.Blocks, desk: Desk, masthead: Any) -> None:
    """The view that questions are asked and answered in."""
    chat = Chat(desk.assistant)
    turns = gr.State(())
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="talk"):
            talk = _html(chat.show(()), "conversation", "conversation.js")
            with gr.Row(elem_id="composer"):
                box = _box()
                send = gr.Button("Ask", elem_id="send", variant="primary", scale=0, min_width=0)
            hint = _html(conversation.hint(""), "hint")
        with gr.Column(elem_id="beside"):
            sources = _html(panel.no_sources(), "source-panel", "sources.js")
    _listen(blocks, chat, turns, _Parts(masthead, talk, sources, box, send, hint))


class _Parts(NamedTuple):
    """The parts of the page that events come from, or change."""

    masthead: Any
    talk: Any
    sources: Any
    box: Any
    send: Any
    hint: Any


def _listen(blocks: gr.Blocks, chat: Chat, turns: gr.State, parts: _Parts) -> None:
    """Lead each event of the page to what becomes of it."""

    def ask(question: str, turns: Turns) -> Iterator[list[Any]]:
        yield from map(_shown, chat.ask(question, turns))

    def ask_example(turns: Turns, event: gr.EventData) -> Iterator[list[Any]]:
        yield from map(_shown, chat.ask_example(turns, _detail(event)))

    def show(turns: Turns, event: gr.EventData) -> Any:
        return chat.open(turns, _detail(event)) or gr.skip()

    changed = [turns, parts.talk, parts.sources, parts.box, parts.hint]
    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    asking = {**quiet, "concurrency_limit": ASKED_AT_ONCE, "concurrency_id": "ask", "trigger_mode": "once"}
    gr.on([parts.box.submit, parts.send.click], ask, [parts.box, turns], changed, **asking)
    parts.talk.ask(ask_example, [turns], changed, **asking)
    for part in (parts.talk, parts.sources):
        part.open(show, [turns], [parts.sources], queue=False, **quiet)
    greeted: Any = blocks.load
    greeted(chat.greet, [turns], [parts.masthead, parts.talk], queue=False, **quiet)


def _shown(view: View) -> list[Any]:
    """The values of a view as Gradio takes them."""
    return [gr.skip() if value is None else value for value in view]


def _detail(event: gr.EventData) -> Detail:
    return event._data if isinstance(event._data, dict) else {}


def _html(value: str, name: str, script: str | None = None) -> Any:
    """A part of the page made of our own HTML; the script runs once it is there."""
    source = (STATIC / script).read_text("utf-8") if script else None
    return gr.HTML(value, elem_id=name, js_on_load=source, apply_default_css=False, container=False)


def _box() -> gr.Textbox:
    return gr.Textbox(
        label="Your question",
        show_label=False,
        container=False,
        placeholder="Ask a question",
        lines=1,
        max_lines=6,
        elem_id="box",
        autofocus=True,
    )


def mount(app: FastAPI, desk: Desk) -> FastAPI:
    """The web application with the page at its root; what the application served before stays where it is."""
    return _in_a_loop(lambda: _mount(app, desk))


def _in_a_loop(make: Callable[[], FastAPI]) -> FastAPI:
    """Make it while an event loop runs: where none does, Gradio opens several, and closes none of them."""

    async def made() -> FastAPI:
        return make()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(made())
    return make()


def _mount(app: FastAPI, desk: Desk) -> FastAPI:
    web: FastAPI = gr.mount_gradio_app(
        app,
        build(desk),
        path="/",
        server_name=desk.assistant.settings.host,
        server_port=desk.assistant.settings.port,
        theme=_theme(),
        head=_head(),
        favicon_path=str(STATIC / "favicon.svg"),
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=LARGEST_UPLOAD,
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
    style = "\n".join((STATIC / f"{name}.css").read_text("utf-8") for name in STYLES)
    about = '<meta property="og:title" content="newsdesk"><meta property="og:description" content="">'
    return f'{about}<meta name="color-scheme" content="light dark"><style>{style}</style>'
