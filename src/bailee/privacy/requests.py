"""Acts upon requests of people while they are held (C7.2(6)): enter, identify, extend, tell.

Entering writes the notice and starts its clock in the same transaction: there is no moment in which
a request is known here and the controller is not being told. What is done on an instruction stands
in ``executions``.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from bailee.access import Caller, Done
from bailee.errors import Invalid, Refused
from bailee.privacy import request_store as store
from bailee.privacy import request_words as words
from bailee.privacy.executions import Executions
from bailee.privacy.instruction_store import Instructed
from bailee.privacy.request import (
    DENY,
    FALLBACK,
    MISDIRECTED,
    RECEIVED,
    TELL,
    WAITING,
    Request,
    check_request,
    check_words,
    step,
)
from bailee.privacy.request_desk import ENTER, FALLBACK_CONTROL, NOTICE, matter_of, person_of
from bailee.procedures import MACHINE
from bailee.procedures.contacts import check_sees


class Requests(Executions):
    """The requests of every controller."""

    # In.

    def check_enters(
        self, conn: sa.Connection, caller: Caller, controller: str, channel: str
    ) -> None:
        """Refuse whoever may not enter a request: each side enters what came to it.

        Raises:
            Refused: ``request.not_theirs``, ``grant.missing``; NotFound: ``controller.unknown``.
        """
        if self._access.speaks_for(conn, caller, controller):
            if channel == MISDIRECTED:
                raise Refused("request.not_theirs", "What a person wrote to us, we enter.")
            return
        self._access.demand(conn, caller, ENTER, controller)

    def enter(
        self, conn: sa.Connection, actor: Mapping[str, str], wanted: Request
    ) -> Done[Request]:
        """Hold a request, and tell the controller; who may, the caller of this asked.

        Raises:
            Invalid: ``request.*``.
        """
        now = self._timers.now(conn, wanted.controller)
        made = replace(
            wanted, request_id=secrets.token_hex(16), entered=now, identified=now,
            entered_by=actor.get("principal_id", ""),
        )  # fmt: skip
        check_request(made, now)
        if made.channel == MISDIRECTED:
            start = partial(self._timers.start, conn, actor, trigger=RECEIVED, since=made.received)
            start(matter_of(made), only=TELL)
            start(person_of(made), only=FALLBACK)
        message = words.received(made)
        told = self._notices.write(conn, actor, matter_of(made), message, meets=RECEIVED)
        made = replace(made, notice_id=told.notice_id)
        store.add(conn, made)
        return Done(made, self._tell(conn, actor, made, "received", control=NOTICE))

    def listed(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Request]:
        """Return a controller's requests, to both sides.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        check_sees(conn, self._access, caller, controller)
        return store.requests(conn, controller)

    # While it is held.

    def identify(
        self, conn: sa.Connection, caller: Caller, found: Request, subjects: tuple[str, ...]
    ) -> Done[Request]:
        """Say anew whom it is about; instructions from before count no longer.

        Raises:
            Conflict: ``request.state``; Invalid: ``request.people``.
        """
        now = self._timers.now(conn, found.controller)
        after = replace(
            found, state=step(found.state, "identify"), subjects=subjects, identified=now,
            instruction_id="", instructed_by="", instructed=None, instruction_sha256="",
        )  # fmt: skip
        check_request(after, now)
        return self._moved(conn, caller.actor(), (found, after), "identified")

    def extend(
        self, conn: sa.Connection, caller: Caller, found: Request, extension: tuple[datetime, str]
    ) -> Done[Request]:
        """Write down that the controller takes longer, and why; the law's longest time bounds it.

        Raises:
            Conflict: ``request.state``; Invalid: ``request.extension``, ``request.words``.
        """
        until, reason = extension
        if found.due is None or until <= found.due:
            raise Invalid("request.extension", "An extension ends after the time that it extends.")
        after = replace(
            found, state=step(found.state, "extend"), extended=until, extension=check_words(reason)
        )
        return self._moved(conn, caller.actor(), (found, after), "extended")

    def tell_person(
        self, conn: sa.Connection, caller: Caller, found: Request, letter_sha256: str
    ) -> Done[Request]:
        """Write down that the person was told who is responsible, and nothing else.

        Raises:
            Refused: ``request.no_word``, ``request.untold``; Conflict: ``request.state``.
        """
        after = replace(found, state=step(found.state, "tell-person"))
        matter = person_of(found)
        clocks = [
            one for one in self._timers.listed(conn, found.controller, matter)
            if one.parameter == FALLBACK
        ]  # fmt: skip
        basis = clocks[0].bases[0].obligation if clocks and clocks[0].bases else ""
        if not basis and found.regime == "ccpa":
            basis = words.CCPA_BASIS
        if found.channel != MISDIRECTED or not basis:
            raise Refused(
                "request.no_word",
                "Nothing lets us say a word to this person.",  # C7.2(6)(ii)
                do="Wait for the controller's instruction.",
            )
        if not self._is_told(conn, found, found.notice_id):
            raise Refused("request.untold", "The controller has not been told yet.")
        now = self._timers.now(conn, found.controller)
        after = replace(after, told=found.told or now, told_basis=basis, told_sha256=letter_sha256)
        self._timers.meet(conn, caller.actor(), matter, trigger=RECEIVED)
        return self._moved(
            conn, caller.actor(), (found, after), "person-told", control=FALLBACK_CONTROL
        )

    def take_up(self, conn: sa.Connection, controller: str) -> int:
        """Start the clock of each request that was instructed meanwhile; return how many."""
        found = self.instructed_meanwhile(conn, controller)
        for one, said in found:
            after = self._instructed(conn, MACHINE, one, said)
            self._moved(conn, MACHINE, (one, after), "instructed")
        return len(found)

    def instructed_meanwhile(
        self, conn: sa.Connection, controller: str
    ) -> list[tuple[Request, Instructed]]:
        """Return requests that waited for an instruction which is there now, each with it."""
        found = []
        for one in store.requests(conn, controller, states=WAITING):
            if one.instruction_id:
                continue
            said = self._said(conn, one, one.kind) or self._said(conn, one, DENY)
            if said is not None:
                found.append((one, said))
        return found
