"""A mail server (aiosmtpd) that demands TLS as real ones do, and keeps what it takes."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "notices", "a password of the relay"


@dataclass
class Mailbox:
    """What arrived, and how the server behaves."""

    port: int = 0
    ca_file: str = ""
    messages: list[tuple[str, bytes]] = field(default_factory=list)
    """Recipient and message, in the order of arrival."""
    refuse: str = ""
    """What it answers to a message in the place of 250."""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a message, or refuse it."""
        if self.refuse:
            return self.refuse
        self.messages += [(to, envelope.content) for to in envelope.rcpt_tos]
        return f"250 2.0.0 queued as {len(self.messages)}"


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for localhost that vouches for itself; return it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)  # noqa: TID251 - the machine's: TLS compares with it
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    where, secret = folder / "mail.pem", folder / "mail.key"
    where.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return where, secret


@contextmanager
def mailbox(folder: Path, *, tls: bool = True, port: int = 0) -> Iterator[Mailbox]:
    """Run a server on the loopback interface; without TLS nothing may be given to it."""
    box, more = Mailbox(), dict[str, Any]()
    if tls:
        where, secret = (
            certificate(folder) if not port else (folder / "mail.pem", folder / "mail.key")
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(where, secret)
        more = {
            "tls_context": context,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": _let_in,
        }
        box.ca_file = str(where)
    running = Controller(box, hostname="127.0.0.1", port=port or _free(), **more)
    running.start()
    box.port = running.port
    try:
        yield box
    finally:
        running.stop()


def _free() -> int:
    import socket  # noqa: PLC0415 - asked once

    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def _let_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    fits = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(), PASSWORD.encode(),
    )  # fmt: skip
    return AuthResult(success=fits)
