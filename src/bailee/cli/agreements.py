"""Commands upon texts, controllers and clauses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bailee.cli import laws
from bailee.cli.show import Controller, Json, answer, as_json, lines, table

if TYPE_CHECKING:
    from bailee.client import Client
    from bailee.client.answers import Observations

Text = Annotated[Path, typer.Argument(help="The agreement's own text.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    text = typer.Typer(help="Texts and what was agreed about them.", no_args_is_help=True)
    text.command("compile")(compile_)
    text.command()(lint)
    text.command()(show)
    text.command()(diff)
    text.command()(interpret)
    text.command()(agree)
    text.command()(letter)
    text.command()(supplement)
    text.command()(sign)
    app.add_typer(text, name="agreement")
    controller = typer.Typer(help="Customers whose data is held.", no_args_is_help=True)
    controller.command("add")(add)
    controller.command("list")(list_)
    controller.command("install")(install)
    controller.command("token-formats")(token_formats)
    controller.command("token-format")(token_format)
    controller.command("end")(end)
    controller.command("destroy")(destroy)
    laws.register_controller(controller)
    app.add_typer(controller, name="controller")
    app.command()(clauses)
    app.command()(look)


def compile_(
    text: Text,
    terms: Annotated[str, typer.Option(help="Terms to bind: bill-2022-10-11, …")] = "",
    json: Json = False,
) -> None:
    """Compile a text: clauses, hashes, references; with --terms, what they bind to."""
    from bailee.agreement import bind, compile_text, load_terms

    contract = compile_text(text.read_bytes())
    binding = bind(contract, load_terms(terms)) if terms else None
    if json:
        as_json({"contract": _summary(contract), "broken": binding.broken if binding else None})
        return
    lines(
        f"title    {contract.title}",
        f"sha256   {contract.text_sha256}",
        f"clauses  {len(contract.clauses)}",
        f"terms    {len(contract.definitions)} defined",
        f"refers   {len(contract.references)} times",
    )
    if binding:
        lines(f"binding  {len(binding.broken)} broken")
        for one in binding.broken:
            lines(f"  {one.id}: the text of clause {one.clause} is not the one it was written for")


def _summary(contract: object) -> dict[str, object]:
    from bailee.agreement import Contract

    assert isinstance(contract, Contract)  # noqa: S101 - for the type checker alone
    return {
        "title": contract.title,
        "date": contract.date,
        "text_sha256": contract.text_sha256,
        "clauses": [
            {"path": one.path, "title": one.title, "kind": one.kind, "text_sha256": one.text_sha256}
            for one in contract.clauses
        ],
    }


def lint(text: Text, json: Json = False) -> None:
    """Find what is wrong in a text, by general rules. Exit 1 when anything is."""
    from bailee.agreement import compile_text
    from bailee.agreement import lint as rules

    found = rules(compile_text(text.read_bytes()))
    if json:
        as_json(
            [
                {
                    "rule": one.rule, "path": one.path, "line": one.line,
                    "severity": one.severity, "message": one.message,
                }
                for one in found
            ]
        )  # fmt: skip
    else:
        table(
            ("line", "clause", "rule", "finding"),
            [(str(one.line), one.path, one.rule, one.message) for one in found],
        )
        lines(f"{len(found)} findings")
    raise typer.Exit(1 if found else 0)


def show(controller: Controller, json: Json = False) -> None:
    """Show the agreement in force with a controller: duties, questions, readings."""
    from bailee.cli.session import connected

    with connected() as client:
        view = client.show_agreement(controller)
    if json:
        as_json(view)
        return
    lines(
        f"{view.title}  (version {view.version[:8]}, in force from {view.effective[:10]})",
        f"purposes   {', '.join(view.purposes)}",
        *(f"instructed {one.purpose} until {one.until[:16]}" for one in view.instructed),
        f"may hold   {', '.join(view.permitted)}",
        f"findings   {len(view.findings)}    broken bindings  {len(view.broken)}",
        f"questions  {len(view.questions)} open",
    )
    table(
        ("obligation", "kind", "row", "what we owe"),
        [(one.obligation, one.kind, one.row, one.summary) for one in view.obligations],
    )


def diff(old: Text, new: Text, json: Json = False) -> None:
    """Compare two texts clause by clause. Exit 1 when they differ."""
    from bailee.agreement import compile_text
    from bailee.agreement import diff as compare

    changes = compare(compile_text(old.read_bytes()), compile_text(new.read_bytes()))
    rows = [(one.change, one.before, one.after) for one in changes]
    if json:
        as_json(
            [{"change": what, "before": before, "after": after} for what, before, after in rows]
        )
    else:
        table(("change", "before", "after"), rows)
    raise typer.Exit(1 if changes else 0)


def interpret(
    controller: Controller,
    subject: Annotated[str, typer.Argument(help="A question's id, a clause or an obligation.")],
    says: Annotated[str, typer.Option(help="What we take it to mean.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    quantity: Annotated[int | None, typer.Option(help="The number, where one is missing.")] = None,
    unit: Annotated[str, typer.Option(help="hours, days, …")] = "",
    counting: Annotated[str, typer.Option(help="plain, eu-1182-71 or business")] = "",
    json: Json = False,
) -> None:
    """Sign our reading of a clause; it counts when the controller agrees."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.propose_interpretation(
            controller,
            subject,
            says=says,
            reason=reason,
            quantity=quantity,
            unit=unit,
            counting=counting,
        )
    answer(made, json, f"{made.status}  {made.interpretation}")


