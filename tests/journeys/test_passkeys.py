"""A person enrols a passkey, signs in with it alone, and loses it (MISSION A7)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from bailee.cli import app
from bailee.client import Client
from bailee.client.passkey_answers import PasskeyOffer, PasskeyRequest
from bailee.db import HOUSE
from tests.journeys.test_sign_in import GOOD, MAIL, with_key
from tests.journeys.world import ACME, PAYMENT, World, code_of, founded
from tests.simulators.authenticator import Authenticator, text64

ENGINES = ("sqlite", "postgresql")
ORIGIN = "https://bailee.example"


@pytest.fixture(scope="module", params=ENGINES)
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Return a deployment at a name of its own, in which esra may see card numbers."""
    home = tmp_path_factory.mktemp("passkeys") / "home"
    with founded(request.param, home, request, BAILEE_PUBLIC_URL=ORIGIN) as world:
        world.give(ACME, "esra", ["reveal"], "person.name", "financial.card_number")
        yield world


def raw(text: str) -> bytes:
    """Return the bytes of a text in base64url."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def make(client: Client, device: Authenticator, offer: PasskeyOffer) -> str:
    """Make a passkey as a browser does when it is asked; return its id."""
    asked = offer.public_key
    assert asked.rp.id == device.domain
    assert asked.authenticator_selection.user_verification == "required"
    made = device.make(raw(asked.challenge), raw(asked.user.id))
    return client.enrol_passkey("laptop", **made.body()).passkey


def show(device: Authenticator, asked: PasskeyRequest) -> dict[str, str]:
    """Show a passkey as a browser does when it is asked."""
    return device.show(raw(asked.public_key.challenge)).body()


def first(house: World, who: str) -> Client:
    """Let somebody set a password; return their session."""
    by = "ada" if who == "bram" else "bram"
    secret = house.line(by).renew_invitation(house.ids[who]).secret
    return with_key(house, with_key(house, None).set_password(secret, GOOD).token)


def test_a_day_of_esras(house: World, tmp_path: Path) -> None:
    """Password, passkey, sign-in without either, card number, step-up, loss; all on record."""
    record = house.protect("passkey-subject")
    nobody, device = with_key(house, None), Authenticator(origin=ORIGIN, domain="bailee.example")
    client = first(house, "esra")
    assert code_of(client.offer_passkey) == "passkey.proof"
    assert code_of(lambda: client.offer_passkey("wrong password 1 2 3")) == "sign_in.refused"
    passkey = make(client, device, client.offer_passkey(GOOD))
    house.shift += timedelta(minutes=1)

    made = nobody.sign_in_passkey(**show(device, nobody.ask_passkey()))
    assert made.factors == ["passkey"]
    line = with_key(house, made.token)

    def card(one: Client) -> str:
        wanted = ["financial.card_number"]
        return code_of(lambda: one.reveal(ACME, PAYMENT, wanted, records=[record]))

    assert card(line) == "done"
    actor = house.last(tmp_path)["opening"]["actor"]
    assert (actor["principal_id"], actor["session"]) == (house.ids["esra"], "passkey")
    assert code_of(lambda: nobody.sign_in(MAIL, GOOD)) == "access.passkey_required"
    house.shift += timedelta(minutes=14)
    assert [one.status for one in line.list_passkeys().passkeys] == ["live"]
    house.shift += timedelta(minutes=2)
    assert card(line) == "session.step_up"
    asked = line.ask_step_up()
    assert [one.id for one in asked.public_key.allow_credentials] == [
        text64(device.held[0].credential)
    ]
    again = with_key(house, line.step_up_passkey(**show(device, asked)).token)
    assert (card(line), card(again)) == ("credential.revoked", "done")

    assert code_of(lambda: house.line("payout").remove_passkey(passkey)) == "grant.missing"
    assert [one.passkey for one in house.line("bram").list_passkeys_of(house.ids["esra"]).passkeys]
    house.line("bram").remove_passkey(passkey)
    assert card(again) == "credential.revoked"
    shown = show(device, nobody.ask_passkey())
    assert code_of(lambda: nobody.sign_in_passkey(**shown)) == "sign_in.refused"

    found = house.entries(tmp_path, HOUSE)
    actions = [one["action"] for one in found]
    for action in ("enrolled", "removed"):
        assert f"access:passkey:{action}" in actions
    assert [one["detail"] for one in found if one["action"] == "access:session:opened"] == [
        {"factor": "passkey"}
    ]
    refused = [one for one in found if one["action"] == "access:sign-in:refused"]
    assert refused[-1]["detail"] == {
        "code": "sign_in.refused", "factor": "passkey", "why": "unknown",
    }  # fmt: skip
    kept = [made.token, "laptop", text64(device.held[0].credential), MAIL]
    assert [one for one in kept if one in json.dumps(found)] == []


def test_giant_and_strange_bodies(house: World) -> None:
    """ASVS 4.2: what is longer than a passkey can be is refused unread, what is none is no form."""
    with httpx2.Client(base_url="http://localhost", transport=house.transport()) as http:
        body = {"credential": "AA", "client_data": "e30", "authenticator_data": "AA"}
        for name, text, status in (
            ("signature", "A" * 40_000, 413),
            ("signature", "A" * 5_000, 422),
            ("signature", "A+/=", 422),
            ("signature", "AAAAA", 422),
            ("signature", "\u00e4", 422),
            ("credential", "A" * 1365, 422),
            ("signature", "AAAA", 401),
        ):
            sent = {"signature": "AA", **body, name: text}
            assert http.post("/v1/sessions/passkey", json=sent).status_code == status, (name, text)
        assert http.post("/v1/sessions/passkey", content=b"\xa1\x00").status_code == 415


def test_a_command_line_lists_and_removes(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command line holds no passkey, and says so; it lists one's own, and removes them."""
    device = Authenticator(origin=ORIGIN, domain="bailee.example")
    client = first(house, "bram")
    passkey = make(client, device, client.offer_passkey(GOOD))
    nobody = with_key(house, None)
    token = nobody.sign_in_passkey(**show(device, nobody.ask_passkey())).token
    house.close()
    for name, text in house.environment().items():
        monkeypatch.setenv(name, text)
    monkeypatch.setenv("BAILEE_KEY", token)
    run = CliRunner()
    told = run.invoke(app, ["passkey", "--help"])
    assert "cannot hold one" in " ".join(told.output.split())
    listed = run.invoke(app, ["passkey", "list", "--json"])
    assert listed.exit_code == 0, listed.output
    assert [one["passkey"] for one in json.loads(listed.output)["passkeys"]] == [passkey]
    assert run.invoke(app, ["passkey", "list"]).exit_code == 0
    assert run.invoke(app, ["passkey", "remove", passkey]).exit_code == 0
    assert json.loads(run.invoke(app, ["passkey", "list", "--json"]).output)["passkeys"] == []
