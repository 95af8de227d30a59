"""Newer keys for what is stored, while everything goes on (C2.8(3)).

*Index entries and fingerprints* survive in old backups and can be guessed while their key lives, so
those keys are replaced on a horizon: a new version, then every entry made anew under it in steps,
then the old version dies. Searches ask under all versions meanwhile.

*Subject keys*: a new version, every stored value encrypted anew in its place (all associated data
kept but the version), then the old one is retired. If the process dies in between, both versions
open, and the next run goes on.

Nothing is shown to anybody: values are opened and closed within this module.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa

from bailee.ledger import Fact
from bailee.vault import cipher, index, store, subject_store, tables, token, token_store, values
from bailee.vault.catalogue import CATALOGUE
from bailee.vault.desk import Desk
from bailee.vault.record import Sealed, Stored, ciphertext_of, holder_of, pack, unpack
from bailee.vault.rows import Row
from bailee.vault.subject import Subject

RENEWED = "vault:index:renewed"
RESEALED = "vault:subject:rekeyed"
Place = tuple[str, str]


def renew(desk: Desk, conn: sa.Connection, controller: str, *, limit: int) -> int:
    """Make at most ``limit`` entries of each kind anew; return how many were made."""
    entries = _stale_entries(desk, conn, controller, limit)
    marks = _stale_marks(desk, conn, controller, limit)
    places = {*entries, *((record_id, name) for _, record_id, name in marks)}
    if not places:
        return 0
    normals = _normals(desk, conn, controller, places)
    _write_entries(desk, conn, controller, {one: normals.get(one) for one in entries})
    _write_marks(desk, conn, controller, ((one[0], one[2], normals.get(one[1:])) for one in marks))
    _note(desk, conn, Fact(action=RENEWED, controller=controller, count=len(places)))
    return len(places)


def renew_subjects(desk: Desk, controller: str, subject_ids: Collection[str]) -> int:
    """Give subjects' keys a new version and encrypt what is stored under it."""

    def key_ids(conn: sa.Connection) -> list[str]:
        return [one.key_id for one in subject_store.by_id(conn, controller, subject_ids).values()]

    versions = desk.keys.rotate_subject_keys(controller, desk.database.read(controller, key_ids))
    count = desk.database.write(
        controller, lambda conn: _reseal(desk, conn, controller, subject_ids)
    )
    desk.keys.retire_subject_keys(controller, versions)
    return count


def _stale_entries(desk: Desk, conn: sa.Connection, controller: str, limit: int) -> list[Place]:
    found: list[Place] = []
    for rules in CATALOGUE.values():
        if rules.index == "none" or len(found) >= limit:
            continue
        newest = desk.keys.index_keys(controller, rules.name, rules.norm_version)[0]
        left = limit - len(found)
        ids = store.stale_index(conn, controller, rules.name, version=newest.version, limit=left)
        found += [(record_id, rules.name) for record_id in ids]
    return found


def _stale_marks(
    desk: Desk, conn: sa.Connection, controller: str, limit: int
) -> list[tuple[str, str, str]]:
    newest = desk.keys.token_keys(controller)[0]
    return token_store.stale(conn, controller, version=newest.version, limit=limit)


def _normals(
    desk: Desk, conn: sa.Connection, controller: str, places: Iterable[Place]
) -> dict[Place, str]:
    """Open values and return their normal forms; what cannot be opened any more is left out."""
    wanted: dict[str, list[str]] = {}
    for record_id, name in places:
        wanted.setdefault(record_id, []).append(name)
    found = store.records(conn, controller, wanted, lock=True)
    bodies = {record_id: unpack(one.body) for record_id, one in found.items()}
    subjects = _subjects(conn, controller, found.values(), bodies)
    keys = desk.keys.subject_keys(controller, [one.key_id for one in subjects.values()])
    normals = {}
    for record_id, names in wanted.items():
        for name in names:
            sealed = bodies.get(record_id, {}).get(name)
            if sealed is None:
                continue
            main = found[record_id].subject.subject_id
            holder = holder_of(sealed, main)
            key = keys.get(subjects[holder].key_id) if holder in subjects else None
            if key is not None:
                one = {name: ciphertext_of(sealed)}
                text = values.open_values(controller, (record_id, holder), one, key)[name]
                normals[record_id, name] = CATALOGUE[name].normal_shape(text)
    return normals


def _subjects(
    conn: sa.Connection,
    controller: str,
    stored: Iterable[Stored],
    bodies: Mapping[str, Mapping[str, Sealed]],
) -> dict[str, Subject]:
    """Return everybody whose values stand in these records."""
    mains = {one.subject.subject_id: one.subject for one in stored}
    others = {one[0] for body in bodies.values() for one in body.values() if isinstance(one, tuple)}
    return {**subject_store.by_id(conn, controller, others - mains.keys()), **mains}


def _write_entries(
    desk: Desk, conn: sa.Connection, controller: str, normals: Mapping[Place, str | None]
) -> None:
    """Replace index entries; those whose value is gone are only deleted."""
    rows = []
    for (record_id, name), normal in normals.items():
        rules = CATALOGUE[name]
        newest = desk.keys.index_keys(controller, name, rules.norm_version)[0]
        if normal is not None:
            mac = index.entry(newest.key, rules, normal)
            rows.append((controller, name, mac, record_id, newest.version))
    store.delete_places(conn, tables.blind_index, controller, normals.keys())
    store.add_entries(conn, rows)


def _write_marks(
    desk: Desk,
    conn: sa.Connection,
    controller: str,
    marks: Iterable[tuple[str, str, str | None]],
) -> None:
    newest = desk.keys.token_keys(controller)[0]
    token_store.renew(
        conn,
        controller,
        {
            made: (token.fingerprint(newest.key, name, normal), newest.version)
            for made, name, normal in marks
            if normal is not None
        },
    )


def _reseal(desk: Desk, conn: sa.Connection, controller: str, subject_ids: Collection[str]) -> int:
    """Encrypt every stored value of these subjects under their newest keys."""
    held = {one[1] for one in store.holdings_of(conn, controller, subject_ids)}
    ids = held | set(store.records_of(conn, controller, subject_ids))
    found = store.records(conn, controller, ids, lock=True)
    subjects = subject_store.by_id(conn, controller, subject_ids)
    keys = desk.keys.subject_keys(controller, [one.key_id for one in subjects.values()])
    rows: list[Row] = []
    count = 0
    for stored in found.values():
        body, main = unpack(stored.body), stored.subject.subject_id
        for name, sealed in body.items():
            holder = holder_of(sealed, main)
            key = keys.get(subjects[holder].key_id) if holder in subjects else None
            ciphertext = ciphertext_of(sealed)
            if key is None or cipher.key_version(ciphertext) == key.version:
                continue
            where = (stored.record_id, holder)
            text = values.open_values(controller, where, {name: ciphertext}, key)[name]
            place = cipher.place(controller, holder, stored.record_id)
            nonce = cipher.nonces(1)[0]
            anew = cipher.seal(key.aead, key.version, (place, name), (nonce, text.encode()))
            body[name] = anew if holder == main else (holder, anew)
            count += 1
        until = values.life(stored.created, body)
        rows.append({"which": stored.record_id, "new_body": pack(body), "until": until})
    store.update_bodies(conn, controller, rows)
    _note(desk, conn, Fact(action=RESEALED, controller=controller, count=count))
    return count


def _note(desk: Desk, conn: sa.Connection, fact: Fact) -> None:
    """Record what the house did by itself: nobody called."""
    desk.record(conn, desk.house_fact(conn, fact))
