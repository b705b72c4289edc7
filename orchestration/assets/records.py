"""Single records of data.police.uk, one partition a month: only where the landing folder holds archives of them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import dagster as dg

from orchestration.assets.code_versions import versioned
from orchestration.run.checks import markdown
from orchestration.run.engine import Engine
from orchestration.store.closure import hash_function
from orchestration.store.hashes import hash_text
from orchestration.store.landing_zone import archives
from orchestration.store.paths import Paths, records_root
from transforms.incidents import checks, read_archive
from transforms.incidents.partition import Archive, Partition, PartitionResult, accounted_for, partitions, take_in
from transforms.sources.published import edition_files
from transforms.sources.recognise import ARCHIVE_PARSER
from transforms.sources.registry import Source

ACCOUNTED_FOR = "every_row_is_kept_or_quarantined"
FOLLOWS_CONTRACT = "records_follow_their_contract"
_KEY = dg.AssetKey(["raw", "police_uk_records"])
_SPECS = [
    dg.AssetCheckSpec(
        ACCOUNTED_FOR,
        asset=_KEY,
        description="Of every partition, rows read are rows kept and rows set aside with a reason.",
        blocking=True,
    ),
    dg.AssetCheckSpec(
        FOLLOWS_CONTRACT,
        asset=_KEY,
        description="Of every partition: one month, no line of a file twice, and what every record must have; points beyond the British Isles are warned of.",
        blocking=True,
    ),
]


def records_assets(sources: Iterable[Source], paths: Paths) -> list[dg.AssetsDefinition]:
    """The asset raw/police_uk_records, a backfill of which is one run; none without an archive in the landing folder."""
    found = _partitions([source for source in sources if source.parser == ARCHIVE_PARSER], paths)
    if not found:
        return []
    # Archives are known by the checksums in their directories: what is in them is read only where a month is taken in.
    files = [f"{member.name} {member.checksum}" for partition in found for member in partition.members]

    @versioned(paths)
    @dg.asset(
        key=_KEY,
        group_name="raw",
        description="Single records of crimes, outcomes, and stops and searches, one Parquet file a month and kind.",
        owners=["team:data-engineering"],
        kinds={"polars", "parquet", "csv"},
        partitions_def=dg.StaticPartitionsDefinition(sorted({partition.month for partition in found})),
        backfill_policy=dg.BackfillPolicy.single_run(),
        check_specs=_SPECS,
        output_required=False,
        code_version=hash_text(found[0].code, *files),
    )
    def records(context: dg.AssetExecutionContext, engine: dg.ResourceParam[Engine]) -> Iterator[Any]:
        yield from _taken_in(context, engine, found)

    return [records]


def _taken_in(context: dg.AssetExecutionContext, engine: Engine, found: Iterable[Partition]) -> Iterator[Any]:
    """Take in the months asked for, with progress by rows; yield the checks, and an output unless one of them blocks."""
    chosen = [partition for partition in found if partition.month in set(context.partition_keys)]
    results, rows = [], 0
    try:
        for result in engine.map(take_in, chosen):
            results.append(result)
            rows += result.rows_read
            context.log.info(f"{result.month} {result.kind}: {result.rows_read} rows, {rows} so far")
    finally:
        checks.end()
    for month in context.partition_keys:
        context.add_asset_metadata(_metadata(month, results, chosen), _KEY, month)
    lost = [result for result in results if not accounted_for(result)]
    broken = [result for result in results if result.broken]
    yield _check(ACCOUNTED_FOR, results, lost)
    yield _check(FOLLOWS_CONTRACT, results, broken)
    if not lost and not broken:
        yield dg.Output(None)


def _partitions(sources: Iterable[Source], paths: Paths) -> list[Partition]:
    if paths.landing is None:
        return []
    editions = [
        (edition, edition_files(source, paths.landing)[edition.id])
        for source in sources
        for edition in source.editions
        if edition.id in edition_files(source, paths.landing)
    ]
    code = hash_function(take_in, data=paths.data)
    in_store = archives(paths)
    listed = (
        Archive(
            edition.id,
            edition.vintage,
            edition.written or "",
            tuple(
                read_archive(in_store[path].address, in_store[path].etag)
                if path in in_store
                else read_archive(str(path))
            ),
        )
        for edition, path in editions
    )
    return partitions(listed, records_root(paths), paths.data, code)


def _check(name: str, results: list[PartitionResult], failing: list[PartitionResult]) -> dg.AssetCheckResult:
    words = "; ".join(
        f"{result.month} {result.kind}: {', '.join(f'{rule} ({rows} rows)' for rule, rows in result.broken.items()) or 'rows are lost'}"
        for result in failing
    )
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=_KEY,
        passed=not failing,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "rows looked at": sum(result.rows_read for result in results),
            "rows failing": sum(sum(result.broken.values()) for result in failing),
            "what is wrong": words,
            "warnings": sum(sum(result.warned.values()) for result in results),
        },
    )


def _metadata(month: str, results: Iterable[PartitionResult], chosen: Iterable[Partition]) -> dict[str, Any]:
    """Counts of one month for the UI, what was found in it, and a preview of what was taken in; a month that was not is not opened."""
    of_month = [result for result in results if result.month == month]
    new = {result.kind for result in of_month if result.was_taken_in and not result.broken}
    findings: Counter[str] = sum((Counter(result.found) for result in of_month), Counter())
    return {
        "dagster/partition_row_count": sum(result.kept for result in of_month),
        "files": sum(result.files for result in of_month),
        "rows read": sum(result.rows_read for result in of_month),
        "rows quarantined": sum(result.quarantined for result in of_month),
        "taken in by this run": bool(new),
        **{finding.replace("_", " "): rows for finding, rows in sorted(findings.items())},
        **{
            f"preview of {partition.kind}": dg.MetadataValue.md(markdown(partition.preview(5)))
            for partition in chosen
            if partition.month == month and partition.kind in new
        },
    }
