"""One identity, one human being (C1.3, C1.4, C2.5(1), C2.5(2))."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bailee.access.person import Person, check_person, check_unique, is_shared
from bailee.errors import Conflict, Failure, Invalid, Refused

TODAY = date(2026, 3, 2)


def somebody(**changed: Any) -> Person:
    """Return a person who may be invited, but for what is changed."""
    values: dict[str, Any] = {
        "name": "Ingrid Solheim",
        "employer": "Harbour Processing Ltd",
        "email": "ingrid.solheim@harbour.example",
        "undertaking": "NDA-7",
        "undertaken": TODAY,
    }
    return Person(**(values | changed))


@pytest.mark.parametrize(
    "name",
    [
        "Ingrid Solheim", "Christopher Guest", "Zoltan Test", "José Ortega y Gasset", "李 雷",
        "Ng", "O'Brien, Siobhan", "Anne-Marie Desk", "Root, Elihu", "Mary Ann Service",
    ],
)  # fmt: skip
def test_people_have_all_kinds_of_names(name: str) -> None:
    """A human name is accepted, though a word of it be common elsewhere."""
    check_person(somebody(name=name), TODAY)


@pytest.mark.parametrize(
    "name",
    [
        "admin", "Admin", "ADMINISTRATOR", "\uff41\uff44\uff4d\uff49\uff4e", "shared", "team",
        "test", "Test User", "test1", "ops", "Ops Team", "Harbour Ops", "on-call admin",
        "Anna & Bob",
        "Anna / Bob", "Anna and Bob", "Anna; Bob", "Night Shift", "The Team", "Helpdesk 2", "root",
        "Payments Department", "Second Backup", "Guest", "dev",
    ],
)  # fmt: skip
def test_shared_names_are_refused(name: str) -> None:
    """A name that could stand for more than one human being is refused."""
    with pytest.raises(Refused) as caught:
        check_person(somebody(name=name), TODAY)
    assert caught.value.code == "person.shared"


@pytest.mark.parametrize(
    "email",
    [
        "ops@harbour.example", "admin@harbour.example", "payments.team@harbour.example",
        "test@harbour.example", "Support@harbour.example", "no-reply@harbour.example",
        "info+ingrid@harbour.example", "it-helpdesk@harbour.example", "test123@harbour.example",
    ],
)  # fmt: skip
def test_shared_mailboxes_are_refused(email: str) -> None:
    """An address that several people read is nobody's own."""
    with pytest.raises(Refused) as caught:
        check_person(somebody(email=email), TODAY)
    assert caught.value.code == "person.shared"


@pytest.mark.parametrize(
    ("changed", "kind", "code"),
    [
        ({"name": ""}, Invalid, "person.name"),
        ({"name": "  Ingrid"}, Invalid, "person.name"),
        ({"name": "Ingrid\nSolheim"}, Invalid, "person.name"),
        ({"name": "Ingrid\u202eSolheim"}, Invalid, "person.name"),
        ({"name": "12345"}, Invalid, "person.name"),
        ({"name": "x" * 201}, Invalid, "person.name"),
        ({"email": ""}, Invalid, "person.email"),
        ({"email": "ingrid"}, Invalid, "person.email"),
        ({"email": "ingrid@host"}, Invalid, "person.email"),
        ({"email": "a@b.c,d@e.f"}, Invalid, "person.email"),
        ({"email": "x" * 300 + "@harbour.example"}, Invalid, "person.email"),
        ({"employer": ""}, Refused, "person.employer"),
        ({"employer": "   "}, Refused, "person.employer"),
        ({"undertaking": ""}, Refused, "person.undertaking"),
        ({"undertaken": None}, Refused, "person.undertaking"),
        ({"undertaken": date(2026, 3, 3)}, Refused, "person.undertaking"),
        ({"relation": "friend"}, Invalid, "person.relation"),
        ({"relation": "controller-representative"}, Invalid, "person.relation"),
        ({"represents": "acme"}, Invalid, "person.relation"),
    ],
)
def test_what_must_be_known(changed: dict[str, Any], kind: type[Failure], code: str) -> None:
    """Nobody is authorised of whom name, address, employer, undertaking or relation is missing."""
    with pytest.raises(kind) as caught:
        check_person(somebody(**changed), TODAY)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "changed", [{"email": "ops@harbour.example"}, {"name": "Ops"}, {"employer": ""}]
)
def test_errors_repeat_nothing(changed: dict[str, str]) -> None:
    """Neither the error nor the person's repr contains name or address (C3.2)."""
    person = somebody(**changed)
    with pytest.raises(Refused) as caught:
        check_person(person, TODAY)
    for text in (str(caught.value), caught.value.do, repr(person)):
        assert "harbour" not in text.lower()
        assert "Solheim" not in text


def test_one_work_address_one_identity() -> None:
    """An address is the same whatever its case or width."""
    taken = ["Ingrid.Solheim@harbour.example"]
    check_unique("nils.solheim@harbour.example", taken)
    for same in ("ingrid.solheim@HARBOUR.example", "\uff49ngrid.solheim@harbour.example"):
        with pytest.raises(Conflict) as caught:
            check_unique(same, taken)
        assert caught.value.code == "person.email_taken"


def test_a_common_word_beside_a_name_is_a_surname() -> None:
    """Common words make an identity shared only when there is nothing else."""
    assert is_shared("Test User")
    assert not is_shared("Test Ingrid")
