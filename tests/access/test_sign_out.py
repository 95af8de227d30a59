"""A sign-out at the provider ends what was opened there, once, and nothing else (A7; C2.5(6)).

OpenID Connect Back-Channel Logout 1.0, 2.4 to 2.7; the provider's word is a test's here, and what
makes a token good is tried in ``tests/app/test_relying``.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bailee.access import Caller
from bailee.access.assertion import linked
from bailee.access.password import Policy
from bailee.access.sign_in_tables import PLACE
from bailee.access.sign_on import STEP_UP
from bailee.access.sign_out import Farewell, session_mark
from bailee.db import Database
from tests.access.test_sign_in import GOOD, set_up, sign_in
from tests.access.test_sign_on import CLEO, ISSUER, Place, code
from tests.access.world import START

LAPTOP, PHONE = (session_mark(ISSUER, name) for name in ("sid-laptop", "sid-phone"))
BEN = linked("subject", ISSUER, "sub-ben")


@pytest.fixture
def place(data_db: Database) -> Place:
    """Return a house whose cleo is linked."""
    return Place(data_db)


def says(
    place: Place, *, subject: bytes | None = CLEO.subject, session: str = "", token: str = ""
) -> str:
    """Let the provider make a token; return it."""
    name = token or secrets.token_hex(8)
    until = place.world.moment + timedelta(minutes=2)
    place.party.farewells[name] = Farewell(
        linked("sign-out", ISSUER, name).hex(), until, subject, session
    )
    return name


def hears(place: Place, token: str) -> int:
    """Show a token; return how many sessions ended."""
    return place.world.access.sign_out_elsewhere(place.world.database, token).result


def there(place: Place, session: str) -> Caller:
    """Sign cleo in at the provider, in one of her sessions there."""
    place.party.who = replace(CLEO, place=session)
    return place.session()


def lives(place: Place, caller: Caller) -> bool:
    """Tell whether a session is good in a process of its own."""
    office = place.world.another_process()
    work = lambda: place.world.do(lambda c: office.sessions(c, caller))  # noqa: E731
    return code(work) == "done"


def test_a_person_signs_out_there_and_is_out_here(place: Place) -> None:
    """ASVS 7.6.1, 2.7: every session of theirs opened there, in every process; no other, no key.

    The entry commits to the person and says how many; it names nobody (C2.5(5)).
    """
    set_up(place.world, "cleo")
    by_password = place.known(sign_in(place.world, "cleo"))
    opened = [there(place, LAPTOP), there(place, PHONE), there(place, "")]
    others = place.known(set_up(place.world, "ada", f"{GOOD} 8", by="ben"))
    assert hears(place, says(place)) == 3
    assert [lives(place, one) for one in opened] == [False] * 3
    assert lives(place, by_password)
    assert lives(place, others)
    assert lives(place, place.world.callers["ben"])
    fact = place.last()
    assert (fact["action"], fact["detail"]) == ("access:sign-out:taken-up", {"sessions": 3})
    assert fact["actor"] == {"kind": "provider"}
    assert list(fact["context"].values()) == [opened[0].principal_id]


def test_one_session_there_is_one_here(place: Place) -> None:
    """A token that names a session there ends that one; one that did not say, with any."""
    laptop, phone, unknown = there(place, LAPTOP), there(place, PHONE), there(place, "")
    assert hears(place, says(place, session=LAPTOP)) == 2
    assert [lives(place, one) for one in (laptop, phone, unknown)] == [False, True, False]
    assert hears(place, says(place, subject=None, session=PHONE)) == 1
    assert not lives(place, phone)


def test_nobody_ends_anothers_session(place: Place) -> None:
    """Another subject, nobody's, or a session there of somebody else: nothing ends."""
    cleo = there(place, LAPTOP)
    assert hears(place, says(place, subject=BEN)) == 0
    assert hears(place, says(place, subject=BEN, session=LAPTOP)) == 0
    assert hears(place, says(place, subject=None, session=PHONE)) == 0
    assert lives(place, cleo)


def test_a_token_counts_once(place: Place) -> None:
    """2.6: replayed, also at one moment in several processes, it ends nothing that came after."""
    token = says(place)
    offices, ended = [place.world.another_process() for _ in range(4)], list[str]()
    database = place.world.database
    threads = [
        threading.Thread(
            target=lambda one=one: ended.append(
                code(lambda: one.sign_out_elsewhere(database, token))
            )
        )
        for one in offices
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(ended) == ["done", *["sign_out.used"] * 3]
    later = there(place, "")
    assert code(lambda: hears(place, token)) == "sign_out.used"
    assert lives(place, later)


def test_a_session_that_was_stepped_up_is_still_of_there(place: Place) -> None:
    """Another token in its place, by the provider or by a code, ends with the sign-out."""
    caller = there(place, LAPTOP)
    place.party.who = replace(CLEO, strong=True, at=START, place=PHONE)
    access, database = place.world.access, place.world.database
    away = access.begin_own_sign_on(database, caller, STEP_UP, "")
    back = place.finish(away, place.party.sent[-1][0])
    assert back.shown is not None
    stepped = place.known(back.shown.secret)
    assert hears(place, says(place, session=LAPTOP)) == 0
    assert lives(place, stepped)
    assert hears(place, says(place, session=PHONE)) == 1
    assert not lives(place, stepped)


def test_a_sign_in_that_comes_late_opens_nothing(place: Place) -> None:
    """The session there ended while its code was exchanged: no session here begins under it."""
    place.party.who = replace(CLEO, place=LAPTOP)
    away, words = place.begin()
    hears(place, says(place, subject=None, session=LAPTOP))
    assert code(lambda: place.finish(away, words)) == "sign_in.refused"
    assert place.last()["detail"]["why"] == "signed_out"
    assert lives(place, there(place, PHONE))


def test_a_sign_out_and_a_sign_in_follow_one_another(place: Place) -> None:
    """Whichever comes first in two processes at one moment, nothing is left open."""
    ended = threading.Event()
    threads: list[threading.Thread] = []
    token = says(place, subject=None, session=LAPTOP)

    def policy(_conn: sa.Connection) -> Policy:
        if not threads:  # the link is held, and the session not made yet

            def leave() -> None:
                hears(place, token)
                ended.set()

            threads.append(threading.Thread(target=leave))
            threads[0].start()
            assert not ended.wait(0.5)
        return Policy()

    place.party.who = replace(CLEO, place=LAPTOP)
    away, words = place.begin()
    object.__setattr__(place.world.access._means, "policy", policy)
    back = place.finish(away, words)
    threads[0].join()
    assert back.shown is not None
    secret = back.shown.secret
    assert code(lambda: place.known(secret)) == "credential.revoked"


def test_what_ended_is_forgotten(place: Place) -> None:
    """A row stands for as long as its session could live, and holds no name of the provider's."""
    there(place, LAPTOP)
    rows = place.world.do(lambda c: repr(c.execute(sa.select(PLACE)).all()))
    assert LAPTOP in rows
    assert "sid-laptop" not in rows
    place.world.moment += timedelta(hours=12)
    there(place, PHONE)
    rows = place.world.do(lambda c: repr(c.execute(sa.select(PLACE)).all()))
    assert LAPTOP not in rows
