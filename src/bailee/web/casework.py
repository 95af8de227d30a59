"""Routes of corrections, amendments and rehearsals (C5.3, C8)."""

from __future__ import annotations

from bailee.app import case_shapes as shapes
from bailee.web.call import Call, get, post
from bailee.web.house import House
from bailee.web.limits import LIMITS

C = "/v1/controllers/{controller}"
TEXT = {"text_bytes": LIMITS.agreement_bytes}


@post(f"{C}/corrections", shapes.NewCorrection, shapes.Correction)
def notice_problem(house: House, call: Call, body: shapes.NewCorrection) -> shapes.Correction:
    """Enter a security problem that the controller gives notice of."""
    return house.notice_problem(call.caller, call.controller, body)


@get(f"{C}/corrections", shapes.Corrections)
def list_corrections(house: House, call: Call) -> shapes.Corrections:
    """List security problems and how far their correction is."""
    return house.list_corrections(call.caller, call.controller)


@post(f"{C}/corrections/{{id}}/move", shapes.Step, shapes.Correction)
def move_correction(house: House, call: Call, body: shapes.Step) -> shapes.Correction:
    """Say what happened to a correction, or order an interim measure."""
    return house.move_correction(call.caller, call.controller, call.item, body)


@post(f"{C}/orders/{{id}}/carry-out", shapes.CarriedOut, shapes.Order)
def carry_out_order(house: House, call: Call, body: shapes.CarriedOut) -> shapes.Order:
    """Say that an ordered interim measure is taken."""
    return house.carry_out_order(call.caller, call.controller, call.item, body)


@post(f"{C}/amendments", shapes.NewAmendment, shapes.Amendment, **TEXT)
def receive_amendment(house: House, call: Call, body: shapes.NewAmendment) -> shapes.Amendment:
    """Enter a changed text that the controller sends."""
    return house.receive_amendment(call.caller, call.controller, body)


@get(f"{C}/amendments", shapes.Amendments)
def list_amendments(house: House, call: Call) -> shapes.Amendments:
    """List proposed texts and what became of them."""
    return house.list_amendments(call.caller, call.controller)


@post(f"{C}/amendments/{{id}}/answer", shapes.AmendmentAnswer, shapes.Amendment)
def answer_amendment(house: House, call: Call, body: shapes.AmendmentAnswer) -> shapes.Amendment:
    """Accept or refuse a text for us, or withdraw it for the controller."""
    return house.answer_amendment(call.caller, call.controller, call.item, body)


@get(f"{C}/amendments/{{id}}/rehearsal", shapes.Rehearsal)
def rehearse_amendment(house: House, call: Call) -> shapes.Rehearsal:
    """Show what an entered text would change; nothing is changed."""
    return house.rehearse_amendment(call.caller, call.controller, call.item)


@post(f"{C}/agreement/rehearse", shapes.ProposedText, shapes.Rehearsal, **TEXT)
def rehearse_agreement(house: House, call: Call, body: shapes.ProposedText) -> shapes.Rehearsal:
    """Show what any text would change; nothing is changed."""
    return house.rehearse_agreement(call.caller, call.controller, body)


ROUTES = (
    notice_problem, list_corrections, move_correction, carry_out_order, receive_amendment,
    list_amendments, answer_amendment, rehearse_amendment, rehearse_agreement,
)  # fmt: skip
