"""What is answered about root keys."""

from __future__ import annotations

from msgspec import field

from bailee.client.answers import Answer, Entry


class RootMoved(Answer, frozen=True):
    """How many keys were wrapped anew, and after which place to go on; none when it is done."""

    keys: int
    root: str
    entry: Entry
    after: str = ""


class RootHeld(Answer, frozen=True):
    """Which root wraps the controller's keys now, and how many keys were wrapped anew."""

    root: str
    keys: int
    entry: Entry


class ProviderUnwrap(Answer, frozen=True):
    """One unwrap: when, the provider's number for it, and what the provider calls the act."""

    at: str
    request: str
    act: str = "decrypt"


class Reconciliation(Answer, frozen=True):
    """What the provider's record of unwraps and the log explain of each other."""

    until: str
    explained: int
    unanswered: int
    late: int
    unexplained: int
    missing: int
    entry: Entry
    named: list[ProviderUnwrap] = field(default_factory=list)
    holes: list[ProviderUnwrap] = field(default_factory=list)
