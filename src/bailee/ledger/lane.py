"""One witness as it is asked, and one checkpoint that all are asked about."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from bailee.ledger.note import Verifier

PAUSES = (1.0, 600.0)
"""Before another try after a failure: at first, and at most; doubled each time."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the logs stand with their witnesses, at the last look.

    Attributes:
        unseen: logs whose newest checkpoint no quorum saw.
        late: those of them that have been so for too long.
        lag: seconds for which the oldest of them has been so.
        stopped: logs of which a witness holds another history.
        failing: witnesses that did not answer when last asked; of the submitting process alone.
    """

    unseen: int = 0
    late: int = 0
    lag: float = 0.0
    stopped: tuple[str, ...] = ()
    failing: int = 0

    @property
    def well(self) -> bool:
        """Whether nothing is late or stopped."""
        return not self.late and not self.stopped


@dataclass(slots=True)
class Pause:
    """When to try again; each failure doubles the wait."""

    until: float = 0.0
    length: float = PAUSES[0]

    def fail(self) -> None:
        """Wait, and the next time longer."""
        self.until = time.monotonic() + self.length
        self.length = min(2 * self.length, PAUSES[1])


@dataclass(frozen=True, slots=True)
class Mark:
    """The checkpoint of a log that witnesses are asked about."""

    controller: str
    log: str
    size: int
    set_at: float


@dataclass(slots=True)
class Lane:
    """One witness, asked by one thread. Dictionaries are by log, of logs still signed."""

    name: str
    witness: Verifier
    url: str
    holds: dict[str, int] = field(default_factory=dict)
    """What the witness said or was seen to hold."""
    done: dict[str, int] = field(default_factory=dict)
    """The largest mark that it was asked about with an answer."""
    denied: dict[str, Pause] = field(default_factory=dict)
    pause: Pause = field(default_factory=Pause)

    @property
    def identity(self) -> str:
        """Return the name and id of its key, under which its lines are stored."""
        return f"{self.witness.name}+{self.witness.key_id.hex()}"

    def wants(self, mark: Mark) -> bool:
        """Say whether it is to be asked about a checkpoint now."""
        waits = self.denied.get(mark.log, Pause()).until > time.monotonic()
        waits = waits or self.pause.until > time.monotonic()
        return self.done.get(mark.log, 0) < mark.size and not waits

    def forget(self, logs: set[str]) -> None:
        """Keep what is known of these logs alone; the others are not signed any more."""
        for known in (self.holds, self.done, self.denied):
            for log in list(known):
                if log not in logs:
                    known.pop(log, None)
