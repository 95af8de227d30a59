"""Root in a PKCS#11 token: an AES-256 object that cannot be taken out (C2.8(3)).

A vendor's library is C in our address space: it may hang, crash, or forbid forks. So the session
lives in a process of its own (``pkcs11_child.py``), which is asked over a pipe with a deadline,
killed when it lets one pass, and started again by the next call. Wrapping and unwrapping change
nothing in the token, so a call whose process died is asked once more, within the same deadline.

A wrong PIN is never tried twice: tokens count, and lock. After one was refused, nothing is asked
until the file holds another.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib.util
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from bailee.errors import Failure, NotFound, Refused, Unavailable
from bailee.keys.root import (
    LIMIT_SECONDS,
    missing_root,
    refused_root,
    retired_root,
    unavailable_root,
    wrong_root,
)
from bailee.keys.sealed import bound, name_root, seal, unseal

CHILD = Path(__file__).with_name("pkcs11_child.py")
ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True)
class TokenKey:
    """Where an object lies (RFC 7512).

    Attributes:
        module: the vendor's library.
        token: label of the token; may be empty when the serial number is given.
        serial: of the token.
        object: label of the key; several objects with it are versions of one root.
        id: CKA_ID in hexadecimal, when exactly one object is meant.
        pin_file: holds the user's PIN; empty for a token without a login.
    """

    module: str
    token: str
    serial: str
    object: str
    id: str
    pin_file: str


class _DiedError(Exception):
    """The process ended before it answered."""


class TokenRoot:
    """A root in a token. One request at a time: sessions are not shared between threads."""

    def __init__(self, place: TokenKey, limit: float = LIMIT_SECONDS) -> None:
        if importlib.util.find_spec("pkcs11") is None:
            raise NotFound(
                "root.extra_pkcs11",
                "The library that speaks to PKCS#11 tokens is not installed.",
                do="Install bailee with its extra: pip install 'bailee[pkcs11]'.",
            )
        self._place = place
        self._limit = limit
        self._key_id = name_root("pkcs11", place.token, place.serial, place.object, place.id)
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None  # owned by _lock, as all below
        self._refused_pin = b""
        self._closed = False

    @property
    def key_id(self) -> str:
        """Return the root's name: a hash of the labels that find the object."""
        return self._key_id

    def wrap(self, context: bytes, key: bytes) -> bytes:
        """Return ``key`` encrypted; see ``Root``."""
        request = {"act": "wrap", "bound": self._bound(context), "key": key.hex()}
        return seal(self._key_id, context, self._ask(request))

    def unwrap(self, context: bytes, wrapped: bytes) -> bytes:
        """Return the key; see ``Root``."""
        body = unseal(self._key_id, context, wrapped)
        return self._ask({"act": "unwrap", "bound": self._bound(context), "body": body.hex()})

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._closed = True
            self._end()

    def _bound(self, context: bytes) -> str:
        return bound(self._key_id, context).hex()

    def _ask(self, request: Mapping[str, str]) -> bytes:
        """Return the token's answer; see the module for what happens when there is none."""
        deadline = time.monotonic() + self._limit
        if not self._lock.acquire(timeout=self._limit):
            raise unavailable_root()
        try:
            try:
                return self._ask_once(request, deadline)
            except _DiedError:
                return self._ask_once(request, deadline)
        except _DiedError:
            raise unavailable_root() from None
        finally:
            self._lock.release()

    def _ask_once(self, request: Mapping[str, str], deadline: float) -> bytes:
        if self._closed:
            raise unavailable_root()
        if self._child is None:
            self._start(deadline)
        return self._exchange(request, deadline)

    def _start(self, deadline: float) -> None:
        """Start the process and let it log in.

        Raises:
            Unavailable: ``root.refused``, ``root.credential``, ``root.missing``.
        """
        pin = self._pin()
        digest = hashlib.sha256(pin.encode()).digest()
        if hmac.compare_digest(digest, self._refused_pin):
            raise refused_root()
        self._child = subprocess.Popen(  # noqa: S603 - this interpreter, and a file of ours
            [sys.executable, "-I", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a vendor's library may say anything there
            bufsize=0,
        )
        try:
            self._exchange({"act": "open", **asdict(self._place), "pin": pin}, deadline)
        except Failure as failure:
            if failure.code == refused_root().code:
                self._refused_pin = digest
            raise

    def _exchange(self, request: Mapping[str, str], deadline: float) -> bytes:
        """Send a request and return the answer's bytes; the process is ended by whatever else."""
        try:
            said = self._converse(json.dumps(request).encode() + b"\n", deadline)
        except BaseException:
            self._end()
            raise
        if "ok" in said:
            return bytes.fromhex(said["ok"])
        failure = _meaning(str(said.get("no")))
        if isinstance(failure, Unavailable | Refused):
            self._end()  # a new session may fare better, and an old one does not recover
        raise failure

    def _converse(self, line: bytes, deadline: float) -> dict[str, str]:
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            raise _DiedError
        try:
            child.stdin.write(line)
        except OSError:
            raise _DiedError from None
        data = b""
        poll = select.poll()
        poll.register(child.stdout, select.POLLIN)
        while not data.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000) or len(data) > ANSWER_BYTES:
                raise unavailable_root()
            block = os.read(child.stdout.fileno(), ANSWER_BYTES)
            if not block:
                raise _DiedError
            data += block
        try:
            return dict(json.loads(data))
        except ValueError:  # the vendor's library printed into the answers
            raise unavailable_root() from None

    def _pin(self) -> str:
        if not self._place.pin_file:
            return ""
        try:
            return Path(self._place.pin_file).read_text("utf-8").rstrip("\r\n")
        except (OSError, ValueError):
            raise Unavailable(
                "root.credential",
                "The file with the credential for the root key's provider cannot be read.",
                do="Correct pin-source in BAILEE_ROOT; it is read again at every login.",
            ) from None

    def _end(self) -> None:
        """Kill the process: it holds no state, and one that hangs heeds nothing else."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()


def _meaning(code: str) -> Failure:
    match code:
        case "pin" | "refused":
            return refused_root()
        case "missing":
            return missing_root()
        case "retired":
            return retired_root()
        case "wrong":
            return wrong_root()
        case "extractable" | "length":
            return Refused(
                "root.weak",
                "The object in the token can be taken out of it, or is no AES-256 key.",
                do="Make one with CKA_SENSITIVE and without CKA_EXTRACTABLE, 32 bytes long.",
            )
    return unavailable_root()
