"""Consents: the controller's prior writing that lets its data leave (C2.3, C7.2(3); MISSION A4).

A writing names to whom, which elements, for what and until when; here it is registered, with the
digest of its text. One person records it, a second one confirms that the writing says so: nobody
consents in the controller's place alone. ``third-party`` lets data go to somebody else; ``return``
is the controller's own written choice that its data comes back to itself (C6), which takes no
third party's consent and is still bound to the keys that the controller named.

A recipient is known by keys: an age public key or the fingerprint of an OpenPGP certificate.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.access.lifecycle import Table
from bailee.access.view import Schema, covers, known, split
from bailee.agreement import RETURN as GIVING_BACK
from bailee.errors import Invalid, Refused

RETURN, THIRD_PARTY = "return", "third-party"
KINDS = (THIRD_PARTY, RETURN)
LONGEST = timedelta(days=366)
"""A consent that nobody renews within a year is no longer what the controller thinks of."""
MOST_KEYS = 16
LINE_LIMIT = 200

CONSENT: Table = {
    "recorded": {"confirm": "confirmed", "revoke": "revoked"},
    "confirmed": {"revoke": "revoked", "expire": "expired"},
    "revoked": {},
    "expired": {},
}
"""``expire`` comes from the clock: it is read off ``until``, never written."""

_KEY = re.compile(r"age1[a-z0-9]{58}|openpgp:(?:[0-9a-f]{40}|[0-9a-f]{64})", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_COUNTRY = re.compile(r"([A-Z]{2}|EPO)?", re.ASCII)
"""ISO 3166-1, or the one international organisation with a decision of its own (C7.3(3))."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What the controller wrote, as far as it binds."""

    kind: str
    given_by: str
    """The principal id of the controller's named representative who signed."""
    reference: str = field(repr=False)
    """Where the writing is kept."""
    text_sha256: str
    recipient: str = field(repr=False)
    """To whom, by name."""
    keys: tuple[str, ...]
    purposes: tuple[str, ...]
    elements: tuple[str, ...]
    since: datetime
    until: datetime
    country: str = field(default="", kw_only=True)
    """Where the recipient is; '' says in the controller's own country, which is no transfer."""
    address: str = field(default="", kw_only=True, repr=False)
    """The recipient's postal address, '' where nobody knows it (45 CFR 164.528(b)(2)(ii))."""
    undertaking_sha256: str = field(default="", kw_only=True)
    """Of the recipient's own writing that it identifies nobody again (C7.2(3)(iii)), or ''."""


