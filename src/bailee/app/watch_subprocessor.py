"""Controls over sub-processors (C7.3(5), C7.3(3), C7.2(5), C6(ii), C2.1).

Each tries on a scene that is undone what must not work, and then looks at what the controller's
own rows say. What a company does outside of this house, and what its contract says beyond a
person's reading of it, no control here sees.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import DATA_VERBS, Done
from bailee.access import store as access_store
from bailee.access.principal import CONTRACTOR
from bailee.agreement import Agreement
from bailee.app.canary import CONTROLLER
from bailee.app.control import refused
from bailee.app.subprocessor_scene import DIGEST, Scene, tried
from bailee.canonical import decode
from bailee.errors import NotFound
from bailee.privacy import subprocessor_store as store
from bailee.privacy.engagement import ENGAGED, OBJECTED, PROPOSED, Engagement
from bailee.privacy.flow_down import COVERED, MISSING, WEAKER, owed, short_of
from bailee.privacy.last_instructions import Answer, uninstructed
from bailee.privacy.subprocessor_list import CONTENTS, document, sha256

if TYPE_CHECKING:
    from bailee.app.house import House

Look = Callable[[sa.Connection, str, Agreement], list[str]]
CHECK_DUE = frozenset({"subprocessor.check_due"})
TURNING = frozenset({"subprocessor.no_other_way", "subprocessor.certificate_missing"})
"""Findings that the clock brings."""
ANOTHER_WAY = timedelta(days=30)
"""So long good faith may take where the agreement gives no number."""
RELAY = timedelta(days=2)
NO_SALE = "no-sale"
CURRENT = "subprocessor.not_engaged"


# The list (C7.3(5)(i), C7.2(5)(i), C7.3(3)).


def subprocessor_list(house: House, controller: str) -> list[str]:
    """See whether a proposal writes the next list; compare the last one with the register."""

    def attempt(scene: Scene) -> list[str]:
        house.engaging.propose(scene.conn, scene.ours, CONTROLLER, scene.known.subprocessor_id)
        newest = store.lists(scene.conn, CONTROLLER)[-1:]
        told = any(scene.known.name in one.text for one in newest)
        return [] if told else ["subprocessor.list_silent"]

    return _both(house, controller, attempt, _listed)


def _listed(conn: sa.Connection, controller: str, _rules: Agreement) -> list[str]:
    lists, wrong = store.lists(conn, controller), []
    engagements = store.engagements(conn, controller)
    text = document(controller, store.versions(conn), engagements)
    if engagements and (not lists or lists[-1].text != text):
        wrong.append("subprocessor.list_outdated")
    if any(sha256(one.text) != one.text_sha256 for one in lists):
        wrong.append("subprocessor.list_altered")
    lines = decode(text.encode("ascii"))["subprocessors"]
    if any(not line[name] for line in lines for name in CONTENTS):
        wrong.append("subprocessor.list_incomplete")
    return wrong


# Notice, consent, objection (C7.3(5), C7.3(3)(2), C7.3(3)[annex-i-part-b]).


def subprocessor_notice(house: House, controller: str) -> list[str]:
    """Try to engage with a fresh notice and with none, consent or not; look at what was engaged."""

    def attempt(scene: Scene) -> list[str]:
        scene.contract()
        fresh, none = scene.engagement(handed=timedelta()), scene.engagement(handed=None)
        early = refused(
            lambda: scene.engage(fresh), "subprocessor.too_early", "subprocessor.engaged_early"
        )
        return early + refused(
            lambda: scene.engage(none), "subprocessor.not_noticed", "subprocessor.unnoticed"
        )

    return _both(house, controller, attempt, lambda *asked: _noticed(house, *asked))


def _noticed(house: House, conn: sa.Connection, controller: str, _rules: Agreement) -> list[str]:
    wrong = []
    for one in _engaged(conn, controller):
        stands = house.engaging.standing(conn, one)
        if stands.due is None:
            wrong.append("subprocessor.no_notice")
        elif one.engaged is None or one.engaged < stands.due:
            wrong.append("subprocessor.early")
    return wrong


def subprocessor_consent(house: House, controller: str) -> list[str]:
    """Try to engage in silence, and on one person's word; look at who consented to what."""

    def attempt(scene: Scene) -> list[str]:
        scene.contract()
        silent, half = scene.engagement(PROPOSED), scene.engagement(PROPOSED)
        alone = "subprocessor.consent_of_one"
        found = refused(
            lambda: scene.engage(silent), "subprocessor.no_consent", "subprocessor.silence_counts"
        )
        scene.enter_writing(half)
        found += refused(lambda: scene.enter_writing(half), "self.approve", alone)
        return found + refused(lambda: scene.engage(half), "subprocessor.no_consent", alone)

    return _both(house, controller, attempt, _consented)


