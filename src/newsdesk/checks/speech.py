"""Whose words a sentence gives, and whether the evidence gives them to the same speaker."""

from __future__ import annotations

from newsdesk.checks.tokens import Evidence, Tokens, content, empty, groups, keys
from newsdesk.checks.words import SPEECH_STEMS, denies, listed

_BEFORE_NOUNS = frozenset(
    listed("""
the a an this that its his her their interim full final first second no any
""")
)


def speaker(claim: Tokens, evidence: Evidence) -> str:
    """Gives "hard" where the source gives the words to somebody else, "soft" where it does not say whose they are."""
    claimed = speakers(claim)
    if claimed & keys(evidence.publisher):
        return ""
    at = _statement(claim, evidence)
    known = _said_by(at, evidence)
    if not claimed:
        return (
            "soft" if speakers(evidence.sentences[at]) and _speaking_nouns(claim) - keys(evidence.sentences[at]) else ""
        )
    if not known:
        return "soft"
    return "" if claimed & known else "hard"


def _statement(claim: Tokens, evidence: Evidence) -> int:
    """Which of the evidence's sentences says most of what the claim says, its speaker apart."""
    speaking = {n for start, end in groups(claim) if speaks(claim, start, end) for n in range(start, end)}
    words = {token.key for n, token in enumerate(claim) if n not in speaking and token in content(claim)}
    shares = [len(words & {token.key for token in sentence}) for sentence in evidence.sentences]
    return shares.index(max(shares))


def _said_by(at: int, evidence: Evidence) -> set[str]:
    """Whose words the sentence is; a pronoun, or a quotation that goes on, means a name in the sentences before."""
    run = (*evidence.before, *evidence.sentences)
    at += len(evidence.before)
    own = speakers(run[at])
    if own:
        return own
    for sentence in reversed(run[max(0, at - 3) : at]):
        found = speakers(sentence) or keys(t for start, end in groups(sentence) for t in sentence[start:end])
        if found:
            return found
    return speakers(run[at + 1]) if at + 1 < len(run) else set()


def _speaking_nouns(tokens: Tokens) -> set[str]:
    """Stems of plain words that stand as speakers: "the hospital said"."""
    return {
        tokens[n - 1].key
        for n in range(1, len(tokens))
        if _says(tokens, n) and tokens[n - 1].kind == "word" and not empty(tokens[n - 1])
    }


def speakers(tokens: Tokens) -> set[str]:
    """Stems of the names that stand before a verb of saying in its sentence, or after it as in '", said X'.

    None where a pronoun is the speaker.
    """
    found: set[str] = set()
    places = groups(tokens)
    for n in range(len(tokens)):
        if not _says(tokens, n) or _pronoun_speaks(tokens, n):
            continue
        inverted = n > 0 and tokens[n - 1].kind == "mark" and tokens[min(n + 1, len(tokens) - 1)].text != "that"
        after = [place for place in places if inverted and n < place[0] <= n + 4]
        first = _sentence_start(tokens, n)
        for start, end in after or [place for place in places if first <= place[0] < n]:
            found |= keys(tokens[start:end])
    return found


def _pronoun_speaks(tokens: Tokens, at: int) -> bool:
    return at > 0 and tokens[at - 1].text.casefold() in ("he", "she", "they", "it", "i", "we")


def _says(tokens: Tokens, at: int) -> bool:
    """Whether a verb of saying stands here, not a noun ("the report")."""
    noun = at > 0 and tokens[at - 1].text.casefold() in _BEFORE_NOUNS
    return tokens[at].kind == "word" and tokens[at].key in SPEECH_STEMS and not noun and not denies(tokens[at].text)


def _sentence_start(tokens: Tokens, at: int) -> int:
    stops = [n for n in range(at) if tokens[n].text in (".", "?", "!") and not _after_title(tokens, n)]
    return stops[-1] + 1 if stops else 0


def _after_title(tokens: Tokens, at: int) -> bool:
    return at > 0 and len(tokens[at - 1].text) <= 3 and tokens[at - 1].text[0].isupper()


def speaks(tokens: Tokens, start: int, end: int) -> bool:
    """Whether the name stands beside a verb of saying; then ``_speaker`` looks after it."""
    return any(_says(tokens, n) for n in (*range(max(0, start - 3), start), *range(end, min(len(tokens), end + 2))))
