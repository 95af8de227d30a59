"""A second person's yes, and how far it reaches; the daily count (MISSION A8)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.access import Approval, Ask, Caller, store, tables
from bailee.access.approval import APPROVAL
from bailee.db import HOUSE
from bailee.errors import Failure, Refused
from tests.access.world import DAY, World

ASK = Ask("reveal", "acme", "payments", ("person.name",))
ADMIN: dict[str, Any] = {"elements": [], "purposes": []}


def refused(world: World, code: str, work: Callable[[sa.Connection], Any]) -> Failure:
    """Run work at acme that must fail with this code and change no approval."""
    before = world.do(rows, "acme")
    with pytest.raises(Failure) as caught:
        world.do(work, "acme")
    assert caught.value.code == code
    assert world.do(rows, "acme") == before
    return caught.value


def rows(conn: sa.Connection) -> list[Any]:
    """Return every approval, draw and count at acme."""
    kept = (tables.APPROVAL, tables.DRAW, tables.REVEAL_COUNT)
    return [tuple(row) for table in kept for row in conn.execute(sa.select(table))]


def request(world: World, by: str = "cleo", **changed: Any) -> Approval:
    """Ask for a bulk approval of ten subjects for a day."""
    values: dict[str, Any] = {
        "controller": "acme",
        "purpose": "payments",
        "elements": ["person.name"],
        "maximum": 10,
        "until": world.moment + DAY,
    }
    values |= changed
    caller = world.callers[by]
    return world.do(lambda c: world.access.request_approval(c, caller, **values), "acme").result


def approved(world: World) -> Approval:
    """Return a request of cleo's that ben approved."""
    asked = request(world)
    ben = world.callers["ben"]
    return world.do(
        lambda c: world.access.approve(c, ben, "acme", asked.approval_id), "acme"
    ).result


def drawing(
    world: World, approval: Approval, subjects: int, caller: Caller | None = None, **changed: Any
) -> Callable[[sa.Connection], None]:
    """Return work that draws from an approval."""
    values: dict[str, Any] = {
        "controller": "acme",
        "purpose": "payments",
        "elements": ["person.name"],
        "subjects": subjects,
    }
    values |= changed
    who = caller or world.callers["cleo"]
    return lambda c: world.access.draw_down(c, approval.approval_id, who, **values)


@pytest.fixture
def office(house: World) -> World:
    """Return a house where cleo may reveal names, and ben approves."""
    house.give("cleo", daily=3)
    return house


def test_an_approval_from_request_to_the_last_subject(office: World) -> None:
    """Requested, approved by another, drawn call by call, then used up."""
    approval = approved(office)
    assert (approval.state, approval.approver) == ("approved", office.callers["ben"].principal_id)
    office.do(drawing(office, approval, 4), "acme")
    refused(office, "approval.exhausted", drawing(office, approval, 7))
    office.do(drawing(office, approval, 6), "acme")
    found = office.do(lambda c: store.approval(c, "acme", approval.approval_id), "acme")
    assert found is not None
    assert (found.state, found.remaining) == ("drawn", 0)
    refused(office, "approval.exhausted", drawing(office, approval, 1))
    actions = [entry["action"] for entry in office.entries("acme")][-2:]
    assert actions == ["access:approval:requested", "access:approval:approved"]


def test_nobody_approves_themselves(office: World) -> None:
    """Not even a holder of 'approve'; nor through a service whose key they were shown."""
    office.give("ben", elements=["person.name"])
    mine = request(office, "ben")
    ben = office.callers["ben"]
    own: dict[str, Any] = {"caller": ben, "controller": "acme", "approval_id": mine.approval_id}
    refused(office, "self.approve", partial(office.access.approve, **own))
    refused(office, "self.approve", partial(office.access.refuse, **own))
    office.give("ben", controller=HOUSE, verbs=["people"], **ADMIN)
    reader = office.service("reader")
    office.give(reader)
    office.mint("reader", reader, by="ben")
    office.callers["reader"] = office.do(
        lambda c: office.access.authenticate(c, office.keys["reader"])
    )
    theirs = request(office, "reader")
    refused(
        office, "self.approve", lambda c: office.access.approve(c, ben, "acme", theirs.approval_id)
    )


