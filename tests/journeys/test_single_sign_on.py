"""People sign in at a real OpenID provider, whose pages are walked through form by form (A7).

C2.5(2), C2.5(3), C2.5(5), C2.5(6); OpenID Connect Core 3.1, RFC 7636, RFC 9207, RFC 9700.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from bailee.client import Client
from bailee.client.sign_on_answers import Away, Back
from bailee.db import HOUSE
from tests.canaille import PEOPLE, Browser, Canaille, running
from tests.journeys.test_sign_in import GOOD, code_at
from tests.journeys.world import ACME, PAYMENT, World, code_of, founded

ENGINES = ("sqlite", "postgresql")
REDIRECT = "https://bailee.example/console/sign-on/back"
NAME = ["person.name"]


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canaille]:
    """Return the company's provider, where people show a password."""
    with running(tmp_path_factory.mktemp("canaille"), REDIRECT) as made:
        yield made


@pytest.fixture(scope="module", params=ENGINES)
def house(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    provider: Canaille,
) -> Iterator[World]:
    """Return a deployment whose people sign in at the provider; esra may see names."""
    home = tmp_path_factory.mktemp("sso") / "home"
    with founded(request.param, home, request, **provider.environment()) as world:
        world.give(ACME, "esra", ["reveal"], *NAME)
        yield world


@pytest.fixture
def linked(house: World) -> Iterator[World]:
    """Return the deployment with esra linked by a colleague."""
    code_of(lambda: house.line("bram").unlink(house.ids["esra"]))
    house.line("bram").link_person(house.ids["esra"], subject="esra")
    yield house
    code_of(lambda: house.line("bram").unlink(house.ids["esra"]))


def shown(world: World, key: str) -> Client:
    """Return a client that shows a session's token."""
    return Client("http://localhost", key, transport=world.transport(), retries=0)


def finish(world: World, away: Away, back: dict[str, str], **changed: str) -> Back:
    """Bring back what the provider sent, as the page at the redirect address does."""
    words = {"state": back["state"], "browser": away.browser} | changed
    return world.line().finish_sign_on(
        words["state"],
        words["browser"],
        code=changed.get("code", back.get("code", "")),
        issuer=changed.get("issuer", back.get("iss")),
        error=back.get("error", ""),
    )


def signed_on(world: World, browser: Browser, who: str = "esra") -> Back:
    """Sign somebody in there; return what came of it here."""
    away = world.line().begin_sign_on()
    return finish(world, away, browser.visit(away.address, who))


def refused(world: World, target: Path, before: int) -> list[tuple[str, str]]:
    """Return code and reason of each refused sign-in since so many entries of the house's log."""
    new = world.entries(target, HOUSE)[before:]
    return [
        (one["detail"]["code"], one["detail"].get("why", ""))
        for one in new
        if one["action"] == "access:sign-in:refused"
    ]


def test_esra_signs_in_at_the_provider(linked: World, provider: Canaille, tmp_path: Path) -> None:
    """A linked person gets an ordinary session of one factor; nothing of the exchange is kept."""
    assert linked.line().sign_on_offer().name == "Canaille"
    record = linked.protect("sso-subject")
    away = linked.line().begin_sign_on()
    asked = {name: one for name, (one,) in parse_qs(urlsplit(away.address).query).items()}
    assert asked["scope"] == "openid"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == REDIRECT
    back = provider.browser().visit(away.address, "esra")
    assert back["iss"] == provider.issuer
    done = finish(linked, away, back)
    assert done.kind == "sign-in"
    assert done.session is not None
    assert done.session.factors == ["sso"]
    assert done.session.principal == linked.ids["esra"]
    line = shown(linked, done.session.token)
    line.reveal(ACME, PAYMENT, NAME, records=[record])
    actor = linked.last(tmp_path)["opening"]["actor"]
    assert (actor["principal_id"], actor["session"]) == (linked.ids["esra"], "sso")
    line.sign_out()
    assert code_of(line.list_sessions) == "credential.revoked"
    written = json.dumps(linked.entries(tmp_path, HOUSE))
    kept = [back["code"], back["state"], asked["nonce"], away.browser, "esra@provider.example"]
    assert [one for one in kept if one in written] == []
    for path in linked.settings.home.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert [one for one in kept if one.encode() in held] == []


