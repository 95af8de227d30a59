"""Controls over who can be told apart, and over who received what (C7.2(3)(iii), C2.3; A4, A29)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import DEIDENTIFIED, Consent, disclosure_store
from bailee.app.accounting import AT_ONCE
from bailee.app.accounting_shapes import NewAccounting, NewDeidentified
from bailee.app.canary import BORN, CONTROLLER, Canary
from bailee.app.control import refused
from bailee.app.watch_access import planted
from bailee.errors import NotFound
from bailee.privacy import accounting_store, deidentified_store
from bailee.privacy.anonymity import LEAST, REFUSE, SUPPRESS
from bailee.privacy.deidentifications import Wanted, asked
from bailee.privacy.harbor import plan
from bailee.vault.shapes import Protect, ProtectRecord

if TYPE_CHECKING:
    from bailee.app.house import House

RECIPIENT = "openpgp:" + hashlib.sha256(b"nobody at all").hexdigest()
LOOKED, STRETCH = 8, 256
"""Stretches of a log that are compared with the index at one look, and how long each is."""
NEWEST = 200
"""Consents that are compared with the ledger at one look."""
FORGED = timedelta(days=1)


class _Undo(Exception):  # noqa: N818 - how an attempt that worked is undone
    """Leaves a transaction that must not commit."""


def no_reidentification(house: House, controller: str) -> list[str]:
    """Try to let somebody leave who can be told apart; look at what rows left without names.

    One planted person is a class of one: rows must not leave, whether small classes are left out or
    stop everything. Neither may names, elements that nobody mapped, anything without a writing, or
    with one in which the recipient did not undertake to identify nobody.
    """
    with planted(house) as canary:
        record = ProtectRecord(ref="0", subject=canary.subject, fields={BORN: "1931-04-05"})
        house.vault.protect(canary.caller, CONTROLLER, Protect(canary.purpose, [record]))
        found = refused(
            lambda: _let_go(house, canary, SUPPRESS),
            "deidentified.nothing_left",
            "class.of_one",
        )
        found += refused(
            lambda: _let_go(house, canary, REFUSE), "deidentified.small_class", "class.of_one"
        )
        for elements, code, wrong in (
            (["person.name", "person.ssn"], "deidentified.nothing_left", "rows.with_names"),
            ([f"{BORN}:month_day"], "deidentified.unmapped", "rows.unmapped"),
            ([BORN], "consent.missing", "rows.without_consent"),
        ):
            body = NewDeidentified(canary.purpose, elements, [RECIPIENT])
            found += refused(
                lambda body=body: house.deidentify(canary.caller, CONTROLLER, body),  # type: ignore[misc]
                code,
                wrong,
            )
        found += refused(
            lambda: _without_undertaking(house, canary),
            "consent.no_undertaking",
            "rows.without_undertaking",
        )
    return sorted({*found, *house.parts.data.read(controller, lambda c: _left(c, controller))})


def _wanted(house: House, canary: Canary, small: str) -> Wanted:
    made = plan([BORN], [])
    k, source = house.parts.data.read(CONTROLLER, lambda conn: house.class_target(conn, CONTROLLER))
    ask = asked(CONTROLLER, canary.purpose, made)
    return Wanted(ask, (RECIPIENT,), made, k, source, small)


def _undone(house: House, work: Callable[[sa.Connection], object], writing: Consent) -> None:
    """Do something under a writing, in a transaction that never commits."""

    def attempt(conn: sa.Connection) -> None:
        disclosure_store.add_consent(conn, writing)
        work(conn)
        raise _Undo

    with suppress(_Undo):
        house.parts.data.write(CONTROLLER, attempt)


def _let_go(house: House, canary: Canary, small: str) -> None:
    desk, gathering, now = (
        house.deidentifications, house.parts.vault.gathering, house.parts.clock.now(),
    )  # fmt: skip
    wanted = _wanted(house, canary, small)
    found = desk.gather(
        lambda after: house.parts.data.read(
            CONTROLLER, lambda conn: gathering.page(conn, canary.caller, wanted.ask, after)
        ),
        wanted,
        now,
    )
    _undone(
        house,
        lambda conn: desk.let_go(conn, canary.caller, wanted, found=found, now=now),
        _writing(house, canary, "1" * 64),
    )


def _without_undertaking(house: House, canary: Canary) -> None:
    wanted = _wanted(house, canary, SUPPRESS)
    _undone(
        house,
        lambda conn: house.deidentifications.check(conn, canary.caller, wanted),
        _writing(house, canary, ""),
    )


def _writing(house: House, canary: Canary, undertaking: str) -> Consent:
    """Return a writing that covers the attempt, and is never committed."""
    now = house.parts.clock.now()
    return Consent(
        kind="third-party",
        given_by="nobody",
        reference="a control",
        text_sha256="0" * 64,
        recipient="nobody",
        keys=(RECIPIENT,),
        purposes=(canary.purpose,),
        elements=(f"{BORN}:year",),
        since=now - FORGED,
        until=now + FORGED,
        consent_id=secrets.token_hex(16),
        controller=CONTROLLER,
        created=now,
        recorded_by="one",
        state="confirmed",
        confirmed_by="another",
        confirmed=now,
        undertaking_sha256=undertaking,
    )


def _left(conn: sa.Connection, controller: str) -> list[str]:
    """Return codes of what is wrong with rows that left without names."""
    consents = {one.consent_id: one for one in disclosure_store.consents(conn, controller)}
    exports = {one.disclosure_id: one for one in deidentified_store.exports(conn, controller)}
    wrong = []
    for one in disclosure_store.disclosures(conn, controller):
        if one.form != DEIDENTIFIED:
            continue
        used, made = [consents.get(name) for name in one.consents], exports.get(one.disclosure_id)
        if not all(used) or not all(each.undertaking_sha256 for each in used if each):
            wrong.append("export.no_undertaking")
        if made is None:
            wrong.append("export.unrecorded")
        elif made.smallest < made.k or made.k < LEAST or not made.quasi:
            wrong.append("export.small_class")
    return wrong


def disclosure_register(house: House, controller: str) -> list[str]:
    """Ask for an accounting that is not one's own to have; compare index and register with the log.

    Stretches of the log are read anew and must give what the index has; each writing must name in
    the register whom it names in the ledger.
    """
    with planted(house) as canary:
        body = NewAccounting(canary.purpose, canary.subject)
        found = refused(
            lambda: house.account(canary.caller, CONTROLLER, body),
            "grant.missing",
            "accounting.to_anybody",
        )
    house.parts.ledger.sequence(house.parts.sequencing)
    house.read_on(controller, AT_ONCE)
    return sorted(
        {*found, *house.parts.data.read(controller, lambda c: _compared(house, c, controller))}
    )


def _compared(house: House, conn: sa.Connection, controller: str) -> list[str]:
    desk, wrong = house.accountings, list[str]()
    places = accounting_store.places(conn, controller)
    if any(
        one.signed > places.get(one.log, 0)
        for one in house.parts.ledger.logs(conn, controller)
        if one.status != "retired"
    ):
        wrong.append("index.behind")
    for log, upto in places.items():
        starts = range(0, upto, STRETCH)
        for at in secrets.SystemRandom().sample(starts, min(LOOKED, len(starts))):
            span = at, min(at + STRETCH, upto)
            with suppress(NotFound):  # a log that was retired meanwhile
                told = desk.told(conn, controller, log, span)
                if told != accounting_store.in_stretch(conn, controller, log, span):
                    wrong.append("index.altered")
    used = {name for one in disclosure_store.disclosures(conn, controller) for name in one.consents}
    known = {one.consent_id: one for one in disclosure_store.consents(conn, controller)}
    for name in [one for one in reversed(known) if one in used][:NEWEST]:
        said, one = desk.written_for(conn, controller, name), known[name]
        if said is None:
            wrong.append("register.unwritten")
        elif (said.name, said.address, said.reference, said.text_sha256) != (
            one.recipient, one.address, one.reference, one.text_sha256,
        ):  # fmt: skip
            wrong.append("register.altered")
    return wrong
