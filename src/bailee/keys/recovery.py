"""Recovery kit: a secret in n shares, any m of which give it back (C4.1, C2.8(3)).

Shamir's scheme (CACM 22, 1979) over GF(256) with the polynomial of AES (FIPS 197 §4.2), byte by
byte. Fewer than m shares say nothing about the secret but its length. A share is meant for paper:
Crockford's base 32, groups of five, upper or lower case, with a checksum that finds every
mistyped share before shares are combined; and the secret carries its own, shared with it.

Arithmetic has no tables and no branches on secret bytes; Python promises no constant time all the
same, so kits are cut and combined on a machine where nobody else is timing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence

from bailee.errors import Broken, Invalid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READ_AS = str.maketrans("OIL", "011")
FORMAT = 1
HEADER = 7  # format, m, x, and four random bytes that name the kit
CHECK = 4
GROUP = 5
MAX_SHARES = 16
MAX_SECRET = 64


def split(secret: bytes, m: int, n: int) -> list[str]:
    """Cut a secret into ``n`` shares of which any ``m`` restore it.

    Raises:
        Invalid: ``recovery.numbers`` unless 2 ≤ m ≤ n ≤ 16 and the secret has 1 to 64 bytes.
    """
    check_numbers(m, n, len(secret))
    kit = secrets.token_bytes(4)
    plain = secret + _digest(secret)
    polynomials = [bytes([byte]) + secrets.token_bytes(m - 1) for byte in plain]
    shares = []
    for x in range(1, n + 1):
        values = bytes(_evaluate(polynomial, x) for polynomial in polynomials)
        shares.append(_write(bytes([FORMAT, m, x]) + kit + values))
    return shares


def check_numbers(m: int, n: int, size: int = 1) -> None:
    """Refuse a kit that cannot be; raises as ``split``."""
    if not (2 <= m <= n <= MAX_SHARES and 1 <= size <= MAX_SECRET):
        raise Invalid(
            "recovery.numbers",
            "A kit has 2 to 16 shares, needs two or more of them, and holds 1 to 64 bytes.",
        )


def combine(shares: Iterable[str]) -> bytes:
    """Return the secret of at least m shares of one kit, in any order.

    Raises:
        Invalid: ``recovery.share`` (mistyped), ``recovery.mixed`` (of different kits),
            ``recovery.too_few``.
        Broken: ``recovery.mismatch`` when well-typed shares give no secret.
    """
    read = [_read(share, place) for place, share in enumerate(shares, start=1)]
    points = {share[2]: share[HEADER:] for share in read}
    kits = {(share[:2], share[3:HEADER], len(share)) for share in read}
    if len(kits) > 1 or any(points[share[2]] != share[HEADER:] for share in read):
        raise Invalid("recovery.mixed", "These shares are not of one kit.")
    need = read[0][1] if read else 2
    if len(points) < need:
        raise Invalid("recovery.too_few", f"This kit needs {need} different shares.")
    chosen = sorted(points)[:need]
    weights = [_weight(x, chosen) for x in chosen]
    columns = zip(*(points[x] for x in chosen), strict=True)
    plain = bytes(_sum(map(multiply, column, weights)) for column in columns)
    secret, check = plain[:-CHECK], plain[-CHECK:]
    if check != _digest(secret):
        raise Broken("recovery.mismatch", "These shares give no secret; one of them is false.")
    return secret


def needed(share: str) -> int:
    """Return how many different shares the kit of this one needs.

    Raises:
        Invalid: ``recovery.share`` when it was mistyped.
    """
    return _read(share, 1)[1]


def multiply(a: int, b: int) -> int:
    """Multiply in GF(256): eight steps, whatever the bytes are."""
    product = 0
    for _ in range(8):
        product ^= -(b & 1) & a
        a = (a << 1) ^ (-(a >> 7) & 0x11B)
        b >>= 1
    return product


def invert(a: int) -> int:
    """Return a**254, which is 1/a in GF(256), and 0 for 0."""
    power = a
    for _ in range(6):
        power = multiply(multiply(power, power), a)
    return multiply(power, power)


def _evaluate(polynomial: bytes, x: int) -> int:
    value = 0
    for coefficient in reversed(polynomial):
        value = multiply(value, x) ^ coefficient
    return value


def _weight(x: int, chosen: Sequence[int]) -> int:
    """Return Lagrange's coefficient of the point ``x`` at zero; subtraction is exclusive or."""
    weight = 1
    for other in chosen:
        if other != x:
            weight = multiply(weight, multiply(other, invert(other ^ x)))
    return weight


def _sum(terms: Iterable[int]) -> int:
    total = 0
    for term in terms:
        total ^= term
    return total


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(b"bailee recovery 1" + data).digest()[:CHECK]


def _write(share: bytes) -> str:
    data = share + _digest(share)
    bits = int.from_bytes(data)
    width = -(-len(data) * 8 // 5)
    text = "".join(ALPHABET[bits >> 5 * place & 31] for place in reversed(range(width)))
    return "-".join(text[start : start + GROUP] for start in range(0, width, GROUP))


def _read(text: str, place: int) -> bytes:
    letters = "".join(text.upper().split()).replace("-", "").translate(READ_AS)
    size = len(letters) * 5 // 8
    value = 0
    for letter in letters:
        value = value << 5 | max(ALPHABET.find(letter), 0)
    whole = (
        HEADER + CHECK < size <= HEADER + CHECK * 2 + MAX_SECRET
        and value < 1 << size * 8
        and set(letters) <= set(ALPHABET)
    )
    data = value.to_bytes(size) if whole else b""
    share, check = data[:-CHECK], data[-CHECK:]
    if not whole or check != _digest(share) or share[0] != FORMAT or not share[2]:
        raise Invalid(
            "recovery.share",
            f"Share {place} was mistyped.",
            do="Compare it with the paper, group by group.",
        )
    return share
