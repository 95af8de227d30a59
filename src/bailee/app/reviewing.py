"""Access reviews, as the doors ask for them, and as the house opens and ends them (C2.5(6))."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from bailee.access import Caller, Done, Item, Principal, Review, Verdict, review_store
from bailee.access import store as access_store
from bailee.access.review import overdue, summary, tally
from bailee.app import review_shapes as shapes
from bailee.app.office import Office, entry_of
from bailee.app.reserved import CONTROLLER as RESERVED
from bailee.app.training import SCHEDULE
from bailee.clock import read_time, write_time
from bailee.db import HOUSE
from bailee.errors import Conflict, NotFound, Refused

VERB = "review"


class Reviewing(Office):
    """Acts upon access reviews."""

    def open_review(self, caller: Caller, controller: str) -> shapes.AccessReview:
        """Open a review of all living grants, on demand."""

        def work(conn: sa.Connection) -> shapes.AccessReview:
            done = self.parts.access.open_review(
                conn, caller, controller, self.parts.settings.cadence
            )
            return self._shown_open(conn, caller, done)

        return self.act(caller, controller, VERB, work)

    def reviews(self, caller: Caller, controller: str) -> shapes.AccessReviews:
        """List a controller's reviews."""

        def work(conn: sa.Connection) -> shapes.AccessReviews:
            found = self.parts.access.reviews(conn, caller, controller)
            return shapes.AccessReviews(
                [
                    self._review(one, review_store.items(conn, controller, one.review_id))
                    for one in found
                ]
            )

        return self.read(caller, controller, VERB, work)

    def review(self, caller: Caller, controller: str, item: str) -> shapes.AccessReview:
        """Show a review with every grant in it."""

        def work(conn: sa.Connection) -> shapes.AccessReview:
            found, items = self.parts.access.review(conn, caller, controller, item)
            return self._with_grants(conn, caller, found, items)

        return self.read(caller, controller, VERB, work)

    def decide_review(
        self, caller: Caller, controller: str, item: str, body: shapes.NewDecision
    ) -> shapes.ReviewedGrant:
        """Keep, shorten or end one grant; it has happened when this answers."""
        until = read_time(body.until) if body.until else None
        verdict = Verdict(body.decision, body.reason, until)

        def work(conn: sa.Connection) -> shapes.ReviewedGrant:
            where = (controller, item, body.grant)
            done = self.parts.access.decide_item(conn, caller, where, verdict)
            return _grant(done.result, {}, (), entry=entry_of(done.entry))

        return self.act(caller, controller, VERB, work)

    def close_review(self, caller: Caller, controller: str, item: str) -> shapes.AccessReview:
        """Close a review in which every grant is decided."""

        def work(conn: sa.Connection) -> shapes.AccessReview:
            done = self.parts.access.close_review(conn, caller, controller, item)
            return self._shown_open(conn, caller, done)

        return self.act(caller, controller, VERB, work)

    def tend_reviews(self, stopped: Callable[[], bool] = lambda: False) -> int:
        """Open reviews whose time has come, and end what nobody decided; return how many acts.

        The reserved controller has one service of ours alone, and no reviews.
        """
        known = self.parts.data.read(HOUSE, self.parts.agreements.controllers)
        names = [row.controller for row in known if row.status != "destroyed"]
        done = 0
        for controller in (HOUSE, *names):
            if stopped():
                break
            if controller == RESERVED:
                continue
            with suppress(NotFound, Conflict):  # no agreement in force, or nobody holds a grant
                done += self._tend(controller)
        return done

    def _tend(self, controller: str) -> int:
        access, data, cadence = self.parts.access, self.parts.data, self.parts.settings.cadence
        now, done = self.parts.clock.now(), 0
        if data.read(controller, lambda conn: access.review_is_due(conn, controller, cadence)):
            opened = data.write(
                controller,
                lambda conn: access.open_due_review(conn, controller, cadence, actor=SCHEDULE),
            )
            done += opened is not None
        if not cadence.ends:
            return done
        for one in data.read(controller, lambda conn: review_store.reviews(conn, controller)):
            if one.state == "open" and now > one.due:
                done += data.write(
                    controller,
                    lambda conn, one=one: access.lapse_review(  # type: ignore[misc]
                        conn, controller, one.review_id, actor=SCHEDULE
                    ),
                )
        return done

    def _shown_open(
        self, conn: sa.Connection, caller: Caller, done: Done[Review]
    ) -> shapes.AccessReview:
        one = done.result
        items = review_store.items(conn, one.controller, one.review_id)
        return self._with_grants(conn, caller, one, items, entry=entry_of(done.entry))

    def _with_grants(
        self,
        conn: sa.Connection,
        caller: Caller,
        one: Review,
        items: Sequence[Item],
        **more: Any,
    ) -> shapes.AccessReview:
        access = self.parts.access
        people: Mapping[str, Principal] = {}
        with suppress(Refused):
            access.check_reviewer(conn, caller, one.controller)
            people = {each.principal_id: each for each in access_store.principals(conn)}
        open_to = access.decidable(conn, caller, items) if one.state == "open" else ()
        grants = [_grant(each, people, open_to) for each in items]
        return self._review(one, items, grants=grants, **more)

    def _review(self, one: Review, items: Sequence[Item], **more: Any) -> shapes.AccessReview:
        counts = {name: count for name, count in tally(items).items() if count}
        return shapes.AccessReview(
            review=one.review_id,
            controller=one.controller,
            status=one.state,
            opened=write_time(one.opened),
            opened_by=one.opened_by,
            due=write_time(one.due),
            since=write_time(one.since) if one.since else "",
            overdue=overdue(one, items, self.parts.clock.now()),
            closed=write_time(one.closed) if one.closed else "",
            closed_by=one.closed_by,
            counts=counts,
            summary=summary(one, items).decode("utf-8") if one.state == "closed" else "",
            summary_sha256=one.summary_sha256,
            **more,
        )


def _grant(
    one: Item, people: Mapping[str, Principal], open_to: Collection[str], **more: Any
) -> shapes.ReviewedGrant:
    holder = people.get(one.principal)
    used = json.loads(one.uses)
    return shapes.ReviewedGrant(
        grant=one.grant_id,
        principal=one.principal,
        granted_by=one.granted_by,
        verbs=list(one.verbs),
        elements=list(one.elements),
        purposes=list(one.purposes),
        created=write_time(one.created),
        until=write_time(one.until),
        used=[shapes.Use(verb, *counts) for verb, counts in sorted(used.items())],
        status=one.state,
        decidable=one.grant_id in open_to,
        kind=holder.kind if holder else "",
        name=holder.name if holder else "",
        reviewer=one.reviewer,
        decided=write_time(one.decided) if one.decided else "",
        shortened=write_time(one.shortened) if one.shortened else "",
        reason=one.reason,
        **more,
    )
