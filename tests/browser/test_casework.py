"""Problems that a controller names and texts that it sends, in a browser (C5.3, C8)."""

from __future__ import annotations

from datetime import timedelta

from bailee.agreement import model_text
from tests.browser.desk import Desk, axe
from tests.journeys.world import ACME

CASES = f"/console/at/{ACME}/cases"


def test_a_problem_goes_from_its_notice_to_its_cure(desk: Desk) -> None:
    """Clara names it and orders a measure, bram corrects it, clara accepts."""
    until = (desk.world.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    with desk.seat() as page:
        desk.sign_in(page, "clara")
        page.goto(CASES)
        page.get_by_text("Name a problem").click()
        page.get_by_label("The problem").fill("The share <script>alert(1)</script> is open.")
        page.get_by_label("Cure until (UTC)").fill(until)
        page.get_by_role("button", name="Name it").click()
        page.get_by_text("Order a measure, or cut the time").click()
        page.get_by_label("Measure until it is cured").fill("Close the share.")
        page.get_by_role("button", name="Order it").click()
        page.get_by_text("Measure: Close the share.").wait_for()
        assert axe(page) == []
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto(CASES)
        page.get_by_role("button", name="We have started").click()
        page.get_by_label("What shows the cure").fill("change 12")
        page.get_by_role("button", name="It is corrected").click()
        page.get_by_label("What shows that it is taken").fill("change 11")
        page.get_by_role("button", name="It is taken").click()
        page.get_by_text("carried out", exact=True).wait_for()
        assert axe(page) == []
    with desk.seat() as page:
        desk.sign_in(page, "clara")
        page.goto(CASES)
        page.get_by_role("button", name="It is cured").click()
        page.get_by_text("cured", exact=True).wait_for()


def test_a_text_is_rehearsed_and_refused_openly(desk: Desk) -> None:
    """Bram sees what a text would change, and refuses it with a reason that clara reads."""
    day = (desk.world.now() + timedelta(days=30)).date().isoformat()
    desk.world.line("greta").receive_amendment(
        "globex", model_text() + " ", terms="model-addendum", effective=day
    )
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto("/console/at/globex/cases")
        page.get_by_role("link", name="Rehearse").first.click()
        page.get_by_role("heading", name="What this text would change").wait_for()
        assert axe(page) == []
        page.goto("/console/at/globex/cases")
        page.get_by_text("Answer", exact=True).last.click()
        page.get_by_role("button", name="Refuse").click()
        page.get_by_text("refused with a reason").wait_for()
        page.get_by_text("Answer", exact=True).last.click()
        page.get_by_label("Reason; a refusal needs it").fill("The time is too short.")
        page.get_by_role("button", name="Refuse").click()
        page.get_by_text("The time is too short.").wait_for()
