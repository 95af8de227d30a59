"""Pages refuse what a page of somebody else sends, and carry what keeps them where they belong."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from secrets import token_hex

import httpx2
import pytest

from bailee.console import assets, guard
from bailee.console.pages import TABLE
from bailee.console.render import environment
from tests.journeys.world import ACME, SEED, World, founded

HOST = "http://localhost"
SAME = {"sec-fetch-site": "same-origin"}
MAIL = "dev.ranganathan@harborline.example"


def chosen(secret: str) -> dict[str, str]:
    """Return a form that takes up an invitation, with a password that nobody had before."""
    password = f"ferrous 7 walrus {token_hex(4)}"
    return {"secret": secret, "password": password, "again": password}


class Browser:
    """A browser as far as the door sees it: a cookie, and what it says of where forms come from."""

    def __init__(self, world: World) -> None:
        self._http = httpx2.Client(base_url=HOST, transport=world.transport())
        self.cookie = ""

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Ask for a page."""
        return self._http.get(path, headers=self._with(headers))

    def post(
        self, path: str, data: dict[str, str], file: bytes = b"", /, **headers: str
    ) -> httpx2.Response:
        """Send a form, perhaps with a file; the cookie that comes back is kept."""
        files = {"file": ("x.pdf", file)} if file else None
        found = self._http.post(path, data=data, files=files, headers=self._with(SAME | headers))
        for one in found.headers.get_list("set-cookie"):
            self.cookie = one.partition(";")[0]
        return found

    def _with(self, headers: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return named | ({"cookie": self.cookie} if self.cookie else {})

    @property
    def secret(self) -> str:
        """The session's secret."""
        return self.cookie.partition("=")[2]

    @property
    def csrf(self) -> str:
        """The token that this session's forms hold."""
        page = self.get("/console/account").text
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
        assert found
        return found[1]


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Yield a deployment; dev has a password."""
    with founded(request.param, tmp_path_factory.mktemp("guard") / "home", request) as made:
        yield made


@pytest.fixture
def dev(world: World) -> Browser:
    """Return a browser in which dev took up an invitation a moment ago."""
    browser = Browser(world)
    secret = world.line("bram").renew_invitation(world.ids["dev"]).secret
    made = browser.post("/console/welcome", chosen(secret))
    assert made.status_code == 303, made.text
    assert made.headers["location"] == "/console/account"
    return browser


def test_the_cookie_is_bound_to_this_host_and_out_of_scripts_reach(dev: Browser) -> None:
    """ASVS 3.3.1, 3.3.2, 3.3.3, 3.3.4: __Host-, Secure, HttpOnly, SameSite=Strict, no Domain."""
    assert guard.COOKIE.startswith("__Host-")
    assert dev.cookie.startswith(f"{guard.COOKIE}=bs_")
    words = {one.strip().lower() for one in guard.ATTRIBUTES.split(";")}
    assert words == {"path=/", "secure", "httponly", "samesite=strict"}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": ""},
        {"sec_fetch_site": "cross-site", "origin": HOST},
    ],
)
def test_a_form_from_elsewhere_changes_nothing(dev: Browser, headers: dict[str, str]) -> None:
    """ASVS 3.5.1: whoever may not have sent it from here is refused, the right token or not."""
    found = dev.post("/console/sign-out", {"csrf": dev.csrf}, **headers)
    assert (found.status_code, "form.origin" in found.text) == (403, True)
    assert dev.get("/console/account").status_code == 200


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (HOST, 303),
        ("http://localhost.evil.example", 403),
        ("null", 403),
        ("https://localhost", 403),
    ],
)
def test_an_old_browser_says_its_origin(world: World, origin: str, status: int) -> None:
    """ASVS 3.5.1: without Sec-Fetch-Site the origin must be this one, to the letter."""
    http = httpx2.Client(base_url=HOST, transport=world.transport())
    secret = world.line("bram").renew_invitation(world.ids["dev"]).secret
    form = chosen(secret)
    assert (
        http.post("/console/welcome", data=form, headers={"origin": origin}).status_code == status
    )
    assert http.post("/console/welcome", data=form).status_code == 403


@pytest.mark.parametrize("token", ["", "0" * 64, "nobody's"])
def test_a_form_names_its_sessions_token(dev: Browser, token: str) -> None:
    """ASVS 3.5.1: a form without the session's own token changes nothing."""
    found = dev.post("/console/sign-out", {"csrf": token})
    assert (found.status_code, "form.token" in found.text) == (403, True)
    assert dev.get("/console/account").status_code == 200


def test_a_token_of_another_session_is_worth_nothing(world: World, dev: Browser) -> None:
    """A token is bound to one session, not to the house."""
    old = dev.csrf
    again = Browser(world)
    secret = world.line("bram").renew_invitation(world.ids["dev"]).secret
    again.post("/console/welcome", chosen(secret))
    assert again.csrf != old
    assert again.post("/console/sign-out", {"csrf": old}).status_code == 403


def test_nobody_is_handed_a_session_to_sign_in_to(world: World, dev: Browser) -> None:
    """ASVS 7.2.4: signing in makes another session, whatever cookie the browser brought."""
    planted = Browser(world)
    planted.cookie = dev.cookie
    secret = world.line("bram").renew_invitation(world.ids["esra"]).secret
    form = chosen(secret) | {"csrf": dev.csrf}
    planted.post("/console/welcome", form)
    assert planted.cookie != dev.cookie
    assert "Esra Demir" in planted.get("/console/account").text


def test_an_invitation_is_taken_up_in_a_browser_where_somebody_is_signed_in(
    world: World, dev: Browser
) -> None:
    """The pages at the door hold the token of whoever is signed in, so their forms count."""
    page = dev.get("/console/welcome").text
    shown = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert shown
    assert shown[1] == dev.csrf
    secret = world.line("bram").renew_invitation(world.ids["esra"]).secret
    assert dev.post("/console/welcome", chosen(secret) | {"csrf": shown[1]}).status_code == 303


def test_signing_out_ends_the_session_for_good(dev: Browser) -> None:
    """ASVS 7.4.1, 14.3.1: the old cookie is worth nothing, and the browser drops what it kept."""
    old = dev.cookie
    gone = dev.post("/console/sign-out", {"csrf": dev.csrf})
    assert gone.headers["clear-site-data"] == '"cache"'
    assert "max-age=0" in gone.headers["set-cookie"].lower()
    dev.cookie = old
    answer = dev.get("/console/today")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/sign-in")


def test_two_cookies_of_one_name_are_none(dev: Browser) -> None:
    """A cookie that somebody put beside ours is not chosen, and neither is ours."""
    dev.cookie = f"{dev.cookie}; {guard.COOKIE}=bs_{'x' * 40}"
    assert dev.get("/console/today").status_code == 303


def test_the_api_takes_no_cookie_and_a_page_no_key(world: World, dev: Browser) -> None:
    """A form of somebody else's can call neither: the API wants a header, pages want the cookie."""
    assert dev.get("/v1/controllers").status_code == 401
    stranger = Browser(world)
    key = {"authorization": f"Bearer {world.keys['bram']}"}
    assert stranger.get("/console/today", **key).status_code == 303


def test_every_page_carries_its_policy(dev: Browser) -> None:
    """ASVS 3.4.3 to 3.4.8, 14.3.2: no foreign script, frame, cache, referrer or sniffing."""
    for path in ("/console/sign-in", "/console/account", "/console/nowhere", "/console/today"):
        headers = dev.get(path).headers
        policy = dict(
            one.strip().split(" ", 1) for one in headers["content-security-policy"].split(";")
        )
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["form-action"] == "'self'"
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["referrer-policy"] in {"same-origin", "no-referrer"}


def test_strangers_are_sent_to_sign_in_and_nowhere_else(world: World) -> None:
    """Every page that is not open sends strangers to one address, which no request chooses."""
    stranger = Browser(world)
    for row in TABLE:
        if row.open:
            continue
        path = row.path.replace("{controller}", ACME).replace("{id}", "x").replace("{index}", "1")
        path = path.replace("{state}", "due")
        if row.method == "GET":
            answer = stranger.get(path)
        else:
            answer = stranger.post(path, {"a": "b"}, b"%PDF-" if row.files else b"")
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/sign-in"), path
    assert stranger.get("/console/today?next=https://evil.example").status_code == 422


def test_a_refused_sign_in_says_the_same_to_everybody(world: World, dev: Browser) -> None:
    """ASVS 6.3.8: whether an address is known cannot be told from the page."""
    pages = set()
    for login in (MAIL, "nobody.atall@harborline.example"):
        browser = Browser(world)
        answer = browser.post("/console/sign-in", {"login": login, "password": "wrong 1 wrong"})
        assert answer.status_code == 401
        pages.add(answer.text.replace(login, ""))
    assert len(pages) == 1


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"login=a", "application/json", 415),
        (b"login=a", "text/plain", 415),
        (b"a=1&" * 500, "application/x-www-form-urlencoded", 413),
        (b"login=" + b"a" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"login=%ff&password=x", "application/x-www-form-urlencoded", 422),
        (b"login=%00&password=x", "application/x-www-form-urlencoded", 422),
    ],
)
def test_what_is_no_form_is_refused_as_a_page(
    world: World, body: bytes, media: str, status: int
) -> None:
    """Giant, binary and foreign bodies get a page that says what to do, and echo nothing."""
    http = httpx2.Client(base_url=HOST, transport=world.transport())
    answer = http.post("/console/sign-in", content=body, headers=SAME | {"content-type": media})
    assert answer.status_code in {status, 401}
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert len(answer.content) < 10_000


