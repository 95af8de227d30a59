"""What may still be said in public, and how a controller's auditor sees for themselves.

The first promise: a public page is read as its readers read it, every standard, framework, law or
algorithm that it names is compared with the table of their lives, and each claim that no longer
holds is shown with place, day, successor and source. General rules find them, none about a
particular page. Row: B10 (trust page). Pure; it knows no other domain.

Read in this order: ``claim`` (what is told), ``lives`` and ``lives.toml`` (the table), ``markup``
and ``page`` (what a reader sees, with offsets), ``recognise`` (names and editions), ``dates``,
``polarity`` (claimed, denied or history), ``age`` (how old a report is), ``evidence``, ``judge``
(one claim), ``reading`` (the page as a whole), ``lint``.

The second: an auditor whom a controller sends reads everything of that controller within a window
that begins and ends by the clock, and takes home a pack that cannot leave out what the log tells
of. Rows: A23, A25. Clause: C5.2. It stands on ``access``, ``agreement`` and ``ledger``.

Read in this order: ``engagement`` (who, when, why), ``sample`` (what is drawn), ``tables``,
``store`` (SQL), ``engagements`` (the acts), ``pack`` (files), ``report``, ``signature``.
"""

from bailee.assurance.claim import FAILING, Claim, Report, State
from bailee.assurance.lint import lint
from bailee.assurance.lives import Lives, load_lives, read_lives

__all__ = ["FAILING", "Claim", "Lives", "Report", "State", "lint", "load_lives", "read_lives"]
