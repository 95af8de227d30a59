"""Death at every step between the two databases: create, destroy, erase, rotate.

An act is done once to count its moments (both sides of every transaction, mirror line and purge),
then again and again, on a copy each, dying at the first moment, at the second, and so on. After a
restart the act is repeated, and its end must be the same as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bailee.agreement import model_text
from bailee.client import BaileeProblem
from tests.faults.deployment import NotServedError
from tests.faults.history import OK, Asked, Person
from tests.faults.trials import Ground, Plan, Tally, Trial, trial
from tests.faults.writers import send_erase, send_protect
from tests.journeys.world import ACME, GLOBEX, PAYMENT

NEW = "initech"
MOST_MOMENTS = 80


@dataclass(frozen=True)
class Act:
    """An act across both databases.

    Attributes:
        do: does it over HTTP; may be repeated. Its number tells one time from another.
        after: returns what is wrong when it is done.
        once: it can be done once in a deployment's life.
    """

    name: str
    do: Callable[[Trial, int], None]
    after: Callable[[Trial, int], list[str]]
    once: bool = False


def every_step(ground: Ground, plan: Plan, tally: Tally, act: Act) -> list[str]:
    """Do an act so often that it died at each of its moments once; first it counts them."""
    moments, at, found = MOST_MOMENTS, 0, list[str]()
    while at <= moments and not found:
        armed = ground.place() / "armed"
        mortal = replace(plan, build="mortal", extra=(("FAULTS_ARMED", str(armed)),))
        with trial(ground, mortal, tally) as life:
            life.work(12)
            life.load.end()
            while at <= moments and not found:
                counted = _once(life, armed, act, at)
                moments = moments if at else min(counted, MOST_MOMENTS)
                found = [f"({act.name}, died at {at} of {moments})"] if life.findings else []
                found += life.findings
                tally.counts[f"deaths in {act.name}", plan.engine] += bool(at)
                at += 1
                if act.once:
                    break
    return found


def _once(life: Trial, armed: Path, act: Act, at: int) -> int:
    """Do an act that dies at a moment (0: never), and again after a restart; return the moments."""
    counted = armed.with_suffix(".count")
    counted.write_text("0", "utf-8")
    armed.write_text(str(at), "utf-8")
    try:
        act.do(life, at)
    except BaileeProblem as problem:
        if at == 0 or problem.status:
            life.findings.append(f"A9 {act.name} was answered {problem}")
    armed.unlink()
    life.deployment.kill_servers()
    try:
        life.deployment.start()
        act.do(life, at)
        life.findings += act.after(life, at)
    except (BaileeProblem, NotServedError) as problem:
        life.findings.append(f"A7 {act.name} cannot be ended: {problem}")
    else:
        life.findings += life.checker.run(100)
    return int(counted.read_text("utf-8"))


def _tolerant(call: Callable[[], object], *codes: str) -> None:
    """Call, and take a refusal that says that it is done already for done."""
    try:
        call()
    except BaileeProblem as problem:
        if problem.code not in codes:
            raise


def _create(life: Trial, at: int) -> None:
    with life.deployment.client("ada") as ada:
        _tolerant(
            lambda: ada.create_controller(
                f"{NEW}-{at}",
                name="Initech",
                text=model_text(),
                terms="model-addendum",
                effective=SIGNED,
            ),
            "controller.exists",
        )


def _created(life: Trial, at: int) -> list[str]:
    """Use what was created: a grant, a record, and the record again."""
    keys = life.deployment.template
    with life.deployment.client("ada") as ada, life.deployment.client("importer") as importer:
        until = ada.list_grants(ACME).grants[0].until
        element = "person.name"
        ada.grant(
            f"{NEW}-{at}",
            keys.ids["importer"],
            verbs=["protect"],
            elements=[element],
            purposes=[PAYMENT],
            until=until,
        )
        record = {"ref": "1", "subject": "first", "fields": {element: "Peter Gibbons"}}
        done = importer.protect(f"{NEW}-{at}", PAYMENT, [record])
    return [] if done.results[0].ok else ["A1 a new controller holds nothing"]


def _destroy(life: Trial, _at: int) -> None:
    history = life.load.history
    history.people[:] = [one for one in history.people if one.controller != GLOBEX]
    with life.deployment.client("bram") as bram:
        _tolerant(
            lambda: bram.end_agreement(GLOBEX, at=SIGNED_AT, instruction="instruction-7"),
            *ENDED,
        )
        with life.deployment.client("greta") as greta:
            _tolerant(lambda: greta.choose_end(GLOBEX, "destroy"), *ENDED)
        _tolerant(
            lambda: bram.destroy_controller(GLOBEX, confirm=GLOBEX, instruction="instruction-8"),
            *ENDED,
        )


def _destroyed(life: Trial, _at: int) -> list[str]:
    where = f"WHERE controller = '{GLOBEX}'"
    left = {
        table: life.deployment.rows(f"SELECT count(*) FROM {table} {where}", keys=keys)[0][0]
        for table, keys in (
            ("vault_record", False),
            ("vault_subject", False),
            ("subject_key", True),
        )
    }
    return [
        f"A11 destroyed, and {table} has {count} rows" for table, count in left.items() if count
    ]


def _erase(life: Trial, at: int) -> None:
    history, key = life.load.history, f"{at:032x}"
    name = f"doomed-{at}"
    person = next((one for one in history.people if one.name == name), None)
    with life.deployment.client("importer") as importer, life.deployment.client("bram") as bram:
        if person is None:
            person = Person(ACME, name, Asked(f"{at:031x}p"))
            history.people.append(person)
        if person.protect.outcome != OK:
            send_protect(history, importer, [person])
        person.whole, person.erase = True, Asked(key)
        send_erase(history, bram, person)


def _erased(life: Trial, at: int) -> list[str]:
    asked = [one.erase for one in life.load.history.people if one.erase]
    done = [one for one in asked if one.key == f"{at:032x}" and one.outcome == OK]
    return [] if done else ["A9 the erasure is not done"]


def _rotate(life: Trial, _at: int) -> None:
    with life.deployment.client("bram") as bram:
        for what in ("data", "index"):
            bram.rotate_keys(ACME, what)


SIGNED, SIGNED_AT = "2026-01-01", "2026-11-01T00:00:00Z"
ENDED = (
    "controller.ended", "controller.destroyed", "agreement.ended", "controller.state",
    "termination.begun",
)  # fmt: skip
ACTS = (
    Act("create", _create, _created),
    Act("destroy", _destroy, _destroyed, once=True),
    Act("erase", _erase, _erased),
    Act("rotate", _rotate, lambda _life, _at: []),
)
