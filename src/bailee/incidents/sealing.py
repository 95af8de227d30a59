"""Whether data was encrypted while it happened: what our controls saw, from the log alone. Pure.

A controller need not tell people whose data nobody can read (GDPR 34(3)(a); 45 CFR 164.402), so a
notice says it for the time of the breach, not for today. Each control records every look in the
controller's log. What counts is the last look before the scope's time, which stood when it began,
and every look within it.

Not said by this: that what left in clear was encrypted (the elements say what left), or what
somebody sees who holds database and root key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Literal

import msgspec

from bailee.clock import read_time, write_time

LOOK = "app:control:"
"""How the action of a control's look begins."""
REACH = timedelta(hours=25)
"""Controls look daily: a look from before that did not stand any more when it began."""
CONTROLS = ("encryption-at-rest", "encryption-standard", "keys-wrapped")
State = Literal["held", "broken", "unseen"]


class Sealing(msgspec.Struct, frozen=True):
    """What one control on encryption saw of a scope's time.

    Attributes:
        control: which.
        state: ``held`` at every look; ``broken`` when one found something; ``unseen`` when there
            is no look, or one could not see and none found anything.
        looks: how many count.
        amiss: how many of them found something.
        blind: how many of them could not see.
        first: time of the first look that counts, '' without any.
        last: of the last one.
        entry: of the look that decides: the first that found something, else the first that could
            not see, else the last.
    """

    control: str
    state: State
    looks: int = 0
    amiss: int = 0
    blind: int = 0
    first: str = ""
    last: str = ""
    entry: str = ""


def sealings(looks: Iterable[Mapping[str, Any]], since: str, until: str) -> list[Sealing]:
    """Return what each control saw.

    Args:
        looks: the looks' entries, of all controls; those not within ``REACH`` before ``since`` or
            up to ``until`` are left out.
        since: when the scope begins, as the log writes times.
        until: its end, that moment included.
    """
    earliest = write_time(read_time(since) - REACH)
    before: dict[str, Mapping[str, Any]] = {}
    within: dict[str, list[Mapping[str, Any]]] = {name: [] for name in CONTROLS}
    for look in sorted(looks, key=lambda one: (str(one["time"]), str(one["id"]))):
        name, time = look["detail"].get("control"), str(look["time"])
        if name not in within or not earliest <= time <= until:
            continue
        if time < since:
            before[name] = look
        else:
            within[name].append(look)
    return [
        _sealing(name, ([before[name]] if name in before else []) + found)
        for name, found in within.items()
    ]


def _sealing(control: str, looks: list[Mapping[str, Any]]) -> Sealing:
    if not looks:
        return Sealing(control, "unseen")
    blind = [one for one in looks if _result(one) == "blind"]
    found = [one for one in looks if _result(one) not in {"passed", "blind"}]
    return Sealing(
        control=control,
        state="broken" if found else "unseen" if blind else "held",
        looks=len(looks),
        amiss=len(found),
        blind=len(blind),
        first=str(looks[0]["time"]),
        last=str(looks[-1]["time"]),
        entry=str([*found, *blind, looks[-1]][0]["id"]),
    )


def _result(look: Mapping[str, Any]) -> str:
    return str(look["action"]).removeprefix(LOOK)
