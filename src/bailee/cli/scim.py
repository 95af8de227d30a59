"""Commands about the company's identity provider (C2.5(6)): its key, its people, its groups."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from bailee.cli.show import Controller, Json, answer, as_json, table

User = Annotated[str, typer.Argument(help="Id of a user of the identity provider.")]
Mapping = Annotated[str, typer.Argument(help="Its id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    scim = typer.Typer(
        help="SCIM: the company's identity provider makes and ends people.", no_args_is_help=True
    )
    scim.command("token")(token)
    scim.command("people")(people)
    scim.command("admit")(admit)
    scim.command("adopt")(adopt)
    mapping = typer.Typer(
        help="What a group of the identity provider gives, by two people.", no_args_is_help=True
    )
    mapping.command("add")(add)
    mapping.command("list")(list_mappings)
    mapping.command("approve")(approve)
    mapping.command("remove")(remove)
    scim.add_typer(mapping, name="mapping")
    app.add_typer(scim, name="scim")


def token(
    name: Annotated[str, typer.Argument(help="Of the service that speaks for the provider.")],
    owner: Annotated[str, typer.Option(help="The person who answers for it.")],
    until: Annotated[str, typer.Option(help="When its right ends, 2027-06-30T00:00:00Z.")],
    json: Json = False,
) -> None:
    """Make a service that may provision and nothing else, and its key, shown once.

    Three acts, each on record. Whoever sees the key gets nothing by a group of this provider.
    """
    from bailee.cli.session import connected

    with connected() as client:
        made = client.create_service(name=name, mode="autonomous", owner=owner)
        client.grant("house", made.principal, verbs=["provision"], until=until)
        key = client.mint_key(made.principal)
    answer(
        key,
        json,
        f"principal  {made.principal}",
        f"key        {key.key}",
        f"to         {key.until}",
        "address    …/scim/v2",
    )


def people(json: Json = False) -> None:
    """List whom the identity provider knows, and who they are here."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_provisioned()
    if json:
        as_json(found)
    else:
        rows = [(one.user, one.user_name, one.status, one.principal) for one in found.people]
        table(("user", "user name", "status", "principal"), rows)


def admit(
    user: User,
    name: Annotated[str, typer.Option(help="Their own name.")],
    employer: Annotated[str, typer.Option(help="Who employs them.")],
    email: Annotated[str, typer.Option(help="Their work address.")],
    undertaking: Annotated[str, typer.Option(help="Reference of their undertaking.")],
    undertaken: Annotated[str, typer.Option(help="The day it was signed.")],
    relation: Annotated[Literal["employee", "contractor"], typer.Option()] = "employee",
    json: Json = False,
) -> None:
    """Enter a user as a person, with their undertaking; the one-time secret is for them alone."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.admit_provisioned(
            user,
            name=name,
            employer=employer,
            email=email,
            undertaking=undertaking,
            undertaken=undertaken,
            relation=relation,
        )
    answer(made, json, f"principal  {made.principal}", f"secret     {made.secret}")


def adopt(
    user: User,
    principal: Annotated[str, typer.Option(help="Id of the person who is already here.")],
    json: Json = False,
) -> None:
    """Say that a user is somebody who is already here; their end is then the provider's too."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.adopt_provisioned(user, principal)
    answer(done, json, f"{done.id}  {done.status}")


def add(
    controller: Controller,
    verb: Annotated[list[str], typer.Option(help="reveal, search, …")],
    element: Annotated[list[str], typer.Option(help="person.name, person.*, …")],
    purpose: Annotated[list[str], typer.Option(help="As the agreement names it.")],
    days: Annotated[int, typer.Option(help="So long a member's grant lives.")],
    group: Annotated[str, typer.Option(help="The group's name.")] = "",
    external_id: Annotated[str, typer.Option(help="Or the provider's own id of it.")] = "",
    daily: Annotated[int | None, typer.Option(help="Subjects shown per rolling day.")] = None,
    json: Json = False,
) -> None:
    """Propose what a group gives each member; nothing until a second person approves."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.propose_group_mapping(
            controller,
            verbs=verb,
            elements=element,
            purposes=purpose,
            days=days,
            group=group,
            external_id=external_id,
            daily=daily,
        )
    answer(made, json, f"mapping  {made.mapping}", f"status   {made.status}")


def list_mappings(controller: Controller, json: Json = False) -> None:
    """List what groups give at a controller."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_group_mappings(controller)
    if json:
        as_json(found)
    else:
        table(
            ("mapping", "group", "verbs", "elements", "purposes", "days", "until", "status"),
            [
                (
                    one.mapping, one.group or one.external_id, " ".join(one.verbs),
                    " ".join(one.elements), " ".join(one.purposes), str(one.days),
                    one.until[:10], one.status,
                )
                for one in found.mappings
            ],
        )  # fmt: skip


def approve(mapping: Mapping, controller: Controller, json: Json = False) -> None:
    """Approve somebody else's mapping; members get their grants now."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.approve_group_mapping(controller, mapping)
    answer(done, json, f"{done.mapping}  {done.status}")


def remove(mapping: Mapping, controller: Controller, json: Json = False) -> None:
    """End a mapping and every grant that it gave, now."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.remove_group_mapping(controller, mapping)
    answer(done, json, f"{done.mapping}  {done.status}")
