"""Settings: one frozen object built from the environment; a misspelt name is refused, not ignored."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from newsdesk.errors import BadInput

PREFIX = "NEWSDESK_"


def _absolute(path: Path) -> Path:
    return path.expanduser().resolve()


class Settings(BaseModel):
    """Everything that can be set. Each field is ``NEWSDESK_<FIELD>`` in the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    home: Annotated[Path, AfterValidator(_absolute)] = Path("~/.newsdesk")
    """The data folder: the archive and its vectors."""
    embedding_model: str = "all-MiniLM-L6-v2"
    """The packaged model, or the folder of another sentence-transformers model."""
    model: str = ""
    """A chat model that writes the answers, as ``provider:model``; empty: answers are quotations alone."""
    chroma_url: str = ""
    """A Chroma server, to share vectors between processes; empty: embedded in the data folder."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 7860
    threshold: Annotated[float | None, Field(ge=0, le=1)] = None
    """Least confidence at which a question is answered; empty: the one the reader was calibrated to."""
    allow_hosts: str = ""
    """Hosts that ingest may visit although they lie in a private network: ``host`` or ``host:port``, with commas."""
    web_pages: Annotated[int, Field(ge=1, le=100_000)] = 100
    """How many pages of one feed or sitemap an ingest visits, the newest."""
    api_keys: SecretStr = SecretStr("")
    """Keys of the API beside those of ``newsdesk keys``: ``KEY`` or ``KEY:write`` or ``KEY:admin``, with commas."""
    login: SecretStr = SecretStr("")
    """Who may open the page: ``user:password``, or ``user:`` and what ``newsdesk keys hash`` makes of a password."""
    open: bool = False
    """Listen on a network without keys or login: anyone who reaches the server can use and change all of it."""
    hosts: str = ""
    """Names by which the server is called beside its own address, with commas: those of a proxy before it."""
    cors_origins: str = ""
    """Other sites whose pages may call the API, with commas: ``https://example.org``."""
    rate_limit: str = "1200/minute"
    """Requests that one caller may send."""
    time_limit: Annotated[float, Field(gt=0)] = 120.0
    """Seconds after which a question is given up."""
    at_once: Annotated[int, Field(ge=1, le=256)] = 8
    """Questions of the API in work at the same time."""
    waiting: Annotated[int, Field(ge=0, le=100_000)] = 64
    """Questions of the API that may wait; one more is sent away, to come back later."""
    batching: bool = True
    """Whether the passages of questions asked at the same time are read in common passes."""


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Read the settings; unset or empty variables keep their defaults.

    Raises BadInput for an unknown ``NEWSDESK_`` name (naming the nearest known one) and for a value
    that does not fit.
    """
    given = {name: value.strip() for name, value in environment.items() if name.startswith(PREFIX)}
    known = {PREFIX + field.upper(): field for field in Settings.model_fields}
    for name in given:
        if name not in known:
            raise BadInput(f"Unknown setting {name}. {_hint(name, sorted(known))}")
    try:
        return Settings.model_validate({known[name]: value for name, value in given.items() if value})
    except ValidationError as error:
        fault = error.errors()[0]
        name = PREFIX + str(fault["loc"][0]).upper()
        raise BadInput(f"{name}={fault['input']!r}: {fault['msg']}. Correct it or unset it.") from error


def _hint(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(known)}."
