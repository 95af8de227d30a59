"""Routes of the end of an agreement: where it stands, what was said, the certificate (C6)."""

from __future__ import annotations

from bailee.app import end_shapes as shapes
from bailee.app import shapes as common
from bailee.web.call import Call, act, get, post
from bailee.web.house import House

C = "/v1/controllers/{controller}"
END = f"{C}/termination"


@get(END, shapes.Termination)
def show_termination(house: House, call: Call) -> shapes.Termination:
    """Show how far the end of the agreement came, and who has to act."""
    return house.termination(call.caller, call.controller)


@post(f"{END}/choice", shapes.EndChoice, shapes.Termination)
def choose_end(house: House, call: Call, body: shapes.EndChoice) -> shapes.Termination:
    """Choose return or destruction, as the controller's representative or upon its writing."""
    return house.choose_end(call.caller, call.controller, body)


@post(f"{END}/kept", shapes.NewKept, shapes.Termination)
def keep_by_law(house: House, call: Call, body: shapes.NewKept) -> shapes.Termination:
    """Write down what a law obliges us to keep, isolated, until a day (C6(i))."""
    return house.keep_by_law(call.caller, call.controller, body)


@post(f"{END}/return", shapes.ReturnedPackage, shapes.Termination)
def note_return(house: House, call: Call, body: shapes.ReturnedPackage) -> shapes.Termination:
    """Compare what left for the controller with all that is held, and write down that it left."""
    return house.note_return(call.caller, call.controller, body)


@post(f"{END}/receipt", shapes.EndReceipt, shapes.Termination)
def confirm_receipt(house: House, call: Call, body: shapes.EndReceipt) -> shapes.Termination:
    """Say for the controller that the package arrived and can be read."""
    return house.confirm_receipt(call.caller, call.controller, body)


@post(f"{C}/destroy", common.Destruction, common.Destroyed)
def destroy_controller(house: House, call: Call, body: common.Destruction) -> common.Destroyed:
    """Destroy what the controller chose to be destroyed, once its agreement has ended (C6)."""
    return house.destroy_controller(call.caller, call.controller, body)


@act(f"{END}/certificate", shapes.EndCertificate)
def certify_end(house: House, call: Call) -> shapes.EndCertificate:
    """Get the certificate of what was destroyed, with the proofs that it stands on."""
    return house.certify_end(call.caller, call.controller)


ROUTES = (
    show_termination,
    choose_end,
    keep_by_law,
    note_return,
    confirm_receipt,
    destroy_controller,
    certify_end,
)

__all__ = ["ROUTES"]
