"""Reading and understanding a body, within limits, without ever repeating it.

Three cheap looks come before the parser: how long it is, how much structure it holds, how long
its longest text is. Each look first takes an upper bound that costs almost nothing (counting
bytes), and only a body that fails the bound is looked at exactly. The parser reads declared shapes
only: it stops at the first member or type that it does not know, so that nothing deeper than the
shapes is ever read. Two more looks come after it: names sent twice, and the character NUL.

Error texts of the parser are never passed on: they may hold names that the caller chose.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from itertools import accumulate
from typing import Any, Generic, TypeVar

import msgspec

from bailee.errors import Invalid, Oversized, Unavailable
from bailee.web.limits import LIMITS
from bailee.web.problem import Slow
from bailee.web.shape import shape_of

T = TypeVar("T", bound=msgspec.Struct)
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

NOT_BRACKETS = bytes(code for code in range(256) if code not in b"[]{}")
NOT_COLON = bytes(code for code in range(256) if code != ord(":"))
STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
FEW_CONTAINERS = 2 * LIMITS.items_per_call + 64
"""Up to here nobody counts exactly; the shapes bound the depth."""
EXPECTED = re.compile(
    r"^Expected `(?P<what>[a-z| ]{1,40})`"
    r"(?P<bound> of length (?:<=|>=) \d{1,9}| (?:<=|>=|<|>) -?\d{1,18})?"
)
MISSING = re.compile(r"^Object missing required field `(?P<name>[a-z0-9_]{1,64})`")
PATH = re.compile(r" - at `\$(?P<path>[A-Za-z0-9_.\[\]]{1,200})`$")


class Vanished(Exception):  # noqa: N818 - not an error of ours; nobody is left to be told
    """The caller hung up before its body was complete."""


class Intake:
    """Takes bodies in, no more at one time than the machine is meant to hold."""

    def __init__(
        self,
        held_bytes: int = LIMITS.held_bytes,
        body_seconds: float = LIMITS.body_seconds,
    ) -> None:
        self._free = held_bytes  # owned by the event loop
        self._seconds = body_seconds

    async def read(self, receive: Receive, declared: int | None, most: int) -> bytes:
        """Return a request's body.

        Args:
            receive: the ASGI channel.
            declared: Content-Length, if there was one.
            most: bytes this route accepts.

        Raises:
            Oversized: ``body.too_large``, from the declared length before anything is read, or
                while it streams in.
            Slow: ``body.slow``.
            Unavailable: ``server.busy`` when other callers' bodies fill the house.
            Vanished: when the caller hung up.
        """
        if declared is not None and declared > most:
            raise _too_large(most)
        body, more = _part(await receive())  # the protocol bounds the wait for the first part
        if more:
            try:
                async with asyncio.timeout(self._seconds):
                    body = await self._rest(receive, body, most)
            except TimeoutError:
                raise Slow(
                    "body.slow",
                    f"The body did not arrive within {self._seconds} seconds.",
                    do="Send it again.",
                    retryable=True,
                ) from None
        if len(body) > most:
            raise _too_large(most)
        return body

    async def _rest(self, receive: Receive, first: bytes, most: int) -> bytes:
        parts, size, more = [first], len(first), True
        reserved = size
        self._free -= size
        try:
            while more:
                if size > most:
                    raise _too_large(most)
                if self._free < 0:
                    raise Unavailable(
                        "server.busy", "Too much is being sent at this moment.", do="Try again."
                    )
                part, more = _part(await receive())
                parts.append(part)
                size += len(part)
                self._free -= len(part)
                reserved = size
        finally:
            self._free += reserved
        return b"".join(parts)


def _part(message: MutableMapping[str, Any]) -> tuple[bytes, bool]:
    if message["type"] != "http.request":
        raise Vanished
    return message.get("body", b""), message.get("more_body", False)


def _too_large(most: int) -> Oversized:
    return Oversized(
        "body.too_large",
        f"The body is longer than {most} bytes.",
        do="Send it in parts; GET /v1/limits says how much one call takes.",
    )


class Reader(Generic[T]):
    """Turns bodies into one shape."""

    def __init__(self, shape: type[T], text_bytes: int = LIMITS.value_bytes) -> None:
        self._decoder = msgspec.json.Decoder(shape)
        self._type = shape
        self._text_bytes = text_bytes

    def _suspicious(self, body: bytes, value: T) -> bool:
        """Tell whether a body may name a member twice; False is certain."""
        return len(body.translate(None, NOT_COLON)) != shape_of(self._type).fewest_members(value)

    def read(self, body: bytes) -> T:
        """Return what a body says.

        Raises:
            Oversized: ``body.too_deep``, ``body.too_many_elements``, ``body.text_too_long``.
            Invalid: ``body.missing``, ``body.encoding``, ``body.json``, ``body.shape``,
                ``body.unknown_member``, ``body.repeated_member``, ``body.nul``.
        """
        if not body:
            raise Invalid("body.missing", "This route needs a JSON body.")
        self._look(body)
        try:
            value = self._decoder.decode(body)
        except UnicodeDecodeError:
            raise Invalid(
                "body.encoding", "The body is not UTF-8 throughout.", do="Send UTF-8 JSON."
            ) from None
        except RecursionError:
            raise _too_deep() from None
        except msgspec.ValidationError as error:
            _look_closely(body, len(body))
            raise self._explain(str(error)) from None
        except msgspec.DecodeError:
            _look_closely(body, len(body))
            raise Invalid(
                "body.json",
                "The body is not one complete JSON document.",
                do="Send UTF-8 JSON (RFC 8259) without a byte order mark.",
            ) from None
        if self._suspicious(body, value):
            _refuse_repeated(body)
        if b"\\u0000" in body and b"\\u0000" in body.replace(b"\\\\", b"\x01"):
            raise Invalid("body.nul", "A text of the body holds the character NUL.")
        return value

    def _look(self, body: bytes) -> None:
        """Refuse what has too much structure or too long a text; bounds first, exactly after."""
        containers = body.count(b"{") + body.count(b"[")
        many = containers > FEW_CONTAINERS or (
            len(body) > LIMITS.elements and containers + body.count(b",") > LIMITS.elements
        )
        if many or _may_hold_longer(body, self._text_bytes):
            _look_closely(body, self._text_bytes)

    def _explain(self, said: str) -> Invalid:
        """Say in own words what the parser said, with names of this API's own and no others."""
        where = self._where(said)
        if found := MISSING.match(said):
            name = found["name"]
            return Invalid("body.shape", f"{where}: the member `{name}` is missing.", do=SEE)
        if said.startswith("Object contains unknown field"):
            return Invalid(
                "body.unknown_member",
                f"{where}: there is a member that this route does not know.",
                do=SEE,
            )
        if found := EXPECTED.match(said):
            bound = found["bound"] or ""
            return Invalid(
                "body.shape", f"{where}: expected {found['what']}{bound}, found otherwise.", do=SEE
            )
        return Invalid("body.shape", f"{where}: not one of the values allowed there.", do=SEE)

    def _where(self, said: str) -> str:
        found = PATH.search(said)
        path = found["path"] if found else ""
        return f"At ${path}" if shape_of(self._type).knows(path) else "Somewhere in the body"


