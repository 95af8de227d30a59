"""A share of the hostile calls that ``make hostile`` makes: see docs/hostile.md."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

from tests.hostile.judge import operations
from tests.hostile.run import aftermath, plan_for
from tests.hostile.stand import Stand
from tests.hostile.volley import volley

EACH = 1
"""Cases of each operation, or about."""


def test_every_operation_answers_as_it_is_described(stand: Stand) -> None:
    """S7: whatever is sent to any operation, its answer is documented, typed and tells nothing.

    Nobody hangs it, nothing is repeated or logged, and afterwards it serves, ends and verifies.
    """
    plan = plan_for(stand, 0, seed=20261120)
    table = operations(json.loads(plan.text))
    plan = replace(plan, cases=EACH * len(table))
    tally = volley(plan, table)
    assert tally.findings == []
    assert {name for name, _ in tally.drawn} == set(table)
    assert tally.sent(bent=False) >= plan.cases * 0.9
    assert tally.sent(bent=True) > plan.cases * 0.3
    groups = Counter[int]()
    for (_, status), many in tally.statuses.items():
        groups[status // 100] += many
    assert groups[2] > 20, "the calls do not get past the door"
    assert groups[4] > plan.cases / 2
    assert aftermath(stand) == []
