"""What a log and its witness say to one another (C2SP tlog-witness, the client's side). Pure.

Every answer is bounded and parsed strictly; only lines of the pinned key count, and only if they
verify. A size is believed, because nothing but our own tree can contradict it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bailee.errors import Failure, Invalid, Unavailable
from bailee.ledger import verify
from bailee.ledger.note import TIME_BYTES, Verifier, from_decimal, split_note, to_base64

SIZE_KIND = "text/x.tlog.size"
MOST_SIZE = 2**53 - 1
"""No log of ours can have more entries; a witness that says so says nothing."""
EARLY_SECONDS = 3600
"""How far in the future a witness's clock may be."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer: status, media type, body."""

    status: int
    kind: str
    body: bytes


Post = Callable[[str, bytes], Reply]
"""Sends a body to an address within bounds of time and size; ``Unavailable`` when it cannot."""


@dataclass(frozen=True, slots=True)
class Holds:
    """The witness cosigned this size last, and wants a proof from there."""

    size: int


@dataclass(frozen=True, slots=True)
class Denied:
    """The witness refuses; ``status`` says why."""

    status: int


def write_submission(old: int, proof: Sequence[bytes], note: str) -> bytes:
    """Return the body of ``add-checkpoint``."""
    lines = "".join(to_base64(node) + "\n" for node in proof)
    return f"old {old}\n{lines}\n{note}".encode()


def read_reply(reply: Reply, note: str, witness: Verifier, now: int) -> str | Holds | Denied:
    """Return the witness's line under a note, the size it holds, or its refusal.

    Raises:
        Unavailable: ``witness.answer`` for what no witness may answer; ``witness.busy`` for 5xx,
            ``witness.time`` for a cosignature of the future.
    """
    if reply.status == 200:
        return _read_line(reply.body, note, witness, now)
    if reply.status == 409:
        return Holds(_read_size(reply))
    if reply.status >= 500 or reply.status == 429:
        raise Unavailable("witness.busy", "The witness cannot answer now.")
    if not 400 <= reply.status < 500:
        raise _no_answer()
    return Denied(reply.status)


def _read_size(reply: Reply) -> int:
    kind = reply.kind.partition(";")[0].strip()
    text = reply.body.decode("ascii", "replace")
    try:
        size = from_decimal(text.removesuffix("\n"))
    except Failure:
        raise _no_answer() from None
    if kind != SIZE_KIND or size > MOST_SIZE or not text.endswith("\n"):
        raise _no_answer()
    return size


def _read_line(body: bytes, note: str, witness: Verifier, now: int) -> str:
    said = body.decode("utf-8", "replace")
    text = split_note(note)[0]
    try:
        _, found = split_note(f"{text}\n{said}")
    except Failure:
        raise _no_answer() from None
    for line, shown in zip(found, said.split("\n"), strict=False):
        if (line.name, line.key_id) != (witness.name, witness.key_id):
            continue
        if not witness.verifies(text.encode(), line.signature):
            break
        if int.from_bytes(line.signature[:TIME_BYTES], "big") > now + EARLY_SECONDS:
            raise Unavailable("witness.time", "The witness's clock is ahead of ours.")
        return f"{shown}\n"
    raise _no_answer()


def _no_answer() -> Unavailable:
    return Unavailable("witness.answer", "The witness did not answer as one does.")


def read_policy(data: bytes) -> verify.Policy:
    """Return the policy of a file.

    Raises:
        Invalid: ``witness.policy``.
    """
    try:
        if len(data) > verify.MAX_POLICY:
            raise _unreadable()
        return verify.read_policy(data, "policy")
    except verify.Bad:
        raise _unreadable() from None


def _unreadable() -> Invalid:
    return Invalid(
        "witness.policy",
        "The file of witnesses is not a policy.",
        do="Write it as C2SP tlog-policy; `bailee-verify --policy` names the line.",
    )
