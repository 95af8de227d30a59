"""The model addendum as it is offered to one controller (C2.4, C2.10). Pure.

The duties are the model's own words, so that its terms stand on them. Annexes I to III are the
caller's; in the lists of purposes and of elements, what this controller does not take reads
``not used``, and the others keep their numbers.

A value that somebody gave can stand in an annex alone, in one line of it. ``check_offer`` compiles
the result and refuses one in which anything else changed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bailee.agreement.binding import bind, unspoken
from bailee.agreement.clause import Contract, Finding
from bailee.agreement.lint import lint
from bailee.agreement.parse import compile_text
from bailee.agreement.source import Permission, Purpose, Terms
from bailee.agreement.terms import load_terms, model_text
from bailee.errors import Broken, Invalid

OFFERED = "model-addendum"
"""The terms under which an offered text is installed."""
_FILLED = re.compile(r"annex-i{1,3}(?:[.(~].*)?")
_FIRST, _LAST = "\nAnnex I\n", "\nAnnex IV: Data Elements\n"
_END = re.compile(r"(; and|;|\.)?$")


@dataclass(frozen=True, slots=True)
class Annexes:
    """What stands in the annexes, a paragraph each; no paragraph has a line break."""

    parties: tuple[str, ...]
    transfer: tuple[str, ...]
    authority: tuple[str, ...]
    measures: tuple[str, ...]
    subprocessors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A text that was offered, as the compiler reads it."""

    text: str
    contract: Contract
    findings: tuple[Finding, ...]


def taken_lines(terms: Terms, elements: Collection[str]) -> tuple[Permission, ...]:
    """Return the lines of the annex that hold any of these elements."""
    return tuple(line for line in terms.permissions if not set(line.holds).isdisjoint(elements))


def offer(purposes: Collection[str], elements: Collection[str], annexes: Annexes) -> Offer:
    """Return the text for a controller that takes these purposes and elements.

    Raises:
        Invalid: ``offer.purposes``, ``offer.elements``, ``offer.text``.
    """
    terms, text = load_terms(OFFERED), model_text()
    check_taken(terms, purposes, elements)
    contract = compile_text(text.encode())
    body, _, rest = text.partition(_FIRST)
    last = rest.partition(_LAST)[2]
    lines = {line.clause for line in taken_lines(terms, elements)}
    unused = [one for one in terms.purposes if one.id not in purposes]
    body = _without(body, contract, (_unused(one, contract) for one in unused))
    spare = (one for one in terms.permissions if one.clause not in lines)
    last = _without(last, contract, ((one.clause, "Not used") for one in spare))
    made = body + "\n".join(_annexes(annexes)) + _LAST + last
    return check_offer(made, terms)


def check_taken(terms: Terms, purposes: Collection[str], elements: Collection[str]) -> None:
    """Refuse what the model does not have, and nothing at all.

    Raises:
        Invalid: ``offer.purposes``, ``offer.elements``.
    """
    known = {one.id for one in terms.purposes}
    if not purposes or not set(purposes) <= known:
        raise Invalid("offer.purposes", f"Purposes are some of: {', '.join(sorted(known))}.")
    held = {name for line in terms.permissions for name in line.holds}
    if not elements or not set(elements) <= held:
        raise Invalid("offer.elements", "Elements are those of the catalogue, one at least.")


def check_offer(text: str, terms: Terms) -> Offer:
    """Compile an offered text; refuse one whose duties are not the model's, word for word.

    Raises:
        Invalid: ``offer.text``, ``contract.*``.
    """
    contract = compile_text(text.encode())
    model = compile_text(model_text().encode())
    shape = [one.path for one in contract.clauses if not _FILLED.fullmatch(one.path)]
    wanted = [one.path for one in model.clauses if not _FILLED.fullmatch(one.path)]
    if bind(contract, terms).broken or unspoken(contract, terms) or shape != wanted:
        raise _beyond()
    return Offer(text, contract, lint(contract))


def _unused(one: Purpose, contract: Contract) -> tuple[str, str]:
    found = contract.clause(one.clause)
    end = _END.search(found.text) if found else None
    return one.clause, f"not used{end.group() if end else ''}"


def _without(text: str, contract: Contract, changes: Iterable[tuple[str, str]]) -> str:
    """Return a part of the model with clauses replaced, each of which stands there once."""
    for path, says in changes:
        clause = contract.clause(path)
        if clause is None or text.count(clause.text) != 1:
            raise Broken("offer.model", "The model does not have each of its members once.")
        text = text.replace(clause.text, says)
    return text


def _annexes(made: Annexes) -> Sequence[str]:
    """Return the lines of Annexes I to III."""
    parts = (
        ("Annex I", ()),
        ("Part A: Parties", made.parties),
        ("Part B: Transfer", made.transfer),
        ("Part C: Competent supervisory authority", made.authority),
        ("Annex II: Technical and Organizational Measures", made.measures),
        ("Annex III: List of Sub-processors", made.subprocessors),
    )
    lines = [""]
    for heading, paragraphs in parts:
        if not all(one.isprintable() and one.strip() for one in paragraphs):
            raise _beyond()
        lines += [heading, ""]
        for one in paragraphs:
            lines += [one, ""]
    return lines


def _beyond() -> Invalid:
    return Invalid(
        "offer.text",
        "Something that was filled in would change the text beyond its annexes.",
        do="Give plain names and words; no headings, no numbers of clauses.",
    )
