"""Bodies: read within bounds, understood strictly, never repeated."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import MutableMapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailee.errors import Invalid, Oversized, Unavailable
from bailee.vault import shapes as vault
from bailee.web.body import Intake, Reader, Vanished
from bailee.web.limits import LIMITS
from bailee.web.problem import Slow
from bailee.web.routes import TABLE

PROTECT = Reader(vault.Protect)
CANARY = "canary-4f1d"
RECORD = b'{"ref":"1","subject":"s","fields":{"person.name":"a"}}'


def protect(**more: object) -> dict[str, object]:
    """Return a good body."""
    record = {"ref": "1", "subject": "customer-17", "fields": {"person.name": "Ada Example"}}
    return {"purpose": "payments", "records": [record], **more}


def code_of(reader: Reader[Any], body: bytes) -> str:
    """Return the code with which a body is refused; nothing of it may hold the canary."""
    with pytest.raises(Invalid) as caught:
        reader.read(body)
    failure = caught.value
    assert CANARY not in f"{failure} {failure.says} {failure.do} {failure.args}"
    assert failure.__cause__ is None
    return failure.code


def test_a_good_body_is_read() -> None:
    """A body of the declared shape becomes that shape."""
    body = PROTECT.read(json.dumps(protect()).encode())

    assert body.purpose == "payments"
    assert body.records[0].fields == {"person.name": "Ada Example"}


@pytest.mark.parametrize(
    ("defect", "body", "code"),
    [
        ("empty", b"", "body.missing"),
        ("cut off", b'{"purpose":"canary-4f1d', "body.json"),
        ("two documents", b'{"purpose":"p","records":[%s]}{}' % RECORD, "body.json"),
        ("byte order mark", b"\xef\xbb\xbf{}", "body.json"),
        ("latin-1", b'{"purpose":"canary-4f1d \xe9","records":[%s]}' % RECORD, "body.encoding"),
        ("overlong UTF-8", b'{"purpose":"\xc0\xaf","records":[%s]}' % RECORD, "body.encoding"),
        ("lone surrogate", b'{"purpose":"\\ud800","records":[%s]}' % RECORD, "body.json"),
        ("raw control character", b'{"purpose":"a\x00b","records":[%s]}' % RECORD, "body.json"),
        ("not a number", b'{"purpose":NaN,"records":[%s]}' % RECORD, "body.json"),
        ("an array", b'["canary-4f1d"]', "body.shape"),
        ("wrong type", b'{"purpose":["canary-4f1d"],"records":[%s]}' % RECORD, "body.shape"),
        ("missing member", b'{"purpose":"canary-4f1d"}', "body.shape"),
        (
            "unknown member",
            b'{"purpose":"p","canary-4f1d":1,"records":[%s]}' % RECORD,
            "body.unknown_member",
        ),
        (
            "unknown member dressed as a path",
            b'{"purpose":"p","x - at `$.canary-4f1d`":1,"records":[%s]}' % RECORD,
            "body.unknown_member",
        ),
        (
            "not of the list",
            b'{"purpose":"p","mode":"canary-4f1d","records":[%s]}' % RECORD,
            "body.shape",
        ),
        ("huge number", b'{"purpose":' + b"9" * 5000 + b"}", "body.shape"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_defect_has_its_code(defect: str, body: bytes, code: str) -> None:
    """Each broken body is refused by its own code, and what it held is not repeated."""
    assert code_of(PROTECT, body) == code


def test_a_defect_is_located_by_our_names_alone() -> None:
    """The place of a wrong type is told by members of the shape, never by keys of the caller."""
    body = protect()
    body["records"][0]["fields"] = {CANARY: 7}  # type: ignore[index]  # JSON is what it is

    with pytest.raises(Invalid) as caught:
        PROTECT.read(json.dumps(body).encode())

    assert caught.value.says == "At $.records[0].fields[...]: expected str, found otherwise."


@pytest.mark.parametrize(
    "body",
    [
        '{"purpose":"p","purpose":"q","records":[%s]}',
        '{"purpose":"p","records":[%s],"mode":"atomic","mode":"atomic"}',
        '{"purpose" : "p","records":[%s],"purpose"\n:"q"}',
        '{"\\u0070urpose":"p","records":[%s],"purpose":"q"}',
    ],
)
def test_a_member_named_twice_is_refused(body: str) -> None:
    """Two readers of an object must read the same: RFC 8259 4 leaves it open, we do not."""
    assert code_of(PROTECT, (body % RECORD.decode()).encode()) == "body.repeated_member"


def test_a_field_named_twice_is_refused() -> None:
    """The same holds for names that the caller chooses."""
    body = (
        '{"purpose":"p","records":[{"ref":"1","subject":"s",'
        '"fields":{"canary-4f1d":"a","canary-4f1d":"b"}}]}'
    )

    assert code_of(PROTECT, body.encode()) == "body.repeated_member"


@pytest.mark.parametrize(
    "value", ["12:30", "::1", '":":', "a\\:b", 'she said: "no"', "\\u0000", "ü:\n"]
)
def test_values_with_colons_and_escapes_are_no_repetition(value: str) -> None:
    """Colons, quotes and backslashes inside values are read as they are."""
    body = protect()
    body["records"][0]["fields"] = {"person.name": value, "person.email": value}  # type: ignore[index]  # JSON

    read = PROTECT.read(json.dumps(body).encode())

    assert read.records[0].fields == {"person.name": value, "person.email": value}


def test_nul_is_refused() -> None:
    """No text holds NUL: databases disagree about it."""
    assert code_of(PROTECT, b'{"purpose":"p\\u0000","records":[%s]}' % RECORD) == "body.nul"


@pytest.mark.parametrize("opening", [b"[", b'{"canary-4f1d":'])
def test_deep_nesting_is_refused_in_linear_time(opening: bytes) -> None:
    """A body of nothing but opening brackets is refused at once, whatever its length."""
    many = opening * (LIMITS.body_bytes // len(opening) // 4)
    begun = time.perf_counter()

    assert code_of(PROTECT, many) in {"body.too_many_elements", "body.too_deep"}
    assert code_of(PROTECT, opening * 20_000) == "body.too_deep"
    assert code_of(PROTECT, opening * 17 + b"1") == "body.too_deep"
    assert time.perf_counter() - begun < 5


def test_deep_nesting_hidden_in_texts_is_found() -> None:
    """Closing brackets inside texts do not hide depth, opening ones do not feign it."""
    hidden = b'["]]]]",' * 30 + b"1"
    feigned = json.dumps(protect(purpose="[[[[{{{{" * 8)).encode()

    assert code_of(PROTECT, hidden) == "body.too_deep"
    assert PROTECT.read(feigned).purpose == "[[[[{{{{" * 8


def test_too_many_elements_are_refused_before_they_are_parsed() -> None:
    """A body of more elements than any call needs is refused by counting."""
    body = b'{"purpose":"p","records":[' + b"{}," * LIMITS.elements + b"{}]}"

    assert code_of(PROTECT, body) == "body.too_many_elements"


def test_too_many_items_are_refused() -> None:
    """A call takes 1,000 items and not one more."""
    reveal = Reader(vault.Reveal)
    body = {"purpose": "p", "elements": ["person.name"], "records": ["r1"] * 1000}

    assert len(reveal.read(json.dumps(body).encode()).records) == 1000
    body["records"] = ["r1"] * 1001
    assert code_of(reveal, json.dumps(body).encode()) == "body.shape"


@pytest.mark.parametrize("filler", ["x", '"', "\\", "é"])
def test_a_long_text_is_refused(filler: str) -> None:
    """A text longer than a value may be is refused, whatever it is made of."""
    long = filler * (LIMITS.value_bytes + 1)
    body = protect()
    body["records"][0]["fields"] = {"person.name": long}  # type: ignore[index]  # JSON

    assert code_of(PROTECT, json.dumps(body, ensure_ascii=False).encode()) == "body.text_too_long"


def test_a_text_of_the_greatest_length_is_read() -> None:
    """The limit itself is allowed."""
    body = protect()
    body["records"][0]["fields"] = {"person.name": "x" * LIMITS.value_bytes}  # type: ignore[index]  # JSON

    assert PROTECT.read(json.dumps(body).encode()).purpose == "payments"


READERS = [Reader(row.request) for row in TABLE if row.request]
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
TREE = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@given(st.binary(max_size=200) | TREE.map(lambda tree: json.dumps(tree).encode()))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Whatever is sent, each shape of the table reads it or refuses it by a failure of ours."""
    for reader in READERS:
        with contextlib.suppress(Invalid):
            reader.read(body)


names = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@given(
    st.dictionaries(names.filter(bool), names, min_size=1, max_size=6),
    st.sampled_from([None, "person", "organisation"]),
    st.sampled_from(["escaped", "as it is"]),
)
def test_what_json_holds_is_what_is_read(
    fields: dict[str, str], kind: str | None, spelling: str
) -> None:
    """ASVS 1.1.1: fields arrive as sent, however escaped, decoded once; nothing is a repetition."""
    record: dict[str, object] = {"ref": "1", "subject": "s", "fields": fields}
    if kind:
        record["kind"] = kind
    body = json.dumps(
        {"purpose": "p", "records": [record]}, ensure_ascii=spelling == "escaped"
    ).encode()

    assert PROTECT.read(body).records[0].fields == fields


@pytest.mark.parametrize("row", [row for row in TABLE if row.request], ids=lambda row: row.name)
def test_every_request_shape_is_closed(row: Any) -> None:
    """Every shape refuses unknown members and is shallow, so that the parser never goes deep."""

    def depth(info: Any) -> int:
        match info:
            case msgspec.inspect.StructType():
                assert info.forbid_unknown_fields
                return 1 + max((depth(field.type) for field in info.fields), default=0)
            case msgspec.inspect.ListType():
                return 1 + depth(info.item_type)
            case msgspec.inspect.DictType():
                return 1 + depth(info.value_type)
            case msgspec.inspect.UnionType():
                return max(depth(kind) for kind in info.types)
            case msgspec.inspect.AnyType() | msgspec.inspect.RawType():
                pytest.fail("an open member")
        return 0

    assert depth(msgspec.inspect.type_info(row.request)) <= LIMITS.nesting_depth


