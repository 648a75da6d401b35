"""Whether the numbers, times and dates of a claim stand in the evidence, with the same units."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from newsdesk.checks.numbers import CALENDAR, COUNT
from newsdesk.checks.read import WEEKDAYS
from newsdesk.checks.tokens import Evidence, Token, Tokens, keys

_NO_UNIT = frozenset(("", COUNT, CALENDAR))
_RELATIVE = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1, "overnight": -1}


def figures(claim: Tokens, evidence: Evidence) -> dict[str, bool]:
    """For numbers, times and dates, whether one of the claim is missing from the evidence.

    A claim that names the publisher may say when it was published.
    """
    by = evidence.published if keys(claim) & keys(evidence.publisher) else None
    return {
        "number": not all(_number(token, evidence) for token in claim if token.kind == "number"),
        "time": not all(_time(token, evidence.tokens) for token in claim if token.kind == "time"),
        "date": not all(_date(token, evidence, by) for token in claim if token.kind == "date"),
    }


def _number(token: Token, evidence: Evidence) -> bool:
    if token.text.casefold() == "one":
        return True
    known = [other for other in evidence.tokens if other.kind == "number"]
    units = {other.unit for other in known}
    if any(token.key == other.key and _same_unit(token.unit, other.unit, units) for other in known):
        return True
    years = {other.key.split("-")[0] for other in evidence.tokens if other.kind == "date"}
    return token.key in years or (evidence.published is not None and token.key == str(evidence.published.year))


def _same_unit(claimed: str, known: str, others: set[str]) -> bool:
    """Whether the units agree. A bare number may mean the unit of another beside it: "from 12 hours to ten"."""
    if claimed == known or claimed == "" or {claimed, known} <= _NO_UNIT:
        return True
    return known in _NO_UNIT and claimed in others


def _time(token: Token, source: Tokens) -> bool:
    return any(_same_time(token.key, other.key) for other in source if other.kind == "time")


def _same_time(one: str, other: str) -> bool:
    if one.endswith("?") or other.endswith("?"):
        return (int(one.rstrip("?")) - int(other.rstrip("?"))) % 720 == 0
    return one == other


def _date(token: Token, evidence: Evidence, by: date | None) -> bool:
    if by and fits(token.key, _key(by)):
        return True
    before = [None, *evidence.tokens]
    said = [
        known
        for other, previous in zip(evidence.tokens, before, strict=False)
        for known in _days(other, previous, evidence.published)
    ]
    return any(fits(token.key, known) for known in said)


def _days(token: Token, before: Token | None, published: date | None) -> Iterator[str]:
    """The dates that a token of the source may mean, as keys; a day of the week is one near the publication."""
    if token.kind == "date":
        yield token.key
        days, weekday = token.key.split(" ")
        if published and days == "?-?-?":
            yield from (_key(published + timedelta(n)) for n in range(-7, 8) if _is(published + timedelta(n), weekday))
        elif published and days.startswith("?") and days.count("?") == 1:
            yield f"{published.year}-{days[2:]} {weekday}"
            yield from _weekday(published.year, days[2:])
        elif days.count("?") == 0:
            yield from _weekday(int(days.split("-")[0]), days.split("-", 1)[1])
    elif published and token.kind == "word":
        word = token.text.casefold()
        if word in _RELATIVE:
            yield _key(published + timedelta(_RELATIVE[word]))
        elif word == "night" and before and before.text.casefold() == "last":
            yield _key(published - timedelta(1))
        elif word == "month":
            yield f"{published.year}-{published.month}-? ?"


def _weekday(year: int, days: str) -> Iterator[str]:
    try:
        yield _key(date(year, *map(int, days.split("-"))))
    except ValueError:
        return


def _is(day: date, weekday: str) -> bool:
    return WEEKDAYS[day.weekday()] == weekday


def _key(day: date) -> str:
    return f"{day.year}-{day.month}-{day.day} {WEEKDAYS[day.weekday()]}"


def fits(claimed: str, known: str) -> bool:
    """Whether everything that the claim says of a date is said by the known one."""
    one, other = claimed.replace(" ", "-").split("-"), known.replace(" ", "-").split("-")
    return all(a in ("?", b) for a, b in zip(one, other, strict=True))
