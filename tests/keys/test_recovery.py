"""Recovery kits: any m shares restore the secret, fewer say nothing, mistakes are named."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bailee.errors import Broken, Invalid
from bailee.keys import recovery
from bailee.keys.recovery import combine, split

SECRET = bytes(range(32))


@pytest.mark.parametrize(
    ("a", "b", "product"),
    [
        (0x57, 0x83, 0xC1),
        (0x57, 0x13, 0xFE),
        (0x57, 0x02, 0xAE),
        (0x57, 0x10, 0x07),
        (0x53, 0xCA, 1),
    ],
)
def test_products_are_those_of_the_standard(a: int, b: int, product: int) -> None:
    """FIPS 197 §4.2: {57}·{83}={c1}, {57}·{13}={fe}, and its table of xtime; {53}·{ca}=1."""
    assert recovery.multiply(a, b) == product
    assert recovery.multiply(b, a) == product


def test_every_byte_but_zero_has_its_inverse() -> None:
    """GF(256) is a field: a · 1/a = 1 for all 255; and by convention 1/0 = 0, as in AES."""
    assert [recovery.multiply(a, recovery.invert(a)) for a in range(256)] == [0] + [1] * 255


@given(st.binary(min_size=1, max_size=64), st.data())
@settings(max_examples=25, deadline=None)
def test_any_m_shares_in_any_order_restore_the_secret(secret: bytes, data: st.DataObject) -> None:
    """However m, n and the shares are chosen, the secret comes back."""
    n = data.draw(st.integers(2, 7))
    m = data.draw(st.integers(2, n))
    shares = data.draw(st.permutations(split(secret, m, n)))

    assert combine(shares[:m]) == secret


def test_every_choice_of_three_of_five_restores() -> None:
    """All ten choices give the secret, and so do more shares than needed."""
    shares = split(SECRET, 3, 5)

    assert {combine(chosen) for chosen in combinations(shares, 3)} == {SECRET}
    assert combine(shares) == SECRET
    assert combine([*shares[:3], shares[0]]) == SECRET


def test_a_share_of_another_maker_restores() -> None:
    """The scheme is Shamir's: shares made by hand from a known line combine to its constant term.

    With m = 2 the polynomial is s + a·x, so the share at x = 1 is s ⊕ a, and at 2 is s ⊕ 2·a.
    """
    secret = b"\x57"
    plain = secret + recovery._digest(secret)
    slope = bytes([0x83, 0x13, 0x02, 0x10, 0x01])
    doubled = bytes([0x1D, 0x26, 0x04, 0x20, 0x02])  # xtime of the slope, by hand
    ones = bytes(a ^ b for a, b in zip(plain, slope, strict=True))
    twos = bytes(a ^ b for a, b in zip(plain, doubled, strict=True))

    assert (
        combine(
            [recovery._write(bytes([1, 2, x]) + b"kit!" + v) for x, v in ((1, ones), (2, twos))]
        )
        == secret
    )


def test_two_kits_of_one_secret_share_nothing() -> None:
    """Shares are random: a kit made again does not repeat one."""
    assert not set(split(SECRET, 2, 3)) & set(split(SECRET, 2, 3))


def test_fewer_shares_are_refused() -> None:
    """One less than needed, or the same share again, is said to be too few."""
    shares = split(SECRET, 3, 5)

    for few in ([], shares[:1], shares[:2], [shares[0]] * 3):
        with pytest.raises(Invalid, match=r"recovery\.too_few"):
            combine(few)


def test_shares_of_different_kits_are_refused() -> None:
    """Shares of two kits never mix, even of the same secret."""
    with pytest.raises(Invalid, match=r"recovery\.mixed"):
        combine([split(SECRET, 2, 2)[0], split(SECRET, 2, 2)[1]])


def test_forged_shares_that_type_well_are_found() -> None:
    """A share with a right checksum and a wrong body gives no secret."""
    shares = split(SECRET, 2, 2)
    body = bytearray(recovery._read(shares[1], 2))
    body[-1] ^= 1

    with pytest.raises(Broken, match=r"recovery\.mismatch"):
        combine([shares[0], recovery._write(bytes(body))])


def test_shares_are_typed_as_people_type() -> None:
    """Lower case, spaces for hyphens, and the letters that look like digits are accepted."""
    shares = [
        share.lower().replace("-", " ").replace("0", "o").replace("1", "l")
        for share in split(SECRET, 2, 3)
    ]

    assert combine(shares[:2]) == SECRET


@given(st.integers(0, 10_000), st.sampled_from(recovery.ALPHABET + "U*"))
@settings(max_examples=50, deadline=None)
def test_a_mistyped_letter_is_found_and_its_share_named(place: int, letter: str) -> None:
    """Any one letter typed wrong is found before shares are combined."""
    good, share = split(SECRET, 2, 2)
    letters = [index for index, char in enumerate(share) if char != "-"]
    at = letters[place % len(letters)]
    wrong = share[:at] + letter + share[at + 1 :]
    if wrong == share:
        return

    with pytest.raises(Invalid, match=r"recovery\.share: Share 2"):
        combine([good, wrong])


@pytest.mark.parametrize("text", ["", "-", "A", "0" * 400, "é" * 30, "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ"])
def test_what_is_no_share_is_said_to_be_none(text: str) -> None:
    """Nothing that is typed crashes the reader."""
    with pytest.raises(Invalid, match=r"recovery\.share"):
        combine([text, text])


@pytest.mark.parametrize(
    ("m", "n", "secret"), [(1, 3, b"x"), (4, 3, b"x"), (2, 17, b"x"), (2, 3, b"")]
)
def test_impossible_kits_are_refused(m: int, n: int, secret: bytes) -> None:
    """A kit of one share, of more needed than made, or of nothing is not made."""
    with pytest.raises(Invalid, match=r"recovery\.numbers"):
        split(secret, m, n)
