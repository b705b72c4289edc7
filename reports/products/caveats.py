"""The caveat boxes of sections: what limits their figures, found by rule and never left to whoever writes a section."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl

from reports import wording
from reports.document import Callout
from reports.numbers import OLDEST_POPULATION_MONTHS, ReportData, Row

FEWEST_EVENTS: Final = 20
MOST_DISPERSION: Final = 10.0
OLDEST_INSPECTION_MONTHS: Final = 24
_MID_YEAR: Final = re.compile(r"mid-(\d{4})")


def caveat(
    rows: Sequence[Row],
    section: str,
    *,
    grades: Sequence[tuple[str, str]] = (),
    breaks: Sequence[str] = (),
    dispersion: float | None = None,
    notes: int = 0,
    managed: Sequence[str] = (),
    inspected: tuple[str, int] | None = None,
) -> tuple[Callout, ...]:
    """The box of one section, or nothing where no trigger is met.

    ``rows`` of out/indicators stand in it; ``grades`` are those of its comparisons with the kind of each, ``breaks`` the labels of breaks within the plotted
    years, ``dispersion`` is φ of its funnel, ``notes`` counts publishers' notes on its areas, ``managed`` are the titles of its
    sources that are management information, ``inspected`` is the newest cycle of grades and its age in months. Each point says what, which figures it
    affects, and what would mend it.
    """
    refused = [(grade, kind) for grade, kind in grades if grade in ("C", "X")]
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
        *((wording.caveat_management(managed),) if managed else ()),
        *((wording.inspection_age(*inspected),) if inspected and inspected[1] > OLDEST_INSPECTION_MONTHS else ()),
    )
    return (Callout(f"Read with care: {section}", "caveat", tuple((point,) for point in points)),) if points else ()


def months_behind(row: Row) -> int:
    """Months from the middle of the year of a row's population to the end of its period; 0 where the edition names no year."""
    named = _MID_YEAR.search(row["denominator_edition"] or "")
    return 0 if named is None else (row["period_end"].year - int(named[1])) * 12 + row["period_end"].month - 6


def grades_of(data: ReportData, area_id: str, measure_id: str) -> list[tuple[str, str]]:
    """Grade and kind of all comparisons of a measure in the ledger about an area, each pair of them once."""
    about = (pl.col("area_id_a") == area_id) | (pl.col("area_id_b") == area_id)
    pairs = data.comparability.filter(about & (pl.col("measure_id") == measure_id))
    return pairs.select("grade", "kind").unique().sort("grade", "kind").rows()


def management_information(data: ReportData, source_ids: Iterable[str]) -> list[str]:
    """The titles of those sources that the register of quality calls management information, in the register's order."""
    managed = data.source_quality.filter(pl.col("quality") == "management information")["source_id"].to_list()
    return [data.sources[source_id].title for source_id in managed if source_id in set(source_ids) & set(data.sources)]
