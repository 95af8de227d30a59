"""Commands upon sub-processors (C7.3(5), C7.2(5), C7.3(3), C6(ii))."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bailee.cli.show import Controller, Json, answer

if TYPE_CHECKING:
    from bailee.client.subprocessor_answers import LastInstruction, Proposal, Subprocessor

Item = Annotated[str, typer.Argument(help="Its id.")]
Signed = Annotated[
    Path, typer.Option(exists=True, dir_okay=False, help="The signed file; its SHA-256 is sent.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Sub-processors: noticed, consented to, bound by contract, or kept out.",
        no_args_is_help=True,
    )
    for name, command in (
        ("record", record), ("register", show_register), ("contract", contract), ("mark", mark),
        ("propose", propose), ("list", list_subprocessors), ("document", document),
        ("consent", consent), ("object", object_), ("offer", offer), ("engage", engage),
        ("end", end), ("instruct", instruct), ("relayed", relayed), ("certified", certified),
    ):  # fmt: skip
        group.command(name)(command)
    app.add_typer(group, name="subprocessor")


def record(
    name: Annotated[str, typer.Option(help="The company's name.")],
    address: Annotated[str, typer.Option(help="Where it is, on one line.")],
    contact: Annotated[str, typer.Option(help="Who is asked there, and where.")],
    service: Annotated[list[str], typer.Option(help="What it does; repeatable.")],
    element: Annotated[list[str], typer.Option(help="person.name, person.*, class:sensitive …")],
    country: Annotated[list[str], typer.Option(help="From where data is reached: US, DE …")],
    recipient: Annotated[
        list[str] | None, typer.Option(help="Its key: age1…, or an OpenPGP certificate's file.")
    ] = None,
    change: Annotated[str, typer.Option(help="Id of the one that is changed.")] = "",
    based_on: Annotated[int, typer.Option(help="The version that is changed.")] = 0,
    since: Annotated[str, typer.Option(help="From when; at once by default.")] = "",
    json: Json = False,
) -> None:
    """Write a sub-processor into the register, or what is different about one."""
    from bailee.cli.session import connected
    from bailee.client import Facts

    keys: list[str] = []
    if recipient:
        from bailee.cli.sealed import Recipients

        keys = list(Recipients(recipient).keys)
    facts = Facts(
        name=name,
        address=address,
        contact=contact,
        services=service,
        elements=element,
        countries=country,
        keys=keys,
        subprocessor=change,
        based_on=based_on,
        since=since or None,
    )
    with connected() as client:
        made = client.record_subprocessor(facts)
    answer(made, json, *_known(made))


def show_register(json: Json = False) -> None:
    """Show the register, and the duties that a contract must hold."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_register()
    said = [line for one in found.subprocessors for line in _known(one)]
    said += ["duties of a contract:", *(f"  {one.duty:<18} {one.says}" for one in found.duties)]
    answer(found, json, *said)


def contract(
    item: Item,
    writing: Signed,
    reference: Annotated[str, typer.Option(help="Where the contract is kept.")],
    weaker: Annotated[list[str] | None, typer.Option(help="A duty that it holds less.")] = None,
    missing: Annotated[list[str] | None, typer.Option(help="A duty that it lacks.")] = None,
    covered: Annotated[list[str] | None, typer.Option(help="A duty that it holds.")] = None,
    json: Json = False,
) -> None:
    """Say, duty by duty, what the contract covers; every duty of the register is named once."""
    from bailee.cli.session import connected

    duties = {
        name: verdict
        for verdict, names in (("covered", covered), ("weaker", weaker), ("missing", missing))
        for name in names or []
    }
    with connected() as client:
        made = client.compare_contract(
            item, reference=reference, text_sha256=_sha256(writing), duties=duties
        )
    short = [
        f"  {verdict}: {name}" for name, verdict in made.duties.items() if verdict != "covered"
    ]
    answer(made, json, f"contract {made.number} of {item}, {made.text_sha256}", *short)


def mark(
    item: Item,
    principal: Annotated[str, typer.Option(help="Id of the person or service.")],
    json: Json = False,
) -> None:
    """Say that a person or service is a sub-processor's; that is for good."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.mark_worker(item, principal)
    answer(made, json, *_known(made))


def propose(item: Item, controller: Controller, json: Json = False) -> None:
    """Propose one to a controller; its contacts get the notice."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.propose_subprocessor(controller, item)
    answer(made, json, *_stands(made))


def list_subprocessors(controller: Controller, json: Json = False) -> None:
    """Show where a controller stands with each, and the versions of its list."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_subprocessors(controller)
    said = [line for one in found.engagements for line in _stands(one)]
    said += [line for one in found.instructions for line in _told(one)]
    said += [f"list {one.version}  {one.at[:16]}Z  {one.text_sha256}" for one in found.lists]
    answer(found, json, *said)


def document(
    controller: Controller,
    version: Annotated[int, typer.Option(help="The newest by default.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Where to write it.")] = None,
    json: Json = False,
) -> None:
    """Get a version of a controller's list: canonical JSON, known by its SHA-256."""
    from bailee.cli.session import connected

    with connected() as client:
        number = version
        if not number:
            found = client.list_subprocessors(controller).lists
            number = found[-1].version if found else 1
        made = client.show_subprocessor_list(controller, number)
    if out is not None:
        out.write_bytes(made.text.encode("ascii"))
    answer(made, json, f"list {made.version}  {made.text_sha256}", *([] if out else [made.text]))


