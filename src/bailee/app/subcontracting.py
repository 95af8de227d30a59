"""Sub-processors, as the doors ask for them (C7.3(5), C7.2(5), C7.3(3), C6(ii))."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bailee.access import Caller, Done
from bailee.app import subprocessor_shapes as shapes
from bailee.app.office import entry_of
from bailee.app.procedures import Procedures
from bailee.app.subprocessor_rows import (
    contract_shape,
    duty_shapes,
    engagement_shape,
    instruction_shape,
    list_shape,
    short_of,
    subprocessor_shape,
)
from bailee.clock import read_time, write_time
from bailee.db import HOUSE
from bailee.errors import Invalid, NotFound
from bailee.privacy import subprocessor_store as store
from bailee.privacy.engagement import Engagement, Signature
from bailee.privacy.engagements import Engagements
from bailee.privacy.last_instructions import Answer, LastInstructions
from bailee.privacy.standings import Standing, Standings
from bailee.privacy.subprocessor import Particulars
from bailee.privacy.subprocessors import Change, Subprocessors
from bailee.vault import schema

VERB = "interpret"
"""What a refusal at a controller is recorded with; who may do what, the acts ask."""
KEEP = "people"


class Subcontracting(Procedures):
    """Acts upon sub-processors."""

    @property
    def register(self) -> Subprocessors:
        """Return the acts upon the register."""
        parts = self.parts

        def controllers(conn: sa.Connection) -> list[str]:
            known = parts.agreements.controllers(conn)
            return [row.controller for row in known if row.status != "destroyed"]

        return Subprocessors(
            parts.access, schema=schema(), controllers=controllers, clock=parts.clock
        )

    @property
    def engaging(self) -> Engagements:
        """Return the acts upon engagements."""
        return Engagements(
            self.parts.access,
            self.register,
            rules=self.parts.agreements.in_force,
            notices=self.notices,
            timers=self.timers,
        )

    @property
    def reading(self) -> Standings:
        """Return what shows engagements, also those of a controller whose data is destroyed."""
        return Standings(
            self.parts.access,
            self.register,
            rules=self.parts.agreements.latest,
            notices=self.notices,
            timers=self.timers,
        )

    @property
    def last_instructing(self) -> LastInstructions:
        """Return the acts upon instructions at the end."""
        return LastInstructions(
            self.parts.access,
            self.register,
            rules=self.parts.agreements.in_force,
            notices=self.notices,
            timers=self.timers,
        )

    # The register.

    def record_subprocessor(
        self, caller: Caller, body: shapes.NewSubprocessor
    ) -> shapes.Subprocessor:
        """Write one into the register, or what is different about one."""
        facts = Particulars(
            name=body.name,
            address=body.address,
            contact=body.contact,
            services=tuple(body.services),
            elements=tuple(body.elements),
            countries=tuple(body.countries),
            keys=tuple(body.keys),
        )
        since = read_time(body.since) if body.since else None
        change = Change(body.subprocessor, body.based_on, since)

        def work(conn: sa.Connection) -> shapes.Subprocessor:
            done = self.register.record(conn, caller, facts, change)
            contract = store.contract(conn, done.result.subprocessor_id)
            return subprocessor_shape(done.result, contract, entry=entry_of(done.entry))

        return self.act(caller, HOUSE, KEEP, work)

    def compare_contract(
        self, caller: Caller, item: str, body: shapes.NewContractReading
    ) -> shapes.ContractReading:
        """Say what a contract with a sub-processor covers of ours."""

        def work(conn: sa.Connection) -> shapes.ContractReading:
            read = (body.reference, body.text_sha256, body.duties)
            return contract_shape(self.register.compare(conn, caller, item, read).result)

        return self.act(caller, HOUSE, KEEP, work)

    def mark_worker(self, caller: Caller, item: str, body: shapes.NewWorker) -> shapes.Subprocessor:
        """Say that a person or service is a sub-processor's."""

        def work(conn: sa.Connection) -> shapes.Subprocessor:
            done = self.register.mark(conn, caller, item, body.principal)
            return self._one(conn, item, done)

        return self.act(caller, HOUSE, KEEP, work)

    def subprocessors(self, caller: Caller) -> shapes.Subprocessors:
        """Show the register to who keeps it, or audits the house."""

        def work(conn: sa.Connection) -> shapes.Subprocessors:
            self.register.check_sees(conn, caller)
            newest = {one.subprocessor_id: one for one in store.versions(conn)}
            return shapes.Subprocessors([self._one(conn, one) for one in newest], duty_shapes())

        return self.read(caller, HOUSE, KEEP, work)

    def _one(
        self, conn: sa.Connection, item: str, done: Done[str] | None = None
    ) -> shapes.Subprocessor:
        known = self.register.newest(conn, item)
        workers = [who for who, whose in store.workers(conn).items() if whose == item]
        entry = entry_of(done.entry) if done else None
        return subprocessor_shape(known, store.contract(conn, item), workers, entry)

    # Engagements.

    def propose_subprocessor(
        self, caller: Caller, controller: str, body: shapes.NewProposal
    ) -> shapes.Proposal:
        """Propose one to a controller; the notice leaves as soon as this is durable."""

        def work(conn: sa.Connection) -> shapes.Proposal:
            done = self.engaging.propose(conn, caller, controller, body.subprocessor)
            return self._moved(conn, done)

        return self.act(caller, controller, VERB, work)

    def answer_subprocessor(
        self, caller: Caller, controller: str, item: str, body: shapes.ProposalAnswer
    ) -> shapes.Proposal:
        """Consent, object, or offer another way."""

        def work(conn: sa.Connection) -> shapes.Proposal:
            acts = self.engaging
            if body.answer == "consent":
                signed = _signature(body)
                return self._moved(
                    conn, acts.consent(conn, caller, controller, item, writing=signed)
                )
            say = acts.oppose if body.answer == "object" else acts.offer
            return self._moved(conn, say(conn, caller, controller, item, words=body.words))

        return self.act(caller, controller, VERB, work)

    def engage_subprocessor(self, caller: Caller, controller: str, item: str) -> shapes.Proposal:
        """Let one reach data."""
        return self.act(
            caller,
            controller,
            VERB,
            lambda conn: self._moved(conn, self.engaging.engage(conn, caller, controller, item)),
        )

    def end_subprocessor(self, caller: Caller, controller: str, item: str) -> shapes.Proposal:
        """End an engagement, or take a proposal back."""
        return self.act(
            caller,
            controller,
            VERB,
            lambda conn: self._moved(conn, self.engaging.end(conn, caller, controller, item)),
        )

    def engagements(self, caller: Caller, controller: str) -> shapes.Proposals:
        """Show a controller's sub-processors to both sides, and to who audits."""

        def work(conn: sa.Connection) -> shapes.Proposals:
            found = self.reading.listed(conn, caller, controller)
            return shapes.Proposals(
                engagements=[self._standing_shape(conn, one) for one in found],
                instructions=[
                    instruction_shape(one, self._name(conn, one.subprocessor_id), self._now())
                    for one in store.last_instructions(conn, controller)
                ],
                lists=[list_shape(one) for one in store.lists(conn, controller)],
            )

        return self.read(caller, controller, "audit", work)

    def subprocessor_list(
        self, caller: Caller, controller: str, item: str
    ) -> shapes.SubprocessorListDocument:
        """Show one version of a controller's list."""

        def work(conn: sa.Connection) -> shapes.SubprocessorListDocument:
            self.engaging.check_sees(conn, caller, controller)
            known = {str(one.version): one for one in store.lists(conn, controller)}
            found = known.get(item)
            if found is None:
                raise NotFound("subprocessor.no_list", "There is no such version of the list.")
            at = write_time(found.at)
            return shapes.SubprocessorListDocument(found.version, found.text_sha256, at, found.text)

        return self.read(caller, controller, "audit", work)

    def _moved(self, conn: sa.Connection, done: Done[Engagement]) -> shapes.Proposal:
        return self._standing_shape(conn, self.engaging.standing(conn, done.result), done)

    def _standing_shape(
        self, conn: sa.Connection, stands: Standing, done: Done[Engagement] | None = None
    ) -> shapes.Proposal:
        one = stands.engagement
        rules = self.parts.agreements.latest(conn, one.controller)
        return engagement_shape(
            stands,
            store.versions(conn, one.subprocessor_id),
            short=short_of(store.contract(conn, one.subprocessor_id), rules),
            now=self._now(),
            entry=entry_of(done.entry) if done else None,
        )

    # The end.

    def instruct_subprocessors(
        self, caller: Caller, controller: str, body: shapes.NewLastInstruction
    ) -> shapes.LastInstructions:
        """Relay the controller's choice to everybody who may hold its data."""

        def work(conn: sa.Connection) -> shapes.LastInstructions:
            made = self.last_instructing.relay(conn, caller, controller, body.choice)
            return shapes.LastInstructions(
                [
                    instruction_shape(one, self._name(conn, one.subprocessor_id), self._now())
                    for one in made
                ]
            )

        return self.act(caller, controller, VERB, work)

    def answer_instruction(
        self, caller: Caller, controller: str, item: str, body: shapes.LastInstructionAnswer
    ) -> shapes.LastInstruction:
        """Say that an instruction was handed over, or enter its certificate."""
        answer = Answer(body.event, body.proof, body.text_sha256, body.day, body.signed_by)

        def work(conn: sa.Connection) -> shapes.LastInstruction:
            done = self.last_instructing.step(conn, caller, controller, item, answer=answer)
            one = done.result
            name = self._name(conn, one.subprocessor_id)
            return instruction_shape(one, name, self._now(), entry_of(done.entry))

        return self.act(caller, controller, VERB, work)

    def _name(self, conn: sa.Connection, subprocessor_id: str) -> str:
        return self.register.newest(conn, subprocessor_id).name

    def _now(self) -> datetime:
        return self.parts.clock.now()


def _signature(body: shapes.ProposalAnswer) -> Signature | None:
    """Return the controller's writing that one of us enters, None where none is given.

    Raises:
        Invalid: ``subprocessor.signed``.
    """
    if not (body.given_by or body.text_sha256 or body.reference or body.signed):
        return None
    if not body.signed:
        raise Invalid("subprocessor.signed", "A writing was signed at a time; say when.")
    return Signature(body.given_by, body.reference, body.text_sha256, read_time(body.signed))
