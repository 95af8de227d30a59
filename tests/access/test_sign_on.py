"""A sign-in at the identity provider is one browser's, counts once, and ends with its link (A7)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.access import Caller
from bailee.access.assertion import Issuer, linked
from bailee.access.password import Policy
from bailee.access.provider import Provider
from bailee.access.sign_in_tables import FLOW
from bailee.access.sign_on import (
    FLOW_LIFE,
    LINK,
    SIGN_IN,
    STEP_UP,
    Asked,
    Identity,
    Returned,
    Words,
    begin,
    reopen,
)
from bailee.access.sign_ons import Away, Back
from bailee.access.sign_out import Farewell
from bailee.db import HOUSE, Database
from bailee.errors import Failure, Unavailable
from tests.access.world import START, World

ISSUER = "https://login.example/tenant"
CLEO = Identity(linked("subject", ISSUER, "sub-cleo"))
STRANGER = Identity(linked("subject", ISSUER, "sub-stranger"))


@dataclass
class Elsewhere:
    """A provider that names whom a test says, and remembers what it was asked."""

    who: Identity | Failure = CLEO
    issuer: Issuer = field(default_factory=lambda: Issuer(ISSUER, ""))
    name: str = "Elsewhere"
    sent: list[tuple[Words, bool]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    farewells: dict[str, Farewell] = field(default_factory=dict)

    def address(self, words: Words, *, anew: bool) -> str:
        """Send a browser away."""
        self.sent.append((words, anew))
        return "https://login.example/authorize"

    def farewell(self, token: str, clock: Callable[[], datetime]) -> Farewell:
        """Say what a test says that a token says."""
        said = self.farewells[token]
        assert clock() < said.until
        return said

    def identify(self, returned: Returned, asked: Asked, clock: Callable[[], datetime]) -> Identity:
        """Name somebody."""
        assert returned.code == "c1"
        assert clock() >= asked.begun
        self.asked.append(asked)
        if isinstance(self.who, Failure):
            raise self.who
        return self.who


class Place:
    """A house whose cleo is linked, and holds nothing."""

    def __init__(self, database: Database) -> None:
        self.party = Elsewhere()
        provider = Provider(self.party.issuer, lambda _kid, _algorithm: None)
        self.world = World(database, provider=provider, party=self.party)
        self.world.found("ada")
        for name in ("ben", "cleo"):
            self.world.join(name)
        self.world.give("ben", controller=HOUSE, verbs=["people"], elements=[], purposes=[])
        self.link()

    def link(self) -> None:
        """Let ben link cleo."""
        ben, cleo = (self.world.callers[name] for name in ("ben", "cleo"))
        self.world.do(
            lambda c: self.world.access.link_person(c, ben, cleo.principal_id, "sub-cleo")
        )

    def unlink(self) -> None:
        """Let ben end it."""
        ben, cleo = (self.world.callers[name] for name in ("ben", "cleo"))
        self.world.do(lambda c: self.world.access.unlink(c, ben, cleo.principal_id))

    def begin(self) -> tuple[Away, Words]:
        """Begin; return what the browser got, and the words that left."""
        away = self.world.access.begin_sign_on(self.world.database, "192.0.2.1")
        return away, self.party.sent[-1][0]

    def finish(self, away: Away, words: Words, browser: str | None = None) -> Back:
        """Come back."""
        returned = Returned(words.state, "c1")
        shown = away.browser if browser is None else browser
        return self.world.access.finish_sign_on(self.world.database, returned, shown).result

    def session(self) -> Caller:
        """Sign cleo in; return who calls."""
        back = self.finish(*self.begin())
        assert back.shown is not None
        return self.known(back.shown.secret)

    def known(self, secret: str) -> Caller:
        """Return who shows a session."""
        return self.world.do(lambda c: self.world.access.authenticate(c, secret))

    def last(self) -> dict[str, Any]:
        """Return the last fact of the house's log."""
        return self.world.entries()[-1]


@pytest.fixture
def place(data_db: Database) -> Place:
    """Return a house."""
    return Place(data_db)


def code(work: Callable[[], object]) -> str:
    """Return how an attempt ended."""
    try:
        work()
    except Failure as failure:
        return failure.code
    return "done"


