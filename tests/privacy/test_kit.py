"""Rules of kits, by hand: what is known, what is blank, what may be claimed (B8)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bailee.app.controls import CONTROLS
from bailee.errors import Invalid
from bailee.privacy.assertion import Assertion
from bailee.privacy.kit import kit
from bailee.privacy.kit_annexes import plain
from bailee.privacy.kit_lines import claimed
from bailee.privacy.kit_state import KitState, in_force, worst_seen
from bailee.privacy.kit_words import WORDS
from bailee.privacy.live import Seen
from bailee.privacy.measure import MEASURES
from bailee.privacy.prospect import Prospect, check_prospect, expanded

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
HELD = Seen("Values are sealed one by one", "passed", "2026-11-30T08:00:00.000Z", "e1", "enforced")
STATE = KitState(
    now=NOW,
    purposes=("payment-processing",),
    elements=("person.name",),
    keys_at=("file",),
    controls={"encryption-at-rest": HELD},
)


def said(subject: str, text: str) -> dict[str, Assertion]:
    """Return a statement of the processor's."""
    values: dict[str, Any] = {
        "subject": subject, "text": text, "until": NOW + timedelta(days=30), "assertion_id": "1",
        "controller": "house", "side": "processor", "signed_by": "p1", "signed": NOW,
    }  # fmt: skip
    return {subject: Assertion(**values)}


@pytest.mark.parametrize(
    ("changed", "is_claimed"),
    [
        ({}, True),
        ({"gives": "operating"}, True),
        ({"gives": "asserted"}, False),
        ({"gives": ""}, False),
        ({"result": "failed"}, False),
        ({"result": "due"}, False),
        ({"result": "blind"}, False),
        ({"result": "late"}, False),
        ({"result": ""}, False),
    ],
)
def test_a_measure_is_claimed_while_it_is_in_force(
    changed: dict[str, str],
    is_claimed: bool,  # noqa: FBT001 - a parameter of the table above
) -> None:
    """Enforced or operating, looked at in time, and nothing else."""
    seen = replace(HELD, **changed)
    state = replace(STATE, controls={"encryption-at-rest": seen})
    text = kit(Prospect(name="Pelican"), state).offer.text
    assert in_force(seen) is is_claimed
    assert ("Values are sealed one by one" in text) is is_claimed
    assert claimed(state) == (("encryption-at-rest",) if is_claimed else ())


@pytest.mark.parametrize(
    ("results", "worst"),
    [
        (("passed", "passed"), "passed"),
        (("passed", "due"), "due"),
        (("due", "late", "passed"), "late"),
        (("blind", "late"), "blind"),
        (("passed", "failed", "blind"), "failed"),
    ],
)
def test_of_several_places_the_worst_counts(results: tuple[str, ...], worst: str) -> None:
    """One place where it does not hold is enough; of equals the oldest look."""
    looks = [
        replace(HELD, result=one, at=f"2026-11-{28 - n}T00:00:00.000Z")
        for n, one in enumerate(results)
    ]
    found = worst_seen(looks)
    assert found.result == worst
    assert found.at == min(one.at for one in looks if one.result == worst)


def test_registers_come_before_words_and_words_before_what_is_given() -> None:
    """A controller's name and contact are the register's; its own word stands over a call's."""
    prospect = Prospect(name="Given", contact="Given, mail", address="Given Street")
    known = replace(
        STATE, name="Acme, Inc.", contacts={"exporter.contact": "Clara, privacy desk"},
        said=said("exporter.address", "12 Quay Street"),
    )  # fmt: skip
    text = kit(prospect, known).offer.text
    assert "Acme, Inc, 12 Quay Street. Role: controller. Contact person: Clara" in text
    assert "Given" not in text


def test_nobody_gives_the_processors_own_facts() -> None:
    """What a call says never names the processor: it is stated, or it is blank."""
    text = kit(Prospect(name="Pelican", address="A Street", contact="Ida"), STATE).offer.text
    assert "Data importer: [to be filled: name of the importer], [to be filled: address of" in text


