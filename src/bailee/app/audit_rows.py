"""What is stored of audits and rights, as the API and the pack show it."""

from __future__ import annotations

from bailee.access import Principal
from bailee.app import audit_shapes as shapes
from bailee.assurance.sample import Sample
from bailee.assurance.store import Pack
from bailee.clock import write_time


def sample_shape(one: Sample) -> shapes.Sample:
    """Return a sample as the API and the pack show it."""
    return shapes.Sample(
        sample=one.sample_id,
        engagement=one.engagement_id,
        drawn_by=one.drawn_by,
        created=write_time(one.created),
        population=one.draw.population,
        size=one.draw.size,
        seed=one.draw.seed,
        members=one.count,
        bounds=[shapes.Bound(log, size) for log, size in one.bounds],
        chosen=list(one.chosen),
        entry_id=one.entry_id,
    )


def holder_shape(one: Principal) -> shapes.RightHolder:
    """Return somebody on the register as an auditor sees them."""
    return shapes.RightHolder(
        principal=one.principal_id,
        kind=one.kind,
        name=one.name,
        status=one.state,
        relation=one.relation,
        employer=one.employer,
        undertaking=one.undertaking,
        undertaken=one.undertaken,
        owner=one.owner,
    )


def pack_shape(one: Pack) -> shapes.Pack:
    """Return a pack as the API and the next pack show it."""
    return shapes.Pack(
        pack=one.pack_id,
        engagement=one.engagement_id,
        made_by=one.made_by,
        created=write_time(one.created),
        manifest_sha256=one.manifest_sha256,
        certificate_sha256=one.certificate_sha256,
        files=one.files,
        entry_id=one.entry_id,
    )
