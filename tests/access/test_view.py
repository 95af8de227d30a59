"""Views of one element never add up to the element for one reader (C2.5(4))."""

from __future__ import annotations

import pytest

from bailee.access.view import covers, known, rebuilt, split
from tests.access.world import SCHEMA

Held = list[tuple[frozenset[str], tuple[str, ...]]]


def held(*grants: str) -> Held:
    """Return grants written as 'verb,verb: element element'."""
    out: Held = []
    for grant in grants:
        verbs, _, elements = grant.partition(": ")
        out.append((frozenset(verbs.split(",")), tuple(elements.split())))
    return out


@pytest.mark.parametrize(
    ("pattern", "element", "expected"),
    [
        ("person.ssn", "person.ssn", True),
        ("person.ssn", "person.name", False),
        ("person.*", "person.ssn", True),
        ("person.*", "personal.ssn", False),
        ("person.*", "business.name", False),
        ("class:sensitive", "person.ssn", True),
        ("class:sensitive", "person.name", False),
        ("class:unheard", "person.ssn", False),
        ("*", "anything.at_all", True),
    ],
)
def test_what_a_pattern_holds(pattern: str, element: str, expected: bool) -> None:  # noqa: FBT001 - a table
    """Names, families, classes and the star hold exactly these elements."""
    assert covers(pattern, element, SCHEMA) is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("person.ssn", True), ("person.*", True), ("class:sensitive", True), ("*", True),
        ("person.ssn:last4", True), ("person.ssn:last5", False), ("person.nothing", False),
        ("nobody.*", False), ("class:unheard", False), ("person.*:last4", False), ("", False),
        ("per*", False), ("person", False), (".*", False),
    ],
)  # fmt: skip
def test_what_the_catalogue_knows(pattern: str, expected: bool) -> None:  # noqa: FBT001 - a table
    """A pattern is known when the catalogue has something of that name."""
    assert known(pattern, SCHEMA) is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("person.ssn:last4", ("person.ssn", "last4")),
        ("person.ssn", ("person.ssn", "")),
        ("class:sensitive", ("class:sensitive", "")),
    ],
)
def test_splitting_a_pattern(pattern: str, expected: tuple[str, str]) -> None:
    """The word after the colon is a mask, except in a class."""
    assert split(pattern) == expected


@pytest.mark.parametrize(
    "grants",
    [
        held("reveal: person.ssn:last4 person.ssn:first5"),
        held("reveal: person.ssn:last4", "reveal-masked: person.ssn:first5"),
        held(
            "reveal: financial.card_number:first6 financial.card_number:last4",
            "search: financial.*",
        ),
        held(
            "reveal: financial.card_number:first6",
            "reveal: financial.card_number:last4",
            "search: class:sensitive",
        ),
    ],
)
def test_a_whole_group_is_found(grants: Held) -> None:
    """Views that complete a group are found, in one grant or spread over several."""
    assert rebuilt(grants, SCHEMA) is not None


@pytest.mark.parametrize(
    "grants",
    [
        held("reveal: person.ssn:last4"),
        held("reveal: person.ssn"),
        held("reveal: person.ssn", "search: person.*"),
        held("reveal: person.ssn:last4 financial.card_number:first6"),
        held("reveal: financial.card_number:first6 financial.card_number:last4"),
        held("reveal: financial.card_number:first6", "search: financial.card_number"),
    ],
)
def test_part_of_a_group_is_harmless(grants: Held) -> None:
    """Views that leave something out, and the value itself, are not a group."""
    assert rebuilt(grants, SCHEMA) is None
