"""What the last good build was made of, kept after every run, whoever started it: `countylines build`, the UI, or `dagster asset materialize`."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import dagster as dg

from orchestration.store.fingerprint import fingerprint, outputs, read_manifest
from orchestration.store.hashes import digest_of, hash_text
from orchestration.store.lake import replace_atomically
from orchestration.store.lock import only_build
from orchestration.store.paths import Paths

if TYPE_CHECKING:  # a type that Dagster does not export
    from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

# What the run history calls the runs of `countylines build`.
BUILD_JOB: Final = "build"
# The run of the assets that have months as partitions, before it: a run has one set of partitions.
RECORDS_JOB: Final = "records"
BY_MONTH: Final = dg.AssetKey(["raw", "police_uk_records"])


def versions_of(graph: "AssetGraph") -> dict[dg.AssetKey, str]:
    """For every asset, parents first, a hash of its code version and of its parents' hashes: it changes with anything that it depends on."""
    versions: dict[dg.AssetKey, str] = {}
    for key in graph.toposorted_asset_keys:
        node = graph.get(key)
        parents = assets_among(node.parent_entity_keys)
        versions[key] = hash_text(node.code_version or "", *(versions[parent] for parent in parents))
    return versions


def assets_among(keys: Iterable[dg.AssetKey | dg.AssetCheckKey]) -> list[dg.AssetKey]:
    """The assets among assets and checks, sorted."""
    return sorted(key for key in keys if isinstance(key, dg.AssetKey))


def remember(paths: Paths, versions: Mapping[dg.AssetKey, str], fingerprint: str) -> None:
    """Note that all assets of these ``versions`` are made, and every file that is there."""
    _write(paths, {key.to_user_string(): version for key, version in versions.items()}, outputs(paths), fingerprint)


def held_folders(paths: Paths, build: dg.Definitions, wait: bool = False) -> dg.ResourceDefinition:
    """The resource ``paths`` of runs that others than `countylines build` start: it holds the lock of the build folder, and notes what was made.

    ``build`` are the definitions of a build. Raises CountyLinesError, as `only_build` does, when another run or build holds the lock, unless told to
    ``wait``. A run that failed leaves the manifest as it was, so that all that it began is made again.
    """

    @dg.resource(description="The folders of the build, held by one run at a time.")
    def folders(context: dg.InitResourceContext) -> Iterator[Paths]:
        with only_build(paths, wait):
            current, before = fingerprint(paths), outputs(paths)
            yield paths
            assert context.instance is not None
            assert context.run is not None
            made = _made(context.instance, context.run.run_id)
            if made:
                _remember_some(paths, build.resolve_asset_graph(), made, before, current)

    return folders


def _made(instance: dg.DagsterInstance, run_id: str) -> dict[dg.AssetKey, set[str | None]]:
    """The assets that a run made, each with its partitions; none when one of its steps failed."""
    kinds = {dg.DagsterEventType.ASSET_MATERIALIZATION, dg.DagsterEventType.STEP_FAILURE}
    events: list[Any] = [entry.dagster_event for entry in instance.all_logs(run_id, of_type=kinds)]
    if any(event.is_step_failure for event in events):
        return {}
    made = defaultdict[dg.AssetKey, set[str | None]](set)
    for event in events:
        made[event.asset_key].add(event.partition)
    return dict(made)


def _remember_some(
    paths: Paths,
    graph: "AssetGraph",
    made: Mapping[dg.AssetKey, set[str | None]],
    before: Mapping[str, list[int]],
    fingerprint: str,
) -> None:
    """Note what a run made, of what is as the last good build says: an asset counts as made when all that it depends on does, and all its partitions."""
    manifest, versions, now = read_manifest(paths), versions_of(graph), outputs(paths)
    noted: dict[str, str] = dict(manifest.get("assets", {}))
    for key, version in versions.items():
        if key not in made:
            continue
        node, name = graph.get(key), key.to_user_string()
        partitions = set(node.partitions_def.get_partition_keys()) if node.partitions_def else {None}
        whole = made[key] >= partitions or noted.get(name) == version
        parents = assets_among(node.parent_entity_keys)
        noted.pop(name, None)
        if whole and all(noted.get(parent.to_user_string()) == versions[parent] for parent in parents):
            noted[name] = version
    # The run held the lock: what changed meanwhile it has written.
    files: dict[str, list[int]] = dict(manifest.get("outputs", {}))
    for name in before.keys() | now.keys():
        if before.get(name) != now.get(name):
            files.pop(name, None)
            files |= {name: now[name]} if name in now else {}
    is_whole = files == now and all(noted.get(key.to_user_string()) == version for key, version in versions.items())
    _write(paths, noted, files, fingerprint if is_whole else "")


def _write(paths: Paths, assets: Mapping[str, str], files: Mapping[str, list[int]], fingerprint: str) -> None:
    manifest = {"fingerprint": fingerprint, "assets": assets, "outputs": files, "digests": _digests(paths, files)}
    replace_atomically(paths.manifest, json.dumps(manifest, indent=1, sort_keys=True).encode())


def _digests(paths: Paths, made: Mapping[str, list[int]]) -> dict[str, str]:
    """SHA-256 of every file that a build leaves behind; those that are as the last good build left them are not read again, and a file that
    has several names, in editions and among the kept documents, is read once."""
    before = read_manifest(paths)
    known = {
        name: digest
        for name, digest in before.get("digests", {}).items()
        if before["outputs"].get(name) == made.get(name)
    }
    found: dict[str, str] = {}
    of_files: dict[tuple[int, int], str] = {}
    for name in sorted(made, key=lambda name: name not in known):
        file = paths.build / name
        status = file.stat() if file.exists() else None
        if status is None or [status.st_size, status.st_mtime_ns] != made[name]:
            found[name] = known.get(name, "")  # the file that is noted is not there any more: the next build sees that
            continue
        place = status.st_dev, status.st_ino
        if place not in of_files:
            of_files[place] = known.get(name) or digest_of(file) or ""
        found[name] = of_files[place]
    return found
