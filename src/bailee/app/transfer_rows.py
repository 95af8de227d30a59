"""Flows, statements, requests and papers as the API shows them."""

from __future__ import annotations

from datetime import datetime

from bailee.app import transfer_shapes as shapes
from bailee.clock import write_time
from bailee.privacy.adequacy import Entry
from bailee.privacy.assertion import Assertion
from bailee.privacy.assistance import Assistance
from bailee.privacy.flow import Flow, Verdict
from bailee.privacy.paper import Paper


def flow_shape(one: Flow, verdict: Verdict, now: datetime) -> shapes.Flow:
    """Return a flow as the API shows it."""
    return shapes.Flow(
        flow=one.flow_id,
        status=one.state_at(now),
        holds=verdict.holds,
        why=verdict.why,
        sender=one.sender,
        receiver_kind=one.receiver_kind,
        receiver=one.receiver,
        country=one.country,
        regime=one.regime,
        mechanism=one.mechanism,
        elements=list(one.elements),
        since=write_time(one.since),
        until=write_time(one.until),
        recorded_by=one.recorded_by,
        holds_until=write_time(verdict.until) if verdict.until else "",
        needs=verdict.needs,
        decision=verdict.entry.id if verdict.entry else "",
        reference=one.reference,
        text_sha256=one.text_sha256,
        confirmed_by=one.confirmed_by,
        ended_by=one.ended_by,
    )


def assertion_shape(one: Assertion, now: datetime) -> shapes.Assertion:
    """Return a statement as the API shows it."""
    return shapes.Assertion(
        assertion=one.assertion_id,
        subject=one.subject,
        text=one.text,
        status=one.state_at(now),
        side=one.side,
        signed_by=one.signed_by,
        signed=write_time(one.signed),
        until=write_time(one.until),
        reference=one.reference,
        text_sha256=one.text_sha256,
        withdrawn_by=one.withdrawn_by,
        entry_id=one.entry_id,
    )


def assistance_shape(one: Assistance, now: datetime) -> shapes.Assistance:
    """Return a request as the API shows it."""
    return shapes.Assistance(
        assistance=one.assistance_id,
        kind=one.kind,
        status=one.state,
        late=one.late(now),
        asked_by=one.asked_by,
        reference=one.reference,
        received=write_time(one.received),
        recorded=write_time(one.recorded),
        due=write_time(one.due),
        basis=one.basis,
        recorded_by=one.recorded_by,
        answered=write_time(one.answered) if one.answered else "",
        answered_by=one.answered_by,
        paper_sha256=one.paper_sha256,
    )


def paper_shape(one: Paper, now: datetime) -> shapes.Paper:
    """Return a paper as the API shows it."""
    return shapes.Paper(
        paper=one.name,
        title=one.title,
        about=one.about,
        made=write_time(now),
        sha256=one.sha256,
        sections=[
            shapes.PaperSection(
                part.title,
                [
                    shapes.PaperLine(line.what, line.says, line.source, line.by, line.subject)
                    for line in part.lines
                ],
                part.note,
            )
            for part in one.sections
        ],
        blanks=[shapes.Blank(gap.where, gap.what, gap.who, gap.subject) for gap in one.blanks],
    )


def adequate_shape(one: Entry, revoked: frozenset[str]) -> shapes.Adequate:
    """Return a decision on adequacy as the API shows it."""
    return shapes.Adequate(
        decision=one.id,
        regime=one.regime,
        country=one.country,
        name=one.name,
        status="revoked" if one.id in revoked else one.status,
        checked=one.checked,
        source=one.source,
        text=one.decision,
        since=one.since.isoformat() if one.since else "",
        until=one.until.isoformat() if one.until else "",
        note=one.note,
        certified=bool(one.needs),
    )
