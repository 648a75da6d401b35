"""Tests against real servers. Plain ``pytest`` passes them over; ``pytest tests/model`` runs them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import langchain_openai  # noqa: F401  -- takes seconds to load, which is no part of any answer
import pytest

from newsdesk.archive import Archive
from newsdesk.models import embedding_text
from newsdesk.retrieve import Retriever
from newsdesk.types import Article, Hit
from newsdesk.vectors import Vectors
from tests.conftest import WordEmbedder, put
from tests.model.peer import Peer

KEY = "sk-test-3f9c1e7a5b2d4086"
"""What stands for a key; it must never be seen again."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = any("model" in Path(argument.split("::")[0]).parts for argument in config.args)
    return None if asked else True


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    """A server that speaks the OpenAI protocol by script, and the environment that leads to it."""
    with Peer() as peer:
        monkeypatch.setenv("OPENAI_BASE_URL", peer.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield peer


@pytest.fixture
def hits() -> tuple[Hit, ...]:
    texts = [
        "The ferry ran aground at noon on Monday. Twelve people were hurt, the coastguard said. It floats again.",
        "Seventeen people were hurt when the ferry struck the reef, the Herald has learned.",
    ]
    return tuple(
        Hit(
            f"a{n}",
            "Ferry aground",
            None,
            ("Courier", "Herald")[n],
            date(2031, 5, 4 + n),
            10,
            10 + len(text),
            text,
            1.0,
        )
        for n, text in enumerate(texts)
    )


@pytest.fixture
def retriever(archive: Archive, vectors: Vectors) -> Retriever:
    """A real store with two articles on the same ferry."""
    ferry = "Rain fell. The ferry ran aground at noon. Twelve people were hurt, the coastguard said. It floats again."
    reef = "Seventeen people were hurt when the ferry struck the reef, the Herald has learned."
    put(
        archive,
        Article("ferry", ferry, "Ferry aground", publisher="Courier", published=date(2031, 5, 4)),
        Article("reef", reef, "Ferry on the reef", publisher="Herald", published=date(2031, 5, 5)),
    )
    embedder = WordEmbedder()
    batch = archive.pending(10)
    vectors.put(batch, embedder.embed([embedding_text(passage) for passage in batch]))
    return Retriever(archive, vectors, embedder)
