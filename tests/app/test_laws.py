"""The register of laws as a running house serves it (C7.1, MISSION A28)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from bailee.access import Caller
from bailee.agreement import Agreement
from bailee.agreement.law import Freshness
from bailee.app import law_shapes as shapes
from bailee.app import rights
from bailee.app.law_age import is_stale
from bailee.app.state import Observation
from bailee.app.watch_law import turned
from bailee.errors import Failure, NotFound
from bailee.procedures import Matter
from tests.sabotage.stage import CONTROLLER, Stage

NOW, TOMORROW = timedelta(), timedelta(days=1)


def caller(stage: Stage, name: str) -> Caller:
    """Return somebody by name."""
    return stage.ada if name == "ada" else stage.people[name]


def shown(stage: Stage, name: str = "Clara Whitfield") -> shapes.Laws:
    """Return the register as somebody sees it."""
    return stage.house.laws(caller(stage, name), CONTROLLER)


def day(stage: Stage, later: timedelta = NOW) -> str:
    """Return today, or a day after it."""
    return f"{stage.house.parts.clock.now() + later:%Y-%m-%d}"


def code(work: Callable[[], object]) -> str:
    """Return the code with which something is refused."""
    with pytest.raises(Failure) as caught:
        work()
    return caught.value.code


def add(stage: Stage, law: str, name: str = "Clara Whitfield") -> shapes.LawChanged:
    """Register a law from today on."""
    body = shapes.NewLaw(law, day(stage), "It applies.")
    return stage.house.register_law(caller(stage, name), CONTROLLER, body)


def end(stage: Stage, law: str, name: str = "Clara Whitfield") -> shapes.LawChanged:
    """End a law for tomorrow."""
    body = shapes.LawEnd(law, day(stage, TOMORROW), "No more.")
    return stage.house.end_law(caller(stage, name), CONTROLLER, body)


def test_the_register_shows_every_claim_and_who_is_strictest(stage: Stage) -> None:
    """Fifteen characters of the addendum (C5.3) against the card standard's twelve (8.3.6).

    Reviews of rules come every six months by both: neither is hidden.
    """
    found = {one.parameter: one for one in shown(stage).parameters}
    length = [
        (one.source, one.quantity, one.state, one.strictest)
        for one in found["password.min_length"].claims
    ]
    assert length == [
        ("model-addendum", 15, "counts", True),
        ("pci-dss-4.0.1", 12, "counts", False),
    ]
    assert {one.source for one in found["firewall.review"].claims} == {
        "model-addendum",
        "pci-dss-4.0.1",
    }
    assert found["breach.notice"].vague == ["gdpr"]
    assert found["authority.notice"].state == "not ours"


def test_states_are_for_whoever_audits(stage: Stage) -> None:
    """Bram works with the data and reads the same lines without how each stands."""
    stage.look("purpose-limit")
    ours = {one.line: one.stands for law in shown(stage).laws for one in law.lines}
    said = {one.line: one.state for law in shown(stage).laws for one in law.lines}
    assert (said["gdpr:28(10)"], said["gdpr:28(2)"], said["gdpr:33(2)"]) == (
        "binds", "binds", "vague",
    )  # fmt: skip
    assert (ours["gdpr:28(10)"], ours["gdpr:33(2)"], ours["gdpr:33(1)"]) == (
        "enforced", "uncovered", "",
    )  # fmt: skip
    assert {one.stands for law in shown(stage, "Bram Okafor").laws for one in law.lines} == {""}


def test_a_stranger_learns_nothing(stage: Stage) -> None:
    """Who has no right at the controller does not learn that it exists."""
    invited = stage.house.invite(
        stage.ada,
        rights.NewInvitation(
            name="Nia Osei", employer="Harborline", email="nia@harborline.example",
            undertaking="NDA-7", undertaken="2026-01-05", relation="employee",
        ),
    )  # fmt: skip
    key = stage.house.accept(rights.Acceptance(invited.secret), "127.0.0.1")
    stranger = stage.people["Nia Osei"] = stage.caller(key.key)
    with pytest.raises(NotFound):
        stage.house.laws(stranger, CONTROLLER)
    assert code(lambda: add(stage, "hipaa", "Nia Osei")) == "controller.unknown"
    assert code(lambda: add(stage, "hipaa", "Esra Demir")) == "grant.missing"


def test_an_unread_law_turns_the_control_at_once(stage: Stage) -> None:
    """HIPAA brings a line that nobody read: due; its reader's word, and it is green again."""
    assert turned(stage.house, CONTROLLER) == frozenset()
    add(stage, "hipaa")
    assert turned(stage.house, CONTROLLER) == {"laws.unread"}
    passed = Observation("law-register", stage.house.parts.clock.now(), "passed")
    assert stage.house._early(CONTROLLER, {"law-register": passed}) == {"law-register"}
    law = next(one for one in shown(stage).laws if one.law == "hipaa")
    assert (law.freshness, law.oldest) == ("unread", "")
    clara = stage.people["Clara Whitfield"]
    body = shapes.NewComparison("hipaa", "45 CFR 164 of today", "folder 8", day(stage))
    made = stage.house.compare_law(clara, CONTROLLER, body)
    assert "hipaa:164.530(j)" in made.lines
    assert turned(stage.house, CONTROLLER) == frozenset()


