"""From values to rows and back: what protect, update, reveal and search do alike.

Everything works on whole batches: keys are asked for once, nonces drawn in one block. Fields and
contents are made by the ten thousand and refer to nothing that refers back, so the collector of
cycles need not look at them (``gc=False``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType

import msgspec
import sqlalchemy as sa

from bailee.clock import read_time, write_time
from bailee.errors import Broken, Invalid
from bailee.keys import Keys, SubjectKey
from bailee.vault import cipher, index, store, tables
from bailee.vault.alias import Form
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


_NO_FORMS: Mapping[str, Form] = MappingProxyType({})


def check_fields(
    fields: Mapping[str, str | None], forms: Mapping[str, Form] = _NO_FORMS
) -> list[Field]:
    """Check values by element; where the value is None, the element alone.

    Args:
        fields: values by element.
        forms: of the elements whose tokens are aliases.

    Raises:
        Invalid: ``element.unknown``, ``value.invalid``; ``token.length`` for a value that no alias
            could stand for.
        Refused: ``value.sensitive_authentication``, ``value.card_in_free_text``.
    """
    checked = []
    for name, text in fields.items():
        rules = CATALOGUE.get(name) or element(name)
        if text is not None:
            normal = rules.normal(text)
            if name in forms and not forms[name].fits(normal):
                raise _no_alias(name, forms[name])
            checked.append(Field(rules, text, normal))
    return checked


def _no_alias(name: str, form: Form) -> Invalid:
    return Invalid(
        "token.length",
        f"A value of {name} has not the {form.shortest} to {form.longest} letters and digits that "
        "a token in its format needs.",
        do="Send it in full, or let this element's tokens be opaque.",
    )


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
