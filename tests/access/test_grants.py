"""Giving, taking and explaining rights (C2.4, C2.5(4), C7.2(2))."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.access import Ask, store
from bailee.access.grant import ADMINISTRATION, DATA_VERBS, FOR_SERVICES
from bailee.db import HOUSE
from bailee.errors import Failure, NotFound, Refused
from tests.access.world import DAY, World

ASK = Ask("reveal", "acme", "payments", ("person.name",))
ADMIN: dict[str, Any] = {"elements": [], "purposes": []}


def refused(world: World, code: str, work: Callable[[sa.Connection], Any]) -> Failure:
    """Run work at acme that must fail with this code and leave no grant or entry behind."""
    before = world.do(lambda c: store.grants(c, "acme"), "acme"), world.entries("acme")
    with pytest.raises(Failure) as caught:
        world.do(work, "acme")
    assert caught.value.code == code
    assert before == (world.do(lambda c: store.grants(c, "acme"), "acme"), world.entries("acme"))
    return caught.value


def not_given(world: World, code: str, to: str, **changed: Any) -> None:
    """Try to give a grant that must be refused with this code."""
    with pytest.raises(Failure) as caught:
        world.give(to, **changed)
    assert caught.value.code == code


def test_a_grant_allows_what_it_says(house: World) -> None:
    """Given, it allows; its entry names verbs, elements and purpose, and the clause it serves."""
    new = house.give("cleo")
    decision = house.do(lambda c: house.access.decide(c, house.callers["cleo"], ASK))
    assert (decision.grant_id, dict(decision.views)) == (new.grant_id, {"person.name": "plain"})
    entry = house.entries("acme")[-1]
    assert entry["action"] == "access:grant:given"
    assert entry["detail"] == {"verbs": "reveal", "until": "2026-04-01", "daily": 200}
    assert (entry["elements"], entry["purpose"]) == (["person.name"], "payments")
    assert (entry["obligations"], entry["agreement"]) == (["C2.5(4)"], "v1")
    assert entry["context"]["principal_id"] == house.callers["cleo"].principal_id


@pytest.mark.parametrize("verb", sorted(DATA_VERBS - FOR_SERVICES))
def test_every_verb_in_every_wrong_way(house: World, verb: str) -> None:
    """ASVS 8.2.3: wrong controller, person, element, purpose, ended, revoked: each has its code."""
    element = "person.name:initials" if verb == "reveal-masked" else "person.name"
    grant = house.give("cleo", verbs=[verb], elements=[element])
    ada, ben, cleo = (house.callers[name] for name in ("ada", "ben", "cleo"))
    ask = replace(ASK, verb=verb)
    decide = house.access.decide
    assert house.do(lambda c: decide(c, cleo, ask), "acme").allowed
    wrong: list[tuple[str, Any, Ask]] = [
        ("controller.unknown", cleo, replace(ask, controller="globex")),
        ("controller.unknown", cleo, replace(ask, controller="nowhere")),
        ("grant.missing", ada, ask),
        ("grant.missing", ben, ask),
        ("grant.element", cleo, replace(ask, elements=("person.ssn",))),
        ("element.not_in_agreement", cleo, replace(ask, elements=("person.email",))),
        ("element.not_in_agreement", cleo, replace(ask, elements=("078-05-1120",))),
        ("grant.purpose", cleo, replace(ask, purpose="support")),
        ("purpose.not_in_agreement", cleo, replace(ask, purpose="marketing")),
        ("purpose.not_in_agreement", cleo, replace(ask, purpose="")),
    ]
    for code, caller, asked in wrong:
        error = refused(house, code, partial(decide, caller=caller, ask=asked))
        assert isinstance(error, NotFound) is (code == "controller.unknown")
        assert "078-05-1120" not in str(error) + error.do
    house.moment += 30 * DAY
    refused(house, "grant.expired", lambda c: decide(c, cleo, ask))
    again = house.give("cleo", verbs=[verb], elements=[element])
    assert house.do(lambda c: decide(c, cleo, ask)).grant_id == again.grant_id
    for one in (grant, again):
        house.do(
            partial(
                house.access.revoke_grant, caller=ada, controller="acme", grant_id=one.grant_id
            ),
            "acme",
        )
    refused(house, "grant.revoked", lambda c: decide(c, cleo, ask))
    house.do(lambda c: house.access.revoke_key(c, ada, cleo.key_id))
    refused(house, "credential.revoked", lambda c: decide(c, cleo, ask))


@pytest.mark.parametrize(
    "verb", sorted(ADMINISTRATION - {"people", "grant", "provision", "publish"})
)
def test_administration_is_granted_too(house: World, verb: str) -> None:
    """An administration verb is decided like any other, controller by controller."""
    cleo = house.callers["cleo"]
    house.give("cleo", verbs=[verb], **ADMIN)
    assert house.do(lambda c: house.access.decide(c, cleo, Ask(verb, "acme"))).allowed
    refused(
        house, "controller.unknown", lambda c: house.access.decide(c, cleo, Ask(verb, "globex"))
    )


def test_unknown_and_foreign_look_alike(house: World) -> None:
    """A controller that exists elsewhere and one that does not give the same answer."""
    cleo = house.callers["cleo"]
    house.give("cleo")
    errors = [
        refused(
            house,
            "controller.unknown",
            partial(house.access.decide, caller=cleo, ask=replace(ASK, controller=name)),
        )
        for name in ("globex", "nowhere")
    ]
    assert str(errors[0]) == str(errors[1])
    assert errors[0].do == errors[1].do


def test_nobody_grants_to_themselves(house: World) -> None:
    """Not directly, not with any verb, not at the house."""
    not_given(house, "self.grant", "ada")
    not_given(house, "self.grant", "ada", verbs=["audit"], **ADMIN)
    not_given(house, "self.grant", "ada", controller=HOUSE, verbs=["keys"], **ADMIN)


def test_only_a_holder_of_grant_grants(house: World) -> None:
    """Without 'grant' nobody gives; 'grant' at one controller gives there alone."""
    house.give("cleo")
    not_given(house, "grant.missing", "ben", by="cleo")
    house.give("cleo", verbs=["grant"], **ADMIN)
    house.give("ben", by="cleo")
    not_given(
        house, "controller.unknown", "ben", by="cleo", controller="globex", elements=["person.name"]
    )
    not_given(house, "grant.missing", "ben", by="cleo", controller=HOUSE, verbs=["grant"], **ADMIN)


def test_power_is_not_passed_on_for_longer(house: World) -> None:
    """Whoever holds 'grant' for a week passes it on for a week at most, and never 'people'."""
    house.give("cleo", verbs=["grant"], until=house.moment + 7 * DAY, **ADMIN)
    house.give("ben", by="cleo", verbs=["grant"], until=house.moment + 7 * DAY, **ADMIN)
    changed = {"verbs": ["grant"], "until": house.moment + 8 * DAY, **ADMIN}
    not_given(house, "grant.beyond_giver", "ben", by="cleo", **changed)
    house.give("ben", controller=HOUSE, verbs=["grant"], **ADMIN)
    not_given(
        house, "grant.beyond_giver", "cleo", by="ben", controller=HOUSE, verbs=["people"], **ADMIN
    )


@pytest.mark.parametrize(
    "changed", [{"verbs": ["approve"]}, {"verbs": ["keys"]}, {"verbs": ["destroy"]}]
)
def test_two_person_verbs_wait_for_the_second(world: World, changed: dict[str, Any]) -> None:
    """An invitation is not enough: the second person must have accepted it, and be one of ours."""
    ada = world.found()
    importer = world.service("importer")
    world.join("greta", relation="controller-representative", represents="acme")
    if changed["verbs"] == ["approve"]:
        not_given(world, "second_person.missing", "greta", **changed, **ADMIN)
    not_given(world, "second_person.missing", importer, verbs=["protect"], daily=100_001)
    invited = world.do(lambda c: world.access.invite(c, ada, world.person("ben"))).result
    not_given(world, "principal.not_active", invited.principal_id, **changed, **ADMIN)
    world.enter("ben", world.do(lambda c: world.access.accept(c, invited.secret)).result)
    world.give("ben", **changed, **ADMIN)


def test_who_cannot_be_given_anything(house: World) -> None:
    """Somebody unknown, invited only, suspended or gone."""
    not_given(house, "principal.unknown", "f" * 32)
    ada, cleo = house.callers["ada"], house.callers["cleo"].principal_id
    house.do(lambda c: house.access.suspend(c, ada, cleo))
    not_given(house, "principal.not_active", "cleo")
    house.do(lambda c: house.access.leave(c, ada, cleo))
    not_given(house, "principal.not_active", "cleo")


def test_a_controller_without_agreement_is_unknown(house: World) -> None:
    """Nothing is given at a controller that has no agreement in force."""
    not_given(house, "controller.unknown", "cleo", controller="nowhere")


def test_views_that_rebuild_are_not_given(house: World) -> None:
    """The second half is refused while the first is held, and given once that has ended."""
    first = house.give("cleo", elements=["person.ssn:first5"])
    not_given(house, "view.rebuilds", "cleo", elements=["person.ssn:last4"])
    not_given(house, "view.rebuilds", "cleo", purposes=["support"], elements=["person.ssn:last4"])
    house.give("ben", elements=["person.ssn:last4"])
    ada = house.callers["ada"]
    house.do(lambda c: house.access.revoke_grant(c, ada, "acme", first.grant_id), "acme")
    house.give("cleo", elements=["person.ssn:last4"])


def test_a_revoked_grant_is_revoked_once(house: World) -> None:
    """Revoking takes 'grant', an id of that controller, and a living grant."""
    new = house.give("cleo")
    ada, cleo = house.callers["ada"], house.callers["cleo"]
    revoke = house.access.revoke_grant
    refused(house, "grant.missing", lambda c: revoke(c, cleo, "acme", new.grant_id))
    refused(house, "grant.unknown", lambda c: revoke(c, ada, "globex", new.grant_id))
    house.do(lambda c: revoke(c, ada, "acme", new.grant_id), "acme")
    refused(house, "lifecycle.event", lambda c: revoke(c, ada, "acme", new.grant_id))


def test_the_agreement_outlives_no_grant(house: World) -> None:
    """A purpose that the agreement drops is refused at the next call, whatever was granted."""
    house.give("cleo")
    cleo = house.callers["cleo"]
    house.papers["acme"].purposes = frozenset({"support"})
    refused(house, "purpose.not_in_agreement", lambda c: house.access.decide(c, cleo, ASK))


def test_asks_that_make_no_sense(house: World) -> None:
    """An element twice, and a mask that does not exist, are nonsense."""
    house.give("cleo", elements=["person.*"])
    cleo = house.callers["cleo"]
    for elements, code in (
        (("person.ssn", "person.ssn:last4"), "ask.elements"),
        (("person.ssn:last5",), "view.unknown"),
    ):
        ask = replace(ASK, elements=elements)
        refused(house, code, partial(house.access.decide, caller=cleo, ask=ask))


def test_explanations(house: World) -> None:
    """An explanation names the grant and the views, or everything that is missing."""
    ada, cleo = house.callers["ada"], house.callers["cleo"]
    new = house.give("cleo", elements=["person.name", "person.ssn:last4"])
    ask = replace(ASK, elements=("person.name", "person.ssn"))
    explain = house.access.explain
    assert house.do(lambda c: explain(c, cleo, ask)) == (
        f"Allowed by grant {new.grant_id}.",
        "person.name is shown as plain.",
        "person.ssn is shown as last4.",
    )
    wrong = Ask("search", "acme", "marketing", ("person.email", "secret text"))
    lines = house.do(lambda c: explain(c, ada, wrong, cleo.principal_id))
    assert [line.partition(".")[0] for line in lines] == [
        "The agreement in force does not name that purpose",
        "The agreement in force does not let us hold: person",
        "No living grant lets you do this",
    ]
    assert "secret text" not in str(lines)
    refused(house, "grant.missing", lambda c: explain(c, cleo, ask, ada.principal_id))


def test_what_a_refusal_records(house: World) -> None:
    """Words that nobody knows do not reach the ledger."""
    ask = Ask("reveal", "acme", "tax of Ingrid", ("person.name", "078-05-1120", "person.ssn:last4"))
    assert house.do(lambda c: house.access.recordable(c, ask), "acme") == Ask(
        "reveal", "acme", "", ("person.name", "person.ssn:last4")
    )
    unknown = replace(ask, controller="nowhere", purpose="payments")
    assert house.do(lambda c: house.access.recordable(c, unknown)).purpose == ""


def test_grants_are_listed_to_their_keepers(house: World) -> None:
    """The list of a controller's grants takes 'grant'."""
    house.give("cleo")
    assert len(house.do(lambda c: house.access.grants(c, house.callers["ada"], "acme"))) == 2
    error = refused(
        house, "grant.missing", lambda c: house.access.grants(c, house.callers["cleo"], "acme")
    )
    assert isinstance(error, Refused)


def test_a_representative_at_their_own_controller(house: World) -> None:
    """A controller's representative may be given audit at home, and is nobody elsewhere."""
    greta = house.join("greta", relation="controller-representative", represents="acme")
    house.give("greta", verbs=["audit", "interpret", "approve"], **ADMIN)
    assert house.do(lambda c: house.access.decide(c, greta, Ask("audit", "acme"))).allowed
    not_given(house, "grant.for_representatives", "greta")
    not_given(
        house, "grant.for_representatives", "greta", controller="globex", verbs=["audit"], **ADMIN
    )
