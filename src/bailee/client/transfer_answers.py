"""What is answered about transfers, statements, papers and requests for help."""

from __future__ import annotations

from typing import Any

from bailee.client.answers import Answer, Entry


class Flow(Answer, frozen=True):
    """One flow, and whether it rests on something now."""

    flow: str
    status: str
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
    needs: str = ""
    decision: str = ""
    reference: str = ""
    text_sha256: str = ""
    confirmed_by: str = ""
    ended_by: str = ""
    entry: Entry | None = None


class Adequate(Answer, frozen=True):
    """One decision on adequacy."""

    decision: str
    regime: str
    country: str
    name: str
    status: str
    checked: str
    source: str
    text: str = ""
    since: str = ""
    until: str = ""
    note: str = ""
    certified: bool = False


class Assertion(Answer, frozen=True):
    """What somebody stated; no machine saw it."""

    assertion: str
    subject: str
    text: str
    status: str
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
    """A controller's flows and statements, and the decisions they are judged by."""

    flows: list[Flow]
    assertions: list[Assertion]
    adequacy: list[Adequate]
    verified: str
    keys_at: list[str]


class PaperLine(Answer, frozen=True):
    """One thing that a paper says."""

    what: str
    says: str
    source: str
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


class GeneratedPaper(Answer, frozen=True):
    """One generated paper; ``data`` is a file for another program, where there is one."""

    paper: str
    title: str
    about: str
    made: str
    sha256: str
    sections: list[PaperSection]
    blanks: list[Blank]
    certifies: str = ""
    data: dict[str, Any] | None = None
    entry: Entry | None = None


class Assistance(Answer, frozen=True):
    """One request for help."""

    assistance: str
    kind: str
    status: str
    late: bool
    asked_by: str
    reference: str
    received: str
    recorded: str
    due: str
    basis: str
    recorded_by: str
    answered: str = ""
    answered_by: str = ""
    paper_sha256: str = ""
    entry: Entry | None = None


class Assistances(Answer, frozen=True):
    """A controller's requests for help, in the order in which they came."""

    assistances: list[Assistance]
