"""Passwords that others lost are refused, whole or joined (ASVS 5.0.0 6.2.4, 6.2.12).

The list that is compared with is zxcvbn's own, read here apart from the code under test.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from bailee.access.password import Lists, Policy, check
from bailee.app.common_passwords import lists_with, lost, told
from bailee.errors import Failure

COMMONEST: list[str] = FREQUENCY_LISTS["passwords"]
OTHERS = [one for name, some in FREQUENCY_LISTS.items() if name != "passwords" for one in some]
SHIPPED = lists_with("")


def code(text: str, policy: Policy | None = None, lists: Lists = SHIPPED) -> str:
    """Return how a password is refused, '' for a good one."""
    try:
        check(policy or Policy(), text, (), lists)
    except Failure as failure:
        return failure.code.removeprefix("password.")
    return ""


def fitting(first: str) -> str:
    """Return a password that has the length and mixture demanded: one of the list, and another."""
    second = next(
        other
        for other in ("1234567890", "qwerty123", "1q2w3e4r", "password1", "qwertyuiop", "michael1")
        if len(first + other) >= 15
        and any(one.isdigit() for one in first + other)
        and any(one.isalpha() for one in first + other)
    )
    return first + second


def test_the_commonest_are_refused() -> None:
    """ASVS 6.2.4, 6.2.12: thirty thousand out of breaches: too short, too plain, or listed.

    What is as common, and is a word or a name, stands in another of the lists, and counts too.
    """
    assert len(COMMONEST) == 30_000
    said = {code(one) for one in COMMONEST}
    assert said == {"short", "mix", "common", "listed"}
    long = [one for one in COMMONEST if len(one) >= 15]
    assert all(lost(one) for one in long)
    assert {code(one) for one in OTHERS if len(one) >= 4} <= {"short", "mix", "common", "listed"}


def test_three_thousand_that_have_the_length_are_refused() -> None:
    """ASVS 6.2.4: the three thousand commonest, each made to fit our rules with another of them."""
    usable = [one for one in COMMONEST if len(one) >= 5][:3000]
    made = [fitting(one) for one in usable]
    assert len(made) == 3000
    assert {code(one) for one in made} <= {"listed", "common"}
    assert {code(one.title() + "!") for one in made} <= {"listed", "common"}


@pytest.mark.parametrize(
    "text",
    [
        "1qaz2wsx3edc4rfv",  # on the list as it is
        "Christopher-1234567890",  # a name: it stands among names alone
        "jennifer jessica 7",
        "Christopher-12345",
        "michael.jackson.1984",
        "2024liverpoolarsenal7",
        "chelsea & liverpool 1",
        "QWERTYuiop12345",
    ],
)
def test_what_people_make_of_them(text: str) -> None:
    """Two joined, signs between, other cases, a few digits around: none is anybody's own."""
    assert lost(text)
    assert code(text) in {"listed", "common"}


@pytest.mark.parametrize(
    "text",
    [
        "ferrous 7 walrus umbrella",
        "nine 9 gannets over Trondheim",
        "x9Kd2vPq7mWz4tRb",
        "correct 4 horse battery staple",
        "tiger 8392017465283",
        "\u6d77\u306e\u5e95\u306b7\u672c\u306e\u68ee\u304c\u3042\u308b\u3089\u3057\u3044\u3068\u805e",
    ],
)
def test_what_is_nobodys(text: str) -> None:
    """Three words, random characters, many digits, other scripts are taken."""
    assert code(text) == ""


def test_the_operators_list_is_asked_beside_ours(tmp_path: Path) -> None:
    """ASVS 6.2.12: a password of either list is refused, and the rules say which there are."""
    path = tmp_path / "own"
    path.write_text("ferrous 7 walrus umbrella\nharborline\n")
    both = lists_with(str(path))
    assert code("ferrous 7 walrus umbrella", lists=both) == "listed"
    assert code("Christopher-12345", lists=both) == "listed"
    assert both.word("harborline")
    assert len(told("")) == 1
    assert [one.partition(":")[0] for one in told(str(path))] == ["zxcvbn", "BAILEE_PASSWORD_LIST"]


def test_words_of_a_dictionary() -> None:
    """C2.5(3): where an agreement forbids words, an English one is found; a made-up one is not."""
    assert all(map(SHIPPED.word, ("walrus", "parliament", "christopher")))
    assert not SHIPPED.word("kqvzx")
    assert code("Parliament-7-zqx-kfw", Policy(wordless=True)) == "words"
    assert code("Kqvzx-7-zqxw-8-kfwb", Policy(wordless=True)) == ""
