"""States over time: what was seen, under what was agreed then, and nothing for other days."""

from __future__ import annotations

from datetime import timedelta

from bailee.app.over_time import Duty, Stretch, by_day, stretches, worst_of
from bailee.app.state import Watch

DAY = timedelta(days=1)
WATCHES = {"log": Watch("enforced", DAY), "review": Watch("operating", DAY)}
LOG = Duty("2.5", "control", "log", open=False)
REVIEW = Duty("2.5", "cadence", "review", open=False)
FIRST, SECOND, THIRD = "2026-11-20", "2026-11-21", "2026-11-22"


def seen(*duties: Duty, since: str = FIRST, **looked: str) -> list[tuple[str, str, str]]:
    """Return how clauses stood, from looks of the second day."""
    found = {(control, SECOND): result for control, result in looked.items()}
    return by_day([Stretch(since, duties)], found, WATCHES)


def test_the_worst_of_a_days_looks_is_the_clauses_state() -> None:
    """Failed before blind before due before good; of what is good, the weaker word."""
    for log, review, state in (
        ("passed", "passed", "operating"),
        ("passed", "due", "due"),
        ("blind", "due", "uncovered"),
        ("blind", "failed", "failing"),
    ):
        assert seen(LOG, REVIEW, log=log, review=review) == [("2.5", SECOND, state)]
    assert worst_of(("passed", "due", "blind", "failed")) == "failed"
    assert worst_of(()) == ""


def test_good_is_said_only_when_all_looked_and_bad_when_one_did() -> None:
    """One control of two: its success says nothing of the clause, its failure does."""
    assert seen(LOG, REVIEW, log="passed") == []
    assert seen(LOG, REVIEW, log="failed") == [("2.5", SECOND, "failing")]
    assert seen(LOG, log="passed") == [("2.5", SECOND, "enforced")]


def test_nothing_is_invented() -> None:
    """Not for a day without a look, before a text began, for rights, or for what nobody watches."""
    assert {day for _, day, _ in seen(LOG, log="passed")} == {SECOND}
    assert seen(LOG, since=THIRD, log="passed") == []
    assert seen(Duty("3", "right", "log", open=False), log="failed") == []
    assert seen(Duty("4", "control", "nobody", open=False), LOG, log="passed") == [
        ("2.5", SECOND, "enforced")
    ]
    assert by_day([], {("log", FIRST): "passed"}, WATCHES) == []


def test_an_open_text_is_unresolved_until_its_reading_was_agreed() -> None:
    """Whatever passed; what failed stays failing. From the day of the agreement it is good."""
    unclear = Duty("2.5", "control", "log", open=True)
    agreed = [Stretch(FIRST, (unclear,)), Stretch(SECOND, (LOG,))]
    looked = {("log", FIRST): "passed", ("log", SECOND): "passed"}
    assert by_day(agreed, looked, WATCHES) == [
        ("2.5", FIRST, "unresolved"),
        ("2.5", SECOND, "enforced"),
    ]
    assert seen(unclear, log="failed") == [("2.5", SECOND, "failing")]


def test_it_is_asked_once_for_each_stretch() -> None:
    """Changes outside of the days, and twice on one day, ask for nothing more."""
    asked = []

    def stood(day: str) -> tuple[Duty, ...] | None:
        asked.append(day)
        return (LOG,) if day > FIRST else None

    days = [FIRST, SECOND, THIRD]
    changes = ["2026-01-01", SECOND, SECOND, "2026-12-24"]
    assert stretches(days, changes, stood) == [Stretch(SECOND, (LOG,))]
    assert asked == [FIRST, SECOND]
