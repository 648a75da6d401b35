"""The reader: question and passage, read together, give the answer's span, and how sure it is.

A small BERT (the size of MiniLM) reads ``[CLS] question [SEP] title. passage [SEP]``. Its weights ship with
the package and are loaded without any network; ``training/`` says how they were made.
"""

from __future__ import annotations

import json
import math
import re
import threading
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import torch
from safetensors.torch import load_file
from tokenizers import Encoding, Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from newsdesk.errors import NewsdeskError
from newsdesk.types import Hit

MODEL_DIR = Path(__file__).parent / "reader_model"
"""Where the shipped weights, tokenizer, configuration and model card lie."""

MAX_TOKENS = 448
"""Longest input; what does not fit of a passage (only unusual scripts reach this) is not read."""
MAX_QUESTION = 64
"""Tokens of the question that are read."""
MAX_TITLE = 160
"""Code points of the title that are read."""
MAX_SPAN = 30
"""Tokens of the longest answer."""
NEARBY = 30
"""Tokens on either side of a span that are near it."""
BATCH = 16
"""Passages in one pass; more pay nothing on two cores and need more memory."""

_BREAK = re.compile(r"\n\s*\n")
_SURROGATE = re.compile("[\ud800-\udfff]")
_EDGES = " \t\r\n\v\f\u00a0\u200b\"'“”‘’«»`,;:.!?…-–—"
_CLOSERS = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found in one hit: its best span, ``article.text[start:end]``.

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
        """One reading for each hit, best first."""
        ...


class Output(NamedTuple):
    """Logits of a batch: spans ``(batch, tokens)`` each, relevance ``(batch,)``; higher is likelier."""

    start: Tensor
    end: Tensor
    relevance: Tensor


class SpanModel(nn.Module):
    """A BERT with two heads: start and end for each token, and the relevance of the whole from ``[CLS]``."""

    def __init__(self, config: BertConfig):
        super().__init__()
        self.bert = BertModel(config, add_pooling_layer=False)
        self.span = nn.Linear(config.hidden_size, 2)
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.relevance = nn.Linear(config.hidden_size, 1)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Output:
        """Read a batch; every tensor is ``(batch, tokens)``."""
        hidden = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        spans = self.span(hidden).float()
        relevance = self.relevance(torch.tanh(self.dense(hidden[:, 0]))).float()
        return Output(spans[..., 0], spans[..., 1], relevance[:, 0])


@dataclass(frozen=True, slots=True)
class Scored:
    """The best span of one passage in offsets of its text, with the raw scores it was chosen by."""

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
    """Of ``Scored.features``."""
    bias: float
    threshold: float
    """Least confidence at which to answer."""

    def logit(self, found: Scored) -> float:
        """The log-odds that the span answers the question."""
        return self.bias + sum(w * x for w, x in zip(self.weights, found.features, strict=True))

    def confidence(self, found: Scored) -> float:
        """The probability that the span answers the question; 0 where nothing was found."""
        return _sigmoid(self.logit(found)) if found.start < found.end else 0.0


def encode(tokenizer: Tokenizer, question: str, title: str, text: str) -> tuple[Encoding, int]:
    """The input for one passage, and the length of what stands before the passage's text in it."""
    lead = f"{title[:MAX_TITLE].strip()}. " if title.strip() else ""
    return tokenizer.encode(clean(question), clean(lead + text)), len(lead)


def clean(text: str) -> str:
    """Text that the tokenizer takes: lone surrogates replaced, one code point for one."""
    return _SURROGATE.sub("\ufffd", text)


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a model folder, cutting the passage, not the question, where the input is too long."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    return tokenizer


def passage_mask(encoding: Encoding, lead: int) -> list[bool]:
    """Which tokens belong to the passage itself, not to question, title or separators."""
    return [
        part == 1 and offset[0] >= lead for part, offset in zip(encoding.sequence_ids, encoding.offsets, strict=True)
    ]


def paragraphs(encoding: Encoding, mask: Sequence[bool], lead: int, text: str) -> list[int]:
    """For each token the number of the passage's paragraph it is in, from 1; 0 outside the passage."""
    breaks = [lead + found.start() for found in _BREAK.finditer(text)]
    return [
        1 + bisect_right(breaks, offset[0]) if inside else 0
        for offset, inside in zip(encoding.offsets, mask, strict=True)
    ]


def rarity(token: int) -> float:
    """How much a token says: BERT's vocabulary is ordered by frequency, the commonest words before 2150."""
    return math.log1p(max(token - 2150, 0) / 100)


def coverage(encoding: Encoding, first: int, last: int) -> float:
    """Share of the question's tokens, weighed by rarity, that stand between two tokens outside the question."""
    parts = encoding.sequence_ids
    asked = {token: rarity(token) for token, part in zip(encoding.ids, parts, strict=True) if part == 0}
    here = {encoding.ids[i] for i in range(max(first, 0), min(last + 1, len(parts))) if parts[i] == 1}
    whole = sum(asked.values())
    return sum(weight for token, weight in asked.items() if token in here) / whole if whole else 0.0


