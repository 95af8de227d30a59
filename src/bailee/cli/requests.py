"""Commands of requests of people about their data (C7.2(6), C7.3(6)(b)).

Nothing that names a person stands on a command line: whom a request is about is read from a file,
or from standard input, one line each: ``reference: customer-17`` or ``person.email: a@b.example``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from bailee.cli.show import Controller, Json, Purpose, answer, as_json, table

if TYPE_CHECKING:
    from bailee.client.request_answers import PersonRequest
    from bailee.client.requests import Channel, Regime, RequestEvent, RequestKind

Item = Annotated[str, typer.Argument(help="Its id.")]
People = Annotated[
    typer.FileText,
    typer.Option("--people", help="File with whom it is about, - for standard input."),
]
REFERENCE = "reference"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    request = typer.Typer(help="Requests of people about their data.", no_args_is_help=True)
    request.command("enter")(enter)
    request.command("list")(list_requests)
    request.command("show")(show)
    request.command("identify")(identify)
    request.command("execute")(execute)
    request.command("move")(move)
    request.command("letter")(letter)
    request.command("package")(package)
    app.add_typer(request, name="request")
    keys = typer.Typer(help="Keys that sign requests of a controller.", no_args_is_help=True)
    keys.command("add")(add_key)
    keys.command("list")(list_keys)
    keys.command("end")(end_key)
    app.add_typer(keys, name="request-key")


def enter(
    controller: Controller,
    kind: Annotated[
        str,
        typer.Argument(help="access, portability, correction, restriction, deletion or other"),
    ],
    regime: Annotated[str, typer.Argument(help="gdpr, uk-gdpr, ccpa or other")],
    people: People,
    misdirected: Annotated[bool, typer.Option(help="The person wrote to us.")] = False,
    received: Annotated[str, typer.Option(help="When it came; now by default.")] = "",
    json: Json = False,
) -> None:
    """Enter a request: it is held, and the controller is told."""
    from bailee.cli.session import connected

    subjects, said = _read(people)
    channel: Channel = "misdirected" if misdirected else "controller"
    with connected() as client:
        made = client.enter_request(
            controller,
            cast("RequestKind", kind),
            regime=cast("Regime", regime),
            channel=channel,
            subjects=subjects,
            said=said,
            received=received,
        )
    _say(made, json)


def list_requests(controller: Controller, json: Json = False) -> None:
    """Show requests with their clocks, newest first."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_requests(controller)
    if json:
        as_json(found)
        return
    table(
        ("request", "kind", "status", "told", "our clock"),
        [
            (
                one.request, one.kind, one.status, "yes" if one.told else "no",
                f"{one.ours[:10]}{' late' if one.late else ''}",
            )
            for one in found.requests
        ],
    )  # fmt: skip


def show(controller: Controller, request: Item, json: Json = False) -> None:
    """Show one request."""
    from bailee.cli.session import connected

    with connected() as client:
        _say(client.show_request(controller, request), json)


def identify(controller: Controller, request: Item, people: People, json: Json = False) -> None:
    """Say anew whom a request is about; it must be instructed after that."""
    from bailee.cli.session import connected

    subjects, said = _read(people)
    with connected() as client:
        _say(client.identify_request(controller, request, subjects=subjects, said=said), json)


def execute(
    controller: Controller,
    request: Item,
    purpose: Purpose,
    people: Annotated[int, typer.Option(help="How many references it is about.", min=0)] = 1,
    recipient: Annotated[str, typer.Option(help="age1… of whoever gets the package.")] = "",
    corrections: Annotated[
        typer.FileText | None,
        typer.Option(help='JSON: [{"record": ID, "fields": {ELEMENT: VALUE}}], - for stdin.'),
    ] = None,
    exceptions: Annotated[
        typer.FileText | None,
        typer.Option(help='JSON: [{"ground": …, "purpose": …, "reason": …}].'),
    ] = None,
    approval: Annotated[str, typer.Option(help="The approval on which it stands.")] = "",
    json: Json = False,
) -> None:
    """Carry out what the controller instructed about a request."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.execute_request(
            controller,
            request,
            purpose,
            people=people,
            recipient=recipient,
            corrections=_list(corrections),
            exceptions=_list(exceptions),
            approval=approval,
        )
    _say(done, json)


def move(
    controller: Controller,
    request: Item,
    event: Annotated[
        str,
        typer.Argument(
            help="extend, tell-person, stop, deny, settle, withdraw, announce-lift or lift"
        ),
    ],
    reason: Annotated[str, typer.Option(help="Of a denial, a word of the list.")] = "",
    note: Annotated[str, typer.Option(help="Why, in words; name nobody.")] = "",
    until: Annotated[str, typer.Option(help="Until when it is extended.")] = "",
    purpose: Annotated[str, typer.Option(help="Purpose of lifting.")] = "",
    json: Json = False,
) -> None:
    """Write down what happened to a request, or lift its restriction."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.move_request(
            controller,
            request,
            cast("RequestEvent", event),
            reason=reason,
            note=note,
            until=until,
            purpose=purpose,
        )
    _say(done, json)


