"""What a reader thinks of an answer: the form for the reason, and for making a test question of it."""

from __future__ import annotations

from markupsafe import Markup

from newsdesk.conversations import Turn
from newsdesk.page.words import NOTHING, title_of
from newsdesk.types import Citation, Hit


def judgement(turn: Turn, opened: bool) -> Markup:
    """The form below an answer that was just judged; nothing where none was."""
    if not opened or turn.answer is None:
        return NOTHING
    return _why(turn) + (_case(turn) if turn.verdict == "down" else NOTHING)


def _why(turn: Turn) -> Markup:
    return Markup(
        '<form class="judging" data-do="reason" data-turn="{}" data-verdict="{}"><label>{} '
        '<input name="reason" maxlength="500" autocomplete="off" data-focus></label>'
        '<button type="submit">Send</button></form>'
    ).format(turn.id, turn.verdict or "", "What was wrong?" if turn.verdict == "down" else "What was good?")


def _case(turn: Turn) -> Markup:
    """A test question: what was asked, what the answer should have been, and where it stands."""
    return Markup(
        '<form class="judging case" data-do="case" data-turn="{}"><p class="label">Make a test question of it, for the '
        'Evaluate view</p><label>Question <input name="question" value="{}" maxlength="2000" required></label>'
        '<label>Expected answer <input name="answer" maxlength="1000" autocomplete="off">'
        '<span class="quiet">Empty: the archive does not say.</span></label>'
        '<label>Article <input name="article" list="articles-{}" autocomplete="off" maxlength="500"></label>'
        '<datalist id="articles-{}">{}</datalist><button type="submit">Add the test question</button></form>'
    ).format(turn.id, turn.question, turn.id, turn.id, _known(turn))


def _known(turn: Turn) -> Markup:
    """The articles of the answer and of what came near, to choose from."""
    said = turn.answer
    pieces: list[Citation | Hit] = [*said.citations, *said.passages] if said else []
    titles = {piece.article_id: title_of(piece) for piece in pieces}
    return Markup().join(Markup('<option value="{}">{}</option>').format(id, words) for id, words in titles.items())
