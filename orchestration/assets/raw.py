"""Layer raw: one asset a source, its published cells exactly as printed."""

from collections.abc import Iterable, Mapping

import dagster as dg
import polars as pl

from orchestration.assets.calls import Folders, table_asset
from orchestration.assets.freshness import freshness_policy
from orchestration.store.apart import apart
from orchestration.store.fingerprint import hash_landing
from orchestration.store.hashes import hash_data, hash_text
from orchestration.store.landing_zone import originals
from orchestration.store.parsed_files import cells_once
from orchestration.store.paths import Paths
from transforms.contracts import tables
from transforms.harmonise import load_registers
from transforms.sources.ons_geography import boundaries, newest_boundaries
from transforms.sources.published import edition_files, editions_held, editions_in_use, read_cells
from transforms.sources.registry import Source

GEOGRAPHY = "ons_geography"


def raw_assets(sources: Iterable[Source], paths: Paths) -> list[dg.AssetsDefinition]:
    """The assets raw/<source id>: cells from the landing folder where it holds the file, else from data/published."""
    layouts, labels = hash_data(paths, "layouts"), load_registers(paths.data).measure_labels
    measured = dict(labels.group_by("source_id").agg("measure_id").iter_rows())
    return [_raw_asset(source, measured.get(source.id, []), layouts, paths) for source in sources]


def _raw_asset(source: Source, measures: Iterable[str], layouts: str, paths: Paths) -> dg.AssetsDefinition:
    @table_asset(
        tables.cells(source.id, tuple(edition.id for edition in editions_held(source, paths.landing))),
        f"{source.title}. {source.summary}",
        paths,
        kinds=("polars", "excel" if "XLSX" in source.format else "csv"),
        tags={
            "publisher": _tag(source.publisher.name),
            "licence": _tag(source.licence_in),
            **{f"measure/{measure}": "" for measure in sorted(set(measures))},
        },
        deadline=freshness_policy(source),
        metadata={"landing page": dg.MetadataValue.url(source.landing_page)},
        code_version=hash_text(
            layouts,
            hash_data(paths, f"sources/{source.id}.toml", f"published/{source.id}"),
            hash_landing(paths, *(edition.file for edition in source.editions)),
            repr(source.editions),
        ),
    )
    def cells(paths: Folders) -> pl.DataFrame:
        return read_cells(source, paths.data, paths.landing, cells_once(paths), originals(paths))

    return cells


def boundaries_assets(sources: Mapping[str, Source], paths: Paths) -> list[dg.AssetsDefinition]:
    """The asset raw/police_force_area_boundaries; none without a file of boundaries in the landing folder."""
    source = sources.get(GEOGRAPHY)
    files = edition_files(source, paths.landing) if source and paths.landing else {}
    edition = newest_boundaries(source, files) if source else None
    if edition is None:
        return []

    @table_asset(
        tables.BOUNDARIES,
        "The outlines of police force areas as points, to be drawn; nothing is worked out from them.",
        paths,
        code_version=hash_text(
            hash_data(paths, f"sources/{GEOGRAPHY}.toml"), hash_landing(paths, edition.file), repr(edition)
        ),
    )
    def outlines(paths: Folders) -> pl.DataFrame:
        areas = load_registers(paths.data).areas.filter(pl.col("kind") == "police_force_area")
        content, ids = files[edition.id].read_bytes(), areas["area_id"].to_list()
        made: pl.DataFrame = apart(f"{GEOGRAPHY} {edition.id}: {edition.file}", boundaries, content, edition, ids)
        return made

    return [outlines]


def editions_asset(sources: Mapping[str, Source], paths: Paths) -> dg.AssetsDefinition:
    """The asset raw/editions: which file each cell comes from, and its checksum."""
    files = [edition.file for source in sources.values() for edition in source.editions]

    @table_asset(
        tables.EDITIONS,
        "Every published file that the cells come from, with its checksum, kind and day of reading.",
        paths,
        code_version=hash_text(hash_data(paths, "sources", "published/editions.csv"), hash_landing(paths, *files)),
    )
    def editions(paths: Folders) -> pl.DataFrame:
        return editions_in_use(sources, paths.data, paths.landing, originals(paths))

    return editions


def _tag(text: str) -> str:
    return "".join(character if character.isalnum() else "-" for character in text)[:63].strip("-")
