"""Attestations: certificates and reports that others issued about us (MISSION B2, B10; C5.1, A24).

What is public is who issued which paper for which legal name, period and scope, and until when it
speaks. The paper itself is confidential: the register holds its SHA-256, and the file, if we have
it, sealed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from bailee.access.lifecycle import Table
from bailee.assurance.dates import later
from bailee.assurance.evidence import Certification, Shown, show
from bailee.assurance.lives import Life, load_lives
from bailee.assurance.recognise import Vocabulary
from bailee.assurance.wording import check_day, check_line, check_sha256, check_text
from bailee.errors import Invalid

KINDS = {
    "report": "report",
    "type-1": "Type I report",
    "type-2": "Type II report",
    "attestation": "attestation",
    "certificate": "certificate",
    "penetration-test": "penetration test",
}
"""Kind of a paper -> as the page writes it."""
PENETRATION_TEST = "penetration-test"
LONGEST = timedelta(days=3 * 366)
"""A certificate of ISO/IEC 27001 runs three years; no paper here runs longer."""
SCOPE = 1000

ATTESTATION: Table = {
    "current": {"supersede": "superseded", "withdraw": "withdrawn", "expire": "expired"},
    "superseded": {"withdraw": "withdrawn"},
    "withdrawn": {},
    "expired": {},
}
"""``expire`` comes from the clock: it is read off ``until``, never written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """One paper as registered. Days are ``2026-11-20`` or ''."""

    attestation_id: str
    kind: str
    standard: str
    """Id of a row in the table of lives; '' for a penetration test."""
    version: str = ""
    issuer: str
    legal_name: str
    issued: str = ""
    period_start: str = ""
    period_end: str = ""
    scope: str
    until: str
    document_sha256: str
    held: bool = False
    """Whether we hold the file, sealed, to hand out under NDA."""
    recorded: str
    recorded_by: str
    state: str = "current"
    entry_id: str = field(default="")

    def state_at(self, now: str) -> str:
        """Return the state, with the clock's own event taken in; ``now`` is a day or a time."""
        if self.until < now[:10] and "expire" in ATTESTATION[self.state]:
            return ATTESTATION[self.state]["expire"]
        return self.state

    @property
    def paper(self) -> Certification:
        """Return it as the linter's evidence."""
        return Certification(
            standard=self.standard,
            version=self.version,
            issuer=self.issuer,
            issued=_day(self.issued),
            period_start=_day(self.period_start),
            period_end=_day(self.period_end),
            until=_day(self.until),
            scope=self.scope,
        )


def check_attestation(one: Attestation, today: date) -> None:
    """Refuse a paper that does not say who, for whom, what, and until when.

    Raises:
        Invalid: ``attestation.kind``, ``attestation.days``, ``trust.text``, ``trust.day``,
            ``trust.sha256``.
    """
    if one.kind not in KINDS or (not one.standard and one.kind != PENETRATION_TEST):
        raise Invalid(
            "attestation.kind",
            f"A paper is one of: {', '.join(KINDS)}; all but a test name their standard.",
        )
    check_line("issuer", one.issuer)
    check_line("legal_name", one.legal_name)
    check_text("scope", one.scope, most=SCOPE)
    check_sha256(one.document_sha256)
    for name in ("issued", "period_start", "period_end", "until"):
        check_day(name, getattr(one, name))
    begun = one.period_end or one.issued
    ordered = not one.period_start or "" < one.period_start <= one.period_end
    latest = (today + LONGEST).isoformat()
    if not begun or not ordered or not begun <= one.until <= latest or begun > today.isoformat():
        raise Invalid(
            "attestation.days",
            "A paper has a day of issue or a period that is over, and a later last day, "
            f"within {LONGEST.days} days.",
            do="Give --issued or --period-start and --period-end, and --until.",
        )
    life = life_of(one)
    if life is not None and life.lasts:
        latest = min(latest, later(date.fromisoformat(begun), life.lasts).isoformat())
    if not today.isoformat() <= one.until <= latest:
        raise Invalid(
            "attestation.days",
            "That paper has run out, or would speak for longer than such papers do.",
            do="Record a living one; the table of standards says for how many months it speaks.",
        )


def life_of(one: Attestation) -> Life | None:
    """Return the table's row of a paper's standard; None for a penetration test."""
    return next((row for row in load_lives().life if row.id == one.standard), None)


def resolve(
    standard: str, version: str, vocabulary: Vocabulary, lives: tuple[Life, ...]
) -> tuple[str, str]:
    """Return the id of a standard and its edition, from the names that people write.

    Raises:
        Invalid: ``attestation.standard`` when the table of lives knows no such standard.
    """
    if not standard:
        return "", ""
    shown = show(Certification(standard=standard, version=version), vocabulary, lives)
    if shown is None:
        raise Invalid(
            "attestation.standard",
            "The table of standards does not know that one.",
            do="Write its usual name, such as PCI DSS, SOC 2 or ISO/IEC 27001.",
        )
    return shown.life.id, _edition(shown, version)


def _edition(shown: Shown, version: str) -> str:
    if shown.edition is not None:
        return shown.edition.id
    if version:
        raise Invalid(
            "attestation.version", "The table of standards does not know that edition of it."
        )
    return ""


def title(one: Attestation) -> str:
    """Return what a paper is called in public."""
    life = life_of(one)
    if life is None:
        return KINDS[one.kind].capitalize()
    year = life.shape == "year" and life.name.startswith("ISO")
    edition = f"{':' if year else ' '}{one.version}" if one.version else ""
    return f"{life.name}{edition}, {KINDS[one.kind]}"


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
