"""Lifecycles as tables: state x event -> state.

Every life in this package (person, service, credential, invitation, grant, approval) is one such
table beside its noun. A pair that the table does not name is refused and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from bailee.errors import Conflict

Table = Mapping[str, Mapping[str, str]]
"""State -> event -> next state. A state without events is an end."""


def step(table: Table, state: str, event: str) -> str:
    """Return the state after an event.

    Raises:
        Conflict: ``lifecycle.event`` when the table does not know the pair.
    """
    after = table.get(state, {}).get(event)
    if after is None:
        raise Conflict(
            "lifecycle.event",
            f"'{event}' cannot happen to what is '{state}'.",
            do="Look at its present state first.",
        )
    return after
