"""One copy of a report for one visitor: encrypted for them alone (age-encryption.org/v1; A23).

To the visitor's own age key where one was given, else to the code itself, which is such a key. So
what lies on a disk, in a proxy or in a mailbox opens for nobody else; and no passphrase is
stretched at a door where anybody may knock, which would take seconds and a gigabyte. Once it is
open, the paper is the same for everybody: a leak of it does not say who leaked.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pyrage

from bailee.errors import Broken, Invalid

REPORT_BYTES = 5 * 1024 * 1024
"""A report's file; base64 and JSON carry a third more, and a body has 8 MiB."""

_FRINGE = 1024
"""Bytes at either end in which readers look for the marks of a PDF."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy, and the digest by which the ledger knows it."""

    data: bytes

    @property
    def sha256(self) -> str:
        """Return its SHA-256 in hex."""
        return hashlib.sha256(self.data).hexdigest()


def check_file(data: bytes, sha256: str) -> None:
    """Refuse a file that is not the one whose digest is registered.

    Raises:
        Invalid: ``report.file``.
    """
    if len(data) > REPORT_BYTES or hashlib.sha256(data).hexdigest() != sha256:
        raise Invalid(
            "report.file",
            f"The file has another digest, or more than {REPORT_BYTES} bytes.",
            do="Give the file and its own SHA-256.",
        )


def check_pdf(data: bytes) -> None:
    """Refuse what does not begin and end as a PDF, whatever its name says (ISO 32000-2 7.5).

    Not checked: what stands in it. A visitor gets the file as it came.

    Raises:
        Invalid: ``report.pdf``.
    """
    begins = data[:_FRINGE].lstrip(b"\xef\xbb\xbf\r\n \t").startswith(b"%PDF-")
    if not begins or b"%%EOF" not in data[-_FRINGE:]:
        raise Invalid("report.pdf", "That file is no PDF.", do="Choose the report itself.")


def check_recipient(recipient: str) -> None:
    """Refuse what looks like an age key and is none.

    Raises:
        Invalid: ``report.recipient``.
    """
    try:
        if recipient:
            pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError:
        raise Invalid("report.recipient", "That is no age public key.") from None


def copy_for(data: bytes, sha256: str, recipient: str, code: str) -> Copied:
    """Encrypt a report for one visitor.

    Args:
        data: the report's file.
        sha256: its registered digest.
        recipient: the visitor's own age key; '' takes the code's.
        code: an age identity, ``report_request.new_code``.

    Raises:
        Broken: ``report.digest`` when what was kept is not what was registered.
    """
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Broken("report.digest", "The kept file is not the registered one.")
    to = recipient or str(pyrage.x25519.Identity.from_str(code).to_public())
    return Copied(pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(to)]))
