"""The cells that the project keeps under ``data/published``: writing them from original files, and reading them back."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from transforms.contracts.tables import EDITIONS, cells
from transforms.errors import LayoutError, RegisterError
from transforms.incidents import Original, sha256_of, size_of
from transforms.sources.grid import Parsed
from transforms.sources.registry import Edition, Source

EDITIONS_SCHEMA = pl.Schema(
    {
        "source_id": pl.String,
        "edition_id": pl.String,
        "file": pl.String,
        "file_kind": pl.String,
        "sha256": pl.String,
        "bytes": pl.Int64,
        "retrieved_at": pl.String,
        "rows": pl.Int64,
    }
)


# What makes cells of an edition's bytes: of source, edition, content and data folder; raises what the source's parser raises.
CellsOf = Callable[[Source, Edition, Original, Path], pl.DataFrame]


def edition_files(source: Source, landing: Path) -> dict[str, Path]:
    """The file of each edition that the landing folder holds and that is read: edition id -> path."""
    files = {edition.id: landing / edition.file for edition in source.editions if edition.is_read}
    return {edition_id: path for edition_id, path in files.items() if path.is_file()}


def editions_held(source: Source, landing: Path | None = None) -> tuple[Edition, ...]:
    """The editions of a source that a build reads: those whose cells are published with the project, and those in the landing folder."""
    files = edition_files(source, landing) if landing else {}
    return tuple(edition for edition in source.editions if edition.published or edition.id in files)


def sources_held(sources: Mapping[str, Source], landing: Path | None = None) -> dict[str, Source]:
    """The sources of which at least one edition is held, in the register's order."""
    return {source_id: source for source_id, source in sources.items() if editions_held(source, landing)}


def known_on(sources: Mapping[str, Source], day: date | None) -> dict[str, Source]:
    """The register with the editions that had been published on a day; all of them without a day.

    Editions are dated by month: one counts as published from the last day of its month, when it was there for certain.
    """
    if day is None:
        return dict(sources)
    month = f"{day + timedelta(days=1):%Y-%m}"
    return {
        source_id: replace(source, editions=tuple(each for each in source.editions if each.vintage < month))
        for source_id, source in sources.items()
    }


def settled_sources(held: Mapping[str, Source], register: Mapping[str, Source], landing: Path | None) -> frozenset[str]:
    """The sources of which a build reads the very editions that the register lists, in the shape that it knows them in.

    Only for these is a name or correction that matches nothing a dead one.
    """
    return frozenset(
        source_id
        for source_id, source in held.items()
        if {edition.id for edition in editions_held(source, landing)}
        == {each.id for each in register[source_id].editions}
        and not any(edition.layout_of for edition in source.editions)
    )


def parse_edition(source: Source, edition: Edition, content: Original, data: Path) -> Parsed:
    """Parse the bytes of one edition with its source's parser; raises what the parser raises."""
    parser = importlib.import_module(f"transforms.sources.{source.parser}")
    parsed: Parsed = parser.parse(content, edition, data)
    return parsed


def cells_of(source: Source, edition: Edition, content: Original, data: Path) -> pl.DataFrame:
    """The cells that the source's parser makes of the bytes of one edition; raises what the parser raises."""
    return parse_edition(source, edition, content, data).cells


def read_cells(
    source: Source,
    data: Path,
    landing: Path | None = None,
    parse: CellsOf = cells_of,
    read: Callable[[Path], Original] = Path.read_bytes,
) -> pl.DataFrame:
    """The cells of every edition of a source, in the register's order: the contract of the raw table.

    An edition whose file is in the landing folder is parsed from what ``read`` gives of it; any other is read from ``data/published``.
    Raises RegisterError when an edition is in neither place, and what the parser raises.
    """
    held = edition_files(source, landing) if landing else {}
    return pl.concat(
        [
            cells(source.id).schema.to_frame(),
            *(
                parse(source, edition, read(held[edition.id]), data)
                if edition.id in held
                else _read_published(source, edition, data)
                for edition in editions_held(source, landing)
            ),
        ]
    )


def read_editions(data: Path) -> pl.DataFrame:
    """The files that the published cells were read from (EDITIONS_SCHEMA), one row for each edition; empty before the first publication.

    ``file`` is the name without folders, ``bytes`` its size, ``retrieved_at`` the ISO date on which this copy was first read,
    ``rows`` the number of cells.
    """
    path = data / "published" / "editions.csv"
    return pl.read_csv(path, schema=EDITIONS_SCHEMA) if path.is_file() else pl.DataFrame(schema=EDITIONS_SCHEMA)


