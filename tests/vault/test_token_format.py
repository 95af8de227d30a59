"""Tokens in an element's own format, on real stores (PCI DSS 3.5.1)."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from datetime import timedelta
from secrets import choice

import pytest
import sqlalchemy as sa

from bailee.access import Caller
from bailee.clock import write_time
from bailee.db import SqliteDatabase
from bailee.errors import Conflict, Failure, Invalid, NotFound, Unavailable
from bailee.vault.alias import Form
from bailee.vault.catalogue import CATALOGUE
from bailee.vault.minting import Minting, hold, mint
from bailee.vault.retention import ACTIVE
from bailee.vault.shapes import Erase, Protect, ProtectRecord, Reveal, Update, UpdateRecord
from bailee.vault.subject import Subject
from bailee.vault.values import Content, Field
from tests.vault.world import ACME, GLOBEX, World

SSN, CARD = {"person.ssn": "536-90-4399"}, {"financial.card_number": "4111 1111 1111 1111"}
ACCOUNT = {"financial.bank_account": "0012-345 678"}
HYPHENED, NINE = r"9[67]\d-\d\d-\d{4}", r"9[67]\d{7}"


def choose(world: World, element: str, format_: str) -> str:
    """Choose a format at acme; return the one before."""
    return world.data.write(
        ACME, lambda conn: world.vault.choose_token_format(conn, ACME, element, format_)
    )


def token(
    world: World, caller: Caller, subject: str, fields: Mapping[str, str], *, at: str = ACME
) -> str:
    """Protect one value; return its token."""
    (one,) = world.protected(caller, subject, fields, controller=at).results
    (made,) = one.tokens.values()
    return made


def opened(world: World, caller: Caller, name: str, element: str) -> str:
    """Return what a token opens to."""
    value = world.reveal_tokens(caller, [name], element).results[0].fields[element]
    assert isinstance(value, str)
    return value


@pytest.mark.parametrize(
    ("fields", "format_", "pattern"),
    [
        (SSN, "ssn", HYPHENED),
        (SSN, "ssn-digits", NINE),
        (CARD, "card", r"99\d{14}"),
        (ACCOUNT, "account", r"[1-9]\d{9}"),
        ({"beneficiary.account": "DE89 3704 0044 0532 0130 00"}, "account", r"[1-9]\d{21}"),
        (SSN, "opaque", "tok_[a-z2-7]{26}"),
    ],
)
def test_a_token_has_the_format_that_was_chosen(
    world: World, cleo: Caller, *, fields: Mapping[str, str], format_: str, pattern: str
) -> None:
    """It opens to the value as it came, and does not hold it."""
    ((element, value),) = fields.items()
    assert choose(world, element, format_) == "opaque"
    made = token(world, cleo, "cust-1", fields)

    assert re.fullmatch(pattern, made, re.ASCII)
    assert opened(world, cleo, made, element) == value
    assert made != CATALOGUE[element].normal(value)


def test_a_choice_is_one_controller_s_and_one_element_s(world: World, cleo: Caller) -> None:
    """Other elements, and other controllers, have opaque tokens as before (C2.4)."""
    finn = world.able("finn", GLOBEX)
    choose(world, "person.ssn", "ssn")

    assert token(world, finn, "cust-1", SSN, at=GLOBEX).startswith("tok_")
    assert token(world, cleo, "cust-1", CARD).startswith("tok_")
    found = world.data.read(ACME, lambda conn: world.vault.token_formats(conn, ACME))
    assert found["person.ssn"] == "ssn"
    assert set(found) == {one.name for one in CATALOGUE.values() if one.token}
    assert {one for name, one in found.items() if name != "person.ssn"} == {"opaque"}


@pytest.mark.parametrize(
    ("element", "format_", "code"),
    [
        ("person.ssn", "card", "token.format"),
        ("person.passport", "account", "token.format"),
        ("person.name", "opaque", "token.format"),
        ("536-90-4399", "ssn", "element.unknown"),
    ],
)
def test_a_format_is_one_that_the_element_allows(
    world: World, element: str, format_: str, code: str
) -> None:
    """Anything else is refused, changes nothing, and repeats no name that is no element's."""
    with pytest.raises(Invalid) as caught:
        choose(world, element, format_)

    assert caught.value.code == code
    assert "536" not in f"{caught.value} {caught.value.do}"
    assert world.count("vault_token_format") == 0


