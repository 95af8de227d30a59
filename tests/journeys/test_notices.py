"""Notices by a real mail server: handed, signed, acknowledged, escalated, mail down (C9.1, C10)."""

from __future__ import annotations

import email
import hashlib
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from bailee.db import HOUSE
from bailee.errors import Unavailable
from bailee.procedures import Matter, Message, Timer
from bailee.procedures.notices import Sending
from tests.journeys.world import ACME, GLOBEX, World, code_of
from tests.mailbox import PASSWORD, USER, Mailbox, mailbox
from tests.sabotage.stage import broken

CASE = Matter(ACME, "incident", "5" * 32)
BREACH = Message("breach", "security", "A suspected breach", ("Records: 12.", "", "Persons: 3."))
CLARA = "clara@acme.example"


@pytest.fixture
def posted(own_house: World, tmp_path: Path) -> Iterator[tuple[World, Mailbox]]:
    """Return a house with a mail server, and that server."""
    with mailbox(tmp_path) as box:
        with_mail(own_house, tmp_path, box)
        yield own_house, box


def with_mail(world: World, folder: Path, box: Mailbox) -> None:
    """Open the house anew with a mail server."""
    (folder / "password").write_text(PASSWORD, "utf-8")
    world.close()
    world.settings = replace(
        world.settings,
        smtp=f"smtp://{USER}@localhost:{box.port}",
        smtp_password_file=str(folder / "password"),
        smtp_ca_file=box.ca_file,
        smtp_from="notices@harborline.example",
    )
    world.open()


def reach(world: World, *addresses: str, certificate: str = "") -> None:
    """Let clara name whom acme wants to be told: the first, then a delegate."""
    for rank, address in zip(("first", "delegate"), addresses, strict=False):
        world.line("clara").add_contact(
            ACME, "security", rank, name="Security desk",  # type: ignore[arg-type]
            address=f"mailto:{address}", certificate=certificate,
        )  # fmt: skip


def write(world: World, matter: Matter = CASE, meets: str = "") -> str:
    """Write a notice; return its id."""
    house = world.house
    made = house.parts.data.write(
        ACME, lambda conn: house.notices.write(conn, {}, matter, BREACH, meets=meets)
    )
    return made.notice_id


def status(world: World, notice: str) -> str:
    """Return how a notice stands."""
    return world.line("clara").show_notice(ACME, notice).status


def test_a_notice_is_handed_signed_and_meets_its_clock(
    posted: tuple[World, Mailbox], tmp_path: Path
) -> None:
    """The message is signed by the house; the clock counts when the server took it (C9.1)."""
    world, box = posted
    house, began = world.house, world.house.parts.clock.now() - timedelta(hours=3)
    reach(world, CLARA)

    def start(conn: sa.Connection) -> list[Timer]:
        return house.timers.start(conn, {}, CASE, trigger="breach-suspected", since=began)

    made = house.parts.data.write(ACME, start)
    notice = write(world, meets="breach-suspected")
    before = [one.status for one in world.line("clara").list_timers(ACME).timers]
    moved = house.deliver()
    shown = world.line("clara").show_notice(ACME, notice)
    ((to, message),) = box.messages
    (tmp_path / "message.eml").write_bytes(message)
    checked = subprocess.run(
        ["openssl", "cms", "-verify", "-in", "message.eml", "-noverify", "-signer", "signer.pem"],
        cwd=tmp_path, capture_output=True, check=True,
    )  # fmt: skip

    assert made, "the model addendum names a clock for it"
    assert (moved, to, shown.status) == (1, CLARA, "handed")
    assert b"Records: 12." in checked.stdout
    assert shown.body_sha256.encode() in checked.stdout.replace(b"=\r\n", b"")
    assert shown.handings[0].message_sha256 == hashlib.sha256(message).hexdigest()
    assert shown.handings[0].receipt == "2.0.0 queued as 1"
    assert before == ["running"] * len(made)
    timers = world.line("clara").list_timers(ACME).timers
    assert {one.status for one in timers} <= {"met", "late"}
    assert all(one.back_dated for one in timers)
    told = [one["action"] for one in world.entries(tmp_path)]
    assert "procedures:notice:handed" in told
    assert house.deliver() == 0  # once


