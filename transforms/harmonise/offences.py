"""The look-up of offence codes, from the cells of the reference table. Codes are text throughout."""

import polars as pl

from transforms.errors import RegisterError

_COLUMNS = {
    "Offence description": "description",
    "Old PRC offence group": "old_group",
    "Old offence sub-group": "old_sub_group",
    "New ONS offence group": "group",
    "New ONS sub-offence group": "sub_group",
}


def offence_codes(cells: pl.DataFrame) -> pl.DataFrame:
    """One row for each offence code: offence_code (without star), after_march_2013 (it was starred), description, group, sub_group,
    old_group, old_sub_group; words without blanks at their ends, null where the table has none.

    ``cells`` are the cells of the source ho_offence_reference. A row that stands twice in the table is one row here; RegisterError is
    raised when a code has two meanings.
    """
    figures = cells.filter(pl.col("kind") == "figure").with_columns(
        pl.col("cell").str.extract(r"(\d+)$").cast(pl.Int64).alias("row"),
        pl.col("measure_text").replace_strict(_COLUMNS),
        pl.col("value_text").str.strip_chars(),
        pl.col("breakdown_text").str.strip_chars(),
    )
    wide = figures.pivot(on="measure_text", index=["row", "breakdown_text"], values="value_text").sort("row")
    codes = wide.select(
        pl.col("breakdown_text").str.strip_suffix("*").alias("offence_code"),
        pl.col("breakdown_text").str.ends_with("*").alias("after_march_2013"),
        "description",
        "group",
        "sub_group",
        "old_group",
        "old_sub_group",
    ).unique(maintain_order=True)
    for code in codes.filter(pl.col("offence_code").is_duplicated())["offence_code"].head(1):
        raise RegisterError(
            f"ho_offence_reference: the offence code {code} has two meanings; correct the table's cells."
        )
    return codes
