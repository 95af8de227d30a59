"""The coordinator and the security rota: no moment without somebody (C10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bailee.errors import Conflict, Invalid
from bailee.procedures.officer import Officer, check_officer, findings, gaps

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
EVERYBODY = frozenset(("ada", "ben", "cleo"))


def duty(who: str, begin: int, end: int, **changed: object) -> Officer:
    """Return a turn of somebody's, in days from now; confirmed yesterday."""
    fields: dict[str, object] = {
        "officer_id": who, "role": "security", "rank": "first", "principal": who,
        "reach": "tel:+15551234567", "qualification": "file 12", "since": NOW + begin * DAY,
        "until": NOW + end * DAY, "appointed": NOW - DAY, "appointed_by": "root",
        "checked": NOW - DAY,
    }  # fmt: skip
    return Officer(**(fields | changed))  # type: ignore[arg-type]


FULL = (
    duty("ada", -7, 7),
    duty("ben", 7, 21),
    duty("cleo", -7, 21, rank="delegate"),
    duty("ben", -7, 90, role="coordinator", officer_id="c"),
)


def test_a_full_rota_has_no_finding() -> None:
    """Somebody now and for two weeks, a delegate, a coordinator, all confirmed: no finding."""
    assert findings(FULL, EVERYBODY, NOW) == {}


@pytest.mark.parametrize(
    ("rows", "active", "expected"),
    [
        (FULL[1:], EVERYBODY, {"security_contact.none": "security-contact"}),
        ((FULL[0], *FULL[2:]), EVERYBODY, {"security_contact.gap_ahead": "security-contact"}),
        (
            (FULL[0], FULL[1], FULL[3]), EVERYBODY,
            {"security_contact.no_delegate": "security-contact"},
        ),
        (FULL[:3], EVERYBODY, {"coordinator.none": "coordinator"}),
        # Who leaves leaves a gap, without anybody's act.
        (FULL, EVERYBODY - {"ada"}, {"security_contact.none": "security-contact"}),
        (FULL, EVERYBODY - {"cleo"}, {"security_contact.no_delegate": "security-contact"}),
        (
            (replace(FULL[0], checked=NOW - 93 * DAY, appointed=NOW - 93 * DAY), *FULL[1:]),
            EVERYBODY, {"security_contact.unchecked": "security-contact"},
        ),
        (
            (replace(FULL[0], checked=None), *FULL[1:]), EVERYBODY,
            {"security_contact.unconfirmed": "security-contact"},
        ),
    ],
)  # fmt: skip
def test_each_lack_is_named(
    rows: tuple[Officer, ...], active: frozenset[str], expected: dict[str, str]
) -> None:
    """A missing turn, a gap within two weeks, no delegate, no coordinator, an old confirmation."""
    assert findings(rows, active, NOW) == expected


def test_gaps_are_the_exact_stretches() -> None:
    """Between the end of one turn and the beginning of the next, and after the last one."""
    rows = [duty("ada", -1, 2), duty("ben", 3, 5), duty("cleo", 4, 6)]

    assert gaps(rows, EVERYBODY, NOW, NOW + 8 * DAY) == [
        (NOW + 2 * DAY, NOW + 3 * DAY), (NOW + 6 * DAY, NOW + 8 * DAY),
    ]  # fmt: skip
    ended = replace(rows[0], ended=NOW + DAY)
    assert gaps([ended], EVERYBODY, NOW, NOW + 3 * DAY) == [(NOW + DAY, NOW + 3 * DAY)]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"role": "janitor"}, "officer.role"),
        ({"reach": "tel:none"}, "officer.reach"),
        ({"reach": "mailto:a@b.example\r\nBcc: c@d.example"}, "officer.reach"),
        ({"qualification": " \n"}, "officer.qualification"),
        ({"until": NOW - 9 * DAY}, "officer.time"),
        ({"until": NOW + 999 * DAY}, "officer.time"),
        ({"role": "coordinator", "principal": "cleo"}, "officer.taken"),
        ({"rank": "delegate", "principal": "ada"}, "officer.taken"),
    ],
)
def test_an_appointment_that_cannot_hold_is_refused(changed: dict[str, object], code: str) -> None:
    """No role, no way, no qualification, no end, a second coordinator, one's own delegate."""
    with pytest.raises((Invalid, Conflict)) as caught:
        check_officer(duty("new", 0, 7, **changed), FULL)

    assert caught.value.code == code
