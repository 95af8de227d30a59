"""Coming in and going out, as people do it (MISSION A7)."""

from __future__ import annotations

from datetime import timedelta

from tests.browser.desk import Desk, axe


def test_first_visit_and_second(desk: Desk) -> None:
    """Whoever was invited sets a password, enrols an authenticator, and signs in with both."""
    with desk.seat() as page:
        desk.welcome(page, "esra")
        assert axe(page) == []
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/console/sign-in")
        assert axe(page) == []
        desk.sign_in(page, "esra")
        assert page.get_by_role("heading", name="Today").is_visible()
        assert axe(page) == []


def test_other_sessions_are_ended_after_a_code(desk: Desk) -> None:
    """ASVS 7.5.2: seen at once, ended with a code shown lately, and then gone in that browser."""
    with desk.seat() as page, desk.seat() as other:
        desk.sign_in(page, "bram")
        desk.sign_in(other, "bram")
        for _ in range(2):
            desk.world.shift += timedelta(minutes=8)
            for one in (page, other):
                one.goto("/console/account")
        page.get_by_role("button", name="End all others").click()
        page.get_by_text("shown within the last fifteen minutes").wait_for()
        assert axe(page) == []
        page.get_by_label("Code").first.fill(desk.code("bram"))
        page.get_by_role("button", name="Show a code now").click()
        page.wait_for_url("**/console/account")
        page.get_by_role("button", name="End all others").click()
        page.get_by_text("this one").wait_for()
        assert page.get_by_role("button", name="End all others").count() == 0
        other.goto("/console/account")
        other.wait_for_url("**/console/sign-in")
