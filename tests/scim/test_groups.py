"""A group gives what two of our people wrote down, to its members, while they are members."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bailee.client import BaileeProblem
from bailee.db import HOUSE
from tests.journeys.world import ACME, GLOBEX, PAYMENT, World, code_of
from tests.scim.world import GROUP, Provider, provider, speak


def sees(world: World, who: str, record: str, element: str = "person.name") -> str:
    """Return what becomes of somebody's reveal; they read what they have to, once they may see."""
    with suppress(BaileeProblem):
        world.read_up(who)
    return code_of(lambda: world.line(who).reveal(ACME, PAYMENT, [element], records=[record]))


def put(idp: Provider, group: str, name: str, *who: str) -> int:
    """Say who is in a group."""
    body: dict[str, Any] = {
        "schemas": [GROUP],
        "displayName": name,
        "members": [{"value": idp.users[one]} for one in who],
    }
    return idp.say("PUT", f"/Groups/{group}", body).status_code


def come(idp: Provider, who: str, name: str) -> str:
    """Let a provider's user in; return a record that they might see."""
    idp.make(who)
    idp.admit(who, name)
    return idp.world.protect(f"{who}-subject")


def test_a_group_without_a_mapping_gives_nothing(idp: Provider) -> None:
    """Whoever is put into any group by SCIM alone holds nothing."""
    record = come(idp, "alba", "Alba Ferrer")
    idp.group("Unmapped", "alba")
    assert sees(idp.world, "alba", record) == "controller.unknown"


def test_a_mapping_gives_to_members_and_takes_at_once(idp: Provider, tmp_path: Path) -> None:
    """Adding makes the grant, removing ends it; both are on record with the mapping."""
    world = idp.world
    record = come(idp, "bea", "Bea Lindgren")
    mapping = idp.mapped("Claims")
    group = idp.group("claims", "bea")  # whoever wrote the mapping did not care for capitals
    assert sees(world, "bea", record) == "done"
    assert sees(world, "bea", record, "person.ssn") == "grant.element"
    (held,) = [one for one in world.line("ada").list_grants(ACME).grants if one.mapping == mapping]
    assert (held.principal, held.status) == (world.ids["bea"], "living")
    given = [one for one in world.entries(tmp_path) if one["action"] == "access:grant:given"][-1]
    assert given["detail"]["origin"] == "mapping"
    assert given["opening"]["context"]["mapping_id"] == mapping

    entra = {"op": "Remove", "path": "members", "value": [{"value": idp.users["bea"]}]}
    assert idp.patch(f"/Groups/{group}", entra).status_code == 200
    assert sees(world, "bea", record) == "grant.revoked"
    world.shift += timedelta(seconds=1)
    okta = {"op": "add", "path": "members", "value": [{"value": idp.users["bea"]}]}
    assert idp.patch(f"/Groups/{group}", okta).status_code == 200
    assert sees(world, "bea", record) == "done"
    assert idp.say("DELETE", f"/Groups/{group}").status_code == 204
    assert sees(world, "bea", record) == "grant.revoked"


def test_a_group_by_the_providers_own_id(idp: Provider) -> None:
    """A mapping may name the external id, in which case counts; a renamed group keeps its right."""
    world = idp.world
    record = come(idp, "cora", "Cora Achebe")
    made = world.line("ada").propose_group_mapping(
        ACME,
        verbs=["reveal"],
        elements=["person.name"],
        purposes=[PAYMENT],
        days=5,
        external_id="00g-Claims-77",
    )
    assert made.status == "proposed"
    group = idp.group("Some name", "cora", externalId="00g-Claims-77")
    assert sees(world, "cora", record) == "controller.unknown"
    world.line("bram").approve_group_mapping(ACME, made.mapping)
    assert sees(world, "cora", record) == "done"
    rename = {"op": "replace", "path": "displayName", "value": "Another name"}
    assert idp.patch(f"/Groups/{group}", rename).status_code == 200
    assert sees(world, "cora", record) == "done"
    other = {"op": "replace", "path": "externalId", "value": "00g-claims-77"}
    assert idp.patch(f"/Groups/{group}", other).status_code == 200
    assert sees(world, "cora", record) == "grant.revoked"


