"""The auditor's room: who may look, when, at what, and that every look is on record (C5.2)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bailee.client import BaileeProblem, Client, Confirmation, PersonToken
from bailee.client.audit_answers import Engagement
from bailee.clock import write_time
from tests.journeys.world import ACME, GLOBEX, PAYMENT, Place, World, code_of, every_verb

DAY = timedelta(days=1)
LEAK = "A leak is offered for sale."
SEED = "dice-6-2-1-1-5"


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


def ask(house: World, who: str = "nora", by: str = "clara", **more: Any) -> Engagement:
    """Ask for an engagement of an auditor at acme."""
    fields: dict[str, Any] = {"until": at(house, 20)} | more
    return house.line(by).ask_engagement(ACME, house.ids[who], **fields)


def threat(house: World, who: str = "nora", **more: Any) -> str:
    """Open an engagement at once; return its id."""
    return ask(house, who, reason="threat", basis=LEAK, **more).engagement


def status(house: World, item: str) -> Engagement:
    """Return an engagement as the controller's side sees it."""
    found = house.line("clara").list_engagements(ACME).engagements
    return next(one for one in found if one.engagement == item)


@pytest.fixture
def audited(own_house: World) -> World:
    """Return a deployment with an auditor of acme, who has no engagement yet."""
    let_in(own_house, "nora")
    return own_house


@pytest.fixture(scope="module")
def room(house: World) -> World:
    """Return a deployment with an open engagement of nora's at acme, shared by a module."""
    let_in(house, "nora")
    let_in(house, "otto", GLOBEX, "greta")
    let_in(house, "pia")
    house.ids["open"] = threat(house)
    return house


VIEWS: dict[str, Callable[[Client, str, str], object]] = {
    "obligations": lambda c, controller, item: c.audit_evidence(controller, item),
    "entries": lambda c, controller, item: c.audit_entries(controller, item),
    "rights": lambda c, controller, item: c.audit_rights(controller, item),
    "samples": lambda c, controller, item: c.list_samples(controller, item),
    "packs": lambda c, controller, item: c.list_packs(controller, item),
    "sample": lambda c, controller, item: c.draw_sample(
        controller, item, population="all", size=3, seed=SEED
    ),
}


def test_the_window_opens_and_closes_by_the_clock_alone(audited: World, tmp_path: Path) -> None:
    """C5.2: one key is refused before the window, answered in it, refused at once after it."""
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
    assert shown["opening"]["actor"]["principal_id"] == audited.ids["nora"]
    audited.shift += 5 * DAY
    assert code_of(lambda: nora.audit_evidence(ACME, made.engagement)) == "audit.expired"
    last = audited.last(tmp_path / "later")
    assert (last["action"], last["decision"]) == ("audit:view:refused", "refused")
    assert last["detail"] == {
        "asked": "obligations", "code": "audit.expired", "engagement": made.engagement,
    }  # fmt: skip
    listed = status(audited, made.engagement)
    assert (listed.status, listed.views, listed.refused) == ("expired", 1, 3)


def test_a_clock_set_back_opens_no_window_again(audited: World) -> None:
    """An expired engagement stays so when the machine's clock is set back over a restart."""
    item = threat(audited)
    audited.shift += 21 * DAY
    nora = audited.line("nora")
    assert code_of(lambda: nora.audit_rights(ACME, item)) == "audit.expired"
    audited.house.settle()
    audited.close()
    audited.shift -= 10 * DAY
    audited.open()
    assert code_of(lambda: audited.line("nora").audit_rights(ACME, item)) == "audit.expired"


def test_silence_is_a_yes_once_the_notice_is_over(audited: World) -> None:
    """C9.4 of the addendum: unanswered, it opens after twenty business days, and not before."""
    item = ask(audited, since=at(audited, 1), until=at(audited, 30)).engagement
    nora = audited.line("nora")
    audited.shift += 18 * DAY  # twenty business days are 26 days at least
    assert code_of(lambda: nora.audit_evidence(ACME, item)) == "audit.requested"
    audited.shift += 17 * DAY
    assert code_of(lambda: nora.audit_evidence(ACME, item)) == "audit.expired"
    again = ask(audited, since=at(audited, 39), until=at(audited, 60), reason="event", basis="C9")
    audited.shift += 41 * DAY
    assert nora.audit_evidence(ACME, again.engagement).clauses
    audited.give(ACME, "bram", ["interpret"])  # the first one has run out
    bram = audited.line("bram")
    late = code_of(lambda: bram.answer_engagement(ACME, again.engagement, "decline"))
    assert late == "audit.state"