def test_approving_takes_approve(office: World) -> None:
    """Neither an administrator nor the requester's colleague approves without the verb."""
    asked = request(office)
    for name in ("ada", "cleo"):
        caller = office.callers[name]
        values: dict[str, Any] = {
            "caller": caller,
            "controller": "acme",
            "approval_id": asked.approval_id,
        }
        refused(office, "grant.missing", partial(office.access.approve, **values))
    ben = office.callers["ben"]
    refused(office, "approval.unknown", lambda c: office.access.approve(c, ben, "acme", "f" * 32))
    refused(
        office,
        "controller.unknown",
        lambda c: office.access.approve(c, ben, "globex", asked.approval_id),
    )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"maximum": 0}, "approval.maximum"),
        ({"maximum": 10_000_001}, "approval.maximum"),
        ({"until": timedelta(0)}, "approval.until"),
        ({"until": timedelta(days=31)}, "approval.until"),
        ({"reason": "x" * 1001}, "approval.reason"),
        ({"verb": "erase"}, "approval.verb"),
        ({"verb": "decrypt"}, "grant.missing"),
        ({"elements": ["person.ssn"]}, "grant.element"),
        ({"elements": ["person.nothing"]}, "element.not_in_agreement"),
        ({"purpose": "support"}, "grant.purpose"),
        ({"controller": "globex"}, "controller.unknown"),
    ],
)
def test_requests_that_are_refused(office: World, changed: dict[str, Any], code: str) -> None:
    """A request is bounded, and only for what its requester may do already."""
    if "until" in changed:
        changed = changed | {"until": office.moment + changed["until"]}
    with pytest.raises(Failure) as caught:
        request(office, **changed)
    assert caught.value.code == code


def test_bulk_waits_for_a_second_person(world: World) -> None:
    """In a house of one nobody could approve, so nobody can ask."""
    world.found()
    reader = world.service("reader")
    world.give(reader)
    world.mint("reader", reader)
    world.callers["reader"] = world.do(lambda c: world.access.authenticate(c, world.keys["reader"]))
    with pytest.raises(Refused) as caught:
        request(world, "reader")
    assert caught.value.code == "second_person.missing"


def test_an_approval_is_bound(office: World) -> None:
    """To its requester, purpose, elements and controller; it exists nowhere else."""
    approval = approved(office)
    ben = office.callers["ben"]
    refused(office, "approval.binding", drawing(office, approval, 1, ben))
    refused(office, "approval.binding", drawing(office, approval, 1, purpose="support"))
    refused(office, "approval.binding", drawing(office, approval, 1, verb="decrypt"))
    refused(office, "approval.binding", drawing(office, approval, 1, elements=["person.ssn"]))
    refused(office, "approval.unknown", drawing(office, approval, 1, controller="globex"))
    refused(office, "limit.subjects", drawing(office, approval, -1))
    masked: dict[str, Any] = {"elements": ["person.name:initials"], "verb": "reveal-masked"}
    office.do(drawing(office, approval, 1, **masked), "acme")


def test_an_approval_ends(office: World) -> None:
    """At its end nothing can be drawn, and a request nobody decided on cannot be approved."""
    approval, waiting = approved(office), request(office)
    office.moment += DAY
    refused(office, "approval.expired", drawing(office, approval, 1))
    ben = office.callers["ben"]
    refused(
        office,
        "lifecycle.event",
        lambda c: office.access.approve(c, ben, "acme", waiting.approval_id),
    )


def test_what_is_not_approved_is_not_drawn(office: World) -> None:
    """A request that waits, and one that was refused, give nothing."""
    asked = request(office)
    refused(office, "approval.not_approved", drawing(office, asked, 1))
    ben = office.callers["ben"]
    office.do(lambda c: office.access.refuse(c, ben, "acme", asked.approval_id), "acme")
    refused(office, "approval.not_approved", drawing(office, asked, 1))
    again: dict[str, Any] = {"caller": ben, "controller": "acme", "approval_id": asked.approval_id}
    refused(office, "lifecycle.event", partial(office.access.approve, **again))
    refused(office, "lifecycle.event", partial(office.access.refuse, **again))


def test_a_call_that_fails_draws_nothing(office: World) -> None:
    """The draw is undone with the transaction that it was made in."""
    approval = approved(office)

    def fails(conn: sa.Connection) -> None:
        drawing(office, approval, 10)(conn)
        raise Refused("grant.missing", "Something else went wrong.")

    refused(office, "grant.missing", fails)
    office.do(drawing(office, approval, 10), "acme")


