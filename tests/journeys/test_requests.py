"""Requests of people: told, held, instructed, carried out, proven (C7.2(6), C7.3(6)(b))."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest

from bailee.app import request_package, shapes
from bailee.app.watch_requests import UNRESTRICTED, undone_rights
from bailee.client import BaileeProblem
from bailee.client.request_answers import PersonRequest
from bailee.clock import write_time
from bailee.errors import Broken
from tests.journeys.requests import HELD, PURPOSE, enter, equip, instruct
from tests.journeys.requests import person as protect
from tests.journeys.test_notices import CLARA, reach, with_mail
from tests.journeys.world import ACME, GLOBEX, SEED, World, code_of
from tests.mailbox import Mailbox, mailbox
from tests.sabotage.stage import broken

MAIL = "juniper@ashgrove.example"
FIELDS = {name: SEED[name] for name in HELD} | {"person.email": MAIL}
KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
OTHER = "basil@ashgrove.example"


@pytest.fixture
def posted(own_house: World, tmp_path: Path) -> Iterator[tuple[World, Mailbox]]:
    """Return a house with a mail server and a contact, whose bram may carry requests out."""
    with mailbox(tmp_path) as box:
        with_mail(own_house, tmp_path, box)
        reach(own_house, CLARA)
        equip(own_house)
        yield own_house, box


def person(world: World, subject: str = "juniper-1", mail: str = MAIL) -> str:
    """Protect a record of somebody; return its id."""
    return protect(world, subject, mail)


def execute(world: World, request: str, **more: object) -> PersonRequest:
    """Let bram carry a request out."""
    return world.line("bram").execute_request(ACME, request, PURPOSE, **more)  # type: ignore[arg-type]


def refused(world: World, request: str, **more: object) -> str:
    """Return the code with which bram is refused."""
    return code_of(lambda: execute(world, request, **more))


def states(world: World, *duties: str) -> list[str]:
    """Let the controls of requests look; return the states of duties."""
    caller = world.house.authenticate(world.keys["clara"], "127.0.0.1")
    names = ["notice", "hold", "assistance", "fallback"]
    wanted = [f"consumer-request-{name}" for name in names]
    world.house.run_controls(caller, ACME, shapes.Run([*wanted, "data-subject-requests"]))
    clauses = world.line("clara").show_clauses(ACME).clauses
    found = {one.obligation: one.state for clause in clauses for one in clause.obligations}
    return [found[name] for name in duties]


def test_access_from_a_misdirected_mail_to_the_package(
    posted: tuple[World, Mailbox], tmp_path: Path
) -> None:
    """Nothing is done or said before the controller's instruction; then its key opens the whole."""
    world, box = posted
    record = person(world)
    person(world, "basil-1", OTHER)
    key = pyrage.x25519.Identity.generate()
    recipient = str(key.to_public())
    made = enter(world, "access", mail=MAIL, channel="misdirected")
    held = made.status, made.told, refused(world, made.request, recipient=recipient)
    world.house.deliver()
    (notice,) = box.messages
    instruct(world, made.request, "access")
    unconsented = refused(world, made.request, recipient=recipient)
    world.allow(recipient, elements=HELD, purposes=[PURPOSE])
    done = execute(world, made.request, recipient=recipient)
    again = execute(world, made.request, recipient=recipient)
    sealed = world.line("clara").request_package(ACME, made.request)
    package = json.loads(pyrage.decrypt(sealed, [key]))
    world.house.deliver()

    assert held == ("held", False, "request.uninstructed")
    assert notice[0] == CLARA
    assert made.request.encode() in notice[1]
    assert MAIL.encode() not in notice[1]
    assert unconsented == "consent.missing"
    assert (done.status, done.people, done.records, done.values) == ("done", 1, 1, 3)
    assert (again.status, again.package_sha256) == ("done", done.package_sha256)
    assert package["records"] == [{"record": record, "fields": FIELDS}]
    assert package["request"] == made.request
    assert len(box.messages) == 3  # the second is our word on the instruction
    assert b"values: 3" in box.messages[2][1]
    left = world.line("clara").show_disclosure(ACME, done.disclosure)
    assert (left.status, left.records, left.manifest_sha256) == ("ended", 1, done.package_sha256)
    entries = world.entries(tmp_path)
    assert MAIL not in json.dumps(entries)
    (shown,) = [one for one in entries if one["id"] in done.entries]
    assert (shown["action"], shown["detail"]["request"]) == ("vault:record:revealed", made.request)
    assert states(world, "C11.1.notice", "C11.1.hold", "C11.1.fallback", "C11.2") == [
        "operating", "enforced", "operating", "enforced",
    ]  # fmt: skip


