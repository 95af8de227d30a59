"""Sub-processors: notice, days, consent, contract, and changes (C7.3(5), C7.2(5), C6(ii))."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bailee.access import Schema
from bailee.agreement import Obligation, load_terms
from bailee.errors import Failure
from bailee.privacy import flow_down
from bailee.privacy.engagement import (
    ENGAGEMENT,
    Engagement,
    Signature,
    check_days,
    check_writing,
    earliest,
    step,
)
from bailee.privacy.last_instruction import LastInstruction, check_certificate
from bailee.privacy.last_instructions import uninstructed
from bailee.privacy.subprocessor import (
    Particulars,
    Subprocessor,
    check_particulars,
    check_unique,
    current,
    edition_of,
)

SCHEMA = Schema(names=frozenset({"person.name", "person.ssn"}))
HANDED = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def code_of(attempt: Any) -> str:
    """Return the code of a refusal, or ``done``."""
    try:
        attempt()
    except Failure as failure:
        return failure.code
    return "done"


def facts(**changed: Any) -> Particulars:
    """Return a printer of letters in two countries."""
    values: dict[str, Any] = {
        "name": "North Print Ltd", "address": "3 Quay Street, Cork", "contact": "Privacy desk",
        "services": ("printing",), "elements": ("person.name",), "countries": ("IE", "US"),
    }  # fmt: skip
    return Particulars(**(values | changed))


def version(number: int, edition: int, since: datetime, **changed: Any) -> Subprocessor:
    """Return a version of it."""
    one = facts(**changed)
    values = {name: getattr(one, name) for name in Particulars.__slots__}
    return Subprocessor(
        **values, subprocessor_id="s", version=number, edition=edition, since=since,
        created=since, created_by="p",
    )  # fmt: skip


def proposal(**changed: Any) -> Engagement:
    """Return a proposal of the notice's own day."""
    values: dict[str, Any] = {
        "controller": "acme", "engagement_id": "e", "subprocessor_id": "s", "edition": 1,
        "facts_sha256": "0" * 64, "state": "proposed", "proposed": HANDED, "proposed_by": "p",
        "notice_id": "n",
    }  # fmt: skip
    return Engagement(**(values | changed))


# The days, counted by hand: the day of the notice is not one of them.


@pytest.mark.parametrize(
    ("handed", "end"),
    [
        ("2026-11-30T15:00:00+00:00", "2026-12-31T00:00:00+00:00"),  # 30 days: to 30 December
        ("2026-12-02T00:00:00+00:00", "2027-01-02T00:00:00+00:00"),  # over the year's end
        ("2028-01-31T23:59:59+00:00", "2028-03-02T00:00:00+00:00"),  # February has 29 days
    ],
)
def test_thirty_days_follow_the_day_of_the_notice(handed: str, end: str) -> None:
    """C7.3(5): at least thirty days before means thirty whole days after the notice's own."""
    for terms in ("bill-2022-10-11", "model-addendum"):
        lines = load_terms(terms).obligations

        assert earliest(lines, datetime.fromisoformat(handed)).isoformat() == end


def test_of_two_periods_the_longer_binds_and_none_is_thirty_days() -> None:
    """A duty to wait takes the latest end; a text that is silent gets the thirty days too."""
    long = Obligation(
        id="C1", clause="1", kind="clock", summary="Wait.", parameter="subprocessor.objection",
        quantity=45, unit="days", direction="min", counting="plain",
    )  # fmt: skip
    bill = load_terms("bill-2022-10-11").obligations

    assert earliest([*bill, long], HANDED).isoformat() == "2027-01-15T00:00:00+00:00"
    assert earliest([], HANDED).isoformat() == "2026-12-31T00:00:00+00:00"


def test_the_last_moment_of_the_days_is_too_early() -> None:
    """A millisecond before midnight is within the thirty days, midnight is not."""
    end = datetime(2026, 12, 31, tzinfo=UTC)
    before = end - timedelta(milliseconds=1)

    assert code_of(lambda: check_days(end, before)) == "subprocessor.too_early"
    assert code_of(lambda: check_days(end, end)) == "done"
    assert code_of(lambda: check_days(None, end)) == "subprocessor.not_noticed"


# The table.


@pytest.mark.parametrize("state", sorted(ENGAGEMENT))
def test_only_a_consent_leads_to_an_engagement(state: str) -> None:
    """From no other state does anything become engaged, whatever the days say."""
    wanted = {
        "consented": "done", "proposed": "subprocessor.no_consent",
        "noticed": "subprocessor.no_consent", "silent": "subprocessor.no_consent",
    }  # fmt: skip

    assert code_of(lambda: step(state, "engage")) == wanted.get(state, "subprocessor.state")