def test_what_was_declined_never_opens_and_the_controller_reads_why(audited: World) -> None:
    """A decline stands with its reason, and does not count as the year's audit."""
    item = ask(audited, since=at(audited, 2)).engagement
    bram = audited.line("bram")
    bram.answer_engagement(ACME, item, "decline", reason="The firm audits a rival of ours.")
    audited.shift += 3 * DAY
    code = code_of(lambda: audited.line("nora").audit_evidence(ACME, item))
    assert code == "audit.declined"
    assert status(audited, item).answer == "The firm audits a rival of ours."
    assert ask(audited, since=at(audited, 2)).status == "requested"


def test_nobody_of_ours_refuses_or_ends_access_upon_a_threat(audited: World) -> None:
    """C5.2: it is open with the answer; we neither decline nor close it; the controller does."""
    item = threat(audited)
    assert audited.line("nora").audit_evidence(ACME, item).clauses
    bram = audited.line("bram")
    assert code_of(lambda: bram.answer_engagement(ACME, item, "decline")) == "audit.immediate"
    assert code_of(lambda: bram.close_engagement(ACME, item)) == "audit.not_ours_to_close"
    assert audited.line("nora").audit_evidence(ACME, item).clauses
    assert audited.line("clara").close_engagement(ACME, item).status == "closed"
    assert code_of(lambda: audited.line("nora").audit_evidence(ACME, item)) == "audit.closed"
    assert code_of(lambda: audited.line("clara").close_engagement(ACME, item)) == "audit.state"


def test_one_ordinary_audit_in_twelve_months_but_for_the_exceptions(audited: World) -> None:
    """C5.2: eleven months apart is refused, twelve is not; each exception passes with its basis."""
    ask(audited, since=at(audited, 1))
    assert code_of(lambda: ask(audited, since=at(audited, 5))) == "audit.interval"
    near, far = at(audited, 360), at(audited, 366)
    assert code_of(lambda: ask(audited, since=near, until=at(audited, 365))) == "audit.interval"
    for reason in ("discrepancy", "event", "threat"):
        assert code_of(partial(ask, audited, reason=reason)) == "audit.basis"
        assert ask(audited, reason=reason, basis="See letter 14.").reason == reason
    assert ask(audited, since=far, until=at(audited, 380)).reason == "yearly"


