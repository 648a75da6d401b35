"""A client of the API: questions in, the nouns of ``newsdesk.types`` out.

``Client("http://127.0.0.1:7860").answer("where were the targets?")`` is an Answer; nothing but httpx and pydantic is
needed beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter

from newsdesk.errors import NewsdeskError
from newsdesk.types import Answer, Article, Event, Filters, Hit, Question, Step, Token

SECONDS = 150.0
"""Longer than a server works on a question."""
KINDS: Mapping[str, Any] = {"step": Step, "token": Token, "done": Answer}

Noun = TypeVar("Noun")


class Refused(NewsdeskError):
    """The server's answer was a problem; ``status`` is its HTTP status."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Client:
    """One server, and the key it is asked with. To be closed, or used in a ``with`` statement."""

    def __init__(self, url: str, key: str = "", *, seconds: float = SECONDS) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=seconds)

    def __enter__(self) -> Client:
        """The client itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def answer(self, question: str | Question) -> Answer:
        """The answer to a question. Raises Refused, as every method here."""
        return _read(Answer, self._sent("POST", "/api/answer", json=_asked(question)))

    def stream(self, question: str | Question) -> Iterator[Event]:
        """Steps as they begin and end, words as a chat model writes them, and the answer last."""
        headers = {"Accept": "text/event-stream"}
        with self._http.stream("POST", "/api/answer", json=_asked(question), headers=headers) as response:
            if response.is_error:
                response.read()
            _checked(response)
            yield from _events(response.iter_lines())

    def search(self, question: str | Question) -> list[Hit]:
        """The passages found for a question, best first."""
        return _read(list[Hit], self._sent("POST", "/api/search", json=_asked(question))["passages"])

    def article(self, article_id: str, version: str | None = None) -> Article:
        """An article with its text, as it is or as it was in that version."""
        params = {"version": version} if version else {}
        return _read(Article, self._sent("GET", f"/api/articles/{quote(article_id)}", params=params))

    def add(self, *records: Mapping[str, Any]) -> dict[str, Any]:
        """Bring article records into the archive; how many were added, changed, and failed."""
        report: dict[str, Any] = self._sent("POST", "/api/articles", json=[dict(record) for record in records])
        return report

    def _sent(self, method: str, path: str, **more: Any) -> Any:
        return _checked(self._http.request(method, path, **more)).json()


def _checked(response: httpx.Response) -> httpx.Response:
    if response.is_error:
        try:
            detail = str(response.json()["detail"])
        except (ValueError, KeyError, TypeError):
            detail = response.reason_phrase
        raise Refused(response.status_code, detail)
    return response


def _asked(question: str | Question) -> dict[str, Any]:
    """A question as the API takes it."""
    asked = Question(question) if isinstance(question, str) else question
    body: dict[str, Any] = TypeAdapter(Question).dump_python(asked, mode="json", exclude_defaults=True)
    if asked.filters != Filters():
        body["filters"] = _without_empty(body["filters"])
    return body


def _without_empty(filters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in filters.items() if value}


def _events(lines: Iterator[str]) -> Iterator[Event]:
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data" and name == "error":
            problem = json.loads(value)
            raise Refused(problem["status"], problem["detail"])
        elif field == "data" and name in KINDS:
            yield _read(KINDS[name], json.loads(value))


def _read(kind: type[Noun], content: Any) -> Noun:
    """A noun from JSON; fields that a newer server adds are passed over."""
    return TypeAdapter(kind).validate_python(content)
