"""The events of the web chat: a question is asked, a quote is opened, a conversation is gone on with or judged.

All state is in the store and in the session that comes along with each event; an owner's conversations are found by
that owner alone. Details of an event come from a browser and are checked.
"""

from __future__ import annotations

import time
from asyncio import to_thread
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import takewhile

from newsdesk import suggest
from newsdesk.conversations import Conversation, Turn, Verdict
from newsdesk.desk import Desk
from newsdesk.errors import NewsdeskError, NotFound
from newsdesk.evaluate.sets import FEEDBACK
from newsdesk.page import asking, cases, conversation, limits, link, live, panel, shelf
from newsdesk.page.conversation import Turns
from newsdesk.page.panel import Place, Source
from newsdesk.page.runs import Runs
from newsdesk.page.session import Session, packed
from newsdesk.types import Article, Citation

Detail = Mapping[str, object]
"""What a browser says about an event: to be checked."""

EXAMPLES = (
    ("where were the targets?", "000_659fbcd3d4add74c"),
    ("Who brokered the talks?", "000_659fbcd3d4add74c"),
    ("How many witnesses did the ferry inquiry plan to call?", "2031-04-09-inquiry-told-of-pump-warnings"),
    ("How long is the sentence the brass band's treasurer got?", "2031-03-15-band-treasurer-jailed"),
    ("How thick is the Corvane Dam at its base?", "2031-03-23-explainer-how-the-corvane-dam-works"),
)
"""Questions on the articles that come with newsdesk, each with the article that answers it."""

