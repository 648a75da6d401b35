"""Page and API served together, on loopback unless told otherwise."""

from __future__ import annotations

import socket
import sys

import uvicorn

from newsdesk.api import create_api
from newsdesk.assistant import open_assistant
from newsdesk.desk import open_desk
from newsdesk.errors import InUse
from newsdesk.settings import Settings

GRACE_SECONDS = 5
"""How long a stop waits for what is in work; an open page would keep its connection for ever."""


def serve(settings: Settings) -> None:
    """Serve until stopped. Raises InUse where the port is taken, before any model is loaded."""
    with _listen(settings) as listening, open_assistant(settings) as assistant, open_desk(assistant) as desk:
        from newsdesk.chat import mount

        web = mount(create_api(desk), desk)
        server = uvicorn.Server(uvicorn.Config(web, log_level="warning", timeout_graceful_shutdown=GRACE_SECONDS))
        address = f"http://{settings.host}:{listening.getsockname()[1]}"
        sys.stderr.write(f"newsdesk: {assistant.archive.count():,} articles at {address} (API: {address}/docs)\n")
        server.run(sockets=[listening])


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise InUse(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror or error}. "
            "Stop what listens there, or choose another port: NEWSDESK_PORT=7861"
        ) from error
    return listening
