"""Acts on access reviews (C2.5(6), MISSION A10).

Who may review at a controller: a person who holds ``approve`` or ``grant`` there, or ``people`` at
the house; never one's own grant, nor one that one gave, nor that of a service whose key one was
shown. Every act takes the epoch's row first, so two reviewers follow one another: the second finds
the decision made.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.access import review_store, store, use_store
from bailee.access.desk import Done
from bailee.access.emergencies import Emergencies
from bailee.access.grant import GRANT, Ask, Grant
from bailee.access.lifecycle import step
from bailee.access.principal import Caller
from bailee.access.review import (
    ITEM,
    REVIEW,
    Cadence,
    Item,
    Review,
    Verdict,
    check_reviewer,
    check_verdict,
    item_of,
    moved,
    next_opening,
    reviewed,
    sha256,
    summary,
    tally,
    unknown,
)
from bailee.db import HOUSE
from bailee.errors import Conflict

CONTROL = "access-review"
VERBS = ("approve", "grant")


class Reviews(Emergencies):
    """Acts on access reviews."""

    def open_review(
        self, conn: sa.Connection, caller: Caller, controller: str, cadence: Cadence
    ) -> Done[Review]:
        """Open a review on demand.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``;
            Conflict: ``review.open``, ``review.empty``.
        """
        self._begin_review(conn, caller, controller)
        if any(one.state == "open" for one in review_store.reviews(conn, controller)):
            raise Conflict(
                "review.open", "A review is open there.", do="Decide and close it first."
            )
        return self._open_review(conn, controller, cadence, caller.actor())

    def open_due_review(
        self, conn: sa.Connection, controller: str, cadence: Cadence, *, actor: Mapping[str, str]
    ) -> Review | None:
        """Open a review if its time has come; None otherwise."""
        if not self.review_is_due(conn, controller, cadence):
            return None
        store.bump(conn)  # of two processes the second waits here, and looks again
        if not self.review_is_due(conn, controller, cadence):
            return None
        return self._open_review(conn, controller, cadence, actor).result

    def reviews(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Review]:
        """Return the reviews of a controller, oldest first, for whoever may review or audit there.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        self._demand_reading(conn, caller, controller)
        return review_store.reviews(conn, controller)

    def review(
        self, conn: sa.Connection, caller: Caller, controller: str, review_id: str
    ) -> tuple[Review, list[Item]]:
        """Return a review and its lines, for whoever may review or audit there.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``, ``review.unknown``.
        """
        self._demand_reading(conn, caller, controller)
        found = self._review(conn, controller, review_id)
        return found, review_store.items(conn, controller, review_id)

    def decidable(
        self, conn: sa.Connection, caller: Caller, items: Sequence[Item]
    ) -> frozenset[str]:
        """Return the grants among these lines that a caller may decide on now."""
        if not items or not self._may_review("", conn, caller, items[0].controller):
            return frozenset()
        sharers = self._sharers(conn, caller)
        return frozenset(
            one.grant_id
            for one in items
            if one.state == "undecided" and sharers.isdisjoint({one.principal, one.granted_by})
        )

    def decide_item(
        self,
        conn: sa.Connection,
        caller: Caller,
        where: tuple[str, str, str],
        verdict: Verdict,
    ) -> Done[Item]:
        """Decide on one grant; what is decided has happened when the commit returns.

        Args:
            conn: a transaction.
            caller: a reviewer.
            where: controller, review and grant.
            verdict: keep, end or shorten, and why.

        Raises:
            Refused: ``grant.missing``, ``self.review``; NotFound: ``controller.unknown``,
            ``review.unknown``; Invalid: ``review.decision``, ``review.reason``, ``review.until``;
            Conflict: ``review.closed``, ``review.decided``, ``review.grant_over``,
            ``administrator.last``.
        """
        controller, review_id, _ = where
        now = self._begin_review(conn, caller, controller)
        review, found = self._review(conn, controller, review_id), self._item(conn, where)
        if review.state != "open":
            raise Conflict("review.closed", "That review is closed.", do="Open another one.")
        check_reviewer(self._sharers(conn, caller), found)
        grant = self._living(conn, found, now)
        if found.state != "undecided":
            raise moved()
        if grant is None:
            raise Conflict("review.grant_over", "That grant has ended; nothing is left to decide.")
        check_verdict(verdict, grant, now)
        after = replace(
            found,
            state=step(ITEM, found.state, verdict.decision),
            reviewer=caller.accountable,
            decided=now,
            shortened=verdict.until,
            reason=verdict.reason,
            reason_sha256=sha256(verdict.reason.encode("utf-8", "replace")),
        )
        return Done(after, self._settled(conn, caller.actor(), (found, after), grant))

    def lapse_review(
        self, conn: sa.Connection, controller: str, review_id: str, *, actor: Mapping[str, str]
    ) -> int:
        """End what nobody decided in time; return how many grants.

        Rights of administration without which nobody could let people in or give rights stay, and
        stay undecided: the review stays out of time until somebody else has come who decides.
        """
        store.bump(conn)
        now, found = self._clock.now(), self._review(conn, controller, review_id)
        if found.state != "open" or now <= found.due:
            return 0
        ended = 0
        for one in review_store.items(conn, controller, review_id):
            grant = self._living(conn, one, now)
            if one.state != "undecided" or grant is None or self._indispensable(conn, grant):
                continue
            after = replace(one, state=step(ITEM, one.state, "lapse"), decided=now)
            self._settled(conn, actor, (one, after), grant)
            ended += 1
        return ended

    def close_review(
        self, conn: sa.Connection, caller: Caller, controller: str, review_id: str
    ) -> Done[Review]:
        """Close a review in which everything is decided; its summary's hash is on record.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``, ``review.unknown``;
            Conflict: ``review.undecided``, ``lifecycle.event``.
        """
        now = self._begin_review(conn, caller, controller)
        found = self._review(conn, controller, review_id)
        state = step(REVIEW, found.state, "close")
        self._note_gone(conn, found, now)
        items = review_store.items(conn, controller, review_id)
        if any(one.state == "undecided" for one in items):
            raise Conflict(
                "review.undecided",
                "Grants of this review are undecided.",
                do="Decide them all; whoever gave or holds one cannot.",
            )
        closed = replace(found, state=state, closed=now, closed_by=caller.accountable)
        closed = replace(closed, summary_sha256=sha256(summary(closed, items)))
        if not review_store.close(conn, found, closed):
            raise moved()
        if found.since is not None:  # what was counted before that, no review will look at
            use_store.forget_uses(conn, controller, f"{found.since:%Y-%m-%d}")
        detail: dict[str, str | int] = {name: n for name, n in tally(items).items() if n}
        detail |= {"summary_sha256": closed.summary_sha256, "late": int(now > found.due)}
        return Done(
            closed, self._tell_review(conn, "closed", caller.actor(), closed, detail=detail)
        )

    def _open_review(
        self, conn: sa.Connection, controller: str, cadence: Cadence, actor: Mapping[str, str]
    ) -> Done[Review]:
        now, before = self._clock.now(), review_store.reviews(conn, controller)
        living = reviewed(store.grants(conn, controller), now)
        if not living:
            raise Conflict("review.empty", "Nobody holds a grant there.")
        since = before[-1].opened if before else None
        used = use_store.uses(conn, controller, f"{since:%Y-%m-%d}" if since else "")
        new = Review(
            controller=controller,
            review_id=secrets.token_hex(16),
            state="open",
            opened_by=actor["principal_id"],
            since=since,
            opened=now,
            due=now + cadence.decide,
        )
        lines = [item_of(one, new.review_id, used.get(one.grant_id, {})) for one in living]
        review_store.add(conn, new, lines)
        detail: dict[str, str | int] = {"grants": len(lines), "due": f"{new.due:%Y-%m-%d}"}
        return Done(new, self._tell_review(conn, "opened", actor, new, detail=detail))

    def review_is_due(self, conn: sa.Connection, controller: str, cadence: Cadence) -> bool:
        """Tell whether the house opens a review now; never in a house where nobody could decide."""
        if not self._others_of_ours(conn):
            return False
        due = self.review_due(conn, controller, cadence)
        return due is not None and self._clock.now() >= due

    def review_due(self, conn: sa.Connection, controller: str, cadence: Cadence) -> datetime | None:
        """Return by when the next review opens; None while one is open, or nothing is granted."""
        now, before = self._clock.now(), review_store.reviews(conn, controller)
        if any(one.state == "open" for one in before):
            return None
        living = reviewed(store.grants(conn, controller), now)
        if not living:
            return None
        last = before[-1] if before else None
        return next_opening(last, living, cadence, self._rules_at(conn, controller))

    def check_reviewer(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        """Refuse whoever may not review at a controller.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        epoch = store.epoch(conn)
        if not self._may_review(epoch, conn, caller, controller):
            self._demand_at(epoch, conn, caller, Ask("approve", controller))

    def _settled(
        self,
        conn: sa.Connection,
        actor: Mapping[str, str],
        states: tuple[Item, Item],
        grant: Grant,
    ) -> Any:
        """Let a decision execute and record it, in one transaction."""
        before, after = states
        if not review_store.decide(conn, before, after):
            raise moved()
        if after.state in ("ended", "lapsed"):
            state = step(GRANT, grant.state, "revoke")
            store.set_grant_state(conn, after.controller, after.grant_id, state)
        elif after.state == "shortened":
            review_store.shorten_grant(conn, after)
        if after.controller == HOUSE and after.state != "kept":
            self._keep_administrators(conn)
        detail: dict[str, str | int] = {"outcome": after.state}
        if after.shortened is not None:
            detail["until"] = f"{after.shortened:%Y-%m-%d}"
        context = {"grant_id": after.grant_id, "principal_id": after.principal}
        review = self._review(conn, after.controller, after.review_id)
        return self._tell_review(conn, "decided", actor, review, detail=detail, context=context)

    def _note_gone(self, conn: sa.Connection, review: Review, now: datetime) -> None:
        """Move lines whose grant ended by itself before anybody decided."""
        for one in review_store.items(conn, review.controller, review.review_id):
            if one.state == "undecided" and self._living(conn, one, now) is None:
                state = step(ITEM, one.state, "vanish")
                review_store.decide(conn, one, replace(one, state=state, decided=now))

    def _indispensable(self, conn: sa.Connection, grant: Grant) -> bool:
        """Tell whether nobody could let people in or give rights without a grant."""
        if grant.controller != HOUSE:
            return False
        store.set_grant_state(conn, HOUSE, grant.grant_id, "revoked")
        try:
            self._keep_administrators(conn)
        except Conflict:
            return True
        finally:
            store.set_grant_state(conn, HOUSE, grant.grant_id, grant.state)
        return False

    def _living(self, conn: sa.Connection, item: Item, now: datetime) -> Grant | None:
        found = store.grant(conn, item.controller, item.grant_id)
        living = found is not None and found.state == "living" and found.until > now
        return found if living else None

    def _begin_review(self, conn: sa.Connection, caller: Caller, controller: str) -> datetime:
        """Open an act of a reviewer.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        now = self._begin_own(conn, caller)
        if not self._may_review("", conn, caller, controller):
            verb = "approve" if controller != HOUSE else "people"
            self._demand_at("", conn, caller, Ask(verb, controller))  # says what is missing
        return now

    def _may_review(self, epoch: str, conn: sa.Connection, caller: Caller, controller: str) -> bool:
        """Tell whether a person may review at a controller."""
        if caller.kind != "person":
            return False
        asks = [Ask("people", HOUSE), *(Ask(verb, controller) for verb in VERBS)]
        return any(self._decision(conn, epoch, caller.principals, ask).allowed for ask in asks)

    def _demand_reading(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        epoch = store.epoch(conn)
        self._check_standing(conn, epoch, caller, self._clock.now())
        if not self._may_review(epoch, conn, caller, controller):
            self._demand_at(epoch, conn, caller, Ask("audit", controller))

    def _sharers(self, conn: sa.Connection, caller: Caller) -> frozenset[str]:
        """Return a caller, and everybody whose key they were shown or who was shown theirs."""
        shared = frozenset().union(*(self.key_sharers(conn, one) for one in caller.principals))
        return shared - {""}  # what nobody was shown, and what nobody gave

    def _review(self, conn: sa.Connection, controller: str, review_id: str) -> Review:
        found = review_store.review(conn, controller, review_id)
        if found is None:
            raise unknown()
        return found

    def _item(self, conn: sa.Connection, where: tuple[str, str, str]) -> Item:
        found = review_store.item(conn, *where)
        if found is None:
            raise unknown()
        return found

    def _tell_review(
        self,
        conn: sa.Connection,
        event: str,
        actor: Mapping[str, str],
        review: Review,
        *,
        detail: Mapping[str, str | int],
        context: Mapping[str, str] | None = None,
    ) -> Any:
        """Record in the controller's own log; never a reason (C2.5(5), C3.2)."""
        return self._note(
            conn,
            f"access:review:{event}",
            actor,
            controller=review.controller,
            control=CONTROL,
            detail=detail,
            context={"review_id": review.review_id, **(context or {})},
        )


__all__ = ["Reviews"]
