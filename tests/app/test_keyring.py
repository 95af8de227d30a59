"""The provider's keys are fetched behind everybody's back, and nobody hangs on the provider."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from bailee.app.issuer import read_issuer
from bailee.app.keyring import MOST_BYTES, Keyring, Pace, fetcher
from bailee.app.settings import read_settings
from bailee.errors import Invalid, Unavailable
from bailee.gateways.errand import LostError
from tests.simulators.hours import Hours
from tests.simulators.provider import DISCOVERY, KEYS, SimulatedProvider, listening, written

PACE = Pace(fresh=1000, retry=1000, pause=0, wait=2.0, keep=3600)
"""Fetches only when somebody looks for a key, and then at once."""


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedProvider]:
    """Return a provider behind TLS."""
    with listening(tmp_path_factory.mktemp("provider")) as made:
        yield made


@pytest.fixture
def provider(listener: SimulatedProvider) -> SimulatedProvider:
    """Return the provider, asked nothing yet and well."""
    listener.speak.set()
    listener.answers.clear()
    listener.asked.clear()
    return listener


@pytest.fixture
def rings() -> Iterator[list[Keyring]]:
    """Return a list whose rings are closed in the end."""
    made: list[Keyring] = []
    yield made
    for one in made:
        one.close()


@pytest.fixture
def ring(provider: SimulatedProvider, rings: list[Keyring]) -> Callable[..., Keyring]:
    """Return a maker of rings for the provider."""

    def make(pace: Pace = PACE, hours: Hours | None = None, ca: str = "") -> Keyring:
        fetch = fetcher(ca or provider.ca_file)
        ticks = hours.ticks if hours else time.monotonic
        rings.append(Keyring(provider.issuer, fetch, pace=pace, ticks=ticks))
        return rings[-1]

    return make


Make = Callable[..., Keyring]


def code(find: Callable[[], object]) -> str:
    """Return how a search for a key ended: 'key', 'none', or the failure's code."""
    try:
        return "none" if find() is None else "key"
    except Unavailable as failure:
        return failure.code


def test_keys_come_over_tls_by_discovery(provider: SimulatedProvider, ring: Make) -> None:
    """The provider says where its keys are; a key is for its own algorithms; the rest is none."""
    keys = ring()
    assert code(lambda: keys.find("ec-1", "ES256")) == "key"
    assert keys.well
    assert provider.asked == [DISCOVERY, KEYS]
    assert code(lambda: keys.find("ec-1", "RS256")) == "none"
    assert code(lambda: keys.find("ec-1", "EdDSA")) == "none"


def test_whoever_is_not_vouched_for_is_no_provider(provider: SimulatedProvider, ring: Make) -> None:
    """C3.1: without a certificate that is trusted nothing is asked, and nothing is let in."""
    keys = Keyring(provider.issuer, fetcher(""), pace=PACE)
    assert code(lambda: keys.find("ec-1", "ES256")) == "oidc.unavailable"
    keys.close()
    assert provider.asked == []
    clear = fetcher("")
    for url in (provider.issuer.replace("https", "http"), "file:///etc/passwd", "https://", "x"):
        with pytest.raises(LostError):
            clear(url)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        (DISCOVERY, (200, b"<html>")),
        (DISCOVERY, (200, b"[]")),
        (DISCOVERY, (404, b"{}")),
        (DISCOVERY, (302, b"{}")),
        (DISCOVERY, (200, written({"issuer": "https://evil.example", "jwks_uri": "https://e/k"}))),
        (DISCOVERY, (200, b'{"issuer":"a","issuer":"b"}')),
        (DISCOVERY, (200, b"[" * 100_000)),
        (DISCOVERY, (200, b" " * (MOST_BYTES + 1))),
        (KEYS, (200, b"{}")),
        (KEYS, (200, b'{"keys":[]}')),
        (KEYS, (200, b'{"keys":[{"kty":"oct","kid":"ec-1","k":"AAAA"}]}')),
        (KEYS, (500, b'{"keys":[]}')),
        (KEYS, (200, b"\xff")),
    ],
)
def test_garbage_changes_nothing(
    path: str, answer: tuple[int, bytes], provider: SimulatedProvider, ring: Make
) -> None:
    """An answer that cannot be believed is a failure: known keys stay, none are added."""
    fresh, known = ring(), ring()
    assert code(lambda: known.find("ec-1", "ES256")) == "key"
    provider.answers[path] = answer

    assert code(lambda: fresh.find("ec-1", "ES256")) == "oidc.unavailable"
    assert code(lambda: known.find("new", "ES256")) == "oidc.unavailable"
    assert code(lambda: known.find("ec-1", "ES256")) == "key"
    provider.answers.clear()
    assert code(lambda: fresh.find("ec-1", "ES256")) == "key"
    assert code(lambda: known.find("new", "ES256")) == "none"


