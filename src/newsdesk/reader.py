"""The reader: question and passage, read together, give the answer's span, and how sure it is.

A small BERT (the size of MiniLM) reads ``[CLS] question [SEP] title. passage [SEP]``. Its weights ship with
the package and are loaded without any network; ``training/`` says how they were made.
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors.torch import load_file
from tokenizers import Encoding, Tokenizer

from newsdesk.errors import NewsdeskError
from newsdesk.span_model import (
    LEAST,
    Batch,
    Forward,
    Output,
    SpanModel,
    Spans,
    bert_config,
    best_spans,
    clean,
    collate,
    encode,
    load_tokenizer,
    passage_mask,
    sentence_numbers,
    trim,
    words_around,
)
from newsdesk.types import Hit

MODEL_DIR = Path(__file__).parent / "reader_model"
"""Where the shipped weights, tokenizer, configuration and model card lie."""
MAX_QUESTION = 64
"""Tokens of the question that are read."""
NEARBY = 30
"""Tokens on either side of a span that are near it."""
BATCH = 8
"""Passages in one pass. On two cores, in turns: 12 passages of the seeds take 250 ms (in passes of 4 247, of up to 16
272), and eight who ask at once get 3.8 answers a second (of 4 3.5, of 16 4.0)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found in a hit: a span, ``article.text[start:end]``.

    ``relevance`` orders passages for the question; higher is better. ``confidence`` is the calibrated
    probability (0 to 1) that the span answers the question.
    """

    hit: Hit
    start: int
    end: int
    relevance: float
    confidence: float


class Reader(Protocol):
    """Whoever can read hits for a question."""

    name: str
    threshold: float
    """Least confidence at which to answer, chosen on the split that the model card names."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """Readings, surest first; ``hits`` come best first. A hit has one or more, in different sentences."""
        ...


@dataclass(frozen=True, slots=True)
class Scored:
    """A span of one passage in offsets of its text, with the raw scores it was chosen by."""

    start: int
    end: int
    relevance: float
    """Logit of the passage's holding an answer."""
    margin: float
    """How far the span's score is above the score of no answer."""
    log_probability: float
    """Of the span among the passage's spans."""
    score: float
    """Start and end logit of the span, comparable among the passages of a question."""
    coverage: float
    """Share of the question's words, rare ones weighing more, that stand in title or passage; 0 to 1."""
    nearby: float
    """The same within ``NEARBY`` tokens of the span."""

    @property
    def features(self) -> tuple[float, ...]:
        """What confidence is calculated from."""
        return (
            self.relevance,
            self.margin,
            self.log_probability,
            self.score,
            self.coverage,
            self.nearby,
        )


NOTHING = Scored(0, 0, -20.0, -20.0, -20.0, -20.0, 0.0, 0.0)
"""What is read in a passage without words."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression from a span's scores to the probability that it answers the question."""

    weights: tuple[float, ...]
    """Of ``Scored.features``, and last of the logarithm of the passage's place in the search."""
    bias: float
    threshold: float
    """Least confidence at which to answer."""

    def logit(self, found: Scored, place: int = 1) -> float:
        """The log-odds that the span answers the question; ``place`` is its passage's in the search, from 1."""
        features = (*found.features, math.log(place))
        return self.bias + sum(w * x for w, x in zip(self.weights, features, strict=True))

    def confidence(self, found: Scored, place: int = 1) -> float:
        """The probability that the span answers the question; 0 where nothing was found."""
        return _sigmoid(self.logit(found, place)) if found.start < found.end else 0.0


def rarity(token: int) -> float:
    """How much a token says: BERT's vocabulary is ordered by frequency, the commonest words before 2150."""
    return math.log1p(max(token - 2150, 0) / 100)


def coverage(encoding: Encoding, first: int, last: int) -> float:
    """Share of the question's tokens, weighed by rarity, that stand between two tokens outside the question."""
    tokens = list(zip(encoding.ids, encoding.sequence_ids, strict=True))
    asked = {token: rarity(token) for token, part in tokens if part == 0}
    here = {token for token, part in tokens[max(first, 0) : last + 1] if part == 1}
    whole = sum(asked.values())
    return sum(weight for token, weight in asked.items() if token in here) / whole if whole else 0.0


