"""Questions that the archive can answer, made from its own sentences and offered only once they were answered.

No language model: a sentence whose form says who, where, when or how many gives a question and the words that answer
it. The reader must find just those words in the passage, and the chain must answer with them and cite their place;
then the question is offered. The same archive and answer give the same questions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from newsdesk.assistant import Assistant
from newsdesk.errors import NewsdeskError
from newsdesk.reader import Reader
from newsdesk.sentences import sentences
from newsdesk.types import Answer, Article, Hit, Message, Question

MOST_READ = 24
"""Candidates that the reader is asked about, one passage each."""
MOST_ASKED = 6
"""Candidates that the whole chain is asked: each costs what a question costs."""
NEIGHBOURS = 24
"""Passages around an answer that questions are made from."""
FIRST_ARTICLES, FIRST_CHARACTERS = 100, 1200
"""How many articles, and how much of each, is looked at for questions to begin with."""
SAME_SPAN = 0.5
"""Least share of the words of answer and span that both have."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question and where its answer stands: ``article.text[start:end]`` in the passage."""

    question: str
    hit: Hit
    start: int
    end: int

    @property
    def words(self) -> str:
        """The words that answer it."""
        return self.hit.text[self.start - self.hit.start : self.end - self.hit.start]


_CAPITAL = r"[A-Z][\w’'.-]*[\w’']"
_TITLE = r"(?:Mr|Mrs|Ms|Dr|Sir|Dame|Lady|Lord|Professor|President|Captain|Judge)\.? "
_NAME = rf"(?:{_TITLE})?{_CAPITAL}(?: {_CAPITAL}){{1,3}}"
_NUMBER = r"(?:\d[\d,.]*|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|[Ee]leven|[Tt]welve)"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAYS = rf"(?:\d{{1,2}} (?:{_MONTHS})(?: \d{{4}})?|(?:{_MONTHS}) \d{{4}}|\d{{4}})"
_SUBJECT = rf"(?:(?:The|A|An) (?:[\w’'-]+ ){{0,5}}[\w’'-]+|{_NAME})"
_DONE = (
    r"(?:[a-z]+ed|built|found|held|made|sold|bought|born|taken|given|led|lost|won|paid|put|set|shot|sunk|hit|caught)"
)
_DID = (
    r"(?!died|lived|added|warned|insisted|admitted|refused|agreed|argued|asked|claimed|denied|believed|wanted|hoped)"
    r"(?:[a-z]{2,}ed|won|led|wrote|found|built|bought|sold|chose|took|gave|made|ran|stole|paid|drew|broke)"
)
_SOMEONE = r"\b(?!former\b)[a-z]+(?:er|or|ist|ian|man|woman|ary|ee|ant|ent|wain|chief|judge|chair|nurse|coach)\b"
_REST = r"(?P<rest>(?: [^\s,;:.()“”\"]+){2,9})"
_CLOSE = r"(?=[,;:]|\.\W*$)"
"""What ends a clause; the point of "St." does not."""

_FORMS = (
    (rf"^(?!The )(?P<answer>{_NAME}) (?P<did>{_DID}){_REST}{_CLOSE}", "Who {did}{rest}?"),
    (rf"\b(?P<name>{_NAME}), (?P<answer>(?:the|a|an) (?=[^,.;:]*{_SOMEONE})[^,.;:“”\"]{{4,70}})[,.]", "Who is {name}?"),
    (rf"\b(?P<role>[Tt]he (?:[a-z’'-]+ ){{1,5}}of {_CAPITAL}(?: {_CAPITAL}){{0,3}}), (?P<answer>{_NAME}),",
     "Who is {role}?"),
    (rf"^(?P<answer>{_NUMBER}) (?P<what>(?:[a-z-]+ ){{1,4}})(?P<did>were|are|have been|had been){_REST}{_CLOSE}",
     "How many {what}{did}{rest}?"),
    (rf"^(?P<who>{_SUBJECT}) (?P<did>was|were) (?P<done>{_DONE}) (?:in|at|near) (?P<answer>{_NAME}|{_CAPITAL})\b",
     "Where {did} {who} {done}?"),
    (rf"^(?P<who>{_SUBJECT}) (?P<did>was|were) (?P<done>{_DONE}) (?:on|in) (?P<answer>{_DAYS})\b",
     "When {did} {who} {done}?"),
)  # fmt: skip
"""What a sentence looks like, and the question that its ``answer`` answers."""

_FORMS_READ = tuple((re.compile(form), asked) for form, asked in _FORMS)
_POINTING = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|this|that|these|those|here|there|who|which|whom|I|we|our|us"
    r"|yesterday|today|tomorrow|said|such|other|another)\b"
)
"""Words that leave a question unclear to whoever has not read the sentence before."""
_NAMING = re.compile(r"(?<= )[A-Z0-9]")
"""A name or a figure in a question: without one, "Who welcomed the vote?" could be about anything."""


