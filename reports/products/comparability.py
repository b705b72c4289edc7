"""The section on which figures of a report may be compared: what the ledger says of its area."""

from collections.abc import Collection, Iterator

import polars as pl

from reports import formats, wording
from reports.document import Block, Heading, Paragraph, Run, Table, TableColumn
from reports.numbers import ReportData, Row
from reports.products.shared import NATION
from transforms.contracts.tables import COMPARISONS

# The newest comparison of each kind and measure says how the others of it are to be read.
# Rows on the page: the strictest grades first, then those that most comparisons are like; the data pack has all.
_SHOWN = 10


def comparisons(data: ReportData, area_id: str) -> tuple[Block, ...]:
    """A line for each comparison that the report invites, with its grade and what may be said."""
    ledger = data.comparability.filter((pl.col("area_id_a") == area_id) | (pl.col("area_id_b") == area_id))
    if area_id == NATION:
        ledger = ledger.filter(pl.col("kind") != "nation")
    if ledger.is_empty():
        return ()
    newest = (
        ledger.sort("period_end_b", "period_end_a", "comparison_id")
        .group_by("measure_id", "kind", pl.col("grade"), maintain_order=True)
        .agg(pl.all().last(), pl.len().alias("pairs"))
        .with_columns(pl.col("kind").cast(pl.Enum(COMPARISONS)))
        .sort("measure_id", "kind", "grade")
    )
    shown = newest.sort("grade", "pairs", descending=True, maintain_order=True).head(_SHOWN)
    refused = ledger.filter(pl.col("grade") == "X")
    return (
        Heading(2, "What can be compared?", "comparability"),
        Paragraph((wording.GRADES_MEANING,)),
        Table(
            anchor="table-comparability",
            caption="Comparisons that this report invites, each with its grade; of several alike, the newest",
            columns=(
                TableColumn("Figures"),
                TableColumn("Compared"),
                TableColumn("Grade"),
                TableColumn("Reason"),
                TableColumn("Alike", numeric=True),
            ),
            rows=tuple(_lines(data, shown.sort("measure_id", "kind", "grade"))),
            source_note="Grades follow from what is registered of units, definitions, populations, periods, places, coverage, breaks and sources."
            + wording.more_comparisons(len(newest) - len(shown)),
            dense=True,
            on_paper=False,
        ),
        Paragraph((wording.refused_comparisons(len(refused), len(ledger)),)),
    )


def _lines(data: ReportData, newest: pl.DataFrame) -> Iterator[tuple[Run, ...]]:
    for row in newest.iter_rows(named=True):
        yield (
            data.measure_names[row["measure_id"]],
            wording.comparison(row, _name(data, row["area_id_a"]), _name(data, row["area_id_b"])),
            row["grade"],
            wording.reasons(row["reasons"]),
            formats.count(row["pairs"]),
        )


def _name(data: ReportData, area_id: str) -> str:
    return str(data.area(area_id)["name"])


def over_time(data: ReportData, measure_id: str, area_ids: Collection[str]) -> str:
    """The grade that a table of several periods prints: of each figure with that of a year or a month before, and of the first and the latest."""
    pairs = data.pairs(measure_id, "year_before", "month_before", "first_and_latest")
    return grades_of(pairs.filter(pl.col("area_id_a").is_in(list(area_ids))), "over time")


def from_cycle_to_cycle(data: ReportData, area_ids: Collection[str]) -> str:
    """The grade that a table of inspection grades of several cycles prints."""
    pairs = data.comparability.filter((pl.col("kind") == "inspection") & pl.col("area_id_a").is_in(list(area_ids)))
    return grades_of(pairs, "from cycle to cycle")


def of_programme(data: ReportData) -> str:
    """The grade that a table of results of the programme prints: of each result by the month and that of the period before."""
    return grades_of(data.comparability.filter(kind="programme"), "from period to period")


def between_areas(data: ReportData, measure_id: str, area_ids: Collection[str], end: object) -> str:
    """The grade that a table of several police force areas in one period prints: of every two of them."""
    listed = list(area_ids)
    pairs = data.pairs(measure_id, "areas").filter(
        (pl.col("period_end_a") == end) & pl.col("area_id_a").is_in(listed) & pl.col("area_id_b").is_in(listed)
    )
    return grades_of(pairs, "between areas")


def with_nation(data: ReportData, figure_ids: Collection[str]) -> pl.DataFrame:
    """The pairs of these figures with that of England and Wales in the ledger, in its order."""
    return data.comparability.filter((pl.col("kind") == "nation") & pl.col("figure_id_a").is_in(list(figure_ids)))


def headline_grade(data: ReportData, measure_id: str, end: object) -> Row | None:
    """The worst-graded pair of police force areas of one measure and period, which grades the whole list; None without one."""
    pairs = data.pairs(measure_id, "areas").filter(pl.col("period_end_a") == end).sort("grade", "comparison_id")
    return pairs.row(-1, named=True) if len(pairs) else None


def grades_of(pairs: pl.DataFrame, how: str) -> str:
    """The grade of pairs of the ledger as a table prints it; ``how`` says what is beside what."""
    return wording.grades_of_table(pairs.select("grade", "reasons", "comparison_id").to_dicts(), how)
