"""Deadlines: the strictest of agreement and law, targets shown as such, duties to wait (C7.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bailee.agreement.terms import Obligation
from bailee.errors import Conflict, Invalid
from bailee.procedures import Claim, Matter, Targets, Timer, read_targets
from bailee.procedures.calendar import calendar
from bailee.procedures.timer import check_extension, check_since, foresee, step

CASE = Matter("acme", "incident", "0" * 32)


def at(text: str) -> datetime:
    """Return a moment, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def duty(**changed: object) -> Obligation:
    """Return a clock of an agreement: within three days of a trigger."""
    fields: dict[str, object] = {
        "id": "C1", "clause": "1", "kind": "clock", "summary": "Tell.", "control": "tell",
        "parameter": "tell.within", "quantity": 3, "unit": "days", "direction": "max",
        "counting": "plain", "trigger": "found",
    }  # fmt: skip
    return Obligation(**(fields | changed))  # type: ignore[arg-type]


def due(since: str, *lines: tuple[str, Obligation]) -> datetime:
    """Return the one deadline that lines give."""
    claims = [Claim(source, line) for source, line in lines]
    (found,) = foresee(claims, "found", at(since), Targets())
    return found.due


NEW_YORK = {"timezone": "America/New_York"}
BUSINESS = {"unit": "days", "counting": "business", "calendar": "us-federal-reserve"} | NEW_YORK


@pytest.mark.parametrize(
    ("fields", "since", "expected"),
    [
        # Hours run through everything, the night when clocks are set forward too.
        ({"quantity": 72, "unit": "hours"}, "2026-12-30T10:00", "2027-01-02T10:00"),
        ({"quantity": 24, "unit": "hours"} | NEW_YORK, "2027-03-13T12:00", "2027-03-14T12:00"),
        # The day of the trigger does not count; the last day ends at midnight.
        ({"quantity": 10}, "2026-12-25T18:00", "2027-01-05T00:00"),
        ({"quantity": 1}, "2028-02-28T23:59", "2028-03-01T00:00"),  # 29 February counts
        # 20:00 UTC on 4 March is 15:00 in New York; day 10 is 14 March, whose midnight is by summer
        # time: 04:00 UTC, not 05:00.
        ({"quantity": 10} | NEW_YORK, "2027-03-04T20:00", "2027-03-15T04:00"),
        # 02:00 UTC is still the day before in New York.
        ({"quantity": 1} | NEW_YORK, "2026-12-02T02:00", "2026-12-03T05:00"),
        # A month ends on the same date, or on the last of a shorter month.
        ({"quantity": 1, "unit": "months"}, "2027-01-31T08:00", "2027-03-01T00:00"),
        ({"quantity": 12, "unit": "months"}, "2028-02-29T08:00", "2029-03-01T00:00"),
        # Business days: Thursday 24 December 2026, Friday is Christmas, Monday is the first one.
        ({"quantity": 2} | BUSINESS, "2026-12-24T15:00", "2026-12-30T05:00"),
        # Thanksgiving 2026 is 26 November: from Wednesday, Friday is the first, Monday the second.
        ({"quantity": 2} | BUSINESS, "2026-11-25T15:00", "2026-12-01T05:00"),
        # 4 July 2027 is a Sunday: the Banks are closed on Monday the fifth.
        ({"quantity": 1} | BUSINESS, "2027-07-02T15:00", "2027-07-07T04:00"),
    ],
)
def test_deadlines_by_hand(fields: dict[str, object], since: str, expected: str) -> None:
    """Deadlines equal a table that was computed by hand from calendars."""
    assert due(since, ("agreement", duty(**fields))) == at(expected)


def test_the_strictest_wins_and_every_source_stays() -> None:
    """Of a law's 72 hours and an agreement's 24 the 24 bind; both are shown."""
    law = duty(id="gdpr:33", quantity=72, unit="hours")
    ours = duty(id="C9.1", quantity=24, unit="hours")
    (found,) = foresee(
        [Claim("gdpr", law), Claim("agreement", ours)], "found", at("2026-12-01T00:00"), Targets()
    )

    assert found.due == at("2026-12-02T00:00")
    assert not found.target
    assert [(one.source, one.obligation) for one in found.bases] == [
        ("gdpr", "gdpr:33"), ("agreement", "C9.1"),
    ]  # fmt: skip


def test_a_vague_clock_takes_the_target_and_says_so() -> None:
    """What a text calls prompt rings by the operator's own time, and is marked as such."""
    vague = duty(quantity=None, unit="", direction="", counting="", vague=True)
    targets = read_targets(b'"tell.within" = "36 hours"\n')
    (found,) = foresee([Claim("agreement", vague)], "found", at("2026-12-01T00:00"), targets)

    assert (found.due, found.target) == (at("2026-12-02T12:00"), True)
    assert found.bases[0].source == "target"


