"""Signed notes, checkpoints and proofs in C2SP's text forms. Pure but for signing.

* signed-note: text, an empty line, then ``— name base64(key id || signature)`` lines (Ed25519).
* tlog-checkpoint: a note whose text is origin, size, root.
* tlog-cosignature: a witness's line under a checkpoint, with the time at which it looked.
* tlog-proof: an entry's place in a checkpointed tree, checkable offline.

Parsing is strict: base64 must be the one canonical spelling, numbers plain decimals. What is
lenient here would be two different notes with one meaning.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bailee import canonical
from bailee.errors import Broken, Invalid
from bailee.ledger.merkle import HASH_BYTES

ED25519 = 0x01
COSIGNATURE = 0x04
"""A timestamped Ed25519 signature: what a witness gives (C2SP tlog-cosignature)."""
TIME_BYTES = 8
MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100
MAX_SIZE = 2**63 - 1
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
_DASH = "\u2014"


def to_base64(data: bytes) -> str:
    """Return standard base64 (RFC 4648 §4)."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """Return the bytes of canonical base64.

    Raises:
        Broken: ``note.base64`` for any other spelling.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data or to_base64(data) != text:
        raise Broken("note.base64", "That is not canonical base64.")
    return data


def from_decimal(text: str) -> int:
    """Return a size or index: plain digits, no leading zero, below 2**63.

    Raises:
        Broken: ``note.decimal`` for any other spelling.
    """
    if re.fullmatch(r"0|[1-9][0-9]{0,18}", text, re.ASCII) and int(text) <= MAX_SIZE:
        return int(text)
    raise Broken("note.decimal", "That is not a plain decimal number.")


