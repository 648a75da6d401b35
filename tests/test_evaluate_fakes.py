"""A small archive with a question set, and systems that answer it: one that is right, and wrong ones.

The other evaluation tests take these; here the right one is shown to be measured as right.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from langchain_core.runnables import RunnableLambda

from newsdesk.errors import NotFound
from newsdesk.evaluate import Result, evaluate, read_questions
from newsdesk.evaluate.run import Chain
from newsdesk.types import Answer, Article, Citation, Hit, Question

ARTICLES = (
    Article("ferry", "The ferry sank off the Anvils. Four people died on 4 March. The pump had failed.", title="Ferry"),
    Article("mine", "Miners at Grindle Deep walked out. They want 9 per cent. The pits are hot.", title="Mine"),
    Article("dam", "The Corvane dam was built in 1911. It drowned a village of 212 people.", title="Dam"),
    Article("opera", "The opera of the drowned bell opened. Ilse Varn sang the miller.", title="Opera"),
    Article("eels", "Eels came back to the upper river. Naïve anglers — 30 of them — cheered.", title="Eels"),
)
QUESTIONS: tuple[dict[str, object], ...] = (
    {
        "id": "q1",
        "question": "How many people died?",
        "answers": ["Four people", "four"],
        "articles": ["ferry"],
        "evidence": ["Four people died on 4 March."],
        "kind": "number",
    },
    {
        "id": "q2",
        "question": "What had failed on the ferry?",
        "answers": ["The pump"],
        "articles": ["ferry"],
        "evidence": ["The pump had failed."],
        "kind": "what",
    },
    {
        "id": "q3",
        "question": "How much do the miners want?",
        "answers": ["9 per cent"],
        "articles": ["mine"],
        "evidence": ["They want 9 per cent."],
        "kind": "number",
    },
    {
        "id": "q4",
        "question": "When was the dam built?",
        "answers": ["1911", "in 1911"],
        "articles": ["dam"],
        "evidence": ["The Corvane dam was built in 1911."],
        "kind": "what",
    },
    {
        "id": "q5",
        "question": "Who sang the miller?",
        "answers": ["Ilse Varn"],
        "articles": ["opera"],
        "evidence": ["Ilse Varn sang the miller."],
        "kind": "what",
    },
    {
        "id": "q6",
        "question": "How many anglers cheered?",
        "answers": ["30"],
        "articles": ["eels"],
        "evidence": ["Naïve anglers — 30 of them — cheered."],
        "kind": "number",
    },
    {"id": "q7", "question": "Who owns the ferry?", "answerable": False, "kind": "none"},
    {"id": "q8", "question": "Who directed the opera?", "answerable": False, "kind": "none"},
)
BY_QUESTION: Mapping[str, dict[str, object]] = {str(fields["question"]): fields for fields in QUESTIONS}


class Shelf:
    """Articles by id: what evaluation needs of an archive."""

    def __init__(self, articles: Iterable[Article] = ARTICLES) -> None:
        self._articles = {article.id: article for article in articles}

    def put(self, articles: Iterable[Article]) -> None:
        self._articles |= {article.id: article for article in articles}

    def article(self, article_id: str, /) -> Article:
        if article_id not in self._articles:
            raise NotFound(f"No article {article_id}.")
        return self._articles[article_id]


def write_set(path: Path, questions: Iterable[Mapping[str, object]] = QUESTIONS) -> Path:
    path.write_text("".join(json.dumps(fields, ensure_ascii=False) + "\n" for fields in questions), encoding="utf-8")
    return path


def hit(article: Article, start: int, end: int, score: float) -> Hit:
    return Hit(article.id, article.title, None, None, None, start, end, article.text[start:end], score)


def citation(article: Article, quote: str) -> Citation:
    start = article.text.index(quote)
    return Citation(1, article.id, article.title, None, None, None, start, start + len(quote), quote)


def right(question: Question) -> Answer:
    """The answer of a system that makes no mistake: gold first, its quote cited, the rest declined."""
    gold = BY_QUESTION[question.question]
    wanted = gold.get("articles", [])
    assert isinstance(wanted, list)
    order = sorted(ARTICLES, key=lambda article: article.id not in wanted)
    passages = tuple(hit(article, 0, len(article.text), 1 / place) for place, article in enumerate(order, 1))
    shown = Answer(
        question=question.question,
        standalone_question=question.question,
        answer="The archive does not say.",
        short_answer=None,
        answered=False,
        confidence=0.1,
        citations=(),
        passages=passages[: question.top_k],
        engine="fake",
        timings_ms={"search": 2.0, "read": 8.0},
    )
    if gold.get("answerable") is False:
        return shown
    answers, quotes = gold["answers"], gold["evidence"]
    assert isinstance(answers, list)
    assert isinstance(quotes, list)
    cited = citation(order[0], quotes[0])
    text = f"{answers[0]} [1]\n\n“{cited.quote}” [1]"
    return replace(shown, answer=text, short_answer=answers[0], answered=True, confidence=0.9, citations=(cited,))


def chain(answer: Callable[[Question], Answer] = right) -> Chain:
    return RunnableLambda(answer)


def measured(folder: Path, answer: Callable[[Question], Answer] = right) -> Result:
    """The result of a system on the small set."""
    return evaluate(chain(answer), Shelf(), read_questions(write_set(folder / "set.jsonl"), Shelf()))


def test_a_system_without_mistakes_gets_the_best_value_of_every_metric(tmp_path: Path) -> None:
    result = measured(tmp_path)
    for name, figure in result.figures.items():
        if name.endswith(("@1", "@3", "@5", "@10", "@20", "@50", "map")) or name in (
            "correct",
            "em",
            "f1",
            "contains",
            "citation_valid",
            "citation_article_precision",
            "citation_quote_precision",
            "citation_recall",
            "citation_coverage",
            "decline_precision",
            "decline_recall",
            "decline_f1",
            "auroc_answerable",
        ):
            assert figure.value == 1.0, name
    assert result.value("aurc") == 0.0
    assert abs((result.value("ece") or 0) - 0.1) < 1e-9
    assert result.value("auroc") is None  # nothing it answered is wrong: there is no pair to order
    assert result.outcomes[""] == {"right": 6, "rightly_declined": 2}


def test_figures_are_given_for_each_kind_of_question(tmp_path: Path) -> None:
    result = measured(tmp_path)
    assert {kind: sum(ways.values()) for kind, ways in result.outcomes.items()} == {
        "": 8,
        "number": 3,
        "what": 3,
        "none": 2,
    }
    assert result.kinds["number"]["f1"].n == 3
    assert "f1" not in result.kinds["none"]
    assert result.kinds["none"]["decline_recall"].value == 1.0
