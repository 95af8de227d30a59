"""Break-glass codes: an emergency's second factor, handed out before (MISSION A8; C2.5(3)).

A code is what lies in the sealed envelope: somebody else who holds ``people`` made it for one
person and one controller, and saw it once. It is no key: without its person's own key it opens
nothing, and whoever finds the envelope cannot use it. It opens once.

Ten wrong tries lock a person's tries for thirty minutes, as the agreement has it for passwords
(C2.5(3); the addendum's 5.3), though a code of 256 random bits is not to be guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bailee.access.credential import KEY_LIFE
from bailee.access.lifecycle import Table
from bailee.errors import Refused

GLASS = "bg_"
"""The first letters of every code."""
CODE_LIFE = KEY_LIFE
"""No envelope is good for longer than a key (C2.5(3))."""
MOST_TRIES = 10
LOCKED_FOR = timedelta(minutes=30)

CODE: Table = {
    "issued": {"use": "used", "revoke": "revoked", "expire": "expired"},
    "used": {},
    "revoked": {},
    "expired": {},
}
"""``expire`` comes from the clock: it is read off ``expires``, never written."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code as stored: the digest, never the secret."""

    code_id: str
    digest: bytes
    principal: str
    at_controller: str
    issued_by: str
    created: datetime
    expires: datetime
    state: str = "issued"

    def opens(self, principal: str, controller: str, now: datetime) -> bool:
        """Tell whether this code opens that controller for that person now."""
        return (
            self.state == "issued"
            and now < self.expires
            and (self.principal, self.at_controller) == (principal, controller)
        )


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a person tried wrong codes in a row, and when last."""

    principal: str
    failed: int
    at: datetime

    def more(self, now: datetime) -> Tries:
        """Return the count after one more; after a lock it begins anew."""
        failed = 0 if self.failed >= MOST_TRIES else self.failed
        return Tries(self.principal, failed + 1, now)


def check_tries(tries: Tries | None, now: datetime) -> None:
    """Refuse every code, the right one too, while tries are locked.

    Raises:
        Refused: ``break_glass.locked``.
    """
    if tries is not None and tries.failed >= MOST_TRIES and now < tries.at + LOCKED_FOR:
        minutes = int(LOCKED_FOR.total_seconds()) // 60
        raise Refused(
            "break_glass.locked",
            f"{MOST_TRIES} wrong codes in a row lock every code for {minutes} minutes.",
            do="Wait, or ask somebody who holds 'grant' for a grant.",
        )
