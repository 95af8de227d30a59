"""A person signs in by API and command line, shows a code, and is out again (MISSION A7)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from typer.testing import CliRunner

from bailee.cli import app
from bailee.client import BaileeProblem, Client
from bailee.db import HOUSE
from tests.journeys.world import ACME, PAYMENT, World, code_of, founded

ENGINES = ("sqlite", "postgresql")
GOOD, BETTER = "ferrous 7 walrus umbrella", "nine 9 gannets over Trondheim"
MAIL = "esra.demir@harborline.example"


@pytest.fixture(scope="module", params=ENGINES)
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Return a deployment in which esra may see names and social security numbers."""
    with founded(request.param, tmp_path_factory.mktemp("sign-in") / "home", request) as world:
        world.give(ACME, "esra", ["reveal"], "person.name", "person.ssn")
        yield world


BRAM = "bram.okafor@harborline.example"


def code_at(seed: str, seconds: float) -> str:
    """Return the code of RFC 6238 for a time, computed by hand."""
    key = base64.b32decode(seed)
    digest = hmac.new(key, struct.pack(">Q", int(seconds) // 30), hashlib.sha1).digest()
    place = digest[-1] & 0xF
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def with_key(world: World, key: str | None) -> Client:
    """Return a client that shows a key, a session's token, or nothing."""
    return Client("http://localhost", key, transport=world.transport())


def test_a_day_of_esras(house: World, tmp_path: Path) -> None:
    """ASVS 7.5.1: from invitation to sign-out; an authenticator takes the password once more."""
    record = house.protect("sign-in-subject")
    secret = house.line("bram").renew_invitation(house.ids["esra"]).secret
    nobody = with_key(house, None)
    assert code_of(lambda: nobody.set_password(secret, "Password2026!!!!")) == "password.common"
    first = with_key(house, nobody.set_password(secret, GOOD).token)
    assert code_of(lambda: first.enrol_totp(BETTER)) == "sign_in.refused"
    uri = first.enrol_totp(GOOD).uri
    seed = parse_qs(urlsplit(uri).query)["secret"][0]
    codes = first.confirm_totp(code_at(seed, house.now().timestamp())).codes
    house.shift += timedelta(minutes=1)

    assert code_of(lambda: nobody.sign_in(MAIL, GOOD)) == "sign_in.refused"
    made = nobody.sign_in(MAIL, GOOD, code=code_at(seed, house.now().timestamp()))
    assert made.factors == ["password", "totp"]
    line = with_key(house, made.token)

    def ssn(client: Client) -> str:
        return code_of(lambda: client.reveal(ACME, PAYMENT, ["person.ssn"], records=[record]))

    assert ssn(line) == "done"
    actor = house.last(tmp_path)["opening"]["actor"]
    assert actor["principal_id"] == house.ids["esra"]
    assert (actor["key_id"], actor["session"]) == (made.session, "password+totp")
    assert [one.present for one in line.list_sessions().sessions] == [False, True]
    house.shift += timedelta(minutes=14)
    assert [one.present for one in line.list_sessions().sessions] == [True]
    house.shift += timedelta(minutes=2)
    assert ssn(line) == "session.step_up"
    assert house.last(tmp_path)["detail"]["code"] == "session.step_up"
    again = line.step_up(codes[0])
    assert ssn(line) == "credential.revoked"
    assert ssn(with_key(house, again.token)) == "done"
    with_key(house, again.token).sign_out()
    assert ssn(with_key(house, again.token)) == "credential.revoked"
    written = json.dumps(house.entries(tmp_path, HOUSE))
    kept = [GOOD, seed, secret, made.token, again.token, *codes, MAIL, "192.0.2.1"]
    assert [one for one in kept if one in written] == []
    for path in house.settings.home.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert [one for one in kept[:-2] if one.encode() in held] == []


def test_a_house_as_it_is_by_itself(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """ASVS 6.3.3, 6.2.4: without a setting, two factors of everybody, and lost passwords are lost.

    The founder's key counts until somebody who lets people in has enrolled; then no person's does,
    and services go on. The refusal is on record (C2.5(5)).
    """
    with founded("sqlite", tmp_path / "home", request, BAILEE_MFA="all") as world:
        ada, bram = world.line("ada"), world.line("bram")
        rules = bram.password_rules()
        assert (rules.second_factor, rules.keys_alone) == ("all", True)
        secret = bram.renew_invitation(world.ids["ada"]).secret
        nobody = with_key(world, None)
        lost = ("christopher12345", "Michael-Jackson-1984", "1q2w3e4r5t6y7u8i")
        for word in lost:
            assert code_of(lambda word=word: nobody.set_password(secret, word)) == "password.listed"  # type: ignore[misc]
        first = with_key(world, nobody.set_password(secret, GOOD).token)
        seed = parse_qs(urlsplit(first.enrol_totp(GOOD).uri).query)["secret"][0]
        first.confirm_totp(code_at(seed, world.now().timestamp()))
        assert first.password_rules().keys_alone is False
        assert code_of(ada.list_people) == "credential.revoked"
        assert code_of(bram.list_people) == "access.key_alone"
        told = world.last(tmp_path / "log", HOUSE)
        assert (told["action"], told["detail"]["code"]) == (
            "access:act:refused",
            "access.key_alone",
        )
        assert code_of(lambda: world.protect("program")) == "done"
        world.shift += timedelta(minutes=1)
        mail = "ada@harborline.example"
        assert code_of(lambda: nobody.sign_in(mail, GOOD)) == "sign_in.refused"
        made = nobody.sign_in(mail, GOOD, code=code_at(seed, world.now().timestamp()))
        again = with_key(world, made.token).renew_invitation(world.ids["bram"])
        assert code_of(lambda: nobody.accept_invitation(again.secret)) == "access.key_alone"
        of_bram = nobody.set_password(again.secret, f"{GOOD} 8").token
        assert code_of(with_key(world, of_bram).list_people) == "done"
        assert code_of(lambda: nobody.sign_in(BRAM, f"{GOOD} 8")) == "access.mfa_required"


def test_a_giant_password_is_refused_unread(house: World) -> None:
    """What is longer than 256 characters costs no hash, and bodies are short here (C2.5(3))."""
    with httpx2.Client(base_url="http://localhost", transport=house.transport()) as http:
        for size, status in ((257, 422), (20_000, 413)):
            body = {"login": MAIL, "password": "x" * size}
            assert http.post("/v1/sessions", json=body).status_code == status


def test_refused_attempts_leave_their_count(house: World, tmp_path: Path) -> None:
    """C2.5(5): each attempt is on the house's log, whose it was committed to and not readable."""
    before = len(house.entries(tmp_path, HOUSE))
    for login in (MAIL, "nobody.atall@harborline.example"):
        with pytest.raises(BaileeProblem) as caught:
            with_key(house, None).sign_in(login, BETTER)
        assert (caught.value.status, caught.value.code) == (401, "sign_in.refused")
    new = house.entries(tmp_path, HOUSE)[before:]
    assert [one["action"] for one in new].count("access:sign-in:refused") == 2
    assert "harborline.example" not in json.dumps(new)


def test_the_rules_and_the_command_line(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands read passwords and codes from standard input, and print a token that is a key.

    ASVS 6.2.5: where we ask for more than it allows, API and command line name both sides.
    """
    found = {one.name: one for one in house.line("bram").password_rules().rules}
    assert found["password.min_length"].enforced == 15
    assert found["password.rotation"].conflict
    assert found["password.composition"].conflict
    sides = {one.source: one.state for one in found["password.composition"].claims}
    assert sides["owasp-asvs-5.0.0"] == "forbids"
    secret = house.line("ada").renew_invitation(house.ids["bram"]).secret
    house.close()
    for name, text in house.environment().items():
        monkeypatch.setenv(name, text)
    run = CliRunner()
    made = run.invoke(app, ["password", "set", "--json"], input=f"{secret}\n{GOOD}\n\n")
    assert made.exit_code == 0, made.output
    monkeypatch.setenv("BAILEE_KEY", json.loads(made.output)["token"])
    said = {}
    for words in (["session", "list"], ["password", "rules"], ["sign-out"]):
        done = run.invoke(app, words)
        assert done.exit_code == 0, done.output
        said[words[-1]] = done.output
    assert run.invoke(app, ["session", "list"]).exit_code != 0
    told = said["rules"]
    mixture = told.partition("password.composition: yes")[2].partition("\npassword.")[0]
    assert "sources disagree" in mixture
    assert "owasp-asvs-5.0.0 6.2.5 (forbids)" in mixture
    assert "compared with zxcvbn: 93855 lost passwords" in told
