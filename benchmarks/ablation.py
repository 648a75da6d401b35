"""What each part of newsdesk is worth: stages of the search, passages read, title and passage length, removed articles.

    python -m benchmarks.ablation --newsqa FOLDER --realtimeqa FOLDER --table docs/quality.md

``stages`` ranks by BM25 over passages alone, by vectors alone, by both fused, and by the reader's relevance after that.
``candidates`` reads more or fewer passages. ``removed`` asks the same questions with and without the articles that
hold their answers, which are left out of the search: how well does confidence tell the two apart?
``passages`` embeds some of the articles anew, in passages of several lengths, with and without the title.
Data folders and ``--work`` are those of benchmarks.quality; what is done is not done again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.runnables import RunnableLambda

from benchmarks.quality import figures, put_between, shown
from benchmarks.quality_sets import SEEDS, Shelf, Task, corpus, given, newsqa, realtimeqa
from benchmarks.quality_systems import Ask, Corpus, assistant_over, hit, timed
from newsdesk import chain
from newsdesk.archive import Pending
from newsdesk.assistant import Assistant, open_assistant
from newsdesk.evaluate import Result, evaluate, read_questions, read_result, write_result
from newsdesk.evaluate.calibration import auroc
from newsdesk.evaluate.machine import commit, machine, versions
from newsdesk.evaluate.metrics import METRICS
from newsdesk.evaluate.report import number
from newsdesk.models import embedding_text
from newsdesk.retrieve import Retriever
from newsdesk.settings import Settings
from newsdesk.types import Article, Filters, Hit, Question

RESULTS = Path("benchmarks/results/ablation.json")
PARTS = ("stages", "candidates", "removed", "passages")
CANDIDATES = (8, 12, 16, 24, 32, 48)
LENGTHS = (400, 800, 1600)
"""Longest passages, in code points; 800 is what newsdesk takes."""
RANKING = ("hit@1", "recall@5", "mrr@10", "ndcg@10", "passage_hit@5", "latency_p50_ms")
ANSWERS = ("correct", "f1", "mrr@10", "auroc", "citation_quote_precision", "latency_p50_ms", "latency_p95_ms")

Rows = Mapping[str, Result]


@dataclass(frozen=True, slots=True)
class Bench:
    """A set with its articles, and where results are kept."""

    task: Task
    shelf: Shelf
    work: Path
    limit: int | None

    def measure(self, name: str, make: Callable[[], Ask]) -> Result:
        """The result of one way to answer, run or read."""
        out = self.work / f"{self.task.name}.{name}{f'.{self.limit}' if self.limit else ''}.json"
        if not out.exists():
            print(f"{self.task.name}: {name}", file=sys.stderr, flush=True)
            asked = read_questions(self.task.questions, self.shelf)
            asked = replace(asked, questions=asked.questions[: self.limit])
            journal, about = out.with_suffix(".journal"), {"system": name, "limit": self.limit}
            answer = RunnableLambda(make())
            result = evaluate(answer, self.shelf, asked, about=about, journal=journal, progress=shown)
            write_result(result, out)
            journal.unlink()
        return read_result(out)


def stages(bench: Bench, assistant: Assistant) -> Rows:
    """The search step by step: each of its halves, both together, and the reader's order of what they found."""
    archive, vectors, embedder = assistant.archive, assistant.vectors, assistant.embedder
    searches: dict[str, Callable[[Question, int], Any]] = {
        "BM25 over passages": lambda asked, limit: archive.hits(archive.search(asked.question, limit)),
        "vectors": lambda asked, limit: archive.hits(vectors.search(embedder.embed([asked.question]), limit)),
        "BM25 over articles": lambda asked, limit: of_articles(assistant, asked.question, limit),
        "all three, fused": lambda asked, limit: assistant.retriever.rank(asked.question, limit)[:limit],
        "and nearness in time": lambda asked, limit: assistant.retriever.retrieve(
            asked.question, limit, asked_at=asked.asked_at
        ),
    }
    rows = {
        name: bench.measure(f"stages.{name}", lambda search=search: timed(search)) for name, search in searches.items()
    }
    return rows | {"and the reader's relevance": bench.measure("stages.read", lambda: assistant.chain.invoke)}


def of_articles(assistant: Assistant, question: str, limit: int) -> list[Hit]:
    """The articles that fit best by their words, each as one hit from its beginning to its end."""
    ranked = assistant.archive.search_articles(question, limit)
    found = [(assistant.archive.article(name), score) for name, score in ranked]
    return [hit((article, 0, len(article.text), score)) for article, score in found]