def test_keys_are_fetched_from_tls_alone(provider: SimulatedProvider, ring: Make) -> None:
    """A discovery that points elsewhere than to https is refused."""
    place = {"issuer": provider.issuer, "jwks_uri": provider.issuer.replace("https", "http")}
    provider.answers[DISCOVERY] = (200, written(place))
    assert code(lambda: ring().find("ec-1", "ES256")) == "oidc.unavailable"
    assert provider.asked == [DISCOVERY]


def test_a_new_key_is_found_when_it_is_first_used(provider: SimulatedProvider, ring: Make) -> None:
    """Rotation needs no restart; a key that the provider took back is gone with the next fetch."""
    keys = ring()
    assert code(lambda: keys.find("ec-1", "ES256")) == "key"
    old = provider.keys.pop("ec-1")
    provider.add("ed-2", ed25519.Ed25519PrivateKey.generate())
    try:
        assert code(lambda: keys.find("ed-2", "EdDSA")) == "key"
        assert code(lambda: keys.find("ec-1", "ES256")) == "none"
    finally:
        del provider.keys["ed-2"]
        provider.keys["ec-1"] = old


def test_a_flood_of_unknown_keys_is_one_request(provider: SimulatedProvider, ring: Make) -> None:
    """However many ids are invented, the provider is asked once in the pause."""
    hours = Hours()
    keys = ring(replace(PACE, pause=10), hours)
    assert code(lambda: keys.find("ec-1", "ES256")) == "key"
    begun = time.monotonic()
    for number in range(2000):
        assert code(lambda number=number: keys.find(f"invented-{number}", "ES256")) == "none"  # type: ignore[misc]
    assert len(provider.asked) == 2
    hours.pass_by(11)
    for number in range(100):
        assert code(lambda number=number: keys.find(f"again-{number}", "ES256")) == "none"  # type: ignore[misc]
    assert len(provider.asked) == 4
    assert time.monotonic() - begun < 2


def test_a_provider_that_hangs_holds_one_caller_for_its_limit(
    provider: SimulatedProvider, ring: Make
) -> None:
    """Known keys cost no time; for an unknown one a single caller waits, and the others do not."""
    keys = ring(replace(PACE, wait=0.3))
    assert code(lambda: keys.find("ec-1", "ES256")) == "key"
    provider.speak.clear()
    spent: list[float] = []

    def ask() -> None:
        begun = time.monotonic()
        assert code(lambda: keys.find("new", "ES256")) in {"none", "oidc.unavailable"}
        spent.append(time.monotonic() - begun)

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for one in threads:
        one.start()
    begun = time.monotonic()
    for _ in range(100):
        assert code(lambda: keys.find("ec-1", "ES256")) == "key"
    assert time.monotonic() - begun < 0.3
    for one in threads:
        one.join()
    assert len([one for one in spent if one > 0.25]) == 1
    assert max(spent) < 2
    provider.speak.set()


