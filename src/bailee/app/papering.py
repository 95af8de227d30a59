"""Generated papers and requests for help, as the doors ask for them (C7.2(8), C7.3(3), C7.3(6)).

``live`` is the one place where the state of a controller is gathered for a paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
import sqlalchemy as sa

from bailee.access import Caller, Done, disclosure_store
from bailee.access import store as access_store
from bailee.app import store as app_store
from bailee.app import transfer_shapes as shapes
from bailee.app.controls import CONTROLS
from bailee.app.office import entry_of
from bailee.app.procedures import Procedures
from bailee.app.state import Observation
from bailee.app.transfer_rows import assistance_shape, paper_shape
from bailee.canonical import decode
from bailee.clock import read_time, write_time
from bailee.errors import NotFound
from bailee.privacy import annex, blank, certification, pia, processing
from bailee.privacy import subprocessor_store as sub_store
from bailee.privacy import transfer_store as privacy_store
from bailee.privacy.assertion import standing
from bailee.privacy.assistance import PAPER_OF, Asked
from bailee.privacy.assistances import Assistances
from bailee.privacy.engagement import ENGAGED
from bailee.privacy.live import Live, Seen
from bailee.privacy.paper import Paper
from bailee.privacy.subprocessor_list import document
from bailee.privacy.transfers import Transfers
from bailee.procedures import officer_store
from bailee.procedures import store as procedure_store
from bailee.procedures.contact import FIRST, PRIVACY
from bailee.procedures.officer import COORDINATOR
from bailee.vault import store as vault_store
from bailee.vault import subject_store

SEE, ENTER = "audit", "interpret"
PAPERS: Mapping[str, Callable[[Live], Paper]] = {
    annex.ANNEXES: annex.annexes,
    annex.UK: annex.uk_addendum,
    processing.RECORD: processing.processing_record,
    pia.PIA: pia.assessment,
    blank.CCPA: certification.certification,
}
"""Every paper that is generated, by its name."""


def key_place(address: str) -> str:
    """Return where a root key is asked for, as far as its address says: provider and region."""
    scheme, _, rest = address.partition(":")
    if scheme in ("", "file"):
        return "file"
    parts = rest.split(":")
    if scheme == "awskms" and len(parts) > 3 and parts[0] == "arn":
        return f"awskms:{parts[3]}"
    host = urlsplit(rest).hostname if scheme == "openbao" else ""
    return f"{scheme}:{host}" if host else scheme


class Papering(Procedures):
    """Makes papers of what runs, and answers requests with them."""

    @property
    def flow_desk(self) -> Transfers:
        """Return the acts upon flows and statements."""
        parts = self.parts
        return Transfers(
            parts.access,
            parts.border,
            schema=parts.border.schema,
            clock=parts.clock,
            certified=lambda conn, name: certification.certified(self.live(conn, name)).sha256,
        )

    @property
    def help_desk(self) -> Assistances:
        """Return the acts upon requests for help."""
        parts = self.parts
        return Assistances(
            parts.access, timers=self.timers, targets=self.targets, clock=parts.clock
        )

    def paper(self, caller: Caller, controller: str, item: str) -> shapes.Paper:
        """Generate a paper from what runs now."""

        def work(conn: sa.Connection) -> shapes.Paper:
            self.flow_desk.check_sees(conn, caller, controller)
            return self._paper(conn, controller, item)

        return self.read(caller, controller, SEE, work)

    def _paper(self, conn: sa.Connection, controller: str, name: str) -> shapes.Paper:
        make = PAPERS.get(name)
        if make is None:
            raise NotFound(
                "paper.unknown", "There is no such paper.", do=f"One of: {', '.join(PAPERS)}."
            )
        live = self.live(conn, controller)
        shown = paper_shape(make(live), live.now)
        if name == pia.PIA:
            shown = msgspec.structs.replace(shown, data=dict(pia.pia_file(live)))
        if name == blank.CCPA:
            digest = certification.certified(live).sha256
            shown = msgspec.structs.replace(shown, certifies=digest)
        return shown

    def live(self, conn: sa.Connection, controller: str) -> Live:
        """Gather what papers are made of; nothing is checked here.

        Raises:
            NotFound: ``controller.unknown``, or where no agreement is in force.
        """
        agreement = self.parts.agreements.in_force(conn, controller)
        rows = {one.controller: one for one in self.parts.agreements.controllers(conn)}
        now = self.parts.border.now(conn, controller)
        grants = [
            one
            for one in access_store.grants(conn, controller)
            if one.state == "living" and one.until > now
        ]
        verbs: dict[str, set[str]] = {}
        for one in grants:
            for verb in one.verbs:
                verbs.setdefault(verb, set()).update(one.purposes)
        return Live(
            controller=controller,
            name=rows[controller].name,
            agreement=agreement,
            now=now,
            people=tuple(subject_store.tally(conn, controller)),
            records=vault_store.count_records(conn, controller),
            verbs={verb: tuple(sorted(purposes)) for verb, purposes in verbs.items()},
            flows=self.flow_desk.judged(conn, controller),
            subprocessors=_engaged(conn, controller),
            said=standing(privacy_store.assertions(conn, controller), now),
            names={one.principal_id: one.name for one in access_store.principals(conn)},
            controls=seen_by(app_store.last_observations(conn, controller), now),
            recipients=_recipients(conn, controller),
            keys_at=self.keys_at(),
            contacts=self._contacts(conn, controller, now),
        )

    @staticmethod
    def _contacts(conn: sa.Connection, controller: str, now: datetime) -> dict[str, str]:
        """Return whom each side names for privacy, by side; nothing where nobody is."""
        found = {}
        for one in procedure_store.contacts(conn, controller):
            if (one.role, one.rank, one.state) == (PRIVACY, FIRST, "living"):
                found["exporter"] = f"{one.name}, {one.address}"
        people = {one.principal_id: one.name for one in access_store.principals(conn)}
        for officer in officer_store.officers(conn):
            if officer.role == COORDINATOR and officer.on_duty(now):
                name = people.get(officer.principal, officer.principal)
                found["importer"] = f"{name}, privacy coordinator, {officer.reach}"
        return found

    def keys_at(self) -> tuple[str, ...]:
        """Return the places of the root key, by provider and region as their addresses say."""
        return tuple(key_place(one.address) for one in self.parts.settings.root_places)

    # Requests for help.

    def enter_assistance(
        self, caller: Caller, controller: str, body: shapes.NewAssistance
    ) -> shapes.Assistance:
        """Enter a request."""
        asked = Asked(
            kind=body.kind,
            asked_by=body.asked_by,
            reference=body.reference,
            received=read_time(body.received),
        )

        def work(conn: sa.Connection) -> shapes.Assistance:
            done = self.help_desk.enter(conn, caller, controller, asked)
            shown = assistance_shape(done.result, self.parts.clock.now())
            return msgspec.structs.replace(shown, entry=entry_of(receipt_of(done)))

        return self.act(caller, controller, ENTER, work)

    def assistances(self, caller: Caller, controller: str) -> shapes.Assistances:
        """List requests."""

        def work(conn: sa.Connection) -> shapes.Assistances:
            found, now = self.help_desk.listed(conn, caller, controller), self.parts.clock.now()
            return shapes.Assistances([assistance_shape(one, now) for one in found])

        return self.read(caller, controller, SEE, work)

    def answer_assistance(self, caller: Caller, controller: str, item: str) -> shapes.Paper:
        """Answer a request with its paper, which is handed out with the entry that says so."""

        def work(conn: sa.Connection) -> shapes.Paper:
            self.help_desk.check_answers(conn, caller, controller)
            found = self.help_desk.found(conn, controller, item)
            paper = self._paper(conn, controller, PAPER_OF[found.kind])
            done = self.help_desk.answer(conn, caller, found, paper.sha256)
            return msgspec.structs.replace(paper, entry=entry_of(receipt_of(done)))

        return self.act(caller, controller, ENTER, work)


def _engaged(conn: sa.Connection, controller: str) -> tuple[Mapping[str, Any], ...]:
    """Return the sub-processors that are engaged, as the controller's list has them."""
    versions, stands = sub_store.versions(conn), sub_store.engagements(conn, controller)
    listed = decode(document(controller, versions, stands).encode("ascii"))["subprocessors"]
    return tuple(one for one in listed if one["state"] == ENGAGED)


def receipt_of(done: Done[Any]) -> Any:
    """Return the ledger's receipt of an act."""
    return done.entry


def seen_by(last: Mapping[str, Observation], now: datetime) -> dict[str, Seen]:
    """Return what every control says and saw; a look that is too old proves nothing any more."""
    found = {}
    for slug, control in CONTROLS.items():
        seen = last.get(slug)
        if seen is None:
            found[slug] = Seen(control.says)
            continue
        late = now - seen.time > control.watch.every
        result = "late" if late and seen.result == "passed" else seen.result
        found[slug] = Seen(control.says, result, write_time(seen.time), seen.entry_id)
    return found


def _recipients(conn: sa.Connection, controller: str) -> tuple[tuple[str, str, int], ...]:
    """Return to whom data went, and how many records were answered for them."""
    consents = {one.consent_id: one for one in disclosure_store.consents(conn, controller)}
    counts: Counter[tuple[str, str]] = Counter()
    for one in disclosure_store.disclosures(conn, controller):
        used = {(consents[name].recipient, consents[name].country) for name in one.consents}
        for recipient in used:
            counts[recipient] += one.records
    return tuple((*who, many) for who, many in sorted(counts.items()))
