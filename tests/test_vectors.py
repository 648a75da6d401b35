"""Vectors are found by nearness and filters, live in one process at a time, and can be made anew."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import numpy as np
import pytest

from newsdesk.archive import Pending
from newsdesk.errors import BadInput, InUse
from newsdesk.settings import Settings
from newsdesk.types import Filters
from newsdesk.vectors import Vectors, Vectors32, open_vectors


def unit(*numbers: float) -> Vectors32:
    row = np.array([numbers], dtype=np.float32)
    return np.asarray(row / np.linalg.norm(row), dtype=np.float32)


def passage(key: int, article_id: str, publisher: str | None, published: date | None) -> Pending:
    return Pending(key, article_id, "", publisher, published, "")


@pytest.fixture
def filled(vectors: Vectors) -> Vectors:
    passages = [
        passage(1, "a", "The Courier", date(2031, 3, 4)),
        passage(2, "b", "The Herald", date(2031, 3, 5)),
        passage(3, "c", None, None),
    ]
    vectors.put(passages, np.concatenate([unit(1, 0, 0), unit(1, 1, 0), unit(0, 0, 1)]))
    return vectors


def test_the_nearest_comes_first_with_its_cosine(filled: Vectors) -> None:
    found = filled.search(unit(1, 0.1, 0), 2)
    assert [key for key, _ in found] == [1, 2]
    assert found[0][1] == pytest.approx(1 / np.sqrt(1.01), abs=1e-4)


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        (Filters(), {1, 2, 3}),
        (Filters(published_from=date(2031, 3, 5)), {2}),
        (Filters(published_to=date(2031, 3, 4)), {1}),
        (Filters(date(2031, 3, 4), date(2031, 3, 5), ("The Herald",)), {2}),
        (Filters(article_ids=("a", "c")), {1, 3}),
        (Filters(publishers=("Nobody",)), set()),
    ],
)
def test_filters_limit_what_is_found(filled: Vectors, filters: Filters, keys: set[int]) -> None:
    assert {key for key, _ in filled.search(unit(1, 1, 1), 10, filters)} == keys


def test_removed_vectors_are_found_no_more_and_missing_ones_do_no_harm(filled: Vectors) -> None:
    filled.remove([1, 99])
    filled.remove([])
    assert {key for key, _ in filled.search(unit(1, 1, 1), 10)} == {2, 3}


def test_cleared_vectors_can_be_of_another_dimension(filled: Vectors) -> None:
    filled.clear()
    assert filled.count() == 0
    filled.put([passage(4, "d", None, None)], unit(1, 0))
    assert filled.search(unit(1, 0), 1)[0][0] == 4


def test_vectors_are_there_again_when_the_folder_is_opened_again(settings: Settings) -> None:
    with open_vectors(settings) as vectors:
        vectors.put([passage(1, "a", None, None)], unit(1, 0))
    with open_vectors(settings) as vectors:
        assert vectors.count() == 1


def test_a_second_process_is_refused_and_told_who_holds_the_folder(settings: Settings) -> None:
    opening = (
        "import sys; from pathlib import Path; from newsdesk.settings import Settings; "
        "from newsdesk.vectors import open_vectors\n"
        "with open_vectors(Settings(home=Path(sys.argv[1]))): print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", opening, str(settings.home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(InUse, match=rf"held by process {other.pid}.*NEWSDESK_CHROMA_URL"), open_vectors(settings):
            pass
        other.kill()
    with open_vectors(settings) as vectors:
        assert vectors.count() == 0


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://example.org", "http://127.0.0.1:9"])
def test_a_wrong_or_silent_chroma_server_is_named(settings: Settings, url: str) -> None:
    with pytest.raises(BadInput, match=url), open_vectors(settings.model_copy(update={"chroma_url": url})):
        pass


def test_a_full_disk_under_the_vectors_is_named(settings: Settings) -> None:
    writing = (
        "import resource, sys; from pathlib import Path; import numpy as np\n"
        "from newsdesk.archive import Pending; from newsdesk.errors import DiskFull\n"
        "from newsdesk.settings import Settings; from newsdesk.vectors import open_vectors\n"
        "with open_vectors(Settings(home=Path(sys.argv[1]))) as vectors:\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"
        "    try:\n"
        "        passages = [Pending(key, 'a', '', None, None, '') for key in range(1000)]\n"
        "        vectors.put(passages, np.eye(1000, dtype='f4'))\n"
        "    except DiskFull as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", writing, str(settings.home)], capture_output=True, text=True, check=False
    )
    assert "Make room on that disk" in done.stdout, done
    with open_vectors(settings) as vectors:
        assert vectors.keys() == []
