"""The switch between a controller's data and sub-processors (C7.3(5), C7.2(5), C2.1).

What is asked is one picture of all sub-processors at one controller, remembered under the epoch
like grants: an objection raises the epoch, so that with its commit the picture is gone in every
process, and a call that is under way is decided again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.access import store
from bailee.access.consent import Consent, Leaving
from bailee.access.desk import Desk
from bailee.access.grant import Ask, Missing
from bailee.access.outsourced import CATEGORIES, Outsourced, beyond_categories, not_engaged
from bailee.db import HOUSE

Look = Callable[[sa.Connection, str], Outsourced]
NOBODY = Outsourced()


def nobody(_conn: sa.Connection, _controller: str) -> Outsourced:
    """Return the picture of a house without sub-processors."""
    return NOBODY


class Outsourcing(Desk):
    """Questions about who works for a sub-processor, and what leaves to one.

    Args:
        outsourced: reads the register and a controller's engagements.
        desk: what ``Desk`` takes.
    """

    def __init__(self, *, outsourced: Look = nobody, **desk: Any) -> None:
        super().__init__(**desk)
        self._outsourced = outsourced

    def _unengaged(
        self, conn: sa.Connection, epoch: str, principal_ids: Sequence[str], ask: Ask
    ) -> tuple[tuple[Missing, ...], list[datetime]]:
        """Return what keeps out those who work for sub-processors, and until when that holds."""
        picture, now = self._picture(conn, epoch, ask.controller), self._clock.now()
        if not picture.editions or ask.controller == HOUSE:
            return (), []
        lacking: dict[Missing, None] = {}
        for principal_id in principal_ids:
            employer = self._working_for(conn, picture, principal_id)
            found = (
                picture.lacks(employer, ask.elements, self._schema, now=now) if employer else None
            )
            if found is not None:
                lacking[found] = None
        return tuple(lacking), picture.turns(now)

    def _working_for(self, conn: sa.Connection, picture: Outsourced, principal_id: str) -> str:
        who = store.principal(conn, principal_id)
        found = picture.of(who)
        if found or who is None or not who.owner:
            return found
        return picture.of(store.principal(conn, who.owner))

    def _check_recipients(
        self, picture: Outsourced, leaving: Leaving, used: Sequence[Consent]
    ) -> None:
        """Refuse what would leave to a sub-processor that is not engaged for it.

        Known by its keys, and by the names that consents give their recipients: a fresh key is no
        way around an objection.

        Raises:
            Refused: ``subprocessor.not_engaged``, ``subprocessor.categories``.
        """
        recipients = {picture.holding(key) for key in leaving.keys}
        recipients |= {picture.named(one.recipient) for one in used}
        for to in recipients - {""}:
            found = picture.lacks(to, leaving.elements, self._schema, now=self._clock.now())
            if found is not None and found.code == CATEGORIES:
                raise beyond_categories(", ".join(found.names))
            if found is not None:
                raise not_engaged()

    def _picture(self, conn: sa.Connection, epoch: str, controller: str) -> Outsourced:
        load = functools.partial(self._read, conn, controller)
        return self._memory.recall(epoch, ("outsourced", controller), load)

    def _read(self, conn: sa.Connection, controller: str) -> Outsourced:
        with store.within(conn, controller):
            return self._outsourced(conn, controller)


__all__ = ["Look", "Outsourcing", "nobody"]
