"""The agreement as people read it, look at it, and settle what it leaves open (MISSION A1, A25)."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page

from bailee.app import store
from bailee.app.controls import CONTROLS
from bailee.app.state import Observation
from bailee.db import HOUSE
from bailee.errors import Unavailable
from tests.browser.desk import Desk, axe, reach
from tests.journeys.world import ACME, GLOBEX

AT = f"/console/at/{ACME}/agreement"
LOOKED = 90_000
"""Milliseconds for every control to look, on a machine with other work."""


def look_now(page: Page) -> None:
    """Wait until every control looked: whoever is told to come back asks again."""
    told = page.get_by_text("Every control looked")
    busy = page.get_by_text("still looking")
    for _ in range(6):
        told.or_(busy).wait_for(timeout=LOOKED)
        if told.is_visible():
            return
        page.get_by_role("button", name="Look now").click()
    raise AssertionError("the controls never came to an end")


def test_a_look_and_a_reading_by_mouse(desk: Desk) -> None:
    """Bram looks, finds evidence behind a state, proposes a reading; clara countersigns it."""
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto(AT)
        page.get_by_role("button", name="Look now").click()
        look_now(page)
        assert axe(page) == []
        page.get_by_role("link", name="enforced").first.click()
        page.wait_for_url(f"**{AT}/state/enforced*")
        assert set(page.locator(".duties .state").all_inner_texts()) == {"enforced"}
        page.get_by_role("link", name="evidence").first.click()
        page.wait_for_url("**/ledger/entry/*")
        assert page.get_by_text("app:control:passed").is_visible()
        page.goto(AT)
        form = page.get_by_role("region", name="Propose a reading of any clause")
        form.get_by_label("Clause or question").select_option(index=3)
        form.get_by_label("How we read it").fill("Within seven days, counted from the notice.")
        form.get_by_label("Why this reading").fill(
            "Nothing <script>alert(1)</script> names a time."
        )
        form.get_by_role("button", name="Sign and propose").click()
        page.get_by_text("Proposed. It changes nothing").wait_for()
        assert page.get_by_text("<script>alert(1)</script>").is_visible()
        assert not page.get_by_role("button", name="Countersign").count()
        assert axe(page) == []
    with desk.seat() as page:
        desk.sign_in(page, "clara")
        page.goto(AT)
        page.get_by_role("button", name="Countersign for Acme").first.click()
        page.get_by_text("Agreed: this reading is in force").wait_for()
        assert page.get_by_text("countersigned by Clara Whitfield").is_visible()
        assert axe(page) == []


@pytest.mark.parametrize(("scheme", "width"), [("dark", 380)])
def test_the_same_by_keyboard(desk: Desk, scheme: str, width: int) -> None:
    """With Tab, Enter and Space alone somebody looks, narrows, and proposes a reading."""
    size = {"width": width, "height": 800}
    with desk.seat(color_scheme=scheme, viewport=size) as page:
        desk.sign_in(page, "bram")
        page.goto(AT)
        reach(page, "Look now")
        page.keyboard.press("Enter")
        look_now(page)
        reach(page, "operating")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{AT}/state/operating*")
        reach(page, "Show every clause")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{AT}#clauses")
        reach(page, "Clause or question")
        page.keyboard.type("2.5")
        reach(page, "How we read it")
        page.keyboard.type("As it stands.")
        reach(page, "Why this reading")
        page.keyboard.type("Its words are plain.")
        reach(page, "Sign and propose")
        page.keyboard.press("Space")
        page.get_by_text("Proposed. It changes nothing").wait_for()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_who_has_no_audit_reads_without_states(desk: Desk, tmp_path: Path) -> None:
    """Esra reads every clause, no state, and nothing of it was refused or recorded."""
    with desk.seat() as page:
        desk.sign_in(page, "esra")
        before = len(desk.world.entries(tmp_path, ACME)), len(desk.world.entries(tmp_path, HOUSE))
        page.goto(AT)
        assert page.locator("article.clause").count() > 20
        assert not page.locator(".duties .state, .clause h3 .state").count()
        assert not page.get_by_role("button", name="Look now").count()
        page.goto(f"{AT}/state/failing")
        assert page.url.endswith(AT)
        page.goto(f"{AT}/state/no-such-state")
        assert page.url.endswith(AT)
        after = len(desk.world.entries(tmp_path, ACME)), len(desk.world.entries(tmp_path, HOUSE))
        assert before == after
        answer = page.goto(f"/console/at/{GLOBEX}/agreement")
        assert answer is not None
        assert answer.status == 404


def test_it_shows_without_script(desk: Desk) -> None:
    """With script forbidden, states, pictures and anchors are there as with it."""
    with desk.seat(java_script_enabled=False) as page:
        desk.sign_in(page, "clara")
        page.goto(AT)
        assert page.get_by_role("img", name="Obligations by state").is_visible()
        assert page.get_by_role("img", name="Results of each control by day").is_visible()
        link = page.locator(".map a").nth(4)
        clause = link.inner_text()
        link.click()
        assert page.url.endswith(f"#{clause}")
        assert page.locator("article.clause:target").count() == 1


def test_who_looks_while_somebody_else_does_is_told(desk: Desk) -> None:
    """While controls look for somebody else, the page says so and nothing is run twice."""
    ended, begun = threading.Event(), threading.Event()

    def hold() -> list[object]:
        begun.set()
        ended.wait(60)
        return []

    asked = desk.world.house._asked

    def look_elsewhere() -> None:
        with suppress(Unavailable):
            asked.see(("elsewhere",), hold)  # type: ignore[arg-type]  # nothing is seen

    thread = threading.Thread(target=look_elsewhere)
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto(AT)
        thread.start()
        try:
            assert begun.wait(10)
            page.get_by_role("button", name="Look now").click()
            page.get_by_text("looking already, for somebody else").wait_for()
            assert axe(page) == []
        finally:
            ended.set()
            thread.join()


def test_states_over_time_are_drawn_and_told(desk: Desk, tmp_path: Path) -> None:
    """A month of looks, with a gap: the picture has marks for days with a look, the table runs."""
    world, slug = desk.world, "revocation"
    now = world.now()
    today = f"{now.day} {now:%b %Y}"

    def lived(conn: sa.Connection) -> None:
        for back in range(29, -1, -1):
            result = "failed" if back in (9, 10, 11) else "due" if back == 5 else "passed"
            for name in () if back in (19, 20) else CONTROLS:
                seen = result if name == slug else "passed"
                one = Observation(name, now - timedelta(days=back), seen, (), "0" * 32)
                store.add_observation(conn, ACME, one)

    world.house.parts.data.write(ACME, lived)
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto(AT)
        region = page.get_by_role("region", name="How each clause stood, day by day")
        region.get_by_text("The same as a table").click()
        agreement = world.house.parts.data.read(
            ACME, lambda conn: world.house.parts.agreements.in_force(conn, ACME)
        )
        duty = next(one for one in agreement.obligations if one.control == slug)
        row = region.get_by_role("row").filter(has=page.get_by_role("link", name=duty.clause))
        said = row.first.inner_text()
        assert "failing" in said
        assert today in said
        assert region.locator("svg.strip path.m.failing").count() == 1
        assert axe(page) == []
        page.screenshot(path=tmp_path / "over-time.png", full_page=True)
        page.set_viewport_size({"width": 380, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 380
