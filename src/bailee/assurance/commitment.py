"""Controls in words: what a machine saw to be so for every controller, said without naming any.

A sentence is said when each controller that has a duty served by the control shows each of these
duties ``enforced`` or ``operating``, and there is such a controller. The day said is that of the
*oldest* of their last observations, and the sentence lives until the first of these is too old.
Neither names nor numbers of controllers enter the page: the proof is one digest over the ids of
all the ledger entries behind the sentence, which are random, so that it tells nobody anything but
whoever may read those logs. That a sentence is missing says only that somewhere, for somebody, it
did not hold or was not looked at in time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bailee.canonical import encode

GOOD = frozenset({"enforced", "operating"})


@dataclass(frozen=True, slots=True)
class Words:
    """What a control is called in public: what holds, and what the machine tries."""

    says: str
    tries: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What one controller's duties under one control came to.

    ``states`` are of its duties; ``seen`` and ``until`` are times, '' where nobody looked.
    """

    states: frozenset[str]
    seen: str = ""
    until: str = ""
    entry_id: str = ""


@dataclass(frozen=True, slots=True)
class Commitment:
    """One sentence of the page."""

    control: str
    says: str
    tries: str
    state: str
    seen: str
    until: str
    observations_sha256: str


def commitments(
    looked: Iterable[Mapping[str, Looked]], words: Mapping[str, Words], now: str
) -> tuple[Commitment, ...]:
    """Return what may be said now.

    Args:
        looked: for each controller, by control; a controller without a duty lacks the control.
        words: of each control; one without words is not spoken of.
        now: the time, as the ledger writes it.
    """
    by_control: dict[str, list[Looked]] = {}
    for one in looked:
        for control, found in one.items():
            by_control.setdefault(control, []).append(found)
    return tuple(
        _commitment(control, words[control], found)
        for control, found in sorted(by_control.items())
        if control in words and all(_good(one, now) for one in found)
    )


def _good(one: Looked, now: str) -> bool:
    return bool(one.states) and one.states <= GOOD and bool(one.entry_id) and now < one.until


def _commitment(control: str, words: Words, found: list[Looked]) -> Commitment:
    states = frozenset[str]().union(*(one.states for one in found))
    entries = sorted(one.entry_id for one in found)
    return Commitment(
        control=control,
        says=words.says,
        tries=words.tries,
        state="enforced" if states == {"enforced"} else "operating",
        seen=min(one.seen for one in found)[:10],
        until=min(one.until for one in found),
        observations_sha256=hashlib.sha256(encode(entries)).hexdigest(),
    )
