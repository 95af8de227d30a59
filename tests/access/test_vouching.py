"""An identity provider's token names a person of the register to one service (MISSION A6)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.access import Ask, Caller, Mandate
from bailee.access.assertion import Issuer
from bailee.access.jws import Key, read_keys
from bailee.access.provider import Provider
from bailee.access.tables import LINK, USED_PROOF
from bailee.canonical import encode
from bailee.client import Prover
from bailee.db import HOUSE, Database
from bailee.errors import Failure, Unavailable
from tests.access.world import World
from tests.simulators.provider import AUDIENCE, CLIENT, Mint

ASK = Ask("reveal", "acme", "payments", ("person.name",))
BASE = "https://bailee.example"
PATH = "/v1/controllers/acme/reveal"


class Place:
    """A house of four whose provider knows two of its people and two of its services."""

    def __init__(self, database: Database, *, bound: bool = False) -> None:
        self.mint = Mint()
        self.down = False
        issuer = Issuer(self.mint.issuer, AUDIENCE, bound=bound, address=BASE)
        self.world = World(database, provider=Provider(issuer, self.find))
        self.world.found("ada")
        for name in ("ben", "cleo", "dora"):
            self.world.join(name)
        self.world.give("ben", controller=HOUSE, verbs=["people"], elements=[], purposes=[])
        self.services = {
            name: self.world.service(name, "acting-for") for name in ("console", "other")
        }
        for name, principal in self.services.items():
            self.world.mint(name, principal)
        self.link("cleo", "sub-cleo")
        self.link("dora", "sub-dora")
        self.link_service("console", CLIENT)
        self.link_service("other", "another-client")
        for name in ("cleo", self.services["console"]):
            self.world.give(name)

    def find(self, kid: str, algorithm: str) -> Key | None:
        """Return the provider's key, as a ring of keys does."""
        if self.down:
            raise Unavailable("oidc.unavailable", "The provider does not answer.")
        found = read_keys(self.mint.jwks()).get((kid, "EC"))
        return found if found and found.takes(algorithm) else None

    def link(self, name: str, subject: str, by: str = "ben") -> None:
        """Link a person."""
        world, whom = self.world, self.world.callers[name].principal_id
        world.do(lambda c: world.access.link_person(c, world.callers[by], whom, subject))

    def link_service(self, name: str, client: str, by: str = "ben") -> None:
        """Link a service."""
        world, which = self.world, self.services.get(name, name)
        world.do(lambda c: world.access.link_service(c, world.callers[by], which, client))

    def token(self, **changed: Any) -> str:
        """Return a good token of cleo for the console, with claims changed."""
        return self.mint.token(self.mint.claims(self.world.moment, **changed))

    def call(self, mandate: Mandate | str, service: str = "console") -> Caller:
        """Let a service show a mandate."""
        shown = Mandate(mandate) if isinstance(mandate, str) else mandate
        key = self.world.keys[service]
        return self.world.access.authenticate_vouched(self.world.database, key, shown)

    def code(self, mandate: Mandate | str, service: str = "console") -> str:
        """Return with which code a call is refused, '' when it is let in."""
        return refusal(lambda: self.call(mandate, service))

    def count(self, table: sa.Table) -> int:
        """Count a table's rows."""
        query = sa.select(sa.func.count()).select_from(table)
        return int(self.world.database.read(HOUSE, lambda c: c.execute(query).scalar_one()))


def refusal(attempt: Callable[[], object]) -> str:
    """Return the code of a refusal, '' when there was none."""
    try:
        attempt()
    except Failure as failure:
        return failure.code
    return ""


@pytest.fixture
def place(data_db: Database) -> Place:
    """Return a house that takes tokens without a proof."""
    return Place(data_db)


@pytest.fixture
def strict(data_db: Database) -> Place:
    """Return a house that takes tokens with a proof alone."""
    return Place(data_db, bound=True)


