"""The conversation and the source panel show data as data, links only where they are safe, and dates always."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.conversations import Turn
from newsdesk.page import answer as answers
from newsdesk.page import conversation, live, panel, words
from newsdesk.page.panel import Place, Source
from newsdesk.types import Answer, Article, Citation, Copy, Hit, Sentence
from tests.test_highlight import HOSTILE, Read

TEXT = "The bombers flew from Russia.\n\nThey hit three depots near Aqirbat.\n\nTalks in Astana failed."
AUTHORS = ("Ann Bell", "Cy Dorn")
ARTICLE = Article("a", TEXT, "Bombers", "https://example.org/a", "The Courier", date(2017, 7, 5), AUTHORS)
ALLOWED = {
    "ol", "article", "a", "bdi", "blockquote", "button", "code", "div", "h1", "h2", "h3", "header", "li", "mark", "p",
    "section", "span", "time", "ul",
}  # fmt: skip


class Tags(HTMLParser):
    """Every tag of some HTML with its attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, of_class: str = "") -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.found if name == tag and of_class in (attrs.get("class") or "")]


def cite(number: int, quote: str, article: Article = ARTICLE) -> Citation:
    start = article.text.index(quote)
    end = start + len(quote)
    return Citation(
        number, article.id, article.title, article.url, article.publisher, article.published, start, end, quote
    )


def hit(quote: str, article: Article = ARTICLE) -> Hit:
    start = article.text.index(quote)
    end = start + len(quote)
    return Hit(article.id, article.title, article.url, article.publisher, article.published, start, end, quote, 1.0)


def answer(
    text: str,
    *citations: Citation,
    short: str | None = None,
    answered: bool = True,
    passages: tuple[Hit, ...] = (),
    confidence: float = 0.7,
    engine: str = "extractive",
) -> Answer:
    return Answer("q?", "q?", text, short, answered, confidence, citations, passages, engine)


def shown(reply: Answer) -> Tags:
    return Tags(conversation.show([Turn("q?", reply)]))


def test_only_the_numbers_of_citations_become_links() -> None:
    tags = shown(answer("“They hit three depots.” [1] And [2], [x], [01].", cite(1, "They hit three depots")))
    (first, second) = tags.all("a", "marker")
    assert (first["data-turn"], first["data-number"], first["aria-label"]) == ("0", "1", "Source 1: Bombers")
    assert second["data-number"] == "1"
    assert "And [2], [x]," in tags.text


def test_the_short_answer_comes_first_and_once_with_its_markers() -> None:
    text = "Near Aqirbat [1]\n\n“They hit three depots near Aqirbat.” [1]"
    tags = shown(answer(text, cite(1, "They hit three depots near Aqirbat."), short="near Aqirbat"))
    assert tags.text.lower().replace("\u202f", " ").count("near aqirbat [1]") == 1
    assert len(tags.all("p", "short")) == 1
    assert len(tags.all("a", "marker")) == 2


def test_a_short_answer_that_the_text_does_not_begin_with_is_put_before_it() -> None:
    tags = shown(answer("“They hit three depots near Aqirbat.” [1]", cite(1, "They hit"), short="three depots"))
    assert tags.text.index("three depots") < tags.text.index("They hit three")


def test_where_the_sources_differ_no_one_of_them_is_the_short_answer() -> None:
    told = "The sources differ: three depots (The Courier) [1]; four (The Herald) [2]"
    said = answer(f"{told}\n\n“They hit three depots.” [1]", cite(1, "They"), cite(2, "Talks"), short="three depots")
    tags = shown(said)
    assert len(tags.all("p", "short")) == 1
    assert tags.text.index("The sources differ:") < tags.text.index("three depots")
    assert "Fairly sure" not in tags.text
    assert "The sources differ: three depots (The Courier); four (The Herald)" in Tags(live.done(said)).text


def test_quotes_without_a_short_answer_are_the_answer() -> None:
    tags = shown(answer("“They hit three depots.” [1]", cite(1, "They hit three depots"), confidence=0.1))
    assert not tags.all("p", "short")
    assert "They hit three depots" in tags.text
    assert "does not say" not in tags.text


@pytest.mark.parametrize(
    ("confidence", "said"), [(1.0, "Very sure"), (0.7, "Fairly sure"), (0.5, "Not quite sure"), (0.0, "Unsure")]
)
def test_confidence_is_shown_in_words(confidence: float, said: str) -> None:
    assert said in shown(answer("They [1]", cite(1, "They"), confidence=confidence)).text


def test_an_answer_names_who_published_its_sources_and_when() -> None:
    assert "The Courier, 5 July 2017" in shown(answer("They [1]", cite(1, "They"))).text


def test_an_answer_that_a_model_wrote_says_so() -> None:
    assert "written by acme:large" in shown(answer("They [1]", cite(1, "They"), engine="acme:large")).text


