"""What a sentence states that can be compared: words, numbers with their units, times, dates and names, in order.

English. Numbers are normalised ("twelve", "12", "1,200", "3.5 million", "a third"), times of day too ("7.12 p.m.",
"7:12 pm"). Pure functions; offsets are code points of the text that was read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache

from newsdesk.checks.numbers import VALUES, joined, value_key
from newsdesk.checks.tokens import Kind, Token
from newsdesk.checks.words import STOP, denies, listed, stem

_MONTHS = listed("""
January February March April May June July August September October November December
""")
WEEKDAYS = listed("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_DAY = "|".join(WEEKDAYS)
_TOKEN = re.compile(
    rf"""
    (?P<iso>\b\d{{4}}-\d\d-\d\d\b)
  | (?P<dmy>\b(?:(?P<w1>{_DAY}),?\ +)?(?P<d1>\d\d?)(?:st|nd|rd|th)?\ +(?:of\ +)?
      (?P<m1>{_MONTH})\b(?:,?\ +(?P<y1>\d{{4}})\b)?)
  | (?P<mdy>\b(?:(?P<w2>{_DAY}),?\ +)?(?P<m2>{_MONTH})\.?\ +(?P<d2>\d\d?)
      (?:st|nd|rd|th)?(?![\d.:]*\d)(?:,?\ +(?P<y2>\d{{4}})\b)?)
  | (?P<my>\b(?P<m3>{_MONTH})(?:,?\ +(?P<y3>\d{{4}})\b)|\b(?P<m4>{"|".join(_MONTHS)})\b)
  | (?P<wd>\b(?:{_DAY})\b)
  | (?P<time>\b(?P<h>\d\d?)(?:[.:](?P<min>\d\d))?\ *(?P<half>[ap]\.?\ ?m\b\.?)|\b(?P<h24>\d\d?):(?P<min24>\d\d)\b
      |\b(?:noon|midnight)\b|\b(?P<hw>\w+)\ o['’]clock\b)
  | (?P<num>[£$€]?\d+(?:,\d{{3}})*(?:\.\d+)?(?:st|nd|rd|th)?(?:\ *%)?)
  | (?P<word>(?:[^\W\d_]\.){{2,}}|[^\W\d_]+(?:['’][^\W\d_]+)*)
  | (?P<mark>[.,;:!?()“”"–—])
    """,
    re.VERBOSE,
)

TITLES = frozenset(
    listed("""
mr mrs ms miss dr prof professor captain commander chief inspector dame sir lord lady judge justice sergeant
councillor alderman mayor president minister senator bishop reverend father saint st constable superintendent
""")
)
"""Words before a name that are not the name."""
_PLAIN = ("s", "ers", "ing", "ed", "tion", "ly", "al", "men", "people")
"""Endings that make an unknown word at the head of a sentence a common one rather than a name."""


def read(text: str, lower: Collection[str] = (), upper: Collection[str] = ()) -> tuple[Token, ...]:
    """The tokens of ``text`` in order. ``lower`` and ``upper``: words that the sources write small or, inside a
    sentence, with a capital, in small letters; they tell whether the first word of a sentence is a name.
    """
    tokens = joined([_token(match) for match in _TOKEN.finditer(text)], text)
    return tuple(_named(token, n, tokens, lower, upper) for n, token in enumerate(tokens))


@lru_cache(maxsize=512)
def read_source(text: str) -> tuple[Token, ...]:
    """The tokens of a source's text, its own words telling names at the head of a sentence from other words."""
    return read(text, *letters(text))


@lru_cache(maxsize=512)
def letters(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words that a text writes small, and those that it writes with a capital inside a sentence."""
    lower = frozenset(word.casefold() for word in re.findall(r"\b[^\W\d_A-Z][^\W\d_]*", text))
    return lower, frozenset(word.casefold() for word in re.findall(r"(?<=[\w,] )[A-Z][^\W\d_]+", text)) - STOP


def _token(match: re.Match[str]) -> Token:
    group, text = match.lastgroup or "", match.group()
    found = match.groupdict()
    start, end = match.span()
    if found["iso"]:
        year, month, day = text.split("-")
        return Token("date", text, start, end, _date(year, month, day, None))
    if found["dmy"]:
        return Token("date", text, start, end, _date(found["y1"], found["m1"], found["d1"], found["w1"]))
    if found["mdy"]:
        return Token("date", text, start, end, _date(found["y2"], found["m2"], found["d2"], found["w2"]))
    if found["my"]:
        return Token("date", text, start, end, _date(found["y3"], found["m3"] or found["m4"], None, None))
    if found["wd"]:
        return Token("date", text, start, end, _date(None, None, None, text))
    if found["time"]:
        return Token("time", text, start, end, _time(found, text))
    if found["num"]:
        return _digits(text, start, end)
    kind: Kind = "mark" if group == "mark" else "word"
    return Token(kind, text, start, end, text if kind == "mark" else stem(text))


def _date(year: str | None, month: str | None, day: str | None, weekday: str | None) -> str:
    if month and not month.isdigit():
        month = str(1 + next(n for n, name in enumerate(_MONTHS) if name.startswith(month[:3])))
    parts = (year or "?", str(int(month)) if month else "?", str(int(day)) if day else "?")
    return f"{'-'.join(parts)} {weekday or '?'}"


def _time(found: dict[str, str | None], text: str) -> str:
    if text in ("noon", "midnight"):
        return "720" if text == "noon" else "0"
    if found["hw"]:
        return f"{VALUES.get(found['hw'].casefold(), 0) * 60:.0f}?"
    hour, minute = int(found["h"] or found["h24"] or 0), int(found["min"] or found["min24"] or 0)
    half = (found["half"] or "").lower()
    if half:
        return str(hour % 12 * 60 + minute + (720 if half.startswith("p") else 0))
    return f"{hour * 60 + minute}" + ("?" if hour <= 12 else "")


def _digits(text: str, start: int, end: int) -> Token:
    plain = re.sub(r"[^\d.]", "", text).rstrip(".")
    unit = text[0] if text[0] in "£$€" else "%" if text.endswith("%") else ""
    return Token("number", text, start, end, value_key(float(plain)), unit)


def _named(token: Token, n: int, tokens: Sequence[Token], lower: Collection[str], upper: Collection[str]) -> Token:
    if token.kind != "word" or not token.text[0].isupper() or token.text.casefold() in TITLES:
        return token
    low = re.split(r"['’]", token.text.casefold())[0] if len(token.text) < 6 else token.text.casefold()
    first = n == 0 or (tokens[n - 1].kind == "mark" and tokens[n - 1].text not in ",()")
    if first and not _abbreviated(tokens, n) and not _names_anyway(token, n, tokens, low, lower, upper):
        return token
    return replace(token, kind="name") if low not in STOP or (len(low) > 3 and not first) else token


def _abbreviated(tokens: Sequence[Token], n: int) -> bool:
    """Whether the full stop before belongs to a title or an initial: "Dr. Voss", "K. L. Voss"."""
    before = tokens[n - 2].text if n >= 2 and tokens[n - 1].text == "." else ""
    return bool(before) and (len(before) == 1 or before.casefold() in TITLES)


def _names_anyway(
    token: Token, n: int, tokens: Sequence[Token], low: str, lower: Collection[str], upper: Collection[str]
) -> bool:
    """Whether the first word of a sentence is a name and not merely the first word."""
    if low in STOP or token.text.casefold() in STOP or denies(low):
        return False
    if low in upper or low in lower:
        return low in upper
    following = tokens[n + 1].text if n + 1 < len(tokens) and tokens[n + 1].kind == "word" else ""
    return following[:1].isupper() or not low.endswith(_PLAIN)
