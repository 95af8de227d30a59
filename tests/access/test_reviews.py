"""Access reviews: who decides, what a decision does, and what nobody decided (C2.5(6))."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.access import Ask, Cadence, Decision, Grant, Item, Review, Verdict, review_store, store
from bailee.access.review import ITEM, REVIEW, summary
from bailee.access.training_tables import GRANT_USE
from bailee.db import HOUSE
from bailee.errors import Failure
from tests.access.test_approvals import at_once
from tests.access.world import DAY, START, World

QUARTER = Cadence(91 * DAY, 30 * DAY)
ADMIN: dict[str, Any] = {"elements": [], "purposes": []}
MACHINE = {"kind": "machine", "principal_id": "schedule"}
WHY = "Theodora Blackwood still reconciles by hand"
KEEP, END = Verdict("keep", WHY), Verdict("end", WHY)
ASK = Ask("reveal", "acme", "payments", ("person.name",))


@pytest.fixture
def given(house: World) -> Grant:
    """Return cleo's grant at acme, which ada gave; ben approves there, dora holds people."""
    house.join("dora")
    house.give("dora", controller=HOUSE, verbs=["people"], until=START + 300 * DAY, **ADMIN)
    return house.give("cleo", until=START + 300 * DAY)


def begin(world: World, who: str = "ben", controller: str = "acme") -> Review:
    """Open a review."""
    work = partial(
        world.access.open_review, caller=world.callers[who], controller=controller, cadence=QUARTER
    )
    return world.do(work, controller).result


def decide(  # noqa: PLR0917 - in the words of most tests
    world: World, review: Review, grant: str, verdict: Verdict, who: str = "ben"
) -> Item:
    """Decide on a grant."""
    where = (review.controller, review.review_id, grant)
    return world.do(
        lambda c: world.access.decide_item(c, world.callers[who], where, verdict),
        review.controller,
    ).result


def refusal(work: Any) -> str:
    """Return the code with which something is refused."""
    with pytest.raises(Failure) as caught:
        work()
    assert WHY not in f"{caught.value} {caught.value!r} {caught.value.do}"
    return caught.value.code


def items(world: World, review: Review) -> dict[str, Item]:
    """Return the lines of a review by grant."""
    found = world.do(
        lambda c: review_store.items(c, review.controller, review.review_id), review.controller
    )
    return {one.grant_id: one for one in found}


def close(world: World, review: Review, who: str = "ben") -> Review:
    """Close a review."""
    work = partial(
        world.access.close_review,
        caller=world.callers[who],
        controller=review.controller,
        review_id=review.review_id,
    )
    return world.do(work, review.controller).result


def allowed(world: World) -> bool:
    """Tell whether cleo may read a name at acme."""
    try:
        world.do(lambda c: world.access.decide(c, world.callers["cleo"], ASK), "acme")
    except Failure:
        return False
    return True


def used(world: World, grant: Grant, verb: str, records: int) -> None:
    """Use a grant once, as a call of the vault does."""
    ask, decision = Ask(verb, "acme"), Decision(allowed=True, grants=(grant.grant_id,))
    world.do(lambda c: world.access.count_use(c, ask, decision, records=records), "acme")


@pytest.mark.parametrize("table", [REVIEW, ITEM])
def test_the_lifecycles_are_closed(table: Any) -> None:
    """Every event leads to a state of the table; whatever is decided has no event left."""
    ends = {state for events in table.values() for state in events.values()}

    assert ends <= set(table)
    assert all(not table[state] for state in ends)


def test_a_review_shows_every_living_grant_with_its_use(house: World, given: Grant) -> None:
    """Who, what, by whom, until when, and calls and records by verb; an ended grant is left out."""
    gone = house.give("cleo", elements=["person.ssn"])
    revoke = partial(house.access.revoke_grant, caller=house.callers["ada"], controller="acme")
    house.do(lambda c: revoke(c, grant_id=gone.grant_id), "acme")
    for records in (3, 4):
        used(house, given, "reveal", records)
    used(house, given, "search", 1)
    review = begin(house)
    line = items(house, review)[given.grant_id]

    assert gone.grant_id not in items(house, review)
    assert (line.principal, line.granted_by) == (given.principal, given.granted_by)
    assert (line.verbs, line.elements, line.until) == (given.verbs, given.elements, given.until)
    assert json.loads(line.uses) == {"reveal": [2, 7], "search": [1, 1]}
    assert (review.due, review.state) == (START + 30 * DAY, "open")


