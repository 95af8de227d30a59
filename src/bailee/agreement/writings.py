"""Writings of both parties beside the text: interpretations and supplements (C2.10, C11.1).

Our named person signs first, the controller's named representative signs second, and only then
does anything change. Who is named for which side is asked of the register of people.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

import sqlalchemy as sa

from bailee.agreement import store
from bailee.agreement.act import Actor, Record, tell
from bailee.agreement.in_force import Agreement, Supplement, subject_clauses
from bailee.agreement.interpretation import (
    Interpretation,
    Reading,
    Signatory,
    basis,
    check_agreement,
    check_proposer,
    check_reading,
    reading_sha256,
    step,
)
from bailee.agreement.question import Question
from bailee.clock import Clock
from bailee.errors import Conflict, Invalid, NotFound, Refused

ELEMENT_LIMIT = 200
"""Elements that one supplement may add."""

_ELEMENT = re.compile(r"[a-z]+\.[a-z][a-z0-9_]*")

Signatories = Callable[[sa.Connection, str, str], Signatory | None]
"""Ask of the register of people: who is this principal to this controller's agreement?"""

InForce = Callable[[sa.Connection, str], Agreement]


class Writings:
    """What both parties sign beside the text.

    Args:
        record: the ledger's append, in the caller's transaction.
        signatory: who may sign for which side (connection, controller, principal id).
        clock: time.
        in_force: the agreement that stands now.
    """

    def __init__(
        self, *, record: Record, signatory: Signatories, clock: Clock, in_force: InForce
    ) -> None:
        self._record = record
        self._signatory = signatory
        self._clock = clock
        self._in_force = in_force

    def interpretations(self, conn: sa.Connection, controller: str) -> tuple[Interpretation, ...]:
        """Return every reading ever proposed, oldest first, whatever became of it.

        Raises:
            NotFound: ``controller.unknown``.
        """
        store.known(conn, controller)
        return store.interpretations(conn, controller)

    def propose(
        self,
        conn: sa.Connection,
        controller: str,
        subject: str,
        *,
        reading: Reading,
        reason: str,
        by: Actor,
    ) -> Interpretation:
        """Sign a reading for our side. It changes nothing until the controller agrees.

        ``subject`` is a question's id (a defect, ``rule:path``), a clause path or a duty's id.

        Raises:
            NotFound: ``controller.unknown``, ``agreement.none``, ``interpretation.subject``.
            Invalid: ``interpretation.reading``, ``interpretation.reason``.
            Refused: ``signatory.*``; ``interpretation.new_text`` where no reading can help.
        """
        agreement = self._in_force(conn, controller)
        ours = check_proposer(self._signing(conn, controller, by))
        check_reading(reading, reason)
        clauses = subject_clauses(agreement.contract, agreement.terms, subject)
        if not clauses:
            raise NotFound(
                "interpretation.subject",
                "The agreement in force has no clause, duty or question of that name.",
                do="See the clauses and questions of the agreement in force.",
            )
        _check_curable(agreement.questions, subject, clauses)
        made = Interpretation(
            interpretation_id=secrets.token_hex(16),
            subject=subject,
            text_sha256=basis(agreement.contract, clauses),
            status="proposed",
            reading=reading,
            reason=reason,
            proposed_by=ours.person,
            proposed_at=self._clock.now(),
        )
        store.insert_interpretation(conn, controller, made)
        self._tell_interpretation(conn, controller, by, made)
        return made

    def agree(
        self, conn: sa.Connection, controller: str, interpretation_id: str, *, by: Actor
    ) -> Interpretation:
        """Sign a proposed reading for the controller: from now on it counts.

        Raises:
            NotFound: ``controller.unknown``, ``interpretation.unknown``.
            Refused: ``signatory.unknown``, ``signatory.side``, ``signatory.same_person``.
            Conflict: ``writing.state``.
        """
        made = _interpretation(conn, controller, interpretation_id)
        theirs = check_agreement(made.proposed_by, self._signing(conn, controller, by))
        after = replace(
            made,
            status=step(made.status, "agree"),
            agreed_by=theirs.person,
            agreed_at=self._clock.now(),
        )
        self._save_interpretation(conn, controller, after, was=made, by=by)
        return after

    def withdraw(
        self, conn: sa.Connection, controller: str, interpretation_id: str, *, by: Actor
    ) -> Interpretation:
        """Take a proposed reading back; anybody who may propose may.

        Raises:
            NotFound: ``controller.unknown``, ``interpretation.unknown``.
            Refused: ``signatory.unknown``, ``signatory.side``. Conflict: ``writing.state``.
        """
        made = _interpretation(conn, controller, interpretation_id)
        check_proposer(self._signing(conn, controller, by))
        after = replace(made, status=step(made.status, "withdraw"))
        self._save_interpretation(conn, controller, after, was=made, by=by)
        return after

    def _save_interpretation(
        self,
        conn: sa.Connection,
        controller: str,
        after: Interpretation,
        *,
        was: Interpretation,
        by: Actor,
    ) -> None:
        if not store.set_interpretation(conn, controller, after, was=was.status):
            raise _overtaken()
        store.renew_revision(conn, controller)
        self._tell_interpretation(conn, controller, by, after)

    def add_supplement(
        self,
        conn: sa.Connection,
        controller: str,
        elements: Sequence[str],
        *,
        text: bytes,
        by: Actor,
    ) -> Supplement:
        """Sign for our side a writing that adds elements to the annex (C2.10, C11.1).

        Whether the catalogue has these elements is the vault's to say: a name that it does not
        know permits nothing.

        Raises:
            NotFound: ``controller.unknown``. Invalid: ``supplement.elements``.
            Refused: ``signatory.unknown``, ``signatory.side``.
        """
        store.known(conn, controller)
        ours = check_proposer(self._signing(conn, controller, by))
        names = tuple(sorted(set(elements)))
        fine = all(_ELEMENT.fullmatch(name) for name in names)
        if not 0 < len(names) <= ELEMENT_LIMIT or not fine or not text:
            raise Invalid(
                "supplement.elements",
                "A supplement needs the signed text and the elements that it adds.",
                do="Name elements as the catalogue does, such as tax.return.",
            )
        made = Supplement(
            supplement_id=secrets.token_hex(16),
            status="proposed",
            elements=names,
            text_sha256=hashlib.sha256(text).hexdigest(),
            signed_by_processor=ours.person,
            created=self._clock.now(),
        )
        store.insert_supplement(conn, controller, made)
        self._tell_supplement(conn, controller, by, made)
        return made

    def sign_supplement(
        self, conn: sa.Connection, controller: str, supplement_id: str, *, by: Actor
    ) -> Supplement:
        """Sign a supplement for the controller: from now on its elements may be held.

        Raises:
            NotFound: ``controller.unknown``, ``supplement.unknown``.
            Refused: ``signatory.unknown``, ``signatory.side``, ``signatory.same_person``.
            Conflict: ``writing.state``.
        """
        store.known(conn, controller)
        found = {one.supplement_id: one for one in store.supplements(conn, controller)}
        made = found.get(supplement_id)
        if made is None:
            raise NotFound("supplement.unknown", "There is no supplement of that id.")
        signing = self._signing(conn, controller, by)
        theirs = check_agreement(made.signed_by_processor, signing)
        after = replace(
            made,
            status=step(made.status, "agree"),
            signed_by_controller=theirs.person,
            signed_at=self._clock.now(),
        )
        if not store.set_supplement(conn, controller, after, was=made.status):
            raise _overtaken()
        store.renew_revision(conn, controller)
        self._tell_supplement(conn, controller, by, after)
        return after

    def _signing(self, conn: sa.Connection, controller: str, by: Actor) -> Signatory | None:
        """Return the signatory behind an actor: a person in person, never through a service."""
        if by.kind != "person" or by.on_behalf_of:
            return None
        return self._signatory(conn, controller, by.principal_id)

    def _tell_interpretation(
        self, conn: sa.Connection, controller: str, by: Actor, made: Interpretation
    ) -> None:
        tell(
            self._record,
            conn,
            controller,
            by=by,
            action=f"agreement:interpretation:{made.status}",
            context={"subject": made.subject},
            detail={
                "interpretation": made.interpretation_id,
                "text_sha256": made.text_sha256,
                "reading_sha256": reading_sha256(made.reading),
            },
        )

    def _tell_supplement(
        self, conn: sa.Connection, controller: str, by: Actor, made: Supplement
    ) -> None:
        tell(
            self._record,
            conn,
            controller,
            by=by,
            action=f"agreement:supplement:{made.status}",
            elements=made.elements,
            detail={"supplement": made.supplement_id, "text_sha256": made.text_sha256},
        )


def _interpretation(conn: sa.Connection, controller: str, interpretation_id: str) -> Interpretation:
    store.known(conn, controller)
    made = store.interpretation(conn, controller, interpretation_id)
    if made is None:
        raise NotFound("interpretation.unknown", "There is no interpretation of that id.")
    return made


def _overtaken() -> Conflict:
    return Conflict("writing.overtaken", "Somebody else signed or withdrew it just now.")


def _check_curable(open_now: Sequence[Question], subject: str, clauses: Sequence[str]) -> None:
    """Refuse a reading of words that are not there, or of an instrument that is the wrong one."""
    for question in open_now:
        concerned = question.id == subject or set(question.clauses) & set(clauses)
        if concerned and question.lifted_by != "interpretation":
            raise Refused(
                "interpretation.new_text",
                "No reading can settle this clause.",
                do="Agree on a new text with the controller, and install it with its terms.",
            )
