"""Which subcodes of drug trafficking are supply of Class A drugs: by their descriptions, as the register says."""

from typing import Final

import polars as pl

from transforms.errors import RegisterError

CLASS_A_SUPPLY: Final = "class_a_supply_offences"
OTHER_TRAFFICKING: Final = "trafficking_offences_without_class_a_supply"
# A description with one of these is of supply; which class, a pattern of the register has to say.
_SUPPLY: Final = r"suppl|pwits"
_UNCONFIRMED: Final = "Supply of a Class A drug by its description: no subject expert has confirmed that it is, and that the list is whole"


def class_a_supply(descriptions: pl.Series, register: pl.DataFrame) -> pl.DataFrame:
    """Say of each subcode description whether the register counts it as supply of Class A drugs.

    ``register`` is class_a_supply_subcodes.csv. Returns description, is_class_a_supply (null where no pattern matches the whole description,
    case folded) and confirmed_by_subject_expert: while it is false the answer may not be published. Raises RegisterError when two patterns
    give different answers.
    """
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


def with_class_a_supply(cells: pl.DataFrame, register: pl.DataFrame) -> pl.DataFrame:
    """Decide for the cells of drug trafficking by subcode what they count, and add reason and rule, null for all others.

    ``cells`` have the measure CLASS_A_SUPPLY and '92A | description | …' as breakdown. Supply of a Class A drug keeps the measure where a
    subject expert confirmed the register's pattern, and is excluded with that reason where none did. Supply of another class, and what is
    no supply (production, import), is OTHER_TRAFFICKING. Of supply that no pattern places in a class the measure is null.
    """
    is_subcode = pl.col("measure_id") == CLASS_A_SUPPLY
    described = cells.with_columns(
        pl.when(is_subcode).then(pl.col("breakdown_text").str.split(" | ").list.get(1)).alias("description")
    )
    answers = class_a_supply(described["description"].drop_nulls(), register)
    is_supply = pl.col("is_class_a_supply")
    names_supply = pl.col("description").str.to_lowercase().str.contains(_SUPPLY)
    unconfirmed = is_subcode & is_supply & ~pl.col("confirmed_by_subject_expert")
    return (
        described.join(answers, on="description", how="left", maintain_order="left")
        .with_columns(
            pl.when(~is_subcode.fill_null(False))
            .then("measure_id")
            .when(is_supply & pl.col("confirmed_by_subject_expert"))
            .then("measure_id")
            .when(~is_supply | (is_supply.is_null() & ~names_supply))
            .then(pl.lit(OTHER_TRAFFICKING))
            .alias("measure_id"),
            pl.when(unconfirmed).then(pl.lit(_UNCONFIRMED)).alias("reason"),
            pl.when(unconfirmed).then(pl.lit("subcodes-unconfirmed")).alias("rule"),
        )
        .drop("description", *answers.columns[1:])
    )
