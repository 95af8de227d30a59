"""A controller's keys under a root that the controller itself holds: hold your own key (C2.8(3)).

Every key of such a controller but that of its ledger openings is wrapped by the controller's own
KMS, never by the house's root. Unwrapped keys are used only while that root says yes: a
real unwrap is asked of it every second or so while the controller's data is worked with, and what
it said holds for ``LEASE_SECONDS``. When it refuses, or is not reached, no call opens, stores,
finds or recognises anything of that controller any more. The calls' refusals are still recorded,
and the controller can still be destroyed: neither needs a key of the controller's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from bailee.errors import Failure, Refused
from bailee.keys.root import CHECK_CONTEXT, Root, says_no

LEASE_SECONDS = 2.0
"""So long a yes holds. A refusal stops every read within this time, in every process."""


class Held:
    """One controller's root, and how long its last yes holds. Thread-safe.

    Args:
        root: the controller's own.
        check: something wrapped by it, to be opened again and again.
        ended: called when it says no, to drop what is unwrapped.
        ticks: monotonic seconds.
    """

    def __init__(
        self,
        root: Root,
        check: bytes,
        ended: Callable[[], None],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.root = root
        self._check = check
        self._ended = ended
        self._ticks = ticks
        self._asking = threading.Lock()
        self._until = float("-inf")

    def demand(self) -> None:
        """Return while the root says yes.

        In steady work nobody waits: a yes that is half over is renewed beside the call.

        Raises:
            Refused: ``root.withheld``. Unavailable: ``root.*`` when nobody answers.
        """
        left = self._until - self._ticks()
        if left > LEASE_SECONDS / 2:
            return
        if left > 0:
            if self._asking.acquire(blocking=False):  # one is enough; it lets go in its thread
                try:
                    threading.Thread(target=self._renew, name="held root", daemon=True).start()
                except RuntimeError:  # no thread is to be had: the lease runs out, and is asked for
                    self._asking.release()
            return
        with self._asking:
            if self._until <= self._ticks():
                self._ask()

    def close(self) -> None:
        """Let go of the provider."""
        self.root.close()

    def _renew(self) -> None:
        try:
            self._ask()
        except Failure:
            pass  # the next call hears it
        finally:
            self._asking.release()

    def _ask(self) -> None:
        asked = self._ticks()  # a yes is as old as its question
        try:
            self.root.unwrap(CHECK_CONTEXT, self._check)
        except Failure as failure:
            self._until = float("-inf")
            self._ended()
            raise (withheld() if says_no(failure) else failure) from None
        self._until = asked + LEASE_SECONDS


def withheld() -> Refused:
    """Return the error of keys that their controller does not let be used."""
    return Refused(
        "root.withheld",
        "This controller holds its own key, and does not let it be used.",
        do="Only the controller can allow it again, at its own key provider.",
    )
