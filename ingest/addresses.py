"""Web addresses: which may be visited at all, and which lead to the same page. The only file that knows httpx2."""

from __future__ import annotations

import hashlib
import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from httpx2 import URL, InvalidURL

from newsdesk.archive.address import is_tracking
from newsdesk.errors import Unreadable

MAX_CHARS = 2000
"""Longest address that is visited; browsers and servers take hardly more."""
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?|[0-9a-f]*:[0-9a-f:.]*")
_GLOBAL_IPV6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_INDEX = re.compile(r"(?:/|/(?:index|default)\.(?:html?|php|aspx?|jsp))$")
_NOT_ASCII = re.compile(r"(?:%[89a-f][0-9a-f])+", re.IGNORECASE)
_SLUG_CHARS = 160


@dataclass(frozen=True, slots=True)
class Address:
    """A web address in the one form that is both checked and visited: ASCII throughout, without a fragment."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        """Scheme, host and port: what one robots.txt speaks for."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")

    def __str__(self) -> str:
        return self.origin + self.target


def parse(text: str, base: Address | None = None) -> Address:
    """The address that a text names, on the page ``base`` where it is relative.

    Raises Unreadable where it is no http(s) address, or holds a name and password.
    """
    if len(text) > MAX_CHARS:
        raise Unreadable(f"the address is longer than {MAX_CHARS:,} characters; give the page's short one")
    try:
        url = URL(str(base)).join(text.strip()) if base else URL(text.strip())
        host = url.raw_host.decode("ascii").lower()
    except (InvalidURL, ValueError) as error:
        raise Unreadable(f"it is no web address ({error}); check it") from error
    if url.scheme not in _PORTS:
        raise Unreadable("only http:// and https:// addresses are visited; for a file on this machine give its path")
    if url.userinfo:
        raise Unreadable("an address with a name and password in it is not visited; take them out")
    port = _PORTS[url.scheme] if url.port is None else url.port
    if not _HOST.fullmatch(host) or not 0 < port < 2**16:
        raise Unreadable("it names no host that can be reached; check the address")
    return Address(url.scheme, host, port, url.raw_path.decode("ascii"))


def resolve(address: Address, allowed: Collection[str]) -> list[str]:
    """The IP addresses of its host, each of them public unless the host is allowed by name.

    ``allowed`` holds ``host`` or ``host:port``. Raises Unreadable where the host is unknown, or where any of its
    addresses lies in a network that is not the world's: then the name is not to be trusted.
    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreadable(f"there is no host {address.host} (DNS); check the address and the connection") from error
    numbers = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not is_allowed(address, allowed) and not all(is_public(ip_address(number)) for number in numbers):
        raise Unreadable(
            f"{address.host} lies in a private or reserved network, which is not visited;"
            f" if that is meant, set NEWSDESK_ALLOW_HOSTS={address.host}"
        )
    return numbers


def is_allowed(address: Address, allowed: Collection[str]) -> bool:
    """Whether the host is among those that may be visited wherever they lie."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    return any(name in allowed for name in (address.host, host, f"{host}:{address.port}"))


def is_public(number: IPv4Address | IPv6Address) -> bool:
    """Whether an IP address belongs to a single host of the world's network.

    An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) is what is reached, so it is what is judged.
    """
    if isinstance(number, IPv6Address):
        if inner := _inner(number):
            return is_public(inner)
        if number not in _GLOBAL_IPV6:
            return False
    return number.is_global and not (number.is_multicast or number.is_reserved)


def _inner(number: IPv6Address) -> IPv4Address | None:
    if number in _NAT64:
        return IPv4Address(number.packed[-4:])
    return number.ipv4_mapped or number.sixtofour


def canonical(stated: object, visited: Address) -> Address:
    """The page's own address as it states it, or that at which it was found; without tracking parameters.

    A page speaks only for its own site: what it says of another's pages would let it take their place. Nor can
    it be the site's front page, which some sites state on every page.
    """
    try:
        own = parse(stated, visited) if isinstance(stated, str) and stated else visited
    except Unreadable:
        own = visited
    front = own.target == "/" != visited.target
    return without_tracking(visited if front or not is_same_site(own, visited) else own)


def without_tracking(address: Address) -> Address:
    """The address without what says how a reader came to it."""
    path, _, query = address.target.partition("?")
    kept = [pair for pair in query.split("&") if pair and not is_tracking(pair.partition("=")[0])]
    return Address(address.scheme, address.host, address.port, "?".join([path, "&".join(kept)] if kept else [path]))


def is_same_site(one: Address, other: Address) -> bool:
    """Whether two hosts are one, or one is under the other: m.example.com and www.example.com."""
    first, second = _bare(one), _bare(other)
    return first == second or first.endswith(f".{second}") or second.endswith(f".{first}")


def slug(address: Address) -> str:
    """The id of the article at an address: readable, and the same by whichever of its spellings it was reached."""
    path, _, query = without_tracking(address).target.partition("?")
    name = "/".join([_bare(address) + _INDEX.sub("", path), *sorted(query.split("&") if query else [])])
    name = "".join(sign if sign.isprintable() else "-" for sign in _NOT_ASCII.sub(_decoded, name))
    if len(name) <= _SLUG_CHARS:
        return name
    return f"{name[:_SLUG_CHARS]}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def suffix(address: Address) -> str:
    """The suffix of the file that the address names, in lower case: ".pdf", or nothing."""
    name = urlsplit(str(address)).path.rpartition("/")[2]
    return f".{name.rpartition('.')[2].lower()}" if "." in name else ""


def _decoded(escaped: re.Match[str]) -> str:
    """Letters of other scripts as themselves, if they are UTF-8."""
    try:
        return bytes.fromhex(escaped[0].replace("%", "")).decode()
    except UnicodeDecodeError:
        return escaped[0]


def _bare(address: Address) -> str:
    """The host without "www.", and its port where that is unusual."""
    port = "" if address.port in _PORTS.values() else f":{address.port}"
    return address.host.rstrip(".").removeprefix("www.") + port
