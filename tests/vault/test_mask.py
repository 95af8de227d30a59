"""Views in the place of values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailee.vault.catalogue import CATALOGUE, mask, rebuilds
from bailee.vault.mask import VIEWS

SHOWN = [
    ("financial.card_number", "last4", "4111 1111 1111 1111", "1111"),  # PCI DSS 3.4.1: BIN, last 4
    ("financial.card_number", "first6", "4111 1111 1111 1111", "411111"),
    ("person.ssn", "last4", "536-90-4399", "4399"),
    ("financial.bank_account", "last4", "GB82 WEST 1234 5698 7654 32", "5432"),
    ("financial.bank_account", "last4", "12345", "45"),  # never more than half
    ("person.phone", "last4", "(415) 555-0132", "0132"),
    ("person.name", "initials", "Seán O'Brien", "S.O."),
    ("person.name", "initials", "X", ""),  # one letter would be all of it
    ("person.birth_date", "year", "1975-12-03", "1975"),
    ("person.birth_date", "month_day", "1975-12-03", "12-03"),
    ("person.birth_date", "month_day", "1975-12", ""),
    ("person.email", "domain", "a.b@mail.example.com", "mail.example.com"),
    ("person.email", "local", "a.b@mail.example.com", "a.b"),
    ("device.ip_address", "network", "192.0.2.33", "192.0.0.0/16"),
    ("device.ip_address", "network", "2001:db8::1", "2001:db8::/32"),
    ("person.ssn", "first6", "536-90-4399", ""),  # not declared: nothing
    ("person.address", "last4", "1 Long Street", ""),
    ("tax.return", "redacted", "all of it", ""),
]


@pytest.mark.parametrize(("name", "view", "value", "shown"), SHOWN)
def test_views_show_what_they_say(name: str, view: str, value: str, shown: str) -> None:
    """Each view shows its part; a view that the element does not declare shows nothing."""
    assert mask(name, view, value) == shown


def test_a_value_stored_under_older_rules_is_redacted() -> None:
    """What no longer passes its validator shows nothing rather than something unforeseen."""
    assert mask("financial.card_number", "last4", "not a card") == ""


@given(st.sampled_from(["last4", "first6", "initials"]), st.text(min_size=1))
def test_no_part_view_shows_more_than_half(view: str, value: str) -> None:
    """Whatever the value, these views leave at least half of it out."""
    shown = VIEWS[view](value)

    assert len(shown.replace(".", "") if view == "initials" else shown) * 2 <= len(value) + 1


def test_groups_that_rebuild_a_value_are_known() -> None:
    """Year and month-day together are the date; the year alone is not."""
    assert rebuilds("person.birth_date", ["year", "month_day"])
    assert rebuilds("financial.card_number", ["first6", "last4", "fingerprint", "extra"])
    assert not rebuilds("person.birth_date", ["year"])
    assert not rebuilds("financial.card_number", ["first6", "last4"])


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_declared_views_exist(name: str) -> None:
    """Every view and every group that the catalogue declares is made of known views."""
    one = CATALOGUE[name]

    assert set(one.masks) <= set(VIEWS)
    assert {view for group in one.rebuilds for view in group} <= {*one.masks, "fingerprint"}
