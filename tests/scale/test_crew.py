"""Several serving processes behind one address, and on several machines: one deployment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bailee.app.home import check_workers
from bailee.app.settings import read_settings
from bailee.client import BaileeProblem, Client
from bailee.errors import Invalid, Refused, Unavailable
from bailee.web.crew import LONGEST_DELAY, Seat, delay, read_seat
from bailee.web.server import Listener, reserve
from tests.journeys.serving import serving
from tests.journeys.world import ACME, PAYMENT, SEED, World, verified
from tests.scale.processes import answering, caller, members, wait_until
from tests.simulators.house import KEY, SimulatedHouse
from tests.web.conftest import served

POSTGRES = {
    "BAILEE_DATABASE_URL": "postgresql://app@db/d",
    "BAILEE_KEYS_URL": "postgresql://keys@elsewhere/k",
}


def record(subject: str) -> dict[str, object]:
    """Return a record to protect."""
    return {"ref": "1", "subject": subject, "fields": SEED}


@pytest.mark.parametrize(
    ("environment", "workers", "code"),
    [
        ({}, 2, "workers.sqlite"),
        ({"BAILEE_KEYS_URL": POSTGRES["BAILEE_KEYS_URL"]}, 2, "workers.sqlite"),
        ({"BAILEE_DATABASE_URL": POSTGRES["BAILEE_DATABASE_URL"]}, 2, "workers.sqlite_keys"),
        (POSTGRES, 0, "workers.count"),
        (POSTGRES, 65, "workers.count"),
        (POSTGRES, 64, ""),
        ({}, 1, ""),
    ],
)
def test_a_file_is_served_by_one_process(
    environment: dict[str, str], workers: int, code: str, tmp_path: Path
) -> None:
    """More than one worker takes both databases on PostgreSQL; the refusal says which is not."""
    settings = read_settings(environment, tmp_path)
    if not code:
        check_workers(settings, workers)
        return
    with pytest.raises(Refused if "sqlite" in code else Invalid, match=code):
        check_workers(settings, workers)


def test_the_command_refuses_a_crew_on_sqlite(tmp_path: Path) -> None:
    """`bailee serve --workers 2` on an embedded home ends at once, with reason and remedy."""
    done = subprocess.run(
        [sys.executable, "-m", "bailee", "serve", "--workers", "2"],
        env={**World(read_settings({}, tmp_path)).environment()},
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("workers.sqlite: ")
    assert "PostgreSQL" in done.stderr


def test_a_member_is_started_again_later_and_later() -> None:
    """Half a second after the first death, twice as long after each, never above thirty seconds."""
    assert [delay(n) for n in range(1, 8)] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0]
    assert delay(10_000) == LONGEST_DELAY == 30.0


@pytest.mark.parametrize("text", ["", "1/2", "1/2/x", "a/b/c", "1/2/3/4", "-1/2/3"])
def test_seats_come_from_the_supervisor(text: str) -> None:
    """A seat survives the command line; anything else in its place is refused."""
    assert read_seat(str(Seat(1, 2, 9))) == Seat(1, 2, 9)
    with pytest.raises(Invalid):
        read_seat(text)


def test_a_crew_serves_loses_a_member_and_drains(world: World, tmp_path: Path) -> None:
    """Both answer; one killed under load is missed and replaced; a stop ends all; no entry lost."""
    told: dict[str, str] = {}
    stop = threading.Event()

    def protect(number: int) -> None:
        count = 0
        while not stop.is_set():
            with caller(world, url, "importer") as client:  # a fresh connection each time
                try:
                    done = client.protect(ACME, PAYMENT, [record(f"crew{number}-{count}")])
                except BaileeProblem:  # its member died before it answered
                    continue
            told[done.results[0].record] = done.entry.entry_id
            count += 1

    with serving(world, "--workers", "2") as (process, url):
        looker = caller(world, url, "ada")
        assert answering(looker) == ("ok", 2, 2)
        crew = members(process)
        assert len(crew) == 2
        callers = [threading.Thread(target=protect, args=(number,)) for number in range(3)]
        for one in callers:
            one.start()
        wait_until(lambda: len(told) > 20, "the crew protects")
        os.kill(crew[0], signal.SIGKILL)
        looker.close()
        looker = caller(world, url, "ada", retries=3)
        wait_until(lambda: set(members(process)) != set(crew) or None, "the dead one is replaced")
        before = len(told)
        wait_until(lambda: len(told) > before + 20, "the others go on")
        wait_until(lambda: answering(looker) == ("ok", 2, 2), "the crew is whole again")
        assert crew[1] in members(process)
        stop.set()
        for one in callers:
            one.join()
        counted = looker.metrics()
        looker.close()
        left = members(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        said = process.stderr.read() if process.stderr else ""
        assert "\nbailee_worker_restarts 1\n" in counted, said
        assert not [pid for pid in left if Path(f"/proc/{pid}").exists()]
    bundle, vkey = world.export(tmp_path)
    assert verified(bundle, vkey)[0] == 0
    assert set(told.values()) <= {one["id"] for one in world.entries(tmp_path)}
    assert world.count("vault_record", ACME) >= len(told)


def test_members_end_with_their_supervisor(world: World) -> None:
    """A supervisor that is killed leaves nobody behind who serves unsupervised."""
    with serving(world, "--workers", "2") as (process, _):
        left = members(process)
        process.kill()
        process.wait()
        wait_until(
            lambda: not [pid for pid in left if Path(f"/proc/{pid}/exe").exists()],
            "the members ended",
        )


def test_a_crew_that_cannot_serve_ends_with_the_reason(world: World) -> None:
    """A setting that keeps members from serving is said, and the command ends with its code."""
    done = subprocess.run(
        [sys.executable, "-m", "bailee", "serve", "--port", "0", "--workers", "2"],
        env=world.environment(BAILEE_DATABASE_URL=world.owner_url),  # stronger than it may be
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 1
    assert "db.role: " in done.stderr
    assert "serving" not in done.stdout


def test_an_address_is_shared_within_a_crew_alone() -> None:
    """Members listen on the reserved address side by side; another server's crew is refused it.

    Otherwise half of the calls would end at the other one.
    """
    house = SimulatedHouse()
    held = reserve("127.0.0.1", 0)
    port = held.getsockname()[1]
    listeners = [Listener(house, "127.0.0.1", port, shared=True) for _ in range(2)]
    with served(listeners[0]), served(listeners[1]):
        with pytest.raises(Unavailable) as caught:
            reserve("127.0.0.1", port)
        for _ in range(10):
            with Client(listeners[0].url, KEY, retries=0) as client:
                assert client.health().status == "ok"
    held.close()

    assert caught.value.code == "server.address"


def refusal(attempt: Callable[[], object]) -> str:
    """Return the code with which a call was refused, '' when it was not."""
    try:
        attempt()
    except BaileeProblem as problem:
        return problem.code
    return ""


def test_what_one_process_ends_is_ended_in_the_others(world: World) -> None:
    """Revoke a grant, erase a subject, revoke a key here: the very next call there is refused."""
    world.service("temp")
    grant = world.give(ACME, "temp", ["reveal", "encrypt", "decrypt"], "person.name")
    kept, erased = world.protect("kept"), world.protect("erased")
    value = {"ref": "1", "element": "person.name", "subject": "erased", "value": "Ada"}
    with serving(world) as (_, url):
        there = caller(world, url, "temp")

        def reveal(which: str) -> str:
            names = ["person.name"]
            return refusal(lambda: there.reveal(ACME, PAYMENT, names, records=[which]))

        sealed = there.encrypt(ACME, PAYMENT, [value]).results[0].ciphertext
        opened = {"ref": "1", "element": "person.name", "subject": "erased", "ciphertext": sealed}
        assert [reveal(kept), reveal(erased)] == ["", ""]  # their keys are remembered there now
        assert there.decrypt(ACME, PAYMENT, [opened]).results[0].value == "Ada"

        world.line("bram").erase(ACME, PAYMENT, subjects=["erased"])
        assert reveal(erased) == "record.unknown"
        assert refusal(lambda: there.decrypt(ACME, PAYMENT, [opened])) == "subject.unknown"
        assert reveal(kept) == ""

        world.line("ada").revoke_grant(ACME, grant)
        assert reveal(kept) == "grant.revoked"

        world.line("bram").leave(world.ids["temp"])
        assert reveal(kept) == "credential.principal_left"
        there.close()


def test_two_servers_write_one_log(world: World, tmp_path: Path) -> None:
    """Entries of both stand in one log that verifies; neither forks it nor stops the other."""
    with serving(world) as (_, url):
        other = caller(world, url, "importer")
        entries = []
        for number in range(20):
            client = other if number % 2 else world.line("importer")
            entries.append(client.protect(ACME, PAYMENT, [record(f"two-{number}")]).entry.entry_id)
        other.close()
        bundle, vkey = world.export(tmp_path)
    code, said = verified(bundle, vkey)
    assert code == 0, said
    assert set(entries) <= {one["id"] for one in world.entries(tmp_path)}
    assert world.line().health().status == "ok"
