"""From values to rows and back: what protect, update, reveal and search do alike.

Everything works on whole batches: keys are asked for once, nonces drawn in one block, shared
tokens looked up in one statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa

from bailee.clock import read_time, write_time
from bailee.errors import Broken, Invalid
from bailee.keys import Derived, Keys, SubjectKey
from bailee.vault import cipher, index, tables, token, token_store
from bailee.vault.catalogue import CATALOGUE, Element, element
from bailee.vault.record import Sealed
from bailee.vault.retention import retain_until
from bailee.vault.rows import Row, insert
from bailee.vault.subject import Subject


@dataclass(frozen=True, slots=True)
class Value:
    """A checked value on its way into a record.

    ``normal`` is its normal form; ``subject`` is whose it is, ``main`` whose record it stands in.
    """

    record_id: str
    element: Element
    text: str
    normal: str
    subject: Subject
    main: str

    @property
    def place(self) -> tuple[str, str]:
        """Record and element."""
        return self.record_id, self.element.name


def check_fields(fields: Mapping[str, str | None]) -> dict[str, tuple[Element, str]]:
    """Check values by element; return each element's rules and the value's normal form.

    Raises:
        Invalid: ``element.unknown``, ``value.invalid``.
        Refused: ``value.sensitive_authentication``, ``value.card_in_free_text``.
    """
    checked = {}
    for name, text in fields.items():
        rules = CATALOGUE.get(name) or element(name)
        checked[name] = (rules, "" if text is None else rules.normal(text))
    return checked


def seal(
    controller: str, values: Sequence[Value], keys: Mapping[str, SubjectKey]
) -> dict[str, dict[str, Sealed]]:
    """Return the sealed values by record and element."""
    sealed: dict[str, dict[str, Sealed]] = {}
    places: dict[tuple[str, str], bytes] = {}
    for value, nonce in zip(values, cipher.nonces(len(values)), strict=True):
        subject_id = value.subject.subject_id
        at = (subject_id, value.record_id)
        place = places.get(at)
        if place is None:
            place = places[at] = cipher.place(controller, subject_id, value.record_id)
        key = keys[value.subject.key_id]
        ciphertext = cipher.seal(
            key.aead, key.version, (place, value.element.name), (nonce, value.text.encode())
        )
        own = subject_id == value.main
        body = sealed.setdefault(value.record_id, {})
        body[value.element.name] = ciphertext if own else (subject_id, ciphertext)
    return sealed


def insert_entries(
    conn: sa.Connection, controller: str, keys: Keys, values: Iterable[Value]
) -> None:
    """Write index entries, and notes of values that are not the main subject's."""

    @cache
    def newest(name: str, norm_version: int) -> Derived:
        return keys.index_keys(controller, name, norm_version)[0]

    entries, holdings = [], []
    for value in values:
        rules = value.element
        if rules.index != "none":
            derived = newest(rules.name, rules.norm_version)
            entries.append(
                {
                    "controller": controller,
                    "element": rules.name,
                    "mac": index.entry(derived.key, rules, value.normal),
                    "record_id": value.record_id,
                    "key_version": derived.version,
                }
            )
        if value.subject.subject_id != value.main:
            holdings.append(
                {
                    "controller": controller,
                    "subject_id": value.subject.subject_id,
                    "record_id": value.record_id,
                    "element": rules.name,
                }
            )
    insert(conn, tables.blind_index, entries)
    insert(conn, tables.holding, holdings)


@dataclass(frozen=True, slots=True)
class Minting:
    """How tokens are made in one call: ``shares`` says for which elements equality may be told."""

    controller: str
    keys: Keys
    shares: Callable[[str], bool]
    created: str


def mint(
    conn: sa.Connection, minting: Minting, values: Iterable[Value]
) -> dict[str, dict[str, str]]:
    """Make or find the tokens of tokenised values; return them by record and element."""
    tokenised = [value for value in values if value.element.token]
    if not tokenised:
        return {}
    marks, shared = _shared_tokens(conn, minting, tokenised)
    fresh = iter(token.fresh(len(tokenised)))
    tokens: dict[str, dict[str, str]] = {}
    new: list[Row] = []
    for value in tokenised:
        mark = marks.get(value.place)
        known = shared.get((value.element.name, mark)) if mark else None
        made = known or next(fresh)
        if known is None:
            new.append(_token_row(minting, made, value.element.name, mark))
            if mark:
                shared[value.element.name, mark] = made
        tokens.setdefault(value.record_id, {})[value.element.name] = made
    insert(conn, tables.token, new)
    return tokens


