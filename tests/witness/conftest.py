"""A witness on a real socket, its clock in the test's hand."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bailee.clock import Clock
from bailee.ledger.note import Verifier, read_vkey
from bailee.witness import Book, Door, Judge, create
from tests.witness.tree import Log

NAME = "witness.example/w1"
NOON = 1_795_003_200


class Post:
    """A witness that is served, and short words for what tests do with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.time = NOON
        self.verifier: Verifier = create(path, NAME)
        self.log = Log()
        self.trust(self.log)

    def trust(self, log: Log) -> None:
        """Let the witness know a log."""
        book = Book(self.path)
        book.trust(log.origin, read_vkey(log.vkey))
        book.close()

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve until the test is done; yield the address."""
        book = Book(self.path)
        clock = Clock(lambda: datetime.fromtimestamp(self.time, UTC))
        door = Door(Judge(book, clock), "127.0.0.1", 0)
        thread = threading.Thread(target=door.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield door.url
        finally:
            door.shutdown()
            thread.join(20)
            door.server_close()
            book.close()

    def seen(self) -> tuple[int, bytes]:
        """Return size and root that the file holds for the log."""
        book = Book(self.path)
        seen = book.seen(self.log.origin)
        book.close()
        return (seen.size, seen.root) if seen else (0, b"")


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """Return a witness that knows one log and saw nothing of it."""
    return Post(tmp_path / "witness.db")


@pytest.fixture
def url(post: Post) -> Iterator[str]:
    """Return the address where it is served."""
    with post.served() as address:
        yield address


def send(url: str, body: str | bytes, path: str = "/add-checkpoint") -> tuple[int, str, str]:
    """Post a body; return status, media type and text."""
    line = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    try:
        line.request("POST", path, body.encode() if isinstance(body, str) else body)
        answer = line.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read().decode()
    finally:
        line.close()
