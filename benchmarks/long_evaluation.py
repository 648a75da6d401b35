"""A long evaluation, killed half way and gone on with: what is lost, how memory grows, and how long it takes.

    python -m benchmarks.long_evaluation --home DATA_FOLDER --questions SET.jsonl --work FOLDER [--json RESULT.json]

``newsdesk evaluate`` is run over the whole set in a process of its own. When half of the questions are answered it is
killed as ``kill -9`` does, and started again. Result and report stay in ``--work``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from newsdesk.evaluate import read_questions, read_result
from newsdesk.evaluate.command import journal_of
from newsdesk.evaluate.journal import entries
from newsdesk.evaluate.machine import commit, machine, versions

EVERY = 5.0
"""Seconds between two looks at a run."""
PARTS = 8
"""Parts of the set for which memory is given."""

Look = tuple[int, float]
"""Questions answered, and the process's resident memory in megabytes."""


def answered(journal: Path) -> dict[str, Any]:
    """The answers that a journal holds, by their questions' ids."""
    if not journal.exists():
        return {}
    return {entry["question"]["id"]: entry["question"] for entry in entries(journal) if "question" in entry}


def looks(process: subprocess.Popen[bytes], journal: Path) -> Iterator[Look]:
    """How far a run is, again and again until it ends."""
    pages = os.sysconf("SC_PAGE_SIZE") / 2**20
    while process.poll() is None:
        resident = Path(f"/proc/{process.pid}/statm").read_text().split()[1:2]
        if resident:
            yield len(answered(journal)), int(resident[0]) * pages
        time.sleep(EVERY)


def by_part(seen: Sequence[Look], first: int, total: int) -> list[int]:
    """The most memory seen in each part of a run that began at question ``first``, in megabytes."""
    size = (total - first) / PARTS
    parts = [[memory for done, memory in seen if n * size <= done - first < (n + 1) * size] for n in range(PARTS)]
    return [round(max(part)) for part in parts if part]


def main() -> None:
    """Run, kill, run again, and write what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--json", type=Path, default=Path("benchmarks/results/long-evaluation.json"))
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    out, report = given.work / "result.json", given.work / "report.html"
    journal = journal_of(out)
    assert journal is not None
    for path in (out, journal):
        path.unlink(missing_ok=True)
    total = len(read_questions(given.questions).questions)
    newsdesk = Path(sys.executable).with_name("newsdesk")
    command = [newsdesk, "evaluate", given.questions, "--json", out, "--report", report]
    environment = os.environ | {"NEWSDESK_HOME": str(given.home)}
    begun = time.perf_counter()

    seen: list[list[Look]] = [[], []]
    with subprocess.Popen(command, env=environment) as process:
        for look in looks(process, journal):
            seen[0].append(look)
            if look[0] >= total / 2:
                process.kill()
    before = answered(journal)
    with subprocess.Popen(command, env=environment) as process:
        seen[1].extend(look for look in looks(process, journal) if look[0] >= len(before))
    if process.returncode:
        sys.exit(process.returncode)

    seconds = time.perf_counter() - begun
    result = read_result(out)
    after = {record["id"]: record for record in result.questions}
    found = {
        "commit": commit(),
        "machine": machine(),
        "versions": versions(),
        "questions": total,
        "killed_after": len(before),
        "lost_by_the_kill": sum(after[name] != record for name, record in before.items()),
        "answered_once_each": len(after) == len(result.questions) == total,
        "seconds_in_all": round(seconds),
        "memory_mb_before_the_kill": by_part(seen[0], 0, len(before)),
        "memory_mb_after_it": by_part(seen[1], len(before), total),
        "figures": {name: round(figure.value, 4) for name, figure in result.figures.items()},
    }
    given.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
