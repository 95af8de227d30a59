"""Makes evidence packs: everything that a controller's auditor needs, checked before it is sealed.

1. Who asks is checked, and everything recorded so far is integrated and signed.
2. On one snapshot of the database every log is exported and every other file written, so what the
   logs tell of and what the files hold are of one moment.
3. The pack's own verifier reads it. What it misses is named: in the manifest, in the report.
4. The manifest's hash goes into the log (``audit:pack:made``); the entry's proof joins the pack,
   with the few entries that came in between.

If the process dies, no pack appears. The verifier does not take our word: it reads the same files
once more on the auditor's machine, with a key that the auditor brings.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from bailee import __version__, canonical
from bailee.access import Caller, review_store
from bailee.access.review import summary
from bailee.agreement import decode
from bailee.app import audit_shapes as shapes
from bailee.app import packing_house, report_data, store
from bailee.app.audit_rows import pack_shape, sample_shape
from bailee.app.auditing import Auditing
from bailee.app.contracts import view_of
from bailee.app.control import Control
from bailee.app.controls import CONTROLS
from bailee.app.state import Observation
from bailee.assurance import pack as packs
from bailee.assurance import report, signature
from bailee.assurance import store as audit_store
from bailee.assurance.engagement import Engagement
from bailee.clock import write_time
from bailee.errors import Broken, Conflict, NotFound, Unavailable
from bailee.ledger import store as ledger_store
from bailee.ledger import verify, verify_pack
from bailee.ledger.merkle import WIDTH
from bailee.ledger.tables import RETIRED

RULE = "rank(id) = SHA-256('bailee/sample/v1' 00 seed 00 id); the smallest ranks, in their order"
PROOF_SECONDS = 10.0
"""So long a pack waits for its entry to be signed by whichever process sequences."""


@dataclass
class _Making:
    """A pack on its way."""

    folder: packs.Folder
    controller: str
    engagement: Engagement
    now: datetime
    pack_id: str = field(default_factory=lambda: secrets.token_hex(16))
    logs: list[dict[str, Any]] = field(default_factory=list)
    house: list[str] = field(default_factory=list)
    """Keys of the house's own logs."""
    gaps: list[str] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)
    certificate: str = ""
    """SHA-256 of the certificate that signs the report; empty where there is no report."""


