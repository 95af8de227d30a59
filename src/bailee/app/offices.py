"""The domains' acts, each domain as one part of the house."""

from __future__ import annotations

from bailee.app.alarming import Alarming
from bailee.app.demanding import Demanding
from bailee.app.responding import Responding
from bailee.app.subcontracting import Subcontracting
from bailee.app.telling import Telling
from bailee.app.transferring import Transferring


class PrivacyOffice(Subcontracting, Transferring, Demanding):
    """Sub-processors, transfers and their papers, demands (C2.3, C7.2, C7.3)."""


class IncidentRoom(Alarming, Responding, Telling):
    """Signals, incidents, and what else a controller is told (C9)."""
