"""What the report of a pack says, as texts: tables of rows, ready to be set. Pure.

Every cell is cut to a length at which a table can still be read; the pack's other files hold all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bailee.app.controls import CONTROLS
from bailee.app.state import STATES
from bailee.assurance.pack import HOW
from bailee.clock import write_time
from bailee.ledger.verify import CANNOT_SHOW

CELL = 400
ROWS = 2000
"""So many rows of one table are set; a line says how many more the files hold."""


def data(
    found: Mapping[str, Any],
    *,
    facts: Mapping[str, str],
    logs: Sequence[Mapping[str, Any]],
    gaps: Sequence[str],
) -> dict[str, Any]:
    """Return what the template sets.

    Args:
        found: the shapes that the pack's files were made of.
        facts: names and ids of the pack.
        logs: as the manifest lists them.
        gaps: what is missing.
    """
    duties = [line for one in found["clauses"] for line in one.obligations]
    states = Counter(one.state for one in duties)
    shown = [(one["name"], f"{one['size']} entries, root {one['root']}") for one in logs]
    return {
        "title": f"Evidence for the auditor of {facts['controller']}",
        "author": facts["origin"],
        "subtitle": f"Made on {facts['made'][:16]}Z, bailee {facts['bailee']}. "
        "This is for reading; the files beside it are the proof.",
        "cannot_show": list(CANNOT_SHOW),
        "how": list(HOW),
        "facts": _rows((name, facts[name]) for name in sorted(facts) if facts[name]) + shown,
        "gaps": [_cut(one) for one in gaps],
        "states": [(one, str(states[one])) for one in STATES if states[one]],
        "obligations": _rows(
            (one.clause, one.obligation, one.state, one.control, f"{one.summary} ({one.reason})")
            for one in duties
        ),
        "controls": _rows(_control(slug, found) for slug in CONTROLS),
        "readings": _rows(
            [(one.subject, one.status, one.says) for one in found["view"].interpretations]
            + [(one.id, "open", one.says) for one in found["view"].questions]
        ),
        "grants": _rows(_grants(found["rights"])),
        "engagements": _rows(
            (one.reason, one.status, one.since, one.until, str(one.views), str(one.refused))
            for one in found["engagements"]
        ),
        "samples": _rows(
            (one.population, str(one.members), str(one.size), one.seed, one.entry_id)
            for one in found["samples"]
        ),
    }


def _control(slug: str, found: Mapping[str, Any]) -> tuple[str, ...]:
    last = found["last"].get(slug)
    if last is None:
        return slug, "0", "never", "", ""
    looks = str(found["controls"][slug])
    return slug, looks, write_time(last.time), last.result, ", ".join(last.findings)


def _grants(rights: Any) -> Iterable[tuple[str, ...]]:
    known = {one.principal: one for one in rights.holders}
    for one in rights.grants:
        who = known.get(one.principal)
        yield (
            who.name if who else one.principal,
            (who.relation or who.kind) if who else "",
            who.employer if who else "",
            " ".join(one.verbs),
            " ".join(one.elements),
            one.until[:10] if one.status == "living" else one.status,
        )


def _rows(rows: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    made = [tuple(map(_cut, row)) for row in rows]
    if len(made) <= ROWS:
        return made
    width = len(made[0])
    more = (f"and {len(made) - ROWS} more in the files",)
    return [*made[:ROWS], more + ("",) * (width - 1)]


def _cut(text: str) -> str:
    return text if len(text) <= CELL else text[: CELL - 1] + "…"
