"""The section on consistency between forces: how sure their order is, and in the national report how unlike they are and whether that changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import polars as pl

from reports import formats, numbers, wording
from reports import wording_figures as words
from reports.document import Block, Figure, Heading, Link, Number, Paragraph, Run, Table, TableColumn
from reports.figures import RankedRow, Reference, ranked_intervals
from reports.numbers import ReportData, Row
from reports.products.children import EXPLOITATION
from reports.products.comparability import grades_of, headline_grade, with_nation
from reports.products.recorded import extremes
from reports.products.shared import CHILD_REFERRALS, DRUGS, NATION, REFERRALS, source_note

_MEASURES: Final = (DRUGS, REFERRALS, CHILD_REFERRALS, EXPLOITATION)


def consistency(data: ReportData, area_id: str, forces: Sequence[str]) -> tuple[Block, ...]:
    """How sure the order of forces is, as a chart with intervals; in the national report with how unlike they are, year against year, and the
    figures of all, in the others, on the page only, with those of the report's own areas (``forces``) beside their region and the nation, the own marked;
    nothing without a rate."""
    headline = data.headline_period(DRUGS)
    if headline is None:
        return ()
    start, end = headline
    rows = data.forces(DRUGS, start, end)
    period = formats.period(start, end)
    nation = data.number(DRUGS, NATION, start, end)
    is_nation = area_id == NATION
    highlighted = frozenset(() if is_nation else forces)
    ordered = list(rows.sort("value", "area_name", descending=[True, False], nulls_last=True).iter_rows(named=True))
    note = source_note(data, rows)
    title = words.rates_title(words.IN_ORDER, ordered, highlighted)
    described = extremes(ordered, highlighted)
    ranks = {row["area_id"]: row for row in data.compared(DRUGS, start, end).iter_rows(named=True)}
    ranked = Figure(
        anchor="figure-forces",
        title=title,
        description=f"Dot chart with 95% intervals, {period}, areas ordered by rate. {described}",
        svg=ranked_intervals(
            [_ranked_row(row, row["area_id"] in highlighted) for row in ordered],
            anchor="figure-forces",
            title=title,
            description=f"Dot chart with 95% intervals, areas ordered by rate. {described}",
            unit="Offences per 1,000 residents, with 95% interval",
            reference=Reference(nation["value"], f"England and Wales {formats.rate(nation['value'])}")
            if nation
            else None,
        ),
        table=Table(
            anchor="table-forces",
            caption=f"Drug offences by police force area, {period}, in order of the rate",
            columns=_columns("Police force area", ranks),
            rows=tuple(_line(row, ranks) for row in ordered),
            source_note=note,
        )
        if is_nation
        else None,
        source_note=note if is_nation else f"{note} {wording.IN_THE_NATIONAL_REPORT}",
        on_paper=is_nation,
    )
    own = [row for row in ordered if row["area_id"] in highlighted]
    return (
        Heading(2, "How do forces differ?", "consistency"),
        Paragraph((f"{wording.OVERLAPPING} {wording.list_grade(headline_grade(data, DRUGS, end))}",)),
        *(_dispersion(data) if is_nation else (_elsewhere(data), _beside(data, area_id, headline, own, ranks))),
        ranked,
    )


def _elsewhere(data: ReportData) -> Paragraph:
    """Where the spread between forces and the figures of all of them are."""
    before, after = wording.SPREAD_ELSEWHERE
    return Paragraph((before, Link("national report", f"{data.area(NATION)['slug']}.html#consistency"), after))


def _beside(
    data: ReportData, area_id: str, headline: tuple[date, date], own: Sequence[Row], ranks: Mapping[str, Row]
) -> Table:
    """The report's own forces with their ranks, the region around them, and the nation unless the ledger refuses it beside them."""
    start, end = headline
    area = data.area(area_id)
    around = data.number(DRUGS, area["region_id"] if area["kind"] == "police_force_area" else area_id, start, end)
    figures = [*own, *((around,) if around else ())]
    pairs = with_nation(data, [row["indicator_id"] for row in figures])
    nation = data.number(DRUGS, NATION, start, end)
    if nation and len(pairs) and (pairs["grade"] != "X").all():
        figures.append(nation)
    note = source_note(data, pl.DataFrame(figures).select("source_id", "status"))
    ranked = wording.RANKS_OF_FORCES if ranks else ""
    return Table(
        anchor="table-own-areas",
        caption=f"Drug offences recorded by the police, {formats.period(start, end)}: {wording.joined(row['area_name'] for row in figures)}",
        columns=_columns("Area", ranks),
        rows=tuple(_line(row, ranks) for row in figures),
        source_note=" ".join(said for said in (note, ranked, grades_of(pairs, "with England and Wales")) if said),
        highlighted=frozenset(place for place, row in enumerate(figures) if row["area_id"] == area_id),
    )


