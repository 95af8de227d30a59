"""The ledger as an auditor reads it, and one's own accesses shown back (MISSION A9, A25)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page

from bailee.app import chronicle
from bailee.client import Client
from bailee.db import HOUSE
from tests.browser.desk import Desk, axe, reach
from tests.journeys.world import ACME, GLOBEX, PAYMENT, VERIFIER

AT = f"/console/at/{ACME}/ledger"


def downloaded(page: Page, link: str, target: Path) -> str:
    """Click a link to a file, keep it, and return its name; the page stays."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=link).click()
    name = waiting.value.suggested_filename
    waiting.value.save_as(target / name)
    return name


def verify(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the standalone verifier, isolated, on what was downloaded."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_an_entry_is_proven_from_the_page(desk: Desk, tmp_path: Path) -> None:
    """Clara finds an access, downloads its proof and the key, and verifies it without the server.

    With one byte of the proof changed the verifier says that it is broken.
    """
    record = desk.world.protect("page-subject")
    desk.world.reveal("payout", record)
    desk.world.house.settle()
    with desk.seat() as page:
        desk.sign_in(page, "clara")
        page.goto(AT)
        assert axe(page) == []
        row = page.locator("tr", has_text="record revealed").first
        assert "payout" in row.inner_text()
        row.get_by_role("link").first.click()
        page.wait_for_url("**/entry/*")
        assert page.get_by_text("the opening fits").is_visible()
        assert page.get_by_text(record).count() == 1
        assert "Marigold" not in page.content()
        assert axe(page) == []
        proof = downloaded(page, "Download the proof", tmp_path)
        key = downloaded(page, "Download verifier key", tmp_path)
        page.goto(AT)
        checkpoint = downloaded(page, "Download checkpoint", tmp_path)
    assert (tmp_path / checkpoint).read_text().startswith((tmp_path / key).read_text()[:20])
    code, said = verify(tmp_path, "--proof", proof, "--vkey", key)
    assert code == 0, said
    lines = (tmp_path / proof).read_text().split("\n")
    lines[1] = lines[1][:-8] + ("A" if lines[1][-8] != "A" else "B") + lines[1][-7:]
    (tmp_path / proof).write_text("\n".join(lines))
    code, said = verify(tmp_path, "--proof", proof, "--vkey", key)
    assert code == 3, said


def test_the_log_is_paged_from_new_to_old(desk: Desk) -> None:
    """Older and older: indices fall without a gap, to the first entry; a bad index is not there."""
    for number in range(60):
        desk.world.protect(f"page-{number}")
    desk.world.house.settle()
    with desk.seat() as page:
        desk.sign_in(page, "clara")
        page.goto(AT)
        seen: list[int] = []
        while True:
            seen += map(int, page.locator("tbody td:first-child").all_inner_texts())
            older = page.get_by_role("link", name="Older")
            if not older.count():
                break
            older.click()
        assert seen == list(range(seen[0], -1, -1))
        assert len(seen) > 60
        for path in ("before/x", "before/1e3", "before/-1", "before/" + "9" * 16, "entry/a%2Fb"):
            answer = page.goto(f"{AT}/{path}")
            assert answer is not None
            assert answer.status == 404, path
        answer = page.goto(f"{AT}/before/{'9' * 15}")
        assert answer is not None
        assert answer.status == 200


@pytest.mark.parametrize(("scheme", "width"), [("dark", 380)])
def test_the_same_by_keyboard(desk: Desk, scheme: str, width: int) -> None:
    """With Tab and Enter alone: accesses over time, their tables, and an entry's hashes."""
    record = desk.world.protect(f"keyboard-{scheme}")
    desk.world.reveal("payout", record)
    desk.world.house.settle()
    with desk.seat(color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
        desk.sign_in(page, "bram")
        page.goto(AT)
        reach(page, "Accesses over time")
        page.keyboard.press("Enter")
        page.wait_for_url("**/activity")
        reach(page, "The same as a table")
        page.keyboard.press("Enter")
        table = page.get_by_role("region", name="By purpose", exact=True).last
        assert "payment-processing" in table.inner_text()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        reach(page, "Entries")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{AT}")
        number = page.locator("tbody td a").first.inner_text()
        reach(page, number)
        page.keyboard.press("Enter")
        page.wait_for_url("**/entry/*")
        reach(page, "The hashes")
        page.keyboard.press("Enter")
        assert page.get_by_text("Level 1", exact=True).is_visible()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_shows_without_script(desk: Desk) -> None:
    """With script forbidden, the entries, the pictures and the way to the root are there."""
    desk.world.reveal("payout", desk.world.protect("scriptless"))
    desk.world.house.settle()
    with desk.seat(java_script_enabled=False) as page:
        desk.sign_in(page, "clara")
        page.goto(f"{AT}/activity")
        assert page.get_by_role("img", name="By purpose by day").is_visible()
        page.goto(AT)
        page.locator("tbody td a").first.click()
        assert page.get_by_role("img", name="Entry").is_visible()


def test_older_entries_are_a_link_away(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page opens a part of the log; older entries and the way back are links, on both pages."""
    monkeypatch.setattr(chronicle, "COUNTED", 8)
    desk.world.house.settle()
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        for path in (f"/console/at/{ACME}/mine", f"{AT}/activity"):
            page.goto(path)
            assert page.get_by_role("link", name="Back to the newest").count() == 0
            page.get_by_role("link", name="Look at older entries").click()
            page.wait_for_url(f"**{path}/before/*")
            assert axe(page) == []
            page.screenshot(path=tmp_path / f"{path.rpartition('/')[2]}.png")
            page.get_by_role("link", name="Back to the newest").click()
            page.wait_for_url(f"**{path}")


def test_who_may_not_look_is_refused_and_recorded(desk: Desk, tmp_path: Path) -> None:
    """Without audit the log does not open, and the log says who tried; nobody sees another's."""
    foreign = desk.world.last(tmp_path, GLOBEX)["id"]
    with desk.seat() as page:
        desk.sign_in(page, "esra")
        for path, status in ((AT, 403), (f"{AT}/activity", 403), ("/console/house/ledger", 403)):
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == status, path
            assert axe(page) == []
        for place in (ACME, HOUSE):
            entry = desk.world.last(tmp_path, place)
            assert (entry["decision"], entry["detail"]["code"]) == ("refused", "grant.missing")
            assert entry["opening"]["actor"]["principal_id"] == desk.world.ids["esra"]
        page.goto("/console/today")
        assert not page.get_by_role("link", name="Ledger").count()
    with desk.seat() as page:
        desk.sign_in(page, "clara")
        for path in (
            f"/console/at/{GLOBEX}/ledger",
            f"{AT}/entry/{foreign}",
            f"{AT}/entry/{foreign}/proof",
        ):
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 404, path


def test_the_houses_own_log(desk: Desk) -> None:
    """Whoever holds audit at the house reads its log too, and finds it in the menu."""
    desk.world.give(HOUSE, "bram", ["audit"])
    desk.world.house.settle()
    with desk.seat() as page:
        desk.sign_in(page, "bram")
        page.get_by_role("link", name="House ledger").click()
        page.get_by_role("heading", name="The house's own ledger").wait_for()
        assert axe(page) == []
        page.locator("tbody td a").first.click()
        page.wait_for_url("**/house/ledger/entry/*")
        assert page.get_by_role("heading", name="Where it stands").is_visible()


def test_ones_own_accesses_are_shown_back(desk: Desk) -> None:
    """Esra sees what she did, nothing of anybody else, and no link that she may not follow."""
    record = desk.world.protect("shown-back")
    desk.world.reveal("payout", record)
    with desk.seat() as page:
        desk.sign_in(page, "esra")
        token = next(one["value"] for one in page.context.cookies() if one["httpOnly"])
        desk.world.keys["esra"] = token  # her key ended with her first password
        desk.world.give(ACME, "esra", ["reveal"], "person.name")
        desk.world.house.settle()
        before = page.goto(f"/console/at/{ACME}/mine")
        assert before is not None
        assert before.status == 200
        had = page.locator("tbody tr").count()
        with Client("http://localhost", token, transport=desk.world.transport()) as esra:
            esra.reveal(ACME, PAYMENT, ["person.name"], records=[record])
        desk.world.house.settle()
        page.reload()
        assert page.locator("tbody tr").count() == had + 1
        newest = page.locator("tbody tr").first
        assert "record revealed" in newest.inner_text()
        assert not newest.get_by_role("link").count()
        assert "Marigold" not in page.content()
        assert axe(page) == []
