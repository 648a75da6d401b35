"""How a question ended, and if wrongly, at which step it was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsdesk.evaluate.records import Record

OUTCOMES = {
    "right": "answered rightly",
    "rightly_declined": "rightly declined: there is no answer",
    "retrieved": "a gold article was retrieved (no answer to compare with)",
    "not_retrieved": "not retrieved: no gold article in the ranking",
    "not_chosen": "retrieved but not chosen: the answer stands on another article",
    "wrong_span": "wrong span: the right article, but not the right words",
    "wrongly_declined": "wrongly declined: retrieved, but held to be unanswerable",
    "wrongly_answered": "wrongly answered: there is no answer",
    "error": "an error was raised",
}
"""Every way to end, with its meaning; in the order in which a question can be lost."""
GOOD = ("right", "rightly_declined", "retrieved")


def outcome(record: Record) -> str:
    """The way a question ended: the first step at which it was lost, or that it was not."""
    if record["error"] is not None:
        return "error"
    if not record["answerable"]:
        return "wrongly_answered" if record["answered"] else "rightly_declined"
    if not record["answers"]:
        return "retrieved" if _retrieved(record) else "not_retrieved"
    if record["scores"].get("correct") == 1.0:
        return "right"
    return _lost(record)


def _lost(record: Record) -> str:
    if not _retrieved(record):
        return "not_retrieved"
    if not record["answered"]:
        return "wrongly_declined"
    if record["articles"]:
        chosen = any(citation["gold"] for citation in record["citations"])
    else:
        chosen = any(citation["supports"] for citation in record["citations"])
    return "wrong_span" if chosen else "not_chosen"


def _retrieved(record: Record) -> bool:
    """Whether a gold article, or where none is known a passage with the answer, is in the ranking."""
    if record["articles"]:
        return bool(set(record["articles"]) & set(record["ranking"]))
    return any(passage["covers"] for passage in record["retrieved"])
