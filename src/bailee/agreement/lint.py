"""The lint: general rules about a contract's text, none about a particular contract.

Each rule is a function from ``Reading`` to findings, registered here under its slug. Rules prefer
silence to a false alarm: a finding must be something that a careful lawyer would correct.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from bailee.agreement.clause import Contract, Finding
from bailee.agreement.lint_annexes import incomplete_annex
from bailee.agreement.lint_ends import truncated_clause
from bailee.agreement.lint_lists import broken_enumeration
from bailee.agreement.lint_measures import generic_annex
from bailee.agreement.lint_mutual import mutual_agreement
from bailee.agreement.lint_purposes import purpose_by_reference
from bailee.agreement.lint_terms import definition_out_of_scope, undefined_term, unused_definition
from bailee.agreement.lint_text import (
    dangling_reference,
    repeated_sentence,
    unfilled_blank,
)
from bailee.agreement.lint_times import vague_time
from bailee.agreement.lint_verbs import list_without_verb
from bailee.agreement.reading import Reading

Rule = Callable[[Reading], Iterator[Finding]]

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "dangling-reference": dangling_reference,
        "truncated-clause": truncated_clause,
        "vague-time": vague_time,
        "unfilled-blank": unfilled_blank,
        "generic-annex": generic_annex,
        "incomplete-annex": incomplete_annex,
        "purpose-by-reference": purpose_by_reference,
        "undefined-term": undefined_term,
        "definition-out-of-scope": definition_out_of_scope,
        "unused-definition": unused_definition,
        "repeated-sentence": repeated_sentence,
        "broken-enumeration": broken_enumeration,
        "list-without-verb": list_without_verb,
        "mutual-agreement": mutual_agreement,
    }
)


def lint(contract: Contract) -> tuple[Finding, ...]:
    """Return every finding, in order of the text."""
    reading = Reading(contract)
    found = [finding for rule in RULES.values() for finding in rule(reading)]
    order = {clause.path: index for index, clause in enumerate(contract.clauses)}
    found.sort(key=lambda f: (f.line, order[f.path], f.span, f.rule, f.message))
    return tuple(found)
