"""Root in OpenBao's transit engine (or Vault's): a key of type ``aes256-gcm96`` (C2.8(3)).

The key never leaves the server; the context goes along as ``associated_data``. The token needs no
more than ``update`` on ``MOUNT/encrypt/NAME`` and ``MOUNT/decrypt/NAME``. It lies in a file, read
for every request, so that an agent may renew it while we run. Rotating the key at the server is
possible at any time: what older versions wrapped still opens, until ``min_decryption_version``
says no.
"""

from __future__ import annotations

import base64
import binascii
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import httpx2

from bailee.errors import Invalid, Unavailable
from bailee.keys.noted import Opened
from bailee.keys.root import (
    LIMIT_SECONDS,
    missing_root,
    refused_root,
    retired_root,
    unavailable_root,
    wrong_root,
)
from bailee.keys.sealed import bound, name_root, seal, unseal

ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True)
class TransitKey:
    """Where a key lies.

    Attributes:
        address: of the server, without a path.
        mount: of the engine, with its namespace before it if there is one.
        name: of the key.
        token_file: holds the token and nothing else.
        ca_file: certificates that vouch for the server; empty for the system's.
    """

    address: str
    mount: str
    name: str
    token_file: str
    ca_file: str = ""


class TransitRoot:
    """A root behind an HTTP address. Thread-safe."""

    def __init__(self, place: TransitKey, limit: float = LIMIT_SECONDS) -> None:
        self._place = place
        # Not the address: the same server may be reached by another one tomorrow.
        self._key_id = name_root("openbao", place.mount, place.name)
        self._limits = httpx2.Timeout(limit)
        self._lock = threading.Lock()
        self._client: httpx2.Client | None = None  # owned by _lock

    @property
    def key_id(self) -> str:
        """Return the root's name: a hash of mount and name."""
        return self._key_id

    def wrap(self, context: bytes, key: bytes) -> bytes:
        """Return ``key`` encrypted; see ``Root``."""
        body = {"plaintext": _coded(key), "associated_data": self._bound(context)}
        status, answer = self._post("encrypt", body)
        if status == httpx2.codes.BAD_REQUEST:
            raise missing_root() if "not found" in _errors(answer) else refused_root()
        return seal(self._key_id, context, _field(answer, "ciphertext").encode())

    def unwrap(self, context: bytes, wrapped: bytes) -> bytes:
        """Return the key; see ``Root``."""
        return self.open(context, wrapped).key

    def open(self, context: bytes, wrapped: bytes) -> Opened:
        """Return the key and the ``request_id`` under which the audit device has it."""
        sealed = unseal(self._key_id, context, wrapped).decode("ascii", "replace")
        body = {"ciphertext": sealed, "associated_data": self._bound(context)}
        status, answer = self._post("decrypt", body)
        if status == httpx2.codes.BAD_REQUEST:
            _raise_unopened(_errors(answer))
        try:
            key = base64.b64decode(_field(answer, "plaintext"), validate=True)
        except binascii.Error:
            raise unavailable_root() from None
        return Opened(key, str(answer.get("request_id", "")))

    def close(self) -> None:
        """Close its connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()

    def _bound(self, context: bytes) -> str:
        return _coded(bound(self._key_id, context))

    def _post(self, act: str, body: Mapping[str, str]) -> tuple[int, Any]:
        """Return status (200 or 400) and body; every other answer is raised as what it means."""
        path = f"/v1/{self._place.mount}/{act}/{self._place.name}"
        headers = {"X-Vault-Token": self._token(), "X-Vault-Request": "true"}
        try:
            with self._http().stream("POST", path, json=body, headers=headers) as answer:
                status, data = answer.status_code, b""
                for block in answer.iter_bytes():
                    data += block
                    if len(data) > ANSWER_BYTES:
                        raise unavailable_root()
            _raise_status(status)
            return status, httpx2.Response(status, content=data).json()
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, ValueError, OSError):
            raise unavailable_root() from None  # their text may name an address: not for callers

    def _token(self) -> str:
        try:
            token = Path(self._place.token_file).read_text("ascii").strip()
        except (OSError, ValueError):
            token = ""
        if not token or not token.isprintable():
            raise Unavailable(
                "root.credential",
                "The file with the credential for the root key's provider cannot be read.",
                do="Correct BAILEE_ROOT_TOKEN_FILE; it is read again for every request.",
            )
        return token

    def _http(self) -> httpx2.Client:
        with self._lock:
            if self._client is None:
                self._client = httpx2.Client(
                    base_url=self._place.address,
                    timeout=self._limits,
                    verify=_trust(self._place.ca_file),
                    trust_env=False,  # no proxy sees what is wrapped
                )
            return self._client


def _trust(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError):
        raise Invalid(
            "root.ca", "The certificate file for the root key's provider cannot be read."
        ) from None


def _raise_status(status: int) -> None:
    match status:
        case 200 | 400:
            return
        case 401 | 403:
            raise refused_root()
        case 404:
            raise missing_root()
    raise unavailable_root()  # 429, 472, 473, 503: standby, sealed, overloaded; 5xx: broken


def _raise_unopened(says: str) -> NoReturn:
    """Raise what the server's refusal to open means; its words are compared, never shown."""
    if "disallowed by policy" in says:
        raise retired_root()
    if "key not found" in says:
        raise missing_root()
    raise wrong_root()  # the digest fitted: see ``sealed``


def _errors(answer: Any) -> str:
    errors = answer.get("errors") if isinstance(answer, dict) else None
    return " ".join(map(str, errors)) if isinstance(errors, list) else ""


def _field(answer: Any, name: str) -> str:
    data = answer.get("data") if isinstance(answer, dict) else None
    value = data.get(name) if isinstance(data, dict) else None
    if not isinstance(value, str):
        raise unavailable_root()  # whoever answered, it was not the transit engine
    return value


def _coded(data: bytes) -> str:
    return base64.b64encode(data).decode()
