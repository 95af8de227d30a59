"""The same door without a socket."""

from __future__ import annotations

import threading

import httpx2
from starlette.applications import Starlette

from bailee.client import Client, Record
from bailee.web.inprocess import InProcess
from tests.simulators.house import KEY, SimulatedHouse


def test_the_client_runs_the_whole_api_in_process(app: Starlette, house: SimulatedHouse) -> None:
    """A client with this transport stores and reads through the very same application."""
    with Client("http://localhost", KEY, transport=InProcess(app)) as client:
        record = Record("1", "customer-17", {"person.ssn": "078-05-1120"})
        stored = client.protect("acme", "payments", [record])
        token = stored.results[0].tokens["person.ssn"]
        revealed = client.reveal("acme", "payments", ["person.ssn"], tokens=[token])

    assert revealed.results[0].fields == {"person.ssn": "078-05-1120"}
    assert {remote for _, remote in house.credentials} == {"in-process"}


def test_many_threads_share_one_transport(app: Starlette, house: SimulatedHouse) -> None:
    """Callers in threads of their own are each answered with their own answer."""
    answers: dict[int, str] = {}
    with Client("http://localhost", KEY, transport=InProcess(app)) as client:

        def call(number: int) -> None:
            item = {"ref": str(number), "element": "person.name", "subject": "c", "value": "v"}
            answers[number] = client.encrypt("acme", "payments", [item]).results[0].ref

        threads = [threading.Thread(target=call, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert answers == {number: str(number) for number in range(20)}


def test_closing_ends_the_private_thread(app: Starlette) -> None:
    """After close nothing of the transport runs; closing twice is harmless."""
    before = threading.active_count()
    transport = InProcess(app)
    with httpx2.Client(transport=transport, base_url="http://localhost") as http:
        assert http.get("/v1/health").json()["status"] == "ok"
    transport.close()

    assert "in-process" not in [thread.name for thread in threading.enumerate()]
    assert threading.active_count() <= before + 4
