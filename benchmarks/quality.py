"""The same questions put to newsdesk and to other ways of finding the article, side by side in one run.

    python -m benchmarks.quality --set seeds=seeds/questions/invented-archive.jsonl:seeds/articles \\
        --newsqa FOLDER --realtimeqa FOLDER --json docs/quality.json --table docs/quality.md

``--set NAME=QUESTIONS:ARTICLES`` takes any question set with the articles it asks about; with no set at all, the
seeds are taken. Each system runs in
a process of its own, so that its memory is its own, and a finished one is not run again (``--work`` keeps the
results). Systems: see quality_systems.py. History is joined to the question for those that know no conversation.
"""

from __future__ import annotations

import argparse
import gzip
import json
import lzma
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableLambda

from benchmarks.quality_systems import SYSTEMS
from newsdesk.errors import NotFound
from newsdesk.evaluate import Result, evaluate, read_questions, read_result, write_result
from newsdesk.evaluate.machine import commit, machine, versions
from newsdesk.evaluate.metrics import METRICS
from newsdesk.evaluate.report import number
from newsdesk.sentences import sentences
from newsdesk.types import Answer, Article, Question

SEEDS = (
    "seeds-invented=seeds/questions/invented-archive.jsonl:seeds/articles",
    "seeds-syria=seeds/questions/irish-examiner-syria.jsonl:seeds/articles",
)
COLUMNS = (
    "hit@1",
    "recall@5",
    "mrr@10",
    "ndcg@10",
    "passage_hit@5",
    "em",
    "f1",
    "citation_quote_precision",
    "latency_p50_ms",
    "peak_memory_mb",
)


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
    return [Article(record["id"], record["text"], title=record.get("title") or "") for record in lines(path)]


def newsqa(folder: Path, work: Path) -> Iterator[tuple[str, Path, Path]]:
    """NewsQA's sets in the contract's form: all questions, those that stand alone, the follow-ups."""
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
        yield name, written(work / f"{name}.jsonl", questions), folder / "corpus.jsonl.gz"


def sentence(text: str, start: int) -> str:
    """The sentence in which a character stands."""
    return next((text[begin:end] for begin, end in sentences(text) if begin <= start < end), text[start : start + 100])


def realtimeqa(folder: Path, work: Path) -> Iterator[tuple[str, Path, Path]]:
    """RealTimeQA's questions of which it is known which articles hold the answer, with the day of asking."""
    questions = [
        {
            "id": one["id"],
            "question": one["question"],
            "answers": one["answers"],
            "articles": one["weak_gold_docs"],
            "asked_at": one["date"].replace("/", "-"),
        }
        for one in lines(folder / "questions.jsonl.gz")
        if one.get("weak_gold_docs")
    ]
    found = next(path for path in (folder / "corpus.jsonl.xz", folder / "corpus.jsonl.gz") if path.exists())
    name = "realtimeqa-small" if folder.name == "small" else "realtimeqa"
    yield name, written(work / f"{name}.jsonl", questions), found


def written(path: Path, records: Iterable[Mapping[str, Any]]) -> Path:
    """The records as JSON lines."""
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return path


def joined(question: Question) -> Question:
    """A follow-up as a system sees it that knows no conversation: the first question before the last."""
    earlier = [turn.content for turn in question.history if turn.role == "user"]
    return replace(question, question=" ".join([*earlier[:1], question.question]), history=())


def measure(system: str, questions: Path, articles: Path, out: Path, limit: int | None) -> None:
    """One system on one set, in this process."""
    shelf = Shelf(corpus(articles))
    asked = read_questions(questions, shelf)
    if limit is not None:
        asked = replace(asked, questions=asked.questions[:limit])
    begun = time.perf_counter()
    ask = SYSTEMS[system](shelf.all)
    seconds = time.perf_counter() - begun

    def answer(question: Question) -> Answer:
        return ask(question if system == "newsdesk" else joined(question))

    about = {"system": system, "index_seconds": round(seconds, 1), "articles": len(shelf.all)}
    journal = out.with_suffix(".journal")
    write_result(evaluate(RunnableLambda(answer), shelf, asked, about=about, journal=journal), out)
    journal.unlink()


