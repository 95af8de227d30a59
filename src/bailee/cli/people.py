"""Commands upon people, services, keys, grants and approvals (C2.5(1)-(6))."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from bailee.cli.reviews import register_person
from bailee.cli.show import Controller, Json, Purpose, answer, as_json, table

Principal = Annotated[str, typer.Argument(help="Id of a person or service.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    person = typer.Typer(help="People: named, authorised, one identity each.", no_args_is_help=True)
    person.command("invite")(invite)
    person.command("accept")(accept)
    person.command("list")(list_people)
    person.command("leave")(leave)
    person.command("link")(link_person)
    person.command("unlink")(unlink)
    register_person(person)
    app.add_typer(person, name="person")
    service = typer.Typer(help="Programs, and who answers for them.", no_args_is_help=True)
    service.command("add")(add_service)
    service.command("link")(link_service)
    service.command("unlink")(unlink)
    app.add_typer(service, name="service")
    app.command("token")(issue_token)
    key = typer.Typer(help="Credentials: shown once, stored hashed.", no_args_is_help=True)
    key.command("mint")(mint)
    key.command("revoke")(revoke_key)
    app.add_typer(key, name="key")
    grant = typer.Typer(help="Rights: verbs x elements x purposes x end.", no_args_is_help=True)
    grant.command("give")(give)
    grant.command("list")(list_grants)
    grant.command("revoke")(revoke_grant)
    grant.command("explain")(explain)
    app.add_typer(grant, name="grant")
    approval = typer.Typer(help="A second person's yes.", no_args_is_help=True)
    approval.command("request")(request)
    approval.command("approve")(approve)
    approval.command("refuse")(refuse)
    app.add_typer(approval, name="approval")


def invite(
    name: Annotated[str, typer.Option(help="Their own name.")],
    employer: Annotated[str, typer.Option(help="Who employs them.")],
    email: Annotated[str, typer.Option(help="Their work address.")],
    undertaking: Annotated[str, typer.Option(help="Reference of their undertaking.")],
    undertaken: Annotated[str, typer.Option(help="The day it was signed.")],
    relation: Annotated[
        Literal["employee", "contractor", "controller-representative"], typer.Option()
    ] = "employee",
    represents: Annotated[str, typer.Option(help="The controller they speak for.")] = "",
    json: Json = False,
) -> None:
    """Invite a named person; the one-time secret is for them alone."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.invite(
            name=name,
            employer=employer,
            email=email,
            undertaking=undertaking,
            undertaken=undertaken,
            relation=relation,
            represents=represents,
        )
    answer(made, json, f"principal  {made.principal}", f"secret     {made.secret}")


def accept(json: Json = False) -> None:
    """Take up an invitation; the secret is asked for, never an argument."""
    from bailee.cli.session import connected

    secret = typer.prompt("Secret", hide_input=True)
    with connected() as client:
        made = client.accept_invitation(secret)
    answer(made, json, f"principal  {made.principal}", f"key        {made.key}")


def list_people(json: Json = False) -> None:
    """List people and services."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_people()
    if json:
        as_json(found)
    else:
        table(
            ("principal", "kind", "status", "name", "employer"),
            [(one.principal, one.kind, one.status, one.name, one.employer) for one in found.people],
        )


def leave(principal: Principal, json: Json = False) -> None:
    """Let somebody go: every key and grant ends at once (C2.5(6))."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.leave(principal)
    answer(done, json, f"{done.id}  {done.status}")


def link_person(
    principal: Principal,
    subject: Annotated[str, typer.Option(help="The identity provider's own name for them.")],
    json: Json = False,
) -> None:
    """Say who a person is at the company's identity provider; never by an e-mail address."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.link_person(principal, subject=subject)
    answer(done, json, f"{done.id}  {done.status}")


def link_service(
    principal: Principal,
    client_id: Annotated[str, typer.Option("--client", help="Its id at the identity provider.")],
    json: Json = False,
) -> None:
    """Say which client of the company's identity provider an acting-for service is."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.link_service(principal, client=client_id)
    answer(done, json, f"{done.id}  {done.status}")


def unlink(principal: Principal, json: Json = False) -> None:
    """End what somebody is at the company's identity provider, at once."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.unlink(principal)
    answer(done, json, f"{done.id}  {done.status}")


def issue_token(
    service: Annotated[str, typer.Argument(help="Id of an acting-for service.")],
    json: Json = False,
) -> None:
    """Let an acting-for service act for you for fifteen minutes; the token is shown once."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.issue_token(service)
    answer(made, json, f"token  {made.token}", f"id     {made.token_id}", f"to     {made.until}")


