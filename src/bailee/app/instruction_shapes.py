"""Shapes of a controller's instructions (C2.4, C7.2(2), C7.3(2))."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bailee.app.disclosure_shapes import Key
from bailee.vault.shapes import Entry, Name

Words = Annotated[str, Meta(min_length=1, max_length=20_000)]
Note = Annotated[str, Meta(max_length=2000)]
Line = Annotated[str, Meta(max_length=200)]
When = Annotated[str, Meta(max_length=32)]
Short = Annotated[str, Meta(max_length=64)]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked; an unknown member is an error and never ignored."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is answered; members that say nothing are left out."""


class InstructionAsks(Request, frozen=True, omit_defaults=True):
    """What an instruction asks, apart from its words; each kind fills its own members.

    Attributes:
        purpose: a word for what the data may be used for.
        elements: names of the catalogue, each by itself.
        verbs: what may be done for the purpose.
        request: id of a person's request; ``act`` what is done about it: ``access``, ``correct``,
            ``portability``, ``restrict``, ``lift-restriction``, ``delete`` or ``deny``.
        does: ``use``, ``disclose``, ``transfer``, ``sell``, ``reidentify``, ``combine``,
            ``destroy``, ``keep`` or ``secure``.
        recipient: to whom, for what leaves; ``keys`` theirs, ``country`` where.
    """

    purpose: Short = ""
    elements: Annotated[list[Name], Meta(max_length=100)] = []
    verbs: Annotated[list[Name], Meta(max_length=20)] = []
    request: Short = ""
    act: Short = ""
    does: Short = ""
    recipient: Line = ""
    keys: Annotated[list[Key], Meta(max_length=16)] = []
    country: Short = ""


class NewInstruction(Request, frozen=True):
    """An instruction: signed here by the controller's representative, or entered from paper.

    Attributes:
        text: its words; name nobody whose data it is.
        signed_by: whose paper it is: the id of the controller's representative.
        reference: where the signed paper is kept; ``writing_sha256`` of it.
        received: when it came; now, where it is left out. ``since``: when it takes effect; when
            it was received, where it is left out. ``until``: when it ends.
    """

    kind: Literal["purpose", "request", "processing"]
    text: Words
    asks: InstructionAsks
    signed_by: Short = ""
    reference: Line = ""
    writing_sha256: Short = ""
    received: When = ""
    since: When = ""
    until: When = ""


class InstructionMove(Request, frozen=True):
    """What happens to an instruction.

    Attributes:
        note: reasons of an opinion, the proof that it was carried out, what the controller says,
            or where its writing is kept.
        verdict: of an opinion.
    """

    event: Literal["check", "opine", "accept", "insist", "withdraw", "execute"]
    note: Note = ""
    verdict: Literal["", "lawful", "infringes"] = ""


class InstructionObjection(Answer, frozen=True):
    """What stands against an instruction, and the duty that it would break."""

    code: str
    rule: str
    says: str


class Instruction(Answer, frozen=True):
    """One instruction and how it stands.

    Attributes:
        status: ``received``, ``checked``, ``answered``, ``insisted``, ``accepted``, ``executed``,
            ``withdrawn`` or ``expired``.
        text: its words; '' in a list.
        living: whether it is accepted and in effect.
        due: when our word on it is due, by the duty ``basis``; ``target`` is the operator's own
            time, where no text gives a number.
        needs: how many people accept it; ``accepted_by`` who did.
        reasons: of an opinion; the controller reads those of an adverse one.
    """

    instruction: str
    kind: str
    text: str
    text_sha256: str
    asks: InstructionAsks
    status: str
    signed_by: str
    received: str
    since: str
    entered: str
    entered_by: str
    due: str
    basis: str
    until: str = ""
    reference: str = ""
    writing_sha256: str = ""
    living: bool = False
    overdue: bool = False
    needs: int = 1
    objections: list[InstructionObjection] = []
    checked: str = ""
    checked_by: str = ""
    agreement: str = ""
    verdict: str = ""
    reasons: str = ""
    judged: str = ""
    judged_by: str = ""
    accepted: str = ""
    accepted_by: list[str] = []
    answered: str = ""
    notice: str = ""
    insisted: str = ""
    word: str = ""
    executed: str = ""
    executed_by: str = ""
    proof: str = ""
    withdrawn: str = ""
    names: dict[str, str] = {}
    """Of the people whose ids stand here."""
    entry: Entry | None = None


class Instructions(Answer, frozen=True):
    """Instructions, newest first."""

    instructions: list[Instruction]
