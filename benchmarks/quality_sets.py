"""The question sets of the quality benchmarks, in the form that newsdesk evaluates, each with its corpus."""

from __future__ import annotations

import gzip
import json
import lzma
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from newsdesk.errors import NotFound
from newsdesk.sentences import sentences
from newsdesk.types import Article

SEEDS = (
    "seeds-invented=seeds/questions/invented-archive.jsonl:seeds/articles",
    "seeds-syria=seeds/questions/irish-examiner-syria.jsonl:seeds/articles",
)


@dataclass(frozen=True, slots=True)
class Task:
    """A question set, the articles it is asked about, and the name that its corpus has."""

    name: str
    questions: Path
    articles: Path
    corpus: str


class Shelf:
    """Articles by id."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self.all = list(articles)
        self._by_id = {article.id: article for article in self.all}

    def article(self, article_id: str, /) -> Article:
        """The article of that id; raises NotFound."""
        if article_id not in self._by_id:
            raise NotFound(f"No article {article_id}.")
        return self._by_id[article_id]


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON lines of a file, compressed or not."""
    opener: Any = {".gz": gzip.open, ".xz": lzma.open}.get(path.suffix, open)
    with opener(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def corpus(path: Path) -> list[Article]:
    """Articles of a JSON-lines corpus, or of a folder as newsdesk ingests it."""
    if path.is_dir():
        from ingest.read import read, sources

        return [article for source in sources([path]) for article in read(source) if isinstance(article, Article)]
    return [_article(record) for record in lines(path)]


def _article(record: Mapping[str, Any]) -> Article:
    published = record.get("publish_date")
    return Article(
        record["id"],
        record["text"],
        title=record.get("title") or "",
        published=date.fromisoformat(published.replace("/", "-")) if published else None,
    )


def given(texts: Iterable[str]) -> Iterator[Task]:
    """Sets as ``NAME=QUESTIONS:ARTICLES``."""
    for text in texts:
        name, _, paths = text.partition("=")
        questions, _, articles = paths.partition(":")
        yield Task(name, Path(questions), Path(articles), Path(articles).parent.name or Path(articles).stem)


def newsqa(folder: Path, work: Path) -> Iterator[Task]:
    """NewsQA's sets: all questions, those that stand alone, the follow-ups."""
    articles = {record["id"]: record["text"] for record in lines(folder / "corpus.jsonl.gz")}
    known = {record["id"]: record for record in lines(folder / "questions_all.jsonl.gz")}

    def gold(record: Mapping[str, Any]) -> dict[str, Any]:
        text = articles[record["gold_doc"]]
        return {
            "id": record["id"],
            "question": record["question"],
            "answers": record.get("accepted_answers") or record["answers"],
            "articles": [record["gold_doc"]],
            "evidence": list(dict.fromkeys(sentence(text, start) for start in record["answer_start"])),
        }

    def follow_ups(talk: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        history: list[dict[str, str]] = []
        for place, turn in enumerate(talk["turns"]):
            if place:
                record = {**known[turn["qid"]], "question": turn["question"]}
                yield gold(record) | {"id": f"{talk['id']}-{place}", "history": list(history)}
            history.append({"role": "user", "content": turn["question"]})
            history.append({"role": "assistant", "content": turn["answers"][0]})

    everything = map(gold, known.values())
    alone = map(gold, lines(folder / "questions_standalone200.jsonl.gz"))
    follow = (one for talk in lines(folder / "pseudo_conversations.jsonl.gz") for one in follow_ups(talk))
    for name, questions in (("newsqa-all", everything), ("newsqa-standalone", alone), ("newsqa-followups", follow)):
        yield Task(name, written(work / f"{name}.jsonl", questions), folder / "corpus.jsonl.gz", "newsqa")


def sentence(text: str, start: int) -> str:
    """The sentence in which a character stands."""
    return next((text[begin:end] for begin, end in sentences(text) if begin <= start < end), text[start : start + 100])


def realtimeqa(folder: Path, work: Path) -> Iterator[Task]:
    """RealTimeQA's questions of which it is known which articles hold the answer, with the day of asking.

    After the whole of it comes its small part, where the folder has one.
    """
    for name, part in (("realtimeqa", folder), ("realtimeqa-small", folder / "small")):
        if found := [path for path in (part / "corpus.jsonl.xz", part / "corpus.jsonl.gz") if path.exists()]:
            questions = written(work / f"{name}.jsonl", dated(part / "questions.jsonl.gz"))
            yield Task(name, questions, found[0], name)


def dated(path: Path) -> Iterator[dict[str, Any]]:
    """Questions of RealTimeQA with known articles."""
    for one in lines(path):
        if one.get("weak_gold_docs"):
            yield {
                "id": one["id"],
                "question": one["question"],
                "answers": one["answers"],
                "articles": one["weak_gold_docs"],
                "asked_at": one["date"].replace("/", "-"),
            }


def written(path: Path, records: Iterable[Mapping[str, Any]]) -> Path:
    """The records as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return path
