"""What may stand in an entry, what its commitments bind, and that they hide."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailee import canonical
from bailee.errors import Broken, Invalid, Oversized
from bailee.ledger import Fact, Link, Touched
from bailee.ledger.entry import read_entry, write_entry
from bailee.ledger.opening import read_opening
from bailee.ledger.verify import Bad, check_entry

TIME = "2026-11-20T12:00:00.000Z"
FACT = Fact(
    "vault:record:revealed",
    "acme",
    purpose="payments",
    elements=("person.name",),
    count=2,
    obligations=("C2.5(5)", "C7.3(3)[annex-i-part-b].keys"),
    detail={"code": "element.not_in_agreement", "n": -3},
    actor={"id": "principal-1"},
    context={"ip": "192.0.2.7", "agent": 'Zürich "quoted" \\ \x7f \n'},
    records=[Touched("r1", "s1", ("person.name",), "person"), Touched("r2", "s2")],
)


def body_of(fact: Fact) -> bytes:
    """Return the entry's bytes."""
    return write_entry(fact, TIME).body


def accepts(body: bytes) -> bool:
    """Say whether the verifier accepts an entry."""
    try:
        check_entry(body, "entry 1")
    except Bad:
        return False
    return True


def test_entry_is_canonical_and_the_verifier_reads_it() -> None:
    """An entry is its own canonical form, has the facts in clear, and the verifier accepts it."""
    body = body_of(FACT)
    fields = read_entry(body)
    assert canonical.encode(fields) == body
    assert fields["time"] == TIME
    assert fields["elements"] == ["person.name"]
    assert fields["detail"] == {"code": "element.not_in_agreement", "n": -3}
    assert accepts(body)


def test_entry_holds_nothing_of_what_is_committed() -> None:
    """Principal, address and record ids stand nowhere in the entry's bytes."""
    body = body_of(FACT)
    for word in (b"principal-1", b"192.0.2.7", b"r1", b"s1", b"acme"):
        assert word not in body


def test_commitments_are_what_the_documentation_says() -> None:
    """Commitments recomputed by hand from the opening's salts and blocks are the entry's."""
    written = write_entry(FACT, TIME)
    opening, fields = read_opening(written.opening), json.loads(written.body)
    salt, block = opening.actor
    assert len(salt) == 32
    assert json.loads(block) == {"id": "principal-1"}
    by_hand = sha256(b"bailee/commit/v1\x00actor\x00" + salt + block).hexdigest()
    assert fields["commitments"]["actor"] == by_hand
    leaves = [
        sha256(b"\x00bailee/commit/v1\x00record\x00" + salt + block).digest()
        for salt, block in opening.records
    ]
    root = sha256(b"\x01" + leaves[0] + leaves[1]).hexdigest()
    assert fields["commitments"]["records"] == root
    assert json.loads(opening.records[0][1]) == {
        "category": "unknown",
        "elements": ["person.name"],
        "kind": "person",
        "nationalities": [],
        "record_id": "r1",
        "residence": "unknown",
        "subject_id": "s1",
    }
    assert json.loads(opening.context[1]) == FACT.context


def test_blocks_are_canonical() -> None:
    """Every block is canonical JSON whatever it holds."""
    opening = read_opening(write_entry(FACT, TIME).opening)
    for _, block in (opening.actor, opening.context, *opening.records):
        assert canonical.encode(canonical.decode(block)) == block


def test_same_fact_twice_commits_differently() -> None:
    """Salts are fresh: two entries of one fact share no commitment, salts no value."""
    one, two = write_entry(FACT, TIME), write_entry(FACT, TIME)
    commitments = [json.loads(written.body)["commitments"] for written in (one, two)]
    assert not set(commitments[0].values()) & set(commitments[1].values())
    assert one.entry_id != two.entry_id
    salts = []
    for written in (one, two):
        opening = read_opening(written.opening)
        salts += [opening.actor[0], opening.context[0], *(salt for salt, _ in opening.records)]
    assert len(set(salts)) == 8


