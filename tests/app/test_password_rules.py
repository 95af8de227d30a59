"""The rules for passwords come from every source, and the strictest counts (C7.1, MISSION A7)."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bailee.agreement import load_terms
from bailee.agreement.source import Proof
from bailee.app.password_list import BLOCK, PasswordList
from bailee.app.password_rules import STANDARDS, Rules, join
from bailee.app.sign_means import line_of
from bailee.errors import NotFound, Unavailable

BILL, MODEL = "bill-2022-10-11", "model-addendum"


def rules(*agreements: str, proof: Proof = "none") -> Rules:
    """Join agreements and the two standards, compared with their texts or not."""
    standards = []
    for terms in map(load_terms, STANDARDS):
        lines = tuple(msgspec.structs.replace(line, proof=proof) for line in terms.obligations)
        standards.append(msgspec.structs.replace(terms, obligations=lines))
    return join([*map(load_terms, agreements), *standards])


def test_the_floor_is_as_strict_as_the_standards() -> None:
    """15 characters, four back, ten tries, thirty minutes, 90 days, 15 minutes, twelve hours.

    That a standard was compared with its text changes no number.
    """
    policy = rules().policy
    assert (policy.least, policy.kept, policy.tries, policy.age) == (15, 4, 10, timedelta(days=90))
    assert (policy.lock, policy.idle) == (timedelta(minutes=30), timedelta(minutes=15))
    assert policy.absolute == timedelta(hours=12)
    assert rules(proof="compared").policy == policy


def test_every_source_is_kept_and_conflicts_are_shown() -> None:
    """PCI DSS 8.3.9 wants a change that NIST 3.1.1.2 forbids; the same with mixed characters."""
    found = {rule.name: rule for rule in rules(MODEL).rules}
    assert [one.source for one in found["password.rotation"].claims] == list(STANDARDS)
    assert {one.state for one in found["password.rotation"].claims} == {"unresolved: source"}
    assert [name for name, rule in found.items() if rule.conflict] == [
        "password.rotation", "password.composition",
    ]  # fmt: skip
    assert found["password.min_length"].claims[0].source == MODEL


def test_a_conflict_with_this_standard_is_shown() -> None:
    """ASVS 6.2.5, 6.2.10: it forbids what C2.5(3) and PCI DSS demand; the agreement is enforced.

    Its text was compared, so its word counts, stands beside the others, and moves nothing.
    """
    asvs = load_terms("owasp-asvs-5.0.0")
    assert asvs.verified
    found = join([load_terms(BILL), *map(load_terms, STANDARDS)])
    for name, clause in (("password.composition", "6.2.5"), ("password.rotation", "6.2.10")):
        (rule,) = [one for one in found.rules if one.name == name]
        assert rule.conflict
        said = {one.source: (one.obligation.clause, one.state) for one in rule.claims}
        assert said[asvs.id] == (clause, "forbids")
        assert rule.enforced
        assert rule.source == BILL or name == "password.rotation"  # ninety days are our floor too
    assert (found.policy.cases, found.policy.age) == (True, timedelta(days=90))
    assert found.policy.least == 15  # its eight are fewer than ours


def test_the_card_standard_as_shipped_counts_and_the_guideline_does_not() -> None:
    """PCI DSS 4.0.1 was compared with its text: its ninety days count; NIST's lines do not yet."""
    found = join([load_terms(one) for one in STANDARDS])
    states = {
        (claim.source, claim.state)
        for rule in found.rules
        for claim in rule.claims
        if claim.obligation.quantity is not None
    }
    assert states == {
        ("pci-dss-4.0.1", "counts"),
        ("owasp-asvs-5.0.0", "counts"),
        ("nist-sp-800-63b-4", "unresolved: source"),
    }
    assert found.policy == rules().policy


def test_an_agreement_may_ask_for_more() -> None:
    """BILL's C2.5(3): cases or signs, no dictionary word; a longer minimum of another wins."""
    assert not rules(MODEL).policy.cases
    policy = rules(BILL, MODEL).policy
    assert (policy.cases, policy.wordless, policy.least) == (True, True, 15)
    terms = load_terms(MODEL)
    longer = msgspec.structs.replace(
        terms,
        obligations=tuple(
            msgspec.structs.replace(line, quantity=20)
            if line.parameter == "password.min_length"
            else line
            for line in terms.obligations
        ),
    )
    (rule,) = [one for one in join([longer]).rules if one.name == "password.min_length"]
    assert (rule.enforced, rule.source) == (20, MODEL)


def test_a_list_of_lines(tmp_path: Path) -> None:
    """A line is found whole: at both ends of the file, across blocks, with either line end."""
    path = tmp_path / "words"
    filler = b"x" * 99 + b"\n"
    path.write_bytes(b"first\n" + filler * (BLOCK // 100) + b"middle one\r\nother\n" + b"last")
    found = PasswordList(str(path))
    assert all(word in found for word in ("first", "middle one", "other", "last"))
    assert not [word for word in ("irst", "firs", "middle", "las", "", "x", "ast") if word in found]
    assert "first" not in PasswordList("")


def test_a_list_of_hashes(tmp_path: Path) -> None:
    """SHA-1 hashes in order are searched by bisection; every one is found, and no other."""
    words = [f"word {number}" for number in range(300)]
    lines = sorted(
        hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper() for word in words
    )
    path = tmp_path / "hashes"
    path.write_text("".join(f"{line}:{place}\r\n" for place, line in enumerate(lines)))
    found = PasswordList(str(path))
    assert [word for word in words if word not in found] == []
    assert [word for word in words if f"{word}!" in found] == []


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    """A wrong setting is told at the start; a list that vanished lets no password pass."""
    with pytest.raises(NotFound):
        PasswordList(str(tmp_path / "none"))
    path = tmp_path / "words"
    path.write_text("one\n")
    found = PasswordList(str(path))
    path.unlink()
    with pytest.raises(Unavailable):
        assert "one" in found


def test_a_source_is_a_line() -> None:
    """An IPv4 address stands for itself, however it is written; an IPv6 one for its /64."""
    assert line_of("192.0.2.1") == line_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert line_of("2001:db8::1") == line_of("2001:db8::ffff:9") == "2001:db8::/64"
    assert line_of("2001:db8:0:1::1") != line_of("2001:db8::1")
    assert line_of("local") == "local"
