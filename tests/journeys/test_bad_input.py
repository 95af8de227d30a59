"""Whatever is sent wrongly is refused by name, changes nothing and is not repeated (C3.2)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bailee.clock import write_time
from bailee.db import HOUSE
from tests.journeys.world import ACME, GLOBEX, PAYMENT, World, code_of, verified

pytestmark = pytest.mark.xdist_group("journey-bad-input")
ECHO = "Zebulon"
"""Stands in every bad call; may stand in no answer, no message and no log."""
NAME, SSN = "person.name", "person.ssn"


def record(**fields: str) -> dict[str, Any]:
    """Return a record of a subject that nobody knows yet."""
    named = {name.replace("__", "."): text for name, text in fields.items()}
    return {"ref": "1", "subject": f"{ECHO}-1", "fields": named}


def body(**members: Any) -> bytes:
    """Return a JSON body with the purpose."""
    return json.dumps({"purpose": PAYMENT} | members).encode()


GOOD = record(person__name=f"{ECHO} Quartermain")
TOKEN = "tok_" + "0" * 32
CALLS: dict[str, tuple[str, str, bytes, int, str, bool]] = {
    "unknown element": (
        "importer", "protect", body(records=[record(person__shoe=ECHO)]),
        422, "element.unknown", True,
    ),
    "element that the annex leaves out": (
        "importer", "protect", body(records=[record(health__condition=ECHO)]),
        403, "element.not_in_agreement", True,
    ),
    "value that cannot be right": (
        "importer", "protect", body(records=[record(person__ssn=ECHO)]),
        422, "value.invalid", True,
    ),
    "card number in a free text": (
        "importer", "protect", body(records=[record(person__name=f"{ECHO} 4111111111111111")]),
        403, "value.card_in_free_text", True,
    ),
    "unknown purpose": (
        "importer", "protect", body(purpose=ECHO, records=[GOOD]),
        403, "purpose.not_in_agreement", True,
    ),
    "unknown token": (
        "payout", "reveal", body(elements=[SSN], tokens=[TOKEN]), 404, "token.unknown", True,
    ),
    "token that is none": (
        "payout", "reveal", body(elements=[SSN], tokens=[ECHO]), 404, "token.unknown", True,
    ),
    "unknown record": (
        "payout", "reveal", body(elements=[SSN], records=["0" * 32]), 404, "record.unknown", True,
    ),
    "records and tokens at once": (
        "payout", "reveal", body(elements=[SSN], records=["0" * 32], tokens=[TOKEN]),
        422, "reveal.target", True,
    ),
    "unknown mask": (
        "payout", "reveal", body(elements=[f"{SSN}:{ECHO}"], records=["0" * 32]),
        422, "view.unknown", True,
    ),
    "too many items": (
        "importer", "protect", body(records=[GOOD] * 1001), 422, "body.shape", False,
    ),
    "too long a value": (
        "importer", "protect", body(records=[record(person__name=ECHO * 10_000)]),
        413, "body.text_too_long", False,
    ),
    "oversized body": (
        "importer", "protect", body(records=ECHO * (10 << 17)), 413, "body.too_large", False,
    ),
    "deep JSON": (
        "importer", "protect", b'{"purpose":' + b"[" * 100 + b"]" * 100 + b"}",
        413, "body.too_deep", False,
    ),
    "no JSON": (
        "importer", "protect", b'{"purpose": ' + ECHO.encode(), 422, "body.json", False,
    ),
    "invalid UTF-8": (
        "importer", "protect", b'{"purpose":"' + ECHO.encode() + b'\xff","records":[]}',
        422, "body.encoding", False,
    ),
    "unknown member": (
        "importer", "protect", body(records=[GOOD], more=ECHO), 422, "body.unknown_member", False,
    ),
    "wrong type": ("importer", "protect", body(records=ECHO), 422, "body.shape", False),
}  # fmt: skip
"""What is wrong: who, verb, body → status, code, and whether it was an access (C2.5(5))."""


def post(
    world: World, who: str, verb: str, content: bytes, **headers: str
) -> tuple[int, dict[str, Any], str]:
    """Send bytes as they are; return status, problem and the whole text."""
    sent = {"authorization": f"Bearer {world.keys[who]}", "content-type": "application/json"}
    client = httpx2.Client(base_url="http://localhost", transport=world.transport())
    path = f"/v1/controllers/{ACME}/{verb}"
    answer = client.request("POST", path, content=content, headers=sent | headers)
    return answer.status_code, answer.json(), answer.text


@pytest.mark.parametrize("wrong", CALLS)
def test_bad_call_is_refused_by_name(house: World, tmp_path: Path, wrong: str) -> None:
    """Status, code and next step; nothing changed, nothing echoed, each access recorded."""
    who, verb, content, status, code, access = CALLS[wrong]
    before, known = house.counts(), len(house.entries(tmp_path))
    answered, problem, text = post(house, who, verb, content)
    assert (answered, problem["code"]) == (status, code)
    assert problem["do"]
    assert ECHO not in text
    assert house.counts() == before
    entries = house.entries(tmp_path)[known:]
    assert [one["detail"] for one in entries] == ([{"verb": verb, "code": code}] if access else [])
    assert ECHO not in json.dumps(entries)


def test_a_replayed_key_with_another_body_is_refused(house: World) -> None:
    """The same Idempotency-Key answers the same body again, and no other body (RFC draft)."""
    headers = {"idempotency-key": "replayed-1"}
    first = post(house, "importer", "protect", body(records=[GOOD]), **headers)
    again = post(house, "importer", "protect", body(records=[GOOD]), **headers)
    assert first[0] == 200
    assert first[1] == again[1]
    before = house.counts()
    status, problem, text = post(
        house, "importer", "protect", body(records=[GOOD | {"ref": "2"}]), **headers
    )
    assert (status, problem["code"]) == (409, "idempotency.reused")
    assert problem["do"]
    assert ECHO not in text
    assert house.counts() == before


@pytest.fixture(scope="module")
def ciphertext(house: World) -> str:
    """Return a ciphertext of a name of one subject at acme."""
    value = {"ref": "1", "element": NAME, "subject": "sealed", "value": f"{ECHO} Quartermain"}
    return house.line("payout").encrypt(ACME, PAYMENT, [value]).results[0].ciphertext


def test_a_ciphertext_opens_in_its_own_place_alone(
    house: World, ciphertext: str, tmp_path: Path
) -> None:
    """Another field, subject, tenant, version, or any changed byte: it does not open (C2.8(3))."""
    house.protect("sealed-other")
    house.line("payout").encrypt(
        ACME, PAYMENT, [{"ref": "1", "element": NAME, "subject": "sealed-2", "value": "N N"}]
    )
    flipped = ciphertext[:-3] + ("A" if ciphertext[-3] != "A" else "B") + ciphertext[-2:]
    places = {
        "field": ("person.email", "sealed", ciphertext),
        "subject": (NAME, "sealed-2", ciphertext),
        "row": (NAME, "sealed-other", ciphertext),
        "version": (NAME, "sealed", "bv2" + ciphertext[3:]),
        "byte": (NAME, "sealed", flipped),
        "cut": (NAME, "sealed", ciphertext[:20]),
        "nonsense": (NAME, "sealed", ECHO),
    }
    for name, (element, subject, text) in places.items():
        value = {"ref": "1", "element": element, "subject": subject, "ciphertext": text}
        status, problem, told = post(house, "payout", "decrypt", body(values=[value]))
        assert (name, status, problem["code"]) == (name, 422, "ciphertext.wrong_place")
        assert problem["do"]
        assert ECHO not in told
    entries = house.entries(tmp_path)[-len(places) :]
    assert [one["detail"] for one in entries] == [
        {"verb": "decrypt", "code": "ciphertext.wrong_place"}
    ] * len(places)
    house.give(GLOBEX, "payout", ["encrypt", "decrypt"], NAME)
    mine = {"ref": "1", "element": NAME, "subject": "sealed"}
    house.line("payout").encrypt(GLOBEX, PAYMENT, [mine | {"value": "N N"}])
    foreign = [mine | {"ciphertext": ciphertext}]
    attempt = house.line("payout").decrypt
    assert code_of(lambda: attempt(GLOBEX, PAYMENT, foreign)) == "ciphertext.wrong_place"


def test_a_locked_database_is_said_and_nothing_happens(house: World) -> None:
    """A lock that somebody else holds ends a call in bounded time, to be sent again."""
    before = house.counts()
    with house.rows() as conn:
        if house.owner_url:
            conn.exec_driver_sql("LOCK TABLE vault_record IN ACCESS EXCLUSIVE MODE")
        else:
            conn.exec_driver_sql("COMMIT")
            conn.exec_driver_sql("BEGIN IMMEDIATE")
        status, problem, text = post(house, "importer", "protect", body(records=[GOOD]))
    assert (status, problem["code"], problem["retryable"]) == (503, "db.locked", True)
    assert problem["do"]
    assert ECHO not in text
    assert house.counts() == before
    assert post(house, "importer", "protect", body(records=[GOOD]))[0] == 200


def test_an_expired_key_opens_nothing(house: World, tmp_path: Path) -> None:
    """A key ends with its day; trying it is recorded on the house's log (C2.5(3))."""
    until = write_time(house.now() + timedelta(minutes=30))
    key = house.line("bram").mint_key(house.ids["payout"], until=until)
    fresh, house.keys["payout"] = house.keys["payout"], key.key
    house.shift += timedelta(hours=1)
    status, problem, _ = post(house, "payout", "reveal", body(elements=[NAME], records=["0" * 32]))
    assert (status, problem["code"]) == (401, "credential.expired")
    assert problem["do"]
    house.keys["payout"] = fresh
    house.house.parts.sentry.flush()
    last = house.last(tmp_path, HOUSE)
    assert (last["action"], last["detail"]["code"]) == (
        "access:credential:refused",
        "credential.expired",
    )


