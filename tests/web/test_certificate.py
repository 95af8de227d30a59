"""The loopback certificate of our own, and the guard on keys."""

from __future__ import annotations

import ipaddress
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bailee.errors import NotFound, Refused
from bailee.web.certificate import check_key_file, own_certificate

NOW = datetime(2026, 11, 20, 21, 7, tzinfo=UTC)


def read(folder: Path) -> x509.Certificate:
    """Return the certificate in a folder."""
    return x509.load_pem_x509_certificate((folder / "loopback.crt").read_bytes())


def test_it_names_this_machine_and_no_other(tmp_path: Path) -> None:
    """C3.1: localhost, 127.0.0.1 and ::1; a P-256 key; a server's certificate that signs none."""
    own_certificate(tmp_path, NOW)
    held = read(tmp_path)
    names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    public = held.public_key()

    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert names.get_values_for_type(x509.IPAddress) == [
        ipaddress.ip_address("127.0.0.1"),
        ipaddress.ip_address("::1"),
    ]
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert public.curve.name == "secp256r1"
    assert not held.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert not held.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign


def test_it_lives_397_days_at_most(tmp_path: Path) -> None:
    """CA/Browser Forum SC31: no longer; and it serves at once."""
    own_certificate(tmp_path, NOW)
    held = read(tmp_path)

    assert held.not_valid_after_utc - held.not_valid_before_utc <= timedelta(days=397)
    assert held.not_valid_before_utc <= NOW < held.not_valid_after_utc


def test_its_files_are_the_owners_alone(tmp_path: Path) -> None:
    """C2.5(4): the key's file has mode 0600 in a folder made with 0700; nothing else is left."""
    certificate, key = own_certificate(tmp_path / "tls", NOW)

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert sorted(key.parent.iterdir()) == [certificate, key]
    check_key_file(key)


def test_it_is_kept_while_it_serves(tmp_path: Path) -> None:
    """A second start uses the same files."""
    before = own_certificate(tmp_path, NOW)[0].read_bytes()
    after = own_certificate(tmp_path, NOW + timedelta(days=300))[0].read_bytes()

    assert before == after


@pytest.mark.parametrize("later", [timedelta(days=380), timedelta(days=400), timedelta(days=-1)])
def test_it_is_made_anew_when_its_time_is_over(tmp_path: Path, later: timedelta) -> None:
    """A month before its end, after it, and before its beginning a new one is made."""
    own_certificate(tmp_path, NOW)
    before = read(tmp_path).serial_number
    own_certificate(tmp_path, NOW + later)

    assert read(tmp_path).serial_number != before


@pytest.mark.parametrize("broken", ["other key", "no key", "no certificate", "nonsense"])
def test_files_that_do_not_belong_together_are_replaced(tmp_path: Path, broken: str) -> None:
    """Whatever a death between the two files left is mended at the next start."""
    certificate, key = own_certificate(tmp_path, NOW)
    match broken:
        case "other key":
            key.write_bytes(own_certificate(tmp_path / "other", NOW)[1].read_bytes())
        case "no key":
            key.unlink()
        case "no certificate":
            certificate.unlink()
        case _:
            certificate.write_bytes(b"nonsense")
    own_certificate(tmp_path, NOW)

    private = load_pem_private_key(key.read_bytes(), None)
    assert read(tmp_path).public_key() == private.public_key()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    """C2.5(4): a server does not start with a key that others of the machine can read."""
    _, key = own_certificate(tmp_path, NOW)
    key.chmod(mode)

    with pytest.raises(Refused) as caught:
        check_key_file(key)

    assert caught.value.code == "tls.key_readable"


def test_a_missing_key_is_said_to_be_missing(tmp_path: Path) -> None:
    """A wrong path is told from a wrong mode."""
    with pytest.raises(NotFound):
        check_key_file(tmp_path / "none.key")
