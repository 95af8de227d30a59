"""What was promised: a signed text becomes clauses, duties and the agreement in force.

The promise: every duty stands on the exact words that it was written for, by hash; what is wrong
in the text is found and shown; nothing is permitted that text, terms and two signatures do not
permit; no reading counts that one side alone signed; and of all sources the strictest wins, a law
only where somebody compared it with its text. Clauses: C1, C2.1, C2.4, C2.10, C6 (the horizon),
C7.1, C8, C11 and Appendix A; the terms speak of them all. Pure but for ``store`` and the
three classes of acts; it knows no other domain, and what it needs of others is handed in at wiring.

Read in this order: ``clause`` (values of a compiled text), ``parse``, ``lint``, ``terms`` (duties
as data), ``binding``, ``strictest``, ``question`` (what is left open), ``interpretation`` (what two
signatures settle), ``version``, ``in_force`` (what everybody else reads), ``law`` (what applies
beside it), ``clocks`` (what a trigger starts by all of them), ``letter``, ``offer`` (the model,
filled for one controller), ``store``, ``actions``, ``writings``, ``consents`` and ``laws``.
"""

from __future__ import annotations

from bailee.agreement.act import Actor, Record
from bailee.agreement.actions import Agreements
from bailee.agreement.binding import Binding, BrokenBinding, bind, unspoken
from bailee.agreement.clause import Clause, Contract, Finding
from bailee.agreement.consent import Consent
from bailee.agreement.consents import Writing
from bailee.agreement.diff import Difference, diff
from bailee.agreement.in_force import Agreement, Supplement
from bailee.agreement.interpretation import Interpretation, Reading, Signatory
from bailee.agreement.letter import letter
from bailee.agreement.lint import lint
from bailee.agreement.parse import compile_text
from bailee.agreement.plain import decode
from bailee.agreement.question import Question
from bailee.agreement.store import ControllerRow as Standing
from bailee.agreement.strictest import Claim, Strictest, strictest
from bailee.agreement.terms import (
    Defect,
    Obligation,
    Parameter,
    Permission,
    Purpose,
    Terms,
    load_terms,
    model_text,
    read_terms,
)
from bailee.agreement.version import AFTER_THE_END, RETENTION, RETURN, Version, check_horizon
from bailee.agreement.writings import Signatories

__all__ = [
    "AFTER_THE_END",
    "RETENTION",
    "RETURN",
    "Actor",
    "Agreement",
    "Agreements",
    "Binding",
    "BrokenBinding",
    "Claim",
    "Clause",
    "Consent",
    "Contract",
    "Defect",
    "Difference",
    "Finding",
    "Interpretation",
    "Obligation",
    "Parameter",
    "Permission",
    "Purpose",
    "Question",
    "Reading",
    "Record",
    "Signatories",
    "Signatory",
    "Standing",
    "Strictest",
    "Supplement",
    "Terms",
    "Version",
    "Writing",
    "bind",
    "check_horizon",
    "compile_text",
    "decode",
    "diff",
    "letter",
    "lint",
    "load_terms",
    "model_text",
    "read_terms",
    "strictest",
    "unspoken",
]
