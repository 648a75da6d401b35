"""The web chat: a Gradio page, mounted beside the API.

Three views under one head: asking, the archive, and evaluation. In the first the conversation is on one side, on the
other the articles it stands on. What they show is made in ``page``; their looks are in ``static``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI

from newsdesk.desk import Desk
from newsdesk.evaluate import style as style_of_reports
from newsdesk.page import archive_tab, conversation, evaluate_tab, panel, shelf
from newsdesk.page.downloads import downloads
from newsdesk.page.events import NOBODY, Chat, Detail, View, Visit
from newsdesk.page.routes import routes
from newsdesk.page.session import unpacked
from newsdesk.page.visitor import RememberVisitors, owner

STATIC = Path(__file__).with_name("static")
STYLES = ("style", "archive", "evaluate")
LARGEST_UPLOAD = "100mb"
"""Of one file that is given to the archive, or of a question set."""
ASKED_AT_ONCE = 32
"""Questions in work at the same time, over all users; further ones wait their turn."""
SUGGESTED_AT_ONCE = 1
"""Answers that follow-ups are looked for at the same time: they must not hold up those who ask."""

QUIET = {"show_progress": "hidden", "api_visibility": "private"}


def build(desk: Desk) -> gr.Blocks:
    """The page: one head and three views below it."""
    blocks: gr.Blocks = gr.Blocks(title="newsdesk", analytics_enabled=False, fill_width=True)
    with blocks:
        masthead = _html(conversation.masthead(desk.assistant.archive.count()), "masthead")
        with gr.Tabs(elem_id="views", overflow_behavior="wrap"):
            with gr.Tab("Ask", id="ask", elem_id="ask"):
                _ask(Chat(desk), masthead)
            with gr.Tab("Archive", id="archive", elem_id="archive"):
                archive_tab.build(desk)
            with gr.Tab("Evaluate", id="evaluate", elem_id="evaluate"):
                evaluate_tab.build(desk)
    for event in blocks.fns.values():
        event.api_visibility = "private"  # programs have the API
    return blocks


def _ask(chat: Chat, masthead: Any) -> None:
    """The view that questions are asked and answered in; each part bears the name of its field in ``View``."""
    parts: dict[str, Any] = {"masthead": masthead}
    parts["session"] = gr.Textbox(visible="hidden", elem_id="session", label="Session")
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="talk"):
            parts["bar"] = _html(conversation.bar(None), "bar", "bar.js")
            parts["talk"] = _html(conversation.show(()), "conversation", "conversation.js")
            parts["live"] = _html("", "live", "live.js")
            parts["after"] = _html("", "after", "part.js")
            with gr.Column(elem_id="ask-box"):
                parts["chips"] = _html("", "chips", "part.js")
                with gr.Row(elem_id="composer"):
                    parts["box"] = _box()
                    send = gr.Button("Ask", elem_id="send", variant="primary", scale=0, min_width=0)
                parts["hint"] = _html(conversation.hint(""), "hint", "part.js")
        with gr.Column(elem_id="beside"):
            parts["sources"] = _html(panel.no_sources(), "source-panel", "sources.js")
    with gr.Column(elem_id="shelf", elem_classes="sheet"):
        head = _html(shelf.head(), "shelf-head", "shelf.js")
        parts["shelf"] = _html("", "shelf-list", "shelf.js")
    with gr.Column(elem_id="limits", elem_classes="sheet"):
        parts["form"] = _html("", "limits-form", "limits.js")
        parts["found"] = _html("", "limits-found", "part.js")
    _listen(chat, parts, send, head)


def _listen(chat: Chat, parts: dict[str, Any], send: Any, head: Any) -> None:
    """Lead each event of the page to what becomes of it. All state comes along: the cookie and the session."""
    session, names = parts["session"], [field.name for field in fields(View)]
    shown = [parts[name] for name in names]

    async def ask(question: str, kept: str, request: gr.Request) -> AsyncIterator[list[Any]]:
        if visit := _visit(request, kept):
            async for view in chat.ask(visit, question):
                yield _values(view)
        else:
            yield _values(View(hint=conversation.hint(NOBODY)))

    async def again(kept: str, request: gr.Request, event: gr.EventData) -> AsyncIterator[list[Any]]:
        if visit := _visit(request, kept):
            async for view in chat.again(visit, _detail(event)):
                yield _values(view)

    def act(kept: str, request: gr.Request, event: gr.EventData) -> list[Any]:
        visit = _visit(request, kept)
        return _values(chat.act(visit, _detail(event)) if visit else View(hint=conversation.hint(NOBODY)))

    def show(kept: str, request: gr.Request, event: gr.EventData) -> Any:
        visit = _visit(request, kept)
        return (chat.open(visit, _detail(event)) if visit else None) or gr.skip()

    def suggest(kept: str, request: gr.Request) -> list[Any]:
        visit = _visit(request, kept)
        return _values(chat.suggest(visit) if visit else View())

    def begin(kept: str, request: gr.Request) -> list[Any]:
        visit = _visit(request, kept)
        return _values(chat.beginning(visit) if visit else View())

    asking = {**QUIET, "concurrency_limit": ASKED_AT_ONCE, "concurrency_id": "ask", "trigger_mode": "once"}
    after = {
        **QUIET,
        "concurrency_limit": SUGGESTED_AT_ONCE,
        "concurrency_id": "suggest",
        "trigger_mode": "always_last",
    }
    asked = [gr.on([parts["box"].submit, send.click], ask, [parts["box"], session], shown, **asking)]
    for name in ("talk", "after", "bar", "chips", "hint", "shelf", "found", "form", "live"):
        asked.append(parts[name].ask(again, [session], shown, **asking))
        parts[name].act(act, [session], shown, queue=False, **QUIET)
    head.act(act, [session], shown, queue=False, **QUIET)
    for name in ("talk", "sources"):
        parts[name].open(show, [session], [parts["sources"]], queue=False, **QUIET)
    for event in asked:
        event.then(suggest, [session], shown, **after)
    parts["talk"].arrived(begin, [session], shown, **after)


def _visit(request: gr.Request, kept: str) -> Visit | None:
    """Who sent an event and what came along; None for a browser that keeps no cookie."""
    known = owner(request.cookies, getattr(request.request.state, "caller", None) if request.request else None)
    return Visit(known, unpacked(kept)) if known else None


def _values(view: View) -> list[Any]:
    """The values of a view as Gradio takes them."""
    return [gr.skip() if value is None else value for value in asdict(view).values()]


def _detail(event: gr.EventData) -> Detail:
    return event._data if isinstance(event._data, dict) else {}


def _html(value: str, name: str, script: str | None = None) -> Any:
    """A part of the page made of our own HTML; the script runs once it is there, after the one that all parts share."""
    scripts = dict.fromkeys(["part.js", script]) if script else {}
    source = "\n".join((STATIC / one).read_text("utf-8") for one in scripts if one)
    return gr.HTML(value, elem_id=name, js_on_load=source or None, apply_default_css=False, container=False)


def _box() -> gr.Textbox:
    return gr.Textbox(
        label="Your question",
        show_label=False,
        container=False,
        placeholder="Ask a question",
        lines=1,
        max_lines=6,
        elem_id="box",
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
    app.include_router(routes(desk.conversations))
    app.include_router(downloads(desk.evaluations))
    app.add_middleware(RememberVisitors)
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
    styles = [*((STATIC / f"{name}.css").read_text("utf-8") for name in STYLES), style_of_reports()]
    style = "\n".join(styles)
    about = '<meta property="og:title" content="newsdesk"><meta property="og:description" content="">'
    return f'{about}<meta name="color-scheme" content="light dark"><style>{style}</style>'
