"""A provider that is away, slow, or lies: typed, recorded, and passwords go on (A7, C2.5(5))."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.testing import CliRunner

from bailee.cli import app
from bailee.client.sign_on_answers import Away
from bailee.db import HOUSE
from tests.journeys.test_sign_in import GOOD, MAIL
from tests.journeys.test_single_sign_on import refused
from tests.journeys.world import World, code_of, founded
from tests.simulators.provider import DISCOVERY, KEYS, TOKEN, SimulatedProvider, listening, written

ENGINES = ("sqlite", "postgresql")
OURS = "bailee-client"


def settings(provider: SimulatedProvider, folder: Path, **more: str) -> dict[str, str]:
    """Return the settings of a house whose people sign in at the provider."""
    secret = folder / "secret"
    secret.write_text("a secret\n")
    return {
        "BAILEE_OIDC_ISSUER": provider.issuer,
        "BAILEE_OIDC_CA_FILE": provider.ca_file,
        "BAILEE_OIDC_CLIENT_ID": OURS,
        "BAILEE_OIDC_CLIENT_SECRET_FILE": str(secret),
        "BAILEE_PUBLIC_URL": "https://bailee.example",
    } | more


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedProvider]:
    """Return a provider that does what a test says."""
    with listening(tmp_path_factory.mktemp("provider")) as made:
        yield made


@pytest.fixture(scope="module", params=ENGINES)
def house(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    provider: SimulatedProvider,
) -> Iterator[World]:
    """Return a deployment in which esra is linked, and has a password too."""
    folder = tmp_path_factory.mktemp("trouble")
    with founded(request.param, folder / "home", request, **settings(provider, folder)) as world:
        world.line("bram").link_person(world.ids["esra"], subject="sub-esra")
        secret = world.line("bram").renew_invitation(world.ids["esra"]).secret
        world.line().set_password(secret, GOOD)
        yield world


@pytest.fixture(autouse=True)
def well(provider: SimulatedProvider) -> None:
    """Let the provider be well before each test."""
    provider.speak.set()
    provider.answers.clear()


def good(world: World, provider: SimulatedProvider, away: Away, **changed: object) -> None:
    """Let the provider answer the next code with a token for a flow."""
    nonce = parse_qs(urlsplit(away.address).query)["nonce"][0]
    claims = provider.claims(world.now(), "sub-esra", **({"aud": OURS, "nonce": nonce} | changed))
    token = provider.token(claims, typ="JWT")
    provider.answers[TOKEN] = (200, written({"id_token": token, "access_token": "x"}))


def finish(world: World, away: Away) -> str:
    """Bring a code back; return how it ended."""
    state = parse_qs(urlsplit(away.address).query)["state"][0]
    return code_of(lambda: world.line().finish_sign_on(state, away.browser, code="c1"))


def test_each_failure_is_typed_recorded_and_can_be_tried_again(
    house: World, provider: SimulatedProvider, tmp_path: Path
) -> None:
    """Down, mute, garbled, lying: the house's log says which; the next try is let in."""
    before = len(house.entries(tmp_path, HOUSE))
    failures = {
        "500": (500, b""),
        "404": (404, b""),
        "garbled": (200, b"\xff\xfe"),
        "giant": (200, b"[" * 300_000),
        "refused": (400, b'{"error":"invalid_client"}'),
    }
    codes = []
    for answer in failures.values():
        away = house.line().begin_sign_on()
        provider.answers[TOKEN] = answer
        codes.append(finish(house, away))
        assert finish(house, away) == "sign_in.refused"  # it was spent
    away = house.line().begin_sign_on()
    good(house, provider, away, aud="another-client")
    codes.append(finish(house, away))
    away = house.line().begin_sign_on()
    other = house.line().begin_sign_on()
    good(house, provider, other)
    codes.append(finish(house, away))  # nonce replay: another flow's token
    assert (
        codes
        == ["oidc.unavailable", *["oidc.untrusted"] * 2, "oidc.unavailable"]
        + ["oidc.untrusted"] * 3
    )
    why = [one for code, one in refused(house, tmp_path, before) if code == "oidc.untrusted"]
    assert why == ["answer", "answer", "client", "aud", "nonce"]
    assert "sub-esra" not in json.dumps(house.entries(tmp_path, HOUSE)[before:])

    away = house.line().begin_sign_on()
    good(house, provider, away)
    assert finish(house, away) == "done"


