"""Controllers and what was agreed with them, as the doors ask for it (C1, C2.10, C6, C8, C11)."""

from __future__ import annotations

from datetime import UTC, datetime, time

import msgspec
import sqlalchemy as sa

from bailee.access import Caller
from bailee.agreement import (
    Agreement,
    Finding,
    Interpretation,
    Reading,
    Supplement,
    letter,
)
from bailee.app import shapes
from bailee.app.office import Office, last_entry
from bailee.app.register import read_day
from bailee.clock import read_time, write_time
from bailee.db import HOUSE, scope
from bailee.errors import Invalid, NotFound
from bailee.vault.shapes import Entry


class Contracts(Office):
    """Acts upon controllers and their agreements."""

    def create_controller(
        self, caller: Caller, body: shapes.NewController
    ) -> shapes.AgreementInstalled:
        """Take on a controller with its agreement.

        Keys come first: if the process dies before the data transaction commits, they wait for
        the next try under the same name.
        """
        self.parts.data.read(HOUSE, lambda conn: self._may_take_on(conn, caller))
        self.parts.keys.create_controller(body.controller)

        def work(conn: sa.Connection) -> shapes.AgreementInstalled:
            self._may_take_on(conn, caller)
            scope(conn, body.controller)
            self.parts.agreements.open(conn, body.controller, body.name, by=caller)
            return self._install(conn, caller, body.controller, body)

        return self.act(caller, HOUSE, "grant", work)

    def _may_take_on(self, conn: sa.Connection, caller: Caller) -> None:
        self.parts.access.demand(conn, caller, "grant", HOUSE)

    def install_agreement(
        self, caller: Caller, controller: str, body: shapes.NewAgreement
    ) -> shapes.AgreementInstalled:
        """Install a new version of the text."""

        def work(conn: sa.Connection) -> shapes.AgreementInstalled:
            self.parts.access.demand(conn, caller, "interpret", controller)
            return self._install(conn, caller, controller, body)

        return self.act(caller, controller, "interpret", work)

    def _install(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        body: shapes.NewAgreement | shapes.NewController,
    ) -> shapes.AgreementInstalled:
        version = self.parts.agreements.install(
            conn,
            controller,
            body.text.encode("utf-8"),
            terms_id=body.terms,
            effective=datetime.combine(read_day(body.effective), time(), UTC),
            by=caller,
        )
        entry = last_entry(conn)
        found = self.parts.agreements.in_force(conn, controller, version.effective_from)
        return shapes.AgreementInstalled(
            controller=controller,
            version=version.version_id,
            effective=write_time(version.effective_from),
            findings=[_finding(one) for one in found.findings],
            broken=_broken(found),
            entry=entry,
        )

    def controllers(self, caller: Caller) -> shapes.Controllers:
        """List the controllers at which the caller holds any right."""

        def work(conn: sa.Connection) -> list[shapes.Controller]:
            known = []
            for row in self.parts.agreements.controllers(conn):
                scope(conn, row.controller)
                try:
                    self.parts.access.see(conn, caller, row.controller)
                except NotFound:
                    continue
                created = write_time(row.created)
                known.append(shapes.Controller(row.controller, row.name, row.status, created))
            return known

        return shapes.Controllers(self.parts.data.read(HOUSE, work))

    def agreement(self, caller: Caller, controller: str) -> shapes.AgreementView:
        """Show the agreement in force to whoever has any right at the controller."""

        def work(conn: sa.Connection) -> shapes.AgreementView:
            self.parts.access.see(conn, caller, controller)
            made = self.parts.agreements.interpretations(conn, controller)
            found = view_of(self.parts.agreements.in_force(conn, controller), made)
            names = self.parts.access.names(conn)
            signed = {one.proposed_by for one in made} | {one.agreed_by or "" for one in made}
            return msgspec.structs.replace(
                found, names={one: names[one] for one in sorted(signed) if one in names}
            )

        return self.read(caller, controller, "see", work)

    def letter(self, caller: Caller, controller: str) -> shapes.Letter:
        """Write what is to be agreed with the controller, with our readings, to be signed."""

        def work(conn: sa.Connection) -> shapes.Letter:
            self.parts.access.see(conn, caller, controller)
            agreement = self.parts.agreements.in_force(conn, controller)
            return shapes.Letter(
                letter(
                    agreement,
                    processor=agreement.terms.processor_terms[0],
                    controller=agreement.terms.controller_terms[0],
                    proposed=self.parts.agreements.interpretations(conn, controller),
                )
            )

        return self.read(caller, controller, "see", work)

    def add_supplement(
        self, caller: Caller, controller: str, body: shapes.NewSupplement
    ) -> shapes.Supplement:
        """Sign, for our side, a writing that extends the annex (C2.10)."""

        def work(conn: sa.Connection) -> shapes.Supplement:
            self.parts.access.demand(conn, caller, "interpret", controller)
            made = self.parts.agreements.add_supplement(
                conn, controller, body.elements, text=body.text.encode("utf-8"), by=caller
            )
            return self._supplement(conn, controller, made)

        return self.act(caller, controller, "interpret", work)

    def sign_supplement(self, caller: Caller, controller: str, item: str) -> shapes.Supplement:
        """Sign a supplement for the controller; from now on its elements may be held."""

        def work(conn: sa.Connection) -> shapes.Supplement:
            self.parts.access.demand(conn, caller, "interpret", controller)
            made = self.parts.agreements.sign_supplement(conn, controller, item, by=caller)
            return self._supplement(conn, controller, made)

        return self.act(caller, controller, "interpret", work)

    def _supplement(
        self, conn: sa.Connection, controller: str, made: Supplement
    ) -> shapes.Supplement:
        entry = last_entry(conn)
        permitted = sorted(self.parts.agreements.in_force(conn, controller).permitted)
        return shapes.Supplement(
            made.supplement_id, made.status, list(made.elements), permitted, entry
        )

    def propose_interpretation(
        self, caller: Caller, controller: str, body: shapes.NewInterpretation
    ) -> shapes.Interpretation:
        """Sign our reading of a clause."""
        try:
            reading = msgspec.convert(
                {
                    "says": body.says,
                    "quantity": body.quantity,
                    "unit": body.unit,
                    "counting": body.counting,
                    "calendar": body.calendar,
                    "purposes": tuple(body.purposes),
                },
                Reading,
            )
        except msgspec.ValidationError:
            raise Invalid(
                "interpretation.form",
                "Unit or counting rule is not one that a reading can have.",
                do="Use hours, days, months or years, and plain, eu-1182-71 or business.",
            ) from None

        def work(conn: sa.Connection) -> shapes.Interpretation:
            self.parts.access.demand(conn, caller, "interpret", controller)
            made = self.parts.agreements.propose(
                conn, controller, body.subject, reading=reading, reason=body.reason, by=caller
            )
            return _interpretation(made, last_entry(conn))

        return self.act(caller, controller, "interpret", work)

    def agree_interpretation(
        self, caller: Caller, controller: str, item: str
    ) -> shapes.Interpretation:
        """Sign a proposed reading for the controller."""

        def work(conn: sa.Connection) -> shapes.Interpretation:
            self.parts.access.demand(conn, caller, "interpret", controller)
            made = self.parts.agreements.agree(conn, controller, item, by=caller)
            return _interpretation(made, last_entry(conn))

        return self.act(caller, controller, "interpret", work)

    # The end (C6)

    def end_agreement(self, caller: Caller, controller: str, body: shapes.Ending) -> shapes.Ended:
        """Write when the agreement ended or will end."""
        at = read_time(body.at)

        def work(conn: sa.Connection) -> shapes.Ended:
            self.parts.access.demand(conn, caller, "interpret", controller)
            self.parts.agreements.end(conn, controller, at, by=caller)
            return shapes.Ended(controller, "ending", last_entry(conn))

        return self.act(caller, controller, "interpret", work)

    def rotate_keys(self, caller: Caller, controller: str, body: shapes.Rotation) -> shapes.Rotated:
        """Give keys a new version (C2.8(3)); what stands under older ones follows (``horizons``).

        If the process dies between, both versions are read; running it again goes on.
        """
        if (body.what == "subjects") != bool(body.subjects):
            raise Invalid("rotate.subjects", "Name subjects for 'subjects', and only then.")

        def work(conn: sa.Connection) -> None:
            self.parts.access.demand(conn, caller, "keys", controller)

        self.act(caller, controller, "keys", work)
        version, renewed = self._renew(controller, body)

        def note(conn: sa.Connection) -> shapes.Rotated:
            self.parts.access.note(
                conn,
                "keys:controller:rotated",
                caller.actor(),
                controller=controller,
                control="keys-wrapped",
                detail={"what": body.what, "version": version, "renewed": renewed},
            )
            return shapes.Rotated(version, renewed, last_entry(conn))

        return self.parts.data.write(controller, note)

    def _renew(self, controller: str, body: shapes.Rotation) -> tuple[int, int]:
        if body.what == "subjects":
            ids = self.parts.vault.identify(controller, body.subjects)
            return 0, self.parts.vault.renew_subjects(controller, ids)
        return self.parts.keys.rotate_controller_key(controller, body.what), 0


