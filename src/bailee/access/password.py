"""Passwords: what may be one, and what is compared (C2.5(3), MISSION A7). Pure.

The rules come from several sources, of which the strictest counts (``Policy``). A password is
compared as Unicode's NFKC of what was typed, whole: never cut, never folded (NIST SP 800-63B-4
3.1.1.2; ASVS 6.2.8, 6.2.9). What is too long is refused before anything is computed of it.

A password is refused as *common* when little is left of it without the words, years, rows of keys
and repetitions that everybody uses: ``Password2026!!!!`` is long, and nothing is left of it.

What others have lost, and the words of a dictionary, stand in lists that are handed in (``Lists``).

Deliberately not checked: how likely a password is beyond that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from bailee.errors import Oversized, Refused

LONGEST = 256
"""Characters of a password; every source wants 64 at least to be taken."""
LEFT = 6
"""Characters that must be left of a password without what is common."""
SHORTEST_WORD = 4
"""Characters of a word that counts: in shorter ones every password would hold some."""

# fmt: off
COMMON = (
    "password", "passwort", "passphrase", "passcode", "motdepasse", "contrasena", "secret",
    "letmein", "welcome", "willkommen", "changeme", "default", "trustno", "iloveyou", "monkey",
    "dragon", "sunshine", "princess", "football", "baseball", "master", "shadow", "superman",
    "batman", "whatever", "starwars", "computer", "internet", "office", "company", "login",
    "admin", "administrator", "root", "user", "guest", "test", "temp", "hello", "access", "please",
    "spring", "summer", "autumn", "winter", "january", "february", "march", "april", "june",
    "july", "august", "september", "october", "november", "december", "monday", "tuesday",
    "wednesday", "thursday", "friday", "saturday", "sunday", "bailee", "qwerty", "qwertz",
    "azerty", "asdf", "zxcv", "yxcv", "qazwsx", "correcthorsebatterystaple",
)
"""Our own short list, whose words count anywhere in a password."""
# fmt: on

ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_SWAPPED = str.maketrans("0134578@$!|", "oieasfbasil")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_REPEATED = re.compile(r"(.{1,4}?)\1{2,}", re.DOTALL)
_LETTERS = re.compile(r"[^\W\d_]+")
_FORBIDDEN = frozenset({"Cc", "Cs", "Cn"})
"""Control characters, halves of characters, and code points that nobody assigned."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force, the strictest of all sources.

    Args:
        least: characters.
        cases: letters of both cases, or a special character, must be in it.
        digits: a letter and a digit must be in it.
        wordless: no word of a dictionary may be in it.
        kept: so many passwords back none is taken again, the present one counted.
        age: how old it may become where it is the only factor; None for no end.
        tries: wrong ones in a row before it is locked.
        lock: how long.
        idle: how long a session lives without being used.
        absolute: how long at all.
    """

    least: int = 15
    cases: bool = False
    digits: bool = True
    wordless: bool = False
    kept: int = 4
    age: timedelta | None = timedelta(days=90)
    tries: int = 10
    lock: timedelta = timedelta(minutes=30)
    idle: timedelta = timedelta(minutes=15)
    absolute: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Lists:
    """What a new password is compared with.

    Args:
        lost: whether others had it and lost it (ASVS 6.2.4, 6.2.12).
        word: whether a dictionary has it (C2.5(3)).
    """

    lost: Callable[[str], bool] = lambda _text: False
    word: Callable[[str], bool] = lambda _text: False


NO_LISTS = Lists()


def prepare(text: str) -> bytes | None:
    """Return what is hashed of a password, None for what can be nobody's."""
    if len(text) > LONGEST or any(unicodedata.category(char) in _FORBIDDEN for char in text):
        return None
    return unicodedata.normalize("NFKC", text).encode()


