"""Marked text is the article's text, character for character, whatever the text and the marks are."""

from __future__ import annotations

from html.parser import HTMLParser
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from newsdesk.page.highlight import CONTEXT, Mark, excerpts, paint, paragraphs

HOSTILE = """<script>alert(1)</script></p></mark><img src=x onerror="alert(2)"> & &amp; &#60; ' " ` ${x} {{y}} <!--"""


class Read(HTMLParser):
    """The text of some HTML, the text marked with each number, and the tags it is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.marked: dict[int, str] = {}
        self.tags: list[str] = []
        self._numbers: list[int] = []
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "mark":
            self._numbers = [int(number) for number in (dict(attrs)["data-numbers"] or "").split()]

    def handle_endtag(self, tag: str) -> None:
        if tag == "mark":
            self._numbers = []

    def handle_data(self, data: str) -> None:
        self.text += data
        for number in self._numbers:
            self.marked[number] = self.marked.get(number, "") + data


texts = st.text(st.sampled_from("ab \n\r\t<>&\"'`;é𝄞👩\u200d\u202e") | st.characters(codec="utf-8"), max_size=60)


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    text = draw(texts.filter(bool))
    count = draw(st.integers(0, 4))
    bounds = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text)))
    spans = [draw(bounds.filter(lambda bound: bound[0] < bound[1])) for _ in range(count)]
    return text, [Mark(start, end, number) for number, (start, end) in enumerate(spans, start=1)]


@given(marked_texts())
def test_what_is_painted_reads_as_the_text_and_each_mark_as_its_quote(case: tuple[str, list[Mark]]) -> None:
    text, marks = case
    read = Read(paint(text, 0, len(text), marks, active=1))
    assert read.text == text
    assert read.marked == {mark.number: text[mark.start : mark.end] for mark in marks}


@given(marked_texts(), st.data())
def test_a_stretch_reads_as_that_stretch(case: tuple[str, list[Mark]], data: st.DataObject) -> None:
    text, marks = case
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert Read(paint(text, start, end, marks)).text == text[start:end]


@given(marked_texts())
def test_excerpts_hold_every_mark_whole_and_never_overlap(case: tuple[str, list[Mark]]) -> None:
    text, marks = case
    shown = excerpts(text, marks)
    assert all(any(start <= mark.start and mark.end <= end for start, end in shown) for mark in marks)
    assert all(first[1] <= second[0] for first, second in pairwise(shown))


def test_markup_in_an_article_stays_text() -> None:
    read = Read(paint(HOSTILE, 0, len(HOSTILE), [Mark(3, 20, 1)]))
    assert read.text == HOSTILE
    assert read.tags == ["p", "mark"]


def test_paragraphs_are_split_at_blank_lines_and_otherwise_at_lines() -> None:
    assert paragraphs("one\ntwo\n\n three") == [(0, 7), (10, 15)]
    assert paragraphs("one\ntwo") == [(0, 3), (4, 7)]
    assert paragraphs("") == []


def test_a_quote_is_shown_with_the_paragraph_before_and_after_it() -> None:
    text = "Zero.\n\nOne.\n\nTwo.\n\nThree.\n\nFour."
    start = text.index("Two")
    ((first, last),) = excerpts(text, [Mark(start, start + 4, 1)])
    assert text[first:last] == "One.\n\nTwo.\n\nThree."


def test_quotes_near_each_other_share_an_excerpt_and_distant_ones_do_not() -> None:
    text = "\n\n".join(f"Paragraph {number}." for number in range(20))
    starts = [text.index(f"Paragraph {number}.") for number in (2, 4, 15)]
    marks = [Mark(start, start + 12, number) for number, start in enumerate(starts, start=1)]
    shown = [text[start:end] for start, end in excerpts(text, marks)]
    assert [words.count("Paragraph") for words in shown] == [5, 3]


def test_a_very_long_paragraph_is_shown_in_part_between_words() -> None:
    text = "word " * 4000
    mark = Mark(10_000, 10_004, 1)
    ((start, end),) = excerpts(text, [mark])
    assert mark.start - CONTEXT <= start <= mark.start
    assert mark.end <= end <= mark.end + CONTEXT
    assert text[start:end].split() == ["word"] * len(text[start:end].split())


def test_where_marks_overlap_the_shared_words_bear_both_numbers() -> None:
    html = paint("abcdef", 0, 6, [Mark(0, 4, 1), Mark(2, 6, 2)], active=2)
    assert Read(html).marked == {1: "abcd", 2: "cdef"}
    assert '<mark class="quote active" tabindex="-1" data-numbers="1 2"' in html


def test_no_space_at_all_to_cut_at_is_no_obstacle() -> None:
    text = "x" * 5000
    ((start, end),) = excerpts(text, [Mark(2500, 2510, 1)])
    assert (start, end) == (2500 - CONTEXT, 2510 + CONTEXT)
