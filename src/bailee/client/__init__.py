"""The client: every route of the HTTP API as a typed method. Imports nothing of the house.

The promise: what is retried is safe to retry, a key never travels in the clear (C3.1), a value
never travels in an address (C3.2), and an error carries the server's stable code and nothing that
was sent.

    with Client("https://bailee.example", key) as bailee:
        stored = bailee.protect("acme", "payments", [Record("1", "customer-17", {...})])

Reading order: ``line`` (sending, retrying, failing) → ``proof`` (of the key that a token is bound
to) → ``answers`` (what comes back) → the methods, one file for each group that the API has.
"""

from __future__ import annotations

from bailee.client.accounting import Accounts, Statement
from bailee.client.agreements import Agreements
from bailee.client.audits import Audits, Confirmation
from bailee.client.casework import Casework
from bailee.client.customer_passwords import CustomerPasswords
from bailee.client.demands import Demanded
from bailee.client.disclosures import Leaving, Writing
from bailee.client.emergencies import Glass
from bailee.client.honey import Pots
from bailee.client.incidents import Asked, Letter, Question, Rooms
from bailee.client.instructions import Instructed
from bailee.client.kits import Kits, NewKit
from bailee.client.laws import LawRegister
from bailee.client.line import BaileeProblem, PersonToken
from bailee.client.mappings import Mappings
from bailee.client.overview import Looks
from bailee.client.passkeys import Keyholders
from bailee.client.people import People
from bailee.client.procedures import Procedures
from bailee.client.proof import Prover
from bailee.client.requests import Requested
from bailee.client.reviews import Looking
from bailee.client.sign_ins import SignIns
from bailee.client.sign_ons import SignOns
from bailee.client.subprocessors import Facts, SignedConsent, Subcontractors
from bailee.client.terminations import Terminations
from bailee.client.transfers import Borders, NewFlow
from bailee.client.trust import Paper, Signature, TrustPage
from bailee.client.values import Changes, Record, Sealed, Values


class Client(
    Values,
    Agreements,
    People,
    SignIns,
    SignOns,
    Glass,
    Leaving,
    Accounts,
    Subcontractors,
    Pots,
    Looks,
    Kits,
    LawRegister,
    Mappings,
    Audits,
    Terminations,
    Casework,
    Demanded,
    Requested,
    Instructed,
    Procedures,
    TrustPage,
    Keyholders,
    CustomerPasswords,
    Looking,
    Borders,
    Rooms,
):
    """A caller of one bailee server; safe from any number of threads.

    Args:
        url: ``https://host[:port]``; ``http://`` for the loopback interface alone (C3.1).
        key: the caller's key, or the token of a session; None for the few routes that need none.
        ca: a file of authorities to trust instead of the system's (the server's own certificate).
        transport: an httpx2 transport instead of the network, for a server in this process.
        timeout: seconds for each step of a call.
        retries: further attempts of what is safe to attempt again.
        person: for an acting-for service's key, whom it acts for; ``acting_for`` gives a client for
            somebody else.

    Raises:
        ValueError: for an address that is not one, or would send the key in the clear.
    """


__all__ = [
    "Asked",
    "BaileeProblem",
    "Changes",
    "Client",
    "Confirmation",
    "Facts",
    "Letter",
    "NewFlow",
    "NewKit",
    "Paper",
    "PersonToken",
    "Prover",
    "Question",
    "Record",
    "Sealed",
    "Signature",
    "SignedConsent",
    "Statement",
    "Writing",
]