def check(policy: Policy, text: str, own: Iterable[str], lists: Lists) -> None:
    """Refuse what may not be a password.

    Args:
        policy: the rules.
        text: as it was typed.
        own: what is known of the person and their company: names and addresses.
        lists: what others lost, and words.

    Raises:
        Oversized: ``password.long``;
        Refused: ``password.characters``, ``short``, ``mix``, ``own``, ``common``, ``listed``,
            ``words``.
    """
    if len(text) > LONGEST:
        raise Oversized("password.long", f"A password has {LONGEST} characters at most.")
    prepared = prepare(text)
    if prepared is None:
        raise Refused(
            "password.characters",
            "A password is made of printable characters.",
            do="Leave out tabs, line ends and other control characters.",
        )
    plain = prepared.decode()
    if min(len(text), len(plain)) < policy.least:  # one character can become eighteen
        raise Refused(
            "password.short",
            f"A password has {policy.least} characters at least.",
            do="Take several words that do not belong together.",
        )
    _check_mix(policy, plain)
    folded = plain.casefold()
    if any(word in folded for word in own_words(own)):
        raise _weak(
            "password.own", "That password holds a name or address of yours or of your company."
        )
    if len(residue(folded)) < LEFT:
        raise _weak("password.common", "That password is made of what everybody uses.")
    if lists.lost(plain) or lists.lost(folded):
        raise _weak("password.listed", "That password is one that others lost, or two of them.")
    if policy.wordless and any(
        lists.word(word) for word in _LETTERS.findall(folded) if len(word) >= SHORTEST_WORD
    ):
        raise _weak(
            "password.words", "An agreement in force forbids words of a dictionary in passwords."
        )


def own_words(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of a person's names and addresses that their password may not hold."""
    folded = (unicodedata.normalize("NFKC", text).casefold() for text in texts)
    return frozenset(
        word for text in folded for word in _LETTERS.findall(text) if len(word) >= SHORTEST_WORD
    ) - {"example"}


def residue(folded: str) -> str:
    """Return what is left of a password without common words, years, rows and repetitions."""
    left = _without_rows(_YEAR.sub("", folded))
    swapped = left.translate(_SWAPPED)
    for word in sorted(COMMON, key=len, reverse=True):
        while (place := swapped.find(word)) >= 0:
            left = left[:place] + left[place + len(word) :]
            swapped = swapped[:place] + swapped[place + len(word) :]
    left = _REPEATED.sub(r"\1", left)
    return "".join(dict.fromkeys(char for char in left if char.isalnum()))


def weak_reuse() -> Refused:
    """Return the refusal of a password that the person had before (PCI DSS 8.3.7)."""
    return Refused(
        "password.reused", "You had that password before.", do="Take one that you never had here."
    )


def too_old() -> Refused:
    """Return the refusal of a right password that is too old to be the only factor."""
    return Refused(
        "password.expired",
        "That password is too old to be the only thing that you show.",
        do="Change it (`bailee password change`); with a second factor it does not grow old.",
    )


def _check_mix(policy: Policy, plain: str) -> None:
    letters = [char for char in plain if char.isalpha()]
    special = any(not char.isalnum() for char in plain)
    cases = any(char.isupper() for char in letters) and any(char.islower() for char in letters)
    if policy.cases and not (cases or special):
        raise Refused(
            "password.mix",
            "An agreement in force wants letters of both cases or a special character.",
            do="Add one.",
        )
    if policy.digits and not (letters and any(char.isdigit() for char in plain)):
        raise Refused("password.mix", "A letter and a digit must be in a password.", do="Add one.")


def _without_rows(text: str) -> str:
    """Leave out four and more neighbours of the alphabet, the digits or a keyboard, either way."""
    kept, place = [], 0
    while place < len(text):
        length = _row(text, place)
        if length < SHORTEST_WORD:
            kept.append(text[place])
            length = 1
        place += length
    return "".join(kept)


def _row(text: str, place: int) -> int:
    """Return how many characters from here on stand in a row."""
    longest = 1
    for row in ROWS:
        for line in (row, row[::-1]):
            length = 1
            while text[place : place + length + 1] in line and place + length < len(text):
                length += 1
            longest = max(longest, length if text[place] in line else 1)
    return longest


def _weak(code: str, says: str) -> Refused:
    return Refused(code, says, do="Take several words that do not belong together.")
