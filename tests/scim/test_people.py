"""The identity provider makes people who are nobody yet, and ends them at once (C2.5(6))."""

from __future__ import annotations

from typing import Any

import pytest

from bailee.db import HOUSE
from tests.journeys.world import ACME, GLOBEX, PAYMENT, code_of
from tests.scim.world import GROUP, HERE, PATCH, USER, Provider

SECRET = "ferrous 7 walrus umbrella"
OKTA = {"op": "replace", "value": {"active": False}}
ENTRA = {"op": "Replace", "path": "active", "value": "False"}
ENDINGS: dict[str, Any] = {
    "patch without a path": lambda idp, one: idp.patch(f"/Users/{one}", OKTA),
    "patch with a path and a string": lambda idp, one: idp.patch(f"/Users/{one}", ENTRA),
    "patch with a schema's path": lambda idp, one: idp.patch(
        f"/Users/{one}", {"op": "replace", "path": f"{USER}:active", "value": False}
    ),
    "put": lambda idp, one: idp.say(
        "PUT", f"/Users/{one}", {"schemas": [USER], "userName": f"{one}@x", "active": False}
    ),
    "delete": lambda idp, one: idp.say("DELETE", f"/Users/{one}"),
}


def test_whoever_scim_makes_is_nobody_until_admitted_and_accepted(idp: Provider) -> None:
    """A made user is not in the register, holds nothing, and enters by one of ours alone."""
    before = len(idp.world.line("ada").list_people().people)
    made = idp.make("petra", name={"givenName": "Petra", "familyName": "Okonjo"})
    assert made["meta"]["location"] == f"/scim/v2/Users/{made['id']}"
    ada = idp.world.line("ada")
    assert len(ada.list_people().people) == before
    (row,) = [one for one in ada.list_provisioned().people if one.user == made["id"]]
    assert (row.status, row.principal) == ("waiting", "")

    def admit(**more: str) -> str:
        said = {
            "name": "Petra Okonjo",
            "employer": "Harborline",
            "email": "petra@harborline.example",
            "undertaking": "NDA-7",
            "undertaken": "2026-01-05",
        } | more
        return code_of(lambda: ada.admit_provisioned(made["id"], **said))

    assert admit(undertaking=" ") == "person.undertaking"
    assert admit(employer=" ") == "person.employer"
    assert admit(undertaken="2099-01-01") == "person.undertaking"
    assert admit(email="ada@harborline.example") == "person.email_taken"
    idp.admit("petra", "Petra Okonjo")
    (row,) = [one for one in ada.list_provisioned().people if one.user == made["id"]]
    assert (row.status, row.principal) == ("active", idp.world.ids["petra"])
    line = idp.world.line("petra")
    assert code_of(lambda: line.reveal(ACME, PAYMENT, ["person.name"], records=["r"])) in {
        "controller.unknown",
        "grant.missing",
    }
    assert admit() == "scim.admitted"


@pytest.mark.parametrize("how", ENDINGS)
def test_an_end_by_scim_ends_everything_at_once(how: str, idp: Provider) -> None:
    """Keys, sessions, grants, approvals, codes, invitations: the very next call is refused."""
    world, who = idp.world, f"leaver{list(ENDINGS).index(how)}"
    record = world.protect(f"{who}-subject")
    user = idp.make(who)["id"]
    idp.admit(who, f"Leaf {'Abcde'[list(ENDINGS).index(how)]}nders")
    world.give(ACME, who, ["reveal"], "person.name")
    world.give(GLOBEX, who, ["list"], "person.name")
    line, ada, bram = world.line(who), world.line("ada"), world.line("bram")
    line.request_approval(
        ACME, PAYMENT, ["person.name"], subjects=5, until=world.until(1), reason="a bulk of letters"
    )
    code = bram.issue_code(ACME, world.ids[who])
    again = ada.renew_invitation(world.ids[who])
    nobody = world.line()
    session = nobody.set_password(again.secret, SECRET)
    other = ada.renew_invitation(world.ids[who])
    in_session = type(line)("http://localhost", session.token, transport=world.transport())

    def reads() -> str:
        return code_of(lambda: in_session.reveal(ACME, PAYMENT, ["person.name"], records=[record]))

    assert reads() == "done"
    answer = ENDINGS[how](idp, user)
    assert answer.status_code in {200, 204}, answer.text

    assert reads() == "credential.principal_left"
    assert code_of(line.list_sessions) == "credential.principal_left"
    assert code_of(lambda: nobody.accept_invitation(other.secret)) == "invitation.withdrawn"
    mail = f"{who}@harborline.example"
    assert code_of(lambda: nobody.sign_in(mail, SECRET)) == "sign_in.refused"
    for controller in (ACME, GLOBEX):
        mine = [
            one.status
            for one in ada.list_grants(controller).grants
            if one.principal == world.ids[who]
        ]
        assert mine == ["revoked"]
    with world.rows() as conn:
        rows = {
            table: conn.exec_driver_sql(
                f"SELECT state FROM {table} WHERE {column} = '{world.ids[who]}'"
            ).scalars()
            for table, column in (
                ("approval", "requester"),
                ("break_glass_code", "principal"),
                ("credential", "principal"),
            )
        }
        assert set(rows["approval"]) == {"withdrawn"}
        assert set(rows["break_glass_code"]) == {"revoked"}
        assert set(rows["credential"]) == {"revoked"}
    assert code.code
    (person,) = [one for one in ada.list_people().people if one.principal == world.ids[who]]
    assert person.status == "left"


