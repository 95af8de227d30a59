"""Sub-processors as the API shows them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bailee.agreement import Agreement
from bailee.app import subprocessor_shapes as shapes
from bailee.clock import write_time
from bailee.privacy import flow_down
from bailee.privacy.engagement import ENGAGED
from bailee.privacy.last_instruction import LastInstruction
from bailee.privacy.standings import Standing
from bailee.privacy.subprocessor import Contract, Subprocessor, current
from bailee.privacy.subprocessor_store import Listed
from bailee.vault.shapes import Entry


def moment(time: datetime | None) -> str:
    """Return a time as it is written, '' where there is none."""
    return write_time(time) if time else ""


def subprocessor_shape(
    one: Subprocessor,
    contract: Contract | None,
    workers: Iterable[str] = (),
    entry: Entry | None = None,
) -> shapes.Subprocessor:
    """Return a version as the API shows it."""
    return shapes.Subprocessor(
        subprocessor=one.subprocessor_id,
        version=one.version,
        edition=one.edition,
        since=write_time(one.since),
        name=one.name,
        address=one.address,
        contact=one.contact,
        services=list(one.services),
        elements=list(one.elements),
        countries=list(one.countries),
        keys=list(one.keys),
        facts_sha256=one.digest(),
        contract=contract_shape(contract) if contract else None,
        workers=sorted(workers),
        entry=entry,
    )


def contract_shape(one: Contract) -> shapes.ContractReading:
    """Return a comparison as the API shows it."""
    return shapes.ContractReading(
        number=one.number,
        reference=one.reference,
        text_sha256=one.text_sha256,
        duties=dict(one.compared),
        compared_by=one.compared_by,
        at=write_time(one.at),
    )


def duty_shapes() -> list[shapes.ContractDuty]:
    """Return the duties that go on down."""
    return [shapes.ContractDuty(one.id, one.says) for one in flow_down.DUTIES]


def engagement_shape(
    stands: Standing,
    versions: Sequence[Subprocessor],
    *,
    short: dict[str, str],
    now: datetime,
    entry: Entry | None = None,
) -> shapes.Proposal:
    """Return an engagement with what was proposed, and whether it lets data through now."""
    one, counting = stands.engagement, current(versions, now)
    proposed = [found for found in versions if found.edition == one.edition][-1]
    counts = one.state == ENGAGED and counting is not None and counting.edition == one.edition
    left = stands.due - now if stands.due and stands.due > now else timedelta()
    return shapes.Proposal(
        engagement=one.engagement_id,
        subprocessor=one.subprocessor_id,
        edition=one.edition,
        name=proposed.name,
        address=proposed.address,
        contact=proposed.contact,
        services=list(proposed.services),
        elements=list(proposed.elements),
        countries=list(proposed.countries),
        status=stands.state,
        proposed=write_time(one.proposed),
        counts=counts,
        notice=one.notice_id,
        handed=moment(stands.notice.handed if stands.notice else None),
        due=moment(stands.due),
        days_left=math.ceil(left / timedelta(days=1)),
        waits_for_second=bool(one.recorded_by) and one.consented is None,
        given_by=one.given_by,
        reference=one.reference,
        text_sha256=one.text_sha256,
        signed=moment(one.signed),
        consented=moment(one.consented),
        engaged=moment(one.engaged),
        objected=moment(one.objected),
        objection=one.objection,
        offer=one.offer,
        ended=moment(one.ended),
        contract_short=short,
        entry=entry,
    )


def short_of(contract: Contract | None, rules: Agreement) -> dict[str, str]:
    """Return the duties of an agreement that a contract does not cover."""
    return flow_down.short_of(contract.compared if contract else {}, flow_down.owed(rules))


def instruction_shape(
    one: LastInstruction, name: str, now: datetime, entry: Entry | None = None
) -> shapes.LastInstruction:
    """Return an instruction as the API shows it."""
    return shapes.LastInstruction(
        instruction=one.instruction_id,
        subprocessor=one.subprocessor_id,
        name=name,
        choice=one.choice,
        status=one.state_at(now),
        text=one.text,
        text_sha256=one.text_sha256,
        written=write_time(one.written),
        due=write_time(one.due),
        relayed=moment(one.relayed),
        proof=one.proof,
        certificate_sha256=one.certificate_sha256,
        certificate_day=one.certificate_day,
        certificate_by=one.certificate_by,
        entry=entry,
    )


def list_shape(one: Listed) -> shapes.SubprocessorListVersion:
    """Return a version of a list by its hash."""
    return shapes.SubprocessorListVersion(one.version, one.text_sha256, write_time(one.at))
