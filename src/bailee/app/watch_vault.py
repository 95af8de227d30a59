"""Controls over data at rest (C2.8(1), C2.8(3), C6): plant a value, look for its bytes."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from bailee.access import Caller
from bailee.app import store
from bailee.app.canary import CONTROLLER, plant, remove
from bailee.app.control import Blind, refused
from bailee.app.reconciliation import standing
from bailee.app.search import holding, spellings
from bailee.app.watch_access import planted
from bailee.app.watch_horizon import overdue
from bailee.db import HOUSE
from bailee.errors import Refused
from bailee.keys import LocalRoot, check, read_key
from bailee.keys import store as key_store
from bailee.vault import store as vault_store
from bailee.vault.shapes import (
    Decrypt,
    DecryptValue,
    Encrypt,
    EncryptValue,
    Erase,
    Reveal,
)

if TYPE_CHECKING:
    from bailee.app.house import House


def encryption_at_rest(house: House, _controller: str) -> list[str]:
    """Plant a value and search every file and table for it, in every spelling of its bytes.

    The record's id is stored in clear: a search that does not meet it did not look where the
    value lies, and proves nothing.
    """
    with planted(house) as canary:
        token = canary.marker.split()[-1]
        found = holding(house.parts, [*spellings(token.encode()), canary.record.encode()])
    if not any(canary.record.encode() in needles for needles in found.values()):
        raise Blind("search.missed_the_data")
    plain = set(spellings(token.encode()))
    return sorted(f"plain.{name}" for name, needles in found.items() if needles & plain)


def keys_wrapped(house: House, controller: str) -> list[str]:
    """Search for unwrapped keys in every file and table; the root must be ours alone, and answer.

    A key's wrapped form must be met, or the search did not come to where keys lie. A root that a
    provider keeps is not on this machine; it is asked to wrap and unwrap. No answer is no finding:
    nothing was seen. What its own record did not explain (``reconcile``) stands as a finding until
    a later comparison settles it.
    """
    keys, place = house.parts.keys, house.parts.settings.root_place
    try:
        secrets = {key for name in {CONTROLLER, controller, HOUSE} for key in keys.unwrapped(name)}
    except Refused as failure:  # the controller holds them, and does not let them be used
        raise Blind(failure.code) from None
    apart = set()
    if place.local:
        if not place.path.exists():
            raise Blind("root.elsewhere")
        if stat.S_IMODE(place.path.stat().st_mode) & 0o077:
            return ["root.permissions"]  # whoever may read the root needs no other key
        secrets.add(read_key(place.path, place.passphrase))
        apart.add(place.path)
    check(house.parts.root)
    unsettled = standing(house.parts.data.read(HOUSE, store.runs))
    bare = {spelt for one in secrets for spelt in spellings(one)}
    wrapped = house.parts.key_database.read(
        CONTROLLER, lambda conn: key_store.controller_keys(conn, CONTROLLER)
    )[0].wrapped
    held = holding(house.parts, [*bare, wrapped], apart=apart)
    if not any(wrapped in needles for needles in held.values()):
        raise Blind("search.missed_the_keys")
    found = [f"unwrapped.{name}" for name, needles in held.items() if needles & bare]
    found += refused(
        lambda: keys.check_root(LocalRoot(os.urandom(32))), "root.wrong", "root.any_accepted"
    )
    return sorted(found + unsettled)


def encryption_standard(house: House, _controller: str) -> list[str]:
    """Open a ciphertext in its place; elsewhere, or with one bit changed, it must not (C2.8(3))."""
    with planted(house) as canary, planted(house) as other:
        purpose, subject = canary.purpose, canary.subject
        value = EncryptValue("0", "person.name", subject, canary.marker)
        sealed = house.vault.encrypt(canary.caller, CONTROLLER, Encrypt(purpose, [value]))
        text = sealed.results[0].ciphertext
        found = ["ciphertext.plain"] if canary.marker in text else []
        if _decrypt(house, canary.caller, (purpose, "person.name", subject, text)) != canary.marker:
            found.append("ciphertext.lost")
        flipped = text[:-8] + ("A" if text[-8] != "A" else "B") + text[-7:]
        for element, owner, sent, says in (
            ("person.email", subject, text, "ciphertext.moved"),
            ("person.name", other.subject, text, "ciphertext.moved"),
            ("person.name", subject, flipped, "ciphertext.altered"),
        ):
            place = (purpose, element, owner, sent)
            found += refused(
                lambda place=place: _decrypt(house, canary.caller, place),  # type: ignore[misc]
                "ciphertext.wrong_place",
                says,
            )
    return sorted(set(found))


def _decrypt(house: House, caller: Caller, place: tuple[str, str, str, str]) -> object:
    purpose, element, subject, text = place
    body = Decrypt(purpose, [DecryptValue("0", element, subject, text)])
    return house.vault.decrypt(caller, CONTROLLER, body).results[0].value


def erasure(house: House, controller: str) -> list[str]:
    """Erase a subject, then try to read it, to open a kept ciphertext, and look for key and rows.

    Both readings work before: what never opened proves nothing when it does not open afterwards.
    What copies tell of the erased must end too: the keys to guess with are within their time.
    """
    canary = plant(house.parts)
    purpose, caller = canary.purpose, canary.caller
    value = EncryptValue("0", "person.name", canary.subject, canary.marker)
    kept = house.vault.encrypt(caller, CONTROLLER, Encrypt(purpose, [value])).results[0].ciphertext
    place = (purpose, "person.name", canary.subject, kept)
    reading = Reveal(purpose, ["person.name"], records=[canary.record])
    house.vault.reveal(caller, CONTROLLER, reading)
    _decrypt(house, caller, place)
    key_id = _key_of(house, canary.record)
    if not key_id:
        remove(house.parts, canary)
        raise Blind("erasure.nothing_to_erase")
    house.vault.erase(caller, CONTROLLER, Erase(purpose, subjects=[canary.subject]))
    found = refused(
        lambda: house.vault.reveal(caller, CONTROLLER, reading), "record.unknown", "erased.reveal"
    )
    found += refused(lambda: _decrypt(house, caller, place), "subject.unknown", "erased.decrypt")
    if _key_of(house, canary.record):
        found.append("erased.rows")
    alive = house.parts.key_database.read(
        CONTROLLER, lambda conn: key_store.living(conn, CONTROLLER, [key_id])
    )
    if alive:
        found.append("erased.key")
    if key_id not in {stone.key_id for stone in house.parts.keys.tombstones(CONTROLLER)}:
        found.append("erased.tombstone")
    return found + overdue(house, controller)


def _key_of(house: House, record: str) -> str:
    """Return the id of the key that a stored record hangs on; '' when no row is there."""
    rows = house.parts.data.read(
        CONTROLLER, lambda conn: vault_store.records(conn, CONTROLLER, [record])
    )
    return rows[record].subject.key_id if record in rows else ""
