"""Which grants may be given: shape, agreement, recipient, and the giver's own bounds (C2.5(4))."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bailee.access.award import (
    check_agreement,
    check_passed_on,
    check_recipient,
    check_shape,
    check_views,
    needs_second_person,
)
from bailee.access.grant import ADMINISTRATION, DATA_VERBS, FOR_SERVICES, Grant
from bailee.access.principal import Principal
from bailee.db import HOUSE
from bailee.errors import Invalid, Refused
from tests.access.world import DAY, SCHEMA, START, Paper

GRANT = Grant(
    grant_id="g1",
    principal="p1",
    verbs=("reveal",),
    elements=("person.name",),
    purposes=("payments",),
    controller="acme",
    until=START + DAY,
    daily=10,
    created=START,
    granted_by="p0",
)
PAPER = Paper(frozenset({"payments"}), frozenset({"person.name"}))
ADMIN = {"elements": (), "purposes": ()}


@pytest.mark.parametrize("verb", sorted(DATA_VERBS - {"reveal-masked"}))
def test_a_plain_grant_is_fine(verb: str) -> None:
    """Each data verb can be granted for an element and a purpose."""
    check_shape(replace(GRANT, verbs=(verb,)), SCHEMA, START)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"verbs": ()}, "grant.verbs"),
        ({"verbs": ("admire",)}, "grant.verbs"),
        ({"verbs": ("reencrypt",)}, "grant.verbs"),
        ({"verbs": ("reveal", "grant")}, "grant.verbs"),
        ({"verbs": ("reveal",), "controller": HOUSE}, "grant.place"),
        ({"verbs": ("approve",), "controller": HOUSE, **ADMIN}, "grant.place"),
        ({"verbs": ("people",), **ADMIN}, "grant.place"),
        ({"elements": ()}, "grant.elements"),
        ({"elements": ("person.nothing",)}, "grant.elements"),
        ({"elements": ("*",)}, "grant.elements"),
        ({"verbs": ("erase", "reveal"), "elements": ("*",)}, "grant.elements"),
        ({"verbs": ("grant",), "purposes": ()}, "grant.elements"),
        ({"verbs": ("search",), "elements": ("person.ssn:last4",)}, "grant.masks"),
        ({"verbs": ("reveal", "search"), "elements": ("person.ssn:last4",)}, "grant.masks"),
        ({"verbs": ("reveal-masked",)}, "grant.masks"),
        ({"purposes": ()}, "grant.purposes"),
        ({"verbs": ("grant",), "elements": ()}, "grant.purposes"),
        ({"until": START}, "grant.until"),
        ({"until": START + 367 * DAY}, "grant.until"),
        ({"daily": -1}, "grant.daily"),
    ],
)
def test_shapes_that_are_refused(changed: dict[str, Any], code: str) -> None:
    """A grant that says nothing, too much or something unknown is refused."""
    with pytest.raises(Invalid) as caught:
        check_shape(replace(GRANT, **changed), SCHEMA, START)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "changed",
    [
        {"verbs": ("erase",), "elements": ("*",)},
        {"verbs": ("reveal-masked",), "elements": ("person.ssn:last4",)},
        {"verbs": ("reveal",), "elements": ("person.name", "person.ssn:last4")},
        {"verbs": ("people", "grant", "audit", "keys"), "controller": HOUSE, **ADMIN},
        {"verbs": ("approve", "destroy", "interpret"), **ADMIN},
        {"elements": ("class:sensitive", "business.*")},
    ],
)
def test_shapes_that_are_fine(changed: dict[str, Any]) -> None:
    """Masks, families, classes, the star for erase, and administration in its place."""
    check_shape(replace(GRANT, **changed), SCHEMA, START)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"purposes": ("marketing",)}, "purpose.not_in_agreement"),
        ({"purposes": ("payments", "marketing")}, "purpose.not_in_agreement"),
        ({"elements": ("person.ssn",)}, "element.not_in_agreement"),
        ({"elements": ("person.ssn:last4",)}, "element.not_in_agreement"),
    ],
)
def test_the_agreement_bounds_every_grant(changed: dict[str, Any], code: str) -> None:
    """No grant names a purpose or an element that the agreement does not (C2.4, C2.10)."""
    with pytest.raises(Refused) as caught:
        check_agreement(replace(GRANT, **changed), PAPER, START)
    assert caught.value.code == code


def test_families_are_cut_at_each_ask() -> None:
    """A family may be granted though the agreement permits only part of it."""
    check_agreement(replace(GRANT, elements=("person.*", "class:sensitive")), PAPER, START)


SERVICE = Principal("s1", "service", "active", START, "importer", mode="autonomous")
OURS = Principal("p1", "person", "active", START, "I. S.", relation="employee")
THEIRS = replace(OURS, relation="controller-representative", represents="acme")


@pytest.mark.parametrize("verb", sorted(DATA_VERBS | ADMINISTRATION))
def test_what_each_kind_may_hold(verb: str) -> None:
    """Our people may hold all but 'provision', services data, audit or that, theirs three."""
    grant = replace(GRANT, verbs=(verb,))
    fits = {
        "ours": verb not in FOR_SERVICES | {"provision"},
        "service": verb in DATA_VERBS | {"audit", "provision"},
        "theirs": verb in {"audit", "interpret", "approve"},
    }
    for kind, recipient in {"ours": OURS, "service": SERVICE, "theirs": THEIRS}.items():
        if fits[kind]:
            check_recipient(grant, recipient)
        else:
            with pytest.raises(Refused):
                check_recipient(grant, recipient)


def test_a_representative_has_no_business_elsewhere() -> None:
    """A controller's representative is given nothing at another controller."""
    with pytest.raises(Refused) as caught:
        check_recipient(replace(GRANT, verbs=("audit",), controller="globex"), THEIRS)
    assert caught.value.code == "grant.for_representatives"


