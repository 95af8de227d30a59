"""The control over customers' passwords: verified, and read by nobody (C2.7, read strictly)."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import Caller
from bailee.access import store as access_store
from bailee.access.grant import FOR_SERVICES
from bailee.app.canary import CONTROLLER, LETTERS, Canary
from bailee.app.control import Blind, refused
from bailee.app.search import holding, spellings
from bailee.app.watch_access import Undo, planted, undone
from bailee.db import HOUSE
from bailee.errors import Refused
from bailee.vault import CATALOGUE, cipher, password_store
from bailee.vault.password import ELEMENT
from bailee.vault.password_shapes import SetPassword, SetPasswords, VerifyPassword
from bailee.vault.shapes import Decrypt, DecryptValue

if TYPE_CHECKING:
    from bailee.app.house import House

HASHES = (b"$argon2", b"$2b$", b"own:", b"imported:")
"""What a hash in clear would begin with, or stand behind."""


def customer_passwords(house: House, controller: str) -> list[str]:
    """Keep a password, then try to be let in with another, to find it, and to open its hash.

    The right one is right, or nothing was tried. The search must meet the canary's record.
    """
    with planted(house) as canary:
        word = f"{secrets.token_hex(12).translate(LETTERS)} 7"
        _keep(house, canary, word)
        if not _right(house, canary, canary.subject, word):
            raise Blind("customer_password.not_right")
        found = []
        for subject, typed in ((canary.subject, f"{word} "), (f"{canary.subject}x", word)):
            if _right(house, canary, subject, typed):
                found.append("customer_password.any_is_right")
        found += _in_clear(house, canary, word)
        found += _opened(house, canary)
        found += _guessed_on(house)
    return sorted(set(found + _people(house, controller)))


def _keep(house: House, canary: Canary, word: str) -> None:
    """Keep the canary's password.

    Raises:
        Blind: the probe has no right to: the home was founded before there were such rights.
    """
    body = SetPasswords(canary.purpose, [SetPassword("0", canary.subject, word)])
    try:
        house.vault.passwords.keep(canary.caller, CONTROLLER, body)
    except Refused as failure:
        raise Blind(f"customer_password.{failure.code}") from None


def _right(house: House, canary: Canary, subject: str, word: str) -> bool:
    body = VerifyPassword(canary.purpose, subject, word)
    return house.vault.passwords.verify(canary.caller, CONTROLLER, body).right


def _in_clear(house: House, canary: Canary, word: str) -> list[str]:
    """Search every file and table for the password, and the rows for a hash that is not sealed."""
    plain = set(spellings(word.partition(" ")[0].encode()))
    held = holding(house.parts, [*plain, canary.record.encode()])
    if not any(canary.record.encode() in needles for needles in held.values()):
        raise Blind("search.missed_the_data")
    found = [f"customer_password.plain.{name}" for name, some in held.items() if some & plain]
    (row,) = _rows(house, canary)
    if any(one in row.sealed for one in HASHES):
        found.append("customer_password.hash_in_clear")
    return found


def _opened(house: House, canary: Canary) -> list[str]:
    """Send what stands in the table to be decrypted as every element that may be decrypted."""
    (row,) = _rows(house, canary)
    try:
        stolen = cipher.armour(row.sealed)
        cipher.key_version(row.sealed)
    except Exception:  # noqa: BLE001 - not sealed at all, which is a finding of its own
        return []
    rights = [name for name in ("person.name", "person.ssn") if name in CATALOGUE]
    sent = [DecryptValue(name, name, canary.subject, stolen) for name in rights]
    return refused(
        lambda: house.vault.decrypt(canary.caller, CONTROLLER, Decrypt(canary.purpose, sent)),
        "ciphertext.wrong_place",
        "customer_password.decrypted",
    )


def _rows(house: House, canary: Canary) -> list[password_store.Row]:
    subjects = house.vault.identify(CONTROLLER, [canary.subject])
    rows = house.parts.data.read(
        CONTROLLER, lambda conn: password_store.find(conn, CONTROLLER, subjects)
    )
    if len(rows) != 1:
        raise Blind("customer_password.nothing_kept")
    return rows


def _guessed_on(house: House) -> list[str]:
    """Count tries of nobody's password in a transaction that is undone."""
    locked: list[bool] = []

    def attempt(conn: sa.Connection) -> None:
        policy = house.parts.rules.for_customers(conn, CONTROLLER)
        where, now = (CONTROLLER, "nobody-probe"), house.parts.clock.now()
        for number in range(1, policy.tries + 2):
            counted = password_store.count_try(
                conn, where, now, most=policy.tries, lock=policy.lock
            )
            locked.append((counted > policy.tries) == (number > policy.tries))
        raise Undo

    with suppress(Undo):
        house.parts.data.write(CONTROLLER, attempt)
    return [] if all(locked) else ["customer_password.guessed_on"]


def _people(house: House, controller: str) -> list[str]:
    """Try to let a person verify; nobody of ours holds that anywhere at the controller."""
    parts = house.parts
    everybody = parts.data.read(HOUSE, access_store.principals)
    people = {one.principal_id: one.state for one in everybody if one.kind == "person"}

    def held(conn: sa.Connection) -> bool:
        given = access_store.grants(conn, controller)
        return any(
            one.state == "living" and one.principal in people and FOR_SERVICES & set(one.verbs)
            for one in given
        )

    def give(conn: sa.Connection, caller: Caller) -> object:
        others = (one for one, state in people.items() if state == "active")
        return parts.access.grant(
            conn,
            caller,
            to=next(one for one in others if one != caller.principal_id),
            controller=CONTROLLER,
            verbs=("verify-password",),
            elements=(ELEMENT,),
            purposes=(purpose,),
            until=parts.clock.now() + timedelta(days=1),
        )

    found = ["customer_password.person_may"] if parts.data.read(controller, held) else []
    if list(people.values()).count("active") < 2:  # a house of one: there is nobody to give it to
        return found
    purpose = _purpose(house)
    return found + refused(
        lambda: undone(house, "grant", give), "grant.for_services", "customer_password.person_given"
    )


def _purpose(house: House) -> str:
    return min(
        house.parts.data.read(
            CONTROLLER, lambda conn: house.parts.agreements.in_force(conn, CONTROLLER)
        ).purposes
    )
