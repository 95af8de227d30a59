"""Newer keys for what is stored, while everything goes on (C2.8(3)).

*Index entries, fingerprints and marks* survive in old backups and can be guessed while their key
lives, so those keys are replaced on a horizon: a new version, then everything made anew under it,
in steps, then the old version dies. Whoever looks something up asks under all versions meanwhile.
Entries and fingerprints are made of the values again; marks are renewed without what they mean.

*Subject keys*: a new version, every stored value encrypted anew in its place (all associated data
kept but the version), then the old one is retired. If the process dies in between, both versions
open, and the next run goes on.

Nothing is shown to anybody: values are opened and closed within this module.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import sqlalchemy as sa

from bailee.errors import Invalid
from bailee.keys import SubjectKey
from bailee.ledger import Fact
from bailee.vault import (
    cipher,
    index,
    password,
    password_store,
    store,
    subject_store,
    tables,
    token,
    token_store,
    values,
)
from bailee.vault.catalogue import CATALOGUE
from bailee.vault.desk import Desk
from bailee.vault.directory import SUBJECT, open_reference, seal_reference
from bailee.vault.idempotency import CALL
from bailee.vault.mark import Marks, below
from bailee.vault.record import Sealed, Stored, ciphertext_of, holder_of, pack, unpack
from bailee.vault.rows import Row
from bailee.vault.subject import Subject, reference_digest

RENEWED = "vault:index:renewed"
RESEALED = "vault:subject:rekeyed"
TOKENS, SUBJECTS, CALLS = "tokens", "subjects", "calls"
Place = tuple[str, str]
After: TypeAlias = Any
"""The last thing looked at: an entry with its record, a token, or a mark; None at a begin."""
Step = Callable[[Desk, str, After, int], tuple[int, After]]


@dataclass(frozen=True, slots=True)
class Spot:
    """How far a walk through everything that is to be renewed has come.

    Attributes:
        stage: place in ``stages``.
        after: the last entry, token or mark that was looked at in it; None at its begin.
    """

    stage: int = 0
    after: After = None


BEGIN = Spot()


def stages() -> list[str]:
    """Return what is walked through: every indexed element, then tokens, subjects and calls."""
    indexed = [rules.name for rules in CATALOGUE.values() if rules.index != "none"]
    return [*indexed, TOKENS, SUBJECTS, CALLS]


def renew(desk: Desk, controller: str, spot: Spot, *, limit: int) -> tuple[int, Spot | None]:
    """Look at the next ``limit`` entries and make the stale ones anew.

    What is not stale is only read, outside any transaction that writes: a walk in which nothing is
    stale holds up nobody. If the process dies, the next walk finds what is left.

    Returns:
        How many were made anew, and where to go on; None at the end.
    """
    stage = stages()[spot.stage]
    step: Step = _STEPS.get(stage) or partial(_entries, name=stage)
    count, last = step(desk, controller, spot.after, limit)
    if last is not None:
        return count, Spot(spot.stage, last)
    over = spot.stage + 1 == len(stages())
    return count, None if over else Spot(spot.stage + 1)


def _entries(
    desk: Desk, controller: str, after: After, limit: int, *, name: str
) -> tuple[int, After]:
    rules = CATALOGUE[name]
    newest = desk.keys.index_keys(controller, name, rules.norm_version)[0].version
    seen = desk.database.read(
        controller,
        lambda conn: store.entries_after(conn, controller, (name, *(after or (b"", ""))), limit),
    )
    stale = dict.fromkeys((record, name) for _, record, version in seen if version < newest)

    def work(conn: sa.Connection) -> None:
        normals = _normals(desk, conn, controller, stale)
        _write_entries(desk, conn, controller, {one: normals.get(one) for one in stale})
        _note(desk, conn, Fact(action=RENEWED, controller=controller, count=len(stale)))

    if stale:
        desk.database.write(controller, work)
    return len(stale), (seen[-1][0], seen[-1][1]) if len(seen) == limit else None


def _tokens(desk: Desk, controller: str, after: After, limit: int) -> tuple[int, After]:
    newest = desk.keys.token_keys(controller)[0].version
    seen = desk.database.read(
        controller, lambda conn: token_store.shared_after(conn, controller, after or "", limit)
    )
    stale = [made for made, version in seen if version < newest]

    def work(conn: sa.Connection) -> None:
        places = token_store.places(conn, controller, stale)
        normals = _normals(desk, conn, controller, [(one[1], one[2]) for one in places])
        _write_marks(desk, conn, controller, places, normals=normals)
        _note(desk, conn, Fact(action=RENEWED, controller=controller, count=len(stale)))

    if stale:
        desk.database.write(controller, work)
    return len(stale), seen[-1][0] if len(seen) == limit else None


def _references(desk: Desk, controller: str, after: After, limit: int) -> tuple[int, After]:
    marks = Marks(desk.keys.reference_keys(controller), SUBJECT)
    between = after or b"", below(marks.version)

    def work(conn: sa.Connection) -> tuple[int, list[tuple[str, str, bytes, bytes]]]:
        seen = subject_store.stale(conn, controller, between, limit)
        renewed = {one: marks.renew(mark) for one, _, mark, _ in seen}
        lost = [row for row in seen if renewed[row[0]] is None]
        made = {one: mark for one, mark in renewed.items() if mark is not None}
        made |= _remade(desk, controller, lost, marks)
        subject_store.renew(conn, controller, made)
        if made:
            _note(desk, conn, Fact(action=RENEWED, controller=controller, count=len(made)))
        return len(made), seen

    count, seen = desk.database.write(controller, work)
    return count, seen[-1][2] if len(seen) == limit else None


def _remade(
    desk: Desk, controller: str, lost: Sequence[tuple[str, str, bytes, bytes]], marks: Marks
) -> dict[str, bytes]:
    """Make marks whose key is gone anew, of the references themselves.

    Only after a backup of the data or of the keys was restored: otherwise no key goes before its
    marks. Whose own key is gone, or whose row was altered, is left as it is.
    """
    made = {}
    keys = desk.keys.subject_keys(controller, [key_id for _, key_id, _, _ in lost])
    for subject_id, key_id, _, sealed in lost:
        if key_id in keys:
            with suppress(Invalid):
                said = open_reference(controller, subject_id, sealed, keys[key_id])
                made[subject_id] = marks.make(reference_digest(said))
    return made


def _calls(desk: Desk, controller: str, after: After, limit: int) -> tuple[int, After]:
    marks = Marks(desk.keys.reference_keys(controller), CALL)
    between = after or b"", below(marks.version)

    def work(conn: sa.Connection) -> tuple[int, list[tuple[bytes, bytes]]]:
        seen = store.stale_answers(conn, controller, between, limit)
        made = {
            mark: (its, sent)
            for mark, body in seen
            if (its := marks.renew(mark)) and (sent := marks.renew(body))
        }
        store.renew_answers(conn, controller, made)
        if made:
            _note(desk, conn, Fact(action=RENEWED, controller=controller, count=len(made)))
        return len(made), seen

    count, seen = desk.database.write(controller, work)
    return count, seen[-1][0] if len(seen) == limit else None


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


_STEPS: Mapping[str, Step] = {TOKENS: _tokens, SUBJECTS: _references, CALLS: _calls}


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
    places: Iterable[tuple[str, str, str]],
    *,
    normals: Mapping[Place, str],
) -> None:
    """Replace fingerprints; where no value is left to make one of, none stays."""
    newest = desk.keys.token_keys(controller)[0]
    made: dict[str, tuple[bytes | None, int | None]] = {}
    for its, record_id, name in places:
        normal = normals.get((record_id, name))
        if normal is not None:
            mark = token.fingerprint(newest.key, name, normal, alias=token.is_alias(its))
            made[its] = mark, newest.version
        else:
            made.setdefault(its, (None, None))
    token_store.renew(conn, controller, made)


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
    _reseal_references(conn, controller, subjects, keys)
    count += _reseal_passwords(conn, controller, subjects, keys)
    _note(desk, conn, Fact(action=RESEALED, controller=controller, count=count))
    return count


def _reseal_references(
    conn: sa.Connection,
    controller: str,
    subjects: Mapping[str, Subject],
    keys: Mapping[str, SubjectKey],
) -> None:
    sealed = subject_store.sealed_references(conn, controller, subjects)
    anew = {}
    for (one, (key_id, before)), nonce in zip(
        sealed.items(), cipher.nonces(len(sealed)), strict=True
    ):
        if (key := keys.get(key_id)) is not None:
            said = open_reference(controller, one, before, key)
            anew[one] = seal_reference(controller, one, said, key, nonce=nonce)
    subject_store.reseal_references(conn, controller, anew)


def _reseal_passwords(
    conn: sa.Connection,
    controller: str,
    subjects: Mapping[str, Subject],
    keys: Mapping[str, SubjectKey],
) -> int:
    """Seal the hashes of these customers' passwords anew; return how many. None is shown."""
    count = 0
    for row in password_store.find(conn, controller, subjects):
        key = keys.get(subjects[row.subject_id].key_id)
        if key is None or cipher.key_version(row.sealed) == key.version:
            continue
        kept = password.unseal(controller, row, key)
        anew = password.seal(controller, (row.subject_id, row.password_id), kept, key)
        count += password_store.reseal(conn, controller, anew)
    return count


def _note(desk: Desk, conn: sa.Connection, fact: Fact) -> None:
    """Record what the house did by itself: nobody called."""
    desk.record(conn, desk.house_fact(conn, fact))
