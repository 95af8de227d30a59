"""Acts on grants, and the question that every call asks (C2.4, C2.5(4), C7.2(2)).

``decide`` is on the path of every access: one read of the epoch, then sets in memory. It refuses
with the first thing that is missing, in this order: credential still good → controller known to
the caller → purpose in the agreement → elements in the agreement → verb → purpose → elements → a
person concerned has signed the undertaking → and acknowledged the procedure → a sub-processor
concerned is engaged.
``explain`` gives the whole list.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.access import link_store, store
from bailee.access.award import (
    check_agreement,
    check_apart,
    check_passed_on,
    check_recipient,
    check_shape,
    check_views,
    needs_second_person,
    sees,
    shows,
)
from bailee.access.desk import Done
from bailee.access.grant import (
    ADMINISTRATION,
    GRANT,
    MAPPING_MARK,
    SHOWING,
    Ask,
    Decision,
    Grant,
    decide,
    meet,
    show_names,
)
from bailee.access.lifecycle import step
from bailee.access.limit import PERSON_DAILY, SERVICE_DAILY
from bailee.access.link import SUBJECT
from bailee.access.outsourcing import Outsourcing
from bailee.access.principal import Caller, Principal, Proven
from bailee.access.refusal import say
from bailee.access.session import SENSITIVE, fresh, step_up
from bailee.access.trainings import Trainings
from bailee.access.view import known, split
from bailee.agreement import lasting, turns
from bailee.db import HOUSE
from bailee.errors import Failure, Invalid, NotFound, Refused


@dataclass(frozen=True, slots=True)
class Remembered:
    """A decision, and when the next of the grants behind it ends: until then it stays the same."""

    decision: Decision
    until: datetime


class Grants(Outsourcing, Trainings):
    """Acts on grants."""

    def decide(self, conn: sa.Connection, caller: Caller, ask: Ask) -> Decision:
        """Return the decision that lets a call go on.

        Raises:
            Unauthenticated: ``credential.*`` when the credential ended since it was shown;
            NotFound: ``controller.unknown``;
            Refused: ``purpose.not_in_agreement``, ``element.not_in_agreement``,
                ``grant.missing``, ``grant.purpose``, ``grant.element``, ``grant.expired``,
                ``grant.revoked``, ``person.undertaking_due``, ``person.training_due``,
                ``access.mfa_required``, ``session.step_up``, ``subprocessor.not_engaged``,
                ``subprocessor.categories``;
            Invalid: ``view.unknown``, ``ask.elements``.
        """
        if ask.verb not in ADMINISTRATION and ask.controller != HOUSE:
            self._foresee(conn, ask.controller)
        return self._decide_at(store.epoch(conn), conn, caller, ask)

    def explain(
        self, conn: sa.Connection, caller: Caller, ask: Ask, principal_id: str = ""
    ) -> tuple[str, ...]:
        """Return, in sentences, why an ask is allowed or everything that it lacks.

        Args:
            conn: a transaction.
            caller: who wants to know; about others only with ``grant`` or ``audit`` there.
            ask: the ask to explain.
            principal_id: about whom; the caller when left out.
        """
        if principal_id in ("", caller.principal_id):
            decision = self._answer(store.epoch(conn), conn, caller, ask)
        else:
            self._demand_insight(conn, caller, ask.controller)
            self._principal(conn, principal_id)
            decision = self._decision(conn, store.epoch(conn), (principal_id,), ask)
        if decision.allowed:
            views = [f"{element} is shown as {view}." for element, view in decision.views.items()]
            return (f"Allowed by grant {', '.join(decision.grants)}.", *views)
        failures = [self._refusal(ask, Decision(False, missing=(one,))) for one in decision.missing]  # noqa: FBT003 - the field says it
        return tuple(f"{one.says} {one.do}".strip() for one in failures)

    def grant(  # noqa: PLR0913 - the dimensions of a grant
        self,
        conn: sa.Connection,
        caller: Caller,
        *,
        to: str,
        controller: str,
        verbs: Sequence[str],
        until: datetime,
        elements: Sequence[str] = (),
        purposes: Sequence[str] = (),
        daily: int | None = None,
    ) -> Done[Grant]:
        """Give a right; the rules are in ``award``.

        Raises:
            Refused: ``self.grant``, ``self.grant_minted``, ``second_person.missing``,
                ``grant.beyond_giver``, ``grant.for_people``, ``grant.for_representatives``,
                ``grant.for_services``, ``view.rebuilds``, ``purpose.not_in_agreement``,
                ``element.not_in_agreement``;
            Invalid: ``grant.*``; NotFound: ``principal.unknown``, ``controller.unknown``;
            Conflict: ``principal.not_active``.
        """
        now = self._begin(conn, caller, "grant", controller)
        if to in caller.principals:
            raise Refused(
                "self.grant", "Nobody gives rights to themselves.", do="Ask somebody else."
            )
        recipient = self._active(conn, to)
        usual = PERSON_DAILY if recipient.kind == "person" else SERVICE_DAILY
        new = Grant(
            grant_id=secrets.token_hex(16),
            principal=to,
            verbs=tuple(sorted(set(verbs))),
            elements=tuple(sorted(set(elements))),
            purposes=tuple(sorted(set(purposes))),
            controller=controller,
            until=until,
            daily=usual if daily is None else daily,
            created=now,
            granted_by=caller.accountable,
        )
        self._check_giver(conn, caller, new, recipient)
        self._settle(conn, new, recipient)
        return Done(new, self._note_given(conn, caller.actor(), new))

    def revoke_grant(
        self, conn: sa.Connection, caller: Caller, controller: str, grant_id: str
    ) -> Done[None]:
        """End a grant now (one's own too).

        Raises:
            NotFound: ``grant.unknown``; Conflict: ``lifecycle.event``, ``administrator.last``.
        """
        self._begin(conn, caller, "grant", controller)
        found = store.grant(conn, controller, grant_id)
        if found is None:
            raise NotFound("grant.unknown", "There is no such grant at that controller.")
        store.set_grant_state(conn, controller, grant_id, step(GRANT, found.state, "revoke"))
        if controller == HOUSE:
            self._keep_administrators(conn)
        entry = self._note(
            conn,
            "access:grant:revoked",
            caller.actor(),
            controller=controller,
            control="least-privilege",
            context={"grant_id": grant_id, "principal_id": found.principal},
        )
        return Done(None, entry)

    def grants(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Grant]:
        """Return every grant at a controller, ended ones too, for who gives or audits them."""
        self._demand_insight(conn, caller, controller)
        return store.grants(conn, controller)

    def _demand_insight(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        """Refuse a caller who neither gives rights at a controller nor audits it (C5.2)."""
        ask, epoch = Ask("audit", controller), store.epoch(conn)
        if not self._decision(conn, epoch, caller.principals, ask).allowed:
            self._demand(conn, caller, "grant", controller)
        self._check_standing(conn, epoch, caller, self._clock.now())

    def recordable(self, conn: sa.Connection, ask: Ask) -> Ask:
        """Return the ask as a refusal may record it: unknown words are left out.

        A purpose or element that nobody knows may be a value in the wrong field (C3.2).
        """
        names = self._schema.names
        try:
            rules = self._rules(conn, ask.controller)
            purposes = rules.purposes | lasting(rules.extensions, self._clock.now())
        except NotFound:
            purposes = frozenset()
        return replace(
            ask,
            purpose=ask.purpose if ask.purpose in purposes else "",
            elements=tuple(
                name
                for name in ask.elements
                if known(name, self._schema) and split(name)[0] in names
            ),
        )

    def _decide_at(self, epoch: str, conn: sa.Connection, caller: Caller, ask: Ask) -> Decision:
        decision = self._answer(epoch, conn, caller, ask)
        if not decision.allowed:
            raise self._refusal(ask, decision)
        if caller.proven is not None:
            self._check_step_up(caller.proven, ask)
        return decision

    def _check_step_up(self, proven: Proven, ask: Ask) -> None:
        """Refuse to show sensitive values to a session without a fresh code (ASVS 7.5.3).

        Raises:
            Refused: ``session.step_up``.
        """
        if ask.verb not in SHOWING or fresh(proven, self._clock.now()):
            return
        sensitive = frozenset().union(
            *(self._schema.classes.get(name, frozenset()) for name in SENSITIVE)
        )
        if any(split(name)[0] in sensitive for name in ask.elements):
            raise step_up()

    def _answer(self, epoch: str, conn: sa.Connection, caller: Caller, ask: Ask) -> Decision:
        self._check_standing(conn, epoch, caller, self._clock.now())
        for principal_id in caller.principals:
            self._check_visible(conn, epoch, principal_id, ask.controller)
        return self._decision(conn, epoch, caller.principals, ask)

    def _decision(
        self, conn: sa.Connection, epoch: str, principal_ids: tuple[str, ...], ask: Ask
    ) -> Decision:
        """Answer for everybody concerned: what all of them may do together."""
        self._check_ask(ask)
        now = self._clock.now()
        administration = ask.verb in ADMINISTRATION
        rules = (
            None if administration or ask.controller == HOUSE else self._rules(conn, ask.controller)
        )
        held = [self._reaching(conn, epoch, one, ask) for one in principal_ids]

        def load() -> Remembered:
            answers = [decide(one, ask, rules, now) for one in held]
            decision = answers[0] if len(answers) == 1 else meet(answers, ask)
            ends = [one.grant.until for each in held for one in each if one.grant.until > now]
            if not administration:
                unread, read_until = self._unread(
                    conn, epoch, (principal_ids, ask.controller), rules
                )
                unengaged, engaging = self._unengaged(conn, epoch, principal_ids, ask)
                ends += [*read_until, *engaging]
                ends += turns(rules.extensions, now) if rules is not None else ()
                if unread or unengaged:
                    lacking = (*decision.missing, *unread, *unengaged)
                    decision = Decision(allowed=False, missing=lacking)
            return Remembered(replace(decision, rules=rules, epoch=epoch), min(ends, default=now))

        key = (principal_ids, ask)
        found = self._decisions.recall(epoch, key, load)
        if found.decision.rules is not rules or found.until <= now:
            self._decisions.forget(key)
            found = self._decisions.recall(epoch, key, load)
        return found.decision

    def _check_ask(self, ask: Ask) -> None:
        bare = [split(name)[0] for name in ask.elements]
        if len(set(bare)) < len(bare):
            raise Invalid("ask.elements", "An element is asked for twice.")
        for name in ask.elements:
            if split(name)[1] and not known(name, self._schema):
                raise Invalid(
                    "view.unknown",
                    "There is no such mask of that element.",
                    do="Use a mask of the catalogue, for example person.ssn:last4.",
                )

    def _refusal(self, ask: Ask, decision: Decision) -> Failure:
        first = decision.missing[0]
        return say(first, ", ".join(show_names(first.names, self._schema.names)), ask)

    def _check_giver(
        self, conn: sa.Connection, caller: Caller, new: Grant, recipient: Principal
    ) -> None:
        """Rules 2, 3 of ``award``: nothing to oneself by a detour, nothing beyond one's own."""
        places = {new.controller, HOUSE} if "people" not in new.verbs else {HOUSE}
        own = [
            one for place in sorted(places) for one in store.grants(conn, place, caller.accountable)
        ]
        check_passed_on(new, [one for one in own if one.state == "living"])
        if not (sees(new.verbs) and self._others_of_ours(conn)):
            return
        links = link_store.of(conn, new.principal)
        if any(one.linked_by == caller.accountable and one.kind == SUBJECT for one in links):
            raise Refused(
                "self.grant_linked",
                "You said who this is at the identity provider, so you could use this right.",
                do="Let somebody else give it, or somebody else link them.",
            )
        if not shows(new.verbs, recipient):
            return
        now = self._clock.now()
        seen = {
            one.minted_by
            for one in store.live_credentials(conn, now)
            if one.principal == recipient.principal_id
        }
        if caller.accountable in seen:
            raise Refused(
                "self.grant_minted",
                "You were shown this service's key, so this would be a right for yourself.",
                do="Let somebody else give it, or somebody else mint the key.",
            )

    def _settle(self, conn: sa.Connection, new: Grant, recipient: Principal) -> None:
        """Check a grant against shape, agreement, recipient and views; then save it."""
        now = self._clock.now()
        check_shape(new, self._schema, now)
        check_recipient(new, recipient)
        if new.controller != HOUSE:
            check_agreement(new, self._rules(conn, new.controller), now)
        if needs_second_person(new):
            self._demand_second_person(conn)
        held = store.grants(conn, new.controller, recipient.principal_id)
        check_views([*held, new], self._schema, now)
        if recipient.kind == "service":
            check_apart(new.verbs, store.all_grants(conn, recipient.principal_id), now)
        store.add_grant(conn, new)

    def _note_given(self, conn: sa.Connection, actor: Mapping[str, str], new: Grant) -> Any:
        mapped = new.approval_id.startswith(MAPPING_MARK)
        return self._note(
            conn,
            "access:grant:given",
            actor,
            controller=new.controller,
            control="least-privilege",
            detail={
                "verbs": ":".join(new.verbs),
                "until": f"{new.until:%Y-%m-%d}",
                "daily": new.daily,
                **({"origin": "mapping"} if mapped else {}),
            },
            context={
                "grant_id": new.grant_id,
                "principal_id": new.principal,
                "purposes": " ".join(new.purposes),
                **({"mapping_id": new.approval_id} if mapped else {}),
            },
            elements=new.elements,
            purpose=new.purposes[0] if len(new.purposes) == 1 else "",
        )