def _check_name(name: str) -> str:
    if not name or "+" in name or any(c.isspace() or ord(c) < 0x20 for c in name):
        raise Invalid("note.name", "A key's name has no space and no plus.")
    return name


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under a name: who may have signed, or as a witness cosigned, a note."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that stand before each of the key's signatures."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """Return the key's text: ``name+hex id+base64(type || key)``."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"

    def verifies(self, text: bytes, signature: bytes) -> bool:
        """Say whether the key signed the text; for a witness's, at the time that it says."""
        if self.kind == COSIGNATURE:
            text = cosigned_text(text, int.from_bytes(signature[:TIME_BYTES], "big"))
            if signature[:1] > b"\x7f":  # a time past 2**63 - 1
                return False
            signature = signature[TIME_BYTES:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


def cosigned_text(text: bytes, time: int) -> bytes:
    """Return what a witness signs: a header, a time in seconds, and the whole text."""
    return b"cosignature/v1\ntime %d\n" % time + text


def _read_key(text: str, kind: int) -> tuple[str, str, bytes]:
    """Return name, hex id and the 32 bytes of a key's text."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    material = from_base64(encoded)
    if len(material) != 1 + HASH_BYTES or material[0] != kind:
        raise Broken("note.key", "That is not an Ed25519 key for notes.")
    return _check_name(name), key_id, material[1:]


def read_vkey(text: str, kind: int = ED25519) -> Verifier:
    """Return the verifier that a vkey names.

    Raises:
        Broken: ``note.key`` when the key's id does not match, or the type is another one.
        Invalid: ``note.name`` for a name that no key may have.
    """
    name, key_id, public = _read_key(text, kind)
    verifier = Verifier(name, public, kind)
    if verifier.key_id.hex() != key_id:
        raise Broken("note.key", "The key's id does not match the key.")
    return verifier


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key under a name."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        """Return the public half."""
        return Verifier(self.name, self.key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Return the note: the text, an empty line, one signature line.

        Raises:
            Invalid: ``note.text`` when the text does not end in a newline or holds control signs.
        """
        if not text.endswith("\n") or any(ord(c) < 0x20 and c != "\n" for c in text):
            raise Invalid("note.text", "A note's text is whole lines without control characters.")
        _check_name(self.name)
        signature = self.key.sign(text.encode())
        return f"{text}\n{_line(self.verifier, signature)}"

    def cosign(self, text: str, time: int) -> str:
        """Return a witness's signature line for a checkpoint's text, as of a POSIX time."""
        public = self.key.public_key().public_bytes_raw()
        signature = self.key.sign(cosigned_text(text.encode(), time))
        stamp = time.to_bytes(TIME_BYTES, "big")
        return _line(Verifier(self.name, public, COSIGNATURE), stamp + signature)


def _line(verifier: Verifier, signature: bytes) -> str:
    return f"{_DASH} {verifier.name} {to_base64(verifier.key_id + signature)}\n"


def read_skey(text: str) -> Signer:
    """Return the signer of a ``PRIVATE+KEY+name+id+base64`` text.

    Raises:
        Broken: ``note.key`` when the form or the id is wrong.
    """
    prefix = "PRIVATE+KEY+"
    if not text.startswith(prefix):
        raise Broken("note.key", "That is not a private key for notes.")
    name, key_id, seed = _read_key(text.removeprefix(prefix), ED25519)
    signer = Signer(name, Ed25519PrivateKey.from_private_bytes(seed))
    if signer.verifier.key_id.hex() != key_id:
        raise Broken("note.key", "The key's id does not match the key.")
    return signer


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line, not verified: name, four bytes of key id, the rest."""

    name: str
    key_id: bytes
    signature: bytes


def split_note(note: str) -> tuple[str, tuple[Signature, ...]]:
    """Return a note's text and its signatures, none of them verified.

    Raises:
        Broken: ``note.form``, ``note.base64``.
    """
    if len(note) > MAX_NOTE_BYTES or any(ord(c) < 0x20 and c != "\n" for c in note):
        raise Broken("note.form", "A note is short text without control characters.")
    text, blank, tail = note.rpartition("\n\n")
    lines = tail.split("\n")
    if not blank or not text or lines.pop() != "" or not 0 < len(lines) <= MAX_SIGNATURES:
        raise Broken("note.form", "A note is text, an empty line, and signature lines.")
    if len(set(lines)) < len(lines):
        raise Broken("note.form", "A signature line stands twice.")
    return text + "\n", tuple(_read_signature(line) for line in lines)


def _read_signature(line: str) -> Signature:
    match = re.fullmatch(_DASH + r" ([^\s+]+) ([A-Za-z0-9+/=]+)", line)
    raw = from_base64(match[2]) if match else b""
    if match is None or len(raw) < 5:
        raise Broken("note.form", "A signature line is a dash, a name and base64.")
    return Signature(match[1], raw[:4], raw[4:])


def open_note(note: str, verifiers: Sequence[Verifier]) -> str:
    """Return a note's text if a known key signed it and no known key's signature is wrong.

    Raises:
        Broken: ``note.form``, ``note.unsigned``, ``note.signature``.
    """
    text, signatures = split_note(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    verified = False
    for line in signatures:
        verifier = known.get((line.name, line.key_id))
        if verifier is None:
            continue
        if not verifier.verifies(text.encode(), line.signature):
            raise Broken("note.signature", "A known key's signature does not verify.")
        verified = True
    if not verified:
        raise Broken("note.unsigned", "No known key signed the note.")
    return text


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log's note says: origin, size (leaves), root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """Return the note's text."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """Return what a checkpoint's text says. Extension lines are refused: bailee writes none.

    Raises:
        Broken: ``note.checkpoint``, ``note.decimal``, ``note.base64``.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise Broken("note.checkpoint", "A checkpoint is three lines: origin, size, root.")
    root = from_base64(lines[2])
    if len(root) != HASH_BYTES:
        raise Broken("note.checkpoint", "A root hash has 32 bytes.")
    return Checkpoint(lines[0], from_decimal(lines[1]), root)


def write_proof(entry: bytes, index: int, path: Sequence[bytes], checkpoint: str) -> str:
    """Return a tlog-proof whose extra data are the entry's own bytes."""
    hashes = "".join(to_base64(node) + "\n" for node in path)
    return f"{PROOF_HEADER}\nextra {to_base64(entry)}\nindex {index}\n{hashes}\n{checkpoint}"


def proof_line(proof: str) -> str:
    """Return a proof as a line of ``erasures.jsonl``."""
    return canonical.encode({"proof": proof}).decode("ascii") + "\n"
