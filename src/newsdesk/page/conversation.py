"""The conversation, as HTML.

Everything that comes from an article, a model or an asker is data. Text becomes markup only through
``Markup.format``, which escapes it; an address becomes a link only where it is http or https.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from newsdesk.page.highlight import exact
from newsdesk.types import Answer, Article, Citation, Hit, Published, in_words

NEAREST = 3
"""How many passages are shown where the archive does not say."""

NOTHING = Markup()

_DOT = Markup(' <span aria-hidden="true">·</span> ')

_MARKER = re.compile(r"[ \t]*\[(\d{1,4})\]")
_CONFIDENCE = ((0.85, "Very sure"), (0.6, "Fairly sure"), (0.35, "Not quite sure"), (0.0, "Unsure"))


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A question and what became of it: an answer, a notice in its place, or neither while it is sought."""

    question: str
    answer: Answer | None = None
    notice: str | None = None


def confidence(value: float) -> str:
    """A confidence between 0 and 1 in words."""
    return next(words for least, words in _CONFIDENCE if value >= least or not least)


def date_words(published: Published | None) -> str:
    """The day of publication, such as 5 July 2017."""
    return in_words(published) or "date unknown"


def show(turns: Sequence[Turn], welcome: Markup = NOTHING) -> str:
    """The conversation so far, or the welcome where nothing was asked yet."""
    body = Markup().join(_turn(turn, index) for index, turn in enumerate(turns)) if turns else welcome
    log = Markup('<div class="log" role="log" aria-live="polite" aria-label="Conversation">{}</div>')
    return str(log.format(body))


def hint(words: str) -> str:
    """A word of help under the question box; empty, there is none."""
    return str(Markup('<p role="status">{}</p>').format(words))


def masthead(count: int) -> str:
    """The head of the page: the name, and how much the archive holds."""
    head = Markup('<header class="masthead"><h1>newsdesk</h1><p class="held"><span>The archive: </span>{}</p></header>')
    return str(head.format(articles(count)))


def welcome(count: int, publishers: Sequence[str], examples: Sequence[str]) -> Markup:
    """What stands in the place of a conversation before the first question."""
    if not count:
        return _WELCOME.format(
            "The archive is empty.",
            Markup("Add articles with <code>newsdesk ingest PATH</code>, then ask about them here."),
            "",
        )
    return _WELCOME.format("Ask the archive.", archive_words(count, publishers), _examples(examples))


_WELCOME = Markup('<section class="welcome"><h2>{}</h2><p>{}</p>{}</section>')


def archive_words(count: int, publishers: Sequence[str]) -> str:
    """What can be asked about, and how it is answered."""
    named = [*publishers[:3], *(["others"] if len(publishers) > 3 else [])]
    by = f" from {listed(named)}" if named else ""
    held = f"It holds {articles(count)}{by}."
    return f"{held} Answers quote them word for word, and every quote opens in its place."


def articles(count: int) -> str:
    """A number of articles in words for a reader."""
    return f"{count:,} article{'' if count == 1 else 's'}" if count else "no articles yet"


def listed(names: Sequence[str]) -> str:
    """Names as in "A, B and C"."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _examples(examples: Sequence[str]) -> Markup:
    if not examples:
        return Markup()
    item = Markup('<li><button type="button" data-do="ask" data-number="{}">{}</button></li>')
    items = Markup().join(item.format(number, example) for number, example in enumerate(examples))
    return Markup('<p class="label">For example</p><ul class="examples">{}</ul>').format(items)


def _turn(turn: Turn, index: int) -> Markup:
    return Markup('<section class="turn"><h2 class="question" dir="auto">{}</h2>{}</section>').format(
        turn.question, _reply(turn, index)
    )


def _reply(turn: Turn, index: int) -> Markup:
    if turn.notice is not None:
        return Markup('<p class="notice" role="alert">{}</p>').format(turn.notice)
    if turn.answer is None:
        return Markup('<p class="busy" role="status">Searching the archive…</p>')
    return _answered(turn.answer, index) if turn.answer.answered else _unanswered(turn.answer, index)


def _answered(answer: Answer, turn: int) -> Markup:
    cited = {citation.number: citation for citation in answer.citations}
    short, blocks = _parts(answer)
    head = Markup('<p class="short" dir="auto">{}</p>').format(_linked(short, cited, turn)) if short else Markup()
    body = Markup().join(_block(block, cited, turn) for block in blocks)
    return Markup('<div class="answer">{}{}<p class="sure">{}</p></div>').format(head, body, _sure(answer))


def _sure(answer: Answer) -> Markup:
    """How sure the answer is, who published what it quotes and when, and which model wrote it, if one did."""
    words = [confidence(answer.confidence), *dict.fromkeys(map(_source_words, answer.citations))]
    if answer.engine != "extractive":
        words.append(f"written by {answer.engine}, checked against its sources")
    return _DOT.join(Markup("<bdi>{}</bdi>").format(word) for word in words)


def _source_words(citation: Citation) -> str:
    return f"{citation.publisher or title_of(citation)}, {date_words(citation.published)}"


def _parts(answer: Answer) -> tuple[str, list[str]]:
    """The short answer, with its markers where the text has them, and the blocks of text after it."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", answer.answer) if block.strip()]
    short = answer.short_answer or ""
    if blocks and short and _bare(_MARKER.sub("", blocks[0])) == _bare(short):
        return blocks[0], blocks[1:]
    return short, blocks


