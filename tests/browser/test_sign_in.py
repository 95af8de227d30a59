"""Coming in and going out, as people do it (MISSION A7)."""

from __future__ import annotations

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
