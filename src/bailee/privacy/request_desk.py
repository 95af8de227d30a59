"""What every act upon requests of people stands on: instruction, clocks, notices, record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa

from bailee.access import Access, Caller, Done
from bailee.clock import write_time
from bailee.errors import Conflict, NotFound, Refused
from bailee.privacy import request_store as store
from bailee.privacy import request_words as words
from bailee.privacy.instruction_store import Instructed, instructed
from bailee.privacy.instructions import Instructions
from bailee.privacy.request import (
    ACT_OF,
    DONE,
    EXECUTE,
    EXECUTING,
    INSTRUCTED,
    RECEIVED,
    Request,
)
from bailee.procedures import Matter, Notices, Timers

ENTER = "interpret"
NOTICE, HOLD, RIGHTS = "consumer-request-notice", "consumer-request-hold", "data-subject-requests"
FALLBACK_CONTROL = "consumer-request-fallback"
PERSON = "request-person"
"""The matter of what the person is told; its clock is not the controller's."""
TOLD = frozenset(("handed", "acknowledged"))


class RequestDesk:
    """What the acts share.

    Args:
        access: who is calling.
        timers: the clocks.
        notices: what the controller is told.
        instructing: the controller's instructions.
    """

    def __init__(
        self, access: Access, *, timers: Timers, notices: Notices, instructing: Instructions
    ) -> None:
        self._access = access
        self._timers = timers
        self._notices = notices
        self._instructing = instructing

    def found(self, conn: sa.Connection, controller: str, item: str) -> Request:
        """Return one request.

        Raises:
            NotFound: ``request.unknown``.
        """
        one = store.one(conn, controller, item)
        if one is None:
            raise NotFound("request.unknown", "There is no such request.")
        return one

    def ours(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        """Refuse whoever does not handle requests for us.

        Raises:
            Refused: ``request.not_yours``, ``grant.missing``; NotFound: ``controller.unknown``.
        """
        if self._access.speaks_for(conn, caller, controller):
            raise Refused("request.not_yours", "The processor does that, on your instruction.")
        self._access.demand(conn, caller, ENTER, controller)

    def attach(self, conn: sa.Connection, found: Request, disclosure_id: str) -> Request:
        """Note in which disclosure its package leaves."""
        after = replace(found, disclosure_id=disclosure_id)
        self._save(conn, found, after)
        return after

    def _said(self, conn: sa.Connection, found: Request, act: str) -> Instructed | None:
        """Return an instruction that counts: one given after it was clear whom it is about."""
        if act not in ACT_OF:
            return None
        now = self._timers.now(conn, found.controller)
        listed = instructed(conn, found.controller, found.request_id, now)
        fit = (one for one in listed if one.act == ACT_OF[act])
        return next((one for one in fit if one.received >= found.identified), None)

    def _demanded(self, conn: sa.Connection, found: Request, act: str) -> Instructed:
        said = self._said(conn, found, act)
        if said is None:
            raise Refused(
                "request.uninstructed",
                f"No instruction of the controller says '{act}' for this request.",  # C7.2(6)(ii)
                do="Have its representative sign one that names the request; then come back.",
            )
        return said

    def _instructed(
        self, conn: sa.Connection, actor: Mapping[str, str], found: Request, said: Instructed
    ) -> Request:
        """Return it with its instruction; its clock runs, what we would tell the person does not.

        Already running clocks are left as they are.
        """
        matter = matter_of(found)
        self._timers.start(
            conn, actor, matter, trigger=INSTRUCTED, since=said.received, only=EXECUTE
        )
        self._spare(conn, actor, found)
        return replace(
            found, instruction_id=said.instruction_id, instructed_by=said.signed_by,
            instructed=said.received, instruction_sha256=said.text_sha256,
        )  # fmt: skip

    def _spare(self, conn: sa.Connection, actor: Mapping[str, str], found: Request) -> None:
        """End the clock of telling the person: stopped in time, else what was late stays late."""
        matter, now = person_of(found), self._timers.now(conn, found.controller)
        clocks = self._timers.listed(conn, found.controller, matter)
        if any(one.state_at(now) == "missed" for one in clocks):
            self._timers.meet(conn, actor, matter, trigger=RECEIVED)
        else:
            self._timers.stop(conn, actor, matter, reason="The controller instructed us in time.")

    def _close(self, conn: sa.Connection, caller: Caller, after: Request) -> None:
        """End its clocks, mark its instruction as carried out, tell the controller."""
        actor = caller.actor()
        if after.state in ("withdrawn", "settled"):
            for matter in (matter_of(after), person_of(after)):
                self._timers.stop(conn, actor, matter, reason=f"The request was {after.state}.")
        else:
            self._timers.meet(conn, actor, matter_of(after), trigger=INSTRUCTED)
            self._carried_out(conn, caller, after, after.instruction_id)
        self._write(conn, actor, after)

    def _carried_out(
        self, conn: sa.Connection, caller: Caller, after: Request, instruction_id: str
    ) -> None:
        """Mark an instruction as carried out, with the entries that prove it."""
        entries = ", ".join(after.entries) or "none"
        proof = f"Request {after.request_id} is {after.state}; entries: {entries}"
        self._instructing.carried_out(
            conn, caller, after.controller, instruction_id, proof=proof[:2000]
        )

    def _write(self, conn: sa.Connection, actor: Mapping[str, str], after: Request) -> None:
        self._notices.write(conn, actor, matter_of(after), words.became(after))

    def _is_told(self, conn: sa.Connection, found: Request, notice_id: str) -> bool:
        listed = self._notices.listed(conn, found.controller, matter_of(found))
        return any(one.notice_id == notice_id and one.state in TOLD for one in listed)

    def note_fetched(self, conn: sa.Connection, actor: Mapping[str, str], found: Request) -> object:
        """Record that a package was handed out; only its recipient can open it."""
        return self._tell(conn, actor, found, "package-fetched", control=RIGHTS)

    def _save(self, conn: sa.Connection, before: Request, after: Request) -> None:
        if not store.move(conn, before, after):
            raise Conflict("request.state", "Somebody else moved that request just now.")

    def _moved(
        self,
        conn: sa.Connection,
        actor: Mapping[str, str],
        moved: tuple[Request, Request],
        became: str,
        *,
        control: str = HOLD,
    ) -> Done[Request]:
        before, after = moved
        self._save(conn, before, after)
        return Done(after, self._tell(conn, actor, after, became, control=control))

    def _tell(
        self,
        conn: sa.Connection,
        actor: Mapping[str, str],
        one: Request,
        became: str,
        *,
        control: str,
    ) -> object:
        detail: dict[str, str | int] = {
            "request": one.request_id,
            "kind": one.kind,
            "regime": one.regime,
            "channel": one.channel,
            "received": write_time(one.received).lower(),
        }
        if one.instruction_id:
            detail |= {
                "instruction": one.instruction_id, "instruction_sha256": one.instruction_sha256,
            }  # fmt: skip
        if one.state in (DONE, EXECUTING):
            detail |= {"people": one.counts.people, "records": one.counts.records}
        if one.package_sha256:
            detail["package_sha256"] = one.package_sha256
        if one.denial:
            detail["reason"] = one.denial
        if became == "person-told":
            detail["letter_sha256"] = one.told_sha256
        return self._access.note(
            conn, f"privacy:request:{became}", dict(actor), controller=one.controller,
            control=control, detail=detail,
        )  # fmt: skip


def matter_of(one: Request) -> Matter:
    """Return the matter of a request's clocks and notices to the controller."""
    return Matter(one.controller, "request", one.request_id)


def person_of(one: Request) -> Matter:
    """Return the matter of what its person is told."""
    return Matter(one.controller, PERSON, one.request_id)
