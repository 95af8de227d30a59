"""Terms: what an agreement, a law or a standard obliges to, as data (C1-C11, Appendix A).

One file ``terms/<id>.toml`` per source, in our own words, every line bound to the clause that it
speaks of by the SHA-256 of that clause's exact text. The file is data; logic stays in Python.
Reading is strict: an unknown key, kind or unit, a number without its unit and direction, a duty
without the control that serves it, or a clause set aside without a reason stops the reading
(``Broken``, ``terms.*``). A file that reads is not yet true: ``binding`` compares it with a
compiled text.

Not checked here: whether a summary says what its clause says. That is a lawyer's work, and the
reason why every line carries the hash of the text that the lawyer read.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Literal

import msgspec

from bailee.agreement.source import (
    TIME_UNITS,
    Counting,
    Defect,
    Edition,
    Line,
    Obligation,
    Parameter,
    Permission,
    Purpose,
    Terms,
    Unit,
)
from bailee.errors import Broken, NotFound

_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_ELEMENT = re.compile(r"[a-z]+\.[a-z][a-z0-9_]*")
_SLUG = re.compile(r"[a-z][a-z0-9-]*")
_ROW = re.compile(r"[AB][1-9][0-9]?")
_HASH = re.compile(r"[0-9a-f]{64}")


class _Head(Line, frozen=True, kw_only=True):
    id: str
    title: str
    date: str
    version: int
    kind: Literal["agreement", "law", "standard"] = "agreement"
    text_sha256: str = ""
    governing: str = ""
    precedence: tuple[str, ...] = ()
    processor_terms: tuple[str, ...] = ()
    controller_terms: tuple[str, ...] = ()
    source: str = ""
    verified: str = ""
    verified_by: str = ""
    edition: str = ""
    leaves_out: str = ""
    valid_from: str = ""
    valid_to: str = ""


class _File(Line, frozen=True, kw_only=True):
    agreement: _Head
    purpose: tuple[Purpose, ...] = ()
    element: tuple[Permission, ...] = ()
    parameter: tuple[Parameter, ...] = ()
    obligation: tuple[Obligation, ...] = ()
    defect: tuple[Defect, ...] = ()
    edition: tuple[Edition, ...] = ()


msgspec.json.Decoder(_File)  # describes the type here, and not first in two threads at one time


def load_terms(terms_id: str) -> Terms:
    """Return the terms that are shipped under this id.

    Raises:
        NotFound: ``terms.unknown``.
        Broken: ``terms.*`` when the file is not what this module demands.
    """
    if not _ID.fullmatch(terms_id):
        raise _unknown()
    return _shipped(terms_id)


@functools.cache
def shipped_laws() -> tuple[str, ...]:
    """Return the ids of the laws and standards that are shipped, in order."""
    folder = importlib.resources.files("bailee.agreement") / "terms"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    known = [name.removesuffix(".toml") for name in names]
    return tuple(name for name in known if _shipped(name).kind != "agreement")


def model_text() -> str:
    """Return the model addendum that a processor may offer, whose terms are ``model-addendum``."""
    folder = importlib.resources.files("bailee.agreement") / "terms"
    return (folder / "model-addendum.txt").read_text("utf-8")


@functools.lru_cache(maxsize=64)
def _shipped(terms_id: str) -> Terms:
    file = importlib.resources.files("bailee.agreement") / "terms" / f"{terms_id}.toml"
    if not file.is_file():
        raise _unknown()
    terms = read_terms(file.read_text(encoding="utf-8"))
    if terms.id != terms_id:
        raise Broken("terms.id", "The terms say another id than their file.")
    return terms


def _unknown() -> NotFound:
    return NotFound(
        "terms.unknown",
        "There are no terms of that id.",
        do="Name one of the shipped terms, or write terms for this agreement.",
    )


def read_terms(text: str) -> Terms:
    """Return the terms that a TOML text holds.

    Raises:
        Broken: ``terms.*``; the sentence names the line at fault.
    """
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
    except tomllib.TOMLDecodeError as error:
        raise Broken("terms.syntax", f"The terms are not TOML: {error}.") from None
    except msgspec.ValidationError as error:
        raise Broken("terms.shape", f"The terms have a wrong shape: {error}.") from None
    terms = Terms(
        **msgspec.structs.asdict(file.agreement),
        purposes=file.purpose,
        permissions=file.element,
        parameters=file.parameter,
        obligations=file.obligation,
        defects=file.defect,
        editions=file.edition,
    )
    _check_head(terms)
    _check_unique(terms)
    _check_elements(terms)
    _check_defects(terms)
    names = frozenset(parameter.name for parameter in terms.parameters)
    prefix = "C" if terms.kind == "agreement" else f"{terms.id}:"
    for obligation in terms.obligations:
        _check_id(obligation, prefix)
        _check_obligation(obligation)
        _check_quantity(obligation)
        if obligation.parameter and obligation.parameter not in names:
            raise Broken("terms.parameter", f"{obligation.id} sets an undeclared parameter.")
    return terms


def _check_head(terms: Terms) -> None:
    if not _ID.fullmatch(terms.id):
        raise Broken("terms.id", "The id of terms is lower case: letters, digits, dots, hyphens.")
    if terms.kind != "agreement":
        _check_proofs(terms)
        return
    hashes: list[tuple[str, str]] = [("the agreement", terms.text_sha256)]
    hashes += [(line.id, line.text_sha256) for line in terms.obligations if not line.filled]
    hashes += [(line.id, line.text_sha256) for line in terms.purposes]
    hashes += [(line.clause, line.text_sha256) for line in terms.permissions]
    for name, text_sha256 in hashes:
        if not _HASH.fullmatch(text_sha256):
            raise Broken("terms.hash", f"The hash of {name} is not a SHA-256 in hexadecimal.")


def _check_proofs(terms: Terms) -> None:
    """Refuse a law that does not say how far each of its lines was compared with its text."""
    if not terms.source:
        raise Broken("terms.source", "A law or a standard names its source.")
    if bool(terms.verified) != bool(terms.verified_by):
        raise Broken("terms.proof", "When a law was read, and in what, go together.")
    for line in terms.obligations:
        if line.proof not in {"text", "report", "none"}:
            raise Broken("terms.proof", f"{line.id} does not say how it is known.")
        if line.proof == "text" and not terms.verified:
            raise Broken("terms.proof", f"{line.id} was read in a text that nobody read.")
    days = [terms.verified, terms.valid_from, terms.valid_to]
    days += [day for line in terms.obligations for day in (line.valid_from, line.valid_to)]
    days += [edition.until for edition in terms.editions]
    for day in filter(None, days):
        if not _is_day(day):
            raise Broken("terms.day", f"{day} is no day.")


def _is_day(text: str) -> bool:
    """Say whether a text is a day as days are compared here: as text (ISO 8601, long form)."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _check_unique(terms: Terms) -> None:
    _no_twins("obligation", (line.id for line in terms.obligations))
    _no_twins("purpose", (line.id for line in terms.purposes))
    _no_twins("element clause", (line.clause for line in terms.permissions))
    _no_twins("parameter", (line.name for line in terms.parameters))
    _no_twins("defect", (line.id for line in terms.defects))