def test_only_the_controller_ends_a_law(stage: Stage) -> None:
    """The administrator of the processor may register, and is refused what makes duties laxer.

    The refusal is on record, and what people wrote is in no entry.
    """
    add(stage, "nacha")
    assert code(lambda: end(stage, "nacha", "ada")) in {"grant.missing", "signatory.side"}
    done = end(stage, "nacha")
    assert (done.until, done.law) == (day(stage, TOMORROW), "nacha")
    found = [one for one in shown(stage).registrations if one.law == "nacha"]
    assert [(one.applies, one.ended_by) for one in found] == [
        (True, stage.people["Clara Whitfield"].principal_id)
    ]
    log = stage.house.newest_log(CONTROLLER)
    ledger = stage.house.parts.ledger
    stage.house.settle()
    bodies = stage.house.parts.data.read(
        CONTROLLER, lambda conn: list(ledger.entries(conn, CONTROLLER, log))
    )
    entries = [json.loads(body) for body in bodies]
    acts = [one["detail"] for one in entries if one["action"] == "agreement:law:ended"]
    assert acts == [{"law": "nacha", "until": day(stage, TOMORROW)}]
    assert not any(b"No more." in bytes(body) for body in bodies)


def test_clocks_are_computed_and_not_started(stage: Stage) -> None:
    """A suspicion of Monday 2 March 2026, 10:20: 24 hours by the addendum; GDPR names no hours."""
    body = shapes.Trigger("breach-suspected", "2026-03-02T10:20:00Z")
    found = stage.house.law_clocks(stage.people["Bram Okafor"], CONTROLLER, body)
    notice = next(one for one in found.clocks if one.clock == "breach.notice")
    assert (notice.due, notice.basis) == ("2026-03-03T10:20:00.000Z", "C10.2")
    assert notice.vague == ["gdpr"]
    assert [one.binds for one in notice.claims] == [True, False]


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_time_of_no_age_is_refused(stage: Stage, since: str) -> None:
    """A day that no calendar can count from is an error that says what to do."""
    body = shapes.Trigger("breach-suspected", since)
    bram = stage.people["Bram Okafor"]
    assert code(lambda: stage.house.law_clocks(bram, CONTROLLER, body)) == "clocks.since"


@pytest.mark.parametrize(
    ("read", "limit", "stale"),
    [
        (date(2026, 9, 1), 180, True),  # the addendum's own three months (C14.1) are over
        (date(2026, 9, 2), 180, False),
        (date(2026, 11, 1), 30, True),
        (date(2026, 11, 2), 30, False),
        (None, 3650, True),
    ],
)
def test_a_law_is_read_again_in_time(
    stage: Stage, read: date | None, limit: int, *, stale: bool
) -> None:
    """By the operator's days or by the agreement's three months, whichever end first.

    Looked at on 2 December at midnight UTC: 1 September's months ended with 1 December.
    """
    agreement: Agreement = stage.house.parts.data.read(
        CONTROLLER, lambda conn: stage.house.parts.agreements.in_force(conn, CONTROLLER)
    )
    now = datetime(2026, 12, 2, tzinfo=UTC)
    found = is_stale(Freshness(read, ()), agreement, now, timedelta(days=limit))
    assert found is stale


def test_a_timer_keeps_the_laws_beside_the_contract(stage: Stage) -> None:
    """A suspicion starts one clock for the notice; both sources stand under it, by duty.

    GDPR 33(1) is the controller's and starts nothing of ours.
    """
    timers = stage.house.timers
    matter = Matter(CONTROLLER, "incident", "a1" * 16)
    since = stage.house.parts.clock.now()
    made = stage.house.parts.data.write(
        CONTROLLER,
        lambda conn: timers.start(
            conn, stage.ada.actor(), matter, trigger="breach-suspected", since=since
        ),
    )
    notice = next(one for one in made if one.parameter == "breach.notice")
    assert {one.obligation for one in notice.bases} >= {"C10.2", "gdpr:33(2)"}
    assert notice.due == since + timedelta(hours=24)
    assert "authority.notice" not in {one.parameter for one in made}


def test_a_haste_without_number_takes_the_operators_target(stage: Stage) -> None:
    """GDPR 28(3): object to an unlawful instruction at once: the operator's one business day.

    After Monday's receipt it ends at midnight UTC, when Tuesday 3 March is over, before the
    addendum's (C4.3) in New York does.
    """
    body = shapes.Trigger("instruction-received", "2026-03-02T10:20:00Z")
    found = stage.house.law_clocks(stage.people["Bram Okafor"], CONTROLLER, body)
    clock = next(one for one in found.clocks if one.clock == "instruction.unlawful")
    assert (clock.basis, clock.due) == ("target", "2026-03-04T00:00:00.000Z")
