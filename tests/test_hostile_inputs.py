"""Files that are broken, or made to do harm: each is named or made harmless, and the article beside it goes in.

None may crash the reader or keep it busy, nothing of a script, a hidden sign or a trick with the direction of writing
may reach the archive, and no file but the one that was given may be read or written.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from ingest.read import READERS, read
from ingest.source import of_file
from newsdesk.archive import Archive
from newsdesk.errors import Unreadable
from newsdesk.types import Article
from newsdesk.vectors import Vectors
from tests.conftest import WordEmbedder
from tests.hostile import GOOD, KINDS, Hostile, damaged

SECRET = "root:x:0:0"
SECONDS = 12.0
"""Processor time that one file may take, on a machine that has other things to do."""


def harmless(article: Article) -> None:
    """No control, no hidden sign, no half of a character and no markup in anything that was taken in."""
    values = [article.title, article.publisher, article.section, *article.authors, article.url, article.language]
    for value in [value or "" for value in values] + [article.text.replace("\n", "")]:
        odd = {char for char in value if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
        assert not odd - {"\u200c", "\u200d"}, f"{odd} in {value[:80]!r}"
        assert not re.search(r"<\s*/?(?:script|iframe|img|svg|object|style|a|p|b)\b[^<>]*>|onerror=", value), value[
            :200
        ]
        assert SECRET not in value
    assert article.id.isprintable()
    assert not article.url or article.url.startswith(("http://", "https://"))
    assert "alert(1)" not in article.text
    assert article.text == article.text.strip() != ""


def held(found: list[Article | Unreadable]) -> tuple[list[Article], list[str]]:
    return (
        [one for one in found if isinstance(one, Article)],
        [str(one) for one in found if isinstance(one, Unreadable)],
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_is_named_or_harmless(kind: Callable[[], Iterator[Hostile]], tmp_path: Path) -> None:
    for hostile in kind():
        path = tmp_path / hostile.name
        path.write_bytes(hostile.content)
        source = of_file(path, "it")
        begun = time.process_time()
        articles, faults = held(list(read(source)))
        assert time.process_time() - begun < SECONDS, f"{hostile.name} took {time.process_time() - begun:.1f} s"
        assert articles or faults, hostile.name
        for article in articles:
            harmless(article)
        for fault in faults:
            assert fault.startswith(source.name), fault
            assert len(fault) < 1000
            assert fault.isprintable(), f"{hostile.name}: {fault!r}"
        if hostile.says is not None:
            assert hostile.says in "\n".join(faults) if hostile.says else not faults, f"{hostile.name}: {faults}"


def test_all_but_the_damaged_in_one_folder_cost_the_article_beside_them_nothing(
    tmp_path: Path, archive: Archive, vectors: Vectors
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for hostile in (hostile for kind in KINDS if kind is not damaged for hostile in kind()):
        (folder / hostile.name).write_bytes(hostile.content)
    (folder / "good.txt").write_text(f"{GOOD} The lifeboat has been out since dawn.")
    before = sorted(tmp_path.iterdir())
    report = ingest([folder], archive, vectors, WordEmbedder(), lambda _: None, readers=0)
    assert archive.article("good").text.startswith(GOOD)
    assert report.files_read == report.files > 300
    for name in ["nul.txt", "laughs.xml", "locked.pdf", "bomb.zip", "open.docx", "no body.eml", "long cell.csv"]:
        assert any(name in failure.reason for failure in report.failures), name
    for article in archive.articles():
        harmless(archive.article(article.id))
    assert [path for path in sorted(tmp_path.iterdir()) if path.name == "x.txt" or path not in before] == []


@pytest.mark.parametrize("kind", sorted(READERS))
def test_two_hundred_megabytes_of_one_line_are_refused_at_once(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"line{kind}"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    begun = time.process_time()
    (fault,) = read(of_file(path, "line"))
    assert isinstance(fault, Unreadable)
    assert str(fault).startswith(str(path))
    assert time.process_time() - begun < 2


def test_there_are_enough_of_them() -> None:
    names = [hostile.name for kind in KINDS for hostile in kind()]
    assert len(names) >= 300
    assert len(names) == len(set(names))
