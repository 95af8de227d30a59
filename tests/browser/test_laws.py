"""Laws beside the agreement, as people register, read and count by them (C7.1)."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.desk import Desk, axe, reach
from tests.journeys.world import ACME

LAWS = f"/console/at/{ACME}/laws"
HOSTILE = "Customers <script>alert(1)</script> in Graz"


def narrow(page: Page) -> None:
    """Look at the page on a telephone: nothing is wider than it."""
    page.set_viewport_size({"width": 380, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    page.set_viewport_size({"width": 1280, "height": 800})


def test_our_side_registers_and_the_controller_reads_and_ends(desk: Desk) -> None:
    """Bram registers the regulation, dated back; clara signs its unread line, and ends it.

    To bram no way is shown to end what makes his duties stricter.
    """
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto(LAWS)
        page.get_by_text("No law is registered").wait_for()
        form = page.get_by_role("region", name="Register a law or standard")
        form.get_by_label("Which").select_option("gdpr")
        form.get_by_label("It applies since").fill("2026-01-01")
        form.get_by_label("Because").fill(HOSTILE)
        form.get_by_role("button", name="Register").click()
        page.get_by_text("dated back").wait_for()
        assert page.get_by_text(HOSTILE).is_visible()
        assert page.get_by_text("not read yet", exact=True).is_visible()
        assert not page.get_by_text("It ceases to apply").count()
        row = page.get_by_role("row").filter(has_text="gdpr:33(2)").first
        assert row.get_by_text("vague").is_visible()
        page.get_by_text("27 lines").click()
        assert axe(page) == []
        narrow(page)
    with desk.seat(color_scheme="dark") as page:
        desk.sign_in(page, "clara")
        page.goto(LAWS)
        page.get_by_text("I compared it with its current text").click()
        page.get_by_label("The text that I read").fill("CELEX 32016R0679, consolidated")
        page.get_by_label("Where my notes are kept").fill("folder 7")
        page.get_by_label("gdpr:28(3).infringing").check()
        page.get_by_role("button", name="Sign the comparison").click()
        page.get_by_text("oldest reading 2026-06-30").wait_for()
        assert axe(page) == []
        page.get_by_text("It ceases to apply").click()
        page.get_by_label("First day without it").fill("2100-01-01")
        page.get_by_role("article").get_by_label("Because").fill("Moved away.")
        page.get_by_role("button", name="End it").click()
        page.get_by_text("ended: Moved away.").wait_for()


def test_a_clock_is_computed_by_keyboard(desk: Desk) -> None:
    """Somebody suspects a breach: the page says when it is due, by whom, and starts nothing."""
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto(LAWS)
        region = page.get_by_role("region", name="When would it be due?").first
        region.get_by_label("What happens").select_option("breach-suspected")
        region.get_by_label("When (UTC)").fill("2026-03-02T10:20")
        reach(page, "Compute")
        page.keyboard.press("Enter")
        page.get_by_text("3 Mar 2026, 10:20 UTC").wait_for()
        assert region.get_by_text("strictest").first.is_visible()
        assert axe(page) == []
