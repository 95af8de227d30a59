"""The line to a server: how a call is sent, when it is sent again, how it fails.

Three kinds of call, by what a second attempt does:

* ``AGAIN``: reading a page of facts. Repeated after any failure of the line.
* ``KEYED``: a write with an Idempotency-Key. Repeated after any failure of the line: the server
  remembers the first answer for 24 hours.
* ``ONCE``: everything else, above all a reveal, which is a new access each time. Repeated only
  when no byte was sent, or when the server itself said that nothing was done.
"""

from __future__ import annotations

import copy
import ipaddress
import re
import secrets
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Self, TypeVar

import httpx2
import msgspec

from bailee.client.limits import Limits

T = TypeVar("T")
Prove = Callable[[str, str, str], str]
"""Makes a proof (RFC 9449) of method, address and token."""
PERSON = "bailee-person-token"
FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 10.0
NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
"""Failures of the line before the first byte left."""
UNKNOWN_EFFECT = "db.gone"
"""The one code of a 503 after which nobody knows whether the call took effect."""
_DECODERS: dict[type, msgspec.json.Decoder[Any]] = {}
_LOCK = threading.Lock()
"""Of ``_DECODERS``. One thread at a time: a type whose description is half made crashes another."""
SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Again(Enum):
    """What a second attempt of a call does."""

    AGAIN = "again"
    KEYED = "keyed"
    ONCE = "once"


class BaileeProblem(Exception):  # noqa: N818 - the interface's own word for a failure
    """The server refused or failed, or could not be reached (``client.unreachable``, status 0).

    Args:
        code: stable; see the API's description.
        status: HTTP status.
        detail: one sentence; repeats nothing that was sent.
        do: what to do next.
        retryable: the same call may succeed later, unchanged.
        request_id: for the operator.
    """

    def __init__(
        self,
        code: str,
        *,
        status: int = 0,
        detail: str = "",
        do: str = "",
        retryable: bool = False,
        request_id: str = "",
    ) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.status = status
        self.detail = detail
        self.do = do
        self.retryable = retryable
        self.request_id = request_id


class _Document(msgspec.Struct, frozen=True):
    """A problem document as it arrives."""

    code: str
    status: int
    detail: str = ""
    do: str = ""
    retryable: bool = False
    request_id: str = ""


_DOCUMENT = msgspec.json.Decoder(_Document)


def _decoder(shape: type[T]) -> msgspec.json.Decoder[T]:
    with _LOCK:
        found = _DECODERS.get(shape)
        if found is None:
            found = _DECODERS[shape] = msgspec.json.Decoder(shape)
        return found


@dataclass(frozen=True, slots=True)
class PersonToken:
    """Whom an acting-for service acts for; ``repr`` hides the token.

    ``prove`` makes the proofs for a token that is bound to a key: a ``Prover``.
    """

    token: str = field(repr=False)
    prove: Prove | None = field(default=None, repr=False)