@pytest.mark.parametrize("state", ["proposed", "noticed", "silent", "consented", "engaged"])
def test_an_objection_counts_whatever_came_before(state: str) -> None:
    """The controller objects at any time, also after its consent, also after engagement."""
    assert step(state, "object") == "objected"


def test_what_has_ended_stays_ended() -> None:
    """Nothing leads out of an ended engagement; it takes a new proposal and a new notice."""
    assert ENGAGEMENT["ended"] == {}
    assert code_of(lambda: step("objected", "engage")) == "subprocessor.state"


def test_silence_is_read_off_the_clock_and_is_no_consent() -> None:
    """After the days an unanswered proposal is silent, and still takes a consent."""
    one, due = proposal(), HANDED + 30 * DAY

    assert one.state_at(None, None, HANDED + 99 * DAY) == "proposed"
    assert one.state_at(HANDED, due, due - DAY) == "noticed"
    assert one.state_at(HANDED, due, due) == "silent"
    assert step("silent", "consent") == "consented"
    assert replace(one, state="engaged").state_at(HANDED, due, due) == "engaged"


# The controller's writing.


@pytest.mark.parametrize(
    ("state", "signed", "code"),
    [
        ("proposed", HANDED + DAY, "subprocessor.not_noticed"),
        ("noticed", HANDED - timedelta(seconds=1), "subprocessor.consent_too_old"),
        ("noticed", HANDED + 4 * DAY, "subprocessor.signed"),
        ("objected", HANDED + DAY, "subprocessor.objected"),
        ("engaged", HANDED + DAY, "subprocessor.state"),
        ("silent", HANDED + DAY, "done"),
        ("noticed", HANDED + DAY, "done"),
    ],
)
def test_a_writing_answers_the_notice(state: str, signed: datetime, code: str) -> None:
    """A paper older than its notice, of tomorrow, or against an objection is none."""
    paper = Signature("clara", "letter 9", "0" * 64, signed)
    handed = None if state == "proposed" else HANDED

    assert code_of(lambda: check_writing(state, paper, handed, HANDED + 2 * DAY)) == code


# What a sub-processor is.


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "South Print Ltd"},
        {"address": "9 Bay Road, Galway"},
        {"services": ("printing", "archiving")},
        {"elements": ("person.*",)},
        {"countries": ("IE", "US", "IN")},
    ],
)
def test_a_material_change_needs_a_new_consent(changed: dict[str, Any]) -> None:
    """C7.3(5)(i): name, address, services, categories, countries: each makes a new edition."""
    before = [version(1, 1, HANDED)]

    assert edition_of(before, facts(**changed), HANDED + DAY, 2) == 2


def test_contact_and_keys_may_change_and_a_change_back_is_a_change() -> None:
    """A new telephone number asks nobody again; a name that was given up does."""
    first, renamed = version(1, 1, HANDED), version(2, 2, HANDED + DAY, name="Other")

    assert edition_of([first], facts(contact="New desk"), HANDED + DAY, 2) == 1
    assert edition_of([first, renamed], facts(), HANDED + 2 * DAY, 3) == 3


def test_a_planned_change_counts_from_its_day_on() -> None:
    """Until then what was consented to goes on."""
    known = [version(1, 1, HANDED), version(2, 2, HANDED + 40 * DAY, name="Other")]

    assert [current(known, HANDED + days * DAY) for days in (0, 39, 40)] == [
        known[0], known[0], known[1],
    ]  # fmt: skip
    assert current(known, HANDED - DAY) is None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": "  "}, "subprocessor.particulars"),
        ({"name": "..."}, "subprocessor.particulars"),
        ({"contact": "a\nb"}, "subprocessor.particulars"),
        ({"address": "x\u202ey"}, "subprocessor.particulars"),
        ({"services": ()}, "subprocessor.particulars"),
        ({"elements": ("*",)}, "subprocessor.elements"),
        ({"elements": ("person.shoe",)}, "subprocessor.elements"),
        ({"countries": ("Ireland",)}, "subprocessor.countries"),
        ({"keys": ("age1short",)}, "consent.keys"),
    ],
)
def test_particulars_are_lines_that_can_be_listed(changed: dict[str, Any], code: str) -> None:
    """What cannot be shown to a controller, or enforced, is not written."""
    assert code_of(lambda: check_particulars(facts(**changed), SCHEMA)) == code


