"""A wire that does what it is told: each step is an answer or a failure of the line."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import msgspec

Step = httpx2.Response | Exception | Callable[[httpx2.Request], httpx2.Response]


def problem(
    status: int, code: str, *, retryable: bool = False, headers: dict[str, str] | None = None
) -> httpx2.Response:
    """Return a problem document as a server sends it."""
    document = {
        "type": f"urn:bailee:problem:{code}",
        "title": "T",
        "status": status,
        "code": code,
        "detail": "What is wrong.",
        "do": "What to do.",
        "retryable": retryable,
        "request_id": "r1",
    }
    return httpx2.Response(
        status,
        content=msgspec.json.encode(document),
        headers={"content-type": "application/problem+json", **(headers or {})},
    )


def good(answer: object) -> httpx2.Response:
    """Return a good answer."""
    return httpx2.Response(200, content=msgspec.json.encode(answer))


class Wire(httpx2.BaseTransport):
    """An httpx2 transport that plays its steps, the last one for ever, and keeps what was sent."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.sent: list[httpx2.Request] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Play the next step."""
        request.read()
        self.sent.append(request)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step(request) if callable(step) else step
