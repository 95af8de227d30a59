"""People, services, keys, grants and approvals, as the doors ask for them (C2.5(1)-(6))."""

from __future__ import annotations

from datetime import date

import msgspec
import sqlalchemy as sa

from bailee.access import Approval, Ask, Caller, Done, Grant, Person, Principal, Shown
from bailee.access.grant import EMERGENCY_MARK, MAPPING_MARK
from bailee.app import rights
from bailee.app.office import Office, entry_of
from bailee.clock import read_time, write_time
from bailee.db import HOUSE, scope
from bailee.errors import Invalid, Refused
from bailee.vault.shapes import Entry


def read_day(text: str) -> date:
    """Return a calendar day, ``2026-11-20``.

    Raises:
        Invalid: ``day.unreadable``.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            "day.unreadable", "That is not a calendar day.", do="Write it as 2026-11-20."
        ) from None


class Register(Office):
    """Acts upon people and their rights."""

    def found(self, person: Person) -> rights.Key:
        """Make the one named administrator of an empty house; key and set-up code, shown once."""

        def work(conn: sa.Connection) -> rights.Key:
            made = _key(self.parts.access.init_administrator(conn, person))
            founder = Caller(made.principal, made.key_id, "person")
            invited = self.parts.access.invite_founder(conn, founder)
            return msgspec.structs.replace(made, setup=invited.result.secret)

        return self.parts.data.write(HOUSE, work)

    def invite(self, caller: Caller, body: rights.NewInvitation) -> rights.Invitation:
        """Invite a named person, ours or a controller's representative."""
        person = Person(
            name=body.name,
            employer=body.employer,
            email=body.email,
            undertaking=body.undertaking,
            undertaken=read_day(body.undertaken),
            relation=body.relation,
            represents=body.represents,
        )

        def work(conn: sa.Connection) -> rights.Invitation:
            if person.represents:
                scope(conn, person.represents)  # whether there is an agreement is read there
            done = self.parts.access.invite(conn, caller, person)
            shown = done.result
            return rights.Invitation(
                invitation=shown.secret_id,
                principal=shown.principal_id,
                secret=shown.secret,
                until=write_time(shown.expires),
                entry=entry_of(done.entry),
            )

        return self.act(caller, HOUSE, "people", work)

    def accept(self, body: rights.Acceptance, remote: str) -> rights.Key:
        """Take up an invitation; a wrong secret is counted like a bad credential."""
        try:
            return self.parts.data.write(
                HOUSE, lambda conn: _key(self.parts.access.accept(conn, body.secret))
            )
        except Refused as failure:
            self.parts.sentry.refuse(remote, failure.code)
            raise

    def create_service(self, caller: Caller, body: rights.NewProgram) -> rights.Principal:
        """Register a service under the person who answers for it."""

        def work(conn: sa.Connection) -> rights.Principal:
            done = self.parts.access.add_service(
                conn, caller, name=body.name, mode=body.mode, owner=body.owner
            )
            return _principal(done.result, done)

        return self.act(caller, HOUSE, "people", work)

    def mint_key(self, caller: Caller, body: rights.NewKey) -> rights.Key:
        """Make a key for a service; shown once."""
        until = read_time(body.until) if body.until else None
        return self.act(
            caller,
            HOUSE,
            "people",
            lambda conn: _key(
                self.parts.access.mint_key(conn, caller, body.principal, until=until)
            ),
        )

    def token(self, caller: Caller, item: str) -> rights.Token:
        """Let an acting-for service act for the caller for a quarter of an hour (C2.5(2))."""

        def work(conn: sa.Connection) -> rights.Token:
            done = self.parts.access.act_for(conn, caller, item)
            shown = done.result
            return rights.Token(
                service=item,
                person=shown.principal_id,
                token_id=shown.secret_id,
                token=shown.secret,
                until=write_time(shown.expires),
                entry=entry_of(done.entry),
            )

        return self.act(caller, HOUSE, "token", work)

    def link_person(self, caller: Caller, item: str, body: rights.Subject) -> rights.Changed:
        """Say who a person is at the identity provider."""

        def work(conn: sa.Connection) -> rights.Changed:
            done = self.parts.access.link_person(conn, caller, item, body.subject)
            return rights.Changed(item, "linked", entry_of(done.entry))

        return self.act(caller, HOUSE, "people", work)

    def link_service(self, caller: Caller, item: str, body: rights.OidcClient) -> rights.Changed:
        """Say which client of the identity provider an acting-for service is."""

        def work(conn: sa.Connection) -> rights.Changed:
            done = self.parts.access.link_service(conn, caller, item, body.client)
            return rights.Changed(item, "linked", entry_of(done.entry))

        return self.act(caller, HOUSE, "people", work)

    def unlink(self, caller: Caller, item: str) -> rights.Changed:
        """End what a person or service is at the identity provider."""

        def work(conn: sa.Connection) -> rights.Changed:
            done = self.parts.access.unlink(conn, caller, item)
            return rights.Changed(item, "unlinked", entry_of(done.entry))

        return self.act(caller, HOUSE, "people", work)

    def revoke_key(self, caller: Caller, item: str) -> rights.Changed:
        """End a key at once."""

        def work(conn: sa.Connection) -> rights.Changed:
            done = self.parts.access.revoke_key(conn, caller, item)
            return rights.Changed(item, "revoked", entry_of(done.entry))

        return self.act(caller, HOUSE, "people", work)

    def people(self, caller: Caller) -> rights.People:
        """List people and services."""

        def work(conn: sa.Connection) -> rights.People:
            return rights.People(
                [_principal(one) for one in self.parts.access.register(conn, caller)]
            )

        return self.read(caller, HOUSE, "people", work)

    def leave(self, caller: Caller, item: str) -> rights.Changed:
        """Let somebody go: every key and grant ends at once (C2.5(6))."""

        def work(conn: sa.Connection) -> rights.Changed:
            done = self.parts.access.leave(conn, caller, item)
            return rights.Changed(item, "left", entry_of(done.entry))

        return self.act(caller, HOUSE, "people", work)

    def grant(self, caller: Caller, controller: str, body: rights.NewGrant) -> rights.Grant:
        """Grant rights to somebody else (C2.5(4))."""
        until = read_time(body.until)

        def work(conn: sa.Connection) -> rights.Grant:
            done = self.parts.access.grant(
                conn,
                caller,
                to=body.principal,
                controller=controller,
                verbs=body.verbs,
                until=until,
                elements=body.elements,
                purposes=body.purposes,
                daily=body.daily,
            )
            return grant_shape(done.result, done)

        return self.act(caller, controller, "grant", work)

    def revoke_grant(self, caller: Caller, controller: str, item: str) -> rights.Changed:
        """End a grant at once."""

        def work(conn: sa.Connection) -> rights.Changed:
            done = self.parts.access.revoke_grant(conn, caller, controller, item)
            return rights.Changed(item, "revoked", entry_of(done.entry))

        return self.act(caller, controller, "grant", work)

    def grants(self, caller: Caller, controller: str) -> rights.Grants:
        """List the grants at a controller, ended ones too."""

        def work(conn: sa.Connection) -> rights.Grants:
            found = self.parts.access.grants(conn, caller, controller)
            names = self.parts.access.names(conn)
            concerned = {one.principal for one in found} | {one.granted_by for one in found}
            return rights.Grants(
                [grant_shape(one) for one in found],
                {one: names[one] for one in sorted(concerned) if one in names},
            )

        return self.read(caller, controller, "grant", work)

    def explain(self, caller: Caller, controller: str, body: rights.Question) -> rights.Explanation:
        """Say which grant allows something, or everything that is missing."""
        ask = Ask(body.verb, controller, body.purpose, tuple(body.elements))

        def work(conn: sa.Connection) -> rights.Explanation:
            reasons = self.parts.access.explain(conn, caller, ask, body.principal)
            return rights.Explanation(reasons[0].startswith("Allowed"), list(reasons))

        return self.read(caller, controller, "explain", work)

    def request_approval(
        self, caller: Caller, controller: str, body: rights.NewApproval
    ) -> rights.Approval:
        """Ask a second person for a bulk reveal."""
        until = read_time(body.until)

        def work(conn: sa.Connection) -> rights.Approval:
            return approval_of(
                self.parts.access.request_approval(
                    conn,
                    caller,
                    controller=controller,
                    purpose=body.purpose,
                    elements=body.elements,
                    maximum=body.subjects,
                    until=until,
                    reason=body.reason,
                )
            )

        return self.act(caller, controller, "reveal", work)

    def approve(self, caller: Caller, controller: str, item: str) -> rights.Approval:
        """Approve, as the second person."""
        return self.act(
            caller,
            controller,
            "approve",
            lambda conn: approval_of(self.parts.access.approve(conn, caller, controller, item)),
        )

    def refuse(self, caller: Caller, controller: str, item: str) -> rights.Approval:
        """Refuse, as the second person."""
        return self.act(
            caller,
            controller,
            "approve",
            lambda conn: approval_of(self.parts.access.refuse(conn, caller, controller, item)),
        )


