"""Logs as lines of JSON, each with the name of the request it belongs to; no key is ever in one."""

from __future__ import annotations

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The name of the request in work."""

_SECRET = re.compile(r'\bnd-[\w-]{20,}|(?<=[Bb]earer )[^\s"\\]+|\bscrypt\$[^\s"\\]+|\bsk-[\w-]{12,}')


class Lines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
            **getattr(record, "more", {}),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return _SECRET.sub("(hidden)", json.dumps(told, ensure_ascii=True, default=str))


def configure() -> None:
    """Log to standard error: everything as JSON where a program reads it, only warnings where a person does."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    watched = sys.stderr.isatty()
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("newsdesk").setLevel(logging.WARNING if watched else logging.INFO)