def test_service_and_person_are_named(place: Place) -> None:
    """The caller is the service on behalf of the person; what both may do is decided as ever."""
    token = place.token(jti="token-77")
    caller = place.call(token)
    cleo = place.world.callers["cleo"].principal_id
    actor = caller.actor()

    assert (caller.principal_id, caller.on_behalf_of) == (place.services["console"], cleo)
    assert (actor["on_behalf_of"], actor["token_from"]) == (cleo, "oidc")
    assert len(actor["token_id"]) == 64
    assert "token-77" not in str(actor)
    decide = place.world.access.decide
    assert place.world.do(lambda c: decide(c, caller, ASK)).allowed
    dora = place.call(place.token(sub="sub-dora"))
    assert refusal(lambda: place.world.do(lambda c: decide(c, dora, ASK))) == "controller.unknown"


@pytest.mark.parametrize(
    ("claims", "service", "expected"),
    [
        ({}, "other", "credential.not_yours"),
        ({"client_id": "another-client"}, "console", "credential.not_yours"),
        ({"client_id": "another-client"}, "other", ""),
        ({"client_id": "never-registered"}, "console", "token.not_linked"),
        ({"sub": "sub-nobody"}, "console", "token.not_linked"),
        ({"sub": CLIENT}, "console", "token.not_linked"),
        ({"sub": "cleo.lindqvist@harbour.example"}, "console", "token.not_linked"),
        ({}, "ada", "credential.not_yours"),
        ({"iss": "https://evil.example"}, "console", "token.issuer"),
        ({"exp": 1 << 36}, "console", "token.long_lived"),
    ],
)
def test_a_token_is_its_services_alone(
    place: Place, claims: dict[str, Any], service: str, expected: str
) -> None:
    """A token of one client is nobody else's; an unlinked name, or an address, is nobody."""
    assert place.code(place.token(**claims), service) == expected


def test_keys_are_the_providers_own(place: Place) -> None:
    """A key that a header brings or points to is not used; unknown ids and no id are refused."""
    stranger = Mint(place.mint.issuer)
    claims = place.mint.claims(place.world.moment)
    jwk = stranger.jwks()["keys"][0]
    for header in ({"jwk": jwk}, {"jku": "https://evil.example/keys"}, {"x5u": "https://evil"}):
        assert place.code(stranger.token(claims, **header)) == "token.signature"
        assert place.code(place.mint.token(claims, **header)) == ""
    stranger.add("new")
    assert place.code(stranger.token(claims, "new")) == "token.key_unknown"
    assert place.code(place.mint.token(claims, kid_unused=1) + "x") == "token.form"
    place.mint.keys[""] = place.mint.keys["ec-1"]
    assert place.code(place.mint.token(claims, "")) == "token.form"
    assert place.code(place.mint.token(claims, typ="JWT")) == "token.type"
    assert place.code("a" * 9000 + ".b.c") == "token.form"


def test_a_stranger_makes_nobody_work(place: Place) -> None:
    """Without a good service key the provider's keys are not even looked for."""
    place.down = True
    place.world.keys |= {"nobody": "", "wrong": "bk_" + "1" * 50}
    token = place.token()
    assert place.code(token, "nobody") == "credential.missing"
    assert place.code(token, "wrong") == "credential.unknown"
    assert place.code(token, "ada") == "credential.not_yours"
    assert place.code(token) == "oidc.unavailable"


def test_whoever_leaves_or_is_suspended_is_acted_for_no_more(place: Place) -> None:
    """C2.5(6): in one commit, at the door and in a call under way; links end with their people."""
    world, token = place.world, place.token()
    access, ada, cleo = world.access, world.callers["ada"], world.callers["cleo"].principal_id
    caller = place.call(token)
    world.do(lambda c: access.suspend(c, ada, cleo))
    assert place.code(token) == "credential.principal_suspended"
    decided = refusal(lambda: world.do(lambda c: access.decide(c, caller, ASK)))
    assert decided == "credential.principal_suspended"

    world.do(lambda c: access.resume(c, ada, cleo))
    assert place.code(token) == ""
    before = place.count(LINK)
    world.do(lambda c: access.leave(c, ada, cleo))
    assert place.code(token) == "token.not_linked"
    decided = refusal(lambda: world.do(lambda c: access.decide(c, caller, ASK)))
    assert decided == "token.not_linked"
    assert place.count(LINK) == before - 1


