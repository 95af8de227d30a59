"""How a call is sent, sent again, and fails."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from bailee.client import BaileeProblem, Client, Record
from tests.simulators.wire import Step, Wire, good, problem

ENTRY = {"log": "l", "entry_id": "e", "leaf": "ab"}
CANARY = "078-05-1120"
RECORD = Record("1", "customer-17", {"person.ssn": CANARY})
STORED = good({"results": [{"ref": "1", "ok": True, "record": "r1"}], "entry": ENTRY})
REVEALED = good({"results": [{"ok": True, "record": "r1"}], "entry": ENTRY})
BUSY = problem(503, "db.busy", retryable=True, headers={"retry-after": "2"})
UNSENT = httpx2.ConnectError("refused")
LOST = httpx2.ReadError("lost")


class Line:
    """A client on a wire, with the seconds it waited."""

    def __init__(self, *steps: Step, retries: int = 3) -> None:
        self.wire = Wire(*steps)
        self.waited: list[float] = []
        self.client = Client(
            "http://localhost",
            "key-1",
            transport=self.wire,
            retries=retries,
            sleep=self.waited.append,
        )

    def protect(self) -> Any:
        """Write once."""
        return self.client.protect("acme", "payments", [RECORD])

    def reveal(self) -> Any:
        """Read a value once."""
        return self.client.reveal("acme", "payments", ["person.ssn"], records=["r1"])


def test_a_call_is_sent_as_the_api_has_it() -> None:
    """Method, address, key, media type and body are those of the description."""
    line = Line(STORED)
    line.protect()
    sent = line.wire.sent[0]

    assert (sent.method, str(sent.url)) == (
        "POST",
        "http://localhost/v1/controllers/acme/protect",
    )
    assert sent.headers["authorization"] == "Bearer key-1"
    assert sent.headers["content-type"] == "application/json"
    assert json.loads(sent.content) == {
        "purpose": "payments",
        "mode": "atomic",
        "records": [{"ref": "1", "subject": "customer-17", "fields": {"person.ssn": CANARY}}],
    }


@pytest.mark.parametrize("failure", [UNSENT, LOST, httpx2.ReadTimeout("slow"), BUSY])
def test_a_write_is_repeated_under_one_key(failure: Step) -> None:
    """After any failure of the line a write is sent again with the same Idempotency-Key."""
    line = Line(failure, failure, STORED)

    assert line.protect().results[0].record == "r1"
    keys = {sent.headers["idempotency-key"] for sent in line.wire.sent}
    assert len(line.wire.sent) == 3
    assert len(keys) == 1
    assert len(keys.pop()) == 32


def test_two_writes_have_two_keys() -> None:
    """Each call has a key of its own; a caller may bring one."""
    line = Line(STORED)
    line.protect()
    line.protect()
    line.client.protect("acme", "payments", [RECORD], idempotency_key="mine")
    keys = [sent.headers["idempotency-key"] for sent in line.wire.sent]

    assert len(set(keys)) == 3
    assert keys[2] == "mine"


@pytest.mark.parametrize("failure", [UNSENT, httpx2.ConnectTimeout("slow"), BUSY])
def test_a_reveal_is_repeated_when_nothing_was_done(failure: Step) -> None:
    """Nothing left, or the server said that nothing was done: then once more."""
    line = Line(failure, REVEALED)

    assert line.reveal().results[0].ok
    assert len(line.wire.sent) == 2
    assert "idempotency-key" not in line.wire.sent[0].headers


@pytest.mark.parametrize(
    "failure",
    [
        LOST,
        httpx2.ReadTimeout("slow"),
        httpx2.WriteError("half"),
        httpx2.RemoteProtocolError("cut"),
        problem(503, "db.gone", retryable=True),
    ],
)
def test_a_reveal_is_not_repeated_when_it_may_have_happened(failure: Step) -> None:
    """A reveal that may have reached the ledger is not made twice behind the caller's back."""
    line = Line(failure, REVEALED)

    with pytest.raises(BaileeProblem):
        line.reveal()
    assert len(line.wire.sent) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 413, 422, 500])
def test_what_is_not_retryable_is_not_repeated(status: int) -> None:
    """A refusal is told at once, with all that the problem document says."""
    line = Line(problem(status, "grant.missing"))

    with pytest.raises(BaileeProblem) as caught:
        line.protect()

    told = caught.value
    assert (told.status, told.code, told.detail, told.do, told.retryable, told.request_id) == (
        status, "grant.missing", "What is wrong.", "What to do.", False, "r1",
    )  # fmt: skip
    assert len(line.wire.sent) == 1


def test_it_gives_up_in_the_end() -> None:
    """After the last attempt the last problem is told."""
    line = Line(BUSY, retries=2)

    with pytest.raises(BaileeProblem) as caught:
        line.protect()

    assert caught.value.code == "db.busy"
    assert len(line.wire.sent) == 3


