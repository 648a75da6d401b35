"""What the page links to outside of itself: exports of a conversation, and answers at their permanent links."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from newsdesk.conversations import Conversations
from newsdesk.errors import NotFound
from newsdesk.page import export, link
from newsdesk.page.visitor import owner


def routes(conversations: Conversations) -> APIRouter:
    """The addresses beside the page; an owner's alone, but for permanent links, which are for whoever has them."""
    router = APIRouter(include_in_schema=False)

    @router.get("/alive")
    def alive() -> Response:
        return Response(status_code=204)

    @router.get("/conversations/{id}.md")
    def as_markdown(id: str, request: Request) -> Response:
        whose = _owner(request)
        text = export.markdown(conversations.conversation(whose, id), conversations.turns(whose, id))
        return _file(text.encode(), "text/markdown; charset=utf-8", f"{id}.md")

    @router.get("/conversations/{id}.json")
    def as_json(id: str, request: Request) -> Response:
        whose = _owner(request)
        told = export.as_json(conversations.conversation(whose, id), conversations.turns(whose, id))
        return _file(told, "application/json", f"{id}.json")

    @router.get("/a/{id}")
    def linked(id: str) -> Response:
        shown = link.page(conversations.linked(id))
        return HTMLResponse(shown, headers={"content-security-policy": link.POLICY, "referrer-policy": "no-referrer"})

    return router


def _owner(request: Request) -> str:
    known = owner(request.cookies, getattr(request.state, "caller", None))
    if known is None:
        raise NotFound("There is no such conversation here. Open the page first.")
    return known


def _file(content: bytes, kind: str, name: str) -> Response:
    named = {"content-disposition": f'attachment; filename="newsdesk-{name}"', "cache-control": "no-store"}
    return Response(content, media_type=kind, headers=named)