def _columns(areas: str, ranks: Mapping[str, Row]) -> tuple[TableColumn, ...]:
    return (
        TableColumn(areas),
        TableColumn("Offences", numeric=True),
        TableColumn("Per 1,000 residents (95% interval)", numeric=True),
        *((TableColumn("Rank (95% interval)", numeric=True),) if ranks else ()),
    )


def _line(row: Row, ranks: Mapping[str, Row]) -> tuple[Run, ...]:
    return (
        *(row["area_name"], numbers.count(row), numbers.rate_with_interval(row)),
        *((_rank(ranks.get(row["area_id"])),) if ranks else ()),
    )


def _dispersion(data: ReportData) -> tuple[Block, ...]:
    """A line for the first and the newest year of each measure, and whether the two can be told apart."""
    found = {measure: data.dispersion(measure) for measure in _MEASURES}
    rows = [(data.measure_names[measure], row) for measure, years in found.items() for row in years]
    if not rows:
        return ()
    pairs = {
        measure: data.comparability.filter(
            (pl.col("kind") == "first_and_latest_year") & (pl.col("measure_id") == measure)
        ).to_dicts()
        for measure in found
    }
    told = {
        data.measure_names[measure]: (years[0], years[1])
        for measure, years in found.items()
        if len(years) > 1 and all(pair["grade"] in ("A", "B") for pair in pairs[measure])
    }
    graded = {
        data.measure_names[measure]: max(pair["grade"] for pair in of) if of else formats.NOT_APPLICABLE
        for measure, of in pairs.items()
    }
    return (
        Paragraph((wording.DISPERSION_MEANING,)),
        Table(
            anchor="table-dispersion",
            caption="How unlike police force areas are: the newest year, and the first that may be compared with it",
            columns=(
                TableColumn("Measure"),
                TableColumn("Period"),
                TableColumn("Areas", numeric=True),
                TableColumn("SCV (95% interval)", numeric=True),
                TableColumn("τ (95% interval)", numeric=True),
                TableColumn("Grade"),
            ),
            rows=tuple(
                (
                    *(name, wording.capitalised(numbers.period(row)), formats.count(row["areas"])),
                    f"{formats.rate(row['scv'])} ({formats.interval(row['scv_lower'], row['scv_upper'])})",
                    f"{formats.deviation(row['tau'])} ({formats.interval(row['tau_lower'], row['tau_upper'], formats.deviation)})",
                    graded[name],
                )
                for name, row in rows
            ),
            source_note="Worked out from the counts and populations of this build; limits from 2,000 resamples of the areas. "
            f"The grade is that of the two years. {formats.legend(set(graded.values()) & {formats.NOT_APPLICABLE})}".strip(),
            dense=True,
        ),
        *((Paragraph((wording.dispersion_over_time(told),)),) if told else ()),
    )


def _rank(row: Row | None) -> Run:
    """The rank with its interval, as a number that leads to its evidence; the shorthand where an area has none."""
    return formats.NOT_APPLICABLE if row is None else Number(wording.rank(row), row["indicator_id"])


def _ranked_row(row: Row, highlighted: bool) -> RankedRow:
    shown = row["value"] is not None
    return RankedRow(
        name=row["area_name"],
        value=row["value"],
        lower=row["lower_95"],
        upper=row["upper_95"],
        value_text=formats.rate(row["value"]) if shown else formats.missing(row["status"]),
        highlighted=highlighted,
        reason="" if shown else wording.no_rate(row),
    )
