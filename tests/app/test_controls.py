"""Controls: none is green without having looked, and what each saw is on record."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bailee.agreement import load_terms, model_text
from bailee.app import shapes, store
from bailee.app.canary import plant, remove
from bailee.app.control import Blind, Control, refused
from bailee.app.controls import CONTROLS
from bailee.app.house import House
from bailee.app.looking import Looking
from bailee.app.state import Observation, Watch
from bailee.errors import Broken, NotFound, Refused, Unavailable
from bailee.ledger import verify
from tests.sabotage.stage import CONTROLLER, Stage

FIRST_RELEASE = {
    "access-log", "agreement-binding", "audit-access", "audit-immediate", "authorised-persons",
    "break-glass", "credential-strength",
    "disclosure-consent", "encryption-at-rest", "encryption-standard", "erasure", "honey-records",
    "keys-wrapped",
    "least-privilege", "no-values-in-urls", "permitted-elements", "public-communication",
    "purpose-limit",
    "customer-passwords", "record-keeping", "revocation", "transport", "unique-identity",
    "handling-procedures", "training", "access-review", "law-register",
    "coordinator", "security-contact", "contacts-current",
    "breach-notice", "breach-update", "breach-facts", "breach-contact", "urgent-notice",
    "other-notices", "incident-participation", "incident-costs", "credit-monitoring",
    "security-correction", "interim-measures", "agreement-amendments",
    "termination", "return-or-destroy", "retention-isolation", "destruction-certificate",
    "flow-down", "subprocessor-certificates", "subprocessor-consent", "subprocessor-contract",
    "subprocessor-instruction", "subprocessor-list", "subprocessor-notice",
    "subprocessor-objection", "subcontractor-conditions", "subcontractor-contract",
    "subcontractor-list", "subcontractor-no-sale",
    "legal-demand-hold", "legal-demand-notice", "legal-demand-support", "legal-obligation-notice",
    "consumer-request-notice", "consumer-request-hold", "consumer-request-assistance",
    "consumer-request-fallback", "data-subject-requests",
    "documented-instructions", "unlawful-instruction-notice",
    "transfer-register", "transfer-mechanism", "transfer-uk", "transfer-swiss",
    "transfer-assessment", "transfer-annexes", "transfer-measures",
    "dpia-assistance", "authority-records", "ccpa-certification",
    "disclosure-register", "no-reidentification",
}  # fmt: skip
"""What the first release watches."""
NOT_IN = {
    "bill-2022-10-11": {
        "access-review", "break-glass", "honey-records", "contacts-current", "breach-update",
        "consumer-request-fallback",
        "subprocessor-certificates", "transfer-register", "transfer-swiss", "transfer-assessment",
        "disclosure-register",
    },
    "model-addendum": {
        "subcontractor-conditions", "subcontractor-contract", "subcontractor-list",
        "subcontractor-no-sale", "legal-demand-support", "consumer-request-assistance",
    },
}  # fmt: skip
"""Controls that a text's terms do not name: BILL's is silent on emergencies, alarms, reviews,
sub-processors' certificates, Swiss data, a register of transfers and one of disclosures; the model
has one set of rules for sub-processors and no second."""


def control(slug: str, look: Callable[[House, str], list[str]]) -> Control:
    """Return a control in the place of a registered one."""
    return Control(slug, (), "a test", CONTROLS[slug].watch, look)


def raising(error: Exception) -> Callable[[House, str], list[str]]:
    """Return a look that ends in an error."""

    def look(_house: House, _controller: str) -> list[str]:
        raise error

    return look


def test_the_register_is_the_first_release() -> None:
    """Every control of the first release exists, and no other does."""
    assert set(CONTROLS) == FIRST_RELEASE
    assert all(slug == one.slug for slug, one in CONTROLS.items())


@pytest.mark.parametrize("terms", ["model-addendum", "bill-2022-10-11"])
def test_every_control_serves_an_obligation(terms: str) -> None:
    """What is watched is owed: the shipped terms name every control that is for their text."""
    named = {line.control for line in load_terms(terms).obligations}
    assert FIRST_RELEASE - named == NOT_IN.get(terms, set())


@pytest.mark.parametrize(
    ("error", "result", "finding"),
    [
        (ZeroDivisionError("secret words"), "blind", "control.zerodivisionerror"),
        (Blind("root.elsewhere"), "blind", "root.elsewhere"),
        (Unavailable("db.locked", "The database is locked."), "blind", "control.db.locked"),
        (Broken("log.guard", "The log is behind."), "failed", "control.log.guard"),
    ],
)
def test_a_control_that_breaks_is_never_green(
    stage: Stage, error: Exception, result: str, finding: str
) -> None:
    """A control that could not look is blind, and says why in a code without anybody's words."""
    seen = stage.house.observe(CONTROLLER, control("revocation", raising(error)))

    assert (seen.result, seen.findings) == (result, (finding,))