def _finding(one: Finding) -> shapes.Finding:
    return shapes.Finding(one.rule, one.path, one.line, one.message, one.severity)


def _broken(found: Agreement) -> list[shapes.BrokenBinding]:
    return [
        shapes.BrokenBinding(one.id, one.clause, one.expected, one.found)
        for one in found.binding.broken
    ]


def _interpretation(made: Interpretation, entry: Entry | None) -> shapes.Interpretation:
    return shapes.Interpretation(
        interpretation=made.interpretation_id,
        subject=made.subject,
        status=made.status,
        says=made.reading.says,
        reason=made.reason,
        proposed_by=made.proposed_by,
        proposed_at=write_time(made.proposed_at),
        agreed_by=made.agreed_by or "",
        agreed_at=write_time(made.agreed_at) if made.agreed_at else "",
        entry=entry,
    )


def view_of(found: Agreement, made: tuple[Interpretation, ...]) -> shapes.AgreementView:
    """Return an agreement as the API shows it."""
    return shapes.AgreementView(
        controller=found.controller,
        version=found.version_id,
        terms=found.version.terms_id,
        title=found.contract.title,
        text_sha256=found.version.text_sha256,
        effective=write_time(found.version.effective_from),
        permitted=sorted(found.permitted),
        purposes=sorted(found.purposes),
        findings=[_finding(one) for one in found.findings],
        broken=_broken(found),
        obligations=[
            shapes.Obligation(
                line.id, line.clause, line.kind, line.summary, line.row, line.control, "",
                line.reason,
            )
            for line in found.obligations
        ],
        questions=[
            shapes.OpenQuestion(
                one.id, list(one.clauses), one.says, one.strictest_reading, one.our_reading,
                one.lifted_by,
            )
            for one in found.open_questions()
        ],
        interpretations=[_interpretation(one, None) for one in made],
        instructed=[
            shapes.AddedPurpose(
                one.purpose, sorted(one.elements), sorted(one.verbs), write_time(one.since),
                write_time(one.until), one.instruction_id,
            )
            for one in found.extensions
        ],
    )  # fmt: skip
