"""What is answered about instructions of a controller."""

from __future__ import annotations

import msgspec

from bailee.client.answers import Entry


class Answer(msgspec.Struct, frozen=True):
    """Any answer about an instruction."""


class InstructionAsks(Answer, frozen=True, omit_defaults=True):
    """What an instruction asks, apart from its words; each kind fills its own members.

    Attributes:
        purpose: a word for what the data may be used for.
        elements: names of the catalogue, each by itself.
        verbs: what may be done for the purpose.
        request: id of a person's request; ``act`` what is done about it.
        does: what any other processing consists of.
        recipient: to whom, for what leaves; ``keys`` theirs, ``country`` where.
    """

    purpose: str = ""
    elements: list[str] = []
    verbs: list[str] = []
    request: str = ""
    act: str = ""
    does: str = ""
    recipient: str = ""
    keys: list[str] = []
    country: str = ""


class InstructionObjection(Answer, frozen=True):
    """What stands against an instruction, and the duty that it would break."""

    code: str
    rule: str
    says: str


class Instruction(Answer, frozen=True):
    """One instruction and how it stands.

    Attributes:
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
    entry: Entry | None = None


class Instructions(Answer, frozen=True):
    """Instructions, newest first."""

    instructions: list[Instruction]
