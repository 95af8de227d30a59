"""Rules of rows that name nobody, by hand and by properties (45 CFR 164.514(b)(2); A29, B3)."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailee.errors import Invalid, Refused
from bailee.privacy.anonymity import LEAST, REFUSE, SUPPRESS, Row, choose, target
from bailee.privacy.harbor import DROP, WAYS, Rule, harbor, plan
from bailee.vault import CATALOGUE

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
LETTERS = frozenset("ABCDEFGHIJKLMNOPQR")


def test_every_element_is_mapped_once() -> None:
    """What the catalogue has, the list answers for; nothing else stands in it."""
    assert harbor().keys() == CATALOGUE.keys()
    assert all(one.how in WAYS and one.item in LETTERS | {""} for one in harbor().values())


def test_what_may_hold_anything_is_dropped_or_reduced_to_a_code() -> None:
    """Free text and whatever names, reaches or numbers somebody leaves nothing."""
    free = {name for name, one in CATALOGUE.items() if one.free_text}
    assert {harbor()[name].how for name in free} == {DROP, "code"}
    tokens = {name for name, one in CATALOGUE.items() if one.token}
    assert {harbor()[name].how for name in tokens} == {DROP}
    assert all(harbor()[name].how == DROP for name in CATALOGUE if harbor()[name].item in "ABDFGHIJKMO" and harbor()[name].item)  # noqa: E501 # fmt: skip


@pytest.mark.parametrize(
    ("element", "value", "left"),
    [
        ("person.birth_date", "1980-05-17", "1980"),
        ("person.birth_date", "1980-05", "1980"),
        ("person.birth_date", "1980~", "1980"),
        ("person.birth_date", "1936-12-31", "90+"),  # 89 on that day, and 90 by years alone
        ("person.birth_date", "1937-01-01", "1937"),  # 89 by years
        ("person.birth_date", "1930/1950", "90+"),
        ("transaction.date", "2026-11-30T09:15:00+01:00", "2026"),
        ("business.formation_date", "1901-01-01", "1901"),  # no age of a person
        ("health.condition", "E11.9", "E11.9"),
        ("health.condition", "U07", "U07"),
        ("health.condition", "E11.9 as told by his brother", ""),
        ("health.condition", "Diabetes", ""),
        ("transaction.amount", "1234.50 USD", "1000-9999 USD"),
        ("transaction.amount", "-7", "-0-9"),
        ("transaction.amount", "0.99", "0-9"),
        ("transaction.amount", "10", "10-99"),
        ("person.nationality", "DE", "DE"),
        ("person.name", "Marigold Featherstone", ""),
        ("person.address", "4 Larch Row, Boise, ID 83702", ""),
        ("person.birth_date", "", ""),
    ],
)
def test_what_is_left_of_a_value(element: str, value: str, left: str) -> None:
    """Years of dates, one class past 89, powers of ten, codes; of names and places nothing."""
    assert harbor()[element].apply(value, NOW) == left


def test_a_plan_keeps_drops_and_classes() -> None:
    """What others know always makes a class; a condition does only when somebody says so."""
    made = plan(["person.birth_date", "health.condition", "person.name"], [])
    more = plan(["person.birth_date", "health.condition"], ["health.condition"])

    assert made.columns == ("person.birth_date", "health.condition")
    assert made.left == ("person.birth_date:year", "health.condition")
    assert [one.name for one in made.dropped] == ["person.name"]
    assert made.quasi == ("person.birth_date",)
    assert more.quasi == ("person.birth_date", "health.condition")


@pytest.mark.parametrize(
    ("elements", "quasi", "code"),
    [
        (["person.shoe_size"], [], "deidentified.unmapped"),
        (["person.birth_date:year"], [], "deidentified.unmapped"),
        (["person.ssn"], [], "deidentified.nothing_left"),
        ([], [], "deidentified.nothing_left"),
        (["health.condition"], [], "deidentified.quasi"),
        (["person.birth_date"], ["person.nationality"], "deidentified.quasi"),
        (["person.birth_date", "person.name"], ["person.name"], "deidentified.quasi"),
    ],
)
def test_what_a_plan_refuses(elements: list[str], quasi: list[str], code: str) -> None:
    """An element nobody mapped, nothing left, no class, a class of what is not there."""
    with pytest.raises(Refused) as told:
        plan(elements, quasi)
    assert told.value.code == code


def test_an_element_that_is_new_to_the_catalogue_is_refused() -> None:
    """A mapping without it knows no rule for it, however plain its name is."""
    rules = {"person.birth_date": Rule("person.birth_date", "C", "birth", quasi=True)}
    with pytest.raises(Refused, match="1 of these"):
        plan(["person.birth_date", "person.nationality"], [], rules)


def test_k_is_the_largest_that_anybody_set() -> None:
    """The agreement's, the operator's, the caller's; two at least, and no caller lowers it."""
    assert target(0, 5) == (5, "operator's target")
    assert target(0, 5, 11) == (11, "agreement")
    assert target(3, 5) == (5, "operator's target")
    assert target(7, 5) == (7, "asked for")
    assert target(5, 5, 5) == (5, "agreement")
    assert target(0, 1)[0] == LEAST
    for wrong in (1, -4, 10_001):
        with pytest.raises(Invalid):
            target(wrong, 5)


