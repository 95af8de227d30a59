"""The register: who comes in, how, and that whoever leaves has lost everything (C2.5(1)(2)(6))."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.access import Access, Ask, store, tables
from bailee.db import HOUSE
from bailee.errors import Conflict, Failure, Invalid, NotFound, Refused, Unauthenticated
from tests.access.world import DAY, World

ASK = Ask("reveal", "acme", "payments", ("person.name",))


def refused(world: World, code: str, work: Callable[[sa.Connection], Any]) -> Failure:
    """Run work that must fail with this code and leave nothing behind."""
    before = world.database.read(HOUSE, everything)
    with pytest.raises(Failure) as caught:
        world.do(work)
    assert caught.value.code == code
    assert world.database.read(HOUSE, everything) == before
    return caught.value


def everything(conn: sa.Connection) -> list[Any]:
    """Return every row of the house."""
    rows: list[Any] = [store.epoch(conn)]
    for table in (
        tables.PRINCIPAL,
        tables.CREDENTIAL,
        tables.INVITATION,
        tables.GRANT,
        tables.REACH,
    ):
        rows += [tuple(row) for row in conn.execute(sa.select(table))]
    return rows


def test_a_house_is_founded_once(world: World) -> None:
    """The founder holds people, grant and audit; nobody founds the house again."""
    ada = world.found()
    held = world.do(lambda c: store.grants(c, HOUSE, ada.principal_id))
    assert [grant.verbs for grant in held] == [("people", "grant", "audit")]
    error = refused(
        world, "house.founded", lambda c: world.access.init_administrator(c, world.person("ben"))
    )
    assert isinstance(error, Conflict)
    assert [entry["action"] for entry in world.entries()] == ["access:house:founded"]


def test_two_founders_at_once(world: World) -> None:
    """Of two people who found the house at the same moment one is told that it is founded."""
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def found(nick: str) -> None:
        person = world.person(nick)
        barrier.wait()
        try:
            world.do(lambda c: world.access.init_administrator(c, person))
            outcomes.append("founded")
        except Conflict as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=found, args=(nick,)) for nick in ("ada", "ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["founded", "house.founded"]


def test_the_founder_is_a_named_person_too(world: World) -> None:
    """A house is not founded by a shared identity, nor by somebody without an undertaking."""
    for changed, code in (
        ({"name": "Admin"}, "person.shared"),
        ({"undertaking": ""}, "person.undertaking"),
    ):
        person = world.person("ada", **changed)
        refused(world, code, partial(world.access.init_administrator, person=person))


def test_an_invitation_makes_a_person(house: World) -> None:
    """Invited, then active, with a key of their own; every step is in the house's log."""
    people = house.do(lambda c: house.access.register(c, house.callers["ada"]))
    assert [(one.kind, one.state) for one in people] == [("person", "active")] * 3
    actions = [entry["action"] for entry in house.entries()]
    assert (
        actions
        == ["access:house:founded"] + ["access:person:invited", "access:person:accepted"] * 2
    )


def test_no_name_and_no_address_reaches_the_ledger(house: World) -> None:
    """Entries name people by id alone (C2.5(5))."""
    house.give("cleo")
    house.do(
        lambda c: house.access.leave(c, house.callers["ada"], house.callers["cleo"].principal_id)
    )
    text = str(house.entries() + house.entries("acme")).lower()
    for word in ("lindqvist", "harbour", "@", "cleo", "nda-2026"):
        assert word not in text


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": "Shared Team"}, "person.shared"),
        ({"email": "ops@harbour.example"}, "person.shared"),
        ({"email": "ADA.lindqvist@harbour.example"}, "person.email_taken"),
        ({"employer": ""}, "person.employer"),
        ({"undertaken": None}, "person.undertaking"),
        ({"relation": "controller-representative", "represents": "nowhere"}, "controller.unknown"),
    ],
)
def test_who_is_not_invited(house: World, changed: dict[str, Any], code: str) -> None:
    """A refused invitation enters nobody."""
    person = house.person("dora", **changed)
    refused(house, code, lambda c: house.access.invite(c, house.callers["ada"], person))


