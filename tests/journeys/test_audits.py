"""The auditor's room: who may look, when, at what, and that every look is on record (C5.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bailee.client import BaileeProblem, Confirmation
from bailee.client.audit_answers import Engagement
from bailee.clock import write_time
from tests.journeys.world import ACME, GLOBEX, PAYMENT, Place, World, code_of, every_verb

CONFIRMED = {"reference": "letter 12", "text_sha256": "5" * 64}
DAY = timedelta(days=1)


def at(house: World, days: float) -> str:
    """Return a time some days from now."""
    return write_time(house.now() + timedelta(days=days))


def let_in(house: World, who: str, controller: str = ACME, by: str = "clara") -> None:
    """Let an auditor in under a name of their own."""
    invited = house.line(by).invite_auditor(
        controller,
        name=f"{who.title()} Feldmann",
        firm="Feld & Partner",
        email=f"{who}@{controller}.feld.example",
        undertaking=f"NDA-{who}",
        undertaken="2026-01-05",
    )
    key = house.line().accept_invitation(invited.secret)
    house.ids[who], house.keys[who] = key.principal, key.key


def ask(house: World, who: str = "nora", by: str = "clara", **more: object) -> Engagement:
    """Ask for an engagement of an auditor at acme."""
    fields = {"until": at(house, 20)} | more
    return house.line(by).ask_engagement(ACME, house.ids[who], **fields)  # type: ignore[arg-type]


def threat(house: World, who: str = "nora") -> str:
    """Open an engagement at once; return its id."""
    return ask(house, who, reason="threat", basis="A leak is offered for sale.").engagement


@pytest.fixture
def audited(own_house: World) -> Iterator[World]:
    """Return a deployment with an auditor of acme, who has no engagement yet."""
    let_in(own_house, "nora")
    yield own_house


def test_the_window_opens_and_closes_by_the_clock_alone(audited: World, tmp_path: Path) -> None:
    """C5.2: the same key is refused before, answered within, and refused at once after the window;
    nothing runs in between, and each of the three is on record with its code."""
    made = ask(audited, since=at(audited, 15))
    nora = audited.line("nora")
    assert made.status == "requested"
    assert code_of(lambda: nora.audit_evidence(ACME, made.engagement)) == "audit.requested"
    accepted = audited.line("bram").answer_engagement(ACME, made.engagement, "accept")
    assert accepted.status == "accepted"
    assert code_of(lambda: nora.audit_evidence(ACME, made.engagement)) == "audit.accepted"
    audited.shift += 16 * DAY
    seen = nora.audit_evidence(ACME, made.engagement)
    assert seen.entry is not None
    shown = audited.last(tmp_path / "shown")
    assert (shown["action"], shown["id"]) == ("audit:view:shown", seen.entry.entry_id)
    audited.shift += 5 * DAY
    assert code_of(lambda: nora.audit_evidence(ACME, made.engagement)) == "audit.expired"
    last = audited.last(tmp_path / "later")
    assert (last["action"], last["decision"]) == ("audit:view:refused", "refused")
    assert last["detail"] == {
        "asked": "obligations", "code": "audit.expired", "engagement": made.engagement,
    }  # fmt: skip
    (listed,) = audited.line("clara").list_engagements(ACME).engagements
    assert (listed.status, listed.views, listed.refused) == ("expired", 1, 3)
