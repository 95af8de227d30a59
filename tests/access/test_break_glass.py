"""Access in an emergency: who may open it, how far it goes, and what it leaves behind (C2.5(4))."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.access import Ask, Caller, Emergency, Wanted, emergency_store, store, tables
from bailee.access.code import CODE, CODE_LIFE, GLASS
from bailee.access.credential import new_secret
from bailee.access.desk import Done
from bailee.access.emergency import ALERT, DAILY, REVIEW, overdue
from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.errors import Failure, NotFound
from tests.access.test_approvals import at_once
from tests.access.world import DAY, World

MINUTE = timedelta(minutes=1)
ASK = Ask("reveal", "acme", "payments", ("person.ssn",))
ADMIN: dict[str, Any] = {"elements": [], "purposes": []}
WHY = "Zephyrine Quillback cannot be paid and calls every minute"
KEPT = (tables.CODE, tables.TRIES, tables.EMERGENCY, tables.GRANT)


def rows(conn: sa.Connection) -> list[Any]:
    """Return every code, try, emergency and grant."""
    return [tuple(row) for table in KEPT for row in conn.execute(sa.select(table))]


def code(world: World, to: str = "cleo", by: str = "ada", controller: str = "acme") -> str:
    """Let somebody make a code; return its secret."""
    whom = world.callers[to].principal_id
    issue = partial(world.access.issue_code, caller=world.callers[by], controller=controller)
    return world.do(lambda c: issue(c, principal_id=whom), controller).result.secret


def glass(world: World, secret: str, who: Caller | None = None, **changed: Any) -> Done[Emergency]:
    """Break the glass at acme for half an hour; raise what was returned, after the commit."""
    controller = changed.pop("controller", "acme")
    values = {
        "verbs": ("reveal",),
        "elements": ("person.ssn",),
        "purpose": "payments",
        "until": world.moment + 30 * MINUTE,
        "reason": WHY,
    }
    wanted = Wanted(**(values | changed))  # type: ignore[arg-type]
    caller = who or world.callers["cleo"]
    done = world.do(
        lambda c: world.access.break_glass(c, caller, controller, code=secret, wanted=wanted),
        controller,
    )
    if isinstance(done, Failure):
        raise done
    return done


def refused(world: World, code: str, work: Callable[[], Any], *, counts: bool = False) -> Failure:
    """Do what must fail with this code and, unless it counts a try, change nothing."""
    before = world.do(rows, "acme")
    with pytest.raises(Failure) as caught:
        work()
    assert caught.value.code == code
    assert WHY not in f"{caught.value} {caught.value!r} {caught.value.do}"
    assert (world.do(rows, "acme") == before) is not counts
    return caught.value


def act(world: World, who: str, name: str, opened: Emergency, **more: Any) -> Any:
    """Acknowledge, review or settle."""
    method = getattr(world.access, f"{name}_emergency")
    values = {
        "caller": world.callers[who],
        "controller": "acme",
        "emergency_id": opened.emergency_id,
    }
    return world.do(partial(method, **values, **more), "acme")


def review(world: World, who: str, opened: Emergency, verdict: str = "justified") -> Any:
    """Review."""
    return act(world, who, "review", opened, verdict=verdict, reason=f"{WHY}, as I heard")


def allowed(world: World, ask: Ask = ASK, who: Caller | None = None) -> Any:
    """Return the decision on an ask of cleo's, or of somebody else's."""
    caller = who or world.callers["cleo"]
    return world.do(lambda c: world.access.decide(c, caller, ask), "acme")


def use(world: World, subjects: int, ask: Ask = ASK) -> None:
    """Use an emergency as a call of the vault does."""

    def work(conn: sa.Connection) -> None:
        cleo = world.callers["cleo"]
        decision = world.access.decide(conn, cleo, ask)
        world.access.spend(conn, cleo, ask, decision, subjects=subjects)
        world.access.use_emergency(conn, cleo, ask, decision, subjects=subjects)

    world.do(work, "acme")


def test_an_emergency_from_the_envelope_to_the_review(house: World) -> None:
    """A code, an hour's grant usable at once, an alert, its acknowledgement, a counted review."""
    house.papers["acme"].times["emergency.alert"] = 10 * MINUTE
    secret = code(house)
    opened = glass(house, secret).result
    (grant,) = house.do(
        lambda c: store.grants(c, "acme", house.callers["cleo"].principal_id), "acme"
    )
    assert (grant.approval_id, grant.granted_by) == (
        opened.emergency_id,
        house.callers["ada"].principal_id,
    )
    assert (opened.alert_due, opened.review_due) == (
        house.moment + 10 * MINUTE,
        datetime(2026, 3, 4, 5, 0, tzinfo=UTC),  # Tuesday's end in New York
    )
    assert allowed(house).emergencies == (opened.emergency_id,)
    use(house, 2)
    use(house, 0)
    told = act(house, "ben", "acknowledge", opened).result
    assert (told.alert, told.acknowledged_by) == (
        "acknowledged",
        house.callers["ben"].principal_id,
    )
    refused(house, "break_glass.open", lambda: review(house, "ben", opened))
    house.moment = opened.until
    refused(house, "grant.expired", lambda: allowed(house))
    done = review(house, "ben", opened)
    assert (done.result.review, done.result.reviewer) == ("justified", told.acknowledged_by)
    log = [one for one in house.entries("acme") if one["action"].startswith("access:break-glass:")]
    assert [one["action"].rpartition(":")[2] for one in log] == [
        "code-issued", "opened", "acknowledged", "reviewed",
    ]  # fmt: skip
    assert {one["decision"] for one in log} == {"allowed"}
    assert log[-1]["detail"] == {"verdict": "justified", "calls": 2, "subjects": 2, "late": 0}
    assert log[1]["detail"]["seconds"] == 1800
    written = str([house.entries("acme"), house.entries()])
    assert WHY not in written
    assert secret not in written
    assert WHY not in repr(done)


