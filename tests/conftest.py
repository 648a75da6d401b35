"""What many tests need: a real store in a temporary folder, and small models with a meaning of their own."""

from __future__ import annotations

import re
import shutil
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples

from ingest.command import run as run_ingest
from ingest.split import split
from newsdesk.archive import Archive
from newsdesk.assistant import Assistant
from newsdesk.chain import build_chain
from newsdesk.desk import Desk, open_desk
from newsdesk.reader import Reading
from newsdesk.retrieve import Retriever
from newsdesk.settings import Settings
from newsdesk.types import Article, Hit
from newsdesk.vectors import Vectors, Vectors32, open_vectors

SEEDS = Path(__file__).parent.parent / "seeds"
REAL_ARTICLE = "000_659fbcd3d4add74c"

# Other processes may have the processor: how long an example takes says nothing of what it shows.
examples.register_profile("newsdesk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("newsdesk")


class WordEmbedder:
    """Texts that share words are near each other: enough meaning to test a store with, made in no time."""

    name = "words"

    def embed(self, texts: Sequence[str]) -> Vectors32:
        vectors = np.full((len(texts), 512), 1e-6, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, zlib.crc32(word.encode()) % 512] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


class WordReader:
    """Takes for the answer the first words of the passage that shares most words with the question."""

    name = "words"
    threshold = 0.5

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        asked = set(re.findall(r"\w+", question.lower()))
        readings = []
        for hit in hits:
            share = len(asked & set(re.findall(r"\w+", hit.text.lower()))) / max(len(asked), 1)
            end = hit.start + len(" ".join(hit.text.split(" ")[:3]))
            readings.append(Reading(hit, hit.start, end, share, share))
        return sorted(readings, key=lambda reading: -reading.relevance)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def archive(settings: Settings) -> Iterator[Archive]:
    archive = Archive(settings.home / "archive.sqlite")
    yield archive
    archive.close()


@pytest.fixture
def vectors(settings: Settings) -> Iterator[Vectors]:
    with open_vectors(settings) as vectors:
        yield vectors


def put(archive: Archive, *articles: Article) -> None:
    """Store articles as the pipeline does, without vectors."""
    for article in articles:
        archive.put(article, split(article))


@pytest.fixture
def assistant(settings: Settings, archive: Archive, vectors: Vectors) -> Assistant:
    """An assistant over an empty real store, with the small models of this file."""
    embedder, reader = WordEmbedder(), WordReader()
    retriever = Retriever(archive, vectors, embedder)
    chain = build_chain(retriever, reader)
    return Assistant(settings, archive, vectors, embedder, reader, retriever, chain)


@pytest.fixture
def desk(assistant: Assistant) -> Iterator[Desk]:
    """The desk of that assistant."""
    with open_desk(assistant) as desk:
        yield desk


@pytest.fixture(scope="session")
def ingested_seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the seed articles, made once with the real embedder. Not to be opened: see seed_home."""
    home = tmp_path_factory.mktemp("seeds")
    assert run_ingest([SEEDS / "articles"], Settings(home=home)) == 0
    return home


@pytest.fixture
def seed_home(ingested_seeds: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own with the seed articles in it."""
    return Path(shutil.copytree(ingested_seeds, tmp_path / "seeded"))
