"""What may leave: prior writings of the controller, and disclosures under them (C2.3, C7.2(3))."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.access import Account, Ask, Consent, Disclosure, Writing
from bailee.access.consent import CONSENT
from bailee.access.disclosure import DISCLOSURE
from bailee.errors import Failure
from tests.access.world import DAY, START, World

KEY = "age1" + "q" * 58
OTHER = "openpgp:" + "ab" * 20
ASK = Ask("reveal", "acme", "payments", ("person.name",))
SHA = "0" * 64


@pytest.fixture
def trade(house: World) -> World:
    """Return a house in which ada records, ben confirms, clara represents acme, cleo reveals."""
    house.join("clara", relation="controller-representative", represents="acme")
    house.give("ben", by="ada", verbs=["interpret"], elements=[], purposes=[])
    house.join("dora")
    house.give("dora", verbs=["approve"], elements=[], purposes=[])
    house.give("cleo")
    return house


def writing(world: World, **changed: Any) -> Writing:
    """Return a writing of clara's: names for payments, to one key, for a month."""
    values: dict[str, Any] = {
        "kind": "third-party",
        "given_by": world.callers["clara"].principal_id,
        "reference": "letter 7",
        "text_sha256": SHA,
        "recipient": "Larkspur Analytics",
        "keys": (KEY,),
        "purposes": ("payments",),
        "elements": ("person.name",),
        "since": world.moment,
        "until": world.moment + 30 * DAY,
    }
    return Writing(**(values | changed))


def recorded(world: World, by: str = "ben", **changed: Any) -> Consent:
    """Record a writing."""
    one, caller = writing(world, **changed), world.callers[by]
    return world.do(lambda c: world.access.record_consent(c, caller, "acme", one), "acme").result


def confirmed(world: World, **changed: Any) -> Consent:
    """Record a writing, and let a second person confirm it."""
    made, dora = recorded(world, **changed), world.callers["dora"]
    work = lambda c: world.access.confirm_consent(c, dora, "acme", made.consent_id)  # noqa: E731 - named for the line's sake
    return world.do(work, "acme").result


def opened(world: World, by: str = "cleo", keys: tuple[str, ...] = (KEY,)) -> Disclosure:
    """Open a disclosure."""
    caller = world.callers[by]
    return world.do(lambda c: world.access.open_disclosure(c, caller, ASK, keys), "acme").result


def disclose(world: World, one: Disclosure, by: str = "cleo", ask: Ask = ASK) -> Any:
    """Let a call of ten records leave in a disclosure."""
    caller = world.callers[by]

    def work(conn: sa.Connection) -> Any:
        decision = world.access.decide(conn, caller, ask)
        return world.access.disclose(conn, caller, ask, decision, to=one.disclosure_id, records=10)

    return world.do(work, "acme")


def ended(world: World, one: Disclosure, by: str = "cleo", **changed: Any) -> Disclosure:
    """Account for a disclosure."""
    values: dict[str, Any] = {"keys": (KEY,), "parts": 1, "records": 10, "manifest_sha256": SHA}
    caller, account = world.callers[by], Account(**(values | changed))

    def work(conn: sa.Connection) -> Disclosure:
        found = world.access.disclosure(conn, caller, "acme", one.disclosure_id)
        return world.access.end_disclosure(conn, caller, found, account).result

    return world.do(work, "acme")


def code_of(attempt: Callable[[], object]) -> str:
    """Return the code of a refusal; '' when there was none."""
    try:
        attempt()
    except Failure as failure:
        return failure.code
    return ""


def test_nothing_leaves_without_a_consent(trade: World) -> None:
    """C2.3: no writing, no disclosure; with a confirmed one it is opened, and says under which."""
    assert code_of(lambda: opened(trade)) == "consent.missing"
    made = recorded(trade)
    assert code_of(lambda: opened(trade)) == "consent.unconfirmed"
    trade.do(
        lambda c: trade.access.confirm_consent(c, trade.callers["dora"], "acme", made.consent_id),
        "acme",
    )
    one = opened(trade)
    assert (one.consents, one.kind, one.state) == ((made.consent_id,), "third-party", "open")
    entry = trade.entries("acme")[-1]
    assert entry["action"] == "access:disclosure:opened"
    assert entry["detail"] == {
        "disclosure": one.disclosure_id, "kind": "third-party", "recipients": 1,
    }  # fmt: skip
    assert entry["context"] == {"consents": made.consent_id, "keys": KEY}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"keys": (OTHER,)}, "consent.missing"),
        ({"since": START + DAY}, "consent.not_yet"),
        ({"purposes": ("support",)}, "consent.not_covering"),
        ({"elements": ("person.ssn", "person.name:initials")}, "consent.not_covering"),
        ({"elements": ("person.*",)}, ""),
        ({"elements": ("*",), "kind": "return"}, ""),
        ({"keys": (OTHER, KEY)}, ""),
    ],
)
def test_a_consent_covers_what_it_names(trade: World, changed: dict[str, Any], code: str) -> None:
    """Another key, another time, purpose or element, or a mask alone, is another consent."""
    confirmed(trade, **changed)
    assert code_of(lambda: opened(trade)) == code