def hold(
    conn: sa.Connection,
    controller: str,
    values: Iterable[Value],
    tokens: Mapping[str, Mapping[str, str]],
) -> None:
    """Write which record each token leads to."""
    rows = [
        {
            "controller": controller,
            "token": tokens[value.record_id][value.element.name],
            "record_id": value.record_id,
            "element": value.element.name,
            "subject_id": value.subject.subject_id,
        }
        for value in values
        if value.element.token
    ]
    insert(conn, tables.token_holder, rows)


Mark = tuple[bytes, int]
"""A fingerprint and the version of the key it was made under."""


def _marks(key: Derived, values: Iterable[Value]) -> dict[tuple[str, str], Mark]:
    """Return the fingerprints of values under a key, by place."""
    return {
        value.place: (token.fingerprint(key.key, value.element.name, value.normal), key.version)
        for value in values
    }


def _shared_tokens(
    conn: sa.Connection, minting: Minting, values: Iterable[Value]
) -> tuple[dict[tuple[str, str], Mark], dict[tuple[str, Mark], str]]:
    """Return the newest fingerprints by place, and the tokens that equal values have already.

    Only where the caller may know of equality. A token found under an older key gets the newest
    fingerprint, so that the older key can go.
    """
    names = {value.element.name for value in values}
    sharing = {name for name in names if minting.shares(name)}
    wanted = [value for value in values if value.element.name in sharing]
    if not wanted:
        return {}, {}
    keys = minting.keys.token_keys(minting.controller)
    newest = _marks(keys[0], wanted)
    found: dict[tuple[str, Mark], str] = {}
    renewed: dict[str, Mark] = {}
    for key in keys:
        by_element: dict[str, dict[bytes, Mark]] = {}
        for (record_id, name), (fingerprint, _) in _marks(key, wanted).items():
            by_element.setdefault(name, {})[fingerprint] = newest[record_id, name]
        for name, prints in by_element.items():
            tokens = token_store.by_fingerprint(conn, minting.controller, name, prints)
            for fingerprint, made in tokens.items():
                found.setdefault((name, prints[fingerprint]), made)
                if key is not keys[0]:
                    renewed[made] = prints[fingerprint]
    token_store.renew(conn, minting.controller, renewed)
    return newest, found


def _token_row(minting: Minting, made: str, name: str, mark: Mark | None) -> Row:
    return {
        "controller": minting.controller,
        "token": made,
        "element": name,
        "fingerprint": mark[0] if mark else None,
        "key_version": mark[1] if mark else None,
        "created": minting.created,
    }


def life(created: str, elements: Iterable[str]) -> str | None:
    """Return when the first value of a record should be gone, as stored."""
    days = [CATALOGUE[name].retention_days for name in elements if name in CATALOGUE]
    if not any(days):
        return None
    until = retain_until(read_time(created), days)
    return write_time(until) if until else None


def open_values(
    controller: str, where: tuple[str, str], sealed: Mapping[str, bytes], key: SubjectKey | None
) -> dict[str, str]:
    """Return stored values of one holder in clear.

    Args:
        controller: whose.
        where: the record, and the subject whose values these are.
        sealed: ciphertexts by element.
        key: of that subject.

    Raises:
        Broken: ``record.altered`` when a living key does not open what stands there.
    """
    record_id, holder = where
    try:
        if key is None:
            raise cipher.wrong_place()
        place = cipher.place(controller, holder, record_id)
        found = cipher.opened_each(key, place, sealed)
    except Invalid:
        raise Broken(
            "record.altered",
            "A stored value does not open in its place: the database was altered.",
            do="Keep the database as it is and open an incident.",
        ) from None
    return {name: value.decode() for name, value in found.items()}
