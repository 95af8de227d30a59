"""What may still be done with a controller's data once its agreement has ended (C6, C6(i)). Pure.

Use stops with the agreement, whatever was granted before. Two things go on:

* *giving back* (``agreement-return``): records are listed and revealed, and what is revealed leaves
  in a disclosure, which goes to keys that the controller named for itself;
* *what a law keeps* (``legal-retention``): exactly what was registered as kept is listed and
  revealed (``kept``).

A legal hold may still be put on and taken off, for it only ever forbids destruction.
"""

from __future__ import annotations

from bailee.agreement import RETENTION, RETURN
from bailee.errors import Refused

READING = frozenset(("list", "reveal"))
HOLDING = frozenset(("vault:subject:held", "vault:subject:released"))
"""Actions, for the verb alone does not tell a hold from an erasure."""


def check(verb: str, action: str, purpose: str, *, ended: bool) -> None:
    """Refuse what an ended agreement leaves no room for.

    Raises:
        Refused: ``controller.isolated``.
    """
    goes_on = verb in READING and purpose in {RETURN, RETENTION}
    if ended and not goes_on and action not in HOLDING:
        raise isolated()


def check_leaving(purpose: str, disclosure: str) -> None:
    """Refuse to show for the return what does not leave for the controller's own keys.

    Raises:
        Refused: ``controller.isolated``.
    """
    if purpose == RETURN and not disclosure:
        raise isolated()


def isolated() -> Refused:
    """Return the refusal."""
    return Refused(
        "controller.isolated",
        "The agreement with this controller has ended: its data is isolated.",
        do="It is given back or destroyed as the controller chooses: `bailee termination show`.",
    )
