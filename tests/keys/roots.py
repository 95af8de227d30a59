"""Every provider of a root key as the tests need it: real, and able to fail when told to.

A keeper is the provider's own side: it opens handles as bailee does, makes new versions, dies,
falls silent, refuses. PKCS#11 is SoftHSM2, OpenBao is the server itself behind TLS, AWS is moto's
server, in a process of its own: nothing nearer to KMS runs without AWS.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Protocol

import boto3
import httpx2
import pytest

from bailee.keys import Root, RootPlace, create, open_place
from tests.openbao import Bao, free_port
from tests.simulators.certificates import own_certificate
from tests.simulators.gate import Gate

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PAUSE = 0.2
PIN, WRONG_PIN = "493817", "000000"
REGION = "eu-central-1"
TRANSIT_POLICY = """
path "transit/encrypt/{name}" { capabilities = ["update"] }
path "transit/decrypt/{name}" { capabilities = ["update"] }
"""


class Keeper(Protocol):
    """One provider with one root key."""

    @property
    def place(self) -> RootPlace:
        """What the settings say."""

    @property
    def other(self) -> RootPlace:
        """Another key at the same provider."""

    @property
    def nowhere(self) -> RootPlace:
        """A key that the provider does not have."""

    def rotate(self) -> None:
        """Give the key a new version."""

    def retire(self) -> None:
        """Let the first version open nothing any more."""

    def kill(self) -> None:
        """Die at once, with whatever is in hand."""

    def hang(self) -> None:
        """Go on existing, and answer nothing."""

    def refuse(self) -> None:
        """Take the credential no more."""

    def recover(self) -> None:
        """Be well again, whatever it was."""

    def secrets(self) -> list[str]:
        """Return credentials that may appear in no error and no log."""


def opened(place: RootPlace) -> Root:
    """Open a root as the house does, with a probe that is quick about finding out."""
    return open_place(place, pause=PAUSE)


class LocalKeeper:
    """A file. It cannot fail once it is read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("one", "two"):
            create(folder / name)
        self.place = RootPlace("", folder / "one")
        self.other = RootPlace(f"file:{folder}/two", folder / "one")
        self.nowhere = RootPlace("", folder / "none")

    def secrets(self) -> list[str]:
        """Return nothing: there is no credential."""
        return []

    def recover(self) -> None:
        """Do nothing."""

    rotate = retire = kill = hang = refuse = recover


class TokenKeeper:
    """A SoftHSM2 token in a folder of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        (folder / "tokens").mkdir()
        conf = folder / "softhsm2.conf"
        conf.write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
        monkeypatch.setenv("SOFTHSM2_CONF", str(conf))
        self._run("softhsm2-util", "--init-token", "--free", "--label", "vault", "--so-pin",
                  "1" * 8, "--pin", PIN)  # fmt: skip
        self.pin_file = folder / "pin"
        self.pin_file.write_text(PIN + "\n")
        self._make("root", "01")
        self._make("second", "01")
        self.place, self.other = self.at("root"), self.at("second")
        self.nowhere = self.at("none")
        self._held: list[IO[bytes]] = []

    def at(self, label: str, *more: str) -> RootPlace:
        """Return the address of an object."""
        path = ";".join([f"token=vault;object={label}", *more])
        address = f"pkcs11:{path}?module-path={MODULE}&pin-source=file:{self.pin_file}"
        return RootPlace(address, Path())

    def rotate(self) -> None:
        """Make another object with the same label."""
        self._make("root", "02")

    def retire(self) -> None:
        """Destroy the first object."""
        self._tool("--delete-object", "--type", "secrkey", "--label", "root", "--id", "01")

    def kill(self) -> None:
        """Kill the processes that hold sessions, and take the token away."""
        (self.folder / "tokens").rename(self.folder / "away")
        self._kill_sessions()

    def hang(self) -> None:
        """Hold the locks of the token's files: the library waits for them inside C, for ever."""
        for path in (self.folder / "tokens").glob("*/*"):
            held = path.open("r+b")
            fcntl.lockf(held, fcntl.LOCK_EX)
            self._held.append(held)

    def refuse(self) -> None:
        """Give a PIN that is not the token's, and make everybody log in again."""
        self.pin_file.write_text(WRONG_PIN + "\n")
        self._kill_sessions()

    def recover(self) -> None:
        """Put everything back."""
        for held in self._held:
            held.close()
        self._held = []
        if (self.folder / "away").exists():
            (self.folder / "away").rename(self.folder / "tokens")
        self.pin_file.write_text(PIN + "\n")

    def secrets(self) -> list[str]:
        """Return both PINs."""
        return [PIN, WRONG_PIN]

    def _make(self, label: str, key_id: str, *more: str) -> None:
        self._tool("--keygen", "--key-type", "AES:32", "--label", label, "--id", key_id,
                   *(more or ("--sensitive",)))  # fmt: skip

    def make_extractable(self, label: str) -> RootPlace:
        """Make an object that can be taken out of the token."""
        self._make(label, "01", "--extractable")
        return self.at(label)

    def _tool(self, *arguments: str) -> None:
        self._run("pkcs11-tool", "--module", MODULE, "--token-label", "vault", "--login",
                  "--pin", PIN, *arguments)  # fmt: skip

    def _run(self, *command: str) -> None:
        subprocess.run(command, check=True, capture_output=True)

    def sessions(self) -> list[int]:
        """Return the processes that this test's own process started to hold sessions."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal():
                continue
            try:
                line = (entry / "cmdline").read_bytes()
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if b"pkcs11_child.py" in line and parent == os.getpid():
                found.append(int(entry.name))
        return found

    def _kill_sessions(self) -> None:
        for pid in self.sessions():
            with contextlib.suppress(ProcessLookupError):  # it ended meanwhile
                os.kill(pid, signal.SIGKILL)


class TransitKeeper:
    """A key in OpenBao's transit engine, reached through a gate."""

    def __init__(self, folder: Path, server: Bao) -> None:
        self.server = server
        self.name = f"root-{secrets.token_hex(4)}"
        for name in (self.name, f"{self.name}-two"):
            server.admin("POST", f"transit/keys/{name}", {"type": "aes256-gcm96"})
        self.policy = TRANSIT_POLICY.replace("{name}", f"{self.name}*")
        self.token_file = folder / "token"
        self._tokens: list[str] = []
        self._new_token()
        self.gate = Gate(server.port)
        self.place, self.other = self.at(self.name), self.at(f"{self.name}-two")
        self.nowhere = self.at(f"{self.name}-none")
        self._dead = False

    def at(self, name: str) -> RootPlace:
        """Return the address of a key."""
        address = f"openbao:https://127.0.0.1:{self.gate.port}/transit/{name}"
        return RootPlace(
            address, Path(), token_file=str(self.token_file), ca_file=self.server.ca_file
        )

    def rotate(self) -> None:
        """Let the server make a new version."""
        self.server.admin("POST", f"transit/keys/{self.name}/rotate", {})

    def retire(self) -> None:
        """Forbid the first version."""
        self.server.admin("POST", f"transit/keys/{self.name}/config", {"min_decryption_version": 2})

    def kill(self) -> None:
        """Kill the server."""
        self.server.kill()
        self._dead = True

    def hang(self) -> None:
        """Pass no more bytes on."""
        self.gate.silence()

    def refuse(self) -> None:
        """Revoke the token."""
        self.server.admin("POST", "auth/token/revoke", {"token": self._tokens[-1]})

    def recover(self) -> None:
        """Start, unseal, let through, and give a new token as an agent would."""
        if self._dead:
            self.server.serve()
            self._dead = False
        self.gate.open()
        self._new_token()

    def secrets(self) -> list[str]:
        """Return the tokens."""
        return self._tokens

    def _new_token(self) -> None:
        self._tokens.append(self.server.token(self.name, self.policy))
        draft = self.token_file.with_suffix(".new")
        draft.write_text(self._tokens[-1] + "\n")
        draft.replace(self.token_file)


