"""More of what this door asks of the house: one protocol for each group of routes."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from bailee.app import (
    passkey_shapes,
    review_shapes,
    rights,
    sign_in_shapes,
    sign_on_shapes,
    training_shapes,
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


class Passkeys(Protocol):
    """Passkeys of people."""

    def ask_passkey(self, remote: str) -> passkey_shapes.PasskeyRequest:
        """Ask for any."""

    def sign_in_passkey(
        self, body: passkey_shapes.PasskeyAnswer, remote: str
    ) -> sign_in_shapes.Session:
        """Sign somebody in."""

    def ask_step_up(self, caller: Caller) -> passkey_shapes.PasskeyRequest:
        """Ask for one of the caller's."""

    def step_up_passkey(
        self, caller: Caller, body: passkey_shapes.PasskeyAnswer
    ) -> sign_in_shapes.Session:
        """Show one in a session."""

    def offer_passkey(
        self, caller: Caller, body: passkey_shapes.PasskeyProof, remote: str
    ) -> passkey_shapes.PasskeyOffer:
        """Ask for one to be made."""

    def enrol_passkey(
        self, caller: Caller, body: passkey_shapes.NewPasskey
    ) -> passkey_shapes.Passkey:
        """Take one."""

    def passkeys(self, caller: Caller, item: str = "") -> passkey_shapes.Passkeys:
        """List them."""

    def remove_passkey(self, caller: Caller, item: str) -> rights.Changed:
        """Remove one."""


class SignOns(Protocol):
    """Signing in at the identity provider."""

    def sign_on_offer(self) -> sign_on_shapes.Offer:
        """Say whether people do."""

    def begin_sign_on(self, remote: str) -> sign_on_shapes.Away:
        """Send a browser away."""

    def begin_sign_on_step_up(self, caller: Caller, remote: str) -> sign_on_shapes.Away:
        """Send one away from within a session."""

    def begin_link(self, caller: Caller, remote: str) -> sign_on_shapes.Away:
        """Send one away to link its person."""

    def finish_sign_on(self, body: sign_on_shapes.Returned, remote: str) -> sign_on_shapes.Back:
        """Take up what came back."""

    def sign_out_elsewhere(self, token: str, remote: str) -> None:
        """End what the provider says is over."""

    def own_link(self, caller: Caller) -> sign_on_shapes.OwnLink:
        """Tell whether the caller is linked."""


class Training(Protocol):
    """What people read and sign, and accounts that nobody uses."""

    def training(self, caller: Caller, item: str = "") -> training_shapes.Training:
        """List what somebody has to read."""

    def text(self, caller: Caller, controller: str = "house") -> training_shapes.Text:
        """Show a text in force."""

    def acknowledge_text(
        self, caller: Caller, body: training_shapes.Read, controller: str = "house"
    ) -> training_shapes.Duty:
        """Acknowledge a text."""

    def dormant(self, caller: Caller) -> training_shapes.Dormant:
        """List accounts that nobody uses."""

    def reactivate(self, caller: Caller, item: str) -> rights.Changed:
        """Let somebody back in."""


class Reviews(Protocol):
    """Access reviews."""

    def open_review(self, caller: Caller, controller: str) -> review_shapes.AccessReview:
        """Open one."""

    def reviews(self, caller: Caller, controller: str) -> review_shapes.AccessReviews:
        """List a controller's."""

    def review(self, caller: Caller, controller: str, item: str) -> review_shapes.AccessReview:
        """Show one."""

    def decide_review(
        self, caller: Caller, controller: str, item: str, body: review_shapes.NewDecision
    ) -> review_shapes.ReviewedGrant:
        """Decide on one grant."""

    def close_review(
        self, caller: Caller, controller: str, item: str
    ) -> review_shapes.AccessReview:
        """Close one."""


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


__all__ = [
    "Emergencies",
    "Passkeys",
    "Reviews",
    "SignIns",
    "SignOns",
    "Training",
]