def test_nobody_comes_back_by_being_set_active(idp: Provider) -> None:
    """Set active again, a user is nobody: no identity, no right, no group, until admitted anew."""
    world = idp.world
    user = idp.make("rana")["id"]
    idp.admit("rana", "Rana Wójcik")
    group = idp.group("Returners", "rana")
    world.give(ACME, "rana", ["reveal"], "person.name")
    assert idp.patch(f"/Users/{user}", ENTRA).status_code == 200
    back = idp.patch(f"/Users/{user}", {"op": "replace", "path": "active", "value": True})
    assert back.json()["active"] is True

    assert code_of(lambda: world.line("rana").list_sessions()) == "credential.principal_left"
    (row,) = [one for one in world.line("ada").list_provisioned().people if one.user == user]
    assert (row.status, row.principal) == ("waiting", "")
    assert "members" not in idp.say("GET", f"/Groups/{group}").json()
    first = world.ids["rana"]
    idp.admit("rana", "Rana Wójcik")
    assert world.ids["rana"] != first
    assert [one for one in world.line("ada").list_grants(ACME).grants if one.principal == first]
    assert not [
        one
        for one in world.line("ada").list_grants(ACME).grants
        if one.principal == world.ids["rana"]
    ]


def test_who_leaves_by_our_own_hand_has_left_the_groups_too(idp: Provider) -> None:
    """A leaver's user stays the provider's, and is nobody here, in no group."""
    user = idp.make("sanne")["id"]
    idp.admit("sanne", "Sanne Brouwer")
    group = idp.group("Harbour office", "sanne")
    idp.world.line("ada").leave(idp.world.ids["sanne"])

    assert "members" not in idp.say("GET", f"/Groups/{group}").json()
    (row,) = [one for one in idp.world.line("ada").list_provisioned().people if one.user == user]
    assert (row.status, row.principal) == ("waiting", "")


def test_somebody_who_is_here_already_is_adopted(idp: Provider) -> None:
    """An adopted user is that person: the provider ends them, and nobody adopts for themselves."""
    world = idp.world
    world.invite("tove", "Tove Sandberg")
    user = idp.make("tove")["id"]
    ada = world.line("ada")
    itself = code_of(lambda: ada.adopt_provisioned(user, world.ids["ada"]))
    assert itself == "self.adopt"
    assert ada.adopt_provisioned(user, world.ids["tove"]).status == "adopted"
    other = idp.make("tove.second")["id"]
    assert code_of(lambda: ada.adopt_provisioned(other, world.ids["tove"])) == "scim.admitted"
    assert idp.say("DELETE", f"/Users/{user}").status_code == 204
    assert code_of(lambda: world.line("tove").list_sessions()) == "credential.principal_left"
    assert idp.say("GET", f"/Users/{user}").status_code == 404