def at_once(acts: list[Callable[[], Any]]) -> list[str]:
    """Run acts on threads that start together; return 'ok' or the code of each."""
    barrier, lock = threading.Barrier(len(acts)), threading.Lock()
    results: list[str] = []

    def run(act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            act()
            outcome = "ok"
        except Failure as error:
            outcome = error.code
        with lock:
            results.append(outcome)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


def test_two_writers_never_draw_too_much(office: World) -> None:
    """Eight calls of three at once against ten: three go through, one subject is left."""
    approval = approved(office)
    work = drawing(office, approval, 3)
    results = at_once([lambda: office.do(work, "acme")] * 8)
    assert results == ["approval.exhausted"] * 5 + ["ok"] * 3
    found = office.do(lambda c: store.approval(c, "acme", approval.approval_id), "acme")
    assert found is not None
    assert found.remaining == 1


def test_one_decision_on_a_request(office: World) -> None:
    """Two people decide at once: one is recorded, the other is told."""
    office.join("emil")
    office.give("emil", verbs=["approve"], **ADMIN)
    asked = request(office)
    ben, emil = office.callers["ben"], office.callers["emil"]
    which: dict[str, Any] = {"controller": "acme", "approval_id": asked.approval_id}
    yes = partial(office.access.approve, caller=ben, **which)
    no = partial(office.access.refuse, caller=emil, **which)
    assert at_once([lambda: office.do(yes, "acme"), lambda: office.do(no, "acme")]) == [
        "lifecycle.event",
        "ok",
    ]


def test_access_that_is_approved_is_a_grant(office: World) -> None:
    """A request for access ends, with the second person's yes, in a grant that expires."""
    cleo, ben = office.callers["cleo"], office.callers["ben"]
    wanted: dict[str, Any] = {
        "controller": "acme", "verbs": ["reveal"], "purpose": "support",
        "elements": ["person.ssn:last4"], "until": office.moment + 2 * DAY, "daily": 7,
    }  # fmt: skip
    ask = Ask("reveal", "acme", "support", ("person.ssn",))
    asked = office.do(lambda c: office.access.request_access(c, cleo, **wanted), "acme").result
    refused(office, "grant.purpose", lambda c: office.access.decide(c, cleo, ask))
    refused(office, "approval.binding", drawing(office, asked, 1))
    office.do(lambda c: office.access.approve(c, ben, "acme", asked.approval_id), "acme")
    decision = office.do(lambda c: office.access.decide(c, cleo, ask), "acme")
    assert (dict(decision.views), decision.daily) == ({"person.ssn": "last4"}, 7)
    held = office.do(lambda c: store.grants(c, "acme", cleo.principal_id), "acme")
    made = [one for one in held if one.approval_id]
    assert [(one.approval_id, one.granted_by) for one in made] == [
        (asked.approval_id, ben.principal_id)
    ]
    office.moment += 2 * DAY
    refused(office, "grant.expired", lambda c: office.access.decide(c, cleo, ask))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"verbs": ["approve"]}, "grant.verbs"),
        ({"purpose": "marketing"}, "purpose.not_in_agreement"),
        ({"elements": ["business.name"]}, "element.not_in_agreement"),
        ({"elements": ["nonsense"]}, "approval.elements"),
        ({"verbs": ["search"], "elements": ["person.ssn:last4"]}, "grant.masks"),
        ({"controller": "globex"}, "controller.unknown"),
    ],
)
def test_access_that_cannot_be_requested(office: World, changed: dict[str, Any], code: str) -> None:
    """Administration, what the agreement forbids, nonsense, and controllers one does not know."""
    cleo = office.callers["cleo"]
    wanted: dict[str, Any] = {
        "controller": "acme", "verbs": ["reveal"], "purpose": "support",
        "elements": ["person.name"], "until": office.moment + DAY,
    }  # fmt: skip
    wanted |= changed
    refused(office, code, lambda c: office.access.request_access(c, cleo, **wanted))


