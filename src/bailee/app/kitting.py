"""Addendum kits, as the doors ask for them (B8; C7.3(3)).

For a prospect whoever speaks for the house to outsiders (``publish``) makes one; for a controller,
whoever signs texts with it (``interpret``). Each is made, recorded with its digests, and handed out
in one transaction. It is not kept: what a prospect gave of itself stands in the answer alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from bailee.access import Caller
from bailee.access import store as access_store
from bailee.access.store import within
from bailee.agreement.offer import OFFERED
from bailee.agreement.terms import load_terms
from bailee.app import kit_shapes as shapes
from bailee.app import store as app_store
from bailee.app.contracts import finding_shape
from bailee.app.controls import CONTROLS
from bailee.app.office import last_entry
from bailee.app.papering import Papering, seen_by
from bailee.app.reserved import CONTROLLER as RESERVED
from bailee.app.transfer_rows import paper_shape
from bailee.app.transfer_shapes import PaperLine
from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.errors import NotFound
from bailee.privacy import flow_down
from bailee.privacy import subprocessor_store as sub_store
from bailee.privacy import transfer_store as privacy_store
from bailee.privacy.assertion import Assertion, standing
from bailee.privacy.blank import OF_HOUSE
from bailee.privacy.kit import Kit, kit
from bailee.privacy.kit_lines import claimed, not_claimed
from bailee.privacy.kit_state import KitState, worst_seen
from bailee.privacy.kit_words import WORDS
from bailee.privacy.live import Seen
from bailee.privacy.prospect import Prospect, expanded
from bailee.procedures import officer_store
from bailee.procedures import store as procedure_store
from bailee.procedures.contact import PRIVACY, RANKS, SECURITY
from bailee.procedures.officer import COORDINATOR, FIRST
from bailee.procedures.officer import SECURITY as ON_CALL
from bailee.vault.catalogue import CATALOGUE

OFFER, SIGN = "publish", "interpret"
UNCOMPARED = "no contract that covers every duty is on record"


class Kitting(Papering):
    """Fills the processor's own addendum."""

    def make_kit(self, caller: Caller, controller: str, body: shapes.NewKit) -> shapes.Kit:
        """Fill the addendum for a controller; at the house, for one that is none yet."""
        verb = OFFER if controller == HOUSE else SIGN

        def work(conn: sa.Connection) -> shapes.Kit:
            self.parts.access.demand(conn, caller, verb, controller)
            state = self.kit_state(conn, controller, body)
            made = kit(_prospect(body), state)
            if body.draft:
                return _shape(made, state)
            return self._handed_out(conn, caller, controller, (made, state))

        if body.draft:
            return self.read(caller, controller, verb, work)
        return self.act(caller, controller, verb, work)

    def _handed_out(
        self, conn: sa.Connection, caller: Caller, controller: str, made: tuple[Kit, KitState]
    ) -> shapes.Kit:
        one, state = made
        shown = _shape(one, state)
        self.parts.access.note(
            conn,
            "privacy:kit:made",
            caller.actor(),
            controller=controller,
            control="transfer-annexes",
            detail={
                "text_sha256": shown.text_sha256,
                "paper_sha256": shown.paper.sha256,
                "manifest_sha256": one.sha256,
                "terms": OFFERED,
                "blanks": len(shown.blanks),
                "claimed": len(shown.claimed),
            },
        )
        return msgspec.structs.replace(
            shown,
            text=one.offer.text,
            manifest=one.manifest,
            manifest_sha256=one.sha256,
            entry=last_entry(conn),
        )

    def kit_state(self, conn: sa.Connection, controller: str, body: shapes.NewKit) -> KitState:
        """Gather what a kit is filled from; nothing is checked here.

        Raises:
            Invalid: ``kit.elements``; NotFound: ``controller.unknown``, ``agreement.none``.
        """
        now = self.parts.clock.now()
        shared: dict[str, Any] = {
            "now": now,
            "names": self.parts.access.names(conn),
            "keys_at": self.keys_at(),
            "checkpoint": self._newest_checkpoint(conn, controller),
        }
        chosen = expanded(body.elements, CATALOGUE.keys())
        said = _of_house(standing(privacy_store.assertions(conn, HOUSE), now))
        if controller == HOUSE:
            offered, unsuited = _on_offer(conn, now)
            return KitState(
                **shared,
                purposes=tuple(body.purposes),
                elements=chosen,
                said=said,
                controls=self._everywhere(conn, now),
                contacts=self._reached(conn, now),
                subprocessors=offered,
                unsuited=unsuited,
            )
        live = self.live(conn, controller)
        known = {one.id for one in load_terms(OFFERED).purposes}
        return KitState(
            **shared,
            controller=controller,
            name=live.name,
            purposes=tuple(body.purposes or sorted(live.agreement.purposes & known)),
            elements=chosen or tuple(sorted(live.agreement.permitted & CATALOGUE.keys())),
            said={**said, **live.said},
            controls=_worded(live.controls),
            contacts=self._reached(conn, now) | _named_by(conn, controller),
            subprocessors=live.subprocessors,
        )

    def _everywhere(self, conn: sa.Connection, now: datetime) -> Mapping[str, Seen]:
        """Return how each control stands: at every controller, the worst; nobody is named.

        Before there is any, where controls look at what is ours.
        """
        rows = [one for one in self.parts.agreements.controllers(conn) if one.status != "destroyed"]
        places = [one for one in rows if one.controller != RESERVED] or rows
        looks: dict[str, list[Seen]] = {}
        for row in places:
            with within(conn, row.controller):
                last = app_store.last_observations(conn, row.controller)
            seen = seen_by(last, now)
            for slug in last:
                one = seen[slug]
                if row.controller != RESERVED:  # an entry stands in the log of whom it tells of
                    one = replace(one, entry="")
                looks.setdefault(slug, []).append(one)
        found = {slug: worst_seen(seen) for slug, seen in looks.items()}
        return _worded({slug: found.get(slug, Seen(one.says)) for slug, one in CONTROLS.items()})

    def _newest_checkpoint(self, conn: sa.Connection, controller: str) -> str:
        """Return origin, size and root of the newest signed checkpoint; '' before the first."""
        logs = self.parts.ledger.logs(conn, controller)
        for one in sorted(logs, key=lambda log: (log.year, log.generation), reverse=True):
            with suppress(NotFound):
                note = self.parts.ledger.checkpoint(conn, controller, one.log)
                return "\n".join(note.splitlines()[:3])
        return ""

    def _reached(self, conn: sa.Connection, now: datetime) -> dict[str, str]:
        """Return whom we name to every controller, if they are with us and on duty."""
        people = {one.principal_id: one for one in access_store.principals(conn)}
        present = [
            (one, people[one.principal].name)
            for one in officer_store.officers(conn)
            if one.on_duty(now) and people[one.principal].state == "active"
        ]
        found: dict[str, str] = {}
        for one, name in present:
            if one.role == COORDINATOR and one.rank == FIRST:
                found["importer.contact"] = f"{name}, privacy coordinator, {one.reach}"
        called = [f"{name}, {one.reach}" for one, name in _ranked(present)]
        if len(called) > 1:  # the text wants both
            found["importer.security"] = "; ".join(called[:2])
        return found


