"""Ways to spoil a good request on the wire; each has a name, and none may do more than be refused.

A bend may well leave a request good (another order of bytes, a header nobody reads): then it is
answered like one.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from dataclasses import replace

from tests.hostile.wire import Asked

Bend = Callable[[Asked, random.Random], Asked]


def _with(asked: Asked, body: bytes, **more: bytes) -> Asked:
    """Return the request with another body, its length corrected, and further headers."""
    lines = [line for line in asked.lines if line[0].lower() != b"content-length"]
    lines += [(b"Content-Length", b"%d" % len(body))]
    lines += [(name.replace("_", "-").encode(), value) for name, value in more.items()]
    return replace(asked, body=body, lines=tuple(lines))


def _line(asked: Asked, name: bytes, value: bytes) -> Asked:
    """Return the request with a header set anew."""
    kept = [line for line in asked.lines if line[0].lower() != name.lower()]
    return replace(asked, lines=(*kept, (name, value)))


def _inside(piece: bytes) -> Bend:
    """Put a piece in the place of a text's first quote, or at any place."""

    def bend(asked: Asked, chance: random.Random) -> Asked:
        body = asked.body or b"{}"
        quotes = [at for at, byte in enumerate(body) if byte == 0x22]
        at = chance.choice(quotes) if quotes else chance.randrange(len(body))
        return _with(asked, body[:at] + piece + body[at:])

    return bend


def _value(piece: bytes) -> Bend:
    """Put a piece in the place of a member's value."""

    def bend(asked: Asked, chance: random.Random) -> Asked:
        body = asked.body or b'{"a": 1}'
        colons = [at for at in range(len(body) - 1) if body[at : at + 2] == b": "]
        at = chance.choice(colons) + 2 if colons else 0
        return _with(asked, body[:at] + piece + b", " + body[at:])

    return bend


def _truncated(asked: Asked, chance: random.Random) -> Asked:
    return _with(asked, asked.body[: chance.randrange(len(asked.body) + 1)])


def _flipped(asked: Asked, chance: random.Random) -> Asked:
    body = bytearray(asked.body or b"{}")
    body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    return _with(asked, bytes(body))


def _doubled(asked: Asked, chance: random.Random) -> Asked:
    """Name a member twice: the body's first one."""
    first = asked.body[1:].partition(b",")[0].rstrip(b"}")
    return _with(asked, b"{" + first + b", " + asked.body[1:])


def _method(asked: Asked, chance: random.Random) -> Asked:
    others = ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "GET", "POST", "PROPFIND"]
    return replace(asked, method=chance.choice(others))


def _target(asked: Asked, chance: random.Random) -> Asked:
    tails = [
        b"/",
        b"//",
        b"/..",
        b"/%00",
        b"/%2e%2e",
        b";a=b",
        b"?",
        b"?a=b",
        b"#a",
        b"%ff",
        b"\xff",
    ]
    if chance.random() < 0.3:
        return replace(asked, target=b"/" + asked.target)
    return replace(asked, target=asked.target + chance.choice(tails))


def _long_target(asked: Asked, chance: random.Random) -> Asked:
    return replace(asked, target=asked.target + b"a" * chance.choice([2048, 4000, 12_000]))


def _twice(asked: Asked, chance: random.Random) -> Asked:
    names = [b"Authorization", b"Content-Type", b"Idempotency-Key", b"Expect"]
    name = chance.choice(names)
    return replace(asked, lines=(*asked.lines, (name, b"x"), (name, b"y")))


def _headers(asked: Asked, chance: random.Random) -> Asked:
    if chance.random() < 0.5:
        more = tuple((b"X-%d" % number, b"v") for number in range(70))
    else:
        more = ((b"X-Long", b"v" * 17_000),)
    return replace(asked, lines=(*asked.lines, *more))