class SpanReader:
    """The shipped reader. Safe to call from several threads; one passes through the model at a time."""

    def __init__(
        self,
        model: SpanModel,
        tokenizer: Tokenizer,
        calibration: Calibration,
        name: str,
        through: Callable[[Forward], Forward] | None = None,
    ):
        self.name = name
        self.threshold = calibration.threshold
        self.calibration = calibration
        self._tokenizer = tokenizer
        self._question_tokenizer = Tokenizer.from_str(tokenizer.to_str())
        self._question_tokenizer.enable_truncation(MAX_QUESTION)
        self._dtype = torch.bfloat16 if _fast_bfloat16() else torch.float32
        self._model = model.to(self._dtype).eval()
        self._lock = threading.Lock()
        self._forward = through(self._pass) if through else self._alone

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """Readings, surest first; those of equal confidence keep the order of their hits."""
        scored = self.score(question, [(hit.title, hit.text) for hit in hits])
        readings = [
            self._reading(hit, found, place)
            for place, (hit, spans) in enumerate(zip(hits, scored, strict=True), start=1)
            for found in spans
        ]
        return sorted(readings, key=lambda reading: -reading.confidence)

    def score(self, question: str, passages: Sequence[tuple[str, str]]) -> list[list[Scored]]:
        """The best spans of each passage, given as title and text, in their order; each has one at least."""
        question = self._shortened(question)
        inputs = [encode(self._tokenizer, question, title, text) for title, text in passages]
        parts = [
            sentence_numbers(encoding, passage_mask(encoding, lead), lead, text)
            for (encoding, lead), (_, text) in zip(inputs, passages, strict=True)
        ]
        found = [[NOTHING] for _ in passages]
        order = sorted((i for i, part in enumerate(parts) if any(part)), key=lambda i: len(parts[i]))
        for at in range(0, len(order), BATCH):
            some = order[at : at + BATCH]
            batch = collate([inputs[i][0] for i in some], [parts[i] for i in some])
            output = self._forward(batch)
            spans = best_spans(output, batch.parts)
            for row, i in enumerate(some):
                relevance = float(output.relevance[row])
                likely = [one for one in spans if one.log_probability[row] > LEAST]
                found[i] = [_scored(one, row, relevance, *inputs[i], passages[i][1]) for one in likely]
        return found

    def _alone(self, batch: Batch) -> Output:
        with self._lock:
            return self._pass(batch)

    def _pass(self, batch: Batch) -> Output:
        with torch.inference_mode():
            output: Output = self._model(batch.input_ids, batch.attention_mask, batch.token_type_ids)
            return output

    def _shortened(self, question: str) -> str:
        offsets = self._question_tokenizer.encode(clean(question)).offsets
        return question[: max((end for _, end in offsets), default=0)]

    def _reading(self, hit: Hit, found: Scored, place: int) -> Reading:
        confidence = self.calibration.confidence(found, place)
        return Reading(hit, hit.start + found.start, hit.start + found.end, found.relevance, confidence)


def _scored(spans: Spans, row: int, relevance: float, encoding: Encoding, lead: int, text: str) -> Scored:
    first, last = int(spans.first[row]), int(spans.last[row])
    start, end = words_around(encoding, first, last)
    return Scored(
        *trim(text, max(start - lead, 0), max(end - lead, 0)),
        relevance=relevance,
        margin=float(spans.margin[row]),
        log_probability=float(spans.log_probability[row]),
        score=float(spans.score[row]),
        coverage=coverage(encoding, 0, len(encoding)),
        nearby=coverage(encoding, first - NEARBY, last + NEARBY),
    )


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-max(min(logit, 30.0), -30.0)))


def _fast_bfloat16() -> bool:
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def read_config(folder: Path) -> dict[str, Any]:
    """The reader's ``config.json``: name, ``encoder``, ``calibration``."""
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NewsdeskError(
            f"There is no reader in {folder} ({error}). Reinstall newsdesk, or name another folder."
        ) from error
    return config


def load_reader(folder: Path = MODEL_DIR, through: Callable[[Forward], Forward] | None = None) -> SpanReader:
    """Load the reader from a folder (by default the shipped one). Takes about a second; keep what it returns.

    Where ``through`` is given, every pass goes through what it makes of the model's own, from several threads.
    Raises NewsdeskError where the folder holds no whole reader.
    """
    config = read_config(folder)
    try:
        model = SpanModel(bert_config(config["encoder"]))
        model.load_state_dict({k: v.float() for k, v in load_file(folder / "model.safetensors").items()})
        given = config["calibration"]
        calibration = Calibration(tuple(given["weights"]), given["bias"], given["threshold"])
        return SpanReader(model, load_tokenizer(folder), calibration, config["name"], through)
    except (OSError, KeyError, RuntimeError, ValueError) as error:
        raise NewsdeskError(
            f"The reader in {folder} cannot be loaded ({error}). Reinstall newsdesk, or name another folder."
        ) from error
