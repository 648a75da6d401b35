"""The parts put together: settings → archive, vectors, embedder, reader → the chain."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from newsdesk.archive import Archive, open_archive
from newsdesk.batching import Common
from newsdesk.chain import Chain, build_chain
from newsdesk.models import Embedder, load_embedder
from newsdesk.reader import Reader, load_reader
from newsdesk.retrieve import Retriever
from newsdesk.settings import Settings
from newsdesk.types import Event, Question
from newsdesk.vectors import Vectors, open_vectors
from newsdesk.written import load_writer


@dataclass(frozen=True, slots=True)
class Assistant:
    """Everything that the page, the API, the command line and the evaluation work with."""

    settings: Settings
    archive: Archive
    vectors: Vectors
    embedder: Embedder
    reader: Reader
    retriever: Retriever
    chain: Chain

    def stream(self, question: Question) -> Generator[Event, None, None]:
        """The steps of the chain as they begin and end, the words of a chat model, and the answer last.

        The answer is the one that ``chain.invoke`` gives. Closing the iterator stops the work, a chat model's too; it
        takes effect with the next event. Raises BadInput for what is no question.
        """
        return self.chain.events(question)

    def describe(self) -> dict[str, str]:
        """What answers: the engine and its models, each with its weights' checksum."""
        return {
            "engine": self.settings.model or "extractive",
            "embedder": self.embedder.name,
            "reader": self.reader.name,
        }


@contextmanager
def open_assistant(settings: Settings) -> Iterator[Assistant]:
    """Open the data folder and load the models. Raises InUse, Mismatch, BadInput: each says what to do."""
    with open_archive(settings) as archive, open_vectors(settings) as vectors:
        embedder = load_embedder(settings.embedding_model)
        archive.hold_to_model(embedder.name)
        reader = load_reader(through=Common if settings.batching else None)
        writer = load_writer(settings.model) if settings.model else None
        retriever = Retriever(archive, vectors, embedder)
        chain = build_chain(retriever, reader, settings.threshold, writer)
        yield Assistant(settings, archive, vectors, embedder, reader, retriever, chain)
