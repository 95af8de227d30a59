"""More of what this door asks of the house: sign-in, emergencies, what leaves, looks, audits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from bailee.app import (
    audit_shapes,
    disclosure_shapes,
    honey_shapes,
    overview_shapes,
    rights,
    root_shapes,
    sign_in_shapes,
)

Caller: TypeAlias = Any


class SignIns(Protocol):
    """Passwords, second factors and sessions of people."""

    def sign_in(self, body: sign_in_shapes.SignIn, remote: str) -> sign_in_shapes.Session:
        """Sign somebody in."""

    def set_password(self, body: sign_in_shapes.NewPassword, remote: str) -> sign_in_shapes.Session:
        """Accept an invitation by a password."""

    def change_password(self, body: sign_in_shapes.ChangedPassword, remote: str) -> rights.Changed:
        """Change a password."""

    def password_rules(self, caller: Caller) -> sign_in_shapes.PasswordRules:
        """Show the rules in force."""

    def renew(self, caller: Caller, item: str) -> rights.Invitation:
        """Invite a person again."""

    def step_up(self, caller: Caller, body: sign_in_shapes.FactorCode) -> sign_in_shapes.Session:
        """Show a code again."""

    def sessions(self, caller: Caller, item: str = "") -> sign_in_shapes.Sessions:
        """List sessions."""

    def end_session(self, caller: Caller, item: str = "") -> rights.Changed:
        """End a session."""

    def enrol_totp(
        self, caller: Caller, body: sign_in_shapes.OwnPassword, remote: str
    ) -> sign_in_shapes.Enrolment:
        """Enrol an authenticator."""

    def confirm_totp(
        self, caller: Caller, body: sign_in_shapes.FactorCode
    ) -> sign_in_shapes.RecoveryCodes:
        """Confirm an authenticator."""

    def remove_totp(self, caller: Caller, body: sign_in_shapes.FactorCode) -> rights.Changed:
        """Remove one's own second factor."""

    def remove_lost_totp(self, caller: Caller, item: str) -> rights.Changed:
        """Remove somebody's second factor."""


class Emergencies(Protocol):
    """Access where nobody gave any, and what follows."""

    def issue_code(self, caller: Caller, controller: str, body: rights.NewCode) -> rights.Code:
        """Make somebody else's code."""

    def revoke_code(self, caller: Caller, controller: str, item: str) -> rights.Changed:
        """End a code."""

    def break_glass(
        self, caller: Caller, controller: str, body: rights.NewEmergency
    ) -> rights.Emergency:
        """Open an emergency for oneself."""

    def emergencies(self, caller: Caller, controller: str) -> rights.Emergencies:
        """List a controller's emergencies."""

    def all_emergencies(self, caller: Caller) -> rights.Emergencies:
        """List every controller's."""

    def acknowledge_emergency(self, caller: Caller, controller: str, item: str) -> rights.Emergency:
        """Answer an alert, as the second person."""

    def review_emergency(
        self, caller: Caller, controller: str, item: str, body: rights.Review
    ) -> rights.Emergency:
        """Review, as the second person."""

    def settle_emergency(
        self, caller: Caller, controller: str, item: str, body: rights.Settlement
    ) -> rights.Emergency:
        """Note what settles an unjustified opening."""


class Honey(Protocol):
    """Records of nobody, and who touched one."""

    def allow_honey(
        self, caller: Caller, controller: str, body: honey_shapes.NewHoneyConsent
    ) -> honey_shapes.HoneyConsent:
        """Sign for the controller."""

    def honey_consents(self, caller: Caller, controller: str) -> honey_shapes.HoneyConsents:
        """List consents."""

    def withdraw_honey(
        self, caller: Caller, controller: str, item: str
    ) -> honey_shapes.HoneyConsent:
        """Take one back."""

    def plant_honey(
        self,
        caller: Caller,
        controller: str,
        body: honey_shapes.NewHoney,
        context: Mapping[str, str],
    ) -> honey_shapes.Honey:
        """Plant."""

    def honey(self, caller: Caller, controller: str) -> honey_shapes.Honey:
        """Say how it stands."""

    def remove_honey(self, caller: Caller, controller: str) -> honey_shapes.Removed:
        """Erase it."""

    def alarms(self, caller: Caller, controller: str) -> honey_shapes.Alarms:
        """List a controller's alarms."""

    def all_alarms(self, caller: Caller) -> honey_shapes.Alarms:
        """List every controller's."""

    def assess_alarm(
        self, caller: Caller, controller: str, item: str, body: honey_shapes.Verdict
    ) -> honey_shapes.Alarm:
        """Decide on one, as the second person."""


