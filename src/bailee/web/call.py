"""One row of the table of routes, and one call of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from bailee.web.house import Caller, House
from bailee.web.limits import LIMITS

PARAMETERS: dict[str, str] = {
    "controller": "[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
    "id": "[A-Za-z0-9_-]{1,64}",
    "index": "[0-9]{1,15}",
    "state": "[a-z-]{1,16}",
    "urn": "[A-Za-z][A-Za-z0-9:._-]{0,127}",
    "tile": r"(?:[0-9]{1,2}|data|entries)(?:/x[0-9]{3}){0,6}/[0-9]{3}(?:\.p/[0-9]{1,3})?",
}
"""The form of every path parameter: ids, short names, states and numbers, never anybody's data."""
NAMES = re.compile(r"\{(\w+)(?::path)?\}")
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a signed call is about, as it arrived.

    Attributes:
        signature: of the header ``X-OpenDSR-Signature``; '' where there is none.
        body: the very bytes.
    """

    signature: str = field(repr=False)
    method: str
    path: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, about what, from where.

    Args:
        caller: None on routes without authentication.
        params: path parameters, each of its fixed form.
        remote: the other end's address, for the log of accesses.
    """

    caller: Caller
    params: Mapping[str, str]
    idempotency_key: str | None
    request_id: str
    remote: str
    query: Mapping[str, str] = field(default_factory=dict)
    """What SCIM asks in the address; nothing on any other route (C3.2)."""
    versions: tuple[int, ...] = ()
    """The versions that a change is meant for (If-Match, RFC 9110 13.1.1); () for any."""
    sent: Sent | None = None
    """What arrived, where the row's calls are signed."""

    @property
    def context(self) -> dict[str, str]:
        """Return where the call came from, for the ledger's entry, which only commits to it."""
        return {"request_id": self.request_id, "remote": self.remote}

    @property
    def controller(self) -> str:
        """The controller named in the address."""
        return self.params["controller"]

    @property
    def item(self) -> str:
        """The id named in the address."""
        return self.params["id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One row: an address, its shapes, and what it calls.

    Args:
        name: stable; the operation id of the API's description.
        request: the body's shape; None where no body is taken.
        response: the answer's shape; None where the answer is not JSON (``media`` says what).
        call: runs in a worker thread.
        auth: a credential is needed.
        keyed: an Idempotency-Key is taken.
        single: the whole call is one transaction, and waits for nothing before it answers.
        body_bytes: the body's limit.
        text_bytes: the limit of one text of the body, escapes included.
        scim: the row speaks SCIM: its media type, its errors, its queries.
        form: the body is a form, not JSON; the request's shape names the fields that are read.
        opened: the body is any JSON object, whose shape the house looks at itself.
        signed: calls of this row carry a signature over what was sent, which the house looks at.
        headers: of a good answer, in the place of the door's own of the same names.
    """

    method: str
    path: str
    name: str
    summary: str
    call: Callable[[House, Call, Any], Any]
    request: type[msgspec.Struct] | None = None
    response: type[msgspec.Struct] | None = None
    media: str = JSON
    auth: bool = True
    keyed: bool = False
    single: bool = False
    body_bytes: int = LIMITS.body_bytes
    text_bytes: int = LIMITS.value_bytes
    scim: bool = False
    form: bool = False
    opened: bool = False
    signed: bool = False
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the path parameters, in order."""
        return tuple(NAMES.findall(self.path))

    @property
    def template(self) -> str:
        """The path as OpenAPI and the log write it."""
        return NAMES.sub(r"{\1}", self.path)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is not simply 200 and a shape."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()


A = TypeVar("A", bound=msgspec.Struct)
Q = TypeVar("Q", bound=msgspec.Struct)
Ask = Callable[[House, Call], A]
Act = Callable[[House, Call, Q], A]


def get(path: str, response: type[A], *, auth: bool = True) -> Callable[[Ask[A]], Route]:
    """Make a row of a function that answers without a body."""
    return lambda ask: _row("GET", path, ask, response=response, auth=auth, call=_bodiless(ask))


def act(path: str, response: type[A], *, auth: bool = True) -> Callable[[Ask[A]], Route]:
    """Make a row of a function that does something and takes no body."""
    return lambda ask: _row("POST", path, ask, response=response, auth=auth, call=_bodiless(ask))


def raw(
    path: str, media: str, *, auth: bool = True, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> Callable[[Callable[[House, Call], bytes | str]], Route]:
    """Make a row of a function that answers with something else than a shape."""
    return lambda ask: _row(
        "GET", path, ask, media=media, auth=auth, headers=headers, call=_bodiless(ask)
    )


def post_raw(
    path: str, request: type[Q], media: str, **limits: Any
) -> Callable[[Callable[[House, Call, Q], bytes]], Route]:
    """Make a row of a function that takes a body and answers with bytes."""
    return lambda act: _row("POST", path, act, request=request, media=media, call=act, **limits)


def post(
    path: str, request: type[Q], response: type[A], **limits: Any
) -> Callable[[Act[Q, A]], Route]:
    """Make a row of a function that takes a body; ``limits`` are fields of ``Route``."""
    return lambda act: _row(
        "POST", path, act, request=request, response=response, call=act, **limits
    )


def _bodiless(ask: Callable[[House, Call], Any]) -> Callable[[House, Call, Any], Any]:
    return lambda house, call, _: ask(house, call)


def _row(method: str, path: str, of: Callable[..., Any], **fields: Any) -> Route:
    summary = (of.__doc__ or "").partition("\n")[0]
    return Route(method=method, path=path, name=of.__name__, summary=summary, **fields)


__all__ = [
    "JSON", "PARAMETERS", "Call", "Reply", "Route", "Sent", "act", "get", "post", "post_raw", "raw",
]  # fmt: skip
