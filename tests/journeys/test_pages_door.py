"""What the console's door says to browsers, read without one (OWASP ASVS 5.0.0, V3, V6, V7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from http import HTTPStatus

import httpx2
import pytest

from bailee.console import assets
from bailee.console.guard import csrf_of
from bailee.console.pages import TABLE
from bailee.console.render import render
from bailee.web import pages
from bailee.web.routes import TABLE as API
from tests.journeys.world import World

GOOD = "ferrous 7 walrus umbrella"
MAIL = "esra.demir@harborline.example"
OWN = {"sec-fetch-site": "same-origin"}
HARMFUL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


class Fields(HTMLParser):
    """The inputs and forms of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inputs: dict[str, dict[str, str | None]] = {}
        self.forms: list[dict[str, str | None]] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what stands in a tag."""
        self.tags.append(tag)
        found = dict(attrs)
        if tag == "input":
            self.inputs[found.get("name") or ""] = found
        elif tag == "form":
            self.forms.append(found)


@pytest.fixture(scope="module")
def token(house: World) -> str:
    """Let esra set a password; return her session's token."""
    secret = house.line("ada").renew_invitation(house.ids["esra"]).secret
    return house.line().set_password(secret, GOOD).token


@pytest.fixture
def browser(house: World) -> Iterator[httpx2.Client]:
    """Yield something that sends what a browser would, over TLS."""
    base = "https://localhost"
    with httpx2.Client(base_url=base, transport=house.transport()) as client:
        yield client


def cookie(token: str) -> dict[str, str]:
    """Return the cookie of a session."""
    return {"cookie": f"__Host-bailee={token}"}


def everywhere(browser: httpx2.Client, token: str) -> Iterator[httpx2.Response]:
    """Yield an answer of every kind: page, page of somebody, refusal, asset, API, nowhere."""
    for path in ("/", "/console/sign-in", "/console/welcome", "/console/nowhere", "/nowhere"):
        yield browser.get(path)
    yield browser.get("/console/today", headers=cookie(token))
    yield browser.get("/console/today")
    yield browser.post("/console/sign-in", data={"login": MAIL, "password": "x"})
    yield browser.get("/v1/limits")
    yield browser.get("/v1/people")
    yield browser.get("/openapi.json")
    for name in assets.MEDIA:
        yield browser.get(assets.address(name))


