"""An answer, as HTML: its words with their markers, how sure it is, and how far each written sentence is borne out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from markupsafe import Markup, escape

from newsdesk.extract import disagreement
from newsdesk.page.highlight import exact
from newsdesk.page.words import DOT, NOTHING, confidence, from_line, source_words, title_of
from newsdesk.types import Answer, Citation, Hit, Sentence

NEAREST = 3
"""How many passages are shown where the archive does not say."""
LONG = 90
"""Characters of a short answer from which it is set in smaller letters."""

_MARKER = re.compile(r"[ \t]*\[(\d{1,4})\]")
_SUPPORT = {"weak": "weakly supported", "unsupported": "not supported by a source"}


def show(answer: Answer, turn: int, asked: date | None = None) -> Markup:
    """An answer, or what came nearest where there is none; ``turn`` is its place in the conversation."""
    said = _answered(answer, turn) if answer.answered else _unanswered(answer, turn, asked)
    return said + Markup().join(Markup('<p class="note">{}</p>').format(note) for note in answer.notes)


def parts(answer: Answer) -> tuple[str, list[str]]:
    """The short answer, with its markers where the text has them, and the blocks of text after it.

    Where the sources differ, what each of them says stands in the place of the short answer: it would be but one's.
    """
    blocks = [block.strip() for block in re.split(r"\n\s*\n", answer.answer) if block.strip()]
    short = answer.short_answer or ""
    if blocks and (disagreement(blocks[0]) or (short and _bare(_MARKER.sub("", blocks[0])) == _bare(short))):
        return blocks[0], blocks[1:]
    return short, blocks


def how_sure(answer: Answer) -> str:
    """The confidence in words; it speaks for no answer where the sources give several."""
    return "The sources differ" if disagreement(answer.answer) else confidence(answer.confidence)


def pieces(text: str, cited: Mapping[int, Citation]) -> list[str | Citation]:
    """Text cut at its markers: words, and the citations that [n] stands for; an [n] that is none stays text."""
    found: list[str | Citation] = []
    at = 0
    for match in _MARKER.finditer(text):
        if citation := cited.get(int(match[1])):
            found += [text[at : match.start()], citation]
            at = match.end()
    return [*found, text[at:]]


def _answered(answer: Answer, turn: int) -> Markup:
    cited = {citation.number: citation for citation in answer.citations}
    short, blocks = parts(answer)
    head = _short(short, cited, turn) if short else NOTHING
    body = Markup().join(_block(block, cited, turn, answer.sentences) for block in blocks)
    return Markup('<div class="answer">{}{}<p class="sure">{}</p></div>').format(head, body, _sure(answer))


def _short(short: str, cited: Mapping[int, Citation], turn: int) -> Markup:
    size = "short long" if len(short) > LONG else "short"
    return Markup('<p class="{}" dir="auto">{}</p>').format(size, _linked(short, cited, turn))


def _sure(answer: Answer) -> Markup:
    """How sure the answer is, who published what it quotes and when, and which model wrote it, if one did."""
    words = [how_sure(answer), *dict.fromkeys(map(source_words, answer.citations))]
    if answer.engine != "extractive":
        words.append(f"written by {answer.engine}, checked against its sources")
    return DOT.join(Markup("<bdi>{}</bdi>").format(word) for word in words)


def _bare(words: str) -> str:
    return " ".join(words.split()).strip(" .").casefold()


def _block(block: str, cited: Mapping[int, Citation], turn: int, checked: Sequence[Sentence]) -> Markup:
    """A paragraph of an answer, or a list where each of its lines begins with a dash."""
    lines = [line.removeprefix("> ") for line in block.splitlines()]
    if all(line.startswith(("- ", "* ")) for line in lines):
        item = Markup('<li dir="auto">{}</li>')
        items = Markup().join(item.format(_checked(line[2:], cited, turn, checked)) for line in lines)
        return Markup("<ul>{}</ul>").format(items)
    return Markup('<p dir="auto">{}</p>').format(_checked("\n".join(lines), cited, turn, checked))


def _checked(text: str, cited: Mapping[int, Citation], turn: int, checked: Sequence[Sentence]) -> Markup:
    """Text with the sentences in it that their sources bear out weakly, or not, set apart and said to be so."""
    shown, at = NOTHING, 0
    for sentence in checked:
        words = sentence.text.removeprefix("- ").removeprefix("* ")
        start = text.find(words, at) if words else -1
        if start < 0:
            continue
        shown += _linked(text[at:start], cited, turn) + _sentence(words, sentence.support, cited, turn)
        at = start + len(words)
    return shown + _linked(text[at:], cited, turn)


def _sentence(words: str, support: str, cited: Mapping[int, Citation], turn: int) -> Markup:
    linked = _linked(words, cited, turn)
    if support not in _SUPPORT:
        return Markup('<span class="supported">{}</span>').format(linked)
    told = Markup('<span class="{0}">{1}</span> <span class="support">{2}</span>')
    return told.format(support, linked, _SUPPORT[support])


def _linked(text: str, cited: Mapping[int, Citation], turn: int) -> Markup:
    """Escaped text in which [n] is a link where n is the number of a citation, and stays text elsewhere."""
    return Markup().join(
        escape(piece) if isinstance(piece, str) else _marker(piece, turn) for piece in pieces(text, cited)
    )


def _marker(citation: Citation, turn: int) -> Markup:
    link = Markup(
        '&#8239;<a class="marker" href="#sources" data-do="open" data-turn="{}" data-number="{}"'
        ' aria-label="Source {}: {}">[{}]</a>'
    )
    number = citation.number
    return link.format(turn, number, number, title_of(citation), number)


def _unanswered(answer: Answer, turn: int, asked: date | None) -> Markup:
    nearest = answer.passages[:NEAREST]
    body = Markup('<p class="short">The archive does not say.</p>')
    if not nearest:
        return Markup('<div class="answer none">{}<p>Nothing in it comes near this question.</p></div>').format(body)
    items = Markup().join(_near(hit, turn, number, asked) for number, hit in enumerate(nearest, start=1))
    return Markup(
        '<div class="answer none">{}<p class="label">What comes nearest, but is not an answer</p>'
        '<ul class="nearest">{}</ul></div>'
    ).format(body, items)


def _near(hit: Hit, turn: int, number: int, asked: date | None) -> Markup:
    return Markup(
        '<li><a href="#sources" dir="auto" data-do="open" data-near="yes" data-turn="{}" data-number="{}">{}</a>'
        '<p class="from">{}</p><p class="passage" dir="auto">{}</p></li>'
    ).format(turn, number, title_of(hit), from_line(hit, asked), exact(hit.text))
