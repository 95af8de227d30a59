"""What is proven at the end of an agreement: that a return is complete, and the certificate (C6).

*Complete* means: the openings of the disclosure's entries name every record and every element that
the vault holds, none of it masked, and its account has as many records in its parts. Whether the
parts can be read, their recipients alone can tell; so they say it before anything is destroyed.

*A certificate* is made in one commit with the entry that holds its digest; asked for again while
nothing changed, it is the same one. Its proofs are the log's own.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
import json
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from bailee import __version__
from bailee.access import Caller, Disclosure, disclosure_store
from bailee.access.consent import RETURN as BACK
from bailee.agreement import RETURN
from bailee.app import end_letter, end_paper
from bailee.app import end_shapes as shapes
from bailee.app.procedures import Procedures
from bailee.assurance import report, signature
from bailee.assurance import store as audit_store
from bailee.canonical import decode
from bailee.clock import write_time
from bailee.errors import Conflict, NotFound, Refused, Unavailable
from bailee.keys import GUESSABLE, GuessableKey, certify, covering
from bailee.privacy import end_certificate, subprocessor_store, termination_store
from bailee.privacy.end_certificate import Around, Horizon
from bailee.privacy.end_desk import CERTIFICATE, CHOICE, CLOCK, ERASURE, LAW, WITHIN
from bailee.privacy.termination import DESTROYED, WHOLE, Termination
from bailee.privacy.termination_store import Certified
from bailee.privacy.terminations import Terminations
from bailee.procedures import Matter, Message, Timers
from bailee.procedures.contact import PRIVACY

if TYPE_CHECKING:
    from bailee.app.subcontracting import Subcontracting

KIND = "termination"
ENDED, DONE, LAPSED = "agreement-ended", "destruction-done", "retention-ended"
"""Triggers, as the terms call them."""
REVEALED = "vault:record:revealed"
SIGNED_SECONDS = 10.0
"""So long an answer waits for entries to be signed by whichever process sequences."""
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class EndPapers(Procedures):
    """What the acts at the end of an agreement prove."""

    @property
    def terminations(self) -> Terminations:
        """Return the acts at the end of an agreement."""
        parts = self.parts
        office: Subcontracting = cast("Any", self)  # another office of the same house
        return Terminations(
            parts.access,
            parts.agreements,
            parts.clock,
            instruct=office.last_instructing.tell_rest,
            announce=self._announce,
        )

    def _announce(
        self, conn: sa.Connection, caller: Caller, found: Termination, became: str
    ) -> None:
        """Start and end clocks by what happened, and write to the controller about it.

        The clocks read the agreement as it stood at its end, for they run on after everything that
        was agreed with the controller is gone.
        """
        matter, actor = Matter(found.controller, KIND, found.termination_id), caller.actor()
        timers = Timers(
            self.record,
            rules=lambda conn, name: self.parts.agreements.in_force(conn, name, found.ended),
            clock=self.parts.clock,
            targets=self.targets,
        )
        if became == "isolated":
            timers.start(conn, actor, matter, trigger=ENDED, since=found.ended)
        if became == "destroyed":
            timers.meet(conn, actor, matter, trigger=ENDED, parameter=WITHIN)
            timers.meet(conn, actor, matter, trigger=LAPSED)
            timers.start(conn, actor, matter, trigger=DONE, since=self.parts.clock.now())
        if became == "lapsed":
            timers.start(conn, actor, matter, trigger=LAPSED, since=self.parts.clock.now())
        lines = end_letter.lines(found, became, self.terminations.due(conn, found))
        if lines:
            message = Message(KIND, PRIVACY, end_letter.SUBJECTS[became], lines)
            meets = DONE if became == "certified" else ""
            self.notices.write(conn, actor, matter, message, meets=meets)

    # The return.

    def _complete(self, left: Disclosure) -> tuple[Mapping[str, int], int]:
        """Return values by element and records, when a disclosure took everything along.

        Raises:
            Refused: ``return.other``, ``return.masked``, ``return.incomplete``.
        """
        if (left.kind, left.purpose, left.state) != (BACK, RETURN, "ended"):
            raise Refused(
                "return.other",
                "That disclosure did not return everything to the controller itself.",
                do="Run `bailee termination return` to its end.",
            )
        if any(":" in name for name in left.elements):
            raise Refused(
                "return.masked",
                "Something left masked.",
                do="Let whoever runs the return see whole values.",
            )
        answered = self._signed(left.controller, lambda conn: self._returned(conn, left))
        values, records, missing = Counter[str](), 0, Counter[str]()
        for record_id, names in self.parts.vault.closing.places(left.controller):
            lacking = names - answered.get(record_id, frozenset())
            missing.update(lacking)
            values.update(names)
            records += bool(names)
        if missing or left.written != records:
            named = ", ".join(f"{count} of {name}" for name, count in sorted(missing.items()))
            raise Refused(
                "return.incomplete",
                f"Not everything left: {named or 'the parts hold another number of records'}.",
                do="Run the return again, as somebody who may list and reveal all of it.",
            )
        return values, records

    def _returned(self, conn: sa.Connection, left: Disclosure) -> dict[str, frozenset[str]]:
        """Return the elements of each record that were answered in a disclosure."""
        ledger, controller = self.parts.ledger, left.controller
        ledger.place(conn, controller, left.ended_entry)  # so all of its entries are integrated
        found: dict[str, frozenset[str]] = {}
        shapes_ = dict[tuple[str, ...], frozenset[str]]()
        for fields, opening in ledger.since(conn, controller, left.opened, REVEALED):
            if fields["detail"].get("disclosure") != left.disclosure_id:
                continue
            for _, block in opening.records:
                one = json.loads(block)
                names = tuple(one["elements"])
                each = shapes_.setdefault(names, frozenset(names))
                before = found.get(one["record_id"])
                found[one["record_id"]] = each if before is None else before | each
        return found

    def _signed(self, controller: str, work: Any) -> Any:
        """Read what hangs on entries being integrated and signed; waits for whoever does that."""
        until = time.monotonic() + SIGNED_SECONDS
        while True:
            self.parts.ledger.sequence(self.parts.sequencing)
            try:
                return self.parts.data.read(controller, work)
            except (NotFound, Unavailable):
                if time.monotonic() > until:
                    raise
            time.sleep(0.05)

    # The certificate.

    def certify_end(self, caller: Caller, controller: str) -> shapes.EndCertificate:
        """Return the certificate of an end, made anew where there is more to say.

        Raises:
            Conflict: ``termination.not_destroyed``; what ``demand_insight`` raises.
        """

        def find(conn: sa.Connection) -> None:
            self.terminations.demand_insight(conn, caller, controller)

        self.read(caller, controller, "audit", find)
        made = self._certify(caller, controller)
        return self._answer(controller, made)

    def _certify(self, caller: Caller, controller: str) -> Certified:
        return self.parts.data.write(
            controller, lambda conn: self.certified(conn, caller, controller)
        )

    def certified(self, conn: sa.Connection, caller: Caller, controller: str) -> Certified:
        """Return the certificate of an end, made in this transaction where there is more to say.

        Who may, whoever calls has asked.

        Raises:
            Conflict: ``termination.not_destroyed``.
        """
        found = termination_store.one(conn, controller)
        if found is None or found.state != DESTROYED:
            raise Conflict(
                "termination.not_destroyed",
                "Nothing was destroyed yet that could be certified.",
                do="Look who has to act: `bailee termination show`.",
            )
        said = end_certificate.facts(found, self._around(conn, found))
        facts = end_certificate.digest(said)
        before = termination_store.certificates(conn, controller)
        if before and before[-1].facts_sha256 == facts:
            return before[-1]
        item, now = secrets.token_hex(16), self.parts.clock.now()
        body = end_certificate.write(said, item, now)
        sha256 = hashlib.sha256(body).hexdigest()
        detail = {"certificate": item, "certificate_sha256": sha256, **self._signer()}
        receipt = self.terminations.certified(conn, caller, found, detail)
        made = Certified(
            controller, item, now, facts, sha256, receipt.entry_id, body.decode("ascii")
        )
        termination_store.add_certificate(conn, made)
        return made

    def _signer(self) -> dict[str, str]:
        """Return the digest of the certificate that signs documents; nothing without the extra."""
        if not report.available():
            return {}
        key, since = self.parts.keys.document_signer()
        der = signature.certificate(key, self.parts.settings.origin, since)
        return {"pdf_certificate_sha256": hashlib.sha256(der).hexdigest()}

    def _around(self, conn: sa.Connection, found: Termination) -> Around:
        controller = found.controller
        row = self.parts.agreements.row(conn, controller)
        rules = self.parts.agreements.in_force(conn, controller, found.ended)
        now = self.parts.clock.now()
        kept = self.parts.vault.closing.kept(conn, controller)
        duties = (CLOCK, CHOICE, LAW, ERASURE, CERTIFICATE)
        return Around(
            name=row.name,
            origin=self.parts.settings.origin,
            version=__version__,
            agreement={
                "version": rules.version_id,
                "text_sha256": rules.version.text_sha256,
                "ended": write_time(found.ended),
                "obligations": [one for slug in duties for one in rules.obligations_for(slug)],
            },
            horizon=self._gone(found),
            kept=tuple(one for one in kept if one.until > now),
            exports=tuple(_export(one) for one in disclosure_store.disclosures(conn, controller)),
            packs=tuple(
                {"pack": one.pack_id, "made": write_time(one.created)}
                for one in audit_store.packs(conn, controller)
            ),
            instructions=tuple(subprocessor_store.last_instructions(conn, controller)),
        )

    def _gone(self, found: Termination) -> Horizon:
        """Return from when on nothing can be recovered or guessed."""
        settings, kept = self.parts.settings, self.parts.settings.horizon
        destroyed = found.destroyed or self.parts.clock.now()
        rows_gone = found.rows_gone or destroyed
        if found.scope == WHOLE:
            names = [one for one in found.key_names.split() if one.split("/")[0] in GUESSABLE]
            guessable = [GuessableKey(one, LONG_AGO, destroyed) for one in names]
        else:
            versions = self.parts.keys.rotation.guessable(found.controller)
            guessable = covering(versions, rows_gone)
        deaths = [one.destroyed for one in guessable if one.destroyed is not None]
        made = certify(
            destroyed,
            rows_gone=rows_gone,
            key_copies=kept.key_copies({destroyed, *deaths}),
            data_copies=kept.data_copies(rows_gone),
            guessable=guessable,
        )
        planned = None if kept.longest is None else rows_gone + kept.longest
        latest = made.unrecoverable or planned
        return Horizon(
            unrecoverable=write_time(made.unrecoverable) if made.unrecoverable else "",
            latest=write_time(latest) if latest else "",
            waiting=made.waiting,
            key_backup_days=settings.key_backup_days,
            data_backup_days=settings.data_backup_days,
            rekey_days=settings.rekey_days,
        )

    def _answer(self, controller: str, made: Certified) -> shapes.EndCertificate:
        said = decode(made.body.encode("ascii"))
        done = said["destroyed"]
        names = {
            "ordered": done["ordered_entry"],
            "destroyed": done["entry"],
            "certified": made.entry_id,
        }

        def work(conn: sa.Connection) -> tuple[dict[str, str], list[str]]:
            ledger = self.parts.ledger
            logs = [ledger.place(conn, controller, one)[0] for one in names.values()]
            proofs = {what: ledger.proof(conn, controller, one) for what, one in names.items()}
            return proofs, [ledger.vkey(log) for log in dict.fromkeys(logs)]

        proofs, vkeys = self._signed(controller, work)
        pdf, signed_by = self._pdf(said, made.made)
        return shapes.EndCertificate(
            certificate=made.body,
            sha256=made.sha256,
            proofs=proofs,
            vkeys=vkeys,
            pdf=base64.b64encode(pdf).decode("ascii"),
            pdf_certificate_sha256=signed_by,
            entry_id=made.entry_id,
        )

    def _pdf(self, said: Mapping[str, Any], made: datetime) -> tuple[bytes, str]:
        """Return the certificate as a signed PDF, and its signing certificate's digest."""
        if not report.available():
            return b"", ""
        template = importlib.resources.files("bailee.privacy") / "certificate.typ"
        page = report.typeset(template.read_bytes(), end_paper.data(said), made)
        key, since = self.parts.keys.document_signer()
        der = signature.certificate(key, self.parts.settings.origin, since)
        return signature.sign_pdf(page, key, der), hashlib.sha256(der).hexdigest()


def _export(one: Disclosure) -> dict[str, Any]:
    return {
        "disclosure": one.disclosure_id,
        "kind": one.kind,
        "status": one.state,
        "recipients": list(one.keys),
        "records": one.written if one.ended else one.records,
        "opened": write_time(one.opened),
        "manifest_sha256": one.manifest_sha256,
    }
