"""The interface's types: what JSON they take and give."""

from __future__ import annotations

import msgspec
import pytest

from bailee.vault.shapes import (
    MAX_ITEMS,
    Entry,
    Masked,
    Protect,
    Reveal,
    Revealed,
    RevealResult,
    Update,
)

ENTRY = Entry("bailee.test/acme/2026", "e1", "ab")


def test_the_published_request_is_read() -> None:
    """A body with every member of the published table."""
    sent = b"""{"purpose": "payments", "mode": "continue", "records": [{"ref": "1",
        "subject": "cust-1", "kind": "person", "category": "owner", "nationalities": ["US"],
        "residence": "US-CA", "fields": {"person.name": "Ada"}}]}"""

    body = msgspec.json.decode(sent, type=Protect)

    assert body.mode == "continue"
    assert body.records[0].fields == {"person.name": "Ada"}


@pytest.mark.parametrize(
    "sent",
    [
        b'{"purpose": "p", "records": [], "mode": "atomic"}',
        b'{"purpose": "p", "modes": "atomic", "elements": ["a"], "records": ["r"]}',
        b'{"purpose": "", "elements": ["a"], "records": ["r"]}',
        b'{"purpose": "p", "elements": ["a"], "records": ["r"], "mode": "maybe"}',
        b'{"elements": ["a"], "records": ["r"]}',
        b'{"purpose": "p", "elements": ["a"], "records": [' + b'"r",' * MAX_ITEMS + b'"r"]}',
    ],
)
def test_anything_else_is_refused(sent: bytes) -> None:
    """Unknown members, empty lists, other words, more than the limit."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(sent, type=Reveal)


def test_null_removes_and_only_in_updates() -> None:
    """An update may carry null; a record to protect may not."""
    sent = (
        b'{"purpose": "p",'
        b' "records": [{"ref": "1", "record": "r", "fields": {"person.name": null}}]}'
    )

    assert msgspec.json.decode(sent, type=Update).records[0].fields == {"person.name": None}
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(sent.replace(b'"record"', b'"subject"'), type=Protect)


def test_the_published_answer_is_written() -> None:
    """Members that say nothing are left out; a mask says which view it is."""
    fields: dict[str, str | Masked] = {"person.ssn": Masked("4399", "last4"), "person.name": "Ada"}
    answer = Revealed([RevealResult(ok=True, record="r1", fields=fields)], ENTRY)

    assert msgspec.json.decode(msgspec.json.encode(answer)) == {
        "results": [
            {
                "ok": True,
                "record": "r1",
                "fields": {"person.ssn": {"masked": "4399", "view": "last4"}, "person.name": "Ada"},
            }
        ],
        "entry": {"log": "bailee.test/acme/2026", "entry_id": "e1", "leaf": "ab"},
    }
