"""Passwords hashed at the least cost, in a house where everything else is real.

One hash at its true cost takes a fifth of a second of both cores. That cost, and that what was
hashed at another is hashed anew, is tested where it is decided (``tests/access/test_sign_in.py``).
"""

from __future__ import annotations

from bailee.access.hashing import Cost, Hasher
from bailee.app.house import House

CHEAP = Cost(memory=64, passes=1, lanes=1)


def hash_cheaply(house: House) -> None:
    """Let a house hash the passwords of its people, and of customers' customers, cheaply."""
    means, strength = house.parts.access._given_means, house.vault.passwords._strength
    assert means is not None
    for hasher in (means.hasher, strength.hasher):
        hasher._argon2 = Hasher(CHEAP)._argon2
