"""Notes, checkpoints and keys: the server's parser and the auditor's must agree."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bailee.errors import Broken, Invalid
from bailee.ledger import note, verify

SIGNER = note.Signer("log.example/a", Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))
SIGNED = SIGNER.sign(note.Checkpoint("log.example/a", 7, b"\x01" * 32).text)
KEYS = [verify.read_key(SIGNER.verifier.vkey, "--vkey")]
Head = tuple[str, int, bytes]


def check(data: bytes) -> None:
    """Only declared errors; what one parser reads the other reads alike; only ours verifies."""
    text = data.decode("utf-8", "replace")
    ours, theirs = _ours(text), _theirs(data)
    if ours is not None and theirs is not None:
        assert ours == theirs
    if text.encode() == data and (ours is None) != (theirs is None):
        assert ours is None, "the auditor refuses what the server reads"
        assert _only_stricter(text), "the server refuses what the auditor reads"
    _keys(text)


def _ours(text: str) -> Head | None:
    try:
        said, _ = note.split_note(text)
        head = note.read_checkpoint(said)
    except Broken as refused:
        assert refused.code.startswith("note.")
        return None
    assert head.text == said
    return head.origin, head.size, head.root


def _theirs(data: bytes) -> Head | None:
    try:
        found = verify.read_note(data, "checkpoint")
    except verify.Bad as bad:
        assert bad.finding["code"].startswith("note.")
        return None
    try:
        verify.check_signed(found, KEYS, "checkpoint")
    except verify.Bad:
        pass
    else:
        assert found.text == SIGNED.rpartition("\n\n")[0].encode() + b"\n"
    return found.origin, found.size, found.root


def _only_stricter(text: str) -> bool:
    """Answer whether the server's own bounds, which the auditor lacks, explain a refusal."""
    lines = text.rpartition("\n\n")[2].split("\n")[:-1]
    short = any(len(note.from_base64(line.split(" ")[2])) < 5 for line in lines)
    return short or len(lines) > note.MAX_SIGNATURES or len(text) > note.MAX_NOTE_BYTES


def _keys(text: str) -> None:
    try:
        ours = note.read_vkey(text)
    except (Broken, Invalid) as refused:
        assert refused.code.startswith("note.")
    else:
        assert ours.vkey == text
        theirs = verify.read_key(text, "--vkey")
        assert (theirs.name, theirs.key_id, theirs.public) == (ours.name, ours.key_id, ours.public)
    with contextlib.suppress(verify.Bad):
        verify.read_key(text, "--vkey")
    try:
        note.read_skey(text)
    except (Broken, Invalid) as refused:
        assert refused.code.startswith("note.")


def check_seeds() -> Iterable[bytes]:
    """A signed checkpoint, one with two signatures, a key's two texts."""
    yield SIGNED.encode()
    yield SIGNED.encode() + SIGNED.splitlines()[-1].encode() + b"\n"
    yield SIGNER.verifier.vkey.encode()
    rest = SIGNER.verifier.vkey.split("+")[1]
    seed = note.to_base64(b"\x01" + b"\x07" * 32)
    yield f"PRIVATE+KEY+log.example/a+{rest}+{seed}".encode()
