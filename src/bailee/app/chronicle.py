"""Reading a controller's log as a person does: the last entries, and counts of accesses (C2.5(5)).

It takes ``audit``, like every other way to read a log, and shows what an export for the auditor
holds: random ids, codes, never a value. Names of principals are looked up beside it.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa

from bailee.access import Caller
from bailee.app import overview_shapes as shapes
from bailee.app.office import Office
from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.errors import Unavailable

COUNTED = 1_000
"""Entries at most that are opened for one answer, which says where to go on."""
TOUCHED = 50
"""Records of one entry, the first; an export has them all."""


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

    def entry_view(self, caller: Caller, controller: str, entry_id: str) -> shapes.EntryView:
        """Show one entry with its opening, what it commits to, and where it stands (C5.2)."""

        def work(conn: sa.Connection) -> shapes.EntryView:
            ledger = self.parts.ledger
            log, index = ledger.place(conn, controller, entry_id)
            covered, path = _path(ledger.proof(conn, controller, entry_id))
            found = next(ledger.stretch(conn, controller, log, (index, index + 1)), None)
            if found is None:
                raise Unavailable("ledger.not_signed", "No checkpoint covers the entry yet.")
            _, fields, opening = found
            told = _recorded(index, fields, opening)
            blocks = [] if opening is None else [block for _, block in opening.records]
            return shapes.EntryView(
                log=log,
                size=next(one.size for one in ledger.logs(conn, controller) if one.log == log),
                entry=told,
                leaf=ledger.leaf(conn, controller, entry_id),
                covered=covered,
                path=path,
                commitments=dict(fields["commitments"]),
                fits=opening is not None and opening.commitments() == fields["commitments"],
                actor=_actor(opening),
                records=[_touched(block) for block in blocks[:TOUCHED]],
                touched=len(blocks),
                names=self._named(conn, [told]),
            )

        return self.look(caller, controller, "audit", work, or_house=controller == HOUSE)

    def seals(self, caller: Caller, controller: str) -> shapes.Seals:
        """Show a controller's logs with their newest checkpoints and who saw these (C5.2)."""
        witnessing = self.parts.witnessing

        def work(conn: sa.Connection) -> shapes.Seals:
            ledger, found = self.parts.ledger, []
            for one in ledger.logs(conn, controller):
                seal = ledger.seal(conn, controller, one.log)
                lines = [
                    shapes.Cosigned(name, write_time(at)) for name, at in seal.cosigned(one.log)
                ]
                key = ledger.vkey(one.log)
                found.append(
                    shapes.Sealed(
                        one.log, one.status, one.size, key, seal.size, seal.at, lines, seal.seen,
                        seal.unseen or "",
                    )
                )  # fmt: skip
            return shapes.Seals(found, [] if witnessing is None else witnessing.names)

        return self.look(caller, controller, "audit", work, or_house=controller == HOUSE)

    def own_entries(
        self, caller: Caller, controller: str, body: shapes.LookBack
    ) -> shapes.OwnEntries:
        """Show callers what some entries of the newest log say of themselves; takes no right.

        An entry counts by its opening: what was erased there is nobody's any more.
        """
        me = caller.accountable

        def work(conn: sa.Connection) -> shapes.OwnEntries:
            self.parts.access.see(conn, caller, controller)
            ledger = self.parts.ledger
            logs = ledger.logs(conn, controller)
            if not logs:
                return shapes.OwnEntries("", 0, 0, 0, [])
            log, span = logs[-1], _span(logs[-1].signed, body)
            found = [
                _recorded(index, fields, opening)
                for index, fields, opening in ledger.stretch(conn, controller, log.log, span)
                if _accountable(_actor(opening)) == me
            ]
            return shapes.OwnEntries(log.log, *span, log.signed, found[::-1])

        return self.read(caller, controller, "see", work)

    def activity(self, caller: Caller, controller: str, body: shapes.LookBack) -> shapes.Activity:
        """Count the accesses among some entries of the newest log by day, purpose and principal."""

        def work(conn: sa.Connection) -> shapes.Activity:
            ledger = self.parts.ledger
            logs = ledger.logs(conn, controller)
            if not logs:
                return shapes.Activity("", 0, 0, 0, [])
            log, span = logs[-1], _span(logs[-1].signed, body)
            calls: Counter[tuple[str, str, str, str]] = Counter()
            records: Counter[tuple[str, str, str, str]] = Counter()
            for _index, fields, opening in ledger.stretch(conn, controller, log.log, span):
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
            return shapes.Activity(log.log, *span, log.signed, tallies, shown)

        return self.look(caller, controller, "audit", work)

    def _named(self, conn: sa.Connection, found: list[shapes.Recorded]) -> dict[str, str]:
        names = self.parts.access.names(conn)
        ids = {one.principal for one in found} | {
            one.context.get("principal_id", "") for one in found
        }
        return {one: names[one] for one in sorted(ids) if one in names}


def _span(signed: int, body: shapes.LookBack) -> tuple[int, int]:
    """Return which entries are opened (from, until)."""
    until = signed if body.before is None else min(body.before, signed)
    return max(0, until - COUNTED), until


def _actor(opening: Any) -> dict[str, str]:
    return dict(opening.who()) if opening is not None else {}


def _path(proof: str) -> tuple[int, list[str]]:
    """Return the size of the tree that a proof stands under, and its audit path, hex."""
    head, _, checkpoint = proof.partition("\n\n")
    size = int(checkpoint.split("\n")[1])
    return size, [base64.b64decode(line).hex() for line in head.split("\n")[3:]]


def _touched(block: bytes) -> shapes.Holder:
    told: dict[str, Any] = msgspec.json.decode(block)
    return shapes.Holder(told["record_id"], told["subject_id"], list(told["elements"]))


def _accountable(actor: Mapping[str, str]) -> str:
    """Return who answers for an entry: the person, where a service acted for one (C2.5(2))."""
    return actor.get("on_behalf_of", "") or actor.get("principal_id", "")


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
        principal=_accountable(actor),
        session=actor.get("session", ""),
        context=opening.words() if opening is not None else {},
        opened=opening is not None,
    )