def test_a_name_leads_to_one_sub_processor() -> None:
    """A second company of a name that differs in spelling alone is refused."""
    taken = {"northprintltd": "s"}

    assert code_of(lambda: check_unique("NORTH-PRINT, Ltd.", taken, "")) == (
        "subprocessor.name_taken"
    )
    assert code_of(lambda: check_unique("NORTH-PRINT, Ltd.", taken, "s")) == "done"


# The contract.


class Paper:
    """An agreement of one duty."""

    def obligations_for(self, control: str) -> tuple[str, ...]:
        """Return the clause of breach notices."""
        return {"breach-notice": ("C9.1",)}.get(control, ())


def compared(**changed: str) -> dict[str, str]:
    """Return a comparison that covers all but what is given."""
    return {one.id: "covered" for one in flow_down.DUTIES} | changed


@pytest.mark.parametrize("verdict", ["missing", "weaker"])
def test_a_contract_is_no_less_strict_than_ours(verdict: str) -> None:
    """C7.3(5)(ii): a duty that is missing or weaker keeps a sub-processor out."""
    wanted = flow_down.owed(Paper())
    check = flow_down.check_contract

    assert wanted == {"breach": ("C9.1",)}
    assert code_of(lambda: check(compared(breach=verdict), wanted)) == (
        f"subprocessor.contract_{verdict}"
    )
    assert code_of(lambda: check(compared(audit=verdict), wanted)) == "done"
    assert code_of(lambda: check(None, wanted)) == "subprocessor.no_contract"


def test_a_comparison_leaves_no_duty_out() -> None:
    """Silence about a duty is no verdict, and an invented duty none either."""
    short = {name: verdict for name, verdict in compared().items() if name != "audit"}

    for wrong in (short, compared(kindness="covered"), compared(audit="perhaps")):
        assert code_of(lambda wrong=wrong: flow_down.check_compared(wrong)) == (
            "subprocessor.comparison"
        )


@pytest.mark.parametrize("terms", ["bill-2022-10-11", "model-addendum"])
def test_every_control_of_a_duty_is_one_that_terms_name(terms: str) -> None:
    """A duty is found in the shipped agreements by the controls of its obligations."""
    named = {line.control for line in load_terms(terms).obligations}
    both = named | {
        line.control for line in load_terms("bill-2022-10-11").obligations
    } | {line.control for line in load_terms("model-addendum").obligations}  # fmt: skip

    for one in flow_down.DUTIES:
        assert set(one.controls) <= both, one.id
        assert set(one.controls) & named, one.id


# The end.


def test_whoever_may_hold_data_is_instructed() -> None:
    """C6(ii): once engaged is enough, also for one that was objected to; never engaged is not."""
    stopped = proposal(subprocessor_id="a", state="objected", engaged=HANDED)
    never = proposal(subprocessor_id="b", state="consented")
    told = LastInstruction(
        "acme", "i", "a", "destroy", "t", "0" * 64, HANDED, "p", HANDED + DAY, "n"
    )

    assert uninstructed([stopped, never], []) == ["a"]
    assert uninstructed([stopped, never], [told]) == []
    again = proposal(subprocessor_id="a", state="ended", engaged=HANDED + DAY)
    assert uninstructed([stopped, again], [told]) == ["a"]


@pytest.mark.parametrize(
    ("day", "signer", "code"),
    [
        ("2026-12-03", "Nora Feld", "done"),
        ("2026-12-06", "Nora Feld", "subprocessor.certificate"),
        ("2026-11-29", "Nora Feld", "subprocessor.certificate"),
        ("2026-02-30", "Nora Feld", "subprocessor.certificate"),
        ("2026-12-03", " ", "subprocessor.certificate"),
    ],
)
def test_a_certificate_is_of_a_day_between(day: str, signer: str, code: str) -> None:
    """It answers the instruction, and nobody certifies tomorrow's deed."""
    told = LastInstruction(
        "acme", "i", "a", "destroy", "t", "0" * 64, HANDED, "p", HANDED + DAY, "n"
    )

    assert code_of(lambda: check_certificate(day, signer, told, HANDED + 5 * DAY)) == code


def test_a_certificate_that_is_missing_is_overdue() -> None:
    """Handed over is not certified: the time runs on."""
    told = LastInstruction(
        "acme", "i", "a", "destroy", "t", "0" * 64, HANDED, "p", HANDED + DAY, "n"
    )
    relayed = replace(told, state="relayed")

    assert relayed.state_at(HANDED + DAY) == "relayed"
    assert relayed.state_at(HANDED + 2 * DAY) == "overdue"
    assert replace(told, state="certified").state_at(HANDED + 9 * DAY) == "certified"
