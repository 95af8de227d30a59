"""The one byte form that is hashed and signed, and the one way to frame bytes.

Canonical JSON here is a subset that every reader parses alike: ASCII only, keys sorted, no
white space, no floats, integers below 2**53 (I-JSON, RFC 7493). Stored bytes are the truth:
verifiers hash what they read and never encode again.
"""

from __future__ import annotations

import json
from typing import Any

from bailee.errors import Broken, Invalid

MAX_INTEGER = 2**53 - 1


def encode(value: Any) -> bytes:
    """Return the canonical bytes of a JSON value.

    Raises:
        Invalid: ``canonical.type`` for floats, large integers and foreign types.
    """
    _check(value)
    return json.dumps(
        value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode("ascii")


def decode(data: bytes) -> Any:
    """Return the value of canonical bytes.

    Raises:
        Broken: ``canonical.form`` when the bytes are not in canonical form.
    """
    try:
        value = json.loads(data.decode("ascii"))
        if encode(value) == data:
            return value
    except (ValueError, RecursionError, Invalid):
        pass
    raise Broken("canonical.form", "Stored bytes are not in canonical form.")


def _check(value: Any) -> None:
    match value:
        case None | bool() | str():
            return
        case int() if -MAX_INTEGER <= value <= MAX_INTEGER:
            return
        case list() | tuple():
            for item in value:
                _check(item)
        case dict() if all(isinstance(key, str) for key in value):
            for item in value.values():
                _check(item)
        case _:
            raise Invalid("canonical.type", f"{type(value).__name__} has no canonical form.")


def frame(*parts: bytes) -> bytes:
    """Join parts so that no two different lists give the same bytes (4-byte lengths, big endian).

    Used for associated data (C2.8(1)): a value moved to another place meets other bytes.
    """
    return b"".join([len(part).to_bytes(4, "big") + part for part in parts])
