"""Gives every printed area (code, name, source) its area, or says why none fits."""

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from transforms.harmonise.names import keys, note_marks

_ORDER = ("strictness", "any_source", "preference", "former")
PLACE = ("source_id", "area_code_text", "area_text")


def resolve(
    places: pl.DataFrame, names: pl.DataFrame, area_kinds: Mapping[str, Sequence[str]], former: Collection[str] = ()
) -> pl.DataFrame:
    """Resolve distinct printed places to areas.

    ``places`` has source_id, area_code_text and area_text; ``names`` is ``name_table``; ``area_kinds`` says for each source
    which kinds of area its area column can mean, in order of preference. ``former`` are codes that are no longer in use: where a name is
    printed without a code, the area that has it still stands before one that had it.

    Returns ``places`` with area_id (null if unresolved), area_match (how it was found), note_marks, name_key and problem
    (null if resolved). Where a code is printed, code and name must mean the same area: official sheets contain wrong pairs.
    """
    kinds = pl.DataFrame(
        [(source, kind, rank) for source, allowed in area_kinds.items() for rank, kind in enumerate(allowed)],
        schema=["place_source", "kind", "preference"],
        orient="row",
    )
    unique = places.select(PLACE).unique(maintain_order=True).with_row_index("place")
    looked_up = pl.concat(
        [
            unique.select(
                "place",
                pl.col("source_id").alias("place_source"),
                "area_code_text",
                expression.alias("key"),
                pl.lit(how).alias("how"),
                pl.lit(rank).alias("strictness"),
            )
            for rank, (how, expression) in enumerate(keys(pl.col("area_text")).items())
        ]
    )
    code = pl.col("area_code_text").fill_null("").str.strip_chars()
    candidates = (
        looked_up.join(names, on="key")
        .filter((pl.col("source_id") == pl.col("place_source")) | (pl.col("source_id") == ""))
        .join(kinds, on=["place_source", "kind"])
        .filter((code == "") | (code == pl.col("area_id")))
        .with_columns(
            (pl.col("source_id") == "").alias("any_source"), pl.col("area_id").is_in(list(former)).alias("former")
        )
        .sort("place", *_ORDER, "area_id")
    )
    best = candidates.group_by("place", maintain_order=True).agg(
        pl.col("area_id").first(),
        pl.col("key").first().alias("name_key"),
        pl.col("how").first(),
        pl.col("any_source").first(),
        pl.struct(_ORDER).filter(pl.struct(_ORDER) == pl.struct(_ORDER).first()).len().alias("ties"),
    )
    return (
        unique.join(best, on="place", how="left")
        .with_columns(
            pl.when(pl.col("ties") > 1).then(None).otherwise(pl.col("area_id")).alias("area_id"),
            note_marks(pl.col("area_text")).alias("note_marks"),
            (
                pl.when(code != "").then(pl.lit("code and name, ")).otherwise(pl.lit("name, "))
                + pl.col("how")
                + pl.when(pl.col("any_source")).then(pl.lit(", any source")).otherwise(pl.lit(", this source"))
            ).alias("area_match"),
        )
        .with_columns(_problem(code, names).alias("problem"))
        .select(*PLACE, "area_id", "area_match", "name_key", "note_marks", "problem")
    )


def _problem(code: pl.Expr, names: pl.DataFrame) -> pl.Expr:
    known_codes = names["area_id"].unique().implode()
    return (
        pl.when(pl.col("area_id").is_not_null())
        .then(None)
        .when(pl.col("ties") > 1)
        .then(pl.lit("the name means more than one area"))
        .when((code != "") & code.is_in(known_codes))
        .then(pl.format("code {} does not go with this name", code))
        .when(code != "")
        .then(pl.format("code {} is not known", code))
        .otherwise(pl.lit("the name is not known"))
    )
