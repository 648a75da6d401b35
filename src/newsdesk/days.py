"""Phrases of time → days of the calendar: "last Friday", "two weeks ago", "6 March" → a period. English only.

Weeks begin on Monday. dateutil does the calendar; dateparser's search was tried and takes "may the" for a date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from dateutil import parser, relativedelta  # type: ignore[import-untyped]


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a phrase names, both inclusive. ``deictic``: named relative to the day of asking."""

    first: date
    last: date
    deictic: bool = True
    has_year: bool = False


NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
NUMBERS |= {"nine": 9, "ten": 10, "twelve": 12, "couple of": 2, "a couple of": 2, "few": 5, "a few": 5, "several": 7}
"""Vague numbers are taken at the upper end of what they may mean: the wider window hides less."""

NUMBER = r"(?:\d{1,3}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"
UNIT = r"(?:hour|day|week|fortnight|month|year)s?"
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b"
)
WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
YEAR = r"(?:,? (?:19|20)\d\d\b)"
DAY = (
    rf"(?:the \d{{1,2}}(?:st|nd|rd|th) (?:of )?{MONTH}{YEAR}?|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{MONTH}{YEAR}?"
    rf"|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b{YEAR}?|\d{{4}}-\d\d-\d\d\b)"
)
RELATIVE = (
    r"the day before yesterday\b|yesterday\b|last night\b|earlier today\b|this (?:morning|afternoon|evening)\b"
    r"|the week before last\b|(?:earlier |so far )?this (?:week|month|year)\b"
    rf"|(?<!the )last (?:week|month|year)\b|last {WEEKDAY}|(?:last|the) weekend\b|{NUMBER} {UNIT} ago\b"
    r"|the (?:beginning|start) of the (?:week|month|year)\b"
)


_DAYS_BACK = {"the day before yesterday": 2, "yesterday": 1, "last night": 1, "earlier today": 0}
_DAYS_BACK |= {"this morning": 0, "this afternoon": 0, "this evening": 0}


def number_of(word: str) -> int:
    """The number that NUMBER has matched: "3", "a few"."""
    return int(word) if word.isdigit() else NUMBERS[word.lower()]


def days_back(asked: date, number: int, unit: str) -> date:
    """The day that lies so many hours, days, weeks, months or years back; hours count as whole days."""
    unit = unit.lower().removesuffix("s")
    if unit == "hour":
        return asked - timedelta(days=-(-number // 24))
    if unit in ("month", "year"):
        months = number if unit == "month" else 12 * number
        there: date = asked - relativedelta.relativedelta(months=months)
        return there
    return asked - timedelta(days=number * {"day": 1, "week": 7, "fortnight": 14}[unit])


def relative(point: str, asked: date) -> Period | None:
    """The days of a phrase that is relative to the day of asking; None for a date of the calendar."""
    ago = re.fullmatch(rf"({NUMBER}) ({UNIT}) ago", point)
    if ago:
        there = days_back(asked, number_of(ago[1]), ago[2])
        unit = ago[2].removesuffix("s").replace("fortnight", "week")
        return Period(there, there) if unit in ("hour", "day") else _around(there, unit)
    if point.endswith("weekend"):
        saturday = asked + relativedelta.relativedelta(days=-1, weekday=relativedelta.SA(-1))
        return Period(saturday, saturday + timedelta(days=1))
    back = _DAYS_BACK.get(point)
    if back is not None:
        return Period(asked - timedelta(days=back), asked - timedelta(days=back))
    unit = next((unit for unit in ("week", "month", "year") if unit in point), "")
    return _unit_back(point, unit, asked) if unit else None


def _unit_back(point: str, unit: str, asked: date) -> Period:
    if point.startswith("last"):
        return _around(days_back(asked, 1, unit), unit)
    if point == "the week before last":
        return _around(days_back(asked, 2, unit), unit)
    whole = _around(asked, unit)
    return replace(whole, last=whole.first if " of the " in point else asked)


def _around(there: date, unit: str) -> Period:
    """The calendar week, month or year in which the day lies."""
    if unit == "week":
        monday = there - timedelta(days=there.weekday())
        return Period(monday, monday + timedelta(days=6))
    first = there.replace(day=1) if unit == "month" else there.replace(month=1, day=1)
    return Period(first, days_back(first, -1, unit) - timedelta(days=1))


def calendar(point: str, asked: date) -> Period:
    """The days of a date of the calendar; without a year, the last such before the day of asking or on it."""
    weekday = re.search(rf"({WEEKDAY})$", point, re.IGNORECASE)
    if weekday:
        there = asked + relativedelta.relativedelta(days=-1, weekday=_weekday(weekday[1]))
        return Period(there, there, deictic=point.lower().startswith("last "))
    has_year = bool(re.search(r"\d{4}", point))
    words = re.sub(r"^the ", "", point, flags=re.IGNORECASE)
    parsed: date = parser.parse(words, default=datetime.combine(asked.replace(day=1), time())).date()
    if not has_year and parsed > asked:
        parsed = parsed.replace(year=parsed.year - 1)
    whole_month = not re.search(r"\b\d{1,2}(?:\D|$)", point)
    period = _around(parsed, "month") if whole_month else Period(parsed, parsed)
    return replace(period, deictic=False, has_year=has_year)


def _weekday(name: str) -> relativedelta.weekday:
    return getattr(relativedelta, name[:2].upper())(-1)
