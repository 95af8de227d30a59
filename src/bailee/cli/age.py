"""age recipients (X25519, ChaCha20-Poly1305): https://age-encryption.org/v1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bailee.errors import Invalid

BEGINS = ("age1", "age-secret-key-", "ssh-")
"""What is meant for age, rightly or not; everything else is the name of a file."""


class Age:
    """Encrypts for age recipients.

    Args:
        named: public keys, ``age1…``.
        armor: PEM text instead of bytes.

    Raises:
        Invalid: ``recipient.form``, ``recipient.secret``.
    """

    name, suffix = "age", ".age"

    def __init__(self, named: Sequence[str], *, armor: bool) -> None:
        import pyrage

        if any(one.lower().startswith("age-secret-key-") for one in named):
            raise Invalid(
                "recipient.secret",
                "A recipient is a secret key: it stood on a command line, so others may have it.",
                do="Have its owner make a new one, and give what `age-keygen -y` prints: age1….",
            )
        try:
            self._keys: Sequence[Any] = [pyrage.x25519.Recipient.from_str(one) for one in named]
        except pyrage.RecipientError:
            raise Invalid(
                "recipient.form",
                "A recipient is not an age public key (X25519).",
                do="Give what `age-keygen -y` prints: age1 and 58 further characters.",
            ) from None
        self.keys = sorted({str(one) for one in self._keys})
        self._armor = armor
        self._encrypt = pyrage.encrypt

    def seal(self, data: bytes) -> bytes:
        """Encrypt."""
        sealed: bytes = self._encrypt(data, self._keys, armored=self._armor)
        return sealed
