"""What a log sends to ``add-checkpoint`` (C2SP tlog-witness). Pure, and strict.

``old <size>``, the lines of a consistency proof, an empty line, the signed checkpoint. Other logs
than ours may be witnessed too, so a checkpoint may have extension lines here (tlog-checkpoint).
"""

from __future__ import annotations

from dataclasses import dataclass

from bailee.errors import Broken
from bailee.ledger.merkle import HASH_BYTES
from bailee.ledger.note import Checkpoint, from_base64, from_decimal, split_note

MAX_PROOF = 63
MAX_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Submission:
    """A checkpoint that a log wants cosigned: taken apart, not verified.

    ``text`` is all that is signed, ``note`` the same with its signatures.
    """

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    text: str
    note: str


def read_submission(body: bytes) -> Submission:
    """Return a request's body taken apart.

    Raises:
        Broken: ``witness.form`` or a code of the note's; whatever it is, the request is malformed.
    """
    try:
        whole = body.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed() from None
    head, blank, note = whole.partition("\n\n")
    first, *lines = head.split("\n")
    if len(body) > MAX_BYTES or not blank or not first.startswith("old ") or len(lines) > MAX_PROOF:
        raise _malformed()
    proof = tuple(_read_hash(line) for line in lines)
    text, _ = split_note(note)
    return Submission(
        from_decimal(first.removeprefix("old ")), proof, _read_checkpoint(text), text, note
    )


def _read_hash(line: str) -> bytes:
    data = from_base64(line)
    if len(data) != HASH_BYTES:
        raise _malformed()
    return data


def _read_checkpoint(text: str) -> Checkpoint:
    """Return the first three lines; lines behind them are extensions, none of them empty."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise _malformed()
    return Checkpoint(lines[0], from_decimal(lines[1]), _read_hash(lines[2]))


def _malformed() -> Broken:
    return Broken(
        "witness.form", "That is not an old size, a proof, an empty line and a checkpoint."
    )