def letter(controller: Controller, request: Item, json: Json = False) -> None:
    """Print all that the person may be told by us."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.request_letter(controller, request)
    answer(found, json, found.text)


def package(
    controller: Controller,
    request: Item,
    out: Annotated[Path, typer.Option(help="A file that does not exist yet.")],
) -> None:
    """Fetch the package of a request, encrypted for its recipient."""
    from bailee.cli.session import connected

    with connected() as client:
        sealed = client.request_package(controller, request)
    with out.open("xb") as file:
        file.write(sealed)
    typer.echo(f"{len(sealed)} bytes  {out}")


def add_key(
    controller: Controller,
    name: Annotated[str, typer.Argument(help="Which system holds it.")],
    jwk: Annotated[typer.FileText, typer.Option(help="File with the public key (JWK).")],
    json: Json = False,
) -> None:
    """Register a key by which a system of the controller's signs requests (OpenDSR)."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.add_request_key(controller, name, _json(jwk))
    answer(made, json, f"kid  {made.kid}")


def list_keys(controller: Controller, json: Json = False) -> None:
    """Show the keys that sign requests."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_request_keys(controller)
    if json:
        as_json(found)
        return
    table(
        ("name", "status", "added", "kid"),
        [(one.name, one.status, one.added[:16], one.kid) for one in found.keys],
    )


def end_key(
    controller: Controller,
    key: Annotated[str, typer.Argument(help="Its thumbprint.")],
    json: Json = False,
) -> None:
    """End a key: nothing that it signs counts any more."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.end_request_key(controller, key)
    answer(done, json, f"ended  {done.kid}")


def _read(file: typer.FileText) -> tuple[list[str], dict[str, str]]:
    from bailee.errors import Invalid

    subjects, said = list[str](), dict[str, str]()
    for line in filter(None, (one.strip() for one in file)):
        name, colon, text = (part.strip() for part in line.partition(":"))
        if not colon or not text or name in said:
            raise Invalid(
                "people.form", "Each line is NAME: VALUE, each element once.",
                do="Write `reference: customer-17` or `person.email: a@b.example`.",
            )  # fmt: skip
        if name == REFERENCE:
            subjects.append(text)
        else:
            said[name] = text
    return subjects, said


def _json(file: typer.FileText) -> Any:
    import msgspec

    from bailee.errors import Invalid

    try:
        return msgspec.json.decode(file.read().encode())
    except msgspec.DecodeError:
        raise Invalid("file.json", "That file is no JSON.") from None


def _list(file: typer.FileText | None) -> list[Any]:
    found = _json(file) if file else []
    return found if isinstance(found, list) else [found]


def _say(one: PersonRequest, json: bool) -> None:
    said = {
        "request": one.request,
        "status": one.status,
        "came by": f"{one.channel}, under {one.regime}, {one.received}",
        "told": "yes" if one.told else "not yet",
        "due": f"{one.extended or one.due} ({one.basis})" if one.due else "",
        "our clock": f"{one.ours}{' late' if one.late else ''}" if one.ours else "",
        "instruction": one.instruction,
        "stopped": one.stopped,
        "denied": one.denial,
        "done for": f"{one.people} people, {one.records} records, {one.values} values"
        if one.begun
        else "",
        "entries": " ".join(one.entries),
        "package": one.package_sha256,
    }
    answer(one, json, *(f"{name:<12}{text}" for name, text in said.items() if text))
