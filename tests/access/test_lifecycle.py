"""Every lifecycle is a table, and nothing happens that is not in it."""

from __future__ import annotations

import pytest

from bailee.access.approval import APPROVAL
from bailee.access.credential import CREDENTIAL, INVITE
from bailee.access.grant import GRANT
from bailee.access.lifecycle import Table, step
from bailee.access.principal import PERSON, SERVICE
from bailee.errors import Conflict

TABLES: dict[str, Table] = {
    "person": PERSON,
    "service": SERVICE,
    "credential": CREDENTIAL,
    "invitation": INVITE,
    "grant": GRANT,
    "approval": APPROVAL,
}
ENDS = {
    "person": {"left"},
    "service": {"left"},
    "credential": {"revoked", "expired"},
    "invitation": {"accepted", "withdrawn", "expired"},
    "grant": {"revoked", "expired"},
    "approval": {"granted", "refused", "withdrawn", "drawn", "expired"},
}


@pytest.mark.parametrize("noun", TABLES)
def test_unknown_pairs_refuse(noun: str) -> None:
    """Every pair of state and event that the table does not name is refused."""
    table = TABLES[noun]
    events = {event for row in table.values() for event in row} | {"", "invent"}
    for state in [*table, "", "nowhere"]:
        for event in events:
            if event in table.get(state, {}):
                assert step(table, state, event) in table
            else:
                with pytest.raises(Conflict) as caught:
                    step(table, state, event)
                assert caught.value.code == "lifecycle.event"


@pytest.mark.parametrize("noun", TABLES)
def test_ends_are_ends(noun: str) -> None:
    """The ends are these, and nothing leads out of them."""
    assert {state for state, row in TABLES[noun].items() if not row} == ENDS[noun]


def test_a_leaver_never_returns() -> None:
    """No chain of events leads from 'left' to anything (C2.5(6))."""
    assert PERSON["left"] == {}
    assert SERVICE["left"] == {}
