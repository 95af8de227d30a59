"""A certificate of our own, for the loopback interface only (C3.1).

It lets one machine speak TLS to itself before anybody has brought a certificate: the client is
given the certificate's file as the only authority it trusts. It names ``localhost``,
``127.0.0.1`` and ``::1`` and nothing else, lives at most 397 days, and can sign no other.
"""

from __future__ import annotations

import ipaddress
import os
import stat
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bailee.errors import NotFound, Refused

LIFE = timedelta(days=397)
"""What clients accept at most of a server's certificate (CA/Browser Forum, Ballot SC31)."""
RENEW_BEFORE = timedelta(days=30)
EARLIER = timedelta(minutes=5)
"""Clocks of two programs differ a little."""
CERTIFICATE, KEY = "loopback.crt", "loopback.key"


def own_certificate(folder: Path, now: datetime) -> tuple[Path, Path]:
    """Return the files of our certificate and its key; make them if missing or about to end.

    The key is on disk before the certificate that names it: if the process dies between the two,
    the next start finds that they do not belong together and makes both anew.
    """
    certificate, key = folder / CERTIFICATE, folder / KEY
    if not _serves(certificate, key, now):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        private = ec.generate_private_key(ec.SECP256R1())
        _write(key, _key_bytes(private))
        _write(certificate, _signed(private, now).public_bytes(serialization.Encoding.PEM))
    return certificate, key


def check_key_file(key: Path) -> None:
    """Refuse a TLS key that others may read (C2.5(4)).

    Raises:
        NotFound: ``tls.key_missing``.
        Refused: ``tls.key_readable``.
    """
    try:
        mode = key.stat().st_mode
    except OSError:
        raise NotFound(
            "tls.key_missing", "The TLS key's file cannot be read.", do="Check the path."
        ) from None
    if stat.S_IMODE(mode) & 0o077:
        raise Refused(
            "tls.key_readable",
            "The TLS key's file may be read by others than its owner.",
            do="chmod 600 the key's file.",
        )


def _serves(certificate: Path, key: Path, now: datetime) -> bool:
    """Answer whether both files exist, belong together and live long enough."""
    try:
        held = x509.load_pem_x509_certificate(certificate.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        return False
    return (
        held.public_key() == private.public_key()
        and held.not_valid_before_utc <= now
        and now + RENEW_BEFORE < held.not_valid_after_utc
    )


def _signed(private: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bailee on this machine")])
    alternatives = x509.SubjectAlternativeName(
        [
            x509.DNSName("localhost"),
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
            x509.IPAddress(ipaddress.ip_address("::1")),
        ]
    )
    use = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    public = private.public_key()
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now - EARLIER + LIFE)
        .add_extension(alternatives, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(use, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
        .sign(private, hashes.SHA256())
    )


def _key_bytes(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),  # the file's mode guards it; a server must start unattended
    )


def _write(path: Path, content: bytes) -> None:
    """Put a file in place whole or not at all, readable by its owner alone from its first byte."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


__all__ = ["CERTIFICATE", "KEY", "LIFE", "check_key_file", "own_certificate"]
