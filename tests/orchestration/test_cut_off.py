"""What follows from a change stops where a table comes out as it was."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest

from orchestration.run.checks import check_specs, checked, unless_same
from orchestration.store.lake_io_manager import ParquetLake
from orchestration.store.paths import Paths
from tests.full_build import ROOT
from transforms.contracts import Column, Contract

pytestmark = pytest.mark.filterwarnings("ignore::dagster.BetaWarning")

COUNTS = Contract(
    "out/synthetic_counts",
    "Synthetic counts",
    "count",
    (Column("count", pl.Int64, "A synthetic count", example="3", minimum=0),),
    ("count",),
)


class Calls(list[int]):
    """The counts for which the asset worked."""


def assets(paths: Paths, count: int, calls: Calls, code: str = "a") -> list[dg.AssetsDefinition]:
    @dg.asset(key=["raw", "synthetic"])
    def before() -> pl.DataFrame:
        return pl.DataFrame({"count": [count]})

    @dg.asset(
        key=["out", "synthetic_counts"],
        ins={"counted": dg.AssetIn(key=["raw", "synthetic"])},
        check_specs=check_specs(COUNTS),
        output_required=False,
        code_version=code,
    )
    @unless_same(result=COUNTS)
    def after(paths: dg.ResourceParam[Paths], counted: pl.DataFrame) -> Iterator[Any]:
        calls.extend(counted["count"])
        yield from checked(counted, COUNTS, paths)

    return [before, after]


def make(paths: Paths, count: int, calls: Calls, code: str = "a") -> dg.ExecuteInProcessResult:
    return dg.materialize(
        assets(paths, count, calls, code),
        resources={"io_manager": ParquetLake(paths), "paths": paths},
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(data=ROOT / "data", build=tmp_path)


@pytest.mark.full
def test_a_table_is_made_again_only_for_other_input_other_code_or_a_damaged_file(paths: Paths) -> None:
    calls, table = Calls(), paths.lake / "out" / "synthetic_counts.parquet"
    assert make(paths, 3, calls).success
    content = table.read_bytes()
    same = make(paths, 3, calls)
    assert calls == [3], "the input was the same"
    assert {
        event.asset_key.to_user_string() for event in same.get_asset_materialization_events() if event.asset_key
    } == {
        "raw/synthetic",
        "out/synthetic_counts",
    }
    assert [check.passed for check in same.get_asset_check_evaluations()] == [True] * len(COUNTS.rules)
    assert make(paths, 4, calls).success
    assert calls == [3, 4]
    assert make(paths, 3, calls).success
    assert calls == [3, 4, 3]
    assert table.read_bytes() == content
    assert make(paths, 3, calls, code="b").success
    assert calls == [3, 4, 3, 3]
    table.write_bytes(b"damaged")
    assert make(paths, 3, calls, code="b").success
    assert calls == [3, 4, 3, 3, 3]
    assert table.read_bytes() == content


@pytest.mark.full
def test_a_table_that_was_refused_is_not_taken_for_the_one_before(paths: Paths) -> None:
    calls = Calls()
    assert make(paths, 3, calls).success
    for _ in range(2):
        refused = make(paths, -1, calls)
        assert not all(check.passed for check in refused.get_asset_check_evaluations())
    assert calls == [3, -1, -1]
    assert pl.read_parquet(paths.lake / "out" / "synthetic_counts.parquet")["count"].to_list() == [3]
