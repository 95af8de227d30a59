"""The tables of acts: every state leads to done, and nothing leads back."""

from __future__ import annotations

import pytest

from bailee.errors import Conflict
from bailee.keys import lifecycle
from bailee.keys.lifecycle import DONE, OPEN, TRANSITIONS, Intent


def intent(kind: str, state: str = OPEN) -> Intent:
    """Return an intent."""
    return Intent("acme", "i", kind, state, "2026-03-02T09:00:00.000Z")


@pytest.mark.parametrize("kind", TRANSITIONS)
def test_every_state_leads_to_done_and_none_back(kind: str) -> None:
    """Following any events, no state comes twice, and the only end is done."""
    table = TRANSITIONS[kind]

    def walk(state: str, seen: tuple[str, ...]) -> None:
        assert state not in seen
        following = [after for (before, _), after in table.items() if before == state]
        assert bool(following) == (state != DONE)
        for after in following:
            walk(after, (*seen, state))

    walk(OPEN, ())


def test_destruction_goes_announced_keys_rows_record() -> None:
    """The order of a destruction: keys before rows, rows before the last word (C6)."""
    states = []
    act = intent(lifecycle.DESTROY_SUBJECTS)
    for event in ("keys_deleted", "rows_deleted", "recorded"):
        act = act.after(event)
        states.append(act.state)

    assert states == ["keys_gone", "rows_gone", "done"]


@pytest.mark.parametrize("event", ["rows_deleted", "recorded", "rewrapped", "nonsense"])
def test_no_step_can_be_left_out(event: str) -> None:
    """An event that cannot follow is a conflict, not a guess."""
    with pytest.raises(Conflict, match=r"intent\.transition"):
        intent(lifecycle.DESTROY_CONTROLLER).after(event)
