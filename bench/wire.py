"""HTTP/1.1 as the load speaks it: requests prepared as bytes, answers read with little work.

One shape for both contenders, so that neither pays for the other's client.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import Any

HEAD_END = b"\r\n\r\n"
LAST_CHUNK = b"\r\n0\r\n\r\n"
LENGTH = b"content-length:"
CHUNKED = -1


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """Return a whole request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def whole_size(data: bytes | bytearray) -> int:
    """Return how long an answer is whose head has arrived: 0 not yet known, -1 sent in chunks."""
    end = data.find(HEAD_END)
    if end < 0:
        return 0
    head = bytes(data[:end]).lower()
    at = head.find(LENGTH)
    if at < 0:
        return CHUNKED if b"transfer-encoding: chunked" in head else end + len(HEAD_END)
    return end + len(HEAD_END) + int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0])


def complete(data: bytes | bytearray, size: int) -> bool:
    """Say whether an answer of a known size is all there."""
    if size == CHUNKED:
        return data.endswith(LAST_CHUNK)
    return 0 < size <= len(data)


def status_of(data: bytes | bytearray) -> int:
    """Return an answer's status."""
    return int(data[9:12])


def body_of(data: bytes, size: int) -> bytes:
    """Return an answer's body, its chunks put together."""
    body = data[data.find(HEAD_END) + len(HEAD_END) :]
    if size != CHUNKED:
        return body
    parts: list[bytes] = []
    at = 0
    while True:
        line_end = body.find(b"\r\n", at)
        length = int(body[at:line_end].split(b";", 1)[0], 16)
        if not length:
            return b"".join(parts)
        parts.append(body[line_end + 2 : line_end + 2 + length])
        at = line_end + 2 + length + 2


def send(port: int, message: bytes) -> tuple[int, bytes]:
    """Send one request on a connection of its own; return status and body."""
    with socket.create_connection(("127.0.0.1", port), timeout=600) as line:
        line.sendall(message)
        data, size = bytearray(), 0
        while not complete(data, size):
            more = line.recv(1 << 20)
            if not more:
                break
            data += more
            size = size or whole_size(data)
    return status_of(data), body_of(bytes(data), size)


def ask(port: int, call: tuple[str, str], headers: Mapping[str, str], body: object = None) -> Any:
    """Send one call (method and path) and return its answer as JSON, None for an empty one.

    Raises:
        RuntimeError: when it was not answered with success; names status and path only.
    """
    method, path = call
    content = b"" if body is None else json.dumps(body).encode()
    status, text = send(port, request(method, path, headers, content))
    if status not in {200, 204}:
        raise RuntimeError(f"{method} {path} was answered with {status}: {text[:200]!r}")
    return json.loads(text) if text else None
