"""What becomes of the files in a landing folder: those that are read, copies, those that are refused, and the register that they complete.

Nothing in the folder is changed. A file that no source knows, and one that cannot be read to its end, do not stop a build; they are
named with the reason, and everything else is read. What a single file is, is told in transforms.sources.recognise.
"""

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

import polars as pl

from transforms.contracts.tables import LANDING_FILES
from transforms.errors import CountyLinesError, StoreError
from transforms.incidents import Original, sha256_of, size_of
from transforms.sources.police_uk_archive import told_apart
from transforms.sources.publication import published_when
from transforms.sources.published import CellsOf, cells_of
from transforms.sources.recognise import (
    ARCHIVE_PARSER,
    COPY,
    NOT_RECOGNISED,
    READ,
    REFUSED,
    SET_ASIDE,
    LandingFile,
    known_headers,
    recognised,
    why_no_data,
)
from transforms.sources.registry import FILE_KINDS, Edition, Source
from transforms.sources.unpacked import most_bytes

# What looks at one file: of what is known of it, its content, the register, its headers and the data folder.
LooksAt = Callable[[LandingFile, Original, Mapping[str, Source], pl.DataFrame, Path], LandingFile]

_LISTED = ("file", "bytes", "sha256", "outcome", "source_id", "editions", "reason")


def survey(
    folder: Path,
    sources: Mapping[str, Source],
    data: Path,
    parse: CellsOf = cells_of,
    read: Callable[[Path], Original] = Path.read_bytes,
    look: LooksAt | None = None,
) -> tuple[LandingFile, ...]:
    """Every file below the folder, in the order of the paths, and what it is.

    Of two files that differ and hold one edition, an original is read before a re-save, then the one at the path
    that the register gives, and otherwise the one that was written last, unless it cannot be read. Archives of records are all read, since what
    one replaces of another is decided by month and force: the later ones have the start of their checksum in their names. Every edition is given to ``parse``
    once, which raises where it cannot be read to the end: the file is then refused with that reason. Links to folders are not
    followed; they, and what cannot be opened, are named. ``read`` gives the bytes of a file, or where in a store they stay; a file
    that is larger than its kind may be is not read at all. ``look`` is `looked_at`, or the same in another process.
    """
    look = look or looked_at
    headers = known_headers(sources, data)
    by_checksum: dict[str, str] = {}
    found: dict[str, LandingFile] = {}
    for path in _files_below(folder, sources):
        file, content = _opened(path, folder, read)
        if reason := why_no_data(file.path):
            file = dataclasses.replace(file, outcome=SET_ASIDE, reason=reason)
        elif file.reason is None and file.sha256 in by_checksum:
            reason = f"the same bytes as {by_checksum[file.sha256]}"
            file = dataclasses.replace(file, outcome=COPY, reason=reason)
        elif file.reason is None:
            by_checksum[file.sha256] = file.path
            file = look(file, content, sources, headers, data)
        found[file.path] = file
    taken: dict[tuple[str, str], LandingFile] = {}
    registered = {edition.file for source in sources.values() for edition in source.editions}
    for file in sorted(found.values(), key=lambda file: (_kind(file), *_place(file, sources, registered))):
        if _is_archive(file, sources) and any((each.source_id, each.id) in taken for each in file.editions):
            editions = tuple(
                dataclasses.replace(each, id=told_apart(each.id, file.sha256), published=False)
                for each in file.editions
            )
            file = dataclasses.replace(file, editions=editions)
        held = [(edition.source_id, edition.id) for edition in file.editions]
        if before := next((taken[key] for key in held if key in taken), None):
            file = _second(file, before)
        elif held:
            file = _tried(file, read(folder / file.path), sources, data, parse)
        taken |= {(edition.source_id, edition.id): file for edition in file.editions}
        found[file.path] = file
    return tuple(sorted(found.values(), key=lambda file: file.path))


def looked_at(
    file: LandingFile, content: Original, sources: Mapping[str, Source], headers: pl.DataFrame, data: Path
) -> LandingFile:
    """The file as what its bytes and its name say that it is, each of its editions with its month of publication."""
    file = recognised(file, content, sources, headers, data)
    return dataclasses.replace(file, editions=tuple(published_when(edition, content) for edition in file.editions))


def _files_below(folder: Path, sources: Mapping[str, Source]) -> list[Path]:
    """Files where the register has them first, then those written last; what file managers leave behind is none."""
    registered = {edition.file for source in sources.values() for edition in source.editions}
    return sorted(
        (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()),
        key=lambda path: (path.relative_to(folder).as_posix() not in registered, -path.lstat().st_mtime_ns, path),
    )


