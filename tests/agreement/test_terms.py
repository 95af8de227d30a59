"""Terms: strict reading (C1-C11)."""

from __future__ import annotations

import dataclasses
from datetime import date

import msgspec
import pytest

from bailee.agreement import load_terms, read_terms
from bailee.agreement.terms import shipped_laws
from bailee.errors import Broken, NotFound

HASH = "0" * 64

GOOD = f"""
[agreement]
id = "small"
title = "A small agreement"
date = "2027-01-04"
version = 1
text_sha256 = "{HASH}"

[[purpose]]
id = "payments"
clause = "1.1"
text_sha256 = "{HASH}"
says = "Paying."
status = "agreed"

[[element]]
clause = "A.1(1)"
text_sha256 = "{HASH}"
says = "Names."
holds = ["person.name"]

[[parameter]]
name = "destruction.within"
says = "Time to destroy."

[[obligation]]
id = "C1.1"
clause = "1.1"
text_sha256 = "{HASH}"
row = "A5"
kind = "prohibition"
summary = "No other purpose."
control = "purpose-limit"

[[obligation]]
id = "C2.within"
clause = "2"
text_sha256 = "{HASH}"
row = "A27"
kind = "clock"
summary = "Destroy in time."
control = "termination"
parameter = "destruction.within"
quantity = 10
unit = "days"
direction = "max"
counting = "plain"
trigger = "agreement-ended"

[[obligation]]
id = "C3"
clause = "3"
text_sha256 = "{HASH}"
kind = "no-duty"
summary = "A word."
reason = "A definition."

[[defect]]
id = "L1"
clauses = ["1.1", "2"]
kind = "contradiction"
says = "They differ."
strictest_reading = "Both."
"""

CORPUS = {
    "not TOML": ("[agreement]", "[agreement", "terms.syntax"),
    "unknown key": ('kind = "clock"', 'kind = "clock"\nurgency = 3', "terms.shape"),
    "unknown kind": ('kind = "clock"', 'kind = "promise"', "terms.shape"),
    "unknown unit": ('unit = "days"', 'unit = "moons"', "terms.shape"),
    "unknown direction": ('direction = "max"', 'direction = "up"', "terms.shape"),
    "unknown counting": ('counting = "plain"', 'counting = "lunar"', "terms.shape"),
    "unknown status": ('status = "agreed"', 'status = "maybe"', "terms.shape"),
    "number as text": ("quantity = 10", 'quantity = "10"', "terms.shape"),
    "fraction": ("quantity = 10", "quantity = 1.5", "terms.shape"),
    "unknown table": ("[[defect]]", "[[wish]]", "terms.shape"),
    "no summary key": ('summary = "A word."\n', "", "terms.shape"),
    "empty summary": ('summary = "A word."', 'summary = ""', "terms.summary"),
    "no reason for no duty": ('reason = "A definition."\n', "", "terms.reason"),
    "a control for no duty": ('reason = "A def', 'control = "x"\nreason = "A def', "terms.control"),
    "a duty without control": ('control = "termination"\n', "", "terms.control"),
    "a duty of no row": ('row = "A27"\n', "", "terms.row"),
    "a row that is none": ('row = "A27"', 'row = "Z9"', "terms.row"),
    "twin obligations": (
        'id = "C3"\nclause = "3"',
        'id = "C1.1"\nclause = "1.1"',
        "terms.duplicate",
    ),
    "id of another clause": ('id = "C3"', 'id = "C4"', "terms.id"),
    "id with two words": ('id = "C2.within"', 'id = "C2.within.days"', "terms.id"),
    "id with an empty word": ('id = "C2.within"', 'id = "C2."', "terms.id"),
    "id of the terms": ('id = "small"', 'id = "Small Terms"', "terms.id"),
    "short hash": (f'clause = "3"\ntext_sha256 = "{HASH}"', 'clause = "3"', "terms.hash"),
    "upper-case hash": (
        f'clause = "3"\ntext_sha256 = "{HASH}"',
        f'clause = "3"\ntext_sha256 = "{"A" * 64}"',
        "terms.hash",
    ),
    "number without unit": ('unit = "days"\n', "", "terms.quantity"),
    "number without direction": ('direction = "max"\n', "", "terms.quantity"),
    "negative number": ("quantity = 10", "quantity = -1", "terms.quantity"),
    "clock without number": (
        'quantity = 10\nunit = "days"\ndirection = "max"\ncounting = "plain"\n',
        "",
        "terms.quantity",
    ),
    "vague with a number": ("quantity = 10", "vague = true\nquantity = 10", "terms.vague"),
    "clock without trigger": ('trigger = "agreement-ended"\n', "", "terms.trigger"),
    "time without counting": ('counting = "plain"\n', "", "terms.counting"),
    "counting without time": ('unit = "days"', 'unit = "characters"', "terms.counting"),
    "business without calendar": ('counting = "plain"', 'counting = "business"', "terms.calendar"),
    "calendar without business": (
        'counting = "plain"',
        'counting = "plain"\ncalendar = "us-federal-reserve"',
        "terms.calendar",
    ),
    "undeclared parameter": ('parameter = "dest', 'parameter = "rest', "terms.parameter"),
    "element of no name": ('holds = ["person.name"]', 'holds = ["Person"]', "terms.element"),
    "defect of no clause": ('clauses = ["1.1", "2"]', "clauses = []", "terms.defect"),
    "defect without strict reading": (
        'strictest_reading = "Both."',
        'strictest_reading = ""',
        "terms.defect",
    ),
    "defect of an absent duty": ("[[defect]]", '[[defect]]\nobligations = ["C9"]', "terms.defect"),
    "law without source": ('id = "small"', 'id = "small"\nkind = "law"', "terms.source"),
}


