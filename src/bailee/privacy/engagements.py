"""Acts on a sub-processor's engagement for one controller (C7.3(5), C7.3(3)).

1. One of us proposes it (``propose``): the notice is written in the same transaction.
2. The notice is handed over: the days begin.
3. The controller consents: its representative here, in person, or by a writing that two of us
   enter, each from the paper (``consent``); or it objects, which counts at once (``oppose``).
4. When the days are over, one of us engages it (``engage``): from that commit on it reaches data.

Every act takes the epoch's row first. So of two writers the second sees the first, and a call that
was decided before an objection is decided again before it is answered.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

import sqlalchemy as sa

from bailee.access import Caller, Done, bump
from bailee.access.principal import REPRESENTATIVE
from bailee.errors import Conflict, Refused
from bailee.privacy import subprocessor_store as store
from bailee.privacy.engagement import (
    ENGAGED,
    OBJECTED,
    OVER,
    PROPOSED,
    Engagement,
    Signature,
    blank,
    check_apart,
    check_days,
    check_words,
    check_writing,
    same_writing,
    step,
)
from bailee.privacy.flow_down import check_contract, owed
from bailee.privacy.standings import CONFIRM, ENTER, MATTER, Standing, Standings, begin_ours
from bailee.privacy.subprocessor import Subprocessor, check_sha256, current
from bailee.procedures import Matter, Message

NOTICE, CONSENT, SWITCH = "subprocessor-notice", "subprocessor-consent", "subprocessor-objection"
STOP, OFFER = "subprocessor.stop", "subprocessor.offer"
OBJECTION = "subprocessor-objection"
"""The trigger of what is due after an objection."""


class Engagements(Standings):
    """Acts upon the engagements of every controller."""

    def propose(
        self, conn: sa.Connection, caller: Caller, controller: str, subprocessor_id: str
    ) -> Done[Engagement]:
        """Propose a sub-processor as the register has it now, and write the notice.

        Raises:
            Refused: ``grant.missing``; NotFound: ``subprocessor.unknown``, ``agreement.none``;
            Conflict: ``subprocessor.proposed``.
        """
        begin_ours(conn, self._access, caller, controller)
        self._rules(conn, controller)
        known = self._register.newest(conn, subprocessor_id)
        open_ones = [
            one
            for one in store.engagements(conn, controller, subprocessor_id)
            if one.edition == known.edition and one.state not in OVER
        ]
        if open_ones:
            raise Conflict(
                "subprocessor.proposed",
                "It is proposed to that controller already, as it is now.",
                do="Look at where it stands: `bailee subprocessor list`.",
            )
        item = secrets.token_hex(16)
        message = Message("subprocessor", "privacy", "A sub-processor is proposed", letter(known))
        notice = self._notices.write(
            conn, caller.actor(), Matter(controller, MATTER, item), message
        )
        made = Engagement(
            controller=controller,
            engagement_id=item,
            subprocessor_id=subprocessor_id,
            edition=known.edition,
            facts_sha256=known.digest(),
            state=PROPOSED,
            proposed=self._timers.now(conn, controller),
            proposed_by=caller.accountable,
            notice_id=notice.notice_id,
        )
        store.add_engagement(conn, made)
        return Done(made, self._tell(conn, caller, made, NOTICE))

    def consent(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        item: str,
        *,
        writing: Signature | None = None,
    ) -> Done[Engagement]:
        """Consent for the controller in person, or enter its writing as one of us.

        Raises:
            Refused: ``subprocessor.not_noticed``, ``subprocessor.consent_too_old``,
            ``subprocessor.objected``, ``self.approve``, ``grant.missing``;
            Conflict: ``subprocessor.state``, ``subprocessor.writing_differs``;
            Invalid: ``subprocessor.*``; NotFound: ``subprocessor.unknown``, ``outsider.unknown``.
        """
        bump(conn)
        if self._access.speaks_for(conn, caller, controller):
            stands = self._found(conn, controller, item)
            return self._in_person(conn, caller, stands)
        first = self._first(conn, caller, controller, item)
        stands, now = self._found(conn, controller, item), self._timers.now(conn, controller)
        if writing is None:
            raise Refused(
                "subprocessor.not_theirs",
                "Only the controller's representative consents here in person.",
                do="Enter the controller's writing, with its SHA-256.",
            )
        handed = stands.notice.handed if stands.notice else None
        check_writing(stands.state, writing, handed, now)
        check_sha256(writing.text_sha256)
        self._access.outsider(conn, controller, writing.given_by, REPRESENTATIVE)
        return self._enter(conn, caller, stands.engagement, writing=writing, first=first)

    def oppose(
        self, conn: sa.Connection, caller: Caller, controller: str, item: str, *, words: str = ""
    ) -> Done[Engagement]:
        """Object for the controller, or take its consent back: at once nothing more reaches it.

        One of us enters an objection that came by another way; that takes one person.

        Raises:
            Refused: ``grant.missing``; Conflict: ``subprocessor.state``;
            NotFound: ``subprocessor.unknown``; Invalid: ``subprocessor.words``.
        """
        bump(conn)
        self._side(conn, caller, controller)
        stands, now = self._found(conn, controller, item), self._timers.now(conn, controller)
        after = replace(
            blank(stands.engagement),
            state=step(stands.state, "object"),
            objected=now,
            objected_by=caller.accountable,
            objection=check_words(words, needed=False),
        )
        done = self._move(conn, caller, stands.engagement, after, control=SWITCH)
        matter, actor = Matter(controller, MATTER, item), caller.actor()
        self._timers.start(conn, actor, matter, trigger=OBJECTION, since=now)
        self._timers.meet(conn, actor, matter, trigger=OBJECTION, parameter=STOP)
        return done

    def offer(
        self, conn: sa.Connection, caller: Caller, controller: str, item: str, *, words: str
    ) -> Done[Engagement]:
        """Say which other way we offer after an objection.

        Raises:
            Refused: ``grant.missing``; Conflict: ``subprocessor.state``;
            NotFound: ``subprocessor.unknown``; Invalid: ``subprocessor.words``.
        """
        begin_ours(conn, self._access, caller, controller)
        found = self._found(conn, controller, item).engagement
        if found.state != OBJECTED:
            raise Conflict(
                "subprocessor.state", "Another way is offered after an objection, not before."
            )
        now = self._timers.now(conn, controller)
        after = replace(
            found,
            offered=now,
            offered_by=caller.accountable,
            offer=check_words(words, needed=True),
        )
        done = self._move(conn, caller, found, after, control=SWITCH, became="offered")
        matter, actor = Matter(controller, MATTER, item), caller.actor()
        self._timers.meet(conn, actor, matter, trigger=OBJECTION, parameter=OFFER)
        return done

    def engage(
        self, conn: sa.Connection, caller: Caller, controller: str, item: str
    ) -> Done[Engagement]:
        """Let a sub-processor reach data: noticed, the days over, consented, and bound as we are.

        Raises:
            Refused: ``subprocessor.no_consent``, ``subprocessor.not_noticed``,
            ``subprocessor.too_early``, ``subprocessor.no_contract``,
            ``subprocessor.contract_missing``, ``subprocessor.contract_weaker``,
            ``grant.missing``; Conflict: ``subprocessor.state``, ``subprocessor.changed``;
            NotFound: ``subprocessor.unknown``.
        """
        begin_ours(conn, self._access, caller, controller)
        stands, now = self._found(conn, controller, item), self._timers.now(conn, controller)
        found, rules = stands.engagement, self._rules(conn, controller)
        state = step(stands.state, "engage")
        check_days(stands.due, now)
        versions = store.versions(conn, found.subprocessor_id)
        counts = current(versions, now)
        if counts is not None and counts.edition > found.edition:
            raise Conflict(
                "subprocessor.changed",
                "It is not any more what the controller consented to.",
                do="Propose it as it is now.",
            )
        contract = store.contract(conn, found.subprocessor_id)
        check_contract(contract.compared if contract else None, owed(rules))
        after = replace(found, state=state, engaged=now, engaged_by=caller.accountable)
        return self._move(conn, caller, found, after, control=CONSENT)

    def end(
        self, conn: sa.Connection, caller: Caller, controller: str, item: str
    ) -> Done[Engagement]:
        """End an engagement, or take a proposal back.

        Raises:
            Refused: ``grant.missing``; Conflict: ``subprocessor.state``;
            NotFound: ``subprocessor.unknown``.
        """
        begin_ours(conn, self._access, caller, controller)
        stands, now = self._found(conn, controller, item), self._timers.now(conn, controller)
        after = replace(
            stands.engagement,
            state=step(stands.state, "end"),
            ended=now,
            ended_by=caller.accountable,
        )
        return self._move(conn, caller, stands.engagement, after, control=CONSENT)

    # Inside.

    def _first(self, conn: sa.Connection, caller: Caller, controller: str, item: str) -> bool:
        """Say whether one of us is the first to enter a writing; refuse whoever may not be.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        known = store.engagements(conn, controller)
        found = next((one for one in known if one.engagement_id == item), None)
        first = found is None or found.recorded_by in {"", *caller.principals}
        self._access.demand(conn, caller, ENTER if first else CONFIRM, controller)
        return first

    def _in_person(self, conn: sa.Connection, caller: Caller, stands: Standing) -> Done[Engagement]:
        """Take the consent of the controller's representative to what the notice says."""
        found, now = stands.engagement, self._timers.now(conn, stands.engagement.controller)
        after = replace(
            blank(found),
            state=step(stands.state, "consent"),
            given_by=caller.accountable,
            text_sha256=stands.notice.body_sha256 if stands.notice else "",
            signed=now,
            consented=now,
            consented_by=caller.accountable,
        )
        return self._move(conn, caller, found, after, control=CONSENT)

    def _enter(
        self,
        conn: sa.Connection,
        caller: Caller,
        found: Engagement,
        *,
        writing: Signature,
        first: bool,
    ) -> Done[Engagement]:
        """Enter the controller's writing: one person's entry waits for a second, equal one."""
        entered = replace(
            found,
            given_by=writing.given_by,
            reference=writing.reference,
            text_sha256=writing.text_sha256,
            signed=writing.signed,
        )
        if first:
            if found.recorded_by and same_writing(found, writing):
                check_apart(found.recorded_by, caller.principals)
            entered = replace(entered, recorded_by=caller.accountable)
            return self._move(
                conn, caller, found, entered, control=CONSENT, became="writing-entered"
            )
        if not same_writing(found, writing):
            raise Conflict(
                "subprocessor.writing_differs",
                "That is not the writing that the first person entered.",
                do="Both read the paper: who signed it, when, and its SHA-256.",
            )
        now = self._timers.now(conn, found.controller)
        after = replace(entered, state="consented", consented=now, consented_by=caller.accountable)
        return self._move(conn, caller, found, after, control=CONSENT)

    def _move(
        self,
        conn: sa.Connection,
        caller: Caller,
        before: Engagement,
        after: Engagement,
        *,
        control: str,
        became: str = "",
    ) -> Done[Engagement]:
        if not store.move_engagement(conn, before, after):
            raise Conflict("subprocessor.state", "Somebody else moved it just now.")
        return Done(after, self._tell(conn, caller, after, control, became=became))

    def _tell(
        self,
        conn: sa.Connection,
        caller: Caller,
        one: Engagement,
        control: str,
        *,
        became: str = "",
    ) -> object:
        """Record an act, and the list that it changes; names and words stay in the table."""
        detail: dict[str, str | int] = {
            "engagement": one.engagement_id,
            "subprocessor": one.subprocessor_id,
            "edition": one.edition,
            "facts_sha256": one.facts_sha256,
        }
        if one.text_sha256:
            detail["text_sha256"] = one.text_sha256
        context = {"given_by": one.given_by} if one.given_by else {}
        self._register.relist(conn, one.controller, caller.actor())
        return self._access.note(
            conn,
            f"privacy:subprocessor:{became or one.state}",
            caller.actor(),
            controller=one.controller,
            control=control,
            detail=detail,
            context=context,
        )


def letter(one: Subprocessor) -> tuple[str, ...]:
    """Return the notice of a sub-processor: what the clause wants on the list, and what follows."""
    return (
        "We propose to let a sub-processor handle your data.",
        "",
        f"Name: {one.name}",
        f"Address: {one.address}",
        f"Contact: {one.contact}",
        f"Services: {'; '.join(one.services)}",
        f"Categories of data: {', '.join(one.elements)}",
        f"Countries from where it is reached: {', '.join(one.countries)}",
        f"From: {one.since:%Y-%m-%d}, and not before the days of the agreement are over",
        f"These facts are known by: {one.digest()}",
        "",
        "It gets nothing of yours unless your representative consents in writing. You may object;",
        "an objection, also a later one, stops it at once. Silence is no consent.",
    )


__all__ = ["ENGAGED", "Engagements", "Standing", "letter"]
