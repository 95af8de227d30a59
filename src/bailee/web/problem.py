"""How a call fails: RFC 9457 problem documents, made in one place from one table.

A problem says what is wrong and what to do; it never repeats what was sent. An exception that is
not one of the house's own failures becomes ``internal``, and nothing of it leaves but the request
id; the operator's log says where it happened, not what it held.
"""

from __future__ import annotations

import msgspec

from bailee.errors import (
    Broken,
    Conflict,
    Failure,
    Gone,
    Invalid,
    NotFound,
    Oversized,
    Refused,
    Unauthenticated,
    Unavailable,
)

MEDIA = "application/problem+json"
RETRY_AFTER_SECONDS = 1


class WrongMethod(Invalid):
    """The address exists, the method does not. HTTP 405."""


class Slow(Invalid):
    """The body did not arrive in time. HTTP 408."""


class LengthMissing(Invalid):
    """A body is needed and none was announced. HTTP 411."""


class UrlTooLong(Oversized):
    """The address is too long. HTTP 414."""


class WrongMedia(Invalid):
    """The body is not JSON, or is compressed. HTTP 415."""


class HeadTooLarge(Oversized):
    """Too many or too long headers. HTTP 431."""


class Malformed(Invalid):
    """Not HTTP as RFC 9112 has it. HTTP 400."""


FAMILIES: dict[type[Failure], tuple[int, str]] = {
    Malformed: (400, "Malformed"),
    Unauthenticated: (401, "Unauthenticated"),
    Refused: (403, "Refused"),
    NotFound: (404, "Not found"),
    WrongMethod: (405, "Method not allowed"),
    Slow: (408, "Too slow"),
    Conflict: (409, "Conflict"),
    Gone: (410, "Gone"),
    LengthMissing: (411, "Length required"),
    Oversized: (413, "Too large"),
    UrlTooLong: (414, "Address too long"),
    WrongMedia: (415, "Unsupported media type"),
    Invalid: (422, "Invalid"),
    HeadTooLarge: (431, "Headers too large"),
    Broken: (500, "Integrity lost"),
    Unavailable: (503, "Unavailable"),
}
"""Every family of failure, its status and its title. The nearest ancestor counts."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A problem document (RFC 9457) with bailee's members beside the standard's."""

    type: str
    title: str
    status: int
    code: str
    """Stable, dotted; part of the interface."""
    detail: str
    do: str = ""
    """What to do next."""
    retryable: bool = False
    """The same call may succeed later, unchanged."""
    request_id: str


def family(failure: Failure) -> tuple[int, str]:
    """Return a failure's status and title."""
    for kind in type(failure).__mro__:
        if kind in FAMILIES:
            return FAMILIES[kind]
    return 500, "Internal"


def describe(error: Exception, request_id: str) -> Problem:
    """Return the problem that an error is, seen from outside."""
    if not isinstance(error, Failure):
        return Problem(
            type="urn:bailee:problem:internal",
            title="Internal",
            status=500,
            code="internal",
            detail="Something went wrong inside; nothing more is said about it here.",
            do="Give the operator the request id.",
            request_id=request_id,
        )
    status, title = family(error)
    return Problem(
        type=f"urn:bailee:problem:{error.code}",
        title=title,
        status=status,
        code=error.code,
        detail=error.says,
        do=error.do,
        retryable=error.retryable,
        request_id=request_id,
    )


def headers_of(problem: Problem) -> list[tuple[bytes, bytes]]:
    """Return the headers that a problem's status asks for (RFC 9110)."""
    match problem.status:
        case 401:
            return [(b"www-authenticate", b'Bearer realm="bailee"')]
        case 503:
            return [(b"retry-after", str(RETRY_AFTER_SECONDS).encode())]
        case 408:
            return [(b"connection", b"close")]  # RFC 9110 15.5.9: nobody waits for the rest
        case _:
            return []


SCIM_MEDIA = "application/scim+json"
SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
SCIM_STATUS = {422: 400}
"""SCIM knows one status for whatever was sent wrong (RFC 7644 3.12)."""
SCIM_TYPES = {
    "scim.taken": "uniqueness",
    "scim.filter": "invalidFilter",
    "scim.filter_too_long": "invalidFilter",
    "scim.path": "invalidPath",
    "scim.target": "noTarget",
    "scim.mutability": "mutability",
    "scim.syntax": "invalidSyntax",
    "scim.query": "invalidSyntax",
    "url.query_refused": "invalidSyntax",
    "scim.value": "invalidValue",
    "scim.name": "invalidValue",
    "scim.external_id": "invalidValue",
    "scim.member": "invalidValue",
}
"""Our code -> SCIM's own word; a body that is no JSON is ``invalidSyntax`` too."""


def scim_error(problem: Problem) -> bytes:
    """Return a problem as SCIM writes errors (RFC 7644 3.12); our code stands before its text."""
    status = scim_status(problem)
    word = SCIM_TYPES.get(problem.code, "")
    if not word and problem.code.startswith("body.") and status == 400:
        word = "invalidSyntax"
    return msgspec.json.encode(
        {
            "schemas": [SCIM_ERROR],
            "status": str(status),
            **({"scimType": word} if word else {}),
            "detail": f"{problem.code}: {problem.detail} {problem.do}".strip(),
        }
    )


def scim_status(problem: Problem) -> int:
    """Return the status of a problem in SCIM."""
    if problem.code == "scim.version":
        return 412
    return SCIM_STATUS.get(problem.status, problem.status)


__all__ = [
    "FAMILIES",
    "MEDIA",
    "SCIM_MEDIA",
    "HeadTooLarge",
    "LengthMissing",
    "Malformed",
    "Problem",
    "Slow",
    "UrlTooLong",
    "WrongMedia",
    "WrongMethod",
    "describe",
    "family",
    "headers_of",
    "scim_error",
    "scim_status",
]
