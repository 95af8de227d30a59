"""Shapes of transfers, statements, generated papers and requests for help (C7.3(3), C7.3(6))."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from bailee.app.shapes import Answer, Line, Moment, Names, Request
from bailee.vault.shapes import Entry

Place = Annotated[str, Meta(pattern="^([A-Z]{2}|EPO)$")]
"""ISO 3166-1, or ``EPO`` for the one organisation with a decision of its own."""
Subject = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9.-]{0,63}(:[a-z0-9-]{1,64})?$")]
Digest = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]
Words = Annotated[str, Meta(min_length=1, max_length=4000)]
Where = Annotated[str, Meta(max_length=200)]


class NewFlow(Request, frozen=True):
    """Record that data crosses a border, and what that rests on; a second person confirms it."""

    receiver_kind: Literal["ourselves", "remote-access", "keys", "subprocessor", "recipient"]
    receiver: Line
    """Who or what receives: for ``recipient`` the name that its consent has, for ``keys`` the
    place of the root key."""
    country: Place
    mechanism: Annotated[str, Meta(min_length=1, max_length=32)]
    """``none``, ``adequacy``, ``dpf``, ``scc-2021-914``, ``uk-addendum``, ``uk-idta``,
    ``derogation-49``."""
    elements: Names
    since: Moment
    until: Moment
    regime: Literal["eu", "uk", "ch"] = "eu"
    """Whose law protects the data."""
    sender: Literal["controller", "ourselves"] = "controller"
    reference: Where = ""
    """Where the signed clauses are kept."""
    text_sha256: Digest = ""


class Flow(Answer, frozen=True):
    """One flow, and whether it rests on something now."""

    flow: str
    status: str
    """``recorded`` until a second person has ``confirmed`` it; ``ended``, ``expired``."""
    holds: bool
    why: str
    sender: str
    receiver_kind: str
    receiver: str
    country: str
    regime: str
    mechanism: str
    elements: list[str]
    since: str
    until: str
    recorded_by: str
    holds_until: str = ""
    """The earliest end of all that it rests on."""
    needs: str = ""
    """Subject of the statement that it takes."""
    decision: str = ""
    """Id of the decision on adequacy that it rests on."""
    reference: str = ""
    text_sha256: str = ""
    confirmed_by: str = ""
    ended_by: str = ""
    entry: Entry | None = None


class Adequate(Answer, frozen=True):
    """One decision on adequacy, as this house has it."""

    decision: str
    regime: str
    country: str
    name: str
    status: str
    """``in-force``, ``challenged``, ``invalid``, ``revoked`` (by a person here)."""
    checked: str
    """``primary`` counts by itself; ``secondary`` and ``general`` take a person's statement."""
    source: str
    text: str = ""
    since: str = ""
    until: str = ""
    note: str = ""
    certified: bool = False


class NewAssertion(Request, frozen=True):
    """State something by name: a blank of a paper, or what a flow rests on."""

    subject: Subject
    text: Words
    until: Moment
    reference: Where = ""
    text_sha256: Digest = ""


class Assertion(Answer, frozen=True):
    """What somebody stated; no machine saw it."""

    assertion: str
    subject: str
    text: str
    status: str
    """``standing``, ``withdrawn``, ``expired``."""
    side: str
    signed_by: str
    signed: str
    until: str
    reference: str = ""
    text_sha256: str = ""
    withdrawn_by: str = ""
    entry_id: str = ""
    entry: Entry | None = None


class Transfers(Answer, frozen=True):
    """A controller's flows and statements, oldest first, and the decisions they are judged by."""

    flows: list[Flow]
    assertions: list[Assertion]
    adequacy: list[Adequate]
    verified: str
    """The day on which somebody last compared the decisions with their sources."""
    keys_at: list[str]
    """Places of the root key, as the setting has them."""


class PaperLine(Answer, frozen=True):
    """One thing that a paper says."""

    what: str
    says: str
    source: str
    """``live``, ``agreement``, ``asserted``, ``blank``."""
    by: str = ""
    subject: str = ""


class PaperSection(Answer, frozen=True):
    """A part of a paper."""

    title: str
    lines: list[PaperLine]
    note: str = ""


class Blank(Answer, frozen=True):
    """Something that nobody has filled yet."""

    where: str
    what: str
    who: str
    subject: str


class Paper(Answer, frozen=True):
    """One generated paper."""

    paper: str
    title: str
    about: str
    made: str
    sha256: str
    """Of what it says, without the moment at which it was made."""
    sections: list[PaperSection]
    blanks: list[Blank]
    certifies: str = ""
    """Digest that a certification signs."""
    data: dict[str, Any] | None = None
    """For a program: the file of the CNIL's PIA."""
    entry: Entry | None = None


class NewAssistance(Request, frozen=True):
    """Enter a request for help, with the moment at which it was received."""

    kind: Literal["dpia", "authority-records"]
    asked_by: Line
    """The authority, or the controller's person, by name."""
    reference: Line
    received: Moment


class Assistance(Answer, frozen=True):
    """One request for help."""

    assistance: str
    kind: str
    status: str
    """``open``, ``answered``."""
    late: bool
    asked_by: str
    reference: str
    received: str
    recorded: str
    due: str
    basis: str
    """The obligation that names the time; ``our-target`` where none does."""
    recorded_by: str
    answered: str = ""
    answered_by: str = ""
    paper_sha256: str = ""
    entry: Entry | None = None


class Assistances(Answer, frozen=True):
    """A controller's requests for help, in the order in which they came."""

    assistances: list[Assistance]


__all__ = [
    "Adequate",
    "Assertion",
    "Assistance",
    "Assistances",
    "Blank",
    "Flow",
    "NewAssertion",
    "NewAssistance",
    "NewFlow",
    "Paper",
    "PaperLine",
    "PaperSection",
    "Transfers",
]
