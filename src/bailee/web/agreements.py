"""Routes of controllers, their agreements, their logs and their end."""

from __future__ import annotations

from bailee.app import key_shapes, root_shapes, shapes
from bailee.web.call import Call, act, get, post, raw
from bailee.web.house import House
from bailee.web.limits import LIMITS

ALL = "/v1/controllers"
C = f"{ALL}/{{controller}}"


@get(ALL, shapes.Controllers)
def list_controllers(house: House, call: Call) -> shapes.Controllers:
    """List the controllers in which the caller holds a right."""
    return house.controllers(call.caller)


@post(ALL, shapes.NewController, shapes.AgreementInstalled, text_bytes=LIMITS.agreement_bytes)
def create_controller(
    house: House, call: Call, body: shapes.NewController
) -> shapes.AgreementInstalled:
    """Take on a controller with its agreement."""
    return house.create_controller(call.caller, body)


@post(
    f"{C}/agreements",
    shapes.NewAgreement,
    shapes.AgreementInstalled,
    text_bytes=LIMITS.agreement_bytes,
)
def install_agreement(
    house: House, call: Call, body: shapes.NewAgreement
) -> shapes.AgreementInstalled:
    """Install a new version of the agreement, in force from a day on."""
    return house.install_agreement(call.caller, call.controller, body)


@get(f"{C}/agreement", shapes.AgreementView)
def show_agreement(house: House, call: Call) -> shapes.AgreementView:
    """Show the agreement in force: findings, bindings, obligations."""
    return house.agreement(call.caller, call.controller)


@get(f"{C}/agreement/letter", shapes.Letter)
def letter(house: House, call: Call) -> shapes.Letter:
    """Write what is to be agreed with the controller, ready to be signed."""
    return house.letter(call.caller, call.controller)


@post(
    f"{C}/supplements",
    shapes.NewSupplement,
    shapes.Supplement,
    text_bytes=LIMITS.agreement_bytes,
)
def add_supplement(house: House, call: Call, body: shapes.NewSupplement) -> shapes.Supplement:
    """Sign, for our side, a supplement that extends the annex."""
    return house.add_supplement(call.caller, call.controller, body)


@act(f"{C}/supplements/{{id}}/sign", shapes.Supplement)
def sign_supplement(house: House, call: Call) -> shapes.Supplement:
    """Sign a supplement for the controller."""
    return house.sign_supplement(call.caller, call.controller, call.item)


@post(f"{C}/interpretations", shapes.NewInterpretation, shapes.Interpretation)
def propose_interpretation(
    house: House, call: Call, body: shapes.NewInterpretation
) -> shapes.Interpretation:
    """Propose our reading of a clause, with its reason."""
    return house.propose_interpretation(call.caller, call.controller, body)


@act(f"{C}/interpretations/{{id}}/agree", shapes.Interpretation)
def agree_interpretation(house: House, call: Call) -> shapes.Interpretation:
    """Agree to a reading, as the controller's representative."""
    return house.agree_interpretation(call.caller, call.controller, call.item)


@get(f"{C}/token-formats", shapes.TokenFormats)
def list_token_formats(house: House, call: Call) -> shapes.TokenFormats:
    """Show the format in which each element's tokens are made, and those that it allows."""
    return house.token_formats(call.caller, call.controller)


@post(f"{C}/token-formats", shapes.NewTokenFormat, shapes.TokenFormatChosen)
def choose_token_format(
    house: House, call: Call, body: shapes.NewTokenFormat
) -> shapes.TokenFormatChosen:
    """Let an element's tokens be made in a format from now on."""
    return house.choose_token_format(call.caller, call.controller, body)


@get(f"{C}/clauses", shapes.Clauses)
def show_clauses(house: House, call: Call) -> shapes.Clauses:
    """Show every clause with the state it is in now."""
    return house.clauses(call.caller, call.controller)


