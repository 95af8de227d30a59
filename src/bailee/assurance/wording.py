"""What people may write on the public page: plain words in one alphabet, and nothing hidden.

Markup is no danger (the page escapes it), but a text can lie without any: by characters that turn
the direction of reading, that nobody sees, or that look like others (Unicode TR 36, TS 39). Such a
text is refused; nothing is silently taken out of what a named person writes.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from bailee.errors import Invalid

LINE = 200
PARAGRAPHS = 4000
NDA = 20_000
MARKS = 2
"""Combining marks upon one letter; more of them cover the lines above."""

_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")
"""Alphabets with letters that look like another's."""
_SCHEME = re.compile(r"\b(?:javascript|vbscript|data)\s*:", re.IGNORECASE)
_MAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}", re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{3,28}[0-9]", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def check_line(field: str, text: str, *, most: int = LINE) -> str:
    """Return one line of text as it may be shown.

    Args:
        field: the member's name, for the error; never the text.
        text: what somebody wrote.
        most: characters.

    Raises:
        Invalid: ``trust.text``.
    """
    if "\n" in text:
        raise _wrong(field, "is one line")
    return check_text(field, text, most=most)


def check_text(field: str, text: str, *, most: int = PARAGRAPHS) -> str:
    """Return lines of text as they may be shown; raises as ``check_line``."""
    if not text.strip() or text != text.strip() or len(text) > most:
        raise _wrong(field, f"has 1 to {most} characters, and none of them blank at its ends")
    if any(_hidden(char) for char in text):
        raise _wrong(field, "holds a character that nobody sees, or that turns what is read")
    if unicodedata.normalize("NFKC", text) != text:
        raise _wrong(field, "holds characters in a disguised form; write plain letters")
    if _piled(text):
        raise _wrong(field, "piles up marks upon a letter")
    if len(_alphabets(text)) > 1:
        raise _wrong(field, "mixes alphabets whose letters look alike")
    if _SCHEME.search(text):
        raise _wrong(field, "holds an address that runs as a program")
    return text


def check_mail(text: str) -> str:
    """Return an e-mail address; ASCII alone, for a name in other letters can be another's.

    Raises:
        Invalid: ``trust.email``.
    """
    if len(text) > 254 or not _MAIL.fullmatch(text):
        raise Invalid("trust.email", "That is no e-mail address.", do="Write name@example.com.")
    return text


def check_phone(text: str) -> str:
    """Return a telephone number, or nothing.

    Raises:
        Invalid: ``trust.phone``.
    """
    if text and not _PHONE.fullmatch(text):
        raise Invalid("trust.phone", "That is no telephone number.", do="Write +1 555 010 0199.")
    return text


def check_sha256(text: str) -> str:
    """Return a digest in hex.

    Raises:
        Invalid: ``trust.sha256``.
    """
    if not _SHA256.fullmatch(text):
        raise Invalid("trust.sha256", "A digest has 64 hexadecimal digits, in small letters.")
    return text


def check_day(field: str, text: str) -> str:
    """Return a calendar day as it was written, 2026-11-20; nothing for nothing.

    Raises:
        Invalid: ``trust.day``.
    """
    try:
        if not text or date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise Invalid("trust.day", f"'{field}' is no calendar day.", do="Write it as 2026-11-20.")


def same_name(one: str, other: str) -> bool:
    """Say whether two names are the same but for case and spaces."""
    return one.casefold().split() == other.casefold().split()


def _hidden(char: str) -> bool:
    return char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def _piled(text: str) -> bool:
    count = 0
    for char in unicodedata.normalize("NFD", text):
        count = count + 1 if unicodedata.combining(char) else 0
        if count > MARKS:
            return True
    return False


def _alphabets(text: str) -> set[str]:
    names = {unicodedata.name(char, "").partition(" ")[0] for char in text if char.isalpha()}
    return names & set(_ALIKE)


def _wrong(field: str, says: str) -> Invalid:
    return Invalid("trust.text", f"'{field}' {says}.", do="Write it in plain letters.")
