"""A conversation as a file: Markdown with footnotes, or JSON with everything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from newsdesk.conversations import Conversation, Turn
from newsdesk.page import answer
from newsdesk.page.limits import in_force
from newsdesk.page.words import date_words, is_web_address, title_of
from newsdesk.types import Answer, Citation, in_words

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~$&#!^])")
_LEADING = re.compile(r"^(\s*)([-+=]|\d+[.)])", re.MULTILINE)
_ANYTHING = TypeAdapter(Any)


def markdown(conversation: Conversation, turns: Sequence[Turn]) -> str:
    """The conversation as Markdown; each quote is a footnote with its article, day, address and exact place."""
    parts = [f"# {plain(conversation.title)}"]
    for number, turn in enumerate(turns, start=1):
        parts += [f"## {plain(turn.question)}", *_asked(turn), *_reply(turn, number)]
    return "\n\n".join(part for part in parts if part) + "\n"


def as_json(conversation: Conversation, turns: Sequence[Turn]) -> bytes:
    """The conversation with every answer whole."""
    told = {"title": conversation.title, "turns": [_told(turn) for turn in turns]}
    return _ANYTHING.dump_json(told, indent=2)


def plain(text: str) -> str:
    """Words on one line that Markdown leaves as they are."""
    line = " ".join(text.replace("\0", " ").split())
    return _LEADING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", line))


def _told(turn: Turn) -> dict[str, Any]:
    return {
        "question": turn.question,
        "asked": turn.asked,
        "filters": asdict(turn.filters),
        "answer": turn.answer,
        "notice": turn.notice,
        "verdict": turn.verdict,
    }


def _asked(turn: Turn) -> list[str]:
    limits = in_force(turn.filters)
    words = [f"Asked on {in_words(turn.asked)}" if turn.asked else "", f"limited to {plain(limits)}" if limits else ""]
    line = "; ".join(word for word in words if word)
    return [f"*{line}.*"] if line else []


def _reply(turn: Turn, number: int) -> list[str]:
    if turn.answer is None:
        return [plain(turn.notice or "This question was not answered.")]
    if not turn.answer.answered:
        return ["The archive does not say."]
    return [*_answer(turn.answer, number), *(_footnote(cited, number) for cited in turn.answer.citations)]


def _answer(said: Answer, number: int) -> list[str]:
    cited = {citation.number: citation for citation in said.citations}
    short, blocks = answer.parts(said)
    told = [f"**{_line(short, cited, number)}**"] if short else []
    told += [_block(block, cited, number) for block in blocks]
    return [*told, f"*{answer.how_sure(said)}.*", *map(plain, said.notes)]


def _block(block: str, cited: dict[int, Citation], number: int) -> str:
    lines = [line.removeprefix("> ") for line in block.splitlines()]
    if all(line.startswith(("- ", "* ")) for line in lines):
        return "\n".join(f"- {_line(line[2:], cited, number)}" for line in lines)
    return _line("\n".join(lines), cited, number)


def _line(text: str, cited: dict[int, Citation], number: int) -> str:
    pieces = answer.pieces(text, cited)
    told = (f"[^{number}-{piece.number}]" if isinstance(piece, Citation) else _run(piece) for piece in pieces)
    return "".join(told).strip()


def _run(text: str) -> str:
    """Words inside a line: as ``plain``, with the space at their ends."""
    lead, trail = " " if text[:1].isspace() else "", " " if text[1:] and text[-1].isspace() else ""
    return f"{lead}{plain(text)}{trail}"


def _footnote(cited: Citation, number: int) -> str:
    source = [title_of(cited), cited.publisher or "publisher unknown", date_words(cited.published)]
    place = f"{cited.article_id}, characters {cited.start} to {cited.end}" + (
        f", page {cited.page}" if cited.page else ""
    )
    address = f" <{cited.url}>" if cited.url and is_web_address(cited.url) and not set("<>") & set(cited.url) else ""
    return f"[^{number}-{cited.number}]: “{plain(cited.quote)}” {plain(', '.join(source))}.{address} ({plain(place)})"
