"""Many items in one call: all or nothing, or each on its own. Pure.

``atomic`` (the default): the first item that cannot be done refuses the call, and the error says
which one by its place, counted from 0; its ``ref`` is the caller's word and is not repeated.
``continue``: such an item is answered with its code, and the others are done.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from bailee.errors import Broken, Failure, Invalid, Unavailable
from bailee.vault.shapes import MAX_ITEMS, ItemError, Mode


class Items:
    """Which items of a call failed, by place."""

    def __init__(self, mode: Mode) -> None:
        self._atomic = mode == "atomic"
        self.failed: dict[int, ItemError] = {}

    def fail(self, place: int, failure: Failure) -> None:
        """Note that an item cannot be done, or refuse the whole call.

        Raises:
            Failure: the item's own, in mode ``atomic``, or when it is no fault of the item.
        """
        if self._atomic or isinstance(failure, Unavailable):
            raise at(failure, place)
        self.failed[place] = ItemError(failure.code, retryable=failure.retryable)

    @property
    def detail(self) -> Mapping[str, str | int]:
        """Return what the ledger says of the failed ones: how many, and three of their codes."""
        if not self.failed:
            return {}
        codes = list(islice(dict.fromkeys(error.code for error in self.failed.values()), 3))
        return {"failed": len(self.failed), **{f"code.{n}": c for n, c in enumerate(codes)}}


def at(failure: Failure, place: int) -> Failure:
    """Return the failure of a call because of one of its items."""
    return type(failure)(
        failure.code, f"Item {place}: {failure.says}", do=failure.do, retryable=failure.retryable
    )


def check_size(count: int) -> None:
    """Refuse an empty call and one above the published limit.

    Raises:
        Invalid: ``items.count``.
    """
    if not 0 < count <= MAX_ITEMS:
        raise Invalid("items.count", f"A call has 1 to {MAX_ITEMS} items.")


def is_ours(failure: Failure) -> bool:
    """Say whether a failure is not the caller's doing."""
    return isinstance(failure, Broken | Unavailable)
