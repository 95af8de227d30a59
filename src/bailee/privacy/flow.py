"""Flows: data that crosses a border, and the mechanism it rests on (C7.3(3), C7.3(4)). Pure.

A flow names who sends, who receives, in which country, which elements, under which law (*regime*),
by which mechanism, from when to when. To look from abroad is to send: our own people and the place
of the keys are receivers too. One person records it and a second confirms it; then it is *judged*,
at each use, by the day: what it rests on may be revoked, or have ended.

What a mechanism rests on beside itself is stated by a named person and ends (``NEEDS``): the
assessment of Clause 14, the recipient's certification, or that somebody read a decision which our
table has from others. Without that statement the flow rests on nothing.

Deliberately not checked: whether the assessment is right, and what a recipient does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.access.consent import within
from bailee.access.lifecycle import Table
from bailee.access.view import Schema, known
from bailee.errors import Invalid, Refused
from bailee.privacy.adequacy import INVALID, PRIMARY, REGIMES, Adequacy, Entry
from bailee.privacy.assertion import Assertion

SENDERS = ("controller", "ourselves")
OURSELVES, REMOTE, KEYS, SUBPROCESSOR, RECIPIENT = (
    "ourselves", "remote-access", "keys", "subprocessor", "recipient",
)  # fmt: skip
RECEIVERS = (OURSELVES, REMOTE, KEYS, SUBPROCESSOR, RECIPIENT)
PLACES = (OURSELVES, KEYS)
"""Where every controller's data and keys are: a register without them says nothing."""

ADEQUACY, DPF, SCC, UK_ADDENDUM, UK_IDTA, DEROGATION = (
    "adequacy", "dpf", "scc-2021-914", "uk-addendum", "uk-idta", "derogation-49",
)  # fmt: skip
NO_TRANSFER = "none"
"""Said of a receiver in a country of the regime itself."""
MECHANISMS: Mapping[str, tuple[str, ...]] = {
    NO_TRANSFER: ("eu", "uk", "ch"),
    ADEQUACY: ("eu", "uk", "ch"),
    DPF: ("eu", "uk", "ch"),
    SCC: ("eu", "ch"),
    UK_ADDENDUM: ("uk",),
    UK_IDTA: ("uk",),
    DEROGATION: ("eu", "uk"),
}
"""Mechanism -> the regimes that know it."""
WRITTEN = frozenset((SCC, UK_ADDENDUM, UK_IDTA))
"""These are contracts: the signed text's reference and SHA-256 are on record."""
CLAUSE_14, CERTIFICATION, SOURCE, GROUND = "clause-14", "certification", "source", "derogation"
NEEDS: Mapping[str, str] = {
    DPF: CERTIFICATION,
    SCC: CLAUSE_14,
    UK_ADDENDUM: CLAUSE_14,
    UK_IDTA: CLAUSE_14,
    DEROGATION: GROUND,
}
"""Mechanism -> the statement of a named person that it takes."""
FRAMEWORKS: Mapping[str, str] = {
    "privacy-shield": "the Privacy Shield has been invalid since 2020-07-16 (C-311/18)",
    "safe-harbour": "Safe Harbour has been invalid since 2015-10-06 (C-362/14)",
    "safe-harbor": "Safe Harbour has been invalid since 2015-10-06 (C-362/14)",
}
"""Mechanisms that were; somebody will name them again."""
LONGEST = timedelta(days=5 * 366)

FLOW: Table = {
    "recorded": {"confirm": "confirmed", "end": "ended"},
    "confirmed": {"end": "ended", "expire": "expired"},
    "ended": {},
    "expired": {},
}
"""``expire`` comes from the clock: it is read off ``until``, never written."""

