"""Controls over the record and the text (C1, C2.5(5), C5.2, C8, C11)."""

from __future__ import annotations

import secrets
import tempfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.agreement import bind, compile_text
from bailee.app.canary import CONTROLLER
from bailee.app.control import Blind, refused
from bailee.app.watch_access import planted
from bailee.errors import Failure, NotFound
from bailee.ledger import read_entry, verify
from bailee.ledger.tables import RETIRED
from bailee.vault.shapes import Reveal

if TYPE_CHECKING:
    from bailee.app.house import House
    from bailee.app.office import Office

UNWITNESSED = "log.unwitnessed"


def access_log(house: House, _controller: str) -> list[str]:
    """Read a value and be refused once; both must stand in the signed log, provably (C2.5(5))."""
    with planted(house) as canary:
        body = Reveal(canary.purpose, ["person.name"], records=[canary.record])
        seen = house.vault.reveal(canary.caller, CONTROLLER, body)
        nowhere = Reveal(canary.purpose, ["person.name"], records=[secrets.token_hex(16)])
        found = refused(
            lambda: house.vault.reveal(canary.caller, CONTROLLER, nowhere),
            "record.unknown",
            "record.unknown_served",
        )
        house.settle()
        for entry_id in (canary.entry_id, seen.entry.entry_id):
            try:
                found += _proven(house, entry_id)
            except Failure as failure:
                found.append(f"entry.{failure.code}")
    said = _said_after(house, canary.entry_id)
    if ("vault:record:revealed", "allowed") not in said:
        found.append("entry.reveal_missing")
    if ("vault:call:refused", "refused") not in said:
        found.append("entry.refusal_missing")
    return sorted(set(found))


def _said_after(house: House, entry_id: str) -> set[tuple[str, str]]:
    """Return action and decision of every signed entry of a log that follows one of it."""

    def work(conn: sa.Connection) -> set[tuple[str, str]]:
        ledger = house.parts.ledger
        try:
            log, index = ledger.place(conn, CONTROLLER, entry_id)
        except NotFound:
            return set()
        later = islice(ledger.entries(conn, CONTROLLER, log), index + 1, None)
        fields = [read_entry(body) for body in later]
        return {(str(one["action"]), str(one["decision"])) for one in fields}

    return house.parts.data.read(CONTROLLER, work)


def _proven(house: House, entry_id: str) -> list[str]:
    """Return what the standalone verifier says against the proof of one entry."""

    def work(conn: sa.Connection) -> tuple[str, str]:
        log, _ = house.parts.ledger.place(conn, CONTROLLER, entry_id)
        return house.parts.ledger.proof(conn, CONTROLLER, entry_id), house.parts.ledger.vkey(log)

    proof, vkey = house.parts.data.read(CONTROLLER, work)
    pinned = verify.Pinned([verify.read_key(vkey, "vkey")], proofs=[("proof", proof.encode())])
    report = verify.verify(None, pinned)
    if not report.problems and not report.notes:
        raise Blind("proof.unread")  # the verifier says of each proof what it shows
    return [f"proof.{one['code']}" for one in report.problems]


def record_keeping(house: House, controller: str) -> list[str]:
    """Export the controller's logs and let the standalone verifier judge them (C5.2).

    Where witnesses are wanted, they must have seen them too.
    """
    house.settle()
    found = []
    with tempfile.TemporaryDirectory(prefix="bailee-") as folder:
        logs = house.parts.data.read(
            controller, lambda conn: house.parts.ledger.logs(conn, controller)
        )
        logs = [log for log in logs if log.status != RETIRED]  # of these only checkpoints remain
        if not logs:
            raise Blind("log.empty")
        for number, log in enumerate(logs):
            target = Path(folder) / str(number)
            house.export_log(controller, log.log, target)
            key = verify.read_key(house.parts.ledger.vkey(log.log), "vkey")
            report = verify.verify(target, verify.Pinned([key]))
            found += [f"log.{one['code']}" for one in report.problems]
            if not report.problems and report.facts.get("size", 0) < log.size:
                found.append("log.short")  # less was verified than stood here before the export
    if unwitnessed(house, controller):
        found.append(UNWITNESSED)
    return sorted(set(found))


def unwitnessed(house: Office, controller: str) -> bool:
    """Say whether witnesses are wanted and have not seen the controller's log for too long."""
    witnessing = house.parts.witnessing
    return witnessing is not None and house.parts.data.read(
        controller, lambda conn: witnessing.unwitnessed(conn, controller)
    )


def agreement_binding(house: House, controller: str) -> list[str]:
    """Compile the stored text again, and see that a changed word breaks its own clause alone."""

    def work(conn: sa.Connection) -> list[str]:
        agreement = house.parts.agreements.in_force(conn, controller)
        text = house.parts.agreements.text(conn, controller, agreement.version_id)
        contract = compile_text(text)
        if contract.text_sha256 != agreement.version.text_sha256:
            return ["text.changed"]
        if bind(contract, agreement.terms).broken:
            return ["binding.broken"]
        line = next(one for one in agreement.obligations if one.text_sha256)
        clause = contract.clause(line.clause)
        if clause is None:
            return ["clause.gone"]
        word = max(clause.text.split(), key=len)
        changed = compile_text(
            text.replace(clause.text.encode(), clause.text.replace(word, word[::-1], 1).encode(), 1)
        )
        broken = {one.clause for one in bind(changed, agreement.terms).broken}
        return [] if broken == {line.clause} else ["binding.blunt"]

    return house.parts.data.read(controller, work)
