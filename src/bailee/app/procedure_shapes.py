"""Shapes of what the agreement's procedures share: timers, notices, contacts (C9.1, C10)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bailee.app.shapes import Moment, Optional, Reason, Slug
from bailee.vault.shapes import Entry

Address = Annotated[
    str,
    Meta(
        max_length=300,
        pattern=r"^(mailto:[A-Za-z0-9._+-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+|https://.+)$",
    ),
]
"""Where somebody is reached; what is refused besides says so."""


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked; an unknown member is an error and never ignored."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is answered; members that say nothing are left out."""


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


class Extension(Request, frozen=True):
    """Move a deadline, before it is up: until when, why, and the notice that tells of it."""

    until: Moment
    reason: Reason
    notice: Optional = ""


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


class Acknowledgement(Request, frozen=True):
    """What a notice's message carried."""

    controller: Slug
    notice: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    code: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]


class NewContact(Request, frozen=True):
    """Whom a controller wants to hear from us.

    Attributes:
        address: ``mailto:NAME@HOST`` or ``https://HOST/PATH``.
        certificate: X.509 (PEM) for S/MIME, or an armored OpenPGP certificate.
        reference: the controller's writing, where one of us enters it.
    """

    role: Literal["security", "privacy"]
    rank: Literal["first", "delegate"]
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    address: Address
    certificate: Annotated[str, Meta(max_length=16_384)] = ""
    reference: Annotated[str, Meta(max_length=200)] = ""


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
