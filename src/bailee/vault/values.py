"""From values to rows and back: what protect, update, reveal and search do alike.

Everything works on whole batches: keys are asked for once, nonces drawn in one block, shared
tokens looked up in one statement. Fields and contents are made by the ten thousand and refer to
nothing that refers back, so the collector of cycles need not look at them (``gc=False``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import msgspec
import sqlalchemy as sa

from bailee.clock import read_time, write_time
from bailee.errors import Broken, Invalid
from bailee.keys import Keys, SubjectKey
from bailee.vault import cipher, index, store, tables, token, token_store
from bailee.vault.catalogue import CATALOGUE, Element, element
from bailee.vault.record import Sealed
from bailee.vault.retention import retain_until
from bailee.vault.rows import insert
from bailee.vault.subject import Subject


class Field(msgspec.Struct, frozen=True, gc=False):
    """A checked value of an element: as it came, and in its normal form."""

    element: Element
    text: str
    normal: str


class Content(msgspec.Struct, frozen=True, gc=False):
    """Values on their way into a record of ``main``.

    ``holders`` are whose the single values are that are somebody else's, by element.
    """

    record_id: str
    main: Subject
    fields: Sequence[Field]
    holders: Mapping[str, Subject]


def check_fields(fields: Mapping[str, str | None]) -> list[Field]:
    """Check values by element; where the value is None, the element alone.

    Raises:
        Invalid: ``element.unknown``, ``value.invalid``.
        Refused: ``value.sensitive_authentication``, ``value.card_in_free_text``.
    """
    checked = []
    for name, text in fields.items():
        rules = CATALOGUE.get(name) or element(name)
        if text is not None:
            checked.append(Field(rules, text, rules.normal(text)))
    return checked


def seal(
    controller: str, contents: Sequence[Content], keys: Mapping[str, SubjectKey]
) -> list[dict[str, Sealed]]:
    """Return the sealed values of each content by element."""
    nonces = iter(cipher.nonces(sum(len(one.fields) for one in contents)))
    return [_sealed(controller, one, keys, nonces) for one in contents]


def _sealed(
    controller: str, content: Content, keys: Mapping[str, SubjectKey], nonces: Iterator[bytes]
) -> dict[str, Sealed]:
    main, body = content.main, dict[str, Sealed]()
    places: dict[str, bytes] = {}
    for field in content.fields:
        name = field.element.name
        subject = content.holders.get(name, main)
        subject_id, key = subject.subject_id, keys[subject.key_id]
        place = places.get(subject_id)
        if place is None:
            place = cipher.place(controller, subject_id, content.record_id)
            places[subject_id] = place
        ciphertext = cipher.seal(
            key.aead, key.version, (place, name), (next(nonces), field.text.encode())
        )
        body[name] = ciphertext if subject_id == main.subject_id else (subject_id, ciphertext)
    return body


def insert_entries(
    conn: sa.Connection, controller: str, keys: Keys, contents: Iterable[Content]
) -> None:
    """Write index entries, and notes of values that are not the main subject's."""

    @cache
    def newest(name: str) -> tuple[Callable[[str], bytes], int]:
        rules = CATALOGUE[name]
        derived = keys.index_keys(controller, name, rules.norm_version)[0]
        return index.maker(derived.key, rules), derived.version

    entries, holdings = [], []
    for one in contents:
        for field in one.fields:
            if field.element.index != "none":
                name = field.element.name
                entry, version = newest(name)
                entries.append((controller, name, entry(field.normal), one.record_id, version))
        for name, holder in one.holders.items():
            if holder.subject_id != one.main.subject_id:
                holdings.append((controller, holder.subject_id, one.record_id, name))
    store.add_entries(conn, entries)
    insert(conn, tables.holding, "controller subject_id record_id element", holdings)


@dataclass(frozen=True, slots=True)
class Minting:
    """How tokens are made in one call: ``shares`` says for which elements equality may be told."""

    controller: str
    keys: Keys
    shares: Callable[[str], bool]
    created: str


Mark = tuple[bytes, int]
"""A fingerprint and the version of the key it was made under."""

Worth = tuple[str, str]
"""An element and a normal form: what equal values have in common."""


def mint(
    conn: sa.Connection, minting: Minting, contents: Iterable[Content]
) -> dict[str, dict[str, str]]:
    """Make or find the tokens of tokenised values; return them by record and element."""
    tokenised = [
        (one.record_id, (field.element.name, field.normal))
        for one in contents
        for field in one.fields
        if field.element.token
    ]
    marks, shared = _shared_tokens(conn, minting, dict.fromkeys(worth for _, worth in tokenised))
    fresh = iter(token.fresh(len(tokenised)))
    tokens: dict[str, dict[str, str]] = {}
    new = []
    for record_id, worth in tokenised:
        made = shared.get(worth)
        if made is None:
            made = next(fresh)
            mark = marks.get(worth)
            if mark:
                shared[worth] = made
            fingerprint, version = mark or (None, None)
            new.append((minting.controller, made, worth[0], fingerprint, version, minting.created))
        tokens.setdefault(record_id, {})[worth[0]] = made
    insert(conn, tables.token, "controller token element fingerprint key_version created", new)
    return tokens


def hold(
    conn: sa.Connection,
    controller: str,
    contents: Iterable[Content],
    tokens: Mapping[str, Mapping[str, str]],
) -> None:
    """Write which record each token leads to."""
    rows = [
        (controller, made, one.record_id, name, one.holders.get(name, one.main).subject_id)
        for one in contents
        for name, made in tokens.get(one.record_id, {}).items()
    ]
    insert(conn, tables.token_holder, "controller token record_id element subject_id", rows)


def _shared_tokens(
    conn: sa.Connection, minting: Minting, worths: Iterable[Worth]
) -> tuple[dict[Worth, Mark], dict[Worth, str]]:
    """Return the newest marks of values, and the tokens that equal values have already.

    Only where the caller may know of equality. A token found under an older key gets the newest
    fingerprint, so that the older key can go.
    """
    normals: dict[str, list[str]] = {}
    for name, normal in worths:
        normals.setdefault(name, []).append(normal)
    sharing = [name for name in normals if minting.shares(name)]
    marks: dict[Worth, Mark] = {}
    found: dict[Worth, str] = {}
    renewed: dict[str, Mark] = {}
    for age, key in enumerate(minting.keys.token_keys(minting.controller) if sharing else ()):
        for name in sharing:
            fingerprint = token.fingerprints(key.key, name)
            prints = {fingerprint(normal): (name, normal) for normal in normals[name]}
            if age == 0:
                marks.update((worth, (made, key.version)) for made, worth in prints.items())
            known = token_store.by_fingerprint(conn, minting.controller, name, prints)
            for made, its in known.items():
                found.setdefault(prints[made], its)
                if age > 0:
                    renewed[its] = marks[prints[made]]
    token_store.renew(conn, minting.controller, renewed)
    return marks, found


def life(created: str, elements: Iterable[str]) -> str | None:
    """Return when the first value of a record should be gone, as stored."""
    return _life(created, tuple(elements))


@lru_cache(maxsize=4096)  # records of one call are made at once, mostly of the same elements
def _life(created: str, elements: tuple[str, ...]) -> str | None:
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
        return {
            name: cipher.opened(key, (place, name), one).decode() for name, one in sealed.items()
        }
    except Invalid:
        raise Broken(
            "record.altered",
            "A stored value does not open in its place: the database was altered.",
            do="Keep the database as it is and open an incident.",
        ) from None