def _ranked(present: list[tuple[Any, str]]) -> list[tuple[Any, str]]:
    """Return who answers for security: the first, then a delegate."""
    called = [pair for pair in present if pair[0].role == ON_CALL]
    firsts = [pair for pair in called if pair[0].rank == FIRST][:1]
    return firsts + [pair for pair in called if pair[0].rank != FIRST][:1] if firsts else []


def _named_by(conn: sa.Connection, controller: str) -> dict[str, str]:
    """Return whom a controller names for itself: only its own rows are read."""
    living = {
        (one.role, one.rank): f"{one.name}, {one.address}"
        for one in procedure_store.contacts(conn, controller)
        if one.state == "living"
    }
    found = {}
    if (PRIVACY, RANKS[0]) in living:
        found["exporter.contact"] = living[PRIVACY, RANKS[0]]
    called = [living[SECURITY, rank] for rank in RANKS if (SECURITY, rank) in living]
    if len(called) == len(RANKS):
        found["exporter.security"] = "; ".join(called)
    return found


def _of_house(said: Mapping[str, Assertion]) -> dict[str, Assertion]:
    """Return what the house states of itself; a revocation is no particular."""
    return {subject: one for subject, one in said.items() if subject.startswith(OF_HOUSE)}


def _worded(seen: Mapping[str, Seen]) -> dict[str, Seen]:
    """Return looks in the words of an addendum, each with what its success is worth."""
    return {
        slug: replace(one, says=WORDS.get(slug, ""), gives=CONTROLS[slug].watch.gives)
        for slug, one in seen.items()
        if slug in CONTROLS
    }


def _on_offer(
    conn: sa.Connection, now: datetime
) -> tuple[tuple[Mapping[str, Any], ...], tuple[tuple[str, str], ...]]:
    """Return the sub-processors that may be offered now, and the others by name, with why not."""
    newest = {one.subprocessor_id: one for one in sub_store.versions(conn) if one.since <= now}
    offered, unsuited = [], []
    wanted = [one.id for one in flow_down.DUTIES]
    for one in newest.values():
        contract = sub_store.contract(conn, one.subprocessor_id)
        if contract is None or flow_down.short_of(contract.compared, wanted):
            unsuited.append((one.name, UNCOMPARED))
            continue
        offered.append(
            {
                "name": one.name,
                "address": one.address,
                "contact": one.contact,
                "services": list(one.services),
                "categories": list(one.elements),
                "countries": list(one.countries),
            }
        )
    return tuple(offered), tuple(unsuited)


def _prospect(body: shapes.NewKit) -> Prospect:
    given: dict[str, Any] = msgspec.structs.asdict(body)
    del given["draft"]
    lists = {name: tuple(one) for name, one in given.items() if isinstance(one, list)}
    return Prospect(**given | lists)


def _shape(made: Kit, state: KitState) -> shapes.Kit:
    paper = paper_shape(made.paper, state.now)
    return shapes.Kit(
        made=write_time(state.now),
        text_sha256=made.offer.contract.text_sha256,
        paper=paper,
        blanks=paper.blanks,
        claimed=list(claimed(state)),
        unclaimed=[PaperLine(one.what, one.says, one.source, one.by) for one in not_claimed(state)],
        findings=[finding_shape(one) for one in made.offer.findings],
    )
