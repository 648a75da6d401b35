"""How an answer's words compare with the right ones: SQuAD's exact match and F1, and containment.

Normalisation, exact match and F1 are those of SQuAD's official script (evaluate-v1.1.py and -v2.0.py,
<https://rajpurkar.github.io/SQuAD-explorer/>): lower case, no punctuation, no English articles.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence

from newsdesk.sentences import sentences

_ARTICLES = re.compile(r"\b(a|an|the)\b", re.UNICODE)
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_MARKER = re.compile(r"\[\d+\]")
_QUOTED = re.compile(r"[^“]*“.*”\s*(?:\[\d+\]\s*)+")
"""A line that is one quotation and its markers: these stand for all the sentences in it."""
_LISTED = re.compile(r"[^.!?:]*:(?:[^;]*\([^;]*\)\s*(?:\[\d+\]\s*)*(?:;|$))+")
"""A line of figures, each with its source in brackets and markers of its own: "They differ: 12 (Herald) [1]; …"."""


def normalise(text: str) -> str:
    """Lower case, without ASCII punctuation and the articles a, an, the; single spaces."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact(prediction: str, gold: str) -> float:
    """1 if both are the same after normalisation, else 0."""
    return float(normalise(prediction) == normalise(gold))


def f1(prediction: str, gold: str) -> float:
    """The harmonic mean of token precision and recall, 0 to 1, higher is better.

    Where one of the two has no token left, 1 if neither has, else 0 (as evaluate-v2.0.py).
    """
    said, right = normalise(prediction).split(), normalise(gold).split()
    if not said or not right:
        return float(said == right)
    same = sum((Counter(said) & Counter(right)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(said), same / len(right)
    return 2 * precision * recall / (precision + recall)


def contains(text: str, gold: str) -> float:
    """1 if the tokens of ``gold`` stand in ``text`` in a row, after normalisation, else 0.

    By whole tokens, so that "10" is not found in "2010".
    """
    wanted = normalise(gold)
    return float(bool(wanted) and f" {wanted} " in f" {normalise(text)} ")


def best(measure: Callable[[str, str], float], prediction: str, golds: Sequence[str]) -> float:
    """The highest value over the right answers, as the SQuAD script takes it; 0 if there is none."""
    return max((measure(prediction, gold) for gold in golds), default=0.0)


def plain(answer: str) -> str:
    """The answer without its ``[n]`` markers."""
    return re.sub(r"\s+([.,;:!?])", r"\1", _MARKER.sub("", answer)).strip()


def cited_share(answer: str, numbers: Sequence[int], short: str | None = None) -> float | None:
    """The share of the answer's sentences that carry the marker of an existing citation.

    A marker after the full stop belongs to the sentence before it; a line that is the ``short`` answer alone is
    one sentence, whatever stops are in it ("7.12 p.m. on Monday"); of figures in a row, each with its source in
    brackets, each is one. None if there is no sentence.
    """
    known = {f"[{number}]" for number in numbers}
    brief = normalise(short or "")
    # The splitter knows no lone surrogates; they are no letters of any sentence.
    lines = answer.encode("utf-8", "replace").decode().splitlines()
    cited = [one for line in lines for one in _cited(line.strip(), known, brief)]
    return sum(cited) / len(cited) if cited else None


def _cited(line: str, known: set[str], brief: str) -> list[bool]:
    """For each sentence of a line, or what stands for one, whether it carries a known marker."""
    alone = bool(brief) and normalise(_MARKER.sub("", line)) == brief
    if alone or _QUOTED.fullmatch(line):
        return [_marked(line.rsplit("”", 1)[-1], known)]
    if _LISTED.fullmatch(line):
        return [_marked(part, known) for part in line.split(";") if part]
    cited: list[bool] = []
    for start, end in sentences(line):
        piece = line[start:end]
        lead = _leading(piece) if cited else ""
        if lead:
            cited[-1] = cited[-1] or _marked(lead, known)
        if re.search(r"\w", _MARKER.sub("", piece)):
            cited.append(_marked(piece[len(lead) :], known))
    return cited


def _marked(text: str, known: set[str]) -> bool:
    return not known.isdisjoint(_MARKER.findall(text))


def _leading(piece: str) -> str:
    found = re.match(r"(\s*\[\d+\][\s,.;]*)+", piece)
    return found[0] if found else ""
