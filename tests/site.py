"""A web site of a test's own: a real server on loopback that says what it is told, and knows what it was asked."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Send = Callable[[BaseHTTPRequestHandler], object]
SENTENCES = (
    "The old ferry left the harbour of Tollen before dawn on its last crossing to the island.",
    "Some forty passengers stood on deck in the rain, and several of them had brought flowers.",
    "Captain Ilse Varga said that she had made the crossing more than eleven thousand times.",
    "A new bridge, which was opened by the mayor in the spring, has taken most of the traffic away.",
    "The company will keep the ship at the quay as a museum, if the council agrees to pay for its paint.",
)


class Site:
    """What is at each path; a path that is not there answers 404, as does robots.txt unless it is given."""

    def __init__(self) -> None:
        self.pages: dict[str, Send] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.origin = ""

    def put(self, path: str, body: str | bytes, kind: str = "text/html", status: int = 200, **headers: str) -> str:
        """Put a document at a path, and give its address."""
        content = body.encode() if isinstance(body, str) else body

        def send(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
                request.send_header(name.replace("_", "-"), value)
            request.end_headers()
            request.wfile.write(content)

        return self.do(path, send)

    def do(self, path: str, send: Send) -> str:
        """Have a function of the test's own answer at a path."""
        self.pages[path] = send
        return self.origin + path

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        return self.put(path, "", status=status, Location=to)

    def paths(self) -> list[str]:
        """What was asked for, in order, robots.txt left out."""
        return [path for path, _ in self.asked if path != "/robots.txt"]

    @property
    def host(self) -> str:
        return self.origin.removeprefix("http://")


@contextmanager
def serve(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site for as long as the context lasts."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            try:
                site.pages.get(self.path, _missing)(self)
            except OSError:  # the client has seen enough and gone
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    site.origin = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _missing(request: BaseHTTPRequestHandler) -> None:
    request.send_error(404)


def story(title: str = "Last crossing of the Tollen ferry", head: str = "", sentences: int = 5) -> str:
    """A page with an article on it."""
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[:sentences])
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>{title}</h1>{paragraphs}</article><footer>All rights reserved</footer></body></html>"
    )