def add_service(
    name: Annotated[str, typer.Argument(help="For what it does: invoice-import.")],
    owner: Annotated[str, typer.Option(help="The person who answers for it.")],
    mode: Annotated[Literal["autonomous", "acting-for"], typer.Option()] = "autonomous",
    json: Json = False,
) -> None:
    """Register a service under the person who answers for it."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.create_service(name=name, mode=mode, owner=owner)
    answer(made, json, f"principal  {made.principal}")


def mint(
    principal: Principal,
    until: Annotated[str, typer.Option(help="When it ends.")] = "",
    json: Json = False,
) -> None:
    """Make a key for a service; it is shown once."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.mint_key(principal, until=until or None)
    answer(made, json, f"key  {made.key}", f"id   {made.key_id}", f"to   {made.until}")


def revoke_key(key: Annotated[str, typer.Argument(help="Its id.")], json: Json = False) -> None:
    """End a key at once."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.revoke_key(key)
    answer(done, json, f"{done.id}  {done.status}")


def give(
    principal: Principal,
    controller: Controller,
    verb: Annotated[list[str], typer.Option(help="protect, reveal, search, …")],
    until: Annotated[str, typer.Option(help="When it ends, 2026-12-31T00:00:00Z.")],
    element: Annotated[list[str] | None, typer.Option(help="person.ssn, person.*, …")] = None,
    purpose: Annotated[list[str] | None, typer.Option(help="As the agreement names it.")] = None,
    daily: Annotated[int | None, typer.Option(help="Subjects shown per rolling day.")] = None,
    json: Json = False,
) -> None:
    """Grant rights to somebody else (C2.5(4))."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.grant(
            controller,
            principal,
            verbs=verb,
            elements=element or [],
            purposes=purpose or [],
            until=until,
            daily=daily,
        )
    answer(made, json, f"grant  {made.grant}")


def list_grants(controller: Controller, json: Json = False) -> None:
    """List the grants at a controller."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_grants(controller)
    if json:
        as_json(found)
    else:
        table(
            ("grant", "principal", "verbs", "elements", "purposes", "until", "status"),
            [
                (
                    one.grant, one.principal, " ".join(one.verbs), " ".join(one.elements),
                    " ".join(one.purposes), one.until[:10], one.status,
                )
                for one in found.grants
            ],
        )  # fmt: skip


def revoke_grant(
    grant: Annotated[str, typer.Argument(help="Its id.")],
    controller: Controller,
    json: Json = False,
) -> None:
    """End a grant at once."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.revoke_grant(controller, grant)
    answer(done, json, f"{done.id}  {done.status}")


def explain(
    verb: Annotated[str, typer.Argument(help="reveal, protect, …")],
    controller: Controller,
    purpose: Purpose = "",
    element: Annotated[list[str] | None, typer.Option(help="Elements asked for.")] = None,
    principal: Annotated[str, typer.Option(help="About whom; oneself if left out.")] = "",
    json: Json = False,
) -> None:
    """Say which grant allows something, or everything that is missing. Exit 1 when refused."""
    from bailee.cli.session import connected

    with connected() as client:
        said = client.explain(
            controller, verb, purpose, elements=element or [], principal=principal
        )
    answer(said, json, *said.reasons)
    raise typer.Exit(0 if said.allowed else 1)


def request(
    controller: Controller,
    purpose: Purpose,
    element: Annotated[list[str], typer.Option(help="Elements to be shown.")],
    subjects: Annotated[int, typer.Option(help="At most so many people.")],
    until: Annotated[str, typer.Option(help="When it ends.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    json: Json = False,
) -> None:
    """Ask a second person for a bulk reveal (C2.5(4))."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.request_approval(
            controller, purpose, element, subjects=subjects, until=until, reason=reason
        )
    answer(made, json, f"approval  {made.approval}", f"status    {made.status}")


def approve(
    approval: Annotated[str, typer.Argument(help="Its id.")],
    controller: Controller,
    json: Json = False,
) -> None:
    """Approve, as the second person."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.approve(controller, approval)
    answer(done, json, f"{done.approval}  {done.status}")


def refuse(
    approval: Annotated[str, typer.Argument(help="Its id.")],
    controller: Controller,
    json: Json = False,
) -> None:
    """Refuse, as the second person."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.refuse(controller, approval)
    answer(done, json, f"{done.approval}  {done.status}")
