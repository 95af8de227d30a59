"""Acts upon consents: given and withdrawn by the controller's representative, both on record."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from bailee.agreement import consent_store, store
from bailee.agreement.act import Actor, Record, tell
from bailee.agreement.consent import Consent, check_consent, check_period, step
from bailee.agreement.interpretation import check_agreement
from bailee.agreement.writings import Signatories
from bailee.clock import Clock, write_time
from bailee.errors import Conflict, NotFound


@dataclass(frozen=True)
class Writing:
    """What a consent rests on: its text, where it is kept, from when until when it holds."""

    text: bytes
    place: str
    since: datetime
    until: datetime


class Consents:
    """What controllers consent to beside the text.

    Args:
        record: the ledger's append, in the caller's transaction.
        signatory: who may sign for which side (connection, controller, principal id).
        clock: time.
    """

    def __init__(self, *, record: Record, signatory: Signatories, clock: Clock) -> None:
        self._record = record
        self._signatory = signatory
        self._clock = clock

    def all(self, conn: sa.Connection, controller: str) -> list[Consent]:
        """Return every consent ever given, oldest first, whatever became of it.

        Raises:
            NotFound: ``controller.unknown``.
        """
        store.known(conn, controller)
        return consent_store.consents(conn, controller)

    def demand(self, conn: sa.Connection, controller: str) -> None:
        """Refuse what takes a consent that does not stand.

        Raises:
            NotFound: ``controller.unknown``. Refused: ``honey.consent``.
        """
        check_consent(self.all(conn, controller), self._clock.now())

    def stands(self, conn: sa.Connection, controller: str) -> bool:
        """Say whether a controller has consented for now."""
        now = self._clock.now()
        return any(one.counts_at(now) for one in consent_store.consents(conn, controller))

    def give(self, conn: sa.Connection, controller: str, writing: Writing, *, by: Actor) -> Consent:
        """Sign a consent, as the controller's named representative and in person.

        Raises:
            NotFound: ``controller.unknown``. Invalid: ``honey.consent_period``.
            Refused: ``signatory.unknown``, ``signatory.side``.
        """
        store.known(conn, controller)
        theirs = self._check_theirs(conn, controller, by)
        now = self._clock.now()
        check_period(writing.since, writing.until, now)
        made = Consent(
            consent_id=secrets.token_hex(16),
            status="given",
            signed_by=theirs,
            writing=writing.place,
            text_sha256=hashlib.sha256(writing.text).hexdigest(),
            since=writing.since,
            until=writing.until,
            created=now,
        )
        consent_store.add(conn, controller, made)
        self._tell(conn, controller, by, made)
        return made

    def withdraw(
        self, conn: sa.Connection, controller: str, consent_id: str, *, by: Actor
    ) -> Consent:
        """Take a consent back, as any named representative of the controller.

        Raises:
            NotFound: ``controller.unknown``, ``honey.consent_unknown``.
            Conflict: ``honey.consent_state``.
            Refused: ``signatory.unknown``, ``signatory.side``.
        """
        store.known(conn, controller)
        theirs = self._check_theirs(conn, controller, by)
        found = {one.consent_id: one for one in consent_store.consents(conn, controller)}
        made = found.get(consent_id)
        if made is None:
            raise NotFound("honey.consent_unknown", "There is no consent of that id.")
        after = replace(
            made,
            status=step(made.status, "withdraw"),
            withdrawn_by=theirs,
            withdrawn=self._clock.now(),
        )
        if not consent_store.withdraw(conn, controller, after):
            raise Conflict("writing.overtaken", "Somebody else signed or withdrew it just now.")
        self._tell(conn, controller, by, after)
        return after

    def _check_theirs(self, conn: sa.Connection, controller: str, by: Actor) -> str:
        in_person = by.kind == "person" and not by.on_behalf_of
        found = self._signatory(conn, controller, by.principal_id) if in_person else None
        return check_agreement("", found).person

    def _tell(self, conn: sa.Connection, controller: str, by: Actor, made: Consent) -> None:
        tell(
            self._record,
            conn,
            controller,
            by=by,
            action=f"agreement:consent:{made.status}",
            detail={
                "consent": made.consent_id,
                "to": "honey",
                "text_sha256": made.text_sha256,
                "since": f"{write_time(made.since)[:10]}",
                "until": f"{write_time(made.until)[:10]}",
            },
        )