def consent(
    item: Item,
    controller: Controller,
    writing: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="The controller's signed file."),
    ] = None,
    reference: Annotated[str, typer.Option(help="Where the writing is kept.")] = "",
    given_by: Annotated[str, typer.Option(help="Id of the representative who signed it.")] = "",
    signed: Annotated[str, typer.Option(help="When: 2026-12-31T00:00:00Z")] = "",
    json: Json = False,
) -> None:
    """Consent as the controller's representative; two of us may enter its writing instead."""
    from bailee.cli.session import connected
    from bailee.client import SignedConsent

    paper = None
    if writing is not None:
        paper = SignedConsent(
            given_by=given_by, reference=reference, text_sha256=_sha256(writing), signed=signed
        )
    with connected() as client:
        done = client.answer_subprocessor(controller, item, "consent", signed=paper)
    wait = ["a second person reads the paper, and enters it too"] if done.waits_for_second else []
    answer(done, json, *_stands(done), *wait)


def object_(
    item: Item,
    controller: Controller,
    reason: Annotated[str, typer.Option(help="Why; it is not in the log.")] = "",
    json: Json = False,
) -> None:
    """Object, or take a consent back: at once nothing more reaches it."""
    _say(item, controller, "object", words=reason, json=json)


def offer(
    item: Item,
    controller: Controller,
    words: Annotated[str, typer.Option(help="The other way that we offer.")],
    json: Json = False,
) -> None:
    """Say which other way we offer after an objection."""
    _say(item, controller, "offer", words=words, json=json)


def engage(item: Item, controller: Controller, json: Json = False) -> None:
    """Let one reach data: noticed, the days over, consented, bound by contract."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.engage_subprocessor(controller, item)
    answer(done, json, *_stands(done))


def end(item: Item, controller: Controller, json: Json = False) -> None:
    """End an engagement, or take a proposal back."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.end_subprocessor(controller, item)
    answer(done, json, *_stands(done))


def instruct(
    controller: Controller,
    choice: Annotated[Literal["return", "destroy"], typer.Option(help="As the controller chose.")],
    json: Json = False,
) -> None:
    """Relay the controller's choice at the end; the controller gets a copy of each."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.instruct_subprocessors(controller, choice)
    answer(made, json, *(line for one in made.instructions for line in (*_told(one), one.text)))


def relayed(
    item: Item,
    controller: Controller,
    proof: Annotated[str, typer.Option(help="Where the proof is kept that it was handed over.")],
    json: Json = False,
) -> None:
    """Say that an instruction was handed over to its sub-processor."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.answer_instruction(controller, item, "relay", proof=proof)
    answer(done, json, *_told(done))


def certified(
    item: Item,
    controller: Controller,
    writing: Signed,
    day: Annotated[str, typer.Option(help="Its date: 2026-12-31")],
    signed_by: Annotated[str, typer.Option(help="Who signed it, by name.")],
    json: Json = False,
) -> None:
    """Enter the certificate that a sub-processor sent."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.answer_instruction(
            controller,
            item,
            "certify",
            text_sha256=_sha256(writing),
            day=day,
            signed_by=signed_by,
        )
    answer(done, json, *_told(done))


def _say(
    item: str, controller: str, what: Literal["object", "offer"], *, words: str, json: bool
) -> None:
    from bailee.cli.session import connected

    with connected() as client:
        done = client.answer_subprocessor(controller, item, what, words=words)
    answer(done, json, *_stands(done))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _known(one: Subprocessor) -> tuple[str, ...]:
    contract_of = one.contract.text_sha256 if one.contract else "none compared"
    return (
        f"{one.subprocessor}  {one.name}, version {one.version}, edition {one.edition}",
        f"  since     {one.since[:16]}Z",
        f"  address   {one.address}",
        f"  contact   {one.contact}",
        f"  services  {'; '.join(one.services)}",
        f"  data      {' '.join(one.elements)} from {' '.join(one.countries)}",
        f"  contract  {contract_of}",
        *(f"  works     {who}" for who in one.workers),
    )


def _stands(one: Proposal) -> tuple[str, ...]:
    """Return where an engagement stands, and what its second reader compares with the paper."""
    flows = ", data may flow" if one.counts else ""
    lines = [
        f"{one.engagement}  {one.name}, edition {one.edition}: {one.status}{flows}",
        f"  where     {one.address}; {one.contact}",
        f"  data      {' '.join(one.elements)} from {' '.join(one.countries)}",
    ]
    if one.handed:
        left = f", {one.days_left} days left" if one.days_left else ""
        lines.append(f"  notice    handed over {one.handed[:16]}Z, over {one.due[:10]}{left}")
    if one.given_by:
        lines.append(f"  consent   {one.given_by} {one.signed[:16]}Z {one.text_sha256}")
    if one.objected:
        lines.append(f"  objected  {one.objected[:16]}Z {one.objection}".rstrip())
    if one.offer:
        lines.append(f"  offered   {one.offer}")
    short = [f"{name} ({verdict})" for name, verdict in one.contract_short.items()]
    if short:
        lines.append(f"  contract  short of {', '.join(short)}")
    return tuple(lines)


def _told(one: LastInstruction) -> tuple[str, ...]:
    certificate = one.certificate_sha256 or f"due {one.due[:10]}"
    return (
        f"{one.instruction}  {one.name}: {one.choice}, {one.status}",
        f"  text         {one.text_sha256}",
        f"  certificate  {certificate}",
    )