def test_what_is_near_is_not_shown_as_an_answer() -> None:
    tags = shown(answer("…", answered=False, passages=tuple(hit(part) for part in TEXT.split("\n\n")) * 2))
    assert "The archive does not say." in tags.text
    assert "nearest, but is not an answer" in tags.text
    assert len(tags.all("li")) == answers.NEAREST
    assert not tags.all("a", "marker")
    assert [link["data-number"] for link in tags.all("a") if link.get("data-near")] == ["1", "2", "3"]


def test_a_question_far_from_everything_gets_a_friendly_word() -> None:
    assert "Nothing in it comes near this question." in shown(answer("…", answered=False)).text


def test_a_question_in_work_says_so_at_once() -> None:
    tags = Tags(live.working("q?"))
    assert "Searching the archive…" in tags.text
    assert [button["data-do"] for button in tags.all("button")] == ["stop"]


def test_an_error_is_told_in_its_words() -> None:
    tags = Tags(conversation.show([Turn("q?", notice="It is <too> long.")]))
    assert "It is <too> long." in tags.text
    assert tags.all("p", "notice")[0]["role"] == "alert"


def test_dashes_make_a_list_and_quoting_signs_go() -> None:
    tags = shown(answer("> They [1]\n\n- one [1]\n- two", cite(1, "They")))
    assert len(tags.all("li")) == 2
    assert ">" not in tags.text


def test_welcome_tells_what_there_is_and_what_to_do_where_there_is_nothing() -> None:
    full = Tags(conversation.welcome(1200, ["A", "B", "C", "D"], ["where?", "<b>"]))
    assert "1,200 articles from A, B, C and others" in full.text
    assert [button["data-question"] for button in full.all("button")] == ["where?", "<b>"]
    empty = Tags(conversation.welcome(0, [], ["where?"]))
    assert "newsdesk ingest PATH" in empty.text
    assert not empty.all("button")
    assert "It holds 1 article from A." in conversation.welcome(1, ["A"], [])
    assert "2 articles" in conversation.masthead(2)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)",
        "data:text/html,x", "//example.org", "example.org/a", "http://", "file:///etc/passwd", "https://[::1",
        "https://a b.org", "",
    ],
)  # fmt: skip
def test_no_other_address_than_a_web_address_is_a_link(url: str) -> None:
    assert not words.is_web_address(url)
    assert not Tags(words.from_line(Article("a", "x", url=url))).all("a")


def test_the_original_opens_apart_and_learns_nothing_of_this_page() -> None:
    (link,) = Tags(words.from_line(ARTICLE)).all("a")
    assert (link["href"], link["target"]) == ("https://example.org/a", "_blank")
    assert set((link["rel"] or "").split()) >= {"noopener", "noreferrer"}


def test_every_source_is_dated_or_said_to_have_no_date() -> None:
    assert Tags(words.from_line(ARTICLE)).text == "The Courier · 5 July 2017 · original"
    assert Tags(words.from_line(Article("a", "x"))).text == "publisher unknown · date unknown"
    timed = Article("a", "x", published=datetime(2017, 7, 5, 9, 30, tzinfo=UTC))
    (time,) = Tags(words.from_line(timed)).all("time")
    assert time == {"datetime": "2017-07-05T09:30:00+00:00", "title": "2017-07-05 09:30+00:00"}


def test_the_panel_shows_each_cited_article_once_with_all_its_quotes_and_the_active_one() -> None:
    cited = [cite(1, "They hit three depots near Aqirbat."), cite(2, "Talks in Astana failed.")]
    html = panel.sources([panel.source_of(cited, ARTICLE, ARTICLE)], Place(0, 2), "now")
    assert Read(html).marked == {1: cited[0].quote, 2: cited[1].quote}
    tags = Tags(html)
    assert len(tags.all("article")) == 1
    assert "Bombers" in tags.text
    assert "5 July 2017" in tags.text
    assert [mark["data-numbers"] for mark in tags.all("mark", "active")] == ["2"]


def test_the_whole_article_is_the_whole_text_with_every_quote_marked() -> None:
    cited = [cite(1, "They hit three depots near Aqirbat."), cite(2, "Talks in Astana failed.")]
    html = panel.whole(panel.source_of(cited, ARTICLE, ARTICLE), Place(3, 1), "now")
    assert TEXT in Read(html).text
    assert Read(html).marked == {1: cited[0].quote, 2: cited[1].quote}
    tags = Tags(html)
    assert "By Ann Bell and Cy Dorn" in tags.text
    assert any(button.get("data-do") == "back" and button["data-turn"] == "3" for button in tags.all("button"))


def test_a_passage_that_was_merely_near_is_marked_otherwise() -> None:
    html = panel.sources([panel.source_near(hit("Talks in Astana failed."), ARTICLE)], Place(0, 1, near=True), "now")
    (mark,) = Tags(html).all("mark")
    assert mark["class"] == "near"
    assert "not an answer" in Tags(html).text


@pytest.mark.parametrize("now", [None, Article("a", "Quite another text.", "Bombers")])
def test_a_quote_that_no_longer_stands_there_is_told_and_never_marked(now: Article | None) -> None:
    for source in (panel.source_of([cite(1, "They hit")], now, now), panel.source_near(hit("They hit"), now)):
        html = panel.sources([source], Place(0, 1), "now")
        assert not Tags(html).all("mark")
        assert "They hit" in Tags(html).text
        assert "changed or removed" in Tags(html).text
        assert not any(button["data-do"] == "whole" for button in Tags(html).all("button"))


