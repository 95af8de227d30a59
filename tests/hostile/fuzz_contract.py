"""The compiler of contracts and its lint, on any bytes."""

from __future__ import annotations

from collections.abc import Iterable

from bailee.agreement.clause import Contract
from bailee.agreement.lint import lint
from bailee.agreement.parse import compile_text
from bailee.errors import Failure

OPENING = 'Agreement of 3 May 2026\n\n1. Terms\n\n"Parcel" means a box. (a) red; (b) blue.\n\n'


def check(data: bytes) -> None:
    """A contract or a refusal by name; findings point into it; compiling again changes nothing."""
    try:
        contract = compile_text(data)
    except Failure as refused:
        assert refused.code.startswith("contract.")
        return
    again = compile_text(b"\xef\xbb\xbf" + contract.source.encode("utf-8"))
    assert [(c.path, c.text) for c in again.clauses] == [(c.path, c.text) for c in contract.clauses]
    assert again.text_sha256 == contract.text_sha256
    _sound(contract)


def _sound(contract: Contract) -> None:
    paths = [clause.path for clause in contract.clauses]
    assert len(set(paths)) == len(paths)
    for clause in contract.clauses:
        assert clause.parent is None or clause.parent in paths
        assert all(0 <= piece.start <= piece.end <= len(contract.source) for piece in clause.pieces)
    for finding in lint(contract):
        assert finding.path in paths
        assert finding.message.isprintable()


def check_seeds() -> Iterable[bytes]:
    """Invented contracts: numbers, letters, annexes, tables, other encodings."""
    yield OPENING.encode()
    yield (
        OPENING + "2. Duties\n\nThe Keeper shall promptly, see Section 1(b), sort ____.\n"
    ).encode()
    yield b"ARTICLE I\n\nSection 1. Kept.\n\nSection 2. Within 3 days of\n\nAppendix A\n\n- x\n"
    yield "§ 1 Zweck\n\n(1) Kisten („Kiste“) werden gezählt.\n\nAnlage 1\n".encode()
    yield "\ufeff1. Kept\n\n| name | why |\n| box | count |\n".encode("utf-16")
    yield b"1. A\n\x93Parcel\x94 means [insert] as defined in Annex II.\n\nAnnex II\n\npage 1\n"
