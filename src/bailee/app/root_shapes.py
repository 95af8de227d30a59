"""What is sent and answered about root keys: moving them, who holds them, what they were asked."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from bailee.app.shapes import Answer, Moment, Request
from bailee.vault.shapes import Entry


class RootMove(Request, frozen=True):
    """Go on moving to another root key after a place that an answer named; at first empty."""

    after: Annotated[str, Meta(max_length=300)] = ""


class RootMoved(Answer, frozen=True):
    """How many keys were wrapped anew, and after which place to go on; none when it is done."""

    keys: int
    root: str
    entry: Entry
    after: str = ""


class HeldRoot(Request, frozen=True):
    """Where the controller's own root key is; empty gives it up."""

    address: Annotated[str, Meta(max_length=1000)] = ""


class RootHeld(Answer, frozen=True):
    """Which root wraps the controller's keys now, and how many keys were wrapped anew."""

    root: str
    keys: int
    entry: Entry


class ProviderUnwrap(Request, frozen=True):
    """One line of a provider's own record by which a key got out."""

    at: Moment
    request: Annotated[str, Meta(pattern="^[A-Za-z0-9-]{1,64}$")]
    """The provider's number for it."""
    act: Annotated[str, Meta(pattern="^[a-z]{1,24}$")] = "decrypt"


class ProviderRecord(Request, frozen=True):
    """What the provider of the root key recorded in a window, whole (``until`` is exclusive).

    What lies up to two minutes beside the window helps to match, and is not judged.
    """

    since: Moment
    until: Moment
    seen: Annotated[list[ProviderUnwrap], Meta(max_length=10_000)] = field(default_factory=list)


class Reconciliation(Answer, frozen=True):
    """What the two records explain of each other; counts, and the first thousand by name."""

    until: str
    """Where the window ends that was judged: now at the latest."""
    explained: int
    unanswered: int
    late: int
    unexplained: int
    missing: int
    entry: Entry
    named: list[ProviderUnwrap] = field(default_factory=list)
    """Unwraps that bailee never asked for."""
    holes: list[ProviderUnwrap] = field(default_factory=list)
    """Unwraps that bailee asked for and the shown record does not have."""


class KeyVersion(Answer, frozen=True):
    """One living version of a controller's key; never the key."""

    purpose: str
    version: int
    made: str


class Custody(Answer, frozen=True):
    """Who keeps the root, whether it answers, and how old the controller's keys are.

    Attributes:
        provider: ``file``, ``pkcs11``, ``openbao``, ``awskms``.
        root: the root's own name: a hash or a name at its provider, nothing secret.
        answers: whether it wrapped and unwrapped at the last look, some seconds ago.
        held: the name of the root that the controller holds itself; '' for most.
        overdue: findings about keys that should have been replaced by now.
    """

    provider: str
    root: str
    answers: bool
    held: str = ""
    keys: list[KeyVersion] = field(default_factory=list)
    overdue: list[str] = field(default_factory=list)
