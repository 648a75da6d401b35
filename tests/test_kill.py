"""An ingest that is killed again and again ends where an undisturbed one does: row by row, vector by vector."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.check import find_faults
from newsdesk.archive import open_archive
from newsdesk.settings import Settings
from newsdesk.vectors import Vectors, open_vectors

KILLS = 3
TABLES = {
    "articles": "*",
    "passages": "*",
    "versions": "article, version, record",
    "sources": "source || id, *",
    "files": "source",
    "bands": "band || ' ' || article",
    "copies": "article || ' ' || other",
    "passage_index": "rowid, *",
    "vectors_to_remove": "*",
}


def rows(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything that the archive holds, but for the time at which it was stored."""
    with closing(sqlite3.connect(home / "archive.sqlite")) as db:
        db.row_factory = sqlite3.Row
        tables = {
            name: db.execute(f"SELECT {columns} FROM {name} ORDER BY 1").fetchall() for name, columns in TABLES.items()
        }
    return {
        name: [tuple(row[column] for column in row.keys() if column != "stored_at") for row in found]  # noqa: SIM118
        for name, found in tables.items()
    }


def held(vectors: Vectors) -> dict[int, Any]:
    keys = vectors.keys()
    return {key: vector.tolist() for key, vector in vectors.read(keys).items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Articles in files and in one of many lines, with duplicates, wire copy, and one that is broken."""
    folder = tmp_path / "articles"
    folder.mkdir()
    choice = random.Random(4)
    words = [f"word{number}" for number in range(400)]
    texts = [" ".join(choice.choices(words, k=12)).capitalize() + "." for _ in range(400)]
    articles = [" ".join(choice.choices(texts, k=25)) for _ in range(120)]
    for number, text in enumerate(articles[:60]):
        (folder / f"file-{number}.txt").write_text(f"Headline {number}\n\n{text}\n")
    lines = [json.dumps({"id": f"line-{number}", "text": text}) for number, text in enumerate(articles[60:])]
    lines += [
        json.dumps({"id": f"copy-{number}", "text": text + " More."}) for number, text in enumerate(articles[60:90])
    ]
    (folder / "feed.jsonl").write_text("\n".join([*lines, "{broken"]) + "\n")
    return folder


def start(home: Path, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.killable", str(home), str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent)
    assert process.stdout
    assert process.stdout.readline() == b"open\n"
    return process


def test_a_killed_ingest_ends_as_an_undisturbed_one(folder: Path, tmp_path: Path) -> None:
    with start(tmp_path / "calm", folder) as calm:
        begun = time.monotonic()
        assert calm.wait() == 0
    lasts = time.monotonic() - begun
    choice = random.Random(7)
    for _ in range(KILLS):
        with start(tmp_path / "killed", folder) as process:
            try:
                process.wait(choice.uniform(0, lasts))
            except subprocess.TimeoutExpired:
                process.kill()
    with start(tmp_path / "killed", folder) as last:
        assert last.wait() == 0
    assert rows(tmp_path / "killed") == rows(tmp_path / "calm")
    states = []
    for name in ("calm", "killed"):
        settings = Settings(home=tmp_path / name)
        with open_archive(settings) as archive, open_vectors(settings) as vectors:
            assert find_faults(archive, vectors) == []
            states.append(held(vectors))
    assert states[0] == states[1]
    assert np.shape(list(states[0].values()))[0] > 100
