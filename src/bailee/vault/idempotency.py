"""The same write sent twice is done once: ``Idempotency-Key``, for a day.

The batches of a file come under keys that begin with ``import-``. These are kept for thirty days:
whoever imports may lose power on a Friday and go on after a holiday; and a colleague may go on, so
the random id in such a key stands for the work itself, whoever sends it (decision 0013).

Kept are a mark of the key (with the principal who sent it), a mark of the body with that key, and
the answer without the caller's words: ids, tokens and the entry. Marks are renewed with the key
that makes them (``renew``), so a call is known again while its life lasts. ``ref`` comes from the
repeated body, which is the same, or the call is refused.

Reading calls take no key: to read again is a new access and gets a new entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec
import sqlalchemy as sa

from bailee.clock import write_time
from bailee.errors import Conflict, Invalid
from bailee.keys import Keys
from bailee.vault import store
from bailee.vault.mark import Marks, digest
from bailee.vault.rows import insert
from bailee.vault.shapes import Answer, Erased, Protect, Protected, Request, Update, Updated
from bailee.vault.tables import idempotency

A = TypeVar("A", bound=Answer)
LIFE = timedelta(hours=24)
IMPORT, IMPORT_LIFE = "import-", timedelta(days=30)
LONGEST = 255
CALL = b"call"
"""Use of the marks that find calls."""
_DECODERS: Mapping[type, msgspec.json.Decoder[Any]] = {
    kind: msgspec.json.Decoder(kind) for kind in (Protected, Updated, Erased)
}
"""Made here, before any thread runs: msgspec describes a type in steps that let other threads in,
and one that decodes by a half-made description brings the process down."""


@dataclass(frozen=True, slots=True)
class Once(Generic[A]):
    """One call with an idempotency key.

    Attributes:
        keys: the reference key of the controller makes the marks.
        sent: principal, verb and the caller's idempotency key.
        body: the request.
        kind: the type of the answer.
    """

    controller: str
    keys: Keys
    sent: tuple[str, str, str]
    body: Request
    kind: type[A]

    def earlier(self, conn: sa.Connection, now: datetime) -> A | None:
        """Return what the same call was answered before.

        Raises:
            Conflict: ``idempotency.reused`` when the key came with another body.
            Invalid: ``idempotency.key`` for an empty or overlong key.
        """
        if not 0 < len(self.sent[2]) <= LONGEST:
            raise Invalid("idempotency.key", f"An Idempotency-Key has 1 to {LONGEST} characters.")
        marks = self._marks()
        mine = marks.all(self._called())
        found = store.earlier_answer(conn, self.controller, mine, write_time(now))
        if found is None:
            return None
        if found[0] not in marks.all(self._sent()):
            raise Conflict(
                "idempotency.reused",
                "That Idempotency-Key was used for another body.",
                do="Use a new key for a new call.",
            )
        answer: A = _DECODERS[self.kind].decode(found[1])
        return _with_refs(answer, _refs(self.body))

    def keep(self, conn: sa.Connection, now: datetime, answer: A) -> None:
        """Keep an answer until its life is over; older ones go."""
        store.drop_expired_answers(conn, self.controller, write_time(now))
        plain = msgspec.json.encode(_with_refs(answer, ()))
        expires = write_time(now + self._life())
        marks = self._marks()
        mine = marks.make(self._called()), marks.make(self._sent())
        row = (self.controller, *mine, plain, expires)
        insert(conn, idempotency, "controller mark body answer expires", [row])

    def _life(self) -> timedelta:
        return IMPORT_LIFE if self._imports else LIFE

    @property
    def _imports(self) -> bool:
        return self.sent[1] == "protect" and self.sent[2].startswith(IMPORT)

    def _marks(self) -> Marks:
        return Marks(self.keys.reference_keys(self.controller), CALL)

    def _called(self) -> bytes:
        return digest(b"bailee idempotency key", *self._whose())

    def _sent(self) -> bytes:
        """Return the digest of the body, with the call's key: one body alone cannot be guessed."""
        body = msgspec.json.encode(self.body)
        return digest(b"bailee idempotency body", *self._whose(), self.sent[1].encode(), body)

    def _whose(self) -> tuple[bytes, bytes]:
        principal, _, key = self.sent
        return b"" if self._imports else principal.encode(), key.encode()


def _refs(body: Request) -> list[str]:
    """Return the caller's words for the items, in order; none for calls that have none."""
    return [sent.ref for sent in body.records] if isinstance(body, Protect | Update) else []


def _with_refs(answer: A, refs: Sequence[str]) -> A:
    """Return an answer with these words for its items; none takes them out."""
    if not isinstance(answer, Protected | Updated):
        return answer
    words = refs or [""] * len(answer.results)
    results = [
        msgspec.structs.replace(one, ref=ref)
        for one, ref in zip(answer.results, words, strict=True)
    ]
    return msgspec.structs.replace(answer, results=results)
