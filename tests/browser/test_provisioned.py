"""Whom the identity provider made waits on the page of people, and comes in from there."""

from __future__ import annotations

from pathlib import Path

from tests.browser.desk import Desk, axe
from tests.journeys.world import ACME
from tests.scim.world import provider


def test_somebody_who_waits_is_admitted(desk: Desk) -> None:
    """The page shows the name as text, whatever it holds; admitted, the person is invited."""
    with provider(desk.world) as idp:
        name = "<b>pia</b>@harborline.example"
        idp.make("pia", userName=name)
        with desk.seat() as page:
            desk.sign_in(page, "bram")
            page.goto("/console/people")
            assert page.locator("select[name=user] option").all_inner_texts() == [name]
            assert axe(page) == []
            page.get_by_label("Their own name").fill("Pia Sorensen")
            page.get_by_label("Who employs them").fill("Harborline")
            page.get_by_label("Their work e-mail").fill("pia@harborline.example")
            page.get_by_label("Their confidentiality undertaking").fill("NDA-pia")
            page.get_by_label("Their paper was signed on").fill("2026-01-05")
            page.get_by_role("button", name="Admit").click()
            row = page.get_by_role("row").filter(has_text="Pia Sorensen")
            assert "the identity provider, or us" in row.inner_text()
            assert page.locator("select[name=user]").count() == 0
            invited = page.locator("code.big").first.inner_text()
        key = desk.world.line().accept_invitation(invited)
        assert key.principal


def test_a_group_is_given_rights_by_two_people_and_loses_them(desk: Desk, tmp_path: Path) -> None:
    """Ada proposes, cannot approve her own; bram approves and removes; a bad one is told there."""
    for who in ("bram", "noor"):
        until = desk.world.until()
        desk.world.line("ada").grant(ACME, desk.world.ids[who], verbs=["grant"], until=until)
    here = f"/console/at/{ACME}/groups"
    with desk.seat() as page:
        desk.sign_in(page, "ada")
        page.goto("/console/people")
        page.get_by_role("link", name="Groups with rights at Acme").click()
        page.get_by_role("button", name="Propose").click()
        page.get_by_role("alert").get_by_text("form.field").wait_for()
        page.get_by_label("Group, by name").fill("Claims <b>desk</b>")
        page.get_by_label("reveal-masked", exact=True).check()
        page.get_by_label("person.ssn:last4", exact=True).check()
        page.locator("input[name=purposes]").first.check()
        page.get_by_role("button", name="Propose").click()
        page.get_by_role("heading", name="Claims <b>desk</b> proposed").wait_for()
        assert page.get_by_role("button", name="Approve").count() == 0
        assert axe(page) == []
        page.screenshot(path=tmp_path / "groups.png", full_page=True)
    with desk.seat(viewport={"width": 380, "height": 800}, color_scheme="dark") as page:
        desk.sign_in(page, "bram")
        page.goto(here)
        page.get_by_role("button", name="Approve what Claims").click()
        page.get_by_role("heading", name="Claims <b>desk</b> living").wait_for()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 380
        page.screenshot(path=tmp_path / "narrow.png", full_page=True)
        page.get_by_role("button", name="Remove what Claims").click()
        page.get_by_text("No group gives anything here.").wait_for()
    (found,) = desk.world.line("noor").list_group_mappings(ACME).mappings
    assert (found.group, found.status) == ("Claims <b>desk</b>", "removed")
