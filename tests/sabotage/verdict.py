"""Breaks, looks, undoes, looks again; says whether exactly the right obligations fell."""

from __future__ import annotations

from dataclasses import dataclass, field

from bailee.agreement import load_terms
from tests.sabotage.plan import Sabotage
from tests.sabotage.stage import Stage

GREEN = frozenset({"enforced", "operating", "asserted"})
_ELSEWHERE = load_terms("bill-2022-10-11").obligations
"""What the stage's own agreement has no duty for: such a control is judged by what it sees."""
FALLEN = {"failed": "failing", "due": "due", "blind": "uncovered"}


@dataclass
class Verdict:
    """What one sabotage did; no complaints when it did what it must."""

    fallen: list[str] = field(default_factory=list)
    found: tuple[str, ...] = ()
    complaints: list[str] = field(default_factory=list)


def judge(stage: Stage, sabotage: Sabotage, *, everything: bool = True) -> Verdict:
    """Commit one sabotage upon a deployment in which everything passes.

    Everything is looked at while it is broken. Afterwards only what fell is looked at again: the
    rest has not moved since, and must stand as it stood before.

    Args:
        stage: the deployment.
        sabotage: what is broken.
        everything: False looks at what must fall alone, which takes a tenth of the time.
    """
    verdict = Verdict()
    controls = (sabotage.control, *sabotage.also)
    before = stage.states()
    expected = stage.served_by(*controls)
    here = bool(stage.served_by(sabotage.control))
    if not here and not any(line.control == sabotage.control for line in _ELSEWHERE):
        verdict.complaints.append("no obligation is served by that control")
    if not all(before[name] in GREEN for name in expected):
        verdict.complaints.append("it was not green before")
    with sabotage.act(stage):
        during = stage.look() if everything else stage.look(*controls)
        findings = stage.findings()
    verdict.found = findings[sabotage.control]
    changed = {name for name, state in during.items() if state != before[name]}
    verdict.fallen = sorted(changed)
    if changed - expected:
        others = {name: seen for name, seen in findings.items() if seen and name not in controls}
        verdict.complaints.append(
            f"fell without reason: {', '.join(sorted(changed - expected))} ({others})"
        )
    if expected - changed:
        verdict.complaints.append(f"did not fall: {', '.join(sorted(expected - changed))}")
    forced = FALLEN[sabotage.result]
    if wrong := sorted(name for name in changed & expected if during[name] != forced):
        verdict.complaints.append(f"not {forced}: {', '.join(wrong)}")
    if not here and not verdict.found:
        verdict.complaints.append("the control saw nothing")
    after = stage.look(*controls) if not changed - expected else stage.look()
    if after != before:
        hurt = sorted(name for name in after if after[name] != before[name])
        verdict.complaints.append(f"did not recover: {', '.join(hurt)}")
    if not here and stage.findings()[sabotage.control]:
        verdict.complaints.append("the control did not recover")
    return verdict
