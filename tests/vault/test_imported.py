"""Hashes that other applications made (C2.7): each kind by a published example of it."""

from __future__ import annotations

from base64 import b64encode

import pytest

from bailee.access.hashing import Hasher
from bailee.errors import Invalid
from bailee.vault import imported


def bare(made: str) -> str:
    """Return hex digits in base64 without padding."""
    return b64encode(bytes.fromhex(made)).decode().rstrip("=")


RFC7914_SCRYPT = (
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
)
RFC7914_PBKDF2 = (
    "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
    "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"
)
ARGON2 = (  # the reference implementation's own test
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
)
DJANGO = b64encode(bytes.fromhex(RFC7914_PBKDF2)[:32]).decode()
KNOWN = {
    "bcrypt": ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", b"U*U"),
    "bcrypt 2y": ("$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", b"U*U"),
    "scrypt": (
        f"$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU${bare(RFC7914_SCRYPT)}",
        b"pleaseletmein",
    ),
    "pbkdf2": (
        f"$pbkdf2-sha256$80000$TmFDbA${bare(RFC7914_PBKDF2).replace('+', '.')}",
        b"Password",
    ),
    "django": (f"pbkdf2_sha256$80000$NaCl${DJANGO}", b"Password"),
}


@pytest.mark.parametrize("kind", KNOWN)
def test_a_published_hash_fits_its_password_alone(kind: str) -> None:
    """The examples of openwall (bcrypt) and RFC 7914 fit what they were made of, nothing else."""
    text, typed = KNOWN[kind]
    imported.check(text)
    assert imported.fits(text, typed)
    assert not imported.fits(text, typed + b".")
    assert not imported.fits(text, b"")


def test_argon2_is_compared_by_its_library() -> None:
    """The reference implementation's example fits at its own cost, which is not today's."""
    imported.check(ARGON2)
    hasher = Hasher()
    assert hasher.fits(ARGON2, b"password")
    assert not hasher.fits(ARGON2, b"Password")
    assert hasher.outdated(ARGON2)


BAD = {
    "empty": "",
    "a password": "correct horse battery staple",
    "a digest": "5f4dcc3b5aa765d61d8327deb882cf99",
    "md5 crypt": "$1$aBcDeFgH$kP3qLm0c7S1xq9dX1uJt41",
    "argon2i": ARGON2.replace("argon2id", "argon2i"),
    "argon2id of a gigabyte": ARGON2.replace("m=65536", "m=1048576"),
    "argon2id of many passes": ARGON2.replace("t=2", "t=99"),
    "argon2id of many lanes": ARGON2.replace("p=1$", "p=64$"),
    "argon2id of a negative": ARGON2.replace("t=2", "t=-2"),
    "bcrypt of hours": KNOWN["bcrypt"][0].replace("$05$", "$31$"),
    "bcrypt of nothing": KNOWN["bcrypt"][0].replace("$05$", "$00$"),
    "bcrypt cut": KNOWN["bcrypt"][0][:-1],
    "scrypt of gigabytes": KNOWN["scrypt"][0].replace("ln=14", "ln=24"),
    "scrypt of many lanes": KNOWN["scrypt"][0].replace("p=1$", "p=99$"),
    "pbkdf2 of hours": KNOWN["pbkdf2"][0].replace("80000", "50000000"),
    "pbkdf2 with sha1": KNOWN["pbkdf2"][0].replace("sha256", "sha1"),
    "a line more": KNOWN["bcrypt"][0] + "\n",
    "nul": KNOWN["bcrypt"][0][:-1] + "\0",
    "digits of another script": KNOWN["pbkdf2"][0].replace("80000", "\u0668\u0660000"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_none_or_costs_too_much_is_refused(kind: str) -> None:
    """Other kinds, other spellings, and costs by which one try would take the machine."""
    with pytest.raises(Invalid) as caught:
        imported.check(BAD[kind])
    assert caught.value.code == "customer_password.imported"
    assert BAD[kind] == "" or BAD[kind] not in str(caught.value)


def test_bcrypt_reads_seventy_two_bytes() -> None:
    """A longer password is compared by what bcrypt ever saw of it, and is no error."""
    text = KNOWN["bcrypt"][0]
    assert not imported.fits(text, b"U*U" + b"x" * 200)