def test_use_is_counted_from_the_review_before(house: World, given: Grant) -> None:
    """A second review shows what was done since the first, and the counts before go in time."""
    used(house, given, "reveal", 5)
    house.moment = START + DAY
    first = begin(house)
    for name in items(house, first):
        decide(house, first, name, KEEP, "ben" if name == given.grant_id else "dora")
    close(house, first)
    house.moment = START + 10 * DAY
    used(house, given, "reveal", 2)
    second = begin(house)

    assert second.since == START + DAY
    assert json.loads(items(house, second)[given.grant_id].uses) == {"reveal": [1, 2]}


def test_ending_executes_at_once(house: World, given: Grant) -> None:
    """When the decision returns the grant is revoked, in every process, under one entry."""
    other = house.another_process()
    assert house.do(lambda c: other.decide(c, house.callers["cleo"], ASK), "acme").allowed
    review = begin(house)
    before = len(house.entries("acme"))
    decide(house, review, given.grant_id, END)

    assert (
        refusal(lambda: house.do(lambda c: other.decide(c, house.callers["cleo"], ASK), "acme"))
        == "grant.revoked"
    )
    entry = house.entries("acme")[-1]
    assert len(house.entries("acme")) == before + 1
    assert (entry["action"], entry["detail"]) == ("access:review:decided", {"outcome": "ended"})
    assert entry["context"]["grant_id"] == given.grant_id
    assert WHY not in str(house.entries("acme"))


def test_shortening_gives_an_earlier_end(house: World, given: Grant) -> None:
    """A shortened grant lives until the new end, and not beyond."""
    review = begin(house)
    decide(house, review, given.grant_id, Verdict("shorten", WHY, START + 5 * DAY))
    house.moment = START + 5 * DAY - DAY / 24
    before = allowed(house)
    house.moment = START + 5 * DAY

    assert (before, allowed(house)) == (True, False)


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (Verdict("forgive", WHY), "review.decision"),
        (Verdict("keep", " \n "), "review.reason"),
        (Verdict("keep", "x" * 1001), "review.reason"),
        (Verdict("shorten", WHY), "review.until"),
        (Verdict("shorten", WHY, START + 301 * DAY), "review.until"),
        (Verdict("shorten", WHY, START), "review.until"),
        (Verdict("keep", WHY, START + DAY), "review.until"),
        (Verdict("end", WHY, START + DAY), "review.until"),
    ],
)
def test_a_senseless_decision_changes_nothing(
    house: World, given: Grant, verdict: Verdict, code: str
) -> None:
    """No decision, no reason, an end that lengthens or lies behind us: refused, still undecided."""
    review = begin(house)

    assert refusal(lambda: decide(house, review, given.grant_id, verdict)) == code
    assert items(house, review)[given.grant_id].state == "undecided"
    assert allowed(house)


def test_nobody_reviews_their_own_or_what_they_gave(house: World, given: Grant) -> None:
    """Ben's own grant, and whatever ada gave, is refused to each of them; dora decides."""
    mine = next(
        one for one in house.do(lambda c: store.grants(c, "acme"), "acme") if "approve" in one.verbs
    )
    review = begin(house)
    tries = [
        refusal(lambda: decide(house, review, mine.grant_id, KEEP, "ben")),
        refusal(lambda: decide(house, review, given.grant_id, END, "ada")),
    ]

    assert tries == ["self.review", "self.review"]
    assert decide(house, review, mine.grant_id, KEEP, "dora").state == "kept"


def test_whoever_saw_a_services_key_does_not_review_it(house: World, given: Grant) -> None:
    """A reviewer who minted the key of a service has what it has, so somebody else decides."""
    service = house.service("robot", by="dora")
    house.mint("robot", service, by="dora")
    right = house.give(service)
    review = begin(house)

    assert refusal(lambda: decide(house, review, right.grant_id, KEEP, "dora")) == "self.review"
    assert decide(house, review, right.grant_id, KEEP, "ben").state == "kept"


def test_only_reviewers_open_decide_close_and_look(house: World, given: Grant) -> None:
    """Whoever holds neither approve, grant nor people is refused each act and each look."""
    review = begin(house)
    cleo = house.callers["cleo"]
    acts = [
        lambda: begin(house, "cleo"),
        lambda: decide(house, review, given.grant_id, KEEP, "cleo"),
        lambda: close(house, review, "cleo"),
        lambda: house.do(lambda c: house.access.reviews(c, cleo, "acme"), "acme"),
        lambda: house.do(lambda c: house.access.review(c, cleo, "acme", review.review_id), "acme"),
    ]

    assert {refusal(one) for one in acts} == {"grant.missing"}