def test_a_clock_that_was_set_back_stops_writing_until_it_is_right(
    house: World, tmp_path: Path
) -> None:
    """Nothing is recorded with a time that is over; when the clock is right all goes on (C5.2)."""
    house.protect("before the clock")
    house.house.settle()
    before = house.counts()
    house.shift -= timedelta(hours=2)
    status, problem, text = post(house, "importer", "protect", body(records=[GOOD]))
    assert (status, problem["code"], problem["retryable"]) == (503, "clock.set_back", True)
    assert problem["do"]
    assert ECHO not in text
    assert house.counts() == before
    house.shift += timedelta(hours=2)
    assert post(house, "importer", "protect", body(records=[GOOD]))[0] == 200
    code, said = verified(*house.export(tmp_path))
    assert code == 0, said


# The command line: the home is closed in this process.


@pytest.fixture
def closed(house: World) -> Iterator[World]:
    """Return the deployment closed, and open it again."""
    house.close()
    yield house
    house.open()


TABLES = {
    "file.columns": b"id,nickname\n1,Zebulon\n",
    "file.quoting": b'id,name\n1,"Zebulon" Q\n',
    "file.nul": b"id,name\n1,Zebulon\x00Q\n",
    "file.encoding": b"id,name\n1,Zebulon \xff\n",
    "file.empty": b"",
}
MAPPING = """\
[file]
columns = ["id", "name"]
[record]
ref = "id"
subject = "row-{id}"
[[field]]
element = "person.name"
column = "name"
"""


