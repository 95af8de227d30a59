"""Trying to open or to guess what was erased: an old copy of the data, every key of today (C6).

This is what a thief would do who holds both: open each value with the key that its row names, in
whatever version; open each mark of a reference; and hold guesses against index entries and
fingerprints under every living version of their keys. What was made under a version that lives is
counted as guessable, whether or not a guess was right.

Not tried: breaking AES or HMAC. Not looked at: openings of the ledger, which hold random ids and
coarse attributes and outlive the erased on purpose; and, in subjects' rows, the coarse attributes
in clear (kind, category, nationalities, residence), which lead to nobody once the mark is dead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar

import sqlalchemy as sa

from bailee.errors import Gone, Invalid, NotFound
from bailee.keys import Derived, Keys
from bailee.vault import attempt_store, cipher, index, token
from bailee.vault.catalogue import CATALOGUE, Element, element
from bailee.vault.directory import REFERENCE as NAME
from bailee.vault.directory import SUBJECT
from bailee.vault.idempotency import CALL
from bailee.vault.mark import Marks, version_of
from bailee.vault.record import by_holder, unpack
from bailee.vault.subject import reference_digest

T = TypeVar("T")
PAGE = 500
REFERENCE = "subject"
"""The word by which a guess at a caller's reference is told from an element."""


class Erased(NamedTuple):
    """A subject of the copy whose key has died since: its key, mark, and sealed reference."""

    key_id: str
    mark: bytes
    sealed: bytes


class Copy(Protocol):
    """A database that is only read."""

    def read(self, controller: str, work: Callable[[sa.Connection], T]) -> T:
        """Run work that only reads, as far as a controller's rows go."""


@dataclass
class Tried:
    """What was met, and what gave way; counts only.

    Attributes:
        people: subjects of the copy whose keys have died since.
        values: their encrypted values and references; ``opened``: those that a key of today opens.
        marks: index entries, fingerprints and marks of references and calls.
        guessable: those made under a key that lives, by that key's name.
        guesses: values that were tried; ``matched``: rows that one of them met.
    """

    people: int = 0
    values: int = 0
    opened: int = 0
    marks: int = 0
    guessable: Counter[str] = field(default_factory=Counter)
    guesses: int = 0
    matched: int = 0

    @property
    def dead(self) -> bool:
        """Whether somebody was there to be tried, and nothing gave way."""
        return bool(self.people) and not (self.opened or self.guessable or self.matched)

    def add(self, controller: str, other: Tried) -> None:
        """Take in what was tried at a controller, whose keys get its name; guesses are the same."""
        self.people += other.people
        self.values += other.values
        self.opened += other.opened
        self.marks += other.marks
        self.matched += other.matched
        self.guessable.update({f"{controller}:{key}": n for key, n in other.guessable.items()})


def attempt(copy: Copy, keys: Keys, controller: str, guesses: Mapping[str, Sequence[str]]) -> Tried:
    """Try everything on a controller's erased subjects in a copy of the data.

    Args:
        copy: the old data.
        keys: the keys of today.
        controller: whose.
        guesses: values by element, references under ``REFERENCE``.

    Raises:
        Invalid: ``element.unknown`` for a guess at something else.
    """
    burglar = _Burglar(keys, controller, guesses)
    after = ""
    while True:
        found = copy.read(
            controller,
            lambda conn, after=after: attempt_store.subjects(conn, controller, after, PAGE),  # type: ignore[misc]
        )
        erased = burglar.erased(found)
        if erased:
            copy.read(controller, lambda conn, of=erased: burglar.visit(conn, of))  # type: ignore[misc]
        if len(found) < PAGE:
            break
        after = found[-1][0]
    burglar.calls(copy.read(controller, lambda conn: attempt_store.calls(conn, controller)))
    return burglar.tried


