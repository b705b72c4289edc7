"""Single records of data.police.uk, one partition a month: only where the landing folder holds archives of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from orchestration.assets.code_versions import versioned
from orchestration.run.checks import markdown
from orchestration.run.engine import Engine
from orchestration.store.closure import hash_function
from orchestration.store.hashes import hash_text
from orchestration.store.landing_zone import archives, originals
from orchestration.store.parsed_files import cells_once
from orchestration.store.paths import Paths, records_root
from transforms.harmonise.supply import numbers_of_files
from transforms.incidents import checks, read_archive
from transforms.incidents.partition import Archive, Partition, PartitionResult, accounted_for, partitions, take_in
from transforms.sources.published import edition_files
from transforms.sources.recognise import ARCHIVE_PARSER
from transforms.sources.registry import Edition, Source

ACCOUNTED_FOR = "every_row_is_kept_or_quarantined"
FOLLOWS_CONTRACT = "records_follow_their_contract"
ARE_COUNTED = "records_are_those_that_are_counted"
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
    dg.AssetCheckSpec(
        ARE_COUNTED,
        asset=_KEY,
        description="Of every body, month and kind as many records are in the lake as the file that stands is said to keep in core/record_files.",
        blocking=True,
    ),
]


def records_assets(sources: Iterable[Source], paths: Paths) -> list[dg.AssetsDefinition]:
    """The asset raw/police_uk_records, a backfill of which is one run; none without an archive in the landing folder."""
    held = _archives([source for source in sources if source.parser == ARCHIVE_PARSER], paths)
    found = partitions(held, records_root(paths), paths.data, hash_function(take_in, data=paths.data))
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
        yield from _taken_in(context, engine, found, held)

    return [records]


def _taken_in(
    context: dg.AssetExecutionContext, engine: Engine, found: Iterable[Partition], held: Iterable[Archive]
) -> Iterator[Any]:
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
    unlike = _unlike_counted(chosen, results, held)
    yield _check(ACCOUNTED_FOR, results, {_name(result): "rows are lost" for result in lost}, 0)
    yield _check(
        FOLLOWS_CONTRACT,
        results,
        {
            _name(result): ", ".join(f"{rule} ({rows} rows)" for rule, rows in result.broken.items())
            for result in broken
        },
        sum(sum(result.broken.values()) for result in broken),
    )
    yield _check(
        ARE_COUNTED,
        results,
        {file: f"{rows} records in the lake, {kept} counted" for file, (rows, kept) in unlike.items()},
        sum(abs(rows - kept) for rows, kept in unlike.values()),
    )
    if not lost and not broken and not unlike:
        yield dg.Output(None)


def _unlike_counted(
    chosen: Iterable[Partition], results: Iterable[PartitionResult], held: Iterable[Archive]
) -> dict[str, tuple[int, int]]:
    """The files of which the lake has another number of records than is counted of them: its name -> records in the lake, and those counted."""
    counted = {
        (archive.members[0].archive, file): kept
        for archive in held
        for file, kept in archive.numbers().select("file", "kept").iter_rows()
    }
    rows = {(result.month, result.kind): result.held for result in results}
    both = {
        member.file: (
            rows[partition.month, partition.kind].get(member.force, 0),
            counted[member.archive, member.file],
        )
        for partition in chosen
        for member in partition.members
    }
    return {file: numbers for file, numbers in both.items() if numbers[0] != numbers[1]}


def _name(result: PartitionResult) -> str:
    return f"{result.month} {result.kind}"


def _archives(sources: Iterable[Source], paths: Paths) -> list[Archive]:
    """The archives of records in the landing folder; their numbers are those of the cells that the raw table has of them."""
    if paths.landing is None:
        return []
    editions = [
        (source, edition, edition_files(source, paths.landing)[edition.id])
        for source in sources
        for edition in source.editions
        if edition.id in edition_files(source, paths.landing)
    ]
    parse, read, in_store = cells_once(paths), originals(paths), archives(paths)

    def numbers(source: Source, edition: Edition, path: Path) -> pl.DataFrame:
        return numbers_of_files(parse(source, edition, read(path), paths.data))

    return [
        Archive(
            edition.id,
            edition.vintage,
            edition.written or "",
            tuple(
                read_archive(in_store[path].address, in_store[path].etag)
                if path in in_store
                else read_archive(str(path))
            ),
            cache(partial(numbers, source, edition, path)),
        )
        for source, edition, path in editions
    ]


def _check(name: str, results: list[PartitionResult], wrong: Mapping[str, str], rows: int) -> dg.AssetCheckResult:
    """The check of this name: ``wrong`` says of a month and kind, or a file, what is; ``rows`` how many rows that is."""
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=_KEY,
        passed=not wrong,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "rows looked at": sum(result.rows_read for result in results),
            "rows failing": rows,
            "what is wrong": "; ".join(f"{what}: {words}" for what, words in wrong.items()),
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
