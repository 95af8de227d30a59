"""Reading before access, and reviewing it, in a browser (C2.2, C2.5(6))."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page

from tests.browser.desk import GOOD, MAILS, Desk, axe
from tests.browser.test_records import reach
from tests.journeys.world import ACME

REVIEWS = f"/console/at/{ACME}/reviews"


def test_a_newcomer_reads_and_signs(desk: Desk) -> None:
    """Signing in leads to what is due; once signed and acknowledged, it leads to today again."""
    world = desk.world
    world.invite("nia", "Nia Osei")
    world.people.discard("nia")  # reads it herself, here
    world.give(ACME, "nia", ["reveal"], "person.name")
    MAILS["nia"] = "nia.osei@harborline.example"
    with desk.seat() as page:
        desk.welcome(page, "nia")
        page.goto("/console/today")
        page.get_by_text("Read and acknowledge the undertaking").wait_for()
        page.goto("/console/account")
        page.get_by_role("button", name="Sign out").click()
        _come_in(page, desk, "nia")
        page.wait_for_url("**/console/procedures")
        assert axe(page) == []
        for name in ("Sign", "Acknowledge"):
            card = page.get_by_role("article").filter(
                has=page.get_by_role("button", name=name, exact=True)
            )
            card.get_by_label("I have read this").check()
            card.get_by_role("button", name=name, exact=True).click()
            page.get_by_role("button", name=f"{name} again").wait_for()
        assert axe(page) == []
    with desk.seat() as page:
        _come_in(page, desk, "nia")
        page.wait_for_url("**/console/today")


def _come_in(page: Page, desk: Desk, who: str) -> None:
    """Sign in with password and code, wherever that leads."""
    page.goto("/console/sign-in")
    page.get_by_label("E-mail").fill(MAILS[who])
    page.get_by_label("Password").fill(GOOD)
    page.get_by_label("Code").fill(desk.code(who))
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_reviewer_decides_by_keyboard(desk: Desk) -> None:
    """Esra opens a review and ends dev's right without a mouse; her own row offers nothing."""
    world = desk.world
    world.reveal("payout", world.protect("reviewed-in-a-browser"))
    with desk.seat() as page:
        desk.sign_in(page, "esra")
        page.goto(REVIEWS)
        reach(page, "form[action$='reviews/open'] button")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Opened").wait_for()
        page.get_by_text("reveal 1 calls").wait_for()
        assert axe(page) == []
        page.set_viewport_size({"width": 380, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 380
        dev = page.get_by_role("article").filter(has_text="Dev Ranganathan").first
        grant = dev.locator("input[name=grant]").input_value()
        own = page.get_by_role("article").filter(has_text="Esra Demir").first
        assert own.get_by_role("button").count() == 0
        reach(page, f"form:has(input[value='{grant}']) select[name=decision]")
        page.keyboard.type("end")
        reach(page, f"form:has(input[value='{grant}']) input[name=reason]")
        page.keyboard.type("The project is over")
        page.keyboard.press("Enter")
        page.get_by_text("The project is over").wait_for()
        page.get_by_role("button", name="Close the review").click()
        page.get_by_text("review.undecided").wait_for()
        assert axe(page) == []
    living = [one for one in world.line("ada").list_grants(ACME).grants if one.grant == grant]
    assert [one.status for one in living] == ["revoked"]


def test_a_dormant_colleague_is_let_back_in(desk: Desk) -> None:
    """Bram's list shows who was suspended, and a button that lets them in."""
    world = desk.world
    access, data = world.house.parts.access, world.house.parts.data
    machine = {"kind": "machine", "principal_id": "schedule"}
    dev = world.ids["dev"]
    world.shift += timedelta(days=3)
    data.write("house", lambda c: access.lapse(c, dev, timedelta(days=1), actor=machine))
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto("/console/dormant")
        row = page.get_by_role("row").filter(has_text="Dev Ranganathan")
        row.get_by_role("button", name="Let back in").click()
        page.wait_for_url("**/console/dormant")
        assert page.get_by_role("row").filter(has_text="Dev Ranganathan").count() == 0
        assert axe(page) == []
