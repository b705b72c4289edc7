"""Runs the asset graph in one process: what is stale and all that depends on it, with progress, and remembers what it made."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.definitions import definitions
from orchestration.fingerprint import hash_text, outputs, read_manifest
from orchestration.lake import replace_atomically
from orchestration.paths import Paths

if TYPE_CHECKING:  # types that Dagster does not export
    from dagster._core.definitions.assets.graph.asset_graph import AssetGraph
    from dagster_shared.error import SerializableErrorInfo

# Settings of the run history that `countylines build` and the UI share: small, local, silent.
_DAGSTER_YAML = """\
telemetry:
  enabled: false
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
storage:
  sqlite:
    base_dir: {home}
"""


@dataclass(frozen=True)
class BuildResult:
    """How a build ended: the first error in words if any, seconds a layer, and how many assets ran of how many."""

    error: str | None
    seconds: Mapping[str, float]
    ran: int
    assets: int
    warnings: tuple[str, ...]


def dagster_home(paths: Paths) -> str:
    """Make the folder of the run history, with its settings, and return it as Dagster wants it: absolute."""
    paths.dagster_home.mkdir(parents=True, exist_ok=True)
    settings = _DAGSTER_YAML.format(home=paths.dagster_home)
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
    versions = _versions(graph)
    remembered = read_manifest(paths).get("assets", {})
    stale = [
        key
        for key in versions
        if not isinstance(remembered, dict) or remembered.get(key.to_user_string()) != versions[key]
    ]
    lost = [
        key
        for key in versions
        if _is_table(key) and not paths.lake.joinpath(*key.path).with_suffix(".parquet").exists()
    ]
    selected = _with_descendants(graph, [*stale, *lost])
    done = dg.success_hook(name="progress")(lambda context: progress(context.op.name))
    job = dg.define_asset_job("build", selection=dg.AssetSelection.assets(*selected), hooks={done})
    resolved = dg.Definitions.merge(defs, dg.Definitions(jobs=[job])).resolve_job_def("build")
    started(len(list(resolved.nodes)))
    with dg.DagsterInstance.from_config(dagster_home(paths)) as instance:
        result = resolved.execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            tags=_all_partitions(graph, selected),
        )
        stats = instance.get_run_step_stats(result.run_id)
    failure = _failure(result)
    if failure is None:
        manifest = {
            "fingerprint": fingerprint,
            "assets": {key.to_user_string(): version for key, version in versions.items()},
            "outputs": outputs(paths),
        }
        replace_atomically(paths.manifest, json.dumps(manifest, indent=1, sort_keys=True).encode())
    seconds: dict[str, float] = {}
    for step in stats:
        if step.start_time and step.end_time:
            layer = step.step_key.split("__")[0]
            seconds[layer] = seconds.get(layer, 0.0) + step.end_time - step.start_time
    warned = tuple(
        f"{check.asset_key.to_user_string()}: {check.description}"
        for check in result.get_asset_check_evaluations()
        if not check.passed and check.severity == dg.AssetCheckSeverity.WARN
    )
    return BuildResult(failure, seconds, len(selected), len(versions), warned)


def _is_table(key: dg.AssetKey) -> bool:
    return key.path[0] in {"raw", "core"} or key.path in (["out", "indicators"], ["out", "reconciliation"])


def _versions(graph: "AssetGraph") -> dict[dg.AssetKey, str]:
    """For every asset a hash of its code version and of its parents' hashes: it changes with anything that the asset depends on."""
    versions: dict[dg.AssetKey, str] = {}
    for key in graph.toposorted_asset_keys:
        node = graph.get(key)
        versions[key] = hash_text(
            node.code_version or "", *(versions[parent] for parent in _assets(node.parent_entity_keys))
        )
    return versions


def _assets(keys: Iterable[dg.AssetKey | dg.AssetCheckKey]) -> list[dg.AssetKey]:
    return sorted(key for key in keys if isinstance(key, dg.AssetKey))


def _with_descendants(graph: "AssetGraph", keys: Iterable[dg.AssetKey]) -> list[dg.AssetKey]:
    reached: set[dg.AssetKey] = set()
    pending = list(keys)
    while pending:
        key = pending.pop()
        if key not in reached:
            reached.add(key)
            pending += _assets(graph.get(key).child_entity_keys)
    return sorted(reached)


def _all_partitions(graph: "AssetGraph", selected: Iterable[dg.AssetKey]) -> dict[str, str]:
    """The tags that make one run of all partitions. The graph has one set of partitions: the police force areas."""
    keys = next((keys.get_partition_keys() for key in selected if (keys := graph.get(key).partitions_def)), [])
    if not keys:
        return {}
    return {"dagster/asset_partition_range_start": keys[0], "dagster/asset_partition_range_end": keys[-1]}


def _failure(result: dg.ExecuteInProcessResult) -> str | None:
    """Why the run failed, in plain sentences without a stack trace; None when it did not.

    A step that raised says so in its own words; a check that blocked names its table, its rule and where the rows are listed.
    """
    if result.success:
        return None
    causes = [_cause(event.step_failure_data.error) for event in result.get_step_failure_events()]
    raised = [error for error in causes if error is not None and error.cls_name != "DagsterAssetCheckFailedError"]
    if raised:
        return str(raised[0].message).partition(": ")[2].strip() or str(raised[0].message).strip()
    broken = [
        f"{check.asset_key.to_user_string()} breaks the rule {check.check_name}: {check.description} "
        f"{check.metadata['rows failing'].value} rows fail; they are listed in the quarantine folder, and the last good table was kept."
        for check in result.get_asset_check_evaluations()
        if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
    ]
    return " ".join(broken) or "The run failed outside its steps; `countylines ui` shows its events."


def _cause(error: "SerializableErrorInfo | None") -> "SerializableErrorInfo | None":
    """The error at the bottom of a chain: the one that this project or a library raised, not the wrapping."""
    while error is not None and error.cause is not None:
        error = error.cause
    return error
