"""Sabotages of the root's use: unwraps that bailee did not ask for, lines kept back (C2.8(3)).

The stage's root is a file, which keeps no record. So the acts play its provider: each unwrap that
is noted, as for a provider that keeps one, gets a line of the provider's own.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from time import sleep

from bailee.app.root_shapes import ProviderRecord, ProviderUnwrap
from bailee.clock import write_time
from tests.sabotage.stage import Stage

SINCE, LATER = "2020-01-01T00:00:00.000Z", timedelta(minutes=1)
A_MOMENT = 0.002


def _line(stage: Stage) -> ProviderUnwrap:
    """Return a line of the provider's, of now."""
    return ProviderUnwrap(write_time(stage.house.parts.clock.now()), secrets.token_hex(8))


def _unwrap(stage: Stage) -> None:
    """Let bailee ask for an unwrap, and its provider keep a line of it."""
    notes, line = stage.house.parts.notes, _line(stage)
    notes.end(notes.begin(stage.house.parts.root.key_id), line.request)
    stage.provided.append(line)


def _compare(stage: Stage, record: Sequence[ProviderUnwrap]) -> None:
    """Show the house what is said to be its provider's whole record."""
    sleep(A_MOMENT)  # a window ends before now: what is of this millisecond belongs to the next
    until = write_time(stage.house.parts.clock.now() + LATER)  # as far as now, then
    body = ProviderRecord(SINCE, until, list(record))
    stage.house.reconcile(stage.people["Bram Okafor"], body)


@contextmanager
def unwrapped_behind_its_back(stage: Stage) -> Iterator[None]:
    """Let the provider's record have an unwrap that bailee did not ask for.

    What settles it is a record no shorter, of the same time and more, that is explained whole.
    """
    _unwrap(stage)
    _compare(stage, [*stage.provided, _line(stage)])
    yield
    _unwrap(stage)
    _compare(stage, stage.provided)


@contextmanager
def record_shortened(stage: Stage) -> Iterator[None]:
    """Show the provider's record without a line, then whole."""
    _unwrap(stage)
    _compare(stage, stage.provided[:-1])
    yield
    _compare(stage, stage.provided)
