"""Groups → tensors: batches of like length, with the answers as marks on tokens."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from tokenizers import Encoding, Tokenizer
from torch import Tensor

from newsdesk.span_model import Batch, collate, encode, padded_width, passage_mask
from training.groups import Group, Material, Piece, groups_of

POOL = 1000
"""Examples that are sorted by length together."""


class Encoded(NamedTuple):
    """One input: its tokens, which are the passage's, and the answers' first and last tokens."""

    encoding: Encoding
    mask: list[bool]
    spans: list[tuple[int, int]]


class Targets(NamedTuple):
    """What the model should say: marks ``(batch, tokens)``; rows of a group share its number in ``group``."""

    starts: Tensor
    ends: Tensor
    answered: Tensor
    teaches_spans: Tensor
    group: Tensor


def encoded(tokenizer: Tokenizer, question: str, piece: Piece) -> Encoded:
    """Tokens of a question and a passage; answers that were cut off are left out."""
    encoding, lead = encode(tokenizer, question, piece.title, piece.text)
    mask = passage_mask(encoding, lead)
    spans = []
    for start, end in piece.spans:
        first = encoding.char_to_token(lead + start, 1)
        last = encoding.char_to_token(lead + end - 1, 1)
        if first is not None and last is not None and mask[first] and mask[last]:
            spans.append((first, last))
    return Encoded(encoding, mask, spans)


def lengths_at(progress: float) -> tuple[int, int]:
    """The shortest and longest passage to cut: short ones first, which are several times as quick to read."""
    if progress < 0.45:
        return 220, 480
    return (320, 640) if progress < 0.8 else (450, 800)


def stream(material: Material, progress: list[float], seed: int) -> Iterator[list[Group]]:
    """Pools of groups without end, each pass over the examples in another order and cut in another way.

    ``progress[0]`` (0 to 1) is how far training is: passages are short at first, which is quicker.
    """
    rng = random.Random(seed)
    while True:
        numbers = list(range(len(material.examples)))
        rng.shuffle(numbers)
        for at in range(0, len(numbers), POOL):
            pool: list[Group] = []
            for number in numbers[at : at + POOL]:
                pool += groups_of(number, material, rng.randint(*lengths_at(progress[0])), rng)
            yield pool


def batches(
    tokenizer: Tokenizer, pool: Sequence[Group], most_tokens: int, rng: random.Random
) -> list[tuple[Batch, Targets]]:
    """A pool's groups in batches of at most ``most_tokens`` padded tokens, in random order."""
    rows = [[encoded(tokenizer, group.question, piece) for piece in group.pieces] for group in pool]
    width = [padded_width(len(row.mask) for row in group) for group in rows]
    found: list[list[int]] = []
    size = 0
    for number in sorted(range(len(pool)), key=lambda i: width[i]):
        size += len(rows[number])
        if not found or size * width[number] > most_tokens:
            found.append([])
            size = len(rows[number])
        found[-1].append(number)
    rng.shuffle(found)
    return [tensors([rows[i] for i in some], [pool[i].teaches_spans for i in some]) for some in found]


def tensors(groups: Sequence[Sequence[Encoded]], teaches: Sequence[bool]) -> tuple[Batch, Targets]:
    """The model's input and targets for some groups."""
    flat = [row for group in groups for row in group]
    batch = collate([row.encoding for row in flat], [[int(inside) for inside in row.mask] for row in flat])
    starts, ends = torch.zeros_like(batch.parts > 0), torch.zeros_like(batch.parts > 0)
    for i, row in enumerate(flat):
        for first, last in row.spans:
            starts[i, first] = ends[i, last] = True
    owner = [i for i, group in enumerate(groups) for _ in group]
    return batch, Targets(starts, ends, starts.any(-1), torch.tensor([teaches[i] for i in owner]), torch.tensor(owner))
