"""A web shop lets bailee keep its customers' passwords, and nobody gets one out (C2.7)."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bcrypt
import httpx2
import msgspec
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bailee.app.search import spellings
from bailee.cli import app
from bailee.vault import cipher, password, password_store
from bailee.web.openapi import document
from bailee.web.routes import TABLE
from tests.hostile.cases import Maker
from tests.hostile.judge import operations
from tests.hostile.known import LAST_WORDS, Known
from tests.journeys.world import ACME, ELEMENTS, GLOBEX, PAYMENT, World, code_of, founded

GOOD, BETTER = "ferrous 7 walrus umbrella", "nine 9 gannets over Trondheim"
SUBJECT = "customer-of-the-shop"
RIGHTS = ["set-password", "verify-password"]
TEXT = document(TABLE).decode()
EVERYBODY = ("ada", "bram", "clara", "all")
"""Who holds the most: administrators, the controller's person, a service with every verb."""
SLOW = LAST_WORDS | {"sign_out", "run_controls"}


def equip(world: World) -> None:
    """Let acme's shop set and verify, and one service hold every verb on much of the annex."""
    world.service("shop")
    world.give(ACME, "shop", RIGHTS, "person.login_name")
    world.service("all")
    elements = (*ELEMENTS, "person.login_name")
    verbs = ["protect", "reveal", "search", "list", "update", "encrypt", "decrypt", *RIGHTS]
    world.give(ACME, "all", verbs, *elements, daily=1_000_000)
    world.give(ACME, "all", ["erase"], "*")
    world.give(ACME, "all", ["audit"])


@pytest.fixture(scope="module")
def shop(house: World) -> World:
    """Return a deployment with a shop."""
    equip(house)
    return house


def put(world: World, word: str, subject: str = SUBJECT) -> None:
    """Set a password."""
    item = {"ref": "1", "subject": subject, "password": word}
    world.line("shop").set_customer_passwords(ACME, PAYMENT, [item])


def right(world: World, word: str, subject: str = SUBJECT, who: str = "shop") -> bool:
    """Verify a password."""
    return world.line(who).verify_customer_password(ACME, PAYMENT, subject, word).right


def kept(world: World, subject: str = SUBJECT) -> tuple[str, bytes]:
    """Return what nobody may get: the hash, and the sealed bytes of it."""
    parts = world.house.parts
    (subject_id,) = world.house.vault.identify(ACME, [subject])
    (row,) = parts.data.read(ACME, lambda conn: password_store.find(conn, ACME, [subject_id]))
    with world.rows() as conn:
        query = sa.text("SELECT key_id FROM vault_subject WHERE subject_id = :id")
        key_id = conn.execute(query, {"id": subject_id}).scalar_one()
    key = parts.keys.subject_keys(ACME, [key_id])[key_id]
    return password.unseal(ACME, row, key).text, row.sealed


def test_a_day_of_the_shop(shop: World, tmp_path: Path) -> None:
    """Set, right, wrong, changed, removed, by the API; each call one entry, and no word in it."""
    before = len(shop.entries(tmp_path))
    put(shop, GOOD)
    assert right(shop, GOOD)
    assert not right(shop, BETTER)
    line = shop.line("shop")
    made = line.change_customer_password(ACME, PAYMENT, SUBJECT, current=GOOD, password=BETTER)
    assert made.changed
    assert right(shop, BETTER)
    assert line.remove_customer_passwords(ACME, PAYMENT, [SUBJECT]).changed == 1
    assert not right(shop, BETTER)
    new = shop.entries(tmp_path)[before:]
    assert [one["action"].rpartition(":")[2] for one in new] == [
        "set", "verified", "verified", "changed", "verified", "removed", "verified",
    ]  # fmt: skip
    verified = [one for one in new if one["action"].endswith("verified")]
    assert [one["opening"]["context"]["right"] for one in verified] == ["yes", "no", "yes", "no"]
    clear = [{name: one[name] for name in ("decision", "detail", "count")} for one in verified]
    assert all(one == clear[0] for one in clear)
    assert all(one["opening"]["actor"]["principal_id"] == shop.ids["shop"] for one in new)
    written = json.dumps(new)
    assert [one for one in (GOOD, BETTER, SUBJECT, "argon2") if one in written] == []


