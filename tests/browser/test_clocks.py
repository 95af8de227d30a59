"""Clocks, notices and contacts in a browser (C9.1, C10)."""

from __future__ import annotations

from datetime import timedelta

from bailee.procedures import Matter, Message, store
from tests.browser.desk import Desk, axe
from tests.journeys.world import ACME

CLOCKS = f"/console/at/{ACME}/clocks"
CASE = Matter(ACME, "incident", "7" * 32)
TEXT = Message("breach", "security", "A suspected breach", ("Records: 12 <b>of</b> 40.",))


def notice(desk: Desk) -> str:
    """Start an incident's clocks, two days ago, and write its notice; return that one's id."""
    house = desk.world.house
    since = house.parts.clock.now() - timedelta(days=2)

    def work(conn: object) -> str:
        house.timers.start(conn, {}, CASE, trigger="breach-suspected", since=since)  # type: ignore[arg-type]
        return house.notices.write(conn, {}, CASE, TEXT).notice_id  # type: ignore[arg-type]

    return house.parts.data.write(ACME, work)


def test_the_representative_names_a_contact_and_acknowledges(desk: Desk) -> None:
    """Clara sees the clock that ran out, enters a contact by keyboard, reads and acknowledges."""
    made = notice(desk)
    with desk.seat() as page:
        desk.sign_in(page, "clara")
        page.goto("/console/today")
        page.get_by_role("link", name="breach.notice: incident clock.").first.wait_for()
        page.goto(CLOCKS)
        page.get_by_text("missed", exact=True).first.wait_for()
        page.get_by_text("entered", exact=False).first.wait_for()
        page.get_by_text("There is no contact").wait_for()
        assert axe(page) == []
        page.get_by_text("Enter a contact").focus()
        page.keyboard.press("Enter")
        page.get_by_label("Name", exact=True).fill("Security desk")
        page.get_by_label("Address").fill("mailto:desk@acme.example")
        page.keyboard.press("Enter")
        page.get_by_text("There is no delegate").wait_for()
        page.get_by_role("link", name="A suspected breach").first.click()
        page.get_by_text("Records: 12 <b>of</b> 40.").wait_for()
        assert axe(page) == []
        page.get_by_role("button", name="I have read this").click()
        page.get_by_text("by the representative").wait_for()
    read = desk.world.house.parts.data.read
    shown = read(ACME, lambda conn: store.one_notice(conn, ACME, made))
    assert shown is not None
    assert shown.acknowledged_by == desk.world.ids["clara"]


def test_a_deadline_is_extended_with_its_reason(desk: Desk) -> None:
    """Bram moves a clock that still runs; the page shows the first deadline and why."""
    house = desk.world.house
    case, since = Matter(ACME, "incident", "8" * 32), house.parts.clock.now()
    house.parts.data.write(
        ACME,
        lambda conn: house.timers.start(conn, {}, case, trigger="breach-suspected", since=since),
    )
    later = (since + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto(CLOCKS)
        row = page.get_by_role("row").filter(has_text="running").first
        row.get_by_text("Extend", exact=True).first.click()
        row.get_by_label("Until (UTC)").fill(later)
        row.get_by_label("Why").fill("The logs are many.")
        row.get_by_role("button", name="Extend").click()
        page.get_by_text("The logs are many.").wait_for()
        with page.expect_download() as got:
            page.get_by_role("link", name="Calendar file").click()
        assert got.value.suggested_filename == f"{ACME}-clocks.ics"


def test_whoever_got_the_message_acknowledges_without_an_account(desk: Desk) -> None:
    """The code in the message is enough; a wrong one says nothing about what there is."""
    made = notice(desk)
    code = desk.world.house.notice_code(made)
    with desk.seat() as page:
        page.goto("/console/acknowledge")
        assert axe(page) == []
        for value in ("0" * 32, code):
            page.get_by_label("For").fill(ACME)
            page.get_by_label("Notice", exact=True).fill(made)
            page.get_by_label("Code").fill(value)
            page.get_by_role("button", name="I have read it").click()
            if value != code:
                page.get_by_text("acknowledges no notice").wait_for()
        page.get_by_text("is acknowledged").wait_for()
        assert axe(page) == []


def test_a_security_contact_is_appointed_and_confirms(desk: Desk) -> None:
    """Ada appoints bram for a week; he confirms; the page says what is missing."""
    now = desk.world.house.parts.clock.now()
    with desk.seat() as page:
        desk.sign_in(page, "ada")
        page.goto("/console/officers")
        page.get_by_text("Nobody answers for security now.").wait_for()
        assert axe(page) == []
        page.get_by_label("Who").select_option(label="Bram Okafor")
        page.get_by_label("Reached by").fill("tel:+15551234567")
        page.get_by_label("Qualified by").fill("file 12")
        page.get_by_label("From (UTC)").fill((now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"))
        page.get_by_label("Until (UTC)").fill((now + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M"))
        page.get_by_role("button", name="Appoint").click()
        page.get_by_text("not confirmed yet").wait_for()
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto("/console/officers")
        page.get_by_role("button", name="That is how I am reached").click()
        page.get_by_text("no delegate").wait_for()
        page.get_by_text("there is a time without a security contact").wait_for()
        assert page.get_by_text("not confirmed yet").count() == 0
        assert axe(page) == []
