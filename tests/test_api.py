"""The answer API keeps its contract, says what is wrong in problem details, and loses nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from newsdesk.api import create_api
from newsdesk.assistant import Assistant
from newsdesk.desk import Desk

FERRY = {
    "id": "ferry",
    "headline": "Ferry aground",
    "body": "The ferry ran aground at noon. Nobody was hurt.",
    "date": "2031-03-04",
    "source": "The Courier",
    "link": "https://example.org/ferry",
}
COUNCIL = {"title": "Council vote", "text": "The council voted for the harbour wall.", "publisher": "The Herald"}
ASK = {"question": "the ferry ran aground at noon"}


@pytest.fixture
def client(desk: Desk) -> TestClient:
    client = TestClient(create_api(desk), raise_server_exceptions=False)
    assert client.post("/api/articles", json=[FERRY, COUNCIL]).json()["added"] == 2
    return client


def problem(response: Any, status: int) -> str:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    return str(response.json()["detail"])


def test_an_answer_has_every_field_of_the_contract_and_its_citations_hold(client: TestClient) -> None:
    answer = client.post("/api/answer", json=ASK | {"history": [], "filters": {}, "asked_at": "2031-04-01"}).json()
    assert set(answer) == {
        "question", "standalone_question", "answer", "short_answer", "answered", "confidence", "citations",
        "passages", "engine", "timings_ms", "sentences", "timeframe", "notes",
    }  # fmt: skip
    assert answer["answered"] is True
    (citation,) = answer["citations"]
    assert set(citation) == {
        "number", "article_id", "title", "url", "publisher", "published", "start", "end", "quote",
        "version", "page", "also_in",
    }  # fmt: skip
    assert {"article_id", "title", "start", "end", "text", "score"} <= set(answer["passages"][0])
    assert (citation["publisher"], citation["published"]) == ("The Courier", "2031-03-04")
    article = client.get(f"/api/articles/{citation['article_id']}").json()
    assert article["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_filters_limit_the_answer(client: TestClient) -> None:
    for filters in (
        {"publishers": ["The Herald"]},
        {"published_from": "2031-03-05"},
        {"published_to": "2031-03-03"},
        {"article_ids": ["nothing"]},
    ):
        passages = client.post("/api/search", json=ASK | {"filters": filters}).json()["passages"]
        assert all(passage["article_id"] != "ferry" for passage in passages)


def test_search_returns_passages_alone(client: TestClient) -> None:
    found = client.post("/api/search", json=ASK | {"top_k": 1}).json()
    assert set(found) == {"question", "passages"}
    assert [passage["article_id"] for passage in found["passages"]] == ["ferry"]


def test_articles_are_listed_in_pages_without_their_text(client: TestClient) -> None:
    page = client.get("/api/articles", params={"limit": 1, "offset": 0}).json()
    assert page["total"] == 2
    assert page["articles"][0]["id"] == "ferry"
    assert "text" not in page["articles"][0]


def test_the_same_articles_again_change_nothing_and_a_changed_one_replaces_the_old(client: TestClient) -> None:
    again = client.post("/api/articles", json=[FERRY, COUNCIL]).json()
    assert again == {"added": 0, "changed": 0, "unchanged": 2, "duplicate": 0, "failed": []}
    changed = client.post("/api/articles", json=FERRY | {"body": "The ferry floats again, the owners said."}).json()
    assert changed["changed"] == 1
    assert client.post("/api/search", json={"question": "aground noon"}).json()["passages"][0]["text"].find("noon") < 0


def test_a_removed_article_is_found_no_more(client: TestClient) -> None:
    assert client.delete("/api/articles/ferry").status_code == 204
    assert "ferry" in problem(client.get("/api/articles/ferry"), 404)
    passages = client.post("/api/search", json=ASK).json()["passages"]
    assert all(passage["article_id"] != "ferry" for passage in passages)


@pytest.mark.parametrize("article_id", ["a/b/c", "../../etc/passwd", "with space", "ünï", "%00", "..%2f"])
def test_any_id_is_only_a_name(client: TestClient, article_id: str) -> None:
    client.post("/api/articles", json={"id": article_id, "text": "Some text of its own."})
    assert client.get("/api/articles/nothing/like/it").status_code == 404


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"question": ""}, "empty"),
        ({"question": "x" * 10_000}, "10,000 characters"),
        ({"question": "x", "top_k": 0}, "top_k is 0"),
        ({"question": "x", "top_k": 1000}, "top_k is 1000"),
        ({"question": "x", "top_k": "many"}, "top_k"),
        ({"question": "x", "filters": {"published_from": "yesterday"}}, "published_from"),
        ({"question": "x", "history": [{"role": "system", "content": ""}]}, "role"),
        ({"question": "x", "surprise": 1}, "surprise"),
        ({}, "question"),
    ],
)
def test_a_bad_question_is_told_what_is_wrong(client: TestClient, body: dict[str, Any], says: str) -> None:
    assert says in problem(client.post("/api/answer", json=body), 422)


def test_a_broken_record_is_named_and_the_others_go_in(client: TestClient) -> None:
    records = [{"title": "No text"}, {"id": "new", "text": "A new article with some words."}]
    report = client.post("/api/articles", json=records).json()
    assert report["added"] == 1
    assert "Record 1" in report["failed"][0]
    assert "Record 1" in problem(client.post("/api/articles", json=records[0]), 422)


def test_what_is_not_json_is_told_so(client: TestClient) -> None:
    assert "JSON" in problem(
        client.post("/api/answer", content=b"{", headers={"content-type": "application/json"}), 422
    )


def test_an_unexpected_error_tells_nothing_of_the_inside(client: TestClient, assistant: Assistant) -> None:
    assistant.archive.close()
    assistant.archive.path.write_bytes(b"no longer a database " * 1000)
    detail = problem(client.get("/api/articles/ferry"), 500)
    assert "log" in detail
    assert "sqlite" not in detail.lower()


def test_health_counts_and_the_documentation_names_every_endpoint(client: TestClient) -> None:
    health = client.get("/healthz").json()
    assert (health["status"], health["articles"], health["passages"]) == ("ok", 2, 2)
    paths = json.dumps(client.get("/openapi.json").json()["paths"])
    for path in ("/api/answer", "/api/search", "/api/articles", "/healthz"):
        assert path in paths


def test_what_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    for path in ("/api/articles", "/api/articles/ferry"):
        first = client.get(path)
        known = {"If-None-Match": f'"other", W/{first.headers["etag"]}'}
        assert client.get(path, headers=known).status_code == 304
        client.post("/api/articles", json=FERRY | {"headline": f"Ferry afloat, as of {path}"})
        assert client.get(path, headers=known).status_code == 200


def test_an_article_is_read_in_every_version_it_had(client: TestClient) -> None:
    before = client.get("/api/articles/ferry").json()
    client.post("/api/articles", json=FERRY | {"body": "The ferry floats again, the owners said."})
    now = client.get("/api/articles/ferry").json()
    assert [one["current"] for one in now["versions"]] == [True, False]
    assert now["versions"][1]["version"] == before["version"] != now["version"]
    old = client.get("/api/articles/ferry", params={"version": before["version"]}).json()
    assert old["text"] == before["text"]
    problem(client.get("/api/articles/ferry", params={"version": "0" * 12}), 404)


def test_lists_of_articles_are_filtered_and_sorted(client: TestClient) -> None:
    def ids(**params: Any) -> list[str]:
        page = client.get("/api/articles", params=params).json()
        assert page["total"] == len(page["articles"])
        return [article["title"] for article in page["articles"]]

    assert ids(publisher="The Herald") == ["Council vote"]
    assert ids(search="harbour") == ["Council vote"]
    assert ids(published_from="2031-03-01") == ["Ferry aground"]
    assert ids(sort="title") == ["Council vote", "Ferry aground"]
    problem(client.get("/api/articles", params={"sort": "weight"}), 422)


def test_files_are_taken_in_by_a_job_and_what_fails_is_named_without_this_machines_folders(
    client: TestClient, desk: Desk
) -> None:
    files = [("files", ("../../vote.txt", b"The council voted again.")), ("files", ("bad.html", b""))]
    sent = client.post("/api/articles", files=files)
    assert sent.status_code == 202
    desk.jobs.close()
    job = client.get(f"/api/ingest/{sent.json()['id']}").json()
    assert job["state"] in ("done", "cancelled")
    assert str(desk.assistant.settings.home) not in json.dumps(job)
    problem(client.post("/api/articles", files={"other": ("a.txt", b"x")}), 422)
    problem(client.get("/api/ingest/nothing"), 404)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "/etc/passwd", "ftp://example.org/x", ""])
def test_only_addresses_of_the_web_are_taken_in(client: TestClient, url: str) -> None:
    problem(client.post("/api/ingest", json={"urls": [url]}), 422)


def test_a_set_is_handed_in_asked_and_reported(client: TestClient, desk: Desk) -> None:
    line = json.dumps({"id": "1", "question": ASK["question"], "answers": ["The ferry ran"], "articles": ["ferry"]})
    name = client.post("/api/question-sets", files={"file": ("mine.jsonl", line)}).json()["name"]
    assert {"name": name} in client.get("/api/question-sets").json()
    run = client.post("/api/evaluations", json={"question_set": name})
    assert (run.status_code, run.json()["total"]) == (202, 1)
    path = f"/api/evaluations/{run.json()['id']}"
    while client.get(path).json()["state"] == "running":
        continue
    assert client.get(path).json()["state"] == "done"
    assert client.get(f"{path}/result").json()["questions"][0]["question"] == ASK["question"]
    assert "<html" in client.get(f"{path}/report").text
    problem(client.post("/api/question-sets", files={"file": ("mine.jsonl", "{")}), 422)
    problem(client.post("/api/evaluations", json={"question_set": "nothing"}), 404)


def test_feedback_is_kept_with_the_answer_it_is_about(client: TestClient) -> None:
    answer = client.post("/api/answer", json=ASK).json()
    given = {"verdict": "down", "question": ASK["question"], "reason": "Which ferry?", "answer": answer}
    kept = client.post("/api/feedback", json=given)
    assert kept.status_code == 201
    (listed,) = client.get("/api/feedback").json()
    assert listed["id"] == kept.json()["id"]
    assert listed["answer"] == answer


def test_what_was_measured_can_be_fetched(client: TestClient) -> None:
    client.post("/api/answer", json=ASK)
    client.post("/api/answer", json={"question": "What do bees make?"})
    told = client.get("/metrics").text
    assert 'newsdesk_questions_total{outcome="answered"} 1.0' in told
    assert 'newsdesk_questions_total{outcome="declined"} 1.0' in told
    assert 'newsdesk_stage_seconds_count{stage="read"} 2.0' in told
    assert "newsdesk_questions_waiting 0.0" in told