def test_every_process_knows_a_choice_at_once(world: World, cleo: Caller) -> None:
    """What another process chose is in force with its commit, and so is its end (DESIGN 4)."""
    other = world.another_process()
    body = Protect("payments", [ProtectRecord("r", "cust-1", SSN)])
    before = other.protect(cleo, ACME, body).results[0].tokens["person.ssn"]
    choose(world, "person.ssn", "ssn-digits")
    during = other.protect(cleo, ACME, body).results[0].tokens["person.ssn"]
    assert choose(world, "person.ssn", "opaque") == "ssn-digits"
    after = other.protect(cleo, ACME, body).results[0].tokens["person.ssn"]

    assert re.fullmatch(NINE, during)
    assert before.startswith("tok_")
    assert after == before
    assert opened(world, cleo, during, "person.ssn") == opened(world, cleo, after, "person.ssn")


def test_hyphens_and_spaces_of_an_alias_do_not_count(world: World, cleo: Caller) -> None:
    """Systems write numbers as they like; an equal value's alias comes as the format says now."""
    choose(world, "person.ssn", "ssn")
    written = token(world, cleo, "cust-1", SSN)
    digits = written.replace("-", "")
    choose(world, "person.ssn", "ssn-digits")

    assert token(world, cleo, "cust-2", SSN) == digits
    for spelling in (written, digits, f"{digits[:5]} {digits[5:]}"):
        (one,) = world.reveal_tokens(cleo, [spelling], "person.ssn").results
        assert (one.token, one.fields) == (spelling, SSN)


def test_equal_values_share_an_alias_for_those_who_may_search(world: World, cleo: Caller) -> None:
    """For others each is fresh: an alias tells no more of equality than an opaque token does."""
    choose(world, "person.ssn", "ssn")
    dora = world.join("dora")
    world.give("dora", ["protect"])
    shared = {token(world, cleo, f"cust-{n}", SSN) for n in range(3)}
    batch = Protect("payments", [ProtectRecord(f"r{n}", f"cust-{n}", SSN) for n in range(3)])
    shared.update(
        one.tokens["person.ssn"] for one in world.vault.protect(cleo, ACME, batch).results
    )
    fresh = {one.tokens["person.ssn"] for one in world.vault.protect(dora, ACME, batch).results}

    assert len(shared) == 1
    assert len(fresh) == 3
    assert not fresh & shared


def test_shared_aliases_survive_a_new_token_key(world: World, cleo: Caller) -> None:
    """Renewed, or met under the older key: an equal value finds its alias under the new one."""
    choose(world, "person.ssn", "ssn")
    choose(world, "financial.card_number", "card")
    ssn, card = token(world, cleo, "cust-1", SSN), token(world, cleo, "cust-1", CARD)
    choose(world, "person.ssn", "opaque")
    opaque = token(world, cleo, "cust-1", SSN)
    choose(world, "person.ssn", "ssn")
    world.keys.rotate_controller_key(ACME, "token")

    assert token(world, cleo, "cust-2", CARD) == card
    world.settle()
    assert sum(world.renew()) > 0
    assert sum(world.renew()) == 0
    world.settle(timedelta(hours=1))
    world.keys.retire_controller_key(ACME, "token", 1, "00")
    assert token(world, cleo, "cust-3", SSN) == ssn
    assert token(world, cleo, "cust-3", CARD) == card
    choose(world, "person.ssn", "opaque")
    assert token(world, cleo, "cust-3", SSN) == opaque


def test_an_account_that_is_too_short_is_refused_alone(world: World, cleo: Caller) -> None:
    """Never an opaque token in its place: the column could not hold it. Nothing is repeated."""
    choose(world, "financial.bank_account", "account")
    sent = [
        ProtectRecord("short", "cust-1", {"financial.bank_account": "12-34 56"}),
        ProtectRecord("good", "cust-1", {"financial.bank_account": "1234567"}),
    ]
    short, good = world.vault.protect(cleo, ACME, Protect("payments", sent, "continue")).results
    assert short.error is not None
    assert (short.ok, short.error.code) == (False, "token.length")
    assert re.fullmatch(r"[1-9]\d{6}", good.tokens["financial.bank_account"])
    with pytest.raises(Invalid, match=r"^token\.length") as caught:
        world.vault.protect(cleo, ACME, Protect("payments", sent))
    assert "12" not in f"{caught.value} {caught.value.do}"
    change = UpdateRecord("r", good.record, {"financial.bank_account": "123456"})
    with pytest.raises(Invalid, match=r"^token\.length"):
        world.vault.update(cleo, ACME, Update("payments", [change]))
    choose(world, "financial.bank_account", "opaque")
    assert world.vault.protect(cleo, ACME, Protect("payments", sent)).results[0].ok