def test_a_package_holds_nobody_elses_values(posted: tuple[World, Mailbox]) -> None:
    """A joint record gives each holder their own value alone (GDPR 15(4))."""
    world, _box = posted
    world.line("importer").protect(
        ACME,
        "payment-processing",
        [{
            "ref": "1", "subject": "juniper-1", "kind": "person",
            "fields": {"person.name": "Juniper Ash", "person.email": OTHER},
            "holders": {"person.email": "basil-1"},
        }],
    )  # fmt: skip
    key = pyrage.x25519.Identity.generate()
    recipient = str(key.to_public())
    world.allow(recipient, elements=HELD, purposes=[PURPOSE])
    fields = {}
    for subject in ("juniper-1", "basil-1"):
        made = enter(world, "portability", subject=subject)
        instruct(world, made.request, "portability")
        execute(world, made.request, recipient=recipient)
        sealed = world.line("bram").request_package(ACME, made.request)
        (one,) = json.loads(pyrage.decrypt(sealed, [key]))["records"]
        fields[subject] = one["fields"]

    assert fields == {
        "juniper-1": {"person.name": "Juniper Ash"},
        "basil-1": {"person.email": OTHER},
    }


def test_correction_reaches_the_person_alone(posted: tuple[World, Mailbox]) -> None:
    """A value is put right; another person's is not, and the old one is found no more."""
    world, _box = posted
    mine, others = person(world), person(world, "basil-1", OTHER)
    made = enter(world, "correction", subject="juniper-1")
    instruct(world, made.request, "correction")
    fields = {"person.name": "Juniper Ashgrove"}
    stranger = refused(world, made.request, corrections=[{"record": others, "fields": fields}])
    none = refused(world, made.request)
    done = execute(world, made.request, corrections=[{"record": mine, "fields": fields}])

    assert (stranger, none) == ("request.not_theirs", "request.corrections")
    assert (done.status, len(done.entries)) == ("done", 1)
    assert world.reveal("payout", mine) == "Juniper Ashgrove"
    assert world.reveal("payout", others) == SEED["person.name"]
    found = world.line("payout").search(
        ACME, "payment-processing", "person.name", equals=SEED["person.name"]
    )
    assert found.records == [others]


def test_restriction_holds_until_the_controller_was_told(
    posted: tuple[World, Mailbox],
) -> None:
    """Only what Article 18(2) names goes on; it ends when the controller has heard so (18(3))."""
    world, _box = posted
    record = person(world)
    made = enter(world, "restriction", mail=MAIL)
    instruct(world, made.request, "restriction")
    claim = {"ground": "legal-claims", "purpose": "legal-compliance", "reason": "A suit is open."}
    unknown = refused(world, made.request, exceptions=[claim | {"purpose": "anything"}])
    done = execute(world, made.request, exceptions=[claim])
    bram, payout = world.line("bram"), world.line("payout")
    shown = code_of(lambda: world.reveal("payout", record))
    found = payout.search(ACME, "payment-processing", "person.email", equals=MAIL).records
    world.give(ACME, "payout", ["reveal"], "person.name", purposes=["legal-compliance"], daily=10)
    claimed = payout.reveal(ACME, "legal-compliance", ["person.name"], records=[record])
    early = code_of(lambda: bram.move_request(ACME, made.request, "lift", purpose=PURPOSE))
    unasked = code_of(lambda: bram.move_request(ACME, made.request, "announce-lift"))
    instruct(world, made.request, "lift")
    bram.move_request(ACME, made.request, "announce-lift")
    untold = code_of(lambda: bram.move_request(ACME, made.request, "lift", purpose=PURPOSE))
    world.house.deliver()
    lifted = bram.move_request(ACME, made.request, "lift", purpose=PURPOSE)

    assert (unknown, done.status) == ("restriction.purpose", "done")
    assert [(one.ground, one.purpose) for one in done.exceptions] == [
        ("legal-claims", "legal-compliance")
    ]
    assert (shown, found) == ("subject.restricted", [])
    assert claimed.results[0].ok
    assert (early, unasked, untold) == (
        "request.state", "request.uninstructed", "request.untold",
    )  # fmt: skip
    assert (lifted.status, len(lifted.entries)) == ("lifted", 2)
    assert world.reveal("payout", record) == SEED["person.name"]


