"""Acts on break-glass codes: made beforehand, used once in an emergency (MISSION A8; C2.5(3)).

1. Somebody who holds ``people`` makes a code for somebody else (``issue_code``), for an envelope.
2. Its person breaks the glass (``break_glass``): a grant for at most an hour, usable at once.

What follows an opening stands in ``emergencies``.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.access import emergency_store
from bailee.access.code import CODE, CODE_LIFE, GLASS, Code, Tries, check_tries
from bailee.access.credential import Shown, digest, new_secret, well_formed
from bailee.access.desk import Done
from bailee.access.emergency import (
    DAILY,
    Emergency,
    Wanted,
    alert_due,
    check_wanted,
    review_due,
)
from bailee.access.grant import EMERGENCY_MARK, Ask, Grant
from bailee.access.grants import Grants
from bailee.access.lifecycle import step
from bailee.access.principal import Caller, Principal
from bailee.db import HOUSE
from bailee.errors import Conflict, NotFound, Refused

CONTROL = "break-glass"


class Codes(Grants):
    """Acts on codes; one ends in a grant, so they stand on those."""

    def issue_code(
        self, conn: sa.Connection, caller: Caller, controller: str, principal_id: str
    ) -> Done[Shown]:
        """Make somebody else's code for one controller, shown once; it ends their earlier one.

        Raises:
            Refused: ``grant.missing``, ``self.mint``, ``break_glass.for_people``;
            NotFound: ``controller.unknown``, ``principal.unknown``; Gone: ``controller.destroyed``;
            Conflict: ``principal.not_active``.
        """
        for name in caller.principals:  # first: who knows nothing of it is told nothing of it
            self._check_visible(conn, "", name, controller)
        now = self._begin(conn, caller, "people", HOUSE)
        self._rules(conn, controller)
        if principal_id in caller.principals:
            raise Refused("self.mint", "Nobody makes a code for themselves.", do="Ask a colleague.")
        check_ours(self._active(conn, principal_id))
        for one in emergency_store.codes(conn, principal_id):
            mine = (one.principal, one.at_controller) == (principal_id, controller)
            if mine and one.state == "issued":
                self._end_code(conn, one, "revoke")
        secret = new_secret(GLASS)
        code = Code(
            code_id=secrets.token_hex(16),
            digest=digest(secret),
            principal=principal_id,
            at_controller=controller,
            issued_by=caller.accountable,
            created=now,
            expires=now + CODE_LIFE,
        )
        emergency_store.add_code(conn, code)
        context = {"code_id": code.code_id, "principal_id": principal_id}
        entry = self._tell(conn, "code-issued", caller, controller, context=context)
        return Done(Shown(secret, code.code_id, principal_id, code.expires), entry)

    def revoke_code(
        self, conn: sa.Connection, caller: Caller, controller: str, code_id: str
    ) -> Done[None]:
        """End a code that was not used.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``, ``break_glass.unknown``;
            Conflict: ``lifecycle.event``.
        """
        for name in caller.principals:
            self._check_visible(conn, "", name, controller)
        self._begin(conn, caller, "people", HOUSE)
        found = emergency_store.code(conn, code_id)
        if found is None or found.at_controller != controller:
            raise NotFound("break_glass.unknown", "There is no such code or emergency for you.")
        self._end_code(conn, found, "revoke")
        context = {"code_id": code_id, "principal_id": found.principal}
        return Done(None, self._tell(conn, "code-revoked", caller, controller, context=context))

    def break_glass(
        self, conn: sa.Connection, caller: Caller, controller: str, *, code: str, wanted: Wanted
    ) -> Done[Emergency] | Refused:
        """Open an emergency for oneself: a grant from this commit on, an alert, a review due.

        All in one transaction: nobody reads a value before the alert is on record. The refusal of
        a wrong code is *returned*, so that the try it counts is committed with its entry. Who
        opens at the same moment waits for the epoch's row; the second finds the code used.

        Returns:
            What was opened, or the refusal ``break_glass.code``, to be raised after the commit.

        Raises:
            Refused: ``break_glass.for_people``, ``break_glass.locked``, ``second_person.missing``,
                ``purpose.not_in_agreement``, ``element.not_in_agreement``, ``view.rebuilds``;
            NotFound: ``controller.unknown``; Gone: ``controller.destroyed``;
            Conflict: ``break_glass.not_needed``; Invalid: ``break_glass.*``, ``grant.*``.
        """
        now = self._begin_own(conn, caller)
        self._check_reachable(conn, caller.principal_id, controller)
        opener = self._opener(conn, caller)
        rules = self._rules(conn, controller)
        self._demand_second_person(conn)
        found = self._code(conn, opener, controller, code)
        if found is None:
            return self._wrong_code(conn, caller, controller, now)
        check_wanted(wanted, now)
        self._check_needed(conn, caller, controller, wanted)
        grant = _as_grant(wanted, found, now)
        self._settle(conn, grant, opener)
        self._end_code(conn, found, "use")
        emergency_store.set_tries(conn, opener.principal_id, None)
        opened = Emergency(
            emergency_id=grant.approval_id,
            controller=controller,
            opener=opener.principal_id,
            code_id=found.code_id,
            issued_by=found.issued_by,
            grant_id=grant.grant_id,
            verbs=grant.verbs,
            elements=grant.elements,
            purpose=wanted.purpose,
            opened=now,
            until=wanted.until,
            alert_due=alert_due(rules, now),
            review_due=review_due(rules, now),
            reason=wanted.reason,
        )
        emergency_store.add_emergency(conn, opened)
        return Done(opened, self._note_opened(conn, caller, opened))

    def _opener(self, conn: sa.Connection, caller: Caller) -> Principal:
        """Return who opens: a person of ours, for themselves, with their own key."""
        if caller.kind != "person" or caller.on_behalf_of:
            raise for_people()
        opener = self._active(conn, caller.principal_id)
        check_ours(opener)
        return opener

    def _check_reachable(self, conn: sa.Connection, principal_id: str, controller: str) -> None:
        """Hide a controller from whoever has neither right nor code there (MISSION A8)."""
        try:
            self._check_visible(conn, "", principal_id, controller)
        except NotFound:
            made = emergency_store.codes(conn, principal_id)
            if not any((c.principal, c.at_controller) == (principal_id, controller) for c in made):
                raise

    def _code(
        self, conn: sa.Connection, opener: Principal, controller: str, secret: str
    ) -> Code | None:
        """Return the code if it opens this; whatever is wrong with it, the answer is the same."""
        now, wanted = self._clock.now(), digest(secret)
        check_tries(emergency_store.tries(conn, opener.principal_id), now)
        if not well_formed(secret, GLASS):
            return None
        found = emergency_store.code_by_digest(conn, wanted)
        if found is None or not hmac.compare_digest(found.digest, wanted):
            return None
        return found if found.opens(opener.principal_id, controller, now) else None

    def _wrong_code(
        self, conn: sa.Connection, caller: Caller, controller: str, now: datetime
    ) -> Refused:
        before = emergency_store.tries(conn, caller.principal_id)
        tries = (before or Tries(caller.principal_id, 0, now)).more(now)
        emergency_store.set_tries(conn, caller.principal_id, tries)
        failure = Refused(
            "break_glass.code",
            "That code does not open this.",
            do="Use the unused code that was made for you and this controller.",
        )
        detail = {"code": failure.code, "tries": tries.failed}
        self._tell(conn, "refused", caller, controller, detail=detail, decision="refused")
        return failure

    def _check_needed(
        self, conn: sa.Connection, caller: Caller, controller: str, wanted: Wanted
    ) -> None:
        """Refuse to break glass where the door is open."""
        asks = [Ask(verb, controller, wanted.purpose, wanted.elements) for verb in wanted.verbs]
        if all(self._decision(conn, "", caller.principals, ask).allowed for ask in asks):
            raise Conflict(
                "break_glass.not_needed", "Your grants already let you do this.", do="Do it."
            )

    def _end_code(self, conn: sa.Connection, code: Code, event: str) -> None:
        if not emergency_store.move_code(
            conn, code.code_id, code.state, step(CODE, code.state, event)
        ):
            raise Conflict("break_glass.moved", "Somebody else did that meanwhile.")

    def _note_opened(self, conn: sa.Connection, caller: Caller, opened: Emergency) -> Any:
        return self._tell(
            conn,
            "opened",
            caller,
            opened.controller,
            detail={
                "verbs": ":".join(opened.verbs),
                "seconds": int((opened.until - opened.opened).total_seconds()),
                "daily": DAILY,
                "review_due": f"{opened.review_due:%Y-%m-%d.%H:%M}",
            },
            context={
                "emergency_id": opened.emergency_id,
                "grant_id": opened.grant_id,
                "code_id": opened.code_id,
                "issued_by": opened.issued_by,
            },
            elements=opened.elements,
            purpose=opened.purpose,
        )

    def _tell(
        self, conn: sa.Connection, event: str, caller: Caller, controller: str, **more: Any
    ) -> Any:
        """Record in the controller's own log; never a reason, never a code (C2.5(5), C3.2)."""
        action, actor = f"access:break-glass:{event}", caller.actor()
        return self._note(conn, action, actor, controller=controller, control=CONTROL, **more)


def for_people() -> Refused:
    """Return the refusal of whoever is not a person of ours, acting for themselves."""
    return Refused(
        "break_glass.for_people",
        "Only a person of ours breaks the glass, for themselves and with their own key.",
    )


def check_ours(principal: Principal) -> None:
    """Refuse services and controllers' representatives.

    Raises:
        Refused: ``break_glass.for_people``.
    """
    if principal.kind != "person" or principal.represents:
        raise for_people()


def _as_grant(wanted: Wanted, code: Code, now: datetime) -> Grant:
    """Return the grant; its giver is who made the code, so that nobody gave to themselves."""
    return Grant(
        grant_id=secrets.token_hex(16),
        principal=code.principal,
        verbs=tuple(sorted(set(wanted.verbs))),
        elements=tuple(sorted(set(wanted.elements))),
        purposes=(wanted.purpose,),
        controller=code.at_controller,
        until=wanted.until,
        daily=DAILY,
        created=now,
        granted_by=code.issued_by,
        approval_id=EMERGENCY_MARK + secrets.token_hex(16),
    )
