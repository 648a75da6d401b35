"""The same questions put to newsdesk and to other ways of finding the article, side by side in one run.

    python -m benchmarks.quality --seeds --newsqa FOLDER --realtimeqa FOLDER --table docs/quality.md

``--seeds`` are the sets that ship with the project; ``--set NAME=QUESTIONS:ARTICLES`` takes any other with the articles
it asks about; with no set at all, the seeds are taken. newsdesk searches the data folder ``--home CORPUS=FOLDER``
where one is given (newsqa, realtimeqa, realtimeqa-small, seeds), else one that is made under ``--work``.
Each system runs in a process of its own, so that its memory is its own. A finished one is not run again, and one that
was stopped goes on (``--work`` keeps the results). Systems: see quality_systems.py. Those that embed the whole corpus
anew leave out corpora of more than LARGE articles without ``--all``. History is joined to the question for those that
know no conversation.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableLambda

from benchmarks.quality_sets import SEEDS, Shelf, Task, corpus, given, lines, newsqa, realtimeqa
from benchmarks.quality_systems import EMBEDS_ANEW, SYSTEMS, Corpus
from newsdesk.evaluate import Result, evaluate, read_questions, read_result, write_result
from newsdesk.evaluate.machine import commit, machine, versions
from newsdesk.evaluate.metrics import METRICS
from newsdesk.evaluate.report import number
from newsdesk.types import Answer, Question

RESULTS = Path("benchmarks/results/quality.json")
LARGE = 5000
"""Articles from which embedding them all takes more than half an hour on two cores."""
COLUMNS = (
    "hit@1",
    "recall@5",
    "mrr@10",
    "ndcg@10",
    "passage_hit@5",
    "correct",
    "em",
    "f1",
    "citation_quote_precision",
    "latency_p50_ms",
    "peak_memory_mb",
)


def joined(question: Question) -> Question:
    """A follow-up as a system sees it that knows no conversation: the first question before the last."""
    earlier = [turn.content for turn in question.history if turn.role == "user"]
    return replace(question, question=" ".join([*earlier[:1], question.question]), history=())


def measure(system: str, questions: Path, articles: Path, home: Path, out: Path, limit: int | None) -> None:
    """One system on one set, in this process."""
    shelf = Shelf(corpus(articles))
    asked = read_questions(questions, shelf)
    if limit is not None:
        asked = replace(asked, questions=asked.questions[:limit])
    begun = time.perf_counter()
    ask = SYSTEMS[system](Corpus(shelf.all, home))
    seconds = time.perf_counter() - begun

    def answer(question: Question) -> Answer:
        return ask(question if system == "newsdesk" else joined(question))

    # Only what stays the same when a stopped run goes on.
    about = {"system": system, "articles": len(shelf.all), "limit": limit}
    journal = out.with_suffix(".journal")
    result = evaluate(RunnableLambda(answer), shelf, asked, about=about, journal=journal, progress=shown)
    write_result(replace(result, about={**result.about, "commit": commit(), "index_seconds": round(seconds, 1)}), out)
    journal.unlink()


def shown(step: Any) -> None:
    """How far it is, now and then, for those who wait."""
    if step.done % 160 == 0 or step.done == step.total:
        print(
            f"  {step.done:,} of {step.total:,}, {step.lost:,} lost, {step.seconds:.0f} s", file=sys.stderr, flush=True
        )


def table(results: Mapping[str, Mapping[str, Result]]) -> str:
    """The figures as Markdown, a table for each set; the best of each column is bold."""
    parts = []
    for name, systems in results.items():
        first = next(iter(systems.values())).about
        parts.append(f"### {name}: {first['set']['questions']:,} questions, {first['articles']:,} articles\n")
        columns = [
            one for one in COLUMNS if any(value(one, name, result) is not None for name, result in systems.items())
        ]
        parts.append("| system | " + " | ".join(METRICS[column].label for column in columns) + " | ready after, s |")
        parts.append("|---" * (len(columns) + 2) + "|")
        for system, result in systems.items():
            cells = [cell(column, system, systems) for column in columns]
            parts.append(f"| {system} | " + " | ".join(cells) + f" | {result.about['index_seconds']:,.0f} |")
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
    parser.add_argument("--seeds", action="store_true")
    parser.add_argument("--newsqa", type=Path)
    parser.add_argument("--realtimeqa", type=Path)
    parser.add_argument("--home", action="append", default=[], metavar="CORPUS=FOLDER")
    parser.add_argument("--sets", help="of the sets named so, only these (comma-separated)")
    parser.add_argument("--systems", default=",".join(SYSTEMS))
    parser.add_argument("--all", action="store_true", help="embed large corpora anew for the systems that do so")
    parser.add_argument("--limit", type=int, help="only the first so many questions")
    parser.add_argument("--work", type=Path, default=Path("build/quality"))
    parser.add_argument("--json", type=Path, default=RESULTS)
    parser.add_argument("--table", type=Path, help="a Markdown file with a marked place for the tables")
    parser.add_argument("--one", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        system, *paths = options.one
        measure(system, *map(Path, paths), options.limit)
        return
    options.work.mkdir(parents=True, exist_ok=True)
    results = dict(collected(options))
    print(table(results))
    if options.table:
        put_between(options.table, "tables", table(results))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(summary(results), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def collected(options: argparse.Namespace) -> Iterator[tuple[str, dict[str, Result]]]:
    """Set by set, the results of all systems, run or read."""
    homes = dict(one.split("=", 1) for one in options.home)
    for task in chosen(options):
        if options.sets and task.name not in options.sets.split(","):
            continue
        home = Path(homes.get(task.corpus, options.work / "homes" / task.corpus))
        systems = [one for one in options.systems.split(",") if options.all or not too_much(one, task)]
        yield task.name, {system: run(system, task, home, options) for system in systems}


def run(system: str, task: Task, home: Path, options: argparse.Namespace) -> Result:
    """One system on one set in a process of its own, unless that is done."""
    limit = options.limit
    out = options.work / f"{task.name}.{system}{f'.{limit}' if limit else ''}.json"
    if not out.exists():
        print(f"{task.name}: {system}", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "benchmarks.quality", "--one", system]
        command += map(str, (task.questions, task.articles, home, out))
        subprocess.run(command + (["--limit", str(limit)] if limit else []), check=True)
    return read_result(out)


def too_much(system: str, task: Task) -> bool:
    """Whether a system would embed a large corpus anew."""
    return system in EMBEDS_ANEW and not task.articles.is_dir() and sum(1 for _ in lines(task.articles)) > LARGE


def chosen(options: argparse.Namespace) -> Iterator[Task]:
    """Every set that was asked for."""
    none = not (options.set or options.newsqa or options.realtimeqa)
    yield from given([*(SEEDS if none or options.seeds else ()), *options.set])
    if options.newsqa:
        yield from newsqa(options.newsqa, options.work)
    if options.realtimeqa:
        yield from realtimeqa(options.realtimeqa, options.work)


def put_between(page: Path, name: str, text: str) -> None:
    """Put a text between the marks of that name in a Markdown page, in place of what stood there."""
    mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    page.write_text(mark.sub(lambda found: f"{found[1]}{text}\n{found[2]}", page.read_text("utf-8")), encoding="utf-8")


def figures(result: Result, names: Sequence[str] = tuple(METRICS)) -> dict[str, list[float | int | None]]:
    """Value, interval and number of questions of each figure that a result has."""
    return {
        name: [figure.value, figure.low, figure.high, figure.n]
        for name, figure in result.figures.items()
        if name in names
    }


def summary(results: Mapping[str, Mapping[str, Result]]) -> dict[str, Any]:
    """Figures without texts: numbers, machine, versions, commit."""
    sets = {
        name: {
            system: {
                "questions": result.about["set"]["questions"],
                "articles": result.about["articles"],
                "index_seconds": result.about["index_seconds"],
                "figures": figures(result, [key for key in METRICS if value(key, system, result) is not None]),
            }
            for system, result in systems.items()
        }
        for name, systems in results.items()
    }
    return {"commit": commit(), "machine": machine(), "versions": versions(), "sets": sets}


if __name__ == "__main__":
    main()