# -- reading


class Sent:
    """An ASGI channel that hands out parts."""

    def __init__(self, *parts: bytes, ends: bool = True, pause: float = 0) -> None:
        self.parts = list(parts)
        self.ends = ends
        self.pause = pause
        self.asked = 0

    async def __call__(self) -> MutableMapping[str, Any]:
        self.asked += 1
        await asyncio.sleep(self.pause)
        if not self.parts:
            return {"type": "http.disconnect"}
        part = self.parts.pop(0)
        return {
            "type": "http.request",
            "body": part,
            "more_body": bool(self.parts) or not self.ends,
        }


def test_parts_are_joined() -> None:
    """A body that comes in parts is one body."""
    body = asyncio.run(Intake().read(Sent(b"ab", b"", b"c"), None, 10))

    assert body == b"abc"


def test_a_declared_length_is_refused_unread() -> None:
    """A body that is announced as too long is refused before anything of it is read."""
    sent = Sent(b"x" * 11)
    with pytest.raises(Oversized) as caught:
        asyncio.run(Intake().read(sent, 11, 10))

    assert caught.value.code == "body.too_large"
    assert sent.asked == 0


@pytest.mark.parametrize("parts", [(b"x" * 11,), (b"x" * 6, b"x" * 5), (b"x",) * 11])
def test_an_undeclared_length_is_refused_as_it_grows(parts: tuple[bytes, ...]) -> None:
    """A body that grows past the limit is refused as soon as it does."""
    sent = Sent(*parts, b"never read")
    with pytest.raises(Oversized):
        asyncio.run(Intake().read(sent, None, 10))

    assert b"never read" in sent.parts


def test_a_slow_body_is_refused() -> None:
    """A body that does not come is waited for only so long."""
    with pytest.raises(Slow) as caught:
        asyncio.run(Intake(body_seconds=0.05).read(Sent(b"a", b"b", pause=0.1), None, 10))

    assert caught.value.retryable


def test_a_full_house_asks_to_come_back() -> None:
    """Bodies held at one time are bounded, and the room is given back."""

    async def both() -> None:
        intake = Intake(held_bytes=10)
        with pytest.raises(Unavailable):
            await intake.read(Sent(b"x" * 6, b"x" * 6, b"x"), None, 100)
        assert await intake.read(Sent(b"x" * 4, b"x" * 4), None, 100) == b"x" * 8

    asyncio.run(both())


def test_a_caller_who_hangs_up_is_not_answered() -> None:
    """A body that ends in a hang-up is nobody's request."""
    with pytest.raises(Vanished):
        asyncio.run(Intake().read(Sent(b"a", ends=False), None, 10))
