"""The provider signs somebody out behind their back: over HTTP, with real keys (A7; C2.5(6)).

OpenID Connect Back-Channel Logout 1.0, 2.5 and 2.8.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from typer.testing import CliRunner

from bailee.access.sign_out import EVENT
from bailee.cli import app
from bailee.db import HOUSE
from tests.journeys.test_sign_in import with_key
from tests.journeys.test_sign_on_trouble import OURS, settings
from tests.journeys.world import World, code_of, founded
from tests.simulators.provider import TOKEN, Mint, SimulatedProvider, listening, written

ADDRESS = "/v1/sign-on/logout"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedProvider]:
    """Return a provider that says more than one factor was shown."""
    with listening(tmp_path_factory.mktemp("provider")) as made:
        yield made


@pytest.fixture(scope="module")
def house(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    provider: SimulatedProvider,
) -> Iterator[World]:
    """Return a deployment in which esra is linked."""
    folder = tmp_path_factory.mktemp("out")
    made = settings(provider, folder, BAILEE_OIDC_MFA="amr:mfa", BAILEE_MFA="all")
    with founded("sqlite", folder / "home", request, **made) as world:
        world.line("bram").link_person(world.ids["esra"], subject="sub-esra")
        yield world


def signed_in(world: World, provider: SimulatedProvider, sid: str) -> str:
    """Sign esra in at the provider, in a session of hers there; return the token."""
    away = world.line().begin_sign_on()
    asked = {name: one for name, (one,) in parse_qs(urlsplit(away.address).query).items()}
    claims = provider.claims(
        world.now(), "sub-esra", aud=OURS, nonce=asked["nonce"], sid=sid, amr=["pwd", "mfa"]
    )
    token = provider.token(claims, typ="JWT")
    provider.answers[TOKEN] = (200, written({"id_token": token, "access_token": "x"}))
    back = world.line().finish_sign_on(asked["state"], away.browser, code="c1")
    assert back.session is not None
    return back.session.token


def logout(world: World, provider: Mint, **changed: object) -> str:
    """Return a good token of a sign-out."""
    events: dict[str, object] = {"aud": OURS, "events": {EVENT: {}}, "client_id": None}
    return provider.token(
        provider.claims(world.now(), "sub-esra", **(events | changed)), typ="logout+jwt"
    )


def post(
    world: World, body: bytes | dict[str, str], media: str = FORM, **headers: str
) -> httpx2.Response:
    """Send what a provider sends."""
    content = body if isinstance(body, bytes) else str(httpx2.QueryParams(body)).encode()
    with httpx2.Client(base_url="http://localhost", transport=world.transport()) as http:
        return http.post(ADDRESS, content=content, headers={"Content-Type": media} | headers)


def test_a_sign_out_there_is_one_here(
    house: World, provider: SimulatedProvider, tmp_path: Path
) -> None:
    """ASVS 7.4.1, 7.6.1: the sessions are over at once, and the house's log says that it was told.

    The same token again is a 400, and so is everything that is not quite such a token.
    """
    laptop, phone = (signed_in(house, provider, sid) for sid in ("sid-laptop", "sid-phone"))
    token = logout(house, provider, sid="sid-laptop")
    answer = post(house, {"logout_token": token, "state": "of the provider's own"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["cache-control"] == "no-store"
    assert code_of(with_key(house, laptop).list_sessions) == "credential.revoked"
    assert code_of(with_key(house, phone).list_sessions) == "done"
    again = post(house, {"logout_token": token})
    assert again.status_code == 400
    assert again.json() == {"error": "invalid_request", "error_description": "sign_out.used"}
    assert post(house, {"logout_token": logout(house, provider)}).status_code == 200
    assert code_of(with_key(house, phone).list_sessions) == "credential.revoked"
    log = house.entries(tmp_path, HOUSE)
    ended = [one for one in log if one["action"] == "access:sign-out:taken-up"]
    assert [one["detail"] for one in ended] == [{"sessions": 1}, {"sessions": 1}]
    kept = [token, laptop, phone, "sid-laptop", "sid-phone", "sub-esra"]
    assert [one for one in kept if one in json.dumps(log)] == []
    for path in house.settings.home.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert [one for one in kept if one.encode() in held] == []


def test_what_is_no_sign_out_ends_nothing(house: World, provider: SimulatedProvider) -> None:
    """Forged, for others, of sign-ins, twice in one form, in JSON, giant, empty, or by a query."""
    session = signed_in(house, provider, "sid-tablet")
    forged = Mint(provider.issuer)
    good = logout(house, provider)
    sent = [
        post(house, {"logout_token": logout(house, forged)}),
        post(house, {"logout_token": logout(house, provider, aud="another")}),
        post(house, {"logout_token": logout(house, provider, nonce="n")}),
        post(house, {"logout_token": logout(house, provider, sub="sub-nobody", sid="sid-tablet")}),
        post(house, {"logout_token": ""}),
        post(house, {"token": good}),
        post(house, f"logout_token={good}&logout_token={good}".encode()),
        post(house, written({"logout_token": good}), "application/json"),
        post(house, {"logout_token": "x" * 20_000}),
        post(house, b"logout_token=%ff%fe"),
        post(house, b""),
    ]
    statuses = [one.status_code for one in sent]
    assert statuses == [400, 400, 400, 200, 422, 422, 422, 415, 413, 422, 422]
    with httpx2.Client(base_url="http://localhost", transport=house.transport()) as http:
        assert http.post(f"{ADDRESS}?logout_token={good}").status_code == 422
        assert http.get(ADDRESS).status_code == 405
    assert code_of(with_key(house, session).list_sessions) == "done"
    assert all("x" * 50 not in one.text for one in sent)


def test_a_key_that_the_provider_does_not_have(
    house: World, provider: SimulatedProvider, tmp_path: Path
) -> None:
    """2.8: a failure like any other, on record (C2.5(5)); nothing ended."""
    session = signed_in(house, provider, "sid-watch")
    forged = Mint(provider.issuer)
    forged.keys = {"ec-9": forged.keys["ec-1"]}
    claims = provider.claims(house.now(), "sub-esra", aud=OURS, events={EVENT: {}})
    token = forged.token(claims, kid="ec-9", typ="logout+jwt")
    house.shift += timedelta(minutes=1)  # a flood is counted by the second
    answer = post(house, {"logout_token": token})
    assert (answer.status_code, answer.json()["error_description"]) == (400, "sign_out.key")
    log = house.entries(tmp_path, HOUSE)
    refused = [one for one in log if one["action"] == "access:credential:refused"]
    assert refused[-1]["detail"] == {"code": "sign_out.key"}
    assert code_of(with_key(house, session).list_sessions) == "done"


def test_where_nobody_signs_in_nobody_signs_out(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """A house without a provider hears none, and its address says so without a word more."""
    with founded("sqlite", tmp_path / "home", request) as world:
        answer = post(world, {"logout_token": "a.b.c"})
        assert (answer.status_code, answer.json()["error_description"]) == (400, "sign_on.none")


def test_the_operator_is_told_the_address(
    provider: SimulatedProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``bailee oidc show`` says what to register there as the address of sign-outs."""
    for name, text in settings(provider, tmp_path).items():
        monkeypatch.setenv(name, text)
    shown = CliRunner().invoke(app, ["oidc", "show"])
    assert "https://bailee.example/v1/sign-on/logout" in shown.output
