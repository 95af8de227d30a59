"""Routes of sub-processors: register, engagements, the last instructions (C7.3(5), C7.2(5), C6)."""

from __future__ import annotations

from bailee.app import subprocessor_shapes as shapes
from bailee.web.call import Call, act, get, post
from bailee.web.house import House

R = "/v1/subprocessors"
C = "/v1/controllers/{controller}"


@post(R, shapes.NewSubprocessor, shapes.Subprocessor)
def record_subprocessor(
    house: House, call: Call, body: shapes.NewSubprocessor
) -> shapes.Subprocessor:
    """Write a sub-processor into the register, or what is different about one."""
    return house.record_subprocessor(call.caller, body)


@get(R, shapes.Subprocessors)
def list_register(house: House, call: Call) -> shapes.Subprocessors:
    """Show the register of sub-processors, and the duties that go on down."""
    return house.subprocessors(call.caller)


@post(f"{R}/{{id}}/contract", shapes.NewContractReading, shapes.ContractReading)
def compare_contract(
    house: House, call: Call, body: shapes.NewContractReading
) -> shapes.ContractReading:
    """Say, duty by duty, what the contract with a sub-processor covers of ours."""
    return house.compare_contract(call.caller, call.item, body)


@post(f"{R}/{{id}}/workers", shapes.NewWorker, shapes.Subprocessor)
def mark_worker(house: House, call: Call, body: shapes.NewWorker) -> shapes.Subprocessor:
    """Say that a person or service is a sub-processor's, for good."""
    return house.mark_worker(call.caller, call.item, body)


@post(f"{C}/subprocessors", shapes.NewProposal, shapes.Proposal)
def propose_subprocessor(house: House, call: Call, body: shapes.NewProposal) -> shapes.Proposal:
    """Propose a sub-processor to a controller, whose contacts get the notice."""
    return house.propose_subprocessor(call.caller, call.controller, body)


@get(f"{C}/subprocessors", shapes.Proposals)
def list_subprocessors(house: House, call: Call) -> shapes.Proposals:
    """Show a controller's sub-processors: where each stands, and versions of the list."""
    return house.engagements(call.caller, call.controller)


@get(f"{C}/subprocessor-lists/{{id}}", shapes.SubprocessorListDocument)
def show_subprocessor_list(house: House, call: Call) -> shapes.SubprocessorListDocument:
    """Show one version of a controller's list, whose SHA-256 is on record."""
    return house.subprocessor_list(call.caller, call.controller, call.item)


@post(f"{C}/subprocessors/{{id}}/answer", shapes.ProposalAnswer, shapes.Proposal)
def answer_subprocessor(house: House, call: Call, body: shapes.ProposalAnswer) -> shapes.Proposal:
    """Consent or object for the controller; an objection counts at once, whatever came before."""
    return house.answer_subprocessor(call.caller, call.controller, call.item, body)


@act(f"{C}/subprocessors/{{id}}/engage", shapes.Proposal)
def engage_subprocessor(house: House, call: Call) -> shapes.Proposal:
    """Let a sub-processor reach data: noticed, the days over, consented, bound by contract."""
    return house.engage_subprocessor(call.caller, call.controller, call.item)


@act(f"{C}/subprocessors/{{id}}/end", shapes.Proposal)
def end_subprocessor(house: House, call: Call) -> shapes.Proposal:
    """End an engagement, or take a proposal back."""
    return house.end_subprocessor(call.caller, call.controller, call.item)


@post(f"{C}/subprocessor-instructions", shapes.NewLastInstruction, shapes.LastInstructions)
def instruct_subprocessors(
    house: House, call: Call, body: shapes.NewLastInstruction
) -> shapes.LastInstructions:
    """Relay the controller's choice at the end to everybody who may hold its data."""
    return house.instruct_subprocessors(call.caller, call.controller, body)


@post(
    f"{C}/subprocessor-instructions/{{id}}/answer",
    shapes.LastInstructionAnswer,
    shapes.LastInstruction,
)
def answer_instruction(
    house: House, call: Call, body: shapes.LastInstructionAnswer
) -> shapes.LastInstruction:
    """Say that an instruction was handed over, or enter the certificate that came back."""
    return house.answer_instruction(call.caller, call.controller, call.item, body)


ROUTES = (
    record_subprocessor,
    list_register,
    compare_contract,
    mark_worker,
    propose_subprocessor,
    list_subprocessors,
    show_subprocessor_list,
    answer_subprocessor,
    engage_subprocessor,
    end_subprocessor,
    instruct_subprocessors,
    answer_instruction,
)

__all__ = ["ROUTES"]
