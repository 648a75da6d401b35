"""BEIR's folders: ``corpus.jsonl``, ``queries.jsonl``, ``qrels/test.tsv`` (or dev, train).

Source: <https://github.com/beir-cellar/beir/wiki/Load-your-custom-dataset>.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from newsdesk.errors import BadInput
from newsdesk.evaluate.rows import Row, json_lines, lines
from newsdesk.types import Article


def part(path: Path, name: str) -> Path | None:
    """The folder's file of that part (``corpus``, ``queries``, ``qrels``), if there is one."""
    if name == "qrels":
        found = [path / "qrels" / f"{split}.tsv" for split in ("test", "dev", "train")]
    else:
        found = [path / f"{name}.jsonl", path / f"{name}.jsonl.gz"]
    return next((file for file in found if file.is_file()), None)


def required(path: Path, name: str) -> Path:
    """The folder's file of that part. Raises BadInput if there is none."""
    file = part(path, name)
    if file is None:
        raise BadInput(f"{path} has no {name}.")
    return file


def beir_rows(path: Path) -> Iterator[Row]:
    """The judged queries of a folder, and what is wrong in its three files."""
    gold, faults = _qrels(required(path, "qrels"))
    yield from faults
    yield from _corpus_faults(required(path, "corpus"))
    queries = required(path, "queries")
    for row in json_lines(queries):
        if row.fields is None:
            yield row
            continue
        name = row.fields.get("_id")
        # A query without a judgement belongs to another split of the same folder.
        if not isinstance(name, str) or name in gold:
            fields: dict[str, object] = {"id": name, "question": row.fields.get("text")}
            articles = list(gold.pop(name, {})) if isinstance(name, str) else []
            yield Row(row.where, row.number, fields | {"articles": articles})
    for name, judged in gold.items():
        yield Row(next(iter(judged.values())), 0, None, (f"query {name!r} is not in {queries.name}",))


def _corpus_faults(path: Path) -> Iterator[Row]:
    first: dict[str, str] = {}
    for row in json_lines(path):
        fields = row.fields
        if fields is None:
            yield row
        elif not isinstance(fields.get("_id"), str) or not isinstance(fields.get("text"), str):
            yield Row(row.where, row.number, None, ("an article must have the texts _id and text",))
        elif (seen := first.setdefault(str(fields["_id"]), row.where)) != row.where:
            yield Row(row.where, row.number, None, (f"_id {fields['_id']!r} is used already at {seen}",))


def _qrels(path: Path) -> tuple[dict[str, dict[str, str]], list[Row]]:
    """Query → its relevant articles, each with where it is judged."""
    gold: dict[str, dict[str, str]] = {}
    faults = []
    for number, line in lines(path):
        where = f"{path}:{number}"
        cells = line.decode("utf-8", errors="replace").rstrip("\r\n").split("\t")
        if not line.strip() or (number == 1 and cells[0] in ("query-id", "query_id")):
            continue
        if len(cells) != 3 or not re.fullmatch(r"-?\d+", cells[2]):
            faults.append(Row(where, number, None, ("must be query-id, corpus-id and score, divided by tabs",)))
        elif int(cells[2]) > 0:
            gold.setdefault(cells[0], {})[cells[1]] = where
    return gold, faults


def beir_articles(path: Path) -> Iterator[Article]:
    """The articles of a folder's corpus."""
    for row in json_lines(required(path, "corpus")):
        fields = row.fields or {}
        if isinstance(fields.get("_id"), str) and isinstance(fields.get("text"), str):
            yield Article(str(fields["_id"]), str(fields["text"]), title=str(fields.get("title") or ""))