def test_only_a_person_of_ours_opens_for_themselves(house: World) -> None:
    """No service, nobody acting for another, no representative; none of them gets a code."""
    secret = code(house)
    robot = house.service("robot")
    house.mint("robot", robot)
    helper = house.service("helper", "acting-for")
    house.mint("helper", helper)
    token = house.do(lambda c: house.access.act_for(c, house.callers["cleo"], helper)).result.secret
    keys = house.keys
    callers = [
        house.do(lambda c: house.access.authenticate(c, keys["robot"])),
        house.do(lambda c: house.access.authenticate(c, keys["helper"], person_token=token)),
        house.join("rita", relation="controller-representative", represents="acme"),
    ]
    for caller in callers:  # who knows nothing of a controller is told nothing of it
        refused(house, "controller.unknown", partial(glass, house, secret, caller))
    for who in (robot, helper):
        house.give(who, verbs=["protect"])
    house.give("rita", verbs=["audit"], **ADMIN)
    for caller in callers:
        refused(house, "break_glass.for_people", partial(glass, house, secret, caller))
    issue = partial(house.access.issue_code, caller=house.callers["ada"], controller="acme")
    for who in (robot, callers[2].principal_id):
        refused(
            house,
            "break_glass.for_people",
            lambda who=who: house.do(lambda c: issue(c, principal_id=who), "acme"),  # type: ignore[misc]
        )


def test_who_makes_codes(house: World) -> None:
    """Whoever holds 'people', for somebody else who is active, at a controller that they know."""
    refused(house, "self.mint", lambda: code(house, "ada"))
    refused(house, "grant.missing", lambda: code(house, "cleo", "ben"))
    refused(house, "controller.unknown", lambda: code(house, controller="nowhere"))
    house.give("ben", controller=HOUSE, verbs=["people"], **ADMIN)
    refused(house, "controller.unknown", lambda: code(house, "cleo", "ben", "globex"))
    first, second = code(house), code(house, by="ben")
    refused(house, "break_glass.code", lambda: glass(house, first), counts=True)
    glass(house, second)


