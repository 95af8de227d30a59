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


class KeyVersion(Answer, frozen=True):
    """One living version of a controller's key; never the key."""

    purpose: str
    version: int
    made: str


class Custody(Answer, frozen=True):
    """Who keeps the root, whether it answers, and how old the controller's keys are."""

    provider: str
    root: str
    answers: bool
    held: str = ""
    keys: list[KeyVersion] = field(default_factory=list)
    overdue: list[str] = field(default_factory=list)