def test_approvals_are_seen_by_those_concerned(office: World) -> None:
    """An approver sees all of a controller's, others their own, strangers nothing."""
    asked = request(office)
    for name, expected in (("ben", [asked]), ("cleo", [asked]), ("ada", [])):
        caller = office.callers[name]
        found = office.do(
            partial(office.access.approvals, caller=caller, controller="acme"), "acme"
        )
        assert found == expected
    dora = office.join("dora")
    refused(office, "controller.unknown", lambda c: office.access.approvals(c, dora, "acme"))


def spending(world: World, subjects: int, approval_id: str = "") -> Callable[[sa.Connection], None]:
    """Return work that decides and counts as a reveal does."""

    def work(conn: sa.Connection) -> None:
        cleo = world.callers["cleo"]
        decision = world.access.decide(conn, cleo, ASK)
        world.access.spend(conn, cleo, ASK, decision, subjects=subjects, approval_id=approval_id)

    return work


def test_the_daily_count_rolls(office: World) -> None:
    """Three in any 24 hours: a call counts until exactly a day after it was made."""
    office.do(spending(office, 2), "acme")
    office.moment += timedelta(hours=10)
    office.do(spending(office, 1), "acme")
    refused(office, "reveal.limit", spending(office, 1))
    office.moment += timedelta(hours=14) - timedelta(milliseconds=1)
    refused(office, "reveal.limit", spending(office, 1))
    office.moment += timedelta(milliseconds=1)
    refused(office, "reveal.limit", spending(office, 3))
    office.do(spending(office, 2), "acme")
    refused(office, "reveal.limit", spending(office, 1))
    office.moment += timedelta(hours=10)
    office.do(spending(office, 1), "acme")


def test_counts_are_per_person_purpose_and_controller(office: World) -> None:
    """Another purpose, person or controller has a count of its own."""
    office.do(spending(office, 3), "acme")
    office.give("ben", daily=3)
    office.give("cleo", purposes=["support"], daily=1)
    office.give("cleo", controller="globex", daily=1)
    for name, ask, subjects in (
        ("ben", ASK, 3),
        ("cleo", Ask("reveal", "acme", "support", ("person.name",)), 1),
        ("cleo", Ask("reveal", "globex", "payments", ("person.name",)), 1),
    ):
        caller = office.callers[name]

        def work(conn: sa.Connection, k: Caller = caller, a: Ask = ask, n: int = subjects) -> None:
            decision = office.access.decide(conn, k, a)
            office.access.spend(conn, k, a, decision, subjects=n)

        office.do(work, ask.controller)
        with pytest.raises(Refused) as caught:
            office.do(work, ask.controller)
        assert caught.value.code == "reveal.limit"


def test_above_the_limit_with_an_approval(office: World) -> None:
    """An approval is drawn instead of the day's count, and leaves that untouched."""
    approval = approved(office)
    refused(office, "reveal.limit", spending(office, 4))
    office.do(spending(office, 4, approval.approval_id), "acme")
    refused(office, "approval.exhausted", spending(office, 7, approval.approval_id))
    office.do(spending(office, 3), "acme")
    refused(office, "approval.unknown", spending(office, 1, "f" * 32))


def test_nobody_shown_is_nobody_counted(office: World) -> None:
    """A call that shows no subject adds no row."""
    office.do(spending(office, 0), "acme")
    office.do(spending(office, 0, approved(office).approval_id), "acme")
    counted = office.do(lambda c: c.execute(sa.select(tables.REVEAL_COUNT)).all(), "acme")
    assert counted == []
    refused(office, "limit.subjects", spending(office, -1))


def test_two_writers_never_exceed_the_day(office: World) -> None:
    """Eight calls of one at once against three: exactly three go through."""
    work = spending(office, 1)
    assert at_once([lambda: office.do(work, "acme")] * 8) == ["ok"] * 3 + ["reveal.limit"] * 5


STATES: dict[str, Callable[[World], Approval]] = {
    "requested": request,
    "approved": approved,
}


@pytest.mark.parametrize("state", STATES)
def test_leaving_withdraws(office: World, state: str) -> None:
    """Whatever still could be used is withdrawn when its requester's rights end (C2.5(6))."""
    approval = STATES[state](office)
    cleo = office.callers["cleo"].principal_id
    office.do(lambda c: office.access.move(c, office.callers["ada"], cleo))
    found = office.do(lambda c: store.approval(c, "acme", approval.approval_id), "acme")
    assert found is not None
    assert found.state == APPROVAL[state]["withdraw"] == "withdrawn"
