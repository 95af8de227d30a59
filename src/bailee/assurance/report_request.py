"""Reports behind an NDA: who asks, signs, gets one copy, and is forgotten (A23, A24, B10).

A visitor signs the NDA's exact text by its SHA-256, with a full name typed and acceptance said. A
named person of ours releases the request and passes on a code, which opens one copy, once. A
request keeps the visitor's words sealed under a key of their own; that key dies on the day on
which the words are kept no longer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

import pyrage

from bailee.access.lifecycle import Table
from bailee.assurance.wording import check_line, check_mail, same_name
from bailee.canonical import encode
from bailee.errors import Conflict, Invalid

CODE_LIFE = timedelta(days=7)
PENDING = timedelta(days=30)
"""So long an unanswered or refused request's words are kept."""
KEPT = timedelta(days=3 * 366)
"""So long a signed NDA is kept under which a copy was released: for whoever breaks it."""
WINDOW = timedelta(hours=1)
KNOCKS = 10
"""Requests and codes that one source may try within the window."""
WAITING = 500
"""Requests that may wait for a person at one time."""

REQUEST: Table = {
    "asked": {"release": "released", "refuse": "refused", "forget": "forgotten"},
    "released": {
        "release": "released",
        "refuse": "refused",
        "take": "taken",
        "forget": "forgotten",
    },
    "taken": {"release": "released", "forget": "forgotten"},
    "refused": {"forget": "forgotten"},
    "forgotten": {},
}
"""``release`` again makes another code, and the one before opens nothing any more."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. Personal data: sealed at rest, in no leaf, no log line, no error."""

    name: str
    firm: str
    email: str
    signed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """One request. ``of`` is the controller whose representative asked, '' for a visitor."""

    request_id: str
    attestation_id: str
    of: str
    nda_sha256: str
    signature_sha256: str
    key_id: str
    sealed: bytes
    recipient: str
    asked: str
    decided_by: str = ""
    code: bytes = b""
    code_until: str = ""
    keep_until: str
    state: str = "asked"


def check_visitor(one: Visitor, *, accepts: bool) -> None:
    """Refuse a signature that is none.

    Raises:
        Invalid: ``nda.signature``, ``trust.text``, ``trust.email``.
    """
    check_line("name", one.name)
    check_line("firm", one.firm)
    check_mail(one.email)
    check_line("signed", one.signed)
    if not accepts or not same_name(one.signed, one.name):
        raise Invalid(
            "nda.signature",
            "The NDA is signed by typing one's full name again and accepting it.",
            do="Type the name as above, and accept.",
        )


def check_nda(signed: str, present: str) -> None:
    """Refuse a signature under another text than the present one.

    Raises:
        Conflict: ``nda.other``, ``nda.none``.
    """
    if not present:
        raise Conflict("nda.none", "There is no NDA to sign now.", do="Ask the security contact.")
    if signed != present:
        raise Conflict(
            "nda.other", "The NDA has another text now.", do="Read it again, and sign that."
        )


def signature(one: Visitor, nda_sha256: str, asked: str, salt: bytes) -> str:
    """Return what the ledger says of a signature; nobody guesses the signer without the salt."""
    words = [one.name, one.firm, one.email, one.signed, nda_sha256, asked, salt.hex()]
    return hashlib.sha256(b"bailee nda signature 1\n" + encode(words)).hexdigest()


def new_code() -> str:
    """Return a code, said once: an age identity, so that it opens the copy as well."""
    return str(pyrage.x25519.Identity.generate())


def code_digest(code: str) -> bytes:
    """Return what is stored of a code."""
    return hashlib.sha256(b"bailee report code 1\n" + code.encode("utf-8")).digest()
