"""The Archive view's words: the table, the plot of days, the article, what is taken in; and what a browser may ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.jobs import Job
from ingest.pipeline import add
from ingest.report import Failure, Report
from newsdesk.archive import Archive
from newsdesk.desk import Desk
from newsdesk.errors import BadInput
from newsdesk.page import archive_tab, articles, days, detail, intake
from newsdesk.page.article import kept, view
from newsdesk.page.articles import Look, look
from newsdesk.types import Article
from tests.conftest import put

FERRY = Article("ferry", "The ferry sank off the Anvils.", "Ferry sinks", None, "Courier", date(2031, 3, 4))
MINE = Article("mine", "Miners walked out.\n\nThey want more.", "Mine strike", None, "Northline", date(2031, 3, 11))
UNDATED = Article("tides", "The tide comes in twice.", "Tides")
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


class Tags(HTMLParser):
    """Every tag of some HTML with its attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def opened(self) -> list[str]:
        """The ids of the articles that can be opened, in their order."""
        return [attrs["data-id"] or "" for _, attrs in self.found if attrs.get("data-do") == "open"]


@pytest.fixture
def three(archive: Archive) -> Archive:
    put(archive, FERRY, MINE, UNDATED)
    return archive


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Look(), ["mine", "ferry", "tides"]),
        (Look(sort="published"), ["ferry", "mine", "tides"]),
        (Look(sort="title"), ["ferry", "mine", "tides"]),
        (Look(search="ferry"), ["ferry"]),
        (Look(publisher="Northline"), ["mine"]),
        (Look(published_from=date(2031, 3, 5)), ["mine"]),
        (Look(published_to=date(2031, 3, 4)), ["ferry"]),
        (Look(page=99), ["mine", "ferry", "tides"]),
    ],
)
def test_the_table_shows_what_is_looked_for_in_its_order(three: Archive, wanted: Look, ids: list[str]) -> None:
    assert Tags(articles.table(three, wanted)).opened() == ids


def test_a_table_without_articles_says_why(archive: Archive, three: Archive) -> None:
    assert "No article matches." in articles.table(three, Look(search="zebra"))
    for article in ("ferry", "mine", "tides"):
        archive.remove(article)
    assert "The archive is empty." in articles.table(archive, Look())


def test_the_table_goes_page_by_page(archive: Archive) -> None:
    put(archive, *(Article(f"a{number:03}", f"Text {number}.", f"Title {number:03}") for number in range(60)))
    first, last = (Tags(articles.table(archive, Look(sort="title", page=page))) for page in (1, 3))
    assert (len(first.opened()), len(last.opened())) == (articles.PAGE, 60 - 2 * articles.PAGE)
    assert "1–25 of 60" in first.text
    assert "51–60 of 60" in last.text


@given(
    st.dictionaries(st.sampled_from(["search", "publisher", "from", "to", "sort", "page", "x"]), st.text() | st.none())
)
def test_whatever_a_browser_asks_for_is_a_look_at_the_archive(said: dict[str, object]) -> None:
    wanted = look(said)
    assert wanted.page >= 1
    assert "\0" not in wanted.search
    wanted.publisher.encode("utf-8")


def test_a_detail_is_only_what_it_should_be() -> None:
    said = {"number": "12", "none": 12, "much": "1" * 7, "arabic": "١٢", "day": "2031-02-30", "text": "a\0\ud800b"}
    assert [detail.number(said, name, 1) for name in ("number", "none", "much", "arabic", "gone")] == [12, 1, 1, 1, 1]
    assert detail.day(said, "day") is None
    assert detail.text(said, "text") == "a ?b"


def test_the_plot_counts_every_article_of_every_day() -> None:
    held = [(date(2031, 3, 4), "Courier", 3), (date(2031, 3, 4), None, 1), (date(2031, 3, 6), "Courier", 2)]
    shown = days.plot([*held, (None, "Courier", 5)])
    assert "<title>4 March 2031: 3 Courier, 1 publisher unknown</title>" in shown
    assert "<title>6 March 2031: 2 Courier</title>" in shown
    assert "6 articles from 4 March 2031 to 6 March 2031" in shown
    assert "5 without a day" in shown


def test_an_archive_without_days_has_no_plot() -> None:
    assert days.plot([(None, "Courier", 5)]) == ""
    assert days.plot([]) == ""


