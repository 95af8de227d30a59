"""Reading a controller's log as a person does: the last entries, and counts of accesses (C2.5(5)).

It takes ``audit``, like every other way to read a log, and shows what an export for the auditor
holds: random ids, codes, never a value. Names of principals are looked up beside it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa

from bailee.access import Caller
from bailee.app import overview_shapes as shapes
from bailee.app.office import Office
from bailee.db import HOUSE

COUNTED = 5_000
"""Entries at most behind one count; the answer says where it begins."""


class Chronicle(Office):
    """Looks into logs."""

    def entries(self, caller: Caller, controller: str, body: shapes.Stretch) -> shapes.Entries:
        """Show a stretch of the newest log, newest first (C2.5(5))."""

        def work(conn: sa.Connection) -> shapes.Entries:
            ledger = self.parts.ledger
            logs = ledger.logs(conn, controller)
            if not logs:
                return shapes.Entries("", 0, [])
            log = logs[-1]
            until = min(body.before if body.before is not None else log.signed, log.signed)
            found = [
                _recorded(index, fields, opening)
                for index, fields, opening in ledger.stretch(
                    conn, controller, log.log, (max(0, until - body.most), until)
                )
            ]
            return shapes.Entries(log.log, log.signed, found[::-1], self._named(conn, found))

        return self.look(caller, controller, "audit", work, or_house=controller == HOUSE)

    def activity(self, caller: Caller, controller: str) -> shapes.Activity:
        """Count the accesses among the newest log's last entries by day, purpose and principal."""

        def work(conn: sa.Connection) -> shapes.Activity:
            ledger = self.parts.ledger
            logs = ledger.logs(conn, controller)
            if not logs:
                return shapes.Activity("", 0, 0, [])
            log = logs[-1]
            first = max(0, log.signed - COUNTED)
            calls: Counter[tuple[str, str, str, str]] = Counter()
            records: Counter[tuple[str, str, str, str]] = Counter()
            for _index, fields, opening in ledger.stretch(
                conn, controller, log.log, (first, log.signed)
            ):
                if not str(fields["action"]).startswith("vault:"):
                    continue
                actor = _actor(opening)
                key = (
                    str(fields["time"])[:10],
                    str(fields["action"]),
                    str(fields["purpose"]),
                    actor.get("principal_id", ""),
                )
                calls[key] += 1
                records[key] += int(fields["count"])
            names = self.parts.access.names(conn)
            tallies = [shapes.Tally(*key, calls[key], records[key]) for key in sorted(calls)]
            shown = {one.principal: names.get(one.principal, "") for one in tallies}
            return shapes.Activity(log.log, first, log.signed, tallies, shown)

        return self.look(caller, controller, "audit", work)

    def _named(self, conn: sa.Connection, found: list[shapes.Recorded]) -> dict[str, str]:
        names = self.parts.access.names(conn)
        ids = {one.principal for one in found} | {
            one.context.get("principal_id", "") for one in found
        }
        return {one: names[one] for one in sorted(ids) if one in names}


def _actor(opening: Any) -> dict[str, str]:
    return dict(opening.who()) if opening is not None else {}


def _recorded(index: int, fields: dict[str, Any], opening: Any) -> shapes.Recorded:
    actor = _actor(opening)
    return shapes.Recorded(
        index=index,
        entry_id=str(fields["id"]),
        time=str(fields["time"]),
        action=str(fields["action"]),
        decision=str(fields["decision"]),
        purpose=str(fields["purpose"]),
        elements=list(fields["elements"]),
        count=int(fields["count"]),
        detail=dict(fields["detail"]),
        principal=actor.get("on_behalf_of", "") or actor.get("principal_id", ""),
        session=actor.get("session", ""),
        context=opening.words() if opening is not None else {},
        opened=opening is not None,
    )
