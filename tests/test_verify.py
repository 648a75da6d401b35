"""A sentence is supported only where what it cites says it, down to figure, name, denial and speaker."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.verification import figures, rows
from newsdesk.types import Hit
from newsdesk.verify import Checked, check, compose, markers, verify

OFFSET = 40
COURIER = (
    "Twelve people were hurt when the Maid of Ouvel ran aground on Monday, the coastguard said. "
    "Gwen Tolliver, the harbour master, said that the light had not been lit since 19 February. "
    "Aldo Brandt denied this. The ferry, which is 62 metres long, left Tollenhythe at 6.40 p.m. with 117 people "
    "on board."
)
HERALD = "Seventeen people were hurt when the ferry ran aground, Ruth Aske of the coastguard said. She was on duty."


def hit(text: str = COURIER, article: str = "a", publisher: str = "Courier", day: int = 4) -> Hit:
    end = OFFSET + len(text)
    return Hit(article, "Ferry aground", None, publisher, date(2031, 3, day), OFFSET, end, text, 1.0)


HITS = (hit(), hit(HERALD, "b", "Herald", 5))


def one(sentence: str) -> Checked:
    (checked,) = verify([sentence], HITS)
    return checked


@pytest.mark.parametrize(
    "sentence",
    [
        "Twelve people were hurt when the Maid of Ouvel ran aground [1].",
        "12 people were injured when the ferry ran aground on 3 March [1].",
        "The ship ran aground on 3 March 2031, and 12 people were hurt [1].",
        "The light had not been lit since 19 February, Gwen Tolliver said [1].",
        "The 62-metre ferry left Tollenhythe at 6:40 pm with 117 people aboard [1].",
        "Ruth Aske said that seventeen people were hurt [2].",
        "Seventeen people were hurt (Herald, 5 March 2031) [2].",
    ],
)
def test_what_the_passage_says_is_supported_in_other_words_too(sentence: str) -> None:
    checked = one(sentence)
    assert checked.support == "supported", checked.faults
    assert checked.citations


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("Thirteen people were hurt when the Maid of Ouvel ran aground [1].", "number"),
        ("The ferry left Tollenhythe at 7.40 p.m. with 117 people on board [1].", "time"),
        ("The light had not been lit since 9 February [1].", "date"),
        ("The ferry, which is 62 feet long, left Tollenhythe at 6.40 p.m. [1]", "number"),
        ("Gwen Brandt, the harbour master, said that the light had not been lit since 19 February [1].", "name"),
        ("The ferry left Garrith at 6.40 p.m. with 117 people on board [1].", "name"),
        ("Gwen Tolliver said that the light had been lit since 19 February [1].", "denial"),
        ("Aldo Brandt, the harbour master, said that the light had not been lit since 19 February [1].", "speaker"),
    ],
)
def test_a_changed_detail_is_found_and_named(sentence: str, fault: str) -> None:
    (checked,) = verify([sentence], HITS[:1])
    assert checked.support == "unsupported"
    assert fault in checked.faults
    assert checked.citations == ()
    assert "[" not in checked.sentence


def test_a_citation_is_whole_sentences_to_the_code_point() -> None:
    checked = one("The light had not been lit since 19 February, Gwen Tolliver said [1].")
    (citation,) = checked.citations
    assert citation.quote == COURIER.split(". ")[1] + "."
    article = "x" * OFFSET + COURIER
    assert article[citation.start : citation.end] == citation.quote
    assert checked.sentence.endswith("[1]")


def test_figures_that_disagree_are_supported_by_both_their_places_together() -> None:
    checked = one("Twelve people were hurt (Courier, 4 March 2031); seventeen (Herald, 5 March 2031) [1][2].")
    assert checked.support == "supported", checked.faults
    assert [citation.article_id for citation in checked.citations] == ["a", "b"]


def test_markers_out_of_range_are_dropped_and_a_wrong_one_is_put_right() -> None:
    assert one("Ruth Aske said that seventeen people were hurt [99].").citations[0].article_id == "b"
    assert one("Ruth Aske said that seventeen people were hurt [1].").citations[0].article_id == "b"
    assert one("Ruth Aske said that seventeen people were hurt.").citations[0].article_id == "b"
    assert markers("a [1][3] b [2, 1] c 【4】 d [x] [123456789]") == [1, 3, 2, 4]


def test_an_answer_keeps_its_lines_and_numbers_its_places_anew() -> None:
    text = "Seventeen people were hurt [2]. \n\n- Twelve people were hurt [1].\n- The moon is made of cheese [1]."
    checked = check(text, HITS)
    assert [one.support for one in checked] == ["supported", "supported", "unsupported"]
    written, citations = compose(checked)
    assert written.splitlines()[0] == "Seventeen people were hurt. [1]"
    assert [(citation.number, citation.article_id) for citation in citations] == [(1, "b"), (2, "a")]


def test_a_marker_behind_the_full_stop_belongs_to_the_sentence_before_it() -> None:
    checked = check("Twelve people were hurt. [1] Ruth Aske was on duty. [2]", HITS)
    assert [one.citations[0].article_id for one in checked if one.citations] == ["a", "b"]


def test_what_stands_before_the_passage_tells_whom_a_pronoun_means() -> None:
    before, text = "Edith Carne was born at the mill. ", "She does not want the dam removed, she said."
    passage = Hit("c", "The dam", None, None, None, len(before), len(before + text), text, 1.0)
    claim = "Edith Carne said she does not want the dam removed [1]."
    assert verify([claim], [passage])[0].support == "unsupported"
    assert verify([claim], [passage], {"c": before + text})[0].support == "supported"


def test_relevance_helps_to_choose_but_excuses_nothing() -> None:
    wrong = "Thirteen people were hurt when the Maid of Ouvel ran aground [1]."
    assert verify([wrong], HITS[:1], relevance=lambda _, texts: [1.0] * len(texts))[0].support == "unsupported"


def test_nothing_to_cite_and_nothing_said_are_unsupported() -> None:
    assert verify(["Twelve people were hurt [1]."], [])[0].support == "unsupported"
    assert one("[1]").support == "unsupported"
    assert one("Yes.").support == "unsupported"
    assert check("", HITS) == ()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=300))
def test_whatever_is_written_is_checked_without_an_error(said: str, passage: str) -> None:
    source = hit(passage)
    for checked in check(f"{said} [1]", [source]):
        for citation in checked.citations:
            start = citation.start - OFFSET
            assert passage[start : start + len(citation.quote)] == citation.quote


def test_the_rows_that_were_not_tuned_on_are_told_apart() -> None:
    found = figures([row for row in rows() if row["id"] % 2])
    assert found["sentences"] >= 170
    assert found["supported_kept"] >= 0.9
    assert found["unsupported_caught"] >= 0.9
