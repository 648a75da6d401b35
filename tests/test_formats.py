"""Word, mail, tables, NITF and NewsML, ZIPs, and what comes without a name: what each gives of an article."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ingest.guess import kind_of
from ingest.read import read, sources
from ingest.source import of_bytes, printable
from newsdesk.errors import BadInput, Unreadable
from newsdesk.types import Article
from tests.documents import docx, pdf, word_paragraphs, zipped

BODY = "The harbour office said last night that 106 people had been brought ashore alive."
AT = datetime(2031, 3, 4, 8, 30, tzinfo=UTC)


def all_of(name: str, content: str | bytes) -> list[Article | Unreadable]:
    return list(read(of_bytes(name, content if isinstance(content, bytes) else content.encode())))


def articles(name: str, content: str | bytes) -> list[Article]:
    found = all_of(name, content)
    assert not [one for one in found if isinstance(one, Unreadable)], found
    return [one for one in found if isinstance(one, Article)]


def one(name: str, content: str | bytes) -> Article:
    (found,) = articles(name, content)
    return found


# Word


def test_a_word_document_gives_headline_byline_paragraphs_and_tables() -> None:
    table = "<w:tbl><w:tr>" + "".join(f"<w:tc>{word_paragraphs(cell)}</w:tc>" for cell in ("Ward", "Votes"))
    body = word_paragraphs("Ferry strikes rocks", "By Ansa Veldt", BODY) + table + "</w:tr></w:tbl>"
    found = one("a.docx", docx(body))
    assert (found.title, found.authors) == ("Ferry strikes rocks", ("Ansa Veldt",))
    assert found.text == f"{BODY}\n\nWard | Votes"


def test_what_was_struck_out_is_gone_and_what_was_put_in_is_there() -> None:
    put = '<w:ins w:id="1" w:author="a"><w:r><w:t xml:space="preserve">Six</w:t></w:r></w:ins>'
    struck = '<w:del w:id="2" w:author="a"><w:r><w:delText>Five</w:delText></w:r></w:del>'
    rest = '<w:r><w:t xml:space="preserve"> people died when the ferry struck rocks.</w:t></w:r>'
    assert one("a.docx", docx(f"<w:p>{put}{struck}{rest}</w:p>")).text == "Six people died when the ferry struck rocks."


# Mail


def test_a_mail_gives_subject_date_sender_and_text() -> None:
    head = (
        "From: Ansa Veldt <a@x.example>\nSubject: =?utf-8?q?Ferry_caf=C3=A9?=\nDate: Tue, 04 Mar 2031 08:30:00 +0000\n"
    )
    found = one("a.eml", f"{head}\n{BODY}\n\nIt was late.\n")
    assert (found.title, found.published, found.authors) == ("Ferry café", AT, ("Ansa Veldt",))
    assert found.text == f"{BODY}\n\nIt was late."
    assert found.dated_by == "mail header"


def test_a_newsletter_is_read_from_its_page_where_the_text_is_a_stub() -> None:
    stub, shown = "Content-Type: text/plain\n\nView online", f"<p>{BODY}</p><p>It was late.</p>"
    parts = f"--b\n{stub}\n--b\nContent-Type: text/html\n\n{shown}\n"
    head = "From: Maldrey Courier <a@x.example>\nSubject: Ferry\nContent-Type: multipart/alternative; boundary=b\n"
    found = one("a.eml", f"{head}\n{parts}--b--\n")
    assert (found.text, found.publisher) == (f"{BODY}\n\nIt was late.", "Maldrey Courier")


def test_lines_that_a_mail_program_broke_are_one_again() -> None:
    lines = (
        "The harbour office said last night that one hundred and six people\nhad been brought ashore alive from the\n"
    )
    assert "people had been brought" in one("a.eml", f"Subject: x\n\n{lines}").text


# Tables


@pytest.mark.parametrize(("name", "sign"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t")])
def test_each_row_of_a_table_is_an_article(name: str, sign: str) -> None:
    rows = [["Headline", "body", "date"], ["Ferry", f'"{BODY}\n\nIt was ""late""."', "2031-03-04"], ["", BODY, ""]]
    first, second = articles(name, "\n".join(sign.join(row) for row in rows))
    assert (first.title, first.published) == ("Ferry", date(2031, 3, 4))
    assert first.text == f'{BODY}\n\nIt was "late".'
    assert second.id == "a:5"


def test_a_broken_row_is_named_and_the_others_follow() -> None:
    found = all_of("a.csv", f'title,text\nA,"he "said" so"\nB,{BODY}\nC,{BODY},x\n')
    assert [str(item)[:9] if isinstance(item, Unreadable) else item.title for item in found] == [
        "a.csv:2: ",
        "B",
        "a.csv:4: ",
    ]


# XML

NITF = (
    '<nitf><head><docdata><doc-id id-string="nl-7"/><date.issue norm="20310304T083000Z"/></docdata>'
    '<pubdata name="Northline" position.section="Coast"/></head><body><body.head><hedline><hl1>Ferry</hl1></hedline>'
    "<byline>By <person>Ansa Veldt</person></byline></body.head><body.content>"
    "<media><media-caption>A pier</media-caption></media>"
    f"<p>{BODY}</p><hl2>Why</hl2><p>Caf&eacute; lights were <em>out</em> that night.</p>"
    "</body.content></body></nitf>"
)


def test_nitf_gives_every_field_and_no_caption() -> None:
    found = one("a.xml", NITF)
    assert (found.id, found.title, found.publisher, found.section) == ("nl-7", "Ferry", "Northline", "Coast")
    assert (found.published, found.authors) == (AT, ("Ansa Veldt",))
    assert found.text == f"{BODY}\n\nWhy\n\nCafé lights were out that night."


def test_newsml_g2_holds_several_items_and_one_withdrawn_is_not_taken_in() -> None:
    item = (
        '<newsItem guid="urn:x:{n}"><itemMeta><provider><name>Northline</name></provider>'
        "<versionCreated>2031-03-05T10:00:00Z</versionCreated><firstCreated>2031-03-04T08:30:00Z</firstCreated>"
        '<pubStatus qcode="stat:{status}"/></itemMeta><contentMeta><headline>Ferry</headline><language tag="en"/>'
        "</contentMeta><contentSet><inlineXML>{text}</inlineXML></contentSet></newsItem>"
    )
    page = f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body><p>{BODY}</p></body></html>'
    items = item.format(n=1, status="usable", text=page) + item.format(n=2, status="canceled", text=page)
    found = all_of("a.xml", f'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/">{items}</newsMessage>')
    first, second = found
    assert isinstance(first, Article)
    assert (first.id, first.text, first.language, first.published) == ("urn:x:1", BODY, "en", AT)
    assert "withdrawn" in str(second)


def test_newsml_1_with_nitf_inside_is_read() -> None:
    head = "<NewsLines><HeadLine>Ferry</HeadLine><ByLine>By Ansa Veldt</ByLine></NewsLines>"
    content = f"<ContentItem><DataContent>{NITF}</DataContent></ContentItem>"
    found = one("a.xml", f"<NewsML><NewsItem><NewsComponent>{head}{content}</NewsComponent></NewsItem></NewsML>")
    assert (found.title, found.text.split("\n")[0]) == ("Ferry", BODY)


# JSON


@pytest.mark.parametrize(
    "shape",
    [
        lambda records: records,
        lambda records: {"status": "ok", "articles": records},
        lambda records: {"response": {"total": 2, "results": records}},
    ],
)
def test_the_list_of_articles_is_found_in_a_document(shape: object) -> None:
    records = [{"title": "A", "text": BODY}, {"title": "B", "text": BODY}]
    found = articles("a.json", json.dumps(shape(records)))  # type: ignore[operator]
    assert [(item.id, item.title) for item in found] == [("a:1", "A"), ("a:2", "B")]


def test_a_document_of_one_article_keeps_its_lists() -> None:
    found = one("a.json", json.dumps({"authors": [{"name": "Ansa Veldt"}], "text": BODY}))
    assert (found.id, found.authors) == ("a", ("Ansa Veldt",))


# ZIP


def test_a_zip_is_read_member_by_member_also_one_inside() -> None:
    inner = zipped({"c.txt": BODY})
    members: dict[str, bytes | str] = {
        "b/x.json": json.dumps({"text": BODY}),
        "a.txt": BODY,
        "a.md": BODY,
        "d.zip": inner,
        "README.md": "x",
        "e.png": "x",
    }
    assert [item.id for item in articles("wire.zip", zipped(members))] == [
        "wire/a.md",
        "wire/a.txt",
        "wire/b/x",
        "wire/d/c",
    ]


def test_a_broken_member_costs_no_other() -> None:
    found = all_of("wire.zip", zipped({"a.pdf": b"%PDF", "b.zip": b"PK\3\4", "c.txt": BODY, "../d.txt": BODY}))
    assert [item.id for item in found if isinstance(item, Article)] == ["wire/c"]
    assert [str(item).split(": ")[0] for item in found if isinstance(item, Unreadable)] == [
        "wire.zip/../d.txt",
        "wire.zip/a.pdf",
        "wire.zip/b.zip",
    ]


# Names and kinds


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (BODY.encode(), ".txt"),
        (b'{"text": "x"}\n{"text": "y"}\n', ".jsonl"),
        (b'\xef\xbb\xbf{"text": "x"}', ".jsonl"),
        (b'{\n "text": "x"\n}', ".json"),
        (b'[{"text": "x"}]', ".json"),
        (b"<!doctype html><p>x", ".html"),
        (NITF.encode(), ".xml"),
        (b'<?xml version="1.0"?><newsItem/>', ".xml"),
        (b"---\ntitle: x\n---\nx", ".md"),
        (b"From: a@x.example\nSubject: x\n\nx", ".eml"),
        (b"title,text\na,b\n", ".csv"),
        (b"title\ttext\na\tb\n", ".tsv"),
        (b"The text of the treaty was read, and the body rose.", ".txt"),
        (pdf([]), ".pdf"),
        (docx(""), ".docx"),
        (zipped({"a.txt": "x"}), ".zip"),
    ],
)
def test_the_kind_of_what_is_piped_in_is_told_by_its_first_bytes(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind


def test_standard_input_is_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps({"text": BODY}).encode())))
    (source,) = sources(["-"])
    (found,) = read(source)
    assert isinstance(found, Article)
    assert (source.name, found.id, found.text) == ("standard input", "stdin:1", BODY)


def test_an_upload_is_known_by_the_last_part_of_its_name() -> None:
    assert one("C:\\work\\..\\ferry.txt", BODY).id == "ferry"
    assert one("../../etc/ferry.txt", BODY).id == "ferry"
    assert "no known kind" in str(all_of("ferry.exe", b"MZ")[0])


def test_a_name_is_shown_without_what_a_terminal_would_obey() -> None:
    assert printable("a\x1b[2J\u202e\udcff.txt") == "a\\u001b[2J\\u202e\\udcff.txt"


# Patterns


def test_patterns_choose_the_files_of_a_folder(tmp_path: Path) -> None:
    for name in ["a.txt", "b.md", "2031/c.txt", "2032/d.txt", "README.md", "LICENSE.txt", "readme-of-sorts.txt"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(BODY)

    def chosen(**patterns: list[str]) -> list[str]:
        return [source.article_id for source in sources([tmp_path], **patterns)]

    assert chosen() == ["a", "b", "readme-of-sorts", "2031/c", "2032/d"]
    assert chosen(include=["*.txt"], exclude=["2031/*", "LICENSE*"]) == ["a", "readme-of-sorts", "2032/d"]
    assert chosen(include=["README.md"]) == ["README"]
    with pytest.raises(BadInput, match="that the patterns leave"):
        chosen(include=["*.pdf"])
    assert [source.article_id for source in sources([tmp_path / "README.md"])] == ["README"]