class Batch(NamedTuple):
    """Tensors ``(batch, tokens)`` for the model, and in which part of its passage each token is (0: in none)."""

    input_ids: Tensor
    attention_mask: Tensor
    token_type_ids: Tensor
    parts: Tensor


Forward = Callable[[Batch], Output]
"""A pass through the model."""


def collate(encodings: Sequence[Encoding], parts: Sequence[Sequence[int]]) -> Batch:
    """Pad inputs to the longest of them."""
    return Batch(
        _padded([e.ids for e in encodings]),
        _padded([e.attention_mask for e in encodings]),
        _padded([e.type_ids for e in encodings]),
        _padded(parts),
    )


def _padded(rows: Sequence[Sequence[int]]) -> Tensor:
    width = max(map(len, rows))
    return torch.tensor([[*row, *[0] * (width - len(row))] for row in rows], dtype=torch.long)


def best_spans(output: Output, parts: Tensor) -> tuple[Tensor, ...]:
    """For each row the best span's first and last token, and its margin, log-probability and score.

    A span lies within one part of the passage. The score of no answer is that of ``[CLS]``.
    """
    allowed = parts > 0
    least = torch.finfo(torch.float32).min
    start = output.start.masked_fill(~allowed, least).log_softmax(-1)
    end = output.end.masked_fill(~allowed, least).log_softmax(-1)
    width = start.shape[1]
    band = torch.ones(width, width, dtype=torch.bool).triu().tril(MAX_SPAN - 1)
    possible = band & (parts[:, :, None] == parts[:, None, :])
    both = (start[:, :, None] + end[:, None, :]).masked_fill(~possible, least)
    log_probability, place = both.flatten(1).max(-1)
    first, last = place // width, place % width
    rows = torch.arange(len(first))
    score = output.start[rows, first] + output.end[rows, last]
    margin = score - output.start[:, 0] - output.end[:, 0]
    return first, last, margin, log_probability, score


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without white space, quotation marks and punctuation around it."""
    while start < end and text[start] in _EDGES and not _sign(text, start):
        start += 1
    while start < end and (text[end - 1] in _EDGES or _unopened(text[start:end])):
        end -= 1
    return start, end


def _sign(text: str, offset: int) -> bool:
    return text[offset] in "-–." and text[offset + 1 : offset + 2].isdigit()


def _unopened(piece: str) -> bool:
    return piece[-1] in _CLOSERS and _CLOSERS[piece[-1]] not in piece


def words_around(encoding: Encoding, first: int, last: int) -> tuple[int, int]:
    """Offsets of the whole words that the tokens from ``first`` to ``last`` lie in."""
    words = encoding.word_ids
    while words[first - 1] == words[first] and encoding.sequence_ids[first - 1] == 1:
        first -= 1
    while words[last + 1] == words[last] and encoding.sequence_ids[last + 1] == 1:
        last += 1
    return encoding.offsets[first][0], encoding.offsets[last][1]


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
        """One reading for each hit, surest first; hits of equal confidence keep their order."""
        scored = self.score(question, [(hit.title, hit.text) for hit in hits])
        readings = [self._reading(hit, found) for hit, found in zip(hits, scored, strict=True)]
        return sorted(readings, key=lambda reading: -reading.confidence)

    def score(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Scored]:
        """The best span of each passage, given as title and text, in their order."""
        question = self._shortened(question)
        inputs = [encode(self._tokenizer, question, title, text) for title, text in passages]
        parts = [
            paragraphs(encoding, passage_mask(encoding, lead), lead, text)
            for (encoding, lead), (_, text) in zip(inputs, passages, strict=True)
        ]
        found = [NOTHING] * len(passages)
        order = sorted((i for i, part in enumerate(parts) if any(part)), key=lambda i: len(parts[i]))
        for at in range(0, len(order), BATCH):
            some = order[at : at + BATCH]
            batch = collate([inputs[i][0] for i in some], [parts[i] for i in some])
            output = self._forward(batch)
            columns = [*best_spans(output, batch.parts), output.relevance]
            for i, row in zip(some, zip(*(column.tolist() for column in columns), strict=True), strict=True):
                first, last, margin, log_probability, score, relevance = row
                encoding, lead = inputs[i]
                found[i] = Scored(
                    *_in_text(encoding, lead, passages[i][1], first, last),
                    *(relevance, margin, log_probability, score),
                    coverage(encoding, 0, len(encoding)),
                    coverage(encoding, first - NEARBY, last + NEARBY),
                )
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

    def _reading(self, hit: Hit, found: Scored) -> Reading:
        confidence = self.calibration.confidence(found)
        return Reading(hit, hit.start + found.start, hit.start + found.end, found.relevance, confidence)


def _in_text(encoding: Encoding, lead: int, text: str, first: int, last: int) -> tuple[int, int]:
    start, end = words_around(encoding, first, last)
    return trim(text, max(start - lead, 0), max(end - lead, 0))


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


def bert_config(encoder: dict[str, Any]) -> BertConfig:
    """The encoder's shape; eager attention, which is the quickest at these lengths on a CPU."""
    options: dict[str, Any] = {**encoder, "attn_implementation": "eager"}
    return BertConfig(**options)


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
