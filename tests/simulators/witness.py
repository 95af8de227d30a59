"""A witness that says what a test wants, on a real socket, and counts what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bailee.app.post import post

Answer = tuple[int, str, bytes]
PLAIN, SIZE = "text/plain", "text/x.tlog.size"
DOWN = (503, PLAIN, b"")


def forward(url: str) -> Callable[[bytes], Answer]:
    """Return what lets a real witness at an address answer."""

    def say(body: bytes) -> Answer:
        answer = post(f"{url}/add-checkpoint", body)
        return answer.status, answer.kind, answer.body

    return say


class SimulatedWitness:
    """Answers with ``say(body)``; a test may replace that at any time."""

    def __init__(self, say: Callable[[bytes], Answer]) -> None:
        self.say = say
        self.asked: list[bytes] = []
        self.url = ""

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve until the test is done; yield the address."""
        witness = self

        class Request(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                witness.asked.append(body)
                status, kind, data = witness.say(body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                pass

        server = Server(("127.0.0.1", 0), Request)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self.url
        finally:
            server.shutdown()
            thread.join(20)
            server.server_close()
