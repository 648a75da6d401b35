"""Files and folders → articles: what is found, how it is named, and what a broken file says."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trafilatura import load_html

from ingest import records
from ingest.read import read, sources
from ingest.source import of_file
from newsdesk.errors import BadInput, Unreadable
from newsdesk.types import Article

SEEDS = Path(__file__).parent.parent / "seeds" / "articles"
BODY = """Four people have died and seven are missing after the ferry struck rocks in Harl Sound.

The harbour office said last night that 106 people had been brought ashore alive."""


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read_file(path: Path) -> list[Article | Unreadable]:
    (source,) = sources([path])
    return list(read(source))


def one(path: Path, content: str | bytes) -> Article:
    (found,) = read_file(write(path, content))
    assert isinstance(found, Article), found
    return found


def fault(path: Path, content: str | bytes) -> str:
    (found,) = read_file(write(path, content))
    assert isinstance(found, Unreadable), found
    assert str(found).startswith(f"{path}:")
    return str(found)


def ids(*paths: Path) -> list[str]:
    return [source.article_id for source in sources(paths)]


# Which files


def test_a_folder_is_read_with_all_below_it_in_order(tmp_path: Path) -> None:
    for name in ["b.txt", "a.md", "sub/deep/c.html", "sub/d.JSONL", "e.htm", "f.markdown"]:
        write(tmp_path / name, BODY)
    assert ids(tmp_path) == ["a", "b", "e", "f", "sub/d", "sub/deep/c"]


def test_hidden_files_and_unknown_kinds_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    for name in ["a.txt", ".b.txt", ".git/c.txt", "d.png", "e", "f.txt~"]:
        write(tmp_path / name, BODY)
    assert ids(tmp_path) == ["a"]


def test_files_that_would_share_an_id_keep_their_suffix(tmp_path: Path) -> None:
    for name in ["a.txt", "a.html", "b.txt", "c/a.txt"]:
        write(tmp_path / name, BODY)
    assert ids(tmp_path) == ["a.html", "a.txt", "b", "c/a"]


def test_files_of_two_folders_never_share_an_id(tmp_path: Path) -> None:
    first, second = write(tmp_path / "x/a.txt", BODY), write(tmp_path / "y/a.txt", BODY)
    assert ids(tmp_path / "x", tmp_path / "y") == [first.as_posix(), second.as_posix()]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt", BODY)
    assert ids(tmp_path, file, tmp_path) == ["a"]


def test_a_file_named_directly_has_its_name_as_id(tmp_path: Path) -> None:
    assert ids(write(tmp_path / "sub" / "a.b.txt", BODY)) == ["a.b"]


def test_links_that_leave_the_folder_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "out/secret.txt", BODY)
    write(tmp_path / "in/a.txt", BODY)
    (tmp_path / "in/b.txt").symlink_to(tmp_path / "out/secret.txt")
    (tmp_path / "in/folder").symlink_to(tmp_path / "out")
    (tmp_path / "in/loop").symlink_to(tmp_path / "in")
    (tmp_path / "in/same.txt").symlink_to(tmp_path / "in/a.txt")
    (tmp_path / "in/nowhere.txt").symlink_to(tmp_path / "gone.txt")
    assert ids(tmp_path / "in") == ["a"]


def test_something_that_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", BODY)
    os.mkfifo(tmp_path / "pipe.txt")
    assert ids(tmp_path) == ["a"]
    with pytest.raises(BadInput, match="neither a file nor a folder"):
        sources([tmp_path / "pipe.txt"])


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"gone\.txt does not exist"):
        sources([tmp_path / "gone.txt"])


def test_an_unknown_kind_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"\.htm, \.html, \.json, \.jsonl, \.markdown, \.md, "):
        sources([write(tmp_path / "a.png", BODY)])


def test_a_folder_without_articles_is_named(tmp_path: Path) -> None:
    write(tmp_path / "empty/.keep", "")
    write(tmp_path / "full/a.txt", BODY)
    with pytest.raises(BadInput, match="empty holds no article"):
        sources([tmp_path / "full", tmp_path / "empty"])
    with pytest.raises(BadInput, match="no path"):
        sources([])


# Plain text


def test_a_text_file_is_an_article(tmp_path: Path) -> None:
    found = one(tmp_path / "a.txt", f"Ferry strikes rocks\n\nBy Ansa Veldt, Maldrey Courier\n4 March 2031\n\n{BODY}\n")
    assert found == Article(
        id="a",
        text=BODY,
        title="Ferry strikes rocks",
        publisher="Maldrey Courier",
        published=date(2031, 3, 4),
        authors=("Ansa Veldt",),
        dated_by="first lines",
    )


def test_a_text_without_date_has_none_whatever_the_age_of_its_file(tmp_path: Path) -> None:
    assert one(tmp_path / "a.txt", f"{BODY}\n\nThe pier, built on 4 March 1998, is © 2011.").published is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_the_encodings_of_western_text_are_told_apart(tmp_path: Path, encoding: str) -> None:
    text = "Café owner José Núñez said the naïve façade of the Königsberg hôtel “was” déjà vu.".replace(
        *("“was”", "was") if encoding == "latin-1" else ("", "")
    )
    assert one(tmp_path / "a.txt", f"{BODY}\r\n\r\n{text}".encode(encoding)).text == f"{BODY}\n\n{text}"


@pytest.mark.parametrize(
    ("encoding", "sentence"),
    [
        ("cp1251", "Министерство обороны сообщило, что бомбардировщики нанесли удар по складам боеприпасов."),
        ("koi8-r", "Министерство обороны сообщило, что бомбардировщики нанесли удар по складам боеприпасов."),
        ("cp1250", "Prezydent powiedział, że żadna ustawa nie zostanie podpisana w tę niedzielę."),
        ("cp1252", "Le ministre a annoncé mardi que la ligne serait ouverte « dès l’été prochain », à 30 °C."),
        ("cp1252", "The hall of 400 m³, the bishop said, had cost £40,000 – “too much”."),
        ("shift_jis", "日本の首相は月曜日に新しい計画を発表した。"),
    ],
)
def test_the_encodings_of_other_languages_are_told_apart(tmp_path: Path, encoding: str, sentence: str) -> None:
    text = " ".join([sentence] * 4)
    assert one(tmp_path / "a.txt", text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        ("* * *\n\n—\n", "no text"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"PK\x03\x04\x00", "a ZIP or Word file"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a picture"),
        (b"text\0text", "binary"),
        (bytes(range(1, 256)) * 8, "encoding cannot be told"),
        ("naïve café façade déjà ".encode() * 9 + b"\xff", "damaged at byte 253"),
    ],
)
def test_a_file_that_is_no_text_says_why(tmp_path: Path, content: str | bytes, message: str) -> None:
    assert message in fault(tmp_path / "a.txt", content)


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
def test_a_file_too_large_for_an_article_is_refused_unread(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    with path.open("wb") as file:
        file.truncate(50 * 2**20)
    (found,) = read_file(path)
    assert "MB is too much" in str(found)
    assert ".jsonl" in str(found)


def test_a_file_that_has_gone_since_is_named(tmp_path: Path) -> None:
    (found,) = read(of_file(tmp_path / "gone.txt", "gone"))
    assert "cannot be read (No such file" in str(found)


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".jsonl"])
def test_no_content_makes_reading_raise(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = write(tmp_path / f"any{suffix}", content)
    for found in read(of_file(path, "any")):
        if isinstance(found, Article):
            assert found.text == found.text.strip() != ""
            found.text.encode()


# Markdown


def test_front_matter_gives_the_fields(tmp_path: Path) -> None:
    found = one(
        tmp_path / "a.md",
        "---\r\nTitle: Ferry strikes rocks\r\n"
        "date: 2031-03-04T08:30:00Z\r\nid: 17\r\nauthor: By A. Veldt and T. Pike\r\n"
        f"source: Maldrey Courier\r\nurl: https://courier.example/a\r\n---\r\n\r\n# Ferry strikes rocks\r\n\r\n{BODY}",
    )
    assert found == Article(
        id="17",
        text=BODY,
        title="Ferry strikes rocks",
        url="https://courier.example/a",
        publisher="Maldrey Courier",
        published=datetime(2031, 3, 4, 8, 30, tzinfo=UTC),
        authors=("A. Veldt", "T. Pike"),
        dated_by="record",
    )


def test_markdown_becomes_plain_text(tmp_path: Path) -> None:
    found = one(
        tmp_path / "a.md",
        "# Ferry *strikes* rocks\n\nThe **ferry** [struck](https://x.example) the\nreef &amp; sank.\n\n## Why\n\n"
        "- worn `pump`\n- dark light\n\n> It was late.\n\n| Ward | Votes |\n|---|---|\n| Garrith | 134 |\n\n"
        "![Picture](a.jpg)\n\n<script>alert(1)</script>\n\n1 < 2 said she.",
    )
    assert found.title == "Ferry strikes rocks"
    assert found.text == (
        "The ferry struck the reef & sank.\n\nWhy\n\n- worn pump\n- dark light\n\nIt was late.\n\n"
        "Ward | Votes\n\nGarrith | 134\n\n1 < 2 said she."
    )


def test_broken_front_matter_names_the_line(tmp_path: Path) -> None:
    message = fault(tmp_path / "a.md", f"---\ntitle: Ferry: struck\ndate: [2031\n---\n\n{BODY}")
    assert "front matter is not valid YAML (line 2)" in message


@pytest.mark.parametrize("above", ["---\ntitle: A\n\n", "---\ndate: 2031-02-31\n---\n\n"])
def test_front_matter_without_end_or_sense_is_not_taken_for_text(tmp_path: Path, above: str) -> None:
    assert "front matter" in fault(tmp_path / "a.md", above + BODY)


def test_a_rule_at_the_top_is_no_front_matter(tmp_path: Path) -> None:
    assert (
        one(tmp_path / "a.md", f"---\n\nIt was a wet Monday.\n\n---\n\n{BODY}").text
        == f"It was a wet Monday.\n\n{BODY}"
    )


# JSON lines


def test_each_line_is_an_article(tmp_path: Path) -> None:
    record = {"id": "nl-1", "headline": "Ferry", "body": BODY, "date": "2031-03-04", "source": "Northline"}
    path = write(tmp_path / "wire.jsonl", json.dumps(record) + "\n\n" + json.dumps({"text": BODY}))
    assert read_file(path) == [
        Article("nl-1", BODY, "Ferry", publisher="Northline", published=date(2031, 3, 4), dated_by="record"),
        Article("wire:3", BODY),
    ]


def test_a_broken_line_is_named_and_the_others_follow(tmp_path: Path) -> None:
    lines = [
        json.dumps({"text": BODY}).encode(),
        b'{"text": "torn',
        b"[1, 2]",
        b'{"title": "No text"}',
        b'{"text": " \\n "}',
        b'{"text": 7}',
        b'{"text": "caf\xe9"}',
        b'{"text": "It was late.", "id": 1.5}',
        b"[" * 200_000,
        b'{"id": ' + b"9" * 5000 + b"}",
        json.dumps({"text": BODY, "id": 7}).encode(),
    ]
    found = read_file(write(tmp_path / "x.jsonl", b"\n".join(lines)))
    assert [item.id for item in found if isinstance(item, Article)] == ["x:1", "7"]
    faults = [str(item) for item in found if isinstance(item, Unreadable)]
    assert [message.split(": ")[0] for message in faults] == [f"{tmp_path}/x.jsonl:{n}" for n in range(2, 11)]
    for message, reason in zip(
        faults,
        ["broken JSON", "not list", "has no text", "no text", "not int", "not UTF-8", "id must be", "deep", "JSON"],
        strict=True,
    ):
        assert reason in message


def test_an_empty_file_of_records_is_named(tmp_path: Path) -> None:
    assert "the file is empty" in fault(tmp_path / "x.jsonl", "\n\n")


def test_a_line_too_long_is_passed_over_and_the_next_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_LINE", 300)
    long, short = json.dumps({"text": BODY * 9}), json.dumps({"text": BODY})
    found = read_file(write(tmp_path / "x.jsonl", f"{short}\n{long}\n{short}\n{long}"))
    assert [getattr(item, "id", None) for item in found] == ["x:1", None, "x:3", None]
    assert "x.jsonl:2: the line is longer" in str(found[1])


def test_a_file_of_records_may_be_larger_than_an_article(tmp_path: Path) -> None:
    line = json.dumps({"text": BODY})
    padding = " " * 2**20 + "\n"
    assert len(read_file(write(tmp_path / "x.jsonl", f"{line}\n{padding * 21}{line}"))) == 2


# The archive that ships with newsdesk


def test_every_seed_file_is_read_without_fault_and_with_text() -> None:
    found = [item for source in sources([SEEDS]) for item in read(source)]
    assert [str(item) for item in found if isinstance(item, Unreadable)] == []
    articles = [item for item in found if isinstance(item, Article)]
    assert len({article.id for article in articles}) == len(articles) > 40
    assert all(article.title and article.title not in article.text.split("\n") for article in articles)


@pytest.mark.parametrize(
    "words",
    ["Read more", "Advertisement", "Sponsored", "newsletter", "Most read", "Related stories", "SaltyDog44", "© 2031"],
)
def test_nothing_around_the_seed_articles_is_left_in_them(words: str) -> None:
    found = [item for source in sources([SEEDS]) for item in read(source)]
    assert [item.id for item in found if isinstance(item, Article) and words.lower() in item.text.lower()] == []


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.html")), ids=lambda path: path.stem[11:40])
def test_no_paragraph_of_a_seed_page_is_lost(path: Path) -> None:
    (found,) = read_file(path)
    assert isinstance(found, Article)
    tree = load_html(path.read_text("utf-8"))
    assert tree is not None
    story = (tree.xpath("//article") or tree.xpath("//*[@class='story-body' or @id='content']"))[0]
    paragraphs = [" ".join(p.text_content().split()) for p in story.xpath("./p[not(@class)]")]
    assert found.text.split("\n\n") == paragraphs
    assert found.published is not None
    assert found.publisher in {"Maldrey Courier", "Wexholt Observer"}
    assert found.authors
