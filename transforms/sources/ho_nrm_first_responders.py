"""Parser of the Home Office tables of National Referral Mechanism referrals by every kind of first responder, one file for each quarter.

The table of local authorities has the same columns: it is the rows of one kind.
"""

from pathlib import Path
from typing import Final

import polars as pl

from transforms.sources.grid import Parsed, as_cells, layout_error, left_out
from transforms.sources.nrm_first_responders import POLICE, quarter_in, referrals, types_in
from transforms.sources.registry import Edition, Source

_LOCAL_AUTHORITY: Final = "Local Authority"
_ENDING: Final = "-local-authorities"


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of the total of each kind of first responder, and of its parts by responder, exploitation type and age; genders and nationalities together.

    area_text is the kind as printed ('Local Authority'). breakdown_text is null for a kind's total ('Local Authority total'), else responder,
    type and age as printed, 'Local Authority | Criminal | Child (17 or under)'. The police have a total only. measure_text is the header of the count,
    period_text the edition's period_words: the file does not print its quarter.

    Raises LayoutError as ``nrm_first_responders.referrals``, when a kind has no total, and when the parts of a responder or of a kind do
    not add up to its total.
    """
    table, header, used, rows = referrals(content, edition, data)
    counted = used.with_columns(pl.col("people").cast(pl.Float64, strict=False).alias("count"))
    is_of_kind = pl.col("is_total") & (pl.col("responder") == pl.format("{} total", "responder_type"))
    of_kinds = counted.filter(is_of_kind)
    parts = counted.filter("is_part")
    for row, kind in (
        counted.join(of_kinds, on="responder_type", how="anti").select("row", "responder_type").head(1).iter_rows()
    ):
        problem = f"the first responder type {kind!r} has no total"
        raise layout_error(edition, table, f"A{row}", problem, "fetch the file again, it may be cut short")
    _refuse_unequal(parts, counted.filter(pl.col("is_total") & ~is_of_kind), "responder", edition, table)
    _refuse_unequal(parts, of_kinds, "responder_type", edition, table)
    kept = pl.concat([of_kinds, parts]).sort("row")
    part = pl.concat_str("responder", "exploitation", "age", separator=" | ")
    cells = kept.select(
        pl.lit(table).alias("table"),
        "cell",
        pl.col("responder_type").alias("area_text"),
        pl.lit(header).alias("measure_text"),
        pl.when("is_part").then(part).alias("breakdown_text"),
        pl.lit(edition.period_words).alias("period_text"),
        pl.col("people").alias("value_text"),
    )
    reasons = {
        "header": 1,
        "total of one first responder, whose parts are kept": used.height - kept.height,
        "by gender or nationality, or a type's sum over ages": rows - used.height,
    }
    return Parsed(cells=as_cells(cells, edition), rows_read=rows + 1, left_out=left_out(reasons))


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | None:
    """The quarter of a CSV file of first responders, or of local authorities alone, which a folder or the file's name must give; None of the police alone, and otherwise."""
    types = types_in(content, source, file, data)
    if not types or types == {POLICE}:
        return None
    return quarter_in(source, file, _ENDING if types == {_LOCAL_AUTHORITY} else "")


def _refuse_unequal(parts: pl.DataFrame, totals: pl.DataFrame, by: str, edition: Edition, table: str) -> None:
    """Raise LayoutError for the first total that its parts do not make; one without a part (the police) is not compared."""
    added = parts.group_by(by).agg(pl.col("count").sum().alias("added"))
    unequal = totals.join(added, on=by).filter(pl.col("count").ne_missing(pl.col("added"))).sort("row")
    for cell, name, total, of_parts in unequal.select("cell", by, "people", "added").head(1).iter_rows():
        problem = f"the parts of {name} by type and age add up to {of_parts:g}, and its total is {total}"
        raise layout_error(edition, table, cell, problem, "fetch the file again, or ask the publisher")
