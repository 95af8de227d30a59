"""People sign in at a real OpenID provider, in Chromium, on another site than ours (MISSION A7)."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from bailee.web.certificate import own_certificate
from bailee.web.server import Listener, Tls
from tests.browser.desk import GOOD, Desk, axe, code_at
from tests.canaille import PEOPLE, STEPS, Canaille, running
from tests.journeys.world import founded
from tests.openbao import free_port

BACK = "/console/sign-on/back"


class Hall(Desk):
    """A desk whose house keeps the provider's time: codes are not hurried on."""

    def code(self, who: str) -> str:
        """Return the code of this half minute; there is one of them in a test."""
        return code_at(self.seeds[who], self.world.now().timestamp())


@pytest.fixture(scope="module", params=("sqlite",))
def hall(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    browser: Browser,
) -> Iterator[tuple[Hall, Canaille]]:
    """Yield a served deployment beside a provider; the two are different sites to a browser."""
    folder, port = tmp_path_factory.mktemp("sign-on"), free_port()
    with running(folder / "canaille", f"https://localhost:{port}{BACK}") as provider:
        more = provider.environment()
        with founded(request.param, folder / "home", request, **more) as world:
            tls = Tls(*own_certificate(folder / "tls", world.now()))
            listener = Listener(world.house, "localhost", port, tls=tls)
            ready = threading.Event()
            serve = threading.Thread(target=listener.run, args=(lambda _: ready.set(),))
            serve.start()
            assert ready.wait(30)
            try:
                yield Hall(world, browser, listener.url), provider
            finally:
                listener.stop()
                serve.join()


def at_the_provider(page: Page, provider: Canaille, who: str) -> None:
    """Sign in on the provider's pages, and consent where it asks, as often as it asks."""
    page.wait_for_url(f"{provider.issuer}/**")
    for _ in range(STEPS):
        if not page.url.startswith(provider.issuer):
            return
        login, password = (page.locator(f"input[name={one}]") for one in ("login", "password"))
        with page.expect_navigation():
            if login.count():
                login.fill(who)
                page.keyboard.press("Enter")
            elif password.count():
                password.fill(PEOPLE[who])
                provider.rest()  # it counts whole seconds, and asks again in the same one
                page.keyboard.press("Enter")
            else:
                page.locator("button[value=accept]").click()
    raise AssertionError(page.url)


def test_esra_links_herself_and_signs_in_there(hall: tuple[Hall, Canaille]) -> None:
    """By mouse: link, sign out, sign in at the provider, show a code, and be in."""
    desk, provider = hall
    consented = desk.world.line().begin_sign_on()  # before: else Canaille asks again and again
    provider.browser().visit(consented.address, "esra")
    with desk.seat() as page:
        desk.welcome(page, "esra")
        codes = page.locator(".codes code").all_inner_texts()
        page.goto("/console/account")
        assert axe(page) == []
        page.get_by_label("Code", exact=True).first.fill(codes[0])
        page.get_by_role("button", name="Show a code now").click()
        page.get_by_role("button", name="Link me with Canaille").click()
        at_the_provider(page, provider, "esra")
        page.wait_for_url("**/console/account")
        page.get_by_text("You sign in with Canaille too").wait_for()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/console/sign-in")
        assert axe(page) == []

        provider.rest()
        page.get_by_role("button", name="Sign in with Canaille").click()
        page.wait_for_url("**/console/sign-on/code")  # still signed in there: nothing is asked
        assert axe(page) == []
        assert page.goto("/console/today") is not None
        assert page.url.endswith("/console/sign-on/code")
        page.get_by_label("Code").fill("000000")
        page.get_by_role("button", name="Go in").click()
        page.get_by_text("second_factor.refused").wait_for()
        page.get_by_label("Code").fill(codes[1])
        page.get_by_role("button", name="Go in").click()
        page.wait_for_url("**/console/today")
        page.goto("/console/account")
        assert page.get_by_text("sso, recovery").is_visible()
        (cookie,) = [one for one in page.context.cookies(desk.url) if "bailee" in one["name"]]
        assert (cookie["name"], cookie["sameSite"]) == ("__Host-bailee", "Strict")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/console/sign-in")
        provider.rest()
        page.get_by_role("button", name="Sign in with Canaille").click()
        page.wait_for_url("**/console/sign-on/code")
        page.get_by_role("button", name="Sign out").click()  # whoever waits for a code can leave
        page.wait_for_url("**/console/sign-in")
        assert page.context.cookies(desk.url) == []


def test_who_is_not_linked_stays_outside(hall: tuple[Hall, Canaille]) -> None:
    """A person of the provider whom nobody linked reads the one answer, and has no cookie."""
    desk, provider = hall
    with desk.seat() as page:
        page.goto("/console/sign-in")
        page.get_by_role("button", name="Sign in with Canaille").click()
        page.wait_for_url(f"{provider.issuer}/**")
        (cookie,) = page.context.cookies(desk.url)
        assert (cookie["name"], cookie["sameSite"]) == ("__Host-bailee-away", "Lax")
        assert (cookie["httpOnly"], cookie["secure"], cookie["path"]) == (True, True, "/")
        at_the_provider(page, provider, "mallory")
        page.get_by_text("That did not sign anybody in").wait_for()
        assert axe(page) == []
        assert page.context.cookies(desk.url) == []
        page.reload()  # the same response once more
        page.get_by_text("That did not sign anybody in").wait_for()
        page.get_by_label("Password").fill(GOOD)  # the password is still there to sign in with


def test_a_response_that_somebody_else_asked_for(hall: tuple[Hall, Canaille]) -> None:
    """Login CSRF: an attacker's response, opened in the victim's browser, signs nobody in."""
    desk, provider = hall
    away = desk.world.line().begin_sign_on()
    back = provider.browser().visit(away.address, "esra")
    address = f"{desk.url}{BACK}?code={back['code']}&state={back['state']}&iss={back['iss']}"
    with desk.seat() as page:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 401
        page.get_by_text("That did not sign anybody in").wait_for()
        assert page.context.cookies(desk.url) == []


def test_a_query_is_taken_at_one_address_alone(hall: tuple[Hall, Canaille]) -> None:
    """C3.2: everywhere else it is refused unread; there it is bounded, and never sends anywhere."""
    desk, _ = hall
    with desk.seat() as page:
        for path, status in (
            ("/console/sign-in?state=x", 422),
            (f"{BACK}/?state=x", 422),
            (f"{BACK}?state={'x' * 5000}", 422),
            (f"{BACK}?next=https://evil.example&value=canary-9", 422),
            (f"{BACK}?state=a&state=b", 422),
            (f"{BACK}?state=%ff", 422),
            (f"{BACK}?state=a&error=access_denied&error_description=canary-9", 401),
        ):
            answer = page.context.request.get(desk.url + path, max_redirects=0)
            assert answer.status == status, path
            assert "canary-9" not in answer.text()
            assert "evil.example" not in answer.text()