@pytest.mark.parametrize(("fields", "format_"), [(SSN, "ssn"), (SSN, "ssn-digits"), (CARD, "card")])
def test_an_alias_is_no_value(
    world: World, cleo: Caller, fields: Mapping[str, str], format_: str
) -> None:
    """Sent by mistake to be protected, corrected or found, it is refused (C2.10)."""
    (element,) = fields
    choose(world, element, format_)
    (one,) = world.protected(cleo, "cust-1", fields).results
    alias = one.tokens[element]

    with pytest.raises(Invalid, match=r"^value\.invalid") as caught:
        world.protect(cleo, "cust-2", {element: alias})
    assert alias not in f"{caught.value} {caught.value.do}"
    change = UpdateRecord("r", one.record, {element: alias})
    with pytest.raises(Invalid, match=r"^value\.invalid"):
        world.vault.update(cleo, ACME, Update("payments", [change]))
    with pytest.raises(Invalid, match=r"^value\.invalid"):
        world.search(cleo, element, alias)


@pytest.mark.parametrize("sent", ["961-23-4567", "4111111111111111", "536-90-4399"])
def test_what_is_no_token_here_is_not_repeated(world: World, cleo: Caller, sent: str) -> None:
    """An unknown alias is an error; a value sent in its place does not come back (C3.2)."""
    body = Reveal("payments", ["person.ssn"], tokens=["tok_" + "a" * 26, sent], mode="continue")
    opaque, one = world.vault.reveal(cleo, ACME, body).results
    assert [each.error and each.error.code for each in (opaque, one)] == ["token.unknown"] * 2
    assert (opaque.token, one.token) == (body.tokens[0], "")
    with pytest.raises(NotFound, match=r"^token\.unknown") as caught:
        world.reveal_tokens(cleo, [sent], "person.ssn")
    assert sent not in f"{caught.value} {caught.value.do}"


def test_an_alias_of_the_erased_leads_nowhere_and_is_not_given_again(
    world: World, cleo: Caller
) -> None:
    """Whoever kept it is led to nobody, and never to somebody else; whose it was is gone (C6)."""
    choose(world, "person.ssn", "ssn")
    kept, gone = token(world, cleo, "cust-1", SSN), token(world, cleo, "cust-2", SSN)
    assert kept == gone
    world.erase_subject(cleo, "cust-1")
    assert opened(world, cleo, kept, "person.ssn") == SSN["person.ssn"]
    world.erase_subject(cleo, "cust-2")

    with pytest.raises(NotFound, match=r"^token\.unknown"):
        world.reveal_tokens(cleo, [kept], "person.ssn")
    rows = world.run("SELECT token, fingerprint, key_version FROM vault_token")
    assert [tuple(row) for row in rows] == [(kept.replace("-", ""), None, None)]
    assert world.count("vault_token_holder") == 0
    assert token(world, cleo, "cust-3", SSN) != kept


def test_a_corrected_value_has_another_alias(world: World, cleo: Caller) -> None:
    """The old one leads nowhere; where the value stays, so does its shared alias."""
    choose(world, "person.ssn", "ssn-digits")
    (one,) = world.protected(cleo, "cust-1", SSN).results
    alias = one.tokens["person.ssn"]

    def update(value: str) -> str:
        change = UpdateRecord("r", one.record, {"person.ssn": value})
        done = world.vault.update(cleo, ACME, Update("payments", [change]))
        return done.results[0].tokens["person.ssn"]

    assert update("536904399") == alias
    other = update("536-90-4398")
    assert re.fullmatch(NINE, other)
    assert opened(world, cleo, other, "person.ssn") == "536-90-4398"
    with pytest.raises(NotFound, match=r"^token\.unknown"):
        world.reveal_tokens(cleo, [alias], "person.ssn")
    world.vault.erase(cleo, ACME, Erase("payments", records=[one.record]))
    assert world.count("vault_token") == 2


