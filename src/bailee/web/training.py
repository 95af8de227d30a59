"""Routes of undertaking and training, and of dormant accounts (C2.2, C2.5(1), C2.5(6))."""

from __future__ import annotations

from bailee.app import rights
from bailee.app import training_shapes as shapes
from bailee.web.call import Call, act, get, post
from bailee.web.house import House

C = "/v1/controllers/{controller}"
SHORT = {"body_bytes": 4 * 1024}
"""One hash, and what goes with it."""


@get("/v1/training", shapes.Training)
def list_training(house: House, call: Call) -> shapes.Training:
    """List what one has to read before reaching data, and how it stands."""
    return house.training(call.caller)


@get("/v1/people/{id}/training", shapes.Training)
def list_training_of(house: House, call: Call) -> shapes.Training:
    """List what somebody has to read, and how it stands."""
    return house.training(call.caller, call.item)


@get("/v1/undertaking", shapes.Text)
def show_undertaking(house: House, call: Call) -> shapes.Text:
    """Show the confidentiality undertaking in force."""
    return house.text(call.caller)


@post("/v1/undertaking/acknowledge", shapes.Read, shapes.Duty, **SHORT)
def sign_undertaking(house: House, call: Call, body: shapes.Read) -> shapes.Duty:
    """Sign the undertaking in force by its hash, for oneself alone."""
    return house.acknowledge_text(call.caller, body)


@get(f"{C}/procedure", shapes.Text)
def show_procedure(house: House, call: Call) -> shapes.Text:
    """Show the handling procedure in force, generated from the controls in force."""
    return house.text(call.caller, call.controller)


@post(f"{C}/procedure/acknowledge", shapes.Read, shapes.Duty, **SHORT)
def acknowledge_procedure(house: House, call: Call, body: shapes.Read) -> shapes.Duty:
    """Acknowledge the handling procedure in force by its hash, for oneself alone."""
    return house.acknowledge_text(call.caller, body, call.controller)


@get("/v1/dormant", shapes.Dormant)
def list_dormant(house: House, call: Call) -> shapes.Dormant:
    """List accounts that were not used for too long."""
    return house.dormant(call.caller)


@act("/v1/people/{id}/reactivate", rights.Changed)
def reactivate(house: House, call: Call) -> rights.Changed:
    """Let a dormant person back in; never oneself, who is shut out."""
    return house.reactivate(call.caller, call.item)


ROUTES = (
    list_training,
    list_training_of,
    show_undertaking,
    sign_undertaking,
    show_procedure,
    acknowledge_procedure,
    list_dormant,
    reactivate,
)

__all__ = ["ROUTES"]
