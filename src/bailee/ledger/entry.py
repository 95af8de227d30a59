"""One entry of a log: what is written in clear, what is only committed to, and the opening.

In clear stand codes, counts and times, never personal data (C2.5(5): date, time, nature of the
access; the requestor is committed). An entry is canonical JSON, ASCII, at most 4 KiB, with always
the same keys. Whatever is free text or names somebody is behind a salted commitment::

    actor, context   SHA-256("bailee/commit/v1" 00 kind 00 salt block)
    records          the RFC 6962 root over one leaf per record; the leaf's data are
                     "bailee/commit/v1" 00 "record" 00 salt block, so one can be opened alone

A block is canonical JSON, a salt 32 bytes. Every entry draws 32 random bytes, the seed;
SHAKE-256("bailee/salts/v1" 00 seed) cut in pieces of 32 gives the salts of actor, context, record
0, record 1 … So the opening stores one seed, and a single salt tells nothing about another one.

An entry that would list more than 48 elements or 16 obligations lists one word instead,
``all:<how many>:<SHA-256 of the sorted names joined by newlines>``; the opening holds them in full.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256, shake_256
from typing import Any

import msgspec

from bailee import canonical
from bailee.errors import Broken, Invalid, Oversized
from bailee.ledger import merkle

VERSION = 1
MAX_ENTRY_BYTES = 4096
MAX_BLOCK_BYTES = 16_384
MAX_ELEMENTS = 48
MAX_OBLIGATIONS = 16
MAX_DETAILS = 12
SEED_BYTES = 32
ID_BYTES = 16
DECISIONS = ("allowed", "refused", "failed")
SOURCES = ("observed", "asserted")

_ACTION = re.compile(r"[a-z][a-z0-9_-]{0,39}(:[a-z][a-z0-9_-]{0,39}){2}", re.ASCII)
_CODE = re.compile(r"[a-z0-9._-]{0,64}", re.ASCII)
_ELEMENT = re.compile(r"[a-z0-9_.:*-]{1,64}", re.ASCII)
_OBLIGATION = re.compile(r"[A-Za-z0-9_.:()\[\]-]{1,100}", re.ASCII)
_DETAIL_KEY = re.compile(r"[a-z][a-z0-9_.]{0,39}", re.ASCII)
_DETAIL = re.compile(r"[a-z0-9._:-]{1,100}", re.ASCII)
_ATTRIBUTE = re.compile(r"[A-Za-z0-9-]{0,20}", re.ASCII)
_IDS = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_COMMIT = b"bailee/commit/v1\x00"
_ENCODER = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, slots=True)
class Touched:
    """One record that a call touched, as it was at that time: random ids and coarse attributes."""

    record_id: str
    subject_id: str
    elements: tuple[str, ...] = ()
    kind: str = "unknown"
    category: str = "unknown"
    nationalities: tuple[str, ...] = ()
    residence: str = "unknown"


@dataclass(frozen=True, slots=True)
class Link:
    """What the ledger says of a log: the one continued, the next one, or entries of one.

    ``from_index`` and ``until`` (exclusive) are indices in that log; ``root`` is hex or empty.
    """

    log: str
    from_index: int = 0
    until: int = 0
    root: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened, as the caller knows it.

    Clear: action (``source:subject:past``), decision, source, purpose, element names, count,
    obligations, detail (codes and integers only), agreement version. Committed and opened to
    auditors: actor, context, records.
    """

    action: str
    controller: str
    decision: str = "allowed"
    source: str = "observed"
    purpose: str = ""
    elements: Sequence[str] = ()
    count: int = 0
    obligations: Sequence[str] = ()
    detail: Mapping[str, str | int] = field(default_factory=dict)
    agreement: str = ""
    actor: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)
    records: Sequence[Touched] = ()
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a fact went: the log's name, the entry's id, its leaf hash (hex).

    The index is None until the entry is integrated. A log closed in between hands the entry to
    its successor; ``Ledger.place`` knows.
    """

    log: str
    entry_id: str
    leaf: str
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """The blocks behind an entry's commitments, each with its salt: (salt, block)."""

    actor: tuple[bytes, bytes]
    context: tuple[bytes, bytes]
    records: tuple[tuple[bytes, bytes], ...]

    def commitments(self) -> dict[str, str]:
        """Return what the entry must commit to (hex)."""
        leaves = [merkle.leaf_hash(_preimage(b"record", *pair)) for pair in self.records]
        return {
            "actor": sha256(_preimage(b"actor", *self.actor)).hexdigest(),
            "context": sha256(_preimage(b"context", *self.context)).hexdigest(),
            "records": merkle.list_root(leaves).hex(),
        }