def test_another_process_learns_of_an_end_at_once(place: Place) -> None:
    """What one process unlinks, every other refuses at the next call."""
    world, token = place.world, place.token()
    key, mandate = world.keys["console"], Mandate(token)
    other = world.another_process()
    assert other.authenticate_vouched(world.database, key, mandate).on_behalf_of
    console = place.services["console"]
    world.do(lambda c: world.access.unlink(c, world.callers["ben"], console))

    ended = refusal(lambda: other.authenticate_vouched(world.database, key, mandate))
    assert ended == "token.not_linked"


def test_a_call_ends_with_its_token(place: Place) -> None:
    """What a token allowed is not allowed once it has ended, though the caller is known."""
    world, token = place.world, place.token()
    caller = place.call(token)
    world.moment += timedelta(seconds=306)
    assert place.code(token) == "token.expired"
    decided = refusal(lambda: world.do(lambda c: world.access.decide(c, caller, ASK)))
    assert decided == "credential.expired"


def test_a_jump_of_the_clock_prolongs_nothing(place: Place) -> None:
    """Set forward, the clock ends tokens; set back, nothing is done at all."""
    world, token = place.world, place.token()
    assert place.code(token) == ""
    world.moment += timedelta(hours=1)
    assert place.code(token) == "token.expired"
    world.moment -= timedelta(hours=1)
    assert place.code(token) == "clock.set_back"


def test_links_are_one_to_one(place: Place) -> None:
    """C2.5(2): a name is one person's and a person has one name; ended links can be made anew."""
    world, ben = place.world, place.world.callers["ben"]
    assert refusal(lambda: place.link("ada", "sub-cleo")) == "link.taken"
    assert refusal(lambda: place.link("cleo", "sub-cleo-2")) == "link.exists"
    assert refusal(lambda: place.link_service("other", CLIENT)) == "link.taken"
    for bad in ("", " \n", "x" * 257, "a\x00b"):
        assert refusal(lambda bad=bad: place.link("ada", bad)) == "link.name"  # type: ignore[misc]
    dora = world.callers["dora"].principal_id
    world.do(lambda c: world.access.unlink(c, ben, dora))
    assert place.code(place.token(sub="sub-dora")) == "token.not_linked"
    again = refusal(lambda: world.do(lambda c: world.access.unlink(c, ben, dora)))
    assert again == "link.missing"
    place.link("dora", "sub-dora")
    assert place.code(place.token(sub="sub-dora")) == ""


def test_linking_is_apart_from_giving(place: Place) -> None:
    """C2.5(4): nobody links themselves, or links and gives the right to see to one person."""
    assert refusal(lambda: place.link("ben", "sub-ben")) == "self.link"
    assert refusal(lambda: place.link("ada", "sub-ada", by="cleo")) == "grant.missing"
    place.world.join("emil")
    place.world.give("emil")
    assert refusal(lambda: place.link("emil", "sub-emil", by="ada")) == "self.link_granted"
    place.world.join("fay")
    place.link("fay", "sub-fay", by="ada")
    assert refusal(lambda: place.world.give("fay")) == "self.grant_linked"
    importer = place.world.service("importer")
    assert refusal(lambda: place.link_service(importer, "c-1")) == "link.kind"
    cleo = place.world.callers["cleo"].principal_id
    assert refusal(lambda: place.link_service(cleo, "c-2")) == "link.kind"


def test_a_house_without_a_provider_takes_none(data_db: Database) -> None:
    """A signed token is refused where nobody said who may sign, and nothing can be linked."""
    world = World(data_db)
    world.found("ada")
    cleo = world.join("cleo").principal_id
    world.mint("console", world.service("console", "acting-for"))
    key, mint = world.keys["console"], Mint()
    mandate = Mandate(mint.token(mint.claims(world.moment)))
    shown = refusal(lambda: world.access.authenticate_vouched(data_db, key, mandate))
    assert shown == "token.not_taken"
    link = world.access.link_person
    made = refusal(lambda: world.do(lambda c: link(c, world.callers["ada"], cleo, "s")))
    assert made == "oidc.off"
    looked_up = refusal(
        lambda: world.access.authenticate_now(data_db, key, person_token=mandate.token)
    )
    assert looked_up == "credential.unknown"


