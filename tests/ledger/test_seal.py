"""What people read of a checkpoint: who cosigned it, and when."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bailee.ledger.note import Signer
from bailee.ledger.seal import Seal

LOG = "bailee.example/acme/2026"
TEXT = f"{LOG}\n9\n{'A' * 43}=\n"
MINUTE = datetime(2026, 11, 20, 21, 7, tzinfo=UTC)


def signer(name: str) -> Signer:
    """Return a signer with a fresh key."""
    return Signer(name, Ed25519PrivateKey.generate())


def test_each_witness_is_named_with_its_own_time() -> None:
    """Two witnesses looked at two times; the log's own line is not a witness's."""
    own, moor, fen = signer(LOG), signer("moor.example"), signer("fen.example")
    text = own.sign(TEXT)
    text += moor.cosign(TEXT, int(MINUTE.timestamp()))
    text += fen.cosign(TEXT, int(MINUTE.timestamp()) + 3)
    found = Seal(text, 9).cosigned(LOG)
    assert found == (("moor.example", MINUTE), ("fen.example", MINUTE.replace(second=3)))


def test_what_is_not_signed_has_no_witness() -> None:
    """A log without a checkpoint names nobody, and one that nobody cosigned neither."""
    assert Seal().cosigned(LOG) == ()
    assert Seal(signer(LOG).sign(TEXT), 9).cosigned(LOG) == ()
