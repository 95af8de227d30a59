"""The end of an agreement: everything of one controller is destroyed, nothing of another (C6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bailee.client.answers import Destroyed
from bailee.clock import read_time, write_time
from tests.journeys.world import ACME, GLOBEX, PAYMENT, World, code_of

HELD = ("vault_record", "vault_subject", "vault_blind_index", "vault_token", "vault_token_holder")


@dataclass
class Ended:
    """A deployment of two controllers, one of which was destroyed after a backup."""

    world: World
    copy: Path
    theirs: str
    others: str
    before: dict[str, int]
    told: Destroyed


@pytest.fixture(scope="module")
def ended(house: World) -> Ended:
    """Return the deployment after globex's agreement ended and globex was destroyed."""
    world = house
    theirs, others = world.protect("g-1", GLOBEX), world.protect("a-1")
    world.give(GLOBEX, "stranger", ["reveal"], "person.name")
    before = {table: world.count(table, ACME) for table in HELD}
    copy = world.backup("before")
    bram = world.line("bram")
    told = {
        "in force": code_of(
            lambda: bram.destroy_controller(GLOBEX, confirm=GLOBEX, instruction="letter 7")
        )
    }
    assert told == {"in force": "destroy.in_force"}
    at = write_time(world.now() - timedelta(minutes=1))
    bram.end_agreement(GLOBEX, at=at, instruction="letter 7")
    world.line("greta").choose_end(GLOBEX, "destroy")
    wrong = code_of(lambda: bram.destroy_controller(GLOBEX, confirm=ACME, instruction="letter 7"))
    assert wrong == "destroy.unconfirmed"
    isolated = code_of(lambda: world.reveal("stranger", theirs, controller=GLOBEX))
    assert isolated == "controller.isolated"
    done = bram.destroy_controller(GLOBEX, confirm=GLOBEX, instruction="letter 7")
    return Ended(world, copy, theirs, others, before, done)


def check_gone(ended: Ended) -> None:
    """Look for anything of the destroyed controller that could be read."""
    world = ended.world
    assert code_of(lambda: world.reveal("stranger", ended.theirs, controller=GLOBEX)) != "done"
    assert code_of(lambda: world.protect("g-2", GLOBEX)) != "done"
    assert {table: world.count(table, GLOBEX) for table in HELD} == dict.fromkeys(HELD, 0)
    with world.rows(keys=True) as conn:
        names = sa.text("SELECT purpose FROM controller_key WHERE controller = :controller")
        kept = set(conn.execute(names, {"controller": GLOBEX}).scalars())
        left = sa.text("SELECT count(*) FROM subject_key WHERE controller = :controller")
        assert conn.execute(left, {"controller": GLOBEX}).scalar_one() == 0
    assert kept <= {"ledger"}  # what opens the log's openings stays until the record period ends


def test_nothing_of_a_destroyed_controller_is_left(ended: Ended) -> None:
    """No value is answered, no row is held, no key is kept (C6)."""
    check_gone(ended)


def test_the_certificate_says_what_died_and_when_the_last_copy_dies(ended: Ended) -> None:
    """Keys, rows, the entry, and the day on which no backup holds a key any more (C6.2)."""
    told = ended.told
    assert (told.controller, told.status) == (GLOBEX, "destroyed")
    assert told.keys >= 1
    assert told.rows >= 1
    horizon = timedelta(days=ended.world.settings.key_backup_days)
    last = read_time(told.recoverable_until)
    assert abs(last - (ended.world.now() + horizon)) < timedelta(minutes=10)
    assert told.entry.log.split("/")[-1] == str(ended.world.now().year)


def test_other_controllers_are_untouched(ended: Ended) -> None:
    """Acme has every row that it had, and its values open."""
    world = ended.world
    assert {table: world.count(table, ACME) for table in HELD} == ended.before
    assert world.reveal("payout", ended.others) == "Marigold Featherstone"


def test_the_destruction_is_on_record(ended: Ended, tmp_path: Path) -> None:
    """Order and completion stand in the log, without a word of what was held (C6, C5.2)."""
    world = ended.world
    actions = {one["action"] for one in world.entries(tmp_path, GLOBEX)}
    assert "agreement:controller:destroyed" in actions
    assert any("keys" in action or "destr" in action for action in actions)


def test_a_restored_backup_does_not_bring_the_controller_back(ended: Ended) -> None:
    """Data restored from before the end holds nothing that opens, and soon no row (C4.1, C6)."""
    world = ended.world
    world.close()
    assert world.restore(ended.copy)["rows"] >= 1
    world.open()
    check_gone(ended)
    assert world.reveal("payout", ended.others) == "Marigold Featherstone"
    assert world.line("payout").health().status == "ok"
    assert code_of(lambda: world.line("payout").search(
        GLOBEX, PAYMENT, "person.name", equals="Marigold Featherstone"
    )) == "controller.unknown"  # fmt: skip


def test_an_order_that_stopped_before_the_keys_is_carried_out(
    own_house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies between the order and the keys' death: the next start destroys (C6)."""

    class GoneError(BaseException):
        """The process is no more."""

    def dies(*_: object, **__: object) -> None:
        raise GoneError

    world, bram = own_house, own_house.line("bram")
    world.protect("s-theirs", controller=GLOBEX)
    at = write_time(world.now() - timedelta(minutes=1))
    bram.end_agreement(GLOBEX, at=at, instruction="letter 7")
    world.line("greta").choose_end(GLOBEX, "destroy")
    monkeypatch.setattr(world.house.parts.destruction, "controller", dies)
    with pytest.raises(GoneError):
        bram.destroy_controller(GLOBEX, confirm=GLOBEX, instruction="letter 7")
    assert world.count("vault_record", GLOBEX) == 1

    world.close()
    world.open()
    assert world.count("vault_record", GLOBEX) == world.count("vault_subject", GLOBEX) == 0
    assert not world.house.parts.keys.controller_exists(GLOBEX)