def candidates(bench: Bench, assistant: Assistant) -> Rows:
    """The whole chain with so many passages read for each question."""
    before, rows = chain.CANDIDATES, {}
    for count in CANDIDATES:
        chain.CANDIDATES = count  # the chain reads it anew for each question
        rows[str(count)] = bench.measure(f"candidates.{count}", lambda: assistant.chain.invoke)
    chain.CANDIDATES = before
    return rows


@dataclass(frozen=True, slots=True)
class Without(Retriever):
    """A search that finds nothing of the articles that are ``gone``; their passages do not take others' places."""

    gone: set[str] = field(default_factory=set)

    def rank(self, question: str, depth: int, filters: Filters = Filters(), words: float = 1.0) -> list[Hit]:
        """As Retriever.rank, deeper, without the passages of what is gone."""
        ranked = Retriever.rank(self, question, depth + 100, filters, words)
        return [hit for hit in ranked if hit.article_id not in self.gone]


def removed(bench: Bench, assistant: Assistant) -> Rows:
    """The whole chain with the gold articles, and without them."""
    without = Without(assistant.archive, assistant.vectors, assistant.embedder)
    lesser = chain.build_chain(without, assistant.reader, assistant.settings.threshold)
    golds = {one.question: set(one.articles) for one in read_questions(bench.task.questions).questions}

    def ask(question: Question) -> Any:
        without.gone.clear()
        without.gone.update(golds[question.question])
        return lesser.invoke(question)

    return {
        "with": bench.measure("removed.with", lambda: assistant.chain.invoke),
        "without": bench.measure("removed.without", lambda: ask),
    }


def told_apart(rows: Rows) -> dict[str, float]:
    """The AUROC of confidence between questions with and without their article, and the shares answered.

    Other articles may hold the answer too: the second AUROC leaves out what is answered rightly without the article.
    """
    there, gone = (list(rows[name].questions) for name in ("with", "without"))
    pairs = list(zip(there, gone, strict=True))
    return {
        "auroc": apart(pairs),
        "auroc_unless_right_without": apart([(one, other) for one, other in pairs if other["outcome"] != "right"]),
        "answered_with": sum(record["answered"] for record in there) / len(there),
        "right_with": sum(record["outcome"] == "right" for record in there) / len(there),
        "answered_without": sum(record["answered"] for record in gone) / len(gone),
        "right_without": sum(record["outcome"] == "right" for record in gone) / len(gone),
    }


