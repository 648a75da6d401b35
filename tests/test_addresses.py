from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.addresses import Address, canonical, is_allowed, is_public, parse, resolve, slug, without_tracking
from newsdesk.errors import Unreadable


def words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("HTTP://Example.COM:80/a/../b#part", "http://example.com/b"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com:8443/x y?q=é", "https://example.com:8443/x%20y?q=%C3%A9"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        (" https://example.com/a ", "https://example.com/a"),
        ("http://[2606:4700::1111]/", "http://[2606:4700::1111]/"),
    ],
)
def test_an_address_has_one_form(text: str, address: str) -> None:
    assert str(parse(text)) == address


def test_a_relative_address_is_on_the_page_that_names_it() -> None:
    base = parse("https://example.com/news/list?page=2")
    assert str(parse("../a.html", base)) == "https://example.com/a.html"
    assert str(parse("//other.example/b", base)) == "https://other.example/b"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("file:///etc/passwd", "only http"),
        ("ftp://example.com/a", "only http"),
        ("gopher://127.0.0.1:6379/_x", "only http"),
        ("javascript:alert(1)", "only http"),
        ("/etc/passwd", "only http"),
        ("https://user:secret@example.com/", "name and password"),
        ("https:///path", "no host"),
        ("http://exa mple.com/", "no host"),
        ("http://example.com\\@127.0.0.1/", "name and password"),
        ("http://example.com%2f@127.0.0.1/", "name and password"),
        ("http://127.0.0.1%00.example.com/", "no host"),
        ("http://a\r\nHost: b/", "no web address"),
        ("http://0177.0.0.1/", "no web address"),
        ("http://①②⑦.0.0.1/", "no web address"),
        ("http://example.com:99999/", "no host"),
        ("http://example.com:0/", "no host"),
        ("https://example.com/" + "a" * 2000, "longer than"),
    ],
)
def test_what_is_no_web_address_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse(text)


def test_a_refusal_does_not_repeat_the_password() -> None:
    with pytest.raises(Unreadable) as refusal:
        parse("https://user:hunter2@example.com/")
    assert "hunter2" not in str(refusal.value)


@given(st.text(max_size=60) | st.text("htps:/@[]\\%.?#1x", max_size=60).map("http://".__add__))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        address = parse(text)
    except Unreadable:
        return
    assert parse(str(address)) == address
    assert str(address).isascii()
    assert slug(address)


@pytest.mark.parametrize(
    "number",
    words("""0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 127.8.8.8 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1
    192.0.2.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
    :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe
    64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1:: 2002:a00:1:: fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0
    fec0::1 ff02::1"""),
)
def test_a_number_that_is_not_the_worlds_is_not_public(number: str) -> None:
    assert not is_public(ip_address(number))


@pytest.mark.parametrize(
    "number", words("1.1.1.1 93.184.215.14 172.32.0.1 2606:4700::1111 ::ffff:1.1.1.1 64:ff9b::101:101")
)
def test_a_number_of_the_world_is_public(number: str) -> None:
    assert is_public(ip_address(number))


@given(st.ip_addresses(v=4))
def test_an_ipv4_number_is_as_public_inside_an_ipv6_one(number: object) -> None:
    plain = is_public(ip_address(str(number)))
    assert is_public(ip_address(f"::ffff:{number}")) == plain
    assert is_public(ip_address(f"64:ff9b::{number}")) == plain


@pytest.mark.parametrize(
    "url",
    words("""http://127.0.0.1/ http://localhost/ http://LOCALHOST:8000/ http://2130706433/ http://127.1/
    http://0x7f000001/ http://0x7f.1/ http://017700000001/ http://0/ http://[::1]/ http://[::ffff:127.0.0.1]/
    http://[::ffff:7f00:1]/ http://169.254.169.254/latest/meta-data/ http://10.0.0.1/ http://[fe80::1]/
    http://[64:ff9b::7f00:1]/"""),
)
def test_no_spelling_of_a_private_host_is_resolved(url: str) -> None:
    with pytest.raises(Unreadable, match="private or reserved"):
        resolve(parse(url), ())


def test_a_public_number_is_resolved_to_itself() -> None:
    assert resolve(parse("http://1.1.1.1/"), ()) == ["1.1.1.1"]


@pytest.mark.parametrize("url", [f"http://{'a' * 64}.example/", "http://a..b/"])
def test_an_unknown_host_is_said_to_be_unknown(url: str) -> None:
    with pytest.raises(Unreadable, match="there is no host"):
        resolve(parse(url), ())


def test_a_host_is_allowed_by_its_name_and_port_and_by_no_other_name() -> None:
    local = parse("http://127.0.0.1:8000/")
    assert resolve(local, {"127.0.0.1:8000"}) == resolve(local, {"127.0.0.1"}) == ["127.0.0.1"]
    assert is_allowed(parse("http://[::1]/"), {"[::1]:80"})
    assert not is_allowed(local, {"127.0.0.1:8001", "localhost", "", "0.0.1:8000"})


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.com/news/storm",
        "http://example.com/news/storm/",
        "https://example.com:443/news/storm/index.html",
        "https://example.com/news/storm?utm_source=x&fbclid=y#comments",
        "https://EXAMPLE.com/news/./storm?gclid=1",
    ],
)
def test_a_page_has_one_id_however_it_was_reached(url: str) -> None:
    assert slug(parse(url)) == "example.com/news/storm"


def test_pages_that_differ_have_different_ids() -> None:
    urls = [
        "https://example.com/story?id=1",
        "https://example.com/story?id=2",
        "https://example.com/story?cid=2",
        "https://example.com/story",
        "https://example.com/Story",
        "https://news.example.com/story",
        "https://example.com:8443/story",
        "https://example.com/" + "long-" * 50 + "1",
        "https://example.com/" + "long-" * 50 + "2",
    ]
    assert len({slug(parse(url)) for url in urls}) == len(urls)


def test_an_id_can_be_read_in_any_script() -> None:
    assert slug(parse("https://example.com/новости/café?b=2&a=1")) == "example.com/новости/café/a=1/b=2"
    assert slug(parse("https://example.com/%E2%80%AEevil%ff")) == "example.com/-evil%FF".replace("%FF", "%ff")


def test_tracking_goes_and_the_rest_of_the_query_stays_as_it_was() -> None:
    address = parse("https://example.com/s?utm_campaign=a&ref=7&mc_cid=c&id=3&source=wire&at_medium=m")
    assert str(without_tracking(address)) == "https://example.com/s?ref=7&id=3&source=wire"


def test_a_page_may_state_another_address_on_its_own_site() -> None:
    visited = parse("https://m.example.com/amp/storm?utm_source=x")
    assert str(canonical("https://www.example.com/storm", visited)) == "https://www.example.com/storm"
    assert str(canonical("/storm", visited)) == "https://m.example.com/storm"


@pytest.mark.parametrize(
    "stated",
    [
        "https://other.example/storm",  # it would take the place of another's article
        "https://example.com.evil.example/storm",
        "https://www.example.com/",  # the front page, stated on every page
        "file:///etc/passwd",
        "https://www.example.com:8443/storm",
        "",
        None,
        ["https://example.com/a"],
    ],
)
def test_a_stated_address_that_cannot_be_the_pages_own_does_not_count(stated: object) -> None:
    visited = parse("https://www.example.com/2031/storm?utm_source=x")
    assert str(canonical(stated, visited)) == "https://www.example.com/2031/storm"


def test_an_address_is_written_as_it_is_visited() -> None:
    assert str(Address("http", "::1", 8080, "/a?b")) == "http://[::1]:8080/a?b"
