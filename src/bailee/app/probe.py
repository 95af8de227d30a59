"""What controls of the privacy office write and try, in a transaction that is undone."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import Ask, Caller, Consent, Grant, disclosure_store
from bailee.access import store as access_store
from bailee.app.canary import CONTROLLER, ELEMENTS, Canary
from bailee.app.control import Blind
from bailee.privacy import transfer_store as store
from bailee.privacy.assertion import PROCESSOR, Assertion
from bailee.privacy.flow import CLAUSE_14, RECIPIENT, SCC, UK_ADDENDUM, Flow, subject_of

if TYPE_CHECKING:
    from bailee.app.house import House

ABROAD = "IN"
"""A country that no decision takes for adequate."""
KEY = "openpgp:" + "0" * 40
CLAUSES = {"eu": SCC, "uk": UK_ADDENDUM, "ch": SCC}
"""Regime -> the contract that it takes."""


class _Undo(Exception):  # noqa: N818 - how an attempt is undone
    """Leaves a transaction that must not commit."""


@dataclass(frozen=True)
class Probe:
    """Somebody of ours, in a transaction at the reserved controller that is undone."""

    house: House
    conn: sa.Connection
    caller: Caller

    def lend(self, *verbs: str) -> None:
        """Give the probe what it takes to come to the point."""
        now = self.house.parts.clock.now()
        made = Grant(
            grant_id=f"lent-{secrets.token_hex(12)}",
            principal=self.caller.principal_id,
            verbs=verbs,
            elements=(),
            purposes=(),
            controller=CONTROLLER,
            until=now + timedelta(minutes=5),
            daily=0,
            created=now,
            granted_by="",
        )
        access_store.add_grant(self.conn, made)

    def flow(self, regime: str = "eu", **changed: str) -> Flow:
        """Write a confirmed flow into the register."""
        now = self.house.parts.border.now(self.conn, CONTROLLER)
        made = Flow(
            sender="controller",
            receiver_kind=RECIPIENT,
            receiver="a probe",
            country=ABROAD,
            regime=regime,
            elements=("*",),
            mechanism=CLAUSES[regime],
            since=now - timedelta(minutes=1),
            until=now + timedelta(days=1),
            flow_id=secrets.token_hex(16),
            controller=CONTROLLER,
            created=now,
            recorded_by="one",
            state="confirmed",
            confirmed_by="two",
        )
        made = replace(made, **changed)  # type: ignore[arg-type]  # texts alone
        store.add_flow(self.conn, made)
        return made

    def assess(self, flow: Flow) -> None:
        """Write a standing assessment of a flow."""
        now = self.house.parts.border.now(self.conn, CONTROLLER)
        store.add_assertion(
            self.conn,
            Assertion(
                subject=subject_of(CLAUSE_14, flow),
                text="A control tries.",
                until=now + timedelta(days=1),
                assertion_id=secrets.token_hex(16),
                controller=CONTROLLER,
                side=PROCESSOR,
                signed_by="one",
                signed=now,
            ),
        )

    def consent(self, canary: Canary) -> None:
        """Write a confirmed consent for a recipient abroad."""
        now = self.house.parts.clock.now()
        made = Consent(
            kind="third-party",
            given_by="nobody",
            reference="a probe",
            text_sha256="0" * 64,
            recipient="a probe",
            keys=(KEY,),
            purposes=(canary.purpose,),
            elements=ELEMENTS[:1],
            since=now - timedelta(minutes=1),
            until=now + timedelta(days=1),
            country=ABROAD,
            consent_id=secrets.token_hex(16),
            controller=CONTROLLER,
            created=now,
            recorded_by="one",
            state="confirmed",
            confirmed_by="two",
        )
        disclosure_store.add_consent(self.conn, made)

    def leave(self, canary: Canary) -> None:
        """Let the canary's name leave for the recipient abroad."""
        ask = Ask("reveal", CONTROLLER, canary.purpose, ELEMENTS[:1])
        self.house.parts.access.open_disclosure(self.conn, canary.caller, ask, (KEY,))


Attempt = Callable[[Probe], list[str]]
"""Tries something; returns what is wrong."""


def tried(house: House, attempt: Attempt) -> list[str]:
    """Run attempts as somebody of ours at the reserved controller; nothing stays.

    Raises:
        Blind: ``nobody.holds_a_key``.
    """
    found: list[str] = []

    def work(conn: sa.Connection) -> None:
        access_store.bump(conn)  # what is remembered from here on is never asked for again
        found.extend(attempt(Probe(house, conn, _somebody(house, conn))))
        raise _Undo

    with suppress(_Undo):
        house.parts.data.write(CONTROLLER, work)
    return found


def _somebody(house: House, conn: sa.Connection) -> Caller:
    ours = {
        one.principal_id
        for one in access_store.principals(conn)
        if one.kind == "person" and one.state == "active" and not one.represents
    }
    for one in access_store.live_credentials(conn, house.parts.clock.now()):
        if one.kind == "key" and one.principal in ours:
            return Caller(one.principal, one.key_id, "person")
    raise Blind("nobody.holds_a_key")
