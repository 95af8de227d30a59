"""The path that the console exists for: look, be refused, ask, be given, see it again (C2.5(4))."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error, Page

from tests.browser.desk import Desk, axe
from tests.journeys.world import ACME, SEED, code_of

RECORDS = f"/console/at/{ACME}/records"


@pytest.fixture(scope="module")
def record(desk: Desk) -> str:
    """Return a record of acme's; dev may look for names and see them, and the end of an SSN."""
    desk.world.give(ACME, "dev", ["search", "reveal"], "person.name")
    return desk.world.protect("seen-in-a-browser")


def find(page: Page, name: str = SEED["person.name"]) -> None:
    """Look for a record by a name."""
    page.goto(RECORDS)
    page.get_by_label("Element").first.select_option("person.name")
    page.get_by_label("Equals").fill(name)
    page.get_by_role("button", name="Find").click()


@pytest.mark.parametrize("desk", ["sqlite", "postgresql"], indirect=True)
def test_masked_then_revealed_then_refused_then_asked_for(desk: Desk, record: str) -> None:
    """Masks come first; a reveal names purpose and reason; a refusal offers to ask somebody."""
    with desk.seat() as page:
        desk.sign_in(page, "dev")
        find(page)
        page.get_by_label("Code of your second factor").fill(desk.code("dev"))
        page.get_by_role("button", name="Show the masked values").click()
        page.get_by_text("9083").wait_for()
        assert page.get_by_text(SEED["person.name"]).count() == 0
        assert page.get_by_text(SEED["person.ssn"]).count() == 0
        assert axe(page) == []

        page.get_by_role("group", name="Reveal of the chosen").get_by_label("person.name").check()
        page.get_by_label("Why").fill("to call back")
        page.get_by_role("button", name="Reveal").click()
        page.get_by_text(SEED["person.name"]).wait_for()
        page.get_by_text("Recorded as entry").wait_for()
        assert axe(page) == []

        page.get_by_text("Something else").click()
        page.get_by_label("person.email", exact=True).check()
        page.get_by_label("Why").fill("to write to them")
        page.get_by_role("button", name="Reveal").click()
        page.get_by_text("grant.element").wait_for()
        assert axe(page) == []
        page.get_by_label("Why you need it").fill("to write to them")
        page.get_by_role("button", name="Request access").click()
        page.get_by_text("A second person finds it").wait_for()

    with desk.seat() as page:
        desk.sign_in(page, "esra")
        page.get_by_role("link", name="A second person is asked for.").first.click()
        page.get_by_role("heading", name="Dev Ranganathan asks for a right").wait_for()
        page.get_by_role("button", name="Approve").click()
        page.get_by_text("No request is open.").wait_for()

    with desk.seat() as page:
        desk.sign_in(page, "dev")
        find(page)
        page.get_by_role("group", name="Reveal of the chosen").get_by_label("person.email").check()
        page.get_by_label("Why").fill("to write to them")
        page.get_by_role("button", name="Reveal").click()
        page.get_by_text(SEED["person.email"]).wait_for()


def test_a_revealed_value_leaves_with_the_person(desk: Desk, record: str) -> None:
    """ASVS 14.3.2: nothing of it is in history, in the back-forward cache or in storage."""
    with desk.seat() as page:
        desk.sign_in(page, "dev")
        find(page)
        page.get_by_role("group", name="Reveal of the chosen").get_by_label("person.name").check()
        page.get_by_label("Why").fill("to call back")
        page.get_by_role("button", name="Reveal").click()
        page.get_by_text(SEED["person.name"]).wait_for()
        assert SEED["person.name"] not in page.url
        stored = "JSON.stringify([localStorage, sessionStorage, history.state])"
        assert SEED["person.name"] not in page.evaluate(stored)
        assert page.evaluate("caches.keys()") == []
        page.goto("/console/today")
        with pytest.raises(Error, match="ERR_CACHE_MISS"):  # it would have to send the form again
            page.go_back()


def test_a_person_without_script_reads_and_reveals(desk: Desk, record: str) -> None:
    """Nothing on the way to a revealed value needs script."""
    with desk.seat(java_script_enabled=False) as page:
        desk.sign_in(page, "dev")
        find(page)
        page.get_by_role("group", name="Reveal of the chosen").get_by_label("person.name").check()
        page.get_by_label("Why").fill("to call back")
        page.get_by_role("button", name="Reveal").click()
        page.get_by_text(SEED["person.name"]).wait_for()


def test_by_keyboard_alone(desk: Desk, record: str) -> None:
    """Tab, space and enter are enough to find a record and reveal a value."""
    with desk.seat() as page:
        desk.sign_in(page, "dev")
        page.goto(RECORDS)
        reach(page, "select[name=element]")
        page.keyboard.type("person.name")
        reach(page, "input[name=equals]")
        page.keyboard.type(SEED["person.name"])
        page.keyboard.press("Enter")
        page.get_by_text("1 record").wait_for()
        reach(page, "form[action$=reveal] input[value='person.name']")
        page.keyboard.press("Space")
        reach(page, "form[action$=reveal] input[name=reason]")
        page.keyboard.type("to call back")
        page.keyboard.press("Enter")
        page.get_by_text(SEED["person.name"]).wait_for()


def reach(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus, as somebody without a mouse does."""
    for _ in range(80):
        if page.evaluate("(one) => document.activeElement.matches(one)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(selector)


def test_text_of_anybody_is_text(desk: Desk) -> None:
    """ASVS 1.2.1: markup in a stored value, or in somebody's employer, is shown and never run."""
    hostile = "<img src=x onerror=alert(1)>{{7*7}}<script>alert(2)</script>"
    client = desk.world.line("importer")
    client.protect(
        ACME,
        "payment-processing",
        [{"ref": "1", "subject": "hostile", "fields": {"person.name": hostile}}],
    )
    desk.world.invite("mallory", "Mal Ory", employer="<b onclick=alert(3)>Ory</b>")
    with desk.seat() as page:
        desk.sign_in(page, "dev")
        find(page, hostile)
        page.get_by_role("group", name="Reveal of the chosen").get_by_label("person.name").check()
        page.get_by_label("Why").fill("<svg onload=alert(4)>")
        page.get_by_role("button", name="Reveal").click()
        assert page.locator("[data-protected]").first.inner_text() == hostile
        assert page.locator("main img, main script, main svg").count() == 0
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto("/console/people")
        assert page.get_by_text("<b onclick=alert(3)>Ory</b>").first.is_visible()
        assert page.locator("main b[onclick]").count() == 0


def test_another_controller_is_nowhere(desk: Desk) -> None:
    """ASVS 8.2.2: an address of a controller that one may not know is not found, in any verb."""
    with desk.seat() as page:
        desk.sign_in(page, "dev")
        for path in ("records", "approvals", "grants", "emergencies"):
            answer = page.goto(f"/console/at/globex/{path}")
            assert answer is not None
            assert answer.status == 404
            assert "Globex" not in page.content()
    assert code_of(lambda: desk.world.line("importer").show_agreement("globex")) == "done"
