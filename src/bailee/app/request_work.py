"""Requests of people carried out in the vault, as the controller instructed (C7.3(6)(b)).

1. *Begin* (one commit): instruction, people, hold are checked; the request is ``executing``; for a
   package a disclosure is opened, which only a consent of the controller lets happen (C2.3).
2. The vault's own acts, under the rights of whoever carries it out: each is recorded as the access
   or the change that it is, before anything of it can leave.
3. *Finish* (one commit): package and account kept, instruction marked, clock met, notice written.

If the process dies between, the same call goes on. A reveal is made again and recorded again, but
one package is kept; a correction comes under the request's own idempotency key; restricting and
erasing change nothing the second time, and the entry of an erasure is found again by whom it names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bailee.access import Account, Ask, Caller, disclosure_store
from bailee.app import request_package
from bailee.app import request_shapes as shapes
from bailee.app.requesting import Requesting
from bailee.clock import write_time
from bailee.errors import Invalid, Refused
from bailee.privacy import request_store as store
from bailee.privacy.executions import Taking
from bailee.privacy.request import (
    CORRECTION,
    DONE,
    PACKAGE_LIFE,
    PACKED,
    RESTRICTION,
    Counts,
    Exception18,
    Request,
)
from bailee.privacy.request_desk import ENTER
from bailee.vault.person_shapes import PersonRecord, ShowPerson
from bailee.vault.retention import RESTRICTED
from bailee.vault.shapes import Erase, Restrict, Subjects, Update, UpdateRecord

PAGE = 500
"""Records of one call that reveals."""
MARKED = "vault:subject:marked"


class RequestWork(Requesting):
    """Carries requests out."""

    def execute_request(
        self, caller: Caller, controller: str, item: str, body: shapes.Execution
    ) -> shapes.PersonRequest:
        """Carry out what the controller instructed; once done, the same call shows that it is.

        Raises:
            what ``Executions.begin`` raises; Invalid: ``request.recipient``,
            ``request.corrections``; Refused: ``consent.*``; and what the vault's acts raise.
        """

        def begin(conn: sa.Connection) -> Request:
            found = self._request_of(conn, caller, controller, item)
            return found if found.state == DONE else self._request_begun(conn, caller, found, body)

        begun = self.act(caller, controller, ENTER, begin)
        if begun.state == DONE:
            return self.show_request(caller, controller, item)
        if begun.kind in PACKED:
            return self._request_pack(caller, begun, body)
        if begun.kind == CORRECTION:
            entries = self._request_correct(caller, begun, body)
        elif begun.kind == RESTRICTION:
            entries = self._request_restrict(caller, begun)
        else:
            entries = self._request_erase(caller, begun)
        return self._request_finish(caller, begun, entries)

    def move_request(
        self, caller: Caller, controller: str, item: str, body: shapes.RequestMove
    ) -> shapes.PersonRequest:
        """Write down what happened to a request; lifting a restriction also does it."""
        if body.event == "lift":
            return self._request_lift(caller, controller, item, body.purpose)
        return self.note_on_request(caller, controller, item, body)

    def _request_lift(
        self, caller: Caller, controller: str, item: str, purpose: str
    ) -> shapes.PersonRequest:
        """Lift a restriction, once the controller was told that it ends (GDPR 18(3))."""

        def check(conn: sa.Connection) -> tuple[Request, list[str]]:
            found = self._request_of(conn, caller, controller, item)
            self.requests.check_lifts(conn, found)
            return found, self._request_restricted(conn, found)

        found, references = self.act(caller, controller, ENTER, check)
        entries: tuple[str, ...] = ()
        if references:
            asked = Subjects(purpose or found.purpose, references)
            entries = (self.parts.vault.lift(caller, controller, asked).entry.entry_id,)

        def done(conn: sa.Connection) -> shapes.PersonRequest:
            now = self._request_of(conn, caller, controller, item)
            lifted = self.requests.lifted(conn, caller, now, entries)
            return self.request_shown(conn, lifted.result, lifted.entry)

        return self.act(caller, controller, ENTER, done)

    # Begin and finish.

    def _request_begun(
        self, conn: sa.Connection, caller: Caller, found: Request, body: shapes.Execution
    ) -> Request:
        persons, controller = self.parts.vault.persons, found.controller
        living = persons.living(conn, controller, found.subjects)
        places = persons.places(conn, controller, found.subjects)
        self._request_body(conn, found, body, places)
        taking = Taking(
            living=tuple(living),
            held=any(one.held for one in living.values()),
            expected=body.people,
            counts=Counts(len(living), len(places), sum(map(len, places.values()))),
            purpose=body.purpose,
            exceptions=tuple(
                Exception18(one.ground, one.purpose, one.reason) for one in body.exceptions
            ),
        )
        begun = self.requests.begin(conn, caller, found, taking)
        if begun.kind not in PACKED or not places:
            return begun
        elements = tuple(sorted({name for names in places.values() for name in names}))
        return self._request_leaving(conn, caller, begun, (body.recipient, elements))

    def _request_leaving(
        self, conn: sa.Connection, caller: Caller, begun: Request, what: tuple[str, tuple[str, ...]]
    ) -> Request:
        """Open a disclosure for the package, or go on with the one that fits; see ``access``."""
        recipient, elements = what
        access = self.parts.access
        before = disclosure_store.disclosure(conn, begun.controller, begun.disclosure_id)
        wanted = caller.accountable, "open", begun.purpose, (recipient,), elements
        if before is not None and wanted == (
            before.opener, before.state, before.purpose, before.keys, before.elements,
        ):  # fmt: skip
            return begun
        ask = Ask("reveal", begun.controller, begun.purpose, elements)
        opened = access.open_disclosure(conn, caller, ask, (recipient,))
        entry: Any = opened.entry
        disclosure_store.file_entry(conn, opened.result, opened_entry=entry.entry_id)
        return self.requests.attach(conn, begun, opened.result.disclosure_id)

    def _request_body(
        self,
        conn: sa.Connection,
        found: Request,
        body: shapes.Execution,
        places: Any,
    ) -> None:
        """Refuse what does not belong to this kind, or to this person."""
        if found.kind in PACKED:
            request_package.check_recipient(body.recipient)
        goes_on = {one.purpose for one in body.exceptions}
        if not goes_on <= self.parts.agreements.in_force(conn, found.controller).purposes:
            raise Invalid("restriction.purpose", "A purpose is not in the agreement.")
        if bool(body.corrections) != (found.kind == CORRECTION):
            raise Invalid("request.corrections", "A correction, and nothing else, names values.")
        if not body.corrections:
            return
        own = self.parts.vault.persons.records(conn, found.controller, found.subjects)
        for one in body.corrections:
            names = places.get(one.record, frozenset())
            if one.record not in own and not names.issuperset(one.fields):
                raise Refused(
                    "request.not_theirs",
                    "A correction names a value that is not this person's.",
                    do="Name records of the person, and in others' records their own values.",
                )

    def _request_finish(
        self, caller: Caller, begun: Request, entries: tuple[str, ...]
    ) -> shapes.PersonRequest:
        def work(conn: sa.Connection) -> shapes.PersonRequest:
            found = self.requests.found(conn, begun.controller, begun.request_id)
            done = self.requests.finish(conn, caller, found, entries)
            return self.request_shown(conn, done.result, done.entry)

        return self.act(caller, begun.controller, ENTER, work)

    # What each kind does.

    def _request_pack(
        self, caller: Caller, begun: Request, body: shapes.Execution
    ) -> shapes.PersonRequest:
        controller = begun.controller
        people, ids = self.parts.data.read(controller, lambda conn: self._request_held(conn, begun))
        if not ids:
            return self._request_finish(caller, begun, ())
        records, entries = list[PersonRecord](), list[str]()
        for page in _pages(ids):
            asked = ShowPerson(
                purpose=begun.purpose, people=list(begun.subjects), records=page,
                request=begun.request_id, disclosure=begun.disclosure_id, approval=body.approval,
            )  # fmt: skip
            shown = self.parts.vault.persons.show(caller, controller, asked, {})
            records += shown.records
            entries.append(shown.entry.entry_id)
        now = self.parts.clock.now()
        about = controller, begun.request_id, write_time(now)
        sealed = request_package.seal(about, people, records, body.recipient)
        digest = hashlib.sha256(sealed).hexdigest()
        values = sum(len(one.fields) for one in records)
        counts = Counts(len(people), len(records), values)

        def work(conn: sa.Connection) -> shapes.PersonRequest:
            found = self.requests.found(conn, controller, begun.request_id)
            done = self.requests.finish(
                conn, caller, found, tuple(entries), package_sha256=digest, counts=counts
            )
            store.keep_package(
                conn, controller, begun.request_id, body=sealed, until=now + PACKAGE_LIFE
            )
            self._request_account(conn, caller, begun, (body.recipient, len(records), digest))
            return self.request_shown(conn, done.result, done.entry)

        return self.act(caller, controller, ENTER, work)

    def _request_held(self, conn: sa.Connection, begun: Request) -> tuple[list[Any], list[str]]:
        persons = self.parts.vault.persons
        people = persons.living(conn, begun.controller, begun.subjects)
        places = persons.places(conn, begun.controller, begun.subjects)
        return [people[one] for one in sorted(people)], sorted(places)

    def _request_account(
        self, conn: sa.Connection, caller: Caller, begun: Request, packed: tuple[str, int, str]
    ) -> None:
        """End the disclosure: what left, for whom, by which digest (C2.3)."""
        recipient, records, digest = packed
        access = self.parts.access
        left = access.disclosure(conn, caller, begun.controller, begun.disclosure_id)
        account = Account((recipient,), 1, records, digest)
        ended = access.end_disclosure(conn, caller, left, account)
        if ended.entry is not None:
            entry: Any = ended.entry
            disclosure_store.file_entry(conn, left, ended_entry=entry.entry_id)

    def _request_correct(
        self, caller: Caller, begun: Request, body: shapes.Execution
    ) -> tuple[str, ...]:
        asked = Update(
            begun.purpose,
            [
                UpdateRecord(str(place), one.record, dict(one.fields))
                for place, one in enumerate(body.corrections)
            ],
        )
        done = self.parts.vault.update(
            caller, begun.controller, asked, idempotency_key=f"request-{begun.request_id}"
        )
        return (done.entry.entry_id,)

    def _request_restrict(self, caller: Caller, begun: Request) -> tuple[str, ...]:
        references = self._request_references(begun)
        if not references:
            return ()
        allowing = list(dict.fromkeys(one.purpose for one in begun.exceptions))
        asked = Restrict(begun.purpose, references, allowing)
        return (self.parts.vault.restrict(caller, begun.controller, asked).entry.entry_id,)

    def _request_erase(self, caller: Caller, begun: Request) -> tuple[str, ...]:
        """Erase whoever is still there; an erasure that somebody began comes to its end first."""
        vault, controller = self.parts.vault, begun.controller
        references = self._request_references(begun)
        if references:
            vault.erase(caller, controller, Erase(begun.purpose, subjects=references))
        while vault.finish_erasures(controller):
            pass
        return self._request_erased(begun)

    def _request_erased(self, begun: Request) -> tuple[str, ...]:
        """Return the entries that announced the erasure of these people since it began."""
        ledger, people = self.parts.ledger, set(begun.subjects)
        ledger.sequence(self.parts.sequencing)

        def work(conn: sa.Connection) -> tuple[str, ...]:
            if begun.begun is None:
                return ()
            return tuple(
                str(fields["id"])
                for fields, opening in ledger.since(conn, begun.controller, begun.begun, MARKED)
                if any(json.loads(block)["subject_id"] in people for _, block in opening.records)
            )

        return self.parts.data.read(begun.controller, work)

    def _request_references(self, begun: Request) -> list[str]:
        persons, controller = self.parts.vault.persons, begun.controller
        found = self.parts.data.read(
            controller, lambda conn: persons.references(conn, controller, begun.subjects)
        )
        return [found[one] for one in sorted(found)]

    def _request_restricted(self, conn: sa.Connection, found: Request) -> list[str]:
        """Return the references of those who are still restricted."""
        persons, controller = self.parts.vault.persons, found.controller
        living = persons.living(conn, controller, found.subjects)
        still = [one for one, subject in living.items() if subject.state == RESTRICTED]
        return list(persons.references(conn, controller, still).values())


def _pages(ids: Sequence[str]) -> list[list[str]]:
    return [list(ids[at : at + PAGE]) for at in range(0, len(ids), PAGE)]
