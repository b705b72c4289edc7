"""The run history is kept for ninety days; what the newest of an asset was made by stays."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from orchestration.run.old_runs import forget_old_runs
from transforms.errors import CountyLinesError

NOW = datetime.now(UTC)


@dg.asset
def first() -> None:
    """Synthetic."""


@dg.asset(partitions_def=dg.StaticPartitionsDefinition(["norfolk", "suffolk"]))
def second() -> None:
    """Synthetic."""


@dg.asset
def broken() -> None:
    raise CountyLinesError("Synthetic.")


def made(instance: dg.DagsterInstance, asset: dg.AssetsDefinition, partition: str | None = None) -> str:
    return dg.materialize([asset], instance=instance, partition_key=partition, raise_on_error=False).run_id


@pytest.mark.full
def test_old_runs_go_but_for_those_of_the_newest_of_each_asset_and_partition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUNTYLINES_HISTORY_DAYS", raising=False)
    with dg.DagsterInstance.ephemeral() as instance:
        gone = {made(instance, first), made(instance, second, "norfolk"), made(instance, broken)}
        kept = {made(instance, second, "suffolk"), made(instance, second, "norfolk"), made(instance, first)}
        assert forget_old_runs(instance, NOW + timedelta(days=89)) == 0
        assert {run.run_id for run in instance.get_runs()} == gone | kept
        assert forget_old_runs(instance, NOW + timedelta(days=91)) == len(gone)
        assert {run.run_id for run in instance.get_runs()} == kept
        monkeypatch.setenv("COUNTYLINES_HISTORY_DAYS", "365")
        made(instance, first)
        assert forget_old_runs(instance, NOW + timedelta(days=91)) == 0


def test_a_setting_that_is_no_number_of_days_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTYLINES_HISTORY_DAYS", "a year")
    with dg.DagsterInstance.ephemeral() as instance, pytest.raises(CountyLinesError, match="must be a whole number"):
        forget_old_runs(instance, NOW)
