"""Every sentence of a written answer, held against the place it cites.

A sentence with ``[n]`` is supported where whole sentences of the n-th hit hold its words and every number, date and
name, deny what it denies, and give its words to the same speaker.
Those sentences then are its citation, to the code point.
Pure and quick: no model is needed, though a reader's relevance may help to choose the place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from newsdesk.checks.faults import Faults, faults
from newsdesk.checks.places import Place, Source, citation, joined, places, without_source
from newsdesk.checks.read import letters, read
from newsdesk.checks.tokens import Evidence, Token, content
from newsdesk.sentences import sentences
from newsdesk.types import Citation, Hit, Support

Relevance = Callable[[str, Sequence[str]], list[float]]
"""How likely each text is to say what the sentence says, 0 to 1; higher is likelier."""

ENOUGH, LITTLE = 0.55, 0.35
"""Share of a sentence's content that must stand in its place to be supported, and to be weakly supported."""
ENOUGH_WORDS = 0.4
"""The same, of the words that are neither names nor figures."""
MOST_PLACES = 8
"""Places, those with most words in common, that are looked at closely for one sentence."""
LENGTH_COST = 0.04
"""What each further sentence of a place must add to the overlap to be worth quoting."""
RELEVANCE_GAIN = 0.1
MOST_JOINED = 4
"""Cited hits that one sentence may rest on together."""
BEFORE = 2500
"""Code points before a hit that are read for whom a pronoun in it means."""

_MARKER = re.compile(r"\s*[\[【]\s*(\d+(?:\s*[,;]\s*\d+)*)\s*[\]】]")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+|^#+\s*")


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence of an answer, its ``[n]`` those of its own citations, and how well these support it.

    ``faults`` are the rules that it breaks, for the log; ``end`` is what follows it in the answer.
    """

    sentence: str
    support: Support
    citations: tuple[Citation, ...]
    faults: tuple[str, ...] = ()
    end: str = " "


@dataclass(frozen=True, slots=True)
class _Match:
    places: tuple[Place, ...]
    overlap: float
    words: float
    faults: Faults

    @property
    def support(self) -> Support:
        if self.faults.hard or self.overlap < LITTLE:
            return "unsupported"
        return "weak" if self.faults.soft or self.overlap < ENOUGH or self.words < ENOUGH_WORDS else "supported"

    @property
    def rank(self) -> tuple[int, float]:
        order = {"supported": 2, "weak": 1, "unsupported": 0}[self.support]
        return order, self.overlap - LENGTH_COST * sum(place.length for place in self.places) - 0.2 * len(
            self.faults.hard
        )


def verify(
    said: Sequence[str],
    hits: Sequence[Hit],
    texts: Mapping[str, str] | None = None,
    relevance: Relevance | None = None,
) -> tuple[Checked, ...]:
    """Check sentences whose ``[n]`` refer to ``hits[n - 1]``.

    Markers out of range are dropped; a sentence without any is held against all hits. Citations are numbered anew
    through the answer, one number for each place. ``texts`` gives the articles' whole texts by id, where at hand: what
    stands before a hit tells whom its "he" means.
    """
    numbers: dict[tuple[str, int, int], int] = {}
    sources = [
        Source(hit, (texts or {}).get(hit.article_id, "")[max(0, hit.start - BEFORE) : hit.start]) for hit in hits
    ]
    return tuple(_numbered(_check(sentence, sources, relevance), numbers) for sentence in said)


def check(
    text: str, hits: Sequence[Hit], texts: Mapping[str, str] | None = None, relevance: Relevance | None = None
) -> tuple[Checked, ...]:
    """Split an answer into sentences and verify them; ``compose`` puts the answer together again."""
    parts = split(text)
    checked = verify([sentence for sentence, _ in parts], hits, texts, relevance)
    return tuple(replace(one, end=end) for one, (_, end) in zip(checked, parts, strict=True))


def compose(checked: Sequence[Checked]) -> tuple[str, tuple[Citation, ...]]:
    """The answer's text and its citations, each place once, in the order of their numbers."""
    citations = {citation.number: citation for one in checked for citation in one.citations}
    text = "".join(one.sentence + one.end for one in checked).rstrip()
    return text, tuple(citations[number] for number in sorted(citations))


