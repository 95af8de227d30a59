"""For which addresses passkeys are made (Web Authentication Level 3, 5.1.2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bailee.app.passkey_site import Site
from bailee.app.settings import read_settings
from bailee.errors import Invalid


def site(tmp_path: Path, **environment: str) -> Site:
    """Return the site of a deployment with settings."""
    named = {f"BAILEE_{name.upper()}": text for name, text in environment.items()}
    return Site(read_settings(named, tmp_path))


def found(made: Site) -> tuple[str, tuple[str, ...]] | None:
    """Return domain and origins of a site."""
    relying = made.relying()
    return (relying.domain, relying.origins) if relying else None


@pytest.mark.parametrize(
    ("served", "expected"),
    [
        ("http://127.0.0.1:8443", ("localhost", ("http://localhost:8443",))),
        ("https://127.0.0.1:8443", ("localhost", ("https://localhost:8443",))),
        ("https://[::1]:443", ("localhost", ("https://localhost",))),
        ("http://localhost:80", ("localhost", ("http://localhost",))),
        ("https://bailee.example:8443", ("bailee.example", ("https://bailee.example:8443",))),
        ("https://192.0.2.7:8443", None),
        ("https://[2001:db8::1]:8443", None),
        ("https://0.0.0.0:8443", None),
        ("http://bailee.example:8080", None),
        ("https://2130706433", None),
        ("https://0x7f.1", None),
        ("https://bailee_internal.example", None),
        ("ftp://bailee.example", None),
        ("https://bailee.example:port", None),
        ("", None),
    ],
)
def test_the_served_address(
    tmp_path: Path, served: str, expected: tuple[str, tuple[str, ...]] | None
) -> None:
    """Without settings the address served counts: a name with TLS, or localhost; never a number."""
    made = site(tmp_path)
    assert found(made) is None
    made.serve_at(served)
    assert found(made) == expected


def test_the_public_address_wins(tmp_path: Path) -> None:
    """Behind a proxy the address that callers use counts, not the one that is listened on."""
    made = site(tmp_path, public_url="https://bailee.example/")
    made.serve_at("http://127.0.0.1:8080")
    assert found(made) == ("bailee.example", ("https://bailee.example",))


def test_a_domain_and_its_pages(tmp_path: Path) -> None:
    """A domain above the address, and several pages below it, are for the operator to say."""
    made = site(
        tmp_path,
        passkey_domain="example.com",
        passkey_origins="https://bailee.example.com, https://console.example.com:8443",
        public_url="https://bailee.example.com",
    )
    pages = ("https://bailee.example.com", "https://console.example.com:8443")
    assert found(made) == ("example.com", pages)
    assert found(site(tmp_path, passkey_domain="b.example")) == (
        "b.example",
        ("https://b.example",),
    )


@pytest.mark.parametrize(
    ("domain", "origins", "code"),
    [
        ("192.0.2.7", "", "settings.passkey_domain"),
        ("2001:db8::1", "", "settings.passkey_domain"),
        ("https://bailee.example", "", "settings.passkey_domain"),
        ("Bailee.Example", "", "settings.passkey_domain"),
        ("bailee.example:8443", "", "settings.passkey_domain"),
        ("bailee..example", "", "settings.passkey_domain"),
        ("", "https://bailee.example", "settings.passkey_domain"),
        ("bailee.example", "https://evil.example", "settings.passkey_origins"),
        ("bailee.example", "https://evilbailee.example", "settings.passkey_origins"),
        ("bailee.example", "http://bailee.example", "settings.passkey_origins"),
        ("bailee.example", "https://bailee.example,", "settings.passkey_origins"),
        ("bailee.example", "https://ada:secret@bailee.example", "settings.passkey_origins"),
        ("bailee.example", "bailee.example", "settings.passkey_origins"),
    ],
)
def test_a_wrong_setting_serves_nothing(
    tmp_path: Path, domain: str, origins: str, code: str
) -> None:
    """What no browser would take, or would give another page, is refused before the start."""
    with pytest.raises(Invalid) as caught:
        site(tmp_path, passkey_domain=domain, passkey_origins=origins)
    assert caught.value.code == code
