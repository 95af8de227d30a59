"""The way to a mail server: TLS or nothing, the server's word as receipt (RFC 3207; C3.1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bailee.errors import Invalid, Unavailable
from bailee.gateways.mail import Relay, read_relay, send
from tests.mailbox import PASSWORD, USER, certificate, mailbox

MESSAGE = b"Subject: a notice\r\n\r\nText.\r\n"


def relay(port: int, folder: Path, ca_file: str, **changed: str) -> Relay:
    """Return a relay on this machine, let in by its password."""
    secret = folder / "password"
    secret.write_text(changed.get("password", PASSWORD) + "\n", "utf-8")
    return read_relay(
        f"smtp://{USER}@localhost:{port}",
        sender="notices@harborline.example",
        password_file=str(secret),
        ca_file=ca_file,
    )


def test_a_message_is_handed_over_under_tls(tmp_path: Path) -> None:
    """The server has the message as it was given, and its 250 is the receipt."""
    with mailbox(tmp_path) as box:
        said = send(relay(box.port, tmp_path, box.ca_file), "clara@acme.example", MESSAGE)

    assert said == "2.0.0 queued as 1"
    assert box.messages == [("clara@acme.example", MESSAGE)]


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        ("no tls", "mail.no_tls"),
        ("strange certificate", "mail.certificate"),
        ("wrong password", "mail.login"),
        ("deferred", "mail.deferred"),
        ("refused", "mail.refused"),
        ("down", "mail.unreachable"),
    ],
)
def test_what_goes_wrong_has_a_code_and_hands_nothing_over(
    tmp_path: Path, trouble: str, code: str
) -> None:
    """A server that is down, refuses, lets nobody in, or is not under TLS gets no message."""
    (tmp_path / "other").mkdir()
    other, _ = certificate(tmp_path / "other")
    with mailbox(tmp_path, tls=trouble != "no tls") as box:
        box.refuse = {"deferred": "451 later", "refused": "554 never"}.get(trouble, "")
        ca_file = str(other) if trouble == "strange certificate" else box.ca_file
        password = "no" if trouble == "wrong password" else PASSWORD
        port = 9 if trouble == "down" else box.port
        to = relay(port, tmp_path, ca_file or str(other), password=password)
        with pytest.raises(Unavailable) as caught:
            send(to, "clara@acme.example", MESSAGE)

    assert caught.value.code == code
    assert box.messages == []


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost", "smtp://", "smtp://name:secret@localhost:587", "smtp://localhost:99999",
        "smtp://name@localhost", "smtp://localhost/path",
    ],
)  # fmt: skip
def test_an_address_that_is_no_relay_is_refused(address: str) -> None:
    """Another scheme, a password in the address, a name without a password: none is a relay."""
    with pytest.raises(Invalid) as caught:
        read_relay(address, sender="notices@harborline.example")

    assert caught.value.code == "settings.smtp"
