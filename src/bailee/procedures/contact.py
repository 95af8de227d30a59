"""Whom a controller wants to hear from us, and how (C9.1, C10). Pure.

For each role a first contact and, behind it, a delegate: whoever did not answer in time is passed
over. The delegate is asked by another way than the first, or one broken mail server silences both.

Deliberately not checked: whether somebody reads what arrives. That is what acknowledging is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bailee.errors import Invalid

SECURITY, PRIVACY = "security", "privacy"
ROLES = (SECURITY, PRIVACY)
FIRST, DELEGATE = "first", "delegate"
RANKS = (FIRST, DELEGATE)
NO_CONTACT, ONE_WAY = "contacts.none", "contacts.one_way"
NO_DELEGATE = "contacts.no_delegate"

CONTACT: Mapping[tuple[str, str], str] = {("living", "end"): "ended"}

_MAIL = re.compile(r"[^\s@,;<>\"()\[\]\\:]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+", re.ASCII)
_HOOK = re.compile(
    r"//[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*(:[0-9]{1,5})?(/[\x21-\x7e]{0,200})?", re.ASCII
)
_NAME = re.compile(r"[^\x00-\x1f\x7f<>\"]{1,200}")
PEM_LIMIT = 16_384


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact of a controller, as stored."""

    contact_id: str
    controller: str
    role: str
    rank: str
    name: str = field(repr=False)
    address: str = field(repr=False)
    """``mailto:`` or ``https:``."""
    certificate: str = field(repr=False)
    """X.509 (PEM) for S/MIME, or an OpenPGP certificate (armored); '' where neither is agreed."""
    added: datetime
    added_by: str
    reference: str = field(default="", repr=False)
    """The controller's writing, where one of us entered it."""
    state: str = "living"
    ended: datetime | None = None

    @property
    def way(self) -> str:
        """Return by which way it is reached: the scheme and who takes the message in."""
        scheme, _, rest = self.address.partition(":")
        host = rest.rpartition("@")[2] if scheme == "mailto" else rest.split("/")[2]
        return f"{scheme}:{host}"


def check_contact(one: Contact) -> None:
    """Refuse a contact that cannot be reached.

    Raises:
        Invalid: ``contact.role``, ``contact.name``, ``contact.address``, ``contact.certificate``.
    """
    if one.role not in ROLES or one.rank not in RANKS:
        raise Invalid("contact.role", f"A contact is for {' or '.join(ROLES)}, first or delegate.")
    if not _NAME.fullmatch(one.name):
        raise Invalid("contact.name", "A contact has a name of 200 characters at most.")
    scheme, _, rest = one.address.partition(":")
    fits = {
        "mailto": lambda: bool(_MAIL.fullmatch(rest)),
        "https": lambda: bool(_HOOK.fullmatch(rest)),
    }.get(scheme)
    if fits is None or len(one.address) > 300 or not fits():
        raise Invalid(
            "contact.address",
            "That is no address that we can reach.",
            do="Give mailto:NAME@HOST or https://HOST/PATH, the host in lower case.",
        )
    if len(one.certificate) > PEM_LIMIT or (one.certificate and scheme != "mailto"):
        raise Invalid("contact.certificate", "A certificate goes with mail, 16 KiB at most.")


def reached_by(contacts: Iterable[Contact], role: str, rank: str) -> list[Contact]:
    """Return who is told: those of the role, else of the other one, so that nobody is nobody."""
    living = [one for one in contacts if one.state == "living" and one.rank == rank]
    return [one for one in living if one.role == role] or living


def gaps(contacts: Sequence[Contact]) -> list[str]:
    """Return what would keep a notice from being read: codes, sorted (C10)."""
    living = [one for one in contacts if one.state == "living"]
    firsts = [one for one in living if one.rank == FIRST]
    delegates = [one for one in living if one.rank == DELEGATE]
    if not firsts:
        return [NO_CONTACT]
    if not delegates:
        return [NO_DELEGATE]
    ways = {one.way for one in firsts}
    return [ONE_WAY] if all(one.way in ways for one in delegates) else []
