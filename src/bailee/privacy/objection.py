"""What a machine finds against an instruction: agreement, prohibitions, law (C2.4, C7.3(2)). Pure.

Each objection names the duty that would be broken, by its id in the agreement or in a law that
applies. Where neither has such a duty, there is nothing to object with: that is left to the person.

Deliberately not judged here: whether reasons are good, a law that is not in the register, and
whether a word of the controller's own hides another purpose. A person's opinion is for that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bailee.agreement import AFTER_THE_END, Agreement
from bailee.privacy.instruction import (
    COMBINE,
    DISCLOSE,
    PROCESSING,
    PURPOSE,
    REIDENTIFY,
    SELL,
    TRANSFER,
    Instruction,
    Objection,
)
from bailee.procedures import Claim

SAYS: Mapping[str, str] = {
    "instruction.after_end": "The agreement has ended: its data serves nothing any more but its "
    "return, and what a law demands.",
    "instruction.purpose_named": "The agreement names this purpose already; nothing is added.",
    "instruction.purpose_reserved": "That purpose is for the time after the agreement's end.",
    "instruction.sale": "Data is not sold, nor given away for anybody else's ends.",
    "instruction.reidentification": "Nobody tries to find out who is behind anonymised data.",
    "instruction.combination": "Data of one controller is kept apart from everybody else's.",
    "element.unknown": "The catalogue does not know one of these elements.",
    "element.not_in_agreement": "The agreement does not let us hold one of these elements.",
    "purpose.not_in_agreement": "Neither the agreement nor an accepted instruction names this "
    "purpose for these elements.",
    "disclosure.frozen": "A demand for this data is open: nothing of it leaves.",
    "transfer.no_mechanism": "No valid mechanism carries this transfer.",
    "request.unknown": "There is no such request of a person.",
}
NO_CONSENT = "No registered consent of the controller covers this recipient, purpose and data."
CONTROLS: Mapping[str, tuple[str, ...]] = {
    "instruction.after_end": ("retention-isolation", "return-or-destroy", "purpose-limit"),
    "instruction.purpose_named": ("documented-instructions", "purpose-limit"),
    "instruction.purpose_reserved": ("retention-isolation", "return-or-destroy", "purpose-limit"),
    "instruction.sale": ("no-sale", "ccpa-prohibitions", "disclosure-consent", "purpose-limit"),
    "instruction.reidentification": ("no-reidentification", "ccpa-prohibitions"),
    "instruction.combination": ("direct-relationship", "purpose-limit"),
    "element.unknown": ("permitted-elements", "purpose-limit"),
    "element.not_in_agreement": ("permitted-elements", "purpose-limit"),
    "purpose.not_in_agreement": ("purpose-limit", "documented-instructions"),
    "disclosure.frozen": ("legal-demand-hold", "disclosure-consent"),
    "transfer.no_mechanism": ("transfer-mechanism", "documented-instructions"),
    "request.unknown": ("consumer-request-hold", "documented-instructions", "purpose-limit"),
}
"""Code -> the controls under which texts put the duty, the most telling first."""
CONSENT_CONTROLS = ("disclosure-consent", "purpose-limit")
SALE_WORDS = frozenset(
    ("sale", "sales", "sell", "selling", "resale", "resell", "rent", "rental", "lease", "loan",
     "broker", "brokerage", "monetise", "monetize")
)  # fmt: skip
BACK_WORDS = frozenset(
    ("reidentify", "reidentification", "deanonymise", "deanonymize", "unmask", "identification")
)
"""Words of a purpose's own name that say what is forbidden."""
_ACT_CODES = {
    SELL: "instruction.sale",
    REIDENTIFY: "instruction.reidentification",
    COMBINE: "instruction.combination",
}


def nothing_against(_one: Instruction) -> str:
    """Return that nothing is known against it."""
    return ""


@dataclass(frozen=True)
class Ground:
    """What an instruction is measured by, loaded before.

    Attributes:
        names: every element of the catalogue.
        laws: lines of the laws that apply.
        frozen: elements that an open demand stops from leaving; ``*`` for all.
        consent: the code of what stands against a disclosure, '' for nothing.
        mechanism: the same of a transfer.
        request: the same of a person's request.
    """

    agreement: Agreement
    names: frozenset[str]
    now: datetime
    laws: tuple[Claim, ...] = ()
    frozen: frozenset[str] = frozenset()
    consent: Callable[[Instruction], str] = field(default=nothing_against)
    mechanism: Callable[[Instruction], str] = field(default=nothing_against)
    request: Callable[[Instruction], str] = field(default=nothing_against)


def objections(one: Instruction, ground: Ground) -> tuple[Objection, ...]:
    """Return everything that a machine finds against an instruction, each with its rule."""
    if one.kind == PURPOSE:
        codes = _of_purpose(one, ground)
    elif one.kind == PROCESSING:
        codes = _of_processing(one, ground)
    else:
        codes = filter(None, [ground.request(one)])
    found = []
    for code in dict.fromkeys(codes):
        rule = rule_of(ground, CONTROLS.get(code, CONSENT_CONTROLS))
        if rule:
            found.append(Objection(code, rule, SAYS.get(code, NO_CONSENT)))
    return tuple(found)


def rule_of(ground: Ground, controls: Iterable[str]) -> str:
    """Return the id of the first duty under these controls: the agreement's, else a law's."""
    for control in controls:
        rule = ground.agreement.obligation_for(control)
        law = (one.line.id for one in ground.laws if one.line.control == control)
        if rule or (rule := next(law, "")):
            return rule
    return ""


def _of_purpose(one: Instruction, ground: Ground) -> Iterable[str]:
    purpose, words = one.asks.purpose, frozenset(one.asks.purpose.split("-"))
    if ground.agreement.surviving:
        yield "instruction.after_end"
    if purpose in AFTER_THE_END:
        yield "instruction.purpose_reserved"
    elif purpose in ground.agreement.purposes:
        yield "instruction.purpose_named"
    if not words.isdisjoint(SALE_WORDS):
        yield "instruction.sale"
    if not words.isdisjoint(BACK_WORDS):
        yield "instruction.reidentification"
    yield from _elements(one.asks.elements, ground)


def _of_processing(one: Instruction, ground: Ground) -> Iterable[str]:
    asks = one.asks
    if asks.does in _ACT_CODES:
        yield _ACT_CODES[asks.does]
    if ground.agreement.surviving and asks.purpose and asks.purpose not in AFTER_THE_END:
        yield "instruction.after_end"
    if asks.purpose and not _named(one, ground):
        yield "purpose.not_in_agreement"
    yield from _elements(asks.elements, ground)
    if asks.does not in (DISCLOSE, TRANSFER):
        return
    if "*" in ground.frozen or not ground.frozen.isdisjoint(asks.elements):
        yield "disclosure.frozen"
    yield from filter(None, [ground.consent(one)])
    if asks.country:
        yield from filter(None, [ground.mechanism(one)])


def _named(one: Instruction, ground: Ground) -> bool:
    """Say whether the purpose is the agreement's, or was added for these elements."""
    purpose, names = one.asks.purpose, frozenset(one.asks.elements)
    return purpose in ground.agreement.purposes or any(
        added.purpose == purpose and names <= added.elements and added.lives_at(ground.now)
        for added in ground.agreement.extensions
    )


def _elements(elements: Collection[str], ground: Ground) -> Iterable[str]:
    if not ground.names.issuperset(elements):
        yield "element.unknown"
    elif not ground.agreement.permitted.issuperset(elements):
        yield "element.not_in_agreement"