def test_whoever_is_not_linked_is_nobody(linked: World, provider: Canaille, tmp_path: Path) -> None:
    """A person of the provider without a link gets the answer of every refused sign-in."""
    before = len(linked.entries(tmp_path, HOUSE))
    for who in ("mallory", "bram"):  # bram is on the register, under his name, and not linked
        assert code_of(lambda who=who: signed_on(linked, provider.browser(), who)) == (  # type: ignore[misc]
            "sign_in.refused"
        )
    assert refused(linked, tmp_path, before) == [("sign_in.refused", "not_linked")] * 2


def test_a_response_counts_once_and_in_its_own_browser(
    linked: World, provider: Canaille, tmp_path: Path
) -> None:
    """RFC 9700 4.7: replays, a stranger's browser and invented states are refused alike."""
    before = len(linked.entries(tmp_path, HOUSE))
    away = linked.line().begin_sign_on()
    back = provider.browser().visit(away.address, "esra")
    finish(linked, away, back)
    victim, attacker = (linked.line().begin_sign_on() for _ in range(2))
    planted = provider.browser().visit(attacker.address, "mallory")
    attempts = [
        (away, back, {}),  # the same once more
        (victim, planted, {}),  # login CSRF: the attacker's response in the victim's browser
        (attacker, planted, {}),  # and it is spent by that
        (victim, back, {"state": secrets.token_urlsafe(32)}),
        (victim, back, {"state": "x"}),
    ]
    for who, response, changed in attempts:
        assert (
            code_of(lambda w=who, r=response, c=changed: finish(linked, w, r, **c))  # type: ignore[misc]
            == "sign_in.refused"
        )
    why = [one for _, one in refused(linked, tmp_path, before)]
    assert why == ["state", "browser", "state", "state", "state"]


def test_a_stolen_code_is_of_no_use(linked: World, provider: Canaille, tmp_path: Path) -> None:
    """Code injection (RFC 9700 4.5): the provider compares the verifier, and refuses the code."""
    before = len(linked.entries(tmp_path, HOUSE))
    theirs, own = (linked.line().begin_sign_on() for _ in range(2))
    stolen = provider.browser().visit(theirs.address, "esra")
    mine = provider.browser().visit(own.address, "mallory")
    assert code_of(lambda: finish(linked, own, mine, code=stolen["code"])) == "sign_in.refused"
    assert refused(linked, tmp_path, before) == [("sign_in.refused", "code")]


@pytest.mark.parametrize("issuer", ["https://evil.example", ""])
def test_a_response_of_another_issuer_is_refused(
    linked: World, provider: Canaille, tmp_path: Path, issuer: str
) -> None:
    """RFC 9207: before the code is sent to anybody, the response must name this provider."""
    before = len(linked.entries(tmp_path, HOUSE))
    away = linked.line().begin_sign_on()
    back = provider.browser().visit(away.address, "esra")
    assert code_of(lambda: finish(linked, away, back, issuer=issuer)) == "sign_in.refused"
    assert refused(linked, tmp_path, before) == [("sign_in.refused", "issuer")]


def test_a_provider_that_names_itself_always_does(linked: World, provider: Canaille) -> None:
    """RFC 9207 2.4: without ``iss`` a response of such a provider is nobody's."""
    away = linked.line().begin_sign_on()
    back = provider.browser().visit(away.address, "esra")
    del back["iss"]
    assert code_of(lambda: finish(linked, away, back)) == "sign_in.refused"


