"""A small real HTTP server that speaks the OpenAI chat protocol, each answer as scripted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

Reply = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Peer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(json.loads(body))
        self.server.keys.append(self.headers.get("Authorization", ""))
        replies = self.server.replies
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        try:
            reply(self)
            self.server.written.set()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
            self.server.left.set()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output clean."""

    def whole(self, status: int, body: str, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def piece(self, data: str) -> None:
        line = f"data: {data}\n\n".encode()
        self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
        self.wfile.flush()

    def start(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")


class Peer(ThreadingHTTPServer):
    """Listens on a free port of the loopback; the last reply of the script is repeated."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[dict[str, object]] = []
        self.keys: list[str] = []
        self.replies: list[Reply] = []
        self.stopping = threading.Event()
        self.written = threading.Event()
        """That an answer is written to its end."""
        self.left = threading.Event()
        """That who asked has gone before the answer was over."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def script(self, *replies: Reply) -> None:
        self.replies = list(replies)

    def __enter__(self) -> Peer:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()


def chunk(text: str | None, finish: str | None = None, **more: object) -> str:
    delta: dict[str, object] = {"role": "assistant", **({"content": text} if text is not None else {}), **more}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return json.dumps({"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})


def says(text: str, finish: str = "stop") -> Reply:
    """An answer, word by word, ended as the protocol wants it."""

    def reply(handler: Handler) -> None:
        handler.start()
        for word in _words(text):
            handler.piece(chunk(word))
        handler.piece(chunk(None, finish))
        handler.piece("[DONE]")
        handler.end()

    return reply


def _words(text: str) -> Iterable[str]:
    return (word + " " for word in text.split(" "))


def fails(status: int, message: str, code: str = "", kind: str = "invalid_request_error") -> Reply:
    body = json.dumps({"error": {"message": message, "type": kind, "code": code or None}})
    return lambda handler: handler.whole(status, body)


def hangs(seconds: float) -> Reply:
    def reply(handler: Handler) -> None:
        handler.server.stopping.wait(seconds)
        handler.close_connection = True

    return reply


def drips(text: str, pause: float) -> Reply:
    """Words at a pace that no gap betrays: only the limit of the whole ends it."""

    def reply(handler: Handler) -> None:
        handler.start()
        for word in _words(text):
            handler.piece(chunk(word))
            time.sleep(pause)

    return reply


def cut(text: str, politely: bool) -> Reply:
    """An answer that breaks off: ``politely`` with an ended stream but no reason, or with the connection torn."""

    def reply(handler: Handler) -> None:
        handler.start()
        for word in _words(text):
            handler.piece(chunk(word))
        if politely:
            handler.end()
        handler.close_connection = True

    return reply


def malformed(handler: Handler) -> None:
    handler.start()
    handler.piece('{"choices": [{"delta": {"content": "The fer')
    handler.end()


def not_json(handler: Handler) -> None:
    handler.whole(200, "<html><body>Welcome to the hotel network</body></html>", "text/html")


def refusal(handler: Handler) -> None:
    handler.start()
    handler.piece(chunk(None, None, refusal="I cannot help with that."))
    handler.piece(chunk(None, "stop"))
    handler.piece("[DONE]")
    handler.end()
