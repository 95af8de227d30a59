"""Kills and power cuts in loops."""

from __future__ import annotations

import signal

from tests.faults.trials import Ground, Plan, Tally, Trial, trial

CALLS = (5, 60)
"""A fault comes after this many answers, at least and at most."""


def kills(ground: Ground, plan: Plan, tally: Tally, times: int) -> list[str]:
    """Kill the server so often; on PostgreSQL every other time the cluster as well."""
    with trial(ground, plan, tally) as life:
        for number in range(times):
            life.work(life.dice.randint(*CALLS))
            if life.deployment.clusters and number % 2:
                life.deployment.clusters[0].stop(signal.SIGQUIT)
                tally.counts["cluster kills", plan.engine] += 1
            life.kill()
            tally.counts["kills", plan.engine] += 1
            if not life.recover():
                break
        return _last(life)


def cuts(ground: Ground, plan: Plan, tally: Tally, times: int) -> list[str]:
    """Cut the power so often."""
    with trial(ground, plan, tally) as life:
        for _ in range(times):
            life.work(life.dice.randint(*CALLS))
            life.power_cut()
            tally.counts["power cuts", plan.engine] += 1
            if not life.recover():
                break
        return _last(life)


def _last(life: Trial) -> list[str]:
    """Check everything once more, not only what is recent."""
    if not life.findings:
        life.findings += life.checker.run()
    return life.findings
