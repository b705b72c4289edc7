"""A table that breaks a critical rule is not made, and nothing that depends on it, wherever in the graph it stands.

Dagster takes a check that returns anything but a result for one that blocks nothing, and says nothing of it.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest

from orchestration.assets import calls
from orchestration.definitions import definitions
from orchestration.run.checks import asset_key, checked
from orchestration.store.paths import Paths
from tests.full_build import ROOT, Small
from tests.full_build import small as small
from tests.orchestration.builds import history
from tests.orchestration.graph import defs, graph
from transforms.contracts import Contract, tables
from transforms.harmonise.registers import areas_frame, load_registers

pytestmark = pytest.mark.full


def all_below(key: dg.AssetKey) -> set[dg.AssetKey]:
    """The asset and all that depends on it."""
    reached, pending = set[dg.AssetKey](), [key]
    while pending:
        reached.add(one := pending.pop())
        pending += graph().get(one).child_keys - reached
    return reached


def test_every_check_is_one_that_its_asset_reports_itself(small: Small) -> None:
    assert not defs().asset_checks
    with history(small.build) as instance:
        (run,) = instance.get_runs()
        events = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    said: list[Any] = [entry.dagster_event.event_specific_data for entry in events if entry.dagster_event]
    built = definitions(Paths(data=small.data, build=small.build)).resolve_asset_graph()
    assert {(check.asset_key, check.check_name) for check in said} == {
        (key.asset_key, key.name) for key in built.asset_check_keys
    }
    assert {type(check.passed) for check in said} == {bool}


@pytest.mark.parametrize("broken", ["raw/ons_pfa_tables", "core/observations", "out/comparability"])
def test_what_is_withheld_counts_as_made_for_nothing_that_depends_on_it(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every table of the graph as it is wired, without rows: the one that is broken fails a rule that blocks."""

    def without_rows(**contracts: Contract) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(function)
            def made(**_: Any) -> Iterator[Any]:
                for name, contract in contracts.items():
                    for rule in contract.rules:
                        yield dg.AssetCheckResult(
                            passed=contract.table != broken or rule.severity != "critical",
                            asset_key=asset_key(contract),
                            check_name=rule.name,
                        )
                    if contract.table != broken:
                        yield dg.Output(contract.schema.to_frame(), output_name=name)

            return made

        return decorate

    monkeypatch.setattr(calls, "unless_same", without_rows)
    wired = definitions(Paths(data=ROOT / "data", build=tmp_path))
    assets = [
        each
        for each in wired.assets or []
        if isinstance(each, dg.AssetsDefinition) and all(key.path[0] != "report" for key in each.keys)
    ]
    result = dg.materialize(
        assets,
        resources=wired.resources,
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )
    assert not result.success
    made = {event.asset_key for event in result.get_asset_materialization_events()}
    assert not made & all_below(dg.AssetKey(broken.split("/")))
    assert made


def test_a_failed_check_names_its_first_row_and_leads_to_all(tmp_path: Path) -> None:
    areas = areas_frame(load_registers(ROOT / "data"))
    twice = pl.concat([areas, areas.head(1)])
    said = list(checked(twice, tables.AREAS, Paths(data=ROOT / "data", build=tmp_path)))
    assert not [each for each in said if isinstance(each, dg.Output)]
    [failed] = [each for each in said if isinstance(each, dg.AssetCheckResult) and not each.passed]
    area = twice["area_id"][0]
    assert f"area_id {area}" in str(failed.metadata["what is wrong"].value)
    assert str(area) in str(failed.metadata["failing rows"].value)
    listed = pl.read_csv(str(failed.metadata["all failing rows"].value))
    assert listed["area_id"].to_list() == [area, area]