def test_a_mute_provider_keeps_nobody_else_waiting(
    house: World, provider: SimulatedProvider
) -> None:
    """While a sign-in waits for it, and is told in seconds, others come in with a password."""
    away, ended = house.line().begin_sign_on(), []
    provider.speak.clear()
    waiting = threading.Thread(target=lambda: ended.append(finish(house, away)))
    waiting.start()
    assert code_of(lambda: house.line().sign_in(MAIL, GOOD)) == "done"
    waiting.join(30)
    assert ended == ["oidc.unavailable"]


def test_two_browsers_show_one_response_at_once(house: World, provider: SimulatedProvider) -> None:
    """Of eight at one moment one is let in, whichever thread is first."""
    away, ended = house.line().begin_sign_on(), list[str]()
    good(house, provider, away)
    threads = [threading.Thread(target=lambda: ended.append(finish(house, away))) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(ended) == ["done", *["sign_in.refused"] * 7]


def test_an_acting_for_token_is_not_taken_without_an_audience(
    house: World, provider: SimulatedProvider
) -> None:
    """RFC 8725 3.9: a house where people sign in takes no tokens of theirs by that alone."""
    house.service("console", "acting-for")
    token = provider.token(provider.claims(house.now(), aud=""))
    acting = house.line("console").acting_for(token)
    assert code_of(acting.list_controllers) == "token.not_taken"


def test_the_check_says_what_is_wrong(provider: SimulatedProvider, tmp_path: Path) -> None:
    """``bailee oidc check`` asks as the server does; ``show`` asks nobody and shows no secret."""
    env, run = settings(provider, tmp_path), CliRunner().invoke
    done = run(app, ["oidc", "check"], env=env)
    assert done.exit_code == 0, done.output
    assert "PKCE" in done.output  # it does not say that it does
    shown = run(app, ["oidc", "show"], env=env)
    assert "https://bailee.example/console/sign-on/back" in shown.output
    assert "a secret" not in shown.output
    document = json.loads(provider.answer(DISCOVERY)[1])
    wrong: list[tuple[str, tuple[int, bytes], str]] = [
        (DISCOVERY, (200, written(document | {"issuer": "https://evil.example"})), "issuer"),
        (DISCOVERY, (200, written({**document, "token_endpoint": None})), "token_endpoint"),
        (DISCOVERY, (404, b""), "200"),
        (KEYS, (200, b'{"keys":[]}'), "no key"),
    ]
    for path, answer, words in wrong:
        provider.answers = {path: answer}
        done = run(app, ["oidc", "check"], env=env)
        assert done.exit_code == 1, done.output
        assert words in done.output
    (tmp_path / "secret").unlink()
    assert run(app, ["oidc", "check"], env=env).exception.code == "settings.oidc_secret"  # type: ignore[union-attr]


def test_a_provider_that_never_answered(
    provider: SimulatedProvider, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Started while it is down, the house serves; a sign-in there is told so and recorded."""
    provider.answers[DISCOVERY] = (503, b"")
    with founded("sqlite", tmp_path / "home", request, **settings(provider, tmp_path)) as world:
        assert code_of(world.line().begin_sign_on) == "oidc.unavailable"
        assert world.line().sign_on_offer().offered
        codes = [one["detail"].get("code") for one in world.entries(tmp_path / "log", HOUSE)]
        assert "oidc.unavailable" in codes
