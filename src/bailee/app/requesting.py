"""Requests of people, as the doors ask for them, but for carrying out (C7.2(6), C7.3(6)(b))."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from bailee.access import Caller
from bailee.app import request_shapes as shapes
from bailee.app.instructing import Instructing
from bailee.app.office import entry_of
from bailee.app.request_rows import request_shape
from bailee.clock import read_time
from bailee.errors import Invalid, NotFound
from bailee.privacy import request_store as store
from bailee.privacy import request_words as words
from bailee.privacy.request import Request
from bailee.privacy.request_desk import ENTER, TOLD, matter_of, person_of
from bailee.privacy.request_time import check_extension, timed
from bailee.privacy.requests import Requests
from bailee.procedures.contacts import check_sees


class Requesting(Instructing):
    """Acts upon requests of people while they are held."""

    @property
    def requests(self) -> Requests:
        """Return the acts upon requests of people."""
        return Requests(
            self.parts.access, timers=self.timers, notices=self.notices,
            instructing=self.instructing,
        )  # fmt: skip

    def enter_request(
        self, caller: Caller, controller: str, body: shapes.NewPersonRequest
    ) -> shapes.PersonRequest:
        """Hold a request, and tell the controller."""

        def work(conn: sa.Connection) -> shapes.PersonRequest:
            self.requests.check_enters(conn, caller, controller, body.channel)
            now = self.parts.clock.now()
            received = read_time(body.received) if body.received else now
            wanted = Request(
                request_id="", controller=controller, channel=body.channel, regime=body.regime,
                kind=body.kind, received=received, entered=now, identified=now, entered_by="",
                subjects=self._request_people(conn, controller, body.subjects, body.said),
            )  # fmt: skip
            done = self.requests.enter(conn, caller.actor(), timed(wanted, now))
            return self.request_shown(conn, done.result, done.entry)

        return self.act(caller, controller, ENTER, work)

    def identify_request(
        self, caller: Caller, controller: str, item: str, body: shapes.Identification
    ) -> shapes.PersonRequest:
        """Say anew whom a request is about."""

        def work(conn: sa.Connection) -> shapes.PersonRequest:
            found = self._request_of(conn, caller, controller, item)
            subjects = self._request_people(conn, controller, body.subjects, body.said)
            done = self.requests.identify(conn, caller, found, subjects)
            return self.request_shown(conn, done.result, done.entry)

        return self.act(caller, controller, ENTER, work)

    def list_requests(self, caller: Caller, controller: str) -> shapes.PersonRequests:
        """List requests, to both sides."""

        def work(conn: sa.Connection) -> shapes.PersonRequests:
            found = self.requests.listed(conn, caller, controller)
            counts: dict[str, Counter[str]] = {}
            for one in found:
                counts.setdefault(one.kind, Counter())[one.state] += 1
            shown = [self.request_shown(conn, one) for one in reversed(found)]
            return shapes.PersonRequests(shown, {kind: dict(each) for kind, each in counts.items()})

        return self.read(caller, controller, "audit", work)

    def show_request(self, caller: Caller, controller: str, item: str) -> shapes.PersonRequest:
        """Show one request, to both sides."""

        def work(conn: sa.Connection) -> shapes.PersonRequest:
            check_sees(conn, self.parts.access, caller, controller)
            return self.request_shown(conn, self.requests.found(conn, controller, item))

        return self.read(caller, controller, "audit", work)

    def request_letter(self, caller: Caller, controller: str, item: str) -> shapes.PersonLetter:
        """Return all that the person may be told by us; sending it is a person's own act."""

        def work(conn: sa.Connection) -> shapes.PersonLetter:
            self._request_of(conn, caller, controller, item)
            name = self.parts.agreements.row(conn, controller).name
            return shapes.PersonLetter(words.letter(name), words.letter_sha256(name))

        return self.read(caller, controller, ENTER, work)

    def request_package(self, caller: Caller, controller: str, item: str) -> bytes:
        """Return the encrypted package of a request that was carried out; each time is recorded.

        Raises:
            NotFound: ``request.unknown``, ``request.no_package``.
        """

        def work(conn: sa.Connection) -> bytes:
            if not self.parts.access.speaks_for(conn, caller, controller):
                self.parts.access.demand(conn, caller, ENTER, controller)
            found = self.requests.found(conn, controller, item)
            body = store.package_of(conn, controller, item, self.parts.clock.now())
            if body is None:
                raise NotFound("request.no_package", "No package of this request waits here.")
            self.requests.note_fetched(conn, caller.actor(), found)
            return body

        return self.act(caller, controller, ENTER, work)

    def tend_requests(self) -> None:
        """Start the clocks of what was instructed; let go of packages that nobody fetched."""
        self.go_round("requests", self._tend_requests_of)

    def _tend_requests_of(self, name: str) -> None:
        """Look, and write only where there is something to write."""

        def look(conn: sa.Connection) -> bool:
            over = store.packages_over(conn, name, self.parts.clock.now())
            return over or bool(self.requests.instructed_meanwhile(conn, name))

        def work(conn: sa.Connection) -> None:
            self.requests.take_up(conn, name)
            store.drop_packages(conn, name, self.parts.clock.now())

        if self.parts.data.read(name, look):
            self.parts.data.write(name, work)

    # What happened to it, in words.

    def note_on_request(
        self, caller: Caller, controller: str, item: str, body: shapes.RequestMove
    ) -> shapes.PersonRequest:
        """Write down what happened to a request, other than carrying it out or lifting."""

        def work(conn: sa.Connection) -> shapes.PersonRequest:
            acts = self.requests
            if body.event in ("withdraw", "settle") and self.parts.access.speaks_for(
                conn, caller, controller
            ):
                found = acts.found(conn, controller, item)
            else:
                found = self._request_of(conn, caller, controller, item)
            if body.event == "extend":
                until = _until(found, body.until)
                done = acts.extend(conn, caller, found, (until, body.note))
            elif body.event == "tell-person":
                name = self.parts.agreements.row(conn, controller).name
                done = acts.tell_person(conn, caller, found, words.letter_sha256(name))
            elif body.event == "stop":
                done = acts.stop(conn, caller, found, body.note)
            elif body.event == "announce-lift":
                done = acts.announce_lift(conn, caller, found)
            else:
                done = acts.end(conn, caller, found, (body.event, body.reason, body.note))
            return self.request_shown(conn, done.result, done.entry)

        return self.act(caller, controller, ENTER, work)

    # Shared.

    def _request_of(
        self, conn: sa.Connection, caller: Caller, controller: str, item: str
    ) -> Request:
        """Return a request to whoever handles it for us."""
        self.requests.ours(conn, caller, controller)
        return self.requests.found(conn, controller, item)

    def _request_people(
        self,
        conn: sa.Connection,
        controller: str,
        references: Sequence[str],
        said: Sequence[shapes.SaidOfPerson],
    ) -> tuple[str, ...]:
        values = [(one.element, one.equals) for one in said]
        return self.parts.vault.persons.identify(conn, controller, references, values)

    def request_shown(
        self, conn: sa.Connection, one: Request, entry: object = None
    ) -> shapes.PersonRequest:
        """Return a request as both sides see it."""
        matters = (matter_of(one), person_of(one))
        clocks = [
            timer for matter in matters
            for timer in self.timers.listed(conn, one.controller, matter)
        ]  # fmt: skip
        notices = self.notices.listed(conn, one.controller, matter_of(one))
        told = {notice.notice_id for notice in notices if notice.state in TOLD}
        shown = request_shape(one, clocks, told, self.parts.clock.now())
        if entry is None:
            return shown
        return msgspec.structs.replace(shown, entry=entry_of(entry))  # type: ignore[arg-type]


def _until(found: Request, text: str) -> datetime:
    if not text:
        raise Invalid("request.extension", "Say until when.")
    until = read_time(text)
    check_extension(found.regime, found.received, until)
    return until
