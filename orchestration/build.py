"""Runs the asset graph in one process: what is stale and all that depends on it, with progress, and remembers what it made."""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import dagster as dg
import yaml
from sqlalchemy.exc import OperationalError

from orchestration.definitions import definitions
from orchestration.run.checks import SECONDS_OF_CHECKING
from orchestration.run.lost_runs import end_lost_runs
from orchestration.run.manifest import BUILD_JOB, BY_MONTH, RECORDS_JOB, assets_among, remember, versions_of
from orchestration.run.old_runs import forget_old_runs
from orchestration.run.publish import NUMBER_OF_PARTS, SECONDS_OF_PARTS
from orchestration.run.run_log import log_run
from orchestration.store.fingerprint import outputs, read_manifest
from orchestration.store.lake import replace_atomically
from orchestration.store.log import is_logged
from orchestration.store.paths import Paths
from transforms import errors
from transforms.errors import CountyLinesError

if TYPE_CHECKING:  # types that Dagster does not export
    from dagster._core.definitions.assets.graph.asset_graph import AssetGraph
    from dagster_shared.error import SerializableErrorInfo


# Settings of the run history that `countylines build` and the UI share: small, local, silent, and one run at a time.
def _dagster_settings(home: Path) -> dict[str, Any]:
    return {
        "telemetry": {"enabled": False},
        "concurrency": {"runs": {"max_concurrent_runs": 1}},
        "nux": {"enabled": False},
        "compute_logs": {
            "module": "dagster._core.storage.noop_compute_log_manager",
            "class": "NoOpComputeLogManager",
        },
        "event_log_storage": {
            "module": "orchestration.run.history",
            "class": "RunHistory",
            "config": {"base_dir": str(home / "history")},
        },
    }


# What is planned, an event a table and check, is stored together before a run begins.
_EVENTS_TOGETHER = {"DAGSTER_EVENT_BATCH_SIZE": "1000"}

_INTERRUPTIONS = ("DagsterExecutionInterruptedError", "KeyboardInterrupt")

_ENDED = "The process of this build was ended from outside before the build was done."

# The files for analysts, and the asset of layer out that makes each.
_FILES = {
    "county_lines.duckdb": "warehouse",
    "county_lines.csv": "tidy_csv",
    "county_lines_other_figures.csv": "tidy_csv",
}


@dataclass(frozen=True)
class BuildResult:
    """How a build ended: the first error in words if any, seconds a layer and of its checks, and how many assets ran of how many.

    ``milliseconds`` of processor time does each part of a report take, on average; nothing when none was made.
    """

    error: str | None
    seconds: Mapping[str, float]
    milliseconds: Mapping[str, float]
    ran: int
    assets: int
    warnings: tuple[str, ...]


def dagster_home(paths: Paths) -> str:
    """Make the folder of the run history, with its settings, and return it as Dagster wants it: absolute."""
    paths.dagster_home.mkdir(parents=True, exist_ok=True)
    settings = yaml.safe_dump(_dagster_settings(paths.dagster_home), sort_keys=False, allow_unicode=True)
    replace_atomically(paths.dagster_home / "dagster.yaml", settings.encode())
    return str(paths.dagster_home)


