"""What hostile input once broke, each with the reading it has now."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bailee import clock
from bailee.errors import Broken, Invalid
from bailee.ledger import note, verify


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_zone_that_leaves_the_calendar_is_refused(text: str) -> None:
    """RFC 3339 has years 0000 to 9999; what falls outside in UTC is no time, and no accident."""
    with pytest.raises(Invalid) as refused:
        clock.read_time(text)
    assert refused.value.code == "time.unreadable"


def test_a_year_of_three_digits_is_written_with_four() -> None:
    """RFC 3339 5.6: date-fullyear has four digits; times are compared as texts, so it matters."""
    written = clock.write_time(datetime(226, 10, 29, 1, 2, 3, 4567, tzinfo=UTC))
    assert written == "0226-10-29T01:02:03.004Z"
    assert clock.read_time(written) < datetime(2026, 1, 1, tzinfo=UTC)


def test_no_control_character_stands_in_a_note() -> None:
    """C2SP signed-note: no ASCII control characters but newline, in a signer's name neither."""
    line = "\u2014 log\x01a " + note.to_base64(b"\x07" * 68)
    text = "log\n7\n" + note.to_base64(b"\x01" * 32) + f"\n\n{line}\n"
    with pytest.raises(verify.Bad) as theirs:
        verify.read_note(text.encode(), "checkpoint")
    with pytest.raises(Broken) as ours:
        note.split_note(text)
    assert theirs.value.finding["code"] == ours.value.code == "note.form"
