"""The contender: OpenBao's transit and KV engines, set up as its documentation asks of a server.

The server is the tests' own (``tests/openbao.py``), with a token and a policy for the load. TLS is
off on the loopback interface on both sides. Its limits on the JSON of a request stop a batch of
associated data at 249 items, so ``max_request_json_strings`` and ``max_request_json_memory`` are
raised.
"""

from __future__ import annotations

import base64
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import process, wire
from bench.load import environment
from bench.process import SERVER_CORE
from tests.openbao import Bao

KEY = "bench"
POLICY = """
path "transit/encrypt/bench" { capabilities = ["update"] }
path "transit/decrypt/bench" { capabilities = ["update"] }
path "kv/data/*" { capabilities = ["create", "update", "read"] }
"""
LISTENER = """
  max_request_json_strings = 1000000
  max_request_json_memory = 1073741824
"""
SEAL = ("GET", "/v1/sys/seal-status")


class _Pinned(Bao):
    """A server whose program runs on the core that measurements give it."""

    core: int | None = SERVER_CORE

    def start(self, command: list[str], log: Any) -> subprocess.Popen[str]:
        """Start a program on the core."""
        return process.start(command, environment(), core=self.core, output=log, errors=log)


@dataclass
class OpenBao:
    """One server with its storage in a folder."""

    folder: Path
    core: int | None = SERVER_CORE
    token: str = ""

    def __post_init__(self) -> None:
        self._bao = _Pinned(self.folder, listener=LISTENER)

    @property
    def port(self) -> int:
        """Return where it listens."""
        return self._bao.port

    def begin(self) -> None:
        """Start it for the first time: initialise, unseal, mount, make the key and the token."""
        self._bao.core = self.core
        self._bao.found()
        self._bao.admin("POST", "sys/mounts/transit", {"type": "transit"})
        self._bao.admin("POST", "sys/mounts/kv", {"type": "kv", "options": {"version": "2"}})
        self._bao.admin("POST", f"transit/keys/{KEY}", {"type": "aes256-gcm96"})
        self.token = self._bao.token("load", POLICY)
        self._bao.wait(lambda: self._bao.admin("GET", "kv/config"))

    def restart(self, core: int | None) -> None:
        """Stop and start again, on one core or on all."""
        self.stop()
        self.core = self._bao.core = core
        self._bao.serve()

    def stop(self) -> None:
        """Stop the server."""
        self._bao.stop()

    @property
    def roots(self) -> list[int]:
        """The server's process."""
        return [self._bao.pid]

    def version(self) -> str:
        """Return its version as it says it."""
        found = wire.ask(self.port, SEAL, {})
        return str(found["version"])

    def request(self, path: str, body: bytes, method: str = "POST") -> bytes:
        """Return one call of the load's token as it goes over the wire."""
        return wire.request(method, f"/v1/{path}", {"X-Vault-Token": self.token}, body)

    def call(self, path: str, body: object, method: str = "POST") -> Any:
        """Send one call of the load's token; return its answer."""
        return wire.ask(self.port, (method, f"/v1/{path}"), {"X-Vault-Token": self.token}, body)

    def logged(self) -> int:
        """Return the audit file's bytes."""
        return (self.folder / "audit.log").stat().st_size

    def lines(self) -> int:
        """Return the audit file's lines: one for each request and one for each answer."""
        with (self.folder / "audit.log").open("rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def encrypt_body(items: list[tuple[str, str]]) -> bytes:
    """Return a transit batch of (context, value)."""
    batch = [{"plaintext": _coded(v), "associated_data": _coded(c)} for c, v in items]
    return json.dumps({"batch_input": batch}, separators=(",", ":")).encode()


def decrypt_body(items: list[tuple[str, str]]) -> bytes:
    """Return a transit batch of (context, ciphertext)."""
    batch = [{"ciphertext": sealed, "associated_data": _coded(c)} for c, sealed in items]
    return json.dumps({"batch_input": batch}, separators=(",", ":")).encode()


def plain(coded: str) -> str:
    """Return a value as it was before it was sent."""
    return base64.b64decode(coded).decode()


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
