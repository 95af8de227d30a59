"""Instructions of a controller in a browser (C2.4, C7.3(2))."""

from __future__ import annotations

from tests.browser.desk import Desk, axe
from tests.journeys.world import ACME

INSTRUCTIONS = f"/console/at/{ACME}/instructions"


def test_a_purpose_is_signed_judged_and_accepted_by_two(desk: Desk) -> None:
    """Clara signs it, bram and esra judge and accept it, and clara withdraws it again."""
    desk.world.give(ACME, "bram", ["approve"])
    with desk.seat() as page:
        desk.sign_in(page, "clara")
        page.goto(INSTRUCTIONS)
        assert axe(page) == []
        page.get_by_text("A further purpose").click()
        page.get_by_label("Its words").first.fill("Remind payers of <b>open</b> invoices.")
        page.get_by_label("The purpose").fill("open-invoices")
        page.get_by_label("Elements, each by its name").first.fill("person.name\nperson.email")
        page.get_by_label("reveal", exact=True).check()
        page.get_by_label("Ends (UTC)").first.fill(desk.world.until(20)[:16])
        page.get_by_role("button", name="Sign it").first.click()
        page.get_by_role("heading", name="A further purpose").wait_for()
        page.get_by_text("Remind payers of <b>open</b> invoices.").wait_for()
        assert axe(page) == []
        here = page.url
    with desk.seat(color_scheme="dark") as page:
        desk.sign_in(page, "bram")
        page.goto(here)
        page.get_by_role("button", name="Accept it").click()
        page.get_by_text("instruction.no_opinion").wait_for()
        page.get_by_text("Give a legal opinion").click()
        page.get_by_label("You find").select_option("lawful")
        page.get_by_label("Reasons").fill("The payers are its own customers.")
        page.get_by_role("button", name="Sign the opinion").click()
        page.get_by_role("button", name="Accept it").click()
        page.get_by_text("one more person is needed").wait_for()
        assert axe(page) == []
    with desk.seat() as page:
        desk.sign_in(page, "esra")
        page.goto(here)
        page.get_by_role("button", name="Accept it").click()
        page.get_by_text("accepted", exact=True).wait_for()
    with desk.seat() as page:
        desk.sign_in(page, "clara")
        page.goto(here)
        page.get_by_text("Withdraw it").click()
        page.get_by_role("button", name="Withdraw: nothing more").click()
        page.get_by_text("withdrawn", exact=True).wait_for()
        page.goto(INSTRUCTIONS)
        page.get_by_text("open-invoices").wait_for()


def test_a_sale_is_answered_on_the_spot(desk: Desk) -> None:
    """What breaks the agreement is answered with its rule, in the same moment."""
    with desk.seat() as page:
        desk.sign_in(page, "clara")
        page.goto(INSTRUCTIONS)
        page.get_by_text("Anything else").click()
        page.get_by_label("Its words").last.fill("Sell the list of payers.")
        page.get_by_label("What is done").select_option("sell")
        page.get_by_role("button", name="Sign it").last.click()
        page.get_by_text("What stands against it").wait_for()
        page.get_by_text("Data is not sold").wait_for()
        page.get_by_text("Insist on it").click()
        assert axe(page) == []
