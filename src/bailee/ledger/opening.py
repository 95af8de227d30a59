"""What an entry commits to and does not say: its opening. Pure.

Whatever is free text or names somebody is behind a salted commitment::

    actor, context   SHA-256("bailee/commit/v1" 00 kind 00 salt block)
    records          the RFC 6962 root over one leaf per record; the leaf's data are
                     "bailee/commit/v1" 00 "record" 00 salt block, so one can be opened alone

A block is canonical JSON, a salt 32 bytes. Every entry draws 32 random bytes, the seed;
SHAKE-256("bailee/salts/v1" 00 seed) cut in pieces of 32 gives the salts of actor, context, record
0, record 1 … So the opening stores one seed, and a single salt tells nothing about another one.
"""

from __future__ import annotations

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

MAX_BLOCK_BYTES = 16_384
SEED_BYTES = 32

_ELEMENT = re.compile(r"[a-z0-9_.:*-]{1,64}", re.ASCII)
_ATTRIBUTE = re.compile(r"[A-Za-z0-9-]{0,20}", re.ASCII)
_IDS = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_COMMIT = b"bailee/commit/v1\x00"
_ACTOR, _CONTEXT, _RECORD = (_COMMIT + kind + b"\x00" for kind in (b"actor", b"context", b"record"))
_LEAF = b"\x00" + _RECORD
"""Begins what is hashed for a record: the prefix of an RFC 6962 leaf, then the commitment's."""
_SALTS = b"bailee/salts/v1\x00"
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
    shape: tuple[Any, ...] = field(init=False, repr=False, compare=False)
    """All but the ids: what records of one kind share. Made once, for some are named often."""

    def __post_init__(self) -> None:
        """Put the shape together."""
        shape = self.elements, self.kind, self.category, self.nationalities, self.residence
        object.__setattr__(self, "shape", shape)


@dataclass(frozen=True, slots=True)
class Opening:
    """The blocks behind an entry's commitments, each with its salt: (salt, block)."""

    actor: tuple[bytes, bytes]
    context: tuple[bytes, bytes]
    records: tuple[tuple[bytes, bytes], ...]

    def who(self) -> dict[str, str]:
        """Return what the actor's block says."""
        found: dict[str, str] = canonical.decode(self.actor[1])
        return found

    def words(self) -> dict[str, str]:
        """Return what the context says."""
        found: dict[str, str] = canonical.decode(self.context[1])
        return found

    def commitments(self) -> dict[str, str]:
        """Return what the entry must commit to (hex)."""
        leaves = [sha256(_LEAF + salt + block).digest() for salt, block in self.records]
        return {
            "actor": sha256(_ACTOR + b"".join(self.actor)).hexdigest(),
            "context": sha256(_CONTEXT + b"".join(self.context)).hexdigest(),
            "records": merkle.list_root(leaves).hex(),
        }


def write_opening(
    blocks: tuple[Mapping[str, str], Mapping[str, str]], records: Sequence[Touched], seed: bytes
) -> tuple[dict[str, str], bytes]:
    """Return what an entry commits to, and its opening packed small, not yet sealed.

    Args:
        blocks: actor and context.
        records: in their order; attributes that records share stand once.
        seed: 32 random bytes, of this entry alone.

    Raises:
        Invalid: ``fact.form`` for a record's id or attribute that is no code.
        Oversized: ``fact.too_large`` for an actor or a context past 16 KiB.
    """
    shapes: dict[tuple[Any, ...], int] = {}
    rows = [
        (one.record_id, one.subject_id, shapes.setdefault(one.shape, len(shapes)))
        for one in records
    ]
    actor, context = map(dict, blocks)
    opening = _open((actor, context), rows, list(shapes), seed)
    packed = {
        "actor": actor,
        "context": context,
        "records": rows,
        "seed": seed.hex(),
        "shapes": list(shapes),
    }
    return opening.commitments(), _ENCODER.encode(packed)


def read_opening(plain: bytes) -> Opening:
    """Return the opening that was packed beside an entry.

    Raises:
        Broken: ``ledger.opening`` when the bytes are not a packed opening.
    """
    try:
        packed = msgspec.json.decode(plain)
        blocks = packed["actor"], packed["context"]
        shapes = [
            (tuple(elements), kind, category, tuple(nationalities), residence)
            for elements, kind, category, nationalities, residence in packed["shapes"]
        ]
        return _open(blocks, packed["records"], shapes, bytes.fromhex(packed["seed"]))
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, IndexError, Invalid):
        raise Broken("ledger.opening", "A stored opening cannot be read.") from None


def _open(
    blocks: tuple[Mapping[str, str], Mapping[str, str]],
    rows: Sequence[tuple[str, str, int]],
    shapes: Sequence[tuple[Any, ...]],
    seed: bytes,
) -> Opening:
    if not _IDS.fullmatch("".join([a + b for a, b, _ in rows])):
        raise Invalid("fact.form", "Ids of records and subjects are random words.")
    stream = shake_256(_SALTS + seed).digest(SEED_BYTES * (len(rows) + 2))
    salts = [stream[at : at + SEED_BYTES] for at in range(0, len(stream), SEED_BYTES)]
    texts = [_shape(shape) for shape in shapes]
    records = []
    for salt, (record_id, subject_id, shape) in zip(salts[2:], rows, strict=True):
        before, between = texts[shape]
        records.append((salt, f'{before}{record_id}{between}{subject_id}"}}'.encode()))
    actor, context = blocks
    return Opening((salts[0], _block(actor)), (salts[1], _block(context)), tuple(records))


def _block(value: Mapping[str, str]) -> bytes:
    encoded = _ENCODER.encode(value)
    if len(encoded) > MAX_BLOCK_BYTES and _length(value) > MAX_BLOCK_BYTES:
        raise Oversized("fact.too_large", f"Actor or context is past {MAX_BLOCK_BYTES} bytes.")
    plain = encoded.isascii() and b"\\" not in encoded and b"\x7f" not in encoded
    return encoded if plain else canonical.encode(value)


def _length(value: Mapping[str, str]) -> int:
    return sum(len(k) + len(v) for k, v in value.items())


@lru_cache(maxsize=4096)
def _shape(shape: tuple[Any, ...]) -> tuple[str, str]:
    """Return what stands before a record's id, and between it and its subject's, in the block."""
    elements, kind, category, nations, residence = shape
    if not all(_ATTRIBUTE.fullmatch(word) for word in (kind, category, residence, *nations)):
        raise Invalid("fact.form", "A record's attributes are coarse codes.")
    if not all(_ELEMENT.fullmatch(name) for name in elements):
        raise Invalid("fact.form", "Elements are named by their codes.")
    before = _ENCODER.encode(
        {
            "category": category,
            "elements": sorted(set(elements)),
            "kind": kind,
            "nationalities": nations,
            "record_id": "",
        }
    ).decode()
    return before.removesuffix('"}'), f'","residence":"{residence}","subject_id":"'
