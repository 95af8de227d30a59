"""The processor's own addendum in a browser (B8)."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from pathlib import Path

from bailee.agreement import bind, compile_text, load_terms
from bailee.db import HOUSE
from tests.browser.desk import Desk, axe
from tests.journeys.world import ACME


def test_a_kit_is_looked_at_filled_and_taken_along(desk: Desk, tmp_path: Path) -> None:
    """Bram sees the blanks, states one for the house, and downloads a text that compiles."""
    desk.world.give(HOUSE, "bram", ["publish"])
    later = (desk.world.now() + timedelta(days=90)).strftime("%Y-%m-%d")
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.get_by_role("link", name="Addendum kits").click()
        assert axe(page) == []
        page.get_by_label("Legal name").fill("Pelican <b>Bakery</b> #x")
        page.get_by_label("Governing law").fill("Ireland")
        page.get_by_label("Countries where the people live").fill("de gb")
        page.get_by_label("employees", exact=True).check()
        page.get_by_label("payment-processing", exact=True).check()
        page.get_by_label("person.name", exact=True).check()
        page.get_by_role("button", name="Show what it would say").click()
        page.get_by_text("one printable line").wait_for()  # brackets are none
        page.get_by_label("Legal name").fill("Pelican *Bakery* #x")
        page.get_by_role("button", name="Show what it would say").click()
        blank = page.locator("details").filter(has_text="Legal name of the importer").first
        blank.locator("summary").click()
        blank.get_by_label("What you state for the house").fill("Harborline Payments LLC")
        blank.get_by_label("Until").fill(later)
        assert axe(page) == []
        page.screenshot(path=tmp_path / "kit.png", full_page=True)
        blank.get_by_role("button", name="Sign", exact=True).click()
        page.get_by_label("Legal name").fill("Pelican *Bakery* #x")
        page.get_by_label("payment-processing", exact=True).check()
        page.get_by_label("person.name", exact=True).check()
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Make it").click()
        with zipfile.ZipFile(Path(waiting.value.path())) as made:
            names, text = set(made.namelist()), made.read("addendum.txt")
    assert {"addendum.pdf", "addendum.docx", "kit.json", "SHA256SUMS"} <= names
    assert b"Harborline Payments LLC" in text
    assert b"Pelican *Bakery* #x" in text
    assert bind(compile_text(text), load_terms("model-addendum")).broken == ()


def test_a_controllers_kit_stands_with_its_papers(desk: Desk, tmp_path: Path) -> None:
    """From the papers to the kit, small and dark; who may not make it finds no form."""
    with desk.seat(color_scheme="dark", viewport={"width": 380, "height": 800}) as page:
        desk.sign_in(page, "bram")
        page.goto(f"/console/at/{ACME}/papers")
        page.get_by_role("link", name="Our own addendum").click()
        page.get_by_role("button", name="Show what it would say").click()
        page.get_by_role("heading", name="What it would say").wait_for()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 380
        page.screenshot(path=tmp_path / "kit-small.png", full_page=True)
    with desk.seat() as page:
        desk.sign_in(page, "esra")
        page.goto(f"/console/at/{ACME}/kit")
        assert page.get_by_role("button", name="Make it").count() == 0
