"""The auditor's parsers: entries, openings, proofs."""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bailee import canonical
from bailee.errors import Broken
from bailee.ledger import entry as entries
from bailee.ledger import export, merkle, note, verify
from bailee.ledger import opening as stored
from tests.hostile.fuzz_note import SIGNER

TIME = "2026-11-20T12:00:00.000Z"


@functools.cache
def genuine() -> tuple[tuple[bytes, bytes], ...]:
    """Return entries of invented acts, each with its opening's line: in every run the same."""
    link = entries.Link(SIGNER.name, 0, 1, "")
    facts = [
        entries.Fact("ledger:log:opened", "acme"),
        entries.Fact(
            "vault:record:revealed",
            "acme",
            purpose="payments",
            elements=("person.name", "person.email"),
            count=1,
            obligations=("C2.5(5)",),
            detail={"verb": "reveal", "number": 5},
            actor={"id": "someone"},
            records=[stored.Touched("rec1", "sub1", ("person.name",), "person")],
        ),
        entries.Fact("ledger:openings:erased", "acme", source="asserted", link=link),
    ]
    found = []
    for number, fact in enumerate(facts):
        made = entries.write_entry(fact, TIME)
        packed = json.loads(made.opening) | {"seed": f"{number:064x}"}
        opened = stored.read_opening(json.dumps(packed).encode())
        named: dict[str, Any] = {"id": f"{number:032x}", "commitments": opened.commitments()}
        body = canonical.encode(canonical.decode(made.body) | named)
        found.append((body, export.opening_line(named["id"], number, opened)))
    return tuple(found)


@functools.cache
def signer() -> note.Signer:
    """Return a signer of these entries alone: what is kept of other versions proves nothing."""
    seed = sha256(b"".join(body for body, _ in genuine())).digest()
    return note.Signer(SIGNER.name, Ed25519PrivateKey.from_private_bytes(seed))


def keys() -> list[verify.Key]:
    """Return the key that an auditor of these entries pinned."""
    return [verify.read_key(signer().verifier.vkey, "--vkey")]


def entry(data: bytes) -> None:
    """The quick way in lets nothing pass that the slow one refuses; the server reads it alike."""
    known = [body for body, _ in genuine()]
    story = verify.Story(SIGNER.name, verify.Report(), None)
    story.hear(0, known, [])
    assert not story.report.problems
    accepted = _accepted(data)
    columns: verify.Columns = [(part,) for part in _row(data)]
    indices, _ = story._check(len(known), [data], columns)
    assert bool(indices) == accepted
    if accepted:
        value = entries.read_entry(data)
        assert canonical.encode(value) == data
        late = verify.Story(SIGNER.name, verify.Report(), None)
        late.hear(0, [*known, data], [])


def _row(data: bytes) -> tuple[bytes, ...]:
    """Return what the quick way finds in one entry; nothing where it does not fit the frame."""
    if len(data) > verify.MAX_ENTRY:
        return ()
    found = verify.FRAME.fullmatch(len(data).to_bytes(2) + data)
    return found.groups()[2:] if found else ()


def _accepted(data: bytes) -> bool:
    try:
        verify.check_entry(data, "entry")
    except verify.Bad as bad:
        assert bad.finding["code"] == "entry.form"
        return False
    return True


def entry_seeds() -> Iterable[bytes]:
    """Genuine entries, and one with a link."""
    yield from (body for body, _ in genuine())
    yield genuine()[1][0].replace(b'"count":1', b'"count":0')


class OneFile:
    """A bundle of nothing but lines."""

    def __init__(self, data: bytes) -> None:
        self.report = verify.Report()
        self._data = data

    def lines(self, path: str) -> Iterator[tuple[str, bytes]]:
        """Yield each line with its place."""
        for number, line in enumerate(self._data.split(b"\n")):
            yield f"{path} line {number}", line


def opening(data: bytes) -> None:
    """Lines of openings raise findings only; one that passes is one that was committed to."""
    try:
        stored.read_opening(data)
    except Broken as refused:
        assert refused.code == "ledger.opening"
    bundle = OneFile(data)
    checked = verify.Openings(cast("verify.Bundle", bundle))
    for index, (body, _) in enumerate(genuine()):
        value = canonical.decode(body)
        three = value["commitments"]
        hashes = f'{three["actor"]}","context":"{three["context"]}","records":"{three["records"]}'
        checked.check(index, value["id"], hashes)
    checked.finish(len(genuine()), [])
    codes = {problem["code"].partition(".")[0] for problem in bundle.report.problems}
    assert codes <= {"opening", "json", "file"}
    if not bundle.report.problems:
        assert data.rstrip(b"\n").split(b"\n") == [line for _, line in genuine()]
    story = verify.Story(SIGNER.name, bundle.report, None)
    try:
        verify.read_erasures(cast("verify.Bundle", bundle), story, verify.Pinned(keys()))
    except verify.Bad as bad:
        assert bad.finding["code"] == "erasure.form"


def opening_seeds() -> Iterable[bytes]:
    """Genuine openings, alone and together, and a proof's line."""
    yield b"\n".join(line for _, line in genuine())
    yield from (line for _, line in genuine())
    yield canonical.encode({"proof": _proof(1).decode()})
    yield entries.write_entry(entries.Fact("vault:record:revealed", "acme"), TIME).opening


def proof(data: bytes) -> None:
    """A proof leads to a signed tree, or raises a finding; nothing else is proven."""
    try:
        signed, index, fields = verify.check_proof(data, keys(), "proof")
    except verify.Bad as bad:
        assert bad.finding["code"].partition(".")[0] in {"proof", "note", "entry"}
        return
    body = genuine()[index][0]
    assert signed.size == len(genuine())
    assert canonical.encode(fields) == body


def _proof(index: int) -> bytes:
    bodies = [body for body, _ in genuine()]
    leaves = [merkle.leaf_hash(body) for body in bodies]
    head, _ = merkle.grow(merkle.Head(), leaves)
    checkpoint = signer().sign(note.Checkpoint(SIGNER.name, len(bodies), merkle.root(head)).text)
    pair = merkle.list_root(leaves[:2])
    path = {0: [leaves[1], leaves[2]], 1: [leaves[0], leaves[2]], 2: [pair]}[index]
    return note.write_proof(bodies[index], index, path, checkpoint).encode()


def proof_seeds() -> Iterable[bytes]:
    """Genuine proofs, and one whose path is cut."""
    for index in range(3):
        made = _proof(index)
        verify.check_proof(made, keys(), "proof")
        yield made
    yield _proof(1).replace(base64.b64encode(merkle.leaf_hash(genuine()[0][0])) + b"\n", b"")
