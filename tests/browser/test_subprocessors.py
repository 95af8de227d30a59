"""Sub-processors in a browser: recorded, proposed, consented to, engaged, objected to (C7.3(5))."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page

from bailee.db import HOUSE
from tests.browser.desk import Desk, axe, places
from tests.journeys.world import ACME

REGISTER = "/console/subprocessors"
HERE = f"/console/at/{ACME}/subprocessors"
NAME = "North Print Ltd"


def record(page: Page) -> None:
    """Fill in the forms of the register: who it is, and what its contract covers."""
    page.goto(REGISTER)
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Address").fill("3 Quay Street, Cork")
    page.get_by_label("Contact").fill("Privacy desk, privacy@north.example")
    page.get_by_label("Services, one a line").fill("printing of letters\nposting")
    page.get_by_label("Categories of data").fill("person.name, person.address")
    page.get_by_label("Countries from where").fill("IE US")
    page.get_by_role("button", name="Record", exact=True).click()
    card = page.get_by_role("article", name=NAME)
    card.get_by_text("Compare its contract with ours").click()
    card.get_by_label("Where the contract is kept").fill("file 3")
    card.get_by_label("SHA-256 of its file").fill("ab" * 32)
    for choice in card.locator("select").all():
        choice.select_option("covered")
    card.get_by_role("button", name="Record the comparison").click()
    page.get_by_text("covers every duty").wait_for()


def consent(page: Page, folder: Path) -> None:
    """Read what is proposed, on a telephone, and consent."""
    page.goto(HERE)
    page.get_by_text("days left").wait_for()
    assert page.get_by_role("button", name="Engage").count() == 0
    page.screenshot(path=folder / "noticed.png", full_page=True)
    page.get_by_role("button", name="Consent", exact=True).click()
    page.get_by_text("in person").wait_for()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 380


def a_month_later(desk: Desk) -> None:
    """Let the days pass; ada renews what ends with them."""
    world = desk.world
    world.shift += timedelta(days=29)
    world.line("ada").grant(
        ACME, world.ids["bram"], verbs=["interpret", "audit"], until=world.until()
    )
    world.give(HOUSE, "bram", ["people"])
    world.shift += timedelta(days=3)


def test_a_sub_processor_goes_its_way_in_the_browser(desk: Desk, tmp_path: Path) -> None:
    """Ours record and propose; clara reads, consents and objects; each page is accessible."""
    world, wide = desk.world, {"width": 1100, "height": 900}
    with desk.seat(viewport=wide) as page:
        desk.sign_in(page, "bram")
        record(page)
        assert axe(page) == []
        page.screenshot(path=tmp_path / "register.png", full_page=True)
        page.goto(HERE)
        page.get_by_label("From the register").select_option(label=NAME)
        page.get_by_role("button", name="Propose, and write the notice").click()
        page.get_by_text("not handed over yet").wait_for()
        assert axe(page) == []
    (one,) = world.line("clara").list_subprocessors(ACME).engagements
    world.line("clara").acknowledge_notice(ACME, one.notice)
    with desk.seat(color_scheme="dark", viewport={"width": 380, "height": 800}) as page:
        desk.sign_in(page, "clara")
        consent(page, tmp_path)
    with desk.seat(viewport=wide) as page:
        desk.sign_in(page, "bram")
        page.goto(HERE)
        page.get_by_role("button", name="Engage", exact=True).click()
        page.get_by_text("subprocessor.too_early").wait_for()
    a_month_later(desk)
    with desk.seat(viewport=wide) as page:
        desk.sign_in(page, "bram")
        page.goto(HERE)
        page.get_by_role("button", name="Engage", exact=True).click()
        page.get_by_text("may flow, until somebody objects").wait_for()
        page.screenshot(path=tmp_path / "engaged.png", full_page=True)
    with desk.seat(viewport=wide) as page:
        desk.sign_in(page, "clara")
        assert HERE in places(page)  # a representative needs no grant for it
        page.goto(HERE)
        page.get_by_label("Why, if you want to say").fill("<b>They were in the news.</b>")
        page.get_by_role("button", name="Take the consent back").click()
        page.get_by_text("<b>They were in the news.</b>").wait_for()
        assert axe(page) == []
        page.screenshot(path=tmp_path / "objected.png", full_page=True)
        newest = page.get_by_role("region", name="The list").locator("tbody tr").first
        with page.expect_download() as waiting:
            newest.get_by_role("link").click()
        kept = Path(waiting.value.path()).read_bytes()
        assert hashlib.sha256(kept).hexdigest() == newest.locator("code").inner_text()
