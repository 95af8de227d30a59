"""Timers, notices and contacts, as the doors ask for them (C9.1, C10; MISSION A5, A31)."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import sqlalchemy as sa

from bailee.access import Caller
from bailee.app import procedure_shapes as shapes
from bailee.app.law_claims import law_claims
from bailee.app.office import Office, entry_of, last_entry
from bailee.app.parts import RECEIPT
from bailee.app.procedure_rows import (
    contact_shape,
    handing_shape,
    moment,
    notice_shape,
    timer_shape,
)
from bailee.canonical import frame
from bailee.clock import read_time
from bailee.errors import Invalid, NotFound, Refused
from bailee.ledger import Fact, Receipt
from bailee.procedures import (
    Contact,
    Contacts,
    Notices,
    Targets,
    Timers,
    read_targets,
    store,
)
from bailee.procedures.calendar import calendar
from bailee.procedures.contact import gaps
from bailee.procedures.contacts import ENTER, SEE, check_sees
from bailee.procedures.notices import CODE

NOBODY = {"kind": "outsider", "principal_id": "code"}
"""Who acknowledges by the code in the message."""
CODE_HEX = 32


def check_hook(address: str, hosts: Collection[str]) -> None:
    """Refuse an address on a host, or port, that the operator did not name (ASVS 1.3.6).

    It could be in our own network.

    Raises:
        Refused: ``contact.host``.
    """
    host = urlsplit(address).netloc.removesuffix(":443")
    if address.startswith("https:") and host not in hosts:
        raise Refused(
            "contact.host",
            "Messages are not posted to that host.",
            do="Name it in BAILEE_HOOK_HOSTS, or give a mail address.",
        )


class Procedures(Office):
    """What the procedures of every domain share."""

    @cached_property
    def targets(self) -> Targets:
        """Return the operator's times, read once.

        Raises:
            Invalid: ``targets.form``, ``targets.file``.
        """
        path = self.parts.settings.targets_file
        if not path:
            return Targets()
        try:
            return read_targets(Path(path).read_bytes())
        except OSError:
            raise Invalid("targets.file", "BAILEE_TARGETS_FILE cannot be read.") from None

    @cached_property
    def timers(self) -> Timers:
        """Return the acts upon timers."""
        parts = self.parts
        return Timers(
            self.record,
            rules=parts.agreements.in_force,
            clock=parts.clock,
            targets=self.targets,
            laws=partial(law_claims, parts),
        )

    @cached_property
    def notices(self) -> Notices:
        """Return the acts upon notices."""
        return Notices(
            self.record, clock=self.parts.clock, targets=self.targets, timers=self.timers
        )

    @property
    def contacts(self) -> Contacts:
        """Return the acts upon contacts."""
        return Contacts(self.parts.access, self.parts.clock)

    def record(self, conn: sa.Connection, fact: Fact) -> Receipt:
        """Put a fact into the ledger, in the caller's transaction."""
        receipt = self.parts.ledger.append(conn, fact)
        conn.info[RECEIPT] = receipt
        return receipt

    # Timers.

    def list_timers(self, caller: Caller, controller: str) -> shapes.Timers:
        """List a controller's clocks, to both sides."""

        def work(conn: sa.Connection) -> shapes.Timers:
            check_sees(conn, self.parts.access, caller, controller)
            now = self.parts.clock.now()
            return shapes.Timers(
                [timer_shape(one, now) for one in self.timers.listed(conn, controller)]
            )

        return self.read(caller, controller, SEE, work)

    def timer_calendar(self, caller: Caller, controller: str) -> str:
        """Return the clocks that run as a calendar (RFC 5545)."""

        def work(conn: sa.Connection) -> str:
            check_sees(conn, self.parts.access, caller, controller)
            found, domain = self.timers.listed(conn, controller), self.parts.settings.origin
            return calendar(found, domain=domain, now=self.parts.clock.now())

        return self.read(caller, controller, SEE, work)

    def extend_timer(
        self, caller: Caller, controller: str, item: str, body: shapes.Extension
    ) -> shapes.Timer:
        """Move a deadline; the controller's own side never needs to."""

        def work(conn: sa.Connection) -> shapes.Timer:
            self.parts.access.demand(conn, caller, ENTER, controller)
            if body.notice and store.one_notice(conn, controller, body.notice) is None:
                raise NotFound("notice.unknown", "There is no such notice.")
            moved = self.timers.extend(
                conn,
                caller.actor(),
                controller,
                item,
                until=read_time(body.until),
                reason=body.reason,
                notified=body.notice,
            )
            shown = timer_shape(moved, self.parts.clock.now())
            return msgspec.structs.replace(shown, entry=last_entry(conn))

        return self.act(caller, controller, ENTER, work)

    # Notices.

    def list_notices(self, caller: Caller, controller: str) -> shapes.Notices:
        """List a controller's notices, to both sides, newest first."""

        def work(conn: sa.Connection) -> shapes.Notices:
            check_sees(conn, self.parts.access, caller, controller)
            found, now = self.notices.listed(conn, controller), self.parts.clock.now()
            return shapes.Notices([notice_shape(one, now) for one in reversed(found)])

        return self.read(caller, controller, SEE, work)

    def show_notice(self, caller: Caller, controller: str, item: str) -> shapes.Notice:
        """Show a notice with its text and every try to hand it over."""

        def work(conn: sa.Connection) -> shapes.Notice:
            check_sees(conn, self.parts.access, caller, controller)
            found = store.one_notice(conn, controller, item)
            if found is None:
                raise NotFound("notice.unknown", "There is no such notice.")
            tried = [handing_shape(one) for one in store.handings(conn, controller, item)]
            shown = notice_shape(found, self.parts.clock.now())
            return msgspec.structs.replace(shown, body=found.body, handings=tried)

        return self.read(caller, controller, SEE, work)

    def acknowledge_notice(self, caller: Caller, controller: str, item: str) -> shapes.Notice:
        """Say, as the controller's representative, that one read it."""

        def work(conn: sa.Connection) -> shapes.Notice:
            if not self.parts.access.speaks_for(conn, caller, controller):
                self.parts.access.demand(conn, caller, SEE, controller)
                raise Invalid(
                    "notice.theirs",
                    "A notice is acknowledged by the controller, never by us.",
                    do="Ask its representative, or whoever got the message.",
                )
            done = self.notices.acknowledge(
                conn, caller.actor(), controller, item, by=caller.accountable
            )
            shown = notice_shape(done, self.parts.clock.now())
            return msgspec.structs.replace(shown, entry=last_entry(conn))

        return self.act(caller, controller, SEE, work)

    def confirm_notice(self, body: shapes.Acknowledgement, remote: str) -> shapes.Notice:
        """Acknowledge a notice by the code in its message; takes no credential.

        Whoever guesses is told the same for a wrong code as for a notice that is not there, opens
        no transaction, and is counted in the house's log by ``remote``, where the call came from.
        """
        try:
            return self._confirmed(body)
        except NotFound as failure:
            self.parts.sentry.refuse(remote, failure.code)
            raise

    def _confirmed(self, body: shapes.Acknowledgement) -> shapes.Notice:
        if not hmac.compare_digest(self.notice_code(body.notice), body.code):
            raise _no_code()
        controller, item = body.controller, body.notice

        def work(conn: sa.Connection) -> shapes.Notice:
            known = self.parts.agreements.controllers(conn)
            one = None
            if any(row.controller == controller for row in known):
                one = store.one_notice(conn, controller, item)
            if one is None:
                raise _no_code()
            done = self.notices.acknowledge(conn, NOBODY, controller, item, by=CODE)
            # Nobody signed in: what is answered is what the message said anyway.
            return shapes.Notice(
                done.notice_id, controller, done.matter.kind, done.matter.item, done.version,
                done.kind, done.role, done.subject, done.state, moment(done.written),
                done.body_sha256, acknowledged=moment(done.acknowledged),
            )  # fmt: skip

        return self.parts.data.write(controller, work)

    def notice_code(self, notice_id: str) -> str:
        """Return the code that only a message carries: no table has it."""
        key, _ = self.parts.keys.document_signer()
        secret = key.private_numbers().private_value.to_bytes(66, "big")
        mark = hmac.new(secret, frame(b"bailee notice code 1", notice_id.encode()), "sha256")
        return mark.hexdigest()[:CODE_HEX]

    # Contacts.

    def add_contact(
        self, caller: Caller, controller: str, body: shapes.NewContact
    ) -> shapes.Contact:
        """Enter whom a controller wants to hear from us."""
        check_hook(body.address, self.parts.settings.hook_hosts)
        wanted = Contact(
            contact_id="",
            controller=controller,
            role=body.role,
            rank=body.rank,
            name=body.name,
            address=body.address,
            certificate=body.certificate,
            reference=body.reference,
            added=self.parts.clock.now(),
            added_by="",
        )

        def work(conn: sa.Connection) -> shapes.Contact:
            done = self.contacts.add(conn, caller, wanted)
            return msgspec.structs.replace(contact_shape(done.result), entry=entry_of(done.entry))

        return self.act(caller, controller, ENTER, work)

    def end_contact(self, caller: Caller, controller: str, item: str) -> shapes.Contact:
        """End a contact."""

        def work(conn: sa.Connection) -> shapes.Contact:
            done = self.contacts.end(conn, caller, controller, item)
            return msgspec.structs.replace(contact_shape(done.result), entry=entry_of(done.entry))

        return self.act(caller, controller, ENTER, work)

    def list_contacts(self, caller: Caller, controller: str) -> shapes.Contacts:
        """List a controller's contacts, and what is missing among them."""

        def work(conn: sa.Connection) -> shapes.Contacts:
            found = self.contacts.listed(conn, caller, controller)
            return shapes.Contacts([contact_shape(one) for one in found], gaps(found))

        return self.read(caller, controller, SEE, work)


def _no_code() -> NotFound:
    return NotFound("notice.code", "That code acknowledges no notice.")
