"""Acts at the end of an agreement: isolate, ask again, keep, pack, order, finish (C6).

Each act takes the epoch's row first, loads, decides by ``termination``, saves and records, in the
caller's one transaction: of two people who click at one moment the second meets what the first did.

*If the process dies* between an order and its end, the row says ``destroying``, and whoever starts
next carries it out (``app.ends``); before the order, nothing was begun.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.access import Caller, Done, bump
from bailee.canonical import encode
from bailee.clock import write_time
from bailee.errors import Conflict
from bailee.privacy import termination_store as store
from bailee.privacy.end_desk import AGAIN, ENDING, ENTER, ORDER, WITHIN
from bailee.privacy.end_words import EndWords
from bailee.privacy.termination import (
    BEFORE,
    DESTROY,
    DESTROYED,
    DESTROYING,
    OPEN,
    REMINDER,
    WHOLE,
    Termination,
    check_order,
    step,
)
from bailee.vault.kept import Kept


class Terminations(EndWords):
    """The ends of all agreements."""

    def isolate(self, conn: sa.Connection, caller: Caller, controller: str) -> Termination | None:
        """Write that the end has come, whether or not anybody chose; None where it has not.

        The isolation itself hangs on no entry: the vault refuses from the moment of the end. This
        makes it hold against a clock that is set back.
        """
        bump(conn)
        row = self._row(conn, controller)
        if row.status != "ending" or row.ended is None or row.ended > self._clock.now():
            return None
        self._agreements.expire(conn, controller, by=caller)
        found = store.one(conn, controller) or self._open(conn, controller, row.ended)
        self._tell(conn, caller, found, "isolated")
        return found

    def remind(self, conn: sa.Connection, caller: Caller, controller: str) -> bool:
        """Ask the controller for its choice, once it is time to ask (again)."""
        bump(conn)
        found, now = store.one(conn, controller), self.now(conn, controller)
        if found is None or found.state != OPEN or found.ended > now:
            return False
        rules = self._rules(conn, found)
        last = found.asked_at
        if last is not None and now < (rules.due(AGAIN, last) or last + REMINDER):
            return False
        after = replace(found, asked=found.asked + 1, asked_at=now)
        self._move(conn, found, after)
        due = rules.due(WITHIN, found.ended)
        late = "yes" if due is not None and now > due else "no"
        self._tell(conn, caller, after, "asked", detail={"times": after.asked, "late": late})
        return True

    def lapse(
        self, conn: sa.Connection, caller: Caller, controller: str, kept: Sequence[Kept]
    ) -> bool:
        """Note that a law's last day for something is over, once: it is destroyed now too."""
        bump(conn)
        found, now = store.one(conn, controller), self._clock.now()
        if found is None or found.state != DESTROYED or found.ordered is None:
            return False
        since = found.lapsed or found.ordered
        if not any(since < one.until <= now for one in kept):
            return False
        after = replace(found, lapsed=now)
        self._move(conn, found, after)
        self._tell(conn, caller, after, "lapsed")
        return True

    def keep(self, conn: sa.Connection, caller: Caller, one: Kept) -> object:
        """Record what a law keeps, which the vault registers in the same transaction.

        Raises:
            Refused: ``grant.missing``; Conflict: ``termination.not_ended``, ``termination.begun``.
        """
        bump(conn)
        self._access.demand(conn, caller, ENTER, one.controller)
        row, found = self._row(conn, one.controller), store.one(conn, one.controller)
        if row.status not in ENDING or row.ended is None:
            raise Conflict("termination.not_ended", "No end of this agreement was noted.")
        if found is not None and found.state not in BEFORE:
            step(found.state, "choose")  # says what is begun
        found = found or self._open(conn, one.controller, row.ended)
        detail: dict[str, str | int] = {
            "kept": one.kept_id,
            "until": write_time(one.until).lower(),
            "records": len(one.records) or "all",
        }
        return self._tell(
            conn, caller, found, "kept",
            detail=detail, context={"basis": one.basis}, elements=one.elements,
        )  # fmt: skip

    def pack(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        package: tuple[str, str, Mapping[str, int], int],
    ) -> Done[Termination]:
        """Write down that a package holds everything; whoever calls compared it with the vault.

        ``package``: disclosure, digest of its account, values by element, records.

        Raises:
            Conflict: ``termination.other_choice``, ``termination.state``, ``termination.begun``.
        """
        bump(conn)
        item, digest, values, records = package
        found = self._found(conn, controller)
        if found.choice == DESTROY and found.state in BEFORE:
            raise Conflict("termination.other_choice", "The controller chose the destruction.")
        after = replace(
            found,
            state=step(found.state, "pack"),
            disclosure_id=item,
            manifest_sha256=digest,
            packed=self.now(conn, controller),
            packed_by=caller.accountable,
            packed_records=records,
            packed_values=encode(dict(values)).decode("ascii"),
        )
        self._move(conn, found, after)
        detail: dict[str, str | int] = {
            "disclosure": item,
            "manifest_sha256": digest,
            "records": records,
            "values": sum(values.values()),
        }
        return Done(after, self._tell(conn, caller, after, "packed", detail=detail))

    def order(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        held: tuple[str, bool, str, list[str]],
    ) -> Done[Termination]:
        """Order the destruction; from here on it is carried out, whatever happens.

        ``held``: scope, whether anything is left to destroy, what is held (JSON), names of living
        keys.

        Raises:
            Refused: ``grant.missing``, ``termination.no_choice``, ``self.destroy``;
            Conflict: ``termination.*``, ``destroy.in_force``.
        """
        bump(conn)
        self._access.demand(conn, caller, ORDER, controller)
        return self.ordered(conn, caller, controller, held)

    def ordered(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        held: tuple[str, bool, str, list[str]],
    ) -> Done[Termination]:
        """Do what ``order`` does, for whoever asked already who may; controls try it."""
        scope, left, stock, names = held
        row, now = self._row(conn, controller), self.now(conn, controller)
        if row.status == "active" or row.ended is None or row.ended > now:
            raise Conflict(
                "destroy.in_force",
                "The agreement with this controller is in force.",
                do="End it first, as its notice says.",
            )
        found = check_order(store.one(conn, controller), by=frozenset(caller.principals), left=left)
        if row.status == "ending":
            self._agreements.expire(conn, controller, by=caller)
        self._instruct(conn, caller, controller, found.choice)
        if scope == WHOLE:
            self._agreements.destroyed(conn, controller, by=caller)
        ordered = replace(
            found,
            state=step(found.state, "order"),
            ordered=now,
            ordered_by=caller.accountable,
            scope=scope,
            stock=stock,
            key_names=" ".join(names),
            destroyed=None,
            rows_gone=None,
        )
        receipt: Any = self._tell(
            conn, caller, ordered, "ordered", detail={"choice": found.choice, "scope": scope}
        )
        ordered = replace(ordered, ordered_entry=receipt.entry_id, ordered_leaf=receipt.leaf)
        self._move(conn, found, ordered)
        return Done(ordered, receipt)

    def finish(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        done: tuple[int, int, datetime, datetime],
    ) -> Termination | None:
        """Write that the destruction is done; None when another process wrote it.

        ``done``: keys, rows, when the keys died, when the last row was gone.
        """
        bump(conn)
        found = store.one(conn, controller)
        if found is None or found.state != DESTROYING:
            return None
        keys, rows, destroyed, rows_gone = done
        after = replace(
            found,
            state=step(found.state, "finish"),
            keys=keys,
            rows=rows,
            destroyed=destroyed,
            rows_gone=rows_gone,
        )
        detail: dict[str, str | int] = {
            "keys": keys,
            "rows": rows,
            "scope": found.scope,
            "destroyed": write_time(destroyed).lower(),
            "rows_gone": write_time(rows_gone).lower(),
        }
        receipt: Any = self._tell(conn, caller, after, "destroyed", detail=detail)
        after = replace(after, done_entry=receipt.entry_id)
        self._move(conn, found, after)
        return after

    def certified(
        self, conn: sa.Connection, caller: Caller, found: Termination, detail: Mapping[str, str]
    ) -> Any:
        """Record that a certificate was made: its digest, and the signing certificate's."""
        return self._tell(conn, caller, found, "certified", detail=detail)
