"""The caveat boxes of sections: what limits their figures, found by rule and never left to whoever writes a section."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from reports import wording
from reports.document import Callout
from reports.numbers import OLDEST_POPULATION_MONTHS, ReportData, Row

FEWEST_EVENTS: Final = 20
MOST_DISPERSION: Final = 10.0


def caveat(
    rows: Sequence[Row],
    section: str,
    *,
    grades: Sequence[str] = (),
    breaks: Sequence[str] = (),
    dispersion: float | None = None,
    notes: int = 0,
) -> tuple[Callout, ...]:
    """The box of one section, or nothing where no trigger is met.

    ``rows`` of out/indicators stand in it; ``grades`` are those of its comparisons, ``breaks`` the labels of breaks within the plotted
    years, ``dispersion`` is φ of its funnel, ``notes`` counts publishers' notes on its areas. Each point says what, which figures it
    affects, and what would mend it.
    """
    refused = sorted({grade for grade in grades if grade in ("C", "X")})
    partial = [row for row in rows if row["coverage"] == "partial"]
    small = [row for row in rows if row["numerator"] is not None and row["numerator"] < FEWEST_EVENTS]
    old = [row for row in rows if row["denominator"] is not None and months_behind(row) > OLDEST_POPULATION_MONTHS]
    points = (
        *((wording.caveat_grades(refused),) if refused else ()),
        *((wording.caveat_breaks(breaks),) if breaks else ()),
        *((wording.caveat_coverage(partial),) if partial else ()),
        *((wording.caveat_small(small, FEWEST_EVENTS),) if small else ()),
        *((wording.caveat_dispersion(dispersion),) if dispersion is not None and dispersion > MOST_DISPERSION else ()),
        *((wording.caveat_population(old, max(map(months_behind, old))),) if old else ()),
        *((wording.caveat_notes(notes),) if notes else ()),
    )
    return (Callout(f"Read with care: {section}", "caveat", tuple((point,) for point in points)),) if points else ()


def months_behind(row: Row) -> int:
    """Months from the middle of the year of a row's population to the end of its period; 0 where the edition names no year."""
    year = pl.Series([row["denominator_edition"]], dtype=pl.String).str.extract(r"mid-(\d{4})")[0]
    return 0 if year is None else (row["period_end"].year - int(year)) * 12 + row["period_end"].month - 6


def grades_of(data: ReportData, area_id: str, measure_id: str) -> list[str]:
    """The grades of all comparisons of a measure in the ledger about an area."""
    about = (pl.col("area_id_a") == area_id) | (pl.col("area_id_b") == area_id)
    return data.comparability.filter(about & (pl.col("measure_id") == measure_id))["grade"].to_list()
