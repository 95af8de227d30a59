"""What the server calls because somebody named it by the API is on a list (ASVS 1.3.6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bailee.app.procedures import check_hook
from bailee.errors import Failure, Refused
from bailee.keys.reach import Reach

BAO = "openbao:https://bao.acme.example:8200/transit/acme?token-file=token"
ARN = "awskms:arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0000-4000-8000-123456789abc"
CHINA = "awskms:arn:aws-cn:kms:cn-north-1:111122223333:alias/acme"


def said(address: str, *hosts: str) -> str:
    """Return how an address is taken where these hosts are listed."""
    try:
        return Reach(Path("/held"), frozenset(hosts)).place(address).address
    except Failure as failure:
        told = f"{failure.says} {failure.do}"
        return failure.code if address not in told else "told"


@pytest.mark.parametrize(
    ("address", "host"),
    [
        (BAO, "bao.acme.example:8200"),
        (BAO, "BAO.acme.example:8200"),
        (BAO.replace(":8200", ""), "bao.acme.example"),
        (BAO.replace(":8200", ":443"), "bao.acme.example"),
        (BAO.replace(":8200", ""), "bao.acme.example:443"),
        (BAO.replace("bao.acme.example", "[2001:db8::7]"), "[2001:db8::7]:8200"),
        (ARN, "kms.eu-central-1.amazonaws.com"),
        (CHINA, "kms.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_a_root_of_a_listed_host_is_taken(address: str, host: str) -> None:
    """ASVS 1.3.6: host and port as they are listed; nothing where nothing is listed."""
    assert said(address, "other.example", host) == address.partition("?")[0]
    assert said(address, "other.example") == "root.host"
    assert said(address) == "root.host"


@pytest.mark.parametrize(
    ("part", "instead", "code"),
    [
        ("bao.acme.example", "bao.acme.example.evil.example", "root.host"),
        ("bao.acme.example", "evil.example#bao.acme.example", "root.address"),
        ("bao.acme.example", "bao.acme.example@evil.example", "root.address"),
        ("bao.acme.example", "bao.acme.example.", "root.host"),
        ("bao.acme.example", "169.254.169.254", "root.host"),
        (":8200", ":8201", "root.host"),
        (":8200", "", "root.host"),
        ("https:", "http:", "root.address"),
        ("openbao:https:", "openbao:file:", "root.address"),
        ("/transit/", "/transit/../", "root.address"),
        ("/transit/", "/%2e%2e/transit/", "root.address"),
        ("/transit/acme", "/transit/acme%3Fx", "root.address"),
        ("/transit/acme", "/transit/ac me", "root.address"),
        ("/transit/acme", "/transit/acme\r\nX: y", "root.address"),
        ("token-file=token", "token-file=/etc/hostname", "root.address"),
        ("token-file=token", "token-file=token&redirect=x", "root.address"),
    ],
)
def test_nothing_of_an_address_is_taken_on_trust(part: str, instead: str, code: str) -> None:
    """ASVS 1.3.6: another host, port, scheme or path, and what would change what they mean."""
    assert part in BAO
    assert said(BAO.replace(part, instead), "bao.acme.example:8200") == code


@pytest.mark.parametrize(
    "address",
    [
        ARN.replace("eu-central-1", "eu-central-1.evil.example/"),
        ARN.replace("eu-central-1", "evil"),
        ARN.replace(":kms:", ":s3:"),
        ARN.replace("111122223333", "1"),
        "awskms:alias/ours",
        ARN + "?endpoint=https://evil.example",
    ],
)
def test_an_arn_is_one_whole_arn(address: str) -> None:
    """The region makes the host that is called: what is no region makes none (ASVS 1.3.6)."""
    assert said(address, "kms.eu-central-1.amazonaws.com", "kms.evil.amazonaws.com") == (
        "root.address"
    )


def test_a_contact_is_called_where_it_is_listed() -> None:
    """ASVS 1.3.6: the same for messages that are posted: host and port, and 443 unsaid."""
    listed = {"hooks.acme.example", "hooks.acme.example:8443"}
    for good in ("", ":443", ":8443"):
        check_hook(f"https://hooks.acme.example{good}/in", listed)
    for wrong in ("hooks.acme.example:22", "evil.example", "hooks.acme.example.evil.example"):
        with pytest.raises(Refused):
            check_hook(f"https://{wrong}/in", listed)
