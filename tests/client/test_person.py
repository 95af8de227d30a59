"""A client of an acting-for service shows in each call for whom it acts."""

from __future__ import annotations

import base64
import json
import threading

import httpx2

from bailee.client import Client, PersonToken, Prover
from tests.simulators.wire import Wire, good, problem

ENTRY = {"log": "l", "entry_id": "e", "leaf": "ab"}
REVEALED = good({"results": [], "entry": ENTRY})
HEADER = "bailee-person-token"


def reveal(client: Client) -> None:
    """Read a value."""
    client.reveal("acme", "payments", ["person.name"], records=["r1"])


def told(request: httpx2.Request) -> dict[str, object]:
    """Return what a request's proof says."""
    part = request.headers["dpop"].split(".")[1]
    claims: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return claims


def test_nobody_is_acted_for_by_default() -> None:
    """An ordinary client sends neither header."""
    wire = Wire(REVEALED)
    reveal(Client("http://localhost", "key-1", transport=wire))
    assert not {HEADER, "dpop"} & set(wire.sent[0].headers)


def test_a_client_acts_for_one_person_or_for_many() -> None:
    """Whom a client was made for, ``acting_for`` changes for its own calls alone."""
    wire = Wire(REVEALED, REVEALED, REVEALED)
    client = Client("http://localhost", "key-1", transport=wire, person=PersonToken("bt_ada"))
    with client.acting_for("bt_ben") as other:
        reveal(other)
    reveal(client)  # leaving the other did not close the line
    reveal(client.acting_for("bt_cleo"))

    assert [one.headers[HEADER] for one in wire.sent] == ["bt_ben", "bt_ada", "bt_cleo"]
    assert {one.headers["authorization"] for one in wire.sent} == {"Bearer key-1"}
    assert not [one for one in wire.sent if b"bt_" in bytes(one.url.raw_path)]


def test_threads_do_not_mix_their_persons() -> None:
    """Calls for different people at one time each show their own."""
    wire = Wire(*[REVEALED] * 16)
    client = Client("http://localhost", "key-1", transport=wire)
    seen: list[tuple[str, str]] = []

    def call(name: str) -> None:
        mine = client.acting_for(name)
        reveal(mine)
        seen.append((name, str(mine._person.token if mine._person else "")))

    threads = [threading.Thread(target=call, args=(f"bt_{one}",)) for one in range(16)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(one.headers[HEADER] for one in wire.sent) == sorted(name for name, _ in seen)
    assert all(name == shown for name, shown in seen)


def test_each_attempt_has_a_proof_of_its_own() -> None:
    """A proof is spent by the first attempt, so the second brings another (RFC 9449 11.1)."""
    wire = Wire(problem(503, "db.busy", retryable=True), REVEALED)
    client = Client("http://localhost", "key-1", transport=wire, sleep=lambda _: None)
    reveal(client.acting_for("a.b.c", Prover()))

    first, second = (told(one) for one in wire.sent)
    assert first["jti"] != second["jti"]
    assert first["htu"] == "http://localhost/v1/controllers/acme/reveal"
    assert first["htm"] == "POST"
    assert first["ath"] == second["ath"]


def test_no_token_is_shown_by_accident() -> None:
    """What holds a token does not show it."""
    assert "bt_ada" not in repr(PersonToken("bt_ada", Prover()))
