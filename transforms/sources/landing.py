"""What becomes of the files in a landing folder: those that are read, copies, those that are refused, and the register that they complete.

Nothing in the folder is changed. A file that no source knows, and a new edition that its parser refuses, do not stop a build; they are
named with the reason. An edition that the register lists and that cannot be read does stop it, in its parser. What a single file is, is
told in transforms.sources.recognise.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import polars as pl

from transforms.contracts.tables import LANDING_FILES
from transforms.errors import CountyLinesError, StoreError
from transforms.incidents import Original, sha256_of, size_of
from transforms.sources.published import CellsOf, cells_of
from transforms.sources.recognise import COPY, NOT_RECOGNISED, READ, REFUSED, LandingFile, known_headers, recognised
from transforms.sources.registry import Edition, Source


def survey(
    folder: Path,
    sources: Mapping[str, Source],
    data: Path,
    parse: CellsOf = cells_of,
    read: Callable[[Path], Original] = Path.read_bytes,
) -> tuple[LandingFile, ...]:
    """Every file below the folder, in the order of the paths, and what it is.

    Of two files that differ and hold one edition, the one at the path
    that the register gives is read, and otherwise the one that was written last, unless its parser cannot read it. An edition that the
    register does not list is given to ``parse`` once, and refused with its reason where it cannot be read. Links to folders are not
    followed; they, and what cannot be opened, are named. ``read`` gives the bytes of a file, or where in a store they stay.
    """
    registered = {edition.file for source in sources.values() for edition in source.editions}
    paths = sorted(
        (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()),
        key=lambda path: (path.relative_to(folder).as_posix() not in registered, -path.lstat().st_mtime_ns, path),
    )
    headers = known_headers(sources, data)
    by_checksum: dict[str, str] = {}
    taken: dict[tuple[str, str], str] = {}
    found: dict[str, LandingFile] = {}
    for path in paths:
        content, problem = _opened(path, read)
        name, sha256 = path.relative_to(folder).as_posix(), sha256_of(content)
        file = LandingFile(path=name, bytes=size_of(content), sha256=sha256, outcome=NOT_RECOGNISED, reason=problem)
        if problem:
            found[name] = file
            continue
        if sha256 in by_checksum:
            file = dataclasses.replace(file, outcome=COPY, reason=f"the same bytes as {by_checksum[sha256]}")
        else:
            by_checksum[sha256] = name
            file = recognised(file, content, sources, headers, data)
        held = [(edition.source_id, edition.id) for edition in file.editions]
        for other in {taken[key] for key in held if key in taken}:
            found[other] = _tried(found[other], read(folder / other), sources, data, parse, listed=True)
        taken = {key: other for key, other in taken.items() if found[other].editions}
        if again := [taken[key] for key in held if key in taken]:
            reason = f"{again[0]} is read for the same edition, with other bytes; keep the one that you mean"
            file = dataclasses.replace(file, outcome=NOT_RECOGNISED, editions=(), reason=reason)
        file = _tried(file, content, sources, data, parse)
        taken |= {(edition.source_id, edition.id): name for edition in file.editions}
        found[name] = file
    return tuple(sorted(found.values(), key=lambda file: file.path))


def _opened(path: Path, read: Callable[[Path], Original]) -> tuple[Original, str | None]:
    """The bytes of a file; where they cannot be had, or there are none, the reason too."""
    if path.is_dir():
        return b"", "it is a link to a folder, which is not followed; put its files here"
    if path.exists() and not path.is_file():
        return b"", "it is no file but a device, pipe or socket"
    try:
        content = read(path)
    except OSError as error:
        return b"", f"it cannot be opened ({error.strerror}); put a copy here that can be read"
    return content, None if content else "the file is empty; fetch it again"


def _tried(
    file: LandingFile,
    content: Original,
    sources: Mapping[str, Source],
    data: Path,
    parse: CellsOf,
    *,
    listed: bool = False,
) -> LandingFile:
    """The file, or its refusal where it is an edition that the register does not list, or does list, and that its parser cannot read."""
    if file.source_id is None:
        return file
    source = sources[file.source_id]
    known = {edition.id for edition in source.editions}
    try:
        for edition in file.editions:
            if listed == (edition.id in known and not edition.layout_of):
                parse(source, edition, content, data)
    except StoreError:
        raise
    except CountyLinesError as error:
        return dataclasses.replace(file, outcome=REFUSED, editions=(), reason=str(error))
    return file


def with_landing(sources: Mapping[str, Source], files: Iterable[LandingFile]) -> dict[str, Source]:
    """The register as the folder completes it: editions at the paths where their files lie, and editions that it did not list."""
    held: dict[str, dict[str, Edition]] = {}
    for file in files:
        for edition in file.editions:
            held.setdefault(edition.source_id, {})[edition.id] = edition
    return {source_id: _completed(source, held.get(source_id, {})) for source_id, source in sources.items()}


def landing_frame(
    files: Iterable[LandingFile],
    sources: Mapping[str, Source],
    cells: pl.DataFrame,
    outcomes: Mapping[str, pl.DataFrame],
) -> pl.DataFrame:
    """One row for each file of the landing folder: the contract LANDING_FILES.

    ``cells`` has source_id, edition_id and kind of every cell read; ``outcomes`` are the tables observations, excluded (with its
    ``rule``) and unmatched. Of a source that is kept as cells only, every figure is excluded, with that reason. Of a file that is not
    read the numbers are null.
    """
    edition = ["source_id", "edition_id"]
    counted = [
        cells.group_by(edition).agg(pl.len().alias("cells"), (pl.col("kind") == "note").sum().alias("footnotes")),
        outcomes["observations"].group_by(edition).agg(pl.len().alias("matched")),
        outcomes["excluded"]
        .group_by(*edition, "rule")
        .len()
        .sort("rule")
        .group_by(edition)
        .agg(pl.sum("len").alias("excluded"), pl.format("{} ({})", "rule", "len").str.join(", ").alias("rules")),
        outcomes["unmatched"].group_by(edition).agg(pl.len().alias("unmatched")),
    ]
    held = pl.DataFrame(
        [(file.path, each.source_id, each.id) for file in files for each in file.editions],
        schema=["file", *edition],
        orient="row",
    )
    for counts in counted:
        held = held.join(counts, on=edition, how="left", maintain_order="left")
    numbers = ["cells", "matched", "excluded", "unmatched", "footnotes"]
    of_file = held.group_by("file").agg(
        pl.col(numbers).sum().cast(pl.Int64), pl.col("rules").drop_nulls().unique().sort().str.join("; ")
    )
    is_read = pl.col("outcome") == READ
    is_cells_only = is_read & pl.col("source_id").is_in(
        [source.id for source in sources.values() if source.reaches == "raw"]
    )
    listed = pl.DataFrame(
        [
            (
                file.path,
                file.bytes,
                file.sha256,
                file.outcome,
                file.source_id,
                ", ".join(e.id for e in file.editions) or None,
                file.reason,
            )
            for file in files
        ],
        schema=["file", "bytes", "sha256", "outcome", "source_id", "editions", "reason"],
        orient="row",
    )
    return (
        listed.join(of_file, on="file", how="left", maintain_order="left")
        .with_columns(pl.col("cells").fill_null(0))
        .with_columns(
            pl.when(is_cells_only).then(pl.col("cells") - pl.col("footnotes")).otherwise("excluded").alias("excluded"),
            pl.when(is_cells_only)
            .then(pl.format("kept as cells, no meaning given ({})", pl.col("cells") - pl.col("footnotes")))
            .otherwise("rules")
            .alias("rules"),
        )
        .with_columns(pl.when(is_read).then(pl.col(name)).alias(name) for name in numbers[1:])
        .with_columns(
            (
                pl.col("cells") - pl.sum_horizontal("matched", "excluded", "unmatched", "footnotes", ignore_nulls=False)
            ).alias("unaccounted"),
            pl.coalesce("reason", pl.col("rules").replace("", None)).alias("why"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in LANDING_FILES.schema.items())
    )


def _completed(source: Source, held: Mapping[str, Edition]) -> Source:
    listed = tuple(held.get(edition.id, edition) for edition in source.editions)
    known = {edition.id for edition in source.editions}
    more = [edition for edition_id, edition in held.items() if edition_id not in known]
    by_period = sorted(
        (*listed, *more), key=lambda edition: (edition.period_end is None, edition.period_end, edition.id)
    )
    return dataclasses.replace(source, editions=tuple(by_period) if more else listed)
