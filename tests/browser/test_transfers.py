"""Transfers, papers and requests for help in a browser (C7.3)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.browser.desk import Desk, axe
from tests.journeys.world import ACME

HERE = f"/console/at/{ACME}"
SHA = "0" * 64


def test_a_flow_is_recorded_confirmed_and_assessed(desk: Desk, tmp_path: Path) -> None:
    """Bram records, Esra confirms, Bram signs the assessment: then its cell says that it stands."""
    later = (desk.world.now() + timedelta(days=90)).strftime("%Y-%m-%d")
    today = desk.world.now().strftime("%Y-%m-%d")
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto(f"{HERE}/transfers")
        assert page.get_by_text("No flow is recorded").is_visible()
        assert axe(page) == []
        page.get_by_text("Record a flow").click()
        page.get_by_label("Its name").fill("Larkspur Analytics")
        page.get_by_label("Country", exact=False).first.fill("IN")
        page.get_by_label("Begins").fill(today)
        page.get_by_label("Ends").fill(later)
        page.get_by_label("Where the signed clauses are kept").fill("contract 12")
        page.get_by_label("SHA-256 of the signed clauses").fill(SHA)
        page.get_by_role("button", name="Record; a second").click()
        page.get_by_text("nobody has confirmed it").wait_for()
    with desk.seat() as page:
        desk.sign_in(page, "esra")
        page.goto(f"{HERE}/transfers")
        page.get_by_role("button", name="Confirm as the second person").click()
        page.get_by_text("rests on nothing").first.wait_for()
    with desk.seat(viewport={"width": 1100, "height": 900}) as page:
        desk.sign_in(page, "bram")
        page.goto(f"{HERE}/transfers")
        page.get_by_label("What you state, by your name").fill("Read and found so.")
        page.get_by_label("Until", exact=True).first.fill(later)
        page.get_by_role("button", name="Sign", exact=True).click()
        page.get_by_text("stands", exact=True).first.wait_for()
        assert axe(page) == []
        page.screenshot(path=tmp_path / "transfers.png", full_page=True)


def test_a_blank_is_filled_where_it_stands(desk: Desk, tmp_path: Path) -> None:
    """The controller's person fills its own blank and takes the paper along as a document."""
    later = (desk.world.now() + timedelta(days=90)).strftime("%Y-%m-%d")
    with desk.seat() as page:
        desk.sign_in(page, "clara")
        page.goto(f"{HERE}/papers")
        assert axe(page) == []
        page.screenshot(path=tmp_path / "papers.png", full_page=True)
        page.get_by_role("link", name="Annexes to the standard").click()
        blank = page.locator("details").filter(has_text="Address of the exporter")
        blank.locator("summary").click()
        blank.get_by_label("What you state, by your name").fill("12 <b>Quay</b> Street")
        blank.get_by_label("Until").fill(later)
        blank.get_by_role("button", name="Sign", exact=True).click()
        page.get_by_role("cell", name="12 <b>Quay</b> Street").wait_for()
        assert axe(page) == []
        page.screenshot(path=tmp_path / "paper.png", full_page=True)
        for name, start in (("DOCX", b"PK"), ("PDF", b"%PDF"), ("Markdown", b"# ")):
            with page.expect_download() as waiting:
                page.get_by_role("link", name=name, exact=True).click()
            assert Path(waiting.value.path()).read_bytes().startswith(start)
    with desk.seat(color_scheme="dark", viewport={"width": 380, "height": 800}) as page:
        desk.sign_in(page, "clara")
        for rest in ("transfers", "papers", "papers/annexes", "papers/pia", "assistance"):
            answer = page.goto(f"{HERE}/{rest}")
            assert answer is not None
            assert answer.status == 200, rest
            assert axe(page) == [], rest
            assert page.evaluate("document.documentElement.scrollWidth") <= 380, rest


def test_an_authority_is_answered(desk: Desk, tmp_path: Path) -> None:
    """Bram enters the request with the time it came, answers, and sees the entry and the digest."""
    came = (desk.world.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto(f"{HERE}/assistance")
        page.get_by_label("Who asked").fill("Data Protection Commission")
        page.get_by_label("Where the request is kept").fill("IN-26-4")
        page.get_by_label("When it came (UTC)").fill(came)
        page.get_by_role("button", name="Enter", exact=True).click()
        page.get_by_text("recorded", exact=False).first.wait_for()
        page.get_by_role("button", name="Answer with the paper").click()
        page.get_by_text("Recorded as entry").wait_for()
        assert page.get_by_role("link", name="Record of processing").is_visible()
        assert axe(page) == []
        page.screenshot(path=tmp_path / "assistance.png", full_page=True)
