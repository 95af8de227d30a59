"""Requests of people in a browser (C7.2(6), C7.3(6)(b))."""

from __future__ import annotations

import json
from pathlib import Path

import pyrage
import pytest
from playwright.sync_api import Page

from tests.browser.desk import Desk, axe
from tests.journeys.requests import HELD, PURPOSE, equip, instruct, person
from tests.journeys.world import ACME

REQUESTS = f"/console/at/{ACME}/requests"
KEY = pyrage.x25519.Identity.generate()
READER = str(KEY.to_public())
MAIL = "juniper@ashgrove.example"


@pytest.fixture(scope="module")
def office(desk: Desk) -> Desk:
    """Return the desk; noor, who never comes to it, enters and judges by key."""
    equip(desk.world)
    desk.world.allow(READER, elements=HELD, purposes=[PURPOSE])
    desk.world.give(ACME, "noor", ["interpret", "audit"])
    return desk


def test_a_denial_and_a_restriction(office: Desk) -> None:
    """A denial takes its reason and an instruction; a restriction ends in two steps."""
    world = office.world
    person(world, "juniper-1", MAIL)
    line = world.line("noor")
    denied = line.enter_request(ACME, "deletion", regime="gdpr", subjects=["juniper-1"])
    kept = line.enter_request(ACME, "restriction", regime="gdpr", subjects=["juniper-1"])
    instruct(world, denied.request, "deny", "noor")
    instruct(world, kept.request, "restriction", "noor")
    with office.seat() as page:
        office.sign_in(page, "bram")
        page.goto(f"{REQUESTS}/{denied.request}")
        page.get_by_text("Deny it, as instructed").click()
        page.get_by_label("For").select_option("legal-claims")
        page.get_by_label("Why, in words that name nobody").first.fill("A <b>suit</b> is open.")
        page.get_by_role("button", name="Deny it").click()
        page.get_by_text("A <b>suit</b> is open.").wait_for()
        page.goto(f"{REQUESTS}/{kept.request}")
        page.get_by_text("Carry it out").click()
        page.get_by_label("Purpose of the accesses").fill(PURPOSE)
        page.get_by_label("Ground on which something goes on").select_option("legal-claims")
        page.get_by_label("Purpose that goes on").fill("legal-compliance")
        page.get_by_label("Why", exact=True).first.fill("A suit is open.")
        page.get_by_role("button", name="Carry out what was instructed").click()
        page.get_by_text("legal-claims: A suit is open.").wait_for()
        page.get_by_role("button", name="Tell the controller that it ends").click()
        page.get_by_text("No instruction of the controller says 'lift'").wait_for()
        assert axe(page) == []


def test_a_request_from_its_mail_to_the_package(office: Desk, tmp_path: Path) -> None:
    """Bram holds what a person wrote; clara instructs; the package opens with its reader's key."""
    world = office.world
    person(world, "juniper-2", MAIL)
    with office.seat() as page:
        office.sign_in(page, "bram")
        page.goto(REQUESTS)
        assert axe(page) == []
        page.get_by_text("Enter a request").click()
        page.get_by_label("Asks for").select_option("access")
        page.get_by_label("Under").select_option("gdpr")
        page.get_by_label("Came by").select_option("misdirected")
        page.get_by_label("Whom it is about").fill(f"person.email: {MAIL}\nreference: juniper-2")
        page.get_by_role("button", name="Hold it").click()
        page.get_by_role("link", name="access ").last.click()
        page.get_by_text("The controller has not instructed us.").wait_for()
        assert axe(page) == []
        assert MAIL not in page.content()
        page.get_by_text("What the person may be told").click()
        page.get_by_role("button", name="Show the words").click()
        page.get_by_text("Your request about your personal data reached us.").wait_for()
        page.goto(REQUESTS)
        page.get_by_role("link", name="access ").last.click()
        _carry_out(page, READER)
        page.get_by_text("No instruction of the controller says 'access'").wait_for()
        held = world.line("noor").list_requests(ACME).requests[0]
        instruct(world, held.request, "access", "noor")
        page.goto(f"{REQUESTS}/{held.request}")
        _carry_out(page, READER)
        page.get_by_text("people 1, records 1, values 3").wait_for()
        assert axe(page) == []
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Fetch the encrypted package").click()
        waiting.value.save_as(tmp_path / "package.age")
    opened = json.loads(pyrage.decrypt((tmp_path / "package.age").read_bytes(), [KEY]))
    with office.seat(color_scheme="dark") as page:
        office.sign_in(page, "clara")
        page.goto(REQUESTS)
        page.get_by_role("link", name="access ").last.click()
        page.get_by_role("button", name="Fetch the encrypted package").wait_for()
        assert page.get_by_text("Carry it out").count() == 0
        assert axe(page) == []

    assert opened["records"][0]["fields"]["person.email"] == MAIL


def _carry_out(page: Page, recipient: str) -> None:
    page.get_by_text("Carry it out").click()
    page.get_by_label("Purpose of the accesses").fill(PURPOSE)
    page.get_by_label("age key of the recipient").fill(recipient)
    page.get_by_role("button", name="Carry out what was instructed").click()