def test_only_people_s_holder_lets_people_in(house: World) -> None:
    """Inviting, adding services and moving people takes 'people' at the house."""
    ben, cleo = house.callers["ben"], house.callers["cleo"].principal_id
    acts: list[Callable[[sa.Connection], Any]] = [
        lambda c: house.access.invite(c, ben, house.person("dora")),
        lambda c: house.access.renew(c, ben, cleo),
        lambda c: house.access.add_service(c, ben, name="x", mode="autonomous", owner=cleo),
        lambda c: house.access.suspend(c, ben, cleo),
        lambda c: house.access.resume(c, ben, cleo),
        lambda c: house.access.move(c, ben, cleo),
        lambda c: house.access.leave(c, ben, cleo),
        lambda c: house.access.register(c, ben),
        lambda c: house.access.mint_key(c, ben, cleo),
    ]
    for act in acts:
        refused(house, "grant.missing", act)


def test_an_invitation_works_once(house: World) -> None:
    """A second acceptance is refused, and tells the person what it may mean."""
    done = house.do(lambda c: house.access.invite(c, house.callers["ada"], house.person("dora")))
    house.do(lambda c: house.access.accept(c, done.result.secret))
    error = refused(house, "invitation.used", lambda c: house.access.accept(c, done.result.secret))
    assert isinstance(error, Unauthenticated)
    assert "administrator" in error.do


def test_an_invitation_ends_after_72_hours(house: World) -> None:
    """At 72 hours it is too late, a moment before it is not."""
    first, second = (
        house.do(
            partial(house.access.invite, caller=house.callers["ada"], person=house.person(name))
        ).result
        for name in ("dora", "emil")
    )
    house.moment += timedelta(hours=72) - timedelta(milliseconds=1)
    house.do(lambda c: house.access.accept(c, first.secret))
    house.moment += timedelta(milliseconds=1)
    refused(house, "invitation.expired", lambda c: house.access.accept(c, second.secret))


@pytest.mark.parametrize("secret", ["", "bi_", "x" * 53, "\u00e9" * 53])
def test_an_invented_invitation_is_unknown(house: World, secret: str) -> None:
    """Nobody comes in with a secret that was never given, nor with a key."""
    refused(house, "invitation.unknown", lambda c: house.access.accept(c, secret))
    refused(house, "invitation.unknown", lambda c: house.access.accept(c, house.keys["ada"]))


def test_a_renewal_replaces_key_and_invitation(house: World) -> None:
    """The older open invitation ends at once, the older key when the new one is accepted."""
    cleo = house.callers["cleo"].principal_id
    first, second = (
        house.do(lambda c: house.access.renew(c, house.callers["ada"], cleo)).result for _ in "ab"
    )
    refused(house, "invitation.withdrawn", lambda c: house.access.accept(c, first.secret))
    house.do(lambda c: house.access.authenticate(c, house.keys["cleo"]))
    house.do(lambda c: house.access.accept(c, second.secret))
    refused(house, "credential.revoked", lambda c: house.access.authenticate(c, house.keys["cleo"]))


def test_nobody_renews_themselves(house: World) -> None:
    """An administrator's own new key comes from rotation or from somebody else."""
    ada = house.callers["ada"]
    refused(house, "self.mint", lambda c: house.access.renew(c, ada, ada.principal_id))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": "Admin Service"}, "service.name"),
        ({"name": ""}, "service.name"),
        ({"name": "x" * 64}, "service.name"),
        ({"name": "importer"}, "service.name_taken"),
        ({"mode": "free"}, "service.mode"),
        ({"owner": "nobody"}, "principal.unknown"),
    ],
)
def test_services_are_told_apart(house: World, changed: dict[str, Any], code: str) -> None:
    """A service has a name of its own, a mode, and a living person who answers for it."""
    ada = house.callers["ada"]
    house.service("importer")
    values: dict[str, Any] = {"name": "exporter", "mode": "autonomous", "owner": ada.principal_id}
    values |= changed
    refused(house, code, lambda c: house.access.add_service(c, ada, **values))


def test_no_service_answers_for_a_service(house: World) -> None:
    """A service is owned by one of our own people."""
    ada, importer = house.callers["ada"], house.service("importer")
    theirs = house.join("greta", relation="controller-representative", represents="acme")
    for owner in (importer, theirs.principal_id):
        refused(
            house,
            "service.owner",
            partial(house.access.add_service, caller=ada, name="x", mode="autonomous", owner=owner),
        )


