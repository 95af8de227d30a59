"""Who was touched stays countable after they are erased, and the counts are right (C9.2, C6)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from tests.journeys.world import ACME, PAYMENT, World, read_bundle, verified

INPUT = [
    {
        "ref": str(number),
        "subject": f"counted-{number}",
        "kind": "organisation" if number % 7 == 0 else "person",
        "category": ("customer", "employee", "owner")[number % 3],
        "nationalities": (["US"], ["US", "CA"], ["unknown"])[number % 3],
        "residence": ("US-CA", "US-NY", "unknown")[number % 3],
        "fields": {
            "person.name": f"Quillon Ashdown {chr(97 + number % 26)}{chr(97 + number // 26)}"
        },
    }
    for number in range(60)
]


def plain(rows: list[dict[str, Any]]) -> dict[str, Counter[Any]]:
    """Count the input itself."""
    return {
        "kind": Counter(one["kind"] for one in rows),
        "category": Counter(one["category"] for one in rows),
        "residence": Counter(one["residence"] for one in rows),
        "nationality": Counter(nation for one in rows for nation in one["nationalities"]),
    }


def counted(bundle: Path, action: str) -> dict[str, Counter[Any]]:
    """Count the records that the openings of an action name, by the attributes written there."""
    touched = [
        record
        for entry in read_bundle(bundle)
        if entry["action"] == action
        for record in entry["opening"]["records"]
    ]
    return {
        "kind": Counter(one["kind"] for one in touched),
        "category": Counter(one["category"] for one in touched),
        "residence": Counter(one["residence"] for one in touched),
        "nationality": Counter(
            nation for one in touched for nation in one["nationalities"] or ["unknown"]
        ),
    }


def test_counts_from_the_openings_equal_the_input_and_survive_erasure(
    house: World, tmp_path: Path
) -> None:
    """By kind, category, residence and nationality: the same before and after (C9.2(2))."""
    done = house.line("importer").protect(ACME, PAYMENT, INPUT)
    ids = [one.record for one in done.results]
    seen = [number for number in range(len(INPUT)) if number % 2]
    house.line("payout").reveal(
        ACME, PAYMENT, ["person.name"], records=[ids[number] for number in seen]
    )
    before = house.export(tmp_path)
    actions = {"vault:record:protected": INPUT, "vault:record:revealed": [INPUT[n] for n in seen]}
    for action, rows in actions.items():
        assert counted(before[0], action) == plain(rows)
    house.line("bram").erase(
        ACME, PAYMENT, subjects=[str(INPUT[number]["subject"]) for number in seen[:20]]
    )
    after = house.export(tmp_path)
    for action, rows in actions.items():
        assert counted(after[0], action) == plain(rows)
    assert sum(counted(after[0], "vault:subject:marked")["kind"].values()) == 20
    code, said = verified(*after, "--checkpoint", str(before[0] / "checkpoint"))
    assert code == 0, said


def test_the_opening_says_from_where_a_call_came(house: World, tmp_path: Path) -> None:
    """The requestor's request and address are committed to, not clear (C2.5(5))."""
    record = house.protect("called-from-somewhere")
    house.reveal("payout", record, "person.name")

    entry = house.last(tmp_path / "export")

    assert entry["action"] == "vault:record:revealed"
    assert set(entry["opening"]["context"]) == {"remote", "request_id"}
    assert "request_id" not in {key for key in entry if key != "opening"}
