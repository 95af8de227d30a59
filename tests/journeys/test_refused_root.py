"""The provider of the root does not take the house's credential any more (C2.8(3))."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from bailee.client import BaileeProblem
from bailee.db import HOUSE
from tests.journeys.world import ACME, World, founded
from tests.keys.roots import TransitKeeper, founded_bao
from tests.openbao import Bao


@pytest.fixture(scope="module")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bao]:
    """Return a running OpenBao."""
    server = founded_bao(tmp_path_factory.mktemp("openbao"))
    yield server
    server.kill()


@pytest.fixture
def keeper(tmp_path_factory: pytest.TempPathFactory, bao: Bao) -> Iterator[TransitKeeper]:
    """Return a key of the test's own."""
    made = TransitKeeper(tmp_path_factory.mktemp("keeper"), bao)
    yield made
    made.recover()


@pytest.fixture(params=["sqlite", "clusters"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, keeper: TransitKeeper
) -> Iterator[World]:
    """Return a deployment founded under that key."""
    home = tmp_path_factory.mktemp("journey") / "home"
    files = f"token-file={keeper.token_file}&ca-file={keeper.server.ca_file}"
    with founded(
        request.param, home, request, BAILEE_ROOT=f"{keeper.place.address}?{files}"
    ) as made:
        yield made


def take_on(world: World, transport: httpx2.BaseTransport) -> httpx2.Response:
    """Ask for a controller, which needs keys of its own."""
    body = {
        "controller": "hooli", "name": "Hooli", "terms": "model-addendum",
        "text": "1. Words", "effective": "2026-01-01",
    }  # fmt: skip
    shown = {"authorization": f"Bearer {world.keys['ada']}"}
    with httpx2.Client(transport=transport, base_url="http://localhost", headers=shown) as http:
        return http.post("/v1/controllers", json=body)


def test_a_refused_credential_is_no_fault_of_the_caller_s(
    world: World, keeper: TransitKeeper, tmp_path: Path
) -> None:
    """Try again, say HTTP (503), client and command (exit 1); nobody is put down as refused."""
    record = world.protect("before")
    keeper.refuse()
    assert world.reveal("payout", record) == "Marigold Featherstone"
    answer = take_on(world, world.transport())
    assert answer.status_code == 503
    assert (answer.json()["code"], answer.json()["retryable"]) == ("root.refused", True)
    assert int(answer.headers["retry-after"]) > 0
    with pytest.raises(BaileeProblem) as told:
        world.take_on("hooli", "hugo", "Hugo Wren")
    assert (told.value.code, told.value.status) == ("root.refused", 503)
    assert told.value.retryable
    world.close()
    done = world.cli("look", "-c", ACME, who="clara", BAILEE_ROOT=world.settings.root)
    assert done.returncode == 1
    assert done.stderr.startswith("root.refused: ")

    keeper.recover()
    world.open()
    world.take_on("hooli", "hugo", "Hugo Wren")
    for controller in (HOUSE, ACME):
        decisions = {one["decision"] for one in world.entries(tmp_path, controller)}
        assert decisions == {"allowed"}
