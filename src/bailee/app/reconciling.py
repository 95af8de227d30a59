"""Unwraps into the house's log, and the provider's record against it (C2.8(3); ``keys.unwrap``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from time import monotonic, sleep

import sqlalchemy as sa

from bailee.access import Caller
from bailee.app import root_shapes, store
from bailee.app.office import Office, entry_of
from bailee.app.reconciliation import Run
from bailee.clock import read_time, write_time
from bailee.db import HOUSE
from bailee.errors import Invalid
from bailee.keys import (
    ANSWER,
    APART,
    Comparison,
    Seen,
    Unwrap,
    Window,
    compare,
    read_unwraps,
    write_unwraps,
)
from bailee.ledger import Fact

AT_ONCE = 150
"""Unwraps in one entry: its context has 16 KiB."""
ASK_SECONDS = 0.05
"""How often a comparison looks whether what is under way was answered."""
NAMED = 1000
"""Unexplained and missing ones that an answer names; all are counted."""
ACTION = "keys:root:unwrapped"
MACHINE = {"kind": "machine", "principal_id": "root"}


class Reconciling(Office):
    """Acts upon the record of unwraps."""

    def log_unwraps(self) -> int:
        """Move what was noted into the house's log; return how many. Dying between: twice there."""
        moved = 0
        while rows := self.parts.notes.due(AT_ONCE):
            by_root: dict[str, list[Unwrap]] = defaultdict(list)
            for row in rows:
                by_root[row.root].append(row.unwrap)
            facts = [
                Fact(
                    action=ACTION,
                    controller=HOUSE,
                    count=len(unwraps),
                    detail={"root": root},
                    actor=MACHINE,
                    context={"unwraps": write_unwraps(unwraps)},
                )
                for root, unwraps in by_root.items()
            ]
            self.parts.data.write(HOUSE, lambda conn, of=facts: self._append(conn, of))  # type: ignore[misc]
            self.parts.notes.forget([row.unwrap.number for row in rows])
            moved += len(rows)
        return moved

    def _append(self, conn: sa.Connection, facts: Sequence[Fact]) -> None:
        self.parts.ledger.append_many(conn, facts)

    def reconcile(
        self, caller: Caller, body: root_shapes.ProviderRecord
    ) -> root_shapes.Reconciliation:
        """Compare the provider's record of unwraps with the house's log, over a window.

        Whoever shows a record can leave lines out: ours that are not in it are named too.

        Raises:
            Refused: ``grant.missing`` without ``keys`` at the house.
            Invalid: ``reconcile.window``, ``time.unreadable``.
        """

        def may(conn: sa.Connection) -> None:
            self.parts.access.demand(conn, caller, "keys", HOUSE)

        self.act(caller, HOUSE, "keys", may)
        window = Window(read_time(body.since), min(read_time(body.until), self.parts.clock.now()))
        if window.since >= window.until:
            raise Invalid("reconcile.window", "A window begins before it ends, and some time ago.")
        self.log_unwraps()
        self.parts.ledger.sequence(self.parts.sequencing)
        seen = [Seen(read_time(one.at), one.request, one.act) for one in body.seen]
        found = compare(self._ours(window), seen, window)
        run = Run(
            window.since,
            window.until,
            sum(window.has(one.at) for one in seen),
            len(found.unexplained),
            len(found.missing),
        )
        return self._keep(caller, run, found)

    def _ours(self, window: Window) -> list[Unwrap]:
        before, after = window.since - APART - ANSWER, window.until + APART

        def work(conn: sa.Connection) -> list[Unwrap]:
            return [
                unwrap
                for fields, opening in self.parts.ledger.since(conn, HOUSE, before, ACTION)
                for unwrap in read_unwraps(
                    opening.words().get("unwraps", ""), read_time(fields["time"])
                )
                if before <= unwrap.begun < after
            ]

        logged = self.parts.data.read(HOUSE, work)
        return logged + [one for one in self._under_way() if before <= one.begun < after]

    def _under_way(self) -> list[Unwrap]:
        """Return what the log does not have yet, each answered or given up.

        One that still waits for its answer is not lost: it would cover a foreign unwrap.
        """
        now, end = self.parts.clock.now(), monotonic() + ANSWER.total_seconds()
        while True:
            found = self.parts.notes.under_way()
            waits = [one for one in found if not one.request and now - ANSWER < one.begun <= now]
            if not waits or monotonic() >= end:
                return found
            sleep(ASK_SECONDS)

    def _keep(self, caller: Caller, run: Run, found: Comparison) -> root_shapes.Reconciliation:
        fact = Fact(
            action="keys:root:reconciled",
            controller=HOUSE,
            decision="failed" if run.unexplained or run.missing else "allowed",
            count=run.seen,
            detail={
                "explained": found.explained,
                "unanswered": found.unanswered,
                "late": found.late,
                "unexplained": run.unexplained,
                "missing": run.missing,
                "since": write_time(run.since).lower(),
                "until": write_time(run.until).lower(),
            },
            actor=caller.actor(),
        )

        def work(conn: sa.Connection) -> root_shapes.Reconciliation:
            receipt = self.parts.ledger.append(conn, fact)
            store.add_run(conn, run, self.parts.clock.now(), receipt.entry_id)
            return root_shapes.Reconciliation(
                until=write_time(run.until),
                explained=found.explained,
                unanswered=found.unanswered,
                late=found.late,
                unexplained=run.unexplained,
                missing=run.missing,
                entry=entry_of(receipt),
                named=[
                    root_shapes.ProviderUnwrap(write_time(one.at), one.request, one.act)
                    for one in found.unexplained[:NAMED]
                ],
                holes=[
                    root_shapes.ProviderUnwrap(write_time(one.begun), one.request)
                    for one in found.missing[:NAMED]
                ],
            )

        return self.parts.data.write(HOUSE, work)
