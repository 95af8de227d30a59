"""Small things sealed by a key of their own under the house's keys: report files, visitors' words.

AES-256-GCM with a fresh random key (C2.8(3)) that is durable in the key database before anything
is stored under it; a backup of the data alone opens nothing, and destroying the key ends every
copy.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag

from bailee.canonical import frame
from bailee.db import HOUSE
from bailee.errors import Broken, Gone
from bailee.keys import Keys

NONCE_BYTES = 12


def seal(keys: Keys, name: str, plain: bytes) -> tuple[str, bytes]:
    """Return the id of a fresh key, and what was sealed under it for a name of ours."""
    (key,) = keys.new_subject_keys(HOUSE, 1)
    nonce = secrets.token_bytes(NONCE_BYTES)
    return key.key_id, nonce + key.aead.encrypt(nonce, plain, _bound(name))


def unseal(keys: Keys, name: str, key_id: str, sealed: bytes) -> bytes:
    """Return what was sealed.

    Raises:
        Gone: ``trust.key_gone`` when the key was destroyed. Broken: ``trust.sealed``.
    """
    key = keys.subject_keys(HOUSE, [key_id]).get(key_id)
    if key is None:
        raise Gone("trust.key_gone", "Its key was destroyed.")
    nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    for aead in (key.aead, *key.older.values()):
        try:
            return aead.decrypt(nonce, rest, _bound(name))
        except InvalidTag:
            continue
    raise Broken("trust.sealed", "What was sealed does not open.", do="Restore a backup.")


def _bound(name: str) -> bytes:
    return frame(b"bailee trust 1", name.encode("utf-8"))
