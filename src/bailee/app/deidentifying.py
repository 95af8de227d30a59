"""Exports in which nobody is named, as the doors ask for them (A29, B3; 45 CFR 164.514)."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from bailee.access import Ask, Caller, disclosure_store
from bailee.access import store as access_store
from bailee.app import accounting_shapes as shapes
from bailee.app.office import entry_of
from bailee.app.procedures import Procedures
from bailee.clock import write_time
from bailee.privacy.anonymity import target
from bailee.privacy.deidentifications import Deidentifications, Exported, Wanted, asked
from bailee.privacy.deidentified import Export
from bailee.privacy.harbor import DROP, harbor, plan
from bailee.procedures.target import CLASS
from bailee.vault import element
from bailee.vault.gathering import VERB, Page

UNKNOWN = "?"


class Deidentifying(Procedures):
    """Acts upon rows that name nobody."""

    @property
    def deidentifications(self) -> Deidentifications:
        """Return the acts upon exports."""
        return Deidentifications(self.parts.access, self.parts.vault.gathering)

    def deidentify(
        self, caller: Caller, controller: str, body: shapes.NewDeidentified
    ) -> shapes.DeidentifiedRows:
        """Let rows leave in which nobody is named; refused and recorded where somebody could be."""
        now, desk = self.parts.clock.now(), self.deidentifications
        wanted = self.read(
            caller, controller, VERB, lambda conn: self._wanted(conn, caller, controller, body)
        )

        def page(after: str) -> Page:
            return self.read(
                caller,
                controller,
                VERB,
                lambda conn: self.parts.vault.gathering.page(conn, caller, wanted.ask, after),
            )

        found = desk.gather(page, wanted, now)

        def work(conn: sa.Connection) -> shapes.DeidentifiedRows:
            done = desk.let_go(conn, caller, wanted, found=found, now=now)
            entry = entry_of(done.opened)
            disclosure_store.file_entry(conn, done.disclosure, opened_entry=entry.entry_id)
            return self._rows(conn, done, entry.entry_id)

        return self.act(caller, controller, VERB, work)

    def deidentified(self, caller: Caller, controller: str) -> shapes.DeidentifiedExports:
        """List exports: all to an auditor, else one's own."""

        def work(conn: sa.Connection) -> shapes.DeidentifiedExports:
            found = self.deidentifications.listed(conn, caller, controller)
            k, source = self.class_target(conn, controller)
            to = _recipients(conn, controller)
            return shapes.DeidentifiedExports(
                [self._export(conn, one, to) for one in reversed(found)], k, source
            )

        return self.read(caller, controller, "audit", work)

    def class_target(
        self, conn: sa.Connection, controller: str, wanted: int = 0
    ) -> tuple[int, str]:
        """Return how many people a class needs at a controller, and who says so."""
        agreement = self.parts.agreements.in_force(conn, controller)
        lines = [one for one in agreement.obligations if one.parameter == CLASS]
        agreed = max((int(one.quantity or 0) for one in lines), default=0)
        return target(wanted, self.targets.people(), agreed)

    def _wanted(
        self, conn: sa.Connection, caller: Caller, controller: str, body: shapes.NewDeidentified
    ) -> Wanted:
        """Return what is asked for, if it may leave at all; who asks is looked at first.

        Raises:
            Invalid: ``element.unknown``; NotFound: ``controller.unknown``;
            Refused: ``grant.*``, ``deidentified.*``, ``consent.*``, …
        """
        self.parts.access.see(conn, caller, controller)
        named = tuple(element(name.partition(":")[0]).name for name in body.elements)
        kept = tuple(name for name in named if (rule := harbor().get(name)) and rule.how != DROP)
        first = Ask(VERB, controller, body.purpose, kept or named)
        self.parts.access.decide(conn, caller, first)
        made = plan(body.elements, body.quasi)
        k, source = self.class_target(conn, controller, body.k)
        wanted = Wanted(
            ask=asked(controller, body.purpose, made),
            keys=tuple(body.keys),
            plan=made,
            k=k,
            k_from=source,
            small=body.small,
        )
        self.deidentifications.check(conn, caller, wanted)
        return wanted

    def _rows(
        self, conn: sa.Connection, done: Exported, opened_entry: str
    ) -> shapes.DeidentifiedRows:
        one = done.disclosure
        return shapes.DeidentifiedRows(
            export=self._export(conn, done.export, _recipients(conn, one.controller)),
            columns=list(done.table.columns),
            rows=[list(row) for row in done.table.rows],
            parts=[shapes.RowsPart(entry, many) for entry, many in done.entries],
            opened_entry=opened_entry,
            kind=one.kind,
            consents=list(one.consents),
            keys=list(one.keys),
            opened=write_time(one.opened),
        )

    def _export(
        self, conn: sa.Connection, one: Export, to: Mapping[str, str]
    ) -> shapes.Deidentified:
        left = disclosure_store.disclosure(conn, one.controller, one.disclosure_id)
        used = [to[name] for name in left.consents] if left else []
        by = access_store.principal(conn, one.made_by)
        return shapes.Deidentified(
            disclosure=one.disclosure_id,
            made=write_time(one.made),
            made_by=by.name if by is not None else one.made_by,
            purpose=left.purpose if left else "",
            k=one.k,
            k_from=one.k_from,
            small=one.small,
            kept=list(one.kept),
            quasi=list(one.quasi),
            dropped=[shapes.Dropped(name, _item(name)) for name in one.dropped],
            rows=one.written,
            people=one.people,
            classes=one.classes,
            smallest=one.smallest,
            suppressed=one.suppressed,
            small_classes=one.small_classes,
            withheld=one.withheld,
            recipients=list(dict.fromkeys(used)),
            entry_id=one.entry_id,
        )


def _recipients(conn: sa.Connection, controller: str) -> dict[str, str]:
    """Return the recipients of a controller's consents, by consent."""
    return {one.consent_id: one.recipient for one in disclosure_store.consents(conn, controller)}


def _item(name: str) -> str:
    rule = harbor().get(name)
    return rule.item if rule is not None else UNKNOWN
