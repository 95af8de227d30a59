"""What every act of access stands on: who is calling, what they hold, and how it is recorded.

Every call reads the epoch once; what was loaded under the same epoch is not loaded again, so a
right or a credential that was taken away is gone with the commit that took it, in every process
(C2.5(6)).
"""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from bailee.access import link_store, passkey_store, sign_in_store, store
from bailee.access.assertion import Voucher
from bailee.access.credential import (
    CREDENTIAL,
    KEY,
    KEY_LIFE,
    Credential,
    Shown,
    absence,
    digest,
    expired,
    new_secret,
    objection,
)
from bailee.access.grant import Ask, Compiled, Rules, compile_grant, decide
from bailee.access.lifecycle import step
from bailee.access.link import Link, unlinked
from bailee.access.means import Means
from bailee.access.memory import Memory
from bailee.access.principal import Caller, Principal, Vouched, demand_active
from bailee.access.strength import Strength
from bailee.access.training import Lasting
from bailee.access.view import Schema
from bailee.clock import Clock
from bailee.db import HOUSE
from bailee.errors import Conflict, Failure, NotFound, Refused, Unauthenticated

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """What an act of administration came to, and where it is recorded."""

    result: T
    entry: Any
    """The ledger's receipt."""


Record = Callable[..., Any]
"""``record(conn, **fields)``: the ledger's append; the fields are a fact's."""


