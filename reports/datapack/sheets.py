"""Which tables the workbook of a report has, and what stands above each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from reports import formats, wording
from reports.numbers import ReportData
from reports.products.products import forces_of
from reports.products.shared import NATION
from transforms.contracts import INDICATORS
from transforms.indicators.local_authorities import PER_CHILD
from transforms.indicators.shares import OF_OFFENCES
from transforms.indicators.sums import BY_QUARTER

# A cell that has nothing to say is not left blank: a blank reads as a mistake, and screen readers pass over it.
NOTHING: Final = "none"
SOURCES: Final = "Sources"
FORCES_NEWEST: Final = "A police force has its newest figures here. Its earlier ones are in its own workbook, and all are in county_lines.csv."
_LONGEST_SHEET_NAME: Final = 31  # the file format allows no more

_STATUS: Final = next(column for column in INDICATORS.columns if column.name == "status")
_MISSING: Final = {status: formats.missing(status) for status in _STATUS.allowed or () if status != "ok"}


@dataclass(frozen=True)
class Sheet:
    """One worksheet with one table. ``about`` are the lines between the title and the table.

    Columns of ``frame`` are the printed headers in order. Text columns have no nulls; where a column of numbers has one, ``missing`` names
    the column of ``frame`` (not printed) with the shorthand to print instead.
    """

    name: str
    title: str
    about: tuple[str, ...]
    frame: pl.DataFrame
    missing: dict[str, str]


def prepared(data: ReportData, measures: pl.DataFrame, revisions: pl.DataFrame) -> pl.DataFrame:
    """Every number that reports print, with the texts that workbooks print beside it, made once for all workbooks.

    The rows of out/indicators that are preferred and are no districts', with ``measure_name``, ``period``, ``edition``, ``covers``, ``markers``
    ([r] for a figure that an earlier edition printed otherwise, [b] for a period with a break), ``count_missing``, ``rate_missing`` and
    ``residents_missing``.
    """
    rows = data.indicators.filter("is_preferred")
    periods = rows.select("period_start", "period_end").unique().sort("period_start", "period_end")
    in_words = [formats.period(start, end) for start, end in periods.iter_rows()]
    revised = revisions.filter(pl.col("change_since_first") != 0).select(
        "measure_id", "area_id", "period_start", "period_end", "edition_id", revised=pl.lit(formats.REVISED)
    )
    return (
        rows.join(periods.with_columns(period=pl.Series(in_words)), on=["period_start", "period_end"], how="left")
        .join(_editions_named(data), on=["source_id", "edition_id"], how="left")
        .join(
            measures.select("measure_id", "unit_plural", pl.col("name").alias("measure_name")),
            on="measure_id",
            how="left",
        )
        .join(
            revised, on=["measure_id", "area_id", "period_start", "period_end", "edition_id"], how="left", coalesce=True
        )
        .join(_breaks(data, rows), on="indicator_id", how="left")
        .with_columns(
            pl.concat_str("coverage", pl.col("coverage_note"), separator=": ", ignore_nulls=True).alias("covers"),
            pl.concat_str("revised", "break", ignore_nulls=True).replace("", NOTHING).alias("markers"),
            # A number of officers is no count of events: its rate is printed without limits.
            pl.col("status").replace_strict(_MISSING, default=formats.NOT_APPLICABLE).alias("rate_missing"),
            pl.col("status").replace_strict(_MISSING, default=None).alias("count_missing"),
            pl.lit(formats.missing("no_population")).alias("residents_missing"),
        )
        .sort("measure_code", "area_name", "area_id", "months", "period_end")
    )


def area_sheets(
    data: ReportData, numbers: pl.DataFrame, measures: pl.DataFrame, revisions: pl.DataFrame, area_id: str
) -> tuple[Sheet, ...]:
    """The tables of the workbook on an area and the police force areas in it; a table without rows is left out.

    The area has all its periods, and each force in a wider area its newest of each length: the forces' own workbooks have the rest, which
    would stand in three workbooks otherwise. ``numbers`` is `prepared`; ``measures`` the register of measures; ``revisions`` is
    out/revisions.
    """
    area_ids = list(dict.fromkeys([area_id, *forces_of(data, area_id)]))
    own = numbers.filter(pl.col("area_id").is_in(area_ids)).sort(pl.col("area_id") != area_id, maintain_order=True)
    newest = pl.col("period_end") == pl.col("period_end").max().over("measure_id", "area_id", "months")
    shown = own.filter((pl.col("area_id") == area_id) | newest)
    sources = shown["source_id"].unique().to_list()
    forces_about = (FORCES_NEWEST,) if len(area_ids) > 1 else ()
    tables = [
        *(_of_measure(data, rows, forces_about) for _, rows in shown.group_by("measure_code", maintain_order=True)),
        _districts(data, area_id),
        _coverage(own),
        _revisions(data, measures, revisions, area_id),
        _data_notes(data, [area_id] if area_id == NATION else area_ids),
        _sources(data, sources),
    ]
    return tuple(sheet for sheet in tables if len(sheet.frame))


def _districts(data: ReportData, force_id: str) -> Sheet:
    """The figures of districts, authorities and partnerships of a police force area, all periods; without rows of other areas."""
    rows = data.districts.filter(pl.col("force_id") == force_id).sort(
        "measure_id", "area_name", "area_id", "period_end"
    )
    periods = [formats.period(start, end) for start, end in rows.select("period_start", "period_end").iter_rows()]
    number, rate, lower, upper, of = "Number", "Rate", "Lower 95% limit", "Upper 95% limit", "Residents"
    frame = rows.select(
        pl.col("area_name").alias("Place"),
        pl.col("area_id").alias("Code"),
        pl.col("measure_id").replace(data.measure_names).alias("Measure"),
        pl.Series("Period", [wording.capitalised(period) for period in periods], dtype=pl.String),
        pl.col("period_start").alias("First day"),
        pl.col("period_end").alias("Last day"),
        pl.col("numerator").alias(number),
        pl.col("value").alias(rate),
        pl.col("multiplier").alias("Per"),
        pl.col("lower_95").alias(lower),
        pl.col("upper_95").alias(upper),
        pl.col("denominator").alias(of),
        pl.col("denominator_edition").fill_null(NOTHING).alias("Population used"),
        pl.col("indicator_id").alias("Identifier"),
        pl.col("status").replace_strict(_MISSING, default=None).alias("count_missing"),
        pl.col("status").replace_strict(_MISSING, default=formats.NOT_APPLICABLE).alias("rate_missing"),
        pl.lit(formats.missing("no_population")).alias("residents_missing"),
    )
    missing = {number: "count_missing", of: "residents_missing"} | dict.fromkeys((rate, lower, upper), "rate_missing")
    used = {
        shorthand for column, named in missing.items() for shorthand in frame[named].filter(frame[column].is_null())
    }
    return Sheet(
        name="Districts",
        title="Districts, authorities and community safety partnerships",
        about=(
            *((f"Shorthand in this table: {formats.legend(sorted(used))}",) if used else ()),
            *(wording.DISTRICTS, wording.PARTNERSHIPS, wording.SMALL_RECORDS),
        ),
        frame=frame,
        missing=missing,
    )


def _of_measure(data: ReportData, rows: pl.DataFrame, forces_about: tuple[str, ...]) -> Sheet:
    first = rows.row(0, named=True)
    of_whom = "children" if first["measure_id"] in PER_CHILD else "residents"
    per = f"Per {formats.count(first['multiplier'])} {of_whom}" if first["multiplier"] else "Rate"
    what, of = wording.capitalised(first["unit_plural"]), "Residents"
    if first["denominator_rule"] == OF_OFFENCES:
        what, of, per = "Offences counted", "Of offences", "Per cent"
    lower, upper = "Lower 95% limit", "Upper 95% limit"
    frame = rows.select(
        pl.col("area_name").alias("Area"),
        pl.col("area_id").alias("Area code"),
        pl.col("period").pipe(_capitalised).alias("Period"),
        pl.col("period_start").alias("First day"),
        pl.col("period_end").alias("Last day"),
        pl.col("numerator").alias(what),
        pl.col("value").alias(per),
        pl.col("lower_95").alias(lower),
        pl.col("upper_95").alias(upper),
        pl.col("denominator_used").alias(of),
        pl.col("denominator_edition").fill_null(NOTHING).alias("Population used"),
        pl.col("covers").pipe(_capitalised).alias("Coverage"),
        pl.col("markers").alias("Markers"),
        pl.col("edition").alias("Edition"),
        pl.col("indicator_id").alias("Identifier"),
        "count_missing",
        "rate_missing",
        "residents_missing",
    )
    missing = {what: "count_missing", of: "residents_missing"}
    missing |= dict.fromkeys((per, lower, upper), "rate_missing")
    used = {
        shorthand for column, named in missing.items() for shorthand in frame[named].filter(frame[column].is_null())
    }
    marks = "".join(set(rows["markers"]))
    used |= {marker for marker in (formats.REVISED, formats.BREAK) if marker in marks}
    return Sheet(
        # The code keeps apart two measures whose units have one name.
        name=f"{first['measure_code']} {first['unit_plural']}"[:_LONGEST_SHEET_NAME],
        title=first["measure_name"],
        about=(
            *((f"Shorthand in this table: {formats.legend(used)}",) if used else ()),
            *forces_about,
            _source_line(data, rows["source_id"]),
        ),
        frame=frame,
        missing=missing,
    )


def _coverage(rows: pl.DataFrame) -> Sheet:
    frame = rows.group_by("measure_name", "area_name", "area_id", maintain_order=True).agg(
        pl.col("period_start").min().alias("First day"),
        pl.col("period_end").max().alias("Last day"),
        pl.len().alias("Periods"),
        (pl.col("coverage") == "complete").sum().alias("Periods covered completely"),
        (pl.col("coverage") == "partial").sum().alias("Periods covered in part"),
        (pl.col("coverage") == "none").sum().alias("Periods without a figure"),
    )
    return Sheet(
        name="Coverage",
        title="For how many periods each area has a figure",
        about=("A period is covered in part where a police force is missing from the figure.",),
        frame=frame.rename({"measure_name": "Measure", "area_name": "Area", "area_id": "Area code"}),
        missing={},
    )


def _revisions(data: ReportData, measures: pl.DataFrame, revisions: pl.DataFrame, area_id: str) -> Sheet:
    # By the quarter there are a few thousand, most of them printed alike: those are in the table of revisions for download.
    by_quarter = (pl.col("source_id") == BY_QUARTER) & (pl.col("change") == 0)
    rows = revisions.filter((pl.col("area_id") == area_id) & pl.col("edition_before").is_not_null() & ~by_quarter)
    names = _editions_named(data)
    before = revisions.select(
        "measure_id",
        "area_id",
        "period_start",
        "period_end",
        (pl.col("place") + 1).alias("place"),
        pl.col("source_id").alias("source_before"),
    )
    frame = (
        rows.join(names, on=["source_id", "edition_id"], how="left")
        .join(before, on=["measure_id", "area_id", "period_start", "period_end", "place"], how="left")
        .join(
            names.rename({"edition": "earlier"}),
            left_on=["source_before", "edition_before"],
            right_on=["source_id", "edition_id"],
            how="left",
        )
        .join(measures.select("measure_id", pl.col("name").alias("measure_name")), on="measure_id", how="left")
        .sort("measure_id", "area_name", "area_id", "period_end", "place")
        .select(
            pl.col("area_name").alias("Area"),
            pl.col("measure_name").alias("Measure"),
            pl.col("period_start").alias("First day"),
            pl.col("period_end").alias("Last day"),
            pl.col("value_before").alias("Previous value"),
            pl.col("earlier").alias("Previous edition"),
            pl.col("value").alias("New value"),
            pl.col("edition").alias("New edition"),
            pl.col("change").alias("Change"),
        )
    )
    return Sheet(
        name="Revisions",
        title="Figures that several editions print",
        about=(
            "A change of zero means that the later edition prints the same figure; of quarters only those that changed are listed. "
            "Publishers give no reasons.",
        ),
        frame=frame,
        missing={},
    )


def _data_notes(data: ReportData, area_ids: Sequence[str]) -> Sheet:
    frame = (
        data.notes.filter(pl.col("area_id").is_in(list(area_ids)))
        .join(data.areas.select("area_id", "name"), on="area_id", how="left")
        .join(_editions_named(data), on=["source_id", "edition_id"], how="left")
        .sort("name", "source_id", "edition_id", "table", "mark")
        .select(
            pl.col("name").alias("Area"),
            pl.col("edition").alias("Edition"),
            pl.col("table").str.strip_chars().alias("Table"),
            pl.col("mark").alias("Mark"),
            pl.col("note_cell").fill_null(formats.NOT_AVAILABLE).alias("Cell"),
            pl.col("text").fill_null(formats.NOT_AVAILABLE).alias("Note"),
        )
    )
    used = {formats.NOT_AVAILABLE} if (frame["Note"] == formats.NOT_AVAILABLE).any() else set()
    return Sheet(
        name="Data notes",
        title="What publishers say of these areas, in their words",
        about=(f"Shorthand in this table: {formats.legend(used)}",) if used else (),
        frame=frame,
        missing={},
    )


def _sources(data: ReportData, used: Sequence[str]) -> Sheet:
    registered = pl.DataFrame(
        [
            (source.id, source.title, source.licence_out, source.landing_page)
            for source in data.sources.values()
            if source.id in used
        ],
        schema=["source_id", "Source", "Licence", "Page"],
        orient="row",
    )
    frame = data.editions.join(registered, on="source_id", maintain_order="left").select(
        pl.col("publisher").alias("Publisher"),
        "Source",
        pl.col("title").alias("Edition"),
        pl.col("vintage").pipe(_months).alias("Published"),
        pl.col("retrieved_at").str.to_date("%Y-%m-%d").alias("Read on"),
        pl.col("file_kind").alias("Copy"),
        pl.col("file").alias("File"),
        pl.col("sha256").alias("Checksum (SHA-256)"),
        "Licence",
        "Page",
    )
    return Sheet(
        name=SOURCES,
        title="Files that the figures were read from",
        about=("The checksum tells whether a file that you hold is the one that was read.",),
        frame=frame,
        missing={},
    )


def _breaks(data: ReportData, rows: pl.DataFrame) -> pl.DataFrame:
    """``indicator_id`` of each number in whose period a series breaks: its own, its region's or the nation's, or every area's."""
    breaks = data.breaks.select(
        "measure_id",
        pl.col("date").cast(pl.Date).alias("on"),
        pl.col("area_id").replace("", None).alias("broken_id"),
    ).join(
        data.areas.select(pl.col("area_id").alias("broken_id"), pl.col("region_id").alias("around_id")),
        on="broken_id",
        how="left",
    )
    touched = pl.col("broken_id").is_null() | pl.col("area_id").is_in([NATION])
    touched |= (pl.col("area_id") == pl.col("broken_id")) | (pl.col("area_id") == pl.col("around_id"))
    return (
        rows.join(breaks, on="measure_id")
        .filter(pl.col("on").is_between("period_start", "period_end") & touched)
        .select("indicator_id")
        .unique()
        .with_columns(pl.lit(formats.BREAK).alias("break"))
    )


def _editions_named(data: ReportData) -> pl.DataFrame:
    return data.editions.select("source_id", "edition_id", pl.format("{}: {}", "publisher", "title").alias("edition"))


def _source_line(data: ReportData, source_ids: Iterable[str]) -> str:
    used = set(source_ids)
    named = [f"{source.publisher.name}, {source.title}" for source in data.sources.values() if source.id in used]
    return f"Source: {'; '.join(named)}."


def _capitalised(column: pl.Expr) -> pl.Expr:
    return pl.concat_str(column.str.slice(0, 1).str.to_uppercase(), column.str.slice(1))


def _months(column: pl.Expr) -> pl.Expr:
    """Months as YYYY-MM in words; there are as many as editions have been published in."""
    return column.map_elements(lambda month: formats.month(date.fromisoformat(f"{month}-01")), return_dtype=pl.String)
