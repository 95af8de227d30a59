"""The same write sent twice is done once: ``Idempotency-Key``, for a day.

Kept are a digest of the key (with the principal who sent it), a digest of the body, and the
answer without the caller's words: ids, tokens and the entry. ``ref`` comes from the repeated body,
which is the same, or the call is refused.

Reading calls take no key: to read again is a new access and gets a new entry.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import msgspec
import sqlalchemy as sa

from bailee.canonical import frame
from bailee.clock import write_time
from bailee.errors import Conflict, Invalid
from bailee.vault import store
from bailee.vault.shapes import Answer, Request
from bailee.vault.tables import idempotency

A = TypeVar("A", bound=Answer)
LIFE = timedelta(hours=24)
LONGEST = 255


@dataclass(frozen=True, slots=True)
class Once(Generic[A]):
    """One call with an idempotency key.

    Attributes:
        key: the controller's reference key.
        sent: principal, verb and the caller's idempotency key.
        body: the request.
        bare: an answer without the caller's words; called before it is kept.
        full: a kept answer with the words of the repeated body.
    """

    controller: str
    key: bytes
    sent: tuple[str, str, str]
    body: Request
    kind: type[A]
    bare: Callable[[A], A]
    full: Callable[[A], A]

    def __post_init__(self) -> None:
        if not 0 < len(self.sent[2]) <= LONGEST:
            raise Invalid("idempotency.key", f"An Idempotency-Key has 1 to {LONGEST} characters.")

    def earlier(self, conn: sa.Connection, now: datetime) -> A | None:
        """Return what the same call was answered before.

        Raises:
            Conflict: ``idempotency.reused`` when the key came with another body.
        """
        found = store.earlier_answer(conn, self.controller, self._key_mac(), write_time(now))
        if found is None:
            return None
        if not hmac.compare_digest(found[0], self._body_mac()):
            raise Conflict(
                "idempotency.reused",
                "That Idempotency-Key was used for another body.",
                do="Use a new key for a new call.",
            )
        return self.full(msgspec.json.decode(found[1], type=self.kind))

    def keep(self, conn: sa.Connection, now: datetime, answer: A) -> None:
        """Keep an answer until its life is over; older ones go."""
        store.drop_expired_answers(conn, self.controller, write_time(now))
        row = {
            "controller": self.controller,
            "key_mac": self._key_mac(),
            "body_mac": self._body_mac(),
            "answer": msgspec.json.encode(self.bare(answer)),
            "expires": write_time(now + LIFE),
        }
        store.insert(conn, idempotency, [row])

    def _key_mac(self) -> bytes:
        principal, _, key = self.sent
        return self._mac(b"bailee idempotency key", principal.encode(), key.encode())

    def _body_mac(self) -> bytes:
        return self._mac(
            b"bailee idempotency body", self.sent[1].encode(), msgspec.json.encode(self.body)
        )

    def _mac(self, *parts: bytes) -> bytes:
        return hmac.digest(self.key, frame(*parts), "sha256")
