"""Hands one message to a mail server, under TLS or not at all (RFC 5321, RFC 3207, RFC 8314; C3.1).

The server's word is the proof: 250 to the end of the message means that it took the duty to
deliver it or to say that it could not (RFC 5321, 4.2.5). That somebody read it is another matter.

Opportunistic TLS is no TLS: whoever sits on the line strikes STARTTLS out of the greeting. So a
server without it gets nothing, not even the name of the sender.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bailee.errors import Invalid, Unavailable

SECONDS = 20.0
"""For each answer of the server."""
STARTTLS, IMPLICIT = "smtp", "smtps"
PORTS = {STARTTLS: 587, IMPLICIT: 465}
TAKEN, RECIPIENT = 250, (250, 251)
_ADDRESS = re.compile(r"[^\s<>\x00-\x1f\x7f]{1,64}@[^\s<>\x00-\x1f\x7f]{1,255}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Relay:
    """A mail server that takes our messages."""

    scheme: str
    host: str
    port: int
    sender: str
    user: str = ""
    password_file: str = ""
    ca_file: str = ""


def read_relay(address: str, *, sender: str, password_file: str = "", ca_file: str = "") -> Relay:
    """Return the relay at an address like ``smtp://NAME@HOST:587``.

    Raises:
        Invalid: ``settings.smtp``.
    """
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        parts, port = urlsplit(""), 0
    if (
        parts.scheme not in PORTS
        or not parts.hostname
        or parts.password
        or parts.path.strip("/")
        or not _ADDRESS.fullmatch(sender)
        or bool(parts.username) != bool(password_file)
    ):
        raise Invalid(
            "settings.smtp",
            "BAILEE_SMTP names no mail server that notices can go by.",
            do="Give smtp://NAME@HOST:587 or smtps://HOST:465, the password in "
            "BAILEE_SMTP_PASSWORD_FILE, and the sender in BAILEE_SMTP_FROM.",
        )
    user = unquote(parts.username or "")
    return Relay(parts.scheme, parts.hostname, port, sender, user, password_file, ca_file)


def send(relay: Relay, to: str, message: bytes) -> str:
    """Hand a message to the relay; return what it answered, printable ASCII.

    Raises:
        Unavailable: ``mail.unreachable``, ``mail.no_tls``, ``mail.certificate``, ``mail.login``,
            ``mail.deferred`` (4xx), ``mail.refused`` (5xx). It may have been delivered all the same
            when the line broke after the message; then it goes out again under its Message-ID.
    """
    with contextlib.ExitStack() as stack:
        try:
            line = _line(relay)
            stack.callback(_leave, line)
            _login(line, relay)
            _expect(line.mail(relay.sender), (TAKEN,))
            _expect(line.rcpt(to), RECIPIENT)
            return _expect(line.data(message), (TAKEN,))
        except ssl.SSLError:
            raise _failed("mail.certificate", "The mail server is not who it should be.") from None
        except (OSError, smtplib.SMTPException):
            raise _failed("mail.unreachable", "The mail server did not take it.") from None


def _line(relay: Relay) -> smtplib.SMTP:
    """Return a line to the relay on which everything after the greeting is under TLS."""
    context = ssl.create_default_context(cafile=relay.ca_file or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if relay.scheme == IMPLICIT:
        secure = smtplib.SMTP_SSL(relay.host, relay.port, timeout=SECONDS, context=context)
        secure.ehlo_or_helo_if_needed()
        return secure
    line = smtplib.SMTP(relay.host, relay.port, timeout=SECONDS)
    try:
        line.ehlo_or_helo_if_needed()
        _demand_starttls(line)
        line.starttls(context=context)
        line.ehlo()
    except BaseException:
        line.close()
        raise
    return line


def _demand_starttls(line: smtplib.SMTP) -> None:
    if not line.has_extn("starttls"):
        raise _failed("mail.no_tls", "The mail server offers no STARTTLS.")


def _login(line: smtplib.SMTP, relay: Relay) -> None:
    if not relay.user:
        return
    try:
        password = Path(relay.password_file).read_text("utf-8").rstrip("\r\n")
        line.login(relay.user, password)
    except (OSError, ValueError, smtplib.SMTPException):
        raise _failed("mail.login", "The mail server does not let us in.") from None


def _expect(answer: tuple[int, bytes], codes: tuple[int, ...]) -> str:
    code, said = answer
    if code in codes:
        return re.sub(r"[^\x20-\x7e]", "?", said.decode("latin-1"))
    late = 400 <= code < 500
    raise _failed(
        "mail.deferred" if late else "mail.refused",
        "The mail server refused it for now." if late else "The mail server refused it.",
    )


def _leave(line: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError, smtplib.SMTPException):
        line.quit()


def _failed(code: str, says: str) -> Unavailable:
    return Unavailable(code, says, do="It is tried again; look at BAILEE_SMTP and at the server.")
