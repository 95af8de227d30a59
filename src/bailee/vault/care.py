"""Hold, release, restrict, lift: what may happen to a subject's data meanwhile.

A hold keeps it (C7.2(6): nothing is lost before the controller has answered a consumer); a
restriction keeps it still (C7.3(6)(b), GDPR 18). Both concern a subject whole, so they take the
right to erase one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sqlalchemy as sa
from msgspec import structs

from bailee.access import Caller
from bailee.errors import Failure, Invalid
from bailee.vault import subject_store
from bailee.vault.batch import at
from bailee.vault.desk import Act, Allowed, Desk, Done
from bailee.vault.directory import touch
from bailee.vault.retention import step
from bailee.vault.shapes import Kept, Restrict, Subjects
from bailee.vault.subject import Subject, unknown_subject

Change = Callable[[Subject], Subject]
ACTIONS = {
    "hold": "vault:subject:held",
    "release": "vault:subject:released",
    "restrict": "vault:subject:restricted",
    "lift": "vault:subject:lifted",
}


def act(
    caller: Caller,
    controller: str,
    sent: tuple[str, Subjects | Restrict],
    context: Mapping[str, str],
) -> Act:
    """Return what a call wants to do: an event (``hold`` …) for subjects."""
    event, body = sent
    return Act(
        caller=caller,
        controller=controller,
        verb="erase",
        action=ACTIONS[event],
        purpose=body.purpose,
        context=context,
    )


def hold(subject: Subject) -> Subject:
    """Return the subject under a legal hold."""
    return structs.replace(subject, held=True)


def release(subject: Subject) -> Subject:
    """Return the subject without a legal hold."""
    return structs.replace(subject, held=False)


def restrict(allowing: tuple[str, ...]) -> Change:
    """Return what restricts a subject to these purposes."""
    return lambda subject: structs.replace(
        subject, state=step(subject.state, "restrict"), allowing=allowing
    )


def lift(subject: Subject) -> Subject:
    """Return the subject without a restriction.

    Raises:
        Conflict: ``subject.state`` when there is none.
    """
    return structs.replace(subject, state=step(subject.state, "lift"), allowing=())


def work(
    desk: Desk, body: Subjects | Restrict, change: Change
) -> Callable[[sa.Connection, Allowed], Done[Kept]]:
    """Return the act's work: all subjects, or none.

    Raises:
        Invalid: ``restriction.purpose`` for a purpose that is not in the agreement.
        NotFound: ``subject.unknown``.
    """

    def care(conn: sa.Connection, allowed: Allowed) -> Done[Kept]:
        allowing = body.allowing if isinstance(body, Restrict) else []
        if not allowed.agreement.purposes.issuperset(allowing):
            raise Invalid(
                "restriction.purpose",
                "A purpose that the restriction allows is not in the agreement.",
                do="Name purposes of the agreement.",
            )
        controller = allowed.act.controller
        found = desk.directory.find(conn, controller, body.subjects, lock=True)
        changed: dict[str, Subject] = {}
        for place, reference in enumerate(body.subjects):
            try:
                if reference not in found:
                    raise unknown_subject()
                after = change(found[reference])
            except Failure as failure:
                raise at(failure, place) from None
            if after != found[reference]:
                changed[after.subject_id] = after
        subject_store.change(conn, controller, list(changed.values()))
        return Done(
            answer=lambda entry: Kept(len(changed), entry),
            count=len(changed),
            touched=[touch("", one, ()) for one in changed.values()],
            elements=(),
            detail={"allowing": len(allowing)} if allowing else {},
        )

    return care
