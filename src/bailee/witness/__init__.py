"""A witness: somebody else's machine that remembers how far each log has come (C5.2).

The promise: for one log and one size it cosigns one root, ever; a larger size only with the proof
that it extends what was cosigned before (C2SP tlog-witness, tlog-cosignature). It needs no home,
no key of the house and no data: it sees sizes and hashes. Whoever runs it must not be who runs
the log.

It may also lend places to houses that it trusts: lines that only they can read, and that nobody
takes away again (C6). They are the second place of tombstones and signing guards.

What it remembers is one SQLite file, which also holds its key: whoever lost the file must begin
under a new key, because the old one would cosign a second history. For the same reason no copy of
the file is ever put back.

Reading order: ``submission`` (what a log sends), ``book`` (what is remembered, compare and swap),
``judge`` (the answers to logs), ``kept`` (places that are lent), ``door`` (HTTP).
"""

from bailee.witness.book import Book, Seen, create
from bailee.witness.door import Door
from bailee.witness.judge import Answer, Judge
from bailee.witness.kept import Kept
from bailee.witness.submission import Submission, read_submission

__all__ = [
    "Answer",
    "Book",
    "Door",
    "Judge",
    "Kept",
    "Seen",
    "Submission",
    "create",
    "read_submission",
]
