"""The limits that are published are the limits that hold."""

from __future__ import annotations

import httpx2
import msgspec
import pytest

from bailee.errors import Failure
from bailee.vault.shapes import MAX_FIELDS, MAX_ITEMS
from bailee.web.limits import LIMITS, Head, bearer, idempotency_key
from bailee.web.routes import TABLE

PUBLISHED = {
    "body_bytes": 8 * 1024 * 1024,
    "items_per_call": 1000,
    "nesting_depth": 16,
    "value_bytes": 65536,
    "url_bytes": 2048,
    "idempotency_key_characters": 64,
}


def test_limits_are_published(http: httpx2.Client) -> None:
    """GET /v1/limits tells everybody, key or not, what holds."""
    told = http.get("/v1/limits", headers={"authorization": ""}).json()

    assert told == msgspec.to_builtins(LIMITS)
    assert told.items() >= PUBLISHED.items()


def test_the_vault_and_the_door_count_alike() -> None:
    """Items and fields have one limit, whoever counts."""
    assert (LIMITS.items_per_call, LIMITS.fields_per_record) == (MAX_ITEMS, MAX_FIELDS)
    full = LIMITS.items_per_call * (LIMITS.fields_per_record + 10)
    assert full < LIMITS.elements


REPORT = 7 * 1024 * 1024
"""A report of five mebibytes, in base64."""


def test_no_route_takes_more_than_the_published_body() -> None:
    """A route may take less than the limits say, never more."""
    texts = {LIMITS.value_bytes, LIMITS.ciphertext_bytes, LIMITS.agreement_bytes, REPORT}
    for row in TABLE:
        assert row.body_bytes <= LIMITS.body_bytes
        assert row.text_bytes in texts


@pytest.mark.parametrize(
    ("header", "credential"),
    [
        (None, None),
        ("", None),
        ("Bearer", None),
        ("Bearer ", None),
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Basic abc", None),
        ("Bearer a b", None),
        ("Bearer a\x7f", None),
        ("Bearer " + "a" * 512, "a" * 512),
        ("Bearer " + "a" * 513, None),
    ],
)
def test_a_credential_is_found_or_none(header: str | None, credential: str | None) -> None:
    """RFC 6750 2.1: the scheme, a space, the credential; anything else counts as none."""
    assert bearer(Head(authorization=header)) == credential


def test_an_idempotency_key_is_taken_where_it_means_something() -> None:
    """A key of the right form is returned on writes; anywhere else it is refused."""
    assert idempotency_key(Head(), taken=True) is None
    assert idempotency_key(Head(), taken=False) is None
    assert idempotency_key(Head(idempotency_key="k" * 64), taken=True) == "k" * 64
    for head, taken in ((Head(idempotency_key="k"), False), (Head(idempotency_key=""), True)):
        with pytest.raises(Failure):
            idempotency_key(head, taken=taken)