def editions_in_use(
    sources: Mapping[str, Source],
    data: Path,
    landing: Path | None = None,
    read: Callable[[Path], Original] = Path.read_bytes,
) -> pl.DataFrame:
    """Every edition that a build reads, with the checksum of the file behind its cells: the contract EDITIONS.

    A file in the landing folder stands before the published copy; one that is not the published copy was read on the day on which
    it was put there; ``read`` gives its bytes, or where in a store they stay. Raises RegisterError for an edition of which nothing is held.
    """
    known = {(row["source_id"], row["edition_id"]): row for row in read_editions(data).iter_rows(named=True)}
    rows = []
    for source in sources.values():
        held = edition_files(source, landing) if landing else {}
        for edition in editions_held(source, landing):
            entry = known.get((source.id, edition.id))
            if edition.id in held:
                path = held[edition.id]
                arrived = date.fromtimestamp(path.stat().st_mtime)
                entry = _edition_entry(edition, read(path), pl.DataFrame(), entry, arrived)
            if entry is None:
                raise RegisterError(
                    f"{source.id} {edition.id}: no copy of {Path(edition.file).name} is held; put it into the landing folder and run countylines publish-cells."
                )
            described = {
                **{"title": edition.title, "publisher": source.publisher.name},
                **{name: getattr(edition, name) for name in ("vintage", "vintage_basis", "vintage_note")},
            }
            rows.append({**entry, **described})
    return pl.DataFrame(rows, schema=EDITIONS.schema).sort("source_id", "edition_id")


def publish_cells(
    sources: Mapping[str, Source], data: Path, landing: Path, today: date, parse: CellsOf = cells_of
) -> pl.DataFrame:
    """Parse every edition whose file is in the landing folder, and keep its cells and checksum under ``data/published``.

    Writes ``<source_id>/<edition_id>.csv`` and ``editions.csv``, each in one step, the same bytes for the same input. A file that has
    not changed keeps its retrieved_at; an edition whose file is absent is kept as it is.

    Returns source_id, edition_id and outcome: 'written', 'unchanged' or 'kept'. Raises what the parsers raise, before anything is
    written.
    """
    entries = {(row["source_id"], row["edition_id"]): row for row in read_editions(data).iter_rows(named=True)}
    editions = [(source, edition) for source in sources.values() for edition in source.editions if edition.published]
    held = {
        (source.id, edition.id): edition_files(source, landing)[edition.id]
        for source, edition in editions
        if edition.id in edition_files(source, landing)
    }
    contents = {key: path.read_bytes() for key, path in held.items()}
    parsed = {
        (source.id, edition.id): parse(source, edition, contents[source.id, edition.id], data)
        for source, edition in editions
        if (source.id, edition.id) in held
    }
    outcomes = []
    for source, edition in editions:
        key = (source.id, edition.id)
        if key not in held:
            outcomes.append((*key, "kept"))
            continue
        entry = _edition_entry(edition, contents[key], parsed[key], entries.get(key), today)
        written = _write_if_changed(_published_path(source, edition, data), to_csv(parsed[key]))
        outcomes.append((*key, "written" if written or entries.get(key) != entry else "unchanged"))
        entries[key] = entry
    _write_if_changed(data / "published" / "editions.csv", to_csv(_editions_frame(sources, entries)))
    return pl.DataFrame(outcomes, schema=["source_id", "edition_id", "outcome"], orient="row")


def _edition_entry(
    edition: Edition, content: Original, parsed: pl.DataFrame, before: Mapping[str, object] | None, today: date
) -> dict[str, object]:
    sha256 = sha256_of(content)
    same_copy = before is not None and before["sha256"] == sha256
    return {
        "source_id": edition.source_id,
        "edition_id": edition.id,
        "file": Path(edition.file).name,
        "file_kind": edition.file_kind,
        "sha256": sha256,
        "bytes": size_of(content),
        "retrieved_at": before["retrieved_at"] if before is not None and same_copy else today.isoformat(),
        "rows": parsed.height,
    }


def _editions_frame(
    sources: Mapping[str, Source], entries: Mapping[tuple[str, str], Mapping[str, object]]
) -> pl.DataFrame:
    """The entries by source, in the register's order; one whose edition has left the register is dropped, other sources' are kept."""
    others = [entry for (source_id, _), entry in entries.items() if source_id not in sources]
    registered = [(source.id, edition.id) for source in sources.values() for edition in source.editions]
    ours = [entries[key] for key in registered if key in entries]
    return pl.DataFrame([*others, *ours], schema=EDITIONS_SCHEMA, orient="row").sort("source_id", maintain_order=True)


def _published_path(source: Source, edition: Edition, data: Path) -> Path:
    return data / "published" / source.id / f"{edition.id}.csv"


def _read_published(source: Source, edition: Edition, data: Path) -> pl.DataFrame:
    path = _published_path(source, edition, data)
    if not path.is_file():
        raise RegisterError(
            f"{source.id} {edition.id}: neither {Path(edition.file).name} is in the landing folder nor {path.name} in "
            f"data/published/{source.id}; put the file into the landing folder and publish its cells."
        )
    try:
        return from_csv(path.read_bytes(), cells(source.id).schema)
    except pl.exceptions.PolarsError as error:
        raise LayoutError(
            f"{source.id} {edition.id}: data/published/{source.id}/{path.name} is not a table of cells ({_first_line(error)}); publish the edition again from its file, or restore the file."
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def from_csv(content: bytes, schema: pl.Schema) -> pl.DataFrame:
    """The frame that ``to_csv`` wrote, null and empty string kept apart."""
    return pl.read_csv(content, schema=schema)


def to_csv(frame: pl.DataFrame) -> bytes:
    """UTF-8, LF, quoted where needed; null is nothing and the empty string is quoted, so that both read back as they were."""
    return frame.write_csv().encode()


def _write_if_changed(path: Path, content: bytes) -> bool:
    """Write in one step, unless the file already says this; readers never see half a file."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".csv.part")
    temporary.write_bytes(content)
    temporary.replace(path)
    return True