def test_the_provider_demands_pkce(linked: World, provider: Canaille) -> None:
    """An address whose challenge was taken out, or weakened, gets no code that is of use here."""
    for old, new in (("code_challenge=", "x="), ("code_challenge_method=S256", "y=plain")):
        away = linked.line().begin_sign_on()
        back = provider.browser().visit(away.address.replace(old, new), "esra")
        assert code_of(lambda a=away, b=back: finish(linked, a, b)) == "sign_in.refused"  # type: ignore[misc]


def test_what_ends_the_link_ends_the_session(linked: World, provider: Canaille) -> None:
    """C2.5(6): with the commit that unlinks or suspends a person their sessions are over."""
    done = signed_on(linked, provider.browser())
    assert done.session is not None
    line = shown(linked, done.session.token)
    key = linked.line("esra")
    assert code_of(line.list_sessions) == "done"
    linked.line("bram").unlink(linked.ids["esra"])
    assert code_of(line.list_sessions) == "credential.revoked"
    assert code_of(key.list_people) == "grant.missing"  # her key goes on: it is no sign-in there
    assert code_of(lambda: signed_on(linked, provider.browser())) == "sign_in.refused"


def test_a_leaver_is_nobody(own_house_at: World, provider: Canaille) -> None:
    """C2.5(6): whoever left is not let in by the provider, which still knows them."""
    world = own_house_at
    world.line("bram").link_person(world.ids["dev"], subject="bram")
    done = signed_on(world, provider.browser(), "bram")
    assert done.session is not None
    world.line("bram").leave(world.ids["dev"])
    assert code_of(shown(world, done.session.token).list_sessions) == "credential.principal_left"
    assert code_of(lambda: signed_on(world, provider.browser(), "bram")) == "sign_in.refused"


@pytest.fixture
def own_house_at(house: World) -> World:
    """Return the deployment; the test uses somebody whom no other uses."""
    return house


def test_clara_links_herself(house: World, provider: Canaille, tmp_path: Path) -> None:
    """With a fresh code and a sign-in there; what is somebody's already is not taken twice."""
    bram = house.line("bram")
    secret = bram.renew_invitation(house.ids["clara"]).secret
    first = shown(house, house.line().set_password(secret, GOOD).token)
    assert not first.own_link().linked
    assert code_of(first.begin_link) == "session.step_up"
    assert code_of(house.line("bram").begin_link) == "session.none"
    seed = parse_qs(urlsplit(first.enrol_totp(GOOD).uri).query)["secret"][0]
    codes = first.confirm_totp(code_at(seed, house.now().timestamp())).codes
    stepped = shown(house, first.step_up(codes[0]).token)
    browser = provider.browser()
    away = stepped.begin_link()
    asked = parse_qs(urlsplit(away.address).query)
    assert asked["prompt"] == ["login"]
    done = finish(house, away, browser.visit(away.address, "esra"))
    assert (done.kind, done.session) == ("link", None)
    made = house.entries(tmp_path, HOUSE)[-1]
    assert (made["action"], made["detail"]["by"]) == ("access:link:made", "self")
    assert stepped.own_link().linked
    again = stepped.begin_link()
    back = provider.browser().visit(again.address, "esra")
    assert code_of(lambda: finish(house, again, back)) == "link.taken"
    other = stepped.begin_link()
    back = provider.browser().visit(other.address, "mallory")
    assert code_of(lambda: finish(house, other, back)) == "link.exists"

    session = signed_on(house, browser).session
    assert session is not None
    waiting = shown(house, session.token)
    assert code_of(waiting.list_sessions) == "session.code_first"
    assert code_of(waiting.begin_link) == "session.code_first"
    whole = waiting.step_up(codes[1])
    assert whole.factors == ["sso", "recovery"]
    assert code_of(shown(house, whole.token).list_sessions) == "done"
    bram.unlink(house.ids["clara"])
    assert code_of(shown(house, whole.token).list_sessions) == "credential.revoked"
    assert code_of(stepped.list_sessions) == "done"


