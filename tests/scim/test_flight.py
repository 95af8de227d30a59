"""A call that was under way when somebody was ended is ended with them (C2.5(6))."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import psycopg
import pytest

from bailee.client import Client
from tests.journeys.serving import serving
from tests.journeys.world import ACME, PAYMENT, World, code_of, founded
from tests.scale.processes import caller, certificate
from tests.scim.world import Provider, provided, provider, speak

OFF = {"op": "replace", "value": {"active": False}}
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
LOCK = "SELECT pg_advisory_lock(hashtextextended(%s, 0))"


@contextmanager
def locked(world: World, who: str) -> Iterator[psycopg.Connection[tuple[int]]]:
    """Hold what a reveal of somebody takes last of all, so that it stands before its commit."""
    with psycopg.connect(world.owner_url, autocommit=True) as conn:
        conn.execute(LOCK, [f"{ACME}/{world.ids[who]}/{PAYMENT}"])
        yield conn


def held(conn: psycopg.Connection[tuple[int]]) -> None:
    """Wait until a call stands there."""
    until = time.monotonic() + 20
    while not (conn.execute(WAITING).fetchone() or (0,))[0]:
        assert time.monotonic() < until, "no call came to stand before its commit"
        time.sleep(0.02)


class Under:
    """A reveal in a thread of its own."""

    def __init__(self, line: Client, record: str) -> None:
        self.code = ""
        self._line, self._record = line, record
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.code = code_of(
            lambda: self._line.reveal(ACME, PAYMENT, ["person.name"], records=[self._record])
        )

    def ended(self) -> str:
        """Return how it ended."""
        self._thread.join(20)
        assert not self._thread.is_alive()
        return self.code


def prepared(idp: Provider, who: str, name: str) -> tuple[str, str]:
    """Make somebody who may see names; return their user and a record."""
    user = idp.make(who)["id"]
    idp.admit(who, name)
    idp.world.give(ACME, who, ["reveal"], "person.name")
    return user, idp.world.protect(f"{who}-subject")


@pytest.fixture(scope="module")
def many(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Provider]:
    """Return a provider before a deployment that any number of processes may serve."""
    home = tmp_path_factory.mktemp("flight") / "home"
    with founded("clusters", home, request) as world:
        world.line("ada").grant(
            "house", world.ids["bram"], verbs=["people", "grant"], until=world.until()
        )
        with provider(world) as made:
            yield made


def test_a_call_that_stands_before_its_commit_is_refused(many: Provider) -> None:
    """What one process had decided before the end in another is not committed after it."""
    world = many.world
    user, record = prepared(many, "hanne", "Hanne Lund")
    with serving(world) as (_, url), caller(world, url, "hanne") as line:
        assert code_of(lambda: line.reveal(ACME, PAYMENT, ["person.name"], records=[record])) == (
            "done"
        )
        with locked(world, "hanne") as conn:
            under = Under(line, record)
            held(conn)
            assert many.patch(f"/Users/{user}", OFF).status_code == 200
        assert under.ended() == "credential.principal_left"


def test_a_call_of_somebody_else_is_done_again_and_answered(many: Provider) -> None:
    """Whoever was not ended is answered, though the rights of the house changed meanwhile."""
    world = many.world
    _, record = prepared(many, "ilse", "Ilse Voss")
    other = many.make("jorge")["id"]
    with locked(world, "ilse") as conn:
        under = Under(world.line("ilse"), record)
        held(conn)
        assert many.patch(f"/Users/{other}", OFF).status_code == 200
    assert under.ended() == "done"


def test_a_mapped_grant_that_ended_meanwhile_shows_nothing(many: Provider) -> None:
    """A member who is taken out of a group while a call stands before its commit gets nothing."""
    world = many.world
    many.make("kofi")
    many.admit("kofi", "Kofi Mensah")
    record = world.protect("kofi-subject")
    group = many.group("Claims flight", "kofi")
    many.mapped("Claims flight")
    world.read_up("kofi")
    with locked(world, "kofi") as conn:
        under = Under(world.line("kofi"), record)
        held(conn)
        taken = {"op": "remove", "path": f'members[value eq "{many.users["kofi"]}"]'}
        assert many.patch(f"/Groups/{group}", taken).status_code == 200
    assert under.ended() == "grant.revoked"


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_body_that_comes_slowly_comes_too_late(
    engine: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A call whose head came before the end, and whose body came after it, is refused."""
    with provided(engine, request, tmp_path_factory) as idp:
        world = idp.world
        user, record = prepared(idp, "lena", "Lena Hallberg")
        key = speak(world)
        world.close()
        with serving(world) as (_, url):
            context = ssl.create_default_context(cafile=certificate(world))
            host, port = url.removeprefix("https://").split(":")
            body = json.dumps(
                {"purpose": PAYMENT, "elements": ["person.name"], "records": [record]}
            ).encode()
            with (
                socket.create_connection((host, int(port))) as raw,
                context.wrap_socket(raw, server_hostname=host) as line,
                httpx2.Client(
                    base_url=f"{url}/scim/v2",
                    verify=context,
                    headers={"authorization": f"Bearer {key}"},
                    timeout=60.0,
                ) as http,
            ):
                head = (
                    f"POST /v1/controllers/{ACME}/reveal HTTP/1.1\r\nHost: {host}\r\n"
                    f"Authorization: Bearer {world.keys['lena']}\r\n"
                    f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                )
                line.sendall(head.encode() + body[:20])
                assert http.delete(f"/Users/{user}").status_code == 204
                line.sendall(body[20:])
                answer = b""
                while not answer.endswith(b"}"):
                    answer += line.recv(65536)
            assert answer.startswith(b"HTTP/1.1 401 ")
            assert b"credential.principal_left" in answer
        world.open()
