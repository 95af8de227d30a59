"""Values on their way into the vault, and times."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC

from bailee import clock
from bailee.errors import Failure, Invalid
from bailee.vault.catalogue import CATALOGUE
from bailee.vault.cipher import armour, unarmour

ELEMENTS = [CATALOGUE[name] for name in sorted(CATALOGUE)]


def check(data: bytes) -> None:
    """Each element reads a value or refuses it by name; what was read stays as it is."""
    if not data:
        return
    element, text = ELEMENTS[data[0] % len(ELEMENTS)], data[1:].decode("utf-8", "replace")
    try:
        assert armour(unarmour(text)) == text
    except Invalid as refused:
        assert refused.code == "ciphertext.wrong_place"
    for view in element.masks:
        assert isinstance(element.view(view, text), str)
    try:
        normal, checked = element.normal(text), element.check(text)
    except Failure as refused:
        assert refused.code.startswith("value.")
        assert len(text) < 9 or text not in refused.says + refused.do
        return
    assert element.normal(text) == normal  # whatever was asked in between
    if not element.name.endswith(".phone"):  # phonenumbers drops one more trunk zero each time
        assert element.check(checked) == checked


def check_seeds() -> Iterable[bytes]:
    """Values of many kinds; the first byte chooses the element."""
    texts = {
        "person.name": "Tancredi Underhill",
        "person.phone": "+14155550134",
        "person.email": "marigold@featherstone.example",
        "person.ssn": "512-44-9083",
        "person.birth_date": "1971-08-10/1973~",
        "financial.card_number": "4111 1111 1111 1111",
        "financial.bank_account": "DE89370400440532013000",
        "financial.routing_number": "021000021",
        "transaction.amount": "USD 1,234.50",
        "device.ip_address": "2001:db8::1",
    }
    for number, element in enumerate(ELEMENTS):
        if element.name in texts:
            yield bytes([number]) + texts[element.name].encode()
    yield b"\x00bv1.AAAA"


def moment(data: bytes) -> None:
    """A time that is read is written in the one form, which is read as the same time."""
    try:
        found = clock.read_time(data.decode("utf-8", "replace"))
    except Invalid as refused:
        assert refused.code == "time.unreadable"
        return
    assert found.tzinfo is UTC
    written = clock.write_time(found)
    assert clock.write_time(clock.read_time(written)) == written
    assert len(written) == 24


def moment_seeds() -> Iterable[bytes]:
    """Times of several spellings and the ends of the calendar."""
    yield from (b"2026-11-20T21:07:00Z", b"2026-11-20T21:07:00.123456+05:30", b"2026-W47-5T01:02Z")
    yield from (b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-12:00")
