"""Nothing that a caller sent is said back or written down (C3.2)."""

from __future__ import annotations

import json
import logging
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailee.web.call import Route
from bailee.web.routes import TABLE
from tests.simulators.house import SimulatedHouse
from tests.web.test_door import EXAMPLES, address

CANARY = "078051120"
PLACES = ("path", "query", "header", "credential", "media", "key", "method", "body", "length")
ROWS = [row for row in TABLE if row.request]
each_example = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def planted(tree: Any, at: int) -> Any:
    """Return a JSON tree with the canary in its ``at``-th place: a value, a name or a new name."""
    places: list[Any] = []

    def walk(node: Any, put: Any) -> None:
        places.append(lambda: put(CANARY))
        if isinstance(node, dict):
            places.append(lambda: node.update({f"x{CANARY}": 1}))
            places.append(lambda: node.update({f" - at `$.{CANARY}`": 1}))
            for name in list(node):
                places.append(lambda name=name: node.update({CANARY: node.pop(name)}))
                walk(node[name], lambda new, name=name: node.update({name: new}))
        if isinstance(node, list):
            for index, item in enumerate(node):
                walk(item, lambda new, index=index: node.__setitem__(index, new))

    root = [json.loads(json.dumps(tree))]
    walk(root[0], lambda new: root.__setitem__(0, new))
    places[at % len(places)]()
    return root[0]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_planted_body_comes_back_from_the_house_alone(
    row: Route, http: httpx2.Client, house: SimulatedHouse, caplog: pytest.LogCaptureFixture
) -> None:
    """Wherever a canary stands in a body, no refusal repeats it and no line holds it."""
    caplog.set_level(logging.DEBUG)
    for at in range(60):
        response = http.post(address(row), json=planted(EXAMPLES[row.name], at))

        if response.status_code != 200:
            assert CANARY not in response.text + repr(response.headers)
    assert [record for record in caplog.records if record.name == "bailee.access"]
    assert CANARY not in "".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("http")
    )


def plant(
    request: dict[str, Any], place: str, body: bytes
) -> tuple[str, str, list[tuple[bytes, bytes]], bytes]:
    """Put the canary into one part of a request."""
    canary = CANARY.encode()
    headers = dict(request["headers"])
    method, url = request["method"], request["url"]
    match place:
        case "path":
            url = f"/v1/controllers/{CANARY}/reveal"
        case "query":
            url += f"?ssn={CANARY}"
        case "header":
            headers[f"x-{CANARY}".encode()] = canary
        case "credential":
            headers[b"authorization"] = b"Bearer " + canary
        case "media":
            headers[b"content-type"] = canary
        case "key":
            headers[b"idempotency-key"] = canary + b" " + canary
        case "method":
            method = f"X{CANARY}"
        case "length":
            headers[b"content-length"] = canary
        case "body":
            body += canary
    return method, url, list(headers.items()), body


@each_example
@given(
    sent=st.tuples(
        st.sets(st.sampled_from(PLACES), min_size=1),
        st.binary(max_size=40),
        st.sampled_from(ROWS),
    )
)
def test_no_part_of_a_request_is_repeated(
    sent: tuple[set[str], bytes, Route], http: httpx2.Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Canaries in any parts of a request appear in no answer and in no line of ours."""
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    places, body, row = sent
    headers: list[tuple[bytes, bytes]] = [(b"content-type", b"application/json")]
    request: dict[str, Any] = {"method": "POST", "url": address(row), "headers": headers}
    for place in sorted(places):
        method, url, headers, body = plant(request, place, body)
        request = {"method": method, "url": url, "headers": headers}
    response = http.send(http.build_request(**request, content=body))

    assert response.status_code >= 400
    assert response.status_code < 500
    assert response.headers["content-type"] == "application/problem+json"
    assert CANARY not in response.text + repr(response.headers)
    assert CANARY not in "".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("http")
    )


def test_every_sentence_of_ours_is_fit_to_be_read(http: httpx2.Client) -> None:
    """A refusal says what is wrong in a sentence, and this door's always say what to do or why."""
    response = http.post("/v1/invitations", content=b"{", headers={"content-type": "x"})
    problem = response.json()

    assert problem["detail"].endswith(".")
    assert problem["do"].endswith(".")
