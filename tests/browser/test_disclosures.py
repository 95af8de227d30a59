"""Who received what of one person, in a browser (A4, B3; 45 CFR 164.528)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.desk import Desk, axe
from tests.journeys.world import ACME, PAYMENT

HERE = f"/console/at/{ACME}/disclosures"
AGE = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
BORN, NAME = "person.birth_date", "person.name"


@pytest.fixture
def left(desk: Desk) -> Desk:
    """Return a desk at which ann's name left, and rows of five people without one."""
    world = desk.world
    world.allow(
        AGE,
        elements=["person.*"],
        address="4 Larch Row, Boise",
        recipient="Larkspur <i>Analytics</i>",
        undertaking_sha256="1" * 64,
    )
    world.give(ACME, "importer", ["protect"], BORN, daily=1000)
    world.give(ACME, "esra", ["audit"])
    world.give(ACME, "payout", ["deidentify"], BORN, NAME)
    records = [
        {"ref": str(n), "subject": f"five-{n}", "fields": {NAME: f"Number {n}", BORN: "1980"}}
        for n in range(5)
    ]
    done = world.line("importer").protect(ACME, PAYMENT, records)
    payout = world.line("payout")
    opened = payout.open_disclosure(ACME, PAYMENT, [NAME], keys=[AGE]).disclosure
    payout.reveal(ACME, PAYMENT, [NAME], records=[done.results[0].record], disclosure=opened)
    payout.deidentify(ACME, PAYMENT, [BORN, NAME], keys=[AGE])
    return desk


def test_an_accounting_is_asked_for_and_kept_back(left: Desk, tmp_path: Path) -> None:
    """Bram asks for ann's, takes the paper, registers a court's word; esra confirms it."""
    with left.seat() as page:
        left.sign_in(page, "bram")
        page.goto(HERE)
        page.get_by_text("5 rows of 5 people").wait_for()
        page.get_by_text("A class needs 5 people (operator's target)").wait_for()
        assert axe(page) == []
        page.get_by_label("The person's reference", exact=True).fill("five-0")
        page.get_by_label("Purpose").select_option(PAYMENT)
        page.get_by_role("button", name="Account for them").click()
        page.get_by_text("Recorded as entry").wait_for()
        page.get_by_role("cell", name="4 Larch Row, Boise").first.wait_for()
        assert page.get_by_text("Larkspur <i>Analytics</i>").count() > 0
        assert page.get_by_text("2 disclosures from").count() == 1
        assert "five-0" not in page.url
        assert axe(page) == []
        page.screenshot(path=str(tmp_path / "accounting.png"), full_page=True)
        page.get_by_label("The person's reference", exact=True).fill("five-0")
        page.get_by_label("Show as").select_option("md")
        with page.expect_download() as kept:
            page.get_by_role("button", name="Account for them").click()
        text = Path(kept.value.path()).read_text("utf-8")
        assert "Accounting of disclosures" in text
        assert "five-0" not in text
        page.get_by_text("Register an authority's statement").click()
        page.get_by_label("The authority").fill("Marlow County")
        page.get_by_label("Who spoke for it, by name").fill("R. Quill")
        page.get_by_label("Where the statement is kept").fill("letter 4")
        page.get_by_role("checkbox").first.check()
        now = left.world.now()
        page.get_by_label("Made (UTC)").fill(f"{now:%Y-%m-%dT00:00}")
        page.get_by_label("Until (UTC)").fill(left.world.until(20)[:16])
        page.get_by_role("button", name="Register; a second person confirms").click()
        page.get_by_text("Marlow County").wait_for()
        assert axe(page) == []
    with left.seat(color_scheme="dark") as page:
        left.sign_in(page, "esra")
        page.goto(HERE)
        page.get_by_role("button", name="Confirm as the second person").click()
        page.get_by_text("confirmed", exact=True).wait_for()
        assert axe(page) == []
        page.get_by_label("The person's reference").fill("five-0")
        page.get_by_label("Purpose").select_option(PAYMENT)
        page.get_by_role("button", name="Account for them").click()
        page.get_by_text("An authority keeps 2 back.").wait_for()
        page.screenshot(path=str(tmp_path / "suspended.png"), full_page=True)