HINT = "Type a question first: who, what, when or where?"
STOPPED = "Stopped. Nothing more is done for this question."
NOBODY = "This page does not know your browser: cookies are off. Allow them for this address, then reload."
FOUND = 8
"""Articles that the form for limits shows."""


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows after an event, part by part; None: as before."""

    session: str | None = None
    bar: str | None = None
    talk: str | None = None
    live: str | None = None
    after: str | None = None
    chips: str | None = None
    box: str | None = None
    hint: str | None = None
    sources: str | None = None
    shelf: str | None = None
    form: str | None = None
    found: str | None = None
    masthead: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """Who sent an event, and the session that came along with it."""

    owner: str
    session: Session


@dataclass(frozen=True, slots=True)
class Chat:
    """The events of the page."""

    desk: Desk
    runs: Runs = field(default_factory=Runs)
    beginnings: dict[int, list[str]] = field(default_factory=dict)
    """Questions to begin with, by how many articles there were: they are looked for once."""

    # Showing

    def arrive(self, visit: Visit, detail: Detail) -> View:
        """The page as a visitor finds it: the conversation of its address, or the welcome."""
        session = replace(visit.session, conversation=_text(detail, "conversation"), editing="")
        asked = _clean(_text(detail, "question"))
        view = self.whole(Visit(visit.owner, session))
        return replace(view, box=asked) if asked else view

    def whole(self, visit: Visit) -> View:
        """Every part of the page for a session."""
        session, archive = visit.session, self.desk.assistant.archive
        here = self.here(visit)
        session = replace(session, conversation=here.id if here else "")
        return replace(
            self.talk(Visit(visit.owner, session)),
            bar=conversation.bar(here),
            live="",
            after="",
            chips=self.chips(session),
            hint=conversation.hint(""),
            sources=panel.no_sources(),
            shelf=shelf.shelf(self.desk.conversations.find(visit.owner)),
            form=limits.form(session.filters, archive.publishers()),
            found="",
            masthead=conversation.masthead(archive.count()),
        )

    def talk(self, visit: Visit, opened: str = "") -> View:
        """The conversation, and what the session keeps; before its first turn, what can be asked."""
        turns, archive = self.turns(visit), self.desk.assistant.archive
        if turns:
            return View(session=packed(visit.session), talk=conversation.show(turns, opened=opened))
        welcome = conversation.welcome(archive.count(), archive.publishers(), self.examples())
        return View(session=packed(visit.session), talk=conversation.show((), welcome))

    def here(self, visit: Visit) -> Conversation | None:
        """The conversation of the session; None where it has none, or one that is not there for this owner."""
        with suppress(NotFound):
            return self.desk.conversations.conversation(visit.owner, visit.session.conversation)
        return None

    def turns(self, visit: Visit) -> Turns:
        """The turns of that conversation that are not in work."""
        if self.here(visit) is None:
            return ()
        turns = self.desk.conversations.turns(visit.owner, visit.session.conversation)
        return tuple(turn for turn in turns if turn.id not in self.runs)

    def chips(self, session: Session) -> str:
        """The limits of the session."""
        found = {id: self.article(id) for id in session.filters.article_ids}
        return limits.chips(session.filters, {id: one.title or id for id, one in found.items() if one})

    def examples(self) -> list[str]:
        """The example questions whose article is in the archive."""
        return [question for question, article in EXAMPLES if self.article(article)]

    # Asking

    async def ask(self, visit: Visit, question: str | None, anytime: bool = False) -> AsyncIterator[View]:
        """Show the question and that it is being looked into, step by step, then what came of it."""
        words = _clean(question)
        if not words:
            yield View(hint=conversation.hint(HINT))
            return
        visit, turn, before = await to_thread(self._begin, visit, words)
        with self.runs.run(turn.id) as stop:
            yield replace(self._shown(visit), live=live.working(words), after="", box="", sources=panel.no_sources())
            async for state in asking.work(self.desk.line, turn, before, stop, anytime):
                if not isinstance(state, Turn):
                    yield View(live=live.working(words, state.steps, state.text))
                elif not stop.is_set():
                    turn = state
                    await to_thread(self.desk.conversations.settle, turn)
        if not stop.is_set():
            yield self._settled(visit, turn)

    async def again(self, visit: Visit, detail: Detail) -> AsyncIterator[View]:
        """Ask what was chosen: an example or suggestion, or a question of this conversation once more."""
        do, words = _text(detail, "do"), _text(detail, "question")
        if do == "ask" and words:
            views = self.ask(visit, words)
        elif turn := self._chosen(visit, detail):
            session = replace(visit.session, editing=turn.id, filters=turn.filters)
            views = self.ask(Visit(visit.owner, session), turn.question, anytime=do == "anytime")
        else:
            return
        async for view in views:
            yield view

    def stop(self, visit: Visit) -> View:
        """Stop what is in work for this conversation."""
        if self.here(visit) is None:
            return View()
        for turn in self.desk.conversations.turns(visit.owner, visit.session.conversation):
            if self.runs.stop(turn.id):
                self.desk.conversations.settle(replace(turn, notice=STOPPED))
        return replace(self.talk(visit), live="")

    def suggest(self, visit: Visit) -> View:
        """Questions to go on with after the last answer; none are looked for while others wait for their answers."""
        turns = self.turns(visit)
        last = turns[-1].answer if turns else None
        if last is None or not last.answered or len(self.runs):
            return View()
        asked, history = [turn.question for turn in turns], asking.history(turns)
        offered = suggest.follow_ups(self.desk.assistant, last, history, asked)
        current = self.turns(visit)
        fresh = bool(current) and current[-1].id == turns[-1].id
        return View(after=str(conversation.questions("The archive also answers", offered))) if fresh else View()

    def beginning(self, visit: Visit) -> View:
        """Questions to begin with, made from the archive where it is none that comes with questions."""
        assistant = self.desk.assistant
        count = assistant.archive.count()
        if self.turns(visit) or self.examples() or not count:
            return View()
        if count not in self.beginnings:
            self.beginnings[count] = suggest.beginnings(assistant)
        return View(after=str(conversation.questions("For example", self.beginnings[count])))

    def _begin(self, visit: Visit, words: str) -> tuple[Visit, Turn, Turns]:
        """The turn for a question, kept before any work on it, and the turns before it."""
        store, owner, session = self.desk.conversations, visit.owner, visit.session
        here = self.here(visit) or store.begin(owner, words)
        if session.editing:
            store.drop(owner, here.id, session.editing)
        before = store.turns(owner, here.id)
        turn = store.ask(owner, here.id, words, session.filters)
        return Visit(owner, replace(session, conversation=here.id, editing="")), turn, before

    def _shown(self, visit: Visit) -> View:
        return replace(
            self._list(visit),
            session=packed(visit.session),
            bar=conversation.bar(self.here(visit)),
            talk=conversation.show(self.turns(visit)),
            chips=self.chips(visit.session),
            hint=conversation.hint(""),
        )

    def _settled(self, visit: Visit, turn: Turn) -> View:
        """The page with a new answer, its sources beside it, without moving the page there."""
        turns = self.turns(visit)
        view = View(talk=conversation.show(turns), live=live.done(turn.answer))
        if turn.answer is None or not turn.answer.answered or not turn.answer.citations:
            return view
        place = Place(len(turns) - 1, turn.answer.citations[0].number)
        return replace(view, sources=panel.sources(self.cited(turn), place, touched="", asked=_day(turn)))

    # Changing

    def act(self, visit: Visit, detail: Detail) -> View:
        """Do what was chosen; an error is told in words."""
        acts: dict[str, Callable[[Visit, Detail], View]] = {
            "arrive": self.arrive,
            "new": self._new,
            "resume": self._resume,
            "rename": self._rename,
            "delete": self._delete,
            "search": self._search,
            "edit": self._edit,
            "reword": self._edit,
            "judge": self._judge,
            "reason": self._judge,
            "case": self._case,
            "link": self._link,
            "limit": self._limit,
            "lift": self._lift,
            "find": self._find,
            "stop": lambda visit, detail: self.stop(visit),
        }
        act = acts.get(_text(detail, "do"))
        try:
            return act(visit, detail) if act else View()
        except NewsdeskError as error:
            return View(hint=conversation.hint(str(error)))

    def _new(self, visit: Visit, detail: Detail) -> View:
        return self.whole(Visit(visit.owner, replace(visit.session, conversation="", editing="")))

    def _resume(self, visit: Visit, detail: Detail) -> View:
        chosen = self.desk.conversations.conversation(visit.owner, _text(detail, "conversation"))
        return self.whole(Visit(visit.owner, replace(visit.session, conversation=chosen.id, editing="")))

    def _rename(self, visit: Visit, detail: Detail) -> View:
        id, title = _text(detail, "conversation"), _clean(_text(detail, "title"))
        self.desk.conversations.rename(visit.owner, id, title)
        return replace(self._list(visit), bar=conversation.bar(self.here(visit)))

    def _delete(self, visit: Visit, detail: Detail) -> View:
        id = _text(detail, "conversation")
        self.desk.conversations.delete(visit.owner, id)
        return self._new(visit, detail) if id == visit.session.conversation else self._list(visit)

    def _search(self, visit: Visit, detail: Detail) -> View:
        return self._list(visit, _clean(_text(detail, "words")))

    def _list(self, visit: Visit, search: str = "") -> View:
        return View(shelf=shelf.shelf(self.desk.conversations.find(visit.owner, search), search))

    def _edit(self, visit: Visit, detail: Detail) -> View:
        """Put a question back into the box, as it was asked or as it was understood, to take its own place."""
        turn = self._chosen(visit, detail)
        if turn is None:
            return View(session=packed(replace(visit.session, editing="")), box="", hint=conversation.hint(""))
        reworded = turn.answer.standalone_question if turn.answer and _text(detail, "do") == "reword" else ""
        session = replace(visit.session, editing=turn.id)
        return View(session=packed(session), box=reworded or turn.question, hint=conversation.editing())

    def _judge(self, visit: Visit, detail: Detail) -> View:
        turn = self._chosen(visit, detail)
        verdict = _verdict(detail)
        if turn is None or verdict is None:
            return View()
        reason = _clean(_text(detail, "reason"))
        self.desk.conversations.judge(verdict, turn.question, reason, turn.answer, turn.id)
        if _text(detail, "do") == "judge":
            return self.talk(visit, f"judge {turn.id}")
        shown = self.talk(visit, f"judge {turn.id}" if verdict == "down" else "")
        return replace(shown, hint=conversation.hint("Thank you. Your reason is kept."))

    def _case(self, visit: Visit, detail: Detail) -> View:
        turn = self._chosen(visit, detail)
        if turn is None:
            return View()
        given = cases.Case(*(_clean(_text(detail, name)) for name in ("question", "answer", "article")))
        before = tuple(takewhile(lambda earlier: earlier.id != turn.id, self.turns(visit)))
        home = self.desk.assistant.settings.home
        cases.add(home, given, turn, asking.history(before), known=lambda id: self.article(id) is not None)
        return replace(self.talk(visit), hint=conversation.hint(f"Added to {FEEDBACK}, in the Evaluate view."))

    def _link(self, visit: Visit, detail: Detail) -> View:
        turn = self._chosen(visit, detail)
        kept = link.kept(turn, self.quoted) if turn else None
        if turn is None or kept is None:
            return View()
        self.desk.conversations.link(turn.id, kept)
        return self.talk(visit, f"link {turn.id}")

    def _limit(self, visit: Visit, detail: Detail) -> View:
        filters = limits.limited(visit.session.filters, _text(detail, "kind"), _clean(_text(detail, "value")))
        return self._limited(replace(visit.session, filters=filters))

    def _lift(self, visit: Visit, detail: Detail) -> View:
        filters = limits.lifted(visit.session.filters, _text(detail, "kind"), _text(detail, "value"))
        view = self._limited(replace(visit.session, filters=filters))
        return replace(view, form=limits.form(filters, self.desk.assistant.archive.publishers()), found="")

    def _limited(self, session: Session) -> View:
        return View(session=packed(session), chips=self.chips(session))

    def _find(self, visit: Visit, detail: Detail) -> View:
        words = _clean(_text(detail, "words"))
        return View(found=limits.found(list(self.desk.assistant.archive.articles(FOUND, 0, search=words)), words))

    # Opening

    def open(self, visit: Visit, detail: Detail) -> str | None:
        """The panel with what was chosen: a quote among its answer's sources, a near passage, or its whole article.

        None where this conversation has no such place.
        """
        turns = self.turns(visit)
        place = _place(turns, detail)
        if place is None:
            return None
        turn = turns[place.turn]
        found = [self.near(turn, place.number)] if place.near else self.cited(turn)
        touched = str(time.monotonic_ns())
        if _text(detail, "do") == "whole":
            chosen = next((source for source in found if source.bears(place)), None)
            return panel.whole(chosen, place, touched, _day(turn)) if chosen else None
        return panel.sources(found, place, touched, _day(turn))

    def cited(self, turn: Turn) -> list[Source]:
        """The articles of an answer as they were quoted, in the order in which it cites them."""
        citations = turn.answer.citations if turn.answer else ()
        ids = dict.fromkeys((cited.article_id, cited.version) for cited in citations)
        groups = [[cited for cited in citations if (cited.article_id, cited.version) == id] for id in ids]
        return [panel.source_of(cited, self.quoted(cited[0]), self.article(cited[0].article_id)) for cited in groups]

    def near(self, turn: Turn, number: int) -> Source:
        """The article of a passage that came near."""
        assert turn.answer
        hit = turn.answer.passages[number - 1]
        return panel.source_near(hit, self.article(hit.article_id))

    def quoted(self, cited: Citation) -> Article | None:
        """The article in the version that was quoted, or as it is now where that one is not kept."""
        if cited.version:
            with suppress(NotFound):
                return self.desk.assistant.archive.article(cited.article_id, cited.version)
        return self.article(cited.article_id)

    def article(self, article_id: str) -> Article | None:
        """The article of that id as it is now, or None where it is not (or no longer) in the archive."""
        with suppress(NotFound):
            return self.desk.assistant.archive.article(article_id)
        return None

    def _chosen(self, visit: Visit, detail: Detail) -> Turn | None:
        """The turn of this conversation that an event names."""
        named = _text(detail, "turn")
        return next((turn for turn in self.turns(visit) if turn.id and turn.id == named), None)


def _clean(words: str | None) -> str:
    """What was typed, without what no question needs: surrounding space, NUL, halves of characters."""
    line = (words or "").replace("\0", " ")
    return line.encode("utf-8", "replace").decode("utf-8").strip()


def _text(detail: Detail, name: str) -> str:
    value = detail.get(name)
    return value if isinstance(value, str) else ""


def _verdict(detail: Detail) -> Verdict | None:
    said = _text(detail, "verdict")
    return "up" if said == "up" else "down" if said == "down" else None


def _number(detail: Detail, name: str) -> int | None:
    """A detail that is a number of a few digits."""
    value = _text(detail, name)
    return int(value) if value.isdecimal() and len(value) < 7 else None


def _day(turn: Turn) -> date:
    return turn.asked.date() if turn.asked else date.today()


def _place(turns: Turns, detail: Detail) -> Place | None:
    """The place that an event names, or None where this conversation has no such place."""
    turn, number, near = _number(detail, "turn"), _number(detail, "number"), bool(_text(detail, "near"))
    answer = turns[turn].answer if turn is not None and turn < len(turns) else None
    if turn is None or number is None or answer is None:
        return None
    known = range(1, len(answer.passages) + 1) if near else {citation.number for citation in answer.citations}
    return Place(turn, number, near) if number in known else None
