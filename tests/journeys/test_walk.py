"""The whole path, on both engines."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.world import ACME, PAYMENT, SEED, World, verified


def test_what_was_protected_comes_back_to_whoever_may_read_it(house: World, tmp_path: Path) -> None:
    """Protect, reveal, search, and an export that verifies (C2.5(5), C5.2)."""
    record = house.protect("walk-1")
    assert house.reveal("payout", record) == SEED["person.name"]
    found = house.line("payout").search(ACME, PAYMENT, "person.email", equals=SEED["person.email"])
    assert record in found.records
    done = house.line("bram").erase(ACME, PAYMENT, subjects=["walk-1"])
    assert done.results[0].records == 1
    code, said = verified(*house.export(tmp_path))
    assert (code, "VERIFIED" in said) == (0, True), said
