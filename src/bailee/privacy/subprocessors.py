"""Acts on the register of sub-processors (C7.3(5), C7.2(5)).

1. Whoever holds ``people`` records who they are (``record``); a change is a new version.
2. Their contract is compared with ours, duty by duty, by a named person (``compare``).
3. Services and people of theirs are told apart (``mark``), and stay so: a mark is never taken off,
   or whoever objected would be asked only once.

The register is the house's. Each act that changes what a controller's list says writes the next
version of that list into the same transaction (``relist``).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from bailee.access import Access, Caller, Done, Schema
from bailee.access.outsourced import Edition, Outsourced, plain
from bailee.clock import Clock, write_time
from bailee.db import HOUSE
from bailee.errors import Conflict, Invalid, NotFound, Refused
from bailee.privacy import subprocessor_store as store
from bailee.privacy.flow_down import check_compared
from bailee.privacy.subprocessor import (
    LINE_LIMIT,
    Contract,
    Particulars,
    Subprocessor,
    check_based_on,
    check_particulars,
    check_sha256,
    check_since,
    check_unique,
    edition_of,
)
from bailee.privacy.subprocessor_list import document, sha256

LIST, CONTRACT, SWITCH = "subprocessor-list", "subprocessor-contract", "subprocessor-objection"
"""Controls under which terms put these duties."""
VERB, SEE = "people", "audit"
Controllers = Callable[[sa.Connection], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Change:
    """What a new version is of, and from when it counts."""

    subprocessor_id: str = ""
    """'' for a sub-processor that is not in the register yet."""
    based_on: int = 0
    """The version that whoever changes it has seen."""
    since: datetime | None = None
    """None for at once."""


NEW = Change()


def outsourced(conn: sa.Connection, controller: str) -> Outsourced:
    """Return sub-processors as a decision meets them; one question where there are none."""
    known = store.versions(conn)
    if not known:
        return Outsourced()
    return Outsourced(
        editions=tuple(
            Edition(one.subprocessor_id, one.edition, one.since, one.name, one.elements, one.keys)
            for one in known
        ),
        workers=store.workers(conn),
        engaged=store.engaged(conn, controller),
    )


class Subprocessors:
    """The register.

    Args:
        access: who is calling.
        schema: what the catalogue says of elements.
        controllers: names of the controllers whose lists there are.
        clock: time.
    """

    def __init__(
        self, access: Access, *, schema: Schema, controllers: Controllers, clock: Clock
    ) -> None:
        self._access = access
        self._schema = schema
        self._controllers = controllers
        self._clock = clock

    def record(
        self, conn: sa.Connection, caller: Caller, facts: Particulars, change: Change = NEW
    ) -> Done[Subprocessor]:
        """Write a sub-processor, or what is different about one.

        Raises:
            Refused: ``grant.missing``; NotFound: ``subprocessor.unknown``;
            Conflict: ``subprocessor.name_taken``, ``subprocessor.changed``;
            Invalid: ``subprocessor.*``.
        """
        now = self._access.begin(conn, caller, VERB, HOUSE)
        check_particulars(facts, self._schema)
        since = change.since or now
        check_since(since, now)
        everybody = store.versions(conn)
        taken = {plain(one.name): one.subprocessor_id for one in everybody}
        check_unique(facts.name, taken, change.subprocessor_id)
        before = self._versions(conn, change.subprocessor_id) if change.subprocessor_id else []
        if before:
            check_based_on(before, change.based_on)
        version = len(before) + 1
        values = {one.name: getattr(facts, one.name) for one in fields(Particulars)}
        made = Subprocessor(
            **values,
            subprocessor_id=change.subprocessor_id or secrets.token_hex(16),
            version=version,
            edition=edition_of(before, facts, since, version),
            since=since,
            created=now,
            created_by=caller.accountable,
        )
        store.add_version(conn, made)
        detail: dict[str, str | int] = {
            "version": made.version,
            "edition": made.edition,
            "since": write_time(since).lower(),
            "facts_sha256": made.digest(),
        }
        entry = self._tell(conn, caller, made.subprocessor_id, became="recorded", detail=detail)
        for controller in self._controllers(conn):
            if store.engagements(conn, controller, made.subprocessor_id):
                self.relist(conn, controller, caller.actor())
        return Done(made, entry)

    def compare(
        self,
        conn: sa.Connection,
        caller: Caller,
        subprocessor_id: str,
        contract: tuple[str, str, Mapping[str, str]],
    ) -> Done[Contract]:
        """Say of each duty whether the contract with a sub-processor covers it.

        ``contract`` is where it is kept, its SHA-256, and a verdict for each duty.

        Raises:
            Refused: ``grant.missing``; NotFound: ``subprocessor.unknown``;
            Invalid: ``subprocessor.comparison``, ``subprocessor.digest``,
            ``subprocessor.reference``.
        """
        now = self._access.begin(conn, caller, VERB, HOUSE)
        self._versions(conn, subprocessor_id)
        reference, digest, compared = contract
        if not reference.strip() or len(reference) > LINE_LIMIT:
            raise Invalid("subprocessor.reference", "A contract is kept somewhere; say where.")
        check_sha256(digest)
        check_compared(compared)
        made = Contract(
            subprocessor_id=subprocessor_id,
            number=len(store.contracts(conn, subprocessor_id)) + 1,
            reference=reference,
            text_sha256=digest,
            compared=dict(compared),
            compared_by=caller.accountable,
            at=now,
        )
        store.add_contract(conn, made)
        detail: dict[str, str | int] = {"number": made.number, "text_sha256": digest}
        for verdict in ("missing", "weaker"):
            names = sorted(name for name, found in compared.items() if found == verdict)
            if names:
                detail[verdict] = ":".join(names)
        return Done(
            made, self._tell(conn, caller, subprocessor_id, became="compared", detail=detail)
        )

    def mark(
        self, conn: sa.Connection, caller: Caller, subprocessor_id: str, principal_id: str
    ) -> Done[str]:
        """Say that a person or service is a sub-processor's; from now on it reaches what that may.

        Raises:
            Refused: ``grant.missing``, ``subprocessor.outsider``;
            NotFound: ``subprocessor.unknown``, ``principal.unknown``;
            Conflict: ``subprocessor.worker_taken``.
        """
        now = self._access.begin(conn, caller, VERB, HOUSE)
        self._versions(conn, subprocessor_id)
        if self._access.principal(conn, principal_id).represents:
            raise Refused(
                "subprocessor.outsider", "That person is a controller's, and nobody's of ours."
            )
        if principal_id in store.workers(conn):
            raise Conflict(
                "subprocessor.worker_taken",
                "Somebody said already for which sub-processor that one works.",
                do="Whoever changes employer is invited anew.",
            )
        row = {
            "principal": principal_id,
            "subprocessor_id": subprocessor_id,
            "said_by": caller.accountable,
            "at": write_time(now),
        }
        store.add_worker(conn, row)
        entry = self._access.note(
            conn,
            "privacy:subprocessor:marked",
            caller.actor(),
            control=SWITCH,
            detail={"subprocessor": subprocessor_id},
            context={"principal_id": principal_id},
        )
        return Done(principal_id, entry)

    def check_sees(self, conn: sa.Connection, caller: Caller) -> None:
        """Refuse whoever neither keeps the register nor audits the house.

        Raises:
            Refused: ``grant.missing``.
        """
        try:
            self._access.demand(conn, caller, SEE, HOUSE)
        except Refused:
            self._access.demand(conn, caller, VERB, HOUSE)

    def newest(self, conn: sa.Connection, subprocessor_id: str) -> Subprocessor:
        """Return the newest version of one.

        Raises:
            NotFound: ``subprocessor.unknown``.
        """
        return self._versions(conn, subprocessor_id)[-1]

    def relist(
        self, conn: sa.Connection, controller: str, actor: Mapping[str, str]
    ) -> store.Listed:
        """Write the next version of a controller's list, unless it says what the last one says."""
        before = store.lists(conn, controller)
        text = document(controller, store.versions(conn), store.engagements(conn, controller))
        if before and before[-1].text_sha256 == sha256(text):
            return before[-1]
        made = store.Listed(
            controller=controller,
            version=len(before) + 1,
            text=text,
            text_sha256=sha256(text),
            at=self._clock.now(),
        )
        store.add_list(conn, made)
        self._access.note(
            conn,
            "privacy:subprocessor:listed",
            dict(actor),
            controller=controller,
            control=LIST,
            detail={"version": made.version, "text_sha256": made.text_sha256},
        )
        return made

    def _versions(self, conn: sa.Connection, subprocessor_id: str) -> list[Subprocessor]:
        found = store.versions(conn, subprocessor_id) if subprocessor_id else []
        if not found:
            raise unknown()
        return found

    def _tell(
        self,
        conn: sa.Connection,
        caller: Caller,
        subprocessor_id: str,
        *,
        became: str,
        detail: Mapping[str, str | int],
    ) -> object:
        """Record an act of the register; names and addresses stay in the table."""
        return self._access.note(
            conn,
            f"privacy:subprocessor:{became}",
            caller.actor(),
            control=CONTRACT if became == "compared" else LIST,
            detail={"subprocessor": subprocessor_id, **detail},
        )


def unknown() -> NotFound:
    """Return the refusal of a sub-processor, or an engagement, that is not there."""
    return NotFound("subprocessor.unknown", "There is no such sub-processor for you.")
