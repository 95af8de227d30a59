"""How long values live, and who may touch them meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bailee.errors import Conflict, Invalid, Refused
from bailee.vault import retention
from bailee.vault.subject import Attributes, read_attributes

CREATED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_the_shortest_life_decides() -> None:
    """A record is due when the first of its values is; as long as the agreement means never."""
    assert retention.retain_until(CREATED, [0, 30, 7]) == datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    assert retention.retain_until(CREATED, [0, 0]) is None


def test_the_last_day_belongs_to_the_value() -> None:
    """A value is overdue from the moment its days are over, not before."""
    end = CREATED + timedelta(days=7)

    assert not retention.overdue(CREATED, 7, end - timedelta(milliseconds=1))
    assert retention.overdue(CREATED, 7, end)
    assert not retention.overdue(CREATED, 0, end + timedelta(days=10_000))


STEPS = [
    ("active", "restrict", "restricted"),
    ("active", "erase", "erasing"),
    ("restricted", "lift", "active"),
    ("restricted", "restrict", "restricted"),
    ("restricted", "erase", "erasing"),
    ("erasing", "erase", "erasing"),
    ("erasing", "finish", "erased"),
]


@pytest.mark.parametrize("state", ["active", "restricted", "erasing", "erased"])
@pytest.mark.parametrize("event", ["restrict", "lift", "erase", "finish"])
def test_a_subject_lives_by_the_table(state: str, event: str) -> None:
    """Each pair of state and event leads where the table says, or is refused."""
    after = {(one, what): then for one, what, then in STEPS}.get((state, event))
    if after is None:
        with pytest.raises(Conflict, match=r"^subject\.state"):
            retention.step(state, event)
    else:
        assert retention.step(state, event) == after


@pytest.mark.parametrize("verb", ["reveal", "search", "update", "decrypt", "reencrypt"])
def test_a_restriction_stops_all_but_storage(verb: str) -> None:
    """GDPR 18(2): with the exception of storage, unless the purpose is one that may go on."""
    with pytest.raises(Refused, match=r"^subject\.restricted"):
        retention.check_restriction("restricted", [], verb, "payments")
    retention.check_restriction("restricted", ["legal-claims"], verb, "legal-claims")
    retention.check_restriction("active", [], verb, "payments")


@pytest.mark.parametrize("verb", ["protect", "encrypt", "erase"])
def test_a_restricted_subject_may_be_stored_and_erased(verb: str) -> None:
    """Storage goes on, and so may its end."""
    retention.check_restriction("restricted", [], verb, "payments")


def test_a_hold_forbids_erasure() -> None:
    """409, whoever asks."""
    with pytest.raises(Conflict, match=r"^subject\.held"):
        retention.check_hold(held=True)
    retention.check_hold(held=False)


def test_attributes_are_codes_or_unknown() -> None:
    """ISO 3166-1 and 3166-2 codes in one form, or unknown."""
    said = read_attributes("person", "owner", ["us", "DE", "unknown"], "us-ca")

    assert said == Attributes("person", "owner", ("DE", "US"), "US-CA")
    assert read_attributes(None, None, None, "unknown").residence == "unknown"


@pytest.mark.parametrize(
    ("nationalities", "residence", "code"),
    [(["Germany"], None, "subject.nationality"), (None, "US-ZZ", "subject.residence")],
)
def test_other_attributes_are_refused(
    nationalities: list[str] | None, residence: str | None, code: str
) -> None:
    """A nationality or residence that is no code is refused without being repeated."""
    with pytest.raises(Invalid, match=f"^{code}") as caught:
        read_attributes(None, None, nationalities, residence)
    assert "Germany" not in str(caught.value)


def test_later_words_count() -> None:
    """Of two descriptions of one subject the later one counts where it says something."""
    first = Attributes("person", None, ("US",), "US-CA")

    assert first.then(Attributes(None, "owner", None, "DE")) == Attributes(
        "person", "owner", ("US",), "DE"
    )
