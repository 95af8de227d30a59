"""Secrets: strong, checkable, never stored, never repeated (C2.5(3))."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from bailee.access.credential import (
    ALPHABET,
    INVITATION,
    KEY,
    TOKEN,
    Credential,
    Invitation,
    Shown,
    digest,
    invitation_objection,
    new_secret,
    objection,
    well_formed,
)
from bailee.access.principal import Principal
from tests.access.world import START

PERSON = Principal("p1", "person", "active", START, "Ingrid Solheim")
CREDENTIAL = Credential("k1", b"", "key", "p1", "", START, START + timedelta(days=90))
INVITED = Invitation("i1", b"", "p1", "p0", START, START + timedelta(hours=72))


@pytest.mark.parametrize("kind", [KEY, INVITATION, TOKEN])
def test_a_secret_is_of_its_kind_alone(kind: str) -> None:
    """ASVS 7.2.2, 7.2.3: a fresh secret is of its own kind and no other, and holds 256 bits."""
    secret = new_secret(kind)
    assert well_formed(secret, kind)
    assert not any(well_formed(secret, other) for other in {KEY, INVITATION, TOKEN} - {kind})
    assert 58 ** len(secret[3:-6]) >= 2**256


def test_secrets_differ() -> None:
    """A thousand secrets are a thousand different ones."""
    assert len({new_secret(KEY) for _ in range(1000)}) == 1000


def test_one_wrong_character_is_noticed() -> None:
    """A secret with any one character changed, left out or doubled is ill formed."""
    secret = new_secret(KEY)
    for place in range(len(secret)):
        other = ALPHABET[(ALPHABET.find(secret[place]) + 1) % 58]
        assert not well_formed(secret[:place] + other + secret[place + 1 :], KEY)
        assert not well_formed(secret[:place] + secret[place + 1 :], KEY)
        assert not well_formed(secret[:place] + secret[place] + secret[place:], KEY)


@pytest.mark.parametrize(
    "text", ["", "bk_", "é" * 53, "\ud800" * 53, "bk_" + "1" * 50, "x" * 10**6]
)
def test_nonsense_is_ill_formed(text: str) -> None:
    """Whatever somebody sends as a key is either well formed or quietly not."""
    assert not well_formed(text, KEY)
    assert len(digest(text)) == 32


def test_what_is_stored_is_the_plain_digest() -> None:
    """The digest is SHA-256 of the secret's ASCII text."""
    assert digest("bk_x") == hashlib.sha256(b"bk_x").digest()


def test_a_shown_secret_hides_from_repr() -> None:
    """Neither repr nor str of a shown secret contains it."""
    shown = Shown(new_secret(KEY), "k1", "p1", START)
    assert shown.secret not in repr(shown) + str(shown)


@pytest.mark.parametrize(
    ("state", "key_state", "hours", "code"),
    [
        ("active", "live", 0, None),
        ("active", "live", 90 * 24, "credential.expired"),
        ("active", "revoked", 0, "credential.revoked"),
        ("active", "revoked", 90 * 24, "credential.revoked"),
        ("left", "live", 0, "credential.principal_left"),
        ("left", "revoked", 90 * 24, "credential.principal_left"),
        ("suspended", "live", 0, "credential.principal_suspended"),
        ("invited", "live", 0, "credential.principal_suspended"),
    ],
)
def test_why_a_known_credential_does_not_open(
    state: str, key_state: str, hours: int, code: str | None
) -> None:
    """The principal's state comes first, then revocation, then time; it ends *at* its end."""
    found = objection(
        replace(CREDENTIAL, state=key_state),
        replace(PERSON, state=state),
        START + timedelta(hours=hours),
    )
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("state", "hours", "code"),
    [
        ("open", 71, None),
        ("open", 72, "invitation.expired"),
        ("accepted", 0, "invitation.used"),
        ("accepted", 80, "invitation.used"),
        ("withdrawn", 0, "invitation.withdrawn"),
    ],
)
def test_why_an_invitation_is_not_accepted(state: str, hours: int, code: str | None) -> None:
    """An invitation works once and within 72 hours."""
    found = invitation_objection(replace(INVITED, state=state), START + timedelta(hours=hours))
    assert (found.code if found else None) == code