class Line:
    """A server's address and a key; see ``Client`` for the arguments."""

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        ca: str | None = None,
        transport: httpx2.BaseTransport | None = None,
        timeout: float = 30.0,
        retries: int = 3,
        sleep: Callable[[float], None] = time.sleep,
        person: PersonToken | None = None,
    ) -> None:
        headers = {"accept": "application/json"}
        if key is not None:
            headers["authorization"] = f"Bearer {key}"
        self._retries = retries
        self._sleep = sleep
        self._person = person
        self._owner = True
        self._http = httpx2.Client(
            base_url=checked(url),
            headers=headers,
            transport=transport,
            timeout=timeout,
            verify=trust(ca) if transport is None else True,
            follow_redirects=False,
            trust_env=False,  # neither a proxy nor a .netrc may learn or replace the key
        )

    def acting_for(self, person_token: str, prove: Prove | None = None) -> Self:
        """Return the same client for calls on behalf of one person; the key is a service's.

        It shares the connections, which stay the first client's to close. Any number of them may
        be used at one time, each for its own person.

        Args:
            person_token: the person's: of this server (``issue_token``) or of their identity
                provider.
            prove: makes the proof for a token that is bound to a key; ``Prover`` is one.
        """
        other = copy.copy(self)
        vars(other).update(_person=PersonToken(person_token, prove), _owner=False)
        return other

    def close(self) -> None:
        """Close every connection."""
        if self._owner:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def limits(self) -> Limits:
        """Return what one call may hold at most."""
        return self._get("/v1/limits", Limits)

    def _get(self, path: str, shape: type[T]) -> T:
        return self._decode(self._send("GET", path, Again.AGAIN), shape)

    def _post(self, path: str, shape: type[T], body: Mapping[str, Any] | None = None) -> T:
        return self._decode(self._send("POST", path, Again.ONCE, body), shape)

    def _keyed(self, path: str, shape: type[T], body: Mapping[str, Any], key: str | None) -> T:
        key = key or secrets.token_hex(16)
        return self._decode(self._send("POST", path, Again.KEYED, body, key=key), shape)

    def _raw(self, path: str) -> bytes:
        return self._send("GET", path, Again.AGAIN).content

    def _send(
        self,
        method: str,
        path: str,
        again: Again,
        body: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
    ) -> httpx2.Response:
        """Send a call, again where that is safe, and return the first good answer."""
        headers = {} if body is None else {"content-type": "application/json"}
        if key is not None:
            headers["idempotency-key"] = key
        content = None if body is None else msgspec.json.encode(body)
        attempt = 0
        while True:
            try:
                shown = headers | self._of_person(method, path)
                response = self._http.request(method, path, content=content, headers=shown)
            except httpx2.HTTPError as error:
                unsent = isinstance(error, NOT_SENT)
                problem = BaileeProblem(
                    "client.unreachable",
                    detail=f"No answer from the server ({type(error).__name__}).",
                    do="See whether it runs, and whether its certificate is trusted.",
                    retryable=unsent or again is not Again.ONCE,
                )
                wait = None
            else:
                if response.status_code == httpx2.codes.OK:
                    return response
                problem, wait = _problem(response), _retry_after(response)
            if attempt >= self._retries or not _may_repeat(problem, again):
                raise problem from None
            self._sleep(_wait(attempt, wait))
            attempt += 1

    def _of_person(self, method: str, path: str) -> dict[str, str]:
        """Return what is shown of the person; a proof is made anew for every attempt."""
        if self._person is None:
            return {}
        headers = {PERSON: self._person.token}
        if self._person.prove is not None:
            url = str(self._http.base_url.join(path))
            headers["dpop"] = self._person.prove(method, url, self._person.token)
        return headers

    @staticmethod
    def _decode(response: httpx2.Response, shape: type[T]) -> T:
        try:
            return _decoder(shape).decode(response.content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise _strange(response) from None


def checked(url: str) -> str:
    """Return a server's address, or refuse it.

    Raises:
        ValueError: not an address of a server, or plain HTTP beyond the loopback interface (C3.1).
    """
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL:
        raise ValueError("that is not an address of a server") from None
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise ValueError("a server's address begins with https:// and names a host")
    if parsed.userinfo or parsed.query or parsed.fragment or parsed.path.strip("/"):
        raise ValueError("a server's address has no user, path, query or fragment")
    if parsed.scheme == "http" and not _is_loopback(parsed.host):
        raise ValueError("plain http is for the loopback interface alone (C3.1); use https")
    return str(parsed)


def trust(ca: str | None) -> ssl.SSLContext:
    """Return a context that checks names and chains, and speaks TLS 1.2 or newer (C3.1)."""
    context = ssl.create_default_context(cafile=ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def segment(text: str) -> str:
    """Return a short name or id for use in an address.

    Raises:
        ValueError: anything else; without repeating it, for it may be a value (C3.2).
    """
    if not SEGMENT.fullmatch(text):
        raise ValueError("a controller's name or an id is 1 to 64 letters, digits, '.', '_', '-'")
    return text


def within(controller: str, path: str) -> str:
    """Return the address of something of a controller's."""
    return f"/v1/controllers/{segment(controller)}/{path}"


def filled(**members: Any) -> dict[str, Any]:
    """Return a body of those members that say something."""
    return {name: value for name, value in members.items() if value not in (None, "", [], ())}


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _may_repeat(problem: BaileeProblem, again: Again) -> bool:
    if problem.code == UNKNOWN_EFFECT and again is Again.ONCE:
        return False
    return problem.retryable


def _wait(attempt: int, asked: float | None) -> float:
    """Return seconds to wait: doubling, with jitter so that callers do not come back together."""
    most = min(FIRST_WAIT_SECONDS * (1 << attempt), LONGEST_WAIT_SECONDS)
    jitter = most * (0.5 + secrets.randbelow(1001) / 2000)
    return jitter if asked is None else min(asked, LONGEST_WAIT_SECONDS) + jitter


def _retry_after(response: httpx2.Response) -> float | None:
    text = response.headers.get("retry-after", "")
    return float(text) if text.isdecimal() and len(text) < 6 else None


def _problem(response: httpx2.Response) -> BaileeProblem:
    if response.headers.get("content-type", "").partition(";")[0] != "application/problem+json":
        return _strange(response)
    try:
        document = _DOCUMENT.decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _strange(response)
    return BaileeProblem(
        document.code,
        status=response.status_code,
        detail=document.detail,
        do=document.do,
        retryable=document.retryable,
        request_id=document.request_id,
    )


def _strange(response: httpx2.Response) -> BaileeProblem:
    """Return the problem of an answer that no bailee gives; a proxy's page, or a redirect."""
    return BaileeProblem(
        "client.strange_answer",
        status=response.status_code,
        detail="What answered is not a bailee server, or speaks another version.",
        do="Check the address.",
        retryable=response.status_code == httpx2.codes.SERVICE_UNAVAILABLE,
    )


__all__ = [
    "Again",
    "BaileeProblem",
    "Line",
    "PersonToken",
    "Prove",
    "checked",
    "filled",
    "segment",
    "trust",
    "within",
]