def test_every_answer_says_what_a_browser_may(browser: httpx2.Client, token: str) -> None:
    """ASVS 3.2.1, 3.4.1 to 3.4.6: on pages, assets, refusals and the API, each answer by itself."""
    seen = 0
    for answer in everywhere(browser, token):
        seen += 1
        head = answer.headers
        year = re.fullmatch(r"max-age=(\d+); includeSubDomains", head["strict-transport-security"])
        assert year is not None
        assert int(year[1]) >= 365 * 24 * 3600
        policy = {one.strip() for one in head["content-security-policy"].split(";")}
        assert {"object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in head["content-security-policy"]
        assert head["x-content-type-options"] == "nosniff"
        assert head["referrer-policy"] in {"no-referrer", "same-origin"}
        assert head["cross-origin-resource-policy"] == "same-origin"
        assert not [name for name in head if name.startswith("access-control-")]
    assert seen > 12


def test_the_cookie_is_the_hosts_and_nobody_elses(browser: httpx2.Client, token: str) -> None:
    """ASVS 3.3.1 to 3.3.4, 7.2.4: __Host-, Secure, HttpOnly, Strict, new each time, in no body."""
    told = {"login": MAIL, "password": GOOD}
    given = []
    for _ in range(2):
        browser.cookies.clear()  # a browser of somebody else's each time
        answer = browser.post("/console/sign-in", data=told, headers=OWN)
        assert answer.status_code == HTTPStatus.SEE_OTHER
        assert answer.headers["location"] == "/console/today"
        given.append(answer.headers["set-cookie"])
    browser.cookies.clear()
    said = given[0]
    name, _, rest = said.partition("=")
    value, *marks = [part.strip() for part in rest.split(";")]
    assert name == "__Host-bailee"
    assert {"Path=/", "Secure", "HttpOnly", "SameSite=Strict"} == set(marks)
    assert "domain" not in said.lower()
    assert value not in given[1]
    assert value != token
    page = browser.get("/console/today", headers=cookie(value))
    assert page.status_code == HTTPStatus.OK
    assert value not in page.text


def test_forms_of_others_are_refused(browser: httpx2.Client, token: str) -> None:
    """ASVS 3.5.1: another origin, none, a wrong token or none: refused, and the session goes on."""
    right = Fields(browser.get("/console/today", headers=cookie(token)).text).inputs["csrf"][
        "value"
    ]
    tried: list[tuple[dict[str, str], dict[str, str | None]]] = [
        ({"sec-fetch-site": "cross-site"}, {"csrf": right}),
        ({"sec-fetch-site": "same-site"}, {"csrf": right}),
        ({"sec-fetch-site": "none"}, {"csrf": right}),
        ({"origin": "https://elsewhere.example"}, {"csrf": right}),
        ({}, {"csrf": right}),
        (OWN, {"csrf": "0" * 64}),
        (OWN, {"csrf": ""}),
        (OWN, {"login": "x"}),
    ]
    for head, form in tried:
        answer = browser.post("/console/sign-out", data=form, headers=head | cookie(token))
        assert answer.status_code == HTTPStatus.FORBIDDEN, (head, form)
    assert browser.get("/console/today", headers=cookie(token)).status_code == HTTPStatus.OK


def test_what_changes_anything_is_a_post() -> None:
    """ASVS 3.5.3: neither a page nor a route of the API changes anything by GET."""
    assert {row.method for row in TABLE} == {"GET", "POST"}
    shown = {row.path for row in TABLE if row.method == "GET"}
    taken = {row.path for row in TABLE if row.method == "POST"}
    assert not [path for path in taken - shown if path in shown]
    assert all(row.request is None for row in API if row.method == "GET")
    assert {row.method for row in API} == {"GET", "POST"}


def test_what_somebody_typed_comes_back_as_text(browser: httpx2.Client) -> None:
    """ASVS 1.2.1, 3.2.2: markup in a field that is shown again is text of that field, no more."""
    told = {"login": HARMFUL, "password": "x"}
    page = browser.post("/console/sign-in", data=told, headers=OWN)
    fields = Fields(page.text)
    assert fields.inputs["login"]["value"] == HARMFUL
    assert "<script>alert" not in page.text
    assert fields.tags.count("img") == Fields(browser.get("/console/sign-in").text).tags.count(
        "img"
    )


def test_what_somebody_wrote_is_json(house: World) -> None:
    """ASVS 1.2.3, 1.2.1: names that look like JSON or markup come back as one string of it."""
    name = 'Zo\u00eb "}],\u2028</script> Quill'
    with httpx2.Client(base_url="http://localhost", transport=house.transport()) as http:
        head = {"authorization": f"Bearer {house.keys['ada']}"}
        answer = http.post("/v1/controllers/acme/explain", json={"verb": name}, headers=head)
        assert name not in answer.text
        assert answer.headers["content-type"].startswith("application/")
        assert isinstance(answer.json(), dict)


def test_password_fields_are_masked_and_may_be_pasted_into(browser: httpx2.Client) -> None:
    """ASVS 6.2.6, 6.2.7: type=password, known to password managers, and no script in the way."""
    for path, names in {
        "/console/sign-in": {"password": "current-password"},
        "/console/welcome": {"password": "new-password", "again": "new-password"},
    }.items():
        page = browser.get(path).text
        fields = Fields(page)
        for name, auto in names.items():
            assert fields.inputs[name]["type"] == "password"
            assert fields.inputs[name]["autocomplete"] == auto
        assert "paste" not in page
    assert "paste" not in assets.read("console.js").decode()


def test_every_page_of_somebody_signed_in_lets_them_out(browser: httpx2.Client, token: str) -> None:
    """ASVS 7.4.4: whoever is signed in finds 'Sign out' on each page."""
    seen = 0
    for row in TABLE:
        if row.method != "GET" or row.open or "{" in row.path:
            continue
        page = browser.get(row.path, headers=cookie(token))
        if page.status_code != HTTPStatus.OK:
            continue
        seen += 1
        actions = [form.get("action") for form in Fields(page.text).forms]
        assert "/console/sign-out" in actions, row.path
        assert "Sign out" in page.text
    assert seen > 1


YES_OR_NO = {"answer_engagement", "answer_redress", "answer_subprocessor"}
"""An answer there is a yes or a no, to a notice or a claim."""


def test_nobody_is_asked_for_what_others_know() -> None:
    """ASVS 6.4.2: no form and no shape has a place for a hint or a secret question."""
    words = {"hint", "question", "answer", "maiden", "pet"}
    for row in API:
        if row.request is not None and row.name not in YES_OR_NO:
            assert not set(row.request.__struct_fields__) & words, row.name


def test_nobody_is_there_at_first(house: World) -> None:
    """ASVS 6.3.2: founding makes no account but the person's who founds; services have no password.

    The house's own service has keys that never left it.
    """
    everybody = house.line("ada").list_people()
    people = [one for one in everybody.people if one.kind == "person"]
    assert all(one.name.lower() not in {"admin", "root", "sa", "test"} for one in people)
    with house.rows() as conn:
        owners = conn.exec_driver_sql("SELECT DISTINCT principal FROM person_password").all()
    assert {row[0] for row in owners} <= {house.ids["esra"]}


def test_a_page_that_cannot_be_made_is_a_page_in_words(
    browser: httpx2.Client, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """500 with a request id, the policy on it; and where every page is broken, a few words."""
    sound = {"problem.html"}

    def broken(template: str, *more: object) -> bytes:
        if template not in sound:
            raise KeyError("a secret word")
        return render(template, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(pages, "render", broken)
    for words in ("Something went wrong inside", "This page cannot be shown"):
        answer = browser.get("/console/today", headers=cookie(token))
        assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        assert answer.headers["content-type"].startswith("text/html")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert words in answer.text
        assert "secret word" not in answer.text
        sound.clear()


def test_a_session_that_was_opened_is_not_lost_with_its_page(
    house: World, browser: httpx2.Client, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails after signing in is told, the cookie leaves with that, and opens the next page."""

    def broken(*_asked: object) -> None:
        raise KeyError("training")

    assert token  # esra has a password
    form = {"login": MAIL, "password": GOOD}
    with monkeypatch.context() as patched:
        patched.setattr(house.house, "training", broken)
        answer = browser.post("/console/sign-in", data=form, headers=OWN)
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    made = re.search(r"__Host-bailee=(bs_[^;]+); Path=/; Secure", answer.headers["set-cookie"])
    assert made
    assert browser.get("/console/today", headers=cookie(made[1])).status_code == HTTPStatus.OK


def test_a_page_told_again_says_what_kind_of_no_it_was(browser: httpx2.Client, token: str) -> None:
    """A form that is none is 422, an act without the right 403, what does not exist 404."""
    form = {"csrf": csrf_of(token)}
    for path, status in (
        ("/console/at/acme/emergencies/open", HTTPStatus.UNPROCESSABLE_ENTITY),
        ("/console/at/acme/grants/why", HTTPStatus.FORBIDDEN),
        (f"/console/at/acme/approvals/{'0' * 32}/approve", HTTPStatus.NOT_FOUND),
    ):
        answer = browser.post(path, data=form, headers=OWN | cookie(token))
        assert answer.status_code == status, (path, answer.text)
