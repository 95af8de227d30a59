"""What a crash interrupted is finished before the house serves again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bailee.app.canary import CONTROLLER, plant
from bailee.app.home import found, opened
from bailee.app.settings import read_settings
from bailee.keys import store as key_store
from bailee.vault import store as vault_store
from bailee.vault.shapes import Erase
from tests.sabotage.stage import administrator, broken


class PowerCut(Exception):  # noqa: N818 - what happens to the process
    """The process ends here."""


def test_an_announced_erasure_is_finished_at_the_next_start(tmp_path: Path) -> None:
    """A crash between the announcement and the death of the key: the next start kills the key."""
    settings = read_settings({}, tmp_path / "home")
    found(settings, administrator())

    def cut(*_: object) -> None:
        raise PowerCut

    with opened(settings, holder="a test") as house:
        canary = plant(house.parts)
        erase = Erase(canary.purpose, subjects=[canary.subject])
        with broken(house.vault, "_destroy", cut), pytest.raises(PowerCut):
            house.vault.erase(canary.caller, CONTROLLER, erase)
        rows = house.parts.data.read(
            CONTROLLER, lambda conn: vault_store.records(conn, CONTROLLER, [canary.record])
        )
        key_id = rows[canary.record].subject.key_id

    with opened(settings, holder="a test") as house:
        left = house.parts.data.read(
            CONTROLLER, lambda conn: vault_store.records(conn, CONTROLLER, [canary.record])
        )
        alive = house.parts.key_database.read(
            CONTROLLER, lambda conn: key_store.living(conn, CONTROLLER, [key_id])
        )
        stones = {stone.key_id for stone in house.parts.keys.tombstones(CONTROLLER)}

    assert (left, alive) == ({}, set())
    assert key_id in stones


def test_what_is_left_is_signed_however_long_closing_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The beat ends at once when a house closes; what else it waits for comes later."""
    settings = read_settings({}, tmp_path / "home")
    found(settings, administrator())
    with opened(settings, holder="a test") as house:
        pulse = house.parts.ledger.pulse
        assert pulse is not None
        monkeypatch.setattr(house._asked, "end", house._thread.join)

    assert not pulse._thread.is_alive()
