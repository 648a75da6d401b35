"""The article alone: what is around it goes, and nothing of it does."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.clean import clean, normalise, one_line

BODY = [
    "Four people have died and seven are missing after the ferry struck rocks in Harl Sound on Monday evening.",
    "The harbour office said last night that 106 people had been brought ashore alive.",
    '"She was over on her side when we came round the point," said Robin Stannage, a skipper.',
    "None of the dead has been named.",
]
FOOT = ["More in this Section", "Gull steals mayor's chain", "Why your porridge is the wrong temperature"]


def article(*lines: str) -> str:
    return "\n\n".join(lines)


WORD = st.sampled_from(["the", "board", "met", "Dr.", "U.S.", "more", "read", "comments", "related", "14", "news"])
PARAGRAPH = st.lists(WORD, min_size=26, max_size=40).map(lambda words: " ".join(words).capitalize() + ".")
LINE = st.one_of(
    PARAGRAPH,
    st.sampled_from(BODY),
    st.sampled_from(
        [*FOOT, "Comments (3)", "Advertisement", "Read more: Gull fined", "By Jane Doe", "4 March 2031", ""]
    ),
    st.text(max_size=30),
)


def test_the_real_article_keeps_its_body_and_loses_the_foot() -> None:
    raw = (Path(__file__).parent.parent / "seeds/articles/000_659fbcd3d4add74c.txt").read_text("utf-8")
    found = clean(raw)
    assert found.title == "Russian bombers fire cruise missiles at Islamic State targets in Syria"
    assert found.publisher == "The Irish Examiner"
    assert found.published is None
    assert found.text.startswith("Russian bombers have targeted")
    assert found.text.endswith("declared in May has been repeatedly violated.")
    assert found.text in raw


@given(st.lists(LINE, max_size=25))
@example([*BODY, *FOOT, "A paragraph follows the links, " + "and it is long " * 8 + "so it stays."])
def test_no_real_paragraph_is_ever_lost(lines: list[str]) -> None:
    text = clean(article("A headline", *lines)).text.split("\n")
    paragraphs = [normalise(line) for line in lines if line in BODY or len(line.split()) > 25]
    kept = [line for line in text if line in paragraphs]
    comments = "Comments (3)" in lines
    assert kept == paragraphs or (comments and kept == paragraphs[: len(kept)])


@given(st.lists(st.one_of(PARAGRAPH, st.sampled_from(BODY)), min_size=1, max_size=12))
def test_an_article_without_furniture_is_left_as_it_is(paragraphs: list[str]) -> None:
    assert clean(article("A headline", *paragraphs)).text == article(*paragraphs)


@given(st.text())
@example("e\u0301\r\n\x93a\x94\x85\u2028\ufeff\n\n\n\nb \t")
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_normal_text_can_be_stored_and_seen(text: str) -> None:
    found = normalise(text)
    found.encode("utf-8")
    assert not set(found) & set("\0\x07\x1b\x7f\x85\r\ufeff\u00ad\u2028")
    assert unicodedata.is_normalized("NFC", found)


def test_characters_keep_their_meaning() -> None:
    assert normalise("caf\u0065\u0301\u00a010\u202fkm ﬁ ½ x²") == "caf\u00e9 10 km ﬁ ½ x²"
    assert normalise("\x93We failed\x94, he said \x96 twice") == "“We failed”, he said – twice"
    assert one_line(" a\n\tb ") == "a b"


def test_the_headline_leaves_the_text() -> None:
    found = clean(article("Four dead after ferry strikes the Anvils", *BODY))
    assert (found.title, found.text) == ("Four dead after ferry strikes the Anvils", article(*BODY))


@pytest.mark.parametrize(
    "first",
    [
        "HARROW, 4 March (Northline) — What happens next?",
        "(CNN) -- What could be more powerful than this?",
        "The board met at noon on Tuesday.",
        "The board will look at these three things:",
    ],
)
def test_a_first_sentence_is_no_headline(first: str) -> None:
    found = clean(article(first, *BODY))
    assert (found.title, found.text) == ("", article(first, *BODY))


def test_the_first_line_of_wrapped_prose_is_no_headline() -> None:
    raw = "The harbour board voted on Tuesday to close\nthe old quay for two years, its chairman said.\n\nIt was late."
    assert (clean(raw).title, clean(raw).text) == ("", raw)


def test_a_headline_alone_is_still_the_text() -> None:
    assert clean("Storm warning lifted").text == "Storm warning lifted"
    assert clean("Storm warning lifted", "Storm warning lifted").text == "Storm warning lifted"


def test_a_known_title_is_not_repeated_in_the_text() -> None:
    found = clean(article("‘Count them’ - and again", *BODY), title="'Count them' – and again")
    assert (found.title, found.text) == ("'Count them' – and again", article(*BODY))


@pytest.mark.parametrize(
    ("line", "authors", "publisher", "day"),
    [
        ("By Ansa Veldt, Maldrey Courier", ("Ansa Veldt",), "Maldrey Courier", None),
        ("BY ANSA VELDT AND TOM PIKE", ("ANSA VELDT", "TOM PIKE"), None, None),
        ("By A. Veldt, T. Pike and Éamon Ó Sé", ("A. Veldt", "T. Pike", "Éamon Ó Sé"), None, None),
        ("By Maria van der Berg, Political Editor", ("Maria van der Berg",), None, None),
        ("By Ansa Veldt in Tollenhythe", ("Ansa Veldt",), None, None),
        ("By Ansa Veldt | Harrow Post | 4 March 2031", ("Ansa Veldt",), "Harrow Post", date(2031, 3, 4)),
        ("By The Harrow Post", (), "The Harrow Post", None),
        ("Tuesday, 4 March 2031", (), None, date(2031, 3, 4)),
        ("Published: 4 March 2031, 10:40", (), None, date(2031, 3, 4)),
        ("5 min read", (), None, None),
    ],
)
def test_a_line_of_credits_is_understood_and_leaves_the_text(
    line: str, authors: tuple[str, ...], publisher: str | None, day: date | None
) -> None:
    found = clean(article("A headline", "A standfirst that says more about it.", line, *BODY))
    assert (found.authors, found.publisher, found.published) == (authors, publisher, day)
    assert found.text == article("A standfirst that says more about it.", *BODY)


@pytest.mark.parametrize(
    "line",
    [
        "By Wednesday",
        "By Wednesday the water had gone",
        "By the time they came it was over",
        "By boat, then on foot",
        "04/03/2031",
    ],
)
def test_a_line_that_only_resembles_credits_stays(line: str) -> None:
    found = clean(article("A headline", line, *BODY))
    assert found.text == article(line, *BODY)
    assert (found.authors, found.published) == ((), None)


def test_a_byline_far_down_belongs_to_the_text() -> None:
    assert "By Ansa Veldt" in clean(article("A headline", *BODY, *BODY, "By Ansa Veldt", *BODY)).text


def test_a_later_change_is_no_publication() -> None:
    lines = ["Last updated: 6 March 2031", "Published 4 March 2031"]
    both, later = clean(article("A headline", *lines, *BODY)), clean(article("A headline", lines[0], *BODY))
    assert (both.published, both.updated, both.dated_by) == (date(2031, 3, 4), date(2031, 3, 6), "first lines")
    assert (later.published, later.updated, later.dated_by) == (None, date(2031, 3, 6), None)


def test_a_dateline_with_its_year_dates_the_article_and_stays() -> None:
    first = "HARROW, 4 March 2031 (Northline) — Four people have died."
    found = clean(article("A headline", first, *BODY))
    assert (found.published, found.dated_by) == (date(2031, 3, 4), "dateline")
    assert found.text.startswith(first)


def test_form_feeds_are_the_beginnings_of_pages() -> None:
    raw = f"A headline\n\n{BODY[0]}\n\n\f{BODY[1]}\n{BODY[2][:20]}\f{BODY[2][20:]}\n\f\f\n{BODY[3]}\n\n\fShare this\n"
    found = clean(raw)
    assert found.text == f"{article(*BODY[:2])}\n{BODY[2][:20]} {BODY[2][20:].strip()}\n\n{BODY[3]}"
    begins = [found.text[start:] for start in found.pages]
    assert [text[:20] for text in begins] == [
        BODY[0][:20],
        BODY[1][:20],
        BODY[2][20:].strip()[:20],
        BODY[3][:20],
        BODY[3][:20],
        "",
    ]


@given(st.lists(st.text(alphabet="ab. \n\r\t", max_size=40), min_size=1, max_size=8))
def test_every_page_has_its_place_in_the_text(pages: list[str]) -> None:
    found = clean("\f".join(pages))
    assert "\f" not in found.text
    assert len(found.pages) == (len(pages) if len(pages) > 1 else 0)
    assert list(found.pages) == sorted(found.pages)
    assert all(0 <= start <= len(found.text) for start in found.pages)


@pytest.mark.parametrize(
    "foot",
    [
        FOOT,
        ["RELATED STORIES:", "Ten best walks on Corvane Moor", "Is this the oldest pasty in Maldrey?"],
        ["Most read", "1. Spring tide warning", "2. Twins, 90, go back to school", "Follow us for the latest"],
        ["Share this", "Trending now", "Crab sandwich prices: where you pay most", "All rights reserved."],
        ["Sign up for our morning newsletter"],
        ["© 2031 Maldrey Courier. All rights reserved."],
        [
            "Comments (2)",
            "OldTrawler",
            "They said all this in 1998 and nothing was done then either.",
            "Gwen",
            "First!",
        ],
        ["You may also like", "Quiz: how well do you know Tollenhythe?", "Tags: Harl, ferry", "Back to top"],
    ],
)
def test_the_foot_of_a_page_goes(foot: list[str]) -> None:
    assert clean(article("A headline", *BODY, *foot)).text == article(*BODY)


def test_a_foot_is_kept_when_a_paragraph_follows() -> None:
    for tail in (BODY, ["The cost", BODY[0]], ["The cost", *BODY, "What next", *BODY]):
        assert clean(article("A headline", *BODY, "Comments", *tail)).text == article(*BODY, "Comments", *tail)


@pytest.mark.parametrize(
    "line",
    [
        'A heading "More in this Section" was painted on the wall.',
        "Related news came from the island.",
        "More news is expected on Tuesday.",
        "Copyright law was changed on Tuesday.",
        '"Sign up for our newsletter," the minister said.',
        "Get the newsletter out by noon, she told them.",
        "Share prices fell.",
        "Follow us, he said, and we will win.",
    ],
)
@pytest.mark.parametrize("last", [False, True])
def test_a_sentence_with_the_words_of_a_label_stays(line: str, last: bool) -> None:
    lines = [*BODY, line] if last else [line, *BODY]
    assert clean(article("A headline", BODY[0], *lines)).text == article(BODY[0], *lines)


@pytest.mark.parametrize(
    "furniture",
    [
        ["Read more: Harbour parking charges to rise"],
        ["READ MORE:", "Harbour parking charges to rise", "Six of the best crab sandwiches"],
        ["Advertisement"],
        ["Advertisement — Spring sofas now in at Lindley's"],
        ["Story continues below"],
        ["Sign up to our newsletter for the news of the coast before breakfast"],
        ["14 comments"],
        ["Join the conversation"],
    ],
)
def test_furniture_among_the_paragraphs_goes_and_they_stay(furniture: list[str]) -> None:
    assert clean(article("A headline", *BODY, *furniture, *BODY)).text == article(*BODY, *BODY)


def test_a_count_of_comments_above_the_text_does_not_make_it_a_comment() -> None:
    assert clean(article("A headline", "Share", "14 comments", *BODY)).text == article(*BODY)


def test_the_menu_above_the_headline_goes() -> None:
    found = clean(article("Skip to content", "Home > News > Coast", "News | Sport | Weather", "A headline", *BODY))
    assert (found.title, found.text) == ("A headline", article(*BODY))


@pytest.mark.parametrize("name", ["Politics", "World Cup", "this author", "Ansa Veldt"])
def test_a_section_or_a_writer_is_not_taken_for_the_publisher(name: str) -> None:
    assert clean(article("A headline", *BODY, *FOOT, f"More from {name}")).publisher is None


@pytest.mark.parametrize("line", ["a" * 100_000, " " * 100_000 + "x", "by " * 40_000, "*" * 100_000, "| " * 50_000])
def test_a_very_long_line_costs_no_time(line: str) -> None:
    assert clean(article("A headline", BODY[0], line + ".", BODY[3])).text.endswith(BODY[3])
