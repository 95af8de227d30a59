"""A witness on a real socket, its clock in the test's hand."""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bailee.clock import Clock
from bailee.ledger.note import Verifier, read_vkey
from bailee.witness import Book, Door, Judge, Kept, create
from tests.witness.tree import Log

NAME = "witness.example/w1"
NOON = 1_795_003_200


class Post:
    """A witness that is served, and short words for what tests do with it."""

    def __init__(self, path: Path, name: str = NAME) -> None:
        self.path = path
        self.time = NOON
        self.verifier: Verifier = create(path, name)
        self.log = Log()
        self.trust(self.log.vkey)

    def trust(self, vkey: str) -> None:
        """Let the witness know a log."""
        verifier = read_vkey(vkey)
        book = Book(self.path)
        book.trust(verifier.name, verifier)
        book.close()

    def lend(self, name: str, megabytes: int = 1) -> str:
        """Lend a place; return its token."""
        book = Book(self.path)
        token = Kept(book).lend(name, megabytes)
        book.close()
        return token

    @contextmanager
    def served(self, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[str]:
        """Serve until the test is done; yield the address."""
        book = Book(self.path)
        clock = Clock(lambda: datetime.fromtimestamp(self.time, UTC))
        door = Door(Judge(book, clock), "127.0.0.1", port, tls=tls, kept=Kept(book))
        thread = threading.Thread(target=door.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield door.url
        finally:
            door.shutdown()
            thread.join(20)
            door.server_close()
            book.close()

    def cosigned(self, origin: str) -> tuple[str, str]:
        """Return the newest note of a log and our line, as `witness show` prints them."""
        book = Book(self.path)
        seen = book.seen(origin)
        book.close()
        assert seen is not None
        return seen.note, seen.line

    def seen(self) -> tuple[int, bytes]:
        """Return size and root that the file holds for the log."""
        book = Book(self.path)
        seen = book.seen(self.log.origin)
        book.close()
        return (seen.size, seen.root) if seen else (0, b"")


def send(url: str, body: str | bytes, path: str = "/add-checkpoint") -> tuple[int, str, str]:
    """Post a body; return status, media type and text."""
    line = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    try:
        line.request("POST", path, body.encode() if isinstance(body, str) else body)
        answer = line.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read().decode()
    finally:
        line.close()
