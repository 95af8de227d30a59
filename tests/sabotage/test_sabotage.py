"""Breaking what a control watches lets its obligations fall (DESIGN: obligation states).

That no others fall is looked at for one sabotage in a dozen; ``make sabotage`` does it for each.
"""

from __future__ import annotations

import pytest

from bailee.app.controls import CONTROLS
from tests.sabotage.plan import SABOTAGES, Sabotage
from tests.sabotage.stage import Stage
from tests.sabotage.verdict import GREEN, judge

pytestmark = pytest.mark.xdist_group("sabotage")


def test_every_control_has_its_sabotage() -> None:
    """Every control has at least one sabotage, and no sabotage is for a control that is none."""
    assert {one.control for one in SABOTAGES} == set(CONTROLS)


def test_a_fresh_deployment_is_green(stage: Stage) -> None:
    """All obligations that a control serves are green in a deployment that nobody broke."""
    states = stage.states()

    assert {states[name] for name in stage.served_by(*CONTROLS)} <= GREEN


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda one: one.name)
def test_its_obligations_fall(stage: Stage, sabotage: Sabotage) -> None:
    """What the control watches is broken: its obligations fall, and they come back."""
    whole = SABOTAGES.index(sabotage) % 12 == 0

    assert judge(stage, sabotage, everything=whole).complaints == []
