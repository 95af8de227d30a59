"""From a caller's reference to a subject, and back to nobody.

References are looked up by their marks (``mark``), while the key is being replaced by those under
all its living versions at once: a mark renewed meanwhile is found under one or the other.

What a process found it remembers for calls on values kept elsewhere, which touch thousands of
known subjects: bounded, for minutes, and only as long as two epochs of the controller stand, that
of its subjects and that of its keys. An erasure, a restriction or a change of attributes moves the
first in the same commit; a destroyed or rotated key moves the second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import sqlalchemy as sa
from msgspec import structs

from bailee.clock import write_time
from bailee.keys import Keys, SubjectKey, new_ids
from bailee.ledger import Touched
from bailee.prepared import steady
from bailee.vault import cipher, subject_store
from bailee.vault.mark import Marks
from bailee.vault.retention import ACTIVE, ERASING
from bailee.vault.subject import UNKNOWN, Attributes, Subject, reference_digest

REMEMBERED = 32_768
"""Subjects of all controllers together, each with its unwrapped key."""

SUBJECT = b"subject"
"""Use of the marks that find subjects."""
REFERENCE = "bailee.reference"
"""Stands where a value's element would; no element has that name, so no caller can ask for it."""

SECONDS = 300.0
_RECALLING = frozenset({"encrypt", "decrypt", "reencrypt"})
"""Verbs whose acts ``recall``."""


@dataclass(slots=True)
class Known:
    """A subject, its key, and what is computed from it again and again.

    ``lines`` are the ledger's lines by element, made when first needed.
    """

    subject: Subject
    place: bytes
    key: SubjectKey
    lines: dict[str, Touched] = field(default_factory=dict)

    def touched(self, element: str) -> Touched:
        """Return the ledger's line for one value of this subject kept elsewhere."""
        found = self.lines.get(element)
        if found is None:
            found = self.lines[element] = touch("", self.subject, (element,))
        return found


def seal_reference(
    controller: str, subject_id: str, reference: str, key: SubjectKey, *, nonce: bytes
) -> bytes:
    """Return a reference under its subject's key: it dies with the subject, and not before.

    Marks can be made anew of it when the key they were made under was lost with a restored backup.
    """
    where = cipher.place(controller, subject_id), REFERENCE
    return cipher.seal(key.aead, key.version, where, (nonce, reference.encode()))


def open_reference(controller: str, subject_id: str, sealed: bytes, key: SubjectKey) -> str:
    """Return a reference again.

    Raises:
        Invalid: ``ciphertext.wrong_place``.
    """
    where = cipher.place(controller, subject_id), REFERENCE
    return cipher.opened(key, where, sealed).decode()


def know(controller: str, subject: Subject, key: SubjectKey) -> Known:
    """Return a subject as it is remembered."""
    return Known(subject, cipher.place(controller, subject.subject_id), key)


def touch(record_id: str, subject: Subject, elements: tuple[str, ...]) -> Touched:
    """Return the ledger's line for values of a subject, with its attributes as they are now."""
    return Touched(
        record_id,
        subject.subject_id,
        elements,
        subject.kind,
        subject.category,
        subject.nationalities,
        subject.residence,
    )


@dataclass(frozen=True, slots=True)
class Admitted:
    """Subjects by reference, and their keys by key id."""

    subjects: Mapping[str, Subject]
    keys: Mapping[str, SubjectKey]


@dataclass(slots=True)
class _Shelf:
    epochs: tuple[int, int]
    until: float
    known: dict[str, Known]


@dataclass(frozen=True, slots=True)
class Recalled:
    """Subjects by reference: all that live, and those that were not in memory yet."""

    known: dict[str, Known]
    fresh: dict[str, Known]
    shelf: _Shelf


