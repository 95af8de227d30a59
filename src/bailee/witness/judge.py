"""The answers of a witness. Those of ``add-checkpoint``, in the order of C2SP tlog-witness.

400 malformed, or an old size past the checkpoint's · 404 unknown origin · 403 no trusted key
signed · 409 with the size that was cosigned last, where the old size is another one · 422 another
root of that size (409 in version 1.0.0 of the specification, where logs cannot tell it from the
other 409), or no proof that the checkpoint extends it · 200 with our line.

An answer says nothing that was not durable before.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

from bailee.clock import Clock
from bailee.errors import Failure
from bailee.ledger.merkle import EMPTY_ROOT, is_consistent
from bailee.ledger.note import open_note
from bailee.witness.book import Book, Page, Seen
from bailee.witness.submission import Submission, read_submission

PLAIN, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"


class Answer(NamedTuple):
    """A status, what kind of text follows, the text."""

    status: int
    kind: str
    text: str


class Judge:
    """Decides about checkpoints and writes down what it cosigned.

    Args:
        book: what is remembered.
        clock: never goes back, and never before the latest time in the book.
    """

    def __init__(self, book: Book, clock: Clock) -> None:
        self._book = book
        self._clock = clock

    def add(self, body: bytes) -> Answer:
        """Answer a submission.

        Raises:
            Unavailable: ``witness.file``, ``clock.set_back``; nothing is cosigned then.
        """
        try:
            asked = read_submission(body)
        except Failure as failure:
            return _refusal(400, failure.code)
        trusted = self._book.trusted(asked.checkpoint.origin)
        if not trusted:
            return _refusal(404, "witness.origin")
        try:
            open_note(asked.note, trusted)
        except Failure as failure:
            return _refusal(403, failure.code)
        if asked.old > asked.checkpoint.size:
            return _refusal(400, "witness.old")
        return self._book.change(lambda page: self._decide(page, asked))

    def newest(self, name: str) -> Answer:
        """Answer who asks for the newest checkpoint of the log whose origin has this SHA-256."""
        for origin in self._book.origins():
            seen = self._book.seen(origin)
            if seen and sha256(origin.encode()).hexdigest() == name:
                return Answer(200, PLAIN, seen.note + seen.line)
        return _refusal(404, "witness.origin")

    def _decide(self, page: Page, asked: Submission) -> Answer:
        """Compare and swap; the caller's commit makes it durable before the answer leaves."""
        new, last = asked.checkpoint, page.seen(asked.checkpoint.origin)
        size, root = (last.size, last.root) if last else (0, EMPTY_ROOT)
        time = self._time(page.newest())
        forked = new.size == size and new.root != root
        if forked and last:  # signed: the proof of two histories, whatever was asked with it
            page.write_fork(new.origin, Seen(size, new.root, asked.note, "", time))
        if asked.old != size:
            return Answer(409, SIZE, f"{size}\n")
        if forked or not is_consistent((size, root), (new.size, new.root), asked.proof):
            return _refusal(422, "witness.proof")
        line = self._book.signer.cosign(asked.text, time)
        page.write(new.origin, Seen(new.size, new.root, asked.note, line, time))
        return Answer(200, PLAIN, line)

    def _time(self, newest: int) -> int:
        self._clock.raise_floor(datetime.fromtimestamp(newest, UTC))
        return int(self._clock.now().timestamp())


def _refusal(status: int, code: str) -> Answer:
    return Answer(status, PLAIN, f"{code}\n")
