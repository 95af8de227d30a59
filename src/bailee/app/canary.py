"""The reserved controller: ours, so that controls can plant and try without touching a customer's.

Its agreement is the model addendum with one annex line taken out: so there is always an element
that may not be held there, and a control that tries to hold it must be refused (C2.10).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from bailee.access import Caller
from bailee.agreement import compile_text, load_terms, model_text
from bailee.app.parts import Parts
from bailee.app.reserved import CONTROLLER, PROBE
from bailee.clock import Clock
from bailee.db import HOUSE, scope
from bailee.vault.shapes import Erase, Protect, ProtectRecord

TERMS = "model-addendum"
FORBIDDEN = "health.condition"
BORN = "person.birth_date"
"""Of one planted person, who is a class of one (C7.2(3)(iii))."""
ELEMENTS = ("person.name", "person.email", "person.ssn", "financial.card_number")
RIGHTS = (
    (("protect", "reveal", "search", "update", "encrypt", "decrypt"), ELEMENTS),
    (("erase",), ("*",)),  # a subject is erased whole
    (("protect",), (BORN,)),
    (("deidentify",), (*ELEMENTS, BORN)),
    (("set-password", "verify-password"), ("person.login_name",)),
)
GRANT_LIFE = timedelta(days=365)
LETTERS = str.maketrans("0123456789abcdef", "ghijklmnopqrstuv")
"""A marker has no digits: some would pass for a card number, which no name may hold."""


def canary_text() -> str:
    """Return the model addendum without the annex line that lists the forbidden element."""
    text = model_text()
    contract = compile_text(text.encode())
    line = next(p for p in load_terms(TERMS).permissions if FORBIDDEN in p.holds)
    clause = contract.clause(line.clause)
    if clause is None or clause.text not in text:
        raise LookupError("the model addendum does not list the element that is to be left out")
    return text.replace(clause.text, "Nothing further")


def found_canary(parts: Parts, administrator: Caller, clock: Clock) -> None:
    """Take on the reserved controller and give the probe its narrow grants there."""
    parts.keys.create_controller(CONTROLLER)
    terms = load_terms(TERMS)

    def work(conn: sa.Connection) -> None:
        probe = parts.access.machine(conn, PROBE, owner=administrator.principal_id)
        scope(conn, CONTROLLER)
        parts.agreements.open(conn, CONTROLLER, "Reserved: controls look here", by=administrator)
        parts.agreements.install(
            conn,
            CONTROLLER,
            canary_text().encode(),
            terms_id=TERMS,
            effective=clock.now() - timedelta(days=1),
            by=administrator,
        )
        for verbs, elements in RIGHTS:
            parts.access.grant(
                conn,
                administrator,
                to=probe.principal_id,
                controller=CONTROLLER,
                verbs=verbs,
                until=clock.now() + GRANT_LIFE,
                elements=elements,
                purposes=(terms.purposes[0].id,),
            )

    parts.data.write(HOUSE, work)


@dataclass(frozen=True)
class Canary:
    """What a control plants: a subject with a value that stands nowhere else in the world."""

    caller: Caller
    purpose: str
    other_purpose: str
    subject: str
    marker: str
    record: str
    entry_id: str


def plant(parts: Parts) -> Canary:
    """Protect a fresh canary and return what is needed to look for it."""
    caller = parts.data.write(HOUSE, lambda conn: parts.access.machine(conn, PROBE))
    purposes = [one.id for one in load_terms(TERMS).purposes]
    subject, marker = secrets.token_hex(8), f"Canary {secrets.token_hex(12).translate(LETTERS)}"
    record = ProtectRecord(ref="0", subject=subject, fields={"person.name": marker}, kind="person")
    done = parts.vault.protect(caller, CONTROLLER, Protect(purposes[0], [record]))
    return Canary(
        caller, purposes[0], purposes[1], subject, marker, done.results[0].record,
        done.entry.entry_id,
    )  # fmt: skip


def remove(parts: Parts, canary: Canary) -> None:
    """Erase a canary when its control has looked."""
    parts.vault.erase(canary.caller, CONTROLLER, Erase(canary.purpose, subjects=[canary.subject]))


__all__ = [
    "BORN",
    "CONTROLLER",
    "ELEMENTS",
    "FORBIDDEN",
    "PROBE",
    "TERMS",
    "Canary",
    "canary_text",
    "found_canary",
    "plant",
    "remove",
]