NASTY = [HOSTILE, "[1]", "'\" onmouseover=alert(1) x='", "</section>", "\n\n- [1]", "${alert(1)}"]
hostile = st.sampled_from(NASTY) | st.text()


@given(hostile, hostile, hostile, hostile, hostile)
def test_no_word_of_anyone_becomes_markup(title: str, publisher: str, text: str, url: str, said: str) -> None:
    article = Article("a", f"{text}!", title, url, publisher, None, (title,))
    cited = Citation(1, "a", title, url, publisher, None, 0, len(article.text), article.text)
    near = Hit("a", title, url, publisher, None, 0, len(article.text), article.text, 1.0)
    sources = [panel.source_of([cited], article, article)]
    pages = [
        conversation.show([Turn(text, answer(said, cited, short=title)), Turn(said, notice=text)]),
        conversation.show([Turn(text, answer(said, answered=False, passages=(near,)))]),
        conversation.show([], conversation.welcome(2, [publisher], [said])),
        panel.sources(sources, Place(0, 1), "1"),
        panel.whole(sources[0], Place(0, 1), "1"),
        conversation.hint(text),
        live.working(text, (), said),
    ]
    for html in pages:
        for tag, attrs in Tags(html).found:
            assert tag in ALLOWED
            assert not any(name.startswith("on") or name == "style" for name in attrs)
            assert (attrs.get("href") or "#").startswith(("#", "http://", "https://"))


def test_a_source_knows_the_places_that_it_bears() -> None:
    source = panel.source_of([cite(4, "They hit")], ARTICLE)
    assert source.bears(Place(0, 4))
    assert not source.bears(Place(0, 1))
    assert not Source(ARTICLE, ()).bears(Place(0, 1, near=True))


def test_sentences_that_are_not_borne_out_are_said_to_be_so() -> None:
    checked = (
        Sentence("They hit three depots [1].", "supported", (1,)),
        Sentence("All were full [1].", "weak", (1,)),
        Sentence("Nobody <b>knew</b>.", "unsupported", ()),
    )
    text = "They hit three depots [1]. All were full [1]. Nobody <b>knew</b>."
    tags = shown(
        replace(answer(text, cite(1, "They hit"), engine="acme:large"), sentences=checked, notes=("A <note>.",))
    )
    assert tags.text.replace("\u202f", " ").count("Nobody <b>knew</b>.") == 1
    classes = [one["class"] for one in tags.all("span") if "class" in one]
    assert classes == ["supported", "weak", "support", "unsupported", "support"]
    assert "weakly supported" in tags.text
    assert "not supported by a source" in tags.text
    assert len(tags.all("a", "marker")) == 2
    assert "A <note>." in tags.text


@pytest.mark.parametrize(
    ("published", "asked", "said"),
    [
        (date(2031, 3, 6), date(2031, 3, 9), "3 days before the question"),
        (date(2031, 3, 9), date(2031, 3, 9), "on the day of the question"),
        (date(2031, 2, 20), date(2031, 3, 9), "2 weeks before the question"),
        (date(2030, 3, 9), date(2031, 3, 9), "12 months before the question"),
        (date(2026, 1, 9), date(2031, 3, 9), "5 years before the question"),
        (date(2031, 3, 10), date(2031, 3, 9), "1 day after the question"),
    ],
)
def test_the_age_of_a_source_is_told_by_the_day_of_the_question(published: date, asked: date, said: str) -> None:
    assert words.age(published, asked, date(2031, 5, 1)) == said


def test_the_age_of_a_source_of_todays_question_is_told_as_people_do() -> None:
    assert words.age(date(2026, 1, 9), date(2031, 3, 9), date(2031, 3, 9)) == "5 years ago"
    assert words.age(date(2031, 3, 9), date(2031, 3, 9), date(2031, 3, 9)) == "today"


def test_a_source_names_its_page_and_who_else_has_the_story() -> None:
    copy = Copy("b", "<b>Copy</b>", None, "The <i>Herald</i>", date(2031, 3, 5))
    cited = replace(cite(1, "They hit"), page=7, also_in=(copy,))
    tags = Tags(panel.sources([panel.source_of([cited], ARTICLE, ARTICLE)], Place(0, 1), "now"))
    assert "page 7" in tags.text
    assert "Also in The <i>Herald</i>, 5 March 2031" in tags.text


def test_the_question_as_understood_and_its_days_can_be_undone() -> None:
    said = replace(
        answer("They [1]", cite(1, "They")), standalone_question="q <after> that?", timeframe="since 1 March"
    )
    tags = Tags(conversation.show([Turn("q?", said, id="turn")]))
    assert "Understood as “q <after> that?”" in tags.text
    assert [one["data-do"] for one in tags.all("button")][:2] == ["reword", "anytime"]
