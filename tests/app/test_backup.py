"""What a restore does to a log that began after the copy was made."""

from __future__ import annotations

from pathlib import Path

from bailee.app.backup import reconcile
from bailee.app.canary import CONTROLLER, plant
from bailee.app.home import found, opened
from bailee.app.settings import read_settings
from bailee.ledger.note import read_checkpoint, split_note
from tests.sabotage.stage import administrator


def test_a_log_begun_after_the_copy_is_succeeded_in_one_restore(tmp_path: Path) -> None:
    """The copy knows nothing of a log whose head was signed: one call opens its successor."""
    settings = read_settings({}, tmp_path / "home")
    found(settings, administrator())
    with opened(settings, holder="a test", start=False) as house:
        ledger, data = house.parts.ledger, house.parts.data
        house.parts.keys.start()
        canary = plant(house.parts)
        log = data.read(
            CONTROLLER, lambda c: ledger._name(c, CONTROLLER, house.parts.clock.now())
        ).log
        house.parts.keys.advance_guard(log, 7, b"\x07" * 32)  # signed after the copy was made
        done = reconcile(house)
        note = data.read(CONTROLLER, lambda c: ledger.checkpoint(c, CONTROLLER, f"{log}/2"))
        place = data.read(CONTROLLER, lambda c: ledger.place(c, CONTROLLER, canary.entry_id))

    assert done.successors == {log: f"{log}/2"}
    assert read_checkpoint(split_note(note)[0]).origin == f"{log}/2" == place[0]