def test_nobody_else_may(shop: World) -> None:
    """C2.4, C2.5(4): no person, no service without the verb, nobody at another controller."""
    put(shop, GOOD)
    for who in ("ada", "bram", "clara", "esra", "importer", "payout"):
        code = code_of(lambda who=who: right(shop, GOOD, who=who))  # type: ignore[misc]
        assert code in {"grant.missing", "controller.unknown"}, who
    line = shop.line("shop")
    for attempt in (
        lambda: line.verify_customer_password(GLOBEX, PAYMENT, SUBJECT, GOOD),
        lambda: line.remove_customer_passwords(GLOBEX, PAYMENT, [SUBJECT]),
    ):
        assert code_of(attempt) == "controller.unknown"
    given = shop.line("ada")
    for who in ("bram", "clara"):
        code = code_of(
            lambda who=who: given.grant(  # type: ignore[misc]
                ACME, shop.ids[who], verbs=RIGHTS, elements=["person.login_name"],
                purposes=[PAYMENT], until=shop.until(),
            )
        )  # fmt: skip
        assert code == "grant.for_services"


def test_the_command_line(shop: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Commands read passwords from standard input and say right or wrong, by word and exit code."""
    hashes = tmp_path / "hashes.tsv"
    made = bcrypt.hashpw(GOOD.encode(), bcrypt.gensalt(4)).decode()
    hashes.write_text(f"moved-1\t{made}\nmoved-2\tnot a hash\n")
    key = shop.keys["shop"]
    shop.close()
    try:
        for name, text in shop.environment().items():
            monkeypatch.setenv(name, text)
        monkeypatch.setenv("BAILEE_KEY", key)
        place = ["--controller", ACME, "--purpose", PAYMENT]

        def run(command: str, *words: str, said: str = "") -> tuple[int, str]:
            done = CliRunner().invoke(app, ["customer-password", command, *words, *place], said)
            assert GOOD not in done.output
            assert BETTER not in done.output
            return done.exit_code, done.output.partition("\n")[0]

        assert run("set", "cli-1", said=f"{GOOD}\n") == (0, "set")
        assert run("verify", "cli-1", said=f"{GOOD}\n") == (0, "right")
        assert run("verify", "cli-1", said=f"{BETTER}\n") == (1, "wrong")
        assert run("change", "cli-1", said=f"{GOOD}\n{BETTER}\n") == (0, "changed")
        assert run("change", "cli-1", said=f"{GOOD}\nsalt 5 herons at noon\n")[0] == 1
        assert run("verify", "cli-1", said=f"{BETTER}\n") == (0, "right")
        assert run("remove", "cli-1") == (0, "1 removed")
        assert run("import", str(hashes)) == (1, "line 2: customer_password.imported")
        assert run("verify", "moved-1", said=f"{GOOD}\n") == (0, "right")
    finally:
        shop.open()


def answers(world: World) -> Iterator[tuple[str, str, httpx2.Response]]:
    """Call every operation of the API as everybody; yield its name, who called, and the answer.

    Left out: what ends a controller or the caller's own session, and the controls, which are slow
    and answer with codes.
    """
    chance = random.Random(20261129)  # noqa: S311 - repeatable, not secret
    known = Known({who: world.ids[who] for who in ("dev", "stranger")}, chance)
    maker = Maker(TEXT, {}, known, chance)
    whole = operations(json.loads(TEXT))
    with httpx2.Client(base_url="http://localhost", transport=world.transport()) as http:
        for name, one in whole.items():
            if name in SLOW:
                continue
            if one.method == "GET" and one.forms.keys() <= {"controller"}:  # surely answered
                for who in EVERYBODY:
                    head = {"authorization": f"Bearer {world.keys[who]}"}
                    path = one.path.replace("{controller}", ACME)
                    yield name, who, http.get(path, headers=head)
            for case in maker.cases(one, "positive", 1):
                for who in EVERYBODY:
                    lines = [pair for pair in case.asked.lines if pair[0] != b"Authorization"]
                    headers = [(k.decode(), v.decode("latin-1")) for k, v in lines]
                    headers.append(("authorization", f"Bearer {world.keys[who]}"))
                    target = case.asked.target.decode("ascii", "replace")
                    body = case.asked.body
                    yield (
                        name,
                        who,
                        http.request(case.asked.method, target, content=body, headers=headers),
                    )


def test_no_operation_answers_with_a_password_or_a_hash(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """C2.7: whatever anybody asks, in every operation, no answer holds it in any spelling."""
    home = tmp_path_factory.mktemp("asked") / "home"
    with founded("sqlite", home, request) as world:  # doors and answers are the same on both
        equip(world)
        ask_everything(world)


def ask_everything(world: World) -> None:
    """Keep a password, then look for it in every answer."""
    put(world, GOOD)
    right(world, BETTER)
    text, sealed = kept(world)
    digest = text.rpartition("$")[2]
    needles = [one for secret in (GOOD, text, digest) for one in spellings(secret.encode())]
    needles += [*spellings(sealed), cipher.armour(sealed).encode()]
    good: set[str] = set()
    for name, who, answer in answers(world):
        found = [one for one in needles if one in answer.content]
        assert found == [], (name, who)
        if answer.status_code == httpx2.codes.OK:
            good.add(name)
    reading = {
        "show_clauses", "list_people", "list_grants", "metrics", "logs",
        "ledger_checkpoint", "password_rules", "show_agreement", "letter", "list_controllers",
        "list_disclosures",
    }  # fmt: skip
    assert reading <= good
    listed = world.line("all").list_records(ACME, PAYMENT, ["person.login_name", "person.name"])
    assert not [one for one in needles if one in msgspec.json.encode(listed)]


def test_no_answer_has_a_place_for_one() -> None:
    """C2.7: by the API's description no answer of any operation has a member for it."""
    whole = json.loads(TEXT)
    schemas = whole["components"]["schemas"]

    def members(schema: Any, seen: frozenset[str] = frozenset()) -> set[str]:
        if isinstance(schema, list):
            return {one for part in schema for one in members(part, seen)}
        if not isinstance(schema, dict):
            return set()
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name:
            return set() if name in seen else members(schemas[name], seen | {name})
        inner = {one for part in schema.values() for one in members(part, seen)}
        return inner | set(schema.get("properties", {}))

    forbidden = {"password", "passwords", "hash", "imported", "current", "sealed", "digest"}
    for path, methods in whole["paths"].items():
        for told in methods.values():
            answered = told["responses"]["200"]["content"]
            for content in answered.values():
                found = members(content.get("schema", {}))
                assert found & forbidden == set(), path
    told = whole["paths"]["/v1/controllers/{controller}/customer-passwords/verify"]["post"]
    assert members(told["responses"]["200"]["content"]["application/json"]["schema"]) == {
        "right", "entry", "log", "entry_id", "leaf", "index",
    }  # fmt: skip


def test_giant_and_odd_input_is_refused_unread(shop: World) -> None:
    """NUL, half characters, what is too long or is no text: refused, nothing hashed, no 500."""
    path = f"/v1/controllers/{ACME}/customer-passwords/verify"
    headers = {"authorization": f"Bearer {shop.keys['shop']}", "content-type": "application/json"}
    good = {"purpose": PAYMENT, "subject": SUBJECT, "password": GOOD}
    odd: list[tuple[Any, int]] = [
        (good | {"password": "x" * 257}, 422),
        (good | {"password": ""}, 422),
        (good | {"password": "x" * 20_000}, 413),
        (good | {"password": "nul\0 in it"}, 422),
        (good | {"password": ["a"]}, 422),
        (good | {"password": None}, 422),
        (good | {"subject": "x" * 257}, 422),
        (good | {"more": 1}, 422),
        ([good], 422),
    ]
    with httpx2.Client(base_url="http://localhost", transport=shop.transport()) as http:
        for body, status in odd:
            answer = http.post(path, content=json.dumps(body), headers=headers)
            assert answer.status_code == status, body
            assert GOOD not in answer.text
        keyed = headers | {"idempotency-key": "k" * 32}
        answer = http.post(path, content=json.dumps(good), headers=keyed)
        assert answer.json()["code"] == "idempotency_key.not_taken"