def test_one_controller_s_trouble_keeps_no_other_waiting(
    house: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A round goes on to the others, and the log says by its code what failed."""
    seen = []

    def act(name: str) -> None:
        seen.append(name)
        if name == ACME:
            raise Broken("ledger.opening", "An opening does not fit.")

    house.house.go_round("requests", act)

    assert seen.index(ACME) < seen.index(GLOBEX)
    assert "requests: ledger.opening" in caplog.text


def test_a_restriction_that_was_lifted_unannounced_is_found(
    posted: tuple[World, Mailbox],
) -> None:
    """Whoever may erase can end it in the vault, past the request: the duty fails (GDPR 18(3))."""
    world, _box = posted
    person(world)
    made = enter(world, "restriction", mail=MAIL)
    instruct(world, made.request, "restriction")
    execute(world, made.request)
    before = undone_rights(world.house, ACME)
    world.line("bram").lift(ACME, PURPOSE, ["juniper-1"])

    assert UNRESTRICTED not in before
    assert UNRESTRICTED in undone_rights(world.house, ACME)


def test_deletion_is_stopped_by_a_hold_and_proven_after_it(
    posted: tuple[World, Mailbox],
) -> None:
    """A legal hold stops it with its reason; released, the keys go and the entry says whose."""
    world, box = posted
    record = person(world)
    made = enter(world, "deletion", mail=MAIL, channel="misdirected")
    instruct(world, made.request, "deletion")
    bram = world.line("bram")
    bram.hold(ACME, "payment-processing", ["juniper-1"])
    held = refused(world, made.request)
    stopped = bram.move_request(ACME, made.request, "stop", note="Case 12 is pending.")
    world.house.deliver()
    told = [body for _, body in box.messages if b"Case 12 is pending." in body]
    bram.release(ACME, "payment-processing", ["juniper-1"])
    done = execute(world, made.request)
    again = execute(world, made.request)

    assert (held, stopped.status, len(told)) == ("request.legal_hold", "stopped", 1)
    assert (done.status, done.people, done.records) == ("done", 1, 1)
    assert len(done.entries) == 1
    assert again.entries == done.entries
    assert code_of(lambda: world.reveal("payout", record)) == "record.unknown"
    assert world.count("vault_subject", ACME) == 0
    certified = world.line("bram").certify_erasure(ACME, done.entries[0])
    assert certified.keys == 1


def test_killed_half_way_it_goes_on_once(posted: tuple[World, Mailbox]) -> None:
    """A deletion whose process died after the announcement is finished by the same call."""
    world, _box = posted
    person(world)
    made = enter(world, "deletion", subject="juniper-1")
    instruct(world, made.request, "deletion")
    house, caller = world.house, world.house.authenticate(world.keys["bram"], "127.0.0.1")
    from bailee.app.request_shapes import Execution  # noqa: PLC0415 - the house's own shape

    house.parts.data.write(
        ACME,
        lambda conn: house._request_begun(
            conn, caller, house.requests.found(conn, ACME, made.request), Execution(PURPOSE)
        ),
    )
    world.line("bram").erase(ACME, PURPOSE, subjects=["juniper-1"])
    world.close()
    world.open()
    middle = world.line("bram").show_request(ACME, made.request)
    done = execute(world, made.request)

    assert middle.status == "executing"
    assert (done.status, done.people, done.records, len(done.entries)) == ("done", 1, 1, 1)


def test_a_denial_names_its_reason_and_is_instructed(posted: tuple[World, Mailbox]) -> None:
    """Without a word of the list, words, and an instruction nobody is denied anything."""
    world, _box = posted
    made = enter(world, "access", subject="nobody-here")
    bram = world.line("bram")

    def deny(**more: str) -> str:
        return code_of(lambda: bram.move_request(ACME, made.request, "deny", **more))

    bare = deny(note="No."), deny(reason="unfounded"), deny(reason="unfounded", note="Twice.")
    instruct(world, made.request, "deny")
    done = deny(reason="unfounded", note="It was answered last week.")
    after = bram.show_request(ACME, made.request)

    assert bare == ("request.denial", "request.words", "request.uninstructed")
    assert done == "done"
    assert (after.status, after.denial) == ("denied", "unfounded")
    assert after.instruction


def test_the_person_hears_only_who_is_responsible(posted: tuple[World, Mailbox]) -> None:
    """Ten business days without instruction: the words of the law, once the controller knows."""
    world, _box = posted
    made = enter(world, "access", mail=MAIL, channel="misdirected", regime="ccpa")
    bram = world.line("bram")
    letter = bram.request_letter(ACME, made.request)
    before = code_of(lambda: bram.move_request(ACME, made.request, "tell-person"))
    world.house.deliver()
    world.shift += timedelta(days=20)
    late = states(world, "C11.1.notice", "C11.1.fallback")
    told = bram.move_request(ACME, made.request, "tell-person")
    passed = enter(world, "access", mail=MAIL)
    other = code_of(lambda: bram.move_request(ACME, passed.request, "tell-person"))

    assert "Acme" in letter.text
    assert MAIL not in letter.text
    assert before == "request.untold"
    assert late == ["failing", "failing"]  # nobody acknowledged; nobody told the person
    assert (told.person_told_basis, other) == ("C11.1.fallback", "request.no_word")


def test_an_untold_request_fails_its_duty(own_house: World) -> None:
    """Without a mail server the clock runs out, and the duty says so by itself (C11.1)."""
    world = own_house
    enter(world, "access", subject="juniper-1", channel="misdirected")
    before = states(world, "C11.1.notice")
    world.shift += timedelta(days=5)
    world.house.deliver()

    assert before == ["operating"]
    assert states(world, "C11.1.notice") == ["failing"]


def test_who_may_and_whom_it_is_about(posted: tuple[World, Mailbox]) -> None:
    """Each side enters what came to it; strangers find nothing; two people are not one."""
    world, _box = posted
    person(world)
    person(world, "juniper-2")
    made = enter(world, "access", mail=MAIL)
    instruct(world, made.request, "access")
    key = str(pyrage.x25519.Identity.generate().to_public())
    two = refused(world, made.request, recipient=key)
    world.line("bram").identify_request(ACME, made.request, subjects=["juniper-1"])
    stale = refused(world, made.request, recipient=key)
    codes = {
        "clara, misdirected": code_of(
            lambda: enter(world, "access", who="clara", mail=MAIL, channel="misdirected")
        ),
        "clara, own": code_of(lambda: enter(world, "access", who="clara", mail=MAIL)),
        "greta": code_of(lambda: enter(world, "access", who="greta", mail=MAIL)),
        "a service": code_of(lambda: enter(world, "access", who="payout", mail=MAIL)),
        "clara carries out": code_of(
            lambda: world.line("clara").execute_request(ACME, made.request, PURPOSE)
        ),
        "another controller's": code_of(
            lambda: world.line("greta").show_request(GLOBEX, made.request)
        ),
        "a birthday": code_of(
            lambda: world.line("bram").enter_request(
                ACME, "access", regime="gdpr", said={"person.birth_date": "1971-08-10"}
            )
        ),
        "the first year": code_of(
            lambda: world.line("bram").enter_request(
                ACME, "access", regime="ccpa", received="0001-01-01T00:00:00Z"
            )
        ),
        "tomorrow": code_of(
            lambda: world.line("bram").enter_request(
                ACME, "access", regime="gdpr", received=write_time(world.now() + timedelta(days=1))
            )
        ),
    }

    assert (two, stale) == ("request.ambiguous", "request.uninstructed")
    assert codes == {
        "clara, misdirected": "request.not_theirs",
        "clara, own": "done",
        "greta": "controller.unknown",
        "a service": "grant.missing",
        "clara carries out": "request.not_yours",
        "another controller's": "request.unknown",
        "a birthday": "element.not_indexed",
        "the first year": "request.time",
        "tomorrow": "request.time",
    }


def test_two_who_carry_out_at_once_make_one_package(posted: tuple[World, Mailbox]) -> None:
    """Whoever comes second is refused or shown what is done; one package, one account."""
    world, _box = posted
    person(world)
    key = pyrage.x25519.Identity.generate()
    recipient = str(key.to_public())
    world.allow(recipient, elements=HELD, purposes=[PURPOSE])
    made = enter(world, "access", mail=MAIL)
    instruct(world, made.request, "access")
    with ThreadPoolExecutor(4) as pool:
        codes = list(
            pool.map(lambda _: refused(world, made.request, recipient=recipient), range(4))
        )
    done = world.line("bram").show_request(ACME, made.request)
    sealed = world.line("bram").request_package(ACME, made.request)

    assert "done" in codes
    assert set(codes) <= {"done", "request.state", "disclosure.ended"}
    assert done.status == "done"
    assert hashlib.sha256(sealed).hexdigest() == done.package_sha256
    assert world.count("privacy_request_package", ACME) == 1
    disclosures = world.line("bram").list_disclosures(ACME).disclosures
    assert [one.manifest_sha256 for one in disclosures if one.status == "ended"] == [
        done.package_sha256
    ]


def test_a_package_read_and_lost_is_made_again_once(posted: tuple[World, Mailbox]) -> None:
    """The process dies after the values were read: they are read again, and recorded again."""
    world, _box = posted
    person(world)
    key = pyrage.x25519.Identity.generate()
    recipient = str(key.to_public())
    world.allow(recipient, elements=HELD, purposes=[PURPOSE])
    made = enter(world, "portability", mail=MAIL)
    instruct(world, made.request, "portability")
    with broken(request_package, "seal", _dies), suppress(BaileeProblem):
        execute(world, made.request, recipient=recipient)
    middle = world.line("bram").show_request(ACME, made.request)
    world.close()
    world.open()
    done = execute(world, made.request, recipient=recipient)
    left = world.line("bram").show_disclosure(ACME, done.disclosure)

    assert (middle.status, middle.fetchable) == ("executing", False)
    assert (done.status, done.disclosure) == ("done", middle.disclosure)
    assert (left.answered, left.records) == (2, 1)  # what was read twice stands there twice


def _dies(*_: object) -> bytes:
    raise Broken("test.dies", "The process dies here.")


def test_a_person_of_many_records_goes_whole(posted: tuple[World, Mailbox]) -> None:
    """More records than one call takes: all of them, each once, with every page's entry."""
    world, _box = posted
    rows = [
        {"ref": str(n), "subject": "juniper-1", "fields": {"person.name": f"Juniper {n}"}}
        for n in "abcdefghij"
    ]
    for _ in range(51):
        world.line("importer").protect(ACME, "payment-processing", rows)
    key = pyrage.x25519.Identity.generate()
    recipient = str(key.to_public())
    world.allow(recipient, elements=HELD, purposes=[PURPOSE])
    made = enter(world, "access", subject="juniper-1")
    instruct(world, made.request, "access")
    done = execute(world, made.request, recipient=recipient)
    sealed = world.line("bram").request_package(ACME, made.request)
    records = json.loads(pyrage.decrypt(sealed, [key]))["records"]

    assert (done.records, len(done.entries)) == (510, 2)
    assert len({one["record"] for one in records}) == 510


def test_by_command(own_house: World, tmp_path: Path) -> None:
    """Whom it is about is read from a file; what is printed names nobody."""
    world = own_house
    equip(world)
    person(world)
    world.close()

    def run(*args: str, who: str = "bram", stdin: str = "") -> str:
        done = world.cli("request", *args, "-c", ACME, who=who, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout

    said = run(
        "enter", "access", "gdpr", "--misdirected", "--people", "-", "--json",
        stdin=f"reference: juniper-1\nperson.email: {MAIL}\n",
    )  # fmt: skip
    item = json.loads(said)["request"]
    listed, letter = run("list", who="clara"), run("letter", item)
    early = world.cli("request", "execute", item, "-c", ACME, "-p", PURPOSE, "--recipient", KEY,
                      who="bram")  # fmt: skip
    gone = run("move", item, "withdraw", "--note", "They wrote again.")

    assert MAIL not in said + listed + letter + gone
    assert item in listed
    assert "Acme" in letter
    assert (early.returncode, "request.uninstructed" in early.stderr) == (1, True)
    assert "withdrawn" in gone