class Directory:
    """Finds subjects, and takes in new ones."""

    def __init__(self, keys: Keys, ticks: Callable[[], float] = time.monotonic) -> None:
        self._keys = keys
        self._ticks = ticks
        self._lock = threading.Lock()
        self._shelves: dict[str, _Shelf] = {}  # owned by _lock

    def find(
        self, conn: sa.Connection, controller: str, references: Collection[str], *, lock: bool
    ) -> dict[str, Subject]:
        """Return the subjects that exist, by reference; those being erased are not there."""
        return _lasting(self.find_all(conn, controller, references, lock=lock))

    def find_all(
        self, conn: sa.Connection, controller: str, references: Collection[str], *, lock: bool
    ) -> dict[str, Subject]:
        """Return the newest generation of each subject, also of those being erased."""
        return self._look(conn, controller, references, lock=lock)[0]

    def _look(
        self, conn: sa.Connection, controller: str, references: Collection[str], *, lock: bool
    ) -> tuple[dict[str, Subject], dict[str, bytes]]:
        """Return what ``find_all`` does, and every reference's mark as it is written."""
        marks = Marks(self._keys.reference_keys(controller), SUBJECT)
        written: dict[str, bytes] = {}
        meant: dict[bytes, str] = {}
        for one in dict.fromkeys(references):
            its = marks.all(reference_digest(one))
            written[one] = its[0]
            meant.update(dict.fromkeys(its, one))
        found: dict[str, Subject] = {}
        for mark, subject in subject_store.by_mark(conn, controller, meant, lock=lock).items():
            known = found.get(meant[mark])
            if known is None or known.generation < subject.generation:
                found[meant[mark]] = subject
        return found, written

    def foresee(self, conn: sa.Connection, act: tuple[str, str]) -> None:
        """Let what ``recall`` reads come with the next answer, in acts that call it."""
        controller, verb = act
        if verb in _RECALLING:
            subject_store.foresee_epoch(conn, controller)

    def recall(self, conn: sa.Connection, controller: str, references: Collection[str]) -> Recalled:
        """Return the subjects that exist and whose key does, from memory as far as it is fresh.

        The epochs are read before anything is loaded, so that what is loaded is never newer than
        what it is filed under: a change in between empties the shelf at the next call.
        """
        keys_epoch = steady(conn, ("keys", controller), lambda: self._keys.epoch(controller))
        epochs = subject_store.read_epoch(conn, controller), keys_epoch
        now = self._ticks()
        with self._lock:
            shelf = self._shelves.get(controller)
            if shelf is None or shelf.epochs != epochs or shelf.until < now:
                shelf = self._shelves[controller] = _Shelf(epochs, now + SECONDS, {})
            known = shelf.known
        found = {one: known[one] for one in references if one in known}
        if len(found) == len(references):
            return Recalled(found, {}, shelf)
        missing = [one for one in references if one not in found]
        fresh = self._load(conn, controller, missing)
        return Recalled(found | fresh, fresh, shelf)

    def _load(
        self, conn: sa.Connection, controller: str, references: Collection[str]
    ) -> dict[str, Known]:
        found = self.find(conn, controller, references, lock=False)
        keys = self._keys.subject_keys(controller, [one.key_id for one in found.values()])
        return {
            one: know(controller, subject, keys[subject.key_id])
            for one, subject in found.items()
            if subject.key_id in keys
        }

    def remember(self, recalled: Recalled) -> None:
        """Keep what a call learnt; only after its commit.

        What a transaction sees of its own, or of others in the same group, may still be undone;
        a subject remembered and undone would encrypt values that nobody can open later.
        """
        if not recalled.fresh:
            return
        shelf = recalled.shelf
        with self._lock:
            shelf.known.update(recalled.fresh)
            over = sum(len(one.known) for one in self._shelves.values()) - REMEMBERED
            for name in list(islice(shelf.known, max(over, 0))):  # the oldest first
                del shelf.known[name]

    def admit(
        self,
        conn: sa.Connection,
        controller: str,
        asked: Mapping[str, Attributes],
        now: datetime,
    ) -> Admitted:
        """Return all these subjects with their keys; new ones are made, attributes brought up.

        A key is durable before its subject is written. If the process dies in between, a key
        without a subject remains, which opens nothing. A subject whose key was destroyed and
        whose rows still wait for deletion is followed by its next generation.
        """
        before, marks = self._look(conn, controller, asked, lock=True)
        found = _lasting(before)
        keys = self._keys.subject_keys(controller, [one.key_id for one in found.values()])
        living = {one: subject for one, subject in found.items() if subject.key_id in keys}
        current = {one: _bring_up(subject, asked[one]) for one, subject in living.items()}
        subject_store.change(
            conn, controller, [current[one] for one in living if current[one] != living[one]]
        )
        missing = [one for one in asked if one not in living]
        if missing:
            made = self._keys.new_subject_keys(controller, len(missing))
            new = {
                one: _new_subject(subject_id, key, asked[one], before.get(one))
                for one, subject_id, key in zip(missing, new_ids(len(missing)), made, strict=True)
            }
            rows = [
                (
                    marks[one],
                    seal_reference(controller, subject.subject_id, one, key, nonce=nonce),
                    subject,
                )
                for (one, subject), key, nonce in zip(
                    new.items(), made, cipher.nonces(len(made)), strict=True
                )
            ]
            subject_store.add(conn, controller, rows, write_time(now))
            current.update(new)
            keys.update((key.key_id, key) for key in made)
        return Admitted(current, keys)


def _lasting(found: Mapping[str, Subject]) -> dict[str, Subject]:
    """Leave out the subjects that are being erased."""
    return {one: subject for one, subject in found.items() if subject.state != ERASING}


def _new_subject(
    subject_id: str, key: SubjectKey, said: Attributes, before: Subject | None
) -> Subject:
    """Return a subject of the next generation after ``before``, whose rows are still there."""
    return Subject(
        subject_id,
        key.key_id,
        before.generation + 1 if before else 1,
        said.kind or UNKNOWN,
        said.category or UNKNOWN,
        said.nationalities or (),
        said.residence or UNKNOWN,
        ACTIVE,
        held=False,
        allowing=(),
    )


def _bring_up(subject: Subject, said: Attributes) -> Subject:
    """Return the subject as the call says it is; what the call does not say stays."""
    if said == _SILENT:
        return subject
    return structs.replace(
        subject,
        kind=said.kind or subject.kind,
        category=said.category or subject.category,
        nationalities=subject.nationalities if said.nationalities is None else said.nationalities,
        residence=said.residence or subject.residence,
    )


_SILENT = Attributes()