def test_last_good_keys_count_for_an_hour(provider: SimulatedProvider, ring: Make) -> None:
    """While the provider is down they verify on; after an hour nothing is verified any more."""
    hours = Hours()
    keys = ring(PACE, hours)
    assert code(lambda: keys.find("ec-1", "ES256")) == "key"
    provider.answers[DISCOVERY] = (503, b"")
    hours.pass_by(3599)
    assert code(lambda: keys.find("ec-1", "ES256")) == "key"
    hours.pass_by(2)
    assert code(lambda: keys.find("ec-1", "ES256")) == "oidc.unavailable"
    assert not keys.well
    provider.answers.clear()
    assert code(lambda: keys.find("ec-1", "ES256")) == "key"


def test_keys_are_refreshed_without_anybody_asking(provider: SimulatedProvider, ring: Make) -> None:
    """A key that was taken back is gone after the next fetch, used or not."""
    keys = ring(replace(PACE, fresh=0.02))
    keys.start()
    deadline = time.monotonic() + 5
    while len(provider.asked) < 6 and time.monotonic() < deadline:
        time.sleep(0.01)
    keys.close()
    assert len(provider.asked) >= 6


def test_a_failure_is_told_once_and_in_no_words(
    provider: SimulatedProvider, ring: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says that the provider fails, not what it answered, and not at every try."""
    provider.answers[KEYS] = (200, b'{"keys":"canary"}')
    keys = ring()
    with caplog.at_level(logging.DEBUG, "bailee"):
        for _ in range(3):
            assert code(lambda: keys.find("ec-1", "ES256")) == "oidc.unavailable"
    assert [one.getMessage() for one in caplog.records] == ["identity provider: FlawError"]


GOOD = {
    "BAILEE_OIDC_ISSUER": "https://login.example/tenant",
    "BAILEE_OIDC_AUDIENCE": "https://bailee.example/",
    "BAILEE_PUBLIC_URL": "https://bailee.example",
}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ""),
        ({"BAILEE_OIDC_CLAIM": "oid"}, ""),
        ({"BAILEE_OIDC_BINDING": "client", "BAILEE_PUBLIC_URL": ""}, ""),
        ({"BAILEE_OIDC_ISSUER": "http://login.example"}, "settings.oidc_issuer"),
        ({"BAILEE_OIDC_ISSUER": "https://login.example/?t=1"}, "settings.oidc_issuer"),
        ({"BAILEE_OIDC_ISSUER": "https://u:p@login.example"}, "settings.oidc_issuer"),
        ({"BAILEE_OIDC_ISSUER": "https://login.example:port"}, "settings.oidc_issuer"),
        ({"BAILEE_OIDC_AUDIENCE": ""}, "settings.oidc_audience"),
        ({"BAILEE_OIDC_CLAIM": "email"}, "settings.oidc_claim"),
        ({"BAILEE_OIDC_CLAIM": "preferred_username"}, "settings.oidc_claim"),
        ({"BAILEE_OIDC_CLAIM": ""}, "settings.oidc_claim"),
        ({"BAILEE_OIDC_BINDING": "none"}, "settings.oidc_binding"),
        ({"BAILEE_PUBLIC_URL": ""}, "settings.public_url"),
        ({"BAILEE_PUBLIC_URL": "bailee.example"}, "settings.public_url"),
    ],
)
def test_settings_are_checked_before_anything_is_served(
    changed: dict[str, str], expected: str, tmp_path: Path
) -> None:
    """No audience, a claim that can be given to somebody else, or clear HTTP is no setting."""
    settings = read_settings(GOOD | changed, tmp_path)
    if not expected:
        assert read_issuer(settings) is not None
        return
    with pytest.raises(Invalid) as refused:
        read_issuer(settings)
    assert refused.value.code == expected


def test_without_an_issuer_there_is_none(tmp_path: Path) -> None:
    """A house need not have an identity provider."""
    assert read_issuer(read_settings({}, tmp_path)) is None
