"""The reader's model: a small BERT over question and passage, and spans of its tokens as places in the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from tokenizers import Encoding, Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from newsdesk.sentences import sentences

MAX_TOKENS = 448
"""Longest input; what does not fit of a passage (only unusual scripts reach this) is not read."""
PAD_TO = 16
"""Widths are padded to a multiple of this, as the embedder's are and for its reason: few shapes, memory that stays."""
MAX_TITLE = 160
"""Code points of the title that are read."""
MAX_SPAN = 30
"""Tokens of the longest answer."""
SPANS = 2
"""Spans that are read in one passage, each in a sentence of its own."""
LEAST = torch.finfo(torch.float32).min
"""The logit of what cannot be."""
_BREAK = re.compile(r"\n\s*\n")
_SURROGATE = re.compile("[\ud800-\udfff]")
_EDGES = " \t\r\n\v\f\u00a0\u200b\"'“”‘’«»`,;:.!?…-–—"
_CLOSERS = {")": "(", "]": "["}


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


def bert_config(encoder: dict[str, Any]) -> BertConfig:
    """The encoder's shape; eager attention, which is the quickest at these lengths on a CPU."""
    options: dict[str, Any] = {**encoder, "attn_implementation": "eager"}
    return BertConfig(**options)


class Batch(NamedTuple):
    """Tensors ``(batch, tokens)`` for the model, and in which part of its passage each token is (0: in none)."""

    input_ids: Tensor
    attention_mask: Tensor
    token_type_ids: Tensor
    parts: Tensor


Forward = Callable[[Batch], Output]
"""A pass through the model."""


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


def sentence_numbers(encoding: Encoding, mask: Sequence[bool], lead: int, text: str) -> list[int]:
    """For each token the number of the passage's sentence it is in, from 1; 0 outside the passage."""
    ends = {end for _, end in sentences(text)} | {found.start() for found in _BREAK.finditer(text)}
    breaks = sorted(lead + end for end in ends)
    return [
        1 + bisect_right(breaks, offset[0]) if inside else 0
        for offset, inside in zip(encoding.offsets, mask, strict=True)
    ]


def collate(encodings: Sequence[Encoding], parts: Sequence[Sequence[int]]) -> Batch:
    """Pad inputs to the longest of them, and that to a multiple of PAD_TO."""
    return Batch(
        _padded([e.ids for e in encodings]),
        _padded([e.attention_mask for e in encodings]),
        _padded([e.type_ids for e in encodings]),
        _padded(parts),
    )


def padded_width(lengths: Iterable[int]) -> int:
    """The width in which inputs of these lengths are read together."""
    return -(-max(lengths) // PAD_TO) * PAD_TO


def _padded(rows: Sequence[Sequence[int]]) -> Tensor:
    width = padded_width(map(len, rows))
    return torch.tensor([[*row, *[0] * (width - len(row))] for row in rows], dtype=torch.long)


class Spans(NamedTuple):
    """A span of each passage in a batch, all ``(batch,)``: its first and last token, and how likely it is."""

    first: Tensor
    last: Tensor
    margin: Tensor
    log_probability: Tensor
    score: Tensor


def best_spans(output: Output, parts: Tensor, most: int = SPANS) -> list[Spans]:
    """The best span of each passage, then the best in another part of it, and so on.

    A span lies within one part. The score of no answer is that of ``[CLS]``. Where a passage has fewer parts,
    the log-probability is ``LEAST``.
    """
    likely = log_probabilities(output, parts)
    rows, width = torch.arange(len(parts)), parts.shape[1]
    found = []
    for _ in range(most):
        log_probability, at = likely.flatten(1).max(-1)
        first, last = at // width, at % width
        score = output.start[rows, first] + output.end[rows, last]
        margin = score - output.start[:, 0] - output.end[:, 0]
        found.append(Spans(first, last, margin, log_probability, score))
        taken = parts == parts[rows, first][:, None]
        likely = likely.masked_fill(taken[:, :, None], LEAST)
    return found


def log_probabilities(output: Output, parts: Tensor) -> Tensor:
    """Of each span among its passage's, by first and last token ``(batch, tokens, tokens)``."""
    start = output.start.masked_fill(parts == 0, LEAST).log_softmax(-1)
    end = output.end.masked_fill(parts == 0, LEAST).log_softmax(-1)
    width = parts.shape[1]
    band = torch.ones(width, width, dtype=torch.bool).triu().tril(MAX_SPAN - 1)
    possible = band & (parts[:, :, None] == parts[:, None, :]) & (parts > 0)[:, :, None]
    return (start[:, :, None] + end[:, None, :]).masked_fill(~possible, LEAST)


def words_around(encoding: Encoding, first: int, last: int) -> tuple[int, int]:
    """Offsets of the whole words that the tokens from ``first`` to ``last`` lie in."""
    words = encoding.word_ids
    while words[first - 1] == words[first] and encoding.sequence_ids[first - 1] == 1:
        first -= 1
    while words[last + 1] == words[last] and encoding.sequence_ids[last + 1] == 1:
        last += 1
    return encoding.offsets[first][0], encoding.offsets[last][1]


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