def test_two_writings_do_not_add_up_for_one_key(trade: World) -> None:
    """Each key needs one consent for all that leaves; each of several keys its own."""
    confirmed(trade)
    assert code_of(lambda: opened(trade, keys=(KEY, OTHER))) == "consent.missing"
    confirmed(trade, keys=(OTHER,), kind="return")
    assert opened(trade, keys=(KEY, OTHER)).kind == "third-party"
    assert opened(trade, keys=(OTHER,)).kind == "return"


def test_nobody_confirms_what_they_recorded(trade: World) -> None:
    """Two people stand behind a consent; a right to confirm does not let one be both."""
    trade.give("dora", verbs=["interpret"], elements=[], purposes=[])
    made = recorded(trade, by="dora")
    access, dora = trade.access, trade.callers["dora"]
    act = lambda: trade.do(  # noqa: E731 - one line
        lambda c: access.confirm_consent(c, dora, "acme", made.consent_id), "acme"
    )
    assert code_of(act) == "self.approve"
    assert code_of(lambda: opened(trade)) == "consent.unconfirmed"
    assert code_of(lambda: recorded(trade, by="cleo")) == "grant.missing"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"given_by": "0" * 32}, "consent.given_by"),
        ({"text_sha256": "letter"}, "consent.writing"),
        ({"reference": "  "}, "consent.writing"),
        ({"recipient": "x" * 201}, "consent.writing"),
        ({"kind": "gift"}, "consent.writing"),
        ({"keys": ()}, "consent.keys"),
        ({"keys": ("age1short",)}, "consent.keys"),
        ({"keys": (OTHER.upper(),)}, "consent.keys"),
        ({"keys": tuple(f"openpgp:{n:040x}" for n in range(17))}, "consent.keys"),
        ({"elements": ()}, "consent.elements"),
        ({"elements": ("*",)}, "consent.elements"),
        ({"elements": ("person.shoe",)}, "consent.elements"),
        ({"elements": ("business.name",)}, "element.not_in_agreement"),
        ({"purposes": ()}, "consent.purposes"),
        ({"purposes": ("list-brokerage",)}, "purpose.not_in_agreement"),
        ({"until": START - DAY, "since": START - 2 * DAY}, "consent.until"),
        ({"until": START + 400 * DAY}, "consent.until"),
        ({"until": START}, "consent.until"),
    ],
)
def test_a_writing_without_bounds_is_refused(
    trade: World, changed: dict[str, Any], code: str
) -> None:
    """Whom, what, what for, until when, and who signed: without one of these it is none."""
    assert code_of(lambda: recorded(trade, **changed)) == code


def test_our_own_people_consent_for_nobody(trade: World) -> None:
    """A consent is given by the controller's representative, at that controller alone."""
    ben = trade.callers["ben"].principal_id
    assert code_of(lambda: recorded(trade, given_by=ben)) == "consent.given_by"
    trade.join("greta", relation="controller-representative", represents="globex")
    greta = trade.callers["greta"].principal_id
    assert code_of(lambda: recorded(trade, given_by=greta)) == "consent.given_by"


def test_another_controllers_consent_is_none(trade: World) -> None:
    """A consent of one controller lets nothing of another's leave."""
    trade.join("greta", relation="controller-representative", represents="globex")
    for who, verb in (("ben", "interpret"), ("dora", "approve")):
        trade.give(who, controller="globex", verbs=[verb], elements=[], purposes=[])
    one = writing(trade, given_by=trade.callers["greta"].principal_id)
    access = trade.access
    made = trade.do(
        lambda c: access.record_consent(c, trade.callers["ben"], "globex", one), "globex"
    ).result
    dora = trade.callers["dora"]
    trade.do(lambda c: access.confirm_consent(c, dora, "globex", made.consent_id), "globex")
    assert code_of(lambda: opened(trade)) == "consent.missing"
    act = lambda: trade.do(  # noqa: E731 - one line
        lambda c: access.revoke_consent(c, dora, "acme", made.consent_id), "acme"
    )
    assert code_of(act) == "consent.unknown"


