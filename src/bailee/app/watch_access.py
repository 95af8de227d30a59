"""Controls over people and rights (C2.4, C2.5(1)-(4), C2.5(6), C2.10)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import KEY_LIFE, Person, check_person
from bailee.access import store as access_store
from bailee.app.canary import CONTROLLER, FORBIDDEN, PROBE, Canary, plant, remove
from bailee.db import HOUSE
from bailee.errors import Failure, NotFound, Refused, Unauthenticated
from bailee.vault.shapes import Protect, ProtectRecord, Reveal

if TYPE_CHECKING:
    from bailee.app.house import House

SHARED = ("Shared Admin", "Ops Team", "Test User")


@contextmanager
def planted(house: House) -> Iterator[Canary]:
    """Plant a canary and take it away again."""
    canary = plant(house.parts)
    try:
        yield canary
    finally:
        remove(house.parts, canary)


def permitted_elements(house: House, controller: str) -> list[str]:
    """Try to hold an element that the agreement does not list; no grant may name one either."""
    found = []
    with planted(house) as canary:
        record = ProtectRecord(ref="0", subject=canary.subject, fields={FORBIDDEN: "none"})
        try:
            house.vault.protect(canary.caller, CONTROLLER, Protect(canary.purpose, [record]))
            found.append("element.held")
        except Refused as refusal:
            if refusal.code != "element.not_in_agreement":
                found.append(f"element.refused_as.{refusal.code}")
    return found + _grants_within(house, controller, "elements")


def purpose_limit(house: House, controller: str) -> list[str]:
    """Try to read for a purpose that the agreement lacks, and for one that was not granted."""
    found = []
    with planted(house) as canary:
        for purpose, expected in (
            ("list-brokerage", "purpose.not_in_agreement"),
            (canary.other_purpose, "grant.purpose"),
        ):
            body = Reveal(purpose, ["person.name"], records=[canary.record])
            try:
                house.vault.reveal(canary.caller, CONTROLLER, body)
                found.append("purpose.served")
            except Refused as refusal:
                if refusal.code != expected:
                    found.append(f"purpose.refused_as.{refusal.code}")
    return found + _grants_within(house, controller, "purposes")


def _grants_within(house: House, controller: str, dimension: str) -> list[str]:
    """Return a code when a living grant reaches past the agreement in one dimension."""
    now = house.parts.clock.now()

    def work(conn: sa.Connection) -> list[str]:
        agreement = house.parts.agreements.in_force(conn, controller)
        allowed = agreement.purposes if dimension == "purposes" else agreement.permitted
        for grant in access_store.grants(conn, controller):
            if grant.state != "living" or grant.until <= now:
                continue
            named = grant.purposes if dimension == "purposes" else grant.elements
            plain = {name.partition(":")[0] for name in named if not name.endswith("*")}
            exact = {name for name in plain if name != "class"}
            if not exact <= allowed:
                return [f"grant.beyond_agreement.{dimension}"]
        return []

    return house.parts.data.read(controller, work)


def least_privilege(house: House, controller: str) -> list[str]:
    """Try to read without a grant, and to grant to oneself; nobody may hold what they gave."""
    found = []
    with planted(house) as canary:
        body = Reveal(canary.purpose, ["person.name"], records=[canary.record])
        if controller != CONTROLLER:
            try:
                house.vault.reveal(canary.caller, controller, body)
                found.append("reveal.without_grant")
            except NotFound:
                pass
        unheld = Reveal(canary.purpose, ["person.birth_date"], records=[canary.record])
        try:
            house.vault.reveal(canary.caller, CONTROLLER, unheld)
            found.append("reveal.beyond_grant")
        except Refused:
            pass

    def own_gifts(conn: sa.Connection) -> list[str]:
        given = access_store.grants(conn, controller)
        return ["grant.to_oneself"] if any(g.principal == g.granted_by for g in given) else []

    return found + house.parts.data.read(controller, own_gifts)


def authorised_persons(house: House, _controller: str) -> list[str]:
    """Every living identity has a name, an employer, an undertaking, or a person who answers."""
    today = house.parts.clock.now().date()
    try:
        check_person(Person("Ada Lindqvist", "Harborline", "ada@example.com", "", None), today)
        found = ["person.without_undertaking"]
    except Refused:
        found = []
    everybody = house.parts.data.read(HOUSE, access_store.principals)
    living = {one.principal_id: one for one in everybody if one.state == "active"}
    for one in living.values():
        if one.kind == "person" and not (one.name and one.employer and one.undertaking):
            found.append("person.incomplete")
        if one.kind == "service" and one.owner not in living:
            found.append("service.nobody_answers")
    return sorted(set(found))


def unique_identity(house: House, _controller: str) -> list[str]:
    """Try to enter identities that several people could use; no address may serve two people."""
    today, found = house.parts.clock.now().date(), []
    for name in SHARED:
        try:
            person = Person(name, "Harborline", "x@example.com", "NDA-1", today)
            check_person(person, today)
            found.append("person.shared_accepted")
        except Refused:
            continue
    everybody = house.parts.data.read(HOUSE, access_store.principals)
    addresses = [
        one.email.casefold() for one in everybody if one.kind == "person" and one.state != "left"
    ]
    if len(addresses) != len(set(addresses)):
        found.append("person.same_address")
    return sorted(set(found))


def credential_strength(house: House, _controller: str) -> list[str]:
    """Try a credential that was never given; no living key may outlast its term (C2.5(3))."""
    found = []
    try:
        house.parts.data.read(
            HOUSE, lambda conn: house.parts.access.authenticate(conn, "bk_" + "0" * 48)
        )
        found.append("credential.invented_accepted")
    except Unauthenticated:
        pass
    longest = KEY_LIFE + timedelta(minutes=1)
    now = house.parts.clock.now()
    living = house.parts.data.read(HOUSE, lambda conn: access_store.live_credentials(conn, now))
    found += ["credential.outlasts_term" for one in living if one.expires - one.created > longest]
    return sorted(set(found))


def revocation(house: House, _controller: str) -> list[str]:
    """Revoke a key and try it: it must be dead at once (C2.5(6))."""
    secret = house.parts.data.write(HOUSE, lambda conn: house.parts.access.machine_key(conn, PROBE))
    caller = house.parts.data.read(
        HOUSE, lambda conn: house.parts.access.authenticate(conn, secret)
    )
    house.parts.data.write(
        HOUSE, lambda conn: house.parts.access.revoke_key(conn, caller, caller.key_id)
    )
    try:
        house.parts.data.read(HOUSE, lambda conn: house.parts.access.authenticate(conn, secret))
    except Failure:
        return []
    return ["credential.alive_after_revocation"]
