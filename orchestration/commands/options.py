"""Options that several commands have, and the tables of a build that they read."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.store.paths import Paths
from transforms.errors import CountyLinesError

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from transforms.harmonise.registers import Registers


def place(context: click.Context, parameter: click.Parameter, value: str | None) -> Path | str | None:
    """A folder that is there, or the URL of one in a store, as it is given; click's own error for a folder that is not there."""
    if value is None or "://" in value:
        return value
    return Path(os.fsdecode(click.Path(exists=True, file_okay=False).convert(value, parameter, context)))


LANDING = click.option(
    "--landing",
    metavar="FOLDER",
    callback=place,
    help="Folder with original published files, or s3://bucket/folder; editions that it does not hold come from data/published.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


def table(paths: Paths, layer: str, name: str) -> "pl.DataFrame":
    """Read a table of the last build; raises CountyLinesError where there is none yet."""
    import polars as pl

    path = paths.lake / layer / f"{name}.parquet"
    if not path.exists():
        raise CountyLinesError(f"There is no table {layer}/{name} yet; run countylines build first.")
    return pl.read_parquet(path)


def with_districts(paths: Paths, indicators: "pl.DataFrame") -> "pl.DataFrame":
    """The rows of out/indicators, and those of out/districts in the same columns."""
    import polars as pl

    return pl.concat([indicators, table(paths, "out", "districts").select(indicators.columns)])


def why_missing_in(
    paths: Paths, known: "Registers", area_id: str, measure_id: str, period: "tuple[date, date]"
) -> list[str]:
    """Why an area has no figure of a measure in a period, by the tables of the last build and the registers."""
    from transforms.missing import why_missing

    coverage, files = table(paths, "out", "coverage"), table(paths, "core", "record_files")
    return why_missing(area_id, measure_id, period, known.measures, coverage, files, known.breaks)


def registers(paths: Paths) -> "Registers":
    """Read the registers of areas, measures and the rest."""
    from transforms.harmonise.registers import load_registers

    return load_registers(paths.data)
