"""Numbers in words and digits, with their units: "twelve", "3.5 million", "two-thirds", "12-hour"."""

from __future__ import annotations

import math
from collections.abc import Sequence

from newsdesk.checks.tokens import Token
from newsdesk.checks.words import STOP, listed

_SMALL = listed("""
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen
""")
_TENS = listed("twenty thirty forty fifty sixty seventy eighty ninety")
VALUES = {word: float(n) for n, word in enumerate(_SMALL)} | {word: 20.0 + 10 * n for n, word in enumerate(_TENS)}
_ORDINALS = listed("""
third:3 fourth:4 fifth:5 sixth:6 seventh:7 eighth:8 ninth:9 tenth:10 eleventh:11 twelfth:12 thirteenth:13
fourteenth:14 fifteenth:15 sixteenth:16 seventeenth:17 eighteenth:18 nineteenth:19 twentieth:20 thirtieth:30
fortieth:40 fiftieth:50 twice:2 thrice:3 dozen:12
""")
VALUES |= {word: float(n) for word, n in (pair.split(":") for pair in _ORDINALS)}
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10, "thirds": 3, "quarters": 4, "fifths": 5}
_TIMES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
_UNITS = listed("""
metre:metre metres:metre meter:metre meters:metre m:metre kilometre:km kilometres:km kilometer:km
kilometers:km km:km mile:mile miles:mile foot:foot feet:foot ft:foot inch:inch inches:inch yard:yard
yards:yard centimetre:cm centimetres:cm cm:cm millimetre:mm millimetres:mm mm:mm knot:knot knots:knot mph:mph
hour:hour hours:hour minute:minute minutes:minute second:second seconds:second day:day days:day night:night
nights:night week:week weeks:week fortnight:week month:month months:month year:year years:year decade:decade
decades:decade percent:% tonne:tonne tonnes:tonne ton:ton tons:ton kilogram:kg kilograms:kg kilo:kg kilos:kg
kg:kg gram:gram grams:gram litre:litre litres:litre gallon:gallon gallons:gallon hectare:hectare
hectares:hectare acre:acre acres:acre megawatt:MW megawatts:MW mw:MW kilowatt:kW kilowatts:kW kw:kW
gigawatt:GW gigawatts:GW watt:W watts:W degree:degree degrees:degree pound:£ pounds:£ euro:€ euros:€ dollar:$
dollars:$ pence:p penny:p cent:c cents:c
""")
COUNT, CALENDAR = "#", "calendar"
_CURRENCIES = ("£", "$", "€", "US$")
_UNIT = dict(pair.split(":") for pair in _UNITS)


def joined(tokens: Sequence[Token], text: str) -> list[Token]:
    """Words and digits that make one number joined, with the unit that follows."""
    done: list[Token] = []
    at = 0
    while at < len(tokens):
        value, after = _number_at(tokens, at)
        if value is None:
            done.append(tokens[at])
            at += 1
            continue
        first, last = tokens[at], tokens[after - 1]
        unit = first.unit or _unit(tokens, after) or _counted(tokens, after, last.text, value)
        done.append(Token("number", text[first.start : last.end], first.start, last.end, value_key(value), unit))
        at = after
    return done


def _number_at(tokens: Sequence[Token], at: int) -> tuple[float | None, int]:
    """The value of the number that starts here and where it ends; None where none does."""
    part = _part(tokens, at)
    if part:
        return part
    if tokens[at].text.casefold() == "fortnight":
        return 2.0, at + 1
    total, current, n, seen = 0.0, 0.0, at, False
    while n < len(tokens):
        low = tokens[n].text.casefold()
        if tokens[n].kind == "number" and not seen:
            current = float(tokens[n].key)
        elif low in VALUES and not (seen and _closed(tokens[n - 1], current, VALUES[low])):
            current += VALUES[low]
        elif seen and (low in _TIMES or (low == "m" and tokens[at].unit in _CURRENCIES)):
            current *= _TIMES.get(low, 1e6)
            if low != "hundred":
                total, current = total + current, 0.0
        elif low == "and" and seen and tokens[n - 1].text.casefold() in _TIMES and _follows(tokens, n + 1):
            pass
        else:
            break
        n, seen = n + 1, True
    return (total + current, n) if seen else (None, at)


def _closed(before: Token, current: float, more: float) -> bool:
    """Whether a number word begins a new number: "twenty" takes "three" on, "three" takes nothing."""
    return before.kind == "number" or not (current % 100 == 0 or (current % 10 == 0 and more < 10 and current > 10))


def _follows(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].text.casefold() in VALUES


def _part(tokens: Sequence[Token], at: int) -> tuple[float, int] | None:
    """A fraction ("a third", "two-thirds", "half") and where it ends."""
    low = tokens[at].text.casefold()
    if low == "half":
        return 0.5, at + 1
    after = tokens[at + 1].text.casefold() if at + 1 < len(tokens) else ""
    if after in _PARTS and low in ("a", "one"):
        return 1 / _PARTS[after], at + 2
    if after in _PARTS and after.endswith("s") and low in VALUES:
        return VALUES[low] / _PARTS[after], at + 2
    return None


def _unit(tokens: Sequence[Token], at: int) -> str:
    """The unit that follows a number, in one spelling; empty where none does."""
    words = [token.text.casefold() for token in tokens[at : at + 4]] + ["", "", ""]
    if at and tokens[at - 1].text.casefold() == "half" and words[0] in ("a", "an"):
        words = words[1:]
    if words[0] == "per" and words[1] in ("cent", "cents"):
        return "%"
    if words[0] in ("cubic", "square"):
        return f"{words[0]} {_UNIT.get(words[1], '')}"
    unit = _UNIT.get(words[0], "")
    if unit in ("mile", "km") and words[1] in ("an", "per") and words[2] == "hour":
        return "mph" if unit == "mile" else "km/h"
    return unit


def _counted(tokens: Sequence[Token], at: int, digits: str, value: float) -> str:
    if digits.casefold() == "fortnight":
        return "week"
    if len(digits) == 4 and digits.isdigit() and 1000 <= value < 2200:
        return CALENDAR
    follows = tokens[at].text.casefold() if at < len(tokens) and tokens[at].kind == "word" else ""
    return COUNT if follows and follows not in STOP else ""


def value_key(number: float) -> str:
    """A number as the text that makes equal numbers equal."""
    if not math.isfinite(number):
        return "endless"
    return f"{number:.6g}" if number != int(number) else str(int(number))