def _consented(conn: sa.Connection, controller: str, _rules: Agreement) -> list[str]:
    wrong = []
    for one in _engaged(conn, controller):
        speaker = access_store.principal(conn, one.given_by)
        if one.consented is None or speaker is None or speaker.represents != controller:
            wrong.append("subprocessor.no_consent")
        elif one.consented_by != one.given_by and one.recorded_by in {"", one.consented_by}:
            wrong.append("subprocessor.consent_of_one")
    return wrong


def subprocessor_objection(house: House, controller: str) -> list[str]:
    """Let a sub-processor's service be served, object, and ask again at once; see what we offered.

    A refusal of everything would prove nothing: before the objection the answer has to be yes.
    """

    def attempt(scene: Scene) -> list[str]:
        one = scene.engagement(ENGAGED)
        if not scene.served():
            return ["subprocessor.never_served"]
        house.engaging.oppose(scene.conn, scene.ours, CONTROLLER, one.engagement_id)
        return refused(scene.ask, CURRENT, "subprocessor.served_after_objection")

    look = _other_ways(house.parts.clock.now())
    return _both(house, controller, attempt, look)


def _other_ways(now: datetime) -> Look:
    def look(conn: sa.Connection, controller: str, rules: Agreement) -> list[str]:
        late = [
            one
            for one in store.engagements(conn, controller)
            if one.state == OBJECTED
            and one.objected is not None
            and one.offered is None
            and now > (rules.due("subprocessor.offer", one.objected) or one.objected + ANOTHER_WAY)
        ]
        return ["subprocessor.no_other_way"] if late else []

    return look


def subcontractor_conditions(house: House, controller: str) -> list[str]:
    """Ask as the service of one that nobody consented to, then of one that is engaged."""

    def attempt(scene: Scene) -> list[str]:
        found = refused(scene.ask, CURRENT, "subprocessor.served_unengaged")
        scene.engagement(ENGAGED)
        return found if scene.served() else [*found, "subprocessor.never_served"]

    return _both(house, controller, attempt, lambda *_asked: [])


# The contract (C7.3(5)(ii), C7.2(5)(ii)(iii), C2.1).


def subprocessor_contract(house: House, controller: str) -> list[str]:
    """Try to engage without a contract, and on one that is weaker; look at those engaged."""

    def attempt(scene: Scene) -> list[str]:
        one, code = scene.engagement(), "subprocessor.unbound"
        found = refused(lambda: scene.engage(one), "subprocessor.no_contract", code)
        scene.contract(audit=WEAKER)
        return found + refused(lambda: scene.engage(one), "subprocessor.contract_weaker", code)

    now = house.parts.clock.now()

    def look(conn: sa.Connection, controller: str, rules: Agreement) -> list[str]:
        return [*_bound(conn, controller, rules), *_checked(conn, controller, rules, now=now)]

    return _both(house, controller, attempt, look)


def subcontractor_no_sale(house: House, controller: str) -> list[str]:
    """Try to engage one whose contract does not forbid a sale; look at those engaged."""

    def attempt(scene: Scene) -> list[str]:
        scene.contract(**{NO_SALE: MISSING})
        one = scene.engagement()
        return refused(
            lambda: scene.engage(one), "subprocessor.contract_missing", "subprocessor.may_sell"
        )

    def look(conn: sa.Connection, controller: str, _rules: Agreement) -> list[str]:
        contracts = (
            store.contract(conn, one.subprocessor_id) for one in _engaged(conn, controller)
        )
        free = [one for one in contracts if one is None or one.compared.get(NO_SALE) != COVERED]
        return ["subprocessor.may_sell"] if free else []

    return _both(house, controller, attempt, look)


def flow_down(house: House, controller: str) -> list[str]:
    """Try to engage one that is not bound to all that binds us; look at contractors with rights."""

    def attempt(scene: Scene) -> list[str]:
        scene.contract(confidence=MISSING)
        one = scene.engagement()
        return refused(
            lambda: scene.engage(one), "subprocessor.contract_missing", "subprocessor.unbound"
        )

    def look(conn: sa.Connection, controller: str, rules: Agreement) -> list[str]:
        return [*_bound(conn, controller, rules), *_contractors(house, conn, controller)]

    return _both(house, controller, attempt, look)


def _bound(conn: sa.Connection, controller: str, rules: Agreement) -> list[str]:
    """Return what contracts of engaged ones do not hold; a new agreement may want more."""
    wrong = set()
    for one in _engaged(conn, controller):
        contract = store.contract(conn, one.subprocessor_id)
        short = short_of(contract.compared if contract else {}, owed(rules))
        wrong |= {f"subprocessor.contract_{verdict}" for verdict in short.values()}
    return sorted(wrong)


def _checked(conn: sa.Connection, controller: str, rules: Agreement, *, now: datetime) -> list[str]:
    """Return a code where a contract was compared longer ago than the agreement allows."""
    for one in _engaged(conn, controller):
        contract = store.contract(conn, one.subprocessor_id)
        due = rules.due("subprocessor.check", contract.at) if contract else None
        if due is not None and due < now:
            return sorted(CHECK_DUE)
    return []