def split(text: str) -> list[tuple[str, str]]:
    """The sentences of an answer, each with its markers, and what stands between it and the next."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        spans = sentences(line)
        for n, (start, end) in enumerate(spans):
            piece = line[start:end]
            if found and n and not _claim(piece).strip(" ."):
                found[-1] = (f"{found[-1][0]} {piece}", found[-1][1])
            else:
                found.append((piece, " "))
        if found:
            found[-1] = (found[-1][0], "\n" if spans else "\n\n")
    return found


def markers(sentence: str) -> list[int]:
    """The numbers cited in a sentence, in order, each once: "[1][3]", "[1, 3]"."""
    cited = [int(n) for match in _MARKER.findall(sentence) for n in re.findall(r"\d+", match) if len(n) < 6]
    return list(dict.fromkeys(cited))


def _claim(sentence: str) -> str:
    return _BULLET.sub("", _MARKER.sub("", sentence))


def _check(sentence: str, sources: Sequence[Source], relevance: Relevance | None) -> Checked:
    cited = [sources[n - 1] for n in markers(sentence) if 1 <= n <= len(sources)]
    found = [_best(sentence, cited, relevance), _together(sentence, cited)]
    if not any(match and match.support == "supported" for match in found):
        others = [source for source in sources if source not in cited]
        found.append(_best(sentence, others, relevance))
    match = max((match for match in found if match), key=lambda match: match.rank, default=None)
    plain = _MARKER.sub("", sentence)
    if match is None or match.support == "unsupported":
        return Checked(plain, "unsupported", (), match.faults.hard if match else ("nothing to cite",))
    return Checked(plain, match.support, tuple(citation(place) for place in match.places), match.faults.soft)


def _best(sentence: str, sources: Sequence[Source], relevance: Relevance | None = None) -> _Match | None:
    """How the place that supports the sentence best supports it; None where there is no place."""
    matches = [match for source in sources for match in _matches(sentence, source)]
    if relevance and matches:
        scores = relevance(_claim(sentence), [_text(match.places[0]) for match in matches])
        matches = [replace(m, overlap=m.overlap + RELEVANCE_GAIN * s) for m, s in zip(matches, scores, strict=True)]
    best = max(matches, key=lambda match: match.rank, default=None)
    if best and any(match.faults.hard == ("denial",) and match.words > best.words for match in matches):
        return replace(best, faults=replace(best.faults, hard=("denied elsewhere",)))
    return best


def _matches(sentence: str, source: Source) -> list[_Match]:
    claim = _read(sentence, [source.hit])
    said = content(claim)
    near = sorted(places(source), key=lambda place: -_overlap(said, place.evidence))[:MOST_PLACES]
    return [_match(claim, (place,), place.evidence) for place in near]


def _together(sentence: str, sources: Sequence[Source]) -> _Match | None:
    """How the best places of several cited hits support the sentence between them."""
    alone = [match for source in sources[:MOST_JOINED] if (match := _best(sentence, [source]))]
    if len(alone) < 2:
        return None
    found = tuple(match.places[0] for match in alone)
    return _match(_read(sentence, [place.hit for place in found]), found, joined(found))


def _match(claim: Sequence[Token], found: tuple[Place, ...], evidence: Evidence) -> _Match:
    said = content(claim)
    return _Match(found, _overlap(said, evidence), _words(said, evidence), faults(claim, evidence))


def _read(sentence: str, hits: Sequence[Hit]) -> tuple[Token, ...]:
    lower, upper = letters("\n".join(hit.text for hit in hits))
    return read(without_source(_claim(sentence), hits), lower, upper)


def _text(place: Place) -> str:
    return place.hit.text[place.start : place.end]


def _overlap(said: Sequence[Token], evidence: Evidence) -> float:
    """The share of what is said, names and figures weighing double, that stands in the evidence.

    A name for which the evidence has a pronoun counts neither way; whether it may is for the rules to say.
    """
    meant = evidence.words - evidence.known
    counted = [token for token in said if token.kind != "name" or token.key not in meant]
    weights = [(2.0 if token.kind != "word" else 1.0, token.key) for token in counted]
    total = sum(weight for weight, _ in weights)
    return sum(weight for weight, key in weights if key in evidence.known) / total if total else 0.0


def _words(said: Sequence[Token], evidence: Evidence) -> float:
    """The share of the plain words alone that stands in the evidence's sentences."""
    known = {token.key for token in evidence.tokens}
    words = {token.key for token in said if token.kind == "word"}
    return len(words & known) / len(words) if words else 1.0


def _numbered(checked: Checked, numbers: dict[tuple[str, int, int], int]) -> Checked:
    """The sentence with its citations' numbers behind it, before the full stop's white space."""
    citations = tuple(
        replace(one, number=numbers.setdefault((one.article_id, one.start, one.end), len(numbers) + 1))
        for one in checked.citations
    )
    signs = "".join(f"[{citation.number}]" for citation in citations)
    return replace(checked, sentence=f"{checked.sentence} {signs}".rstrip(), citations=citations)