def test_prompt_beside_a_number_binds_by_whichever_is_earlier() -> None:
    """A target of 24 hours binds beside a law's 72; a law's 12 hours bind beside the target."""
    vague = duty(quantity=None, unit="", direction="", counting="", vague=True)
    targets, since = Targets({"tell.within": "24 hours"}), at("2026-12-01T00:00")
    ends = []
    for hours in (72, 12):
        law = duty(id="law:1", quantity=hours, unit="hours")
        (found,) = foresee([Claim("law", law), Claim("agreement", vague)], "found", since, targets)
        ends.append((found.due - since, found.target))

    assert ends == [(timedelta(hours=24), True), (timedelta(hours=12), False)]


def test_a_duty_to_wait_takes_the_longest_time() -> None:
    """Thirty days' notice beside a law's ten: the thirty hold; earlier is too early (C7.3(5))."""
    ours = duty(quantity=30, direction="min", parameter="subprocessor.notice")
    law = duty(id="law:1", quantity=10, direction="min", parameter="subprocessor.notice")
    (found,) = foresee(
        [Claim("agreement", ours), Claim("law", law)], "found", at("2026-12-01T09:00"), Targets()
    )
    one = timer(found.due, floor=True, state="met", done=found.due - timedelta(seconds=1))

    assert (found.floor, found.due) == (True, at("2027-01-01T00:00"))
    assert one.state_at(found.due) == "early"
    assert replace(one, done=found.due).state_at(found.due) == "met"


def timer(ends: datetime, **changed: object) -> Timer:
    """Return a timer that began a day before its end."""
    began = ends - timedelta(days=1)
    fields: dict[str, object] = {
        "timer_id": "1" * 32, "matter": CASE, "trigger": "found", "parameter": "tell.within",
        "since": began, "aware": None, "opened": began, "due": ends, "floor": False,
        "target": False, "bases": (),
    }  # fmt: skip
    return Timer(**(fields | changed))  # type: ignore[arg-type]


def test_missed_is_read_off_the_clock_and_late_stays_late() -> None:
    """After its end a timer is missed; met afterwards it is late, whatever is recorded later."""
    ends = at("2026-12-02T00:00")
    one = timer(ends)

    assert one.state_at(ends) == "running"
    assert one.state_at(ends + timedelta(milliseconds=1)) == "missed"
    late = replace(one, state="met", done=ends + timedelta(hours=2))
    assert late.state_at(ends + timedelta(days=9)) == "late"


def test_back_dating_shows() -> None:
    """A clock that is entered, or met, an hour and more after the fact says so."""
    ends = at("2026-12-02T00:00")
    prompt = timer(ends)
    entered = replace(prompt, opened=prompt.since + timedelta(hours=2))
    done = replace(prompt, state="met", done=ends, recorded=ends + timedelta(days=3))

    assert [one.back_dated for one in (prompt, entered, done)] == [False, True, True]


def test_nothing_begins_tomorrow() -> None:
    """A trigger that lies ahead, or knowledge before suspicion, is refused."""
    now = at("2026-12-02T00:00")
    check_since(now - timedelta(days=400), now, now)
    for since, aware in ((now + timedelta(hours=1), None), (now, now - timedelta(seconds=1))):
        with pytest.raises(Invalid, match="clock begins"):
            check_since(since, aware, now)


def test_an_extension_comes_in_time_with_its_reason() -> None:
    """A deadline moves later only, with a reason, before it is up; an ended timer never moves."""
    ends = at("2026-12-02T00:00")
    one, before, after = timer(ends), ends - timedelta(hours=1), ends + timedelta(hours=1)
    check_extension(one, after, "complexity", before)
    for until, reason, now, code in (
        (ends, "complexity", before, "timer.extension"),
        (after, "  ", before, "timer.extension"),
        (after + timedelta(days=1), "complexity", after, "timer.late"),
    ):
        with pytest.raises((Invalid, Conflict)) as caught:
            check_extension(one, until, reason, now)
        assert caught.value.code == code
    with pytest.raises(Conflict):
        step("met", "extend")


@pytest.mark.parametrize(
    "text",
    [
        '"a" = "soon"',
        '"a" = 5',
        '"a b" = "1 days"',
        '"a" = "0 days"',
        "not toml",
        '"a" = "1 weeks"',
    ],
)
def test_targets_of_another_form_are_refused(text: str) -> None:
    """A file of targets with anything else than names and times is refused as a whole."""
    with pytest.raises(Invalid) as caught:
        read_targets(text.encode())

    assert caught.value.code == "targets.form"


def test_the_calendar_holds_what_runs() -> None:
    """Every running timer is one event with its end; long lines are folded."""
    ends = at("2026-12-02T12:00")
    one = timer(ends, parameter="tell.within")
    other = replace(one, timer_id="2" * 32, state="met", done=ends)
    text = calendar([one, other], domain="bailee.example", now=ends)
    unfolded = text.replace("\r\n ", "")

    assert unfolded.count("BEGIN:VEVENT") == 1
    assert "DTEND:20261202T120000Z\r\n" in unfolded
    assert f"UID:{'1' * 32}@bailee.example\r\n" in unfolded
    assert "SUMMARY:acme: tell.within due\r\n" in unfolded
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