@dataclass(frozen=True, slots=True)
class Written:
    """An entry ready to be stored: its id, its bytes, and its opening not yet sealed."""

    entry_id: str
    body: bytes
    opening: bytes


def write_entry(fact: Fact, time: str) -> Written:
    """Return a fact's entry at a time (``clock.write_time``), with a fresh id and fresh salts.

    Raises:
        Invalid: ``fact.form`` for anything that does not belong into a log in clear.
        Oversized: ``fact.too_large`` for an actor or a context past 16 KiB.
    """
    fresh = os.urandom(SEED_BYTES + ID_BYTES)  # one call: each one hands the interpreter over
    seed, entry_id = fresh[:SEED_BYTES], fresh[SEED_BYTES:].hex()
    packed = _pack_opening(fact, seed)
    opening = _unpack(packed)
    body = _encode(fact, opening.commitments(), entry_id, time)
    return Written(entry_id, body, _ENCODER.encode(packed))


def _encode(fact: Fact, commitments: dict[str, str], entry_id: str, time: str) -> bytes:
    _check_words(fact.action, fact.decision, fact.source, fact.purpose, fact.agreement)
    if type(fact.count) is not int or not 0 <= fact.count <= canonical.MAX_INTEGER:
        raise Invalid("fact.form", "A count is a whole number, not negative.")
    value = {
        "action": fact.action,
        "agreement": fact.agreement,
        "commitments": commitments,
        "count": fact.count,
        "decision": fact.decision,
        "detail": _details(fact.detail),
        "elements": _names(tuple(fact.elements), _ELEMENT, MAX_ELEMENTS),
        "id": entry_id,
        "link": _link(fact.link),
        "obligations": _names(tuple(fact.obligations), _OBLIGATION, MAX_OBLIGATIONS),
        "purpose": fact.purpose,
        "source": fact.source,
        "time": time,
        "v": VERSION,
    }
    body = _ENCODER.encode(value)
    if len(body) > MAX_ENTRY_BYTES:
        value["elements"] = _names(tuple(fact.elements), _ELEMENT, 0)
        value["obligations"] = _names(tuple(fact.obligations), _OBLIGATION, 0)
        body = _ENCODER.encode(value)  # fits: what is left is bounded field by field
    return body


def _link(link: Link | None) -> dict[str, str | int] | None:
    if link is None:
        return None
    return {"from": link.from_index, "log": link.log, "root": link.root, "until": link.until}


@lru_cache(maxsize=4096)
def _check_words(action: str, decision: str, source: str, *codes: str) -> None:
    fits = (
        _ACTION.fullmatch(action)
        and decision in DECISIONS
        and source in SOURCES
        and all(_CODE.fullmatch(code) for code in codes)
    )
    if not fits:
        raise Invalid("fact.form", "An entry holds codes in clear: action, decision, purpose.")


@lru_cache(maxsize=4096)
def _names(names: tuple[str, ...], pattern: re.Pattern[str], most: int) -> tuple[str, ...]:
    """Return names sorted, once each; past the limit one word that counts and hashes them."""
    if not all(pattern.fullmatch(name) for name in names):
        raise Invalid("fact.form", "Elements and obligations are named by their codes.")
    unique = tuple(sorted(set(names)))
    if len(unique) <= most or not unique:
        return unique
    digest = sha256("\n".join(unique).encode()).hexdigest()
    return (f"all:{len(unique)}:{digest}",)


