"""What is answered about procedures: clocks, notices, contacts."""

from __future__ import annotations

import msgspec

from bailee.client.answers import Entry


class Answer(msgspec.Struct, frozen=True):
    """Any answer about procedures."""


class Basis(Answer, frozen=True):
    """One text's word on a time.

    Attributes:
        source: the terms' id; ``target`` for the operator's own.
    """

    source: str
    obligation: str
    quantity: int
    unit: str
    direction: str
    due: str
    counting: str = ""
    calendar: str = ""
    timezone: str = ""


class Timer(Answer, frozen=True):
    """One clock of a procedure.

    Attributes:
        matter: the kind of case it belongs to; ``item`` its id.
        status: ``running``, ``met``, ``missed``, ``late``, ``early`` or ``stopped``.
        since: when the clock began by the text; ``aware`` when we knew, if later.
        opened: when it was entered.
        floor: ``due`` is the earliest and not the latest time.
        target: no text gives the time; it is the operator's own.
        back_dated: it was entered, or met, more than an hour after the fact.
    """

    timer: str
    controller: str
    matter: str
    item: str
    trigger: str
    parameter: str
    status: str
    since: str
    opened: str
    due: str
    bases: list[Basis]
    aware: str = ""
    floor: bool = False
    target: bool = False
    back_dated: bool = False
    done: str = ""
    recorded: str = ""
    done_by: str = ""
    first_due: str = ""
    reason: str = ""
    notice: str = ""
    entry: Entry | None = None


class Timers(Answer, frozen=True):
    """Clocks by their deadline."""

    timers: list[Timer]


class Handing(Answer, frozen=True):
    """One try to hand a message over.

    Attributes:
        outcome: ``handed`` or the code of what went wrong.
        receipt: what the server said.
    """

    contact: str
    rank: str
    at: str
    outcome: str
    message_id: str
    message_sha256: str
    receipt: str = ""


class Notice(Answer, frozen=True):
    """One notice to a controller.

    Attributes:
        status: ``waiting``, ``handed``, ``acknowledged`` or ``withdrawn``.
        body: its text; left out in lists.
        acknowledged_by: the representative's id, or ``code``.
    """

    notice: str
    controller: str
    matter: str
    item: str
    version: int
    kind: str
    role: str
    subject: str
    status: str
    written: str
    body_sha256: str
    written_by: str = ""
    body: str = ""
    attempts: int = 0
    failure: str = ""
    handed: str = ""
    ack_due: str = ""
    unanswered: bool = False
    acknowledged: str = ""
    acknowledged_by: str = ""
    escalated: str = ""
    handings: list[Handing] = []
    entry: Entry | None = None


class Notices(Answer, frozen=True):
    """Notices, newest first."""

    notices: list[Notice]


class Contact(Answer, frozen=True):
    """One contact of a controller."""

    contact: str
    role: str
    rank: str
    name: str
    address: str
    status: str
    added: str
    added_by: str
    encrypted: str = ""
    """``smime`` or ``openpgp``, where that is agreed."""
    reference: str = ""
    ended: str = ""
    entry: Entry | None = None


class Contacts(Answer, frozen=True):
    """A controller's contacts, and what is missing among them (codes)."""

    contacts: list[Contact]
    gaps: list[str] = []


class Officer(Answer, frozen=True):
    """One appointment.

    Attributes:
        status: ``on-duty``, ``planned``, ``over``, or ``absent`` for one who is not with us now.
        checked: when they confirmed, in person, that they are reached so.
    """

    officer: str
    role: str
    rank: str
    name: str
    reach: str
    status: str
    since: str
    until: str
    principal: str = ""
    qualification: str = ""
    checked: str = ""
    entry: Entry | None = None


class Gap(Answer, frozen=True):
    """A stretch in which nobody answers for security."""

    since: str
    until: str


class Officers(Answer, frozen=True):
    """Whom controllers reach, and when nobody would answer within the next fourteen days."""

    officers: list[Officer]
    gaps: list[Gap] = []
    findings: list[str] = []
