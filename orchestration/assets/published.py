"""Layer published: the files that publishers offer, fetched and kept as received. Only on a server; a build never opens a connection."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.assets.code_versions import versioned
from orchestration.assets.freshness import freshness_policy
from orchestration.store.hashes import hash_text
from orchestration.store.lock import only_build
from orchestration.store.log import log, log_as
from orchestration.store.paths import Paths
from transforms.sources.registry import Source

if TYPE_CHECKING:
    from transforms.sources.fetch.editions import Outcome
    from transforms.sources.fetch.limits import Limits

# A publisher that is down at half past nine on the day of a release is mostly back within the hour.
_RETRIES = dg.RetryPolicy(max_retries=3, delay=300, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)


def published_key(source: Source) -> dg.AssetKey:
    """The asset of a source's fetched files: published/<source id>."""
    return dg.AssetKey(["published", source.id])


def published_assets(
    sources: Iterable[Source], paths: Paths, limits: "Callable[[], Limits]", retries: dg.RetryPolicy = _RETRIES
) -> list[dg.AssetsDefinition]:
    """One asset a source that can be fetched; its pool is the publisher's host, so that a host has one client at a time."""
    return [_published_asset(source, paths, limits, retries) for source in sources]


def host_pool(source: Source) -> str:
    """The concurrency pool of a source's publisher: its host, in the characters that a pool may have."""
    return source.discovery.page.split("/")[2].partition(":")[0].replace(".", "_").replace("-", "_")


def _published_asset(
    source: Source, paths: Paths, limits: "Callable[[], Limits]", retries: dg.RetryPolicy
) -> dg.AssetsDefinition:
    @versioned(paths)
    @dg.asset(
        key=published_key(source),
        group_name="published",
        description=(
            f"Files of {source.title} ({source.publisher.name}), as received, each under its checksum. Found on the page below by their "
            "names. Made only when a file is new or its bytes have changed; what is as it was leaves an observation, and nothing follows."
        ),
        owners=["team:data-engineering"],
        kinds={"http"},
        tags={"cadence": source.cadence.replace(" ", "-")},
        metadata={
            "page": dg.MetadataValue.url(source.discovery.page),
            "file names": source.discovery.file_pattern,
            "release months": ", ".join(map(str, source.release_months)) or "none",
            "kept in": dg.MetadataValue.path(str(paths.lake / "editions")),
        },
        pool=host_pool(source),
        retry_policy=retries,
        freshness_policy=freshness_policy(source),
        code_version=hash_text(repr(source)),
        output_required=False,
    )
    def files(context: dg.AssetExecutionContext) -> Iterator[Any]:
        outcomes = _fetch(source, paths, limits())
        for outcome in outcomes:
            context.log.info(f"{outcome.file or source.id}: {outcome.outcome}. {outcome.reason or ''}".strip())
        kept = sorted(outcome.sha256 for outcome in outcomes if outcome.sha256)
        version = dg.DataVersion(hash_text(*kept))
        if kept and version != _last_version(context, published_key(source)):
            yield dg.Output(None, data_version=version, metadata=_metadata(outcomes))
        else:
            context.log_event(dg.AssetObservation(published_key(source), metadata=_metadata(outcomes)))
        _raise_for_failures(outcomes)

    return files


def _fetch(source: Source, paths: Paths, limits: "Limits") -> "list[Outcome]":
    from transforms.sources.fetch.editions import fetch_sources

    store = paths.lake / "editions"
    with only_build(replace(paths, build=store), wait=True):
        outcomes = list(fetch_sources([source], store, lambda: datetime.now(UTC), limits))
    log_as()
    for outcome in outcomes:
        log("file looked at", source=source.id, file=outcome.file, message=outcome.outcome)
    return outcomes


def _last_version(context: dg.AssetExecutionContext, key: dg.AssetKey) -> dg.DataVersion | None:
    event = context.instance.get_latest_materialization_event(key)
    tags = event.asset_materialization.tags if event and event.asset_materialization else None
    return dg.DataVersion(tags["dagster/data_version"]) if tags else None


def _metadata(outcomes: "Iterable[Outcome]") -> dict[str, Any]:
    rows = [f"| {each.file or ''} | {each.outcome} | {each.bytes or ''} |" for each in outcomes]
    return {"files": dg.MetadataValue.md("\n".join(["| file | outcome | bytes |", "| --- | --- | ---: |", *rows]))}


def _raise_for_failures(outcomes: "Iterable[Outcome]") -> None:
    """Fail the step when a file could not be had, and try again only what may pass: a refused file stays refused."""
    failed = [each for each in outcomes if each.outcome in ("refused", "failed")]
    if failed:
        passing = any(each.outcome == "failed" for each in failed)
        raise dg.Failure(" ".join(each.reason or "" for each in failed), allow_retries=passing)
