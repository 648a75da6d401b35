"""What the README says is so: its commands print what it shows, its links lead somewhere, its tree is complete."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from newsdesk.api import create_api
from newsdesk.assistant import open_assistant
from newsdesk.cli import main
from newsdesk.desk import open_desk
from newsdesk.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def consoles() -> Iterator[tuple[str, str]]:
    """Every command shown with a prompt, and the output shown under it."""
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        command, _, output = block.partition("\n")
        yield command.removeprefix("$ "), output


COMMANDS = [
    (command, output) for command, output in consoles() if command.startswith(("newsdesk ask", "newsdesk search"))
]
REQUESTS = [(command, output) for command, output in consoles() if command.startswith("curl")]


@pytest.mark.parametrize(("command", "output"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_a_command_prints_what_the_readme_shows(
    command: str, output: str, seed_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSDESK_HOME", str(seed_home))
    monkeypatch.setattr(sys, "argv", shlex.split(command))
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().out == output


@pytest.mark.parametrize(("command", "output"), REQUESTS, ids=[command for command, _ in REQUESTS])
def test_a_request_returns_what_the_readme_shows(command: str, output: str, seed_home: Path) -> None:
    words = shlex.split(command)
    path = next(word for word in words if word.startswith("http")).partition(":7860")[2]
    wanted = json.loads(output)
    with open_assistant(Settings(home=seed_home)) as assistant, open_desk(assistant) as desk:
        found = TestClient(create_api(desk)).post(path, json=json.loads(words[words.index("-d") + 1])).json()
    found["confidence"] = round(found["confidence"], 2)
    assert shown(found, wanted) == wanted


def shown(found: Any, wanted: Any) -> Any:
    """Of what was found, the fields that are shown."""
    if isinstance(wanted, dict):
        return {name: shown(found[name], wanted[name]) for name in wanted}
    if isinstance(wanted, list):
        return [shown(one, other) for one, other in zip(found, wanted, strict=True)]
    return found


def test_the_readme_shows_each_of_the_three_uses() -> None:
    shown = [command for command, _ in consoles()]
    assert any(command.startswith("newsdesk ask") for command in shown)
    assert any(command.startswith("curl") for command in shown)
    assert any(command.startswith("newsdesk evaluate") for command in shown)


def test_every_link_and_picture_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target


def test_every_module_has_its_line_in_the_tree() -> None:
    for path in [*(ROOT / "src").rglob("*.py"), *(ROOT / "ingest").rglob("*.py"), *(ROOT / "training").glob("*.py")]:
        if path.name not in ("__init__.py", "__main__.py"):
            assert re.search(rf"^\s+{re.escape(path.name)} ", README, re.MULTILINE), f"{path.name} has no line"


def test_every_setting_is_named() -> None:
    for field in Settings.model_fields:
        assert f"`NEWSDESK_{field.upper()}`" in README
