"""The certificate of the end of an agreement: what it says, in one canonical form (C6). Pure.

It names what was held by counts, what the controller chose and by which writing, what was returned,
which keys died and when, from when on no copy opens, what a law or a hold keeps, who holds copies
by disclosures and packs, and how sub-processors stand. It holds no value and nobody's name; texts
of the controller (a reference, a legal provision) stand in it, for it goes to the controller.

*The entry* ``privacy:termination:certified`` holds its SHA-256: the signed log is its signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from bailee.canonical import decode, encode
from bailee.clock import write_time
from bailee.privacy.last_instruction import LastInstruction
from bailee.privacy.termination import RETURN, Termination
from bailee.vault.kept import Kept

FORMAT = "bailee/end/v1"
NOT_SHOWN = (
    "that nothing was copied outside bailee by somebody who could read it before",
    "that a backup which outlives its announced days is thrown away",
    "that a statement of a person, or of a sub-processor, is true",
    "values that this house encrypted for storage elsewhere: they open no more, and were not here",
)


@dataclass(frozen=True, slots=True)
class Horizon:
    """From when on nothing can be recovered or guessed, and what that hangs on; RFC 3339."""

    unrecoverable: str
    """Empty while some copy has no known end."""
    latest: str
    waiting: tuple[str, ...]
    key_backup_days: int
    data_backup_days: int
    rekey_days: int


@dataclass(frozen=True, slots=True)
class Around:
    """What else the certificate tells of."""

    name: str
    """The controller's legal name."""
    origin: str
    version: str
    agreement: Mapping[str, Any]
    horizon: Horizon
    kept: tuple[Kept, ...]
    exports: tuple[Mapping[str, Any], ...]
    packs: tuple[Mapping[str, Any], ...]
    instructions: tuple[LastInstruction, ...]
    """What sub-processors were told, and what they answered."""


def facts(found: Termination, around: Around) -> dict[str, Any]:
    """Return everything that a certificate says but its number and its time.

    Args:
        found: a termination whose destruction is done.
        around: what else there is.
    """
    return {
        "format": FORMAT,
        "bailee": around.version,
        "origin": around.origin,
        "controller": found.controller,
        "name": around.name,
        "agreement": dict(around.agreement),
        "choice": _choice(found),
        "held": decode(found.stock.encode("ascii")),
        "returned": _returned(found),
        "destroyed": _destroyed(found),
        "unrecoverable": _horizon(around.horizon),
        "kept": [_kept(one) for one in around.kept],
        "copies": {
            "exports": [dict(one) for one in around.exports],
            "packs": [dict(one) for one in around.packs],
        },
        "subprocessors": [_told(one) for one in around.instructions],
        "not_shown": list(NOT_SHOWN),
    }


def digest(said: Mapping[str, Any]) -> str:
    """Return the SHA-256 of facts, by which two certificates say the same."""
    return sha256(encode(dict(said))).hexdigest()


def write(said: Mapping[str, Any], certificate_id: str, made: datetime) -> bytes:
    """Return the certificate's bytes."""
    return encode({**said, "certificate": certificate_id, "made": write_time(made)})


def _choice(found: Termination) -> dict[str, str]:
    return {
        "choice": found.choice,
        "at": _time(found.chosen),
        "side": found.side,
        "given_by": found.given_by,
        "reference": found.reference,
        "text_sha256": found.text_sha256,
    }


def _returned(found: Termination) -> dict[str, Any] | None:
    if found.choice != RETURN:
        return None
    return {
        "disclosure": found.disclosure_id,
        "manifest_sha256": found.manifest_sha256,
        "records": found.packed_records,
        "values": decode(found.packed_values.encode("ascii")),
        "at": _time(found.packed),
        "received": _time(found.received),
        "received_by": found.received_given_by,
        "received_writing": found.received_sha256,
    }


def _destroyed(found: Termination) -> dict[str, Any]:
    return {
        "scope": found.scope,
        "how": "keys destroyed, then rows deleted",
        "ordered": _time(found.ordered),
        "ordered_entry": found.ordered_entry,
        "ordered_leaf": found.ordered_leaf,
        "key_names": found.key_names.split(),
        "keys": found.keys,
        "rows": found.rows,
        "at": _time(found.destroyed),
        "rows_gone": _time(found.rows_gone),
        "entry": found.done_entry,
    }


def _horizon(one: Horizon) -> dict[str, Any]:
    return {
        "from": one.unrecoverable,
        "latest": one.latest,
        "waiting": list(one.waiting),
        "key_backup_days": one.key_backup_days,
        "data_backup_days": one.data_backup_days,
        "rekey_days": one.rekey_days,
    }


def _kept(one: Kept) -> dict[str, Any]:
    return {
        "kept": one.kept_id,
        "basis": one.basis,
        "elements": list(one.elements),
        "records": len(one.records) or "all",
        "until": write_time(one.until),
    }


def _told(one: LastInstruction) -> dict[str, str]:
    return {
        "subprocessor": one.subprocessor_id,
        "choice": one.choice,
        "instructed": _time(one.written),
        "instruction_sha256": one.text_sha256,
        "handed": _time(one.relayed),
        "certificate_sha256": one.certificate_sha256,
        "certificate_day": one.certificate_day,
    }


def _time(at: datetime | None) -> str:
    return write_time(at) if at else ""
