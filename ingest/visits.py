"""The visits of one run: no faster than a host can bear, and never where its robots.txt says no.

The only file that knows protego.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping

from protego import Protego

from ingest.addresses import Address, parse
from ingest.http import AGENT, Limits, Reply, get
from newsdesk.errors import Unreadable

PAUSE = 1.0
"""Seconds between two visits to one host, where its robots.txt does not ask for more."""
_LONGEST_PAUSE = 30.0
_REDIRECTS = 5
_ROBOTS_BYTES = 500 * 2**10
"""How much of a robots.txt is read, as RFC 9309 has it."""
_TRY_LATER = frozenset({429, 503})
"""By these a host says that it has had enough for now."""
_MEANING = {
    401: "it wants a login; open it in a browser and ingest the saved page",
    402: "it wants to be paid for; open it in a browser and ingest the saved page",
    403: "it refuses programs; open it in a browser and ingest the saved page",
    404: "there is no such page; check the address",
    410: "the page was taken away; check the address",
    429: "the host has had too many visits; try again in an hour",
    451: "the law forbids to show it here",
    503: "the host is overloaded or being repaired; try again in an hour",
}

Visit = Callable[[Address], Reply]


class Visits:
    """Visits to web addresses that know what went before: the last visit to each host, and its robots.txt."""

    def __init__(self, allowed: Collection[str] = (), pause: float = PAUSE, limits: Limits | None = None) -> None:
        """``allowed`` names hosts that may be visited wherever they lie, as ``host`` or ``host:port``."""
        self._allowed, self._pause, self._limits = allowed, pause, limits or Limits()
        self._rules: dict[str, Protego | Unreadable] = {}
        self._last: dict[str, float] = {}
        self._tired: set[str] = set()

    def open(self, address: Address, headers: Mapping[str, str]) -> Reply:
        """The page at an address, after redirects: status 200, or 304 where ``headers`` ask for it.

        Raises Unreadable, without naming the address, for any other status, where there is no reply, and where
        the address or one that it leads to may not be visited.
        """
        reply = _followed(address, lambda next_one: self._polite(next_one, headers))
        if reply.status == 200 or (reply.status == 304 and headers):
            return reply
        meaning = _MEANING.get(reply.status, "the host has trouble; try again later" if reply.status >= 500 else "")
        raise Unreadable(f"status {reply.status}: {meaning or 'nothing to read there; check the address'}")

    def _polite(self, address: Address, headers: Mapping[str, str]) -> Reply:
        """One visit, if the host is willing, and when it is."""
        rules = self._rules_of(address)
        if not rules.can_fetch(str(address), AGENT):
            raise Unreadable("robots.txt asks programs not to read it; open it in a browser and ingest the saved page")
        if address.host in self._tired:
            raise Unreadable("not visited, since the host has had enough for now; try again in an hour")
        self._wait(address.host, rules.crawl_delay(AGENT) or 0)
        reply = get(address, self._allowed, self._limits, headers)
        if reply.status in _TRY_LATER:
            self._tired.add(address.host)
        return reply

    def _wait(self, host: str, wanted: float) -> None:
        pause = max(self._pause, min(wanted, _LONGEST_PAUSE))
        due = self._last.get(host, -_LONGEST_PAUSE) + pause
        time.sleep(max(0.0, due - time.monotonic()))
        self._last[host] = time.monotonic()

    def _rules_of(self, address: Address) -> Protego:
        """What the host's robots.txt asks; read once, and where it cannot be read that is remembered too."""
        if address.origin not in self._rules:
            try:
                robots = parse("/robots.txt", address)
                reply = _followed(robots, lambda next_one: get(next_one, self._allowed, self._limits))
                self._rules[address.origin] = _rules(reply)
            except Unreadable as error:
                self._rules[address.origin] = error
        rules = self._rules[address.origin]
        if isinstance(rules, Unreadable):
            raise rules
        return rules


def _followed(first: Address, visit: Visit) -> Reply:
    """The reply at the end of the redirects."""
    address = first
    for _ in range(_REDIRECTS + 1):
        try:
            reply = visit(address)
            if reply.status not in {301, 302, 303, 307, 308} or "location" not in reply.headers:
                return reply
            address = parse(reply.headers["location"], address)
        except Unreadable as error:
            raise error if address == first else Unreadable(f"it leads to {address}: {error}") from error
    raise Unreadable(f"it leads on more than {_REDIRECTS} times; give the page's own address")


def _rules(reply: Reply) -> Protego:
    """What a robots.txt asks: without one everything is free, with one that cannot be had nothing is."""
    if reply.status == 200:
        return Protego.parse(reply.body[:_ROBOTS_BYTES].decode("utf-8", "replace"))
    if 400 <= reply.status < 500 and reply.status not in _TRY_LATER:
        return Protego.parse("")
    raise Unreadable(f"the host's robots.txt cannot be had (status {reply.status}); try again later")
