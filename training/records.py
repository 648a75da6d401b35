"""The training sets as examples, split by article."""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

HELD_OUT = frozenset(
    {
        "Normans", "Huguenot", "Force", "Packet_switching", "Doctor_Who", "American_Broadcasting_Company",
        "Rhine", "Apollo_program", "Economic_inequality", "Kenya", "Geology", "Amazon_rainforest",
        "United_Methodist_Church", "Sky_(United_Kingdom)",
    }
)  # fmt: skip
"""Articles of the SQuAD development set that are only reported on: neither trained nor tuned."""

CALIBRATION = frozenset({"Harvard_University", "Yuan_dynasty", "Southern_California", "Newcastle_upon_Tyne"})
"""Articles of the SQuAD development set for calibration, the threshold and the choice among checkpoints."""

RELEVANCE_ONLY = frozenset({"qadiscourse", "onestopqa"})
"""Sources whose answers are whole clauses: they teach what is relevant, not where an answer ends."""

QAMR_PER_SENTENCE = {"wikinews": 10, "wikipedia": 5}
QADISCOURSE_SAMPLE = 2500
QAMR_UNANSWERABLE_SAMPLE = 2500


@dataclass(frozen=True, slots=True)
class Example:
    """A question on a context; ``spans`` are offsets of its answers in the context, none if unanswerable."""

    id: str
    source: str
    article: str
    title: str
    context: str
    question: str
    spans: tuple[tuple[int, int], ...]

    @property
    def answers(self) -> list[str]:
        """The answers' texts."""
        return [self.context[start:end] for start, end in self.spans]

    @property
    def teaches_spans(self) -> bool:
        """Whether the answers end where an answer should."""
        return self.source not in RELEVANCE_ONLY


def read_file(path: Path) -> Iterator[dict[str, Any]]:
    """Records of a gzipped JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def example(record: dict[str, Any]) -> Example:
    """A record of the training sets as an example."""
    title = record.get("title") or ""
    spans = tuple((a["answer_start"], a["answer_start"] + len(a["text"])) for a in record["answers"] if a["text"])
    return Example(
        id=record["id"],
        source=record["source"],
        article=title or record["id"].split("|")[0],
        title=title.replace("_", " "),
        context=record["context"],
        question=" ".join(record["question"].split()),
        spans=spans,
    )


def load(folder: Path, name: str) -> list[Example]:
    """All examples of one file."""
    return [example(record) for record in read_file(folder / f"{name}.jsonl.gz")]


def squad_split(folder: Path, titles: frozenset[str]) -> list[Example]:
    """Questions of the SQuAD development set on the named articles."""
    return [item for item in load(folder, "squad_dev") if item.article in titles]


def training_examples(folder: Path, seed: int) -> list[Example]:
    """Everything the reader is trained on, thinned, without the articles that are held out."""
    rng = random.Random(seed)
    apart = HELD_OUT | CALIBRATION
    found = load(folder, "squad_train")
    found += [item for item in load(folder, "squad_dev") if item.article not in apart]
    found += load(folder, "nq_qed") + load(folder, "nq_open") + load(folder, "timeqa") + load(folder, "onestopqa")
    discourse = load(folder, "qadiscourse_paragraphs")
    found += rng.sample(discourse, min(QADISCOURSE_SAMPLE, len(discourse)))
    found += thinned_qamr(read_file(folder / "qamr_paragraphs.jsonl.gz"), rng)
    return [item for item in found if len(item.question) > 8]


def thinned_qamr(records: Iterable[dict[str, Any]], rng: random.Random) -> list[Example]:
    """QAMR asks some 38 questions of a sentence: keep a few that two annotators agreed on."""
    by_sentence: dict[str, list[Example]] = defaultdict(list)
    unanswerable: list[Example] = []
    for record in records:
        if record["votes"] < 2 or len(record["question"].split()) < 4:
            continue
        item = example(record)
        if not item.spans:
            unanswerable.append(item)
            continue
        by_sentence[f"{record['domain']}|{item.article}"].append(item)
    kept = []
    for key, items in by_sentence.items():
        most = QAMR_PER_SENTENCE[key.split("|")[0]]
        kept += rng.sample(items, min(most, len(items)))
    return kept + rng.sample(unanswerable, min(QAMR_UNANSWERABLE_SAMPLE, len(unanswerable)))


def save(examples: Iterable[Example], path: Path) -> None:
    """Write examples as JSONL."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(asdict(item), ensure_ascii=False) for item in examples)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def saved(path: Path) -> list[Example]:
    """Read what ``save`` wrote."""
    return [_restored(json.loads(line)) for line in path.read_text(encoding="utf-8").split("\n") if line]


def _restored(fields: dict[str, Any]) -> Example:
    item = Example(**fields)
    return replace(item, spans=tuple((start, end) for start, end in fields["spans"]))
