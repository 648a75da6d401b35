"""Systems that are wrong in one known way: the figures move as they must, and the others stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from newsdesk.evaluate import Result
from newsdesk.types import Answer, Citation, Question
from tests.test_evaluate_fakes import ARTICLES, BY_QUESTION, QUESTIONS, citation, measured, right


def figure(result: Result, name: str) -> float:
    value = result.value(name)
    assert value is not None, name
    return value


def shuffled(question: Question) -> Answer:
    """Cites what belongs to the next question."""
    answer = right(question)
    if not answer.answered:
        return answer
    names = [str(fields["question"]) for fields in QUESTIONS[:6]]
    other = right(Question(names[(names.index(question.question) + 2) % 6]))
    return replace(answer, citations=other.citations)


def always(question: Question) -> Answer:
    answer = right(question)
    if answer.answered:
        return answer
    cited = citation(ARTICLES[0], "The ferry sank off the Anvils.")
    return replace(answer, answered=True, short_answer="The ferry", answer="The ferry [1]", citations=(cited,))


def never(question: Question) -> Answer:
    answer = right(question)
    return replace(answer, answered=False, short_answer=None, answer="I do not know.", citations=())


def off_by_one(question: Question) -> Answer:
    def moved(cited: Citation) -> Citation:
        return replace(cited, start=cited.start + 1, end=cited.end + 1)

    answer = right(question)
    return replace(answer, citations=tuple(moved(cited) for cited in answer.citations))


def last_first(question: Question) -> Answer:
    answer = right(question)
    return replace(answer, passages=answer.passages[::-1])


def unsupported(question: Question) -> Answer:
    answer = right(question)
    return replace(answer, answer=answer.answer.replace("[1]", "", 1)) if answer.answered else answer


def wrong_words(question: Question) -> Answer:
    answer = right(question)
    return replace(answer, short_answer="Something else") if answer.answered else answer


def other_article(question: Question) -> Answer:
    answer = shuffled(question)
    return replace(answer, short_answer="Something else") if answer.answered else answer


def unfound(question: Question) -> Answer:
    gold = BY_QUESTION[question.question].get("articles", [])
    assert isinstance(gold, list)
    answer = wrong_words(question)
    return replace(answer, passages=tuple(found for found in answer.passages if found.article_id not in gold))


def boastful(question: Question) -> Answer:
    """Surest where it is wrong."""
    answer = right(question)
    if answer.answered and question.question.startswith("How"):
        return replace(answer, short_answer="Something else", confidence=0.95)
    return replace(answer, confidence=0.2)


def test_shuffled_citations_lower_precision_and_recall_and_nothing_else(tmp_path: Path) -> None:
    good, bad = measured(tmp_path), measured(tmp_path, shuffled)
    for name in ("citation_article_precision", "citation_quote_precision", "citation_recall"):
        assert figure(bad, name) < 0.2 < figure(good, name)
    assert figure(bad, "citation_valid") == 1.0
    for name in ("correct", "em", "f1", "recall@1", "mrr@10", "decline_f1", "ece"):
        assert figure(bad, name) == figure(good, name)


def test_a_system_that_always_answers_declines_nothing_it_should(tmp_path: Path) -> None:
    bad = measured(tmp_path, always)
    assert figure(bad, "decline_recall") == 0.0
    assert figure(bad, "decline_f1") == 0.0
    assert bad.value("decline_precision") is None  # it declined nothing
    assert bad.outcomes[""] == {"right": 6, "wrongly_answered": 2}
    assert figure(bad, "f1") == 1.0
    assert figure(bad, "auroc") == 1.0  # its confidence still tells the wrong ones


def test_a_system_that_never_answers_gets_no_answer_right(tmp_path: Path) -> None:
    bad = measured(tmp_path, never)
    for name in ("correct", "em", "f1", "contains", "citation_recall"):
        assert figure(bad, name) == 0.0
    assert figure(bad, "decline_recall") == 1.0
    assert figure(bad, "decline_precision") == 0.25
    assert "citation_valid" not in bad.figures
    assert figure(bad, "recall@1") == 1.0
    assert bad.outcomes[""] == {"wrongly_declined": 6, "rightly_declined": 2}


def test_a_quote_one_character_off_does_not_hold(tmp_path: Path) -> None:
    good, bad = measured(tmp_path), measured(tmp_path, off_by_one)
    assert figure(good, "citation_valid") == 1.0
    assert figure(bad, "citation_valid") == 0.0
    assert figure(bad, "citation_recall") == 1.0
    assert figure(bad, "f1") == 1.0


def test_a_ranking_turned_round_lowers_the_ranking_figures_only(tmp_path: Path) -> None:
    bad = measured(tmp_path, last_first)
    assert figure(bad, "recall@1") == 0.0
    assert figure(bad, "mrr@10") == pytest.approx(0.2)
    assert figure(bad, "passage_mrr@10") == pytest.approx(0.2)
    assert figure(bad, "recall@5") == 1.0
    assert figure(bad, "f1") == 1.0


def test_a_sentence_without_marker_lowers_coverage(tmp_path: Path) -> None:
    assert figure(measured(tmp_path, unsupported), "citation_coverage") == 0.5


def test_confidence_that_is_highest_where_it_is_wrong_has_no_auroc(tmp_path: Path) -> None:
    good, bad = measured(tmp_path, always), measured(tmp_path, boastful)
    assert figure(bad, "auroc") == 0.0
    assert figure(bad, "ece") > figure(good, "ece")
    assert figure(bad, "aurc") > figure(good, "aurc")


@pytest.mark.parametrize(
    ("system", "step"),
    [
        (wrong_words, "wrong_span"),
        (other_article, "not_chosen"),
        (unfound, "not_retrieved"),
        (never, "wrongly_declined"),
    ],
)
def test_a_lost_question_is_told_by_the_step_that_lost_it(
    tmp_path: Path, system: Callable[[Question], Answer], step: str
) -> None:
    assert measured(tmp_path, system).outcomes[""] == {step: 6, "rightly_declined": 2}
