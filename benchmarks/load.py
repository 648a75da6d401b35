"""How newsdesk answers when many ask at once: questions a second, waiting times and errors, on this machine.

python -m benchmarks.load --home DATA_FOLDER --questions SET.jsonl [--out RESULT.json]

A server of its own is started for each setting; each user asks the next question as soon as the last is answered.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import numpy as np

from newsdesk.evaluate.machine import commit, machine
from newsdesk.evaluate.questions import read_questions

PORT = 7899
URL = f"http://127.0.0.1:{PORT}"


@dataclass(frozen=True, slots=True)
class Row:
    """What so many users saw in so many seconds. Times in seconds."""

    batching: bool
    users: int
    questions: int
    errors: int
    per_second: float
    p50: float
    p95: float
    longest: float


@contextmanager
def server(home: Path, batching: bool, at_once: int) -> Iterator[None]:
    """newsdesk over that folder, until the block ends."""
    settings = {
        "NEWSDESK_HOME": str(home),
        "NEWSDESK_PORT": str(PORT),
        "NEWSDESK_BATCHING": str(batching).lower(),
        "NEWSDESK_RATE_LIMIT": "1000000/minute",
        "NEWSDESK_AT_ONCE": str(at_once),
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSDESK_", "OMP_"))}
    with running([sys.executable, "app.py"], environment | settings, f"{URL}/readyz"):
        yield


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str], ready: str) -> Iterator[None]:
    """A server, from when it answers at ``ready`` until the block ends."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                httpx.get(ready, timeout=60).raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait()


async def ask(users: int, seconds: float, questions: Sequence[str]) -> tuple[list[float], int, float]:
    """The time of each answer, the number of errors, and the seconds until the last answer was there."""
    asked, took, errors = itertools.cycle(questions), list[float](), 0
    began = time.perf_counter()

    async def user(client: httpx.AsyncClient) -> None:
        nonlocal errors
        while time.perf_counter() - began < seconds:
            at = time.perf_counter()
            try:
                answer = await client.post(f"{URL}/api/answer", json={"question": next(asked)})
                answer.raise_for_status()
                took.append(time.perf_counter() - at)
            except httpx.HTTPError:
                errors += 1

    async with httpx.AsyncClient(timeout=120, limits=httpx.Limits(max_connections=users)) as client:
        await client.post(f"{URL}/api/answer", json={"question": questions[0]})
        began = time.perf_counter()
        await asyncio.gather(*(user(client) for _ in range(users)))
    return took, errors, time.perf_counter() - began


def measure(users: int, seconds: float, questions: Sequence[str], batching: bool) -> Row:
    """One row of the table."""
    took, errors, spent = asyncio.run(ask(users, seconds, questions))
    p50, p95 = (float(value) for value in np.percentile(took, [50, 95]))
    return Row(
        batching, users, len(took), errors, round(len(took) / spent, 2), round(p50, 2), round(p95, 2),
        round(max(took), 2),
    )  # fmt: skip


def main() -> None:
    """Measure, show a table, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--users", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    questions = list(dict.fromkeys(one.question for one in read_questions(given.questions).questions))
    rows = []
    print("batching  users  questions  errors  per second     p50     p95  longest")
    for batching in (False, True):
        with server(given.home, batching, given.at_once):
            for users in given.users:
                row = measure(users, given.seconds, questions, batching)
                rows.append(row)
                print(
                    f"{batching!s:>8}{row.users:7}{row.questions:11}{row.errors:8}{row.per_second:12}"
                    f"{row.p50:8}{row.p95:8}{row.longest:9}",
                    flush=True,
                )
    result = {
        "commit": commit(),
        "machine": machine(),
        "questions": {"set": given.questions.name, "number": len(questions)},
        "seconds": given.seconds,
        "at_once": given.at_once,
        "rows": [asdict(row) for row in rows],
    }
    if given.out:
        given.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
