"""The method of addendum kits."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bailee.client.kit_answers import Kit
from bailee.client.line import Line, within


class NewKit(msgspec.Struct, frozen=True, kw_only=True):
    """For whom the addendum is filled, and what for; what is left out is a blank."""

    name: str = ""
    address: str = ""
    contact: str = ""
    representative: str = ""
    security: str = ""
    activities: str = ""
    services: str = ""
    effective: str = ""
    law: str = ""
    member_state: str = ""
    authority: str = ""
    frequency: str = ""
    people: Sequence[str] = ()
    purposes: Sequence[str] = ()
    elements: Sequence[str] = ()
    countries: Sequence[str] = ()
    draft: bool = False


class Kits(Line):
    """Offer the processor's own addendum."""

    def make_kit(self, kit: NewKit, controller: str = "house") -> Kit:
        """Fill the addendum from what is so now; at the house, for a prospect."""
        return self._post(within(controller, "kits"), Kit, msgspec.to_builtins(kit))


__all__ = ["Kits", "NewKit"]