class Desk(Strength):
    """Dependencies and the steps that all acts share.

    Args:
        record: the ledger's append, ``record(conn, **fields of a fact)``.
        rules: returns the agreement in force for a controller; raises ``NotFound``.
        clock: the time.
        schema: what the catalogue says of elements.
        foresee: announces to the connection that ``rules`` will be asked of a controller.
        provider: the company's identity provider, if it has one.
        means: what signing in stands on; without it nobody does.
        lasting: how long undertaking and training count; None where no text is ever published.
    """

    def __init__(
        self,
        *,
        record: Record,
        rules: Callable[[sa.Connection, str], Rules],
        clock: Clock,
        schema: Schema,
        foresee: Callable[[sa.Connection, str], None] = lambda _conn, _controller: None,
        provider: Voucher | None = None,
        means: Means | None = None,
        lasting: Lasting | None,
    ) -> None:
        self._record = record
        self._rules = rules
        self._clock = clock
        self._schema = schema
        self._foresee = foresee
        self._provider = provider
        self._given_means = means
        self._lasting = lasting
        self._memory = Memory()
        self._decisions = Memory()  # apart: they are many, and short-lived beside credentials

    def _begin(self, conn: sa.Connection, caller: Caller, verb: str, controller: str) -> datetime:
        """Open an act of administration: take the epoch's row, then demand the verb.

        From here to the commit no other act runs, so what is checked stays true. Nothing that is
        read on the way is remembered: it would be remembered under the epoch that this act's own
        changes will have.
        """
        store.bump(conn)
        self._demand_at("", conn, caller, Ask(verb, controller))
        return self._clock.now()

    def _begin_own(self, conn: sa.Connection, caller: Caller) -> datetime:
        """Open an act on the caller's own credential, which takes no right."""
        store.bump(conn)
        now = self._clock.now()
        self._check_standing(conn, "", caller, now)
        return now

    def _demand(self, conn: sa.Connection, caller: Caller, verb: str, controller: str) -> None:
        """Refuse a caller who does not hold an administration verb, outside of an act."""
        self._demand_at(store.epoch(conn), conn, caller, Ask(verb, controller))

    def _demand_at(self, epoch: str, conn: sa.Connection, caller: Caller, ask: Ask) -> None:
        """Refuse a caller who does not hold an administration verb (and is not one living person).

        Raises:
            Unauthenticated: ``credential.*``; Refused: ``grant.missing``;
            NotFound: ``controller.unknown``.
        """
        now = self._clock.now()
        self._check_standing(conn, epoch, caller, now)
        for principal_id in caller.principals:
            held = self._reaching(conn, epoch, principal_id, ask)
            if decide(held, ask, None, now).allowed:
                continue
            self._check_visible(conn, epoch, principal_id, ask.controller)
            raise Refused(
                "grant.missing",
                f"No living grant lets you do this; it takes '{ask.verb}'.",
                do="Ask whoever holds 'grant'.",
            )

    def _held(
        self, conn: sa.Connection, epoch: str, principal_id: str, controller: str
    ) -> tuple[Compiled, ...]:
        """Return everything a principal was ever given at a controller, compiled."""

        def load() -> tuple[Compiled, ...]:
            found = store.grants(conn, controller, principal_id)
            return tuple(compile_grant(one, self._schema) for one in found)

        return self._memory.recall(epoch, (principal_id, controller), load)

    def _reaching(
        self, conn: sa.Connection, epoch: str, principal_id: str, ask: Ask
    ) -> tuple[Compiled, ...]:
        """Return what bears on an ask: grants at its controller, and ``grant`` at the house."""
        held = self._held(conn, epoch, principal_id, ask.controller)
        if ask.verb == "grant" and ask.controller != HOUSE:
            return (*held, *self._held(conn, epoch, principal_id, HOUSE))
        return held

    def _check_visible(
        self, conn: sa.Connection, epoch: str, principal_id: str, controller: str
    ) -> None:
        """Hide a controller from whoever was never given anything there (MISSION A8).

        ``grant`` at the house reaches every controller, so its holder sees them.
        """
        if controller == HOUSE or self._held(conn, epoch, principal_id, controller):
            return
        house = self._held(conn, epoch, principal_id, HOUSE)
        if not decide(house, Ask("grant", HOUSE), None, self._clock.now()).allowed:
            raise NotFound("controller.unknown", "There is no such controller for you.")

    def _check_standing(
        self,
        conn: sa.Connection,
        epoch: str,
        caller: Caller,
        now: datetime,
        *,
        factors: bool = True,
    ) -> None:
        """Refuse a caller whose credential ended since it was shown (``credential.*``)."""
        shown: tuple[str, ...] = (caller.key_id,)
        if caller.vouched is not None:
            self._check_vouched(conn, epoch, caller.vouched, now)
        elif caller.token_id:
            shown = (caller.key_id, caller.token_id)
        for key_id in shown:
            load = functools.partial(self._credential, conn, key_id)
            found = self._memory.recall(epoch, ("key", key_id), load)
            if found is None:
                raise Unauthenticated(
                    "credential.unknown", "Nobody has that credential.", do="Check BAILEE_KEY."
                )
            against = objection(*found, now)
            if against is not None:
                raise against
        if factors:
            self._check_factors(conn, epoch, caller, now)

    def _check_vouched(
        self, conn: sa.Connection, epoch: str, vouched: Vouched, now: datetime
    ) -> None:
        """Refuse what a provider's token says once it ended, or one of its two links did."""
        for link_id in vouched.links:
            load = functools.partial(self._linked, conn, link_id)
            found = self._memory.recall(epoch, ("link", link_id), load)
            if found is None:
                raise unlinked()
            against = absence(found[1])
            if against is not None:
                raise against
        if vouched.until <= now:
            raise expired()

    def _linked(self, conn: sa.Connection, link_id: str) -> tuple[Link, Principal] | None:
        link = link_store.by_id(conn, link_id)
        owner = store.principal(conn, link.principal) if link else None
        return (link, owner) if link and owner else None

    def _credential(self, conn: sa.Connection, key_id: str) -> tuple[Credential, Principal] | None:
        credential = store.credential(conn, key_id)
        owner = store.principal(conn, credential.principal) if credential else None
        return (credential, owner) if credential and owner else None

    def _principal(self, conn: sa.Connection, principal_id: str) -> Principal:
        found = store.principal(conn, principal_id)
        if found is None:
            raise NotFound("principal.unknown", "Nobody has that id.")
        return found

    def _active(self, conn: sa.Connection, principal_id: str) -> Principal:
        found = self._principal(conn, principal_id)
        demand_active(found)
        return found

    def _issue(
        self,
        conn: sa.Connection,
        principal: Principal,
        *,
        minted_by: str,
        until: datetime | None = None,
    ) -> Shown:
        """Make a key. It is stored as a digest; the return value is the only copy."""
        secret, now = new_secret(KEY), self._clock.now()
        key = Credential(
            key_id=secrets.token_hex(16),
            digest=digest(secret),
            kind="key",
            principal=principal.principal_id,
            minted_by=minted_by,
            created=now,
            expires=min(until or now + KEY_LIFE, now + KEY_LIFE),
        )
        store.add_credential(conn, key)
        return Shown(secret, key.key_id, principal.principal_id, key.expires)

    def _revoke(self, conn: sa.Connection, credentials: list[Credential]) -> None:
        states = {step(CREDENTIAL, one.state, "revoke") for one in credentials}
        for state in states:
            store.set_credential_state(conn, [one.key_id for one in credentials], state)

    def _others_of_ours(self, conn: sa.Connection) -> bool:
        """Tell whether a second person of ours has accepted an invitation and is still here."""
        ours = [
            one
            for one in store.principals(conn)
            if one.kind == "person" and one.state == "active" and not one.represents
        ]
        return len(ours) > 1

    def _demand_second_person(self, conn: sa.Connection) -> None:
        if not self._others_of_ours(conn):
            raise Refused(
                "second_person.missing",
                "This takes two people, and the house has one.",
                do="Invite a second person; it works once they have accepted.",
            )

    def _keep_administrators(self, conn: sa.Connection) -> None:
        """Refuse an act that would leave nobody able to let people in or give rights.

        Raises:
            Conflict: ``administrator.last``.
        """
        now = self._clock.now()
        people = {one.principal_id for one in store.principals(conn) if one.state == "active"}
        keyed = {one.principal for one in store.live_credentials(conn, now) if one.kind == "key"}
        keyed |= sign_in_store.with_password(conn) | passkey_store.holders(conn)
        living = [
            one
            for one in store.grants(conn, HOUSE)
            if one.state == "living" and one.until > now and one.principal in people & keyed
        ]
        for verb in ("people", "grant"):
            if not any(verb in one.verbs for one in living):
                raise Conflict(
                    "administrator.last",
                    f"Nobody with a living key, password or passkey would hold '{verb}' any more.",
                    do="Give it to somebody else first.",
                )

    def _note(  # noqa: PLR0913 - the fields of a fact
        self,
        conn: sa.Connection,
        action: str,
        actor: Mapping[str, str],
        *,
        controller: str = HOUSE,
        decision: str = "allowed",
        control: str = "",
        detail: Mapping[str, str | int] | None = None,
        context: Mapping[str, str] | None = None,
        elements: tuple[str, ...] = (),
        purpose: str = "",
    ) -> Any:
        """Record an act in the same transaction (C2.5(5)): no entry, no act; return the receipt.

        ``detail`` stands in the leaf, codes only; it commits to the ids in actor and context.
        """
        obligations, agreement = tuple[str, ...](), ""
        if controller != HOUSE:
            try:
                rules = self._rules(conn, controller)
                agreement = rules.version_id
                obligations = tuple(filter(None, [rules.obligation_for(control)]))
            except NotFound:
                pass  # the agreement has ended; a right that is still there ends all the same
        with store.within(conn, controller):
            return self._record(
                conn,
                action=action,
                controller=controller,
                decision=decision,
                source="observed",
                purpose=purpose,
                elements=elements,
                obligations=obligations,
                detail=dict(detail or {}),
                agreement=agreement,
                actor=dict(actor),
                context=dict(context or {}),
            )

    def note_refusal(
        self, conn: sa.Connection, caller: Caller, controller: str, *, verb: str, failure: Failure
    ) -> Any:
        """Record that an act of administration was refused, in a transaction of its own.

        Where the caller may not know the controller, the entry goes to the house's log.
        """
        try:
            for principal_id in caller.principals:
                self._check_visible(conn, store.epoch(conn), principal_id, controller)
        except NotFound:
            controller = HOUSE
        return self._note(
            conn,
            "access:act:refused",
            caller.actor(),
            controller=controller,
            decision="refused",
            control="least-privilege",
            detail={"code": failure.code, "verb": verb},
        )