def test_one_code_opens_once(house: World) -> None:
    """Used, revoked, expired, another's, of another controller, invented: one answer for all."""
    cleo = house.callers["cleo"].principal_id
    used = code(house)
    opened = glass(house, used).result
    elsewhere, others, revoked = code(house, controller="globex"), code(house, "ben"), code(house)
    made = house.do(lambda c: emergency_store.codes(c, cleo))
    assert opened.code_id in {one.code_id for one in made if one.state == "used"}
    (waiting,) = [m for m in made if (m.state, m.at_controller) == ("issued", "acme")]
    drop = partial(house.access.revoke_code, caller=house.callers["ada"], controller="acme")
    house.do(lambda c: drop(c, code_id=waiting.code_id), "acme")
    for which, answer in ((waiting.code_id, "lifecycle.event"), ("c1", "break_glass.unknown")):
        work = partial(drop, code_id=which)
        refused(house, answer, lambda work=work: house.do(work, "acme"))  # type: ignore[misc]
    old = code(house)
    ended = sa.update(tables.CODE).where(
        tables.CODE.c.state == "issued", tables.CODE.c.principal == cleo
    )
    house.do(lambda c: c.execute(ended.values(expires=write_time(house.moment))))
    said = {
        (failure.says, failure.do)
        for secret in (used, revoked, old, others, elsewhere, new_secret(GLASS), "nonsense")
        for failure in [
            refused(house, "break_glass.code", partial(glass, house, secret), counts=True)
        ]
    }
    assert len(said) == 1
    assert (waiting.expires - waiting.created, CODE_LIFE) == (90 * DAY, 90 * DAY)


def test_ten_wrong_codes_lock_the_right_one(house: World) -> None:
    """For thirty minutes nothing opens; each try is on record; then it begins anew (C2.5(3))."""
    secret = code(house)
    for number in range(1, 11):
        refused(house, "break_glass.code", lambda: glass(house, new_secret(GLASS)), counts=True)
        entry = house.entries("acme")[-1]
        assert (entry["action"], entry["decision"]) == ("access:break-glass:refused", "refused")
        assert entry["detail"] == {"code": "break_glass.code", "tries": number}
    refused(house, "break_glass.locked", lambda: glass(house, secret))
    house.moment += 30 * MINUTE - timedelta(milliseconds=1)
    refused(house, "break_glass.locked", lambda: glass(house, secret))
    house.moment += timedelta(milliseconds=1)
    refused(house, "break_glass.code", lambda: glass(house, "wrong"), counts=True)
    glass(house, secret)
    cleo = house.callers["cleo"].principal_id
    assert house.do(lambda c: emergency_store.tries(c, cleo)) is None


def test_two_openings_with_one_code(house: World) -> None:
    """Of two at once exactly one succeeds, and one grant exists."""
    secret = code(house)
    outcome = at_once([lambda: glass(house, secret)] * 2)
    assert outcome == ["break_glass.code", "ok"]
    cleo = house.callers["cleo"].principal_id
    assert len(house.do(lambda c: store.grants(c, "acme", cleo), "acme")) == 1


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"until": 60 * MINUTE + timedelta(milliseconds=1)}, "break_glass.until"),
    ({"until": timedelta(0)}, "break_glass.until"),
    ({"reason": " \n"}, "break_glass.reason"),
    ({"reason": WHY * 20}, "break_glass.reason"),
    ({"verbs": ()}, "break_glass.verbs"),
    ({"verbs": ("reveal", "erase")}, "break_glass.verbs"),
    ({"verbs": ("approve",)}, "break_glass.verbs"),
    ({"elements": ("person.*",)}, "break_glass.elements"),
    ({"elements": ("class:sensitive",)}, "break_glass.elements"),
    ({"elements": ()}, "grant.elements"),
    ({"elements": ("person.nothing",)}, "grant.elements"),
    ({"elements": ("business.name",)}, "element.not_in_agreement"),
    ({"purpose": "marketing"}, "purpose.not_in_agreement"),
    ({"controller": "globex"}, "controller.unknown"),
    ({"controller": "nowhere"}, "controller.unknown"),
)


def test_openings_that_are_refused(house: World) -> None:
    """Too long, for no reason, too wide, outside the agreement, elsewhere; the code stays good."""
    secret = code(house)
    for changed, answer in WRONG:
        fields = dict(changed)
        if "until" in fields:
            fields["until"] += house.moment
        refused(house, answer, partial(glass, house, secret, **fields))
    glass(house, secret, until=house.moment + 60 * MINUTE)