def test_a_link_whose_session_ended_is_not_made(linked: World, provider: Canaille) -> None:
    """A flow is its session's: signed out meanwhile, nothing comes of it."""
    session = signed_on(linked, provider.browser()).session
    assert session is not None
    line = shown(linked, session.token)
    away = line.begin_sign_on_step_up()
    back = provider.browser().visit(away.address, "esra")
    line.sign_out()
    assert code_of(lambda: finish(linked, away, back)) == "sign_in.refused"


def test_a_step_up_takes_more_than_one_factor(linked: World, provider: Canaille) -> None:
    """Signing in there anew by a password alone, or as somebody else, steps nothing up."""
    session = signed_on(linked, provider.browser()).session
    assert session is not None
    line = shown(linked, session.token)
    for who, code in (("esra", "session.one_factor"), ("mallory", "sign_in.refused")):
        away = line.begin_sign_on_step_up()
        back = provider.browser().visit(away.address, who)
        assert code_of(lambda a=away, b=back: finish(linked, a, b)) == code  # type: ignore[misc]
    assert code_of(line.list_sessions) == "done"


def test_several_factors_at_the_provider(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """What the operator's words say of a second factor there counts here, and steps up."""
    with running(tmp_path / "mfa", REDIRECT, factors=("password", "otp")) as strong:
        more = strong.environment(BAILEE_OIDC_MFA="amr:mfa")
        with founded("sqlite", tmp_path / "home", request, **more) as world:
            world.give(ACME, "esra", ["reveal"], "person.name", "financial.card_number")
            world.line("bram").link_person(world.ids["esra"], subject="esra")
            record = world.protect("strong-subject")
            session = signed_on(world, strong.browser()).session
            assert session is not None
            assert session.factors == ["sso", "mfa"]
            line = shown(world, session.token)
            card = ["financial.card_number"]

            def look(one: Client) -> str:
                return code_of(lambda: one.reveal(ACME, PAYMENT, card, records=[record]))

            assert look(line) == "done"
            (known,) = line.list_sessions().sessions
            assert known.stepped
            away = line.begin_sign_on_step_up()
            done = finish(world, away, strong.browser().visit(away.address, "esra"))
            assert done.session is not None
            assert (done.kind, done.session.factors) == ("step-up", ["sso", "mfa"])
            assert look(shown(world, done.session.token)) == "done"
            assert look(line) == "credential.revoked"


def test_a_wrong_password_there_brings_nobody_back(house: World, provider: Canaille) -> None:
    """Whoever does not know the password stays on the provider's own page."""
    away = house.line().begin_sign_on()
    with pytest.raises(AssertionError):
        provider.browser().visit(away.address, "esra", password=PEOPLE["mallory"])


def test_flows_end(linked: World, provider: Canaille) -> None:
    """What nobody came back for is deleted, and one source has a hundred at most under way."""
    table = "SELECT count(*) FROM sign_on_flow"
    with linked.rows() as conn:
        conn.execute(sa.text("DELETE FROM sign_on_flow"))
        conn.commit()
    for _ in range(100):
        linked.line().begin_sign_on()
    assert code_of(linked.line().begin_sign_on) == "sign_in.busy"
    with linked.rows() as conn:
        assert conn.execute(sa.text(table)).scalar_one() == 100
        conn.execute(sa.text("UPDATE sign_on_flow SET until = '2026-01-01T00:00:00.000Z'"))
        conn.commit()
    away = linked.line().begin_sign_on()
    with linked.rows() as conn:
        assert conn.execute(sa.text(table)).scalar_one() == 1
        conn.execute(sa.text("UPDATE sign_on_flow SET until = '2026-01-01T00:00:00.000Z'"))
        conn.commit()
    back = provider.browser().visit(away.address, "esra")
    assert code_of(lambda: finish(linked, away, back)) == "sign_in.refused"