@pytest.mark.parametrize("verb", ["people", "grant"])
def test_power_is_passed_on_only_by_its_holder(verb: str) -> None:
    """Whoever passes on 'people' or 'grant' holds it at least as long."""
    new = replace(GRANT, verbs=(verb,))
    check_passed_on(new, [new])
    check_passed_on(new, [replace(new, until=START + 2 * DAY)])
    other = "people" if verb == "grant" else "grant"
    for held in ([], [replace(new, verbs=(other,))], [replace(new, until=START)]):
        with pytest.raises(Refused) as caught:
            check_passed_on(new, held)
        assert caught.value.code == "grant.beyond_giver"


def test_other_verbs_need_not_be_held_to_be_given() -> None:
    """Whoever runs the house gives rights to data without having them."""
    check_passed_on(GRANT, [])


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, False),
        ({"verbs": ("approve",)}, True),
        ({"verbs": ("keys",)}, True),
        ({"verbs": ("audit", "destroy")}, True),
        ({"verbs": ("interpret",)}, False),
        ({"daily": 100_000}, False),
        ({"daily": 100_001}, True),
    ],
)
def test_what_takes_two(changed: dict[str, Any], expected: bool) -> None:  # noqa: FBT001 - a table
    """Approving, keys, destruction and bulk take a second person."""
    assert needs_second_person(replace(GRANT, **changed)) is expected


def test_ended_views_do_not_count() -> None:
    """A mask whose grant has ended or was revoked completes no group; a living one does."""
    first5 = replace(GRANT, elements=("person.ssn:first5",))
    last4 = replace(GRANT, elements=("person.ssn:last4",))
    check_views([replace(first5, state="revoked"), last4], SCHEMA, START)
    check_views([replace(first5, until=START), last4], SCHEMA, START)
    with pytest.raises(Refused) as caught:
        check_views([first5, last4], SCHEMA, START)
    assert caught.value.code == "view.rebuilds"
