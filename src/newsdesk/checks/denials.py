"""Whether a claim denies what its evidence states, states what it denies, or says the opposite."""

from __future__ import annotations

from newsdesk.checks.about import nearer
from newsdesk.checks.tokens import Evidence, Tokens, content, empty
from newsdesk.checks.words import OPPOSITES, denies, listed

_ENDS = frozenset(listed("and but or before after until because while when as if so"))
"""Words at which a denial ends."""


def _denied(tokens: Tokens) -> list[set[str]]:
    """For each denial the stems that it denies."""
    return [{tokens[m].key for m in _scope(tokens, n)} for n in range(len(tokens)) if _denies(tokens, n)]


def _said(tokens: Tokens) -> set[str]:
    """Stems that stand outside every denial."""
    denied = {m for n in range(len(tokens)) if _denies(tokens, n) for m in _scope(tokens, n)}
    return {token.key for n, token in enumerate(tokens) if n not in denied and token.kind != "mark"}


def _scope(tokens: Tokens, at: int) -> list[int]:
    """The next two words of content after a denial, in its clause; where there is none, the one before it."""
    after: list[int] = []
    for n in range(at + 1, len(tokens)):
        if tokens[n].kind == "mark" or len(after) == 2 or (after and tokens[n].text.casefold() in _ENDS):
            break
        if tokens[n].kind == "word" and not empty(tokens[n]):
            after.append(n)
    before = [n for n in range(at) if tokens[n].kind == "word" and not empty(tokens[n])]
    return after or before[-1:]


def denial(claim: Tokens, source: Tokens) -> bool:
    """Whether what one denies the other states."""
    return _states_denied(claim, source) or _states_denied(source, claim)


def _states_denied(stating: Tokens, denying: Tokens) -> bool:
    stated, also = _said(stating), set().union(*_denied(stating))
    apart = _said(denying)
    return any((scope - apart) & (stated - also) for scope in _denied(denying) if not scope & also)


def polarity(claim: Tokens, evidence: Evidence) -> bool:
    """Whether only one of the claim and the clause most like it denies anything."""
    words = {token.key for token in content(claim)}
    clauses = _clauses(evidence.tokens)
    best = max(clauses, key=lambda clause: len(words & {token.key for token in content(clause)}), default=())
    if _any(claim) == _any(evidence.tokens) or _any(claim) == _any(best):
        return False
    denied = set().union(*_denied(claim), *_denied(best))
    return bool(denied & words & {token.key for token in evidence.tokens})


def _any(tokens: Tokens) -> bool:
    return any(_denies(tokens, n) for n in range(len(tokens)))


def _denies(tokens: Tokens, at: int) -> bool:
    following = tokens[at + 1].text if at + 1 < len(tokens) else ""
    return tokens[at].kind == "word" and denies(tokens[at].text, following)


def _clauses(tokens: Tokens) -> list[Tokens]:
    found: list[Tokens] = []
    start = 0
    for n, token in enumerate(tokens):
        if token.text in (",", ";", ":", ".", "but", "because", "although"):
            found.append(tokens[start:n])
            start = n
    return [*found, tokens[start:]]


def opposite(claim: Tokens, source: Tokens) -> bool:
    """Whether the claim uses a word whose opposite stands in the source instead of it."""
    claimed = {token.key for token in claim}
    for n, token in enumerate(claim):
        others = OPPOSITES.get(token.key, frozenset()) - claimed if token.kind == "word" else ()
        rivals = [m for m, other in enumerate(source) if other.key in others]
        own = [m for m, other in enumerate(source) if other.key == token.key]
        if rivals and (not own or nearer(claim, (n, n + 1), source, own, rivals)):
            return True
    return False