def _key(done: Done[Shown]) -> rights.Key:
    shown = done.result
    return rights.Key(
        principal=shown.principal_id,
        key_id=shown.secret_id,
        key=shown.secret,
        entry=entry_of(done.entry),
        until=write_time(shown.expires),
    )


def _principal(one: Principal, done: Done[Principal] | None = None) -> rights.Principal:
    return rights.Principal(
        principal=one.principal_id,
        kind=one.kind,
        name=one.name,
        status=one.state,
        employer=one.employer,
        represents=one.represents,
        entry=entry_of(done.entry) if done else None,
        relation=one.relation,
        mode=one.mode,
        owner=one.owner,
    )


def grant_shape(one: Grant, done: Done[Grant] | None = None) -> rights.Grant:
    """Return a grant as the API shows it."""
    return rights.Grant(
        grant=one.grant_id,
        principal=one.principal,
        verbs=list(one.verbs),
        elements=list(one.elements),
        purposes=list(one.purposes),
        status=one.state,
        until=write_time(one.until),
        emergency=one.approval_id if one.approval_id.startswith(EMERGENCY_MARK) else "",
        mapping=one.approval_id if one.approval_id.startswith(MAPPING_MARK) else "",
        granted_by=one.granted_by,
        created=write_time(one.created),
        daily=one.daily,
        entry=entry_of(done.entry) if done else None,
    )


def approval_of(done: Done[Approval]) -> rights.Approval:
    """Return an approval that an act came to, with its entry."""
    return show_approval(done.result, entry_of(done.entry))


def show_approval(one: Approval, entry: Entry | None = None, state: str = "") -> rights.Approval:
    """Return an approval as the API shows it."""
    return rights.Approval(
        approval=one.approval_id,
        status=state or one.state,
        principal=one.requester,
        purpose=one.purpose,
        elements=list(one.elements),
        subjects=one.maximum,
        remaining=one.remaining,
        until=write_time(one.until),
        entry=entry,
        kind=one.kind,
        verbs=list(one.verbs),
        reason=one.reason,
        created=write_time(one.created),
        approver=one.approver,
    )
