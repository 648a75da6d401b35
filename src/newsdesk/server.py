"""Page and API served together, on loopback unless told otherwise."""

from __future__ import annotations

import socket
import sys

import uvicorn
from starlette.types import ASGIApp

from newsdesk import logs
from newsdesk.api import create_api
from newsdesk.assistant import open_assistant
from newsdesk.desk import Desk, open_desk
from newsdesk.door import behind
from newsdesk.door.guard import guarded
from newsdesk.door.hosts import is_loopback
from newsdesk.errors import BadInput, InUse
from newsdesk.settings import Settings

GRACE_SECONDS = 30
"""How long a stop waits for what is in work; an open page would keep its connection for ever."""

BACKLOG = 2048
"""Connections that may wait to be taken."""


def serve(settings: Settings) -> None:
    """Serve until stopped; what is in work is then finished.

    Raises InUse where the port is taken, BadInput where anyone on a network could come in, before any model is
    loaded.
    """
    refuse_to_be_open(settings)
    logs.configure()
    with _listen(settings) as listening, open_assistant(settings) as assistant, open_desk(assistant) as desk:
        config = uvicorn.Config(
            web(desk),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_keep_alive=15,
        )
        address = f"http://{settings.host}:{listening.getsockname()[1]}"
        listening.listen(BACKLOG)  # whoever is told the address is heard from now on
        sys.stderr.write(f"newsdesk: {assistant.archive.count():,} articles at {address} (API: {address}/docs)\n")
        uvicorn.Server(config).run(sockets=[listening])


def web(desk: Desk) -> ASGIApp:
    """All that is served: the API and the page, behind their door."""
    from newsdesk.chat import mount

    return behind(mount(create_api(desk), desk), desk)


def refuse_to_be_open(settings: Settings) -> None:
    """Raise BadInput where others could reach the server and nobody had to say who they are."""
    if is_loopback(settings.host) or settings.open or guarded(settings):
        return
    raise BadInput(
        f"On {settings.host} anyone who reaches this machine could read and change the archive. Make a key (newsdesk "
        "keys add NAME --scope admin) or set NEWSDESK_LOGIN=user:password; or say that this is meant, with "
        "NEWSDESK_OPEN=true or newsdesk serve --open-to-anyone."
    )


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
