"""The files to read: found under the given paths, chosen by patterns, and named."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from ingest.source import Source, of_file, printable
from newsdesk.errors import BadInput

_NO_ARTICLE = re.compile(
    r"(?i:read[-_ ]?me|licen[cs]e)(?:[-.]\w+)?\.\w+|(?:robots|humans|ads|requirements)\.txt"
    r"|(?:AUTHORS|CHANGELOG|CHANGES|CODE_OF_CONDUCT|CONTRIBUTING|CONTRIBUTORS|COPYING|NOTICE|SECURITY)\.\w+"
)
"""Names under which a folder explains itself. Such a file is read where it is asked for by name or pattern."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which files of a folder are read: those of known ``kinds`` that fit a pattern, if any is given.

    A pattern is a shell's (``*.html``, ``2031/*``); it fits a file's name or its path under the folder.
    """

    kinds: Collection[str]
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def takes(self, path: PurePosixPath) -> bool:
        """Whether the file at this path under the folder is to be read."""
        if path.suffix.lower() not in self.kinds or _fits(path, self.exclude):
            return False
        return _fits(path, self.include) if self.include else not is_about_folder(path)


def find(paths: Sequence[Path], choice: Choice) -> list[Source]:
    """The files among and under the paths, each once, folders in sorted order.

    In folders hidden files are passed over, and symbolic links that lead out. Raises BadInput for a path that
    is missing, of no known kind, or holds no such file.
    """
    found: dict[Path, tuple[Path, Path]] = {}
    for path in paths:
        files = list(_under(path, choice)) if path.is_dir() else [_named(path, choice)]
        if not files:
            raise BadInput(f"{printable(path)} holds no article{_chosen(choice)}: {_known(choice)}")
        root = path if path.is_dir() else path.parent
        for file in files:
            found.setdefault(file.resolve(), (root, file))
    ids = distinct([_id_forms(root, file) for root, file in found.values()])
    return [of_file(file, article_id) for (_, file), article_id in zip(found.values(), ids, strict=True)]


def is_about_folder(path: PurePosixPath) -> bool:
    """Whether a file tells about the files beside it: a README, a licence."""
    return bool(_NO_ARTICLE.fullmatch(path.name))


def distinct(names: Sequence[Sequence[str]]) -> list[str]:
    """For each list of names, best first, the first name that nothing else has; the last if there is none."""
    chosen: dict[int, str] = {}
    for rank in range(max((len(forms) for forms in names), default=0)):
        rest = {number: forms[min(rank, len(forms) - 1)] for number, forms in enumerate(names) if number not in chosen}
        count = Counter([*rest.values(), *chosen.values()])
        chosen |= {number: name for number, name in rest.items() if count[name] == 1}
    return [chosen.get(number, forms[-1]) for number, forms in enumerate(names)]


def _fits(path: PurePosixPath, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(path.as_posix(), one) or fnmatchcase(path.name, one) for one in patterns)


def _named(path: Path, choice: Choice) -> Path:
    """A file that was asked for by name."""
    if not path.exists():
        raise BadInput(f"{printable(path)} does not exist; check the path")
    if not path.is_file():
        raise BadInput(f"{printable(path)} is neither a file nor a folder")
    if path.suffix.lower() not in choice.kinds:
        raise BadInput(f"{printable(path)} is of no known kind: {_known(choice)}")
    return path


def _under(root: Path, choice: Choice) -> Iterator[Path]:
    """The files of a folder and those below it, sorted by path."""
    real = root.resolve()
    for folder, folders, names in os.walk(root, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in sorted(Path(folder, name) for name in names if not name.startswith(".")):
            chosen = choice.takes(PurePosixPath(file.relative_to(root)))
            if chosen and file.is_file() and file.resolve().is_relative_to(real):
                yield file


def _refuse(error: OSError) -> None:
    raise BadInput(f"{printable(error.filename)} cannot be read ({error.strerror}); check its permissions") from error


def _chosen(choice: Choice) -> str:
    return " that the patterns leave" if choice.include or choice.exclude else ""


def _known(choice: Choice) -> str:
    return f"newsdesk reads {', '.join(sorted(choice.kinds))} files"


def _id_forms(root: Path, file: Path) -> list[str]:
    """An id is the path under the given folder without suffix, with it, or where two clash, the whole path."""
    relative = file.relative_to(root)
    return [printable(path.as_posix()) for path in (relative.with_suffix(""), relative, file.resolve())]
