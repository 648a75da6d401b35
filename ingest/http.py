"""One GET: to an address that was checked, within limits of size and time. The only file that knows httpcore2.

The name is resolved once, in the place where the connection is made, and the connection goes to the very numbers
that were checked there: a name that changes its answer meanwhile gains nothing. Every GET has a connection of its
own, no cookies, and no proxy; each redirect is a new GET.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import httpcore2

from ingest.addresses import Address, resolve
from ingest.source import MAX_BYTES
from newsdesk import __version__
from newsdesk.errors import Unreadable

AGENT = "newsdesk"
"""The name by which a robots.txt can speak to newsdesk."""
_HEADERS = {
    "User-Agent": f"{AGENT}/{__version__} (brings news articles into a reader's own archive)",
    "Accept": "text/html, application/xhtml+xml, application/xml;q=0.9, text/plain;q=0.8, */*;q=0.5",
    "Accept-Encoding": "gzip",
}
_GZIP = 31
"""The window bits by which zlib reads gzip's format."""
_PIECE = 2**16
_NO_TEXT = ("image/", "video/", "audio/", "font/")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the world's patience and memory one GET may cost: seconds, and bytes after decompression."""

    connect: float = 10
    read: float = 20
    total: float = 60
    size: int = MAX_BYTES


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; the names of the headers are in lower case."""

    address: Address
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The kind of the body without its parameters: "text/html", or nothing."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def get(address: Address, allowed: Collection[str], limits: Limits, headers: Mapping[str, str] | None = None) -> Reply:
    """The server's reply, whatever its status; a redirect is not followed, and only a 200's body is read.

    Raises Unreadable, without naming the address, where there is no reply within the limits.
    """
    backend = _Checked(address, allowed, time.monotonic() + limits.total)
    timeouts = {"connect": limits.connect, "read": limits.read, "write": limits.read}
    with httpcore2.ConnectionPool(_tls(), network_backend=backend) as pool:
        try:
            sent = list((_HEADERS | dict(headers or {})).items())
            with pool.stream("GET", _url(address), headers=sent, extensions={"timeout": timeouts}) as response:
                received = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                body = _body(response, received, limits.size) if response.status == 200 else b""
                return Reply(address, response.status, received, body)
        except httpcore2.TimeoutException as error:
            raise Unreadable("no answer in time; try again later") from error
        except httpcore2.ConnectError as error:
            raise Unreadable(_why_not_connected(error)) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise Unreadable(f"the connection broke off ({error}); try again later") from error


def unpacked(body: bytes, limit: int) -> bytes:
    """What a gzip file holds. Raises Unreadable where it is more than ``limit`` bytes, or damaged."""
    return _joined(_inflated([body]), limit)


class _Checked(httpcore2.NetworkBackend):
    """Connects to nothing but the host of one address, at a number that was checked, until a moment in time."""

    def __init__(self, address: Address, allowed: Collection[str], deadline: float) -> None:
        self._address, self._allowed, self._deadline = address, allowed, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to the first of the host's numbers that answers; host and port are those of the address."""
        numbers = resolve(self._address, self._allowed)
        for number in numbers[:-1]:
            try:
                return self._connect(number, timeout)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return self._connect(numbers[-1], timeout)

    def _connect(self, number: str, timeout: float | None) -> httpcore2.NetworkStream:
        left = _least(timeout, self._deadline, httpcore2.ConnectTimeout)
        stream = httpcore2.SyncBackend().connect_tcp(number, self._address.port, left)
        return _Timed(stream, self._deadline)


class _Timed(httpcore2.NetworkStream):
    """A connection on which nothing is waited for beyond a moment in time, however slowly it drips."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _least(timeout, self._deadline, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _least(timeout, self._deadline, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _least(timeout, self._deadline, httpcore2.ConnectTimeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _least(timeout: float | None, deadline: float, late: type[Exception]) -> float:
    """Seconds that may still be waited."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("the time for the whole is over")
    return left if timeout is None else min(timeout, left)


@cache
def _tls() -> ssl.SSLContext:
    """The machine's own trusted certificates; reading them takes a while, so once."""
    return httpcore2.default_ssl_context()


def _url(address: Address) -> httpcore2.URL:
    return httpcore2.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target)


def _body(response: httpcore2.Response, headers: Mapping[str, str], limit: int) -> bytes:
    """The body, decompressed; it is left unread where its announced kind or length is out of the question."""
    if (kind := headers.get("content-type", "").strip().lower()).startswith(_NO_TEXT):
        raise Unreadable(f"it is no article but {kind:.40}; give the article's own page")
    announced = headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding not in {"identity", "", "gzip", "x-gzip"}:
        raise Unreadable(f"it came compressed in a way that was not asked for ({coding:.20}); save the page as a file")
    pieces = response.iter_stream()
    return _joined(_inflated(pieces) if coding.endswith("gzip") else pieces, limit)


def _joined(pieces: Iterable[bytes], limit: int) -> bytes:
    """The pieces as one, as long as they are no more than ``limit`` bytes."""
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > limit:
            raise _too_large(limit)
    return bytes(body)


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """gzip undone in small steps, so that no input can swell beyond one step at a time."""
    stream = zlib.decompressobj(_GZIP)
    try:
        for piece in pieces:
            while piece:
                yield stream.decompress(piece, _PIECE)
                piece = stream.unconsumed_tail
        yield stream.flush()
    except zlib.error as error:
        raise Unreadable("its compression is damaged; try again later") from error
    if not stream.eof:
        raise Unreadable("it broke off before its end; try again later")


def _too_large(limit: int) -> Unreadable:
    return Unreadable(f"it is larger than {limit / 2**20:.0f} MB, far more than an article; give a smaller one")


def _why_not_connected(error: httpcore2.ConnectError) -> str:
    """What lies behind a failed connection: the certificate, TLS at all, or the way there."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted ({cause.verify_message.rstrip('.')}); check the address"
    if isinstance(cause, ssl.SSLError):
        return f"no secure connection ({cause.reason or 'TLS'}); check whether the address is right with https"
    return f"no connection ({error}); check the address, or try again later"