def test_glass_is_for_where_there_is_no_right(house: World) -> None:
    """Whoever holds a fitting grant needs none; a house of one has nobody who could review."""
    secret = code(house)
    house.give("cleo", elements=["person.name"])
    refused(
        house, "break_glass.not_needed", lambda: glass(house, secret, elements=("person.name",))
    )
    glass(house, secret, elements=("person.name", "person.ssn"))
    for who in ("ben", "ada"):
        target, by = house.callers[who].principal_id, house.callers["ada"]
        if who == "ben":
            house.do(lambda c: house.access.leave(c, by, target))  # noqa: B023
    lonely = code(house)
    house.do(
        lambda c: c.execute(
            sa.update(tables.PRINCIPAL)
            .where(tables.PRINCIPAL.c.principal_id == house.callers["ada"].principal_id)
            .values(state="suspended")
        )
    )
    house.do(store.bump)
    refused(house, "second_person.missing", lambda: glass(house, lonely, verbs=("search",)))


def test_an_emergency_has_its_own_small_day(house: World) -> None:
    """Fifty subjects in a rolling day over all emergencies, apart from what grants show."""
    house.give("cleo", elements=["person.name"], daily=300)
    names = Ask("reveal", "acme", "payments", ("person.name",))
    cleo = house.callers["cleo"]

    def usual(conn: sa.Connection) -> None:
        decision = house.access.decide(conn, cleo, names)
        house.access.spend(conn, cleo, names, decision, subjects=250)

    house.do(usual, "acme")
    glass(house, code(house))
    use(house, DAILY - 1)
    refused(house, "reveal.limit", lambda: use(house, 2))
    glass(house, code(house), elements=("financial.card_number",), purpose="support")
    cards = Ask("reveal", "acme", "support", ("financial.card_number",))
    refused(house, "reveal.limit", lambda: use(house, 2, cards))
    use(house, 1, cards)
    assert allowed(house, names).emergencies == ()


def test_who_reviews(house: World) -> None:
    """Not the opener, not the code's maker, nobody who shares the opener's key; once."""
    house.give("cleo", verbs=["approve"], **ADMIN)
    house.join("emil")
    for who in ("ben", "cleo"):
        house.give(who, controller=HOUSE, verbs=["people"], **ADMIN)
    secret = code(house, by="ben")
    opened = glass(house, secret).result
    for name, answer in (("ada", "grant.missing"), ("emil", "controller.unknown")):
        refused(house, answer, partial(review, house, name, opened))
    refused(house, "self.review", lambda: act(house, "cleo", "acknowledge", opened))
    refused(house, "controller.unknown", lambda: act(house, "emil", "acknowledge", opened))
    act(house, "ben", "acknowledge", opened)
    refused(house, "lifecycle.event", lambda: act(house, "ada", "acknowledge", opened))
    house.do(
        lambda c: house.access.revoke_grant(c, house.callers["ada"], "acme", opened.grant_id),
        "acme",
    )
    refused(house, "grant.revoked", lambda: allowed(house))
    refused(house, "self.review", lambda: review(house, "cleo", opened))
    refused(house, "self.review", lambda: review(house, "ben", opened))
    house.give("emil", verbs=["approve"], **ADMIN)
    keys = tables.CREDENTIAL
    emil = house.callers["emil"].principal_id
    for shown in (
        sa.update(keys).where(keys.c.principal == emil).values(minted_by=opened.opener),
        sa.update(keys).where(keys.c.principal == opened.opener).values(minted_by=emil),
    ):
        house.do(lambda c, shown=shown: c.execute(shown))  # type: ignore[misc]
        refused(house, "self.review", lambda: review(house, "emil", opened))
        house.do(lambda c: c.execute(sa.update(keys).values(minted_by="")))
    refused(house, "break_glass.verdict", lambda: review(house, "emil", opened, "settle"))
    done = review(house, "emil", opened, "unjustified").result
    assert overdue(done, house.moment) == ("break_glass.unjustified",)
    refused(house, "lifecycle.event", lambda: review(house, "emil", opened))
    for who in ("cleo", "ben"):
        settle = partial(act, house, who, "settle", opened, writing="letter 9")
        refused(house, "self.review", settle)
    settled = act(house, "emil", "settle", opened, writing="letter 9").result
    assert (settled.review, settled.writing, overdue(settled, house.moment)) == (
        "settled", "letter 9", (),
    )  # fmt: skip
    refused(
        house,
        "break_glass.unknown",
        lambda: review(house, "emil", replace(opened, emergency_id="bg-1")),
    )


