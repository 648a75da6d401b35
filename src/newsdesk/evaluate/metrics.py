"""The metrics: names, directions, definitions. The formulas stand in the modules named by each group."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Literal

from newsdesk.errors import BadInput
from newsdesk.evaluate.retrieval import CUTOFFS

Group = Literal["answers", "citations", "knowing", "articles", "passages", "cost"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. ``share``: it lies between 0 and 1; ``higher``: higher is better."""

    name: str
    group: Group
    label: str
    meaning: str
    share: bool = True
    higher: bool = True
    per_question: bool = True


def _ranking(group: Group, prefix: str, thing: str) -> list[Metric]:
    """The measures of a ranking: ``thing`` is what is looked for, ``prefix`` goes before the names."""
    meanings = {f"recall@{k}": ("Recall", f"share of the {thing} among the first {k}") for k in CUTOFFS}
    meanings |= {f"hit@{k}": ("Hit", f"share of questions with one of the {thing} in the first {k}") for k in CUTOFFS}
    meanings["mrr@10"] = ("MRR", f"mean of 1 / place of the first of the {thing}, 0 beyond 10")
    meanings["ndcg@10"] = ("nDCG", f"discounted gain of the {thing} in the first 10, as a share of the best")
    meanings["map"] = ("MAP", f"mean precision at the places of the {thing}")
    made = []
    for name, (title, meaning) in meanings.items():
        label = title + name[name.index("@") :] if "@" in name else title
        made.append(Metric(prefix + name, group, f"Passage {label}" if prefix else label, meaning))
    return made


_ALL = [
    Metric(
        "correct",
        "answers",
        "Correct",
        "share of answerable questions answered rightly (F1 at least .5 or contained)",
    ),
    Metric("em", "answers", "Exact match", "share of answers equal to a gold answer after SQuAD's normalisation"),
    Metric("f1", "answers", "F1", "token overlap with the nearest gold answer (SQuAD)"),
    Metric("contains", "answers", "Contains gold", "share of written answers in which a gold answer stands"),
    Metric(
        "judged",
        "answers",
        "Judged right",
        "share of answers that a chat model judged right (off by default)",
    ),
    Metric(
        "rewrite_f1",
        "answers",
        "Rewriting F1",
        "token overlap of the rewritten follow-up with the one written by hand",
    ),
    Metric(
        "citation_valid",
        "citations",
        "Citations that hold",
        "share of citations equal to their place, byte for byte",
    ),
    Metric(
        "citation_article_precision",
        "citations",
        "Article precision",
        "share of the cited articles that are gold",
    ),
    Metric(
        "citation_quote_precision",
        "citations",
        "Quote precision",
        "share of quotes with gold evidence or a gold answer",
    ),
    Metric("citation_recall", "citations", "Article recall", "share of the gold articles that are cited"),
    Metric("citation_coverage", "citations", "Sentences cited", "share of answer sentences with a citation"),
    Metric(
        "decline_precision",
        "knowing",
        "Declining: precision",
        "share of declined questions that have no answer",
        per_question=False,
    ),
    Metric(
        "decline_recall",
        "knowing",
        "Declining: recall",
        "share of questions without an answer that are declined",
        per_question=False,
    ),
    Metric("decline_f1", "knowing", "Declining: F1", "harmonic mean of the two", per_question=False),
    Metric(
        "auroc",
        "knowing",
        "AUROC",
        "chance that a right answer has more confidence than a wrong one",
        per_question=False,
    ),
    Metric(
        "auroc_answerable",
        "knowing",
        "AUROC, answerable",
        "chance that a question with an answer has more confidence than one without",
        per_question=False,
    ),
    Metric(
        "ece",
        "knowing",
        "ECE",
        "mean gap of confidence and correctness, 10 bins",
        higher=False,
        per_question=False,
    ),
    Metric(
        "aurc",
        "knowing",
        "AURC",
        "mean error over all shares of questions answered, surest first",
        higher=False,
        per_question=False,
    ),
    *_ranking("articles", "", "gold articles"),
    *_ranking("passages", "passage_", "gold quotes"),
    Metric(
        "latency_p50_ms",
        "cost",
        "Latency, median",
        "milliseconds a question",
        share=False,
        higher=False,
        per_question=False,
    ),
    Metric(
        "latency_p95_ms",
        "cost",
        "Latency, p95",
        "milliseconds a question",
        share=False,
        higher=False,
        per_question=False,
    ),
    Metric(
        "latency_max_ms",
        "cost",
        "Latency, longest",
        "milliseconds a question",
        share=False,
        higher=False,
        per_question=False,
    ),
    Metric(
        "questions_per_second",
        "cost",
        "Questions a second",
        "over the whole run",
        share=False,
        per_question=False,
    ),
    Metric(
        "peak_memory_mb",
        "cost",
        "Peak memory",
        "largest resident size of the process, MB",
        share=False,
        higher=False,
        per_question=False,
    ),
]
METRICS = {metric.name: metric for metric in _ALL}
"""All metrics by name, in the order of the report."""
HEADLINES = (
    "correct",
    "em",
    "f1",
    "citation_valid",
    "citation_quote_precision",
    "citation_recall",
    "decline_f1",
    "auroc",
    "ece",
    "recall@5",
    "mrr@10",
    "ndcg@10",
)
"""The metrics that a comparison judges; few, so that chance alone seldom makes one stand out."""


@dataclass(frozen=True, slots=True)
class Minimum:
    """What a run must reach; for a metric where lower is better, the most it may be."""

    metric: Metric
    value: float

    def met(self, value: float | None) -> bool:
        """Whether ``value`` is good enough; a metric that could not be measured is not."""
        if value is None:
            return False
        return value >= self.value if self.metric.higher else value <= self.value


def metric(name: str) -> Metric:
    """The metric of that name. Raises BadInput that names the near ones for an unknown name."""
    if name in METRICS:
        return METRICS[name]
    near = difflib.get_close_matches(name.lower(), METRICS, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Known are: {', '.join(METRICS)}."
    raise BadInput(f"There is no metric {name!r}. {hint}")


def minimum(text: str) -> Minimum:
    """Read ``METRIC=VALUE``. Raises BadInput if it is not that, or the value is out of range."""
    name, mark, value = text.partition("=")
    if not mark:
        raise BadInput(f"--min {text}: write it as METRIC=VALUE, for instance --min f1=0.6.")
    found = metric(name.strip())
    try:
        number = float(value)
    except ValueError:
        raise BadInput(f"--min {text}: {value!r} is not a number.") from None
    if not 0 <= number <= (1 if found.share else float("inf")):
        raise BadInput(f"--min {text}: {found.name} lies between 0 and {'1' if found.share else 'infinity'}.")
    return Minimum(found, number)
