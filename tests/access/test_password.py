"""What may be a password (NIST SP 800-63B-4 3.1.1.2, PCI DSS 8.3.6, ASVS 6.2)."""

from __future__ import annotations

import pytest

from bailee.access.password import LONGEST, Lists, Policy, check, own_words, prepare, residue
from bailee.errors import Failure

OWN = ("Ada Lindqvist", "ada.lindqvist@harborline.example", "Harborline", "bailee.local")


def said(text: str, policy: Policy | None = None, listed: frozenset[str] = frozenset()) -> str:
    """Return the code with which a password is refused, '' for a good one."""
    try:
        check(policy or Policy(), text, OWN, Lists(listed.__contains__, listed.__contains__))
    except Failure as failure:
        told = f"{failure.says} {failure.do}"
        return failure.code.removeprefix("password.") if text not in told else "told"
    return ""


@pytest.mark.parametrize(
    "text",
    [
        "ferrous 7 walrus umbrella",
        "x9Kd2vPq7mWz4tRb",
        "seven 7 gannets sat on a quay and a walrus sang of tin and old iron to them",  # ASVS 6.2.9
        "\u6d77\u306e\u5e95\u306b7\u672c\u306e\u68ee\u304c\u3042\u308b\u3089\u3057\u3044\u3068\u805e\u304f",
        "tja 4 " + "\u00e5\u00e4\u00f6\u00fc\u00df\u00e9\u00e8\u00ea\u00f1",
    ],
)
def test_good_passwords(text: str) -> None:
    """ASVS 6.2.9: long passwords of any letters are good; blanks count."""
    assert said(text) == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x9Kd2vPq7mWz4t", "short"),  # 14
        ("\ufdfa\ufdfa1", "short"),  # U+FDFA becomes eighteen characters in NFKC
        ("x9" * 129, "long"),
        ("x9Kd2vPq7mWz4\x00t", "characters"),
        ("x9Kd2vPq7mWz4\ud800t", "characters"),
        ("x9Kd2vPq7mWz4\nRb", "characters"),
        ("xqKdcvPqzmWzwtRb", "mix"),
        ("9482 5710 3648 2059", "mix"),
        ("Lindqvist 7 ferrous", "own"),
        ("HARBORLINE 7 ferrous", "own"),
        ("\uff28arborline 7 ferrous", "own"),  # a wide H is an H
        ("Password2026!!!!", "common"),
        ("P@ssw0rd-Summer-2026", "common"),
        ("qwertyuiop1234567890", "common"),
        ("a1a1a1a1a1a1a1a1a1a1", "common"),
        ("Welcome1Welcome1Welcome1", "common"),
        ("abcdefghijklmnop123456", "common"),
    ],
)
def test_bad_passwords(text: str, code: str) -> None:
    """ASVS 6.2.1, 6.2.11: each is refused for its own reason, and no refusal repeats it."""
    assert said(text) == code


def test_what_only_some_sources_want() -> None:
    """C2.5(3): both cases or a special character, and no word of a dictionary, where asked for."""
    plain = "ferrous7walrusumbrella"
    assert said(plain) == ""
    assert said(plain, Policy(cases=True)) == "mix"
    assert said("Ferrous7walrusumbrella", Policy(cases=True)) == ""
    assert said("ferrous7walrus-umbrella", Policy(cases=True)) == ""
    words = frozenset({"walrus"})
    assert said("ferrous 7 walrus umbrella", Policy(wordless=True), words) == "words"
    assert said("ferrous 7 walrus umbrella", Policy(), words) == ""
    assert said("ferrous 7 walrus umbrella", Policy(), frozenset({"ferrous 7 walrus umbrella"}))


def test_what_is_compared() -> None:
    """NFKC of the whole text: nothing is cut, folded or trimmed; what is giant is never hashed."""
    assert prepare("cafe\u0301") == "caf\u00e9".encode()
    assert prepare(" A b ") == b" A b "
    assert prepare("a" * LONGEST) == b"a" * LONGEST
    assert prepare("a" * (LONGEST + 1)) is None
    assert prepare("a\x00") is None


def test_own_words_and_what_is_left() -> None:
    """Names of four letters and more count; of a common password nothing is left."""
    assert own_words(OWN) == {"lindqvist", "harborline", "bailee", "local"}
    assert residue("letmein2024") == ""
    assert residue("ferrous") == "ferous"
