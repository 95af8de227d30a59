"""The auditor's room in a browser: the controller opens it, the auditor looks, all is recorded."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyrage
from playwright.sync_api import Page

from tests.browser.desk import Desk, axe, places
from tests.journeys.test_audits import LEAK, SEED, let_in
from tests.journeys.world import ACME

ROOM = f"/console/at/{ACME}/audits"


def ask(page: Page, desk: Desk) -> None:
    """Fill in the form that asks for access upon a threat, as the controller's person."""
    page.goto(ROOM)
    page.get_by_label("Auditor's id").fill(desk.world.ids["nora"])
    page.get_by_label("Reason").select_option("threat")
    page.get_by_label("What it rests on").fill(LEAK)
    until = desk.world.now() + timedelta(days=20)
    page.get_by_label("Until").fill(until.strftime("%Y-%m-%d"))
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_text("open", exact=True).first.wait_for()


def test_the_controller_opens_the_room_and_its_auditor_looks(desk: Desk, tmp_path: Path) -> None:
    """Every page of the room is shown, accessible and on record; no other is offered."""
    let_in(desk.world, "nora", ACME, "ada")
    with desk.seat() as page:
        desk.sign_in(page, "clara")
        ask(page, desk)
        assert axe(page) == []
    with desk.seat(viewport={"width": 900, "height": 900}) as page:
        desk.sign_in(page, "nora")
        assert places(page) == ["/console/today", ROOM, "/console/account"]
        page.goto(ROOM)
        page.get_by_role("link", name="Go in").click()
        assert page.get_by_role("heading", name="Obligations and evidence").is_visible()
        assert axe(page) == []
        for name in ("Entries", "Rights", "Samples and packs"):
            page.get_by_role("link", name=name, exact=True).click()
            assert page.get_by_role("heading", name=name, exact=True).is_visible()
            assert axe(page) == [], name
            page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        page.get_by_label("How many").fill("3")
        page.get_by_label("Seed").fill(SEED)
        page.get_by_role("button", name="Draw; it is recorded").click()
        page.get_by_text(f"Seed {SEED}").wait_for()
        key = pyrage.x25519.Identity.generate()
        page.get_by_label("Your age key").fill(str(key.to_public()))
        with page.expect_download() as download:
            page.get_by_role("button", name="Make a pack and download it").click()
        assert download.value.suggested_filename.endswith(".tar.age")
        archive = pyrage.decrypt(download.value.path().read_bytes(), [key])
        assert b"pack/manifest.json" in archive
        page.reload()
        page.screenshot(path=tmp_path / "packs.png", full_page=True)
        page.goto("/console/at/globex/audits")
        assert page.get_by_role("heading", name="Go in").count() == 0
        assert page.get_by_text("controller.unknown").is_visible()
    actions = [one["action"] for one in desk.world.entries(tmp_path / "log")]
    shown = [
        one["detail"]["shown"]
        for one in desk.world.entries(tmp_path / "again")
        if one["action"] == "audit:view:shown"
    ]
    assert {"engagements", "obligations", "entries", "rights", "samples", "packs"} == set(shown)
    assert actions.count("audit:sample:drawn") == 1
    assert actions.count("audit:pack:made") == 1


def test_the_room_works_narrow_and_dark_and_shuts_by_itself(desk: Desk) -> None:
    """Nothing is wider than a telephone; after the window the page says so and shows nothing."""
    let_in(desk.world, "rosa", ACME, "ada")
    desk.world.ids["nora"] = desk.world.ids["rosa"]
    with desk.seat(color_scheme="dark") as page:
        desk.sign_in(page, "clara")
        ask(page, desk)
    item = desk.world.line("bram").list_engagements(ACME).engagements[-1].engagement
    with desk.seat(color_scheme="dark", viewport={"width": 380, "height": 800}) as page:
        desk.sign_in(page, "rosa")
        for rest in ("", f"/{item}", f"/{item}/entries", f"/{item}/rights", f"/{item}/samples"):
            answer = page.goto(ROOM + rest)
            assert answer is not None
            assert answer.status == 200, rest
            assert axe(page) == [], rest
            assert page.evaluate("document.documentElement.scrollWidth") <= 380, rest
        with desk.seat() as other:
            desk.sign_in(other, "clara")
            other.goto(ROOM)
            other.get_by_role("button", name="End it now").first.click()
            other.get_by_text("closed", exact=True).wait_for()
        answer = page.goto(f"{ROOM}/{item}")
        assert answer is not None
        assert answer.status == 403
        assert page.get_by_text("audit.closed").is_visible()
