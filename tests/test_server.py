"""A real server, killed and stopped in the middle of its work: what it acknowledged is there when it starts again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parent.parent
RUN = """
import sys
from pathlib import Path
from newsdesk import assistant, server
from newsdesk.settings import Settings
from tests.conftest import WordEmbedder, WordReader

class Slow(WordReader):
    def read(self, question, hits):
        if "slowly" in question:
            print("reading", flush=True)
            import time; time.sleep(1)
        return super().read(question, hits)

assistant.load_embedder = lambda name: WordEmbedder()
assistant.load_reader = lambda **more: Slow()
server.serve(Settings(home=Path(sys.argv[1]), port=0))
"""
"""The server as it is, with the small models of the tests, which are there at once."""


@contextmanager
def running(home: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """A server process over that folder, and a client of it."""
    started = [sys.executable, "-c", RUN, str(home)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(started, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, env=os.environ)
    assert process.stdout is not None
    assert process.stderr is not None
    drain = threading.Thread(target=process.stderr.read)
    try:
        line = next(line for line in process.stderr if line.startswith("newsdesk: "))
        drain.start()
        with httpx.Client(base_url=line.split()[4], timeout=60) as client:
            client.get("/readyz").raise_for_status()
            yield process, client
    finally:
        process.kill()
        process.wait()
        if drain.ident:
            drain.join()
        process.stdout.close()
        process.stderr.close()


def record(number: int) -> dict[str, Any]:
    return {"id": f"a{number}", "text": f"Ferry number {number} ran aground at noon. Nobody was hurt."}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(home: Path) -> None:
    with running(home) as (process, client):
        articles = [client.post("/api/articles", json=record(n)).json()["added"] for n in range(3)]
        judged = client.post("/api/feedback", json={"verdict": "up", "question": "aground?", "reason": "yes"}).json()
        lines = "\n".join(json.dumps(record(n)) for n in range(100, 160))
        sent = client.post("/api/articles", files={"files": ("more.jsonl", lines)})
        assert sent.status_code == 202
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert articles == [1, 1, 1]
    with running(home) as (process, client):
        assert [one["id"] for one in client.get("/api/feedback").json()] == [judged["id"]]
        assert client.get("/api/articles/a2").json()["text"] == record(2)["text"]
        assert _until(client, 63) == 63
        assert client.post("/api/search", json={"question": "ferry number 120"}).json()["passages"]
        assert not list((home / "inbox").glob("*.json"))


def test_a_stopped_server_finishes_the_questions_it_has(home: Path) -> None:
    with running(home) as (process, client):
        client.post("/api/articles", json=record(1))
        said: list[httpx.Response] = []
        asked = {"question": "slowly, ferry number 1 ran aground"}
        asking = threading.Thread(target=lambda: said.append(client.post("/api/answer", json=asked)))
        asking.start()
        assert process.stdout is not None
        assert process.stdout.readline() == "reading\n"
        process.send_signal(signal.SIGTERM)
        asking.join()
        assert said[0].json()["answered"] is True
        assert process.wait(30) is not None


def _until(client: httpx.Client, articles: int) -> int:
    """The number of articles once the ingests that were gone on with are over."""
    for _ in range(1000):
        jobs = client.get("/api/ingest").json()
        if jobs and all(job["state"] == "done" for job in jobs):
            break
    return int(client.get("/api/articles").json()["total"])