def test_whoever_moves_loses_and_gets(idp: Provider) -> None:
    """From one group to another: the old right is over with the commit that takes them out."""
    world = idp.world
    record = come(idp, "dalia", "Dalia Haddad")
    idp.mapped("Names desk", "person.name")
    idp.mapped("Letters desk", "person.email")
    names, letters = idp.group("Names desk", "dalia"), idp.group("Letters desk")
    assert put(idp, letters, "Letters desk", "dalia") == 200
    assert put(idp, names, "Names desk") == 200
    assert sees(world, "dalia", record) == "grant.revoked"
    assert sees(world, "dalia", record, "person.email") == "done"


def test_a_group_of_those_who_have_not_come_yet(idp: Provider) -> None:
    """A member who waits holds nothing; with the invitation accepted they hold what it gives."""
    world = idp.world
    idp.make("edda")
    idp.mapped("Welcome desk")
    idp.group("Welcome desk", "edda")
    record = world.protect("edda-subject")
    invited = world.line("ada").admit_provisioned(
        idp.users["edda"],
        name="Edda Magnusdottir",
        employer="Harborline",
        email="edda@harborline.example",
        undertaking="NDA-e",
        undertaken="2026-01-05",
    )
    held = [
        one for one in world.line("ada").list_grants(ACME).grants
        if one.principal == invited.principal
    ]  # fmt: skip
    assert held == []
    key = world.line().accept_invitation(invited.secret)
    world.ids["edda"], world.keys["edda"] = key.principal, key.key
    assert sees(world, "edda", record) == "done"


def test_what_somebody_revoked_is_not_given_again_by_the_next_word(idp: Provider) -> None:
    """A grant that one of ours ended stays ended while the membership goes on."""
    world = idp.world
    record = come(idp, "fenna", "Fenna de Wit")
    mapping = idp.mapped("Fast desk")
    group = idp.group("Fast desk", "fenna")
    idp.make("gil")
    (held,) = [one for one in world.line("ada").list_grants(ACME).grants if one.mapping == mapping]
    world.line("ada").revoke_grant(ACME, held.grant)
    assert put(idp, group, "Fast desk", "fenna", "gil") == 200
    rename = {"op": "replace", "path": "displayName", "value": "fast DESK"}
    assert idp.patch(f"/Groups/{group}", rename).status_code == 200
    assert sees(world, "fenna", record) == "grant.revoked"


def test_a_mapping_that_is_removed_takes_all_that_it_gave(idp: Provider) -> None:
    """Removing it ends every member's grant at once, and the group gives nothing more."""
    world = idp.world
    record = come(idp, "hedy", "Hedy Novak")
    mapping = idp.mapped("Gone desk")
    group = idp.group("Gone desk", "hedy")
    assert sees(world, "hedy", record) == "done"
    assert world.line("bram").remove_group_mapping(ACME, mapping).status == "removed"
    assert sees(world, "hedy", record) == "grant.revoked"
    world.shift += timedelta(seconds=1)
    assert put(idp, group, "Gone desk") == 200
    assert put(idp, group, "Gone desk", "hedy") == 200
    assert sees(world, "hedy", record) == "grant.revoked"
    bram = world.line("bram")
    assert code_of(lambda: bram.approve_group_mapping(ACME, mapping)) == "lifecycle.event"


def test_a_grant_by_a_group_ends_with_its_days(idp: Provider) -> None:
    """After the template's days the right is over, and no word of the provider renews it."""
    world = idp.world
    record = come(idp, "iris", "Iris Tanaka")
    idp.mapped("Short desk", days=2)
    group = idp.group("Short desk", "iris")
    idp.make("jan")
    assert sees(world, "iris", record) == "done"
    world.shift += timedelta(days=2, seconds=1)
    assert sees(world, "iris", record) == "grant.expired"
    assert put(idp, group, "Short desk", "iris", "jan") == 200
    assert sees(world, "iris", record) == "grant.expired"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"verbs": ["people"]}, "mapping.verbs"),
        ({"verbs": ["grant"]}, "mapping.verbs"),
        ({"verbs": ["provision"]}, "mapping.verbs"),
        ({"verbs": ["reveal", "approve"]}, "mapping.verbs"),
        ({"daily": 100_001}, "mapping.daily"),
        ({"purposes": ["resale"]}, "purpose.not_in_agreement"),
        ({"elements": ["person.shoe_size"]}, "grant.elements"),
        ({"elements": []}, "body.shape"),
        ({"days": 367}, "body.shape"),
        ({"group": ""}, "mapping.group"),
        ({"external_id": "both"}, "mapping.group"),
    ],
)
def test_what_a_mapping_may_not_give(changed: dict[str, Any], code: str, idp: Provider) -> None:
    """Nothing that takes a second person each time, nothing outside the agreement."""
    wanted: dict[str, Any] = {
        "verbs": ["reveal"],
        "elements": ["person.name"],
        "purposes": [PAYMENT],
        "days": 30,
        "group": "Anything",
    } | changed
    ada = idp.world.line("ada")
    assert code_of(lambda: ada.propose_group_mapping(ACME, **wanted)) == code