def test_of_two_ordinary_audits_asked_for_at_once_one_is_refused(audited: World) -> None:
    """Both representatives' calls run at the same moment; the second sees the first."""
    start, codes = threading.Barrier(4), list[str]()

    def attempt(days: int) -> None:
        start.wait()
        codes.append(code_of(lambda: ask(audited, since=at(audited, days))))

    threads = [threading.Thread(target=attempt, args=(days,)) for days in range(1, 5)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(codes) == ["audit.interval"] * 3 + ["done"]


def test_we_enter_an_engagement_only_upon_the_controllers_writing(audited: World) -> None:
    """Without its reference, digest and a representative of that controller nothing is entered."""
    confirmed = Confirmation(given_by=audited.ids["clara"], reference="l 3", text_sha256="5" * 64)
    wrong = {
        "nobody": ("audit.writing", None),
        "bram": ("outsider.unknown", audited.ids["bram"]),
        "greta": ("outsider.unknown", audited.ids["greta"]),
        "nora": ("outsider.unknown", audited.ids["nora"]),
    }
    for code, giver in wrong.values():
        given = giver and Confirmation(given_by=giver, reference="l 3", text_sha256="5" * 64)
        assert code_of(partial(ask, audited, by="bram", confirmed=given)) == code
    made = ask(audited, by="bram", confirmed=confirmed)
    assert (made.side, made.given_by, made.text_sha256) == (
        "processor", audited.ids["clara"], "5" * 64,
    )  # fmt: skip


def test_whom_a_controller_sends_is_not_ours_to_keep_out(audited: World) -> None:
    """The representative lets its auditor in without us; nobody else's does, nor for another."""
    for by, controller in (("greta", ACME), ("clara", GLOBEX), ("dev", ACME), ("nora", ACME)):
        code = code_of(partial(let_in, audited, "mallory", controller, by))
        assert code in {"grant.missing", "controller.unknown"}, by
    let_in(audited, "quinn", ACME, "clara")
    assert ask(audited, "quinn").auditor == audited.ids["quinn"]
    for who in ("bram", "clara", "payout"):  # none of them is an auditor
        assert code_of(partial(ask, audited, who)) == "outsider.unknown"


def test_a_window_is_bounded(audited: World) -> None:
    """It begins now or within a year, ends later, and lasts no longer than an auditor's account."""
    for since, until in ((5, 4), (-1, 5), (400, 410), (1, 33)):
        fields = {"since": at(audited, since), "until": at(audited, until)}
        assert code_of(partial(ask, audited, **fields)) == "audit.window"
    assert code_of(lambda: threat(audited, until=at(audited, -1))) == "audit.window"


def test_an_auditor_holds_no_grant_and_no_data_verb(room: World) -> None:
    """Nobody can give them one, and every call that touches data finds no such controller."""
    done = room.line("importer").protect(
        ACME, PAYMENT, [{"ref": "1", "subject": "s-audit", "fields": {"person.name": "Ida Holt"}}]
    )
    place = Place(ACME, done.results[0].record, "s-audit", "bv1.adA")
    for verb, call in every_verb(room.line("nora"), place).items():
        assert code_of(call) == "controller.unknown", verb
    for verbs, elements in ((["reveal"], ["person.name"]), (["audit"], []), (["approve"], [])):
        code = code_of(partial(room.give, ACME, "nora", verbs, *elements))
        assert code == "grant.for_auditors"
    nora = room.line("nora")
    for call in (
        lambda: nora.show_clauses(ACME),
        lambda: nora.logs(ACME),
        lambda: nora.show_agreement(ACME),
        lambda: nora.list_grants(ACME),
        lambda: nora.list_disclosures(ACME),
        lambda: nora.run_controls(ACME),
    ):
        assert code_of(call) == "controller.unknown"
    assert code_of(nora.list_people) == "grant.missing"
    assert nora.list_controllers().controllers == []


@pytest.mark.parametrize("view", VIEWS)
def test_another_auditors_engagement_is_unknown(room: World, view: str) -> None:
    """No auditor, representative or person from elsewhere sees an engagement by its id."""
    item = room.ids["open"]
    for who, code in {
        "pia": "controller.unknown", "otto": "controller.unknown", "greta": "controller.unknown",
        "dev": "grant.missing", "stranger": "controller.unknown",
    }.items():  # fmt: skip
        assert code_of(partial(VIEWS[view], room.line(who), ACME, item)) == code, who
    for controller in (GLOBEX, "house", "nowhere"):
        code = code_of(partial(VIEWS[view], room.line("nora"), controller, item))
        assert code in {"controller.unknown", "grant.missing"}, controller
    code = code_of(lambda: VIEWS[view](room.line("clara"), ACME, "0" * 32))
    assert code == "audit.unknown"


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_of_the_auditor_is_on_record(room: World, view: str, tmp_path: Path) -> None:
    """What was shown, to whom and how much of it stands in the controller's log."""
    before = status(room, room.ids["open"]).views
    answer = VIEWS[view](room.line("nora"), ACME, room.ids["open"])
    entry = room.last(tmp_path)
    assert entry["id"] == answer.entry.entry_id  # type: ignore[attr-defined]
    assert entry["opening"]["actor"]["principal_id"] == room.ids["nora"]
    assert entry["detail"]["engagement"] == room.ids["open"]
    if view == "sample":
        assert entry["action"] == "audit:sample:drawn"
    else:
        assert (entry["action"], entry["detail"]["shown"]) == ("audit:view:shown", view)
        assert status(room, room.ids["open"]).views == before + 1
    for side in ("clara", "bram"):
        same = VIEWS[view](room.line(side), ACME, room.ids["open"])
        assert view == "sample" or same.entry is None  # type: ignore[attr-defined]


def test_that_an_auditor_lists_engagements_is_on_record_too(room: World, tmp_path: Path) -> None:
    """They see their own alone."""
    found = room.line("nora").list_engagements(ACME).engagements
    assert {one.auditor for one in found} == {room.ids["nora"]}
    assert room.last(tmp_path)["detail"]["shown"] == "engagements"
    assert code_of(lambda: room.line("nora").list_engagements(GLOBEX)) == "controller.unknown"


def test_what_is_shown_is_what_the_house_knows(room: World) -> None:
    """Obligations are those of the clauses, entries those of the log, rights those of the list."""
    nora, bram, item = room.line("nora"), room.line("bram"), room.ids["open"]
    (looked,) = bram.run_controls(ACME, ["agreement-binding"]).observations
    seen = nora.audit_evidence(ACME, item)
    assert seen.clauses == bram.show_clauses(ACME).clauses
    looks = {one.control: one for one in seen.controls}["agreement-binding"]
    assert (looks.total, looks.looks) == (1, [looked])
    page = nora.audit_entries(ACME, item, start=2, count=3)
    assert [one.index for one in page.entries] == [2, 3, 4]
    assert all(one.opening for one in page.entries)
    assert page.logs == bram.logs(ACME).logs or page.logs[-1].log == bram.logs(ACME).logs[-1].log
    rights = nora.audit_rights(ACME, item)
    assert {one.grant for one in rights.grants} >= {
        one.grant for one in room.line("ada").list_grants(ACME).grants
    }
    names = {one.principal: one.name for one in rights.holders}
    assert names[room.ids["nora"]] == "Nora Feldmann"
    assert GLOBEX not in str(rights)


def test_a_sample_is_drawn_again_by_hand(room: World, tmp_path: Path) -> None:
    """The ids with the smallest SHA-256 of mark, seed and id are the sample, in that order."""
    before = room.entries(tmp_path / "before")
    made = room.line("nora").draw_sample(
        ACME, room.ids["open"], population="access:grant:", size=4, seed=SEED
    )
    ids = [one["id"] for one in before if one["action"].startswith("access:grant:")]
    ranked = sorted(
        ids, key=lambda name: sha256(f"bailee/sample/v1\0{SEED}\0{name}".encode()).digest()
    )
    assert (made.members, made.chosen) == (len(ids), ranked[:4])
    detail = room.last(tmp_path / "after")["detail"]
    listed = sha256("".join(f"{name}\n" for name in ranked[:4]).encode()).hexdigest()
    assert (detail["chosen_sha256"], detail["seed"]) == (listed, SEED)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"seed": "Dice 6 2 1"}, "sample.seed"),
        ({"size": 0}, "sample.size"),
        ({"size": 1001}, "sample.size"),
        ({"population": "Vault:"}, "sample.population"),
        ({"population": "%' OR 1=1"}, "sample.population"),
    ],
)
def test_a_sample_that_could_not_be_drawn_again_is_refused(
    room: World, more: dict[str, object], code: str
) -> None:
    """Seed, size and population are what an entry can hold in clear."""
    fields = {"population": "all", "size": 3, "seed": SEED} | more
    nora = room.line("nora")
    assert code_of(lambda: nora.draw_sample(ACME, room.ids["open"], **fields)) == code  # type: ignore[arg-type]


def test_a_program_that_acts_for_the_auditor_is_not_the_auditor(room: World) -> None:
    """The right is the person's alone: through an acting-for service nothing is seen."""
    room.service("desk", "acting-for")
    token = room.line("nora").issue_token(room.ids["desk"]).token
    desk = Client(
        "http://localhost", room.keys["desk"], transport=room.transport(), retries=0,
        person=PersonToken(token),
    )  # fmt: skip
    item = room.ids["open"]
    assert code_of(lambda: desk.audit_evidence(ACME, item)) == "controller.unknown"


def test_an_auditor_who_left_sees_nothing(audited: World) -> None:
    """Their key ends with them, whatever the engagement says."""
    item = threat(audited)
    audited.line("bram").leave(audited.ids["nora"])
    with pytest.raises(BaileeProblem) as refused:
        audited.line("nora").audit_evidence(ACME, item)
    assert refused.value.status == 401
