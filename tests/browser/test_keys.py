"""Keys: how long the erased can be recovered, rotating, certifying (MISSION A13, A27)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.desk import Desk, axe, reach
from tests.journeys.world import ACME, GLOBEX, PAYMENT

AT = f"/console/at/{ACME}/keys"


def erased(desk: Desk, subject: str) -> str:
    """Erase a subject; return the entry that announced it."""
    desk.world.protect(subject)
    desk.world.give(ACME, "importer", ["erase"], "*")
    done = desk.world.line("importer").erase(ACME, PAYMENT, subjects=[subject])
    desk.world.house.settle()
    return done.entry.entry_id


def test_a_rotation_and_a_certificate_by_mouse(desk: Desk, tmp_path: Path) -> None:
    """A rotation is asked for twice and done once; a certificate is shown, and saved as a file."""
    entry = erased(desk, "forgotten")
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.goto(AT)
        assert page.get_by_text("answers", exact=True).is_visible()
        assert axe(page) == []
        before = len(desk.world.entries(tmp_path, ACME))
        page.get_by_label("index").check()
        page.get_by_role("button", name="Rotate").click()
        page.get_by_role("heading", name="Give the index key a new version?").wait_for()
        assert axe(page) == []
        assert len(desk.world.entries(tmp_path, ACME)) == before
        page.get_by_role("button", name="Yes, rotate it").click()
        page.get_by_text("The index key has version").wait_for()
        assert desk.world.last(tmp_path, ACME)["action"] == "keys:controller:rotated"
        page.get_by_label("Entry of the erasure").fill(f" {entry.upper()} ")
        page.get_by_role("button", name="Certify", exact=True).click()
        page.get_by_text("the key of 1 person").wait_for()
        assert axe(page) == []
        assert desk.world.last(tmp_path, ACME)["action"] == "keys:erasure:certified"
        page.get_by_label("Entry of the erasure").fill(entry)
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Certify and download").click()
        kept = tmp_path / "certificate.txt"
        waiting.value.save_as(kept)
        assert waiting.value.suggested_filename == f"erasure-{entry}.txt"
        assert f"announced by entry    {entry}\n" in kept.read_text()
        for wrong in ("0" * 32, "<b>", "x" * 64):
            page.get_by_label("Entry of the erasure").fill(wrong)
            page.get_by_role("button", name="Certify", exact=True).click()
            page.get_by_role("alert").wait_for()
        assert axe(page) == []


@pytest.mark.parametrize(("scheme", "width"), [("dark", 380)])
def test_the_same_by_keyboard(desk: Desk, scheme: str, width: int) -> None:
    """With Tab, Enter and Space alone a key is rotated and an erasure certified."""
    entry = erased(desk, f"forgotten-{scheme}")
    with desk.seat(color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
        desk.sign_in(page, "bram")
        page.goto(AT)
        reach(page, "Entry of the erasure")
        page.keyboard.type(entry)
        page.keyboard.press("Enter")
        page.get_by_text("the key of 1 person").wait_for()
        reach(page, "data")
        reach(page, "Rotate")
        page.keyboard.press("Space")
        page.get_by_role("heading", name="Give the data key a new version?").wait_for()
        assert page.evaluate("document.activeElement.innerText") == "Yes, rotate it"
        page.keyboard.press("Enter")
        page.get_by_text("The data key has version").wait_for()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_who_may_only_look_cannot_rotate(desk: Desk, tmp_path: Path) -> None:
    """Clara sees the horizon and no form to rotate; a form made by hand is refused, on record."""
    with desk.seat(java_script_enabled=False) as page:
        desk.sign_in(page, "clara")
        page.goto(AT)
        assert page.get_by_role("heading", name="The horizon").is_visible()
        assert not page.get_by_role("button", name="Rotate").count()
        page.evaluate(
            """(at) => {
              const form = document.querySelector("form[action$='/certificate']");
              form.action = at + "/rotate";
              form.insertAdjacentHTML("beforeend",
                "<input name=what value=data><input name=sure value=yes>");
              form.noValidate = true;
            }""",
            AT,
        )
        page.get_by_role("button", name="Certify", exact=True).click()
        page.get_by_role("alert").wait_for()
        entry = desk.world.last(tmp_path, ACME)
        assert (entry["decision"], entry["detail"]["verb"]) == ("refused", "keys")
        assert entry["opening"]["actor"]["principal_id"] == desk.world.ids["clara"]


def test_who_holds_neither_finds_nothing(desk: Desk) -> None:
    """Esra sees no line in the menu and no key; another controller's page is not there."""
    with desk.seat() as page:
        desk.sign_in(page, "esra")
        assert not page.get_by_role("link", name="Keys").count()
        page.goto(AT)
        assert not page.get_by_role("table").count()
        assert not page.get_by_role("button", name="Rotate").count()
        answer = page.goto(f"/console/at/{GLOBEX}/keys")
        assert answer is not None
        assert answer.status == 404