def build(
    paths: Paths, started: Callable[[int], None], progress: Callable[[str], None], fingerprint: str
) -> BuildResult:
    """Materialise every stale asset and its descendants in one run.

    ``started`` is told how many steps there are, ``progress`` the name of each as it is done. The manifest is written only after
    success, so that whatever a failed or killed build left half done is done again.
    """
    defs = definitions(paths)
    graph = defs.resolve_asset_graph()
    versions = versions_of(graph)
    remembered = read_manifest(paths)
    stale = [key for key in versions if remembered.get("assets", {}).get(key.to_user_string()) != versions[key]]
    touched = _touched(remembered.get("outputs", {}), outputs(paths), versions)
    selected = [key for key in _with_descendants(graph, [*stale, *touched]) if key in versions]
    if not selected:
        remember(paths, versions, fingerprint)
        return BuildResult(None, {}, {}, 0, len(versions), ())
    done = dg.success_hook(name="progress")(lambda context: progress(context.op.name))
    jobs = [
        dg.define_asset_job(name, selection=dg.AssetSelection.assets(*keys), hooks={done})
        for name, keys in _by_partitions(graph, selected).items()
    ]
    merged = dg.Definitions.merge(defs, dg.Definitions(jobs=jobs))
    resolved = [merged.resolve_job_def(job.name) for job in jobs]
    started(sum(len(list(job.nodes)) for job in resolved))
    results: list[dg.ExecuteInProcessResult] = []
    stats: list[Any] = []
    os.environ.update(_EVENTS_TOGETHER)
    try:
        with dg.DagsterInstance.from_config(dagster_home(paths)) as instance:
            # One build runs at a time, and this is it.
            end_lost_runs(instance, _ENDED, (RECORDS_JOB, BUILD_JOB))
            forget_old_runs(instance, datetime.now(UTC))
            for job, keys in zip(resolved, _by_partitions(graph, selected).values(), strict=True):
                result = job.execute_in_process(
                    instance=instance,
                    raise_on_error=False,
                    run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                    tags=_all_partitions(graph, keys),
                )
                results.append(result)
                if is_logged():
                    log_run(instance, result.run_id)
                stats.extend(instance.get_run_step_stats(result.run_id))
                if not result.success:
                    break
    except OperationalError as error:
        raise CountyLinesError(
            f"The run history in {paths.dagster_home} cannot be written ({error.orig}); make room on the disk, and build again."
        ) from error
    failure = next((words for result in results if (words := _failure(result)) is not None), None)
    if failure is None:
        remember(paths, versions, fingerprint)
    seconds: defaultdict[str, float] = defaultdict(float)
    for step in stats:
        if step.start_time and step.end_time:
            seconds[step.step_key.split("__")[0]] += step.end_time - step.start_time
    for event in (event for result in results for event in result.get_asset_materialization_events()):
        checking = event.materialization.metadata.get(SECONDS_OF_CHECKING)
        if checking is not None and isinstance(checking.value, float) and event.asset_key is not None:
            seconds[event.asset_key.path[0]] -= checking.value
            seconds["checks"] += checking.value
    warned = tuple(
        f"{check.asset_key.to_user_string()}: {check.description}"
        for result in results
        for check in result.get_asset_check_evaluations()
        if not check.passed and check.severity == dg.AssetCheckSeverity.WARN
    )
    return BuildResult(failure, seconds, _a_report(results), len(selected), len(versions), warned)


def _a_report(results: Iterable[dg.ExecuteInProcessResult]) -> dict[str, float]:
    """Milliseconds of processor time that each part of a report took, over all reports that a build made; and its charts, as a number."""
    parts, numbers = Counter[str](), Counter[str]()
    for event in (event for result in results for event in result.get_asset_materialization_events()):
        metadata = event.materialization.metadata
        if SECONDS_OF_PARTS in metadata:
            parts.update(cast("dict[str, float]", metadata[SECONDS_OF_PARTS].value))
            numbers.update(cast("dict[str, int]", metadata[NUMBER_OF_PARTS].value))
    reports = numbers["report"]
    if not reports:
        return {}
    return {part: round(1000 * spent / reports, 1) for part, spent in parts.items()} | {
        "charts": round(numbers["chart"] / reports, 1)
    }


def _touched(
    before: Mapping[str, list[int]], now: Mapping[str, list[int]], keys: Iterable[dg.AssetKey]
) -> list[dg.AssetKey]:
    """The assets whose files are not as the last good build left them: deleted, edited, or written by a build that failed later."""
    different = {Path(name) for name in {*before, *now} if before.get(name) != now.get(name)}
    tables = {file.with_suffix("").parts[1:] for file in different if file.parts[0] in {"lake", "checks"}}
    tables |= {file[:2] for file in tables}  # one file a partition, in a folder of the asset's
    layers = {"report" for file in different if file.parts[0] == "documents"}
    files = {("report", "site") for file in different if file.parts[0] == "editions"}
    files |= {("out", name) for file, name in _FILES.items() if Path(file) in different}
    return [key for key in keys if tuple(key.path) in tables | files or key.path[0] in layers]


