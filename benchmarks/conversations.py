"""Follow-up questions without a chat model: is the right article found first, and is a new subject noticed?

    python benchmarks/conversations.py --data ../shared/data

Measured: the follow-ups of NewsQA's 128 conversations; the same with the subject changed by turns of another
conversation; both again in small archives, of each half's own articles alone; the follow-ups of the invented archive
beside the questions that a person wrote out in full.
Thresholds were chosen on the conversations at even places, so the figures of "reported on" are the ones to quote.
The index of the NewsQA articles (some 3,000 passages, minutes to make) is kept in --work. With --parts the figures of
the other parts stay in the file as they are; each part names the commit that it was measured at.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np

from ingest.pipeline import add, ingest
from newsdesk.archive import open_archive
from newsdesk.evaluate.machine import commit, machine, versions
from newsdesk.extract import extract, fact
from newsdesk.followup import Standalone, Style, search, standalone
from newsdesk.models import Embedder, load_embedder
from newsdesk.reader import Reader, load_reader
from newsdesk.retrieve import Retriever
from newsdesk.settings import Settings
from newsdesk.types import Article, Hit, Message
from newsdesk.vectors import Vectors32, open_vectors

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "conversations.json"
SEEDS = ROOT / "seeds" / "articles"
QUESTIONS = ROOT / "seeds" / "questions" / "invented-archive.jsonl"
READ = 32
"""Passages that a reader is given."""
BEFORE = 2
"""Turns of the first conversation before one of another is put in."""

SETS = ("follow-ups", "new subject", "after a new subject", "lone turns of another conversation")
TIMED = 40
"""Follow-ups whose time is taken, with every text embedded anew."""

PARTS = ("newsqa", "small", "invented")

Understand = Callable[[str, Sequence[Message]], Standalone]


@dataclass(frozen=True)
class Turn:
    """A question, the questions before it, and the article that answers it."""

    question: str
    earlier: tuple[str, ...]
    article: str
    answers: tuple[str, ...] = ()

    @property
    def history(self) -> tuple[Message, ...]:
        """The earlier questions as messages; what was answered is not used."""
        return tuple(Message("user", question) for question in self.earlier)


def main() -> None:
    """Measure, write the figures, show them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds newsqa/")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "conversations", help="where indexes are kept")
    parser.add_argument("--read", action="store_true", help="also let the reader answer, once for each style")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure")
    parser.add_argument("--json", type=Path, default=RESULTS)
    given = parser.parse_args()
    reader = load_reader() if given.read else None
    measured = {
        part: {"commit": commit()} | _part(part, given.data / "newsqa", given.work, reader) for part in given.parts
    }
    before = json.loads(given.json.read_text()) if given.json.exists() and set(given.parts) != set(PARTS) else {}
    command = f"python benchmarks/conversations.py --data DIR{' --read' if given.read else ''}"
    figures = {**before, "command": command, "machine": machine(), "versions": versions(), **measured}
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(figures, indent=1) + "\n")
    json.dump(measured, sys.stdout, indent=1)
    print()


def _part(name: str, data: Path, work: Path, reader: Reader | None) -> dict[str, Any]:
    if name == "invented":
        return invented(work / "invented", reader)
    return newsqa(data, work / "newsqa", reader) if name == "newsqa" else small(data, work)


# NewsQA's conversations


def newsqa(data: Path, work: Path, reader: Reader | None) -> dict[str, Any]:
    """The figures on each half of the conversations; turns of another conversation come from the same half."""
    conversations = list(lines(data / "pseudo_conversations.jsonl.gz"))
    articles = (Article(row["id"], row["text"]) for row in lines(data / "corpus.jsonl.gz"))
    with index(work, articles) as retriever:
        halves = {"chosen on": conversations[0::2], "reported on": conversations[1::2]}
        figures = {name: on_half(half, retriever, reader) for name, half in halves.items()}
    return figures | {"both": {name: pooled([half[name] for half in figures.values()]) for name in SETS}}


def small(data: Path, work: Path) -> dict[str, Any]:
    """The same turns in archives a tenth as large: each half with the articles of its own conversations alone."""
    conversations = list(lines(data / "pseudo_conversations.jsonl.gz"))
    figures: dict[str, Any] = {}
    for name, half in {"chosen on": conversations[0::2], "reported on": conversations[1::2]}.items():
        own = {conversation["gold_doc"] for conversation in half}
        rows = (row for row in lines(data / "corpus.jsonl.gz") if row["id"] in own)
        with index(work / f"small, {name}", (Article(row["id"], row["text"]) for row in rows)) as retriever:
            sets = turn_sets(half)
            figures[name] = {"passages": sum(retriever.archive.passage_counts())}
            figures[name] |= {situation: compared(turns, retriever) for situation, turns in sets.items()}
    return figures


