"""The question sets of a data folder by name: those that ship with the project, and those that were handed in.

A set is chosen by its name alone, so that nobody from outside names a path. What is handed in is read to its end
before it is kept.
"""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from newsdesk.errors import BadInput, NotFound
from newsdesk.evaluate.formats import detect
from newsdesk.evaluate.questions import Archive, read_questions

SHIPPED = Path(__file__).resolve().parents[3] / "seeds" / "questions"
"""The sets of a checkout; an installed package has none."""
FEEDBACK = "feedback.jsonl"
"""What readers said was wrong, kept as questions by the page."""
MOST_BYTES = 512 * 2**20
"""The most that a set may hold, packed or not."""

_NAME = re.compile(r"\w[\w .()+-]{0,119}")
_ENDINGS = (".jsonl", ".ndjson", ".csv", ".json")


class QuestionSets:
    """The sets in ``folder`` and those that ship with the project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> dict[str, Path]:
        """Every set by its name, the handed-in ones first; one that shares a shipped set's name stands for it."""
        found: dict[str, Path] = {}
        for folder in (self.folder, SHIPPED):
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                if not path.name.startswith(".") and _is_set(path):
                    found.setdefault(path.name, path)
        return found

    def find(self, name: str) -> Path:
        """Where the set of that name lies. Raises NotFound."""
        if path := self.all().get(name):
            return path
        raise NotFound(f"There is no question set {name!r}. Known are: {', '.join(self.all()) or 'none'}.")

    def add(self, name: str, content: bytes, archive: Archive | None = None) -> str:
        """Keep a set under the name of its file, in place of one it had before; the name it is chosen by.

        JSONL, CSV, SQuAD JSON, MRQA JSONL, each gzipped or not, or a BEIR folder as .zip. Raises BadInput with all
        faults of the set, or for a name that cannot be kept; then nothing has changed.
        """
        kept = _name(name)
        self.folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".", dir=self.folder) as folder:
            new = Path(folder) / kept
            if name.lower().endswith(".zip"):
                _unpack(content, new)
            else:
                new.write_bytes(content)
            _check(new, archive)
            _replace(new, self.folder / kept)
        return kept


def _is_set(path: Path) -> bool:
    try:
        detect(path)
    except BadInput:
        return False
    return True


def _name(given: str) -> str:
    """The file's own name, without the folders that some browsers put before it."""
    name = re.split(r"[/\\]", given)[-1].strip()
    plain = name.lower().removesuffix(".gz")
    if not _NAME.fullmatch(name) or not plain.endswith((*_ENDINGS, ".zip")):
        raise BadInput(f"{name[:80]!r} is no question set that newsdesk reads: .jsonl, .csv, .json, or a BEIR .zip.")
    if name.lower() == FEEDBACK:
        raise BadInput(f"{FEEDBACK} is where readers' corrections are kept. Give the set another name.")
    return name[:-4] if plain.endswith(".zip") else name


def _check(path: Path, archive: Archive | None) -> None:
    """Read the set to its end; its faults name the file as it was handed in."""
    try:
        read_questions(path, archive)
    except BadInput as error:
        raise BadInput(str(error).replace(f"{path.parent}{os.sep}", "")) from None


def _unpack(content: bytes, folder: Path) -> None:
    """The parts of a BEIR folder in a zip file, and nothing else that is in it."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            for member, part in _parts(packed):
                target = folder / part
                target.parent.mkdir(parents=True, exist_ok=True)
                with packed.open(member) as source, target.open("wb") as out:
                    shutil.copyfileobj(source, out)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise BadInput(f"The zip file cannot be read: {error}. Pack the BEIR folder anew.") from error


def _parts(packed: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    wanted = re.compile(r"(?:.*/)?(corpus\.jsonl|queries\.jsonl|qrels/(?:test|dev|train)\.tsv)")
    found = [(one, match[1]) for one in packed.infolist() if (match := wanted.fullmatch(one.filename))]
    if sum(one.file_size for one, _ in found) > MOST_BYTES:
        raise BadInput(f"The set holds more than {MOST_BYTES // 2**20} MB. Take fewer articles.")
    if not found:
        raise BadInput("The zip file holds no corpus.jsonl, queries.jsonl and qrels/test.tsv: no BEIR folder.")
    return iter(found)


def _replace(new: Path, old: Path) -> None:
    """Put the new file or folder where the old one was."""
    if old.is_dir():
        shutil.rmtree(old)
    elif old.exists() and new.is_dir():
        old.unlink()
    os.replace(new, old)
