"""The columns that each column comes from, as the UI shows them."""

import dagster as dg
import pytest

from orchestration.assets.lineage import column_lineage
from tests.full_build import Small
from tests.full_build import small as small
from tests.orchestration.builds import history
from tests.orchestration.graph import CONTRACTS, graph

SHOWN = ["core/observations", "out/indicators"]


@pytest.mark.parametrize("table", SHOWN)
def test_every_column_comes_from_columns_that_are_there(table: str) -> None:
    columns = {contract.table: set(contract.schema) for contract in CONTRACTS}
    parents = graph().get(dg.AssetKey(table.split("/"))).parent_keys
    lineage = column_lineage(table, parents)
    assert lineage is not None
    assert lineage.deps_by_column.keys() == columns[table]
    for column, above in lineage.deps_by_column.items():
        assert above, column
        for each in above:
            assert each.asset_key in parents
            assert each.column_name in columns[each.asset_key.to_user_string()], (column, each)


def test_of_other_tables_nothing_is_said() -> None:
    assert column_lineage("out/coverage", []) is None


@pytest.mark.full
@pytest.mark.parametrize("table", SHOWN)
def test_the_run_history_holds_it(small: Small, table: str) -> None:
    with history(small.build) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey(table.split("/")))
    assert event is not None
    assert event.asset_materialization is not None
    assert isinstance(event.asset_materialization.metadata["dagster/column_lineage"].value, dg.TableColumnLineage)
