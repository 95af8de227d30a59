"""Reports behind an NDA, as the doors ask for them (A23, A24, B10).

Two doors lead in. A visitor from outside, whom nobody proved to be anybody, signs and waits: a
named person of ours releases, and sends the code to the address that was given, so that only who
reads mail there gets a copy. A controller's representative shows a key; the operator may list
controllers whose representatives get the code at once (``BAILEE_TRUST_RELEASE``).
"""

from __future__ import annotations

import sqlalchemy as sa

from bailee.access import Caller
from bailee.app import trust_shapes as shapes
from bailee.app import trust_views as views
from bailee.app.parts import Parts
from bailee.app.sign_means import marker
from bailee.app.trust_desk import TrustDesk
from bailee.assurance import trust_store as store
from bailee.assurance.report_copy import copy_for
from bailee.assurance.report_request import KNOCKS, WINDOW, Visitor
from bailee.assurance.report_requests import ReportRequests, Wish, no_code
from bailee.assurance.sealing import unseal
from bailee.assurance.statement import digest
from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.errors import NotFound, Refused, Unavailable


class TrustReports(TrustDesk):
    """Acts upon requests for reports."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._wishes = ReportRequests(self._tell_trust, parts.clock, parts.keys)

    def trust_nda(self) -> shapes.Nda:
        """Return the text to sign.

        Raises:
            NotFound: ``nda.none``.
        """
        text = self.parts.data.read(HOUSE, self._wishes.nda)
        if not text:
            raise NotFound("nda.none", "There is no NDA to sign now.")
        return shapes.Nda(text, digest(text))

    def ask_report(self, body: shapes.ReportWish, remote: str) -> shapes.Asked:
        """Sign and ask, as a visitor; counted by source before anything is looked at."""
        self._knock(remote)
        visitor = Visitor(body.name, body.firm, body.email, body.signed)
        wish = Wish(visitor, body.attestation, body.nda_sha256, body.accept, body.recipient)
        made = self.parts.data.write(HOUSE, lambda conn: self._wishes.ask(conn, wish))
        return views.asked(made)

    def ask_report_as(
        self, caller: Caller, controller: str, body: shapes.OwnReportWish
    ) -> shapes.Asked:
        """Sign and ask, as a controller's representative; released at once where so set."""

        def work(conn: sa.Connection) -> shapes.Asked:
            self.parts.access.demand(conn, caller, "audit", controller)
            person = self._represent(conn, caller, controller)
            visitor = Visitor(person.name, person.employer, person.email, body.signed)
            wish = Wish(visitor, body.attestation, body.nda_sha256, body.accept, body.recipient)
            made = self._wishes.ask(conn, wish, of=controller, actor=caller.actor())
            if controller not in self.parts.settings.trust_release:
                return views.asked(made)
            released = self._wishes.release(
                conn, made.request_id, "setting", {"kind": "machine", "principal_id": "setting"}
            )
            return views.asked(*released)

        return self.act(caller, controller, "audit", work)

    def take_report(self, body: shapes.ReportDownload, remote: str) -> bytes:
        """Return the one copy that a code opens; noted before it leaves.

        If the process dies in between, the code is used and the visitor asks for another one.

        Raises:
            Refused: ``report.code``. Unavailable: ``report.too_many``.
        """
        self._knock(remote)
        try:
            found, paper = self.parts.data.read(
                HOUSE, lambda conn: self._wishes.claim(conn, body.request, body.code)
            )
        except Refused as failure:
            self.parts.sentry.refuse(remote, failure.code)
            raise
        held = self.parts.data.read(HOUSE, lambda conn: store.report(conn, paper.attestation_id))
        if held is None:
            raise no_code()
        file = unseal(self.parts.keys, paper.attestation_id, *held)
        copied = copy_for(file, paper.document_sha256, found.recipient, body.code)
        self.parts.data.write(HOUSE, lambda conn: self._wishes.take(conn, found, copied))
        return copied.data

    def report_requests(self, caller: Caller) -> shapes.ReportRequests:
        """List requests with who asked; that somebody looked is recorded."""

        def work(conn: sa.Connection) -> shapes.ReportRequests:
            found = store.requests(conn)
            self.parts.access.note(
                conn, "assurance:requests:seen", caller.actor(), detail={"requests": len(found)}
            )
            return shapes.ReportRequests(
                [views.request(one, self._wishes.visitor(one)) for one in found]
            )

        return self._publishing(caller, work)

    def release_report(self, caller: Caller, item: str) -> shapes.ReportRequest:
        """Release a request, as a named person; its code is answered once."""

        def work(conn: sa.Connection) -> shapes.ReportRequest:
            made, code = self._wishes.release(conn, item, caller.accountable, caller.actor())
            return views.request(made, self._wishes.visitor(made), code)

        return self._publishing(caller, work)

    def refuse_report(self, caller: Caller, item: str) -> shapes.ReportRequest:
        """Refuse a request."""

        def work(conn: sa.Connection) -> shapes.ReportRequest:
            made = self._wishes.refuse(conn, caller, item)
            return views.request(made, self._wishes.visitor(made))

        return self._publishing(caller, work)

    def forget_visitors(self) -> int:
        """Destroy the words of visitors whose time is over, keys first; return of how many.

        If the process dies in between, the next round destroys again what is destroyed.
        """
        due = self.parts.data.read(HOUSE, self._wishes.due)
        for one in due:
            self.parts.destruction.subjects(HOUSE, [one.key_id])
            self.parts.data.write(HOUSE, lambda conn, of=one: self._wishes.forget(conn, of))  # type: ignore[misc]  # bound now
        return len(due)

    def _knock(self, remote: str) -> None:
        """Count a try of a source, durably, before anything else is done for it.

        Raises:
            Unavailable: ``report.too_many``; floods are counted in the house's log.
        """
        now = self.parts.clock.now()
        mark = marker(self.parts.keys)(remote)
        count = self.parts.data.write(
            HOUSE, lambda conn: store.knock(conn, mark, write_time(now), write_time(now - WINDOW))
        )
        if count > KNOCKS:
            self.parts.sentry.refuse(remote, "report.too_many")
            raise Unavailable(
                "report.too_many",
                f"More than {KNOCKS} tries within an hour.",
                do="Come back later.",
                retryable=False,
            )
