"""An ingest in a process of its own, to be killed: ``python -m tests.killable HOME FOLDER``. Imports little."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ingest.pipeline import ingest
from newsdesk.archive import open_archive
from newsdesk.settings import Settings
from newsdesk.vectors import Vectors32, open_vectors


class QuickEmbedder:
    """Gives the same text the same vector, and nothing more."""

    name = "quick"

    def embed(self, texts: Sequence[str]) -> Vectors32:
        """Vectors (n x 16) of unit length."""
        rows = [np.random.default_rng(zlib.crc32(text.encode())).normal(size=16) for text in texts]
        return np.asarray([row / np.linalg.norm(row) for row in rows], dtype=np.float32)


def main(home: Path, folder: str) -> None:
    """Say "open" once the archive is open, then ingest the folder."""
    settings = Settings(home=home)
    with open_archive(settings) as archive, open_vectors(settings) as vectors:
        sys.stdout.write("open\n")
        sys.stdout.flush()
        ingest([folder], archive, vectors, QuickEmbedder(), lambda _: None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
