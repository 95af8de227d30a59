"""What may still be said in public: any page against a dated table, and our own from its proofs.

The promise: a public page is read as its readers read it, every standard, framework, law or
algorithm that it names is compared with the table of their lives, and each claim that no longer
holds is shown with place, day, successor and source. General rules find them, none about a
particular page. Our own page says what the register and the controls prove, for as long as they do;
nothing about an incident without each controller's approval. Rows: B10, and of A23, A24, A29, A31.

Read in this order: ``claim`` (what is told), ``lives`` and ``lives.toml`` (the table), ``markup``
and ``page`` (what a reader sees, with offsets), ``recognise`` (names and editions), ``dates``,
``polarity`` (claimed, denied or history), ``age`` (how old a report is), ``evidence``, ``judge``
(one claim), ``reading`` (the page as a whole), ``lint``.

Then the page of our own: ``wording``, ``attestation``, ``fact``, ``statement``, ``report_request``,
``commitment`` (rules), ``trust`` (what is said now), ``trust_page`` (how it looks),
``trust_tables``, ``trust_store`` (SQL), ``sealing``, ``report_copy``, and the acts: ``trust_acts``,
``statements``, ``report_requests``, ``pages``.
"""

from __future__ import annotations

from bailee.assurance.claim import FAILING, Claim, Report, State
from bailee.assurance.lint import lint
from bailee.assurance.lives import Lives, load_lives, read_lives

__all__ = ["FAILING", "Claim", "Lives", "Report", "State", "lint", "load_lives", "read_lives"]
