"""The end of an agreement in a browser: the representative chooses, one of ours carries it out."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

from bailee.assurance import report
from bailee.clock import write_time
from bailee.privacy import termination_store
from tests.browser.desk import Desk, axe, reach
from tests.journeys.world import ACME, GLOBEX

AT = f"/console/at/{ACME}/end"


def test_the_representative_chooses_and_one_of_ours_destroys(desk: Desk, tmp_path: Path) -> None:
    """Clara chooses by keyboard on a narrow, dark screen; bram keeps what a law keeps, destroys.

    Before the end nothing is offered. Each choice is asked for twice. At last the certificate is
    saved as a file.
    """
    world = desk.world
    world.protect("s-1")
    look = {"color_scheme": "dark", "viewport": {"width": 380, "height": 800}}
    with desk.seat(**look) as page:
        desk.sign_in(page, "clara")
        page.goto(AT)
        page.get_by_text("No end of this agreement was noted.").wait_for()
        assert not page.get_by_role("button", name="Go on").count()
        at = write_time(world.now() - timedelta(minutes=1))
        world.line("bram").end_agreement(ACME, at=at, instruction="letter 7")
        world.house.tend_ends()
        page.reload()
        page.get_by_text("The controller acts next.").wait_for()
        page.get_by_text(re.compile("^(29|30) days$")).wait_for()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 380
        reach(page, "What becomes of the data")
        page.keyboard.type("destroy")
        reach(page, "Go on")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Have everything destroyed?").wait_for()
        assert axe(page) == []
        found = world.house.parts.data.read(ACME, lambda conn: termination_store.one(conn, ACME))
        assert found is not None
        assert not found.choice
        page.keyboard.press("Enter")
        page.get_by_text("by the controller's representative").wait_for()
        assert not page.get_by_role("button", name="Destroy what was chosen").count()
    _destroy(desk, tmp_path / "certificate.json")
    assert world.count("vault_record", ACME) == 1


def _destroy(desk: Desk, kept: Path) -> None:
    """Let bram write down what a law keeps, destroy the rest, and save the certificate."""
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto(AT)
        page.get_by_text("Write down what a law keeps").click()
        page.get_by_label("Legal provision").fill("31 CFR 1010.430")
        page.get_by_label("Elements").fill("person.ssn")
        page.get_by_label("Last day").fill(
            (desk.world.now() + timedelta(days=90)).date().isoformat()
        )
        page.get_by_role("button", name="Keep it, isolated").click()
        page.get_by_role("cell", name="31 CFR 1010.430").wait_for()
        page.get_by_label("short name once more").fill(GLOBEX)
        page.get_by_label("Where the written choice is kept").fill("letter 8")
        page.get_by_role("button", name="Destroy what was chosen").click()
        page.get_by_role("alert").wait_for()
        assert axe(page) == []
        page.get_by_label("short name once more").fill(ACME)
        page.get_by_label("Where the written choice is kept").fill("letter 8")
        page.get_by_role("button", name="Destroy what was chosen").click()
        page.get_by_text("all but what a law or a hold keeps").wait_for()
        assert axe(page) == []
        with page.expect_download() as waiting:
            page.get_by_role("button", name="To be checked").click()
        waiting.value.save_as(kept)
        assert json.loads(kept.read_bytes())["kept"][0]["basis"] == "31 CFR 1010.430"


def test_the_certificate_is_there_when_everything_is_gone(desk: Desk, tmp_path: Path) -> None:
    """Bram destroys globex, as greta chose; the page says so, and gives the certificate."""
    world = desk.world
    world.invite("yuki", "Yuki Sato")
    world.give(GLOBEX, "yuki", ["interpret", "audit", "destroy"])
    world.line("yuki").end_agreement(
        GLOBEX, at=write_time(world.now() - timedelta(minutes=1)), instruction="letter 7"
    )
    world.house.tend_ends()
    world.line("greta").choose_end(GLOBEX, "destroy")
    world.line("yuki").destroy_controller(GLOBEX, confirm=GLOBEX, instruction="letter 8")
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto(f"/console/at/{GLOBEX}/end")
        page.get_by_text("It is done, and certified.").wait_for()
        assert axe(page) == []
        assert not page.get_by_role("button", name="Destroy what was chosen").count()
        with page.expect_download() as waiting:
            page.get_by_role("button", name="To be read").click()
        suffix = "pdf" if report.available() else "json"
        assert waiting.value.suggested_filename == f"end-of-{GLOBEX}.{suffix}"
        waiting.value.save_as(tmp_path / "certificate")


def test_another_controllers_end_is_not_there(desk: Desk) -> None:
    """Clara finds no page of globex."""
    with desk.seat() as page:
        desk.sign_in(page, "clara")
        answer = page.goto(f"/console/at/{GLOBEX}/end")
        assert answer is not None
        assert answer.status == 404