class KmsKeeper:
    """A key in moto's KMS, reached through a gate. Dying is the gate's part: moto forgets."""

    def __init__(self, server: Moto, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = server
        self.gate = Gate(server.port)
        for name, value in server.environment(self.gate.port).items():
            monkeypatch.setenv(name, value)
        self._admin = boto3.client("kms", endpoint_url=server.address)
        arns = [self._admin.create_key()["KeyMetadata"]["Arn"] for _ in range(2)]
        self.arn = arns[0]
        self.place, self.other = (RootPlace(f"awskms:{arn}", Path()) for arn in arns)
        self.nowhere = RootPlace(f"awskms:{arns[0][:-12]}{'0' * 12}", Path())

    def alias(self) -> RootPlace:
        """Give the key an alias and return its address."""
        name = f"alias/{secrets.token_hex(4)}"
        self._admin.create_alias(AliasName=name, TargetKeyId=self.arn)
        return RootPlace(f"awskms:{name}", Path())

    def rotate(self) -> None:
        """Ask for KMS's own rotation; moto counts it and keeps the material."""
        self._admin.rotate_key_on_demand(KeyId=self.arn)

    def retire(self) -> None:
        """Do nothing: KMS keeps every version."""

    def kill(self) -> None:
        """Refuse connections and cut what stands."""
        self.gate.shut()

    def hang(self) -> None:
        """Pass no more bytes on."""
        self.gate.silence()

    def refuse(self) -> None:
        """Check credentials from now on; ours are unknown."""
        self.server.forgive(calls="0")

    def recover(self) -> None:
        """Let through, and check no credentials."""
        self.server.forgive(calls="inf")
        self.gate.open()

    def secrets(self) -> list[str]:
        """Return the secret access key."""
        return [self.server.secret]


class Moto:
    """moto's server in a process of its own."""

    secret = "simulated-secret-access-key"

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        with (folder / "moto.log").open("w") as log:
            command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
            self._server = subprocess.Popen(command, stdout=log, stderr=log)

    def answers(self) -> None:
        """Raise unless it answers."""
        httpx2.get(f"{self.address}/moto-api/", trust_env=False, timeout=30)

    def forgive(self, calls: str) -> None:
        """Let so many calls through before credentials are checked."""
        httpx2.post(
            f"{self.address}/moto-api/reset-auth", content=calls, trust_env=False, timeout=30
        )

    def environment(self, port: int) -> dict[str, str]:
        """Return AWS's own settings for reaching it through a port."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "AKIASIMULATED0000000",
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def close(self) -> None:
        """End it."""
        self._server.kill()
        self._server.wait()


def founded_bao(folder: Path) -> Bao:
    """Return a running, unsealed server with a transit engine, behind a certificate of its own."""
    certificate, ca_file = own_certificate(folder)
    server = Bao(folder / "bao", certificate=certificate, ca_file=ca_file)
    server.found()
    server.admin("POST", "sys/mounts/transit", {"type": "transit"})
    return server
