"""A notice as a message: MIME, signed by us (S/MIME, RFC 8551), encrypted where that is agreed.

The signature is by the house's document key; its certificate vouches for itself, and its SHA-256
stands in the ledger. So whoever got it can show later that we said so, and when by our clock.

Encrypting is a small ask: S/MIME needs a certificate of the reader, OpenPGP another library.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from bailee.errors import Invalid
from bailee.procedures.contact import Contact
from bailee.procedures.notice import Notice

RSA_BITS = 2048
Pgp = Callable[[bytes, str], bytes]
"""Encrypts a text for an OpenPGP certificate; armored."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What signs: the house's document key and its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: bytes
    """DER."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """From where a message comes, and how to answer it."""

    sender: str
    domain: str
    """Of the Message-ID."""
    code: str
    """What acknowledges the notice, for whoever reads it."""
    answer: str
    """Where the code goes, in words."""


def message_id(notice: Notice, contact: Contact, domain: str) -> str:
    """Return the same Message-ID for the same notice and reader, however often it leaves."""
    mark = hashlib.sha256(f"{notice.notice_id} {contact.contact_id}".encode()).hexdigest()[:32]
    return f"<{mark}@{domain}>"


def text_of(notice: Notice, envelope: Envelope) -> str:
    """Return the text of a message: the notice, then how to acknowledge it."""
    return (
        f"{notice.body}\n-- \n"
        f"Notice {notice.notice_id}, version {notice.version}, for {notice.controller}.\n"
        f"SHA-256 of the text above: {notice.body_sha256}\n"
        f"Please acknowledge it {envelope.answer} by this code:\n"
        f"{envelope.code}\n"
    )


def compose(
    notice: Notice, contact: Contact, envelope: Envelope, *, seal: Seal, now: datetime, pgp: Pgp
) -> bytes:
    """Return a message as it goes to a mail server.

    Raises:
        Invalid: ``contact.certificate`` when it cannot be encrypted for the reader. It is not sent
            in clear instead: encryption was agreed.
    """
    body = _part(text_of(notice, envelope))
    if contact.certificate.startswith("-----BEGIN PGP"):
        body = _sign(_pgp(body, contact.certificate, pgp), seal)
    elif contact.certificate:
        body = _encrypt(_sign(body, seal), contact.certificate)
    else:
        body = _sign(body, seal)
    head = EmailMessage(policy=policy.SMTP)
    head["From"] = envelope.sender
    head["To"] = contact.address.partition(":")[2]
    head["Subject"] = f"[{notice.kind}] {notice.subject}"
    head["Date"] = format_datetime(now)
    head["Message-ID"] = message_id(notice, contact, envelope.domain)
    head["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers it
    return head.as_bytes().rstrip(b"\r\n") + b"\r\n" + _without_twice(body)


def _part(text: str) -> bytes:
    part = EmailMessage(policy=policy.SMTP)
    part.set_content(text, cte="quoted-printable")
    return part.as_bytes()


def _sign(part: bytes, seal: Seal) -> bytes:
    signed = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(part)
        .add_signer(x509.load_der_x509_certificate(seal.certificate), seal.key, hashes.SHA256())
        .sign(Encoding.SMIME, [pkcs7.PKCS7Options.DetachedSignature])
    )
    return _crlf(signed)


def _encrypt(part: bytes, certificate: str) -> bytes:
    try:
        reader = x509.load_pem_x509_certificate(certificate.encode())
        key = reader.public_key()
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < RSA_BITS:
            raise ValueError  # noqa: TRY301 - one refusal for all
        made = (
            pkcs7.PKCS7EnvelopeBuilder()
            .set_data(part)
            .add_recipient(reader)
            .encrypt(Encoding.SMIME, [])
        )
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Invalid(
            "contact.certificate",
            "The message cannot be encrypted for that certificate.",
            do=f"S/MIME takes RSA of {RSA_BITS} bits or more.",
        ) from None
    return _crlf(made)


def _pgp(part: bytes, certificate: str, pgp: Pgp) -> bytes:
    """Return an encrypted part in the form of RFC 3156, 4."""
    outer = EmailMessage(policy=policy.SMTP)
    outer.make_mixed()
    outer.set_type("multipart/encrypted")
    outer.set_param("protocol", "application/pgp-encrypted")
    version = EmailMessage(policy=policy.SMTP)
    version.set_content(b"Version: 1\r\n", "application", "pgp-encrypted", cte="7bit")
    sealed = EmailMessage(policy=policy.SMTP)
    sealed.set_content(pgp(part, certificate), "application", "octet-stream", cte="7bit")
    outer.attach(version)
    outer.attach(sealed)
    return outer.as_bytes()


def _crlf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _without_twice(part: bytes) -> bytes:
    """Return a part whose MIME-Version stands once, wherever its maker put it."""
    head, _, rest = part.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"mime-version")]
    return b"\r\n".join([b"MIME-Version: 1.0", *lines]) + b"\r\n\r\n" + rest
