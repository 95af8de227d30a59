"""Signing in, passwords, second factors and sessions, as the doors ask for them (MISSION A7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from bailee.access import Caller, Done, Shown
from bailee.access.session import Attempt
from bailee.access.session import Session as Known
from bailee.app import rights
from bailee.app import sign_in_shapes as shapes
from bailee.app.common_passwords import told
from bailee.app.office import Office, entry_of
from bailee.app.password_rules import Rule
from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.errors import Failure, Unauthenticated

T = TypeVar("T")


class SignIns(Office):
    """Acts by which people come in with a password."""

    def sign_in(self, body: shapes.SignIn, remote: str) -> shapes.Session:
        """Sign somebody in; a refused attempt is counted like a bad credential."""
        attempt = Attempt(body.login, body.password, body.code, remote)
        access, data = self.parts.access, self.parts.data
        return self._session(self._counted(remote, lambda: access.sign_in(data, attempt)))

    def set_password(self, body: shapes.NewPassword, remote: str) -> shapes.Session:
        """Accept an invitation by setting a password; signed in at once."""
        access, data = self.parts.access, self.parts.data
        return self._session(
            self._counted(
                remote,
                lambda: access.take_up_password(data, body.secret, body.password, code=body.code),
            )
        )

    def change_password(self, body: shapes.ChangedPassword, remote: str) -> rights.Changed:
        """Change a password, showing the present one; every session ends."""
        attempt = Attempt(body.login, body.current, body.code, remote)
        access, data = self.parts.access, self.parts.data
        done = self._counted(remote, lambda: access.change_password(data, attempt, body.password))
        return rights.Changed("password", "changed", entry_of(done.entry))

    def password_rules(self, _caller: Caller) -> shapes.PasswordRules:
        """Show the rules in force and their sources, to whoever is known here."""
        access, now = self.parts.access, self.parts.clock.now()
        found = self.parts.data.read(HOUSE, self.parts.rules.read)
        alone = self.parts.data.read(HOUSE, lambda conn: access.keys_count(conn, "", now))
        return shapes.PasswordRules(
            [_rule(one) for one in found.rules],
            second_factor=access.demanded,
            keys_alone=alone,
            lists=told(self.parts.settings.password_list),
        )

    def renew(self, caller: Caller, item: str) -> rights.Invitation:
        """Invite a person again: for a lost password, or a lost key."""

        def work(conn: sa.Connection) -> rights.Invitation:
            done = self.parts.access.renew(conn, caller, item)
            shown = done.result
            return rights.Invitation(
                invitation=shown.secret_id,
                principal=shown.principal_id,
                secret=shown.secret,
                until=write_time(shown.expires),
                entry=entry_of(done.entry),
            )

        return self.act(caller, HOUSE, "people", work)

    def step_up(self, caller: Caller, body: shapes.FactorCode) -> shapes.Session:
        """Show a code; another session comes in the place of the caller's."""
        return self._session(
            self._committed(caller, lambda conn: self.parts.access.step_up(conn, caller, body.code))
        )

    def sessions(self, caller: Caller, item: str = "") -> shapes.Sessions:
        """List the caller's living sessions, or with ``people`` somebody's."""

        def work(conn: sa.Connection) -> shapes.Sessions:
            found = self.parts.access.sessions(conn, caller, item)
            return shapes.Sessions([_known(one, caller) for one in found])

        return self.read(caller, HOUSE, "people", work)

    def end_session(self, caller: Caller, item: str = "") -> rights.Changed:
        """End a session in every process: the caller's own, or with ``people`` anybody's."""

        def work(conn: sa.Connection) -> rights.Changed:
            done = self.parts.access.end_session(conn, caller, item)
            return rights.Changed(done.result, "revoked", entry_of(done.entry))

        return self.act(caller, HOUSE, "people", work)

    def enrol_totp(self, caller: Caller, body: shapes.OwnPassword, remote: str) -> shapes.Enrolment:
        """Give the caller an authenticator's secret, after their password once more."""
        access, data = self.parts.access, self.parts.data
        self._counted(remote, lambda: access.prove_password(data, caller, body.password))

        def work(conn: sa.Connection) -> shapes.Enrolment:
            done = access.enrol_factor(conn, caller)
            return shapes.Enrolment(done.result, entry_of(done.entry))

        return self.act(caller, HOUSE, "self", work)

    def confirm_totp(self, caller: Caller, body: shapes.FactorCode) -> shapes.RecoveryCodes:
        """Confirm an authenticator by a first code; recovery codes are shown once."""
        done = self._committed(
            caller, lambda conn: self.parts.access.confirm_factor(conn, caller, body.code)
        )
        return shapes.RecoveryCodes(list(done.result), entry_of(done.entry))

    def remove_totp(self, caller: Caller, body: shapes.FactorCode) -> rights.Changed:
        """Remove the caller's own second factor, showing a code of it."""
        done = self._committed(
            caller, lambda conn: self.parts.access.remove_factor(conn, caller, body.code)
        )
        return rights.Changed(caller.principal_id, "removed", entry_of(done.entry))

    def remove_lost_totp(self, caller: Caller, item: str) -> rights.Changed:
        """Remove the second factor that somebody else lost."""

        def work(conn: sa.Connection) -> rights.Changed:
            done = self.parts.access.remove_lost_factor(conn, caller, item)
            return rights.Changed(item, "removed", entry_of(done.entry))

        return self.act(caller, HOUSE, "people", work)

    def _session(self, done: Done[Shown]) -> shapes.Session:
        shown = done.result
        known = self.parts.data.read(
            HOUSE, lambda conn: self.parts.access.factors_of(conn, shown.secret_id)
        )
        return shapes.Session(
            principal=shown.principal_id,
            session=shown.secret_id,
            token=shown.secret,
            until=write_time(shown.expires),
            factors=list(known),
            entry=entry_of(done.entry),
        )

    def _counted(self, remote: str, work: Callable[[], T]) -> T:
        """Do what a stranger may try; a refusal is recorded with its source."""
        try:
            return work()
        except Unauthenticated as failure:
            self.parts.sentry.refuse(remote, failure.code)
            raise

    def _committed(
        self, caller: Caller, work: Callable[[sa.Connection], Done[T] | Failure]
    ) -> Done[T]:
        """Run an act whose refusal counts a try: it is committed, and raised after it."""
        self.parts.data.read(HOUSE, self.parts.rules.read)  # not compiled in a writer's turn
        done = self.act(caller, HOUSE, "self", work)
        if isinstance(done, Failure):
            raise done
        return done


def _known(one: Known, caller: Caller) -> shapes.KnownSession:
    return shapes.KnownSession(
        session=one.session_id,
        begun=write_time(one.begun),
        seen=write_time(one.seen),
        factors=list(one.proven.factors),
        stepped=write_time(one.stepped) if one.stepped else "",
        present=one.session_id == caller.key_id,
    )


def _rule(rule: Rule) -> shapes.Rule:
    claims = [
        shapes.Claim(
            source=claim.source,
            clause=claim.obligation.clause,
            says=claim.obligation.summary,
            state=claim.state,
            number=claim.obligation.quantity,
            unit=claim.obligation.unit,
        )
        for claim in rule.claims
    ]
    return shapes.Rule(rule.name, rule.enforced, rule.unit, rule.source, rule.conflict, claims)
