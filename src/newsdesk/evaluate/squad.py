"""The formats in which each text comes with its questions: SQuAD's JSON and MRQA's JSON lines.

Sources: <https://rajpurkar.github.io/SQuAD-explorer/>, <https://github.com/mrqa/MRQA-Shared-Task-2019>.
"""

from __future__ import annotations

import bisect
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from newsdesk.evaluate.rows import Row, decoded, json_lines
from newsdesk.types import Article


def _squad_data(path: Path) -> tuple[Any, str, Row | None]:
    text, fault = decoded(path)
    if fault:
        return None, "", fault
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        return None, text, Row(f"{path}:{error.lineno}", error.lineno, None, (f"not JSON: {error.msg}",))
    except (ValueError, RecursionError) as error:
        return None, text, Row(f"{path}:1", 1, None, (f"not JSON: {error}",))
    if not isinstance(content, dict) or not isinstance(content.get("data"), list):
        return None, text, Row(f"{path}:1", 1, None, ('not SQuAD: there is no list "data" at its top',))
    return content["data"], text, None


def _squad_entries(path: Path, data: Any) -> Iterator[tuple[Article, list[tuple[int, Any]]]]:
    """Each entry as one article, its paragraphs divided by a blank line, with where each begins."""
    used: Counter[str] = Counter()
    for number, entry in enumerate(data or []):
        paragraphs = entry.get("paragraphs") if isinstance(entry, dict) else None
        parts, text = [], ""
        for paragraph in paragraphs if isinstance(paragraphs, list) else []:
            if isinstance(paragraph, dict) and isinstance(paragraph.get("context"), str):
                text += "\n\n" if text else ""
                parts.append((len(text), paragraph))
                text += paragraph["context"]
        title = str(entry.get("title") or "") if isinstance(entry, dict) else ""
        name = str(entry.get("id") or title or f"{_stem(path)}-{number}") if isinstance(entry, dict) else ""
        used[name] += 1
        yield Article(name if used[name] == 1 else f"{name}-{used[name]}", text, title=title), parts


def squad_rows(path: Path) -> Iterator[Row]:
    """The questions of a SQuAD file; answers must stand where it says they do."""
    data, text, fault = _squad_data(path)
    if fault:
        yield fault
        return
    lines = _IdLines(text)
    entries = list(_squad_entries(path, data))
    for number, (article, parts) in enumerate(entries):
        for _, paragraph in parts:
            pairs = paragraph.get("qas")
            for pair in pairs if isinstance(pairs, list) else []:
                line = lines.next(pair.get("id") if isinstance(pair, dict) else None)
                yield _squad_row(f"{path}:{line}", line, article.id, paragraph["context"], pair)
        if not parts:
            yield Row(f"{path}:1", 1, None, (f"data[{number}] has no paragraph with a context",))


class _IdLines:
    """The lines on which the questions' ids stand: JSON has no line numbers once it is read."""

    def __init__(self, text: str) -> None:
        breaks = [match.start() for match in re.finditer("\n", text)]
        self._lines: defaultdict[str, list[int]] = defaultdict(list)
        for match in re.finditer(r'"id"\s*:\s*("(?:[^"\\]|\\.)*"|\d+)', text):
            self._lines[str(json.loads(match[1]))].append(bisect.bisect(breaks, match.start()) + 1)
        self._last = 1

    def next(self, name: object) -> int:
        if found := self._lines.get(str(name)):
            self._last = found.pop(0) if len(found) > 1 else found[0]
        return self._last


def _squad_row(where: str, line: int, article: str, context: str, pair: Any) -> Row:
    if not isinstance(pair, dict):
        return Row(where, line, None, ("a question must be a JSON object",))
    impossible = bool(pair.get("is_impossible", False))
    answers = pair.get("answers", [])
    faults, texts = [], []
    for answer in answers if isinstance(answers, list) else [None]:
        text, start = (answer.get("text"), answer.get("answer_start")) if isinstance(answer, dict) else (None, 0)
        texts.append(text)
        if isinstance(text, str) and isinstance(start, int) and context[max(start, 0) :][: len(text)] != text:
            faults.append(f"answer {text!r} does not stand at answer_start {start} of its context")
    fields = {"id": pair.get("id"), "question": pair.get("question"), "articles": [article]}
    fields |= {"answers": [] if impossible else texts, "answerable": not impossible, "kind": pair.get("kind")}
    return Row(where, line, fields, tuple(faults))


def _mrqa_article(path: Path, row: Row) -> Article:
    fields = row.fields or {}
    return Article(str(fields.get("id") or f"{_stem(path)}-{row.number}"), str(fields["context"]))


def _stem(path: Path) -> str:
    """The file's name without its suffixes: articles without an id of two sets must not be taken for one."""
    return path.name.removesuffix(".gz").rsplit(".", 1)[0]


def mrqa_rows(path: Path) -> Iterator[Row]:
    """The questions of an MRQA file; detected answers must stand where it says they do."""
    for row in json_lines(path):
        fields = row.fields
        if fields is None:
            yield row
        elif "header" not in fields:
            pairs = fields.get("qas")
            if not isinstance(fields.get("context"), str) or not isinstance(pairs, list):
                yield Row(row.where, row.number, None, ("a line must have a text context and a list qas",))
                continue
            for pair in pairs:
                yield _mrqa_row(row, _mrqa_article(path, row), pair)


def _mrqa_row(row: Row, article: Article, pair: Any) -> Row:
    if not isinstance(pair, dict):
        return Row(row.where, row.number, None, ("a question must be a JSON object",))
    faults = [
        f"detected answer {text!r} does not stand at {span} of its context"
        for text, span in _detected(pair.get("detected_answers"))
        # The format's spans include their last character.
        if article.text[span[0] : span[1] + 1] != text
    ]
    fields = {"id": pair.get("qid", pair.get("id")), "question": pair.get("question")}
    fields |= {"answers": pair.get("answers", []), "articles": [article.id]}
    return Row(row.where, row.number, fields, tuple(faults))


def _detected(found: Any) -> Iterator[tuple[str, list[int]]]:
    """Each answer with each of its spans, as far as they are well formed."""
    for answer in found if isinstance(found, list) else []:
        spans = answer.get("char_spans") if isinstance(answer, dict) else None
        for span in spans if isinstance(spans, list) else []:
            if isinstance(span, list) and len(span) == 2 and all(isinstance(place, int) for place in span):
                yield str(answer.get("text")), span


def squad_articles(path: Path) -> Iterator[Article]:
    """Each entry of a SQuAD file as an article."""
    for article, _ in _squad_entries(path, _squad_data(path)[0]):
        yield article


def mrqa_articles(path: Path) -> Iterator[Article]:
    """Each context of an MRQA file as an article."""
    for row in json_lines(path):
        if row.fields and isinstance(row.fields.get("context"), str):
            yield _mrqa_article(path, row)
