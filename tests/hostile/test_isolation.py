"""Every operation of the API at a controller and everything that keeps a caller out (C2.4, C2.5).

The data verbs have their own matrix of elements and purposes in ``tests/journeys``; here the rows
are the API's own description, so that no operation can be forgotten. Nothing is said of timing.
"""

from __future__ import annotations

import json
import random
from collections import Counter
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
    "show_procedure", "list_laws", "law_clocks", "list_deidentified",
}  # fmt: skip
"""What anybody who holds any right at a controller is told; of emergencies, disclosures,
exports, requests and entries, their own. Whoever may know the controller may ask for a right."""
REFUSALS = {"grant", "purpose", "element", "break_glass", "consent", "training"}
"""Families of refusal codes; glass and training are for people alone, whatever a service holds."""
TRIES = 6
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


def is_refusal(code: str) -> bool:
    """Tell a refusal because of who asks from one because of what is asked."""
    return code == "controller.unknown" or code.partition(".")[0] in REFUSALS


class Callers:
    """Those who ask a deployment, and what they were refused: each must be on a log.

    The logs are read once, at the end: they grow with every refusal.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.refused: Counter[tuple[str, str]] = Counter()

    def ask(self, who: str, controller: str, case: Case) -> httpx2.Response:
        """Send a request as somebody, about a controller."""
        operation: Operation = case.operation
        path = operation.path
        given = {"controller": controller, "id": "0" * 32, "tile": "0/000"}
        for name in operation.forms:
            path = path.replace("{" + name + "}", given[name])
        headers = {"authorization": f"Bearer {self.world.keys[who]}"}
        content = b""
        if operation.request is not None:
            headers["content-type"] = "application/json"
            content = json.dumps(case.body).encode("utf-8", "surrogatepass")
        with httpx2.Client(base_url="http://localhost", transport=self.world.transport()) as http:
            answer = http.request(operation.method, path, content=content, headers=headers)
        code = "" if answer.is_success else str(told(answer)["code"])
        if is_refusal(code):
            self.refused[self.world.ids[who], code] += 1
        return answer


@pytest.fixture(scope="module")
def callers(world: World) -> Callers:
    """Return those who ask."""
    return Callers(world)


def _drawn(operation: Operation) -> list[Case]:
    """Draw requests for one operation; they stay the same when others come or go."""
    chance = random.Random(f"20261120 {operation.name}")  # noqa: S311 - repeatable, not secret
    maker = Maker(TEXT, {}, Known({"nobody": "0" * 32}, chance), chance)
    return list(maker.cases(operation, "positive", TRIES if operation.request else 1))


@pytest.fixture(scope="module")
def bodies() -> dict[str, list[Case]]:
    """Return some requests for each operation that the description allows."""
    made = {name: _drawn(one) for name, one in THERE.items()}
    return {
        name: [case for case in cases if THERE[name].allows({}, case.body)]
        for name, cases in made.items()
    }


def meant(callers: Callers, who: str, controller: str, cases: list[Case]) -> httpx2.Response:
    """Return the answer to the first request whose form passes: there it is asked who may."""
    for case in cases:
        answer = callers.ask(who, controller, case)
        if answer.status_code != 422 or family(answer) in REFUSALS:
            return answer
    raise AssertionError(f"{cases[0].operation.name}: no request of a good form was drawn")


def family(answer: httpx2.Response) -> str:
    """Return the first word of a refusal's code; empty for what is none."""
    return "" if answer.is_success else str(told(answer)["code"]).partition(".")[0]


def told(answer: httpx2.Response) -> dict[str, Any]:
    """Return a problem without what is new in each."""
    problem: dict[str, Any] = answer.json()
    return {name: value for name, value in problem.items() if name != "request_id"}


@pytest.mark.parametrize("name", THERE)
def test_a_controller_of_others_is_not_there(
    name: str, callers: Callers, bodies: dict[str, list[Case]]
) -> None:
    """S4, ASVS 8.2.2, 8.4.1: where one holds nothing, all is 404, to the byte as if not there."""
    for case in bodies[name]:
        foreign = callers.ask("payout", GLOBEX, case)
        nowhere = callers.ask("payout", "no-such-controller", case)
        assert foreign.status_code == nowhere.status_code
        assert told(foreign) == told(nowhere)
        assert len(foreign.content) == len(nowhere.content)
        assert foreign.status_code in {404, 422}
    answer = meant(callers, "payout", GLOBEX, bodies[name])
    assert told(answer)["code"] == "controller.unknown"


@pytest.mark.parametrize("name", sorted(set(THERE) - SEEN_BY_ALL))
def test_another_right_is_none(name: str, callers: Callers, bodies: dict[str, list[Case]]) -> None:
    """S4, ASVS 8.2.1, 8.3.1: whoever holds one right at a controller does nothing else there."""
    answer = meant(callers, "bystander", ACME, bodies[name])
    assert answer.status_code in {403, 422}
    assert family(answer) in REFUSALS


def test_a_revoked_key_opens_no_operation(callers: Callers, bodies: dict[str, list[Case]]) -> None:
    """S4: with a key that was revoked every operation is 401, and the house's log says so."""
    world = callers.world
    key = world.line("bram").mint_key(world.ids["lost-key"])
    world.keys["lost-key"] = key.key
    world.line("bram").revoke_key(key.key_id)
    codes = {told(callers.ask("lost-key", ACME, cases[0]))["code"] for cases in bodies.values()}
    assert codes == {"credential.revoked"}


def test_a_suspended_principal_does_nothing(
    callers: Callers, bodies: dict[str, list[Case]]
) -> None:
    """S4: whoever is suspended is nobody until resumed, with every key (C2.5(6))."""
    world = callers.world
    parts = world.house.parts
    bram = parts.data.read(HOUSE, lambda conn: parts.access.authenticate(conn, world.keys["bram"]))
    suspended = world.ids["suspended"]
    parts.data.write(HOUSE, lambda conn: parts.access.suspend(conn, bram, suspended))
    answers = {name: callers.ask("suspended", ACME, cases[0]) for name, cases in bodies.items()}
    assert {told(one)["code"] for one in answers.values()} == {"credential.principal_suspended"}
    assert {one.status_code for one in answers.values()} == {401}


def test_expired_rights_are_none(callers: Callers, bodies: dict[str, list[Case]]) -> None:
    """S4: when the last grant has ended nothing is done any more."""
    callers.world.shift += timedelta(hours=2)
    for name in sorted(set(THERE) - SEEN_BY_ALL):
        answer = meant(callers, "seasonal", ACME, bodies[name])
        assert answer.status_code in {403, 422}, name
        assert family(answer) in REFUSALS, name


def test_every_refusal_is_on_a_log(callers: Callers, tmp_path: Path) -> None:
    """S4: acme's log and the house's hold each try, with who asked; the foreign log holds none."""
    world = callers.world
    who = {world.ids[name] for name in ("payout", "bystander", "seasonal")}

    def tries(log: str) -> Counter[tuple[str, str]]:
        entries = [one for one in world.entries(tmp_path, log) if one["decision"] == "refused"]
        asked = [(one["opening"]["actor"].get("principal_id"), one["detail"]) for one in entries]
        return Counter(
            (actor, detail["code"])
            for actor, detail in asked
            if actor in who and is_refusal(detail["code"])
        )

    assert len(callers.refused) > 3
    assert tries(ACME) + tries(HOUSE) == callers.refused
    assert not tries(GLOBEX)
