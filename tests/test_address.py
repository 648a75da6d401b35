from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsdesk.archive.address import address_of


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.com/view?cid=7",
        "http://EXAMPLE.com:80/view/?utm_source=a&cid=7&fbclid=b#top",
        "https://example.com:443/view?gclid=c&cid=7",
    ],
)
def test_a_page_is_known_again_by_any_spelling_of_its_address(url: str) -> None:
    assert address_of(url) == address_of("https://example.com/view?cid=7")


@pytest.mark.parametrize("name", ["id", "cid", "uid", "eid", "sid", "ref", "source", "session", "keyword", "p", "gid"])
def test_pages_told_apart_by_a_parameter_stay_apart(name: str) -> None:
    assert address_of(f"https://example.com/view?{name}=1") != address_of(f"https://example.com/view?{name}=2")


@pytest.mark.parametrize("url", [None, "", "https://example.com/", "https://www.example.com", "/path", "http://["])
def test_what_names_no_page_is_no_address(url: str | None) -> None:
    assert address_of(url) is None


@given(st.text(max_size=80))
def test_any_text_has_an_address_or_none(text: str) -> None:
    assert address_of(text) is None or address_of(text)
