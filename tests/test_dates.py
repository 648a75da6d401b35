"""Dates: what a source states is read, what it leaves open stays unknown, nothing is invented."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest import dates

DAY = date(2031, 3, 4)
INSTANT = datetime(2031, 3, 4, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2031-03-04",
        "20310304",
        20310304,
        DAY,
        "2031/03/04",
        "2031-W10-2",
        "4 March 2031",
        "4th March, 2031",
        "4-Mar-2031",
        "Tuesday 4 March 2031",
        "TUESDAY, MARCH 4, 2031",
        "Mar. 4, 2031",
        " 4 \n March 2031 ",
        "04.03.2031",
        "4.3.2031",
    ],
)
def test_a_day_is_read_in_its_usual_forms(value: object) -> None:
    assert dates.parse(value) == DAY
    assert not isinstance(dates.parse(value), datetime)


@pytest.mark.parametrize(
    "value",
    [
        "2031-03-04T08:30:00Z",
        "2031-03-04 08:30 UTC",
        "2031-03-04T09:30:00+01:00",
        "2031-03-04 09:30:00 +0100",
        "Tue, 04 Mar 2031 08:30:00 GMT",
        "Tue, 04 Mar 2031 03:30:00 -0500",
        "4 March 2031 at 8.30 a.m. GMT",
        "March 4, 2031, 8:30 AM (UTC)",
        INSTANT,
        INSTANT.timestamp(),
        int(INSTANT.timestamp() * 1000),
        str(int(INSTANT.timestamp())),
    ],
)
def test_a_time_with_its_zone_is_an_instant(value: object) -> None:
    found = dates.parse(value)
    assert isinstance(found, datetime)
    assert found == INSTANT


def test_the_zone_of_the_publisher_is_kept() -> None:
    found = dates.parse("2031-03-04T23:30:00-05:00")
    assert isinstance(found, datetime)
    assert (found.day, found.utcoffset()) == (4, timedelta(hours=-5))


@pytest.mark.parametrize(
    "value",
    [
        "2031-03-04T08:30",
        datetime(2031, 3, 4, 8, 30),
        "Tuesday 4 March 2031, 08:30 IST",
        "4 March 2031 | 23:59",
        "2031/03/04 08:30",
    ],
)
def test_a_time_without_a_certain_zone_is_dropped_and_its_day_kept(value: object) -> None:
    found = dates.parse(value)
    assert found == DAY
    assert not isinstance(found, datetime)


@pytest.mark.parametrize("value", ["04/03/2031", "4-3-2031", "12/11/2031"])
def test_numbers_that_could_be_two_days_are_no_date(value: str) -> None:
    assert dates.parse(value) is None


@pytest.mark.parametrize(
    ("value", "day"),
    [("14/03/2031", date(2031, 3, 14)), ("03/14/2031", date(2031, 3, 14)), ("04/04/2031", date(2031, 4, 4))],
)
def test_numbers_that_can_be_one_day_only_are_that_day(value: str, day: date) -> None:
    assert dates.parse(value) == day


@pytest.mark.parametrize(
    "value",
    [
        "2031",
        "March 2031",
        "2031-03",
        "4 March",
        "yesterday",
        "Tuesday",
        "31 February 2031",
        "2031-13-01",
        "0001-01-01",
        "9999-12-31",
        "04/03/31",
        "",
        " ",
        0,
        7,
        2031,
        True,
        None,
        float("nan"),
        float("inf"),
        10**400,
        ["2031-03-04"],
        {"date": "2031-03-04"},
        "4 March 2031 was a Tuesday",
    ],
)
def test_what_names_no_day_is_no_date(value: object) -> None:
    assert dates.parse(value) is None


@example(1e300)
@example(-1e300)
@example(10**17)
@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.integers())))
def test_nothing_makes_it_raise(value: object) -> None:
    dates.parse(value)
    dates.line(str(value))


@given(st.dates(date(1600, 1, 1), date(2999, 12, 31)))
def test_every_day_is_found_again_in_every_form(day: date) -> None:
    forms = ["%Y-%m-%d", "%Y%m%d", "%d %B %Y", "%B %d, %Y", "%a, %d %b %Y", "%d.%m.%Y"]
    year = f"{day.year:04d}"
    assert {dates.parse(day.strftime(form.replace("%Y", year))) for form in forms} == {day}


@given(
    st.datetimes(
        datetime(1900, 1, 1),
        datetime(2999, 12, 30),
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=8))]),
    )
)
def test_every_instant_is_found_again(moment: datetime) -> None:
    assert dates.parse(moment.isoformat()) == moment


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("4 March 2031", (DAY, False)),
        ("| Published on 4 March 2031 |", (DAY, False)),
        ("Updated: 4 March 2031, 10:00", (DAY, True)),
        ("First published 2031-03-04", (DAY, False)),
        ("Last modified 4 March 2031", (DAY, True)),
        ("20310304", None),
        ("On 4 March 2031 the dam broke.", None),
        ("Updated by our staff", None),
    ],
)
def test_a_line_is_a_date_only_when_it_holds_nothing_else(line: str, found: tuple[date, bool] | None) -> None:
    assert dates.line(line) == found


@pytest.mark.parametrize(
    "value",
    [
        "4. März 2031",
        "Dienstag, 4. März 2031, 8:20 Uhr",
        "mardi 4 mars 2031",
        "4 de marzo de 2031",
        "4 marzo 2031",
        "terça-feira, 4 de março de 2031",
        "4 maart 2031",
        "4 mars 2031",
        "4. marts 2031",
        "4. maaliskuuta 2031",
        "4 marca 2031",
        "4. března 2031",
    ],
)
def test_a_month_is_known_in_the_larger_european_languages(value: str) -> None:
    assert dates.parse(value) == DAY


@pytest.mark.parametrize(
    ("line", "later"),
    [
        ("Publié le 4 mars 2031", False),
        ("Veröffentlicht am 4. März 2031", False),
        ("Actualizado: 4 de marzo de 2031", True),
        ("Stand: 4. März 2031", True),
    ],
)
def test_publication_and_change_are_told_apart_in_other_languages(line: str, later: bool) -> None:
    assert dates.line(line) == (DAY, later)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("HARROW, 4 March 2031 (Northline) — Four people have died.", DAY),
        ("New Harrow (NL), March 4, 2031 -- Four people have died.", DAY),
        ("HARROW, 4 March (Northline) — Four people have died.", None),
        ("The board met on Tuesday, 4 March 2031 - and again a week later.", None),
        ("HARROW, updated 4 March 2031 — Four people have died.", None),
    ],
)
def test_a_dateline_is_a_date_with_its_year_after_a_place(text: str, day: date | None) -> None:
    assert dates.dateline(text) == day


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://x.example/2031/03/04/storm", DAY),
        ("https://x.example/news/2031-03-04-storm.html", DAY),
        ("https://x.example/world/2031/mar/04/storm", DAY),
        ("https://x.example/2031/03/storm", None),
        ("https://x.example/2031/13/04/storm", None),
        ("https://x.example/storm?date=2031-03-04", None),
        ("https://x.example/2031/03/04/since-/2030/01/01/", None),
        ("https://2031/03/04", None),
        ("", None),
        (None, None),
    ],
)
def test_a_day_is_read_in_an_address_where_its_path_names_one(url: str | None, day: date | None) -> None:
    assert dates.in_path(url) == day