@given(
    st.lists(
        st.tuples(
            st.dates(date(2011, 1, 1), date(2031, 1, 1)),
            st.sampled_from("ABCDEFGH"),
            st.integers(1, 9),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_the_bars_hold_every_article_once_and_follow_each_other(held: list[tuple[date, str, int]]) -> None:
    known, _, sums = days._sorted(held)
    found = list(days.bars(known, days._names(sums)))
    assert sum(sum(bar.counts.values()) for bar in found) == sum(count for *_, count in held)
    for bar, following in pairwise(found):
        assert bar.last + timedelta(days=1) == following.first
    assert found[0].first <= min(day for day, *_ in held)
    days.plot(held)


def test_the_ends_of_the_calendar_can_be_drawn() -> None:
    for first, last in ((date.min, date.max), (date(9999, 12, 1), date.max), (date(9999, 1, 1), date.max)):
        assert "<svg" in days.plot([(first, "A", 1), (last, "B", 1)])


def test_an_article_is_shown_whole_with_what_is_known_of_it(three: Archive) -> None:
    shown = Tags(view(kept(three, "mine")))
    assert MINE.text in shown.text
    assert "Northline" in shown.text
    assert "11 March 2031" in shown.text
    assert any(tag == "dialog" for tag, _ in shown.found)


def test_an_earlier_text_of_an_article_can_still_be_read(desk: Desk) -> None:
    assistant = desk.assistant
    for text in ("Four died.", "Six died."):
        article = replace(FERRY, text=text, url="https://example.org/ferry")
        add([article], assistant.archive, assistant.vectors, assistant.embedder)
    now = kept(assistant.archive, "ferry")
    assert now.article.text == "Six died."
    (older,) = (version.version for version in now.versions if not version.current)
    assert f'data-version="{older}"' in view(now)
    before = archive_tab.show(desk, {"id": "ferry", "version": older})
    assert "Four died." in before
    assert "An earlier text" in before


def test_what_is_not_there_is_said_to_be_gone(desk: Desk) -> None:
    for said in ({"id": "nothing"}, {}, {"id": "x", "version": "y"}):
        assert "not in the archive any more" in archive_tab.show(desk, said)
    assert "not in the archive any more" in archive_tab.remove(desk, "nothing")


def test_a_removed_article_is_found_no_more(desk: Desk) -> None:
    assistant = desk.assistant
    add([FERRY], assistant.archive, assistant.vectors, assistant.embedder)
    assert "was removed" in archive_tab.remove(desk, "ferry")
    assert assistant.archive.count() == 0
    assert assistant.vectors.count() == 0


@pytest.mark.parametrize("make", [lambda one: articles.filters([one], Look(search=one, publisher=one)),
                                  lambda one: days.plot([(date(2031, 3, 4), one, 1)]),
                                  lambda one: intake.refused(one),
                                  lambda one: intake.jobs([job("done", failing(one))])])  # fmt: skip
def test_what_comes_from_elsewhere_is_never_markup(make: Callable[[str], str]) -> None:
    tags = Tags(make(HOSTILE))
    assert not any(tag in ("script", "img") for tag, _ in tags.found)
    assert HOSTILE in tags.text or any(HOSTILE in (value or "") for _, attrs in tags.found for value in attrs.values())


def test_a_hostile_article_is_not_markup_in_table_or_view(archive: Archive) -> None:
    put(
        archive,
        Article(HOSTILE, f"{HOSTILE} text", HOSTILE, "javascript:alert(1)", HOSTILE, None, (HOSTILE,), section=HOSTILE),
    )
    for shown in (articles.table(archive, Look()), view(kept(archive, HOSTILE))):
        tags = Tags(shown)
        assert not any(tag in ("script", "img") for tag, _ in tags.found)
        assert not any((attrs.get("href") or "").startswith("javascript") for _, attrs in tags.found)
        assert HOSTILE in tags.text


NOTHING = Report()


def failing(reason: str) -> Report:
    return Report(failures=(Failure("a.txt", reason),))


def job(state: str, report: Report = NOTHING, **fields: object) -> Job:
    ended = None if state in ("queued", "running") else datetime.now(UTC)
    return Job("1", state, report, ended=ended, sources=("/secret/place/a.txt",), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (job("queued"), "Waiting for its turn."),
        (job("running", Report(files=4, files_read=1)), "1 of 4 files and pages read."),
        (
            job("running", Report(files=1, to_embed=10, embedded=5), seconds_left=7.0),
            "5 of 10 passages searchable, 7 s left",
        ),
        (job("done", replace(failing("x"), added=2)), "2 added, 1 failed."),
        (job("done"), "Nothing new."),
        (job("cancelled", Report(added=1)), "Stopped. What was read is kept: 1 added."),
        (job("failed", error="The archive's vectors are another model's."), "another model"),
    ],
)
def test_a_delivery_is_told_in_words(shown: Job, words: str) -> None:
    html = intake.jobs([shown])
    assert words in Tags(html).text
    assert "a.txt" in html
    assert "secret" not in html


def test_a_failure_names_the_file_and_not_the_folders_of_the_machine() -> None:
    fault = "/home/me/.newsdesk/inbox/ab12/bad.jsonl:3: broken JSON; see https://example.org/a/b"
    html = intake.jobs([job("done", failing(fault))])
    assert "bad.jsonl:3: broken JSON; see https://example.org/a/b" in html
    assert "/home" not in html


def test_deliveries_that_ended_long_ago_are_not_shown() -> None:
    old = replace(job("done"), ended=datetime.now(UTC) - intake.SHOWN_FOR)
    assert intake.jobs([old]) == ""
    assert not intake.in_work([old])


@pytest.mark.parametrize(
    "given", ["", "  \n ", "ftp://example.org/a", "example.org", "https://", "javascript:alert(1)"]
)
def test_what_is_no_web_address_is_refused(desk: Desk, given: str) -> None:
    with pytest.raises(BadInput, match="address"):
        archive_tab.take_addresses(desk, given)
    assert desk.jobs.all() == []


def test_a_file_that_newsdesk_does_not_read_is_refused_and_not_kept(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "a.exe"
    file.write_bytes(b"MZ")
    with pytest.raises(BadInput, match=r"does not read a\.exe"):
        archive_tab.take_files(desk, [file])
    assert not file.exists()


def test_too_many_addresses_at_once_are_refused(desk: Desk) -> None:
    with pytest.raises(BadInput, match="sitemap"):
        archive_tab.take_addresses(desk, "\n".join(f"https://example.org/{number}" for number in range(201)))
