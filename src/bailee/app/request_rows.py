"""Requests of people in the shapes of the API."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from bailee.app import request_shapes as shapes
from bailee.app.procedure_rows import moment
from bailee.privacy.request import DONE, PACKAGE_LIFE, WAITING, Request
from bailee.privacy.request_key import SigningKey
from bailee.procedures import Timer


def request_shape(
    one: Request, timers: Iterable[Timer], told: Collection[str], now: datetime
) -> shapes.PersonRequest:
    """Return a request as it stands now.

    Args:
        one: the request.
        timers: its clocks, those that ended too.
        told: ids of notices that were handed over.
        now: the time.
    """
    running = [timer for timer in timers if timer.state == "running"]
    first = min(running, key=lambda timer: timer.due, default=None)
    return shapes.PersonRequest(
        request=one.request_id,
        kind=one.kind,
        regime=one.regime,
        channel=one.channel,
        status=one.state,
        received=moment(one.received),
        entered=moment(one.entered),
        entered_by=one.entered_by,
        outside_id=one.outside_id,
        notice=one.notice_id,
        told=one.notice_id in told,
        due=moment(one.due) if one.state in WAITING else "",
        basis=one.basis,
        extended=moment(one.extended),
        extension=one.extension,
        ours=moment(first.due) if first else "",
        late=first is not None and first.due < now,
        stopped=one.stopped,
        instruction=one.instruction_id,
        instructed_by=one.instructed_by,
        instructed=moment(one.instructed),
        instruction_sha256=one.instruction_sha256,
        executed_by=one.executed_by,
        begun=moment(one.begun),
        people=one.counts.people,
        records=one.counts.records,
        values=one.counts.values,
        disclosure=one.disclosure_id,
        package_sha256=one.package_sha256,
        fetchable=_fetchable(one, now),
        exceptions=[
            shapes.ShownException(each.ground, each.purpose, each.reason) for each in one.exceptions
        ],
        denial=one.denial,
        words=one.words,
        person_told=moment(one.told),
        person_told_basis=one.told_basis,
        entries=list(one.entries),
        closed=moment(one.closed),
        closed_by=one.closed_by,
    )


def _fetchable(one: Request, now: datetime) -> bool:
    kept = one.state == DONE and bool(one.package_sha256) and one.closed is not None
    return kept and one.closed is not None and now < one.closed + PACKAGE_LIFE


def key_shape(one: SigningKey) -> shapes.RequestKey:
    """Return a key as the API shows it."""
    return shapes.RequestKey(
        key=one.key_id,
        kid=one.kid,
        name=one.name,
        status="ended" if one.ended else "living",
        added=moment(one.added),
        added_by=one.added_by,
        ended=moment(one.ended),
    )