def test_nobody_gives_themselves_by_a_group(idp: Provider) -> None:
    """Not the proposer, not the approver, not whoever has seen the provider's key."""
    world = idp.world
    record = world.protect("self-subject")
    for who in ("ada", "bram", "esra"):
        idp.make(f"{who}.self")
        by = "bram" if who == "ada" else "ada"
        world.line(by).adopt_provisioned(idp.users[f"{who}.self"], world.ids[who])
    idp.mapped("Self desk")
    group = idp.group("Self desk", "ada.self", "bram.self", "esra.self")
    assert sees(world, "ada", record) == "grant.missing"
    assert sees(world, "bram", record) == "grant.missing"
    assert sees(world, "esra", record) == "done"
    world.line("ada").grant(HOUSE, world.ids["esra"], verbs=["people"], until=world.until())
    assert put(idp, group, "Self desk") == 200
    world.shift += timedelta(seconds=1)
    with provider(world, by="esra") as other:
        other.users = idp.users
        assert put(other, group, "Self desk", "esra.self") == 200
    assert sees(world, "esra", record) == "grant.revoked"


def test_nobody_approves_their_own_mapping(idp: Provider) -> None:
    """A mapping of one person alone gives nothing; another controller's is not found."""
    ada = idp.world.line("ada")
    made = ada.propose_group_mapping(
        ACME, verbs=["reveal"], elements=["person.name"], purposes=[PAYMENT], days=3, group="Own"
    )
    assert code_of(lambda: ada.approve_group_mapping(ACME, made.mapping)) == "self.approve"
    bram = idp.world.line("bram")
    assert code_of(lambda: bram.approve_group_mapping(GLOBEX, made.mapping)) == "mapping.unknown"
    esra = idp.world.line("esra")
    assert code_of(lambda: esra.approve_group_mapping(ACME, made.mapping)) == "grant.missing"


def test_a_provider_can_do_nothing_else(idp: Provider) -> None:
    """Its key reads no data, no register and no log, and grants and invites nobody."""
    world = idp.world
    world.keys["idp"] = speak(world)
    line = world.line("idp")
    world.ids["idp"] = next(
        one.principal
        for one in reversed(world.line("ada").list_people().people)
        if one.name.startswith("provider-")
    )
    record = world.protect("provider-subject")
    tried = {
        "reveal": lambda: line.reveal(ACME, PAYMENT, ["person.name"], records=[record]),
        "people": line.list_people,
        "provisioned": line.list_provisioned,
        "grants": lambda: line.list_grants(ACME),
        "mappings": lambda: line.list_group_mappings(ACME),
        "mapping": lambda: line.propose_group_mapping(
            ACME, verbs=["reveal"], elements=["person.name"], purposes=[PAYMENT], days=1, group="X"
        ),
        "consents": lambda: line.list_consents(ACME),
        "leave": lambda: line.leave(world.ids["bram"]),
        "grant": lambda: line.grant(
            HOUSE, world.ids["bram"], verbs=["people"], until=world.until()
        ),
    }
    codes = {name: code_of(act) for name, act in tried.items()}
    assert set(codes.values()) <= {"controller.unknown", "grant.missing"}, codes


def test_provision_stands_alone(idp: Provider) -> None:
    """No person holds it, and no service beside any other right, in either order."""
    world, ada = idp.world, idp.world.line("ada")

    def give(to: str, *verbs: str, at: str = HOUSE, **more: Any) -> str:
        until = world.until()
        return code_of(lambda: ada.grant(at, world.ids[to], verbs=list(verbs), until=until, **more))

    assert give("bram", "provision") == "grant.for_providers"
    world.service("lonely")
    assert give("lonely", "provision", "audit") == "grant.for_providers"
    assert give("lonely", "provision", at=ACME) == "grant.place"
    assert give("importer", "provision") == "grant.for_providers"
    assert give("lonely", "provision") == "done"
    reveal = {"elements": ["person.name"], "purposes": [PAYMENT]}
    assert give("lonely", "reveal", at=ACME, **reveal) == "grant.for_providers"
    world.service("helper-of-people", mode="acting-for")
    assert give("helper-of-people", "provision") == "grant.for_providers"
