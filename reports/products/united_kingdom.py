"""Referrals in the whole United Kingdom: by kind of first responder, over the years, and by UK county. In the national report only, and never beside a force."""

from collections.abc import Iterable
from typing import Final

import polars as pl

from reports import formats, wording
from reports.document import Block, Heading, Paragraph, Table, TableColumn
from reports.numbers import ReportData
from reports.products.shared import source_note

KINDS: Final = "ho_nrm_first_responders"
LONG_RUN: Final = "ho_nrm_long_run"
COUNTIES: Final = "ho_nrm_uk_counties"
SOURCES: Final = (LONG_RUN, COUNTIES)
"""Sources of which every figure is of the United Kingdom or of a part of it that is no area here: kept as cells."""

_RESPONDERS: Final = {
    "NRM-GOVERNMENT-TOTAL": "Government agencies",
    "NRM-ORGANISATION-TOTAL": "Other organisations",
    "NRM-POLICE-TOTAL": "Police",
    "NRM-LOCAL-AUTHORITY-TOTAL": "Local authorities",
}
_TOTAL: Final = "Total"
_QUARTERS: Final = 4
_TEST_CHANGED: Final = "B16"
_NUMBER: Final = pl.col("value_text").cast(pl.Float64)


def referrals(data: ReportData) -> tuple[Block, ...]:
    """The tables of what is held of the three, with their cells; nothing where nothing is held."""
    tables = (*_by_kind(data), *_by_year(data), *_by_county(data))
    if not tables:
        return ()
    return (
        Heading(3, "Referrals in the United Kingdom", "referrals-united-kingdom"),
        Paragraph((wording.UNITED_KINGDOM_MEANING,)),
        *tables,
    )


def used_sources(data: ReportData) -> list[str]:
    """The sources of the section, as far as they are held."""
    held = set(data.united_kingdom["source_id"]) | set(data.observations["source_id"])
    return [source_id for source_id in (KINDS, *SOURCES) if source_id in held]


def _by_kind(data: ReportData) -> tuple[Block, ...]:
    totals = data.observations.filter(
        pl.col("part").is_null(),
        pl.col("area_id").is_in(list(_RESPONDERS)),
        source_id=KINDS,
        measure_id="nrm_referrals",
    )
    # A quarter has a table of its own for local authorities, with the same total.
    once = totals.sort("vintage", "edition_id").unique(["period_end", "area_id"], keep="first", maintain_order=True)
    rows = []
    for (start, end), of in once.sort("period_end").group_by("period_start", "period_end", maintain_order=True):
        counts = dict(of.select("area_id", "value").rows())
        cells = dict(of.select("area_id", pl.col("observation_id").str.split("/").list.last()).rows())
        told = [counts.get(area_id) for area_id in _RESPONDERS]
        every = sum(filter(None, told)) if None not in told else None
        named = ", ".join(cells[area_id] for area_id in _RESPONDERS if area_id in cells)
        rows.append((wording.capitalised(formats.period(start, end)), *map(_count, (*told, every)), named))
    if not rows:
        return ()
    headers = (*_RESPONDERS.values(), "All")
    return (
        Table(
            anchor="table-referrals-by-kind",
            on_paper=False,
            caption="Potential victims referred in the United Kingdom, by kind of first responder",
            columns=(
                TableColumn("Quarter"),
                *(TableColumn(name, numeric=True) for name in headers),
                TableColumn("Cells"),
            ),
            rows=tuple(rows),
            source_note=f"{source_note(data, once)} {wording.quarters_not_held(_absent(once))}".strip(),
            dense=True,
        ),
    )


def _absent(rows: pl.DataFrame) -> list[str]:
    """The quarters between the first and the last of the rows of which there is none."""
    between = rows.select(
        pl.date_range(pl.col("period_start").min(), pl.col("period_start").max(), "3mo").alias("period_start")
    )
    absent = between.join(rows, on="period_start", how="anti").with_columns(
        pl.col("period_start").dt.offset_by("2mo").dt.month_end().alias("period_end")
    )
    return [formats.period(start, end) for start, end in absent.rows()]


def _count(value: float | None) -> str:
    return formats.NOT_AVAILABLE if value is None else formats.count(value)


