"""Fields, as files and callers name them, → an Article."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ingest.record import article, without_site
from newsdesk.errors import Unreadable

TEXT = "Four people have died after the ferry struck rocks."


@pytest.mark.parametrize(
    ("name", "field", "value", "expected"),
    [
        ("id", "id", " nl-1 ", "nl-1"),
        ("ID", "id", 17, "17"),
        ("article_id", "id", "x", "x"),
        ("guid", "id", "https://x.example/1", "https://x.example/1"),
        ("headline", "title", "Ferry \n strikes", "Ferry strikes"),
        ("Title", "title", 1984, "1984"),
        ("link", "url", "https://x.example/a?b=c", "https://x.example/a?b=c"),
        ("source", "url", "http://x.example/a", "http://x.example/a"),
        ("source", "publisher", "Northline", "Northline"),
        ("source", "publisher", {"id": None, "name": "Northline"}, "Northline"),
        ("Site Name", "publisher", "Northline", "Northline"),
        ("publish_date", "published", "2031/03/04", date(2031, 3, 4)),
        ("publishedAt", "published", "2031-03-04", date(2031, 3, 4)),
        ("date", "published", "4 March 2031", date(2031, 3, 4)),
        ("byline", "authors", "By A. Veldt and T. Pike", ("A. Veldt", "T. Pike")),
        ("author", "authors", "Ansa Veldt, Tom Pike", ("Ansa Veldt", "Tom Pike")),
        ("author", "authors", "Veldt, Ansa", ("Veldt, Ansa",)),
        ("authors", "authors", ["Ansa Veldt", {"name": "Tom Pike"}, "Ansa Veldt", None, 3], ("Ansa Veldt", "Tom Pike")),
    ],
)
def test_a_field_is_known_by_its_usual_names(name: str, field: str, value: object, expected: object) -> None:
    assert getattr(article({"text": TEXT, name: value}, "default"), field) == expected


@pytest.mark.parametrize("name", ["text", "body", "Content", "article_text", "full text", "maintext"])
def test_the_text_is_known_by_its_usual_names(name: str) -> None:
    assert article({name: TEXT}, "default").text == TEXT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("url", "javascript:alert(1)"),
        ("url", "/2031/a"),
        ("url", "file:///etc/passwd"),
        ("url", "https://"),
        ("url", 'https://x.example/"onclick'),
        ("url", "http://[broken"),
        ("url", 7),
        ("publisher", "https://x.example"),
        ("publisher", 7),
        ("published", "04/03/2031"),
        ("published", "soon"),
        ("published", {"day": 4}),
    ],
)
def test_what_makes_no_sense_is_left_out(name: str, value: object) -> None:
    assert getattr(article({"text": TEXT, name: value}, "default"), name) is None


def test_a_later_name_is_used_where_the_first_gives_nothing() -> None:
    found = article({"text": TEXT, "published": "soon", "date": "2031-03-04", "title": "", "headline": "Ferry"}, "x")
    assert (found.published, found.title) == (date(2031, 3, 4), "Ferry")


def test_fields_stand_before_what_the_text_says() -> None:
    text = f"Ferry\n\nBy Tom Pike, Harrow Post\n1 January 2030\n\n{TEXT}"
    given = article(
        {"text": text, "title": "Ferry", "author": "A. Veldt", "source": "Northline", "date": "2031-03-04"}, "x"
    )
    assert (given.authors, given.publisher, given.published) == (("A. Veldt",), "Northline", date(2031, 3, 4))
    found = article({"text": text}, "x")
    assert (found.authors, found.publisher, found.published) == (("Tom Pike",), "Harrow Post", date(2030, 1, 1))
    assert given.text == found.text == TEXT


def test_html_in_a_field_becomes_plain_text() -> None:
    found = article(
        {"title": "Storm &amp; tide", "content": f"<p>{TEXT}</p>\n<p>It was <b>late</b>.<script>x()</script></p>"}, "x"
    )
    assert (found.title, found.text) == ("Storm & tide", f"{TEXT}\n\nIt was late.")
    assert article({"text": "AT&amp;T and R&D, 1 < 2 > 0."}, "x").text == "AT&T and R&D, 1 < 2 > 0."


def test_paragraphs_in_a_list_are_joined() -> None:
    assert article({"body": [TEXT, "It was late."]}, "x").text == f"{TEXT}\n\nIt was late."


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, 'give it as "text"'),
        ({"text": None}, 'give it as "text"'),
        ({"text": " \n "}, "no text"),
        ({"text": "\0\u200b"}, "no text"),
        ({"text": 7}, "must be a string, not int"),
        ({"text": {"en": TEXT}}, "must be a string, not dict"),
        ({"text": TEXT, "id": 1.5}, "id must be"),
        ({"text": TEXT, "id": True}, "id must be"),
        ({"text": TEXT, "id": ["a"]}, "id must be"),
    ],
)
def test_a_record_that_cannot_be_an_article_says_why(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        article(fields, "default")


@pytest.mark.parametrize(
    ("title", "publisher", "expected"),
    [
        ("Storm hits | CNN", "CNN", "Storm hits"),
        ("Storm hits - The Maldrey Courier", "Maldrey Courier", "Storm hits"),
        ("Storm hits :: Maldrey Courier", "The Maldrey Courier", "Storm hits"),
        ("Maldrey Courier – Storm hits", "Maldrey Courier", "Storm hits"),
        ("Storm hits | CNN", "BBC", "Storm hits | CNN"),
        ("Storm hits | CNN", None, "Storm hits | CNN"),
        ("Storm hits CNN", "CNN", "Storm hits CNN"),
        ("Anti-CNN", "CNN", "Anti-CNN"),
        ("CNN", "CNN", "CNN"),
    ],
)
def test_the_publishers_name_leaves_the_title_and_nothing_else_does(
    title: str, publisher: str | None, expected: str
) -> None:
    assert without_site(title, publisher) == expected


@pytest.mark.parametrize(
    ("name", "field", "value", "expected"),
    [
        ("updated", "updated", "2031-03-05", date(2031, 3, 5)),
        ("dateModified", "updated", "2031-03-05", date(2031, 3, 5)),
        ("last_modified", "updated", "5 March 2031", date(2031, 3, 5)),
        ("category", "section", ["Sport", "Rowing"], "Sport"),
        ("category", "section", "Sport", "Sport"),
        ("articleSection", "section", {"name": "Sport"}, "Sport"),
        ("lang", "language", "pt_BR", "pt-BR"),
        ("language", "language", "English, mostly", None),
        ("url", "url", "//x.example/a", "https://x.example/a"),
        ("url", "url", "www.x.example/a", "https://www.x.example/a"),
        ("url", "url", "x.example", None),
    ],
)
def test_a_field_beyond_the_first_seven_is_known_too(name: str, field: str, value: object, expected: object) -> None:
    assert getattr(article({"text": TEXT, name: value}, "default"), field) == expected


@pytest.mark.parametrize(
    ("fields", "text", "day", "by"),
    [
        ({"date": "2031-03-04"}, TEXT, date(2031, 3, 4), "record"),
        ({"date": "2031-03-04", "dated_by": "json-ld"}, f"Ferry\n\n1 May 2030\n\n{TEXT}", date(2031, 3, 4), "json-ld"),
        ({"dated_by": "feed"}, f"Ferry\n\n1 May 2030\n\n{TEXT}", date(2030, 5, 1), "first lines"),
        ({}, f"HARROW, 1 May 2030 (Northline) — {TEXT}", date(2030, 5, 1), "dateline"),
        (
            {"url": "https://x.example/2031/03/04/ferry"},
            f"Ferry\n\n1 May 2030\n\n{TEXT}",
            date(2030, 5, 1),
            "first lines",
        ),
        ({"url": "https://x.example/2031/03/04/ferry"}, TEXT, date(2031, 3, 4), "url"),
        ({"updated": "2031-03-04"}, f"Ferry\n\nUpdated: 1 May 2030\n\n{TEXT}", None, None),
        ({"dated_by": "json-ld"}, TEXT, None, None),
    ],
)
def test_what_gave_the_date_is_recorded_and_none_is_invented(
    fields: dict[str, Any], text: str, day: date | None, by: str | None
) -> None:
    found = article(fields, "x", text)
    assert (found.published, found.dated_by) == (day, by)


def test_the_pages_of_a_document_begin_at_its_form_feeds() -> None:
    found = article({"title": "Ferry"}, "x", f"Ferry\n\n{TEXT}\n\n\fIt was late, and the wind \fblew from the north.")
    assert found.text == f"{TEXT}\n\nIt was late, and the wind blew from the north."
    assert [found.text[start:][:6] for start in found.pages] == ["Four p", "It was", "blew f"]
