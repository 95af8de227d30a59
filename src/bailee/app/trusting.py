"""The register of the trust page, as the doors ask for it (B10; A24, A29, A32).

Adding takes ``publish`` at the house, and is refused when the page would then say what does not
hold. Taking away is never refused for the page's sake: it is done first, the page made afterwards.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec
import sqlalchemy as sa

from bailee.access import Caller
from bailee.app import trust_shapes as shapes
from bailee.app import trust_views as views
from bailee.app.parts import RECEIPT, Parts
from bailee.app.trust_sayings import TrustSayings
from bailee.assurance import trust_store as store
from bailee.assurance.attestation import Attestation, resolve
from bailee.assurance.fact import MEMBERS, PublicFact
from bailee.assurance.lint import vocabulary
from bailee.assurance.lives import load_lives
from bailee.assurance.report_copy import check_file
from bailee.assurance.sealing import seal
from bailee.assurance.trust import Register, compose
from bailee.assurance.trust_acts import TrustActs
from bailee.db import HOUSE
from bailee.errors import Invalid


class Trusting(TrustSayings):
    """Acts upon papers and facts."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._papers = TrustActs(self._tell_trust, parts.clock)

    def attest(self, caller: Caller, body: shapes.NewAttestation) -> shapes.Attestation:
        """Register a paper; its file is sealed under a key of its own before it is stored."""
        file = _file(body)

        def work(conn: sa.Connection) -> shapes.Attestation:
            paper = self._papers.attest(conn, caller, _paper(body), supersedes=body.supersedes)
            if file:
                key_id, sealed = seal(self.parts.keys, paper.attestation_id, file)
                store.add_report(conn, paper.attestation_id, key_id, sealed)
            entry = conn.info[RECEIPT]
            self._pages.make(conn, self._register(conn), caller.actor())
            shown = views.attestation(paper, self._moment(), shown=True, entry=entry)
            if not self._says(conn, paper):
                raise Invalid(
                    "attestation.claim",
                    "The linter finds that this paper does not speak any more, or never did.",
                    do="Try its words: `bailee claims lint --all`.",
                )
            return shown

        return self._publishing(caller, work)

    def withdraw_attestation(self, caller: Caller, item: str) -> shapes.Attestation:
        """Take a paper back."""

        def work(conn: sa.Connection) -> shapes.Attestation:
            paper = self._papers.withdraw_attestation(conn, caller, item)
            return views.attestation(paper, self._moment(), shown=False, entry=conn.info[RECEIPT])

        return self._taking_away(caller, work)

    def publish_fact(self, caller: Caller, body: shapes.NewFact) -> shapes.PublicFact:
        """Publish a fact."""
        fact = _fact(body)

        def work(conn: sa.Connection) -> shapes.PublicFact:
            made = self._papers.publish_fact(conn, caller, fact)
            entry = conn.info[RECEIPT]
            self._pages.make(conn, self._register(conn), caller.actor())
            return views.fact(made, self._moment(), entry)

        return self._publishing(caller, work)

    def end_fact(self, caller: Caller, item: str) -> shapes.PublicFact:
        """End a fact."""

        def work(conn: sa.Connection) -> shapes.PublicFact:
            made = self._papers.end_fact(conn, caller, item)
            return views.fact(made, self._moment(), conn.info[RECEIPT])

        return self._taking_away(caller, work)

    def trust(self, caller: Caller) -> shapes.Trust:
        """Show the whole register to whoever publishes."""

        def work(conn: sa.Connection) -> shapes.Trust:
            head, now = store.head(conn), self._moment()
            page = store.page(conn, head.page_id)
            statements = store.statements(conn)
            concerned = sorted({name for one in statements for name in one.concerns})
            approvals = store.approvals(conn, concerned)
            said = self._said(conn)
            return shapes.Trust(
                page=head.state,
                findings=head.findings if head.state == store.REFUSED else "",
                until=page.until if page and head.state == store.CURRENT else "",
                attestations=[
                    views.attestation(one, now, shown=one.attestation_id in said)
                    for one in store.attestations(conn)
                ],
                facts=[views.fact(one, now) for one in store.facts(conn)],
                statements=[views.statement(one, now, approvals) for one in statements],
            )

        return self.look(caller, HOUSE, "publish", work)

    def trust_evidence(self) -> shapes.LivingPapers:
        """Return the living papers as the linter reads them; all of it is public anyway."""
        now = self._moment()
        found = self.parts.data.read(HOUSE, store.attestations)
        papers = [one.paper for one in found if one.standard and one.state_at(now) == "current"]
        return shapes.LivingPapers([_words(msgspec.to_builtins(one)) for one in papers])

    def _said(self, conn: sa.Connection) -> set[str]:
        """Return the ids of the papers that the page says now."""
        register = Register(store.attestations(conn), (), (), (), (), "")
        said = compose(register, self._moment())
        return {one["id"] for one in said.content["certifications"]}

    def _says(self, conn: sa.Connection, paper: Attestation) -> bool:
        return paper.attestation_id in self._said(conn)


def _file(body: shapes.NewAttestation) -> bytes:
    """Return a paper's file.

    Raises:
        Invalid: ``report.file``.
    """
    try:
        file = base64.b64decode(body.document, validate=True)
    except binascii.Error:
        raise Invalid("report.file", "The file is not in base64.") from None
    if file:
        check_file(file, body.document_sha256)
    return file


def _paper(body: shapes.NewAttestation) -> Attestation:
    lives = load_lives()
    standard, version = resolve(body.standard, body.version, vocabulary(), lives.life)
    return Attestation(
        attestation_id="",
        kind=body.kind,
        standard=standard,
        version=version,
        issuer=body.issuer,
        legal_name=body.legal_name,
        issued=body.issued,
        period_start=body.period_start,
        period_end=body.period_end,
        scope=body.scope,
        until=body.until,
        document_sha256=body.document_sha256,
        held=bool(body.document),
        recorded="",
        recorded_by="",
    )


def _fact(body: shapes.NewFact) -> PublicFact:
    """Return a fact with the members of its kind; what else was said makes it none."""
    given = {name: text for name, text in msgspec.to_builtins(body).items() if text}
    members = {name: given.pop(name, "") for name in MEMBERS[given.pop("kind")]}
    return PublicFact(
        fact_id="",
        kind=body.kind,
        body=members | {name: text for name, text in given.items() if name != "until"},
        until=body.until,
        recorded="",
        recorded_by="",
    )


def _words(paper: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in paper.items() if value}
