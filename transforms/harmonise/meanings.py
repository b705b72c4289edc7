"""What a label, a period or a symbol in a cell means. Each function adds columns; an unexplained text leaves them null."""

from typing import Final

import polars as pl

from transforms.harmonise.periods import financial_quarter, financial_year_end

# Stands for any text in the breakdown of a label, which then stands for parts.
ANY_TEXT: Final = "*"
# A count as publishers print it: '144741', '14,133 ', '2.578467006198613', '-21'. Western digits only, and too few to be infinite.
_NUMBER = r"^-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?$"


def plain(text: pl.Expr) -> pl.Expr:
    """A label with its case and blanks folded; line breaks inside headers are blanks."""
    return text.fill_null("").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()


def with_measure(cells: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """Add measure_id and label_row: the row of ``measure_labels`` whose source, table, label and breakdown patterns match; null where none does.

    Footnote debris at the end of a label is ignored; the breakdown must match to the letter, so that a new breakdown is never
    taken for the total. A row of the register with '*' in its breakdown stands for parts that are added up, of which its parser knows each
    ('*' for all of them, '*criminal* | child (17 or under)' for some): it adds ``is_part``. Of several rows the first counts.
    """
    rows = labels.with_row_index("label_row").rename({"measure_id": "label_measure", "breakdown": "label_breakdown"})
    distinct = (
        cells.select("source_id", "table", "measure_text", "breakdown_text")
        .unique(maintain_order=True)
        .with_row_index("distinct_label")
    )
    matched = (
        distinct.join(rows, on="source_id")
        .with_columns(
            plain(pl.col("table")).alias("plain_table"),
            plain(pl.col("measure_text"))
            .str.replace(r"(?:\s*(?:\[[^\]]*\]|\d{1,2}(?:,\d{1,2})*))+$", "")
            .alias("plain_label"),
        )
        .filter(
            (pl.format("^(?:{})$", "table_pattern").pipe(_matches, pl.col("plain_table")))
            & (pl.format("^(?:{})$", "measure_pattern").pipe(_matches, pl.col("plain_label")))
            & (_like(pl.col("label_breakdown")).pipe(_matches, plain(pl.col("breakdown_text"))))
        )
        .sort("distinct_label", "label_row")
        .group_by("distinct_label", maintain_order=True)
        .agg(
            pl.col("label_measure").first().alias("measure_id"),
            pl.col("label_row").first(),
            pl.col("label_breakdown").first().str.contains(ANY_TEXT, literal=True).alias("is_part"),
        )
    )
    named = distinct.join(matched, on="distinct_label", how="left").drop("distinct_label")
    return cells.join(
        named,
        on=["source_id", "table", "measure_text", "breakdown_text"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )


def _like(breakdown: pl.Expr) -> pl.Expr:
    """The regular expression of a breakdown in the register: every letter stands for itself, '*' for any text."""
    any_text = breakdown.str.escape_regex().str.replace_all(r"\*", ".*", literal=True)
    return pl.format("^(?:{})$", any_text)


def _matches(pattern: pl.Expr, text: pl.Expr) -> pl.Expr:
    return text.str.contains(pattern)


def with_period(cells: pl.DataFrame, editions: pl.DataFrame) -> pl.DataFrame:
    """Add period_start and period_end.

    In this order: a population takes the mid-year in its own label ('mid-2018' is 30 June 2018), or else the day that its edition is of; an
    edition that covers one period gives that period (the parser has compared it with the title); a date cell of a workbook ('2018-09-30 00:00:00') heads
    figures as they stood on that day; otherwise the text is a financial quarter, a financial year ('2017/18'), a month ('2018-10'), or
    the last day of twelve months ('31-12-2018', '31/12/2018', '2019-03-31'), which must be the last day of a quarter.
    """
    year = pl.col("measure_text").str.extract(r"(?i)\bmid-(\d{4})\b").cast(pl.Int32)
    end = pl.coalesce(
        *(pl.col("period_text").str.to_date(form, strict=False) for form in ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d")),
        financial_year_end(pl.col("period_text")),
    )
    day = pl.col("period_text").str.to_date("%Y-%m-%d 00:00:00", strict=False)
    quarter_end = (end == end.dt.month_end()) & (end.dt.month() % 3 == 0)
    is_population = pl.col("measure_id") == "resident_population"
    day_of_edition = pl.when(pl.col("edition_start") == pl.col("edition_end")).then("edition_end")
    mid_year = pl.coalesce(pl.date(year, 6, 30), day_of_edition)
    twelve_months = pl.when(quarter_end)
    month = pl.col("period_text").str.extract(r"^(\d{4}-(?:0[1-9]|1[0-2]))$").add("-01").str.to_date("%Y-%m-%d")
    quarter_from, quarter_to = financial_quarter(pl.col("period_text"))
    return cells.join(editions, on=["source_id", "edition_id"], how="left", maintain_order="left").with_columns(
        pl.when(is_population)
        .then(mid_year)
        .when(pl.col("edition_start").is_not_null())
        .then(pl.col("edition_start"))
        .when(day.is_not_null())
        .then(day)
        .otherwise(pl.coalesce(quarter_from, month, twelve_months.then(end.dt.offset_by("1d").dt.offset_by("-12mo"))))
        .alias("period_start"),
        pl.when(is_population)
        .then(mid_year)
        .when(pl.col("edition_end").is_not_null())
        .then(pl.col("edition_end"))
        .when(day.is_not_null())
        .then(day)
        .otherwise(pl.coalesce(quarter_to, month.dt.month_end(), twelve_months.then(end)))
        .alias("period_end"),
    )


def with_value(cells: pl.DataFrame, sentinels: pl.DataFrame) -> pl.DataFrame:
    """Add value and status: a number is 'ok', a registered symbol of the source, in any case, is null with its status, anything else leaves status null."""
    text = pl.col("value_text").fill_null("").str.strip_chars()
    number = pl.when(text.str.contains(_NUMBER)).then(text.str.replace_all(",", "", literal=True)).cast(pl.Float64)
    symbols = sentinels.select(
        "source_id", plain(pl.col("value_text")).alias("symbol"), pl.col("status").alias("symbol_status")
    )
    return (
        cells.with_columns(plain(text).alias("symbol"))
        .join(symbols, on=["source_id", "symbol"], how="left", maintain_order="left")
        .with_columns(
            # A count of '-00' is zero, and no other zero than '0'.
            (number + 0.0).alias("value"),
            pl.when(number.is_not_null()).then(pl.lit("ok")).otherwise(pl.col("symbol_status")).alias("status"),
        )
    )
