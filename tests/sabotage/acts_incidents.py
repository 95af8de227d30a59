"""Sabotages of the incident room (C9)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import sqlalchemy as sa

from bailee.clock import write_time
from bailee.errors import Refused
from bailee.incidents import event, events, facts, incidents, notice, redresses, tables
from bailee.incidents.notice import Part
from tests.sabotage.stage import CONTROLLER, Stage, broken


def silence_dismisses(stage: Stage) -> AbstractContextManager[None]:
    """Let signals on which nobody decided count as nothing."""
    return broken(stage.house.signals, "count", lambda *_: 0)


@contextmanager
def signal_forgotten(stage: Stage) -> Iterator[None]:
    """Write a signal into the database whose time was up yesterday; nothing counts it."""
    data, name = stage.house.parts.data, secrets.token_hex(16)
    past = write_time(stage.house.parts.clock.now() - timedelta(days=1))
    row = {column.name: "" for column in tables.signal.columns} | {
        "controller": CONTROLLER, "signal_id": name, "source": "refusals", "state": "open",
        "raised": past, "recorded": past, "due": past,
    }  # fmt: skip
    data.write(CONTROLLER, lambda conn: conn.execute(sa.insert(tables.signal).values(**row)))
    gone = sa.delete(tables.signal).where(tables.signal.c.signal_id == name)
    try:
        with broken(stage.house, "tend_incidents", lambda *_: None):
            yield
    finally:
        data.write(CONTROLLER, lambda conn: conn.execute(gone))


def people_miscounted(_stage: Stage) -> AbstractContextManager[None]:
    """Take every person for an organisation."""
    return broken(facts, "_kind", lambda _shapes: "organisation")


def nobody_to_ask(_stage: Stage) -> AbstractContextManager[None]:
    """Let notices go out that name nobody."""
    nobody = Part("contact", "Whom to ask", "unknown", ())
    return broken(notice, "reach", lambda _contacts: nobody)


def next_version_forgotten(_stage: Stage) -> AbstractContextManager[None]:
    """Let nothing run after a notice."""
    return broken(incidents, "LAST", "nothing")


def urgent_like_others(_stage: Stage) -> AbstractContextManager[None]:
    """Let an urgent issue wait as long as a complaint."""
    return broken(event, "TRIGGERS", {})


def kept_silently(_stage: Stage) -> AbstractContextManager[None]:
    """Let events be kept from the controller without a reason."""
    return broken(events, "check_words", lambda _name, text, **_more: text)


def controller_shut_out(stage: Stage) -> AbstractContextManager[None]:
    """Show nobody an incident."""

    def shut(*_: object) -> None:
        raise Refused("incident.internal", "This is ours.")

    return broken(stage.house.incidents, "shown", shut)


def claims_unwritten(_stage: Stage) -> AbstractContextManager[None]:
    """Enter claims whatever the controller wrote."""
    return broken(redresses, "check_writing", lambda _writing: None)


def monitored_for_a_day(_stage: Stage) -> AbstractContextManager[None]:
    """Settle monitoring that ends at any time."""
    return broken(redresses, "check_settled", lambda *_: None)
