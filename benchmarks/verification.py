"""How well the check of written sentences tells supported from unsupported, and how long it takes.

    python -m benchmarks.verification

reads ``tests/data/verification.jsonl``: sentences with a passage of the invented archive each. The rules were tuned on
the rows with an even id; the figures are those of the odd ones. A sentence counts as caught where it is not called
supported (the page marks weak and unsupported ones), and as kept where it is.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest.read import read, sources
from newsdesk.checks.places import places
from newsdesk.evaluate.machine import commit, machine
from newsdesk.types import Article, Hit
from newsdesk.verify import check, verify

ROOT = Path(__file__).parent.parent
ROWS = ROOT / "tests" / "data" / "verification.jsonl"
RESULT = ROOT / "benchmarks" / "results" / "verification.json"
RUNS = 20

Row = Mapping[str, Any]


def rows() -> list[Row]:
    """The sentences with their passages and labels."""
    return [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]


@lru_cache(maxsize=1)
def texts() -> dict[str, str]:
    """The whole texts of the seed articles, by id."""
    found = (article for source in sources([ROOT / "seeds" / "articles"]) for article in read(source))
    return {article.id: article.text for article in found if isinstance(article, Article)}


def hit(row: Row) -> Hit:
    """The row's passage as retrieval gives it."""
    published = date.fromisoformat(row["published"]) if row["published"] else None
    start, text = row["start"], row["passage"]
    return Hit(row["article"], row["title"], None, row["publisher"], published, start, start + len(text), text, 1.0)


def verdicts(some: Iterable[Row]) -> list[tuple[Row, str]]:
    """Each row with the support that the check gives it."""
    return [(row, verify([row["sentence"]], [hit(row)], texts())[0].support) for row in some]


def figures(some: Sequence[Row]) -> dict[str, Any]:
    """Shares of unsupported sentences caught and supported ones kept, with precision, and the misses by kind."""
    judged = verdicts(some)
    table = Counter((row["label"], support) for row, support in judged)
    right = Counter(
        (row["label"], row["kind"]) for row, s in judged if (s == "supported") == (row["label"] == "supported")
    )
    every = Counter((row["label"], row["kind"]) for row, _ in judged)
    supported, unsupported = _count(table, "supported"), _count(table, "unsupported")
    kept, missed = table["supported", "supported"], table["unsupported", "supported"]
    return {
        "sentences": len(judged),
        "supported": supported,
        "unsupported": unsupported,
        "supported_kept": round(kept / supported, 3),
        "unsupported_caught": round(1 - missed / unsupported, 3),
        "precision_of_supported": round(kept / (kept + missed), 3),
        "precision_of_caught": round((unsupported - missed) / (unsupported - missed + supported - kept), 3),
        "verdicts": {f"{label} called {support}": n for (label, support), n in sorted(table.items())},
        "right_by_kind": {f"{a} {b}": f"{right[a, b]}/{n}" for (a, b), n in sorted(every.items())},
    }


def _count(table: Counter[tuple[str, str]], label: str) -> int:
    return sum(n for (given, _), n in table.items() if given == label)


def milliseconds(some: Sequence[Row]) -> dict[str, float]:
    """Time to check an answer of six sentences that cites six of ten passages, none of them read before.

    Wall time is that of a machine that may be busy with other work; CPU time is the check's own.
    """
    wall, cpu = [], []
    for run in range(RUNS):
        chosen = [some[(run * 10 + n) % len(some)] for n in range(10)]
        answer = " ".join(row["sentence"].replace("[1]", f"[{n}]") for n, row in enumerate(chosen[:6], start=1))
        places.cache_clear()
        started, worked = time.perf_counter(), time.process_time()
        check(answer, [hit(row) for row in chosen], texts())
        wall.append((time.perf_counter() - started) * 1000)
        cpu.append((time.process_time() - worked) * 1000)
    return {
        "cpu_median": round(statistics.median(cpu), 1),
        "cpu_slowest": round(max(cpu), 1),
        "wall_median": round(statistics.median(wall), 1),
        "answers": RUNS,
    }


def main() -> None:
    """Measure both halves and the time, print them and write them down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, default=RESULT)
    path = parser.parse_args().json
    every = rows()
    halves = {"report": [r for r in every if r["id"] % 2], "tune": [r for r in every if not r["id"] % 2]}
    result = {
        "commit": commit(),
        "machine": machine(),
        **{name: figures(half) for name, half in halves.items()},
        "six_sentences_ms": milliseconds(halves["report"]),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
