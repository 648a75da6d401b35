"""What a browser keeps of its own: which conversation it shows, the limits it has set, the question it is changing.

It comes back with every event, so that the page goes on where it was after the server has been started again. Like
everything from a browser it is checked.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from newsdesk.types import Filters


@dataclass(frozen=True, slots=True)
class Session:
    """One open page."""

    conversation: str = ""
    filters: Filters = Filters()
    editing: str = ""
    """The turn whose question is in the box, to be asked anew in its place."""


_SESSION = TypeAdapter(Session)


def packed(session: Session) -> str:
    """The session as the browser keeps it."""
    return _SESSION.dump_json(session).decode()


def unpacked(kept: object) -> Session:
    """The session that the browser kept; a new one where that is none."""
    try:
        return _SESSION.validate_json(kept) if isinstance(kept, str) and kept else Session()
    except ValidationError:
        return Session()
