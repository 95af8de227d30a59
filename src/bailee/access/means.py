"""What signing in asks of others; handed in at the wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import sqlalchemy as sa

from bailee.access.hashing import Hasher
from bailee.access.passkey import Relying
from bailee.access.password import NO_LISTS, Lists, Policy
from bailee.access.sign_on import Party
from bailee.errors import NotFound


class Box(Protocol):
    """Seals small secrets at rest under a key of the house, which lives in the other database."""

    def seal(self, name: str, plain: bytes) -> tuple[str, bytes]:
        """Return the id of a fresh key and the secret sealed under it, bound to a name."""

    def open(self, name: str, key_id: str, sealed: bytes) -> bytes:
        """Return the secret.

        Raises:
            Broken: ``second_factor.sealed`` when the key is gone or the bytes are others.
        """


@dataclass(frozen=True, slots=True)
class Means:
    """Everything that signing in stands on beside the database.

    Args:
        box: seals secrets of second factors.
        mark: turns where a call came from into a mark that cannot be read back.
        policy: the rules in force.
        lists: what a new password is compared with.
        hasher: hashes passwords.
        issuer: how the house is called in an authenticator.
        relying: for which addresses passkeys are made; None when there is none.
        party: how people sign in at the identity provider, where they do.
        demand: of whom two factors are demanded (``strength``).
    """

    box: Box
    mark: Callable[[str], str]
    policy: Callable[[sa.Connection], Policy] = lambda _conn: Policy()
    lists: Lists = NO_LISTS
    hasher: Hasher = field(default_factory=Hasher)
    issuer: str = "bailee"
    relying: Callable[[], Relying | None] = lambda: None
    party: Party | None = None
    demand: str = "all"


def demand_means(means: Means | None) -> Means:
    """Return the means, or refuse.

    Raises:
        NotFound: ``sign_in.none``.
    """
    if means is None:
        raise NotFound("sign_in.none", "Nobody signs in with a password here.")
    return means
