"""What a running server works with: the assistant, and what it keeps and does beside answering.

The API and the page are given the same desk, so that what one begins the other shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

from ingest import pipeline
from ingest.jobs import Jobs
from newsdesk.asking import Line
from newsdesk.assistant import Assistant
from newsdesk.conversations import Conversations, open_conversations
from newsdesk.evaluate.runs import Evaluations
from newsdesk.inbox import Inbox
from newsdesk.metrics import Measured, Metrics
from newsdesk.types import Article


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts that the API and the page share."""

    assistant: Assistant
    line: Line
    jobs: Jobs
    inbox: Inbox
    conversations: Conversations
    evaluations: Evaluations
    metrics: Metrics


@contextmanager
def open_desk(assistant: Assistant) -> Iterator[Desk]:
    """The desk over an assistant, going on with what an earlier server was handed and did not finish.

    At the end questions in work are answered; ingests and evaluations are stopped where they can be gone on with.
    """
    settings, metrics = assistant.settings, Metrics()
    measured = replace(assistant, chain=Measured(assistant.chain, metrics))

    def bring(articles: Sequence[Article]) -> None:
        pipeline.add(articles, assistant.archive, assistant.vectors, assistant.embedder)

    with (
        open_conversations(settings.home) as conversations,
        closing(Evaluations(assistant, settings.home, bring)) as evaluations,
        closing(Jobs(assistant.archive, assistant.vectors, assistant.embedder, settings)) as jobs,
        closing(Inbox(settings.home, jobs)) as inbox,
        closing(Line(measured.stream, settings.at_once, settings.waiting, settings.time_limit)) as line,
    ):
        jobs.finish()
        inbox.resume()
        metrics.watch("questions_in_work", "Questions of the API in work or waiting", lambda: line.inside)
        metrics.watch("questions_waiting", "Questions of the API that wait", lambda: line.waiting)
        metrics.watch("articles", "Articles in the archive", assistant.archive.count)
        yield Desk(measured, line, jobs, inbox, conversations, evaluations, metrics)