def test_good_terms_are_read_into_frozen_values() -> None:
    """What the file says is what the values hold, and nobody can change them."""
    terms = read_terms(GOOD)
    assert [line.id for line in terms.obligations] == ["C1.1", "C2.within", "C3"]
    assert [line.counted for line in terms.obligations] == [True, True, False]
    assert terms.permissions[0].holds == ("person.name",)
    with pytest.raises((AttributeError, dataclasses.FrozenInstanceError)):
        terms.obligations[0].summary = "Anything goes."  # type: ignore[misc]


@pytest.mark.parametrize("name", CORPUS)
def test_broken_terms_are_named(name: str) -> None:
    """Each way of writing terms wrongly stops the reading with a code of its own."""
    was, becomes, code = CORPUS[name]
    assert GOOD.count(was) >= 1
    with pytest.raises(Broken) as caught:
        read_terms(GOOD.replace(was, becomes, 1))
    assert caught.value.code == code


def law(text: str = GOOD, proof: str = "report") -> str:
    """Return the good terms as a law's."""
    text = text.replace('id = "small"', 'id = "small"\nkind = "law"\nsource = "Some Act"')
    text = text.replace(f'text_sha256 = "{HASH}"\n', "")
    for name in ("C1.1", "C2.within", "C3"):
        text = text.replace(f'id = "{name}"', f'id = "small:{name[1:]}"\nproof = "{proof}"')
    return text


READ = 'version = 1\nverified = "2027-01-02"\nverified_by = "the gazette"'


def test_terms_of_a_law_cite_it_and_are_not_trusted_unread() -> None:
    """A law's lines carry its id, need no hash, and count only when somebody read the law."""
    unread = read_terms(law())
    assert not unread.trusted
    assert not any(unread.proves(line) for line in unread.obligations)
    read = read_terms(law(proof="text").replace("version = 1", READ))
    assert all(read.proves(line) for line in read.obligations)
    half = read_terms(law().replace("version = 1", READ))
    assert not any(half.proves(line) for line in half.obligations)


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        ('proof = "report"\n', "", "terms.proof"),
        ('proof = "report"', 'proof = "text"', "terms.proof"),
        ('proof = "report"', 'proof = "compared"', "terms.proof"),
        ('proof = "report"', 'proof = "hearsay"', "terms.shape"),
        ("version = 1", 'version = 1\nverified = "2027-01-02"', "terms.proof"),
        ("version = 1", 'version = 1\nverified_by = "the gazette"', "terms.proof"),
        ("version = 1", 'version = 1\nvalid_to = "20270102"', "terms.day"),
        ("version = 1", 'version = 1\nvalid_from = "2027-02-29"', "terms.day"),
        ('proof = "report"', 'proof = "report"\nvalid_to = "soon"', "terms.day"),
        ('kind = "clock"', 'kind = "clock"\nactor = "controller"', "terms.reason"),
    ],
)
def test_a_law_says_how_each_line_is_known(was: str, becomes: str, code: str) -> None:
    """A line without proof, a proof without a reading, a day that is none: reading stops."""
    assert was in law()
    with pytest.raises(Broken) as caught:
        read_terms(law().replace(was, becomes, 1))
    assert caught.value.code == code


def test_an_edition_that_ended_proves_nothing_any_more() -> None:
    """What was read in an edition counts to its last day; what was compared here counts on."""
    ended = READ + '\nvalid_from = "2024-01-01"\nvalid_to = "2025-12-31"'
    terms = read_terms(law(proof="text").replace("version = 1", ended))
    line = terms.obligations[0]
    assert terms.proves(line, date(2025, 12, 31))
    assert not terms.proves(line, date(2026, 1, 1))
    assert terms.proves(msgspec.structs.replace(line, proof="compared"), date(2026, 1, 1))
    assert (terms.begun_on(date(2023, 12, 31)), terms.begun_on(date(2024, 1, 1))) == (False, True)


def test_shipped_laws_are_those_that_are_no_agreements() -> None:
    """Thirteen laws and standards are shipped; each names its source and what it leaves out."""
    assert set(shipped_laws()) == {
        "ca-civ-1798.82", "ccpa", "ch-fadp", "gdpr", "glba-safeguards", "hipaa", "nacha",
        "nist-sp-800-63b-4", "ny-23-nycrr-500",
        "owasp-asvs-5.0.0", "pci-dss-4.0.1", "tsc-2017", "uk-gdpr",
    }  # fmt: skip
    for name in shipped_laws():
        terms = load_terms(name)
        assert terms.leaves_out
        used = {line.parameter for line in terms.obligations}
        assert used.issuperset(one.name for one in terms.parameters)


@pytest.mark.parametrize("terms_id", ["nothing", "../secrets", "", "x" * 65, "Model-Addendum"])
def test_unknown_terms_are_not_found(terms_id: str) -> None:
    """An id that is not shipped is not found, and no path can be smuggled in."""
    with pytest.raises(NotFound) as caught:
        load_terms(terms_id)
    assert caught.value.code == "terms.unknown"


@pytest.mark.parametrize("terms_id", ["bill-2022-10-11", "model-addendum"])
def test_shipped_terms_read_and_waste_nothing(terms_id: str) -> None:
    """Shipped terms keep their own rules; no parameter is declared in vain."""
    terms = load_terms(terms_id)
    assert terms.id == terms_id
    used = {line.parameter for line in terms.obligations}
    assert [line.name for line in terms.parameters if line.name not in used] == []
    assert len({line.summary for line in terms.obligations}) > 100


def test_values_survive_a_round_trip() -> None:
    """Terms are plain data: what is written as JSON reads back equal."""
    terms = load_terms("model-addendum")
    data = msgspec.json.encode(terms)
    assert msgspec.json.decode(data, type=type(terms)) == terms
