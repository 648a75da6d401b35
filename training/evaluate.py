"""Measure the reader: SQuAD articles held out by title, and NewsQA with the gold article given."""

from __future__ import annotations

from collections.abc import Sequence

from newsdesk.reader import Scored, SpanReader
from training.metrics import auroc, best, exact, f1
from training.records import Example


def read_whole(reader: SpanReader, items: Sequence[Example]) -> list[Scored]:
    """Each question read on its whole context."""
    return [reader.score(item.question, [(item.title, item.context)])[0] for item in items]


def quick_look(reader: SpanReader, items: Sequence[Example]) -> dict[str, float]:
    """EM and F1 on the answerable of some examples, AUROC of relevance and margin on all; 0 to 1."""
    scored = read_whole(reader, items)
    pairs = list(zip(items, scored, strict=True))
    given = [(item.context[s.start : s.end], item.answers) for item, s in pairs if item.spans]
    found = {
        "em": sum(best(exact, text, golds) for text, golds in given) / len(given),
        "f1": sum(best(f1, text, golds) for text, golds in given) / len(given),
    }
    for name in ("relevance", "margin"):
        yes = [getattr(s, name) for item, s in pairs if item.spans]
        no = [getattr(s, name) for item, s in pairs if not item.spans]
        found[f"auroc_{name}"] = auroc(yes, no)
    return {key: round(value, 4) for key, value in found.items()}
