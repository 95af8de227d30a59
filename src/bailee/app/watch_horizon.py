"""What the control of erasure sees of the horizon: keys to guess with that outlived it (C6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bailee.app.office import Office

TURNING = "horizon."
"""How these findings begin: they come and go with time, and not with what anybody does."""


def overdue(house: Office, controller: str) -> list[str]:
    """Return which keys that old backups can be guessed at with are older than they may be.

    Versions that have a tombstone and a row are alive all the same: a restored key database that
    was not merged with its mirror.
    """
    kept, now = house.parts.settings.horizon, house.parts.clock.now()
    versions = house.parts.keys.rotation.guessable(controller)
    found = {f"{TURNING}{one.purpose}.too_old" for one in kept.late(versions, now)}
    dead = {one.name for one in versions if one.destroyed is not None}
    found |= {
        f"{TURNING}{one.purpose}.alive"
        for one in versions
        if one.destroyed is None and one.name in dead
    }
    if kept.longest is None:
        found.add(f"{TURNING}none")
    return sorted(found)