def _media(asked: Asked, chance: random.Random) -> Asked:
    kinds = [
        *(b"", b"text/plain", b"application/json; charset=utf-16", b"application/xml", b"*/*"),
        *(b"multipart/form-data; boundary=x", b"application/x-www-form-urlencoded", b"\xff\xfe"),
        *(b"application/json;charset=UTF-8", b"APPLICATION/JSON", b"application/json, text/html"),
    ]
    return _line(asked, b"Content-Type", chance.choice(kinds))


def _packed(asked: Asked, chance: random.Random) -> Asked:
    """A bomb: two megabytes of spaces, packed."""
    return _with(asked, gzip.compress(b" " * (2 << 20), 1), Content_Encoding=b"gzip")


def _again(asked: Asked, chance: random.Random) -> Asked:
    """One of three idempotency keys, with whatever body comes along."""
    return _line(asked, b"Idempotency-Key", b"again-%d" % chance.randrange(3))


def _bad_key(asked: Asked, chance: random.Random) -> Asked:
    keys = [b"a b", b"k" * 65, b"\x7f", b"\xc3\xa9", b"k" * 5000]
    return _line(asked, b"Idempotency-Key", chance.choice(keys))


def _lengths(asked: Asked, chance: random.Random) -> Asked:
    """A length that is no number, or announces more than may be sent."""
    said = [b"-1", b"1e3", b"+5", b"0x10", b"9" * 30, b"9999999999", b"", b"1,1"]
    return replace(_line(asked, b"Content-Length", chance.choice(said)), body=b"")


def _chunks(asked: Asked, chance: random.Random) -> Asked:
    lines = tuple(line for line in asked.lines if line[0].lower() != b"content-length")
    return replace(asked, lines=lines, chunked=True)


def _forwarded(asked: Asked, chance: random.Random) -> Asked:
    lines = ((b"X-Forwarded-For", b"10.0.0.1"), (b"X-HTTP-Method-Override", b"DELETE"))
    return replace(asked, lines=(*asked.lines, *lines, (b"Forwarded", b"for=1;proto=https")))


def _long_text(asked: Asked, chance: random.Random) -> Asked:
    return _inside(b"a" * chance.choice([66_000, 200_000]))(asked, chance)


def _many(asked: Asked, chance: random.Random) -> Asked:
    """An array where one is, of more items than a call may have."""
    head, bracket, tail = asked.body.partition(b"[")
    item = tail.partition(b"]")[0].partition(b",")[0] or b'"x"'
    return _with(asked, head + bracket + (item + b",") * 1001 + tail) if bracket else asked


BENDS: dict[str, Bend] = {
    "truncated": _truncated,
    "bit flipped": _flipped,
    "member twice": _doubled,
    "NUL escaped": _inside(b'"\\u0000'),
    "NUL byte": _inside(b'"\x00'),
    "lone surrogate": _value(b'"\\ud800"'),
    "invalid UTF-8": _inside(b"\xc3\x28"),
    "control character": _inside(b"\x01"),
    "byte order mark": lambda asked, _: _with(asked, b"\xef\xbb\xbf" + asked.body),
    "UTF-16": lambda asked, _: _with(asked, asked.body.decode("utf-8", "replace").encode("utf-16")),
    "NaN": _value(b"NaN"),
    "huge integer": _value(b"9" * 5000),
    "huge float": _value(b"1e999"),
    "minus zero": _value(b"-0.0"),
    "deep": _value(b"[" * 20_000 + b"]" * 20_000),
    "wide": _value(b"[" + b"[],".join(b"" for _ in range(70_000)) + b"[]]"),
    "long text": _long_text,
    "many items": _many,
    "other method": _method,
    "other address": _target,
    "long address": _long_target,
    "header twice": _twice,
    "many headers": _headers,
    "other media": _media,
    "packed": _packed,
    "key again": _again,
    "bad key": _bad_key,
    "wrong length": _lengths,
    "chunked": _chunks,
    "forwarded": _forwarded,
    "expect": lambda asked, _: _line(asked, b"Expect", b"100-continue"),
    "no body": lambda asked, _: _with(asked, b""),
}
UNEVEN = frozenset({"wrong length", "expect"})
"""Bends after which the connection may hold the rest of a body: nothing more is said on it."""
