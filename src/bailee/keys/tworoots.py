"""Two roots in one process, while one takes over from the other (see ``moving``).

Both unwrap: a wrapped key says which root made it. One wraps: the one that the key database names.
Which that is may change in any process at any moment, so whoever adds a key asks in the very
transaction that adds it, and wraps it again if it has changed (``Strongroom.hold_root``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bailee.errors import Conflict
from bailee.keys.root import Root
from bailee.keys.sealed import maker

T = TypeVar("T")
MOVED = "root.moved"


class TwoRoots:
    """The root that takes over, and the one before.

    Args:
        new: the one to stay.
        before: the one to leave.
    """

    def __init__(self, new: Root, before: Root) -> None:
        self.new = new
        self.before = before
        self._wraps = new

    @property
    def key_id(self) -> str:
        """Return the name of the root that wraps now."""
        return self._wraps.key_id

    def wrap(self, context: bytes, key: bytes) -> bytes:
        """Return ``key`` encrypted by the root that wraps now; see ``Root``."""
        return self._wraps.wrap(context, key)

    def unwrap(self, context: bytes, wrapped: bytes) -> bytes:
        """Return the key, by the root that wrapped it; see ``Root``."""
        named = maker(wrapped)
        # The new one first: nobody asks the provider that is left for its name without need.
        made_by = self.before if named != self.new.key_id else self.new
        return made_by.unwrap(context, wrapped)

    def close(self) -> None:
        """Let go of both."""
        self.new.close()
        self.before.close()

    def turn(self, named: str) -> bool:
        """Let the root of a name wrap from now on; False when it is neither of the two."""
        for root in (self.new, self.before):
            if root.key_id == named:
                self._wraps = root
                return True
        return False


def follow(root: Root, named: str) -> bool:
    """Say whether this process can work under the root that the key database names."""
    return root.turn(named) if isinstance(root, TwoRoots) else root.key_id == named


def moved_root() -> Conflict:
    """Return what tells a maker of keys, inside its transaction, that it wrapped by the old."""
    return Conflict(MOVED, "The root key was moved meanwhile.", retryable=True)


def with_named_root(make: Callable[[], T]) -> T:
    """Run what wraps and adds a key; once more if the root moved between the two.

    A root moves once, so one repetition is enough; a second one is left to the caller.
    """
    try:
        return make()
    except Conflict as conflict:
        if conflict.code != MOVED:
            raise
    return make()