def test_a_tampered_message_does_not_verify(posted: tuple[World, Mailbox], tmp_path: Path) -> None:
    """One digit changed on the way: the signature does not fit any more."""
    world, box = posted
    reach(world, CLARA)
    write(world)
    world.house.deliver()
    changed = box.messages[0][1].replace(b"Records: 12.", b"Records: 13.")
    (tmp_path / "message.eml").write_bytes(changed)
    checked = subprocess.run(
        ["openssl", "cms", "-verify", "-in", "message.eml", "-noverify"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip

    assert b"Records: 13." in changed
    assert checked.returncode != 0


def test_mail_down_delays_and_never_counts_as_told(own_house: World, tmp_path: Path) -> None:
    """While nothing takes the message the notice waits and its clock runs; later it goes once."""
    world = own_house
    with mailbox(tmp_path) as box:
        with_mail(world, tmp_path, box)
        reach(world, CLARA)
        port = box.port
    notice = write(world)
    world.house.deliver()
    down = world.line("clara").show_notice(ACME, notice)
    at_once = world.house.deliver()
    world.shift += timedelta(minutes=2)
    with mailbox(tmp_path, port=port) as box:
        box.refuse = "451 not now"
        world.house.deliver()
        deferred = world.line("clara").show_notice(ACME, notice)
        box.refuse = ""
        world.shift += timedelta(minutes=3)
        world.house.deliver()
        arrived = list(box.messages)

    assert (down.status, down.failure, down.attempts) == ("waiting", "mail.unreachable", 1)
    assert at_once == 0  # not before its time
    assert (deferred.status, deferred.failure) == ("waiting", "mail.deferred")
    assert status(world, notice) == "handed"
    assert [to for to, _ in arrived] == [CLARA]
    actions = [one["action"] for one in world.entries(tmp_path)]
    assert actions.count("procedures:notice:delayed") == 1


def test_silence_goes_to_the_delegate_once(posted: tuple[World, Mailbox]) -> None:
    """What nobody acknowledged within the target goes to the delegate, once, under its own id."""
    world, box = posted
    reach(world, CLARA, "duty@acme-second.example")
    notice = write(world)
    world.house.deliver()
    world.shift += timedelta(days=7)
    due = world.line("clara").show_notice(ACME, notice)
    world.house.deliver()
    world.house.deliver()
    ids = {email.message_from_bytes(data)["Message-ID"] for _, data in box.messages}

    assert due.unanswered
    assert [to for to, _ in box.messages] == [CLARA, "duty@acme-second.example"]
    assert len(ids) == 2
    assert world.line("clara").show_notice(ACME, notice).escalated


def test_only_the_controller_acknowledges(posted: tuple[World, Mailbox], tmp_path: Path) -> None:
    """By the code that only the message carries, or by its representative; by nobody of ours."""
    world, box = posted
    reach(world, CLARA)
    notice, other = write(world), write(world)
    world.house.deliver()
    text = email.message_from_bytes(box.messages[0][1]).as_bytes().replace(b"=\n", b"")
    code = next(iter(re.findall(rb"^([0-9a-f]{32})\s*$", text, re.MULTILINE))).decode()
    nobody = world.line()
    ours = code_of(lambda: world.line("bram").acknowledge_notice(ACME, notice))
    guesses = [
        code_of(partial(nobody.confirm_notice, where, what, guess))
        for where, what, guess in (
            (ACME, notice, "0" * 32), (ACME, other, code), (GLOBEX, notice, code),
            (ACME, "f" * 32, code), ("nowhere", notice, code),
        )
    ]  # fmt: skip
    confirmed = nobody.confirm_notice(ACME, notice, code)
    again = nobody.confirm_notice(ACME, notice, code)
    by_person = world.line("clara").acknowledge_notice(ACME, other)

    refused = [
        one["detail"]["code"]
        for one in world.entries(tmp_path, HOUSE)
        if one["action"] == "access:credential:refused"
    ]

    assert "notice.code" in refused  # whoever guesses is on record
    assert ours == "notice.theirs"
    assert set(guesses) == {"notice.code"}
    assert (confirmed.status, again.acknowledged) == ("acknowledged", confirmed.acknowledged)
    assert by_person.acknowledged_by == world.ids["clara"]
    stored = world.line("clara").show_notice(ACME, notice)
    assert stored.acknowledged_by == "code"
    assert code not in stored.body


def test_one_controllers_trouble_keeps_no_others_notice(posted: tuple[World, Mailbox]) -> None:
    """What cannot be read for one controller is told to the operator; the others' notices leave."""
    world, box = posted
    house, due = world.house, world.house.notices.due
    world.line("greta").add_contact(
        GLOBEX, "security", "first", name="Desk", address="mailto:greta@globex.example"
    )
    case = Matter(GLOBEX, "incident", "6" * 32)
    house.parts.data.write(GLOBEX, lambda conn: house.notices.write(conn, {}, case, BREACH))

    def broken_for_acme(conn: sa.Connection, controller: str) -> list[Sending]:
        if controller == ACME:
            raise Unavailable("db.locked", "The database is locked.")
        return due(conn, controller)

    with broken(house.notices, "due", broken_for_acme):
        moved = house.deliver()

    assert moved == 1
    assert [to for to, _ in box.messages] == ["greta@globex.example"]


def test_versions_stay_beside_each_other(posted: tuple[World, Mailbox], tmp_path: Path) -> None:
    """A second notice of a kind is version 2; the first one's text is what it was (GDPR 33(4))."""
    world, _box = posted
    first, second = write(world), write(world)
    found = {one.notice: one.version for one in world.line("clara").list_notices(ACME).notices}

    assert (found[first], found[second]) == (1, 2)
    leaves = "\n".join(str(one) for one in world.entries(tmp_path))
    assert "Records: 12." not in leaves
    assert BREACH.subject not in leaves


def test_without_a_contact_a_notice_waits_in_plain_sight(posted: tuple[World, Mailbox]) -> None:
    """Nobody to tell: the notice says so, and goes out as soon as there is a contact (C10)."""
    world, box = posted
    notice = write(world)
    world.house.deliver()
    before = world.line("clara").show_notice(ACME, notice)
    gaps = world.line("clara").list_contacts(ACME).gaps
    reach(world, CLARA)
    world.shift += timedelta(minutes=2)
    world.house.deliver()

    assert (before.status, before.failure, gaps) == ("waiting", "contacts.none", ["contacts.none"])
    assert len(box.messages) == 1
    assert world.line("clara").list_contacts(ACME).gaps == ["contacts.no_delegate"]


def test_what_is_agreed_to_be_encrypted_is_read_by_its_reader_alone(
    posted: tuple[World, Mailbox], tmp_path: Path
) -> None:
    """With a certificate the text travels encrypted, signed inside, and opens with its key."""
    world, box = posted
    reader, key = reader_certificate(tmp_path)
    reach(world, CLARA, certificate=reader)
    write(world)
    world.house.deliver()
    (_, message) = box.messages[0]
    (tmp_path / "message.eml").write_bytes(message)
    opened = subprocess.run(
        ["openssl", "cms", "-decrypt", "-in", "message.eml", "-inkey", str(key), "-out", "in.eml"],
        cwd=tmp_path, capture_output=True, check=True,
    )  # fmt: skip
    checked = subprocess.run(
        ["openssl", "cms", "-verify", "-in", "in.eml", "-noverify"],
        cwd=tmp_path, capture_output=True, check=True,
    )  # fmt: skip

    assert opened.returncode == 0
    assert b"Records" not in message
    assert b"Records: 12." in checked.stdout


def test_openpgp_is_agreed_to_as_well(posted: tuple[World, Mailbox], tmp_path: Path) -> None:
    """With an OpenPGP certificate GnuPG opens the message, and nobody reads it on the way."""
    world, box = posted
    gpg = ["gpg", "--homedir", str(tmp_path / "ring"), "--batch", "--quiet"]
    (tmp_path / "ring").mkdir(mode=0o700)
    made = [
        "--passphrase",
        "",
        "--quick-generate-key",
        "Desk <clara@acme.example>",
        "rsa3072",
        "cert",
    ]
    subprocess.run([*gpg, *made], check=True, capture_output=True)
    listed = subprocess.run(
        [*gpg, "--list-keys", "--with-colons"], check=True, capture_output=True, text=True
    ).stdout
    mark = next(line for line in listed.splitlines() if line.startswith("fpr")).split(":")[9]
    subprocess.run(
        [*gpg, "--passphrase", "", "--quick-add-key", mark, "rsa3072", "encrypt"],
        check=True, capture_output=True,
    )  # fmt: skip
    armored = subprocess.run(
        [*gpg, "--armor", "--export"], check=True, capture_output=True, text=True
    )
    reach(world, CLARA, certificate=armored.stdout)
    write(world)
    world.house.deliver()
    (_, message) = box.messages[0]
    block = re.search(rb"-----BEGIN PGP MESSAGE.*?END PGP MESSAGE-----", message, re.DOTALL)
    assert block is not None
    opened = subprocess.run([*gpg, "--decrypt"], input=block[0], check=True, capture_output=True)

    assert b"Records" not in message
    assert b"Records: 12." in opened.stdout


def reader_certificate(folder: Path) -> tuple[str, Path]:
    """Make a reader's certificate (PEM); return it and the file of its key."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Security desk")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .sign(key, SHA256())
    )
    where = folder / "reader.key"
    where.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return made.public_bytes(serialization.Encoding.PEM).decode(), where


def test_contacts_are_moved_by_the_controller_or_upon_its_writing(
    posted: tuple[World, Mailbox],
) -> None:
    """Whoever could redirect notices could silence a breach: not by us alone, not by another's.

    ASVS 1.3.6, 1.3.11: an address that is called is on a host that the operator listed; no header
    is made of one.
    """
    world, _box = posted
    fields = {"name": "Desk", "address": "mailto:desk@acme.example"}

    def add(who: str, **more: str) -> str:
        line = world.line(who)
        return code_of(lambda: line.add_contact(ACME, "security", "first", **fields | more))

    codes = {
        "us alone": add("bram"),
        "us upon a writing": add("bram", reference="letter 9"),
        "their representative": add("clara"),
        "another controller's": add("greta"),
        "a service": add("payout"),
        "a header": add("clara", address="mailto:a@b.example\r\nBcc: x@y.example"),
        "a host in our network": add("clara", address="https://169.254.169.254/latest"),
    }

    assert codes == {
        "us alone": "contact.reference",
        "us upon a writing": "done",
        "their representative": "done",
        "another controller's": "controller.unknown",
        "a service": "grant.missing",
        "a header": "body.shape",
        "a host in our network": "contact.host",
    }


def test_a_deadline_moves_with_its_reason_and_shows_that_it_moved(
    posted: tuple[World, Mailbox], tmp_path: Path
) -> None:
    """An extension keeps the first deadline, and comes in time; the log says missed once."""
    world, _box = posted
    house = world.house
    began = house.parts.clock.now()
    (one, *_) = house.parts.data.write(
        ACME,
        lambda conn: house.timers.start(conn, {}, CASE, trigger="breach-suspected", since=began),
    )
    bram, later = world.line("bram"), one.due + timedelta(days=5)
    text = later.isoformat().replace("+00:00", "Z")
    reasonless = code_of(lambda: bram.extend_timer(ACME, one.timer_id, until=text, reason=" "))
    foreign = code_of(
        lambda: world.line("greta").extend_timer(ACME, one.timer_id, until=text, reason="why")
    )
    moved = bram.extend_timer(ACME, one.timer_id, until=text, reason="the logs are many")
    world.shift += timedelta(days=20)
    world.house.deliver()
    world.house.deliver()
    too_late = code_of(
        lambda: bram.extend_timer(ACME, one.timer_id, until=world.until(), reason="still many")
    )

    assert (reasonless, foreign, too_late) == (
        "timer.extension", "controller.unknown", "timer.late",
    )  # fmt: skip
    assert moved.first_due < moved.due
    told = [entry["action"] for entry in world.entries(tmp_path)]
    assert told.count("procedures:timer:missed") == len(
        [t for t in world.line("clara").list_timers(ACME).timers if t.status == "missed"]
    )
