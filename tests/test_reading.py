"""Sources are read in their order, by processes where it pays; a reader that is lost takes no other source with it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pytest

from ingest import reading
from ingest.read import READERS, Source, sources
from ingest.reading import Piece, Stopped, pieces, read_all
from newsdesk.types import Article


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text(f"Headline {number}\n\nThe ferry number {number} sailed at noon.\n")
    lines = [json.dumps({"id": f"line-{number}", "text": f"Line number {number}."}) for number in range(40)]
    (tmp_path / "9.jsonl").write_text("\n".join([*lines, "{broken"]) + "\n")
    return tmp_path


def read(given: list[Source], readers: int, known: dict[str, str] | None = None) -> list[Piece]:
    return list(read_all(given, known or {}, threading.Event(), readers))


def ids(found: list[Piece]) -> list[str]:
    return [article.id for piece in found for article, _ in piece.articles]


def test_processes_read_the_same_in_the_same_order(folder: Path) -> None:
    here = read(sources([folder]), 0)
    assert read(sources([folder]), 2) == here
    assert ids(here) == [*map(str, range(5)), *(f"line-{number}" for number in range(40))]
    assert max(len(piece.articles) for piece in here) <= reading.AT_ONCE


def test_a_source_without_a_fault_is_known_again_and_not_read(folder: Path) -> None:
    found = sources([folder])
    known = {piece.source: piece.fingerprint for piece in read(found, 0) if piece.fingerprint}
    assert len(known) == 5  # the broken one is read again
    again = read(found, 0, known)
    assert [piece.unchanged for piece in again if piece.last] == [True] * 5 + [False]
    (folder / "3.txt").write_text("Headline 3\n\nAnother text.\n")
    assert "3" in ids(read(found, 0, known))


def test_when_the_code_that_reads_changes_everything_is_read_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = sources([folder / "3.txt"])
    known = {piece.source: piece.fingerprint for piece in read(found, 0)}
    monkeypatch.setattr(reading, "_code", lambda: "other code")
    assert ids(read(found, 0, known)) == ["3"]


def empty() -> BinaryIO:
    return Path(os.devnull).open("rb")


def test_a_stream_that_is_gone_when_read_is_read_every_time() -> None:
    source = Source("standard input", "stdin", ".txt", empty)
    assert [piece.fingerprint for piece in pieces(source, None)][-1] == ""


def test_a_fault_of_a_library_is_one_of_the_source(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    def stumble(source: Source) -> Iterator[Article]:
        raise KeyError("inside of a library")

    monkeypatch.setitem(READERS, ".txt", stumble)
    found = read(sources([folder]), 0)
    assert sum(len(piece.faults) for piece in found) == 6
    assert "0.txt: cannot be read (KeyError" in found[0].faults[0]
    assert len(ids(found)) == 40


def killing() -> BinaryIO:
    """Ends the process that opens it, as a fault in a library of C does."""
    os._exit(9)


def test_a_reader_that_dies_is_replaced_and_its_source_reported(folder: Path) -> None:
    deadly = Source("deadly.txt", "deadly", ".txt", partial(killing))
    before, after = sources([folder / "1.txt"]), sources([folder / "2.txt", folder / "9.jsonl"])
    found = read([*before, deadly, *after], 1)
    assert ids(found)[:2] == ["1", "2"]
    assert len(ids(found)) == 42
    (fault,) = [fault for piece in found if piece.source == "deadly.txt" for fault in piece.faults]
    assert "deadly.txt: reading it ended the reader" in fault


def hanging() -> BinaryIO:
    threading.Event().wait()
    raise AssertionError


def test_a_reader_that_hangs_is_ended_and_its_source_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PATIENCE", 6.0)
    found = read([Source("slow.txt", "slow", ".txt", partial(hanging)), *sources([folder / "1.txt"])], 2)
    assert ids(found) == ["1"]
    assert "took too long" in found[0].faults[0]


def test_reading_stops_when_it_is_asked_to(folder: Path) -> None:
    stop = threading.Event()
    reader = read_all([Source("slow.txt", "slow", ".txt", partial(hanging))], {}, stop, 1)
    threading.Timer(0.1, stop.set).start()
    with pytest.raises(Stopped):
        next(reader)


def test_only_a_large_heap_of_files_is_worth_processes(folder: Path) -> None:
    assert reading._worthwhile(sources([folder])) == 0
    (folder / "large.txt").write_bytes(b"x" * reading.LARGE)
    assert reading._worthwhile(sources([folder])) >= 1
    stream = Source("standard input", "stdin", ".txt", empty)
    assert reading._worthwhile([*sources([folder]), stream]) == 0
