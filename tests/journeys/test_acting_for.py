"""A service acts for a named person, by a token of the house or of the company's identity provider.

MISSION A6: behind an application's key the person is still named (C2.5(2), C2.5(3), C2.5(5)).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bailee.cli import app
from bailee.client import Client, Prover
from bailee.db import HOUSE
from tests.journeys.world import ACME, PAYMENT, World, code_of, founded
from tests.simulators.provider import CLIENT, SimulatedProvider, listening

ENGINES = ("sqlite", "postgresql")
NAME = ["person.name"]
REVEAL = f"/v1/controllers/{ACME}/reveal"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedProvider]:
    """Return the company's identity provider, behind TLS."""
    with listening(tmp_path_factory.mktemp("provider")) as made:
        yield made


@pytest.fixture(scope="module", params=ENGINES)
def house(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    provider: SimulatedProvider,
) -> Iterator[World]:
    """Return a deployment that trusts the provider, with a console that acts for esra."""
    home = tmp_path_factory.mktemp("acting") / "home"
    with founded(request.param, home, request, **provider.environment()) as world:
        world.service("console", "acting-for")
        for who in ("console", "esra"):
            world.give(ACME, who, ["reveal"], *NAME)
        world.line("bram").link_service(world.ids["console"], client=CLIENT)
        world.line("bram").link_person(world.ids["esra"], subject="sub-esra")
        yield world


@pytest.fixture
def record(house: World) -> str:
    """Return a record to be read."""
    return house.protect("acting-for-subject")


def read(client: Client, record: str) -> str:
    """Read a name; return how it ended."""
    return code_of(lambda: client.reveal(ACME, PAYMENT, NAME, records=[record]))


def signed(house: World, provider: SimulatedProvider, prover: Prover, **changed: Any) -> str:
    """Return the provider's token of esra for the console, bound to its key."""
    bound = {"cnf": {"jkt": prover.thumbprint}} | changed
    return provider.token(provider.claims(house.now(), "sub-esra", **bound))


def refusals(house: World, target: Path, least: int = 0) -> int:
    """Return how many credentials the house's log counts as refused; a flood is there in seconds.

    Waits until there are that many, or for ten seconds.
    """
    deadline = time.monotonic() + 10
    while True:
        entries = house.entries(target, HOUSE)
        refused = [one for one in entries if one["action"] == "access:credential:refused"]
        count = sum(int(one["count"]) for one in refused)
        if count >= least or time.monotonic() > deadline:
            return count
        time.sleep(0.2)


def test_a_token_of_the_house(house: World, record: str, tmp_path: Path) -> None:
    """The person asks for it, one service may use it, and the entry names both."""
    console = house.line("console")
    token = house.line("esra").issue_token(house.ids["console"])
    assert read(console.acting_for(token.token), record) == "done"
    actor = house.last(tmp_path)["opening"]["actor"]
    assert actor["principal_id"] == house.ids["console"]
    assert actor["on_behalf_of"] == house.ids["esra"]
    assert (actor["token_id"], actor["token_from"]) == (token.token_id, "house")

    before = refusals(house, tmp_path)
    assert read(console, record) == "credential.person_missing"
    assert read(house.line("payout").acting_for(token.token), record) == "credential.not_yours"
    assert read(house.line("esra").acting_for(token.token), record) == "credential.not_yours"
    assert read(console.acting_for("bt_nonsense"), record) == "credential.unknown"
    assert read(console.acting_for(""), record) == "credential.person_missing"
    house.line("esra").revoke_key(token.token_id)
    assert read(console.acting_for(token.token), record) == "credential.revoked"
    assert refusals(house, tmp_path, before + 6) == before + 6


def test_a_token_of_the_provider(
    house: World, provider: SimulatedProvider, record: str, tmp_path: Path
) -> None:
    """The company's sign-in vouches for the person; the entry commits to a digest of the token."""
    prover = Prover()
    token = signed(house, provider, prover, jti="jti-canary")
    acting = house.line("console").acting_for(token, prover)
    assert read(acting, record) == "done"
    assert read(acting, record) == "done"
    entry = house.last(tmp_path)
    actor = entry["opening"]["actor"]
    assert actor["on_behalf_of"] == house.ids["esra"]
    assert (actor["token_from"], len(actor["token_id"])) == ("oidc", 64)
    leaf = json.dumps({name: value for name, value in entry.items() if name != "opening"})
    assert actor["token_id"] not in leaf
    assert house.ids["esra"] not in leaf
    listed = acting.list_controllers()
    assert [one.controller for one in listed.controllers] == [ACME]


