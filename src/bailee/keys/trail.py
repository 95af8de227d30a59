"""What a provider itself recorded of the root key: lines by which a key got out. Pure.

OpenBao and Vault: the file of an audit device, a JSON object a line. AWS: CloudTrail's files (one
object with ``Records``), or its events a line. Whatever else stands there is passed over; a line
about our key that cannot be read is refused, for it might be the one that matters.

Counted is what succeeded. Deliberately not looked for: what only prepares (a policy, a grant, a
key made exportable), and the same key reached through a mount under another path.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from bailee.clock import read_time
from bailee.errors import Failure, Invalid, Oversized
from bailee.keys.unwrap import APART, DECRYPT, Seen, Window

LINE_BYTES = 32 * 1024 * 1024
"""Longest line that is read; a CloudTrail file of one object is one line."""
TICK = timedelta(milliseconds=1)
_REQUEST = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_NANOSECONDS = re.compile(r"(\.[0-9]{6})[0-9]+")
KMS = "kms.amazonaws.com"
KMS_ACTS = {"Decrypt": DECRYPT, "ReEncrypt": "reencrypt"}
BAO_ACTS = {"decrypt": DECRYPT, "export": "export", "backup": "backup", "byok-export": "export"}


@dataclass(frozen=True)
class Piece:
    """A stretch of a record, with the lines that lie in it and beside it."""

    window: Window
    seen: Sequence[Seen]


def read_openbao(lines: Iterable[bytes], mount: str, name: str) -> Iterator[Seen]:
    """Yield what a transit key did, from an audit device's lines.

    Args:
        lines: the file's.
        mount: of the engine, with its namespace before it if there is one.
        name: of the key.

    Raises:
        Invalid: ``trail.line``.
    """
    for line in _bounded(lines):
        event = _object(line)
        request = event.get("request")
        if event.get("type") != "response" or not isinstance(request, dict):
            continue
        place = request.get("namespace")
        above = str(place.get("path", "")) if isinstance(place, dict) else ""
        act = _transit_act(f"{above.strip('/')}/{request.get('path', '')}".strip("/"), mount, name)
        answer = event.get("response")
        data = answer.get("data") if isinstance(answer, dict) else None
        failed = event.get("error") or (isinstance(data, dict) and "error" in data)
        if act and not failed:
            yield _seen(event.get("time"), request.get("id"), act)


def read_cloudtrail(lines: Iterable[bytes], key: str) -> Iterator[Seen]:
    """Yield what a KMS key did.

    Args:
        lines: a file's, unpacked.
        key: the key's ARN, or its id.

    Raises:
        Invalid: ``trail.line``.
    """
    for line in _bounded(lines):
        whole = _object(line)
        records = whole.get("Records", [whole])
        if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
            raise _unreadable()
        for event in records:
            act = KMS_ACTS.get(str(event.get("eventName")))
            ours = event.get("eventSource") == KMS and key in _arns(event)
            if act and ours and not event.get("errorCode"):
                yield _seen(event.get("eventTime"), event.get("requestID"), act)


def windows(seen: Iterable[Seen], whole: Window | None, most: int) -> Iterator[Piece]:
    """Cut a record into stretches that one call takes, each with what lies beside it.

    Args:
        seen: the record.
        whole: what it covers; None: from its first line to its last.
        most: lines of one stretch, those beside it included.

    Raises:
        Oversized: ``trail.dense`` when more than that lie within some minutes.
    """
    lines = sorted(seen, key=lambda one: one.at)
    if whole is None and not lines:
        return
    whole = whole or Window(lines[0].at, lines[-1].at + TICK)
    times = [one.at for one in lines]
    first, last = bisect_left(times, whole.since), bisect_left(times, whole.until)
    cuts = [*sorted({whole.since, *times[first + most // 2 : last : most // 2]}), whole.until]
    for since, until in pairwise(cuts):
        beside = lines[bisect_left(times, since - APART) : bisect_left(times, until + APART)]
        if len(beside) > most:
            raise Oversized("trail.dense", f"More than {most} unwraps lie within some minutes.")
        yield Piece(Window(since, until), beside)


def _transit_act(path: str, mount: str, name: str) -> str:
    """Return what a path does with the key, '' for nothing by which a key gets out."""
    if not path.startswith(f"{mount}/"):
        return ""
    verb, *rest = path[len(mount) + 1 :].split("/")
    return BAO_ACTS.get(verb, "") if name in rest else ""


def _arns(event: dict[str, Any]) -> set[str]:
    """Return every name that an event gives its keys: ARNs and the ids at their ends."""
    resources = event.get("resources")
    named = [one.get("ARN") for one in resources or [] if isinstance(one, dict)]
    given = event.get("requestParameters")
    if isinstance(given, dict):
        named += [given.get("keyId"), given.get("sourceKeyId")]
    texts = {str(one) for one in named if one}
    return texts | {text.rpartition("/")[2] for text in texts}


def _seen(time: object, request: object, act: str) -> Seen:
    if not isinstance(request, str) or not _REQUEST.fullmatch(request):
        raise _unreadable()
    try:
        return Seen(read_time(_NANOSECONDS.sub(r"\1", str(time))), request, act)
    except Failure:
        raise _unreadable() from None


def _bounded(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        if len(line) > LINE_BYTES:
            raise _unreadable()
        if line.strip():
            yield line


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise _unreadable() from None
    if not isinstance(value, dict):
        raise _unreadable()
    return value


def _unreadable() -> Invalid:
    """Return the error of a record; it repeats nothing of it."""
    return Invalid(
        "trail.line",
        "A line of the provider's record cannot be read.",
        do="Give the file as the provider wrote it: an audit device's, or CloudTrail's.",
    )
