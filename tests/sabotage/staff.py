"""Who can be reached, on the stage (C10)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bailee.app import officer_shapes, procedure_shapes
from bailee.app.officers import CHECK
from bailee.clock import write_time

if TYPE_CHECKING:
    from tests.sabotage.stage import Stage


LARKSPUR = "larkspur"


def staff(stage: Stage) -> None:
    """Appoint a coordinator, a security contact and a delegate; let contacts be named."""
    house, clara = stage.house, stage.people["Clara Whitfield"]
    now = house.parts.clock.now()
    for role, rank, name in (
        ("coordinator", "first", "Bram Okafor"),
        ("security", "first", "Esra Demir"),
        ("security", "delegate", "Bram Okafor"),
    ):
        made = house.appoint_officer(
            stage.ada,
            officer_shapes.NewOfficer(
                role=role,  # type: ignore[arg-type]  # one of the two
                rank=rank,  # type: ignore[arg-type]  # the same
                principal=stage.people[name].principal_id,
                reach="tel:+15551234567",
                qualification="file 12",
                since=write_time(now - timedelta(days=1)),
                until=write_time(now + timedelta(days=90)),
            ),
        )
        house.confirm_officer(stage.people[name], made.officer)
    for rank, host in (("first", "larkspur.example"), ("delegate", "other.example")):
        house.add_contact(
            clara,
            LARKSPUR,
            procedure_shapes.NewContact(
                role="security",
                rank=rank,  # type: ignore[arg-type]  # one of the two
                name="Security desk",
                address=f"mailto:desk@{host}",
            ),
        )
    house.check_contacts()
    for one in house.list_notices(clara, LARKSPUR).notices:
        if one.kind == CHECK:
            house.acknowledge_notice(clara, LARKSPUR, one.notice)
