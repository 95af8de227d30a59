"""Who may do what, and why someone was refused.

The promise: nobody reaches a value unless a named, authorised, living identity holds a grant for
that verb, element and purpose at that controller, the agreement allows the same, and the number
of people looked at stays within bounds. Whatever is not granted is refused, with the one thing
that is missing; and whoever leaves has lost everything when the commit returns.

Clauses: C2.2 (training before access), C2.4 and C7.2(2) (purposes come from the agreement), C2.5(1)
and C1.3, C1.4 (authorised persons), C2.5(2) (unique identities), C2.5(3) (credentials), C2.5(4)
(least access), C2.5(5) (every act recorded in its own transaction), C2.5(6) (leavers and movers,
dormant accounts, reviews); C2.3 and C7.2(3) (nothing leaves for anybody whom the controller did not
name in writing); C7.3(5) and C7.2(5) (nobody of a sub-processor that is not engaged reaches data).

Reading order: ``lifecycle`` (tables) → ``principal``, ``person`` (who) → ``credential`` (proof) →
``mandate``, ``link``, ``assertion``, ``jws``, ``proof``, ``provider`` (proof by the company's
identity provider) → ``password``, ``hashing``, ``factor``, ``passkey``, ``ceremony``, ``session``,
``sign_on``, ``id_token``, ``means`` (signing in) → ``view``, ``grant`` (the decision) → ``award``
``outsourced`` (sub-processors) → ``training`` (before any access), ``dormancy``, ``review``
(whether it is still right) → ``provisioned``, ``mapping`` (what the identity provider says, and
what that gives) → ``tables`` and every ``*_tables`` and ``*_store`` (SQL) → ``memory``, ``desk``,
then the acts, one file for each noun, together in ``actions``.
(who may give) → ``approval``, ``limit`` (how many) → ``consent``, ``disclosure``, ``freeze`` (what
leaves) → ``outsourced`` (sub-processors) → ``training`` (before any access), ``dormancy``,
``review`` (whether it is still right) → ``provisioned``, ``mapping`` (what the identity provider
says, and what that gives) → ``tables`` and every ``*_tables`` and ``*_store`` (SQL) → ``memory``,
``desk``, then the acts, one file for each noun, together in ``actions``.
"""

from bailee.access.actions import Access
from bailee.access.approval import Approval
from bailee.access.consent import Consent, Leaving, Writing
from bailee.access.credential import KEY_LIFE, Credential, Shown
from bailee.access.desk import Done
from bailee.access.disclosure import DEIDENTIFIED, Account, Disclosure
from bailee.access.dormancy import Idle
from bailee.access.emergency import Emergency, Wanted
from bailee.access.freeze import Freeze
from bailee.access.grant import (
    ADMINISTRATION,
    DATA_VERBS,
    VERBS,
    Ask,
    Decision,
    Grant,
    Missing,
    Rules,
)
from bailee.access.limit import PERSON_DAILY, SERVICE_DAILY
from bailee.access.mandate import Mandate
from bailee.access.memory import Memory
from bailee.access.person import Person, check_person
from bailee.access.principal import Caller, Principal
from bailee.access.review import Cadence, Item, Review, Verdict
from bailee.access.store import bump, epoch
from bailee.access.training import Lasting, Text
from bailee.access.trainings import Duty
from bailee.access.view import PLAIN, Rebuild, Schema

__all__ = [
    "ADMINISTRATION",
    "DATA_VERBS",
    "DEIDENTIFIED",
    "KEY_LIFE",
    "PERSON_DAILY",
    "PLAIN",
    "SERVICE_DAILY",
    "VERBS",
    "Access",
    "Account",
    "Approval",
    "Ask",
    "Cadence",
    "Caller",
    "Consent",
    "Credential",
    "Decision",
    "Disclosure",
    "Done",
    "Duty",
    "Emergency",
    "Freeze",
    "Grant",
    "Idle",
    "Item",
    "Lasting",
    "Leaving",
    "Mandate",
    "Memory",
    "Missing",
    "Person",
    "Principal",
    "Rebuild",
    "Review",
    "Rules",
    "Schema",
    "Shown",
    "Text",
    "Verdict",
    "Wanted",
    "Writing",
    "bump",
    "check_person",
    "epoch",
]