def test_the_last_administrator_stays(idp: Provider) -> None:
    """An end that would leave nobody with 'people' and 'grant' is refused, and changes nothing."""
    world = idp.world
    bram = world.line("bram")
    user = idp.make("ada.adopted")["id"]
    bram.adopt_provisioned(user, world.ids["ada"])
    held = [
        one.grant
        for one in bram.list_grants(HOUSE).grants
        if one.principal == world.ids["bram"] and "people" in one.verbs and one.status == "living"
    ]
    for grant in held:
        world.line("ada").revoke_grant(HOUSE, grant)
    for answer in (idp.patch(f"/Users/{user}", OKTA), idp.say("DELETE", f"/Users/{user}")):
        assert answer.status_code == 409
        assert answer.json()["detail"].startswith("administrator.last")
    assert idp.say("GET", f"/Users/{user}").json()["active"] is True
    assert world.line("ada").list_people().people
    world.line("ada").grant(
        HOUSE, world.ids["bram"], verbs=["people", "grant"], until=world.until(60)
    )


def test_a_provider_that_ends_who_saw_its_key_ends_itself(
    idp: Provider,
) -> None:
    """Whoever was shown the key leaves, and the key with them, as every key that they saw."""
    from tests.scim.world import provider  # noqa: PLC0415 - another provider beside the shared one

    world = idp.world
    world.invite("uma", "Uma Castellanos")
    world.line("ada").grant(HOUSE, world.ids["uma"], verbs=["people"], until=world.until())
    user = idp.make("uma")["id"]
    world.line("ada").adopt_provisioned(user, world.ids["uma"])
    with provider(world, by="uma") as other:
        assert other.patch(f"/Users/{user}", OKTA).status_code == 200
        assert other.say("GET", f"/Users/{user}").status_code == 401
    assert idp.say("GET", f"/Users/{user}").json()["active"] is False


def test_names_are_one_however_they_are_written(idp: Provider) -> None:
    """A user name in capitals, or in wide letters, is taken; so is a group's."""
    idp.make("Vera.Moss")
    for name in (
        "VERA.MOSS@harborline.example",
        "vera.moss@HARBORLINE.example",
        "\uff36era.moss@harborline.example",  # a full-width V
    ):
        answer = idp.say("POST", "/Users", {"schemas": [USER], "userName": name})
        assert answer.status_code == 409
        assert answer.json()["scimType"] == "uniqueness"
    found = idp.say("GET", '/Users?filter=userName%20eq%20"VERA.moss@harborline.example"').json()
    assert [one["userName"] for one in found["Resources"]] == ["Vera.Moss@harborline.example"]
    idp.group("Night desk")
    answer = idp.say("POST", "/Groups", {"schemas": [GROUP], "displayName": "NIGHT DESK"})
    assert answer.json()["scimType"] == "uniqueness"


def test_what_is_not_said_stays_and_what_is_not_kept_is_dropped(idp: Provider) -> None:
    """A PUT without 'active' ends nobody; telephones are dropped; the employer is kept."""
    made = idp.make(
        "wanda",
        phoneNumbers=[{"value": "+1 555 0100", "type": "work"}],
        title="Clerk",
        **{HERE: {"employer": "Harborline"}},
    )
    assert "phoneNumbers" not in made
    assert made[HERE] == {"employer": "Harborline"}
    idp.admit("wanda", "Wanda Fairweather")
    body = {"schemas": [USER], "userName": made["userName"], "displayName": "Wanda F."}
    assert idp.say("PUT", f"/Users/{made['id']}", body).status_code == 200
    assert code_of(lambda: idp.world.line("wanda").list_sessions()) == "done"
    with idp.world.rows() as conn:
        kept = conn.exec_driver_sql(
            f"SELECT body FROM scim_user WHERE user_id = '{made['id']}'"
        ).scalar_one()
    assert "555" not in kept
    assert "Clerk" not in kept


def test_a_change_of_an_older_version_is_refused(idp: Provider) -> None:
    """If-Match with another version changes nothing and answers 412 (RFC 7644 3.14)."""
    made = idp.make("xenia")
    path, tag = f"/Users/{made['id']}", made["meta"]["version"]
    first = {"schemas": [PATCH], "Operations": [{"op": "add", "path": "displayName", "value": "X"}]}
    assert idp.say("PATCH", path, first, if_match=tag).status_code == 200
    assert idp.say("PATCH", path, first, if_match=tag).status_code == 412
    assert idp.say("DELETE", path, if_match=tag).status_code == 412
    assert idp.say("GET", path).status_code == 200
