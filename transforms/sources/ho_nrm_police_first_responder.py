"""Parser of the Home Office table of National Referral Mechanism referrals by police first responder, one file for each quarter."""

from pathlib import Path

import polars as pl

from transforms.sources.grid import Parsed, as_cells, layout_error, left_out
from transforms.sources.nrm_first_responders import POLICE, quarter_in, referrals, types_in
from transforms.sources.registry import Edition, Source


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of each first responder's total, and of its parts by exploitation type and age; genders and nationalities together.

    breakdown_text is null for a total, else type and age as printed, 'Criminal | Child (17 or under)'. The parts of a responder make up its
    total. The row 'Police total' is kept for reconciliation. measure_text is the header of the count. period_text is the edition's
    period_words: the file does not print its quarter.

    Raises LayoutError as ``nrm_first_responders.referrals``, and when a row is of another type of first responder.
    """
    table, header, used, rows = referrals(content, edition, data)
    other = used.filter(pl.col("responder_type") != POLICE)
    for row, text in other.select("row", "responder_type").head(1).iter_rows():
        raise layout_error(
            edition,
            table,
            f"A{row}",
            f"found the first responder type {text!r} where only {POLICE!r} is expected",
            "take the table by police first responder, not the one of all first responders",
        )
    cells = used.select(
        pl.lit(table).alias("table"),
        "cell",
        pl.col("responder").alias("area_text"),
        pl.lit(header).alias("measure_text"),
        pl.when("is_part").then(pl.concat_str("exploitation", "age", separator=" | ")).alias("breakdown_text"),
        pl.lit(edition.period_words).alias("period_text"),
        pl.col("people").alias("value_text"),
    )
    reasons = {"header": 1, "by gender or nationality, or a type's sum over ages": rows - used.height}
    return Parsed(cells=as_cells(cells, edition), rows_read=rows + 1, left_out=left_out(reasons))


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | str | None:
    """The quarter of a CSV file by police first responder (a workbook is another source's), which a folder or the file's name must give; None otherwise."""
    return quarter_in(source, file) if types_in(content, source, file, data) == {POLICE} else None
