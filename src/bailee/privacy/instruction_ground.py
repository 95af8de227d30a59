"""What instructions are measured by, loaded in the transaction that judges them (C7.3(2))."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from bailee.access import Schema, disclosure_store, freeze_store
from bailee.access.consent import Leaving, covering
from bailee.access.disclosure import Abroad, Mechanism, grounded
from bailee.agreement import Agreement
from bailee.errors import Refused
from bailee.privacy.instruction import Instruction
from bailee.privacy.objection import Ground
from bailee.procedures import Claim

Known = Callable[[sa.Connection, str, str], bool]
"""Says whether a controller has a person's request of that id."""


def any_request(_conn: sa.Connection, _controller: str, _request: str) -> bool:
    """Return yes, where no register of requests is kept."""
    return True


def no_laws(_conn: sa.Connection, _controller: str) -> Iterable[Claim]:
    """Return no claims beside the agreement's own."""
    return ()


@dataclass(frozen=True)
class Sources:
    """Where grounds come from.

    Attributes:
        rules: the agreement in force.
        laws: lines of the laws that apply.
        schema: what the catalogue says of elements.
        mechanism: what a transfer rests on.
        known: whether a person's request is there.
    """

    rules: Callable[[sa.Connection, str], Agreement]
    schema: Schema
    laws: Callable[[sa.Connection, str], Iterable[Claim]] = no_laws
    mechanism: Mechanism = grounded
    known: Known = any_request

    def ground(self, conn: sa.Connection, controller: str, now: datetime) -> Ground:
        """Return what a controller's instructions are measured by now.

        Raises:
            NotFound: ``controller.unknown``, ``agreement.none``; Gone: ``controller.destroyed``.
        """
        frozen = {name for one in freeze_store.freezes(conn, controller) for name in one.elements}
        return Ground(
            agreement=self.rules(conn, controller),
            names=self.schema.names,
            now=now,
            laws=tuple(self.laws(conn, controller)),
            frozen=frozenset(frozen),
            consent=partial(self._consent, conn, now),
            mechanism=partial(self._mechanism, conn),
            request=partial(self._request, conn),
        )

    def _consent(self, conn: sa.Connection, now: datetime, one: Instruction) -> str:
        leaving = Leaving(one.asks.keys, one.asks.purpose, one.asks.elements)
        known = disclosure_store.consents(conn, one.controller)
        return _code(lambda: covering(known, leaving, self.schema, now))

    def _mechanism(self, conn: sa.Connection, one: Instruction) -> str:
        asks = one.asks
        abroad = Abroad(one.controller, asks.recipient, asks.country, asks.elements, opening=True)
        return _code(lambda: self.mechanism(conn, abroad))

    def _request(self, conn: sa.Connection, one: Instruction) -> str:
        known = self.known(conn, one.controller, one.asks.request)
        return "" if known else "request.unknown"


def _code(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except Refused as refused:
        return refused.code
    return ""
