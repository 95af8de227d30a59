"""Rows in bulk."""

from __future__ import annotations

from functools import partial

import pytest

from bailee.vault import tables
from bailee.vault.rows import insert
from tests.vault.world import ACME, World

ROW = (ACME, "0" * 32, "1" * 32, "person.name")


@pytest.mark.parametrize("rows", [[ROW], []])
@pytest.mark.parametrize(
    "columns",
    [
        "controller record_id subject_id element",  # another order
        "controller subject_id record_id",
        "controller subject_id record_id element created",
        "",
    ],
)
def test_columns_stand_as_they_are_declared(
    world: World, columns: str, rows: list[tuple[str, ...]]
) -> None:
    """Rows whose columns are in another order than the table's are not written, not even none."""
    work = partial(insert, table=tables.holding, columns=columns, rows=rows)
    with pytest.raises(TypeError, match=r"^vault_holding has controller subject_id "):
        world.data.write(ACME, work)

    assert world.count("vault_holding") == 0


def test_each_value_goes_into_its_column(world: World) -> None:
    """What stands at a column's place is read from that column again."""
    columns = "controller subject_id record_id element"
    world.data.write(ACME, lambda conn: insert(conn, tables.holding, columns, [ROW]))

    assert world.run(f"SELECT {columns.replace(' ', ', ')} FROM vault_holding") == [ROW]
