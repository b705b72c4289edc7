"""The section that sets the headlines of a police force area beside its neighbours, similar ones, its region, and England and Wales."""

from typing import Final

import polars as pl

from reports import formats, wording
from reports.document import Block, Heading, Paragraph, Table, TableColumn
from reports.numbers import ReportData, Row, rate
from reports.products.shared import source_note
from transforms.comparability import GROUPS, most_similar, stays

ANCHOR: Final = "beside"
_SEPARATOR: Final = "; "


def beside(data: ReportData, area_id: str) -> tuple[Block, ...]:
    """A row a headline with the rates of each group and their strictest grade, which areas these are, and how the similar ones were found; nothing where no rate is held."""
    held = data.beside.filter(pl.col("area_id") == area_id)
    if held.is_empty() or held["rated"].sum() == 0:
        return ()
    name = data.area(area_id)["name"]
    figures = data.figures(area_id).filter(pl.col("indicator_id").is_in(data.profile["indicator_id"].implode()))
    own = {row["measure_id"]: row for row in figures.filter(pl.col("value").is_not_null()).iter_rows(named=True)}
    groups = {(row["measure_id"], row["group"]): row for row in held.iter_rows(named=True)}
    labels = dict(data.headlines.select("measure_id", "label").iter_rows())
    measures = [each for each in held["measure_id"].unique(maintain_order=True) if each in own]
    if not measures:
        return ()
    table = Table(
        anchor="table-beside",
        caption=f"{name} beside its neighbours, similar police force areas, its region, and England and Wales: rates of the same period",
        columns=(
            *(TableColumn("Measure"), TableColumn("Period"), TableColumn(name, numeric=True)),
            *(TableColumn(wording.group_name(group), numeric=True) for group in GROUPS),
        ),
        rows=tuple(
            (
                f"{labels[measure_id]}, {wording.per({**own[measure_id], 'unit': _units(data)[measure_id]})}",
                formats.short_period(own[measure_id]["period_start"], own[measure_id]["period_end"]),
                rate(own[measure_id]),
                *(_cell(groups.get((measure_id, group))) for group in GROUPS),
            )
            for measure_id in measures
        ),
        source_note=" ".join(
            [
                *_how(data, area_id),
                wording.BESIDE_NOTE,
                source_note(data, figures),
                formats.legend([formats.NOT_AVAILABLE]),
            ]
        ),
        dense=True,
        on_paper=False,
    )
    near = next(iter(held.filter(pl.col("group") == "neighbours")["others"]), None)
    names = [data.area(other)["name"] for other in near.split(_SEPARATOR)] if near else []
    return (
        Heading(2, "How is it next door, and in places alike?", ANCHOR),
        *((Paragraph((wording.neighbours(names),)),) if names else ()),
        table,
    )


def _units(data: ReportData) -> dict[str, str]:
    return dict(data.measures.select("measure_id", "unit_plural").iter_rows())


def _cell(row: Row | None) -> str:
    """'1.5 to 3.0, A': the rates of a group with their strictest grade; of several areas of which some have no rate, how many have."""
    if row is None or not row["rated"]:
        return formats.NOT_AVAILABLE
    return wording.group_cell(row)


def _how(data: ReportData, area_id: str) -> list[str]:
    """Which areas are similar, how they were found, and what they rest on; that none is; nothing where it is not known."""
    distances = data.similar.filter(pl.col("area_id") == area_id)
    near = most_similar(distances)
    listed = [(data.area(other)["name"], far) for other, far in near.select("other_id", "distance").iter_rows()]
    if listed:
        return [wording.SIMILAR, wording.distances(listed), wording.sensitivity(stays(distances).row(0, named=True))]
    return [wording.NONE_SIMILAR] if len(distances) else []