@pytest.mark.parametrize(
    "change",
    [
        {"action": "revealed"},
        {"action": "vault:record:Revealed"},
        {"decision": "maybe"},
        {"source": "hearsay"},
        {"purpose": "John Smith"},
        {"agreement": "v/1"},
        {"elements": ("person name",)},
        {"elements": ("jan@example.com",)},
        {"obligations": ("C2.5 (5)",)},
        {"detail": {"code": "Free text"}},
        {"detail": {"code": ""}},
        {"detail": {"Code": "x"}},
        {"detail": {"code": "x" * 101}},
        {"detail": {"code": 1.5}},
        {"detail": {"code": True}},
        {"detail": {"code": 2**53}},
        {"detail": {f"k{i}": 1 for i in range(13)}},
        {"count": -1},
        {"count": True},
        {"records": [Touched("r 1", "s")]},
        {"records": [Touched("r", 's"')]},
        {"records": [Touched("r", "s", kind='x"')]},
        {"records": [Touched("r", "s", residence="New York!")]},
    ],
)
def test_what_is_not_a_code_is_refused(change: dict[str, Any]) -> None:
    """Free text, odd numbers and foreign characters never get into an entry."""
    with pytest.raises(Invalid, match=r"fact\.form"):
        body_of(replace(FACT, **change))


def test_large_context_is_refused() -> None:
    """A context past its limit is refused, not cut."""
    with pytest.raises(Oversized, match=r"fact\.too_large"):
        body_of(replace(FACT, context={"agent": "x" * 20_000}))


def test_many_elements_become_their_count_and_hash() -> None:
    """Past 48 elements the entry names how many and the hash of their sorted names."""
    names = tuple(f"health.e{i:02d}" for i in range(60))
    digest = sha256("\n".join(sorted(names)).encode()).hexdigest()
    body = body_of(replace(FACT, elements=names[::-1] + names))
    assert read_entry(body)["elements"] == [f"all:60:{digest}"]
    assert accepts(body)
    assert len(read_entry(body_of(replace(FACT, elements=names[:48])))["elements"]) == 48


def test_the_largest_entry_fits() -> None:
    """With every field at its limit an entry stays within 4 KiB and the verifier accepts it."""
    body = body_of(
        replace(
            FACT,
            action=":".join(["a" * 40] * 3),
            purpose="p" * 64,
            agreement="g" * 64,
            elements=tuple(f"e{i:02d}" + "x" * 61 for i in range(48)),
            obligations=tuple(f"C{i:02d}" + "x" * 97 for i in range(16)),
            detail={f"k{i:02d}" + "x" * 37: "v" * 100 for i in range(12)},
            link=Link("bailee.example/" + "a" * 200 + "/2026/2", 2**53 - 1, 2**53 - 1, "0" * 64),
            count=2**53 - 1,
        )
    )
    assert len(body) <= 4096
    assert read_entry(body)["elements"][0].startswith("all:48:")
    assert accepts(body)


def test_records_of_one_entry_may_be_many() -> None:
    """A thousand records are one entry of the same size; each stands in the opening."""
    fact = replace(FACT, records=[Touched(f"r{i}", f"s{i}") for i in range(1000)])
    written = write_entry(fact, TIME)
    assert len(written.body) == len(body_of(FACT))
    opening = read_opening(written.opening)
    assert len(opening.records) == 1000
    assert opening.commitments() == read_entry(written.body)["commitments"]


WORDS = st.from_regex(r"[a-z0-9._-]{1,20}", fullmatch=True)
FACTS = st.builds(
    Fact,
    action=st.sampled_from(["vault:record:revealed", "ledger:log:closed", "a:b:c"]),
    controller=st.just("acme"),
    decision=st.sampled_from(["allowed", "refused", "failed"]),
    source=st.sampled_from(["observed", "asserted"]),
    purpose=WORDS,
    elements=st.lists(WORDS, max_size=60).map(tuple),
    count=st.integers(0, 2**53 - 1),
    obligations=st.lists(st.from_regex(r"C[A-Z0-9.()\[\]:]{1,20}", fullmatch=True), max_size=20),
    detail=st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_.]{0,9}", fullmatch=True),
        st.integers(-(2**53) + 1, 2**53 - 1) | WORDS,
        max_size=12,
    ),
    agreement=WORDS,
    actor=st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=3),
    context=st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=3),
    records=st.lists(
        st.builds(
            Touched,
            st.from_regex(r"[A-Za-z0-9_-]{1,9}", fullmatch=True),
            st.from_regex(r"[A-Za-z0-9_-]{1,9}", fullmatch=True),
            st.lists(WORDS, max_size=3).map(tuple),
            st.sampled_from(["person", "Company-1"]),
        ),
        max_size=5,
    ),
    link=st.none() | st.builds(Link, st.just("bailee.example/5f2c/2026"), st.integers(0, 9)),
)


