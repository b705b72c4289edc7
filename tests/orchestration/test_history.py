"""The run history: what it writes in few transactions is what Dagster's own storage reads, and nothing waits for long or is lost."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import ConsolidatedSqliteEventLogStorage
from sqlalchemy.exc import OperationalError

from orchestration.run import history
from orchestration.run.history import RunHistory

pytestmark = pytest.mark.full

SETTINGS = """\
telemetry: {{enabled: false}}
event_log_storage:
  module: orchestration.run.history
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


def test_another_process_sees_what_a_step_reports_while_it_goes_on_and_all_of_a_step_that_has_ended(
    tmp_path: Path,
) -> None:
    (tmp_path / "dagster.yaml").write_text(SETTINGS.format(home=tmp_path), encoding="utf-8")
    own = ConsolidatedSqliteEventLogStorage(str(tmp_path / "history"))

    def seen(run_id: str) -> list[tuple[str | None, str]]:
        return [(entry.step_key, entry.get_dagster_event().event_type_value) for entry in own.get_logs_for_run(run_id)]

    @dg.asset(deps=[synthetic], check_specs=[dg.AssetCheckSpec("early", asset="slow")])
    def slow(context: dg.AssetExecutionContext) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:  # type: ignore[type-arg]
        assert ("synthetic", "STEP_SUCCESS") in seen(context.run.run_id)
        assert seen(context.run.run_id).count(("synthetic", "ASSET_CHECK_EVALUATION")) == 2
        yield dg.AssetCheckResult(passed=True, check_name="early")
        end = time.monotonic() + 60
        while ("slow", "ASSET_CHECK_EVALUATION") not in seen(context.run.run_id) and time.monotonic() < end:
            time.sleep(0.05)
        assert ("slow", "ASSET_CHECK_EVALUATION") in seen(context.run.run_id)
        yield dg.MaterializeResult()

    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert dg.materialize([synthetic, slow], instance=instance).success
    own.dispose()


def test_what_cannot_be_written_is_said_and_what_waited_is_written_once_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "_BUSY_SECONDS", 0.1)
    (tmp_path / "dagster.yaml").write_text(SETTINGS.format(home=tmp_path), encoding="utf-8")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        entries = instance.all_logs(dg.materialize([synthetic], instance=instance).run_id)
    waits, does_not = (
        next(entry for entry in entries if entry.dagster_event_type == kind)
        for kind in (dg.DagsterEventType.STEP_OUTPUT, dg.DagsterEventType.STEP_SUCCESS)
    )
    storage = RunHistory(str(tmp_path / "other"))
    with sqlite3.connect(storage.get_db_path(), isolation_level=None) as other:
        other.execute("begin immediate")
        storage.store_event(waits)
        with pytest.raises(OperationalError, match="locked"):
            storage.store_event(does_not)
        time.sleep(2 * history._WAITING_SECONDS)
        other.execute("rollback")
    storage.store_event(does_not)
    assert storage.get_logs_for_run(waits.run_id) == [waits, does_not]
    storage.dispose()


def test_a_transaction_that_fails_leaves_nothing_and_the_next_one_works(tmp_path: Path) -> None:
    storage = RunHistory(str(tmp_path))

    def spoilt() -> None:
        with storage.index_connection(), storage.run_connection("inside"):
            storage.wipe_asset_cached_status(dg.AssetKey("nothing"))
            raise ValueError("synthetic")

    with pytest.raises(ValueError, match="synthetic"):
        spoilt()
    assert storage.has_table("event_logs")
    assert not storage.has_table("synthetic")
    assert storage.get_logs_for_run("none") == []
    storage.dispose()