def test_a_row_tells_nothing_that_opens_anything(place: Place) -> None:
    """At rest: state and browser are digests; nonce and verifier are sealed under the browser's."""
    away, words = place.begin()
    row = place.world.do(lambda c: repr(tuple(c.execute(sa.select(FLOW)).one())))
    for secret in (words.state, words.nonce, words.verifier, away.browser):
        assert secret not in row
        assert repr(away).count(secret) <= 1
    assert "state" not in repr(words)


def test_only_the_browser_that_began_opens_a_flow() -> None:
    """ASVS 7.6.2: another secret, a moved row, or five minutes, and the words stay closed."""
    flow, words, browser = begin(SIGN_IN, "i", "mark", START)
    other, other_words, _ = begin(SIGN_IN, "i", "mark", START)
    back = Returned(words.state)
    assert reopen(flow, back, browser, START) == words
    assert reopen(None, back, browser, START) == "state"
    assert reopen(flow, Returned(""), browser, START) == "state"
    for wrong in ("", browser[:-1], browser + "x", other_words.state):
        assert reopen(flow, back, wrong, START) == "browser"
    assert reopen(flow, back, browser, START + FLOW_LIFE) == "late"
    assert reopen(replace(flow, sealed=other.sealed), back, browser, START) == "sealed"
    assert reopen(replace(flow, state=other.state), back, browser, START) == "sealed"


def test_a_state_is_spent_before_anybody_is_asked(place: Place) -> None:
    """If the process dies while it asks the provider, the response is worth nothing any more."""
    away, words = place.begin()
    place.party.who = Unavailable("oidc.unavailable", "The identity provider does not answer.")
    assert code(lambda: place.finish(away, words)) == "oidc.unavailable"
    fact = place.last()
    assert (fact["action"], fact["decision"]) == ("access:sign-in:refused", "refused")
    assert fact["detail"] == {"code": "oidc.unavailable", "by": "sso"}
    place.party.who = CLEO
    assert code(lambda: place.finish(away, words)) == "sign_in.refused"
    assert place.last()["detail"]["why"] == "state"
    assert len(place.party.asked) == 1


def test_a_strangers_browser_spends_it_too(place: Place) -> None:
    """Nobody tries cookies on one state; the provider is not asked."""
    away, words = place.begin()
    assert code(lambda: place.finish(away, words, "x" * 43)) == "sign_in.refused"
    assert place.last()["detail"]["why"] == "browser"
    assert code(lambda: place.finish(away, words)) == "sign_in.refused"
    assert place.party.asked == []


def test_a_flow_is_its_issuers(place: Place) -> None:
    """Mix-up within: a flow that was begun at the provider before is not finished at the next."""
    away, words = place.begin()
    place.party.issuer = Issuer("https://another.example", "")
    assert code(lambda: place.finish(away, words)) == "sign_in.refused"
    assert place.last()["detail"]["why"] == "issuer"
    assert place.party.asked == []


def test_a_flow_ends_after_five_minutes(place: Place) -> None:
    """To the moment."""
    away, words = place.begin()
    place.world.moment += timedelta(minutes=5)
    assert code(lambda: place.finish(away, words)) == "sign_in.refused"
    assert place.last()["detail"]["why"] == "late"


