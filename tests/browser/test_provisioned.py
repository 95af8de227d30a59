"""Whom the identity provider made waits on the page of people, and comes in from there."""

from __future__ import annotations

from tests.browser.desk import Desk, axe
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