def _by_year(data: ReportData) -> tuple[Block, ...]:
    of_years = (
        data.united_kingdom.filter(source_id=LONG_RUN)
        .with_columns(
            pl.col("period_text").str.split_exact(" | ", 1).struct.rename_fields(["year", "quarter"]),
            _NUMBER.alias("value"),
        )
        .unnest("period_text")
    )
    referred = of_years.filter(
        pl.col("edition_id").str.ends_with("-referrals"), pl.col("breakdown_text").str.ends_with(f"| {_TOTAL}")
    )
    if referred.is_empty():
        return ()
    is_child = pl.col("breakdown_text").str.starts_with("Child")
    place = pl.col("cell").str.extract(r"(\d+)$").cast(pl.Int64)
    years = referred.group_by("year").agg(
        pl.col("value").sum(),
        pl.col("value").filter(is_child).sum().alias("children"),
        pl.col("quarter").n_unique().alias("quarters"),
        pl.col("cell").sort_by(place).first().alias("first"),
        pl.col("cell").sort_by(place).last().alias("last"),
    )
    beside = (
        of_years.filter(quarter=_TOTAL)
        .group_by("year")
        .agg(
            _of("-duty-to-notify", _TOTAL).alias("reports"),
            *(_of(f"-{grounds}-grounds", "Positive").alias(f"{grounds}_positive") for grounds in _GROUNDS),
            *(_of(f"-{grounds}-grounds", "Negative").alias(f"{grounds}_negative") for grounds in _GROUNDS),
        )
    )
    listed = years.join(beside, on="year", how="left").sort("year")
    changed = data.breaks.filter(pl.col("break_id") == _TEST_CHANGED).head(1)
    told = [f"{formats.day(day)}: {words}" for day, words in changed.select("date", "in_words").iter_rows()]
    source = data.sources[LONG_RUN]
    return (
        Table(
            anchor="table-referrals-by-year",
            caption="Potential victims referred, reports of adults who did not consent, and decisions, United Kingdom",
            columns=(
                TableColumn("Year"),
                *(
                    TableColumn(name, numeric=True)
                    for name in (
                        "Referred",
                        "Children",
                        "Duty to notify",
                        "Reasonable grounds, of all",
                        "Conclusive grounds, of all",
                    )
                ),
                TableColumn("Cells of referrals"),
            ),
            rows=tuple(
                (
                    row["year"] if row["quarters"] == _QUARTERS else f"{row['year']} ({row['quarters']} quarters)",
                    *(_count(row[name]) for name in ("value", "children", "reports")),
                    *(_decisions(row[f"{grounds}_positive"], row[f"{grounds}_negative"]) for grounds in _GROUNDS),
                    f"{row['first']} to {row['last']}",
                )
                for row in listed.iter_rows(named=True)
            ),
            source_note=" ".join([f"Source: {source.publisher.name}, {source.title}.", *told]),
            dense=True,
            on_paper=False,
        ),
    )


_GROUNDS: Final = ("reasonable", "conclusive")


def _of(edition: str, measure: str) -> pl.Expr:
    """The sum of a year's figures of one table whose measure has a word; null where there is none. Columns that add up ages are left out."""
    is_measure = pl.col("measure_text").str.contains(rf"(?:^|- ){measure}")
    held = pl.col("value").filter(pl.col("edition_id").str.ends_with(edition) & is_measure)
    return pl.when(held.len() > 0).then(held.sum())


def _decisions(positive: float | None, negative: float | None) -> str:
    if positive is None or negative is None:
        return formats.NOT_AVAILABLE
    return f"{formats.count(positive)} of {formats.count(positive + negative)}"


def _by_county(data: ReportData) -> tuple[Block, ...]:
    counties = data.united_kingdom.filter(source_id=COUNTIES).with_columns(_NUMBER.alias("value"))
    if counties.is_empty():
        return ()
    source = data.sources[COUNTIES]
    (edition,) = source.editions
    return (
        Paragraph((wording.counties(len(counties), float(counties["value"].sum()), edition.title),)),
        Table(
            anchor="table-referrals-by-county",
            caption=f"Potential victims referred, by UK county as the publisher names it, {edition.title}",
            columns=(TableColumn("UK county"), TableColumn("Referrals", numeric=True), TableColumn("Cell")),
            rows=tuple(_counties(counties.select("area_text", "value", "cell").iter_rows())),
            source_note=f"Source: {source.publisher.name}, {source.title}, as made by others (third hand).",
            dense=True,
            on_paper=False,
        ),
    )


def _counties(rows: Iterable[tuple[str, float, str]]) -> Iterable[tuple[str, str, str]]:
    return ((name, formats.count(value), cell) for name, value, cell in sorted(rows))