@post(f"{C}/controls/run", shapes.Run, shapes.Observations)
def run_controls(house: House, call: Call, body: shapes.Run) -> shapes.Observations:
    """Look at the running system now and record what is seen."""
    return house.run_controls(call.caller, call.controller, body)


@post(f"{C}/keys/rotate", shapes.Rotation, shapes.Rotated)
def rotate_keys(house: House, call: Call, body: shapes.Rotation) -> shapes.Rotated:
    """Give keys a new version and bring what they made under it (C2.8(3))."""
    return house.rotate_keys(call.caller, call.controller, body)


@post("/v1/root/move", root_shapes.RootMove, root_shapes.RootMoved)
def move_root(house: House, call: Call, body: root_shapes.RootMove) -> root_shapes.RootMoved:
    """Wrap some more keys by the root key that takes over (C2.8(3))."""
    return house.move_root(call.caller, body)


@post(f"{C}/root", root_shapes.HeldRoot, root_shapes.RootHeld)
def hold_root(house: House, call: Call, body: root_shapes.HeldRoot) -> root_shapes.RootHeld:
    """Put the controller's keys under a root that it holds itself, or give that up (C2.8(3))."""
    return house.hold_root(call.caller, call.controller, body)


@post("/v1/root/reconcile", root_shapes.ProviderRecord, root_shapes.Reconciliation)
def reconcile(
    house: House, call: Call, body: root_shapes.ProviderRecord
) -> root_shapes.Reconciliation:
    """Compare the root's provider's own record of unwraps with the house's log (C2.8(3))."""
    return house.reconcile(call.caller, body)


@get(f"{C}/horizon", key_shapes.Horizon)
def horizon(house: House, call: Call) -> key_shapes.Horizon:
    """Show how long what is erased can still be recovered or guessed, and by which keys (C6)."""
    return house.horizon(call.caller, call.controller)


@post(f"{C}/certificates", key_shapes.Erasure, key_shapes.Certificate)
def certify_erasure(house: House, call: Call, body: key_shapes.Erasure) -> key_shapes.Certificate:
    """Say from when on what an entry destroyed is beyond recovery; recorded (C6)."""
    return house.certify_erasure(call.caller, call.controller, body)


@post(f"{C}/end", shapes.Ending, shapes.Ended)
def end_agreement(house: House, call: Call, body: shapes.Ending) -> shapes.Ended:
    """Write when the agreement ended or will end (C6)."""
    return house.end_agreement(call.caller, call.controller, body)


@raw(f"{C}/ledger/checkpoint", "text/plain; charset=utf-8")
def ledger_checkpoint(house: House, call: Call) -> bytes:
    """Get the log's newest signed checkpoint (C2SP tlog-checkpoint)."""
    return house.checkpoint(call.caller, call.controller)


@raw(f"{C}/ledger/tile/{{tile:path}}", "application/octet-stream")
def ledger_tile(house: House, call: Call) -> bytes:
    """Get one tile of the log (C2SP tlog-tiles)."""
    return house.tile(call.caller, call.controller, call.params["tile"])


@get(f"{C}/ledger/logs", shapes.Logs)
def logs(house: House, call: Call) -> shapes.Logs:
    """List the controller's logs with the keys that verify them."""
    return house.logs(call.caller, call.controller)


@get(f"{C}/ledger/proof/{{id}}", shapes.Proof)
def proof(house: House, call: Call) -> shapes.Proof:
    """Get the proof that an entry is in the log (C2SP tlog-proof)."""
    return house.proof(call.caller, call.controller, call.item)


ROUTES = (
    list_controllers,
    create_controller,
    install_agreement,
    show_agreement,
    letter,
    add_supplement,
    sign_supplement,
    propose_interpretation,
    agree_interpretation,
    list_token_formats,
    choose_token_format,
    show_clauses,
    run_controls,
    rotate_keys,
    move_root,
    hold_root,
    reconcile,
    horizon,
    certify_erasure,
    end_agreement,
    logs,
    proof,
    ledger_checkpoint,
    ledger_tile,
)

__all__ = ["ROUTES"]
