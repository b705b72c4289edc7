"""Charts of series for notebooks, drawn as those of the reports are."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from countylines.build import Build


@dataclass(frozen=True)
class Drawing:
    """A chart as SVG, with a title and a description for those who do not see it; a notebook shows it."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: "str | os.PathLike[str]") -> Path:
        """Write the chart as an SVG file, and return its path."""
        file = Path(path)
        file.write_text(self.svg, encoding="utf-8")
        return file


def drawn(build: "Build", areas: "Sequence[str]", measure: str, months: int | None, counts: bool) -> Drawing:
    """See ``Build.figure``."""
    import polars as pl

    from reports import formats, wording
    from reports.figures import on_paper, time_series
    from reports.products.recorded import parting_days, segment

    what = "numerator" if counts else "value"
    parts = []
    for area in areas:
        rows = build.series(area, measure, months)
        measure_id, area_id = rows.row(0, named=True)["measure_id"], rows.row(0, named=True)["area_id"]
        parting = parting_days(build.registers.breaks, measure_id, _within(build, area_id))
        parts.append(
            rows.select(
                pl.col("area_name").alias("series"),
                "period_end",
                pl.col(what).alias("value"),
                segment(parting).alias("segment"),
            )
        )
    about = build.registers.measures.row(by_predicate=pl.col("measure_id") == measure_id, named=True)
    first = rows.row(0, named=True)
    unit = wording.capitalised(about["unit_plural"])
    if not counts and first["multiplier"] and first["denominator_rule"] != "offences":
        unit += f" per {formats.count(first['multiplier'])} residents"
    names = ", ".join(dict.fromkeys(name for part in parts for name in part["series"]))
    lasts = "one month" if first["months"] == 1 else f"{formats.small_number(first['months'])} months"
    title = f"{about['name']}, {names}, {lasts} ending on the date shown"
    points = pl.concat(parts)
    known = points.drop_nulls("value")
    write = formats.count if counts else formats.rate
    described = "; ".join(
        f"{part['series'][0]}: {write(part['value'][0])} in {formats.month(part['period_end'][0])}, "
        f"{write(part['value'][-1])} in {formats.month(part['period_end'][-1])}"
        for part in known.partition_by("series", maintain_order=True)
    )
    svg = time_series(
        points, anchor=f"series-{measure_id}", title=title, description=f"{described}.", unit=unit, value_format=write
    )
    return Drawing(on_paper(svg))


def _within(build: "Build", area_id: str) -> list[str]:
    """The police force areas that an area is made of; all where the registers do not say, as of England and Wales."""
    import polars as pl

    forces = build.table("core/areas").filter(pl.col("kind") == "police_force_area")
    own = forces.filter(
        pl.any_horizontal(
            (pl.col(name) == area_id).fill_null(False) for name in ("area_id", "region_id", "policing_region_id")
        )
    )
    return list((own if len(own) else forces)["area_id"])