def _no_twins(what: str, names: Iterable[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise Broken("terms.duplicate", f"The {what} {name} stands {times} times.")


def _check_elements(terms: Terms) -> None:
    for line in terms.permissions:
        for element in line.holds:
            if not _ELEMENT.fullmatch(element):
                raise Broken("terms.element", f"{line.clause} permits no such name: {element}.")


def _check_defects(terms: Terms) -> None:
    counted = {line.id for line in terms.obligations if line.counted}
    for defect in terms.defects:
        if not counted.issuperset(defect.obligations):
            raise Broken("terms.defect", f"{defect.id} narrows to a duty that is not there.")
        if not defect.clauses or not defect.says or not defect.strictest_reading:
            raise Broken(
                "terms.defect", f"{defect.id} needs its clauses, what is wrong, a strict reading."
            )


def _check_id(line: Obligation, prefix: str) -> None:
    whole = prefix + line.clause
    word = line.id.removeprefix(f"{whole}.")
    if line.id != whole and not (line.id.startswith(f"{whole}.") and _SLUG.fullmatch(word)):
        raise Broken("terms.id", f"{line.id} is neither {whole} nor {whole}.word.")


def _check_obligation(line: Obligation) -> None:
    if not line.summary:
        raise Broken("terms.summary", f"{line.id} has no summary.")
    if line.row and not _ROW.fullmatch(line.row):
        raise Broken("terms.row", f"{line.id} names no row.")
    if not line.counted:
        if not line.reason:
            raise Broken("terms.reason", f"{line.id} is set aside without a reason.")
        if line.control:
            raise Broken("terms.control", f"{line.id} is no duty, yet a control serves it.")
        return
    if not line.row:
        raise Broken("terms.row", f"{line.id} belongs to no row.")
    if not _SLUG.fullmatch(line.control):
        raise Broken("terms.control", f"{line.id} names no control.")


def _check_quantity(line: Obligation) -> None:
    numbered = (line.quantity is not None, bool(line.unit), bool(line.direction))
    if any(numbered) and not all(numbered):
        raise Broken("terms.quantity", f"{line.id} needs quantity, unit and direction together.")
    if line.quantity is not None and line.quantity < 0:
        raise Broken("terms.quantity", f"{line.id} counts below nothing.")
    if line.filled and not (line.clause.startswith("annex-") and line.quantity is None):
        raise Broken("terms.filled", f"{line.id}: only an annex is filled in, and no number of it.")
    if line.filled and line.text_sha256:
        raise Broken("terms.hash", f"{line.id} stands on a place, and has a hash of words.")
    if line.vague and line.quantity is not None:
        raise Broken("terms.vague", f"{line.id} is vague and has a number: one was invented.")
    if line.kind in {"clock", "cadence"}:
        if not (line.quantity is not None or line.vague or line.by_both):
            raise Broken("terms.quantity", f"{line.id} has no number and is not called vague.")
        if not line.trigger:
            raise Broken("terms.trigger", f"{line.id} does not say what starts its clock.")
    if bool(line.counting) != (line.unit in TIME_UNITS):
        raise Broken("terms.counting", f"{line.id}: a counting rule goes with a time, always.")
    if (line.counting == "business") != bool(line.calendar):
        raise Broken("terms.calendar", f"{line.id}: business days need a calendar, others none.")


__all__ = [
    "TIME_UNITS",
    "Counting",
    "Defect",
    "Obligation",
    "Parameter",
    "Permission",
    "Purpose",
    "Terms",
    "Unit",
    "load_terms",
    "model_text",
    "read_terms",
    "shipped_laws",
]
