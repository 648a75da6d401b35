"""The API does what its OpenAPI document says, whatever it is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from newsdesk.api import create_api
from newsdesk.desk import Desk
from tests.serving import serving

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
EXAMPLES = 6
"""Requests made up for each operation here; ``make fuzz`` makes up many more."""
ELSEWHERE = ("POST /api/ingest",)
"""Would go out for the addresses that are made up."""


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    api = create_api(desk)
    client = TestClient(api)
    client.post("/api/articles", json={"id": "ferry", "text": "The ferry ran aground at noon."})
    with serving(api) as url:
        yield url


def operations(url: str) -> Iterator[Any]:
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        if result.ok().label not in ELSEWHERE:
            yield result.ok()


def test_no_request_breaks_the_server_or_is_answered_outside_the_document(url: str) -> None:
    for operation in operations(url):

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def asked(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        asked()


def test_every_example_of_the_document_is_answered(url: str, desk: Desk) -> None:
    document = create_api(desk).openapi()
    tried = 0
    with TestClient(create_api(desk)) as client:
        for path, operations in document["paths"].items():
            content = operations.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {})
            for example in examples(content, document["components"]["schemas"]):
                if path not in ("/api/ingest", "/api/evaluations"):  # which would go out, or run long
                    answer = client.post(path, json=example)
                    assert answer.status_code < 300, (path, answer.text)
                    tried += 1
    assert tried >= 5


def examples(content: dict[str, Any], schemas: dict[str, Any]) -> list[Any]:
    """The examples of a request body, its own or those of its schema."""
    if "example" in content:
        return [content["example"]]
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return list(schemas.get(name, {}).get("examples", []))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/answer", 405), ("PUT", "/api/articles", 405), ("GET", "/api/nothing", 404), ("GET", "/v1/x", 404)],
)
def test_what_is_not_there_is_a_problem_too(desk: Desk, method: str, path: str, status: int) -> None:
    answer = TestClient(create_api(desk)).request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    if status == 405:
        assert answer.headers["allow"]


HOSTILE = [
    "\0",
    "<script>alert(1)</script>" * 50,
    "\u202e" + "abc" * 100,
    "' OR 1=1 --",
    'NEAR(a b) AND * " ^ : -',
    "🦄" * 1999,
    "a\u0300" * 500,
    "\ufeff\u2028\u2029",
    "[1] [2] [999999999999]",
    "%s%n{0}${jndi:ldap://x}",
    "x" * 2001,
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_questions_and_histories_break_nothing(desk: Desk, words: str) -> None:
    client = TestClient(create_api(desk))
    client.post("/api/articles", json={"id": "ferry", "text": "The ferry ran aground at noon."})
    history = [{"role": "user", "content": words}, {"role": "assistant", "content": words * 10}] * 5
    for body in ({"question": words}, {"question": "the ferry", "history": history}):
        for path in ("/api/answer", "/api/search"):
            assert client.post(path, json=body).status_code in (200, 422)
    filters = {"publishers": [words], "article_ids": [words]}
    assert client.post("/api/answer", json={"question": "the ferry", "filters": filters}).status_code == 200
    assert client.get("/api/articles", params={"search": words[:400], "publisher": words}).status_code in (200, 422)


@pytest.mark.parametrize(
    "raw",
    [
        rb'{"question": "\ud800 the ferry"}',
        rb'{"question": "the ferry", "history": [{"role": "user", "content": "\udfff"}]}',
        rb'{"question": "the ferry", "\ud800": 1}',
        b'{"question": "\xff\xfe"}',
        b"[" * 100_000,
        b'{"question": ' + b"9" * 10_000 + b"}",
        b'{"question": "x", "top_k": 1e999}',
        b'{"question": "x", "top_k": NaN}',
        b"\0",
        b"",
    ],
    ids=range(10),
)
def test_what_json_should_not_hold_is_refused_or_mended(desk: Desk, raw: bytes) -> None:
    client = TestClient(create_api(desk))
    for path in ("/api/answer", "/api/search", "/v1/chat/completions", "/api/articles", "/api/feedback"):
        answer = client.post(path, content=raw, headers={"content-type": "application/json"})
        assert answer.status_code in (200, 400, 422), (path, answer.text)
        json.loads(answer.text)


def test_the_documentation_shows_every_endpoint_and_loads_nothing_from_elsewhere(desk: Desk) -> None:
    api = create_api(desk)
    page = TestClient(api).get("/docs").text
    for path in api.openapi()["paths"]:
        assert path in page
    assert "src=" not in page
    assert "<script" not in page
    assert "where were the targets?" in page
