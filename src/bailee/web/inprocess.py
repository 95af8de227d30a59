"""The same door without a socket: for the command line on the machine that holds the data.

A client made with ``transport=InProcess(app)`` meets every rule that a remote caller meets, for
the request goes through the same application. One private thread runs the event loop; the
caller's threads wait.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import MutableMapping
from typing import Any

import httpx2
from starlette.types import ASGIApp

HERE = ("in-process", 0)
"""Stands where a remote address stands."""


class InProcess(httpx2.BaseTransport):
    """An httpx2 transport that calls an application; safe from any number of threads."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="in-process", daemon=True)
        self._thread.start()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request, its body and its answer held whole."""
        body = request.read()
        answer = asyncio.run_coroutine_threadsafe(self._call(request, body), self._loop).result()
        return httpx2.Response(
            answer.status, headers=answer.headers, content=b"".join(answer.parts), request=request
        )

    def close(self) -> None:
        """End the private thread; calls under way are over, for their callers wait for them."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _call(self, request: httpx2.Request, body: bytes) -> _Answer:
        answer = _Answer(body)
        await self._app(_scope(request), answer.receive, answer.send)
        return answer


class _Answer:
    """Gathers what the application sends, and hands it the body."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.parts: list[bytes] = []

    async def receive(self) -> MutableMapping[str, Any]:
        """Hand out the body once, whole."""
        body, self._body = self._body, None
        if body is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Take a part of the answer."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.parts.append(message.get("body", b""))


def _scope(request: httpx2.Request) -> dict[str, Any]:
    path, _, query = request.url.raw_path.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "server": (request.url.host, request.url.port),
        "client": HERE,
    }


__all__ = ["HERE", "InProcess"]
