"""Every operation of the API at a controller and everything that keeps a caller out (C2.4, C2.5).

The data verbs have their own matrix of elements and purposes in ``tests/journeys``; here the rows
are the API's own description, so that no operation can be forgotten. Nothing is said of timing.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.web.openapi import document
from bailee.web.routes import TABLE
from tests.hostile.cases import Case, Maker
from tests.hostile.judge import Operation, operations
from tests.hostile.known import Known
from tests.hostile.stand import ENGINES
from tests.journeys.world import ACME, ELEMENTS, GLOBEX, World, founded

TEXT = document(TABLE).decode()
THERE = {
    name: one for name, one in operations(json.loads(TEXT)).items() if "controller" in one.forms
}
SEEN_BY_ALL = {
    "show_agreement", "letter", "explain", "list_emergencies", "list_token_formats",
    "list_consents", "list_disclosures", "list_approvals", "list_own_entries", "request_access",
    "show_procedure", "list_laws", "law_clocks",
}  # fmt: skip
"""What anybody who holds any right at a controller is told; of emergencies, disclosures,
requests and entries, their own. A right may be asked for by anybody who may know the controller."""
REFUSALS = {"grant", "purpose", "element", "break_glass", "consent", "training"}
"""Families of refusal codes; glass and training are for people alone, whatever a service holds."""
TRIES = 12
EVERYTHING = ["protect", "reveal", "search", "update", "encrypt", "decrypt"]


@pytest.fixture(scope="module", params=ENGINES)
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Return a deployment on each engine, with callers of every kind."""
    home = tmp_path_factory.mktemp("isolation") / "home"
    with founded(request.param, home, request) as made:
        made.service("bystander")
        made.give(ACME, "bystander", ["reveal-masked"], "person.ssn:last4")
        for who in ("seasonal", "lost-key", "suspended"):
            made.service(who)
            until = write_time(made.now() + timedelta(hours=1))
            made.give(ACME, who, EVERYTHING, *ELEMENTS, until=until)
            made.give(ACME, who, ["erase"], "*", until=until)
        yield made


@pytest.fixture(scope="module")
def bodies() -> dict[str, list[Case]]:
    """Return some requests for each operation that the description allows."""
    chance = random.Random(20261120)  # noqa: S311 - repeatable, not secret
    maker = Maker(TEXT, {}, Known({"nobody": "0" * 32}, chance), chance)
    made = {name: list(maker.cases(one, "positive", TRIES)) for name, one in THERE.items()}
    return {
        name: [case for case in cases if THERE[name].allows({}, case.body)]
        for name, cases in made.items()
    }


def ask(world: World, who: str, controller: str, case: Case) -> httpx2.Response:
    """Send a request as somebody, about a controller."""
    operation: Operation = case.operation
    path = operation.path
    given = {"controller": controller, "id": "0" * 32, "tile": "0/000"}
    for name in operation.forms:
        path = path.replace("{" + name + "}", given[name])
    headers = {"authorization": f"Bearer {world.keys[who]}"}
    content = b""
    if operation.request is not None:
        headers["content-type"] = "application/json"
        content = json.dumps(case.body).encode("utf-8", "surrogatepass")
    with httpx2.Client(base_url="http://localhost", transport=world.transport()) as http:
        return http.request(operation.method, path, content=content, headers=headers)


def meant(world: World, cases: list[Case]) -> Case:
    """Return the first request whose form passes, so that the next question is who may."""
    for case in cases:
        if ask(world, "payout", GLOBEX, case).status_code != 422:
            return case
    raise AssertionError(f"{cases[0].operation.name}: no request of a good form was drawn")


def told(answer: httpx2.Response) -> dict[str, Any]:
    """Return a problem without what is new in each."""
    problem: dict[str, Any] = answer.json()
    return {name: value for name, value in problem.items() if name != "request_id"}


def newest(world: World, target: Path, log: str) -> dict[str, Any]:
    """Return what a log's newest entry says of a refusal."""
    entry = world.last(target, log)
    return {"decision": entry["decision"], **entry["detail"], "actor": entry["opening"]["actor"]}