def agree(
    controller: Controller,
    interpretation: Annotated[str, typer.Argument(help="Its id.")],
    json: Json = False,
) -> None:
    """Agree to a reading, as the controller's representative."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.agree_interpretation(controller, interpretation)
    answer(made, json, f"{made.status}  {made.interpretation}")


def letter(controller: Controller, json: Json = False) -> None:
    """Print what is to be agreed, with our readings and signature lines."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.letter(controller)
    answer(made, json, made.text)


def supplement(
    controller: Controller,
    elements: Annotated[list[str], typer.Argument(help="Catalogue elements to add.")],
    text: Annotated[Path, typer.Option(help="The writing that both sign.")],
    json: Json = False,
) -> None:
    """Sign, for our side, a writing that extends the annex (C2.10)."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.add_supplement(controller, elements, text=text.read_text("utf-8"))
    answer(made, json, f"{made.status}  {made.supplement}")


def sign(
    controller: Controller,
    supplement: Annotated[str, typer.Argument(help="Its id.")],
    json: Json = False,
) -> None:
    """Sign a supplement, as the controller's representative."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.sign_supplement(controller, supplement)
    answer(made, json, f"{made.status}  {made.supplement}")


def add(
    controller: Annotated[str, typer.Argument(help="Short name: lower case, digits, hyphens.")],
    name: Annotated[str, typer.Option(help="Legal name.")],
    text: Annotated[Path, typer.Option(help="The agreement's own text.")],
    terms: Annotated[str, typer.Option(help="Terms written for it.")],
    effective: Annotated[str, typer.Option(help="In force from, 2026-11-20.")],
    json: Json = False,
) -> None:
    """Take on a controller with its agreement."""
    from bailee.agreement import decode
    from bailee.cli.session import connected

    with connected() as client:
        made = client.create_controller(
            controller,
            name=name,
            text=decode(text.read_bytes()),
            terms=terms,
            effective=effective,
        )
    answer(
        made, json,
        f"{controller}: version {made.version[:8]}, {len(made.findings)} findings, "
        f"{len(made.broken)} broken bindings",
    )  # fmt: skip