@given(FACTS)
def test_every_entry_equals_its_canonical_encoding(fact: Fact) -> None:
    """What is put together from pieces is what ``canonical.encode`` gives, and it is opened."""
    written = write_entry(fact, TIME)
    fields = json.loads(written.body)
    assert canonical.encode(fields) == written.body
    assert accepts(written.body)
    assert fields["detail"] == dict(fact.detail)
    assert fields["count"] == fact.count
    opening = read_opening(written.opening)
    assert opening.commitments() == fields["commitments"]
    assert json.loads(opening.actor[1]) == fact.actor
    assert [json.loads(block)["record_id"] for _, block in opening.records] == [
        one.record_id for one in fact.records
    ]


def test_equal_numbers_of_other_types_are_refused_after_a_good_one() -> None:
    """Kept pieces do not let in what only equals something that was allowed."""
    body_of(replace(FACT, detail={"n": 1}))
    for value in (True, 1.0):
        with pytest.raises(Invalid, match=r"fact\.form"):
            body_of(replace(FACT, detail={"n": value}))  # type: ignore[dict-item]


def test_ids_begin_with_their_second_and_differ() -> None:
    """Entries of one second share twelve digits of their ids, and twenty more are random."""
    ids = {write_entry(FACT, TIME).entry_id for _ in range(1000)}
    assert len(ids) == 1000
    assert {(one[:12], len(one)) for one in ids} == {("261120120000", 32)}


@given(st.data())
def test_any_byte_changed_gives_no_second_spelling(data: st.DataObject) -> None:
    """A changed entry is refused, or it says something else: it never reads the same."""
    body = body_of(FACT)
    at = data.draw(st.integers(0, len(body) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != body[at]))
    bent = body[:at] + bytes([byte]) + body[at + 1 :]
    if accepts(bent):
        assert json.loads(bent) != json.loads(body)
        assert canonical.encode(json.loads(bent)) == bent


@pytest.mark.parametrize(
    "bend",
    [
        lambda b: b.replace(b'"v":1', b'"v":2'),
        lambda b: b.replace(b'"v":1', b'"v":1,"w":1'),
        lambda b: b.replace(b'{"action"', b'{ "action"'),
        lambda b: b.replace(b'"count":2', b'"count":02'),
        lambda b: b.replace(b'"count":2', b'"count":2.0'),
        lambda b: b.replace(b"2026-11-20", b"2026-02-30"),
        lambda b: b.replace(b"T12:", b"T25:"),
        lambda b: b.replace(b'["C2.5(5)",', b'["Z","C2.5(5)",'),
        lambda b: b.replace(b'"n":-3', b'"n":-3,"n":-3'),
        lambda b: b.replace(b'"n":-3', b'"n":[1]'),
        lambda b: b + b"\n",
        lambda b: b[:-1],
    ],
)
def test_verifier_names_what_is_wrong_in_an_entry(bend: Any) -> None:
    """Second spellings and foreign fields are refused by the verifier with a reason."""
    bent = bend(body_of(FACT))
    with pytest.raises(Bad, match="entry 1"):
        check_entry(bent, "entry 1")


def test_garbage_is_no_entry_and_no_opening() -> None:
    """Unreadable stored bytes are broken, whatever they are."""
    for data in (b"", b"{}", b"[]", b"null", b'{"v":2}', b"\xff"):
        with pytest.raises(Broken):
            read_entry(data)
        with pytest.raises(Broken, match=r"ledger\.opening"):
            read_opening(data)
