"""The run history: what it writes in few transactions is what Dagster's own storage reads."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import ConsolidatedSqliteEventLogStorage

from orchestration.history import RunHistory

pytestmark = pytest.mark.full

SETTINGS = """\
telemetry: {{enabled: false}}
event_log_storage:
  module: orchestration.history
  class: RunHistory
  config: {{base_dir: {home}/history}}
"""


@dg.asset(check_specs=[dg.AssetCheckSpec(name, asset="synthetic") for name in ("first", "second")])
def synthetic() -> dg.MaterializeResult:  # type: ignore[type-arg]
    checks = [dg.AssetCheckResult(passed=name == "first", check_name=name) for name in ("first", "second")]
    return dg.MaterializeResult(check_results=checks)


def test_dagsters_own_storage_reads_every_event_and_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")
    (tmp_path / "dagster.yaml").write_text(SETTINGS.format(home=tmp_path), encoding="utf-8")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert isinstance(instance.event_log_storage, RunHistory)
        run_id = dg.materialize([synthetic], instance=instance).run_id
        written = [entry.dagster_event_type for entry in instance.all_logs(run_id)]
    own = ConsolidatedSqliteEventLogStorage(str(tmp_path / "history"))
    assert [entry.dagster_event_type for entry in own.get_logs_for_run(run_id)] == written
    assert written.count(dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED) == 2
    keys = [dg.AssetCheckKey(synthetic.key, name) for name in ("first", "second")]
    latest = own.get_latest_asset_check_execution_by_key(keys)
    assert {key.name: latest[key].status.value for key in keys} == {"first": "SUCCEEDED", "second": "FAILED"}
    own.dispose()


def test_a_transaction_that_fails_leaves_nothing_and_the_next_one_works(tmp_path: Path) -> None:
    history = RunHistory(str(tmp_path))

    def spoilt() -> None:
        with history.index_connection(), history.run_connection("inside"):
            history.wipe_asset_cached_status(dg.AssetKey("nothing"))
            raise ValueError("synthetic")

    with pytest.raises(ValueError, match="synthetic"):
        spoilt()
    assert history.has_table("event_logs")
    assert not history.has_table("synthetic")
    assert history.get_logs_for_run("none") == []
    history.dispose()
