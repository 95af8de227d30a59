"""Acts on second factors: enrolled, confirmed, shown, removed (C2.5(3), MISSION A7).

A wrong code is *returned* as a refusal, so that the try it counts is committed with its entry.
Tries of codes are counted apart from tries of passwords: whoever guesses at a person's password
from outside locks nobody's session.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from bailee.access import sign_in_store, store
from bailee.access.credential import Shown
from bailee.access.desk import Done
from bailee.access.factor import (
    FACTOR,
    RECOVERY,
    TOTP,
    RecoveryCode,
    SecondFactor,
    enrolled,
    is_totp,
    matching_step,
    new_recovery_codes,
    new_seed,
    none_enrolled,
    recovery_digest,
    uri,
)
from bailee.access.lifecycle import step
from bailee.access.means import Means, demand_means
from bailee.access.principal import Caller, Principal, Proven
from bailee.access.session import demand_session, for_people
from bailee.access.sessions import Sessions
from bailee.db import HOUSE
from bailee.errors import Refused

CODE = "code"
"""What is tried, in the count of tries."""


class Factors(Sessions):
    """Acts on second factors."""

    @property
    def _means(self) -> Means:
        return demand_means(self._given_means)

    def step_up(self, conn: sa.Connection, caller: Caller, code: str) -> Done[Shown] | Refused:
        """Show a code in a session; another session comes in its place, with a token of its own.

        Returns:
            The new token, or the refusal ``second_factor.refused``, to be raised after the commit.

        Raises:
            Refused: ``session.none``; Conflict: ``totp.none``.
        """
        now = self._begin_own(conn, caller)
        proven = demand_session(caller.proven)
        kind = self._tried_code(conn, caller, code, "confirmed")
        if isinstance(kind, Refused):
            return kind
        policy = self._means.policy(conn)
        factors = tuple(dict.fromkeys((*proven.factors, kind)))
        shown, instead = self._swap_session(conn, caller, Proven(factors, now), policy)
        context = {"session_before": caller.key_id}
        detail = {"factor": kind}
        entry = self._note(
            conn, "access:session:stepped-up", instead.actor(), detail=detail, context=context
        )
        return Done(shown, entry)

    def enrolled(self, conn: sa.Connection, principal_id: str) -> tuple[str, ...]:
        """Return the kinds of second factor that a person has confirmed."""
        found = sign_in_store.factor(conn, principal_id)
        return ("totp",) if found is not None and found.state == "confirmed" else ()

    def enrol_factor(self, conn: sa.Connection, caller: Caller) -> Done[str]:
        """Give the calling person an authenticator's secret; it counts once it is confirmed.

        The layer above has just seen their password. The key of the secret is durable before the
        row that needs it; if the process dies between the two it is never used.

        Returns:
            The secret as an ``otpauth`` address: the only copy.

        Raises:
            Conflict: ``totp.enrolled``.
        """
        now = self._begin_own(conn, caller)
        person = self._self(conn, caller)
        found = sign_in_store.factor(conn, person.principal_id)
        if found is not None and found.state == "confirmed":
            raise enrolled()
        seed = new_seed()
        key_id, sealed = self._means.box.seal(_name(person.principal_id), seed.encode())
        new = SecondFactor(person.principal_id, key_id, sealed, now)
        sign_in_store.set_factor(conn, new)
        entry = self._note(conn, "access:second-factor:enrolled", caller.actor())
        return Done(uri(seed, person.email, self._means.issuer), entry)

    def confirm_factor(
        self, conn: sa.Connection, caller: Caller, code: str
    ) -> Done[tuple[str, ...]] | Refused:
        """Confirm an authenticator by a first code; other sessions of the person end (ASVS 7.4.3).

        Returns:
            Ten recovery codes, the only copy; or the refusal ``second_factor.refused``.

        Raises:
            Conflict: ``totp.none``, ``lifecycle.event``.
        """
        self._begin_own(conn, caller)
        person = self._self(conn, caller).principal_id
        found = sign_in_store.factor(conn, person)
        if found is None:
            raise none_enrolled()
        after = step(FACTOR, found.state, "confirm")
        kind = self._tried_code(conn, caller, code, "pending")
        if isinstance(kind, Refused):
            return kind
        sign_in_store.set_factor_state(conn, person, after)
        codes = tuple(new_recovery_codes())
        rows = [RecoveryCode(secrets.token_hex(16), person, recovery_digest(one)) for one in codes]
        sign_in_store.add_recovery_codes(conn, rows)
        self._end_sessions(conn, person, but=caller.key_id)
        return Done(codes, self._note(conn, "access:second-factor:confirmed", caller.actor()))

    def remove_factor(self, conn: sa.Connection, caller: Caller, code: str) -> Done[None] | Refused:
        """Remove one's own second factor, showing a code of it; other sessions end.

        Raises:
            Conflict: ``totp.none``.
        """
        self._begin_own(conn, caller)
        person = self._self(conn, caller).principal_id
        kind = self._tried_code(conn, caller, code, "confirmed")
        if isinstance(kind, Refused):
            return kind
        return Done(None, self._removed(conn, caller, person))

    def remove_lost_factor(
        self, conn: sa.Connection, caller: Caller, principal_id: str
    ) -> Done[None]:
        """Remove somebody else's second factor, which they lost; all their sessions end.

        Raises:
            Refused: ``grant.missing``, ``self.mint``; Conflict: ``totp.none``.
        """
        self._begin(conn, caller, "people", HOUSE)
        if principal_id in caller.principals:
            raise Refused(
                "self.mint", "Nobody removes their own without a code.", do="Ask a colleague."
            )
        self._principal(conn, principal_id)
        if sign_in_store.factor(conn, principal_id) is None:
            raise none_enrolled()
        return Done(None, self._removed(conn, caller, principal_id))

    def _removed(self, conn: sa.Connection, caller: Caller, principal_id: str) -> object:
        sign_in_store.drop_factor(conn, principal_id)
        self._end_sessions(conn, principal_id, but=caller.key_id)
        context = {"principal_id": principal_id}
        return self._note(conn, "access:second-factor:removed", caller.actor(), context=context)

    def _self(self, conn: sa.Connection, caller: Caller) -> Principal:
        """Return the person who calls for themselves."""
        if caller.kind != "person" or caller.on_behalf_of:
            raise for_people()
        return self._active(conn, caller.principal_id)

    def _tried_code(
        self, conn: sa.Connection, caller: Caller, code: str, state: str
    ) -> str | Refused:
        """Count a try, then compare; the tenth wrong one in a row ends the session it came from."""
        person, policy = caller.principal_id, self._means.policy(conn)
        found = sign_in_store.factor(conn, person)
        if found is None or found.state != state:
            raise none_enrolled()
        number = sign_in_store.count_try(
            conn, person, CODE, now=self._clock.now(), most=policy.tries, lock=policy.lock
        )
        kind = self._second(conn, found, code) if number <= policy.tries else ""
        if kind:
            sign_in_store.clear_tries(conn, person, CODE)
            return kind
        if number >= policy.tries and caller.proven is not None:
            credential = store.credential(conn, caller.key_id)
            self._revoke(conn, [credential] if credential and credential.state == "live" else [])
        failure = Refused(
            "second_factor.refused",
            "That is no code of yours that counts now.",
            do="Wait for the next code: each counts once. Ten wrong ones lock for half an hour.",
        )
        detail: dict[str, str | int] = {"code": failure.code, "tries": min(number, policy.tries)}
        self._note(
            conn,
            "access:second-factor:refused",
            caller.actor(),
            decision="refused",
            detail=detail,
        )
        return failure

    def _second(self, conn: sa.Connection, found: SecondFactor, code: str) -> str:
        """Use up a code of a second factor; return which kind it was, '' for none that counts."""
        if is_totp(code):
            seed = self._means.box.open(_name(found.principal), found.key_id, found.sealed)
            return TOTP if self.spend_code(conn, found, seed.decode(), code) else ""
        if not code or found.state != "confirmed":
            return ""
        used = sign_in_store.use_recovery_code(conn, found.principal, recovery_digest(code))
        return RECOVERY if used else ""

    def spend_code(self, conn: sa.Connection, found: SecondFactor, seed: str, code: str) -> bool:
        """Tell whether an authenticator's code counts now, and let it count no more."""
        later = matching_step(seed, code, self._clock.now(), found.last)
        return later is not None and sign_in_store.use_step(conn, found.principal, later)


def _name(principal_id: str) -> str:
    return f"second-factor/{principal_id}"