def test_a_service_reviews_nothing(house: World, given: Grant) -> None:
    """A service decides nothing, whatever somebody grants it, because nobody answers for it."""
    service = house.service("robot")
    house.mint("robot", service, by="dora")
    house.give(service, verbs=["audit"], **ADMIN)
    robot = house.do(lambda c: house.access.authenticate(c, house.keys["robot"]))
    review = begin(house)
    where = ("acme", review.review_id, given.grant_id)

    assert (
        refusal(lambda: house.do(lambda c: house.access.decide_item(c, robot, where, END), "acme"))
        == "grant.missing"
    )


def test_a_review_of_another_controller_is_not_found(house: World, given: Grant) -> None:
    """Its id opens nothing elsewhere, and a grant of elsewhere is none of it."""
    elsewhere = house.give("cleo", controller="globex")
    house.give("ben", controller="globex", verbs=["approve"], **ADMIN)
    review = begin(house)
    at_globex = ("globex", review.review_id, given.grant_id)
    tries = [
        refusal(lambda: decide(house, review, elsewhere.grant_id, END)),
        refusal(lambda: decide(house, review, "no-such-grant", END)),
        refusal(
            lambda: house.do(
                lambda c: house.access.decide_item(c, house.callers["ben"], at_globex, END),
                "globex",
            )
        ),
    ]

    assert set(tries) == {"review.unknown"}


def test_a_decision_stands(house: World, given: Grant) -> None:
    """A replay, and a second reviewer who wants the opposite, are refused; the first one counts."""
    review = begin(house)
    decide(house, review, given.grant_id, KEEP)

    assert refusal(lambda: decide(house, review, given.grant_id, KEEP)) == "review.decided"
    assert refusal(lambda: decide(house, review, given.grant_id, END, "dora")) == "review.decided"
    assert allowed(house)


def test_of_two_reviewers_at_once_one_wins(house: World, given: Grant) -> None:
    """Two opposite decisions at one moment: one is made, the other refused by name."""
    review = begin(house)
    outcomes: list[str] = []

    def one(who: str, verdict: Verdict) -> None:
        try:
            outcomes.append(decide(house, review, given.grant_id, verdict, who).state)
        except Failure as failure:
            outcomes.append(failure.code)

    at_once([partial(one, "ben", KEEP), partial(one, "dora", END)])

    assert "review.decided" in outcomes
    assert items(house, review)[given.grant_id].state in outcomes
    assert allowed(house) == ("kept" in outcomes)


def test_of_two_openings_at_once_one_wins(house: World, given: Grant) -> None:
    """There is one open review at a controller, whoever opens it and whenever."""
    outcomes: list[str] = []

    def one(who: str) -> None:
        try:
            outcomes.append(begin(house, who).state)
        except Failure as failure:
            outcomes.append(failure.code)

    at_once([partial(one, "ben"), partial(one, "dora")])

    assert sorted(outcomes) == ["open", "review.open"]


def test_closing_needs_every_decision(house: World, given: Grant) -> None:
    """A review with something undecided stays open; closed, its summary's hash is on record."""
    review = begin(house)
    decide(house, review, given.grant_id, KEEP)
    first = refusal(lambda: close(house, review))
    for name, line in items(house, review).items():
        if line.state == "undecided":
            decide(house, review, name, END, "dora")
    closed = close(house, review, "dora")
    found = house.do(lambda c: review_store.items(c, "acme", review.review_id), "acme")
    text = summary(closed, found)
    entry = house.entries("acme")[-1]

    assert first == "review.undecided"
    assert closed.summary_sha256 == hashlib.sha256(text).hexdigest()
    assert entry["action"] == "access:review:closed"
    assert entry["detail"] == {
        "kept": 1, "ended": 1, "late": 0, "summary_sha256": closed.summary_sha256,
    }  # fmt: skip
    assert json.loads(text)["review"] == review.review_id
    assert WHY.encode() not in text
    assert refusal(lambda: decide(house, review, given.grant_id, END, "dora")) == "review.closed"
    assert refusal(lambda: close(house, review, "dora")) == "lifecycle.event"


def test_a_grant_that_ended_by_itself_needs_no_decision(house: World, given: Grant) -> None:
    """What was revoked or ran out meanwhile is noted as gone when the review closes."""
    revoke = partial(house.access.revoke_grant, caller=house.callers["ada"], controller="acme")
    review = begin(house)
    house.do(lambda c: revoke(c, grant_id=given.grant_id), "acme")
    code = refusal(lambda: decide(house, review, given.grant_id, KEEP))
    for name, line in items(house, review).items():
        if line.principal != given.principal:
            decide(house, review, name, KEEP, "dora")
    close(house, review)

    assert code == "review.grant_over"
    assert items(house, review)[given.grant_id].state == "gone"


def lapse(world: World, review: Review) -> int:
    """Let the house end what nobody decided."""
    return world.do(
        lambda c: world.access.lapse_review(c, review.controller, review.review_id, actor=MACHINE),
        review.controller,
    )