class _Burglar:
    """Who holds every key of today and goes through the rows of the erased."""

    def __init__(self, keys: Keys, controller: str, guesses: Mapping[str, Sequence[str]]) -> None:
        self._keys, self._controller = keys, controller
        self.tried = Tried(guesses=sum(map(len, guesses.values())))
        self._references = self._living(lambda: keys.reference_keys(controller))
        self._tokens = self._living(lambda: keys.token_keys(controller))
        texts = {name: list(said) for name, said in guesses.items()}
        self._digests = {reference_digest(one) for one in texts.pop(REFERENCE, [])}
        self._normals = {element(name).name: _normals(name, said) for name, said in texts.items()}
        self._guessed: dict[tuple[str, str, int], set[bytes]] = {}

    @staticmethod
    def _living(ask: Callable[[], list[Derived]]) -> list[Derived]:
        """Return keys that live; none of a controller that was destroyed."""
        try:
            return ask()
        except (Gone, NotFound):
            return []

    def erased(self, found: Iterable[tuple[str, str, bytes, bytes]]) -> dict[str, Erased]:
        """Return key, mark and reference of the subjects whose keys died, by internal id."""
        rows = {one[0]: Erased(one[1], bytes(one[2]), bytes(one[3])) for one in found}
        if not self._keys.controller_exists(self._controller):
            return rows
        stones = self._keys.tombstones(self._controller, [one.key_id for one in rows.values()])
        dead = {stone.key_id for stone in stones}
        return {subject: one for subject, one in rows.items() if one.key_id in dead}

    def visit(self, conn: sa.Connection, erased: Mapping[str, Erased]) -> None:
        """Try all that belongs to these subjects."""
        self.tried.people += len(erased)
        places = self._open(attempt_store.bodies(conn, self._controller, erased), erased)
        records = {record for record, _ in places}
        for record, name, mac, version in attempt_store.entries(conn, self._controller, records):
            if (record, name) in places:
                rules = CATALOGUE[name]
                keys = self._index_keys(rules)
                self._mark(f"index/{version}", version, keys)
                exact = [key for key in keys if rules.index == "exact" or key.version == version]
                self._try(mac, (name, "index", exact), partial(index.maker, element=rules))
        for made, name, mark, version in attempt_store.fingerprints(conn, self._controller, erased):
            self._mark(f"token/{version}", version, self._tokens)
            alias = token.is_alias(made)
            maker = partial(token.fingerprints, element=name, alias=alias)
            self._try(mark, (name, f"token {alias}", self._tokens), maker)
        for one in erased.values():
            self._reference(one.mark)

    def calls(self, marks: Iterable[bytes]) -> None:
        """Look whether remembered calls could be guessed at, whoever they spoke of."""
        for mark in marks:
            self.tried.marks += 1
            if self._references and Marks(self._references, CALL).renew(mark) is not None:
                self.tried.guessable[f"reference/{version_of(mark)}"] += 1

    def _open(
        self, bodies: Iterable[tuple[str, str, bytes]], erased: Mapping[str, Erased]
    ) -> set[tuple[str, str]]:
        """Try every value of the erased; return where they stand."""
        places: set[tuple[str, str]] = set()
        living = self._subject_keys([one.key_id for one in erased.values()])
        for who, its in erased.items():
            self.tried.values += 1
            if its.key_id in living:
                where = cipher.place(self._controller, who), NAME
                self.tried.opened += _opens(living[its.key_id], where, its.sealed)
        for record, main, body in bodies:
            for who, sealed in by_holder(unpack(body), main).items():
                if who not in erased:
                    continue
                places.update((record, name) for name in sealed)
                self.tried.values += len(sealed)
                key = living.get(erased[who].key_id)
                if key is not None:
                    place = cipher.place(self._controller, who, record)
                    self.tried.opened += sum(
                        _opens(key, (place, name), one) for name, one in sealed.items()
                    )
        return places

    def _subject_keys(self, key_ids: Sequence[str]) -> Mapping[str, Any]:
        try:
            return self._keys.subject_keys(self._controller, key_ids)
        except (Gone, NotFound):
            return {}

    def _index_keys(self, rules: Element) -> list[Derived]:
        return self._living(
            lambda: self._keys.index_keys(self._controller, rules.name, rules.norm_version)
        )

    def _mark(self, name: str, version: int, keys: Iterable[Derived]) -> None:
        self.tried.marks += 1
        if any(key.version == version for key in keys):
            self.tried.guessable[name] += 1

    def _try(
        self,
        met: bytes,
        where: tuple[str, str, Sequence[Derived]],
        maker: Callable[[bytes], Callable[[str], bytes]],
    ) -> None:
        """Hold every guess at an element against what was met."""
        name, kind, keys = where
        for key in keys:
            place = name, kind, key.version
            if place not in self._guessed:
                made = maker(key.key)
                self._guessed[place] = {made(one) for one in self._normals.get(name, ())}
            if met in self._guessed[place]:
                self.tried.matched += 1
                return

    def _reference(self, mark: bytes) -> None:
        self.tried.marks += 1
        if not self._references:
            return
        marks = Marks(self._references, SUBJECT)
        if marks.renew(mark) is not None:
            self.tried.guessable[f"reference/{version_of(mark)}"] += 1
        if any(mark in marks.all(one) for one in self._digests):
            self.tried.matched += 1


def _normals(name: str, said: Iterable[str]) -> set[str]:
    """Return guesses in the form that is indexed; what the element could not hold is no guess."""
    rules, found = element(name), set()
    for one in said:
        try:
            found.add(rules.normal(one))
        except Invalid:
            continue
    return found


def _opens(key: Any, where: tuple[bytes, str], sealed: bytes) -> bool:
    try:
        cipher.opened(key, where, sealed)
    except Invalid:
        return False
    return True