_COUNTRY = re.compile(r"[A-Z]{2}|EPO", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LINE = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A flow as somebody records it."""

    sender: str
    receiver_kind: str
    receiver: str = field(repr=False)
    country: str
    regime: str
    elements: tuple[str, ...]
    mechanism: str
    since: datetime
    until: datetime
    reference: str = field(default="", repr=False)
    text_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(Wanted):
    """A flow as stored."""

    flow_id: str
    controller: str
    created: datetime
    recorded_by: str
    state: str = "recorded"
    confirmed_by: str = ""
    confirmed: datetime | None = None
    ended_by: str = ""
    ended: datetime | None = None

    def state_at(self, now: datetime) -> str:
        """Return the state, with the clock's own event taken in."""
        if self.until <= now and "expire" in FLOW[self.state]:
            return FLOW[self.state]["expire"]
        return self.state


@dataclass(frozen=True, slots=True)
class Going:
    """What is about to leave: to whom, where, which elements or views."""

    receiver: str = field(repr=False)
    country: str
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a flow rests on something today.

    ``until`` is the earliest end of all that it rests on; ``needs`` is the subject of the statement
    that it takes, '' for none; ``entry`` is the decision it rests on.
    """

    holds: bool
    why: str
    until: datetime | None = None
    needs: str = ""
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What flows are judged by: the table, what was revoked, what people state, and the time."""

    table: Adequacy
    revoked: Collection[str]
    said: Mapping[str, Assertion]
    now: datetime


def check_wanted(one: Wanted, schema: Schema, now: datetime) -> None:
    """Refuse a flow that does not say who, where, what, how and until when.

    Raises:
        Refused: ``transfer.invalid_mechanism``. Invalid: ``transfer.parties``,
            ``transfer.country``, ``transfer.mechanism``, ``transfer.elements``,
            ``transfer.writing``, ``transfer.until``.
    """
    if one.mechanism in FRAMEWORKS:
        raise Refused(
            "transfer.invalid_mechanism",
            f"No transfer rests on that: {FRAMEWORKS[one.mechanism]}.",
            do="Use the standard contractual clauses, or the framework that replaced it.",
        )
    kinds = one.sender in SENDERS and one.receiver_kind in RECEIVERS
    if not kinds or not _LINE.fullmatch(one.receiver) or not one.receiver.strip():
        raise Invalid("transfer.parties", "A flow names its sender and its receiver.")
    if not _COUNTRY.fullmatch(one.country) or one.regime not in REGIMES:
        raise Invalid(
            "transfer.country",
            "A flow names a country of ISO 3166-1, and whose law protects the data: eu, uk, ch.",
        )
    if one.regime not in MECHANISMS.get(one.mechanism, ()):
        raise Invalid(
            "transfer.mechanism",
            "That law does not know that mechanism.",
            do=f"One of: {', '.join(MECHANISMS)}.",
        )
    if not one.elements or not all(known(name, schema) for name in one.elements):
        raise Invalid("transfer.elements", "A flow names elements of the catalogue, or '*'.")
    unwritten = one.mechanism in WRITTEN and not (one.reference.strip() and one.text_sha256)
    formed = _SHA256.fullmatch(one.text_sha256) or not one.text_sha256
    if unwritten or not formed or len(one.reference) > 200:
        raise Invalid(
            "transfer.writing",
            "Clauses are a contract: where it is kept, and the SHA-256 of its text.",
        )
    if not one.since < one.until <= one.since + LONGEST or one.until <= now:
        raise Invalid("transfer.until", "A flow ends in the future, within five years.")


def subject_of(what: str, flow: Flow) -> str:
    """Return the subject of a statement about a flow."""
    return f"{what}:{flow.flow_id}"


def _no(why: str, *, needs: str = "", entry: Entry | None = None) -> Verdict:
    return Verdict(holds=False, why=why, needs=needs, entry=entry)


def _yes(why: str, until: datetime, *, needs: str = "", entry: Entry | None = None) -> Verdict:
    return Verdict(holds=True, why=why, until=until, needs=needs, entry=entry)


def judge(flow: Flow, ground: Ground) -> Verdict:
    """Say whether a flow rests on something now; the clock, the table and people decide."""
    state = flow.state_at(ground.now)
    if state != "confirmed":
        waits = "nobody has confirmed it" if state == "recorded" else f"it has {state}"
        return _no(waits.replace("it has expired", "its time is over"))
    if ground.now < flow.since:
        return _no("it has not begun")
    if ground.table.within(flow.regime, flow.country):
        return _yes("the country is within the regime: no transfer", flow.until)
    if flow.mechanism == NO_TRANSFER:
        return _no("the country is outside of the regime and no mechanism is named")
    if flow.mechanism in (ADEQUACY, DPF):
        return _by_decision(flow, ground)
    return _by_statement(flow, ground, NEEDS[flow.mechanism], name=f"{flow.mechanism} is signed")


def _by_decision(flow: Flow, ground: Ground) -> Verdict:
    certified = flow.mechanism == DPF
    entry = ground.table.of(flow.regime, flow.country, certified=certified)
    if entry is None:
        return _no("no decision takes that country for adequate")
    if entry.id in ground.revoked:
        return _no(f"{entry.name}: revoked here", entry=entry)
    if not entry.stands(ground.now.date()):
        ended = entry.until.isoformat() if entry.until else "long ago"
        word = "invalid" if entry.status == INVALID else "not in force"
        return _no(f"{entry.name}: {word} since {ended}", entry=entry)
    if certified or entry.checked != PRIMARY:
        what = CERTIFICATION if certified else SOURCE
        return _by_statement(flow, ground, what, name=entry.name, entry=entry)
    return _yes(entry.name, _earliest(flow, entry, None), entry=entry)


def _by_statement(
    flow: Flow, ground: Ground, what: str, *, name: str, entry: Entry | None = None
) -> Verdict:
    subject = subject_of(what, flow)
    said = ground.said.get(subject)
    if said is None:
        missing = {
            CLAUSE_14: "no assessment of Clause 14 stands",
            CERTIFICATION: "no evidence of the recipient's certification stands",
            SOURCE: "nobody stated that they read the decision, which our table has from others",
            GROUND: "nobody stated which derogation applies, and why",
        }[what]
        return _no(f"{name}, but {missing}", needs=subject, entry=entry)
    return _yes(name, _earliest(flow, entry, said), needs=subject, entry=entry)


def _earliest(flow: Flow, entry: Entry | None, said: Assertion | None) -> datetime:
    ends = [flow.until]
    if entry is not None and entry.until is not None:
        last = datetime.combine(entry.until, datetime.min.time(), tzinfo=flow.until.tzinfo)
        ends.append(last + timedelta(days=1))
    if said is not None:
        ends.append(said.until)
    return min(ends)


def cover(
    flows: Iterable[Flow], ground: Ground, schema: Schema, *, going: Going, regime: str
) -> tuple[Flow | None, str]:
    """Return a flow on which something may go to a receiver; else why none does."""
    why = "no flow is recorded"
    for one in flows:
        if one.regime != regime or not reaches(one, going):
            continue
        if not within(one.elements, going.elements, schema):
            why = "the recorded flow has other elements"
            continue
        verdict = judge(one, ground)
        if verdict.holds:
            return one, ""
        why = verdict.why
    return None, why


def reaches(flow: Flow, going: Going) -> bool:
    """Tell whether a flow goes to that company in that country."""
    same = flow.receiver.strip().casefold() == going.receiver.strip().casefold()
    return (
        same and flow.country == going.country and flow.receiver_kind in (RECIPIENT, SUBPROCESSOR)
    )
