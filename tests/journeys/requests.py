"""What journeys of requests of people share: who carries them out, and the controller's word."""

from __future__ import annotations

from typing import Any

from bailee.client.instruction_answers import InstructionAsks
from bailee.client.request_answers import PersonRequest
from bailee.privacy.request import ACT_OF
from tests.journeys.world import ACME, PAYMENT, SEED, World

PURPOSE = "customer-support"
RIGHTS = ["reveal", "update", "search"]
HELD = ("person.name", "person.email", "person.ssn")


def equip(world: World) -> None:
    """Let bram carry requests out: see, change and erase, for one purpose."""
    world.give(ACME, "bram", RIGHTS, *HELD, purposes=[PURPOSE], daily=1000)
    world.give(ACME, "bram", ["erase"], "*", purposes=[PURPOSE])


def person(world: World, subject: str, mail: str) -> str:
    """Protect a record of somebody; return its id."""
    fields = {name: SEED[name] for name in HELD} | {"person.email": mail}
    record = {"ref": "1", "subject": subject, "kind": "person", "fields": fields}
    return world.line("importer").protect(ACME, PAYMENT, [record]).results[0].record


def enter(
    world: World,
    kind: str,
    *,
    who: str = "bram",
    subject: str = "",
    mail: str = "",
    **more: Any,
) -> PersonRequest:
    """Enter a request about a reference or a mail address."""
    fields: dict[str, Any] = {"regime": "gdpr"} | more
    return world.line(who).enter_request(
        ACME,
        kind,  # type: ignore[arg-type]
        subjects=[subject] if subject else [],
        said={"person.email": mail} if mail else {},
        **fields,
    )


def instruct(world: World, request: str, act: str, judge: str = "bram") -> str:
    """Let clara sign what is to be done with a request, and ours accept it; return its id."""
    made = world.line("clara").give_instruction(
        ACME,
        "request",
        "Do with this request what is named here.",
        asks=InstructionAsks(request=request, act=ACT_OF[act]),
    )
    world.line(judge).move_instruction(
        ACME, made.instruction, "opine", note="The person asked for it.", verdict="lawful"
    )
    world.line("esra").move_instruction(ACME, made.instruction, "accept")
    return made.instruction