def test_a_repeated_call_is_answered_with_the_same_aliases(world: World, cleo: Caller) -> None:
    """Idempotency holds for aliases as for other tokens, whatever was chosen meanwhile."""
    choose(world, "person.ssn", "ssn")
    body = Protect("payments", [ProtectRecord("r", "cust-1", SSN)])
    first = world.vault.protect(cleo, ACME, body, idempotency_key="k-1")
    choose(world, "person.ssn", "opaque")

    assert world.vault.protect(cleo, ACME, body, idempotency_key="k-1") == first


# Collisions, in formats with few aliases

ELEMENT = CATALOGUE["financial.bank_account"]
NOBODY = Subject("s", "k", 1, "person", "customer", (), "unknown", ACTIVE, False, ())  # noqa: FBT003 - held


def few(count: int) -> Form:
    """Return a format with so many aliases."""
    width = len(str(count - 1))
    return Form(lambda _normal: f"{choice(range(count)):0{width}d}", 1, 32)


def drawn(world: World, conn: sa.Connection, form: Form, records: Sequence[str]) -> list[str]:
    """Make one fresh token for each record; return them."""
    how = Minting(
        ACME, world.keys, lambda _name: False, write_time(world.moment), {ELEMENT.name: form}
    )
    contents = [Content(one, NOBODY, [Field(ELEMENT, "1", "1")], {}) for one in records]
    tokens = mint(conn, how, contents)
    hold(conn, ACME, contents, tokens)
    return [tokens[one][ELEMENT.name] for one in records]


def test_all_of_a_small_format_are_given_and_then_no_more(world: World) -> None:
    """A batch takes the last free ones by drawing again; one too many is refused, and undone."""
    form, names = few(20), [f"r{n}" for n in range(21)]
    first = world.data.write(ACME, lambda conn: drawn(world, conn, form, names[:12]))
    with pytest.raises(Conflict, match=r"^token\.exhausted"):
        world.data.write(ACME, lambda conn: drawn(world, conn, form, names[12:]))
    assert world.count("vault_token") == 12
    rest = world.data.write(ACME, lambda conn: drawn(world, conn, form, names[12:20]))

    assert len({*first, *rest}) == 20
    assert world.count("vault_token") == world.count("vault_token_holder") == 20


def test_writers_at_the_same_time_never_get_the_same(world: World) -> None:
    """Four writers fill two thirds of a small format in small batches: none meets another's."""
    form, given, lock = few(300), list[str](), threading.Lock()
    start = threading.Barrier(4)

    def write(writer: int) -> None:
        start.wait()
        for batch in range(5):
            names = [f"w{writer}-{batch}-{n}" for n in range(10)]
            made: list[str] = []
            while not made:
                try:
                    made = world.data.write(ACME, lambda conn: drawn(world, conn, form, names))  # noqa: B023 - run at once
                except Unavailable:  # two waited for one another, and one gives way
                    continue
            with lock:
                given.extend(made)

    writers = [threading.Thread(target=write, args=(one,)) for one in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()

    assert len(given) == len(set(given)) == 200
    assert world.count("vault_token") == 200


def test_a_batch_takes_no_statement_for_each_alias(world: World, cleo: Caller) -> None:
    """On PostgreSQL a thousand aliases take as many statements as one, where none collides."""
    if isinstance(world.data, SqliteDatabase):
        pytest.skip("a statement is no round trip on SQLite")
    choose(world, "financial.card_number", "card")

    def sent(count: int) -> int:
        heard: list[str] = []

        def listen(*told: object) -> tuple[object, object]:
            heard.append(str(told[2]))
            return told[2], told[3]

        records = [ProtectRecord("r", f"c-{count}", CARD) for _ in range(count)]
        sa.event.listen(world.data.engine, "before_cursor_execute", listen, retval=True)
        try:
            world.vault.protect(cleo, ACME, Protect("payments", records))
        finally:
            sa.event.remove(world.data.engine, "before_cursor_execute", listen)
        return len(heard)

    sent(1)  # what a first call loads is loaded
    dora = world.join("dora")
    world.give("dora", ["protect"])
    cleo = dora  # whose tokens are each fresh
    sent(2)
    assert sent(1000) == sent(3)


def test_a_failure_says_nothing_of_what_was_drawn(world: World) -> None:
    """No alias and no value is in the error of a format that ran out (C3.2)."""
    with pytest.raises(Failure) as caught:
        world.data.write(ACME, lambda conn: drawn(world, conn, few(2), ["a", "b", "c"]))

    assert caught.value.code == "token.exhausted"
    assert not re.search(r"\d", f"{caught.value} {caught.value.do}")
