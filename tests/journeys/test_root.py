"""The root leaves its file for a token while people work, and the token fails (C2.8(3), C4.1)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from bailee.app import roots
from bailee.app.home import found, opened, recover
from bailee.app.settings import read_settings
from bailee.app.watch_vault import keys_wrapped
from bailee.client import BaileeProblem
from bailee.db import HOUSE
from bailee.errors import Failure, Invalid, Unavailable
from bailee.keys import LocalRoot
from tests.journeys.world import ACME, World
from tests.keys.roots import TokenKeeper
from tests.sabotage.stage import administrator


@pytest.fixture
def token(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TokenKeeper]:
    """Return a token with a root key."""
    keeper = TokenKeeper(tmp_path_factory.mktemp("token"), monkeypatch)
    yield keeper
    keeper.recover()


def test_the_root_moves_and_its_failure_is_answered(own_house: World, token: TokenKeeper) -> None:
    """From file to token over the API; then the token dies: 503 for new keys, values go on."""
    world = own_house
    world.give(HOUSE, "bram", ["keys"])
    record = world.protect("before")
    world.close()
    both = replace(world.settings, root=token.place.address, root_before="file:")
    world.settings = both
    world.open()
    assert world.reveal("payout", record) == "Marigold Featherstone"
    with pytest.raises(BaileeProblem) as refused:
        world.line("payout").move_root()
    assert refused.value.code == "grant.missing"

    done = world.line("bram").move_root()

    assert done.after == ""
    assert done.keys >= 15  # five keys of the house and of each controller, and their logs
    assert world.line("bram").move_root().keys == 0
    world.close()
    world.settings = replace(both, root_before="")
    (both.home / "root.key").unlink()
    world.open()
    assert world.reveal("payout", record) == "Marigold Featherstone"

    token.kill()
    assert world.reveal("payout", record) == "Marigold Featherstone"
    answer = _new_controller(world)
    assert answer.status_code == 503
    assert answer.json()["code"] in {"root.unavailable", "root.missing"}
    assert int(answer.headers["retry-after"]) > 0
    assert world.protect("meanwhile")
    _health(world, "degraded")
    with pytest.raises(Failure) as unseen:
        keys_wrapped(world.house, ACME)
    assert isinstance(unseen.value, Unavailable)

    token.recover()
    _health(world, "ok")
    assert keys_wrapped(world.house, ACME) == []


def _health(world: World, status: str) -> None:
    """Wait until health says so; it looks by itself."""
    look = world.house.root_look
    while world.line("payout").health().status != status:
        with look._lock:
            look._looked = float("-inf")  # as if the last look were long ago
        threading.Event().wait(0.1)


def _new_controller(world: World) -> httpx2.Response:
    """Ask for a controller, which needs keys of its own."""
    body = {
        "controller": "hooli", "name": "Hooli", "terms": "model-addendum",
        "text": "1. Words", "effective": "2026-01-01",
    }  # fmt: skip
    key = world.keys["ada"]
    with httpx2.Client(transport=world.transport(), base_url="http://localhost") as http:
        return http.post("/v1/controllers", json=body, headers={"authorization": f"Bearer {key}"})


def test_a_home_is_founded_under_a_token(tmp_path: Path, token: TokenKeeper) -> None:
    """No root lies on the disk and no kit is cut; a token that fails lets nothing be made."""
    home = tmp_path / "home"
    settings = read_settings({"BAILEE_ROOT": token.place.address}, home)
    token.refuse()
    with pytest.raises(Failure, match=r"root\.refused"):
        found(settings, administrator())
    assert not home.exists()
    token.recover()

    made = found(settings, administrator())

    assert made.shares == ()
    assert not (home / "root.key").exists()
    assert settings.stands()
    with opened(settings, holder="a test") as house:
        house.settle()
    with (
        pytest.raises(Failure, match=r"root\.missing"),
        opened(replace(settings, root=""), holder="a test"),
    ):
        pass
    with pytest.raises(Invalid, match=r"recovery\.elsewhere"):
        recover(settings, [])


def test_a_look_that_never_ends_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Health is answered at once from the last look, however many ask meanwhile."""
    never = threading.Event()
    begun: list[int] = []

    def look(_root: object) -> None:
        begun.append(1)
        never.wait()

    monkeypatch.setattr(roots, "check", look)
    one = roots.RootLook(LocalRoot(b"r" * 32))

    assert [one.well() for _ in range(50)] == [True] * 50
    assert len(begun) <= 1
    never.set()
