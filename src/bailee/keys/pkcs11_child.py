"""The process that holds a PKCS#11 session: lines of JSON in, lines of JSON out.

Run by path and isolated (``python -I``); it imports nothing of bailee, so it starts quickly and an
operator can read all that stands next to the token. ``pkcs11.py`` speaks to it.

A vendor's library may hang for ever inside C, where Python cannot interrupt it. So before each
request an alarm is set whose default action is to end the process: the kernel sees to it, also when
the parent is gone. At the end of input the process ends too. It writes nothing but answers.

    {"act": "open", "module": …, "token": …, "serial": …, "object": …, "id": …, "pin": …}
    {"act": "wrap", "bound": hex, "key": hex}                              → {"ok": hex}
    {"act": "unwrap", "bound": hex, "body": hex}                           → {"ok": hex}

A wrapped body is the length of the object's CKA_ID, the CKA_ID, a nonce, and AES-256-GCM's
ciphertext with its tag (PKCS#11 v3.0 2.13.4; NIST SP 800-38D, random 96-bit nonces). Several
objects may carry the label: the one with the greatest CKA_ID wraps, each one unwraps what it
wrapped. So a new object is a rotation, and asks for no restart.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

import pkcs11
from pkcs11 import exceptions
from pkcs11.mechanisms import GCMParams

NONCE_BYTES = 12
TAG_BYTES = 16
KEY_BITS = 256
ALARM_SECONDS = 10.0
"""Longer than the parent's patience: it kills first, and the alarm is for when it cannot."""

CODES: Mapping[type[Exception], str] = {
    exceptions.PinIncorrect: "pin",
    exceptions.PinInvalid: "pin",
    exceptions.PinLenRange: "pin",
    exceptions.PinLocked: "pin",
    exceptions.PinExpired: "pin",
    exceptions.UserPinNotInitialized: "pin",
    exceptions.NoSuchToken: "missing",
    exceptions.MultipleTokensReturned: "missing",
    exceptions.TokenNotPresent: "missing",
    exceptions.FunctionRejected: "refused",
}
"""What an error of the library means to the parent; all others: ``unavailable``."""


class No(Exception):  # noqa: N818 - an answer, not a fault
    """The answer is no, for the reason given by its one argument."""


class Session:
    """An open session and the objects that are found in it."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        library = pkcs11.lib(request["module"])
        wanted = {"token_label": request["token"], "token_serial": request["serial"].encode()}
        token = library.get_token(**{name: value for name, value in wanted.items() if value})
        self._session = token.open(user_pin=request["pin"] or None)
        self._label = request["object"]
        self._id = bytes.fromhex(request["id"])
        if not self.keys():
            raise No("missing")

    def keys(self) -> dict[bytes, Any]:
        """Return the objects by CKA_ID; looked for anew, for somebody may have made another."""
        wanted: dict[pkcs11.Attribute, Any] = {
            pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY,
            pkcs11.Attribute.KEY_TYPE: pkcs11.KeyType.AES,
        }
        if self._label:
            wanted[pkcs11.Attribute.LABEL] = self._label
        if self._id:
            wanted[pkcs11.Attribute.ID] = self._id
        found = list(self._session.get_objects(wanted))
        return {bytes(one[pkcs11.Attribute.ID]): one for one in found}

    def wrap(self, bound: bytes, key: bytes) -> bytes:
        """Encrypt under the newest object."""
        keys = self.keys()
        if not keys:
            raise No("missing")
        newest = max(keys, key=lambda name: (len(name), name))
        found = keys[newest]
        # A key that can be read out of its token is only as safe as a file.
        if found[pkcs11.Attribute.EXTRACTABLE] or not found[pkcs11.Attribute.SENSITIVE]:
            raise No("extractable")
        if found.key_length != KEY_BITS:
            raise No("length")
        return bytes([len(newest)]) + newest + _encrypt(found, bound, key)

    def unwrap(self, bound: bytes, body: bytes) -> bytes:
        """Decrypt under the object that is named in the body."""
        end = 1 + body[0] if body else 0
        keys = self.keys()
        if not keys:
            raise No("missing")
        found = keys.get(body[1:end])
        if found is None:
            raise No("retired")
        if len(body) - end <= NONCE_BYTES + TAG_BYTES:
            raise No("wrong")
        try:
            return _decrypt(found, bound, body[end:])
        except exceptions.PKCS11Error:
            # About a tag that does not fit some tokens say "general error", as they do about
            # everything. A token that opens what it has just sealed is not ill: the bytes are.
            _decrypt(found, bound, _encrypt(found, bound, b"does it open at all"))
            raise No("wrong") from None


def _encrypt(found: Any, bound: bytes, plain: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    param = GCMParams(nonce, bound)
    return nonce + bytes(
        found.encrypt(plain, mechanism=pkcs11.Mechanism.AES_GCM, mechanism_param=param)
    )


def _decrypt(found: Any, bound: bytes, sealed: bytes) -> bytes:
    param = GCMParams(sealed[:NONCE_BYTES], bound)
    return bytes(
        found.decrypt(
            sealed[NONCE_BYTES:], mechanism=pkcs11.Mechanism.AES_GCM, mechanism_param=param
        )
    )


def answer(session: Session | None, request: Mapping[str, Any]) -> tuple[Session | None, str]:
    """Do what a request asks; return the session and the answer in hexadecimal."""
    match request["act"]:
        case "open":
            return Session(request), ""
        case "wrap" if session is not None:
            return session, session.wrap(_bytes(request, "bound"), _bytes(request, "key")).hex()
        case "unwrap" if session is not None:
            return session, session.unwrap(_bytes(request, "bound"), _bytes(request, "body")).hex()
    raise No("unavailable")


def _bytes(request: Mapping[str, Any], name: str) -> bytes:
    return bytes.fromhex(request[name])


def serve() -> None:
    """Answer until the input ends."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    session: Session | None = None
    for line in sys.stdin:
        signal.setitimer(signal.ITIMER_REAL, ALARM_SECONDS)
        try:
            session, text = answer(session, json.loads(line))
            said = {"ok": text}
        except No as no:
            said = {"no": str(no.args[0])}
        except Exception as error:  # noqa: BLE001 - whatever a vendor's library raises
            said = {"no": CODES.get(type(error), "unavailable")}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()
        signal.setitimer(signal.ITIMER_REAL, 0)


if __name__ == "__main__":
    serve()
