"""Protect, on real keys, access and ledger."""

from __future__ import annotations

from bailee.access import Caller
from tests.vault.world import World


def test_a_value_comes_back_as_it_came(world: World, cleo: Caller) -> None:
    """What was handed in is given back unchanged, not in its normal form."""
    record = world.protect(cleo, "cust-1", {"person.name": "  Ludmila  ÇELIK "})

    assert world.reveal(cleo, record, "person.name") == {"person.name": "  Ludmila  ÇELIK "}
