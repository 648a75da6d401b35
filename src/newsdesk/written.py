"""Hits → answer, written by a chat model and checked; where it fails, the quotations stand in, with a note."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from langchain_core.language_models import BaseChatModel

from newsdesk.archive import Archive
from newsdesk.extract import disagreement
from newsdesk.generate import Generated, stream
from newsdesk.generate import rewrite as rewritten
from newsdesk.provider import LIMITS, Limits, ModelFailure, load_chat_model
from newsdesk.types import Answer, Hit, Message, Question, Sentence, Token
from newsdesk.verify import check, compose

log = logging.getLogger("newsdesk")

DECLINED = "What is shown comes from the articles alone, because the chat model found no answer in these passages."
UNSUPPORTED = "What is shown comes from the articles alone, because they do not bear out what the chat model wrote."


@dataclass(frozen=True, slots=True)
class Writer:
    """A chat model that writes answers, or why it cannot be used."""

    name: str
    model: BaseChatModel | ModelFailure
    limits: Limits = LIMITS

    def write(
        self,
        question: Question,
        quoted: Answer,
        hits: Sequence[Hit],
        archive: Archive,
        failed: ModelFailure | None = None,
    ) -> Iterator[Token | Answer]:
        """Words as they are written, then the answer: the written one where it holds, else the quoted one with a note.

        Without hits there is nothing to write from. ``failed``: how the model failed just before, on this question;
        where it would fail again, it is not asked.
        """
        if not hits:
            yield quoted
            return
        try:
            if failed and failed.lasting:
                raise failed
            for piece in self._pieces(question, quoted.standalone_question, hits):
                yield Token(piece) if isinstance(piece, str) else _composed(quoted, piece, archive, self.name)
        except ModelFailure as failure:
            log.warning("%s wrote no answer: %s", self.name, failure.reason)
            yield _noted(quoted, failure.note)

    def rewrite(self, question: str, history: Sequence[Message]) -> str | ModelFailure | None:
        """The follow-up with what it refers to written out; None where it stands alone or nothing came of it."""
        try:
            return rewritten(question, history, self._usable(), self.limits)
        except ModelFailure as failure:
            log.warning("%s did not rewrite the question: %s", self.name, failure.reason)
            return failure

    def _pieces(self, question: Question, standalone: str, hits: Sequence[Hit]) -> Iterator[str | Generated]:
        return stream(
            question.question, standalone, hits, question.asked_at or date.today(), self._usable(), self.limits
        )

    def _usable(self) -> BaseChatModel:
        if isinstance(self.model, ModelFailure):
            raise self.model
        return self.model


def load_writer(name: str) -> Writer:
    """The writer of that ``provider:model``. A missing key is no error here: each answer will say so.

    Raises BadInput for a name that no provider knows and for a provider whose package is missing.
    """
    try:
        return Writer(name, load_chat_model(name))
    except ModelFailure as failure:
        log.warning("%s cannot be used: %s", name, failure.reason)
        return Writer(name, failure)


def _composed(quoted: Answer, said: Generated, archive: Archive, engine: str) -> Answer:
    """What was said in place of the quoted answer, as far as it is borne out.

    Where the articles give different figures a note says so, whichever of them the model took.
    """
    if said.declined:
        return _noted(quoted, DECLINED)
    texts = {hit.article_id: archive.article(hit.article_id).text for hit in said.hits}
    checked = check(said.text, said.hits, texts)
    if not any(one.support == "supported" for one in checked):
        return _noted(quoted, UNSUPPORTED)
    text, citations = compose(checked)
    sentences = tuple(
        Sentence(one.sentence, one.support, tuple(citation.number for citation in one.citations)) for one in checked
    )
    written = replace(
        quoted, answer=text, short_answer=None, answered=True, citations=citations, sentences=sentences, engine=engine
    )
    differing = disagreement(quoted.answer)
    return _noted(written, differing) if differing else written


def _noted(answer: Answer, note: str) -> Answer:
    return replace(answer, notes=(*answer.notes, note))
