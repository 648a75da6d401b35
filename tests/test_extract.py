"""An extractive answer quotes whole sentences, merges the same fact, and declines what is not there."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from newsdesk.extract import DECLINED, EMPTY, Extract, extract, fact, quoted
from newsdesk.reader import Reading
from newsdesk.types import Hit


def reading(
    text: str, span: str, confidence: float = 0.9, article_id: str = "a", publisher: str | None = None, offset: int = 0
) -> Reading:
    """A reading of a passage that starts ``offset`` code points into its article."""
    published = date(2031, 5, 4)
    hit = Hit(article_id, "Title", None, publisher, published, offset, offset + len(text), text, 1.0)
    start = offset + text.index(span)
    return Reading(hit, start, start + len(span), confidence, confidence)


FIRST = "The ferry ran aground at noon. Twelve people were hurt, the coastguard said. It floats again."


def test_the_short_answer_comes_first_then_the_sentence_it_stands_in() -> None:
    said = extract([reading(FIRST, "Twelve people", offset=100)], 0.5)
    assert said.short_answer == "Twelve people"
    assert said.text == "Twelve people [1]\n\n“Twelve people were hurt, the coastguard said.” [1]"
    (citation,) = said.citations
    assert citation.quote == "Twelve people were hurt, the coastguard said."
    assert (citation.start, citation.end) == (131, 131 + len(citation.quote))


def test_below_the_threshold_it_declines_and_keeps_its_confidence() -> None:
    assert extract([reading(FIRST, "noon", 0.4)], 0.5) == Extract(DECLINED, None, False, 0.4, ())
    assert extract([], 0.5) == Extract(EMPTY, None, False, 0.0, ())


def test_one_fact_in_several_articles_is_one_sentence_with_a_citation_for_each() -> None:
    said = extract([reading(FIRST, "Twelve people", article_id=name) for name in "abcd"], 0.5)
    assert [(citation.number, citation.article_id) for citation in said.citations] == [(1, "a"), (2, "b"), (3, "c")]
    assert said.text.count("Twelve people were hurt") == 1
    assert said.text.endswith("[1][2][3]")


def test_different_facts_are_quoted_with_their_sources_and_dates() -> None:
    other = "Seventeen were hurt, the Herald has learned."
    said = extract(
        [reading(FIRST, "Twelve", 0.9, "a", "Courier"), reading(other, "Seventeen", 0.8, "b", "Herald")],
        0.5,
    )
    assert said.text == (
        "The sources differ: Twelve (Courier, 4 May 2031) [1]; Seventeen (Herald, 4 May 2031) [2]\n\n"
        "Courier, 4 May 2031: “Twelve people were hurt, the coastguard said.” [1]\n\n"
        "Herald, 4 May 2031: “Seventeen were hurt, the Herald has learned.” [2]"
    )


def test_figures_of_different_units_are_no_disagreement() -> None:
    other = reading("She had worked there for five years.", "five years", 0.8, "b", "Herald")
    said = extract([reading("Divers work for 40 minutes.", "40 minutes", 0.9, "a", "Courier"), other], 0.5)
    assert said.text.startswith("40 minutes [1]")


def test_a_figure_that_is_far_less_sure_is_quoted_but_no_disagreement() -> None:
    other = reading("It had room for 300 people.", "300", 0.4, "b", "Herald")
    said = extract([reading("Twelve people drowned.", "Twelve", 0.9, "a", "Courier"), other], 0.5)
    assert said.text.startswith("Twelve [1]")
    assert len(said.citations) == 2


def test_different_words_of_one_article_are_no_disagreement() -> None:
    said = extract([reading(FIRST, "Twelve"), reading("It sank at 8 p.m.", "8 p.m")], 0.5)
    assert said.text.startswith("Twelve [1]")


def test_much_weaker_readings_and_repetitions_within_an_article_are_not_quoted() -> None:
    again = "In all, twelve were hurt."
    said = extract([reading(FIRST, "Twelve"), reading(again, "twelve"), reading("Rain fell.", "Rain", 0.29, "b")], 0.2)
    assert len(said.citations) == 1


def test_at_most_three_sentences_are_quoted() -> None:
    said = extract([reading(f"Number {n} came.", f"Number {n}", article_id=str(n)) for n in range(6)], 0.5)
    assert len(said.citations) == 3


def test_brackets_of_the_article_do_not_look_like_citations() -> None:
    said = extract([reading("The report [2] says so [1].", "report [2]")], 0.5)
    assert said.text == "Report (2) [1]\n\n“The report (2) says so (1).” [1]"
    assert said.citations[0].quote == "The report [2] says so [1]."


def test_the_same_answer_in_other_letter_case_or_with_an_article_is_the_same_fact() -> None:
    assert fact("The Harbour Wall!") == fact("a harbour wall")
    assert fact("Twelve people") == fact("12")
    assert fact("12") != fact("17")


@given(st.text("ab. \n\"'!?😀", min_size=1, max_size=80), st.data())
def test_a_quote_holds_and_encloses_its_span(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    hit = Hit("a", "", None, None, None, 7, 7 + len(text), text, 1.0)
    first, last = quoted(Reading(hit, 7 + start, 7 + end, 1.0, 1.0))
    assert 7 <= first <= 7 + start < 7 + end <= last <= 7 + len(text)
    (citation,) = extract([Reading(hit, 7 + start, 7 + end, 1.0, 1.0)], 0.5).citations
    assert citation.quote == text[citation.start - 7 : citation.end - 7]
