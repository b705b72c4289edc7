"""What a run did, read from its events: as log lines, one for each table made and each check that failed, and as seconds by layer."""

import logging
from collections import defaultdict
from typing import Any

import dagster as dg

from orchestration.run.checks import SECONDS_OF_CHECKING
from orchestration.store.log import log


def log_run(instance: dg.DagsterInstance, run_id: str) -> None:
    """Log every table that a run made, with rows and seconds, every check that failed, and how the run ended."""
    seconds = _seconds_by_step(instance, run_id)
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION):
        event = entry.dagster_event
        if event is None or event.asset_key is None:
            continue
        layer, name = event.asset_key.path[0], event.asset_key.path[-1]
        rows = event.step_materialization_data.materialization.metadata.get("dagster/row_count")
        log(
            "asset made",
            run_id=run_id,
            asset=event.asset_key.to_user_string(),
            source=name if layer in ("published", "raw") else None,
            rows=rows.value if rows else None,
            seconds=round(seconds.get(event.step_key or "", 0.0), 3),
        )
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION):
        check: Any = entry.dagster_event and entry.dagster_event.event_specific_data
        if check is not None and not check.passed:
            failing = check.metadata.get("rows failing")
            log(
                "check failed",
                logging.ERROR if check.severity == dg.AssetCheckSeverity.ERROR else logging.WARNING,
                run_id=run_id,
                asset=check.asset_key.to_user_string(),
                check=check.check_name,
                rows=failing.value if failing else None,
            )
    run = instance.get_run_by_id(run_id)
    log("run ended", run_id=run_id, seconds=round(sum(seconds.values()), 3), message=run.status.value if run else None)


def seconds_by_layer(instance: dg.DagsterInstance, run_id: str) -> dict[str, float]:
    """Seconds that a run spent in the steps of each layer, those of checking tables apart."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for step, spent in _seconds_by_step(instance, run_id).items():
        seconds[step.split("__")[0]] += spent
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION):
        event = entry.dagster_event
        if event is None or event.asset_key is None:
            continue
        checking = event.step_materialization_data.materialization.metadata.get(SECONDS_OF_CHECKING)
        if checking is not None and isinstance(checking.value, float):
            seconds[event.asset_key.path[0]] -= checking.value
            seconds["checks"] += checking.value
    return dict(seconds)


def _seconds_by_step(instance: dg.DagsterInstance, run_id: str) -> dict[str, float]:
    return {
        step.step_key: step.end_time - step.start_time
        for step in instance.get_run_step_stats(run_id)
        if step.start_time and step.end_time
    }