def _with_descendants(graph: "AssetGraph", keys: Iterable[dg.AssetKey]) -> list[dg.AssetKey]:
    """The assets, all that depends on them, and those that the same step makes."""
    reached: set[dg.AssetKey] = set()
    pending = list(keys)
    while pending:
        key = pending.pop()
        if key not in reached:
            reached.add(key)
            pending += assets_among([*graph.get(key).child_entity_keys, *graph.get(key).execution_set_entity_keys])
    return sorted(reached)


def _by_partitions(graph: "AssetGraph", selected: Iterable[dg.AssetKey]) -> dict[str, list[dg.AssetKey]]:
    """The runs of a build, in order: the assets of each by the name of its job. Nothing depends on the assets of the first."""
    by_month = [key for key in selected if key == BY_MONTH]
    others = [key for key in selected if key != BY_MONTH]
    return {name: keys for name, keys in ((RECORDS_JOB, by_month), (BUILD_JOB, others)) if keys}


def _all_partitions(graph: "AssetGraph", selected: Iterable[dg.AssetKey]) -> dict[str, str]:
    """The tags that make one run of all partitions. The assets of a run have one set of partitions at most."""
    keys = next((keys.get_partition_keys() for key in selected if (keys := graph.get(key).partitions_def)), [])
    if not keys:
        return {}
    return {"dagster/asset_partition_range_start": keys[0], "dagster/asset_partition_range_end": keys[-1]}


def _failure(result: dg.ExecuteInProcessResult) -> str | None:
    """Why the run failed, in plain sentences without a stack trace; None when it did not.

    A step that raised says so in its own words; a check that blocked names its table, its rule and where the rows are listed.
    Raises KeyboardInterrupt for a run that was interrupted.
    """
    if result.success:
        return None
    # It may come between two steps, where no step fails.
    ended = (_cause(event.job_failure_data.error) for event in result.all_events if event.is_job_failure)
    if any(error is not None and error.cls_name in _INTERRUPTIONS for error in ended):
        raise KeyboardInterrupt
    for event in result.get_step_failure_events():
        error = _cause(event.step_failure_data.error)
        if error is not None and error.cls_name in _INTERRUPTIONS:
            raise KeyboardInterrupt
        if error is not None and error.cls_name != "DagsterAssetCheckFailedError":
            words = " ".join((error.message.partition(": ")[2] or error.message).split())
            step = (event.step_key or "").replace("__", "/")
            return words if _is_ours(error) else f"{step} stopped at {error.cls_name}: {words}"
    broken = [
        _broken(check)
        for check in result.get_asset_check_evaluations()
        if not check.passed
        and check.severity == dg.AssetCheckSeverity.ERROR
        and check.metadata["rows failing"].value is not None
    ]
    return "; ".join(broken) or "The run failed outside its steps; `countylines ui` shows its events."


def _broken(check: dg.AssetCheckEvaluation) -> str:
    rule = (check.description or check.check_name).removesuffix(".")
    rows = f"{check.metadata['rows failing'].value} rows fail"
    wrong = check.metadata["what is wrong"].value if "what is wrong" in check.metadata else rows
    return f"{check.asset_key.to_user_string()} breaks the rule {check.check_name} ({rule}): {wrong}"


def _cause(error: "SerializableErrorInfo | None") -> "SerializableErrorInfo | None":
    """The deepest error of this project in a chain, else what is at the bottom: not the wrapping."""
    ours, bottom = None, None
    while error is not None:
        ours, bottom = (error if _is_ours(error) else ours), error
        error = error.cause
    return ours or bottom


def _is_ours(error: "SerializableErrorInfo") -> bool:
    return hasattr(errors, error.cls_name or "")
