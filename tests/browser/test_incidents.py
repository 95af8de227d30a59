"""The incident room in a browser: decide, count, tell, take part (C9)."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page

from bailee.incidents.signals import Sign
from tests.browser.desk import Desk, axe
from tests.journeys.world import ACME, PAYMENT, World

ROOM = f"/console/at/{ACME}/incidents"


def prepared(world: World) -> None:
    """Let payout read some people, and raise a signal about it."""
    fields = {"person.name": "Name", "person.ssn": "512-44-9083"}
    people = [("US", "US-CA"), ("US", "US-NY"), ("MX", "MX"), ("", "")]
    records = [
        {
            "ref": f"{n}", "subject": f"subject-{n}", "kind": "person", "category": "customer",
            "nationalities": [nation] if nation else [], "residence": home or "unknown",
            "fields": fields | {"person.name": f"Name {n}"},
        }
        for n, (nation, home) in enumerate(people)
    ]  # fmt: skip
    ids = [one.record for one in world.line("importer").protect(ACME, PAYMENT, records).results]
    world.line("payout").reveal(ACME, PAYMENT, ["person.name"], records=ids)
    world.line("payout").reveal(ACME, PAYMENT, ["person.ssn"], records=ids[:1])
    house, at = world.house, world.now()
    sign = Sign("refusals", "calls.refused", at, world.ids["payout"], ("browser",))
    house.parts.data.write(ACME, lambda conn: house.signals.raise_(conn, ACME, sign))
    world.shift += timedelta(minutes=1)


def told(page: Page) -> None:
    """Write a version of the notice."""
    page.get_by_text("Write the next version").click()
    page.get_by_label("What we do about it").fill("The key <b>was</b> revoked.")
    page.get_by_role("button", name="Send it now").click()
    page.get_by_text("Version 1").wait_for()


def test_from_a_signal_to_a_notice_side_by_side(desk: Desk) -> None:
    """Esra promotes a signal, counts, tells twice; clara reads the versions and asks for costs."""
    prepared(desk.world)
    with desk.seat() as page:
        desk.sign_in(page, "esra")
        page.goto("/console/today")
        page.get_by_text("Something looks like a breach.").wait_for()
        page.goto(ROOM)
        assert axe(page) == []
        page.get_by_label("Why", exact=True).fill("Nobody of ours did that.")
        page.get_by_role("button", name="It may be a breach").click()
        page.get_by_role("row", name="Not described yet").get_by_role("link").click()
        page.get_by_role("heading", name="Incident").first.wait_for()
        assert axe(page) == []
        told(page)
        page.get_by_text("Say what was learnt").click()
        page.get_by_label("What happened").first.fill("A key was copied from a laptop.")
        page.get_by_role("button", name="Keep it; the facts are counted again").click()
        counts = page.get_by_label("Counts")
        counts.get_by_text("People").wait_for()
        assert counts.inner_text().split()[:2] == ["People", "4"]
        page.get_by_text("Write the next version").click()
        page.get_by_role("button", name="Send it now").click()
        page.get_by_text("Version 2").wait_for()
        assert page.get_by_text("The key <b>was</b> revoked.").count() == 2
        assert axe(page) == []
        address = page.url
    with desk.seat(viewport={"width": 390, "height": 844}, color_scheme="dark") as page:
        desk.sign_in(page, "clara")
        page.goto(address)
        page.get_by_text("Version 2").wait_for()
        assert page.get_by_role("button", name="Send it now").count() == 0
        page.get_by_text("Ask for costs").click()
        page.get_by_label("Amount, in the smallest unit").fill("125000")
        page.get_by_label("Currency, three letters").fill("USD")
        page.get_by_role("button", name="Ask", exact=True).first.click()
        page.get_by_role("heading", name="Costs").wait_for()
        assert axe(page) == []
        page.get_by_role("link", name="The entries themselves").click()
        page.get_by_role("heading", name="Entries of the log").wait_for()
        assert axe(page) == []
        page.goto(ROOM)
        assert page.get_by_text("Signals to decide").count() == 0


def test_an_event_is_told_and_a_drill_is_not(desk: Desk) -> None:
    """An urgent issue goes out at once; a drill shows its notice and sends nothing."""
    with desk.seat() as page:
        desk.sign_in(page, "esra")
        page.goto(ROOM)
        page.get_by_text("Enter something that the controller is told of").click()
        page.get_by_label("What happened, as the controller may read it").fill("A port is open.")
        page.get_by_role("button", name="Enter it").click()
        page.get_by_label("What the controller is told, or why it is not").fill("We closed it.")
        page.get_by_role("button", name="Tell it").click()
        page.get_by_role("link", name="Notice 1 of").wait_for()
        page.get_by_text("Rehearse one: nothing is sent").click()
        page.get_by_role("button", name="Run the drill").click()
        page.get_by_role("heading", name="A drill").wait_for()
        page.get_by_text("Nothing was sent, opened or counted as real.").wait_for()
        assert axe(page) == []
