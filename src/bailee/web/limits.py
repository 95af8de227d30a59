"""What the door accepts at most; one frozen value, published at ``GET /v1/limits``.

Each limit is checked as early as it can be: the head before anything is read, the declared length
before the body is read, the length and form of the body before it is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from bailee.access import Mandate
from bailee.access.assertion import PROOF_CHARACTERS, TOKEN_CHARACTERS
from bailee.app.issuer import BACK
from bailee.errors import Invalid
from bailee.vault.shapes import MAX_FIELDS, MAX_ITEMS
from bailee.web.problem import HeadTooLarge, UrlTooLong


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Published limits. Bytes are bytes on the wire; a text's escapes count as sent."""

    body_bytes: int = 8 * 1024 * 1024
    """One request body."""
    items_per_call: int = MAX_ITEMS
    """Records, tokens, subjects or values of one call."""
    fields_per_record: int = MAX_FIELDS
    nesting_depth: int = 16
    """Arrays and objects inside one another."""
    elements: int = 262_144
    """Commas and opening brackets of one body: more than 1,000 records of 100 fields need."""
    value_bytes: int = 64 * 1024
    """One text of a body, where the route does not say otherwise."""
    ciphertext_bytes: int = 96 * 1024
    """One ciphertext: a value of full length, armoured."""
    agreement_bytes: int = 4 * 1024 * 1024
    """An agreement's text: 2 MiB, and its escapes."""
    url_bytes: int = 2048
    """An address; where SCIM asks a query, that too."""
    query_bytes: int = 4096
    """At the one address to which an identity provider sends browsers back; no other takes any."""
    header_bytes: int = 16 * 1024
    """All header names and values of one request."""
    header_count: int = 64
    idempotency_key_characters: int = 64
    credential_characters: int = 512
    person_token_characters: int = TOKEN_CHARACTERS
    """The token of the person for whom a service acts."""
    proof_characters: int = PROOF_CHARACTERS
    """A proof of possession (RFC 9449)."""
    unknown_caller_bytes: int = 64 * 1024
    """A longer body is read only after the caller is known."""
    held_bytes: int = 256 * 1024 * 1024
    """Bodies held at one time; more callers are asked to come back."""
    calls_at_once: int = 512
    connections: int = 2048
    head_seconds: int = 10
    """From a request's first byte to the end of its headers."""
    body_seconds: int = 60
    """From the end of the headers to the last byte of the body."""
    refused_bytes: int = 64 * 1024 * 1024
    """What a caller may go on sending after it was refused, before the line is cut."""


LIMITS = Limits()


class Head(msgspec.Struct, frozen=True):
    """The few headers this door reads. A header sent twice is refused, not chosen from."""

    authorization: str | None = None
    content_type: str | None = None
    content_encoding: str | None = None
    content_length: str | None = None
    transfer_encoding: str | None = None
    idempotency_key: str | None = None
    expect: str | None = None
    bailee_person_token: str | None = None
    dpop: str | None = None
    if_match: str | None = None
    x_opendsr_signature: str | None = None
    query: dict[str, str] = {}
    """What stands behind the question mark of a SCIM address; empty on any other."""
    host: str | None = None
    cookie: str | None = None
    """Read by pages alone; the API takes none."""
    origin: str | None = None
    sec_fetch_site: str | None = None
    hx_request: str | None = None


ETAG = re.compile(r'(?:W/)?"([0-9]{1,15})"')
VISIBLE = re.compile(r"[!-~]+")
KNOWN = {
    name.replace("_", "-").encode(): name for name in Head.__struct_fields__ if name != "query"
}
SCIM_ROOT = "/scim/"
"""Below here the address takes a query, because identity providers send one (RFC 7644 3.4.2)."""
SCIM_QUERY = frozenset(
    {"filter", "startIndex", "count", "attributes", "excludedAttributes", "sortBy", "sortOrder"}
)


def read_head(scope: Any) -> Head:
    """Check a request's line and headers and return those that matter.

    Raises:
        UrlTooLong: ``url.too_long``.
        Invalid: ``url.query_refused`` (C3.2), ``header.repeated``, ``header.encoding``.
        HeadTooLarge: ``header.too_large``.
    """
    query = {}
    if scope["query_string"] and speaks_scim(scope):
        query = _scim_query(scope["query_string"])
    elif scope["query_string"] and not _comes_back(scope):
        raise Invalid(
            "url.query_refused",
            "No address of this API takes a query; what was sent there was neither read nor kept.",
            do="Send everything in the JSON body (C3.2).",
        )
    if len(scope.get("raw_path") or scope["path"]) > LIMITS.url_bytes:
        raise UrlTooLong(
            "url.too_long",
            f"The address is longer than {LIMITS.url_bytes} bytes.",
            do="Send values in the JSON body, never in the address (C3.2).",
        )
    return _known_headers(scope["headers"], query)


def speaks_scim(scope: Any) -> bool:
    """Tell whether a request is for the part of the house that speaks SCIM."""
    path: str = scope["path"]
    return path.startswith(SCIM_ROOT)


