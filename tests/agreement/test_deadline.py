"""Deadlines by hand: business days of the Federal Reserve, calendar days, hours (C5.4, C6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from bailee.agreement import Obligation, load_terms
from bailee.agreement.deadline import deadline, end_of_business_day, last_moment
from bailee.agreement.workdays import FEDERAL_RESERVE, after, federal_reserve
from tests.agreement.test_in_force import compiled, put_together

NEW_YORK = "America/New_York"
CLOSED_2026 = """01-01 01-19 02-16 05-25 06-19 09-07 10-12 11-11 11-26 12-25"""
"""As the Federal Reserve Banks publish them; 4 July is a Saturday: they are open on Friday."""
CLOSED_2027 = """01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-11 11-25"""
"""19 June and 25 December are Saturdays; 4 July is a Sunday: they are closed on Monday."""


@pytest.mark.parametrize(("year", "closed"), [(2026, CLOSED_2026), (2027, CLOSED_2027)])
def test_the_banks_are_closed_on_their_published_holidays(year: int, closed: str) -> None:
    """Of all Mondays to Fridays of a year, exactly the published ones are no business days."""
    first = date(year, 1, 1)
    weekdays = [first + timedelta(days=n) for n in range(365)]
    found = [day for day in weekdays if day.weekday() < 5 and not federal_reserve(day)]
    assert [day.strftime("%m-%d") for day in found] == closed.split()


def test_juneteenth_is_a_holiday_since_2021() -> None:
    """The Act of 17 June 2021 made it one; before, the Banks were open."""
    assert federal_reserve(date(2020, 6, 19))
    assert not federal_reserve(date(2023, 6, 19))


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-03-02", 2, "2026-03-04"),  # Monday to Wednesday
        ("2026-03-06", 2, "2026-03-10"),  # over a weekend
        ("2026-11-25", 2, "2026-11-30"),  # Thanksgiving, then Friday, then Monday
        ("2026-12-24", 1, "2026-12-28"),  # Christmas on a Friday
        ("2027-07-02", 1, "2027-07-06"),  # the fourth on a Sunday
    ],
)
def test_business_days_are_counted_from_the_day_after(start: str, count: int, end: str) -> None:
    """The day of the trigger does not count, nor a weekend, nor a holiday."""
    assert after(date.fromisoformat(start), count, FEDERAL_RESERVE) == date.fromisoformat(end)


def test_an_unknown_calendar_counts_every_day() -> None:
    """What is not known makes a deadline early, never late."""
    assert after(date(2026, 12, 24), 2, "moon") == date(2026, 12, 26)


def line(**fields: Any) -> Obligation:
    """Return a duty with a time."""
    given: dict[str, Any] = {"quantity": 2, "unit": "days", "direction": "max"}
    given |= {"counting": "plain"} | fields
    return Obligation(id="C1", clause="1", kind="clock", summary="In time.", **given)


NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "end"),
    [
        ({"quantity": 15, "unit": "minutes"}, "2026-03-02T09:15:00+00:00"),
        ({"quantity": 36, "unit": "hours"}, "2026-03-03T21:00:00+00:00"),
        ({}, "2026-03-05T00:00:00+00:00"),
        ({"timezone": NEW_YORK}, "2026-03-05T05:00:00+00:00"),  # five hours behind in winter
        ({"quantity": 1, "unit": "weeks", "timezone": NEW_YORK}, "2026-03-10T04:00:00+00:00"),
        ({"quantity": 11, "unit": "months"}, "2027-02-03T00:00:00+00:00"),
        ({"quantity": 1, "unit": "years"}, "2027-03-03T00:00:00+00:00"),
        ({"counting": "business", "calendar": FEDERAL_RESERVE, "timezone": NEW_YORK},
         "2026-03-05T05:00:00+00:00"),
        ({"timezone": "Nowhere/Land"}, "2026-03-03T00:00:00+00:00"),
        ({"timezone": "../etc"}, "2026-03-03T00:00:00+00:00"),
    ],
)  # fmt: skip
def test_a_deadline_follows_its_counting_rule(fields: dict[str, Any], end: str) -> None:
    """Hours run on, days end at midnight of the agreement's zone; an unknown zone ends early."""
    assert deadline(line(**fields), NINE) == datetime.fromisoformat(end)


def test_a_month_ends_where_the_shorter_one_does() -> None:
    """A month after the last of January is the last of February."""
    start = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
    assert deadline(line(quantity=1, unit="months"), start) == datetime(2026, 3, 1, tzinfo=UTC)


def test_what_has_no_number_has_no_deadline() -> None:
    """A vague clock, or a floor, ends nothing."""
    assert deadline(line(quantity=None), NINE) is None
    assert deadline(line(direction="min"), NINE) is None


def test_the_evening_in_new_york_is_the_next_day_in_utc() -> None:
    """Friday 22:00 in New York is Saturday 03:00 UTC; the first business day after is Monday."""
    friday_night = datetime(2026, 3, 7, 3, 0, tzinfo=UTC)
    end = end_of_business_day(friday_night, 1, FEDERAL_RESERVE, NEW_YORK)
    assert end == datetime(2026, 3, 10, 4, 0, tzinfo=UTC)  # summer time began on the eighth


def test_the_agreement_names_the_earliest_of_its_deadlines(model_text: bytes) -> None:
    """The model addendum: an alert in 15 minutes, a review in 2 business days; else nothing."""
    agreement = put_together(compiled(model_text, "model-addendum"))
    assert agreement.due("emergency.alert", NINE) == NINE + timedelta(minutes=15)
    end = datetime(2026, 3, 5, 5, 0, tzinfo=UTC)
    assert agreement.due("emergency.review", NINE) == end
    assert agreement.due("nothing.at-all", NINE) is None
    lines = load_terms("model-addendum").obligations
    two = tuple(
        msgspec.structs.replace(one, quantity=n)
        for one in lines
        if one.parameter == "emergency.alert"
        for n in (30, 10)
    )
    both = replace(agreement, obligations=two)
    assert both.due("emergency.alert", NINE) == NINE + timedelta(minutes=10)


