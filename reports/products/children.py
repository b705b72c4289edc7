"""The section on children whom local authorities assessed: exploitation and gangs as factors, added up to police force areas."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from reports import formats, numbers, wording
from reports.document import Block, Heading, Paragraph, Run, Table, TableColumn
from reports.numbers import ReportData, Row
from reports.products.comparability import between_areas, over_time
from reports.products.shared import MOST_AREAS_ON_PAPER, source_note

EXPLOITATION, GANGS = "child_criminal_exploitation_episodes", "gangs_episodes"
# Of these the newest figure of an area alone, beside the years of the two above.
OTHERS: Final = (
    "social_care_referrals",
    "children_in_need_episodes",
    "permanent_exclusions_drugs_alcohol",
    "fixed_period_exclusions_drugs_alcohol",
)
_COLUMNS = (
    TableColumn("Criminal exploitation", numeric=True),
    TableColumn("Per 10,000 children", numeric=True),
    TableColumn("95% interval", numeric=True),
    TableColumn("Gangs", numeric=True),
    TableColumn("Per 10,000 children", numeric=True),
    TableColumn("95% interval", numeric=True),
)


def children(data: ReportData, forces: Sequence[str]) -> tuple[Block, ...]:
    """M11 and M12: by year for one police force area, by area in the newest year for several; nothing where England has no part in it."""
    held = data.indicators.filter(
        pl.col("measure_id").is_in([EXPLOITATION, GANGS])
        & pl.col("area_id").is_in(list(forces))
        & pl.col("is_preferred")
    ).sort("period_end", "area_name", "measure_id")
    if held.is_empty():
        return ()
    newest = held["period_end"].max()
    shown = held if len(forces) == 1 else held.filter(pl.col("period_end") == newest)
    by_line: dict[str, dict[str, Row]] = {}
    for row in shown.iter_rows(named=True):
        line = formats.month(row["period_end"]) if len(forces) == 1 else row["area_name"]
        by_line.setdefault(line, {})[row["measure_id"]] = row
    what = "by year" if len(forces) == 1 else f"by police force area, {numbers.period(shown.row(-1, named=True))}"
    graded = (
        over_time(data, EXPLOITATION, forces) if len(forces) == 1 else between_areas(data, EXPLOITATION, forces, newest)
    )
    exploitation = shown.filter(measure_id=EXPLOITATION).to_dicts()
    on_paper = len(by_line) <= MOST_AREAS_ON_PAPER
    spread = () if on_paper else wording.children_spread(exploitation)
    gaps = wording.authorities_without_figures(exploitation)
    return (
        Heading(3, "Children assessed by local authorities", "children"),
        Paragraph((wording.CHILDREN_MEANING,)),
        Table(
            anchor="table-children",
            caption=f"Assessments of children in need that record criminal exploitation or gangs as a factor, {what}",
            columns=(TableColumn("Year ending" if len(forces) == 1 else "Police force area"), *_COLUMNS),
            rows=tuple(
                (line, *_three(rows.get(EXPLOITATION)), *_three(rows.get(GANGS))) for line, rows in by_line.items()
            ),
            source_note=f"{source_note(data, shown)} {graded}".strip(),
            dense=True,
            on_paper=on_paper,
        ),
        *((Paragraph(spread),) if spread else ()),
        *((Paragraph((gaps,)),) if gaps else ()),
        *(_others(data, forces[0]) if len(forces) == 1 else ()),
    )


def _others(data: ReportData, force: str) -> tuple[Block, ...]:
    """The newest figure of every other count of children of one police force area; nothing where there is none."""
    newest = (
        data.indicators.filter(
            pl.col("measure_id").is_in(list(OTHERS))
            & (pl.col("area_id") == force)
            & pl.col("is_preferred")
            & pl.col("numerator").is_not_null()
        )
        .sort("period_end")
        .unique("measure_id", keep="last")
        .sort(pl.col("measure_id").replace_strict({measure: at for at, measure in enumerate(OTHERS)}))
    )
    if newest.is_empty():
        return ()
    return (
        Table(
            anchor="table-children-others",
            caption="Other counts of children, the newest year held of each",
            columns=(
                TableColumn("Count"),
                TableColumn("Period"),
                TableColumn("Number", numeric=True),
                TableColumn("Per 10,000 children", numeric=True),
                TableColumn("95% interval", numeric=True),
            ),
            rows=tuple(
                (data.measure_names[row["measure_id"]], numbers.period(row), *_three(row))
                for row in newest.iter_rows(named=True)
            ),
            source_note=source_note(data, newest),
            dense=True,
        ),
    )


def _three(row: Row | None) -> tuple[Run, Run, Run]:
    if row is None:
        return (formats.NOT_AVAILABLE,) * 3
    return (numbers.count(row), numbers.rate(row), numbers.interval(row))
