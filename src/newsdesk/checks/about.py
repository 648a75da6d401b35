"""What a number or a name is about, by what stands around it, and whether a claim gives it to something else."""

from __future__ import annotations

from itertools import pairwise

from newsdesk.checks.figures import fits
from newsdesk.checks.numbers import CALENDAR, COUNT
from newsdesk.checks.speech import speaks
from newsdesk.checks.tokens import Tokens, empty, groups, keys
from newsdesk.checks.words import STOP, listed

REACH = 8
"""Tokens on each side of a number or name that say what it is about."""
STAND_IN = 0.9
"""A name that is not in the source was put for another when their surroundings are this much alike."""
IN_ORDER = 0.3
"""What is left of a rival's likeness where claim and source have both in the same order."""
RIVAL, MARGIN = 1.3, 0.15
"""A number or name is another's when the other's surroundings in the source are this much more alike."""
_ASIDES = frozenset(
    listed("""
who which whose whom of led a an the formerly now then once aged also his her
""")
)
_PREPOSITIONS = frozenset(listed("in at from to on off near into of"))
_LONGEST_ASIDE = 14
_BREAKS = {",": 1.5, ";": 4.0, ":": 2.0, "and": 2.0, "but": 3.0, "while": 3.0, "against": 2.0, ".": 6.0, "?": 6.0}


def of_another(claim: Tokens, source: Tokens) -> bool:
    """Whether a number or name of the claim is said, in the source, of something else."""
    named = [place for place in groups(claim) if not speaks(claim, *place)]
    said = set().union(*(keys(claim[start:end]) for start, end in named))
    if any(_swapped(place, claim, _figures(source), source, said) for place in _figures(claim)):
        return True
    if any(_other_count(n, claim, source) for n, token in enumerate(claim) if token.unit == COUNT):
        return True
    others = [place for place in groups(source) if not speaks(source, *place) or _alike_any(place, source, said)]
    return any(_swapped(place, claim, others, source, said) for place in named)


def _alike_any(place: tuple[int, int], source: Tokens, said: set[str]) -> bool:
    return bool(keys(source[slice(*place)]) & said)


def _other_count(at: int, claim: Tokens, source: Tokens) -> bool:
    """Whether the source counts with another number what the claim counts with this one."""
    counted = _heads(claim, at)
    own = [_heads(source, n) for n, token in enumerate(source) if token.key == claim[at].key and token.kind == "number"]
    rival = [_heads(source, n) for n, token in enumerate(source) if token.key != claim[at].key and token.unit == COUNT]
    return all(own) and not any(counted & heads for heads in own) and any(counted & heads for heads in rival)


def _heads(tokens: Tokens, at: int) -> set[str]:
    """The one or two words that say what a number counts."""
    found: set[str] = set()
    for token in tokens[at + 1 : at + 3]:
        if token.kind != "word" or empty(token):
            break
        found.add(token.key)
    return found


def _figures(tokens: Tokens) -> list[tuple[int, int]]:
    """The places of numbers, times and dates."""
    return [(n, n + 1) for n, token in enumerate(tokens) if token.kind in ("number", "time", "date")]


def _alike(one: Tokens, other: Tokens) -> bool | None:
    """Whether two names or figures are the same; None where they are of different kinds and cannot be confused."""
    units = {token.unit for token in (one[0], other[0])}
    if one[0].kind != other[0].kind or (len(units) == 2 and "" not in units) or (len(units) == 2 and CALENDAR in units):
        return None
    if one[0].kind == "name":
        return bool(keys(one) & keys(other))
    if one[0].kind == "date":
        return fits(one[0].key, other[0].key) or fits(other[0].key, one[0].key)
    return one[0].key == other[0].key