@pytest.mark.parametrize("name", THERE)
def test_a_controller_of_others_is_not_there(
    name: str, world: World, bodies: dict[str, list[Case]], tmp_path: Path
) -> None:
    """S4, ASVS 8.2.2, 8.4.1: where one holds nothing, all is 404, to the byte as if not there.

    The refusal is on the house's log, with who asked; the foreign log holds nothing of it.
    """
    foreign_before = len(world.entries(tmp_path, GLOBEX))
    for case in bodies[name]:
        foreign = ask(world, "payout", GLOBEX, case)
        nowhere = ask(world, "payout", "no-such-controller", case)
        assert foreign.status_code == nowhere.status_code
        assert told(foreign) == told(nowhere)
        assert len(foreign.content) == len(nowhere.content)
        assert foreign.status_code in {404, 422}
    answer = ask(world, "payout", GLOBEX, meant(world, bodies[name]))
    assert told(answer)["code"] == "controller.unknown"
    entry = newest(world, tmp_path, HOUSE)
    assert (entry["decision"], entry["code"]) == ("refused", "controller.unknown")
    assert entry["actor"]["principal_id"] == world.ids["payout"]
    assert len(world.entries(tmp_path, GLOBEX)) == foreign_before


@pytest.mark.parametrize("name", sorted(set(THERE) - SEEN_BY_ALL))
def test_another_right_is_none(
    name: str, world: World, bodies: dict[str, list[Case]], tmp_path: Path
) -> None:
    """S4, ASVS 8.2.1, 8.3.1: whoever holds one right at a controller does nothing else there."""
    answer = ask(world, "bystander", ACME, meant(world, bodies[name]))
    assert answer.status_code in {403, 422}
    assert told(answer)["code"].partition(".")[0] in REFUSALS
    entry = newest(world, tmp_path, ACME)
    assert (entry["decision"], entry["code"]) == ("refused", told(answer)["code"])
    assert entry["actor"]["principal_id"] == world.ids["bystander"]


def test_a_revoked_key_opens_no_operation(world: World, bodies: dict[str, list[Case]]) -> None:
    """S4: with a key that was revoked every operation is 401, and the house's log says so."""
    key = world.line("bram").mint_key(world.ids["lost-key"])
    world.keys["lost-key"] = key.key
    world.line("bram").revoke_key(key.key_id)
    codes = {told(ask(world, "lost-key", ACME, cases[0]))["code"] for cases in bodies.values()}
    assert codes == {"credential.revoked"}


def test_a_suspended_principal_does_nothing(world: World, bodies: dict[str, list[Case]]) -> None:
    """S4: whoever is suspended is nobody until resumed, with every key (C2.5(6))."""
    parts = world.house.parts
    bram = parts.data.read(HOUSE, lambda conn: parts.access.authenticate(conn, world.keys["bram"]))
    suspended = world.ids["suspended"]
    parts.data.write(HOUSE, lambda conn: parts.access.suspend(conn, bram, suspended))
    answers = {name: ask(world, "suspended", ACME, cases[0]) for name, cases in bodies.items()}
    assert {told(one)["code"] for one in answers.values()} == {"credential.principal_suspended"}
    assert {one.status_code for one in answers.values()} == {401}


def test_expired_rights_are_none(
    world: World, bodies: dict[str, list[Case]], tmp_path: Path
) -> None:
    """S4: when the last grant has ended nothing is done any more, and each try is on the log."""
    world.shift += timedelta(hours=2)
    for name in sorted(set(THERE) - SEEN_BY_ALL):
        answer = ask(world, "seasonal", ACME, meant(world, bodies[name]))
        assert answer.status_code in {403, 422}, name
        code = told(answer)["code"]
        assert code.partition(".")[0] in REFUSALS, name
        entry = newest(world, tmp_path, ACME)
        assert (entry["decision"], entry["code"]) == ("refused", code), name