def follow_ups(
    assistant: Assistant, answer: Answer, history: Sequence[Message], asked: Iterable[str] = (), most: int = 3
) -> list[str]:
    """At most so many questions on what stands around an answer, each of which the chain answers after ``history``."""
    cited = {citation.article_id for citation in answer.citations}
    around = assistant.retriever.retrieve(answer.standalone_question or answer.question, NEIGHBOURS)
    hits = sorted(around, key=lambda hit: hit.article_id not in cited)
    said = {_key(question) for question in (*asked, answer.question, answer.standalone_question)}
    fresh = [
        one
        for one in candidates(hits)
        if (one.hit.article_id in cited or _NAMING.search(one.question))
        and _key(one.question) not in said
        and not _told(one, answer)
    ]
    return _answered(assistant, fresh, tuple(history), most)


def beginnings(assistant: Assistant, most: int = 4) -> list[str]:
    """At most so many questions to begin with, made from the beginnings of articles, each of another one."""
    hits = [_beginning(article) for article in assistant.archive.articles(FIRST_ARTICLES)]
    named = [one for one in candidates(hits) if _NAMING.search(one.question)]
    return _answered(assistant, named, (), most, apart=True)


def candidates(hits: Sequence[Hit]) -> list[Candidate]:
    """The questions that the sentences of the passages give, each once, in their order."""
    found = {_key(one.question): one for hit in reversed(hits) for one in reversed(list(_of_passage(hit)))}
    return list(found.values())[::-1]


def borne_out(candidate: Candidate, reader: Reader) -> bool:
    """Whether the reader finds the answer that the question was made from, and is sure enough of it."""
    reading = reader.read(candidate.question, [candidate.hit])[0]
    return reading.confidence >= reader.threshold and _share(candidate, reading.start, reading.end) >= SAME_SPAN


def _beginning(article: Article) -> Hit:
    text = article.text[:FIRST_CHARACTERS]
    return Hit(article.id, article.title, article.url, article.publisher, article.published, 0, len(text), text, 0.0)


def _of_passage(hit: Hit) -> Iterator[Candidate]:
    for start, end in sentences(hit.text):
        for form, asked in _FORMS_READ:
            if (match := form.search(hit.text[start:end])) and (question := _question(match, asked)):
                at = hit.start + start
                yield Candidate(question, hit, at + match.start("answer"), at + match.end("answer"))


def _question(match: re.Match[str], asked: str) -> str | None:
    """The question in words; None where it would point to something that it does not name."""
    words = {name: part for name, part in match.groupdict().items() if name != "answer"}
    for name in ("who", "role"):
        if words.get(name, "").startswith(("The ", "A ", "An ")):
            words[name] = words[name][0].lower() + words[name][1:]
    question = asked.format_map(words)
    return None if _POINTING.search(question.partition(" ")[2]) or "\n" in question else question


def _answered(
    assistant: Assistant, found: Sequence[Candidate], history: tuple[Message, ...], most: int, apart: bool = False
) -> list[str]:
    """Those that the reader and then the chain answer from where they were made, until there are enough."""
    offered: list[str] = []
    articles: set[str] = set()
    asked = 0
    for one in found[:MOST_READ]:
        if len(offered) == most or asked == MOST_ASKED:
            break
        if (apart and one.hit.article_id in articles) or not borne_out(one, assistant.reader):
            continue
        asked += 1
        if _is_answered(assistant, one, history):
            offered.append(one.question)
            articles.add(one.hit.article_id)
    return offered


def _is_answered(assistant: Assistant, candidate: Candidate, history: tuple[Message, ...]) -> bool:
    try:
        answer = assistant.chain.invoke(Question(candidate.question, history))
    except NewsdeskError:
        return False
    return _told(candidate, answer) and any(
        cited.article_id == candidate.hit.article_id and cited.start <= candidate.start and candidate.end <= cited.end
        for cited in answer.citations
    )


def _share(candidate: Candidate, start: int, end: int) -> float:
    """How much of answer and span is common to both, 0 to 1."""
    common = min(candidate.end, end) - max(candidate.start, start)
    return max(common, 0) / (max(candidate.end, end) - min(candidate.start, start))


def _told(candidate: Candidate, answer: Answer) -> bool:
    """Whether the answer says, before all that it quotes, what the question asks."""
    said, words = _key(answer.short_answer or ""), _key(candidate.words)
    return bool(said) and (words in said or said in words)


def _key(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.casefold()))