def _swapped(
    place: tuple[int, int], claim: Tokens, places: list[tuple[int, int]], source: Tokens, said: set[str]
) -> bool:
    about = surroundings(claim, *place)
    own, rival = [], []
    for start, end in places:
        same = _alike(claim[slice(*place)], source[start:end])
        likeness = _likeness(about, surroundings(source, start, end))
        if same:
            own.append((likeness, start))
        elif same is False and _placed(claim, place[0]) == _placed(source, start):
            rival.append((likeness, start))
    if not own:
        fresh = [likeness for likeness, start in rival if source[start].key not in said]
        return claim[place[0]].kind == "name" and max(fresh, default=0.0) > STAND_IN
    best, at = max(own)
    return any(
        likeness * (IN_ORDER if _in_order(place[0], claim, at, start, source) else 1.0) > RIVAL * best + MARGIN
        for likeness, start in rival
    )


def _placed(tokens: Tokens, at: int) -> bool:
    """Whether a preposition makes a name a place: "in Maldrey" is no rival of "Maldrey" that acts."""
    before = at - 1
    while before > 0 and tokens[before].text.casefold() in (".", "the", "st", "mr", "mrs", "dr"):
        before -= 1
    return tokens[at].kind == "name" and before >= 0 and tokens[before].text.casefold() in _PREPOSITIONS


def _in_order(at: int, claim: Tokens, own: int, rival: int, source: Tokens) -> bool:
    """Whether the claim has the rival too, on the same side as the source has it: then they are hardly swapped."""
    others = [n for n, token in enumerate(claim) if token.kind == source[rival].kind and token.key == source[rival].key]
    return any((n > at) == (rival > own) for n in others)


def surroundings(tokens: Tokens, start: int, end: int) -> dict[str, float]:
    """What stands around ``tokens[start:end]``, nearer weighing more (1 beside it, falling).

    Breaks add distance; what follows an aside between commas is as near as if the aside were not there.
    """
    found: dict[str, float] = {}
    forward = _asides(tokens)
    back = {close: opening for opening, close in forward.items()}
    _walk(tokens, range(end, len(tokens)), forward, found)
    _walk(tokens, range(start - 1, -1, -1), back, found)
    return found


def _walk(tokens: Tokens, side: range, asides: dict[int, int], found: dict[str, float]) -> None:
    distance, close, resume = 0.0, -1, 0.0
    for n in side:
        if n == close:
            distance, close = resume, -1
        if n in asides:
            close, resume = asides[n], distance
        word = tokens[n].text.casefold()
        distance += _BREAKS.get(word, 0.0 if tokens[n].kind == "mark" else 0.5 if word in STOP else 1.0)
        if distance > REACH and close < 0:
            return
        if tokens[n].kind != "mark" and distance <= REACH and not empty(tokens[n]):
            weight = 1 / (1 + max(distance - 1, 0) / 2)
            found[tokens[n].key] = max(found.get(tokens[n].key, 0.0), weight)


def _asides(tokens: Tokens) -> dict[int, int]:
    """From the comma that opens an aside ("Mr Pell, of the Coast Alliance, came second") to the one that closes it."""
    stops = [n for n, token in enumerate(tokens) if token.text in (",", ".", ";", ":")]
    found: dict[int, int] = {}
    for one, other in pairwise(stops):
        plain = tokens[one].text == tokens[other].text == "," and 1 < other - one <= _LONGEST_ASIDE
        if plain and (tokens[one + 1].kind == "number" or tokens[one + 1].text.casefold() in _ASIDES):
            found[one] = other
    return found


def _likeness(one: dict[str, float], other: dict[str, float]) -> float:
    return sum(weight * other[key] for key, weight in one.items() if key in other)


def nearer(claim: Tokens, place: tuple[int, int], source: Tokens, own: list[int], rivals: list[int]) -> bool:
    """Whether what stands at ``rivals`` is nearer to what the claim says at ``place`` than what stands at ``own``."""
    about = surroundings(claim, *place)
    mine = max(_likeness(about, surroundings(source, n, n + 1)) for n in own)
    return max(_likeness(about, surroundings(source, n, n + 1)) for n in rivals) > RIVAL * mine + MARGIN