def table(results: Mapping[str, Mapping[str, Result]]) -> str:
    """The figures as Markdown, a table for each set; the best of each column is bold."""
    parts = []
    for name, systems in results.items():
        first = next(iter(systems.values())).about
        parts.append(f"### {name}: {first['set']['questions']:,} questions, {first['articles']:,} articles\n")
        heads = [METRICS[column].label for column in COLUMNS]
        parts.append("| system | " + " | ".join(heads) + " | index, s |")
        parts.append("|---" * (len(COLUMNS) + 2) + "|")
        for system, result in systems.items():
            cells = [cell(column, system, systems) for column in COLUMNS]
            parts.append(f"| {system} | " + " | ".join(cells) + f" | {result.about['index_seconds']:g} |")
        parts.append("")
    return "\n".join(parts)


def value(column: str, system: str, result: Result) -> float | None:
    """A figure, unless it says nothing about this system."""
    group = METRICS[column].group
    if system != "newsdesk" and group in ("answers", "citations", "knowing"):
        return None
    if system == "bm25-articles" and group == "passages":  # it finds no passages
        return None
    return result.value(column)


def cell(column: str, system: str, systems: Mapping[str, Result]) -> str:
    """A figure with its interval, bold if none is better."""
    own = value(column, system, systems[system])
    if own is None:
        return "–"
    metric, figure = METRICS[column], systems[system].figures[column]
    others = [other for name, one in systems.items() if (other := value(column, name, one)) is not None]
    text = number(own, metric)
    if len(others) > 1 and own == (max(others) if metric.higher else min(others)):
        text = f"**{text}**"
    if metric.share and figure.low is not None and figure.high is not None:
        text += f" ({figure.low:.2f}–{figure.high:.2f})"
    return text


def main() -> None:
    """Run what is asked for and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=QUESTIONS:ARTICLES")
    parser.add_argument("--newsqa", type=Path)
    parser.add_argument("--realtimeqa", type=Path)
    parser.add_argument("--sets", help="of the sets named so, only these (comma-separated)")
    parser.add_argument("--systems", default=",".join(SYSTEMS))
    parser.add_argument("--limit", type=int, help="only the first so many questions")
    parser.add_argument("--work", type=Path, default=Path("build/quality"))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--table", type=Path)
    parser.add_argument("--one", nargs=4, metavar=("SYSTEM", "QUESTIONS", "ARTICLES", "OUT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        system, questions, articles, out = given.one
        measure(system, Path(questions), Path(articles), Path(out), given.limit)
        return
    given.work.mkdir(parents=True, exist_ok=True)
    results = dict(collected(given))
    print(table(results))
    if given.table:
        given.table.write_text(table(results), encoding="utf-8")
    if given.json:
        given.json.write_text(json.dumps(summary(results), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def collected(given: argparse.Namespace) -> Iterator[tuple[str, dict[str, Result]]]:
    """Set by set, the results of all systems, run or read."""
    for name, questions, articles in chosen(given):
        if given.sets and name not in given.sets.split(","):
            continue
        found = {}
        for system in given.systems.split(","):
            out = given.work / f"{name}.{system}{f'.{given.limit}' if given.limit else ''}.json"
            if not out.exists():
                print(f"{name}: {system}", file=sys.stderr)
                command = [
                    sys.executable,
                    "-m",
                    "benchmarks.quality",
                    "--one",
                    system,
                    str(questions),
                    str(articles),
                    str(out),
                ]
                subprocess.run(command + (["--limit", str(given.limit)] if given.limit else []), check=True)
            found[system] = read_result(out)
        yield name, found


def chosen(given: argparse.Namespace) -> Iterator[tuple[str, Path, Path]]:
    """Name, questions and articles of every set."""
    none = not (given.set or given.newsqa or given.realtimeqa)
    for text in SEEDS if none else given.set:
        name, _, paths = text.partition("=")
        questions, _, articles = paths.partition(":")
        yield name, Path(questions), Path(articles)
    if given.newsqa:
        yield from newsqa(given.newsqa, given.work)
    if given.realtimeqa:
        yield from realtimeqa(given.realtimeqa, given.work)


def summary(results: Mapping[str, Mapping[str, Result]]) -> dict[str, Any]:
    """Figures without texts: numbers, machine, versions, commit."""
    sets = {
        name: {
            system: {
                "questions": result.about["set"]["questions"],
                "articles": result.about["articles"],
                "index_seconds": result.about["index_seconds"],
                "figures": {
                    key: [figure.value, figure.low, figure.high, figure.n]
                    for key, figure in result.figures.items()
                    if value(key, system, result) is not None
                },
            }
            for system, result in systems.items()
        }
        for name, systems in results.items()
    }
    return {"commit": commit(), "machine": machine(), "versions": versions(), "sets": sets}


if __name__ == "__main__":
    main()