class Packing(Auditing):
    """Acts by which packs are made."""

    def make_pack(self, caller: Caller, controller: str, item: str, target: Path) -> shapes.Pack:
        """Write an evidence pack for an engagement, for either side or its auditor.

        Raises:
            Conflict: ``pack.exists``, ``pack.log_moved``; Broken: ``pack.broken`` where the
            verifier finds more than something missing; and whatever ``look`` raises.
        """
        where = caller, controller, item
        found = self._recorded(
            where, "pack", lambda conn: self.desk.look(conn, caller, controller, item)[0]
        )
        self._settle(controller)
        making = _Making(packs.Folder(target), controller, found, self.parts.clock.now())
        try:
            self.parts.data.read(controller, lambda conn: self._gather(conn, making))
            self._report(making)
            made = self._seal(caller, making)
            making.folder.finish()
        finally:
            making.folder.drop()
        return made

    def _settle(self, controller: str) -> None:
        """Integrate and sign what is recorded, and show it to the witnesses."""
        sequencing = self.parts.sequencing
        self.parts.ledger.sequence(sequencing)
        if self.parts.witnessing is not None:
            logs = self.parts.data.read(
                controller, lambda conn: self.parts.ledger.logs(conn, controller)
            )
            for one in logs[-1:]:
                self.parts.witnessing.show(sequencing, controller, one.log, 5.0)

    # What is in it.

    def _gather(self, conn: sa.Connection, making: _Making) -> None:
        """Write everything but the report, on one snapshot."""
        controller, folder = making.controller, making.folder
        agreement = self.parts.agreements.in_force(conn, controller)
        view = view_of(agreement, self.parts.agreements.interpretations(conn, controller))
        last = store.last_observations(conn, controller)
        clauses = self._clauses(agreement, last).clauses
        self._write_texts(conn, making)
        folder.write_json(
            "obligations.json",
            {
                "agreement": agreement.version_id,
                "controls": [_control(one) for one in CONTROLS.values()],
                "obligations": _plain([line for one in clauses for line in one.obligations]),
                "readings": _plain(view.interpretations),
                "questions": _plain(view.questions),
            },
        )
        making.report = {"clauses": clauses, "last": last, "view": view}
        self._write_evidence(conn, making)
        self._export_logs(conn, making)
        packs.write_verifiers(folder)
        policy = self.parts.settings.witness_policy()
        if policy is not None:
            folder.write("policy", policy)
        making.about = {
            "agreement": agreement.version_id,
            "bailee": __version__,
            "controller": controller,
            "engagement": making.engagement.engagement_id,
            "made": write_time(making.now),
            "pack": making.pack_id,
        }

    def _write_texts(self, conn: sa.Connection, making: _Making) -> None:
        """Write every text that was ever installed, and the terms of each."""
        for row in self.parts.agreements.versions(conn, making.controller):
            text = self.parts.agreements.text(conn, making.controller, row.version_id)
            making.folder.write(f"agreement/{row.version_id}.txt", decode(text).encode())
            name = f"terms/{row.terms_id}.toml"
            if not (making.folder.path / name).exists():
                terms = importlib.resources.files("bailee.agreement") / name
                making.folder.write(name, terms.read_bytes())

    def _write_evidence(self, conn: sa.Connection, making: _Making) -> None:
        """Write what controls saw, who holds rights and who reviewed them, examined, and drew."""
        controller, folder = making.controller, making.folder
        seen = store.observations(conn, controller)
        rights = self.rights_held(conn, controller)
        found = audit_store.engagements(conn, controller)
        engagements = [self._engagement(conn, one) for one in found]
        samples = [sample_shape(one) for one in audit_store.samples(conn, controller)]
        before = [pack_shape(one) for one in audit_store.packs(conn, controller)]
        folder.write_json("observations.json", {"observations": [_look(one) for one in seen]})
        folder.write_json("rights.json", _plain(rights))
        folder.write_json("engagements.json", {"engagements": _plain(engagements)})
        folder.write_json("samples.json", {"rule": RULE, "samples": _plain(samples)})
        folder.write_json("packs.json", {"packs": _plain(before)})
        folder.write_json("reviews.json", {"reviews": _reviews(conn, controller)})
        known = {one.principal for one in rights.holders}
        house = packing_house.told(conn, self.parts.ledger, known)
        making.house = [one["vkey"] for one in house["logs"]]
        folder.write_json("house.json", house)
        making.report |= {
            "controls": Counter(one.control for one in seen),
            "rights": rights,
            "engagements": engagements,
            "samples": samples,
        }

    def _export_logs(self, conn: sa.Connection, making: _Making) -> None:
        ledger = self.parts.ledger
        for number, head in enumerate(ledger.logs(conn, making.controller), 1):
            if head.status == RETIRED:
                making.gaps.append(f"log {number} was retired: its checkpoints alone remain")
                continue
            name = f"logs/{number:03d}"
            ledger.export(conn, making.controller, head.log, making.folder.path / name)
            note = verify.read_note((making.folder.path / name / "checkpoint").read_bytes(), name)
            making.logs.append(
                {
                    "folder": name,
                    "name": head.log,
                    "root": note.root.hex(),
                    "size": note.size,
                    "status": head.status,
                    "vkey": ledger.vkey(head.log),
                }
            )

    # What its own verifier says, and the report.

    def _report(self, making: _Making) -> None:
        """Check the pack, name what is missing, and write what is read first."""
        folder = making.folder
        early = packs.manifest(folder, about=making.about, logs=making.logs, gaps=())
        folder.write(packs.MANIFEST, early)
        named = [one["vkey"] for one in making.logs] + making.house
        keys = [verify.read_key(one, "vkey") for one in named]
        found = verify_pack.verify_pack(folder.path, verify.Pinned(keys), made=False)
        (folder.path / packs.MANIFEST).unlink()
        broken = [one for one in found.problems if not one["code"].endswith(".missing")]
        if broken:
            raise Broken("pack.broken", f"The pack does not verify: {broken[0]['code']}.")
        making.gaps += [f"{one['where']}: {one['says']}" for one in (*found.problems, *found.unmet)]
        making.gaps += [one for one in found.notes if "openings are gone" in one]
        origin = self.parts.settings.origin
        folder.write(
            packs.README, packs.readme(making.controller, origin, making.gaps).encode("utf-8")
        )
        if not report.available():
            return
        key, since = self.parts.keys.document_signer()
        der = signature.certificate(key, origin, since)
        making.certificate = hashlib.sha256(der).hexdigest()
        data = report_data.data(
            making.report,
            facts={**making.about, "origin": origin, "certificate": making.certificate},
            logs=making.logs,
            gaps=making.gaps,
        )
        pdf = report.render(data, making.now)
        folder.write(packs.REPORT, signature.sign_pdf(pdf, key, der))

    # The seal.

    def _seal(self, caller: Caller, making: _Making) -> shapes.Pack:
        """Put the manifest's hash into the log, and the proof of that into the pack."""
        folder = making.folder
        files = folder.hashes()
        data = packs.manifest(folder, about=making.about, logs=making.logs, gaps=making.gaps)
        folder.write(packs.MANIFEST, data)
        detail: dict[str, str | int] = {
            "pack": making.pack_id,
            "manifest_sha256": hashlib.sha256(data).hexdigest(),
            "terms_sha256": packs.terms_digest(files),
            "files": len(files),
            "gaps": len(making.gaps),
        }
        if making.certificate:
            detail["certificate_sha256"] = making.certificate

        def note(conn: sa.Connection) -> audit_store.Pack:
            receipt: Any = self.desk.note_pack(conn, caller, making.engagement, detail)
            made = audit_store.Pack(
                pack_id=making.pack_id,
                controller=making.controller,
                engagement_id=making.engagement.engagement_id,
                made_by=caller.accountable,
                created=making.now,
                manifest_sha256=str(detail["manifest_sha256"]),
                certificate_sha256=making.certificate,
                files=len(files),
                entry_id=receipt.entry_id,
            )
            audit_store.add_pack(conn, made)
            return made

        made = self.parts.data.write(making.controller, note)
        folder.write_json(packs.MADE, self._proven(making, made.entry_id))
        return pack_shape(made)

    def _proven(self, making: _Making, entry_id: str) -> Mapping[str, Any]:
        """Return the proof of the pack's entry, and the entries between it and the pack's logs."""
        until = time.monotonic() + PROOF_SECONDS
        newest = making.logs[-1]

        def work(conn: sa.Connection) -> Mapping[str, Any]:
            controller, ledger = making.controller, self.parts.ledger
            log, index = ledger.place(conn, controller, entry_id)
            if log != newest["name"]:
                raise Conflict(
                    "pack.log_moved",
                    "A new log began while the pack was made.",
                    do="Make it again.",
                )
            head = next(one for one in ledger.logs(conn, controller) if one.log == log)
            between = []
            for n in range(newest["size"] // WIDTH, -(-index // WIDTH)):
                for at, body in enumerate(ledger_store.entries(conn, head, n), n * WIDTH):
                    if newest["size"] <= at < index:
                        between.append(body.decode("ascii"))
            return {"between": between, "proof": ledger.proof(conn, controller, entry_id)}

        while True:
            self.parts.ledger.sequence(self.parts.sequencing)
            try:
                return self.parts.data.read(making.controller, work)
            except (NotFound, Unavailable):  # not integrated, or not signed, by whoever leads
                if time.monotonic() > until:
                    raise
            time.sleep(0.05)


def _control(one: Control) -> dict[str, Any]:
    every = int(one.watch.every.total_seconds())
    return {"control": one.slug, "every": every, "gives": one.watch.gives, "says": one.says}


def _reviews(conn: sa.Connection, controller: str) -> list[dict[str, Any]]:
    """Return every access review as its summary says it: of a closed one the log has the hash."""
    return [
        {
            "content": canonical.decode(
                summary(one, review_store.items(conn, controller, one.review_id))
            ),
            "review": one.review_id,
            "status": one.state,
        }
        for one in review_store.reviews(conn, controller)
    ]


def _look(one: Observation) -> dict[str, Any]:
    return {
        "control": one.control,
        "entry": one.entry_id,
        "findings": list(one.findings),
        "result": one.result,
        "time": write_time(one.time),
    }


def _plain(value: Any) -> Any:
    """Return answers' shapes as JSON has them."""
    return msgspec.to_builtins(value)
