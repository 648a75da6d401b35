"""What a source says of its day of publication → a day, or an instant where the zone is given too.

Nothing is guessed. ISO forms, the month names of the larger European languages (by CLDR, through babel) and numbers
that leave no doubt are read; 04/03/2031 (April or March?) is not, and neither is a date without its year. A time of day
without a zone names no instant, so only its day is kept.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Literal
from urllib.parse import urlsplit

from babel import Locale

from newsdesk.types import Published

_YEARS = range(1600, 3000)
"""Newspapers are no older; a year outside is a placeholder such as 0001-01-01 or 9999-12-31."""

_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "hu", "ro", "ca")
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?"
_YEAR = r"(?P<year>\d{4})"
_TIME = (
    r"(?:[,\s]*(?:\s|at|-|–|—|\||·|,|T)\s*(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?(?::(?P<second>\d{2}))?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*\(?(?P<zone>z|utc|gmt|[a-z]{2,5})?\)?\s*(?P<offset>[+-]\d{2}:?\d{2})?)?"
)
_NUMBERS = re.compile(r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})(?:[,\sT]+\d{1,2}[:.]\d{2}.*)?")
_PREFIX = re.compile(
    r"(?:(?P<later>(?:last )?(?:updated|modified)|aktualisiert|stand|mis à jour|actualizado|aggiornato|atualizado"
    r"|bijgewerkt|uppdaterad|opdateret|oppdatert)"
    r"|(?:first |originally )?(?:published|posted)|date|veröffentlicht|publié|publicado|pubblicato|gepubliceerd"
    r"|publicerad|udgivet|publisert)(?:\s+(?:on|am|le|el|il|em|op|den))?\s*:?\s+",
    re.IGNORECASE,
)


_DATELINE = re.compile(
    r"(?:[^\W\d_a-z][\w.'’-]*[\s/]?){1,4}(?:\([^()]{2,40}\))?,\s+([^()–—]{8,30}?)\s*(?:\([^()]{2,40}\)\s*)?(?:--|\s-|[–—])\s"
)
_IN_PATH = re.compile(r"(?<=/)(\d{4})[/-](\d{2}|[a-z]{3})[/-](\d{2})(?!\d)", re.IGNORECASE)


def parse(value: object) -> Published | None:
    """The date that ``value`` states, or None where it states none without doubt.

    Numbers are seconds or milliseconds since 1970, or a day such as 20310304. Never raises.
    """
    try:
        found = _parse(value)
    except (ValueError, OverflowError, OSError, TypeError):  # OSError: more years than the C library can count
        return None
    return found if found is not None and found.year in _YEARS else None


def line(text: str) -> tuple[Published, bool] | None:
    """The date of a line that holds nothing but a date, and whether it is the date of a later change."""
    stripped = text.strip().strip("|·•").strip()
    prefix = _PREFIX.match(stripped)
    found = parse(stripped[prefix.end() :] if prefix else stripped) if len(stripped) <= 80 else None
    if found is None or stripped.isdigit():
        return None
    return found, bool(prefix and prefix["later"])


def dateline(text: str) -> Published | None:
    """The day in the words before a first sentence: "NORDBY, 6 May 2031 (Northline) – A works was opened"."""
    match = _DATELINE.match(text)
    found = line(match[1]) if match else None
    return found[0] if found and not found[1] else None


def in_path(url: str | None) -> date | None:
    """The day in a web address: /2031/03/04/storm, /2031-03-04-storm, /2031/mar/04/storm; of two different, none."""
    path = urlsplit(url).path if url else ""
    found = {
        parse("-".join(given) if given[1].isdigit() else " ".join(given[::-1])) for given in _IN_PATH.findall(path)
    }
    day = found.pop() if len(found) == 1 else None
    return day if isinstance(day, date) else None


def _parse(value: object) -> Published | None:
    if isinstance(value, datetime):
        return _known(value)
    if isinstance(value, date):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _number(value)
    return _text(" ".join(value.split())) if isinstance(value, str) else None


def _known(moment: datetime) -> Published:
    """An instant where the zone is given, else the day."""
    return moment.date() if moment.utcoffset() is None else moment


def _number(value: float) -> Published | None:
    """Seconds or milliseconds since 1970, or the digits of a day; a small number is none of these."""
    if 1600_01_01 <= value <= 2999_12_31 and value == int(value):
        return datetime.strptime(str(int(value)), "%Y%m%d").date()
    if value < 1e8:
        return None
    return datetime.fromtimestamp(value / 1000 if value >= 1e11 else value, UTC)


def _text(text: str) -> Published | None:
    if text.isdigit():
        return _number(int(text)) if len(text) in {8, 10, 13} else None
    for form in (_iso, _named, _numeric):
        try:
            if found := form(text):
                return found
        except (ValueError, TypeError):
            continue
    return None


def _iso(text: str) -> Published | None:
    """ISO 8601; a year or a year and month alone raise or give nothing."""
    tidy = re.sub(r"\s+(?:UTC|GMT|Z)$", "+00:00", text)
    tidy = re.sub(r"\s+([+-]\d{2}:?\d{2})$", r"\1", tidy)
    if not re.match(r"\d{4}-?\d{2}-?\d{2}|\d{4}-?W\d{2}-?\d", tidy):
        return None
    return _known(datetime.fromisoformat(tidy)) if len(tidy) > 10 else date.fromisoformat(tidy)


def _named(text: str) -> Published | None:
    """Days whose month is a word: 4 March 2031, Tuesday, March 4, 2031 at 8.30 am GMT, 3 de octubre de 2031."""
    months, forms = _names("months"), _forms()
    for form in forms:
        if match := form.fullmatch(text):
            return _timed(date(int(match["year"]), months[match["month"].casefold()], int(match["day"])), match)
    return None


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    """The orders in which day, month and year are written."""
    month, weekday = (rf"(?:{'|'.join(sorted(_names(kind), key=len, reverse=True))})" for kind in ("months", "days"))
    month = rf"(?P<month>{month})\.?"
    orders = (
        rf"{_DAY}(?:\s+(?:of|de)\b)?[\s-]+(?:d['’])?{month},?(?:\s+del?)?[\s-]+{_YEAR}",
        rf"{month}\s+{_DAY},?\s+{_YEAR}",
    )
    return tuple(re.compile(rf"(?:{weekday}\.?,?\s+)?{order}{_TIME}", re.IGNORECASE) for order in orders)


@cache
def _names(kind: Literal["months", "days"]) -> dict[str, int]:
    """The names of months (1 to 12) or weekdays, whole and short, by CLDR. No month's name is another's elsewhere."""
    given = (
        (re.sub(r"^(?:de |d['’])|\.$", "", name.casefold()), number)
        for language in _LANGUAGES
        for forms in getattr(Locale(language), kind).values()
        for form in ("wide", "abbreviated")
        for number, name in forms[form].items()
    )
    usual = {"sept": 9} if kind == "months" else {"tues": 1, "thur": 3, "thurs": 3}
    return usual | {name: number for name, number in given if re.fullmatch(r"[^\W\d_]+(?:-feira)?", name)}


def _timed(day: date, match: re.Match[str]) -> Published:
    """The instant where time and zone are both given in a form that means one thing everywhere."""
    zone = _zone(match["zone"], match["offset"])
    if match["hour"] is None or zone is None:
        return day
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower().startswith("p") else 0)
    return datetime(
        day.year, day.month, day.day, hour, int(match["minute"] or 0), int(match["second"] or 0), tzinfo=zone
    )


def _zone(name: str | None, offset: str | None) -> timezone | None:
    """Offsets and Universal Time. BST, IST, CST and their like name several zones, so none."""
    if offset:
        size = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
        return timezone(-size if offset[0] == "-" else size)
    return UTC if name and name.lower() in {"z", "utc", "gmt"} else None


def _numeric(text: str) -> Published | None:
    """Days in numbers, where only one reading gives a date; dots are day-first wherever they are used."""
    if not (match := _NUMBERS.fullmatch(text)):
        return None
    first, mark, second, third = match[1], match[2], int(match[3]), match[4]
    if len(first) == 4 and len(third) <= 2:
        return date(int(first), second, int(third))
    if len(first) > 2 or len(third) != 4:
        return None
    day, month, year = int(first), second, int(third)
    if mark == "." or day > 12 or day == month:
        return date(year, month, day)
    return date(year, day, month) if month > 12 else None