def _details(detail: Mapping[str, str | int]) -> dict[str, str | int]:
    for key, value in detail.items():
        plain = isinstance(value, str) and _DETAIL.fullmatch(value)
        whole = type(value) is int and abs(value) <= canonical.MAX_INTEGER
        if not (_DETAIL_KEY.fullmatch(key) and (plain or whole)):
            raise Invalid("fact.form", "A detail is a code or a whole number, never free text.")
    if len(detail) > MAX_DETAILS:
        raise Invalid("fact.form", f"An entry has at most {MAX_DETAILS} details.")
    return dict(detail)


# The opening: packed small for storage, unpacked into blocks and salts.


def _pack_opening(fact: Fact, seed: bytes) -> dict[str, Any]:
    """Return the stored form: attributes that records share stand once."""
    shapes: dict[tuple[Any, ...], int] = {}
    rows = [
        (
            one.record_id,
            one.subject_id,
            shapes.setdefault(
                (one.elements, one.kind, one.category, one.nationalities, one.residence),
                len(shapes),
            ),
        )
        for one in fact.records
    ]
    return {
        "actor": _check_block(fact.actor),
        "context": _check_block(fact.context),
        "records": rows,
        "seed": seed.hex(),
        "shapes": list(shapes),
    }


def _check_block(block: Mapping[str, str]) -> dict[str, str]:
    if sum(len(k) + len(v) for k, v in block.items()) > MAX_BLOCK_BYTES:
        raise Oversized("fact.too_large", f"Actor or context is past {MAX_BLOCK_BYTES} bytes.")
    return dict(block)


def _block(value: dict[str, str]) -> bytes:
    encoded = _ENCODER.encode(value)
    plain = encoded.isascii() and b"\\" not in encoded and b"\x7f" not in encoded
    return encoded if plain else canonical.encode(value)


def read_opening(plain: bytes) -> Opening:
    """Return the opening that was packed beside an entry.

    Raises:
        Broken: ``ledger.opening`` when the bytes are not a packed opening.
    """
    try:
        return _unpack(msgspec.json.decode(plain))
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, IndexError, Invalid):
        raise Broken("ledger.opening", "A stored opening cannot be read.") from None


def _unpack(packed: dict[str, Any]) -> Opening:
    rows, shapes = packed["records"], [_shape(shape) for shape in packed["shapes"]]
    if not _IDS.fullmatch("".join([a + b for a, b, _ in rows])):
        raise Invalid("fact.form", "Ids of records and subjects are random words.")
    salts = shake_256(b"bailee/salts/v1\x00" + bytes.fromhex(packed["seed"]))
    stream = salts.digest(SEED_BYTES * (len(rows) + 2))
    pieces = [stream[at : at + SEED_BYTES] for at in range(0, len(stream), SEED_BYTES)]
    records = []
    for salt, (record_id, subject_id, shape) in zip(pieces[2:], rows, strict=True):
        before, between = shapes[shape]
        records.append((salt, f'{before}{record_id}{between}{subject_id}"}}'.encode()))
    return Opening(
        actor=(pieces[0], _block(packed["actor"])),
        context=(pieces[1], _block(packed["context"])),
        records=tuple(records),
    )


def _shape(shape: Sequence[Any]) -> tuple[str, str]:
    """Return what stands before a record's id, and between it and its subject's, in the block."""
    elements, kind, category, nationalities, residence = shape
    words = (kind, category, residence, *nationalities)
    if not all(_ATTRIBUTE.fullmatch(word) for word in words):
        raise Invalid("fact.form", "A record's attributes are coarse codes.")
    names = _names(tuple(elements), _ELEMENT, len(elements))
    before = _ENCODER.encode(
        {
            "category": category,
            "elements": names,
            "kind": kind,
            "nationalities": list(nationalities),
            "record_id": "",
        }
    ).decode()
    return before.removesuffix('"}'), f'","residence":"{residence}","subject_id":"'


def _preimage(kind: bytes, salt: bytes, block: bytes) -> bytes:
    return _COMMIT + kind + b"\x00" + salt + block


def read_entry(body: bytes) -> dict[str, Any]:
    """Return an entry's fields.

    Raises:
        Broken: ``canonical.form`` or ``ledger.entry`` when these bytes are no entry.
    """
    value = canonical.decode(body)
    if not isinstance(value, dict) or value.get("v") != VERSION or "commitments" not in value:
        raise Broken("ledger.entry", "A stored entry is not in a form that this version knows.")
    return value