def test_waits_grow_and_differ() -> None:
    """Waits double from a tenth of a second, each with jitter, and never pass ten seconds."""
    line = Line(UNSENT, retries=9)
    with pytest.raises(BaileeProblem):
        line.protect()

    for attempt, waited in enumerate(line.waited):
        most = min(0.1 * 2**attempt, 10)
        assert most / 2 <= waited <= most
    assert len(set(line.waited)) > 1


def test_the_servers_own_wait_is_kept() -> None:
    """Retry-After is a least wait."""
    line = Line(BUSY, STORED)
    line.protect()

    assert 2 <= line.waited[0] <= 2.1


@pytest.mark.parametrize("after", ["soon", "Fri, 20 Nov 2026 21:07:00 GMT", "999999999", "-1"])
def test_a_strange_wait_is_not_believed(after: str) -> None:
    """A Retry-After that is no small number of seconds does not stop a caller for long."""
    line = Line(problem(503, "db.busy", retryable=True, headers={"retry-after": after}), STORED)
    line.protect()

    assert line.waited[0] <= 0.1


def test_redirects_are_not_followed() -> None:
    """A redirect would carry the key elsewhere: it is a strange answer."""
    line = Line(httpx2.Response(307, headers={"location": "https://evil.example/"}), STORED)

    with pytest.raises(BaileeProblem) as caught:
        line.protect()

    assert (caught.value.code, caught.value.status) == ("client.strange_answer", 307)
    assert len(line.wire.sent) == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(200, content=b"<html>"),
        httpx2.Response(200, content=b'{"results": 1}'),
        httpx2.Response(200, content=b'{"results": ["\xff"]}'),
        httpx2.Response(502, content=b"<html>"),
        httpx2.Response(500, content=b"{}", headers={"content-type": "application/problem+json"}),
    ],
)
def test_what_no_bailee_says_is_strange(answer: httpx2.Response) -> None:
    """A proxy's page is told from an answer, and none of it is repeated."""
    with pytest.raises(BaileeProblem) as caught:
        Line(answer).protect()

    assert caught.value.code == "client.strange_answer"
    assert "html" not in str(caught.value)


@pytest.mark.parametrize("failure", [UNSENT, LOST, problem(422, "body.shape"), BUSY])
def test_a_failure_holds_nothing_that_was_sent(failure: Step) -> None:
    """C3.2: neither a value nor the key is in a problem, nor in what led to it."""
    with pytest.raises(BaileeProblem) as caught:
        Line(failure, retries=0).protect()

    error: BaseException | None = caught.value
    assert caught.value.__suppress_context__
    assert CANARY not in f"{error!r} {error} {vars(error)}"
    assert "key-1" not in f"{error!r} {error} {vars(error)}"


@pytest.mark.parametrize(
    "url",
    [
        "http://bailee.example",
        "http://198.51.100.7:8443",
        "http://127.0.0.1.example",
        "ftp://localhost",
        "localhost:8443",
        "https://",
        "https://user:secret@bailee.example",
        "https://bailee.example/?key=secret",
        "https://bailee.example/path",
        "https://bailee.example/#x",
    ],
)
def test_an_unsafe_address_is_refused(url: str) -> None:
    """C3.1: a key does not travel in the clear, and an address holds nothing but an address."""
    with pytest.raises(ValueError, match=r"address|https") as caught:
        Client(url, "key-1")

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost", "https://bailee.example/"]
)
def test_a_safe_address_is_taken(url: str) -> None:
    """TLS anywhere, plain HTTP on this machine."""
    with Client(url, "key-1") as client:
        assert "key-1" not in repr(client)


@pytest.mark.parametrize("name", ["", "a/b", "..", "a?b", "a b", "é", "a" * 65, CANARY + "/x"])
def test_no_address_is_made_of_anything_but_a_name(name: str) -> None:
    """C3.2, ASVS 1.2.2: what is no short name never becomes part of an address."""
    line = Line(STORED)
    with pytest.raises(ValueError, match="letters") as caught:
        line.client.show_clauses(name)

    assert line.wire.sent == []
    assert CANARY not in str(caught.value)


def test_the_environment_does_not_interfere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy or a .netrc of the environment neither sees nor replaces the key."""
    monkeypatch.setenv("ALL_PROXY", "http://198.51.100.7:1")
    monkeypatch.setenv("HTTP_PROXY", "http://198.51.100.7:1")
    with (
        Client("http://127.0.0.1:9", "key-1", retries=0) as client,
        pytest.raises(BaileeProblem) as caught,
    ):
        client.limits()

    assert caught.value.code == "client.unreachable"
    assert "ConnectError" in caught.value.detail