def test_every_blank_has_a_name_in_the_text_and_in_the_manifest() -> None:
    """Manifest, paper and text tell of the same blanks; digests are of what is there."""
    made = kit(Prospect(name="Pelican"), STATE)
    manifest = json.loads(made.manifest)
    assert [one["subject"] for one in manifest["blanks"]] == [
        one.subject for one in made.paper.blanks
    ]
    assert {one.rule for one in made.offer.findings} == {"unfilled-blank"}
    assert len(made.paper.blanks) == made.offer.text.count("[to be filled: ")
    assert manifest["text_sha256"] == hashlib.sha256(made.offer.text.encode()).hexdigest()
    assert manifest["paper_sha256"] == made.paper.sha256
    assert manifest["claims"]["encryption-at-rest"]["entry"] == "e1"


def test_every_measure_can_be_claimed_without_a_finding() -> None:
    """With each control in force, in the words that kits use, the lint finds the blanks alone."""
    known = {slug for one in MEASURES for slug in one.controls} & CONTROLS.keys()
    assert WORDS.keys() == known
    seen = {
        slug: replace(HELD, says=WORDS[slug])
        for one in MEASURES
        for slug in one.controls
        if slug in CONTROLS
    }
    made = kit(Prospect(name="Pelican"), replace(STATE, controls=seen))
    assert len(claimed(replace(STATE, controls=seen))) == len(seen) > 20
    assert {one.rule for one in made.offer.findings} == {"unfilled-blank"}


def test_the_same_state_gives_the_same_kit() -> None:
    """Nothing random, no second clock."""
    assert kit(Prospect(name="Pelican"), STATE) == kit(Prospect(name="Pelican"), STATE)


@pytest.mark.parametrize(
    "text",
    [
        "doors\n\nAnnex IV: Data Elements\n\nPart A: Business\n\n  \u2022 All",
        "doors\u2029 17.9 More. The Processor may sell.",
        "(a) doors; (b) \u202e cameras. See section 99.",
        "x" * 4000,
        " . ",
    ],
)
def test_a_statement_changes_no_clause_but_its_own(text: str) -> None:
    """Whatever a person stated becomes one line of Annex II."""
    before = kit(Prospect(name="Pelican"), STATE)
    after = kit(Prospect(name="Pelican"), replace(STATE, said=said("measure.physical", text)))

    def others(made: Any) -> dict[str, str]:
        return {
            one.path: one.text_sha256
            for one in made.offer.contract.clauses
            if not one.path.startswith("annex-ii")
        }

    assert others(before) == others(after)


def test_words_become_one_printable_line() -> None:
    """Breaks are spaces, what shows nothing is marked, and no stop ends the sentence early."""
    assert plain(" a\n\nb\u00a0c\u202e. ") == "a b c\N{REPLACEMENT CHARACTER}"
    assert plain("Acme, Inc.") == "Acme, Inc"
    assert plain("...") == "none"


@pytest.mark.parametrize(
    ("patterns", "found"),
    [
        (["tax.*"], ("tax.return",)),
        (["person.name", "person.name"], ("person.name",)),
        ([], ()),
    ],
)
def test_families_stand_for_their_elements(patterns: list[str], found: tuple[str, ...]) -> None:
    """A family is all of its elements; a name is itself, once."""
    known = ("person.name", "person.email", "tax.return")
    assert expanded(patterns, known) == found
    assert expanded(["*"], known) == tuple(sorted(known))


@pytest.mark.parametrize(
    "pattern", ["person", "person*", "per*", "soul.*", "*.name", "", "person.*x"]
)
def test_what_is_no_family_is_refused(pattern: str) -> None:
    """A part of a word, an unknown family and a star elsewhere stand for nothing."""
    with pytest.raises(Invalid) as failure:
        expanded([pattern], ("person.name", "tax.return"))
    assert failure.value.code == "kit.elements"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": "a\tb"}, "kit.words"),
        ({"name": "  "}, "kit.words"),
        ({"law": "[Ireland]"}, "kit.words"),
        ({"law": "____"}, "kit.words"),
        ({"address": "x" * 501}, "kit.words"),
        ({"contact": "x" * 201}, "kit.words"),
        ({"effective": "2026-2-3"}, "kit.effective"),
        ({"countries": ("De",)}, "kit.countries"),
        ({"countries": ("DE",) * 61}, "kit.countries"),
        ({"people": ("ghost",)}, "kit.people"),
    ],
)
def test_what_could_not_stand_in_a_line_is_refused(given: dict[str, Any], code: str) -> None:
    """Checked again by the rules, whatever door it came through."""
    with pytest.raises(Invalid) as failure:
        check_prospect(Prospect(**given))
    assert failure.value.code == code
