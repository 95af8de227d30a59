"""Controls over people and rights (C2.4, C2.5(1)-(4), C2.5(6), C2.10)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import KEY_LIFE, Caller, Person, Principal, passkey_store, sign_in_store
from bailee.access import store as access_store
from bailee.access.credential import KEY, new_secret
from bailee.access.factor import SecondFactor, code_at, new_seed
from bailee.access.passkey import (
    CHALLENGE_LIFE,
    SIGN_IN,
    Challenge,
    challenge_digest,
    new_challenge,
)
from bailee.agreement import lasting
from bailee.app.canary import CONTROLLER, FORBIDDEN, PROBE, Canary, plant, remove
from bailee.app.control import Blind, refused
from bailee.app.watch_training import unsigned
from bailee.db import HOUSE
from bailee.vault.shapes import Protect, ProtectRecord, Reveal

if TYPE_CHECKING:
    from bailee.app.house import House

WEAK = "Password1234567!!"
"""Long, with letters of both cases, digits and signs: nothing of it is left that is not common."""
LOST = "Butterfly-1234567890"
"""Long and mixed too, and made of two that others lost."""
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
    with planted(house) as canary:
        record = ProtectRecord(ref="0", subject=canary.subject, fields={FORBIDDEN: "none"})
        found = refused(
            lambda: house.vault.protect(
                canary.caller, CONTROLLER, Protect(canary.purpose, [record])
            ),
            "element.not_in_agreement",
            "element.held",
        )
    return found + _grants_within(house, controller, "elements")


def purpose_limit(house: House, controller: str) -> list[str]:
    """Try to read for a purpose that the agreement lacks, and for one that was not granted."""
    with planted(house) as canary:
        found = []
        for purpose, code in (
            ("list-brokerage", "purpose.not_in_agreement"),
            (canary.other_purpose, "grant.purpose"),
        ):
            body = Reveal(purpose, ["person.name"], records=[canary.record])
            found += refused(
                lambda body=body: house.vault.reveal(canary.caller, CONTROLLER, body),  # type: ignore[misc]
                code,
                "purpose.served",
            )
    return found + _grants_within(house, controller, "purposes")


def _grants_within(house: House, controller: str, dimension: str) -> list[str]:
    """Return a code when a living grant reaches past the agreement in one dimension."""
    now = house.parts.clock.now()

    def work(conn: sa.Connection) -> list[str]:
        agreement = house.parts.agreements.in_force(conn, controller)
        purposes = agreement.purposes | lasting(agreement.extensions, now)
        allowed = purposes if dimension == "purposes" else agreement.permitted
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
    """Try to read without a grant and beyond one, and to grant to oneself; nobody holds a gift.

    The reading that is granted works: a refusal of everything would prove nothing.
    """
    with planted(house) as canary:
        granted = Reveal(canary.purpose, ["person.name"], records=[canary.record])
        house.vault.reveal(canary.caller, CONTROLLER, granted)
        unheld = Reveal(canary.purpose, ["person.birth_date"], records=[canary.record])
        found = refused(
            lambda: house.vault.reveal(canary.caller, CONTROLLER, unheld),
            "grant.element",
            "reveal.beyond_grant",
        )
        if controller != CONTROLLER:
            found += refused(
                lambda: house.vault.reveal(canary.caller, controller, granted),
                "controller.unknown",
                "reveal.without_grant",
            )

    def to_oneself(conn: sa.Connection, caller: Caller) -> object:
        return house.parts.access.grant(
            conn,
            caller,
            to=caller.principal_id,
            controller=HOUSE,
            verbs=("audit",),
            until=house.parts.clock.now() + timedelta(days=1),
        )

    found += refused(lambda: undone(house, "grant", to_oneself), "self.grant", "grant.to_oneself")

    def own_gifts(conn: sa.Connection) -> list[str]:
        given = [one for one in access_store.grants(conn, controller) if one.state == "living"]
        return ["grant.to_oneself"] if any(g.principal == g.granted_by for g in given) else []

    return sorted(set(found + house.parts.data.read(controller, own_gifts)))


class Undo(Exception):  # noqa: N818 - how an attempt that worked is undone
    """Leaves a transaction that must not commit."""


def undone(house: House, verb: str, act: Callable[[sa.Connection, Caller], object]) -> None:
    """Try an act as whoever holds a verb of the house, in a transaction that is always undone.

    Nothing is done in that person's name: neither act nor entry outlives the attempt.

    Raises:
        Failure: what refused the act. Blind: nobody could do it now.
    """

    def attempt(conn: sa.Connection) -> None:
        now = house.parts.clock.now()
        holders = {
            one.principal
            for one in access_store.grants(conn, HOUSE)
            if verb in one.verbs and one.state == "living" and one.until > now
        }
        active = {
            one.principal_id for one in access_store.principals(conn) if one.state == "active"
        }
        for one in access_store.live_credentials(conn, now):
            if one.principal in holders & active and one.kind == "key":
                act(conn, Caller(one.principal, one.key_id, "person"))
                raise Undo
        raise Blind(f"nobody.holds_{verb}")

    with suppress(Undo):
        house.parts.data.write(HOUSE, attempt)


def authorised_persons(house: House, controller: str) -> list[str]:
    """Try to enter a person without an undertaking; somebody answers for every living identity.

    Whoever has rights on data signed the undertaking themselves.
    """
    nobody = Person("Ada Lindqvist", "Harborline", _address(), "", None)
    found = refused(
        lambda: undone(
            house, "people", lambda conn, caller: house.parts.access.invite(conn, caller, nobody)
        ),
        "person.undertaking",
        "person.without_undertaking",
    )
    everybody = house.parts.data.read(HOUSE, access_store.principals)
    living = {one.principal_id: one for one in everybody if one.state == "active"}
    for one in living.values():
        if one.kind == "person" and not (one.name and one.employer and one.undertaking):
            found.append("person.incomplete")
        if one.kind == "service" and one.owner not in living:
            found.append("service.nobody_answers")
    return sorted({*found, *unsigned(house, controller)})


def _address() -> str:
    """Return an address that nobody has."""
    return f"nia.{secrets.token_hex(8)}@nowhere.example"


def unique_identity(house: House, _controller: str) -> list[str]:
    """Try to enter identities that several people could use; no address may serve two people."""
    everybody = house.parts.data.read(HOUSE, access_store.principals)
    addresses = [
        one.email.casefold() for one in everybody if one.kind == "person" and one.state != "left"
    ]
    today, found = house.parts.clock.now().date(), []
    for name, address, code, says in (
        *((name, _address(), "person.shared", "person.shared_accepted") for name in SHARED),
        ("Ada Lindqvist", addresses[0], "person.email_taken", "person.twice_accepted"),
    ):
        person = Person(name, "Harborline", address, "NDA-1", today)
        found += refused(
            lambda person=person: undone(  # type: ignore[misc]
                house, "people", lambda conn, who: house.parts.access.invite(conn, who, person)
            ),
            code,
            says,
        )
    if len(addresses) != len(set(addresses)):
        found.append("person.same_address")
    return sorted(set(found))


def credential_strength(house: House, _controller: str) -> list[str]:
    """Try a credential that was never given, and passwords; no key outlasts its term (C2.5(3))."""
    invented = new_secret(KEY)  # well-formed: one that is not would be refused unread
    found = refused(
        lambda: house.parts.data.read(
            HOUSE, lambda conn: house.parts.access.authenticate(conn, invented)
        ),
        "credential.unknown",
        "credential.invented_accepted",
    )
    longest = KEY_LIFE + timedelta(minutes=1)
    now = house.parts.clock.now()
    living = house.parts.data.read(HOUSE, lambda conn: access_store.live_credentials(conn, now))
    found += ["credential.outlasts_term" for one in living if one.expires - one.created > longest]
    return sorted(set(found + _passwords(house)))


def _passwords(house: House) -> list[str]:
    """Try, for a person who is invented, a weak password, an eleventh try, and what counts once.

    What takes a row is tried in a transaction that is undone, so nobody real is locked.
    """
    access, now = house.parts.access, house.parts.clock.now()
    nobody = Principal(secrets.token_hex(16), "person", "active", now, "Nia Osei", email=_address())
    found = refused(
        lambda: access.judge_password(house.parts.data, nobody, WEAK),
        "password.common",
        "password.weak_taken",
    )
    found += refused(
        lambda: access.judge_password(house.parts.data, nobody, LOST),
        "password.listed",
        "password.lost_taken",
    )

    def attempt(conn: sa.Connection) -> None:
        policy = house.parts.rules.policy(conn)
        access_store.bump(conn)
        sign_in_store.set_password(conn, nobody.principal_id, "hash", now=now, kept=policy.kept)
        tries = [
            access.count_password(conn, nobody.principal_id).locked for _ in range(policy.tries + 1)
        ]
        if tries != [False] * policy.tries + [True]:
            found.append("password.guessed_on")
        seed = new_seed()
        factor = SecondFactor(nobody.principal_id, "", b"", now, "confirmed")
        sign_in_store.set_factor(conn, factor)
        code = code_at(seed, house.parts.clock.now())
        if [access.spend_code(conn, factor, seed, code) for _ in range(2)] != [True, False]:
            found.append("second_factor.code_twice")
        challenge, until = new_challenge(), now + CHALLENGE_LIFE
        asked = Challenge(challenge_digest(challenge), SIGN_IN, "", PROBE, until)
        passkey_store.add_challenge(conn, asked)
        if [access.take_challenge(conn, challenge, asked) for _ in range(2)] != [True, False]:
            found.append("passkey.challenge_twice")
        raise Undo

    with suppress(Undo):
        house.parts.data.write(HOUSE, attempt)
    return found


def revocation(house: House, _controller: str) -> list[str]:
    """Show a key, revoke it, show it again: it must be dead at once (C2.5(6))."""
    access, data = house.parts.access, house.parts.data
    secret = data.write(HOUSE, lambda conn: access.machine_key(conn, PROBE))
    caller = data.read(HOUSE, lambda conn: access.authenticate(conn, secret))
    data.write(HOUSE, lambda conn: access.revoke_key(conn, caller, caller.key_id))
    return refused(
        lambda: data.read(HOUSE, lambda conn: access.authenticate(conn, secret)),
        "credential.revoked",
        "credential.alive_after_revocation",
    )
