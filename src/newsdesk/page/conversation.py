"""The conversation, as HTML: questions as asked and as understood, their answers, and what can be done with each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from newsdesk.conversations import Conversation, Turn
from newsdesk.page import answer
from newsdesk.page.judging import judgement
from newsdesk.page.words import NOTHING, articles, listed

Turns = tuple[Turn, ...]


def show(turns: Sequence[Turn], welcome: Markup = NOTHING, opened: str = "") -> str:
    """The conversation so far, or the welcome where nothing was asked yet.

    ``opened`` names what was opened below the last answer or another: "judge TURN" or "link TURN".
    """
    shown = (_turn(turn, index, opened) for index, turn in enumerate(turns))
    body = Markup().join(shown) if turns else welcome
    return str(Markup('<div class="log" role="region" aria-label="Conversation">{}</div>').format(body))


def hint(words: str) -> str:
    """A word of help under the question box; empty, there is none."""
    return str(Markup('<p role="status">{}</p>').format(words))


def editing() -> str:
    """A word of help while a question is changed, and the way out of it."""
    words = "You are changing a question: it and what came after it will be asked anew."
    return str(Markup('<p role="status">{} {}</p>').format(words, _button("edit", "Leave it as it was")))


def masthead(count: int) -> str:
    """The head of the page: the name, and how much the archive holds."""
    head = Markup('<header class="masthead"><h1>newsdesk</h1><p class="held"><span>The archive: </span>{}</p></header>')
    return str(head.format(articles(count)))


def bar(conversation: Conversation | None) -> str:
    """What can be done with the whole conversation. It tells the page's address which conversation is open."""
    begin = _button("shelf", "Conversations", "menu") + (_button("new", "New") if conversation else NOTHING)
    if conversation is None:
        return str(Markup('<nav class="bar" aria-label="Conversation" data-conversation="">{}</nav>').format(begin))
    return str(
        Markup(
            '<nav class="bar" aria-label="Conversation" data-conversation="{0}">{1}'
            '<span class="title" dir="auto">{2}</span><span class="export">Export <a href="/conversations/{0}.md" '
            'download>Markdown</a> <a href="/conversations/{0}.json" download>JSON</a></span></nav>'
        ).format(conversation.id, begin, conversation.title)
    )


def welcome(count: int, publishers: Sequence[str], examples: Sequence[str]) -> Markup:
    """What stands in the place of a conversation before the first question."""
    if not count:
        return _WELCOME.format(
            "The archive is empty.",
            Markup("Add articles in the Archive view or with <code>newsdesk ingest PATH</code>, then ask about them."),
            "",
        )
    return _WELCOME.format("Ask the archive.", archive_words(count, publishers), questions("For example", examples))


_WELCOME = Markup('<section class="welcome"><h2>{}</h2><p>{}</p>{}</section>')


def archive_words(count: int, publishers: Sequence[str]) -> str:
    """What can be asked about, and how it is answered."""
    named = [*publishers[:3], *(["others"] if len(publishers) > 3 else [])]
    by = f" from {listed(named)}" if named else ""
    return f"It holds {articles(count)}{by}. Answers quote them word for word, and every quote opens in its place."


def questions(label: str, offered: Sequence[str]) -> Markup:
    """Questions that are asked with one click, below a label; nothing where there are none."""
    if not offered:
        return NOTHING
    item = Markup('<li><button type="button" dir="auto" data-do="ask" data-question="{0}">{0}</button></li>')
    items = Markup().join(item.format(question) for question in offered)
    return Markup('<p class="label">{}</p><ul class="examples">{}</ul>').format(label, items)


def _turn(turn: Turn, index: int, opened: str) -> Markup:
    return Markup(
        '<section class="turn" data-id="{}" aria-label="Question {}"><h2 class="question" dir="auto">{}</h2>{}{}{}'
        "</section>"
    ).format(turn.id, index + 1, turn.question, _understood(turn), _reply(turn, index), _actions(turn, opened))


def _understood(turn: Turn) -> Markup:
    """The question as understood where that differs, and the days it was taken to ask for: both can be undone."""
    said = turn.answer
    if said is None:
        return NOTHING
    line, differs = NOTHING, said.standalone_question.strip() not in ("", turn.question)
    if differs:
        line += Markup("Understood as “<bdi>{}</bdi>” {}").format(
            said.standalone_question, _button("reword", "Edit", turn=turn.id)
        )
    if said.timeframe:
        words = f"Published {said.timeframe}"
        chip = Markup(
            '<button type="button" class="chip" data-do="anytime" data-turn="{}" aria-label="{}">{} ×</button>'
        )
        line += chip.format(turn.id, f"{words}: ask without this limit", words)
    return Markup('<p class="understood">{}</p>').format(line) if line else NOTHING


def _reply(turn: Turn, index: int) -> Markup:
    if turn.notice is not None:
        return Markup('<p class="notice" role="alert">{}</p>').format(turn.notice)
    if turn.answer is None:
        return Markup('<p class="notice">This question was not answered: the work on it was interrupted.</p>')
    return answer.show(turn.answer, index, turn.asked.date() if turn.asked else date.today())


def _actions(turn: Turn, opened: str) -> Markup:
    """What can be done with one answer, or with a question that has none."""
    if not turn.id:
        return NOTHING
    again = _button("retry", "Ask again", turn=turn.id) + _button("edit", "Edit", turn=turn.id)
    if turn.answer is None:
        return Markup('<div class="actions">{}</div>').format(again)
    opinion = _thumb(turn, "up", "Helpful") + _thumb(turn, "down", "Not helpful")
    row = Markup('<div class="actions">{}{}{}</div>').format(opinion, again, _button("link", "Link", turn=turn.id))
    return row + _link(turn, opened) + judgement(turn, opened == f"judge {turn.id}")


def _thumb(turn: Turn, verdict: str, words: str) -> Markup:
    return Markup(
        '<button type="button" class="plain" data-do="judge" data-verdict="{}" data-turn="{}" aria-pressed="{}">{}'
        "</button>"
    ).format(verdict, turn.id, "true" if turn.verdict == verdict else "false", words)


def _link(turn: Turn, opened: str) -> Markup:
    if not turn.link:
        return NOTHING
    focus = Markup(" data-focus") if opened == f"link {turn.id}" else NOTHING
    return Markup(
        '<p class="link">Whoever has this link sees this answer as it is now: <a href="/a/{0}"{1}>/a/{0}</a> {2}</p>'
    ).format(turn.link, focus, _button("copy-link", "Copy"))


def _button(do: str, words: str, kind: str = "plain", turn: str = "") -> Markup:
    return Markup('<button type="button" class="{}" data-do="{}" data-turn="{}">{}</button>').format(
        kind, do, turn, words
    )