HAND: list[Row] = [
    ("a", ("1980", "m")), ("b", ("1980", "m")), ("c", ("1980", "m")),
    ("a", ("1980", "m")),  # a again: three people in four rows
    ("d", ("1981", "m")), ("d", ("1981", "m")), ("d", ("1981", "m")),
]  # fmt: skip


def test_classes_count_people_and_not_rows() -> None:
    """With k three the four rows of 1980 leave; the three rows of one person in 1981 do not."""
    chosen = choose(HAND, [0], 3, small=SUPPRESS)

    assert chosen.rows == (0, 1, 2, 3)
    assert (chosen.people, chosen.classes, chosen.smallest) == (3, 1, 3)
    assert (chosen.suppressed, chosen.small) == (3, 1)
    assert choose(HAND, [1], 4, small=REFUSE).rows == tuple(range(7))  # all four share m
    with pytest.raises(Refused, match="fewer than 3"):
        choose(HAND, [0], 3, small=REFUSE)
    with pytest.raises(Refused, match="fewer than 4"):
        choose(HAND, [0], 4, small=SUPPRESS)
    with pytest.raises(Refused):
        choose([], [0], 2, small=SUPPRESS)


rows = st.lists(
    st.tuples(
        st.sampled_from("abcdefgh"),
        st.tuples(st.sampled_from(["1980", "1981"]), st.sampled_from("xyz")),
    ),
    max_size=60,
)


@given(rows, st.integers(2, 6), st.sampled_from([[0], [1], [0, 1]]))
def test_no_class_that_leaves_is_smaller_than_k(
    table: list[Row], k: int, places: list[int]
) -> None:
    """Every row that leaves shares its class with k people, and every row that may leave does."""
    everybody: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for who, cells in table:
        everybody[tuple(cells[place] for place in places)].add(who)
    may = [
        n for n, (_, cells) in enumerate(table)
        if len(everybody[tuple(cells[place] for place in places)]) >= k
    ]  # fmt: skip
    if not may:
        with pytest.raises(Refused):
            choose(table, places, k, small=SUPPRESS)
        return
    chosen = choose(table, places, k, small=SUPPRESS)

    assert list(chosen.rows) == may
    assert chosen.suppressed == len(table) - len(may)
    left = [table[n] for n in chosen.rows]
    again = choose(left, places, k, small=REFUSE)  # what is left needs nothing more left out
    assert (again.rows, again.suppressed) == (tuple(range(len(left))), 0)
    assert chosen.smallest >= k


def test_a_hundred_thousand_rows() -> None:
    """A hundred classes of a thousand people: all of them leave."""
    table = [(f"p{n}", (str(n % 100),)) for n in range(100_000)]
    chosen = choose(table, [0], 1000, small=REFUSE)
    assert (len(chosen.rows), chosen.classes, chosen.smallest) == (100_000, 100, 1000)
