"""Hits → answer, written by a chat model: one call, sentence by sentence, each citing its passage as ``[n]``.

What it writes is only a proposal. ``verify`` holds every sentence against the place it cites, and where the model
fails, ModelFailure says why, and the extractive answer stands in.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from langchain_core.language_models import BaseChatModel

from newsdesk.prompt import NOT_TOLD, REWRITE, RULES, Prompt, answer_prompt, fitting, rewrite_prompt, visible
from newsdesk.provider import LIMITS, Limits, ModelFailure, deltas
from newsdesk.types import Hit, Message

MOST_SENTENCES = 12
"""A model that goes on is stopped here."""
LONGEST_SENTENCE = 1200
LONGEST_QUESTION = 400
"""Code points of a rewritten question."""
_LEAK_WORDS = 8
"""As many words of our own rules in a row are a leak of the prompt."""

_END = re.compile(r"[.!?…][\"'”’)]*(?:\s*\[\d+(?:\s*,\s*\d+)*\])*(?=\s+[^\s\[])|(?=\n)")
_MARKS = re.compile(r"\[[\d, ]+\]")
_WHOLE = re.compile(r"[.!?…:\]\"'”’)]$")
_THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL)
_PICTURE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)?|\[[^\]]*\]|)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)?")
_ADDRESS = re.compile(r"^\s*\[[^\]]*\]:.*$|<?\b(?:data|javascript|vbscript):\S*", re.IGNORECASE | re.MULTILINE)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>?")
_REFUSAL = re.compile(
    r"\s*(?:i['’]m sorry|i am sorry|sorry,|as an ai\b|i (?:can(?:no|['’])t|am unable to|['’]m unable to|won['’]t) "
    r"(?:help|assist|answer|comply|provide|do|fulfil))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Generated:
    """A written answer: its ``[n]`` refer to ``hits[n - 1]``. ``declined``: the model says that they do not tell."""

    text: str
    hits: tuple[Hit, ...]
    declined: bool


def stream(
    question: str,
    standalone: str,
    hits: Sequence[Hit],
    asked_at: date,
    model: BaseChatModel,
    limits: Limits = LIMITS,
) -> Iterator[str | Generated]:
    """The answer from the hits (best first) in whole sentences as they are written, then the Generated that they make.

    Nothing is shown of a sentence before it is complete and free of markup. Passages that the provider finds too long
    are halved in number, once. Raises ModelFailure, possibly after some sentences.
    """
    deadline = time.monotonic() + limits.total_s
    kept = fitting(hits, limits.context_tokens)
    for left in range(limits.tries - 1, -1, -1):
        if not kept:
            raise ModelFailure("too long", "not one passage fits")
        prompt = answer_prompt(_asked(question, standalone), kept, asked_at)
        text = ""
        try:
            for piece in _sentences(deltas(model, prompt.messages, deadline), prompt):
                text += piece
                yield piece
        except ModelFailure as failure:
            if text or not left or not _another_try(failure, limits, deadline):
                raise
            kept = kept[: len(kept) // 2] if failure.cause == "too long" else kept
        else:
            yield Generated(text.strip(), kept, _declines(text))
            return


def rewrite(question: str, history: Sequence[Message], model: BaseChatModel, limits: Limits = LIMITS) -> str | None:
    """The question with what it refers to written out; None where the model leaves it as it is or writes no question.

    Raises ModelFailure.
    """
    if not history:
        return None
    messages, deadline = rewrite_prompt(question, history), time.monotonic() + limits.total_s
    text = "".join(deltas(model, messages, deadline))
    written = [line.strip() for line in _THINKING.sub("", text).splitlines() if line.strip()]
    written = [re.sub(r"^(?:last |standalone |rewritten )?question:\s*", "", line, flags=re.I) for line in written]
    line = _plain(written[0]).strip("\"'“”* ") if len(written) == 1 else ""
    known = _words(question) | {word for turn in history for word in _words(turn.content)}
    if not _run(line) or len(line) > LONGEST_QUESTION or _leaks(line) or len(_words(line) - known) > 3:
        return None
    return line if _run(line) != _run(question) else None


def _asked(question: str, standalone: str) -> str:
    if question.strip().casefold() in standalone.casefold():
        return standalone
    return f"{question}\n(that is: {standalone})"


def _another_try(failure: ModelFailure, limits: Limits, deadline: float) -> bool:
    """Whether to try again; where the fault may pass, after a pause."""
    if failure.passing and time.monotonic() + limits.wait_s < deadline:
        time.sleep(limits.wait_s)
        return True
    return failure.cause == "too long"


def _sentences(parts: Iterable[str], prompt: Prompt) -> Iterator[str]:
    """Whole sentences, plain and harmless, each with the white space after it, until the model repeats itself."""
    seen: set[str] = set()
    written = 0
    for raw in _split(parts):
        words, line = _plain(raw), raw.endswith("\n")
        if not _run(_MARKS.sub("", words)):
            continue
        if prompt.nonce in raw or _leaks(words):
            raise ModelFailure("broken", "it repeats the prompt")
        if not seen and _REFUSAL.match(words) and "[" not in words:
            raise ModelFailure("refusal", "in words")
        key = " ".join(_run(words))
        if (key in seen and len(_run(words)) > 3) or written == MOST_SENTENCES:
            break
        seen.add(key)
        written += len(_run(words)) > 3
        yield words + ("\n" if line else " ")
    if not seen:
        raise ModelFailure("broken", "no sentence in it")


def _split(parts: Iterable[str]) -> Iterator[str]:
    """The text cut behind sentences and lines. What stands in brackets is not cut, nor is a model's thinking shown.

    A last sentence that was not finished is left out, unless it is all there is.
    """
    held, any_yet = "", False
    for part in parts:
        held = _THINKING.sub("", held + part) if "</think" in held + part else held + part
        while (end := _cut(held)) is not None:
            yield held[:end] + ("\n" if held[end] == "\n" else "")
            held, any_yet = held[end:].lstrip(), True
    held = _THINKING.sub("", held).strip()
    if held and (_WHOLE.search(held) or (not any_yet and len(held) < LONGEST_SENTENCE)):
        yield held


def _cut(held: str) -> int | None:
    if "<think" in held:
        return None
    for match in _END.finditer(held):
        piece = held[: match.end()]
        if piece.strip() and (_closed(piece) or len(piece) > LONGEST_SENTENCE):
            return match.end()
    return LONGEST_SENTENCE if len(held) > 2 * LONGEST_SENTENCE else None


def _closed(piece: str) -> bool:
    return all(piece.count(opening) <= piece.count(close) for opening, close in ("[]", "()", "<>"))


def _plain(text: str) -> str:
    """The text without pictures, links, tags and invisible characters; nothing is left that Markdown would load."""
    text = _LINK.sub(r"\1", _PICTURE.sub("", _ADDRESS.sub("", visible(text))))
    text = _TAG.sub("", text).replace("<", "‹")
    return " ".join(text.replace("](", "] (").replace("![", "! [").replace("]:", "] :").split())


def _leaks(words: str) -> bool:
    """Whether the words hold a run of our own rules."""
    said, ours = _run(words), " ".join(_run(f"{RULES} {REWRITE}"))
    told = " ".join(_run(NOT_TOLD))
    runs = (" ".join(said[n : n + _LEAK_WORDS]) for n in range(len(said) - _LEAK_WORDS + 1))
    return any(run in ours and told not in run for run in runs)


def _run(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _declines(text: str) -> bool:
    return _run(text)[:5] == _run(NOT_TOLD) or not _run(_MARKS.sub("", text))


def _words(text: str) -> set[str]:
    return {word for word in _run(text) if len(word) > 3}