def test_what_is_refused_is_counted_and_leaves_nothing(
    house: World, provider: SimulatedProvider, record: str, tmp_path: Path
) -> None:
    """Each refusal has its code and is on record; no byte of a token is, anywhere at rest."""
    prover, console, before = Prover(), house.line("console"), refusals(house, tmp_path)
    body = {"purpose": PAYMENT, "elements": NAME, "records": [record]}
    token = signed(house, provider, prover, jti="jti-canary-2")
    proof = prover("POST", "http://localhost" + REVEAL, token)
    key = {"authorization": f"Bearer {house.keys['console']}"}
    headers = {**key, "bailee-person-token": token, "dpop": proof}
    with httpx2.Client(transport=house.transport(), base_url="http://localhost") as http:
        answers = [http.post(REVEAL, json=body, headers=headers) for _ in range(2)]
        headers["host"] = "evil.example"
        headers["dpop"] = prover("POST", "https://evil.example" + REVEAL, token)
        answers.append(http.post(REVEAL, json=body, headers=headers))
    codes = [one.json().get("code", "done") for one in answers]
    assert codes == ["done", "proof.replayed", "proof.request"]

    other = provider.token(
        provider.claims(house.now(), "sub-nobody", cnf={"jkt": prover.thumbprint})
    )
    attempts = {
        token: (None, "proof.missing"),
        signed(house, provider, prover, aud="https://other.example"): (prover, "token.audience"),
        signed(house, provider, prover, cnf=None): (prover, "token.unbound"),
        signed(house, provider, prover, client_id="x"): (prover, "token.not_linked"),
        other: (prover, "token.not_linked"),
        token[:-4] + "AAAA": (prover, "token.signature"),
        "eyJhbGciOiJub25lIn0.e30.AA": (prover, "token.algorithm"),
    }
    for shown, (by, expected) in attempts.items():
        assert read(console.acting_for(shown, by), record) == expected
    assert read(house.line("payout").acting_for(token, prover), record) == "credential.not_yours"
    expected_count = before + 2 + len(attempts) + 1
    assert refusals(house, tmp_path, expected_count) == expected_count

    pieces = {part for one in (token, proof) for part in one.split(".")} | {
        "jti-canary-2",
        "sub-esra",
    }
    held = b"".join(
        path.read_bytes() for path in house.settings.home.parent.rglob("*") if path.is_file()
    )
    held += b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not [one for one in pieces if len(one) > 4 and one.encode() in held]
    assert all(one not in answers[1].text + answers[2].text for one in pieces)
    rows = dumped(house)
    assert not [one for one in pieces if len(one) > 4 and one in rows]


def dumped(house: World) -> str:
    """Return every row of the tables of access."""
    with house.rows() as conn:
        names = ("identity_link", "used_proof", "credential", "principal")
        return repr(
            [tuple(row) for name in names for row in conn.execute(sa.text(f"SELECT * FROM {name}"))]
        )


def test_a_provider_that_is_away_stops_nobody_it_vouched_for(
    house: World, provider: SimulatedProvider, record: str
) -> None:
    """Known keys verify on, and calls that need no provider do not notice."""
    prover = Prover()
    acting = house.line("console").acting_for(signed(house, provider, prover), prover)
    assert read(acting, record) == "done"
    provider.speak.clear()
    try:
        begun = time.monotonic()
        assert read(acting, record) == "done"
        assert read(house.line("payout"), record) == "done"
        assert time.monotonic() - begun < 4
    finally:
        provider.speak.set()


def test_who_is_no_longer_linked_is_nobody(
    house: World, provider: SimulatedProvider, record: str
) -> None:
    """C2.5(6): with the commit that unlinks a person, their sign-in opens nothing."""
    prover = Prover()
    acting = house.line("console").acting_for(signed(house, provider, prover), prover)
    assert read(acting, record) == "done"
    house.line("bram").unlink(house.ids["esra"])
    assert read(acting, record) == "token.not_linked"
    house.line("bram").link_person(house.ids["esra"], subject="sub-esra")
    assert read(acting, record) == "done"
    assert (
        code_of(lambda: house.line("bram").link_person(house.ids["bram"], subject="x"))
        == "self.link"
    )
    assert code_of(lambda: house.line("esra").unlink(house.ids["esra"])) == "grant.missing"


def test_commands_ask_for_a_token_and_show_one(house: World) -> None:
    """``bailee token`` gives one to a person; ``BAILEE_PERSON_TOKEN`` shows it beside the key."""
    console = house.ids["console"]
    house.close()
    try:
        run = CliRunner().invoke
        made = run(app, ["token", console, "--json"], env=house.environment("esra"))
        assert made.exit_code == 0
        token = json.loads(made.stdout)["token"]
        ask = ["grant", "explain", "reveal", "-c", ACME, "-p", PAYMENT, "--element", *NAME]
        shown = house.environment("console", BAILEE_PERSON_TOKEN=token)
        assert run(app, ask, env=shown).exit_code == 0
        alone = run(app, ask, env=house.environment("console"))
        assert getattr(alone.exception, "code", "") == "credential.person_missing"
    finally:
        house.open()
