"""Acts on texts and acknowledgements, and what follows for a decision (C2.2, C2.5(1), C1.4).

1. The house publishes a text (``publish_text``) when what it would generate now differs from the
   version in force; the act is on record with the hash.
2. A person reads it and acknowledges exactly that hash (``acknowledge``), for themselves alone.
3. Every decision on data asks whether both texts are in force for every person concerned. The
   answer is remembered under the epoch, like grants, so it costs no question of its own.
"""

from __future__ import annotations

import functools
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bailee.access import store, training_store
from bailee.access.desk import Desk, Done
from bailee.access.grant import DATA_VERBS, Missing, Rules
from bailee.access.principal import Caller, Principal
from bailee.access.training import (
    PROCEDURE,
    UNDERTAKING,
    Acknowledgement,
    Lasting,
    Standing,
    Text,
    changed,
    counts_until,
    for_oneself,
    kind_at,
    missing,
    sha256,
)
from bailee.db import HOUSE
from bailee.errors import Broken, NotFound


@dataclass(frozen=True, slots=True)
class Duty:
    """What one person owes at one place: the version in force, and until when theirs counts."""

    controller: str
    kind: str
    version: int
    text_sha256: str
    until: datetime | None
    met: bool


class Trainings(Desk):
    """Acts on what people read and sign."""

    def publish_text(
        self,
        conn: sa.Connection,
        controller: str,
        text: str,
        *,
        agreement: str,
        actor: Mapping[str, str],
    ) -> Text:
        """Put a text in force, unless it is the one in force; return what is.

        The first version of a place leaves no grace: before it nobody can have read any.
        """
        before = training_store.texts(conn, controller)
        if before and before[-1].text_sha256 == sha256(text):
            return before[-1]
        store.bump(conn)  # of two processes the second waits here, and looks again
        before = training_store.texts(conn, controller)
        if before and before[-1].text_sha256 == sha256(text):
            return before[-1]
        now, grace = self._clock.now(), self._demand_lasting().grace
        new = Text(
            controller=controller,
            version=before[-1].version + 1 if before else 1,
            kind=kind_at(controller),
            text=text,
            text_sha256=sha256(text),
            agreement=agreement,
            published=now,
            due=now + grace if before else now,
        )
        training_store.add_text(conn, new)
        self._note(
            conn,
            "access:text:published",
            actor,
            controller=controller,
            control="handling-procedures",
            detail={"kind": new.kind, "version": new.version, "text_sha256": new.text_sha256},
        )
        return new

    def published(self, conn: sa.Connection, controller: str) -> str:
        """Return the hash of the text in force at a place, '' where there is none."""
        found = training_store.texts(conn, controller)
        return found[-1].text_sha256 if found else ""

    def text_in_force(self, conn: sa.Connection, caller: Caller, controller: str) -> Text:
        """Return the text in force at a place, for whoever may know the place.

        Raises:
            NotFound: ``controller.unknown``, ``training.no_text``.
        """
        epoch = store.epoch(conn)
        self._check_standing(conn, epoch, caller, self._clock.now())
        for principal_id in caller.principals:
            self._check_visible(conn, epoch, principal_id, controller)
        return self._in_force(conn, controller)

    def acknowledge(
        self, conn: sa.Connection, caller: Caller, controller: str, text_sha256: str
    ) -> Done[Duty]:
        """Acknowledge the text in force by its hash; nobody does it for another.

        Raises:
            Refused: ``training.for_oneself``; Conflict: ``training.changed``;
            NotFound: ``controller.unknown``, ``training.no_text``.
        """
        now = self._begin_own(conn, caller)
        for principal_id in caller.principals:
            self._check_visible(conn, "", principal_id, controller)
        if caller.kind != "person" or caller.on_behalf_of:
            raise for_oneself()
        found = self._in_force(conn, controller)
        if found.text_sha256 != text_sha256:
            raise changed()
        one = Acknowledgement(
            controller=controller,
            acknowledgement_id=secrets.token_hex(16),
            principal=caller.principal_id,
            kind=found.kind,
            version=found.version,
            text_sha256=text_sha256,
            at=now,
        )
        training_store.add_acknowledgement(conn, one)
        entry = self._note(
            conn,
            "access:text:acknowledged",
            caller.actor(),
            controller=controller,
            control="training",
            detail={"kind": one.kind, "version": one.version, "text_sha256": text_sha256},
            context={"acknowledgement_id": one.acknowledgement_id},
        )
        rules = None if controller == HOUSE else self._rules(conn, controller)
        return Done(self._duty(conn, "", (caller.principal_id, controller), rules), entry)

    def duties(
        self, conn: sa.Connection, caller: Caller, principal_id: str = ""
    ) -> tuple[Duty, ...]:
        """Return what the caller, or with ``people`` anybody, has to read, and how it stands.

        Raises:
            Refused: ``grant.missing``; NotFound: ``principal.unknown``.
        """
        if principal_id in ("", caller.principal_id):
            self._check_standing(conn, store.epoch(conn), caller, self._clock.now())
        else:
            self._demand(conn, caller, "people", HOUSE)
        return self.duties_of(conn, self._principal(conn, principal_id or caller.principal_id))

    def duties_of(self, conn: sa.Connection, one: Principal) -> tuple[Duty, ...]:
        """Return a person's duties: at each controller where a living grant would show them data.

        Whoever holds no such grant has nothing to read yet; a service never has.
        """
        if one.kind != "person":
            return ()
        now, found = self._clock.now(), []
        for controller in store.reach(conn, one.principal_id):
            held = store.grants(conn, controller, one.principal_id)
            living = [grant for grant in held if grant.state == "living" and grant.until > now]
            if any(DATA_VERBS & frozenset(grant.verbs) for grant in living):
                found.append(controller)
        duties: list[Duty] = []
        for controller in found:
            try:
                rules = self._rules_at(conn, controller)
            except NotFound:
                continue  # ended, or not in force yet: nothing is reached there by anybody
            house = self._duty(conn, "", (one.principal_id, HOUSE), rules)
            duties = [*duties, house, self._duty(conn, "", (one.principal_id, controller), rules)]
        return _strictest(duties)

    def _demand_lasting(self) -> Lasting:
        """Return how long acknowledgements count.

        Raises:
            Broken: ``training.unset`` where the house was put together without.
        """
        if self._lasting is None:
            raise Broken("training.unset", "This house was put together without training.")
        return self._lasting

    def owing(self, conn: sa.Connection, controller: str) -> frozenset[str]:
        """Return codes of what people with living rights on data at a controller have not done."""
        now, rules = self._clock.now(), self._rules_at(conn, controller)
        holders = {
            one.principal
            for one in store.grants(conn, controller)
            if one.state == "living" and one.until > now and DATA_VERBS & frozenset(one.verbs)
        }
        here = {one.principal_id for one in store.principals(conn) if one.state == "active"}
        concerned = tuple(sorted(holders & here))
        missing_, _ = self._unread(conn, "", (concerned, controller), rules)
        return frozenset(one.code for one in missing_)

    def _rules_at(self, conn: sa.Connection, controller: str) -> Rules | None:
        """Return the agreement in force at a place; None at the house.

        Raises:
            NotFound: where none is.
        """
        if controller == HOUSE:
            return None
        with store.within(conn, controller):
            return self._rules(conn, controller)

    def _duty(
        self, conn: sa.Connection, epoch: str, who: tuple[str, str], rules: Rules | None
    ) -> Duty:
        """Return how somebody stands with the text of a place; remembered under the epoch."""
        principal_id, place = who
        load = functools.partial(training_store.standing, conn, place, principal_id)
        standing: Standing = self._memory.recall(epoch, ("standing", place, principal_id), load)
        until = counts_until(standing, self._demand_lasting(), rules)
        last = standing.texts[-1] if standing.texts else None
        met = last is not None and until is not None and until > self._clock.now()
        version, digest = (last.version, last.text_sha256) if last else (0, "")
        return Duty(place, kind_at(place), version, digest, until, met)

    def _unread(
        self,
        conn: sa.Connection,
        epoch: str,
        concerned: tuple[tuple[str, ...], str],
        rules: Rules | None,
    ) -> tuple[tuple[Missing, ...], tuple[datetime, ...]]:
        """Return what people concerned have not read or signed, and until when the rest counts."""
        principal_ids, controller = concerned
        if self._lasting is None or controller == HOUSE:
            return (), ()
        due: dict[str, None] = {}
        ends = []
        for principal_id in principal_ids:
            if not self._is_person(conn, epoch, principal_id):
                continue
            for kind, place in ((UNDERTAKING, HOUSE), (PROCEDURE, controller)):
                duty = self._duty(conn, epoch, (principal_id, place), rules)
                if not duty.met:
                    due[kind] = None
                elif duty.until is not None:
                    ends.append(duty.until)
        return missing(tuple(due)), tuple(ends)

    def _is_person(self, conn: sa.Connection, epoch: str, principal_id: str) -> bool:
        def load() -> bool:
            found = store.principal(conn, principal_id)
            return found is not None and found.kind == "person"

        return self._memory.recall(epoch, ("person", principal_id), load)

    def _in_force(self, conn: sa.Connection, controller: str) -> Text:
        found = training_store.texts(conn, controller)
        if not found:
            raise NotFound("training.no_text", "No text is in force there yet.")
        return found[-1]


def _strictest(duties: list[Duty]) -> tuple[Duty, ...]:
    """Return one duty for each place: of the undertaking, which counts everywhere, the earliest."""
    found: dict[str, Duty] = {}
    for one in duties:
        before = found.get(one.controller)
        if before is None or (one.until is not None and before.until and one.until < before.until):
            found[one.controller] = one
    return tuple(found.values())


__all__ = ["Duty", "Trainings"]
