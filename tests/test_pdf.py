"""PDFs: text in reading order, columns one after the other, the headline and the pages."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.columns import Box, Page, layout
from ingest.pdf import text_of_pages
from ingest.read import read
from ingest.source import of_bytes
from newsdesk.errors import Unreadable
from newsdesk.types import Article
from tests.documents import Run, pdf

LEFT = [
    "The harbour office said last night that one hundred",
    "and six people had been brought ashore alive from",
    "the ferry, and that four had died before the boats",
    "could reach them in the dark water of Harl Sound.",
]
RIGHT = [
    "A spokesman for the owners said that the ship had",
    "been seen by an inspector in the week before, who",
    "had asked for a new lamp on the bridge and for no",
    "other change at all, as the papers would show them.",
]


def boxes(lines: list[str], x: float, y: float = 100, size: float = 10) -> list[Box]:
    return [Box(x, y + 12 * n, x + 5 * len(line), y + 12 * n + size, line) for n, line in enumerate(lines)]


def runs(lines: list[str], x: float, y: float, size: float = 10) -> list[Run]:
    return [(x, y - 12 * n, size, line) for n, line in enumerate(lines)]


def article(content: bytes) -> Article:
    (found,) = read(of_bytes("paper.pdf", content))
    assert isinstance(found, Article), found
    return found


def paragraphs(*pages: list[Box]) -> list[tuple[str, ...]]:
    return [page.paragraphs for page in layout(pages).pages]


def test_the_left_column_is_read_before_the_right_one() -> None:
    across = [box for pair in zip(boxes(LEFT, 50), boxes(RIGHT, 320), strict=True) for box in pair]
    assert paragraphs(across) == [(" ".join(LEFT), " ".join(RIGHT))]


def test_what_spans_the_columns_parts_what_is_above_it_from_what_is_below() -> None:
    middle = Box(
        50, 160, 580, 170, "The second day of the search, as it was seen from the pier of Garrith by our reporters"
    )
    lower = [*boxes(LEFT, 50, 190), *boxes(RIGHT, 320, 190)]
    found = paragraphs([*lower, middle, *boxes(RIGHT, 320), *boxes(LEFT, 50)])
    assert found == [(" ".join(LEFT), " ".join(RIGHT), middle.text, " ".join(LEFT), " ".join(RIGHT))]


def test_cells_of_a_table_are_read_row_by_row() -> None:
    rows = [Box(x, 100 + 12 * n, x + 40, 110 + 12 * n, f"cell{n}{x}") for n in range(4) for x in (50, 200)]
    assert " ".join(*paragraphs(rows)).split() == [f"cell{n}{x}" for n in range(4) for x in (50, 200)]


def test_a_gap_and_an_indent_begin_a_paragraph_and_a_hyphen_at_the_end_of_a_line_goes() -> None:
    lines = ["It was late when the boats came back to the har-", "bour, and nobody on the long pier spoke a word to"]
    gap = boxes([*lines, "them."], 50) + boxes(lines, 50, 150)
    assert paragraphs(gap)[0][0].startswith("It was late when the boats came back to the harbour, and")
    assert len(paragraphs(gap)[0]) == 2
    indented = [*boxes(lines, 50), *boxes(["Then the lamp went out, and the whole of the sound"], 60, 124)]
    assert len(paragraphs(indented)[0]) == 2


def test_running_heads_and_numbers_of_pages_are_not_part_of_the_text() -> None:
    pages = [
        [Box(50, 20, 150, 30, "MALDREY COURIER"), Box(290, 800, 300, 810, str(n)), *boxes(lines, 50)]
        for n, lines in enumerate([LEFT, RIGHT], 1)
    ]
    found = layout(pages)
    assert [page.paragraphs for page in found.pages] == [(" ".join(LEFT),), (" ".join(RIGHT),)]
    assert found.heads == ("MALDREY COURIER", "1")


@given(st.lists(st.tuples(*[st.floats(0, 500)] * 2, st.text("ab ", min_size=1, max_size=9)), max_size=12))
def test_no_word_is_lost_or_made_up(places: list[tuple[float, float, str]]) -> None:
    page = [Box(x, y, x + 5 * len(text), y + 10, text) for x, y, text in places]
    found = layout([page])
    words = [word for paragraph in found.pages[0].paragraphs for word in paragraph.split()]
    assert sorted("".join(words)) == sorted("".join(text for _, _, text in places).replace(" ", ""))


def test_a_paragraph_goes_on_over_the_page_and_a_word_in_two_is_whole() -> None:
    pages = [Page(("One.", "The crew went to minis-")), Page(("ters who said nothing.", "Two."), goes_on=True)]
    assert text_of_pages(pages) == "One.\n\nThe crew went to ministers \fwho said nothing.\n\nTwo."
    assert text_of_pages([Page(("One.",)), Page(()), Page(("Two.",))]) == "One.\n\n\f\n\n\fTwo."


def test_a_pdf_gives_headline_day_text_and_the_offsets_of_its_pages() -> None:
    head = [(50, 815, 8, "5 March 2031")]
    first = [*head, (50, 740, 24, "Ferry strikes rocks"), *runs(LEFT, 50, 700)]
    second = [*[(50, 815, 8, "6 March 2031")], *runs(RIGHT, 50, 700)]
    found = article(pdf(first, second))
    assert found.title == "Ferry strikes rocks"
    assert found.published == date(2031, 3, 5)
    assert found.text == " ".join(LEFT) + "\n\n" + " ".join(RIGHT)
    assert [found.text[start:][:10] for start in found.pages] == [LEFT[0][:10], RIGHT[0][:10]]


def test_a_pdf_of_one_page_is_a_paged_document_too() -> None:
    assert article(pdf(runs(LEFT, 50, 700))).pages == (0,)


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", json.dumps("%PDF").encode()])
def test_a_damaged_pdf_says_what_to_do(content: bytes) -> None:
    (found,) = read(of_bytes("paper.pdf", content))
    assert isinstance(found, Unreadable)
    assert str(found) == "paper.pdf: the PDF is damaged; save it anew where it was made"
