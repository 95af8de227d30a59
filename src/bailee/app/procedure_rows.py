"""Timers, notices and contacts, in the shapes of the API. Pure."""

from __future__ import annotations

from datetime import datetime

from bailee.app import procedure_shapes as shapes
from bailee.clock import write_time
from bailee.procedures import Contact, Notice, Timer
from bailee.procedures.notice import Handing


def moment(time: datetime | None) -> str:
    """Return a time as the API writes it; '' for none."""
    return write_time(time) if time else ""


def timer_shape(one: Timer, now: datetime) -> shapes.Timer:
    """Return a timer as it stands now."""
    return shapes.Timer(
        timer=one.timer_id,
        controller=one.controller,
        matter=one.matter.kind,
        item=one.matter.item,
        trigger=one.trigger,
        parameter=one.parameter,
        status=one.state_at(now),
        since=moment(one.since),
        aware=moment(one.aware),
        opened=moment(one.opened),
        due=moment(one.due),
        bases=[
            shapes.Basis(
                source=basis.source,
                obligation=basis.obligation,
                quantity=basis.quantity,
                unit=basis.unit,
                direction=basis.direction,
                due=basis.due,
                counting=basis.counting,
                calendar=basis.calendar,
                timezone=basis.timezone,
            )
            for basis in one.bases
        ],
        floor=one.floor,
        target=one.target,
        back_dated=one.back_dated,
        done=moment(one.done),
        recorded=moment(one.recorded),
        done_by=one.done_by,
        first_due=moment(one.first_due),
        reason=one.reason,
        notice=one.notified,
    )


def notice_shape(one: Notice, now: datetime) -> shapes.Notice:
    """Return a notice as it stands now, without its text."""
    return shapes.Notice(
        notice=one.notice_id,
        controller=one.controller,
        matter=one.matter.kind,
        item=one.matter.item,
        version=one.version,
        kind=one.kind,
        role=one.role,
        subject=one.subject,
        status=one.state,
        written=moment(one.written),
        written_by=one.written_by,
        body_sha256=one.body_sha256,
        attempts=one.attempts,
        failure=one.failure,
        handed=moment(one.handed),
        ack_due=moment(one.ack_due),
        unanswered=one.unanswered(now),
        acknowledged=moment(one.acknowledged),
        acknowledged_by=one.acknowledged_by,
        escalated=moment(one.escalated),
    )


def handing_shape(one: Handing) -> shapes.Handing:
    """Return one try to hand a message over."""
    return shapes.Handing(
        contact=one.contact_id,
        rank=one.rank,
        at=moment(one.tried),
        outcome=one.outcome,
        message_id=one.message_id,
        message_sha256=one.message_sha256,
        receipt=one.receipt,
    )


def contact_shape(one: Contact) -> shapes.Contact:
    """Return a contact."""
    pgp = one.certificate.startswith("-----BEGIN PGP")
    return shapes.Contact(
        contact=one.contact_id,
        role=one.role,
        rank=one.rank,
        name=one.name,
        address=one.address,
        status=one.state,
        added=moment(one.added),
        added_by=one.added_by,
        encrypted=("openpgp" if pgp else "smime") if one.certificate else "",
        reference=one.reference,
        ended=moment(one.ended),
    )
