"""What may be said of the house in public, and how a controller's auditor sees for themselves.

Three promises. A public page is read as its readers read it: every standard, framework, law or
algorithm that it names is compared with the table of their lives, and each claim that no longer
holds is shown with place, day, successor and source. Our own page says what the register and the
controls prove, for as long as they do, and nothing about an incident without each controller's
approval. An auditor whom a controller sends reads everything of it within a window that
begins and ends by the clock, and takes home a pack that cannot leave out what the log tells of.
Rows: B10, A23, A25, and of A24, A29, A31. Clauses: C5.2, C9. It stands on ``access``, ``agreement``
and ``ledger``.

Claims: ``claim`` (what is told), ``lives`` and ``lives.toml`` (the table), ``markup`` and ``page``
(what a reader sees, with offsets), ``recognise`` (names and editions), ``dates``, ``polarity``
(claimed, denied or history), ``age`` (how old a report is), ``evidence``, ``judge`` (one claim),
``reading`` (the page as a whole), ``lint``.

Our own page: ``wording``, ``attestation``, ``fact``, ``statement``, ``report_request``,
``commitment`` (rules), ``trust`` (what is said now), ``trust_page`` (how it looks),
``trust_tables``, ``trust_store`` (SQL), ``sealing``, ``report_copy``, and the acts: ``trust_acts``,
``statements``, ``report_requests``, ``pages``.

The auditor: ``engagement`` (who, when, why), ``sample`` (what is drawn), ``tables``, ``store``
(SQL), ``engagements`` (the acts), ``pack`` (files), ``report``, ``signature``.
"""

from bailee.assurance.claim import FAILING, Claim, Report, State
from bailee.assurance.lint import lint
from bailee.assurance.lives import Lives, load_lives, read_lives

__all__ = ["FAILING", "Claim", "Lives", "Report", "State", "lint", "load_lives", "read_lives"]