@pytest.mark.parametrize(
    ("look", "state"),
    [
        (lambda _house, _controller: [], "operating"),
        (lambda _house, _controller: ["key.alive"], "failing"),
        (raising(Blind("nobody.there")), "uncovered"),
        (raising(KeyError("x")), "uncovered"),
    ],
    ids=["passed", "failed", "blind", "error"],
)
def test_a_state_follows_the_last_look(
    stage: Stage, look: Callable[[House, str], list[str]], state: str
) -> None:
    """The obligation that a control serves is never better than what it saw last."""
    stage.house.observe(CONTROLLER, control("revocation", lambda _house, _controller: []))
    stage.house.observe(CONTROLLER, control("revocation", look))

    states = stage.states()
    assert {states[name] for name in stage.served_by("revocation")} == {state}


def test_an_observation_is_proven_by_its_entry(stage: Stage) -> None:
    """What a control saw stands in the controller's own log, naming the obligations it serves."""
    seen = stage.house.observe(CONTROLLER, control("erasure", lambda *_: ["erased.key"]))
    stage.house.settle()
    shown = stage.house.proof(stage.people["Clara Whitfield"], CONTROLLER, seen.entry_id)

    key = verify.read_key(shown.vkey, "vkey")
    pinned = verify.Pinned([key], proofs=[("proof", shown.proof.encode())])
    report = verify.verify(None, pinned)
    assert (report.problems, len(report.notes)) == ([], 1)
    entry = next(one for one in entries(stage, CONTROLLER) if one["id"] == seen.entry_id)
    assert entry["action"] == "app:control:failed"
    assert set(entry["obligations"]) == stage.served_by("erasure")
    assert entry["detail"]["finding0"] == "erased.key"
    duty = next(
        duty
        for clause in stage.house.clauses(stage.people["Clara Whitfield"], CONTROLLER).clauses
        for duty in clause.obligations
        if duty.control == "erasure"
    )
    assert duty.entries == [seen.entry_id]


def entries(stage: Stage, controller: str) -> list[dict[str, Any]]:
    """Return every signed entry of a controller's newest log."""
    log = stage.house.newest_log(controller)
    ledger = stage.house.parts.ledger
    return stage.house.parts.data.read(
        controller,
        lambda conn: [json.loads(body) for body in ledger.entries(conn, controller, log)],
    )


def test_a_finding_is_recorded_whatever_it_names(stage: Stage) -> None:
    """A file's odd name in a finding cannot keep a failure from being recorded."""
    odd = "plain.Größe der Kopie (2).TXT" + "x" * 200

    seen = stage.house.observe(CONTROLLER, control("revocation", lambda *_: [odd, ""]))

    assert (seen.result, len(seen.findings)) == ("failed", 2)
    last = stage.house.parts.data.read(
        CONTROLLER, lambda conn: store.last_observations(conn, CONTROLLER)
    )
    assert last["revocation"].findings == seen.findings


