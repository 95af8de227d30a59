"""One run of controls at a time, which goes on when whoever began it does not wait."""

from __future__ import annotations

import threading

import pytest

from bailee.app.looking import Looking
from bailee.errors import Refused, Unavailable


def test_a_run_is_seen_once_and_then_begun_anew() -> None:
    """What it saw is given to whoever asks; the next one who asks lets it look again."""
    looking, runs = Looking[int](), iter([1, 2])

    assert looking.see("all", lambda: next(runs)) == 1
    assert looking.see("all", lambda: next(runs)) == 2


def test_a_run_outlives_who_began_it() -> None:
    """Told to come back, they get what the run saw, and no second one begins meanwhile."""
    looking, go_on, runs = Looking[str](0.01), threading.Event(), list[str]()

    def slow() -> str:
        runs.append("run")
        assert go_on.wait(60)
        return "seen"

    for _ in range(3):
        with pytest.raises(Unavailable, match=r"^controls\.looking"):
            looking.see("all", slow)
    go_on.set()
    patient = Looking[str](60)
    patient._run = looking._run

    assert patient.see("all", slow) == "seen"
    assert runs == ["run"]


def test_what_a_run_raises_is_told() -> None:
    """A failure is whoever asked's, and blocks nobody after."""
    looking = Looking[int]()

    def refuses() -> int:
        raise Refused("test.no", "No.")

    with pytest.raises(Refused, match=r"^test\.no"):
        looking.see("all", refuses)
    assert looking.see("all", lambda: 7) == 7


def test_an_old_run_serves_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody fetched within a minute is not what is seen now."""
    looking, go_on = Looking[int](0.01), threading.Event()

    def slow() -> int:
        assert go_on.wait(60)
        return 1

    with pytest.raises(Unavailable):
        looking.see("all", slow)
    go_on.set()
    assert looking._run is not None
    assert looking._run.ended.wait(60)
    monkeypatch.setattr("bailee.app.looking.FRESH_SECONDS", -1.0)
    looking._seconds = 60

    assert looking.see("all", lambda: 2) == 2
