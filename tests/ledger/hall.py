"""A desk whose checkpoints are shown to witnesses: real ones on sockets, and simulated ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from bailee.app.post import post
from bailee.clock import Clock
from bailee.ledger import Witnessing, read_policy
from bailee.ledger.note import open_note, read_vkey
from tests.ledger.desk import ACME, LOG, Desk
from tests.witness.post import Post


def until(fact: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + 30
    while not fact():
        assert time.monotonic() < end, "it did not become so"
        time.sleep(0.02)


class Hall:
    """Witnesses w1, w2, … with addresses, of which a quorum is asked."""

    def __init__(self, desk: Desk, folder: Path, stack: ExitStack) -> None:
        self.desk, self.folder, self.stack = desk, folder, stack
        self.posts: list[Post] = []
        self.lines: list[str] = []
        self.running: list[Witnessing] = []
        self.leading = True

    def witness(self, url: str | None = None) -> Post:
        """Add a witness; with an address of somebody else, that one answers in its place."""
        name = f"w{len(self.posts) + 1}"
        made = Post(self.folder / f"{name}.db", f"witness.example/{name}")
        made.trust(self.desk.ledger.vkey(LOG))
        self.posts.append(made)
        at = self.stack.enter_context(made.served()) if url is None else url
        self.lines.append(f"witness {name} {made.verifier.vkey} {at}\n")
        return made

    def policy(self, least: int | str = "all") -> str:
        """Return the policy as a file's text."""
        names = " ".join(f"w{n}" for n in range(1, len(self.posts) + 1))
        return f"{''.join(self.lines)}group g {least} {names}\nquorum g\n"

    def start(self, least: int | str = "all") -> Witnessing:
        """Begin to show checkpoints, as a process that starts."""
        made = Witnessing(read_policy(self.policy(least).encode()), post, self.clock())
        made.start(self.desk.database, lambda: self.leading, lambda: len(self.desk.secrets.moves))
        self.running.append(made)
        return made

    def clock(self) -> Clock:
        """Return the desk's clock."""

        def now() -> datetime:
            return self.desk.time

        return Clock(now)

    def stop(self) -> None:
        """End whatever runs."""
        for one in self.running:
            one.stop()
        self.running.clear()

    def cosigners(self) -> list[str]:
        """Return whose verified lines stand under the newest checkpoint."""
        text = self.desk.note()
        names = []
        for number, made in enumerate(self.posts, 1):
            if made.verifier.name in text.split("\n\n")[1]:
                open_note(text, [made.verifier, read_vkey(self.desk.ledger.vkey(LOG))])
                names.append(f"w{number}")
        return names

    def quorums(self) -> list[int]:
        """Return the sizes that a quorum saw."""
        rows = self.desk.sql("SELECT size FROM ledger_quorum ORDER BY size")
        return [row.size for row in rows]

    def held(self) -> Sequence[int]:
        """Return the sizes that witnesses hold against the log."""
        return [row.size for row in self.desk.sql("SELECT size FROM ledger_ahead")]


__all__ = ["ACME", "LOG", "Hall", "until"]