def list_(json: Json = False) -> None:
    """List the controllers at which you hold any right."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_controllers()
    if json:
        as_json(found)
    else:
        table(
            ("controller", "name", "status"),
            [(one.controller, one.name, one.status) for one in found.controllers],
        )


def install(
    controller: Controller,
    text: Annotated[Path, typer.Option(help="The new text.")],
    terms: Annotated[str, typer.Option(help="Terms written for it.")],
    effective: Annotated[str, typer.Option(help="In force from, 2026-11-20.")],
    json: Json = False,
) -> None:
    """Install a new version of the agreement."""
    from bailee.agreement import decode
    from bailee.cli.session import connected

    with connected() as client:
        made = client.install_agreement(
            controller, text=decode(text.read_bytes()), terms=terms, effective=effective
        )
    answer(made, json, f"version {made.version[:8]}, {len(made.broken)} broken bindings")


def token_formats(controller: Controller, json: Json = False) -> None:
    """Show the format in which each element's tokens are made, and those that it allows."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_token_formats(controller)
    if json:
        as_json(found)
        return
    table(
        ("element", "format", "allowed"),
        [(one.element, one.format, ", ".join(one.allowed)) for one in found.formats],
    )


def token_format(
    controller: Controller,
    element: Annotated[str, typer.Argument(help="An element that has tokens.")],
    format_: Annotated[str, typer.Argument(metavar="FORMAT", help="opaque, card, ssn, …")],
    json: Json = False,
) -> None:
    """Let an element's tokens be made in a format from now on; earlier tokens keep theirs."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.choose_token_format(controller, element, format_)
    answer(made, json, f"{made.element}: {made.format} (before: {made.before})")


def end(
    controller: Controller,
    at: Annotated[str, typer.Option(help="When it ended, 2026-11-20T00:00:00Z.")],
    instruction: Annotated[str, typer.Option(help="Where the notice is kept.")],
    json: Json = False,
) -> None:
    """Write down that the agreement ended (C6)."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.end_agreement(controller, at=at, instruction=instruction)
    answer(done, json, f"{done.controller}: {done.status}")


def destroy(
    controller: Controller,
    confirm: Annotated[str, typer.Option(help="The short name once more.")],
    instruction: Annotated[str, typer.Option(help="Where the written choice is kept.")],
    json: Json = False,
) -> None:
    """Destroy what the controller chose to be destroyed, once its agreement ended (C6)."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.destroy_controller(controller, confirm=confirm, instruction=instruction)
    answer(
        done, json,
        f"{done.controller}: {done.status}, {done.keys} keys and {done.rows} rows",
        f"no copy of a key is left in a backup from {done.recoverable_until} on",
    )  # fmt: skip


def clauses(controller: Controller, json: Json = False) -> None:
    """Show the state of every obligation, clause by clause."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.show_clauses(controller)
    if json:
        as_json(found)
        return
    table(
        ("clause", "state", "obligation", "why"),
        [
            (clause.clause, one.state, one.obligation, one.reason)
            for clause in found.clauses
            for one in clause.obligations
        ],
    )


def _seen(client: Client, controller: str, controls: list[str]) -> Observations:
    """Ask until the controls are done: much data take longer than one answer may."""
    from bailee.client import BaileeProblem

    while True:
        try:
            return client.run_controls(controller, controls)
        except BaileeProblem as problem:
            if problem.code != "controls.looking":
                raise


def look(
    controller: Controller,
    controls: Annotated[list[str] | None, typer.Argument(help="Controls; none: all.")] = None,
    json: Json = False,
) -> None:
    """Let the controls look now. Exit 1 when one failed."""
    from bailee.cli.session import connected

    with connected() as client:
        seen = _seen(client, controller, controls or [])
    if json:
        as_json(seen)
    else:
        table(
            ("control", "result", "findings"),
            [(one.control, one.result, ", ".join(one.findings)) for one in seen.observations],
        )
    raise typer.Exit(1 if any(one.result == "failed" for one in seen.observations) else 0)