def apart(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> float:
    """How well confidence tells the first of each pair from the second."""
    scores = np.array([record["confidence"] for pair in pairs for record in pair])
    labels = np.array([1.0, 0.0] * len(pairs))
    return float(auroc(scores, labels, np.ones((1, len(scores))))[0])


def passages(bench: Bench, most: int) -> Rows:
    """Search over the articles asked about, and others up to ``most``, cut and embedded in several ways."""
    wanted = {id for one in read_questions(bench.task.questions).questions[: bench.limit] for id in one.articles}
    chosen = sorted(bench.shelf.all, key=lambda article: article.id not in wanted)[: max(most, len(wanted))]
    ways: dict[str, tuple[int, Callable[[Pending], str]]] = {
        f"at most {length} characters": (length, embedding_text) for length in LENGTHS
    }
    ways["at most 800, without title and day"] = (800, lambda passage: passage.text)
    rows = {}
    for name, (length, words) in ways.items():
        home = bench.work / "homes" / f"{bench.task.name}-{len(chosen)}-{name.replace(' ', '-')}"
        with ExitStack() as stack:

            def make(home: Path = home, length: int = length, words: Callable[[Pending], str] = words) -> Ask:
                assistant = stack.enter_context(open_assistant(Settings(home=home)))
                embed(assistant, chosen, length, words)
                retriever = assistant.retriever
                return timed(lambda asked, limit: retriever.retrieve(asked.question, limit, asked_at=asked.asked_at))

            rows[name] = bench.measure(f"passages.{len(chosen)}.{name}", make)
    return rows


def embed(assistant: Assistant, articles: Sequence[Article], length: int, words: Callable[[Pending], str]) -> None:
    """Store articles in passages of that length, and embed what the function gives of each."""
    from ingest.split import split

    archive, vectors, embedder = assistant.archive, assistant.vectors, assistant.embedder
    for article in articles:
        archive.put(article, split(article, length))
    while batch := archive.pending(256):
        vectors.put(batch, embedder.embed([words(passage) for passage in batch]))
        archive.mark_embedded([passage.key for passage in batch])


def table(title: str, rows: Rows, names: Sequence[str]) -> str:
    """Figures as Markdown, a line for each row."""
    first = next(iter(rows.values()))
    names = [name for name in names if any(result.value(name) is not None for result in rows.values())]
    lines = [f"### {title} ({first.about['set']['questions']:,} questions)\n"]
    lines += ["| | " + " | ".join(METRICS[name].label for name in names) + " |", "|---" * (len(names) + 1) + "|"]
    for row, result in rows.items():
        lines.append(f"| {row} | " + " | ".join(number(result.value(name), METRICS[name]) for name in names) + " |")
    return "\n".join([*lines, ""])


def measured(bench: Bench, options: argparse.Namespace) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Part by part: its name, its table, its figures."""
    homes = dict(one.split("=", 1) for one in options.home)
    home = Path(homes.get(bench.task.corpus, options.work / "homes" / bench.task.corpus))
    wanted = options.parts.split(",")
    name = bench.task.name
    if set(wanted) & {"stages", "candidates", "removed"}:
        assistant = assistant_over(Corpus(bench.shelf.all, home))
        if "stages" in wanted:
            rows = stages(bench, assistant)
            yield "stages", table(f"{name}: the search, step by step", rows, RANKING), numbers(rows, RANKING)
        if "candidates" in wanted:
            rows = candidates(bench, assistant)
            yield "candidates", table(f"{name}: passages read", rows, ANSWERS), numbers(rows, ANSWERS)
        if "removed" in wanted:
            told = told_apart(removed(bench, assistant))
            yield "removed", removed_words(name, told), told
    if "passages" in wanted:
        rows = passages(bench, options.articles)
        yield "passages", table(f"{name}: passages and titles", rows, RANKING), numbers(rows, RANKING)


def removed_words(name: str, told: Mapping[str, float]) -> str:
    """The figures of the removed articles as Markdown."""
    return (
        f"### {name}: with and without the article\n\n"
        "| | |\n|---|---|\n"
        f"| AUROC of confidence, article there or removed | {told['auroc']:.3f} |\n"
        f"| the same, without what is right without the article too | {told['auroc_unless_right_without']:.3f} |\n"
        f"| answered, article there | {told['answered_with']:.3f} (rightly {told['right_with']:.3f}) |\n"
        f"| answered, article removed | {told['answered_without']:.3f} (rightly {told['right_without']:.3f}) |\n"
    )


def numbers(rows: Rows, names: Sequence[str]) -> dict[str, Any]:
    """The figures of each row."""
    return {row: figures(result, names) for row, result in rows.items()}


def chosen(options: argparse.Namespace) -> Iterator[Task]:
    """The sets that were asked for."""
    tasks = [*given([*(SEEDS if options.seeds else ()), *options.set])]
    tasks += newsqa(options.newsqa, options.work) if options.newsqa else ()
    tasks += realtimeqa(options.realtimeqa, options.work) if options.realtimeqa else ()
    yield from (task for task in tasks if task.name in options.sets.split(","))


def main() -> None:
    """Run what is asked for and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=QUESTIONS:ARTICLES")
    parser.add_argument("--seeds", action="store_true")
    parser.add_argument("--newsqa", type=Path)
    parser.add_argument("--realtimeqa", type=Path)
    parser.add_argument("--home", action="append", default=[], metavar="CORPUS=FOLDER")
    parser.add_argument("--sets", default="newsqa-standalone", help="of the sets named so, only these")
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--articles", type=int, default=500, help="how many to embed anew for ``passages``")
    parser.add_argument("--limit", type=int, help="only the first so many questions")
    parser.add_argument("--work", type=Path, default=Path("build/quality"))
    parser.add_argument("--json", type=Path, default=RESULTS)
    parser.add_argument("--table", type=Path, help="a Markdown file with a marked place for the tables")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    earlier = json.loads(options.json.read_text("utf-8")) if options.json.exists() else {}
    sets, tables = earlier.get("sets", {}), earlier.get("tables", {})
    for task in chosen(options):
        bench = Bench(task, Shelf(corpus(task.articles)), options.work, options.limit)
        for part, text, found in measured(bench, options):
            print(text, flush=True)
            sets.setdefault(task.name, {})[part] = found
            tables[f"{task.name} {part}"] = text
    about = {"commit": commit(), "machine": machine(), "versions": versions()}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**about, "sets": sets, "tables": tables}, indent=1, ensure_ascii=False)
    options.json.write_text(text + "\n", encoding="utf-8")
    if options.table:
        put_between(options.table, "ablation", "\n".join(tables.values()))


if __name__ == "__main__":
    main()
