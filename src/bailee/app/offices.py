"""Every act that the doors ask for, put together: one class for each office.

The order is the order in which Python looks for a name: an office that stands on another comes
before it.
"""

from __future__ import annotations

from bailee.app.accounting import Accounting
from bailee.app.alarming import Alarming
from bailee.app.casework import Casework
from bailee.app.chronicle import Chronicle
from bailee.app.contracts import Contracts
from bailee.app.deidentifying import Deidentifying
from bailee.app.delivery import Delivery
from bailee.app.demanding import Demanding
from bailee.app.disclosing import Disclosing
from bailee.app.emergencies import Emergencies
from bailee.app.ends import Ends
from bailee.app.formatting import Formatting
from bailee.app.honey import Honey
from bailee.app.horizons import Horizons
from bailee.app.kitting import Kitting
from bailee.app.laws import LawRegister
from bailee.app.mappings import GroupMappings
from bailee.app.officers import Officers
from bailee.app.opendsr import OpenDsr
from bailee.app.overview import Overview
from bailee.app.packed import Packed
from bailee.app.passkeys import Passkeys
from bailee.app.reconciling import Reconciling
from bailee.app.register import Register
from bailee.app.responding import Responding
from bailee.app.reviewing import Reviewing
from bailee.app.roots import Roots
from bailee.app.scim import Scim
from bailee.app.sign_ons import SignOns
from bailee.app.subcontracting import Subcontracting
from bailee.app.telling import Telling
from bailee.app.training import Training
from bailee.app.transferring import Transferring
from bailee.app.trust_reports import TrustReports
from bailee.app.trusting import Trusting
from bailee.app.watching import Watching


class PrivacyOffice(
    Subcontracting, Transferring, Kitting, Demanding, Accounting, Deidentifying, OpenDsr
):
    """Sub-processors, transfers, papers, demands, requests, what left of whom (C2, C7)."""


class IncidentRoom(Alarming, Responding, Telling):
    """Signals, incidents, and what else a controller is told (C9)."""


class Offices(
    Casework,
    Contracts,
    Ends,
    Formatting,
    LawRegister,
    Register,
    Packed,
    Passkeys,
    Reviewing,
    SignOns,
    Training,
    Emergencies,
    Disclosing,
    Honey,
    Watching,
    Roots,
    Reconciling,
    Horizons,
    GroupMappings,
    Scim,
    TrustReports,
    Trusting,
    PrivacyOffice,
    IncidentRoom,
    Officers,
    Delivery,
    Overview,
    Chronicle,
):
    """All offices of a house."""
