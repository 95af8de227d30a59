"""The decision: nothing that no grant and agreement allow, and the exact thing that is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailee.access.grant import (
    ADMINISTRATION,
    DATA_VERBS,
    REVEALING,
    VERBS,
    Ask,
    Decision,
    Grant,
    compile_grant,
    covers_elements,
    decide,
    meet,
    show_names,
)
from tests.access.world import DAY, SCHEMA, START, Paper

PAPER = Paper(
    frozenset({"payments", "support"}),
    frozenset({"person.name", "person.ssn", "financial.card_number"}),
)
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
ASK = Ask("reveal", "acme", "payments", ("person.name",))


def answer(*grants: Grant, ask: Ask = ASK, hours: float = 0) -> Decision:
    """Return the decision some hours after the start."""
    held = [compile_grant(one, SCHEMA) for one in grants]
    return decide(held, ask, PAPER, START + timedelta(hours=hours))


def codes(decision: Decision) -> list[str]:
    """Return what is missing."""
    assert decision.allowed is (not decision.missing)
    return [one.code for one in decision.missing]


@pytest.mark.parametrize("verb", sorted(DATA_VERBS))
def test_every_data_verb_needs_every_dimension(verb: str) -> None:
    """For each verb: allowed as granted; refused, with its code, when any one dimension differs."""
    element = "person.name:initials" if verb == "reveal-masked" else "person.name"
    grant = replace(GRANT, verbs=(verb,), elements=(element,))
    ask = replace(ASK, verb=verb)
    assert codes(answer(grant, ask=ask)) == []
    assert answer(grant, ask=ask).grant_id == "g1"
    for other in VERBS - {verb, *({"reveal", "reveal-masked"} if verb in REVEALING else ())}:
        assert codes(answer(grant, ask=replace(ask, verb=other))) == ["grant.missing"]
    wrong = {
        "grant.purpose": replace(ask, purpose="support"),
        "purpose.not_in_agreement": replace(ask, purpose="marketing"),
        "grant.element": replace(ask, elements=("person.ssn",)),
        "element.not_in_agreement": replace(ask, elements=("person.email",)),
    }
    for code, asked in wrong.items():
        assert codes(answer(grant, ask=asked))[0] == code
    assert codes(answer(grant, ask=ask, hours=24)) == ["grant.expired"]
    assert codes(answer(grant, ask=ask, hours=23.99)) == []
    assert codes(answer(replace(grant, state="revoked"), ask=ask)) == ["grant.revoked"]
    assert codes(answer(ask=ask)) == ["grant.missing"]


@pytest.mark.parametrize("verb", sorted(ADMINISTRATION))
def test_administration_needs_its_own_verb(verb: str) -> None:
    """An administration verb is allowed by itself and by no other, and ends like any grant."""
    grant = replace(GRANT, verbs=(verb,), elements=(), purposes=())
    ask = Ask(verb, "acme")
    held = [compile_grant(grant, SCHEMA)]
    assert decide(held, ask, None, START).allowed
    for other in VERBS - {verb}:
        assert not decide(held, replace(ask, verb=other), PAPER, START).allowed
    assert codes(decide(held, ask, None, START + DAY)) == ["grant.expired"]


def test_both_verbs_are_needed_to_reencrypt() -> None:
    """Reencrypting takes encrypt and decrypt for the same element and purpose."""
    ask = replace(ASK, verb="reencrypt")
    lone = replace(GRANT, verbs=("encrypt",))
    other = replace(GRANT, grant_id="g2", verbs=("decrypt",))
    assert codes(answer(lone, ask=ask)) == ["grant.missing"]
    assert answer(lone, other, ask=ask).grants == ("g1", "g2")
    elsewhere = replace(other, elements=("person.ssn",))
    assert codes(answer(lone, elsewhere, ask=ask)) == ["grant.element"]


def test_an_unknown_verb_is_refused() -> None:
    """A verb that does not exist is allowed to nobody."""
    assert codes(answer(GRANT, ask=replace(ASK, verb="admire"))) == ["grant.missing"]


def test_data_verbs_need_an_agreement() -> None:
    """Without an agreement in force no data verb is allowed."""
    assert codes(decide([compile_grant(GRANT, SCHEMA)], ASK, None, START)) == ["grant.missing"]


def test_everything_missing_is_named_in_order() -> None:
    """Agreement before grant, purpose before element, and the elements by name."""
    ask = Ask("search", "acme", "marketing", ("person.email", "person.name"))
    missing = answer(GRANT, ask=ask).missing
    assert [str(one) for one in missing] == [
        "purpose.not_in_agreement",
        "element.not_in_agreement: person.email",
        "grant.missing",
    ]


def test_whoever_has_only_ended_grants_learns_nothing_of_the_agreement() -> None:
    """An ended grant explains itself, not what the agreement has become since."""
    ask = replace(ASK, purpose="marketing")
    assert codes(answer(GRANT, ask=ask, hours=30)) == ["grant.missing"]


@pytest.mark.parametrize(
    ("verbs", "elements", "asked", "view"),
    [
        ("reveal", "person.ssn", "person.ssn", "plain"),
        ("reveal", "person.*", "person.ssn", "plain"),
        ("reveal", "class:sensitive", "person.ssn", "plain"),
        ("reveal", "person.ssn", "person.ssn:last4", "last4"),
        ("reveal", "person.ssn:last4", "person.ssn", "last4"),
        ("reveal-masked", "person.ssn:last4", "person.ssn", "last4"),
        ("reveal-masked", "person.ssn:last4", "person.ssn:last4", "last4"),
        ("reveal-masked", "person.ssn:last4", "person.ssn:first5", None),
        ("reveal reveal-masked", "person.ssn:last4 person.name", "person.ssn", "last4"),
        ("reveal reveal-masked", "person.ssn:last4 person.ssn", "person.ssn", "plain"),
        ("search", "person.ssn", "person.ssn", None),
        ("reveal", "person.name", "person.ssn:last4", None),
    ],
)
def test_the_view_of_an_element(verbs: str, elements: str, asked: str, view: str | None) -> None:
    """A reveal shows the value where it is granted, else the granted mask, else nothing."""
    grant = replace(GRANT, verbs=tuple(verbs.split()), elements=tuple(elements.split()))
    decision = answer(grant, ask=replace(ASK, elements=(asked,)))
    assert decision.views.get("person.ssn") == view
    assert decision.allowed is (view is not None)


def test_reveal_masked_never_shows_the_value() -> None:
    """Whoever asks for masks gets masks, though they might see the value."""
    masked = replace(ASK, verb="reveal-masked", elements=("person.ssn:last4",))
    whole = replace(GRANT, elements=("person.ssn",))
    assert answer(whole, ask=masked).views == {"person.ssn": "last4"}
    assert not answer(whole, ask=replace(masked, elements=("person.ssn",))).allowed


def test_one_refused_element_refuses_the_ask() -> None:
    """Elements may come from several grants, but all must be there."""
    second = replace(GRANT, grant_id="g2", elements=("person.ssn",), daily=3)
    ask = replace(ASK, elements=("person.name", "person.ssn"))
    both = answer(GRANT, second, ask=ask)
    assert (both.grants, both.daily) == (("g1", "g2"), 3)
    assert [str(one) for one in answer(GRANT, ask=ask).missing] == ["grant.element: person.ssn"]


def test_nothing_asked_is_nothing_allowed() -> None:
    """An ask without elements is refused, except to erase a subject whole."""
    assert codes(answer(GRANT, ask=replace(ASK, elements=()))) == ["grant.element"]


def test_a_subject_is_erased_whole() -> None:
    """Erasing without elements needs erase for every element that the agreement permits."""
    ask = Ask("erase", "acme", "payments")
    assert answer(replace(GRANT, verbs=("erase",), elements=("*",)), ask=ask).allowed
    most = replace(GRANT, verbs=("erase",), elements=("person.*",))
    assert [str(one) for one in answer(most, ask=ask).missing] == [
        "grant.element: financial.card_number"
    ]
    rest = replace(most, grant_id="g2", elements=("financial.*",))
    assert answer(most, rest, ask=ask).allowed


def test_acting_for_is_the_intersection() -> None:
    """Together two principals see the lesser view, and nothing that one of them may not."""
    ask = replace(ASK, elements=("person.ssn",))
    plain = answer(replace(GRANT, elements=("person.ssn",)), ask=ask)
    last4 = answer(replace(GRANT, grant_id="g2", elements=("person.ssn:last4",), daily=2), ask=ask)
    first5 = answer(replace(GRANT, elements=("person.ssn:first5",)), ask=ask)
    none = answer(GRANT, ask=ask)
    assert meet([plain, plain], ask).views == {"person.ssn": "plain"}
    assert meet([plain, last4], ask).views == {"person.ssn": "last4"}
    assert (meet([plain, last4], ask).grants, meet([plain, last4], ask).daily) == (("g1", "g2"), 2)
    assert not meet([first5, last4], ask).allowed
    assert not meet([plain, none], ask).allowed
    assert not meet([none, plain], ask).allowed


def test_a_caller_s_words_are_not_repeated() -> None:
    """An element that the catalogue does not have is named by its place (C3.2)."""
    assert show_names(("person.ssn", "078-05-1120"), SCHEMA.names) == ("person.ssn", "element 2")


def test_approved_elements_cover_masks_of_them() -> None:
    """An approval of an element or family holds its masks, and of nothing else."""
    assert covers_elements(["person.*"], ["person.ssn", "person.name:initials"], SCHEMA)
    assert not covers_elements(["person.ssn"], ["person.name"], SCHEMA)


ELEMENTS = st.sampled_from(
    ["person.name", "person.ssn", "person.*", "class:sensitive", "person.ssn:last4", "person.email"]
)
GRANTS = st.builds(
    Grant,
    grant_id=st.uuids().map(str),
    principal=st.just("p1"),
    verbs=st.lists(st.sampled_from(sorted(VERBS)), min_size=1, max_size=3).map(tuple),
    elements=st.lists(ELEMENTS, max_size=3).map(tuple),
    purposes=st.lists(st.sampled_from(["payments", "support", "tax"]), max_size=2).map(tuple),
    controller=st.just("acme"),
    until=st.integers(-2, 2).map(lambda n: START + n * DAY),
    daily=st.integers(0, 9),
    created=st.just(START),
    granted_by=st.just("p0"),
    state=st.sampled_from(["living", "revoked"]),
)
ASKS = st.builds(
    Ask,
    verb=st.sampled_from([*sorted(DATA_VERBS), "reencrypt"]),
    controller=st.just("acme"),
    purpose=st.sampled_from(["payments", "support", "tax"]),
    elements=st.lists(
        st.sampled_from(["person.name", "person.ssn", "person.ssn:last4", "person.email"]),
        min_size=1,
        max_size=2,
        unique_by=lambda name: name.partition(":")[0],
    ).map(tuple),
)


def allowed_by_definition(grants: list[Grant], ask: Ask) -> bool:
    """Say what a grant means, element by element, without any of the code under test."""
    verbs = ("encrypt", "decrypt") if ask.verb == "reencrypt" else (ask.verb,)
    holds = {
        "person.name": {"person.name", "person.*"},
        "person.ssn": {"person.ssn", "person.*", "class:sensitive"},
        "person.email": {"person.email", "person.*"},
    }

    def one(verb: str, name: str) -> bool:
        element, _, mask = name.partition(":")
        for grant in grants:
            if grant.state != "living" or grant.until <= START:
                continue
            if ask.purpose not in grant.purposes:
                continue
            whole = bool(holds[element] & set(grant.elements))
            masks = {e.partition(":")[2] for e in grant.elements if e.startswith(element + ":")}
            reveals = {"reveal", "reveal-masked"} & set(grant.verbs)
            if verb in ("reveal", "reveal-masked"):
                sees = whole and "reveal" in grant.verbs and (bool(mask) or verb == "reveal")
                if sees or (reveals and (mask in masks if mask else masks)):
                    return True
            elif verb in grant.verbs and whole and not mask:
                return True
        return False

    inside = ask.purpose in PAPER.purposes and all(
        name.partition(":")[0] in PAPER.permitted for name in ask.elements
    )
    return inside and all(one(verb, name) for verb in verbs for name in ask.elements)


@given(st.lists(GRANTS, max_size=5), ASKS)
def test_allowed_means_what_a_grant_says(grants: list[Grant], ask: Ask) -> None:
    """The compiled answer is the one that the definition of a grant gives."""
    assert answer(*grants, ask=ask).allowed is allowed_by_definition(grants, ask)


@given(st.lists(GRANTS, max_size=5), ASKS, st.data())
def test_removing_a_grant_never_adds_a_right(
    grants: list[Grant], ask: Ask, data: st.DataObject
) -> None:
    """What is refused with some grants is refused with fewer."""
    fewer = data.draw(st.lists(st.sampled_from(grants), unique=True)) if grants else []
    if answer(*fewer, ask=ask).allowed:
        assert answer(*grants, ask=ask).allowed


@given(st.lists(GRANTS, max_size=4), GRANTS, ASKS)
def test_an_unrelated_grant_changes_nothing(grants: list[Grant], extra: Grant, ask: Ask) -> None:
    """A grant that lacks the verb, the purpose or life never turns a refusal into a yes."""
    verbs = {"encrypt", "decrypt"} if ask.verb == "reencrypt" else {ask.verb}
    verbs |= {"reveal", "reveal-masked"} if verbs & {"reveal", "reveal-masked"} else set()
    related = verbs & set(extra.verbs) and ask.purpose in extra.purposes
    if extra.state != "living" or extra.until <= START or not related:
        assert answer(*grants, extra, ask=ask).allowed is answer(*grants, ask=ask).allowed
