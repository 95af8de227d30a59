"""Demands for a controller's data in a browser (C7.2(7), C7.3(7))."""

from __future__ import annotations

from tests.browser.desk import Desk, axe
from tests.journeys.world import ACME

DEMANDS = f"/console/at/{ACME}/demands"


def test_a_demand_is_entered_and_closed(desk: Desk) -> None:
    """Bram enters a subpoena, sees it frozen, challenges and closes it; clara sees it as well."""
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto(DEMANDS)
        assert axe(page) == []
        page.get_by_text("Enter a demand").click()
        page.get_by_label("Kind").select_option("subpoena")
        page.get_by_label("From whom, or which law").fill("The court of Marlow <i>County</i>")
        page.get_by_label("Number").fill("4:26-cv-1138")
        page.get_by_label("What is asked for").fill("Every payer of one merchant")
        page.get_by_label("Elements that stop leaving").fill("person.name person.email")
        page.get_by_role("button", name="Enter it").click()
        page.get_by_text("frozen", exact=True).wait_for()
        page.get_by_text("What happened").click()
        page.get_by_label("On what the challenge rests").fill("It is overbroad.")
        page.get_by_role("button", name="We challenge it").click()
        page.get_by_text("It is overbroad.").wait_for()
        assert axe(page) == []
        page.get_by_text("What happened").click()
        page.get_by_label("It ended").select_option("withdrawn")
        page.get_by_role("button", name="Close it").click()
        page.get_by_text("withdrawn, 0 records").wait_for()
    with desk.seat(color_scheme="dark") as page:
        desk.sign_in(page, "clara")
        page.goto(DEMANDS)
        page.get_by_text("subpoena: The court of Marlow <i>County</i>").wait_for()
        assert axe(page) == []
