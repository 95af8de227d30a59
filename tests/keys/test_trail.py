"""What providers record of a key, read as they write it (OpenBao's audit device, CloudTrail)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailee.errors import Failure, Invalid, Oversized
from bailee.keys import APART, Seen, Window, read_cloudtrail, read_openbao, windows

ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def audited(path: str, *, kind: str = "response", **more: Any) -> bytes:
    """Return one line of an audit device, with the members that OpenBao 2.7 writes."""
    line = {
        "time": "2026-11-20T12:00:00.123456789Z",
        "type": kind,
        "request": {
            "id": more.pop("id", "ea6f95d6-7b16-4128-983b-0a2324af270f"),
            "operation": "update",
            "mount_type": "transit",
            "namespace": {"id": "root"} | more.pop("namespace", {}),
            "path": path,
        },
        "response": {"data": {"plaintext": "hmac-sha256:00"}},
    }
    return json.dumps(line | more).encode()


def acts(*lines: bytes, mount: str = "transit") -> list[str]:
    """Return what was read of the key named root."""
    return [one.act for one in read_openbao(lines, mount, "root")]


def test_openbao_s_answers_count_once() -> None:
    """The request's own line, a failed one, another key's and another engine's are passed over."""
    failed: dict[str, Any] = {"response": {"data": {"error": "hmac-sha256:00"}}}
    lines = [
        audited("transit/decrypt/root", kind="request"),
        audited("transit/decrypt/root"),
        audited("transit/decrypt/root", error="1 error occurred"),
        audited("transit/export/encryption-key/root", **failed),
        audited("transit/decrypt/rooted"),
        audited("elsewhere/decrypt/root"),
        audited("transit/encrypt/root"),
        audited("sys/health", request={}),
        b"\n",
    ]
    [seen] = read_openbao(lines, "transit", "root")
    assert seen == Seen(
        datetime(2026, 11, 20, 12, 0, 0, 123456, UTC), "ea6f95d6-7b16-4128-983b-0a2324af270f"
    )


def test_every_way_by_which_a_key_gets_out_counts() -> None:
    """Exported, backed up, exported under another key; with and without a version."""
    ways = ["export/encryption-key/root", "export/encryption-key/root/1", "backup/root",
            "byok-export/other/root"]  # fmt: skip
    assert acts(*[audited(f"transit/{way}") for way in ways]) == [
        "export", "export", "backup", "export"
    ]  # fmt: skip


def test_a_namespace_belongs_to_the_mount() -> None:
    """The same path in another namespace is another key."""
    inside = audited("transit/decrypt/root", namespace={"id": "x", "path": "team/"})
    assert acts(inside) == []
    assert acts(inside, mount="team/transit") == ["decrypt"]


def test_a_line_on_our_key_that_cannot_be_read_is_refused() -> None:
    """It might be the one; nothing of it is repeated."""
    for line in (
        audited("transit/decrypt/root", id="nobody@example.com"),
        audited("transit/decrypt/root", time="yesterday"),
        b"[]",
        b"{" * 100_000,
        b"\xff",
    ):
        with pytest.raises(Invalid, match=r"trail\.line") as refused:
            acts(line)
        assert "nobody" not in str(refused.value)


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: json.dumps(text).encode()))
def test_any_line_is_read_or_refused(line: bytes) -> None:
    """No other error leaves either reader."""
    for reader in (lambda: acts(line), lambda: list(read_cloudtrail([line], ARN))):
        try:
            reader()
        except Failure as refused:
            assert refused.code == "trail.line"  # noqa: PT017 - either outcome is right


def event(name: str, **more: Any) -> dict[str, Any]:
    """Return one event as CloudTrail's guide shows it for KMS."""
    return {
        "eventVersion": "1.11",
        "eventTime": "2026-11-20T12:00:00Z",
        "eventSource": "kms.amazonaws.com",
        "eventName": name,
        "requestParameters": {"encryptionContext": {"bailee": "00"}},
        "requestID": "12345126-30d5-4b28-98b9-9153da559963",
        "resources": [{"accountId": "111122223333", "type": "AWS::KMS::Key", "ARN": ARN}],
    } | more


def test_cloudtrail_in_a_file_and_in_lines() -> None:
    """Decrypt and ReEncrypt that succeeded, of this key alone, named by ARN or id."""
    events = [
        event("Decrypt"),
        event("Decrypt", errorCode="AccessDenied"),
        event("Decrypt", resources=[{"ARN": ARN[:-1] + "c"}]),
        event("Decrypt", eventSource="elsewhere.amazonaws.com"),
        event("Encrypt"),
        event("ReEncrypt", resources=None, requestParameters={"sourceKeyId": ARN}),
    ]
    whole = json.dumps({"Records": events}).encode()
    lines = [json.dumps(one).encode() for one in events]
    for given_lines in ([whole], lines):
        for key in (ARN, ARN.rpartition("/")[2]):
            found = list(read_cloudtrail(given_lines, key))
            assert [one.act for one in found] == ["decrypt", "reencrypt"]
            assert found[0].at == NOON
    with pytest.raises(Invalid, match=r"trail\.line"):
        list(read_cloudtrail([b'{"Records": [1]}'], ARN))


def test_a_record_is_cut_into_stretches_that_cover_it() -> None:
    """Nothing is left out between two stretches, and each has what lies beside it."""
    seen = [Seen(NOON + timedelta(minutes=n), f"r{n}") for n in range(40)]
    pieces = list(windows(reversed(seen), None, 16))
    assert len(pieces) > 1
    assert pieces[0].window.since == NOON
    assert pieces[-1].window.until == NOON + timedelta(minutes=39, milliseconds=1)
    for one, after in pairwise(pieces):
        assert one.window.until == after.window.since
    for piece in pieces:
        low, high = piece.window.since - APART, piece.window.until + APART
        assert list(piece.seen) == [one for one in seen if low <= one.at < high]
    given_ends = Window(NOON - APART, NOON + timedelta(hours=2))
    [whole] = windows(seen, given_ends, 1000)
    assert whole.window == given_ends
    assert not list(windows([], None, 16))
    [empty] = windows([], given_ends, 16)
    assert (empty.window, list(empty.seen)) == (given_ends, [])
    with pytest.raises(Oversized, match=r"trail\.dense"):
        list(windows(seen * 10, None, 16))
