"""Where a sentence disagrees with the place it cites: figures, names, denials, speakers, and who did what.

English; by rule, and therefore the same for every model that writes. Every rule may only find fault: a sentence
without fault may still be unsupported where its words are not there (see ``verify``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from newsdesk.checks.about import of_another
from newsdesk.checks.denials import denial, opposite, polarity
from newsdesk.checks.figures import figures
from newsdesk.checks.speech import speaker
from newsdesk.checks.tokens import Evidence, Tokens, groups, keys
from newsdesk.checks.words import listed

_PRONOUNS = frozenset(
    listed("""
he she they it his her hers their its him them who we i my our me us this that these those the
""")
)


@dataclass(frozen=True, slots=True)
class Faults:
    """What disagrees, by rule: ``hard`` contradicts or is not there, ``soft`` is there but not plainly about it."""

    hard: tuple[str, ...]
    soft: tuple[str, ...]


def faults(claim: Tokens, evidence: Evidence) -> Faults:
    """The rules by which the claim disagrees with the evidence; the costly ones only where nothing is missing."""
    names = _names(claim, evidence)
    missing = {**figures(claim, evidence), "name": names == "hard"}
    if any(missing.values()):
        return Faults(_those(missing), ())
    said = speaker(claim, evidence)
    hard = {
        "denial": denial(claim, evidence.tokens),
        "opposite": opposite(claim, evidence.tokens),
        "of another": of_another(claim, evidence.tokens),
        "speaker": said == "hard",
    }
    soft = {"far name": names == "soft", "unclear speaker": said == "soft", "polarity": polarity(claim, evidence)}
    return Faults(_those(hard), _those(soft))


def _those(rules: dict[str, bool]) -> tuple[str, ...]:
    return tuple(rule for rule, broken in rules.items() if broken)


def _names(claim: Tokens, evidence: Evidence) -> str:
    """Gives "hard" where a name of the claim is not in the passage, "soft" where it stands away from the evidence."""
    worst = ""
    near = keys(evidence.tokens)
    around = keys(evidence.title) | keys(evidence.publisher)
    if any(token.text.casefold() in _PRONOUNS for token in evidence.tokens):
        around |= keys(token for sentence in evidence.before for token in sentence)
    for start, end in groups(claim):
        parts = [token.key for token in claim[start:end] if token.kind == "name"]
        if any(part not in evidence.words for part in parts):
            return "hard"
        if any(pair not in evidence.pairs for pair in pairwise(parts)):
            return "hard"
        if not any(part in near | around for part in parts):
            worst = "soft"
    return worst
