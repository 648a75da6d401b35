"""A run in a few sentences, for the top of the report and of the terminal."""

from __future__ import annotations

from newsdesk.evaluate.comparison import Comparison
from newsdesk.evaluate.metrics import METRICS
from newsdesk.evaluate.outcomes import GOOD, OUTCOMES
from newsdesk.evaluate.results import Result

FEW = 50
"""Questions below which a reader is told that the intervals are wide."""


def headline(result: Result) -> str:
    """How many questions ended well."""
    counts = result.outcomes[""]
    total = sum(counts.values())
    well = sum(counts.get(name, 0) for name in GOOD)
    parts = [f"{counts[name]:,} {OUTCOMES[name].split(':')[0]}" for name in GOOD if counts.get(name)]
    detail = f": {', '.join(parts)}" if len(parts) > 1 else ""
    return f"{well:,} of {total:,} questions ended well ({share(well, total)}){detail}."


def verdict(result: Result, comparison: Comparison | None = None) -> list[str]:
    """What else a reader must know, one sentence each: losses, citations, declining, confidence, change."""
    sentences = [_losses(result), _citations(result), _declining(result), _confidence(result)]
    if comparison is not None:
        sentences.append(_change(comparison))
    total = sum(result.outcomes[""].values())
    if total < FEW:
        sentences.append(f"With {_count(total, 'question')} the intervals are wide: take no small difference for real.")
    return [sentence for sentence in sentences if sentence]


def share(part: int, whole: int) -> str:
    """A percentage that is 100% only if nothing is missing, and 0% only if nothing is there."""
    percent = 100 * part / whole if whole else 0.0
    if 0 < part < whole:
        percent = min(max(percent, 0.1), 99.9)
        return f"{percent:.1f}%" if percent < 1 or percent > 99 else f"{percent:.0f}%"
    return f"{percent:.0f}%"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _losses(result: Result) -> str:
    counts = {name: result.outcomes[""].get(name, 0) for name in OUTCOMES if name not in GOOD}
    lost = [f"{count:,} {OUTCOMES[name].split(':')[0]}" for name, count in _falling(counts) if count]
    return f"Lost: {', '.join(lost)}." if lost else ""


def _falling(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: -item[1])


def _citations(result: Result) -> str:
    citations = [citation for record in result.questions for citation in record["citations"]]
    if not citations:
        return "Nothing was cited."
    broken = sum(not citation["holds"] for citation in citations)
    total = _count(len(citations), "citation")
    if broken:
        return f"{broken:,} of {total} {'does' if broken == 1 else 'do'} not hold: the quote is not at its place."
    said = "The one citation holds" if len(citations) == 1 else f"All {total} hold"
    support = result.value("citation_quote_precision")
    return (
        said + " byte for byte" + (f"; {support:.0%} of the quotes carry the answer." if support is not None else ".")
    )


def _declining(result: Result) -> str:
    without = [record for record in result.questions if not record["answerable"]]
    if not without:
        return ""
    caught = sum(record["outcome"] == "rightly_declined" for record in without)
    wrongly = sum(
        not record["answered"] and record["error"] is None for record in result.questions if record["answerable"]
    )
    return (
        f"Of {_count(len(without), 'question')} without an answer {caught} "
        f"{'was' if caught == 1 else 'were'} declined, and of those with one {wrongly}."
    )


def _confidence(result: Result) -> str:
    known = [
        f"{METRICS[name].label} {result.figures[name].value:.2f}" for name in ("auroc", "ece") if name in result.figures
    ]
    return f"Confidence: {', '.join(known)}." if known else ""


def _change(comparison: Comparison) -> str:
    changes = [
        f"{METRICS[name].label} {change.difference.before:.3f} → {change.difference.after:.3f} ({change.verdict})"
        for name, change in comparison.changes.items()
        if change.verdict
    ]
    counts = f"{len(comparison.fixed)} fixed, {len(comparison.broken)} broken, {len(comparison.moved)} moved"
    sure = "; ".join(changes) if changes else "no headline metric changed beyond chance"
    return f"Against the run of {comparison.about['created'][:10]}: {sure}; {counts}."
