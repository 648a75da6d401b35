"""The client gives what the chain gives, over a real connection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from newsdesk import keys
from newsdesk.client import Client, Refused
from newsdesk.desk import Desk
from newsdesk.server import web
from newsdesk.types import Answer, Filters, Message, Question, Step
from tests.serving import serving

WORDS = "the ferry ran aground at noon"
FERRY = {"id": "2031/ferry", "text": "The ferry ran aground at noon.", "date": "2031-03-04", "publisher": "Courier"}


@pytest.fixture
def client(desk: Desk) -> Iterator[Client]:
    key = keys.add(desk.assistant.settings.home, "test", "write")
    with serving(web(desk)) as url, Client(url, key) as client:
        assert client.add(FERRY)["added"] == 1
        yield client


def test_a_program_asks_searches_and_reads_in_a_line_each(client: Client, desk: Desk) -> None:
    answer = client.answer(WORDS)
    assert replace(answer, timings_ms={}) == replace(desk.assistant.chain.invoke(Question(WORDS)), timings_ms={})
    (cited,) = answer.citations
    article = client.article(cited.article_id, cited.version)
    assert article.text[cited.start : cited.end] == cited.quote
    assert [hit.article_id for hit in client.search(WORDS)] == ["2031/ferry"]


def test_everything_that_goes_with_a_question_goes_along(client: Client) -> None:
    asked = Question(
        "At noon?",
        history=(Message("user", "What ran aground?"), Message("assistant", "The ferry.")),
        top_k=1,
        filters=Filters(published_from=date(2031, 3, 4), publishers=("Courier",)),
        asked_at=date(2031, 3, 5),
    )
    assert "What ran aground?" in client.answer(asked).standalone_question
    assert client.search(replace(asked, filters=Filters(publishers=("Herald",)))) == []


def test_a_stream_ends_with_the_answer(client: Client) -> None:
    *before, last = client.stream(WORDS)
    assert isinstance(last, Answer)
    assert before
    assert all(isinstance(event, Step) for event in before)


def test_what_the_server_refuses_is_an_error_that_says_why(client: Client) -> None:
    with pytest.raises(Refused, match="empty") as refused:
        client.answer(" ")
    assert refused.value.status == 422
    with pytest.raises(Refused, match="nothing"):
        client.article("nothing")
    with pytest.raises(Refused, match="empty"):
        list(client.stream(" "))