def _scim_query(text: bytes) -> dict[str, str]:
    """Return a SCIM query: its own parameters, each once, bounded; repeated nowhere (C3.2).

    Raises:
        UrlTooLong: ``url.too_long``; Invalid: ``url.query_refused``.
    """
    if len(text) > LIMITS.url_bytes:
        raise UrlTooLong(
            "url.too_long",
            f"The query is longer than {LIMITS.url_bytes} bytes.",
            do="Send it to /.search, in the body.",
        )
    try:
        pairs = parse_qsl(
            text.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=len(SCIM_QUERY),
        )
    except ValueError:
        pairs = [("", "")]
    found = dict(pairs)
    if len(found) != len(pairs) or not found.keys() <= SCIM_QUERY:
        raise Invalid(
            "url.query_refused",
            "That is not a query of SCIM's; what was sent there was not kept.",
            do=f"It holds each of these once at most: {', '.join(sorted(SCIM_QUERY))}.",
        )
    return found


def if_match(head: Head) -> tuple[int, ...]:
    """Return the versions that ``If-Match`` names; () for any (RFC 7644 3.14).

    Raises:
        Invalid: ``header.if_match``.
    """
    text = (head.if_match or "*").strip()
    if text == "*":
        return ()
    tags = [ETAG.fullmatch(one.strip()) for one in text.split(",")]
    if not all(tags):
        raise Invalid("header.if_match", "If-Match holds something that was never a version here.")
    return tuple(int(one[1]) for one in tags if one)


def _comes_back(scope: Any) -> bool:
    """Tell whether a query is one that the identity provider wrote, at the one address for it.

    What it carries there is worth nothing without a secret in this browser's cookie, counts once,
    and is nobody's data (decision 0036).
    """
    asked = (scope["method"], scope.get("raw_path") or scope["path"].encode("utf-8"))
    return asked == ("GET", BACK.encode()) and len(scope["query_string"]) <= LIMITS.query_bytes


def _known_headers(headers: Iterable[tuple[bytes, bytes]], query: dict[str, str]) -> Head:
    found: dict[str, str] = {}
    count = size = 0
    for name, value in headers:
        count += 1
        size += len(name) + len(value)
        known = KNOWN.get(name)
        if known is None:
            continue
        if known in found:
            raise Invalid("header.repeated", "A header that may stand once was sent twice.")
        if not value.isascii():
            raise Invalid("header.encoding", "A header holds characters outside ASCII.")
        found[known] = value.decode("ascii").strip()
    if count > LIMITS.header_count or size > LIMITS.header_bytes:
        raise HeadTooLarge(
            "header.too_large",
            f"More than {LIMITS.header_count} headers or {LIMITS.header_bytes} bytes of them.",
            do="Send fewer headers; GET /v1/limits says how many.",
        )
    return Head(**found, query=query)


def bearer(head: Head) -> str | None:
    """Return the credential of ``Authorization: Bearer …``, or None where there is none (RFC 6750).

    Whatever has another form counts as none: the house then refuses and records.
    """
    scheme, _, credential = (head.authorization or "").partition(" ")
    credential = credential.strip()
    if scheme.lower() != "bearer" or not 0 < len(credential) <= LIMITS.credential_characters:
        return None
    return credential if VISIBLE.fullmatch(credential) else None


def mandate(head: Head, method: str, path: str) -> Mandate | None:
    """Return what stands beside the key: a person's token and its proof; None where no token does.

    The token has a header of its own, for ``Authorization`` carries the service's key; a header of
    one application's bears its name, and no X- (RFC 9110 16.3.2, RFC 6648). Whatever form it has,
    the house refuses and records what is not good.
    """
    if head.bailee_person_token is None:
        return None
    return Mandate(head.bailee_person_token, head.dpop or "", method, path)


def idempotency_key(head: Head, *, taken: bool) -> str | None:
    """Return the ``Idempotency-Key`` of a request.

    Raises:
        Invalid: ``idempotency_key.form``; ``idempotency_key.not_taken`` on routes that do not
            remember answers, so that nobody relies on it there.
    """
    key = head.idempotency_key
    if key is None:
        return None
    if not taken:
        raise Invalid(
            "idempotency_key.not_taken",
            "This route does not take an Idempotency-Key: each call of it stands alone.",
            do="Leave the header away.",
        )
    if not 0 < len(key) <= LIMITS.idempotency_key_characters or not VISIBLE.fullmatch(key):
        raise Invalid(
            "idempotency_key.form",
            f"An Idempotency-Key is 1 to {LIMITS.idempotency_key_characters} visible ASCII"
            " characters.",
            do="Use a random one, such as 32 hexadecimal digits.",
        )
    return key


__all__ = [
    "LIMITS",
    "Head",
    "Limits",
    "bearer",
    "idempotency_key",
    "if_match",
    "mandate",
    "read_head",
    "speaks_scim",
]
