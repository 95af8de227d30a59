"""The shipped texts: our own words, and a model that a processor may offer as it is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bailee.agreement import compile_text, lint, load_terms
from bailee.vault.catalogue import CATALOGUE

TERMS = Path(__file__).parents[2] / "src/bailee/agreement/terms"
SEQUENCE = 8


def words(text: str) -> list[str]:
    """Return the words of a text, lower case, without punctuation."""
    return re.findall(r"[a-z0-9]+", text.lower())


def sequences(text: str) -> set[tuple[str, ...]]:
    """Return every run of eight words."""
    found = words(text)
    return {tuple(found[at : at + SEQUENCE]) for at in range(len(found) - SEQUENCE + 1)}


def strings(value: Any) -> Iterator[str]:
    """Return every string of a TOML document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


@pytest.mark.parametrize("file", sorted(path.name for path in TERMS.iterdir()))
def test_no_sentence_of_the_real_agreement_is_ours(file: str, real_text: bytes) -> None:
    """No eight words stand in the same order in our terms or in the model."""
    text = (TERMS / file).read_text(encoding="utf-8")
    if file.endswith(".toml"):
        text = " . ".join(strings(tomllib.loads(text)))
        assert len(words(text)) > 50
    original = sequences(real_text.decode("utf-8"))
    assert len(original) > 5000
    assert sequences(text) & original == set()


def test_the_model_has_no_defect(model_text: bytes) -> None:
    """The lint that finds every defect of the real agreement finds none in the model."""
    assert [(found.rule, found.path) for found in lint(compile_text(model_text))] == []


def test_the_model_has_a_number_for_every_clock() -> None:
    """No clock is vague, none waits for an agreement, each says how its time is counted."""
    timed = [
        line
        for line in load_terms("model-addendum").obligations
        if line.kind in {"clock", "cadence"}
    ]
    assert len(timed) > 60
    assert [line.id for line in timed if line.vague or line.by_both] == []
    assert [line.id for line in timed if line.quantity is None or not line.counting] == []


def test_the_model_permits_the_whole_catalogue() -> None:
    """Beneficiary, tax and health elements included; every name is known to the vault."""
    held = {name for line in load_terms("model-addendum").permissions for name in line.holds}
    assert held == set(CATALOGUE)


def test_the_real_annex_names_only_known_elements() -> None:
    """What the annex permits, the catalogue has."""
    held = {name for line in load_terms("bill-2022-10-11").permissions for name in line.holds}
    assert held < set(CATALOGUE)


@pytest.mark.parametrize("quantity", ["hours", "days", "months", "minutes", "years"])
def test_the_model_says_the_numbers_that_its_terms_enforce(
    quantity: str, model_text: bytes
) -> None:
    """Each number of the terms stands in the clause that it is bound to, or in the words around."""
    contract = compile_text(model_text)
    spelled = {1: "every|each|once a|one", 3: "three", 6: "six", 10: "tenth"}
    wrong = []
    for line in load_terms("model-addendum").obligations:
        clause = contract.clause(line.clause)
        if line.unit != quantity or clause is None:
            continue
        number = str(line.quantity)
        pattern = rf"\b{number}\b|\b({spelled.get(line.quantity or 0, number)})\b"
        around = contract.clause(clause.parent or "")
        said = clause.text + (f" {around.text}" if around else "")
        if not re.search(pattern, said):
            wrong.append(line.id)
    assert wrong == []


def test_the_real_terms_declare_every_known_defect() -> None:
    """L1 to L18 are there, each with its strictest reading; two need a new text."""
    defects = {defect.id: defect for defect in load_terms("bill-2022-10-11").defects}
    assert list(defects) == [f"L{number}" for number in range(1, 19)]
    new_text = {name for name, defect in defects.items() if defect.lifted_by == "new-text"}
    assert new_text == {"L3", "L14"}


def test_declared_defects_agree_with_the_lint(real_text: bytes) -> None:
    """A defect that the lint can see is seen on every clause that its line names."""
    findings = {(found.rule, found.path) for found in lint(compile_text(real_text))}
    unseen = [
        (defect.id, clause)
        for defect in load_terms("bill-2022-10-11").defects
        for clause in defect.clauses
        if defect.rules and not any((rule, clause) in findings for rule in defect.rules)
    ]
    assert unseen == []


def test_each_vague_clock_is_flagged_on_its_line(real_text: bytes) -> None:
    """Where the lint finds a time without a number, a line of that clause says so."""
    vague_clauses = {
        found.path for found in lint(compile_text(real_text)) if found.rule == "vague-time"
    }
    terms = load_terms("bill-2022-10-11")
    flagged = {line.clause for line in terms.obligations if line.vague}
    assert vague_clauses - flagged == set()