def test_no_field_of_a_form_comes_back_in_an_error(world: World, dev: Browser) -> None:
    """ASVS 16.5.1: a value in the wrong place is not repeated by the page that refuses it."""
    form = {"csrf": dev.csrf, "purpose": SEED["person.ssn"], "element": SEED["person.name"]}
    answer = dev.post(f"/console/at/{ACME}/records/search", form | {"equals": SEED["person.email"]})
    assert answer.status_code in {403, 422}
    page = Text()
    page.feed(answer.text)
    for value in (SEED["person.ssn"], SEED["person.email"]):
        assert value not in " ".join(page.said)


class Text(HTMLParser):
    """What a page says to people."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep a piece of text."""
        self.said.append(data)


def test_htmx_is_what_was_published() -> None:
    """The one file that is not ours has the hash that stands beside its version."""
    assert hashlib.sha256(assets.read("htmx.min.js")).hexdigest() == assets.HTMX_SHA256


def test_files_are_kept_and_their_address_changes_with_them(world: World) -> None:
    """A file's address holds its hash; any other address of it is not found."""
    stranger = Browser(world)
    found = stranger.get(assets.address("style.css"))
    assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert stranger.get(f"/console/assets/{'0' * 16}/style.css").status_code == 404
    assert stranger.get(f"/console/assets/{'0' * 16}/../render.py").status_code == 404


def test_templates_escape_and_hold_no_script() -> None:
    """ASVS 1.2.1, 3.4.3: no template switches escaping off, or has a script or style of its own."""
    made = environment()
    assert made.autoescape is True
    for name in made.list_templates():
        source, _, _ = made.loader.get_source(made, name)  # type: ignore[union-attr]  # it has one
        assert not re.search(
            r"\|\s*safe|autoescape|<style|style=|\son\w+=\"|javascript:", source
        ), name
        assert not re.search(r"<script(?! src=\"\{\{ asset\()", source), name
        for one in re.findall(r"<form[^>]*>", source):
            assert 'method="post"' in one, name
