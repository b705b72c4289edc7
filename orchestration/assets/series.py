"""The figures of each area and measure as small JSON files, for web developers, beside the documents of a build."""

from typing import Any

import dagster as dg
import polars as pl

from orchestration.assets.calls import Folders, files_asset, made_from
from orchestration.run.publish import Written
from orchestration.store.kept_documents import finished, keep_series
from orchestration.store.paths import Paths
from reports.datapack.series import FOLDER, INDEX, SCHEMA, listed, series
from reports.products import products
from transforms.harmonise import load_registers

SERIES = ["report", "series"]


def series_names(paths: Paths, build_id: str) -> list[str]:
    """The address in the edition of every file that the list of series names, of the list itself and of the schema."""
    index = finished(paths, build_id, ()).get(f"{FOLDER}/{INDEX}")
    found = listed(index.read_bytes()) if index else []
    return [f"{FOLDER}/{name}" for name in (*found, INDEX, SCHEMA)]


def series_assets(paths: Paths) -> list[dg.AssetsDefinition]:
    """The asset report/series."""

    @files_asset(
        SERIES,
        "One JSON for each area and measure with its preferred figures, oldest first, their list and their schema.",
        paths,
        kinds={"json"},
        owners=["team:statistics"],
        ins=made_from("indicators"),
    )
    def json_series(paths: Folders, indicators: pl.DataFrame) -> Written:
        registers = load_registers(paths.data)
        files = series(indicators, products.reported(registers.areas), registers.measures)
        written, there = keep_series(paths, {f"{FOLDER}/{name}": content for name, content in files})
        metadata: dict[str, Any] = {"documents": there, "new or changed": written}
        return dg.MaterializeResult(metadata=metadata)

    return [json_series]
