"""A mapping turns columns into elements and drops nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bailee.cli.mapping import Bound, RowRefused, load_mapping, read_date
from bailee.cli.payers import payers
from bailee.errors import Invalid

MAPPINGS = Path(__file__).parents[2] / "src" / "bailee" / "cli" / "mappings"

ROW = {
    "ent_num": "900001",
    "SDN_name": "EXAMPLE, Ada",
    "SDN_type": "individual",
    "Program": "TEST",
    "Remarks": (
        "DOB 10 Aug 1971; alt. DOB circa 1970; nationality Iran; Passport A0000001 (Iran) issued "
        "15 Apr 2008; alt. Passport B0000002; National ID No. 4200000000000 (Iran)."
    ),
}
EMPTY = dict.fromkeys(
    ("Title", "Call_Sign", "Vess_type", "Tonnage", "GRT", "Vess_flag", "Vess_owner"), "-0- "
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("10 Aug 1971", "1971-08-10"),
        ("Dec 1970", "1970-12"),
        ("1973", "1973"),
        ("circa 1965", "1965~"),
        ("circa 09 Nov 1950", "1950-11-09~"),
        ("1962 to 1963", "1962/1963"),
        ("01 Jan 1960 to 31 Dec 1969", "1960-01-01/1969-12-31"),
        ("circa 1979-1982", "1979~/1982~"),
        ("1971-08-10", "1971-08-10"),
    ],
)
def test_dates_become_edtf(written: str, expected: str) -> None:
    """Each form of date in the list is written as ISO 8601-2 writes it."""
    assert expected == read_date(written)


@pytest.mark.parametrize("text", ["soon", "32 Foo 1999", "10 Aug 71", ""])
def test_other_dates_are_refused(text: str) -> None:
    """A date of unknown form is an error, never a guess."""
    with pytest.raises(Invalid):
        read_date(text)


def test_every_value_of_a_row_is_kept() -> None:
    """Repeated dates and passports become further records of the same subject."""
    records = load_mapping(MAPPINGS / "ofac-sdn.toml").records({**EMPTY, **ROW})

    assert len(records) == 2
    assert {"sdn-900001"} == {record["subject"] for record in records}
    assert {
        "person.name": "EXAMPLE, Ada",
        "business.legal_matter": "TEST",
        "communication.content": ROW["Remarks"],
        "person.birth_date": "1971-08-10",
        "person.passport": "A0000001",
        "person.government_id": "4200000000000",
        "person.nationality": "IR",
    } == records[0]["fields"]
    assert records[1]["fields"] == {"person.birth_date": "1970~", "person.passport": "B0000002"}
    assert records[0]["nationalities"] == ["IR"]
    assert records[0]["kind"] == "person"


def test_payers_are_the_same_everywhere() -> None:
    """The generator is deterministic: the first payer is always this one."""
    first = next(iter(payers(1)))

    assert first == next(iter(payers(5)))
    assert first["email"] == "payer1@example.com"


def test_payers_fit_their_mapping() -> None:
    """People and businesses are told apart by the mapping."""
    mapping = load_mapping(MAPPINGS / "payers.toml")
    kinds = {mapping.records(payer)[0]["kind"] for payer in payers(50)}

    assert {"person", "organisation"} == kinds


@pytest.mark.parametrize(
    "text",
    ["", "[file]\ncolumns=[]", "not toml at all [", "[other]\n", '[[field]]\nelement="x"\n'],
)
def test_a_broken_mapping_is_refused(text: str, tmp_path: Path) -> None:
    """A mapping that cannot be used says what is missing."""
    path = tmp_path / "m.toml"
    path.write_text(text)

    with pytest.raises(Invalid, match=r"mapping\.form"):
        load_mapping(path)


RULES = """
[file]
columns = ["id", "kind", "first", "second", "state"]
[record]
ref = "id"
subject = "p-{id}"
residence = "state"
kind = { column = "kind", p = "person", otherwise = "organisation" }
[[field]]
element = "person.email"
column = "first"
[[field]]
element = "person.email"
column = "second"
"""
HEADER = ["id", "kind", "first", "second", "state"]


def bound(tmp_path: Path, rules: str = RULES) -> Bound:
    """Return rules upon a header."""
    (tmp_path / "m.toml").write_text(rules)
    return Bound(load_mapping(tmp_path / "m.toml"), HEADER)


def test_two_columns_of_one_element_are_both_kept(tmp_path: Path) -> None:
    """The second address does not take the first one's place: it makes a further record."""
    first, second = bound(tmp_path).records(["1", "p", "a@example.com", "b@example.com", "US-IL"])
    assert first["fields"] == {"person.email": "a@example.com"}
    assert second["fields"] == {"person.email": "b@example.com"}
    assert {first["subject"], second["subject"]} == {"p-1"}


@pytest.mark.parametrize("kind", ["column", "otherwise", "is", "", "x"])
def test_a_cell_cannot_choose_a_word_of_the_mapping(kind: str, tmp_path: Path) -> None:
    """Whatever stands in the column of kinds, the kind is one of the three."""
    (record,) = bound(tmp_path).records(["1", kind, "a@example.com", "", ""])
    assert record["kind"] == "organisation"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (["1", "p", "", "", "US-IL"], "row.empty"),
        (["1" * 300, "p", "a", "", ""], "row.subject"),
        (["1", "p", "x" * 70_000, "", ""], "row.value"),
        (["1", "p", "\x01" * 12_000, "", ""], "row.value"),
        (["1", "p", "a", "", "x" * 17], "row.residence"),
    ],
)
def test_what_would_fail_a_whole_call_fails_its_row(
    cells: list[str], code: str, tmp_path: Path
) -> None:
    """One row beyond the interface's limits takes no other row with it."""
    with pytest.raises(RowRefused) as raised:
        bound(tmp_path).records(cells)
    assert raised.value.code == code


def test_a_pattern_that_matches_without_end_is_refused(tmp_path: Path) -> None:
    """A row does not become more records than anybody meant."""
    rules = RULES.replace('column = "first"', 'column = "first"\nfind = "(.)"', 1)
    with pytest.raises(RowRefused) as raised:
        bound(tmp_path, rules).records(["1", "p", "x" * 101, "", ""])
    assert raised.value.code == "row.records"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("p-{id}", "p-{id.__class__}"),
        ("p-{id}", "p-{nothing}"),
        ('column = "first"', 'column = "/etc/passwd"'),
    ],
)
def test_a_mapping_reaches_its_own_columns_alone(old: str, new: str, tmp_path: Path) -> None:
    """No attribute, no path, no other table: what is no column of the file is refused."""
    with pytest.raises(Invalid, match=r"file\.columns"):
        bound(tmp_path, RULES.replace(old, new, 1))


@pytest.mark.parametrize(
    "wrong",
    ['kind = { is = "robot" }', 'category = "pet"', 'subject = "p-{id"', "subject = 3"],
)
def test_a_word_that_the_interface_does_not_know_is_refused(wrong: str, tmp_path: Path) -> None:
    """A mapping that every call would be refused for is refused before any."""
    key = wrong.partition(" ")[0]
    lines = [one for one in RULES.splitlines() if not one.startswith(f"{key} =")]
    lines.insert(lines.index("[record]") + 1, wrong)
    with pytest.raises(Invalid, match=r"mapping\.form"):
        bound(tmp_path, "\n".join(lines))
