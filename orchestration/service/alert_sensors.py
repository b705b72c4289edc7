"""Sensors of a server that say what went wrong and keep the figures up to date; each alert has its section in docs/runbook.md."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from orchestration.delivery.by_schedule import DELIVERY_JOB
from orchestration.run.run_log import log_run, seconds_by_layer
from orchestration.service.alerts import alert
from orchestration.service.metrics import record_run, write_metrics
from orchestration.store.editions_in_use import calendar_on, registered
from orchestration.store.log import log, log_as
from orchestration.store.paths import Paths
from transforms.sources.calendar import OVERDUE

_ON = dg.DefaultSensorStatus.RUNNING
_EVENTS = 500


def alert_sensors(paths: Paths, loaded: frozenset[str], seconds: int) -> list[dg.SensorDefinition]:
    """The sensors for failed runs, ended runs, failed checks, and the release calendar; ``loaded`` are the sources with a raw table."""
    return [
        _failed_runs(paths, seconds),
        _ended_runs(paths, seconds),
        _failed_checks(seconds),
        _calendar(paths, loaded, max(seconds, 3600)),
    ]


def _failed_runs(paths: Paths, seconds: int) -> dg.SensorDefinition:
    @dg.run_failure_sensor(
        name="alert_run_failed",
        minimum_interval_seconds=seconds,
        default_status=_ON,
        description="Alert run_failed: a run failed, and will not be begun again by itself. Runs that were killed are, twice.",
        # Delivery has a location of its own, which has no sensor.
        monitor_all_code_locations=True,
    )
    def alert_run_failed(context: dg.RunFailureSensorContext) -> None:
        run = context.dagster_run
        if run.job_name != DELIVERY_JOB:  # the figures are about runs that make tables
            _record(context.instance, run.run_id, paths, succeeded=False)
        if run.tags.get("dagster/will_retry") == "true":
            return
        steps = [event.step_key or "" for event in context.get_step_failure_events()]
        reasons = [_reason(event) for event in context.get_step_failure_events()]
        what = "; ".join(f"{step.replace('__', '/')}: {reason}" for step, reason in zip(steps, reasons, strict=True))
        alert("run_failed", f"Run {run.run_id} failed. {what or context.failure_event.message}", run_id=run.run_id)

    return alert_run_failed


def _reason(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return " ".join(error.message.split()) if error else "no reason given"


def _ended_runs(paths: Paths, seconds: int) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="record_finished_runs",
        minimum_interval_seconds=seconds,
        default_status=_ON,
        description="Writes the log lines of each run that succeeded, and the figures for Prometheus (metrics.prom).",
    )
    def record_finished_runs(context: dg.RunStatusSensorContext) -> None:
        _record(context.instance, context.dagster_run.run_id, paths, succeeded=True)

    return record_finished_runs


def _record(instance: dg.DagsterInstance, run_id: str, paths: Paths, succeeded: bool) -> None:
    log_as()
    log_run(instance, run_id)
    now = datetime.now(UTC)
    record_run(paths, succeeded, seconds_by_layer(instance, run_id), now)
    write_metrics(paths, now)


def _failed_checks(seconds: int) -> dg.SensorDefinition:
    @dg.sensor(
        name="alert_check_failed",
        minimum_interval_seconds=seconds,
        default_status=_ON,
        description=(
            "Alerts check_failed, for a check that blocks, and check_warned, for one that does not and that did not already fail for as "
            "many rows. The cursor is the last event looked at."
        ),
    )
    def alert_check_failed(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        instance, before = context.instance, json.loads(context.cursor or "{}")
        records = instance.get_event_records(
            dg.EventRecordsFilter(dg.DagsterEventType.ASSET_CHECK_EVALUATION, after_cursor=before.get("event")),
            limit=_EVENTS,
            ascending=bool(before),
        )
        # The first look at a history that others have written begins at its end.
        events = records if before else []
        warned: dict[str, int] = dict(before.get("warned", {}))
        for record in events:
            check: Any = record.event_log_entry.dagster_event.event_specific_data  # type: ignore[union-attr]
            _alert_for(check, record.run_id, warned)
        last = max((record.storage_id for record in records), default=before.get("event", 0))
        cursor = json.dumps({"event": last, "warned": warned}, sort_keys=True)
        return dg.SensorResult(skip_reason=f"{len(events)} results of checks looked at.", cursor=cursor)

    return alert_check_failed


def _alert_for(check: dg.AssetCheckEvaluation, run_id: str, warned: dict[str, int]) -> None:
    name = f"{check.asset_key.to_user_string()}/{check.check_name}"
    if check.passed:
        warned.pop(name, None)
        return
    rows = int(str(check.metadata["rows failing"].value)) if "rows failing" in check.metadata else 1
    wrong = str(check.metadata["what is wrong"].value) if "what is wrong" in check.metadata else f"{rows} rows fail"
    fields = {"run_id": run_id, "asset": check.asset_key.to_user_string(), "check": check.check_name, "rows": rows}
    said = f"{name} ({check.description}): {wrong}"
    if check.severity == dg.AssetCheckSeverity.ERROR:
        alert("check_failed", said, **fields)
    elif rows > warned.get(name, 0):
        warned[name] = rows
        alert("check_warned", said, **fields)


def _calendar(paths: Paths, loaded: frozenset[str], seconds: int) -> dg.SensorDefinition:
    @dg.sensor(
        name="alert_source_overdue",
        minimum_interval_seconds=seconds,
        default_status=_ON,
        description=(
            "Alert source_overdue, once for each release that did not come in its month, and source_not_loaded, for a source of which the "
            "first edition was fetched after the code location was loaded. Writes the figures for Prometheus (metrics.prom)."
        ),
    )
    def alert_source_overdue(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        log_as()
        now = datetime.now(UTC)
        write_metrics(paths, now)
        said = set(json.loads(context.cursor or "[]"))
        found: dict[str, tuple[str, str, str]] = {}
        for row in calendar_on(paths, now.date()).iter_rows(named=True):
            if row["state"] == OVERDUE:
                words = f"{row['source_id']}: the edition of {row['next_release']} is not held; the newest is {row['newest_edition']}."
                found[f"{row['source_id']} {row['next_release']}"] = ("source_overdue", row["source_id"], words)
        for source_id in sorted(set(registered(paths, parsing=False).sources) - loaded):
            words = f"{source_id}: its first edition was fetched; load the code location again."
            found[source_id] = ("source_not_loaded", source_id, words)
        for key in sorted(found.keys() - said):
            name, source_id, words = found[key]
            alert(name, words, source=source_id)
        log("calendar looked at", logging.INFO, message=f"{len(found)} sources need attention")
        return dg.SensorResult(
            skip_reason=f"{len(found)} sources need attention: {', '.join(sorted(found)) or 'none'}.",
            cursor=json.dumps(sorted(found)),
        )

    return alert_source_overdue
