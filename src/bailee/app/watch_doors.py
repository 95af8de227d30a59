"""Controls over the served address (C3.1, C3.2). The door itself knows how to knock.

A door that serves registers its knocks with the house (``House.serve_door``). Without a served
address there is nothing to look at, and the controls say so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bailee.app.control import Blind

if TYPE_CHECKING:
    from bailee.app.house import House


@dataclass(frozen=True)
class Knocks:
    """What a door offers to be tried: each returns codes of what was wrong."""

    transport: Callable[[], list[str]]
    no_values_in_urls: Callable[[], list[str]]


def transport(house: House, _controller: str) -> list[str]:
    """Try the served address without TLS and with less than TLS 1.2."""
    return _door(house).transport()


def no_values_in_urls(house: House, _controller: str) -> list[str]:
    """Send a planted value in an address and look for it in the log."""
    return _door(house).no_values_in_urls()


def _door(house: House) -> Knocks:
    if house.knocks is None:
        raise Blind("door.not_serving")
    return house.knocks