def test_what_nobody_decides_ends_after_the_due_date(house: World, given: Grant) -> None:
    """Until the due date nothing ends; then the house ends the rest, and records each."""
    review = begin(house)
    before = lapse(house, review)
    house.moment = review.due + DAY / 24
    ended = lapse(house, review)

    assert (before, ended, lapse(house, review)) == (0, 1, 0)
    assert items(house, review)[given.grant_id].state == "lapsed"
    assert not allowed(house)
    assert house.entries("acme")[-1]["actor"] == MACHINE
    house.give("ben", verbs=["approve"], **ADMIN)
    assert close(house, review).state == "closed"


def test_the_house_does_not_lock_itself_out(house: World, given: Grant) -> None:
    """Nobody decides on the rights of the house: those without which nobody could act stay."""
    review = begin(house, "dora", HOUSE)
    house.moment = review.due + DAY
    lapse(house, review)
    states = {one.granted_by == one.principal: one.state for one in items(house, review).values()}

    assert states == {True: "undecided", False: "lapsed"}
    assert house.do(lambda c: house.access.register(c, house.callers["ada"]))


def test_the_last_administrator_is_not_ended_by_a_reviewer(house: World, given: Grant) -> None:
    """Ending the founder's rights would leave nobody who gives rights: refused, still undecided."""
    review = begin(house, "dora", HOUSE)
    founders = next(one for one in items(house, review).values() if "grant" in one.verbs)

    assert refusal(lambda: decide(house, review, founders.grant_id, END, "dora")) == (
        "administrator.last"
    )
    assert items(house, review)[founders.grant_id].state == "undecided"


def test_reviews_open_by_themselves_in_time(house: World, given: Grant) -> None:
    """A quarter after the oldest grant, not before, once, and sooner where the agreement says."""

    def due(world: World) -> bool:
        opened = world.do(
            lambda c: world.access.open_due_review(c, "acme", QUARTER, actor=MACHINE), "acme"
        )
        return opened is not None

    house.papers["globex"].times["access.review"] = 10 * DAY
    house.give("cleo", controller="globex")
    house.moment = START + 10 * DAY
    assert house.do(lambda c: house.access.review_is_due(c, "globex", QUARTER), "globex")
    outcomes = []
    for days in (90, 91, 92):
        house.moment = START + days * DAY
        outcomes.append(due(house))

    assert outcomes == [False, True, False]


def test_a_house_of_one_opens_none(world: World) -> None:
    """Where nobody could decide, the house opens no review by itself."""
    world.found("ada")
    world.moment = START + 400 * DAY

    assert not world.do(lambda c: world.access.review_is_due(c, HOUSE, QUARTER))


def test_emergencies_have_their_own_review(house: World, given: Grant) -> None:
    """A grant that came from breaking the glass is in no campaign."""
    glass = Grant(
        grant_id="e" * 32, principal=given.principal, verbs=("reveal",), elements=("person.ssn",),
        purposes=("payments",), controller="acme", until=START + DAY, daily=5, created=START,
        granted_by=house.callers["ada"].principal_id, approval_id="bg-1",
    )  # fmt: skip
    house.do(lambda c: store.add_grant(c, glass), "acme")

    assert glass.grant_id not in items(house, begin(house))


def test_use_is_counted_with_the_call_and_undone_with_it(house: World, given: Grant) -> None:
    """A call that fails counts nothing; of many at once none is lost, and none waits for a row."""

    def failing(conn: sa.Connection) -> None:
        decision = Decision(allowed=True, grants=(given.grant_id,))
        house.access.count_use(conn, ASK, decision, records=9)
        raise Failure("test.failed", "It failed.")

    refusal(lambda: house.do(failing, "acme"))
    at_once([partial(used, house, given, "reveal", 2) for _ in range(8)])
    rows = house.do(
        lambda c: c.execute(
            sa.select(sa.func.sum(GRANT_USE.c.calls), sa.func.sum(GRANT_USE.c.records))
        ).one(),
        "acme",
    )

    assert tuple(map(int, rows)) == (8, 16)


def test_reasons_go_with_the_controller(house: World, given: Grant) -> None:
    """Destroying a controller's data empties the free texts; the summary stays what it was."""
    review = begin(house)
    for name in items(house, review):
        decide(house, review, name, KEEP, "ben" if name == given.grant_id else "dora")
    closed = close(house, review)
    house.do(lambda c: house.access.forget_reasons(c, "acme"), "acme")
    found = house.do(lambda c: review_store.items(c, "acme", review.review_id), "acme")

    assert {one.reason for one in found} == {""}
    assert hashlib.sha256(summary(closed, found)).hexdigest() == closed.summary_sha256
