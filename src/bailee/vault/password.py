"""Passwords of a controller's customers: how one is kept, and how one is compared (C2.7). Pure.

The clause breaks off in the middle; the strict reading is that passwords are verified and nobody
can read them. So a password is hashed with Argon2id, and the hash is sealed under the key of the
customer whose it is, as every value is (``cipher``): that key is the pepper. Who steals the data
database has nothing to guess at, and with the customer's key every copy of the hash is gone. The
associated data binds the customer, and the one password: a hash put elsewhere does not open.

No element has the name that stands in the place of one, so no caller can ask for it: no reveal,
search, list, decryption, export or approval leads here, and nothing in the house answers with a
hash. Two equal passwords have nothing in common that anybody could compare.

What opens a sealed hash is here and in ``passwords`` alone. Not covered: an older row put back, by
somebody who writes to the database, makes the older password right again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

from bailee.access.hashing import Hasher
from bailee.access.password import prepare
from bailee.canonical import frame
from bailee.errors import Broken, Invalid, Refused
from bailee.keys import SubjectKey
from bailee.vault import cipher, imported
from bailee.vault.password_store import Row

IN_PLACE_OF_ELEMENT = "bailee.customer-password"
"""Stands where a value's element would; no element has that name."""
ELEMENT = "person.login_name"
"""What annex and grants must name: a password is kept for whom a login name may be held (C2.10)."""
CALLER_TRIES = 1000
CALLER_WINDOW = timedelta(minutes=30)
"""So many wrong passwords of one caller's are compared in so long, whoever's they are."""
_OWN, _IMPORTED = "own:", "imported:"


@dataclass(frozen=True, slots=True)
class Kept:
    """A hash, opened: ours, or one that another application made."""

    text: str = field(repr=False)
    ours: bool

    def written(self) -> bytes:
        """Return what is sealed."""
        return ((_OWN if self.ours else _IMPORTED) + self.text).encode()


@dataclass(frozen=True, slots=True)
class Compared:
    """How a comparison ended; ``anew`` is the hash to keep from now on, '' for the same."""

    right: bool
    anew: str = field(default="", repr=False)


def seal(controller: str, where: tuple[str, str], kept: Kept, key: SubjectKey) -> Row:
    """Return a password as it is stored.

    Args:
        controller: whose customer's.
        where: the subject, and the password's own id.
        kept: its hash.
        key: of that subject.
    """
    subject_id, password_id = where
    place = cipher.place(controller, subject_id, password_id), IN_PLACE_OF_ELEMENT
    sealed = cipher.seal(key.aead, key.version, place, (cipher.nonces(1)[0], kept.written()))
    return Row(subject_id, password_id, sealed)


def unseal(controller: str, row: Row, key: SubjectKey) -> Kept:
    """Return the hash of a stored password; for comparing it, never for an answer.

    Raises:
        Broken: ``customer_password.altered``.
    """
    place = cipher.place(controller, row.subject_id, row.password_id), IN_PLACE_OF_ELEMENT
    try:
        text = cipher.opened(key, place, row.sealed).decode()
    except Invalid:
        raise Broken(
            "customer_password.altered",
            "A stored password does not open in its place: the database was altered.",
            do="Keep the database as it is and open an incident.",
        ) from None
    ours = text.startswith(_OWN)
    return Kept(text.removeprefix(_OWN if ours else _IMPORTED), ours)


def compare(hasher: Hasher, kept: Kept | None, typed: str) -> Compared:
    """Compare a password with a hash; None is compared with a hash that nothing fits.

    One hash is computed of ours, whatever there is to compare with. A hash of another kind is
    computed beside it, so a wrong password takes longer where one was imported and not shown yet.
    """
    prepared = prepare(typed)
    secret = prepared or b""
    if kept is None or kept.ours:
        right = hasher.fits(kept.text if kept else "", secret) and prepared is not None
    elif imported.is_argon2(kept.text):  # of the password as it was typed: nobody knows its form
        right = hasher.fits(kept.text, typed.encode("utf-8", "replace")) and prepared is not None
    else:
        hasher.fits("", secret)
        with hasher.slot():
            right = prepared is not None and imported.fits(kept.text, typed.encode())
    if not right or kept is None or (kept.ours and not hasher.outdated(kept.text)):
        return Compared(right)
    return Compared(right, hasher.hash(secret))


def nobody(controller: str, reference: str) -> str:
    """Return whose tries those for somebody unknown are counted as: one of 256 of each controller.

    They are answered alike, so that two share a count tells nobody anything.
    """
    text = frame(b"bailee nobody's password", controller.encode(), reference.encode())
    return f"nobody-{hashlib.sha256(text).hexdigest()[:2]}"


def calls_of(principal_id: str) -> str:
    """Return what a caller's wrong tries are counted as."""
    return f"caller-{principal_id}"


def one_of_two() -> Invalid:
    """Return the refusal of an item with neither or both of password and hash."""
    return Invalid(
        "customer_password.one_of", "Send a password or the hash of one, one of the two."
    )


def twice() -> Invalid:
    """Return the refusal of a call that sets somebody's password more than once."""
    return Invalid("customer_password.twice", "A subject is named twice.", do="Send it once.")


def too_many(most: int) -> Invalid:
    """Return the refusal of a call with too many passwords to hash."""
    return Invalid(
        "customer_password.count",
        f"A call has {most} passwords at most; hashes of another application up to the limit.",
        do="Send fewer in each call.",
    )


def same() -> Refused:
    """Return the refusal to change a password to itself."""
    return Refused(
        "password.reused", "That is the password that it would replace.", do="Take another."
    )


def throttled() -> Refused:
    """Return the refusal of a caller whose passwords were wrong too often."""
    return Refused(
        "customer_password.throttled",
        f"Too many of your passwords were wrong: {CALLER_TRIES} are compared in "
        f"{CALLER_WINDOW // timedelta(minutes=1)} minutes.",
        do="Wait, and look who tries them: somebody may be guessing.",
    )
