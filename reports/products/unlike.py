"""The box on a force's own figures that are far from those before them: what is printed elsewhere in its report, with the figure before it."""

from collections.abc import Sequence

import polars as pl

from reports import formats, numbers, wording
from reports.document import Callout, Number, Prose, Run
from reports.numbers import ReportData, Row
from reports.products.incidents import RECORDS
from reports.products.recorded import at_year_ends
from reports.products.shared import DRUGS
from transforms.indicators.sums import BY_YEAR


def unlike_before(data: ReportData, area_id: str, forces: Sequence[str]) -> tuple[Callout, ...]:
    """A point for each figure of a report on one force that is less than half or more than double the one before; nothing elsewhere, or without one."""
    if list(forces) != [area_id]:
        return ()
    reported = data.figures(area_id).filter("is_preferred")
    newest = pl.col("period_end") == pl.col("period_end").max().over("measure_id")
    printed = reported.filter(newest | ~pl.col("measure_id").is_in(BY_YEAR)).filter(pl.col("measure_id") != DRUGS)
    years = at_year_ends(data.preferred(DRUGS, area_id).filter(pl.col("months") == 12))
    figure = ["measure_id", "period_start", "period_end"]
    known = pl.concat([printed.select(figure), years.select(figure)]).unique()
    order = {measure: place for place, measure in enumerate(data.measures["measure_id"])}
    unlike = data.plausibility.filter(
        (pl.col("area_id") == area_id) & (~pl.col("like_year_before") | ~pl.col("like_just_before"))
    )
    of_records = unlike.filter(pl.col("measure_id").is_in(RECORDS))
    odd = pl.concat([unlike.join(known, on=figure, how="semi"), of_records]).sort(
        pl.col("measure_id").replace_strict(order, return_dtype=pl.Int64), "period_end", "period_start"
    )
    points: list[Prose] = [
        wording.unlike_before(data.measure_names[row["measure_id"]], row, _figure(data, row))
        for row in odd.iter_rows(named=True)
    ]
    return (Callout(wording.UNLIKE_TITLE, "caveat", ((wording.UNLIKE_MEANING,), *points)),) if points else ()


def _figure(data: ReportData, row: Row) -> Run:
    """The figure as the report prints it; a sum of several published counts that is no indicator has no cell of its own."""
    if known := data.number(row["measure_id"], row["area_id"], row["period_start"], row["period_end"]):
        return numbers.count(known)
    named = [
        pl.col(name) == row[name] for name in ("measure_id", "area_id", "edition_id", "period_start", "period_end")
    ]
    cells = data.observations.filter(*named)["observation_id"]
    said = formats.count(row["value"])
    return Number(said, cells[0]) if len(cells) == 1 else said
