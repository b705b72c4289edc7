"""Parser of the Home Office drug offence subcodes, and which of them are supply of Class A drugs.

The layout is written from documentation and not yet proven on a published file; see ``transforms.sources.open_data``.
"""

from pathlib import Path

import polars as pl

from transforms.contracts.registers import read_register
from transforms.errors import RegisterError
from transforms.sources.open_data import edition_in
from transforms.sources.open_data import parse_open_data as parse

__all__ = ["class_a_supply", "edition_in", "parse"]


def class_a_supply(descriptions: pl.Series, data: Path) -> pl.DataFrame:
    """Say of each subcode description whether the register counts it as supply of Class A drugs.

    Returns description, is_class_a_supply (null where no pattern matches the whole description, case folded) and
    confirmed_by_subject_expert: while it is false the answer may not be published. Raises RegisterError when two patterns give
    different answers, or the register breaks its contract.
    """
    register = read_register(data, "class_a_supply_subcodes")
    distinct = descriptions.unique(maintain_order=True).alias("description").to_frame()
    matched = (
        distinct.join(register, how="cross")
        .filter(pl.col("description").str.to_lowercase().str.contains(pl.format("^(?:{})$", "description_pattern")))
        .with_columns(pl.col("is_class_a_supply", "confirmed_by_subject_expert") == "true")
        .group_by("description", maintain_order=True)
        .agg(pl.col("is_class_a_supply").unique(), pl.col("confirmed_by_subject_expert").all())
    )
    for description in matched.filter(pl.col("is_class_a_supply").list.len() > 1)["description"].head(1):
        raise RegisterError(
            f"class_a_supply_subcodes.csv: two patterns disagree about {description!r}; make one of them narrower."
        )
    return distinct.join(
        matched.with_columns(pl.col("is_class_a_supply").list.first()),
        on="description",
        how="left",
        maintain_order="left",
    )