BRUSSELS = "Europe/Brussels"
EASTER_2026 = {date(2026, 4, 3), date(2026, 4, 6)}
"""Good Friday and Easter Monday."""
YEAR_END = {date(2026, 12, 25), date(2027, 1, 1)}


@pytest.mark.parametrize(
    ("period", "start", "holidays", "last_day"),
    [
        # Monday 2 March 2026; a month later is Thursday 2 April.
        ("1 months", "2026-03-02T10:20", (), "2026-04-02"),
        # Tuesday 3 March; 3 April is Good Friday, then a weekend, then Easter Monday.
        ("1 months", "2026-03-03T10:20", EASTER_2026, "2026-04-07"),
        ("1 months", "2026-03-03T10:20", (), "2026-04-03"),
        # 31 January has no date in February: its last day, a Saturday in 2026, then Monday.
        ("1 months", "2026-01-31T23:59", (), "2026-03-02"),
        # In the leap year 2028 the last day is Tuesday the 29th.
        ("1 months", "2028-01-31T09:00", (), "2028-02-29"),
        ("12 months", "2028-02-29T09:00", (), "2029-02-28"),
        ("1 years", "2027-02-28T09:00", (), "2028-02-28"),
        # Over the end of the year: 1 January 2027 is a Friday and a holiday, 4 January a Monday.
        ("1 months", "2026-12-01T09:00", YEAR_END, "2027-01-04"),
        ("2 months", "2026-12-31T09:00", (), "2027-03-01"),
        # Eight weeks after Wednesday 1 July end on Wednesday 26 August.
        ("8 weeks", "2026-07-01T09:00", (), "2026-08-26"),
        # Friday 6 March: one day is Saturday and waits for Monday; two days hold two working days.
        ("1 days", "2026-03-06T09:00", (), "2026-03-09"),
        ("2 days", "2026-03-06T09:00", (), "2026-03-10"),
        # Thursday 2 April: Friday to Monday are free, so two days are Tuesday and Wednesday.
        ("2 days", "2026-04-02T09:00", EASTER_2026, "2026-04-08"),
        ("2 days", "2026-03-02T09:00", (), "2026-03-04"),
    ],
)
def test_a_european_period_ends_with_its_last_working_day(
    period: str, start: str, holidays: set[date], last_day: str
) -> None:
    """Regulation 1182/71, Article 3(1), (2), (4), (5), counted by hand on a calendar."""
    zone = ZoneInfo(BRUSSELS)
    count, unit = period.split()
    term = line(quantity=int(count), unit=unit, counting="eu-1182-71", timezone=BRUSSELS)
    since = datetime.fromisoformat(start).replace(tzinfo=zone)
    after = date.fromisoformat(last_day) + timedelta(days=1)
    end = datetime.combine(after, time(), zone).astimezone(UTC)
    assert last_moment(term, since, holidays) == end
    early = deadline(term, since)
    assert early is not None
    assert early <= end


@pytest.mark.parametrize(
    ("start", "ours", "law"),
    [
        # The hour of the event does not count: 10:20 is in the hour that ends at 11.
        ("2026-03-02T10:20:30+01:00", "2026-03-05T10:20:30+01:00", "2026-03-05T11:00:00+01:00"),
        ("2026-03-02T10:00:00+01:00", "2026-03-05T10:00:00+01:00", "2026-03-05T11:00:00+01:00"),
        # Hours run through a weekend, a holiday, and the night to summer time (29 March 2026).
        ("2026-03-27T22:30:00+01:00", "2026-03-30T23:30:00+02:00", "2026-03-31T00:00:00+02:00"),
        ("2026-12-30T23:15:00+01:00", "2027-01-02T23:15:00+01:00", "2027-01-03T00:00:00+01:00"),
    ],
)
def test_european_hours_leave_out_the_hour_of_the_event(start: str, ours: str, law: str) -> None:
    """GDPR 33(1): 72 hours; ours are counted from the moment itself and are earlier."""
    term = line(quantity=72, unit="hours", counting="eu-1182-71", timezone=BRUSSELS)
    since = datetime.fromisoformat(start)
    assert deadline(term, since) == datetime.fromisoformat(ours)
    assert last_moment(term, since, YEAR_END) == datetime.fromisoformat(law)


def test_a_day_of_summer_time_is_a_day() -> None:
    """Three months from 5 January end on 5 April, a Sunday: at midnight after Monday, at +02:00."""
    term = line(quantity=3, unit="months", counting="eu-1182-71", timezone=BRUSSELS)
    since = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
    assert last_moment(term, since) == datetime(2026, 4, 6, 22, 0, tzinfo=UTC)
    assert deadline(term, since) == datetime(2026, 4, 5, 22, 0, tzinfo=UTC)


def test_other_rules_and_unknown_zones_lengthen_nothing() -> None:
    """Only the regulation carries a last day over; where the zone is unknown nothing is late."""
    friday = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
    for one in (
        line(quantity=1),
        line(quantity=1, counting="eu-1182-71", timezone="Nowhere/Land"),
        line(quantity=1, counting="business", calendar=FEDERAL_RESERVE),
    ):
        assert last_moment(one, friday) == deadline(one, friday)
    assert last_moment(line(quantity=None, counting="eu-1182-71"), friday) is None
