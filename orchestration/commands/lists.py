"""`countylines measures`, `areas list`, `periods` and `series`: what there is to ask for, and one area's figures over time."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.commands.options import JSON, opened
from orchestration.commands.terminal import say_table
from transforms.errors import CountyLinesError

if TYPE_CHECKING:
    import polars as pl


@click.command("measures")
@JSON
def measures(as_json: bool) -> None:
    """Every measure of which a number is held: identifier, code, name, unit, how many areas, and from when to when.

    \b
    Example: countylines measures
             countylines measures --json
    """
    found = opened().measures()
    if as_json:
        _say_json(found)
        return
    say_table(
        ("Measure", "Code", "Areas", "First day", "Last day", "Rate per", "Figures", "Name"),
        found.select("measure_id", "code", "areas", "first_day", "last_day", "per", "figures", "name").iter_rows(),
    )


@click.command("list")
@click.option("--kind", help="Only areas of one kind: police_force_area, region, policing_region, country and others.")
@JSON
def areas_list(kind: str | None, as_json: bool) -> None:
    """Every area of the registers with its ONS code, kind and how many figures it has.

    \b
    Example: countylines areas list --kind police_force_area
    """
    found = opened().areas(kind)
    if as_json:
        _say_json(found)
        return
    say_table(
        ("Area", "Name", "Kind", "Figures", "Region", "Known as"),
        found.select("area_id", "name", "kind", "figures", "region_id", "operating_name").iter_rows(),
    )


@click.command("periods")
@click.argument("measure")
@click.option("--area", help="Only the periods for which this area has a number.")
@JSON
def periods(measure: str, area: str | None, as_json: bool) -> None:
    """The periods of MEASURE for which a number is held, the newest first, with their length and how many areas have one.

    \b
    Example: countylines periods drug_offences
             countylines periods nrm_police_referrals --area Norfolk
    """
    found = opened().periods(measure, area)
    if as_json:
        _say_json(found)
        return
    say_table(
        ("First day", "Last day", "Months", "Areas", "Rate"),
        [
            (start, end, months, areas, "yes" if has_rate else "no")
            for start, end, months, areas, has_rate in found.iter_rows()
        ],
    )


@click.command("series")
@click.argument("area")
@click.argument("measure")
@click.option("--months", type=int, help="Length of the periods; 12 unless given, or the longest held.")
@click.option("--overlapping", is_flag=True, help="Every twelve months, those too that share months with others.")
@click.option("--csv", "form", flag_value="csv", help="Print CSV, all columns.")
@click.option("--json", "form", flag_value="json", help="Print JSON for machines, all columns.")
@click.option("--parquet", "form", flag_value="parquet", help="Write Parquet, all columns, to a file or pipe.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write into this file.")
def series(
    area: str, measure: str, months: int | None, overlapping: bool, form: str | None, output: Path | None
) -> None:
    """The preferred figures of one area and measure, oldest first, all of one length, no month counted twice.

    Whether two of them may be compared says countylines compare: a change of recording may lie between.

    \b
    Example: countylines series Norfolk drug_offences
             countylines series Norfolk drug_offences --csv --output norfolk.csv
             countylines series "the Met" nrm_police_referrals --months 3 --json
    """
    found = opened().series(area, measure, months, overlapping)
    if form is None:
        if output is not None:
            raise CountyLinesError("Say with --csv, --json or --parquet what the file shall be.")
        _say_series(found)
        return
    content = _as(found, form)
    if output is not None:
        output.write_bytes(content)
    elif form == "parquet" and sys.stdout.isatty():
        raise CountyLinesError("Parquet is nothing to read in a terminal; give --output or a pipe.")
    else:
        click.echo(content, nl=False)


def _say_series(found: "pl.DataFrame") -> None:
    rows = []
    for row in found.iter_rows(named=True):
        limits = None if row["lower_95"] is None else f"{row['lower_95']:.3f} to {row['upper_95']:.3f}"
        count = None if row["numerator"] is None else f"{row['numerator']:,.10g}"
        rate = None if row["value"] is None else f"{row['value']:.3f}"
        rows.append((row["period_start"], row["period_end"], count, rate, limits, row["status"], row["coverage_note"]))
    first = found.row(0, named=True)
    per = f"Per {first['multiplier']:,}" if first["multiplier"] else "Rate"
    say_table(("First day", "Last day", "Count", per, "95% interval", "Status", "Leaves out"), rows)


def _as(found: "pl.DataFrame", form: str) -> bytes:
    from io import BytesIO

    from transforms.outputs import csv_bytes

    if form == "csv":
        return csv_bytes(found)
    if form == "json":
        return (json.dumps(found.to_dicts(), default=str, ensure_ascii=False, indent=1) + "\n").encode()
    content = BytesIO()
    found.write_parquet(content, compression="zstd")
    return content.getvalue()


def _say_json(found: "pl.DataFrame") -> None:
    click.echo(json.dumps(found.to_dicts(), default=str, ensure_ascii=False, indent=1))