def _bare(words: str) -> str:
    return " ".join(words.split()).strip(" .").casefold()


def _block(block: str, cited: Mapping[int, Citation], turn: int) -> Markup:
    """A paragraph of an answer, or a list where each of its lines begins with a dash."""
    lines = [line.removeprefix("> ") for line in block.splitlines()]
    if all(line.startswith(("- ", "* ")) for line in lines):
        item = Markup('<li dir="auto">{}</li>')
        items = Markup().join(item.format(_linked(line[2:], cited, turn)) for line in lines)
        return Markup("<ul>{}</ul>").format(items)
    return Markup('<p dir="auto">{}</p>').format(_linked("\n".join(lines), cited, turn))


def _linked(text: str, cited: Mapping[int, Citation], turn: int) -> Markup:
    """Escaped text in which [n] is a link where n is the number of a citation, and stays text elsewhere."""
    parts, at = [], 0
    for match in _MARKER.finditer(text):
        if citation := cited.get(int(match[1])):
            parts += [escape(text[at : match.start()]), _marker(citation, turn)]
            at = match.end()
    return Markup().join([*parts, escape(text[at:])])


def _marker(citation: Citation, turn: int) -> Markup:
    link = Markup(
        '&#8239;<a class="marker" href="#sources" data-do="open" data-turn="{}" data-number="{}"'
        ' aria-label="Source {}: {}">[{}]</a>'
    )
    number = citation.number
    return link.format(turn, number, number, title_of(citation), number)


def _unanswered(answer: Answer, turn: int) -> Markup:
    nearest = answer.passages[:NEAREST]
    body = Markup('<p class="short">The archive does not say.</p>')
    if not nearest:
        return Markup('<div class="answer none">{}<p>Nothing in it comes near this question.</p></div>').format(body)
    items = Markup().join(_near(hit, turn, number) for number, hit in enumerate(nearest, start=1))
    return Markup(
        '<div class="answer none">{}<p class="label">What comes nearest, but is not an answer</p>'
        '<ul class="nearest">{}</ul></div>'
    ).format(body, items)


def _near(hit: Hit, turn: int, number: int) -> Markup:
    return Markup(
        '<li><a href="#sources" dir="auto" data-do="open" data-near="yes" data-turn="{}" data-number="{}">{}</a>'
        '<p class="from">{}</p><p class="passage" dir="auto">{}</p></li>'
    ).format(turn, number, title_of(hit), from_line(hit), exact(hit.text))


def title_of(piece: Article | Citation | Hit) -> str:
    """The title, or what stands for one where the source gives none."""
    return piece.title.strip() or "Untitled article"


def from_line(piece: Article | Citation | Hit) -> Markup:
    """Publisher, day and, where it may be one, a link to the original."""
    parts = [
        Markup('<span class="publisher"><bdi>{}</bdi></span>').format(piece.publisher or "publisher unknown"),
        _time(piece.published),
    ]
    if piece.url and is_web_address(piece.url):
        link = Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">original</a>')
        parts.append(link.format(piece.url))
    return _DOT.join(parts)


def _time(published: Published | None) -> Markup:
    if published is None:
        return Markup('<span class="date">{}</span>').format(date_words(published))
    exactly = published.isoformat(sep=" ", timespec="minutes") if isinstance(published, datetime) else ""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        published.isoformat(), exactly, date_words(published)
    )


def is_web_address(url: str) -> bool:
    """Whether an address leads to a web page, and to nothing that a browser would run."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and url.isprintable() and " " not in url