def test_a_bad_table_is_refused_whole(closed: World, tmp_path: Path) -> None:
    """Wrong columns, quoting, NUL or encoding: exit 2, the code, the way out, no row held."""
    (tmp_path / "mapping.toml").write_text(MAPPING)
    before = closed.counts()
    for code, content in TABLES.items():
        (tmp_path / "table.csv").write_bytes(content)
        done = closed.cli(
            "protect", str(tmp_path / "table.csv"), "--mapping", str(tmp_path / "mapping.toml"),
            "-c", ACME, "-p", PAYMENT, who="importer",
        )  # fmt: skip
        said = done.stderr.splitlines()
        assert (done.returncode, said[0].partition(":")[0], len(said)) == (2, code, 2)
        assert ECHO not in done.stdout + done.stderr
    assert closed.counts() == before


CONTRACTS = {
    "contract.no_clauses": b"Zebulon and the others agree to be kind.\n",
    "contract.too_large": b"1. Zebulon shall pay.\n" * 480_000,
    "contract.encoding": "1. Zebulon shall pay \u201ctoday\u201d.\n".encode("utf-16-le")
    + "2. And tomorrow \u20ac.\n".encode(),
}


@pytest.mark.parametrize("code", CONTRACTS)
def test_a_bad_contract_is_refused_by_name(code: str, tmp_path: Path) -> None:
    """No clauses, ten megabytes, mixed encodings: exit 2, the code, and what to do."""
    (tmp_path / "contract.txt").write_bytes(CONTRACTS[code])
    done = World.command("agreement", "compile", str(tmp_path / "contract.txt"), cwd=tmp_path)
    said = done.stderr.splitlines()
    assert (done.returncode, said[0].partition(":")[0], len(said)) == (2, code, 2)
    assert ECHO not in done.stdout + done.stderr


def test_without_its_own_root_key_nothing_is_served(closed: World, tmp_path: Path) -> None:
    """A missing or foreign root key is said as such, and no new one is ever made in its place."""
    if closed.owner_url:
        pytest.skip("the root key is a file of the home on both engines")
    root = closed.settings.root_file
    kept = tmp_path / "root.key"
    shutil.move(root, kept)
    try:
        gone = closed.cli("controller", "list", who="ada")
        assert (gone.returncode, gone.stderr.partition(":")[0]) == (1, "root.missing")
        again = closed.cli(
            "init", "--name", "Eve Marlow", "--employer", "Harborline", "--email",
            "eve.marlow@harborline.example", "--undertaking", "NDA-9", "--undertaken", "2026-01-05",
        )  # fmt: skip
        assert (again.returncode, again.stderr.partition(":")[0]) == (1, "home.exists")
        assert not root.exists()
        other = World.command(
            "init", "--name", "Eve Marlow", "--employer", "Harborline", "--email",
            "eve.marlow@harborline.example", "--undertaking", "NDA-9", "--undertaken", "2026-01-05",
            cwd=tmp_path,
        )  # fmt: skip
        assert other.returncode == 0, other.stderr
        shutil.copy(tmp_path / "bailee-home" / "root.key", root)
        wrong = closed.cli("controller", "list", who="ada")
        assert (wrong.returncode, wrong.stderr.partition(":")[0]) == (3, "root.wrong")
    finally:
        root.unlink(missing_ok=True)
        shutil.move(kept, root)
    assert closed.cli("controller", "list", who="ada").returncode == 0
