"""What the agreement's procedures share: timers with their deadlines, notices with their proof.

A *matter* is whatever a procedure is about: a request, an incident, a demand. Its *timers* run from
a trigger that the terms name to the strictest deadline of agreement and law; its *notices* go to
the controller's contacts and count when they were handed over, not when they were written.

Reading order: ``matter``, ``target``, ``timer``, ``contact``, ``officer``, ``notice``, ``letter``
(rules); ``tables``, ``store``; ``timers``, ``notices``, ``contacts``, ``officers`` (acts).
"""

from bailee.procedures.contact import Contact
from bailee.procedures.contacts import Contacts
from bailee.procedures.matter import Matter
from bailee.procedures.notice import Message, Notice
from bailee.procedures.notices import Notices
from bailee.procedures.target import Targets, read_targets
from bailee.procedures.timer import Claim, Timer
from bailee.procedures.timers import MACHINE, Timers

__all__ = [
    "MACHINE", "Claim", "Contact", "Contacts", "Matter", "Message", "Notice", "Notices", "Targets",
    "Timer", "Timers", "read_targets",
]  # fmt: skip