def test_who_is_told(house: World) -> None:
    """Holders of 'approve' there and of 'people' see all, the opener their own, others nothing."""
    opened = glass(house, code(house)).result
    house.join("emil")
    for who in ("ada", "ben", "cleo"):
        caller = house.callers[who]
        found = house.do(
            partial(house.access.emergencies, caller=caller, controller="acme"), "acme"
        )
        assert found == [opened]
    with pytest.raises(NotFound):
        house.do(lambda c: house.access.emergencies(c, house.callers["emil"], "acme"), "acme")
    house.give("emil")
    seen = house.do(lambda c: house.access.emergencies(c, house.callers["emil"], "acme"), "acme")
    assert seen == []


def test_whoever_goes_loses_envelope_and_emergency(house: World) -> None:
    """One commit ends the codes of a leaver, mover or suspended person, and what they opened."""
    ada = house.callers["ada"]
    for event, answer in (
        ("leave", "credential.principal_left"),
        ("suspend", "credential.principal_suspended"),
        ("move", "grant.revoked"),
    ):
        who = house.join(event)
        glass(house, code(house, event), who)
        waiting = code(house, event)
        house.do(lambda c: getattr(house.access, event)(c, ada, who.principal_id))  # noqa: B023
        codes = house.do(lambda c: emergency_store.codes(c, who.principal_id))  # noqa: B023
        assert {one.state for one in codes} == {"used", "revoked"}
        refused(house, answer, partial(allowed, house, who=who))
        if event == "suspend":
            house.do(lambda c: house.access.resume(c, ada, who.principal_id))  # noqa: B023
        if event != "leave":
            refused(house, "break_glass.code", partial(glass, house, waiting, who), counts=True)


def test_codes_that_a_leaver_saw_end(house: World) -> None:
    """A code is void when whoever made it leaves: somebody outside knows it."""
    house.give("ben", controller=HOUSE, verbs=["people"], **ADMIN)
    secret = code(house, by="ben")
    ada, ben = house.callers["ada"], house.callers["ben"]
    house.do(lambda c: house.access.leave(c, ada, ben.principal_id))
    refused(house, "break_glass.code", lambda: glass(house, secret), counts=True)


def test_a_clock_set_back_lengthens_nothing(house: World) -> None:
    """Behind what was recorded nothing is decided, so an hour stays an hour."""
    secret = code(house)
    opened = glass(house, secret).result
    house.moment = opened.until
    refused(house, "grant.expired", lambda: allowed(house))
    house.moment = opened.opened
    refused(house, "clock.set_back", lambda: allowed(house))
    refused(house, "clock.set_back", lambda: glass(house, secret))


def test_times_that_run_out() -> None:
    """On the last moment all is in time; past it the alert, then the review, is a finding."""
    start = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    one = Emergency(
        "bg-1", "acme", "cleo", "c1", "ada", "g1", ("reveal",), ("person.ssn",), "payments",
        start, start + 60 * MINUTE, start + 15 * MINUTE, start + DAY, reason=WHY,
    )  # fmt: skip
    tick = timedelta(milliseconds=1)
    assert overdue(one, one.alert_due) == ()
    assert overdue(one, one.alert_due + tick) == ("break_glass.alert_unacknowledged",)
    told = replace(one, alert="acknowledged")
    assert overdue(told, one.review_due) == ()
    assert overdue(told, one.review_due + tick) == ("break_glass.review_overdue",)
    assert overdue(replace(told, review="justified"), one.review_due + DAY) == ()
    assert WHY not in repr(one)


def test_lives_are_tables() -> None:
    """Codes, alerts and reviews move along their tables and end where these say."""
    assert CODE["issued"] == {
        "use": "used", "revoke": "revoked", "expire": "expired",
    }  # fmt: skip
    assert ALERT == {"due": {"acknowledge": "acknowledged"}, "acknowledged": {}}
    assert REVIEW["unjustified"] == {"settle": "settled"}
    assert all(not CODE[state] for state in ("used", "revoked", "expired"))
    assert not REVIEW["justified"]
    assert not REVIEW["settled"]