def _contractors(house: House, conn: sa.Connection, controller: str) -> list[str]:
    """Return codes of what contractors with living rights on data have not signed or read."""
    now, wrong = house.parts.clock.now(), set()
    holders = {
        one.principal
        for one in access_store.grants(conn, controller)
        if one.state == "living" and one.until > now and DATA_VERBS & frozenset(one.verbs)
    }
    for one in access_store.principals(conn):
        if one.relation != CONTRACTOR or one.state != "active" or one.principal_id not in holders:
            continue
        owing = (duty for duty in house.parts.access.duties_of(conn, one) if not duty.met)
        wrong |= {f"contractor.{duty.kind}_due" for duty in owing}
    return sorted(wrong)


# The end (C6(ii)).


def subprocessor_instruction(house: House, controller: str) -> list[str]:
    """See whether an instruction leaves the same copy to the controller; look who has none."""

    def attempt(scene: Scene) -> list[str]:
        scene.engagement(ENGAGED, engaged=scene.now)
        made = house.last_instructing.relay(scene.conn, scene.ours, CONTROLLER, "destroy")
        copies = {one.notice_id: one.body for one in house.notices.listed(scene.conn, CONTROLLER)}
        mine = [one for one in made if one.subprocessor_id == scene.known.subprocessor_id]
        if len(mine) != 1:
            return ["subprocessor.uninstructed"]
        same = copies.get(mine[0].notice_id) == mine[0].text
        return [] if same else ["subprocessor.copy_differs"]

    return _both(house, controller, attempt, lambda *asked: _instructed(house, *asked))


def _instructed(house: House, conn: sa.Connection, controller: str, rules: Agreement) -> list[str]:
    now, wrong = house.parts.clock.now(), []
    known = store.last_instructions(conn, controller)
    if rules.surviving and uninstructed(store.engagements(conn, controller), known):
        wrong.append("subprocessor.uninstructed")
    for one in known:
        if hashlib.sha256(one.text.encode("utf-8")).hexdigest() != one.text_sha256:
            wrong.append("subprocessor.instruction_altered")
        if one.relayed is None and one.state != "certified":
            due = rules.due("subprocessor.instruct", one.written) or one.written + RELAY
            wrong += ["subprocessor.not_relayed"] if now > due else []
    copies = {one.notice_id for one in house.notices.listed(conn, controller)}
    if any(one.notice_id not in copies for one in known):
        wrong.append("subprocessor.no_copy")
    return [*wrong, *_certified(now)(conn, controller, rules)]


def subprocessor_certificates(house: House, controller: str) -> list[str]:
    """Try to enter a certificate of a day to come; look for certificates that are missing."""

    def attempt(scene: Scene) -> list[str]:
        scene.engagement(ENGAGED, engaged=scene.now)
        made = house.last_instructing.relay(scene.conn, scene.ours, CONTROLLER, "destroy")
        tomorrow = f"{scene.now + timedelta(days=2):%Y-%m-%d}"
        answer = Answer("certify", text_sha256=DIGEST, day=tomorrow, signed_by="Nobody")

        def certify() -> Done[object]:
            item = made[-1].instruction_id
            return house.last_instructing.step(  # type: ignore[return-value]
                scene.conn, scene.ours, CONTROLLER, item, answer=answer
            )

        return refused(certify, "subprocessor.certificate", "subprocessor.certificate_invented")

    return _both(house, controller, attempt, _certified(house.parts.clock.now()))


def _certified(now: datetime) -> Look:
    def look(conn: sa.Connection, controller: str, _rules: Agreement) -> list[str]:
        late = any(
            one.state_at(now) == "overdue" for one in store.last_instructions(conn, controller)
        )
        return ["subprocessor.certificate_missing"] if late else []

    return look


def turned(house: House, controller: str) -> frozenset[str]:
    """Return which findings the clock has brought by now."""
    now = house.parts.clock.now()

    def work(conn: sa.Connection) -> frozenset[str]:
        rules = house.parts.agreements.in_force(conn, controller)
        found = [*_other_ways(now)(conn, controller, rules)]
        return frozenset([*found, *_certified(now)(conn, controller, rules)])

    try:
        return house.parts.data.read(controller, work)
    except NotFound:
        return frozenset()


# Inside.


def _both(
    house: House, controller: str, attempt: Callable[[Scene], list[str]], look: Look
) -> list[str]:
    """Try, then look."""

    def work(conn: sa.Connection) -> list[str]:
        return look(conn, controller, house.parts.agreements.in_force(conn, controller))

    return sorted({*tried(house, attempt), *house.parts.data.read(controller, work)})


def _engaged(conn: sa.Connection, controller: str) -> list[Engagement]:
    return [one for one in store.engagements(conn, controller) if one.state == ENGAGED]
