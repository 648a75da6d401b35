"""What a running server works with: the assistant, and what it keeps and does beside answering.

The API and the page are given the same desk, so that what one begins the other shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from ingest import pipeline
from newsdesk.assistant import Assistant
from newsdesk.conversations import Conversations, open_conversations
from newsdesk.evaluate.runs import Evaluations
from newsdesk.types import Article


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts that the API and the page share."""

    assistant: Assistant
    conversations: Conversations
    evaluations: Evaluations


@contextmanager
def open_desk(assistant: Assistant) -> Iterator[Desk]:
    """The desk over an assistant; at the end everything in work is stopped where it can be gone on with."""
    home = assistant.settings.home

    def bring(articles: Sequence[Article]) -> None:
        pipeline.add(articles, assistant.archive, assistant.vectors, assistant.embedder)

    with (
        open_conversations(home) as conversations,
        closing(Evaluations(assistant, home, bring)) as evaluations,
    ):
        yield Desk(assistant, conversations, evaluations)