@dataclass(frozen=True, slots=True)
class Consent(Writing):
    """A writing as registered. Who, and to whom, stays out of every ledger leaf."""

    consent_id: str
    controller: str
    created: datetime
    recorded_by: str
    state: str = "recorded"
    confirmed_by: str = ""
    confirmed: datetime | None = None
    revoked_by: str = ""
    revoked: datetime | None = None

    def state_at(self, now: datetime) -> str:
        """Return the state, with the clock's own event taken in."""
        if self.until <= now and "expire" in CONSENT[self.state]:
            return CONSENT[self.state]["expire"]
        return self.state


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is to leave: for whom, for what, which elements, as views (``person.ssn:last4``)."""

    keys: tuple[str, ...]
    purpose: str
    elements: tuple[str, ...]


def check_writing(one: Writing, schema: Schema, now: datetime) -> None:
    """Refuse a writing without a bound.

    Raises:
        Invalid: ``consent.writing``, ``consent.keys``, ``consent.country``,
            ``consent.elements``, ``consent.purposes``, ``consent.until``.
    """
    texts = (one.reference, one.recipient)
    filled = all(text.strip() and len(text) <= LINE_LIMIT for text in texts)
    if one.kind not in KINDS or not filled or not _SHA256.fullmatch(one.text_sha256):
        raise Invalid(
            "consent.writing",
            "A consent names its kind, where the writing is kept, its SHA-256, and the recipient.",
            do="Give the SHA-256 of the signed file, as `sha256sum` prints it.",
        )
    check_keys(one.keys)
    if not _COUNTRY.fullmatch(one.country):
        raise Invalid(
            "consent.country",
            "The recipient's country is a code of ISO 3166-1.",
            do="Write two capitals; leave it out in the controller's own country.",
        )
    if len(one.address) > LINE_LIMIT or not _SHA256.fullmatch(one.undertaking_sha256 or "0" * 64):
        raise Invalid(
            "consent.writing",
            "An address is one line, an undertaking the SHA-256 of what the recipient signed.",
            do="Leave out what there is not.",
        )
    family = all(known(name, schema) for name in one.elements)
    everything = "*" in one.elements and one.kind != RETURN
    if not one.elements or not family or everything:
        raise Invalid(
            "consent.elements",
            "A consent names elements of the catalogue; '*' is for a return alone.",
            do="Write person.ssn, person.*, class:sensitive or person.ssn:last4.",
        )
    if not one.purposes or (GIVING_BACK in one.purposes and one.kind != RETURN):
        raise Invalid(
            "consent.purposes",
            "A consent names purposes of the agreement; giving back is for the controller alone.",
        )
    if not one.since < one.until <= one.since + LONGEST or one.until <= now:
        raise Invalid(
            "consent.until",
            f"A consent ends in the future, within {LONGEST.days} days of its beginning.",
        )


def check_keys(keys: Collection[str]) -> None:
    """Refuse what is no recipient's key.

    Raises:
        Invalid: ``consent.keys``.
    """
    if not 0 < len(keys) <= MOST_KEYS or not all(_KEY.fullmatch(one) for one in keys):
        raise Invalid(
            "consent.keys",
            f"Recipients are 1 to {MOST_KEYS} keys.",
            do="Write age1… or openpgp: and the certificate's fingerprint in small letters.",
        )


def covering(
    consents: Sequence[Consent], leaving: Leaving, schema: Schema, now: datetime
) -> tuple[Consent, ...]:
    """Return, for each key, the consent under which something may leave for it.

    Raises:
        Refused: ``consent.missing``, ``consent.unconfirmed``, ``consent.revoked``,
            ``consent.expired``, ``consent.not_yet``, ``consent.not_covering``. One consent must
            cover all of it: what two writings allow apart, neither allows together.
    """
    found = []
    for place, key in enumerate(leaving.keys, start=1):
        named = [one for one in consents if key in one.keys]
        living = [one for one in named if _objection(one, now) is None]
        fit = [one for one in living if _covers(one, leaving, schema)]
        if not fit:
            raise _refusal(place, named, living, now)
        found.append(fit[0])
    return tuple(found)


def check_undertaken(consents: Iterable[Consent]) -> None:
    """Refuse a recipient who did not undertake to identify nobody again (C7.2(3)(iii)).

    Raises:
        Refused: ``consent.no_undertaking``.
    """
    if not all(one.undertaking_sha256 for one in consents):
        raise Refused(
            "consent.no_undertaking",
            "A recipient has not undertaken in writing to identify nobody again.",
            do="Register the consent anew with the SHA-256 of the recipient's undertaking; a "
            "second person confirms it.",
        )


def kind_of(consents: Iterable[Consent]) -> str:
    """Return whether something goes back to the controller alone, or to anybody else."""
    return RETURN if all(one.kind == RETURN for one in consents) else THIRD_PARTY


def within(patterns: Iterable[str], names: Iterable[str], schema: Schema) -> bool:
    """Tell whether patterns hold every name; a mask holds itself, a value each of its masks."""
    held = tuple(patterns)
    return all(any(_holds(one, name, schema) for one in held) for name in names)


def _holds(pattern: str, name: str, schema: Schema) -> bool:
    return pattern == name if split(pattern)[1] else covers(pattern, split(name)[0], schema)


def _covers(one: Consent, leaving: Leaving, schema: Schema) -> bool:
    return leaving.purpose in one.purposes and within(one.elements, leaving.elements, schema)


def _objection(one: Consent, now: datetime) -> str | None:
    """Return what stands against a consent whatever leaves, by its code."""
    state = one.state_at(now)
    if state != "confirmed":
        return "consent.unconfirmed" if state == "recorded" else f"consent.{state}"
    return "consent.not_yet" if now < one.since else None


def _refusal(
    place: int, named: Sequence[Consent], living: Sequence[Consent], now: datetime
) -> Refused:
    """Say what is missing; where several consents fail, the one that is soonest mended."""
    against = {"consent.not_covering"} if living else {_objection(one, now) for one in named}
    nearest = (
        _nothing("consent.not_covering", "its consent names other elements or purposes", place),
        _nothing("consent.unconfirmed", "nobody has confirmed its consent", place),
        _nothing("consent.not_yet", "its consent has not begun", place),
        _nothing("consent.expired", "its consent has ended", place),
        _nothing("consent.revoked", "its consent was revoked", place),
    )
    missing = _nothing("consent.missing", "no writing of the controller is registered", place)
    return next((one for one in nearest if one.code in against), missing)


def _nothing(code: str, says: str, place: int) -> Refused:
    return Refused(
        code,
        f"Nothing may leave for recipient {place}: {says}.",
        do="Register the controller's writing with `bailee consent add`; a second person "
        "confirms it.",
    )
