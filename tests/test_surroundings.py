"""What surrounds an article leaves the tree; what merely is called so stays."""

from __future__ import annotations

import pytest
from trafilatura import load_html

from ingest.flow import make_flow
from ingest.markup import from_tree
from ingest.page import extract
from ingest.surroundings import take_out

BODY = [
    "Four people have died and seven are missing after the ferry struck rocks in Harl Sound on Monday evening.",
    "The harbour office said last night that 106 people had been brought ashore alive, 23 of them hurt.",
    "All sailings to the island have been suspended until the cause of the accident has been found.",
]
PARAGRAPHS = "".join(f"<p>{paragraph}</p>" for paragraph in BODY)
TEXT = "\n\n".join(BODY)


def left(inside: str, authors: tuple[str, ...] = ()) -> str:
    """What is left of the body of a page."""
    tree = load_html(f"<html><body><h1>Ferry strikes rocks</h1>{inside}</body></html>")
    take_out(tree, "Ferry strikes rocks", authors)
    make_flow(tree)
    return from_tree(tree)


@pytest.mark.parametrize(
    "part",
    [
        "<p hidden>Unseen words that nobody reads.</p>",
        "<p style='color: red; Display : none'>Unseen words.</p>",
        "<div style='position:absolute; left:-9999px'>Unseen words.</div>",
        "<div aria-hidden='true'>Unseen words for nobody.</div>",
        "<p class='sr-only'>Skip to the end.</p>",
        "<template><p>Words.</p></template>",
        "<noscript>Switch on scripts.</noscript>",
        "<div role='dialog'><p>We value your privacy.</p></div>",
        "<div><h3>Our letter</h3><p>Every Friday.</p><form><input type='email'></form><p>No spam.</p></div>",
        "<div class='c-newsletter--inline'>Our letter.</div>",
        "<section id='relatedStories'><p>Gull steals chain.</p></section>",
        "<div class='AdSlot'>Sofas.</div>",
        "<div class='paywall-notice'>Subscribe and read on.</div>",
        "<ul class='most-read'><li>Gull steals chain</li></ul>",
        "<figure><img><figcaption class='caption'>The ferry.</figcaption></figure>",
        f"<aside>{BODY[1]}</aside>",
        "<blockquote>106 people had been brought ashore alive<footer>Harbour office</footer></blockquote>",
    ],
)
def test_a_part_that_is_none_of_the_article_goes(part: str) -> None:
    assert left(f"{PARAGRAPHS}{part}") == TEXT


@pytest.mark.parametrize(
    "opening",
    [
        "<div class='story has-newsletter share-below'>",
        "<div id='ad-free' class='tags-open'>",
        "<main class='related-content'>",
        "<article class='sponsored'>",
    ],
)
def test_a_part_that_holds_most_of_the_page_stays_whatever_it_is_called(opening: str) -> None:
    tag = opening[1:].split()[0]
    assert left(f"{opening}{PARAGRAPHS}</{tag}>") == TEXT


@pytest.mark.parametrize(
    "part",
    [
        "<blockquote>We just kept putting the net over and people kept climbing it.</blockquote>",
        "<p>A <span class='lettrine' aria-hidden='true'>T</span>ale.</p>",
        "<table><tr><th>Ward</th><th>Votes</th></tr><tr><td>Garrith</td><td>134</td></tr></table>",
        "<div class='adder'>An adder was seen.</div>",
        "<div class='paywall'><p>The wind had been rising since noon.</p></div>",
        "<h2 id='social-care'>Care</h2>",
        "<p class='leader'>The <time>fourth of March</time> was wet.</p>",
    ],
)
def test_a_part_of_the_article_stays(part: str) -> None:
    words = from_tree(load_html(f"<html><body>{part}</body></html>"))
    assert left(f"{PARAGRAPHS}{part}") == f"{TEXT}\n\n{words}"


@pytest.mark.parametrize(
    "credits_",
    [
        "<div><span>Ansa Veldt</span><span>4 March 2031</span><span>3 min read</span></div>",
        "<p>By Ansa Veldt</p>",
        "<ul><li>By <a>Ansa Veldt</a></li><li>4 March 2031</li></ul>",
    ],
)
def test_lines_of_credits_below_the_headline_go(credits_: str) -> None:
    assert left(f"{credits_}{PARAGRAPHS}", ("Ansa Veldt",)) == TEXT


def test_a_date_in_a_list_or_table_of_the_text_stays() -> None:
    assert "4 March 2031" in left(f"{PARAGRAPHS * 5}<ul><li>4 March 2031</li><li>She sank.</li></ul>")
    assert "4 March 2031" in left(f"<table><tr><td>4 March 2031</td><td>she sank</td></tr></table>{PARAGRAPHS}")


def test_nothing_above_the_headline_is_the_articles() -> None:
    tree = load_html(f"<html><body><p>Evening edition</p><h1>Ferry strikes rocks</h1>{PARAGRAPHS}</body></html>")
    take_out(tree, "Ferry strikes rocks – live", ())
    assert from_tree(tree) == TEXT


def test_a_card_that_is_marked_as_an_article_is_not_taken_for_the_pages() -> None:
    card = "<article><p>A gull has stolen the golden chain of the mayor of Harl, it was said.</p></article>"
    assert (
        extract(f"<html><body><h1>Ferry</h1><div>{PARAGRAPHS}</div><aside>{card}</aside></body></html>")["text"] == TEXT
    )


def test_another_heading_is_no_headline() -> None:
    tree = load_html(f"<html><body><p>{BODY[0]}</p><h1>Courier</h1><p>{BODY[1]}</p></body></html>")
    take_out(tree, "Ferry strikes rocks", ())
    assert from_tree(tree) == f"{BODY[0]}\n\nCourier\n\n{BODY[1]}"


def test_columns_of_an_old_page_become_paragraphs() -> None:
    columns = f"<table><tr><td><a>News</a></td><td>{BODY[0]}<p>{BODY[1]}<p>{BODY[2]}</td></tr></table>"
    assert left(columns).split("\n\n")[1:] == BODY


@pytest.mark.parametrize(
    "part",
    [
        "<div class='ad'>x y</div>" * 5000,
        "<div class='ad'>x" * 2000,
        "<blockquote>one two three four five six seven</blockquote>" * 3000,
        "<input name='a'>" * 5000,
        "<p hidden>x</p>" * 5000,
        "<h1>x</h1>" * 2000,
    ],
)
@pytest.mark.timeout(20)
def test_thousands_of_such_parts_cost_no_time(part: str) -> None:
    assert BODY[0] in str(extract(f"<html><body><article>{PARAGRAPHS}{part}</article></body></html>")["text"])
