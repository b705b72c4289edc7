"""What changed between two builds: editions, published cells, and the numbers that reports use."""

from dataclasses import dataclass
from typing import Final

import polars as pl

_CELL: Final = ("observation_id",)
_NUMBER: Final = ("measure_id", "area_id", "area_name", "period_start", "period_end")
_WEIGHT: Final = {"revised": 0, "gap filled": 1, "new gap": 2, "withdrawn": 3, "new": 4, "rate only": 5}


@dataclass(frozen=True)
class Differences:
    """What two builds hold differently; each frame is empty where they agree.

    ``editions``: source_id, edition_id, title, change (new, withdrawn, other file).
    ``cells``: observation_id, before, after (texts as printed), change (new, withdrawn, revised).
    ``numbers``: measure, area and period of the numbers that reports use; before and after (count), rate_before and rate_after,
    edition_before and edition_after, change (revised, gap filled, new gap, withdrawn, new, rate only) and relative (after / before - 1
    of the count, null where one is missing or before is nought). What a reader should know first stands first.
    """

    editions: pl.DataFrame
    cells: pl.DataFrame
    numbers: pl.DataFrame


def differences(before: dict[str, pl.DataFrame], after: dict[str, pl.DataFrame]) -> Differences:
    """Compare the tables raw/editions, core/observations and out/indicators of two builds, given by these names."""
    return Differences(
        editions=_editions(before["raw/editions"], after["raw/editions"]),
        cells=_cells(before["core/observations"], after["core/observations"]),
        numbers=_numbers(before["out/indicators"], after["out/indicators"]),
    )


def _paired(before: pl.DataFrame, after: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """Rows of both by key, the columns of each with _before and _after, and whether each is there."""
    sides = [
        frame.select(*key, pl.exclude(key).name.suffix(suffix), pl.lit(True).alias(f"held{suffix}"))
        for frame, suffix in ((before, "_before"), (after, "_after"))
    ]
    return sides[0].join(sides[1], on=list(key), how="full", coalesce=True, nulls_equal=True)


def _presence(otherwise: pl.Expr) -> pl.Expr:
    return (
        pl.when(pl.col("held_before").is_null())
        .then(pl.lit("new"))
        .when(pl.col("held_after").is_null())
        .then(pl.lit("withdrawn"))
        .otherwise(otherwise)
        .alias("change")
    )


def _editions(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    key = ("source_id", "edition_id")
    pairs = _paired(before.select(*key, "title", "sha256"), after.select(*key, "title", "sha256"), key)
    other = pl.when(pl.col("sha256_before") != pl.col("sha256_after")).then(pl.lit("other file"))
    return (
        pairs.with_columns(_presence(other), pl.coalesce("title_after", "title_before").alias("title"))
        .filter(pl.col("change").is_not_null())
        .select(*key, "title", "change")
        .sort(key)
    )


def _cells(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    texts = [frame.select("observation_id", pl.col("value_text").alias("text")) for frame in (before, after)]
    other = pl.when(pl.col("text_before").ne_missing(pl.col("text_after"))).then(pl.lit("revised"))
    return (
        _paired(texts[0], texts[1], _CELL)
        .with_columns(_presence(other))
        .filter(pl.col("change").is_not_null())
        .select("observation_id", pl.col("text_before").alias("before"), pl.col("text_after").alias("after"), "change")
        .sort("observation_id")
    )


def _numbers(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    chosen = [
        frame.filter("is_preferred").select(*_NUMBER, pl.col("numerator").alias("count"), "value", "edition_id")
        for frame in (before, after)
    ]
    other = (
        pl.when(pl.col("count_before").is_null() & pl.col("count_after").is_not_null())
        .then(pl.lit("gap filled"))
        .when(pl.col("count_before").is_not_null() & pl.col("count_after").is_null())
        .then(pl.lit("new gap"))
        .when(pl.col("count_before") != pl.col("count_after"))
        .then(pl.lit("revised"))
        .when(pl.col("value_before").ne_missing(pl.col("value_after")))
        .then(pl.lit("rate only"))
    )
    relative = pl.when(pl.col("count_before") != 0).then(pl.col("count_after") / pl.col("count_before") - 1)
    return (
        _paired(chosen[0], chosen[1], _NUMBER)
        .with_columns(_presence(other), relative.alias("relative"))
        .filter(pl.col("change").is_not_null())
        .select(
            *_NUMBER,
            pl.col("count_before").alias("before"),
            pl.col("count_after").alias("after"),
            pl.col("value_before").alias("rate_before"),
            pl.col("value_after").alias("rate_after"),
            pl.col("edition_id_before").alias("edition_before"),
            pl.col("edition_id_after").alias("edition_after"),
            "change",
            "relative",
        )
        .sort(
            pl.col("change").replace_strict(_WEIGHT, return_dtype=pl.Int32),
            pl.col("relative").abs().fill_null(0.0),
            *_NUMBER,
            descending=[False, True, *(False for _ in _NUMBER)],
        )
    )