class Disclosures(Protocol):
    """What may leave in files, and what left."""

    def add_consent(
        self, caller: Caller, controller: str, body: disclosure_shapes.NewConsent
    ) -> disclosure_shapes.Consent:
        """Register a writing of the controller."""

    def confirm_consent(
        self, caller: Caller, controller: str, item: str
    ) -> disclosure_shapes.Consent:
        """Confirm, as the second person."""

    def revoke_consent(
        self, caller: Caller, controller: str, item: str
    ) -> disclosure_shapes.Consent:
        """End a consent at once."""

    def consents(self, caller: Caller, controller: str) -> disclosure_shapes.Consents:
        """List a controller's consents."""

    def open_disclosure(
        self, caller: Caller, controller: str, body: disclosure_shapes.NewDisclosure
    ) -> disclosure_shapes.Disclosure:
        """Begin to let data leave."""

    def end_disclosure(
        self, caller: Caller, controller: str, item: str, body: disclosure_shapes.DisclosureEnd
    ) -> disclosure_shapes.Disclosure:
        """Account for what left."""

    def disclosure(
        self, caller: Caller, controller: str, item: str
    ) -> disclosure_shapes.Disclosure:
        """Show one."""

    def disclosures(self, caller: Caller, controller: str) -> disclosure_shapes.Disclosures:
        """Account for all."""


class Audits(Protocol):
    """Engagements of controllers' auditors, and what these are shown."""

    def invite_auditor(
        self, caller: Caller, controller: str, body: audit_shapes.NewAuditor
    ) -> rights.Invitation:
        """Let a controller's auditor in."""

    def ask_engagement(
        self, caller: Caller, controller: str, body: audit_shapes.NewEngagement
    ) -> audit_shapes.Engagement:
        """Ask for an audit."""

    def list_engagements(self, caller: Caller, controller: str) -> audit_shapes.Engagements:
        """List engagements."""

    def answer_engagement(
        self, caller: Caller, controller: str, item: str, body: audit_shapes.NoticeAnswer
    ) -> audit_shapes.Engagement:
        """Answer a notice."""

    def close_engagement(
        self, caller: Caller, controller: str, item: str
    ) -> audit_shapes.Engagement:
        """End an engagement."""

    def audit_evidence(self, caller: Caller, controller: str, item: str) -> audit_shapes.Evidence:
        """Show obligations and what was seen of them."""

    def audit_entries(
        self, caller: Caller, controller: str, item: str, body: audit_shapes.EntryPage
    ) -> audit_shapes.LoggedEntries:
        """Show a page of a log."""

    def audit_rights(self, caller: Caller, controller: str, item: str) -> audit_shapes.RightsHeld:
        """Show who may do what."""

    def draw_sample(
        self, caller: Caller, controller: str, item: str, body: audit_shapes.NewSample
    ) -> audit_shapes.Sample:
        """Draw a sample."""

    def samples(self, caller: Caller, controller: str, item: str) -> audit_shapes.Samples:
        """List samples."""

    def packs(self, caller: Caller, controller: str, item: str) -> audit_shapes.Packs:
        """List packs."""


class Looks(Protocol):
    """What a person looks at first, and logs as people read them."""

    def me(self, caller: Caller) -> overview_shapes.Me:
        """Show who the caller is."""

    def today(self, caller: Caller) -> overview_shapes.Today:
        """Gather what waits."""

    def approvals(self, caller: Caller, controller: str) -> overview_shapes.Approvals:
        """List requests."""

    def request_access(
        self, caller: Caller, controller: str, body: overview_shapes.NewAccess
    ) -> rights.Approval:
        """Ask a second person for a right."""

    def entries(
        self, caller: Caller, controller: str, body: overview_shapes.Stretch
    ) -> overview_shapes.Entries:
        """Show a stretch of a log."""

    def entry_view(
        self, caller: Caller, controller: str, entry_id: str
    ) -> overview_shapes.EntryView:
        """Show one entry."""

    def seals(self, caller: Caller, controller: str) -> overview_shapes.Seals:
        """Show logs with their checkpoints."""

    def observations(self, caller: Caller, controller: str) -> overview_shapes.Watched:
        """Show what controls saw."""

    def custody(self, caller: Caller, controller: str) -> root_shapes.Custody:
        """Show who keeps the root, and versions of keys."""

    def own_entries(self, caller: Caller, controller: str) -> overview_shapes.OwnEntries:
        """Show callers their own entries."""

    def activity(self, caller: Caller, controller: str) -> overview_shapes.Activity:
        """Count accesses."""