def test_one_of_two_at_once_is_let_in(place: Place) -> None:
    """In whichever processes: the row is taken by one statement."""
    away, words = place.begin()
    other = place.world.another_process()
    database, ended = place.world.database, list[str]()
    returned = Returned(words.state, "c1")
    threads = [
        threading.Thread(
            target=lambda one=one: ended.append(
                code(lambda: one.finish_sign_on(database, returned, away.browser))
            )
        )
        for one in (place.world.access, other) * 3
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(ended) == ["done", *["sign_in.refused"] * 5]


def test_a_session_never_outlives_its_link(place: Place) -> None:
    """C2.5(6), ASVS 7.6.1: unlinked while signing in, whichever comes first, nobody is in."""
    ended = threading.Event()
    threads: list[threading.Thread] = []

    def policy(_conn: sa.Connection) -> Policy:
        if not threads:  # the link is held, and the session not made yet

            def unlink() -> None:
                place.unlink()
                ended.set()

            threads.append(threading.Thread(target=unlink))
            threads[0].start()
            assert not ended.wait(0.5)
        return Policy()

    access = place.world.access
    away, words = place.begin()
    object.__setattr__(access._means, "policy", policy)
    back = place.finish(away, words)
    threads[0].join()
    assert back.shown is not None
    secret = back.shown.secret
    assert code(lambda: place.known(secret)) == "credential.revoked"


@pytest.mark.parametrize("strong", [False, True])
def test_factors_are_what_the_provider_vouched_for(place: Place, strong: bool) -> None:  # noqa: FBT001 - a column
    """One factor, or two: then also since when, for what wants a fresh one."""
    at = START - timedelta(minutes=3)
    place.party.who = replace(CLEO, strong=strong, at=at)
    caller = place.session()
    assert caller.proven is not None
    assert caller.proven.second is strong
    assert caller.proven.factors == (("sso", "mfa") if strong else ("sso",))
    assert caller.proven.stepped == (at if strong else None)
    assert place.last()["actor"]["session"] == "+".join(caller.proven.factors)


def test_card_data_takes_more_than_one_factor(place: Place) -> None:
    """PCI DSS 8.4.2: a sign-in there by one factor opens no session for whoever may see cards."""
    place.world.give("cleo", elements=["financial.card_number"])
    away, words = place.begin()
    assert code(lambda: place.finish(away, words)) == "access.mfa_required"
    assert place.last()["detail"]["code"] == "access.mfa_required"
    place.party.who = replace(CLEO, strong=True)
    assert place.session().proven is not None


def test_who_is_suspended_is_nobody(place: Place) -> None:
    """And reads the same answer as a stranger."""
    access, cleo = place.world.access, place.world.callers["cleo"].principal_id
    place.world.do(lambda c: access.suspend(c, place.world.callers["ben"], cleo))
    away, words = place.begin()
    with pytest.raises(Failure) as suspended:
        place.finish(away, words)
    assert place.last()["detail"]["why"] == "person"
    place.party.who = STRANGER
    away, words = place.begin()
    with pytest.raises(Failure) as unknown:
        place.finish(away, words)
    first, second = suspended.value, unknown.value
    assert (first.code, first.says, first.do) == (second.code, second.says, second.do)


def test_steps_up_there_as_the_same_person_and_anew(place: Place) -> None:
    """Another session comes in its place; as somebody else, or with one factor, none does."""
    caller = place.session()
    access, database = place.world.access, place.world.database

    def step_up() -> Back:
        away = access.begin_own_sign_on(database, caller, STEP_UP, "")
        words, anew = place.party.sent[-1]
        assert anew
        return place.finish(away, words)

    for who, expected in (
        (CLEO, "session.one_factor"),
        (replace(STRANGER, strong=True), "sign_in.refused"),
    ):
        place.party.who = who
        assert code(step_up) == expected
    place.party.who = replace(CLEO, strong=True, at=place.world.moment)
    back = step_up()
    assert back.shown is not None
    stepped = place.known(back.shown.secret)
    assert stepped.proven is not None
    assert stepped.proven.stepped == place.world.moment
    assert code(step_up) == "credential.revoked"


def test_keys_neither_link_nor_step_up(place: Place) -> None:
    """Linking takes a session that showed a code lately: a key, or a stale session, is refused."""
    access, database = place.world.access, place.world.database
    cleo = place.world.callers["cleo"]
    for kind in (LINK, STEP_UP):
        assert (
            code(lambda k=kind: access.begin_own_sign_on(database, cleo, k, ""))  # type: ignore[misc]
            == "session.none"
        )
    session = place.session()
    assert code(lambda: access.begin_own_sign_on(database, session, LINK, "")) == "session.step_up"
    place.party.who = replace(CLEO, strong=True, at=place.world.moment)
    strong = place.session()
    assert code(lambda: access.begin_own_sign_on(database, strong, LINK, "")) == "done"
    place.world.moment += timedelta(minutes=15)
    assert code(lambda: access.begin_own_sign_on(database, strong, LINK, "")) in {
        "session.step_up",
        "credential.expired",
    }