def proven(strict: Place, prover: Prover, token: str = "", **changed: str) -> Mandate:
    """Return a mandate with a proof for a reveal; the proof's clock is the house's."""
    token = token or strict.token(cnf={"jkt": prover.thumbprint})
    where = {"method": "POST", "path": PATH} | changed
    return Mandate(token, prover("POST", BASE + PATH, token), where["method"], where["path"])


def seconds(place: Place) -> float:
    """Return the house's time, as it is now."""
    return place.world.moment.timestamp()


@pytest.fixture
def prover(strict: Place) -> Prover:
    """Return the console's key; it proves at the time of the house."""
    return Prover(now=lambda: seconds(strict))


def test_a_proof_is_taken_once(strict: Place, prover: Prover) -> None:
    """RFC 9449 11.1: once in all processes; another proof for the same token is taken."""
    mandate = proven(strict, prover)
    other = strict.world.another_process()
    key = strict.world.keys["console"]
    assert strict.code(mandate) == ""
    assert strict.code(mandate) == "proof.replayed"
    database = strict.world.database
    replayed = refusal(lambda: other.authenticate_vouched(database, key, mandate))
    assert replayed == "proof.replayed"
    assert strict.code(proven(strict, prover, mandate.token)) == ""


def test_a_race_for_one_proof_has_one_winner(strict: Place, prover: Prover) -> None:
    """Of eight calls that show one proof at the same moment, one is let in."""
    mandate, codes = proven(strict, prover), []
    start = threading.Barrier(8)

    def call() -> None:
        start.wait()
        codes.append(strict.code(mandate))

    threads = [threading.Thread(target=call) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(codes) == ["", *["proof.replayed"] * 7]


def test_what_was_stolen_is_of_no_use(strict: Place, prover: Prover) -> None:
    """A token without its key, by another key, or for another request is refused; none is spent."""
    token = strict.token(cnf={"jkt": prover.thumbprint})
    thief = Prover(now=lambda: seconds(strict))
    assert strict.code(token) == "proof.missing"
    assert strict.code(strict.token()) == "token.unbound"
    assert strict.code(proven(strict, thief, token)) == "proof.key"
    assert strict.code(proven(strict, prover, token, path="/v1/people")) == "proof.request"
    assert strict.code(proven(strict, prover, token), "other") == "credential.not_yours"
    late = proven(strict, prover, token)
    strict.world.moment += timedelta(seconds=61)
    assert strict.code(late) == "proof.stale"
    assert strict.count(USED_PROOF) == 0


def test_used_proofs_are_forgotten(strict: Place, prover: Prover) -> None:
    """What is refused for its age is deleted: the table holds two minutes, however many came."""
    for _ in range(3):
        assert strict.code(proven(strict, prover)) == ""
    assert strict.count(USED_PROOF) == 3
    strict.world.moment += timedelta(seconds=121)
    assert strict.code(proven(strict, prover)) == ""
    assert strict.count(USED_PROOF) == 1


def test_nothing_of_a_token_is_kept(strict: Place, prover: Prover) -> None:
    """Neither token, proof, subject nor client stands in a table, an entry or a caller's repr."""
    mandate = proven(strict, prover, strict.token(jti="jti-canary", cnf={"jkt": prover.thumbprint}))
    caller = strict.call(mandate)
    strict.code(mandate)
    secret = [mandate.token, mandate.proof, "jti-canary", "sub-cleo", CLIENT, prover.thumbprint]
    secret += mandate.token.split(".") + mandate.proof.split(".")

    def rows(conn: sa.Connection) -> str:
        tables = (LINK, USED_PROOF)
        return repr([tuple(row) for table in tables for row in conn.execute(sa.select(table))])

    seen = strict.world.database.read(HOUSE, rows) + repr(caller) + repr(mandate)
    seen += encode(strict.world.entries()).decode()
    assert not [one for one in secret if one in seen]
