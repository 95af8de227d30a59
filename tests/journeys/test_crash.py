"""A server process is killed in the middle of its work (C2.5(5)): nothing answered is lost."""

from __future__ import annotations

import signal
import subprocess
import threading
from pathlib import Path

from bailee.client import BaileeProblem, Client
from bailee.web.certificate import CERTIFICATE
from tests.journeys.serving import serving
from tests.journeys.world import ACME, PAYMENT, SEED, World, verified

CALLERS = 4
ENOUGH = 60


def certificate(world: World) -> str:
    """Return the file of the deployment's own certificate."""
    return str(world.settings.home / "tls" / CERTIFICATE)


def hammer(world: World, url: str, process: subprocess.Popen[str]) -> dict[str, str]:
    """Protect from several callers until enough was acknowledged, kill; return record → entry."""
    told: dict[str, str] = {}
    enough = threading.Event()

    def call(caller: int) -> None:
        with Client(url, world.keys["importer"], ca=certificate(world), retries=0) as client:
            for number in range(10_000):
                record = {"ref": "1", "subject": f"c{caller}-{number}", "fields": SEED}
                try:
                    done = client.protect(ACME, PAYMENT, [record])
                except BaileeProblem:
                    return
                told[done.results[0].record] = done.entry.entry_id
                if len(told) >= ENOUGH:
                    enough.set()

    threads = [threading.Thread(target=call, args=(one,)) for one in range(CALLERS)]
    for thread in threads:
        thread.start()
    assert enough.wait(120)
    process.send_signal(signal.SIGKILL)
    for thread in threads:
        thread.join()
    process.communicate()
    return told


def test_nothing_that_was_acknowledged_is_lost_by_a_kill(house: World, tmp_path: Path) -> None:
    """After kill -9: each acknowledged record opens, each entry is in a log that verifies."""
    house.close()
    with serving(house) as (process, url):
        told = hammer(house, url, process)
    assert len(told) >= ENOUGH
    with serving(house) as (_, url):
        payout = Client(url, house.keys["payout"], ca=certificate(house))
        seen = payout.reveal(ACME, PAYMENT, ["person.name"], records=list(told))
        assert [one.fields for one in seen.results] == [{"person.name": SEED["person.name"]}] * len(
            told
        )
        payout.close()
    house.open()
    bundle, vkey = house.export(tmp_path)
    code, said = verified(bundle, vkey)
    assert code == 0, said
    stood = {
        one["id"] for one in house.entries(tmp_path) if one["action"] == "vault:record:protected"
    }
    assert set(told.values()) <= stood
    # Whatever was not acknowledged may be there, but never a record without its entry.
    assert house.count("vault_record", ACME) == len(stood)


def test_a_second_server_on_one_home_is_refused_by_name(house: World) -> None:
    """One process holds a home with a database that is a file, data or keys; the next is told."""
    house.close()
    with serving(house) as (_, url):
        second = house.cli("serve", "--port", "0")
        assert second.returncode == 1
        assert "home.held" in second.stderr
        assert f"server at {url}" in second.stderr
        assert "BAILEE_URL" in second.stderr
        told = house.cli(
            "controller", "list", "--json", who="ada", BAILEE_URL=url, BAILEE_CA=certificate(house)
        )
        assert told.returncode == 0, told.stderr
