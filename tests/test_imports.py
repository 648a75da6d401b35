"""Who may import whom: the layers of the house, read from the code itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Each module may import those before it, and those of its own line.
LAYERS = [
    {"", "types", "errors"},
    {"client", "settings", "logs", "sentences", "fulltext", "days", "timeframe", "window", "checks", "span_model"},
    {"repeats"},
    {"archive", "conversations", "vectors", "models", "reader", "batching", "keys"},
    {"retrieve"},
    {"extract", "chronology", "followup", "verify", "prompt", "provider"},
    {"generate", "citations"},
    {"written"},
    {"chain"},
    {"assistant"},
    {"evaluate", "suggest"},
    {"asking", "inbox", "metrics"},
    {"desk"},
    {"page"},
    {"api", "chat"},
    {"door"},
    {"server", "cli"},
]
OF_INGEST = {"types", "errors", "settings", "sentences", "archive", "vectors", "models"}
MAY_IMPORT_INGEST = {"api", "chat", "cli", "desk", "inbox"}
TABS = {"newsdesk.page.archive_tab", "newsdesk.page.evaluate_tab", "newsdesk.page.intake"}
"""Views of the page that are made of Gradio's own parts, and may do what the page's frame may."""


def modules() -> list[Path]:
    return sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "ingest").rglob("*.py")])


def part(name: str) -> str:
    """newsdesk.evaluate.metrics → evaluate; newsdesk → the empty name."""
    return [*name.split("."), ""][1]


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return {name for name in found if name.split(".")[0] in ("newsdesk", "ingest")}


def level(module: str) -> int:
    return next(number for number, layer in enumerate(LAYERS) if module in layer)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_lies_below_it(path: Path) -> None:
    relative = path.relative_to(ROOT / "src" if path.is_relative_to(ROOT / "src") else ROOT)
    own = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
    known = {module for layer in LAYERS for module in layer}
    for name in imports(path):
        if name.startswith("ingest"):
            assert own.startswith("ingest") or part(own) in MAY_IMPORT_INGEST or own in TABS, f"{own} imports {name}"
        elif part(name) not in known:
            continue  # a name inside newsdesk itself, such as its version
        elif own.startswith("ingest"):
            assert part(name) in OF_INGEST | {""}, f"{own} imports {name}"
        else:
            assert level(part(name)) <= level(part(own)), f"{own} imports {name}"


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("chromadb", {"vectors.py"}),
        ("sqlite3", {"checking.py", "connection.py", "schema.py", "conversations.py"}),
        ("httpcore2", {"http.py"}),
        ("httpx2", {"addresses.py"}),
        ("protego", {"visits.py"}),
        ("feedparser", {"feeds.py"}),
        ("sentence_transformers", {"models.py"}),
        ("sentencex", {"sentences.py"}),
        ("charset_normalizer", {"decode.py"}),
        ("mammoth", {"word.py"}),
        ("pypdfium2", {"pdfium.py"}),
        ("gradio", {"chat.py", "archive_tab.py", "evaluate_tab.py"}),
    ],
)
def test_few_files_know_each_library(library: str, homes: set[str]) -> None:
    knowing = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == library for name in names):
                knowing.add(path.name)
    assert knowing
    assert knowing <= homes
