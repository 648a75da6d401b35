"""Exports and permanent links: everything that was said, in its place, and never anyone's markup."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from newsdesk.api import create_api
from newsdesk.chat import mount
from newsdesk.conversations import Conversation, Turn
from newsdesk.desk import Desk
from newsdesk.page import export, link
from newsdesk.page.visitor import COOKIE, RememberVisitors, owner
from newsdesk.types import Article, Citation, Filters
from tests.test_chat_page import ALLOWED, NASTY, TEXT, Tags, answer, cite, hit

ASKED = datetime(2031, 3, 9, 12, tzinfo=UTC)
HERE = Conversation("id", "Where?", ASKED)
SAID = answer(
    "Near Aqirbat [1]\n\n“They hit three depots near Aqirbat.” [1]", cite(1, "They hit"), short="near Aqirbat"
)
TURN = Turn("Where?", SAID, None, "turn", ASKED, Filters(date(2031, 3, 1), None, ("The Courier",)))
LINK_ALLOWED = {*ALLOWED, "html", "head", "meta", "title", "style", "body", "main"}


def test_markdown_has_the_answer_and_a_footnote_for_each_quote() -> None:
    text = export.markdown(HERE, [TURN])
    assert "## Where?" in text
    assert "Asked on 9 March 2031; limited to from 1 March 2031, The Courier" in text
    assert "**Near Aqirbat[^1-1]**" in text
    note = next(line for line in text.splitlines() if line.startswith("[^1-1]: "))
    assert "“They hit” Bombers, The Courier, 5 July 2017. <https://example.org/a>" in note
    assert "(a, characters 31 to 39)" in note


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        (Turn("q?", notice="Too <long>."), r"Too \<long\>."),
        (Turn("q?"), "was not answered"),
        (Turn("q?", answer("…", answered=False, passages=(hit("They hit"),))), "The archive does not say."),
    ],
)
def test_markdown_says_what_became_of_every_question(turn: Turn, words: str) -> None:
    assert words in export.markdown(HERE, [turn])


def test_json_has_everything() -> None:
    (told,) = json.loads(export.as_json(HERE, [TURN]))["turns"]
    assert told["answer"]["citations"][0]["quote"] == "They hit"
    assert told["filters"]["publishers"] == ["The Courier"]
    assert told["asked"] == "2031-03-09T12:00:00Z"


hostile = (
    st.sampled_from([*NASTY, "[a](javascript:x)", "![](x)", "# h", "<http://x>", "&lt;b&gt;", "1. a", "***"])
    | st.text()
)


@given(hostile, hostile, hostile, hostile)
def test_no_word_of_anyone_is_markup_in_an_export(title: str, publisher: str, said: str, url: str) -> None:
    cited = Citation(1, said, title, url, publisher, None, 0, 1, said or "x")
    turn = Turn(said, replace(answer(said, cited, short=title), notes=(said,)), asked=ASKED)
    text = export.markdown(Conversation("id", title, ASKED), [turn, Turn(title, notice=publisher)])
    tokens = MarkdownIt("commonmark", {"html": True}).parse(text)
    kinds = {one.type for token in tokens for one in [token, *(token.children or [])]}
    assert not kinds & {"html_block", "html_inline", "image", "fence", "code_block", "code_inline"}
    for token in tokens:
        for one in token.children or []:
            if one.type == "link_open":
                assert str(one.attrs["href"]).startswith(("http://", "https://"))


@given(hostile, hostile, hostile, hostile)
def test_no_word_of_anyone_is_markup_at_a_link(title: str, publisher: str, said: str, url: str) -> None:
    article = Article("a", f"{said}!", title, url, publisher)
    cited = Citation(1, "a", title, url, publisher, None, 0, len(article.text), article.text)
    turn = Turn(said, replace(answer(said, cited, short=title), notes=(said,)), asked=ASKED)
    kept = link.kept(turn, lambda cited: article)
    for tag, attrs in Tags(link.page(json.loads(json.dumps(kept)))).found:
        assert tag in LINK_ALLOWED
        assert not any(name.startswith("on") or name == "style" for name in attrs)
        assert (attrs.get("href") or "#").startswith(("#", "http://", "https://"))


@pytest.mark.parametrize("now", [None, Article("a", "Quite another text.")])
def test_a_link_to_a_quote_whose_article_is_gone_shows_the_quote(now: Article | None) -> None:
    shown = Tags(link.page(link.kept(TURN, lambda cited: now)))
    assert "They hit" in shown.text
    assert "Quite another" not in shown.text


def test_a_link_shows_the_quote_in_its_surroundings() -> None:
    shown = Tags(link.page(link.kept(TURN, lambda cited: Article("a", TEXT))))
    assert "The bombers flew from Russia." in shown.text
    assert "Asked on 9 March 2031. Fairly sure." in shown.text
    assert len(shown.all("mark")) == 1


def test_a_question_without_an_answer_has_no_link() -> None:
    assert link.kept(Turn("q?", asked=ASKED), lambda cited: None) is None


@pytest.mark.parametrize("secret", ["", "short", "x" * 42 + "é", "x" * 44, "../../etc/passwd"])
def test_a_cookie_that_is_none_of_ours_owns_nothing(secret: str) -> None:
    assert owner({COOKIE: secret}) is None


def test_addresses_beside_the_page_belong_to_their_owner_and_links_to_all(desk: Desk) -> None:
    store = desk.conversations
    with TestClient(mount(create_api(desk), desk), base_url="http://127.0.0.1") as client:
        client.get("/", headers={"accept": "text/html"})
        whose = owner(dict(client.cookies.items()))
        assert whose
        here = store.begin(whose, "Where?")
        turn = store.ask(whose, here.id, "Where?")
        store.settle(replace(turn, answer=SAID))
        assert "They hit" in client.get(f"/conversations/{here.id}.md").text
        assert client.get(f"/conversations/{here.id}.json").json()["title"] == "Where?"
        made = store.link(turn.id, link.kept(replace(turn, answer=SAID), lambda cited: None))
        client.cookies.clear()
        assert client.get(f"/conversations/{here.id}.md").status_code == 404
        shown = client.get(f"/a/{made}", headers={"accept": "text/html"})
        assert shown.status_code == 200
        assert "script-src" not in shown.headers["content-security-policy"]
        assert re.search("default-src 'none'", shown.headers["content-security-policy"])
        assert client.get("/a/guessed").status_code == 404


def test_only_the_page_itself_gives_a_browser_its_secret() -> None:
    app = FastAPI()
    app.add_middleware(RememberVisitors)
    with TestClient(app) as client:
        assert "set-cookie" not in client.get("/alive").headers
        assert COOKIE in client.get("/").headers["set-cookie"]