def _opened(path: Path, folder: Path, read: Callable[[Path], Original]) -> tuple[LandingFile, Original]:
    """A file that nothing is known of yet, and its bytes; with the reason where they cannot be had, or there are none."""
    name = path.relative_to(folder).as_posix()
    shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    content, problem = _bytes_of(path, read)
    if shown != name:
        problem = "its name is not text in UTF-8; give it another name"
    file = LandingFile(shown, size_of(content), sha256_of(content), NOT_RECOGNISED, reason=problem)
    return file, content


def _bytes_of(path: Path, read: Callable[[Path], Original]) -> tuple[Original, str | None]:
    if path.is_dir():
        return b"", "it is a link to a folder, which is not followed; put its files here"
    if path.exists() and not path.is_file():
        return b"", "it is no file but a device, pipe or socket"
    try:
        if (size := path.stat().st_size) > (most := most_bytes(path.name)):
            return (
                b"",
                f"it has {size:,} bytes, and a file of its kind at most {most:,} here; look whether it is the right one",
            )
        content = read(path)
    except OSError as error:
        return b"", f"it cannot be opened ({error.strerror}); put a copy here that can be read"
    return content, None if content else "the file is empty; fetch it again"


def _kind(file: LandingFile) -> int:
    """Originals before re-saves, those before derived tables, and those before transcriptions; what holds nothing last."""
    return min((FILE_KINDS.index(edition.file_kind) for edition in file.editions), default=len(FILE_KINDS))


def _is_archive(file: LandingFile, sources: Mapping[str, Source]) -> bool:
    """Whether a file is one of records of data.police.uk, which are divided by month and force."""
    return file.source_id is not None and sources[file.source_id].parser == ARCHIVE_PARSER


def _place(file: LandingFile, sources: Mapping[str, Source], registered: Collection[str]) -> tuple[bool, str]:
    """The order of archives: those where the register has them first, then by their bytes, whatever day their files have here."""
    is_elsewhere = _is_archive(file, sources) and file.path not in registered
    return is_elsewhere, file.sha256 if is_elsewhere else ""


def _second(file: LandingFile, before: LandingFile) -> LandingFile:
    """The file, which holds an edition that another file is read for: set aside beside the original, else for a person to choose."""
    if _kind(before) < _kind(file):
        reason = f"{before.path}, which is nearer to the publisher's original, is read for the same edition"
        return dataclasses.replace(file, outcome=SET_ASIDE, editions=(), reason=reason)
    reason = f"{before.path} is read for the same edition, with other bytes; keep the one that you mean"
    return dataclasses.replace(file, outcome=NOT_RECOGNISED, editions=(), reason=reason)


def _tried(
    file: LandingFile, content: Original, sources: Mapping[str, Source], data: Path, parse: CellsOf
) -> LandingFile:
    """The file, or its refusal where one of its editions cannot be read."""
    assert file.source_id is not None
    source = with_editions(sources[file.source_id], file.editions)
    try:
        for edition in file.editions:
            parse(source, edition, content, data)
    except StoreError:
        raise
    except CountyLinesError as error:
        return dataclasses.replace(file, outcome=REFUSED, editions=(), reason=str(error))
    return file


def with_landing(sources: Mapping[str, Source], files: Iterable[LandingFile]) -> dict[str, Source]:
    """The register as the folder completes it: editions at the paths where their files lie, and editions that it did not list.

    An edition whose file lies where the register has it, and is not read, is marked so: its published cells stand.
    """
    held: dict[str, dict[str, Edition]] = {}
    seen = set()
    for file in files:
        seen.add(file.path)
        for edition in file.editions:
            held.setdefault(edition.source_id, {})[edition.id] = edition
    return {
        source_id: with_editions(_without(source, seen), held.get(source_id, {}).values())
        for source_id, source in sources.items()
    }


def _without(source: Source, seen: Collection[str]) -> Source:
    """The source with those of its editions marked as not read of which the folder has the file."""
    editions = tuple(
        dataclasses.replace(edition, is_read=False) if edition.file in seen else edition for edition in source.editions
    )
    return dataclasses.replace(source, editions=editions)


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
        schema=dict.fromkeys(["file", *edition], pl.String),
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
        schema={name: LANDING_FILES.schema.get(name, pl.String()) for name in _LISTED},
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


def with_editions(source: Source, held: Iterable[Edition]) -> Source:
    """The source with these editions instead of those that it lists under their names, and beside them in the order of their periods."""
    by_id = {edition.id: edition for edition in held}
    listed = tuple(by_id.get(edition.id, edition) for edition in source.editions)
    known = {edition.id for edition in source.editions}
    more = [edition for edition_id, edition in by_id.items() if edition_id not in known]
    by_period = sorted(
        (*listed, *more), key=lambda edition: (edition.period_end is None, edition.period_end, edition.id)
    )
    return dataclasses.replace(source, editions=tuple(by_period) if more else listed)
