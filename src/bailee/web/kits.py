"""The route of addendum kits (B8)."""

from __future__ import annotations

from bailee.app import kit_shapes as shapes
from bailee.web.call import Call, post
from bailee.web.house import House


@post("/v1/controllers/{controller}/kits", shapes.NewKit, shapes.Kit)
def make_kit(house: House, call: Call, body: shapes.NewKit) -> shapes.Kit:
    """Fill the processor's own addendum; at the house, for a prospect."""
    return house.make_kit(call.caller, call.controller, body)


ROUTES = (make_kit,)

__all__ = ["ROUTES"]
