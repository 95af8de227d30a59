"""Keys: who keeps the root, how old each key is, how long the erased can be recovered (C6, C2.8).

Looking takes ``audit``, rotating ``keys``; rotating asks once more before it is done. Nothing here
shows a key.
"""

from __future__ import annotations

from typing import Any, Literal, cast

from bailee.app import key_shapes, root_shapes, shapes
from bailee.app.house import House
from bailee.clock import read_time
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, give, show
from bailee.console.visit import Visit
from bailee.db import HOUSE
from bailee.errors import Failure, Refused

PATH = "/console/at/{controller}/keys"
ERASURE = Form(key_shapes.Erasure)
What = Literal["data", "index", "token", "reference"]
ROTATED: dict[str, str] = {
    "data": "wraps the keys of people",
    "index": "makes blind indexes, by which values are found",
    "token": "makes fingerprints, by which a value gets its token again",
    "reference": "marks the references by which you name people",
}
"""What may be rotated here, and what stands under it."""
LATE = {
    "too_old": "A key should have been replaced by now.",
    "alive": "A destroyed key lives on: the key database was restored without its mirror.",
    "none": "The horizon has no end: backups of the data are kept for good, and keys stay.",
}
"""What the last word of a finding means."""


def _audited(visit: Visit) -> bool:
    return any(visit.person.may("audit", place) for place in (visit.controller, HOUSE))


def _days_left(house: House, found: key_shapes.Horizon) -> int:
    """Return whole days from now until what is erased now is beyond recovery, rounded up."""
    if not found.unrecoverable:
        return 0
    left = read_time(found.unrecoverable) - house.parts.clock.now()
    return max(0, -(-int(left.total_seconds()) // 86_400))


def _show(house: House, visit: Visit, *, status: int = 200, **more: Any) -> View:
    house.agreement(visit.known, visit.controller)  # who knows nothing of it here is told so
    horizon: key_shapes.Horizon | None = None
    custody: root_shapes.Custody | None = None
    if _audited(visit):
        horizon = house.horizon(visit.known, visit.controller)
        custody = house.custody(visit.known, visit.controller)
    shown: dict[str, Any] = {
        "failed": None,
        "confirm": "",
        "rotated": None,
        "what": "",
        "certificate": None,
        "entry": "",
    }
    return show(
        "keys.html",
        status=status,
        horizon=horizon,
        custody=custody,
        left=_days_left(house, horizon) if horizon else 0,
        rotates=visit.person.may("keys", visit.controller),
        kinds=ROTATED,
        late=LATE,
        **(shown | more),
    )


@page(PATH)
def keys(house: House, visit: Visit) -> View:
    """Show the root, the keys' versions and the horizon."""
    return _show(house, visit)


@form(f"{PATH}/rotate")
def rotate(house: House, visit: Visit) -> View:
    """Ask whether a key shall get a new version, then do it."""
    what = visit.text("what")
    if what not in ROTATED:
        return _show(house, visit, status=422)
    if visit.text("sure") != "yes":
        return _show(house, visit, confirm=what)
    try:
        done = house.rotate_keys(
            visit.known, visit.controller, shapes.Rotation(what=cast("What", what))
        )
    except Failure as failure:
        return _show(house, visit, status=_status(failure), failed=failure)
    return _show(house, visit, rotated=done, what=what)


@form(f"{PATH}/certificate")
def certify(house: House, visit: Visit) -> View:
    """Certify an erasure, and show what is certified; that is an entry of its own."""
    try:
        made = house.certify_erasure(visit.known, visit.controller, ERASURE.read(_trimmed(visit)))
    except Failure as failure:
        return _show(
            house, visit, status=_status(failure), failed=failure, entry=visit.text("entry")[:64]
        )
    return _show(house, visit, certificate=made)


@form(f"{PATH}/certificate/download")
def certify_file(house: House, visit: Visit) -> View:
    """Certify an erasure, and give the certificate as a file."""
    try:
        made = house.certify_erasure(visit.known, visit.controller, ERASURE.read(_trimmed(visit)))
    except Failure as failure:
        return _show(
            house, visit, status=_status(failure), failed=failure, entry=visit.text("entry")[:64]
        )
    return give(f"erasure-{made.erasure}.txt", written(made).encode())


def _trimmed(visit: Visit) -> dict[str, list[str]]:
    """Return the form without the blanks that come along when an id is copied."""
    return {"entry": [visit.text("entry").strip().lower()]}


def written(made: key_shapes.Certificate) -> str:
    """Return a certificate as plain text, a line for each thing that it says (C6)."""
    whose = f"keys of {made.keys} people" if made.keys else "every key of the controller"
    end = made.unrecoverable or "still open"
    lines = [
        "Certificate of erasure",
        "",
        f"controller            {made.controller}",
        f"destroyed             {whose}",
        f"announced by entry    {made.erasure}",
        f"its leaf              {made.leaf}",
        f"keys destroyed        {made.destroyed}",
        f"last row deleted      {made.rows_gone}",
        f"beyond recovery       {end}",
        f"at the latest         {made.latest or 'nobody knows'}",
        *(f"still waiting for     {one}" for one in made.waiting),
        f"backups of keys       kept {made.key_backup_days} days, as the operator set and asserts",
        f"backups of data       kept {made.data_backup_days} days, as the operator set and asserts",
        f"keys to guess with    replaced every {made.rekey_days} days",
        f"recorded as entry     {made.entry.entry_id}",
        f"in log                {made.entry.log}",
    ]
    return "\n".join(lines) + "\n"


def _status(failure: Failure) -> int:
    return 403 if isinstance(failure, Refused) else 422


ROWS = (keys, rotate, certify, certify_file)