class _Anything(msgspec.Struct):
    """Stands for a shape where there is none."""


class OpenReader(Reader[Any]):
    """Turns bodies into any JSON object, measured exactly before it is parsed.

    For what another standard shapes: whoever is handed it knows nothing of it yet.
    """

    def __init__(self, text_bytes: int = LIMITS.value_bytes) -> None:
        super().__init__(_Anything, text_bytes)
        self._decoder = msgspec.json.Decoder(dict[str, Any])

    def _look(self, body: bytes) -> None:
        _look_closely(body, self._text_bytes)

    def _suspicious(self, body: bytes, value: Any) -> bool:  # noqa: ARG002 - any body may be
        return True


SEE = "GET /openapi.json describes the body of every route."


def _may_hold_longer(body: bytes, most: int) -> bool:
    """Answer whether a text longer than ``most`` may be in there; False is certain.

    A longer text without escaped quotes covers a whole window of half its length that holds no
    quote, so looking for one quote per window is enough.
    """
    if len(body) <= most:
        return False
    if b'\\"' in body:
        return True
    half = most // 2
    return any(
        body.find(b'"', start, start + half) < 0 for start in range(0, len(body) - half + 1, half)
    )


def _look_closely(body: bytes, text_bytes: int) -> None:
    """Measure a body exactly, in linear time, without understanding it.

    Raises:
        Oversized: ``body.too_deep``, ``body.too_many_elements``, ``body.text_too_long``.
    """
    if b"\\" in body:  # escapes keep their length and lose their quotes
        body = body.replace(b"\\\\", b"xx").replace(b'\\"', b"xx")
    pieces = body.split(b'"')
    if max(map(len, pieces[1::2]), default=0) > text_bytes:
        raise Oversized(
            "body.text_too_long",
            f"A text of the body is longer than {text_bytes} bytes, escapes included.",
            do="GET /v1/limits says how long a value may be.",
        )
    outside = b"".join(pieces[::2])
    brackets = outside.translate(None, NOT_BRACKETS)
    opened = outside.count(b"{") + outside.count(b"[")
    if opened + outside.count(b",") > LIMITS.elements:
        raise Oversized(
            "body.too_many_elements",
            f"The body holds more than {LIMITS.elements} elements.",
            do="Send it in parts; GET /v1/limits says how much one call takes.",
        )
    if max(accumulate(map(STEP.__getitem__, brackets)), default=0) > LIMITS.nesting_depth:
        raise _too_deep()


def _too_deep() -> Oversized:
    return Oversized(
        "body.too_deep",
        f"Arrays and objects of the body are nested deeper than {LIMITS.nesting_depth}.",
        do=SEE,
    )


def _refuse_repeated(body: bytes) -> None:
    """Refuse an object that names a member twice: two readers would read two things (RFC 8259 4).

    Runs after the typed parser, so the body is known to be well formed and shallow.
    """
    json.loads(body, object_pairs_hook=_once, parse_int=len, parse_float=len)


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) != len(pairs):
        raise Invalid("body.repeated_member", "An object of the body names a member twice.")


__all__ = ["Intake", "OpenReader", "Reader", "Vanished"]