def test_suspension_shuts_out_and_keeps(house: World) -> None:
    """A suspended person's key works for nothing; resumed, all is as before."""
    house.give("cleo")
    ada, cleo = house.callers["ada"], house.callers["cleo"]
    house.do(lambda c: house.access.suspend(c, ada, cleo.principal_id))
    refused(
        house,
        "credential.principal_suspended",
        lambda c: house.access.authenticate(c, house.keys["cleo"]),
    )
    refused(house, "credential.principal_suspended", lambda c: house.access.decide(c, cleo, ASK))
    house.do(lambda c: house.access.resume(c, ada, cleo.principal_id))
    assert house.do(lambda c: house.access.decide(c, cleo, ASK)).allowed


STATES: dict[str, list[str]] = {
    "invited": [], "active": ["accept"], "suspended": ["accept", "suspend"],
    "left": ["accept", "leave"],
}  # fmt: skip
EVENTS: dict[str, Callable[[Access], Callable[..., Any]]] = {
    "suspend": lambda access: access.suspend,
    "resume": lambda access: access.resume,
    "leave": lambda access: access.leave,
}
FITS = {
    ("invited", "leave"), ("active", "suspend"), ("active", "leave"), ("suspended", "resume"),
    ("suspended", "leave"),
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", EVENTS)
def test_the_life_of_a_person(world: World, state: str, event: str) -> None:
    """Each event in each state either fits or is refused with nothing changed."""
    ada = world.found()
    shown = world.do(lambda c: world.access.invite(c, ada, world.person("dora"))).result
    who = shown.principal_id
    for step in STATES[state]:
        if step == "accept":
            world.do(lambda c: world.access.accept(c, shown.secret))
        else:
            world.do(partial(EVENTS[step](world.access), caller=ada, principal_id=who))
    if (state, event) in FITS:
        world.do(partial(EVENTS[event](world.access), caller=ada, principal_id=who))
    else:
        act = partial(EVENTS[event](world.access), caller=ada, principal_id=who)
        refused(world, "lifecycle.event", act)


def test_a_leaver_has_lost_everything(house: World) -> None:
    """Keys, tokens, grants, requests, invitations and keys seen: one commit (C2.5(6))."""
    ada, cleo = house.callers["ada"], house.callers["cleo"]
    console, importer = house.service("console", "acting-for"), house.service("importer")
    house.mint("console", console)
    house.give("cleo")
    house.give("cleo", controller="globex")
    house.give("cleo", controller=HOUSE, verbs=["people"], elements=[], purposes=[])
    house.mint("importer", importer, by="cleo")
    token = house.do(lambda c: house.access.act_for(c, cleo, console)).result
    invited = house.do(lambda c: house.access.invite(c, cleo, house.person("dora"))).result
    house.do(
        lambda c: house.access.request_approval(
            c, cleo, controller="acme", purpose="payments", elements=["person.name"],
            maximum=5, until=house.moment + DAY,
        ),
        "acme",
    )  # fmt: skip
    seen = house.do(lambda c: house.access.keys_seen_by(c, ada, cleo.principal_id))
    assert [one.principal for one in seen] == [importer]

    house.do(lambda c: house.access.leave(c, ada, cleo.principal_id))

    access = house.access
    refused(
        house, "credential.principal_left", lambda c: access.authenticate(c, house.keys["cleo"])
    )
    refused(house, "credential.principal_left", lambda c: access.decide(c, cleo, ASK))
    refused(house, "credential.revoked", lambda c: access.authenticate(c, house.keys["importer"]))
    refused(
        house,
        "credential.principal_left",
        lambda c: access.authenticate(c, house.keys["console"], person_token=token.secret),
    )
    refused(house, "invitation.withdrawn", lambda c: access.accept(c, invited.secret))
    for controller in ("acme", "globex", HOUSE):
        held = house.do(
            partial(store.grants, controller=controller, principal_id=cleo.principal_id), controller
        )
        assert [grant.state for grant in held] == ["revoked"]
        assert "access:rights:ended" in [entry["action"] for entry in house.entries(controller)]
    asked = house.do(lambda c: store.approvals(c, "acme"), "acme")
    assert [one.state for one in asked] == ["withdrawn"]
    ended = [e for e in house.entries("acme") if e["action"] == "access:rights:ended"]
    assert ended[0]["detail"] == {"approvals": 1, "grants": 1}
    assert ended[0]["obligations"] == ["C2.5(6)"]


def test_a_leaver_s_services_need_another_owner(house: World) -> None:
    """Leaving names the services that nobody answers for any more."""
    ada, ben = house.callers["ada"], house.callers["ben"]
    kept = house.do(
        lambda c: house.access.add_service(
            c, ada, name="importer", mode="autonomous", owner=ben.principal_id
        )
    ).result.principal_id
    house.service("other")
    assert house.do(lambda c: house.access.leave(c, ada, ben.principal_id)).result == (kept,)


def test_a_service_is_retired_like_a_leaver(house: World) -> None:
    """Retiring a service ends its keys, and its name is free again."""
    ada, importer = house.callers["ada"], house.service("importer")
    house.mint("importer", importer)
    house.do(lambda c: house.access.leave(c, ada, importer))
    refused(
        house,
        "credential.principal_left",
        lambda c: house.access.authenticate(c, house.keys["importer"]),
    )
    assert house.service("importer") != importer


def test_a_mover_starts_again_from_nothing(house: World) -> None:
    """Moving ends every right and keeps identity and key."""
    house.give("cleo")
    cleo = house.callers["cleo"]
    house.do(lambda c: house.access.move(c, house.callers["ada"], cleo.principal_id))
    assert house.do(lambda c: house.access.authenticate(c, house.keys["cleo"])) == cleo
    refused(house, "grant.revoked", lambda c: house.access.decide(c, cleo, ASK))


def test_the_address_of_a_leaver_is_free(house: World) -> None:
    """Whoever comes back is invited anew, under another id."""
    before = house.callers["cleo"].principal_id
    house.do(lambda c: house.access.leave(c, house.callers["ada"], before))
    assert house.join("cleo").principal_id != before


def test_the_last_administrator_stays(house: World) -> None:
    """No act may leave the house without somebody who can let people in and give rights."""
    ada = house.callers["ada"]
    founding = house.do(lambda c: store.grants(c, HOUSE, ada.principal_id))[0]
    for act in (
        lambda c: house.access.leave(c, ada, ada.principal_id),
        lambda c: house.access.suspend(c, ada, ada.principal_id),
        lambda c: house.access.move(c, ada, ada.principal_id),
        lambda c: house.access.revoke_key(c, ada, ada.key_id),
        lambda c: house.access.revoke_grant(c, ada, HOUSE, founding.grant_id),
    ):
        refused(house, "administrator.last", act)
    verbs = ["people", "grant"]
    house.give("ben", controller=HOUSE, verbs=verbs, elements=[], purposes=[])
    house.do(lambda c: house.access.leave(c, ada, ada.principal_id))


def test_unknown_ids_are_not_found(house: World) -> None:
    """Acts on somebody who does not exist are not found."""
    access = house.access
    acts: list[Callable[..., Any]] = [access.leave, access.suspend, access.renew, access.move]
    for act in acts:
        error = refused(
            house,
            "principal.unknown",
            partial(act, caller=house.callers["ada"], principal_id="f" * 32),
        )
        assert isinstance(error, NotFound)


def test_a_refusal_is_recorded_apart(house: World) -> None:
    """A refused act is recorded with its code, in the house's log if the caller sees no other."""
    cleo = house.callers["cleo"]
    failure = Refused("grant.missing", "No.")
    house.do(
        lambda c: house.access.note_refusal(c, cleo, "acme", verb="grant", failure=failure), "acme"
    )
    entry = house.entries()[-1]
    assert (entry["decision"], entry["detail"]) == (
        "refused",
        {"code": "grant.missing", "verb": "grant"},
    )
    house.give("cleo")
    house.do(
        lambda c: house.access.note_refusal(c, cleo, "acme", verb="grant", failure=failure), "acme"
    )
    assert house.entries("acme")[-1]["decision"] == "refused"


def test_invalid_is_not_refused(house: World) -> None:
    """Nonsense is told apart from what is forbidden."""
    with pytest.raises(Invalid):
        house.join("dora", email="nonsense")
