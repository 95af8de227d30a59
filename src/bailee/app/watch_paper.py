"""Controls over generated papers and over requests that they answer (C7.2, C7.3(3), C7.3(6)).

A blank that nobody filled is something still to be done, and is named in the paper. What is a
failure: a statement that the ledger does not know, a claim whose look the ledger does not know, a
request that was not answered in time, a certification that ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.app.canary import CONTROLLER
from bailee.app.control import refused
from bailee.app.probe import Probe, tried
from bailee.ledger import store as ledger_store
from bailee.privacy import transfer_store as store
from bailee.privacy.annex import annexes, uk_addendum
from bailee.privacy.assertion import Said, standing
from bailee.privacy.assistance import AUTHORITY, DPIA, Asked
from bailee.privacy.blank import CCPA
from bailee.privacy.certification import certified
from bailee.privacy.live import Live
from bailee.privacy.measure import claimed, measures
from bailee.privacy.paper import BLANK, Paper
from bailee.privacy.pia import QUESTIONS, assessment
from bailee.privacy.processing import processing_record

if TYPE_CHECKING:
    from bailee.app.house import House

BLANKS = frozenset({"annex.blanks"})
UNDESCRIBED = frozenset({"measure.blank"})
UNCERTIFIED = frozenset({"certification.missing", "certification.outdated"})
LATE, ANSWERED_LATE = "assistance.late", "assistance.answered_late"
OUT_OF_TIME = frozenset({LATE, ANSWERED_LATE})
"""Findings that come and go between two looks, with the clock and with what people do."""
LIFE = timedelta(days=1)


def transfer_annexes(house: House, controller: str) -> list[str]:
    """Try to fill the controller's blank without its writing; see what is filled, and by whom."""

    def for_them(probe: Probe) -> list[str]:
        probe.lend("interpret")
        until = house.parts.clock.now() + LIFE
        said = Said(subject="exporter.address", text="A control tries.", until=until)
        return refused(
            lambda: house.flow_desk.sign(probe.conn, probe.caller, CONTROLLER, said),
            "assertion.writing",
            "annex.filled_for_controller",
        )

    def work(conn: sa.Connection) -> list[str]:
        live = house.live(conn, controller)
        parts = (annexes(live), uk_addendum(live))
        measured = {one.subject for one in measures(live).lines}
        found = [] if not _blank(parts, measured) else ["annex.blanks"]
        known = _recorded(conn, controller, [one.entry_id for one in live.said.values()])
        return found if known else [*found, "annex.unrecorded"]

    return sorted({*tried(house, for_them), *house.parts.data.read(controller, work)})


def transfer_measures(house: House, controller: str) -> list[str]:
    """See that each kind of measure is described, and that the ledger knows each look it claims."""

    def work(conn: sa.Connection) -> list[str]:
        live = house.live(conn, controller)
        found = []
        if any(one.source == BLANK for one in measures(live).lines):
            found.append("measure.blank")
        if not _recorded(conn, controller, [entry for _, entry in claimed(live)]):
            found.append("measure.no_evidence")
        return found

    return house.parts.data.read(controller, work)


def dpia_assistance(house: House, controller: str) -> list[str]:
    """Try to answer a request twice; generate the facts; look for requests out of time."""

    def twice(probe: Probe) -> list[str]:
        probe.lend("interpret")
        desk = house.help_desk
        made = desk.enter(probe.conn, probe.caller, CONTROLLER, _asked(house, DPIA)).result
        done = desk.answer(probe.conn, probe.caller, made, "0" * 64).result
        return refused(
            lambda: desk.answer(probe.conn, probe.caller, done, "0" * 64),
            "lifecycle.event",
            "assistance.answered_twice",
        )

    def empty(live: Live) -> bool:
        parts = assessment(live).sections[: len(QUESTIONS)]
        return not all(any(line.source != BLANK for line in part.lines) for part in parts)

    return sorted({*tried(house, twice), *_asked_for(house, controller, DPIA, empty)})


def authority_records(house: House, controller: str) -> list[str]:
    """Try to get the record without a right; generate it; look for requests out of time."""

    def without(probe: Probe) -> list[str]:
        return refused(
            lambda: house.help_desk.listed(probe.conn, probe.caller, CONTROLLER),
            "grant.missing",
            "assistance.seen_by_anybody",
        )

    def empty(live: Live) -> bool:
        return not all(
            any(line.source != BLANK for line in part.lines)
            for part in processing_record(live).sections
        )

    return sorted({*tried(house, without), *_asked_for(house, controller, AUTHORITY, empty)})


def ccpa_certification(house: House, controller: str) -> list[str]:
    """Try to certify another text than the one in force; see whether a signature stands."""

    def other(probe: Probe) -> list[str]:
        probe.lend("interpret")
        until = house.parts.clock.now() + LIFE
        said = Said(subject=CCPA, text="A control tries.", until=until, text_sha256="0" * 64)
        return refused(
            lambda: house.flow_desk.sign(probe.conn, probe.caller, CONTROLLER, said),
            "assertion.other_text",
            "certification.of_anything",
        )

    def work(conn: sa.Connection) -> list[str]:
        now = house.parts.border.now(conn, controller)
        made = [one for one in store.assertions(conn, controller) if one.subject == CCPA]
        said = standing(made, now).get(CCPA)
        if said is None:
            ended = any(one.state_at(now) == "expired" for one in made)
            return ["certification.ended" if ended else "certification.missing"]
        fits = said.text_sha256 == certified(house.live(conn, controller)).sha256
        return [] if fits else ["certification.outdated"]

    return sorted({*tried(house, other), *house.parts.data.read(controller, work)})


def _blank(papers: Iterable[Paper], elsewhere: set[str]) -> bool:
    """Say whether anything is blank; measures are another control's."""
    return any(one.subject not in elsewhere for paper in papers for one in paper.blanks)


def _recorded(conn: sa.Connection, controller: str, entries: Iterable[str]) -> bool:
    """Say whether the ledger knows every one of some entries: each has its opening."""
    wanted = set(entries)
    return (
        "" not in wanted
        and wanted <= ledger_store.sealed_openings(conn, controller, sorted(wanted)).keys()
    )


def _asked(house: House, kind: str) -> Asked:
    now = house.parts.clock.now()
    return Asked(kind=kind, asked_by="a control", reference="a control", received=now)


def _asked_for(
    house: House, controller: str, kind: str, empty: Callable[[Live], bool]
) -> list[str]:
    def work(conn: sa.Connection) -> list[str]:
        return ["paper.empty"] if empty(house.live(conn, controller)) else []

    return [*house.parts.data.read(controller, work), *_late(house, controller, kind)]


def dpia_late(house: House, controller: str) -> frozenset[str]:
    """Return what is out of time of requests for an assessment."""
    return _late(house, controller, DPIA)


def authority_late(house: House, controller: str) -> frozenset[str]:
    """Return what is out of time of authorities' requests."""
    return _late(house, controller, AUTHORITY)


def _late(house: House, controller: str, kind: str) -> frozenset[str]:
    """Return what is late; an answer that came late stays a finding until the next one."""

    def work(conn: sa.Connection) -> frozenset[str]:
        now = house.parts.border.now(conn, controller)
        asked = [one for one in store.assistances(conn, controller) if one.kind == kind]
        waiting = {LATE for one in asked if one.state == "open" and one.late(now)}
        answered = [one for one in asked if one.answered is not None]
        last = max(answered, key=lambda one: (one.answered, one.assistance_id), default=None)
        return frozenset(waiting | ({ANSWERED_LATE} if last and last.late(now) else set()))

    return house.parts.data.read(controller, work)