def test_a_revoked_consent_stops_the_next_call(trade: World) -> None:
    """Revoked in mid-export, nothing more leaves; under a new one the same disclosure goes on."""
    first = confirmed(trade)
    one = opened(trade)
    assert disclose(trade, one) == {"consents": first.consent_id}
    dora = trade.callers["dora"]
    trade.do(lambda c: trade.access.revoke_consent(c, dora, "acme", first.consent_id), "acme")
    assert code_of(lambda: disclose(trade, one)) == "consent.revoked"
    second = confirmed(trade)
    assert disclose(trade, one) == {"consents": second.consent_id}
    done = ended(trade, one, records=20)
    assert (done.calls, done.records, done.consents) == (
        2, 20, (first.consent_id, second.consent_id),
    )  # fmt: skip
    assert code_of(lambda: disclose(trade, one)) == "disclosure.ended"


def test_an_expired_consent_stops_the_next_call(trade: World) -> None:
    """The end that the writing names ends it, to the second, with nobody's doing."""
    until = confirmed(trade, until=START + 5 * DAY).until
    one = opened(trade)
    trade.moment = until - timedelta(seconds=1)
    disclose(trade, one)
    trade.moment = until
    assert code_of(lambda: disclose(trade, one)) == "consent.expired"


def test_a_disclosure_is_for_what_it_was_opened_for(trade: World) -> None:
    """Another purpose, more elements, another caller: nothing is counted, nothing leaves."""
    confirmed(trade, elements=("person.*",), purposes=("payments", "support"))
    trade.give("cleo", elements=["person.ssn"])
    trade.give("cleo", purposes=["support"])
    trade.give("ben", elements=["person.name"])
    one = opened(trade)
    more = Ask("reveal", "acme", "payments", ("person.name", "person.ssn"))
    assert code_of(lambda: disclose(trade, one, ask=more)) == "disclosure.binding"
    other = Ask("reveal", "acme", "support", ("person.name",))
    assert code_of(lambda: disclose(trade, one, ask=other)) == "disclosure.binding"
    assert code_of(lambda: disclose(trade, one, by="ben")) == "disclosure.unknown"
    assert ended(trade, one, records=0).calls == 0


def test_an_account_is_of_its_disclosure(trade: World) -> None:
    """Swapped recipients, more records than were answered, another's, a second account: refused."""
    confirmed(trade)
    one = opened(trade)
    disclose(trade, one)
    trade.give("ben", verbs=["audit"], elements=[], purposes=[])
    assert code_of(lambda: ended(trade, one, keys=(OTHER,))) == "disclosure.recipients"
    assert code_of(lambda: ended(trade, one, keys=(KEY, OTHER))) == "disclosure.recipients"
    assert code_of(lambda: ended(trade, one, records=11)) == "disclosure.count"
    assert code_of(lambda: ended(trade, one, manifest_sha256="x")) == "disclosure.manifest"
    assert code_of(lambda: ended(trade, one, by="ben")) == "disclosure.opener"
    assert code_of(lambda: ended(trade, one, by="dora")) == "grant.missing"
    done = ended(trade, one)
    count = len(trade.entries("acme"))
    assert ended(trade, one) == done
    assert len(trade.entries("acme")) == count
    assert code_of(lambda: ended(trade, one, manifest_sha256="1" * 64)) == "disclosure.ended"
    entry = trade.entries("acme")[-1]
    assert entry["detail"]["manifest_sha256"] == SHA
    assert (entry["detail"]["records"], entry["detail"]["answered"]) == (10, 10)


def test_everybody_sees_their_own_and_an_auditor_all(trade: World) -> None:
    """The accounting is complete for whoever holds audit, and one's own for others."""
    confirmed(trade)
    trade.give("ben", elements=["person.name"])
    mine, other = opened(trade), opened(trade, by="ben")
    trade.give("dora", verbs=["audit"], elements=[], purposes=[])

    def seen(who: str) -> list[str]:
        caller = trade.callers[who]
        found = trade.do(lambda c: trade.access.disclosures(c, caller, "acme"), "acme")
        return [one.disclosure_id for one in found]

    assert seen("cleo") == [mine.disclosure_id]
    assert set(seen("dora")) == {mine.disclosure_id, other.disclosure_id}


@pytest.mark.parametrize("table", [CONSENT, DISCLOSURE])
def test_every_life_ends(table: Any) -> None:
    """Each state leads to states of the table, and each table has an end."""
    assert {after for events in table.values() for after in events.values()} <= set(table)
    assert any(not events for events in table.values())
