"""What fuzzing found worth keeping is read again, and what is wrong in a target is noticed."""

from __future__ import annotations

import faulthandler

import pytest

from bailee.errors import Invalid
from tests.hostile.targets import CORPUS, TARGETS, kept

SECONDS = 120
"""Generous: for a whole corpus, on a busy machine; a reader that hangs is ended with its traces."""


@pytest.mark.parametrize("target", TARGETS)
def test_corpus_and_seeds_are_read_or_refused(target: str) -> None:
    """S7: every kept input is read or refused by a declared error, and every seed too."""
    check = TARGETS[target].load()
    faulthandler.dump_traceback_later(SECONDS, exit=True)
    try:
        for data in [*TARGETS[target].seeds(), *kept(target)]:
            check(data)
    finally:
        faulthandler.cancel_dump_traceback_later()


def test_the_corpus_is_small_and_complete() -> None:
    """Each target has a corpus, each file belongs to a target, all of it within 300 kB."""
    files = [path for path in CORPUS.rglob("*") if path.is_file()]

    assert {path.parent.name for path in files} == set(TARGETS)
    assert sum(path.stat().st_size for path in files) <= 300_000


def test_a_parser_with_another_error_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deliberately broken reader of times fails its target."""
    check = TARGETS["moment"].load()

    def broken(_text: str) -> None:
        raise Invalid("other.code", "Broken on purpose.")

    monkeypatch.setattr("bailee.clock.read_time", broken)
    with pytest.raises(AssertionError):
        check(b"2026-11-20T21:07:00Z")
