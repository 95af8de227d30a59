"""Bodies: every request shape of the table behind the door's own reader."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from bailee.errors import Invalid
from bailee.web.body import Reader
from bailee.web.routes import TABLE

ROWS = [row for row in TABLE if row.request is not None]
READERS: list[Reader[Any]] = [
    Reader(row.request, row.text_bytes) for row in ROWS if row.request is not None
]


def check(data: bytes) -> None:
    """A shape or a refusal by name; what was read is what a plain reader reads, nothing twice."""
    if not data:
        return
    reader, body = READERS[data[0] % len(READERS)], data[1:]
    try:
        value = reader.read(body)
    except Invalid as refused:
        assert refused.code.startswith("body.")
        return
    written = msgspec.json.encode(value)
    assert reader.read(written) == value
    plain = json.loads(body.decode("utf-8"), object_pairs_hook=_once)
    assert _within(plain, json.loads(written))
    assert "\x00" not in json.dumps(plain, ensure_ascii=False)


def _within(sent: Any, written: Any) -> bool:
    """Answer whether everything sent stands in what was read; defaults may be added to it."""
    if isinstance(sent, dict):
        return all(name in written and _within(sent[name], written[name]) for name in sent)
    if isinstance(sent, list):
        return len(sent) == len(written) and all(map(_within, sent, written))
    return bool(sent == written)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs), "a member stands twice"
    return dict(pairs)


def check_seeds() -> Iterable[bytes]:
    """One plain body for each shape that has an easy one."""
    entry = b'{"purpose":"p","records":[{"ref":"1","subject":"s","fields":{"person.name":"A"}}]}'
    bodies = {
        "protect": entry,
        "reveal": b'{"purpose":"p","elements":["person.name"],"records":["r"],"mode":"continue"}',
        "search": b'{"purpose":"p","element":"person.name","equals":"A\\u00e9"}',
        "update": b'{"purpose":"p","records":[{"ref":"1","record":"r","fields":{"a":null}}]}',
        "grant": b'{"principal":"p","verbs":["reveal"],"until":"2026-11-20T21:07:00Z","daily":5}',
        "move_root": b'{"after":"of/acme"}',
        "rotate_keys": b'{"what":"subjects","subjects":["a:b"]}',
    }
    for number, row in enumerate(ROWS):
        if row.name in bodies:
            yield bytes([number]) + bodies[row.name]