def on_half(conversations: Sequence[dict[str, Any]], retriever: Retriever, reader: Reader | None) -> dict[str, Any]:
    """The figures on some of the conversations."""
    figures: dict[str, Any] = {"conversations": len(conversations)}
    for name, turns in turn_sets(conversations).items():
        figures[name] = compared(turns, retriever)
        if name == "follow-ups":
            figures["ms to understand"] = milliseconds(turns, retriever)
        if reader and name == "follow-ups":
            figures[name]["answered right by the reader"] = read_right(turns, retriever, reader)
    return figures


def turn_sets(conversations: Sequence[dict[str, Any]]) -> dict[str, list[Turn]]:
    """The turns to ask, by the situation they stand in."""
    sets: dict[str, list[Turn]] = {name: [] for name in SETS}
    for place, here in enumerate(conversations):
        there = conversations[(place + len(conversations) // 2) % len(conversations)]
        before = said(here)[:BEFORE]
        sets["follow-ups"] += [turn(here, now, said(here)[:now]) for now in range(1, len(here["turns"]))]
        sets["new subject"].append(turn(there, 0, before))
        for now in range(1, len(there["turns"])):
            sets["after a new subject"].append(turn(there, now, before + said(there)[:now]))
            sets["lone turns of another conversation"].append(turn(there, now, before))
    return sets


def said(conversation: dict[str, Any]) -> tuple[str, ...]:
    """The questions of a conversation."""
    return tuple(row["question"].strip() for row in conversation["turns"])


def turn(conversation: dict[str, Any], now: int, earlier: tuple[str, ...]) -> Turn:
    """The question at that place of the conversation, asked after these."""
    row = conversation["turns"][now]
    return Turn(row["question"].strip(), earlier, conversation["gold_doc"], tuple(row["answers"]))


def pooled(halves: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The shares over both halves."""
    questions = sum(half["questions"] for half in halves)
    shares = [name for name in halves[0] if name.startswith("hit@1")]
    return {"questions": questions} | {
        name: round(sum(half[name] * half["questions"] for half in halves) / questions, 4) for name in shares
    }


def compared(turns: Sequence[Turn], retriever: Retriever) -> dict[str, Any]:
    """Shares of the turns whose article is found first: alone, after the first question, and as newsdesk asks."""
    retriever = replace(retriever, embedder=Remembering(retriever.embedder))
    return {
        "questions": len(turns),
        "hit@1 without history": hit_at_1(turns, retriever, alone),
        "hit@1 first question in front": hit_at_1(turns, retriever, first_in_front),
        "hit@1 newsdesk": hit_at_1(
            turns, retriever, lambda question, history: standalone(question, history, retriever)
        ),
    }


class Remembering:
    """An embedder that embeds each text once: the same questions are asked in many ways here."""

    def __init__(self, embedder: Embedder) -> None:
        self.name = embedder.name
        self._embedder = embedder
        self._known: dict[str, Vectors32] = {}

    def embed(self, texts: Sequence[str]) -> Vectors32:
        """As the embedder inside."""
        for text in texts:
            if text not in self._known:
                self._known[text] = self._embedder.embed([text])
        return np.concatenate([self._known[text] for text in texts])


def milliseconds(turns: Sequence[Turn], retriever: Retriever) -> dict[str, float]:
    """How long it takes to understand a follow-up, before any search for it, by earlier questions: the median."""
    spent: dict[int, list[float]] = {}
    for asked in turns[:TIMED]:
        started = time.perf_counter()
        standalone(asked.question, asked.history, retriever)
        spent.setdefault(len(asked.earlier), []).append((time.perf_counter() - started) * 1000)
    return {f"{earlier} earlier": round(statistics.median(times), 1) for earlier, times in sorted(spent.items())}


def alone(question: str, _: Sequence[Message]) -> Standalone:
    """The question without its history."""
    return Standalone(question, question)


def first_in_front(question: str, history: Sequence[Message]) -> Standalone:
    """The first question of the conversation put before this one."""
    return alone(f"{history[0].content} {question}", ())


def hit_at_1(turns: Sequence[Turn], retriever: Retriever, understand: Understand) -> float:
    """Share of the turns for which the first passage is one of the right article."""
    right = 0
    for asked in turns:
        hits = search(understand(asked.question, asked.history), retriever, 1)
        right += bool(hits) and hits[0].article_id == asked.article
    return round(right / len(turns), 4)


def read_right(turns: Sequence[Turn], retriever: Retriever, reader: Reader) -> dict[str, float]:
    """Share of the turns whose best quotation holds an answer, for each way to put the question to the reader."""
    right = dict.fromkeys(get_args(Style), 0)
    for asked in turns:
        for style in right:
            understood = standalone(asked.question, asked.history, retriever, style=style)
            hits = search(understood, retriever, READ)
            right[style] += quotes_answer(reader, understood.reading, hits, asked.answers, (asked.article,))
    return {style: round(count / len(turns), 4) for style, count in right.items()}


def quotes_answer(
    reader: Reader, question: str, hits: Sequence[Hit], answers: Iterable[str], articles: Sequence[str]
) -> bool:
    """Whether the reader's best quotation is of a right article and holds an answer, never mind how sure it is."""
    found = extract(reader.read(question, hits), 0.0).citations[:1]
    return any(
        citation.article_id in articles and fact(answer) in fact(citation.quote)
        for citation in found
        for answer in answers
    )


# The invented archive


def invented(work: Path, reader: Reader | None) -> dict[str, Any]:
    """Its follow-ups, and its single questions asked in the middle of a conversation on something else."""
    rows = list(lines(QUESTIONS))
    follow_ups = [row for row in rows if row.get("history")]
    with index(work, None) as retriever:
        ways: dict[str, Callable[[dict[str, Any]], Standalone]] = {
            "without history": lambda row: alone(row["question"], ()),
            "newsdesk": lambda row: standalone(row["question"], messages(row), retriever),
            "written by a person": lambda row: alone(row["standalone"], ()),
        }
        figures = {way: found(follow_ups, retriever, understand, reader) for way, understand in ways.items()}
        return {"follow-ups": figures, "new subject": new_subject(rows, retriever)}


def messages(row: dict[str, Any]) -> list[Message]:
    """The conversation before a question of a question set."""
    return [Message(said["role"], said["content"]) for said in row["history"]]


def found(
    rows: Sequence[dict[str, Any]],
    retriever: Retriever,
    understand: Callable[[dict[str, Any]], Standalone],
    reader: Reader | None,
) -> dict[str, Any]:
    """How often the first passages hold an answer."""
    asked = [(row, understand(row)) for row in rows]
    hits = [search(understood, retriever, READ) for _, understood in asked]
    figures: dict[str, Any] = {"questions": len(rows)}
    for depth in (1, 5, READ):
        right = sum(holds_answer(row, found[:depth]) for row, found in zip(rows, hits, strict=True))
        figures[f"answer in the first {depth}"] = round(right / len(rows), 4)
    if reader:
        right = sum(
            quotes_answer(reader, understood.reading, found, row["answers"], row["articles"])
            for (row, understood), found in zip(asked, hits, strict=True)
        )
        figures["answered right by the reader"] = round(right / len(rows), 4)
    return figures


def holds_answer(row: dict[str, Any], hits: Iterable[Hit]) -> bool:
    """Whether a passage of a right article holds one of the answers."""
    return any(hit.article_id in row["articles"] and answer in hit.text for hit in hits for answer in row["answers"])


def new_subject(rows: Sequence[dict[str, Any]], retriever: Retriever) -> dict[str, Any]:
    """Each single question asked after one on another article: rank 1 with that history and without."""
    single = [row for row in rows if row.get("kind") == "single-fact"]
    turns = []
    for place, row in enumerate(single):
        other = single[(place + len(single) // 2) % len(single)]
        if not set(other["articles"]) & set(row["articles"]):
            turns.append((row, (Message("user", other["question"]),)))
    with_history = [search(standalone(row["question"], history, retriever), retriever, 1) for row, history in turns]
    bare = [search(alone(row["question"], ()), retriever, 1) for row, _ in turns]
    return {
        "questions": len(turns),
        "hit@1 without history": first_right(turns, bare),
        "hit@1 newsdesk": first_right(turns, with_history),
    }


def first_right(turns: Sequence[tuple[dict[str, Any], Any]], hits: Sequence[Sequence[Hit]]) -> float:
    """Share of the questions whose first passage is of a right article."""
    right = sum(found[0].article_id in row["articles"] for (row, _), found in zip(turns, hits, strict=True))
    return round(right / len(turns), 4)


# Archives to ask


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSONL file, plain or gzipped."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


@contextmanager
def index(home: Path, articles: Iterable[Article] | None) -> Iterator[Retriever]:
    """The archive of that folder with these articles (None: the seeds), made on the first run."""
    settings = Settings(home=home)
    with open_archive(settings) as archive, open_vectors(settings) as vectors:
        embedder = load_embedder(settings.embedding_model)
        if articles is None:
            ingest([SEEDS], archive, vectors, embedder, lambda _: None)
        else:
            add(articles, archive, vectors, embedder)
        yield Retriever(archive, vectors, embedder)


if __name__ == "__main__":
    main()
