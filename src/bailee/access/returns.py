"""Acts by which a controller lets its own data come back to itself at the end (C6, C2.3).

The writing is a consent of kind ``return``, for every element and for giving back alone. Given by
the controller's representative in person it counts at once: it is their data and their act. Entered
by one of us it is recorded, and a second person confirms it, as with any other writing.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace

import sqlalchemy as sa

from bailee.access import disclosure_store
from bailee.access.consent import CONSENT, LONGEST, RETURN, Consent, check_keys
from bailee.access.consents import Consents
from bailee.access.desk import Done
from bailee.access.lifecycle import step
from bailee.access.principal import Caller
from bailee.agreement import RETURN as GIVING_BACK

ITSELF = "the controller itself"


class Returns(Consents):
    """Acts on what goes back; who may speak for the controller is asked above."""

    def give_return(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        given: tuple[tuple[str, ...], tuple[str, str, str], bool],
    ) -> Done[Consent]:
        """Let everything leave for keys of the controller's own.

        ``given``: keys; who signed, where that is kept and its SHA-256; whether it is their own
        act, which is its own writing.

        Raises:
            Invalid: ``consent.keys``.
        """
        keys, (given_by, reference, digest), own = given
        check_keys(keys)
        now, item = self._clock.now(), secrets.token_hex(16)
        word = f"bailee return {controller} {item} {' '.join(sorted(set(keys)))}"
        made = Consent(
            kind=RETURN,
            given_by=given_by,
            reference=reference or f"own act {item}",
            text_sha256=digest or hashlib.sha256(word.encode()).hexdigest(),
            recipient=ITSELF,
            keys=tuple(sorted(set(keys))),
            purposes=(GIVING_BACK,),
            elements=("*",),
            since=now,
            until=now + LONGEST,
            consent_id=item,
            controller=controller,
            created=now,
            recorded_by=caller.accountable,
        )
        if own:
            state = step(CONSENT, made.state, "confirm")
            made = replace(made, state=state, confirmed_by=caller.accountable, confirmed=now)
        disclosure_store.add_consent(conn, made)
        return self._consented(conn, caller, made)

    def end_return(
        self, conn: sa.Connection, caller: Caller, controller: str, consent_id: str
    ) -> None:
        """End what another choice took the place of; nothing more leaves under it."""
        found, now = self._consent(conn, controller, consent_id), self._clock.now()
        if "revoke" not in CONSENT[found.state_at(now)]:
            return
        after = replace(
            found,
            state=step(CONSENT, found.state, "revoke"),
            revoked_by=caller.accountable,
            revoked=now,
        )
        self._move_consent(conn, caller, found, after)
