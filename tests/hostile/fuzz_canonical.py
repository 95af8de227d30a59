"""Canonical JSON: what is read is exactly what would be written, for both of its readers."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bailee import canonical
from bailee.errors import Broken, Invalid
from bailee.ledger import verify


def check(data: bytes) -> None:
    """Canonical or refused; whatever can be written is read back; the auditor reads it too."""
    try:
        value = canonical.decode(data)
    except Broken as refused:
        assert refused.code == "canonical.form"
        _written(data)
        return
    assert canonical.encode(value) == data
    assert verify.load(data, "x") == value


def _written(data: bytes) -> None:
    """Write what these bytes say, if they say anything that can be written, and read that."""
    try:
        value = json.loads(data)
        written = canonical.encode(value)
    except (ValueError, RecursionError, Invalid):
        return
    assert canonical.decode(written) == value


def check_seeds() -> Iterable[bytes]:
    """Small values of every kind."""
    yield b'{"a":[1,-2,null,true,"x"],"b":{"c":"\\u00e9\\ud83d\\ude00"}}'
    yield b'[9007199254740991,-9007199254740991,"\\"\\\\\\n"]'
    yield b'{"b":1,"a":1e3}'
    yield b"[" * 64 + b"]" * 64
