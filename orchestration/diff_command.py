"""The command ``countylines diff``: what one build says and another does not."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestration.paths import paths_from_environment
from transforms.errors import CountyLinesError

if TYPE_CHECKING:
    import polars as pl

_TABLES = ("raw/editions", "core/observations", "out/indicators")
_SHOWN = 20
_BUILD = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("build_a", type=_BUILD)
@click.argument("build_b", type=_BUILD)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines, with every difference.")
def diff(build_a: Path, build_b: Path, as_json: bool) -> None:
    """What changed from BUILD_A to BUILD_B: editions, published cells, and the numbers that reports use.

    Both are build folders, as --output of countylines build names them. Revised figures come first, the largest revision before
    the others; twenty rows of each are printed, and all with --json.

    \b
    Example: countylines diff /archive/build-2025-04 data/build
    """
    from transforms.differences import differences

    found = differences(_tables(build_a), _tables(build_b))
    parts = {name: getattr(found, name) for name in ("editions", "cells", "numbers")}
    if as_json:
        rows = {name: frame.to_dicts() for name, frame in parts.items()}
        click.echo(json.dumps(rows, default=str, ensure_ascii=False, indent=1))
        return
    if all(frame.is_empty() for frame in parts.values()):
        click.echo("Nothing differs.")
        return
    for name, in_words in (("editions", _edition), ("cells", _cell), ("numbers", _number)):
        frame = parts[name]
        counts = ", ".join(
            f"{count:,} {change}" for change, count in frame["change"].value_counts().sort("change").rows()
        )
        click.echo(f"{name.capitalize()}: {counts or 'no difference'}")
        for row in frame.head(_SHOWN).iter_rows(named=True):
            click.echo(f"  {in_words(row)}")
        if len(frame) > _SHOWN:
            click.echo(f"  and {len(frame) - _SHOWN:,} more")


def _tables(build: Path) -> "dict[str, pl.DataFrame]":
    import polars as pl

    lake = paths_from_environment(build=build).lake
    missing = [table for table in _TABLES if not (lake / f"{table}.parquet").is_file()]
    if missing:
        raise CountyLinesError(f"{build} holds no table {missing[0]}; name a folder that countylines build has filled.")
    return {table: pl.read_parquet(lake / f"{table}.parquet") for table in _TABLES}


def _edition(row: dict[str, Any]) -> str:
    return f"{row['change']}: {row['source_id']} {row['edition_id']}, {row['title']}"


def _cell(row: dict[str, Any]) -> str:
    return f"{row['change']}: {row['observation_id']}: {_text(row['before'])} → {_text(row['after'])}"


def _number(row: dict[str, Any]) -> str:
    size = "" if row["relative"] is None or row["change"] != "revised" else f" ({row['relative']:+.1%})"
    period = f"{row['period_start']:%Y-%m}/{row['period_end']:%Y-%m}"
    return (
        f"{row['change']}: {row['area_name']}, {row['measure_id'].replace('_', ' ')}, {period}: "
        f"{_count(row['before'])} → {_count(row['after'])}{size}"
    )


def _text(text: str | None) -> str:
    return "nothing" if text is None else text


def _count(number: float | None) -> str:
    return "[x]" if number is None else f"{number:,.0f}"