def test_at_one_instant_the_worse_counts(stage: Stage) -> None:
    """Of two looks at one moment, the one that passed yields."""
    moment = stage.house.parts.clock.now() + timedelta(seconds=5)

    def work(conn: object) -> dict[str, Observation]:
        for number, result in enumerate(("failed", "passed")):
            seen = Observation("transport", moment, result, (), str(number))
            store.add_observation(conn, CONTROLLER, seen)  # type: ignore[arg-type]
        return store.last_observations(conn, CONTROLLER)  # type: ignore[arg-type]

    assert stage.house.parts.data.write(CONTROLLER, work)["transport"].result == "failed"


def test_the_schedule_looks_at_what_is_due_and_at_nothing_else(stage: Stage) -> None:
    """Whatever has not looked for a day looks; asked again at once, nothing does."""
    assert stage.house.run_due() > 0
    assert stage.house.run_due() == 0


def test_one_controller_without_an_agreement_keeps_nobody_unwatched(stage: Stage) -> None:
    """A controller whose agreement begins next year is passed over; those after it are watched."""
    stage.house.create_controller(
        stage.ada,
        shapes.NewController(
            controller="early-bird", name="Early Bird Ltd", text=model_text(),
            terms="model-addendum", effective="2199-01-01",
        ),
    )  # fmt: skip
    observed = store.observation.delete().where(store.observation.c.controller == CONTROLLER)
    stage.house.parts.data.write(CONTROLLER, lambda conn: conn.execute(observed))

    assert stage.house.run_due() == len(CONTROLS)


def test_only_one_request_lets_controls_look(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for others is told to come back; who asks for the same again gets what it saw."""
    go_on = threading.Event()

    def slow(_house: House, _controller: str) -> list[str]:
        assert go_on.wait(60)
        return ["slow.found"]

    monkeypatch.setitem(CONTROLS, "revocation", control("revocation", slow))
    monkeypatch.setattr(stage.house, "_asked", Looking(0.05))
    for asked in ("revocation", "revocation", "access-log"):
        with pytest.raises(Unavailable, match=r"^controls\.looking"):
            stage.look(asked)
    go_on.set()
    monkeypatch.setattr(stage.house._asked, "_seconds", 30.0)
    stage.look("revocation")

    assert stage.findings()["revocation"] == ("slow.found",)
    monkeypatch.undo()
    stage.look("revocation")
    assert stage.findings()["revocation"] == ()


def test_looks_last_a_day() -> None:
    """No look counts for longer than a day and an hour."""
    assert {one.watch.every for one in CONTROLS.values()} == {timedelta(hours=25)}
    assert {one.watch for one in CONTROLS.values()} <= {
        Watch("enforced", timedelta(hours=25)),
        Watch("operating", timedelta(hours=25)),
        Watch("asserted", timedelta(hours=25)),
    }


def test_only_the_right_refusal_counts() -> None:
    """An attempt refused for another reason proves nothing, one that nobody answered even less."""

    def refuse() -> None:
        raise Refused("grant.purpose", "No.")

    def miss() -> None:
        raise NotFound("controller.unknown", "No.")

    def fall() -> None:
        raise Unavailable("db.locked", "No.")

    assert refused(refuse, "grant.purpose", "served") == []
    assert refused(miss, "grant.purpose", "served") == ["served.refused_as.controller.unknown"]
    assert refused(lambda: None, "grant.purpose", "served") == ["served"]
    with pytest.raises(Blind, match=r"control\.db\.locked"):
        refused(fall, "grant.purpose", "served")


def test_a_planted_value_passes_for_nothing_else(stage: Stage) -> None:
    """A marker has no digit, so it can never be refused as a card number, and it is always new."""
    planted = [plant(stage.house.parts) for _ in range(20)]
    for one in planted:
        remove(stage.house.parts, one)

    assert not any(char.isdigit() for one in planted for char in one.marker)
    assert len({one.marker for one in planted}) == 20
