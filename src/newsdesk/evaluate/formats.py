"""The file formats of question sets: which one a file has, its rows in the contract's field names, CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

from newsdesk.errors import BadInput
from newsdesk.evaluate.beir import beir_articles, beir_rows, part, required
from newsdesk.evaluate.rows import Row, decoded, json_lines
from newsdesk.evaluate.squad import mrqa_articles, mrqa_rows, squad_articles, squad_rows
from newsdesk.types import Article

LISTS = ("answers", "articles", "evidence")
"""Columns of a CSV that hold several values, divided by ``|`` or written as a JSON list."""
SINGULAR = {"answer": "answers", "article": "articles", "article_id": "articles", "quote": "evidence"}
TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def detect(path: Path) -> str:
    """The format of a set: ``jsonl``, ``csv``, ``squad``, ``mrqa`` or ``beir``.

    Raises BadInput if there is nothing at ``path`` or it is none of them.
    """
    if path.is_dir():
        if (missing := [name for name in ("corpus", "queries", "qrels") if not part(path, name)]) != []:
            raise BadInput(f"{path} is a folder without {', '.join(missing)}: not a question set in BEIR's form.")
        return "beir"
    if not path.is_file():
        raise BadInput(f"There is no question set at {path}. Give a JSONL, CSV or JSON file, or a BEIR folder.")
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    if suffix == ".csv":
        return "csv"
    if suffix == ".json":
        return "squad"
    if suffix not in (".jsonl", ".ndjson"):
        raise BadInput(
            f"{path} is no question set that newsdesk reads: JSONL, CSV, SQuAD JSON, MRQA JSONL, BEIR folder."
        )
    first = next(json_lines(path), None)
    return "mrqa" if first and first.fields and {"header", "context"} & first.fields.keys() else "jsonl"


def rows(path: Path, kind: str) -> Iterator[Row]:
    """The questions of a set of that format, in the file's order."""
    readers = {"jsonl": json_lines, "csv": _csv, "squad": squad_rows, "mrqa": mrqa_rows, "beir": beir_rows}
    return readers[kind](path)


def articles(path: Path, kind: str) -> Iterator[Article]:
    """The articles that a set of that format brings with it; what is broken in it is left out."""
    readers = {"squad": squad_articles, "mrqa": mrqa_articles, "beir": beir_articles}
    return readers[kind](path) if kind in readers else iter(())


def files(path: Path) -> list[Path]:
    """The files that make up a set."""
    if not path.is_dir():
        return [path]
    return [required(path, name) for name in ("corpus", "queries", "qrels")]


def _csv(path: Path) -> Iterator[Row]:
    text, unreadable = decoded(path)
    if unreadable:
        yield unreadable
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    names: list[str] = []
    line = 0
    try:
        for cells in reader:
            # A quoted cell may hold line breaks: a record starts where the one before it ended.
            start, line = line + 1, reader.line_num
            if not names:
                names = [SINGULAR.get(name, name) for name in (cell.strip().lower() for cell in cells)]
                if "question" not in names:
                    fault = "the first line must name the columns, question among them"
                    yield Row(f"{path}:{start}", start, None, (fault,))
                    return
            elif any(cells):
                yield _csv_row(f"{path}:{start}", start, names, cells)
    except csv.Error as error:
        yield Row(f"{path}:{reader.line_num}", reader.line_num, None, (f"not CSV: {error}",))


def _csv_row(where: str, number: int, names: list[str], cells: list[str]) -> Row:
    if len(cells) > len(names):
        return Row(where, number, None, (f"more cells than the {len(names)} columns named in line 1",))
    fields: dict[str, object] = {}
    for name, cell in zip(names, cells, strict=False):
        if value := cell.strip():
            try:
                fields[name] = _cell(name, value)
            except ValueError as error:
                return Row(where, number, None, (f"{name} is not JSON: {error}",))
    return Row(where, number, fields)


def _cell(name: str, value: str) -> object:
    if name == "history" or (name in LISTS and value.startswith("[")):
        return json.loads(value)
    if name in LISTS:
        return [part.strip() for part in value.split("|")]
    return TRUTHS.get(value.lower(), value) if name == "answerable" else value
