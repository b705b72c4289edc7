"""What changed between the tables of two builds: editions, published cells, their meanings, the numbers that reports use, and findings."""

from dataclasses import dataclass
from typing import Final

import polars as pl

TABLES: Final = ("raw/editions", "core/observations", "out/indicators", "out/scoreboard")
_CELL: Final = ("observation_id",)
_NUMBER: Final = ("measure_id", "area_id", "area_name", "period_start", "period_end")
_FINDING: Final = ("finding_id", "indicator_id")
# What an observation means, apart from the text that is printed in its cell.
_MEANING: Final = (
    *("area_id", "measure_id", "definition_id", "period_start", "period_end"),
    *("value", "status", "correction_id"),
)
# Width of a 95% interval of a count in units of its square root, by the normal approximation to the Poisson distribution.
_POISSON_WIDTH: Final = 2 * 1.96
_WEIGHT: Final = {"revised": 0, "gap filled": 1, "new gap": 2, "withdrawn": 3, "new": 4, "rate only": 5}


@dataclass(frozen=True)
class Differences:
    """What two builds hold differently; each frame is empty where they agree.

    ``editions``: source_id, edition_id, title, change (new, withdrawn, other file).
    ``cells``: observation_id, before, after (texts as printed), change (new, withdrawn, revised).
    ``observations``: observation_id, column, before, after (as text): cells that both hold and that mean something else now.
    ``numbers``: measure, area and period of the numbers that reports use; before and after (count), rate_before and rate_after,
    edition_before and edition_after, change (revised, gap filled, new gap, withdrawn, new, rate only), relative (after / before - 1
    of the count, null where one is missing or before is zero), size (the difference in widths of the 95% interval that was printed
    before, see `_size`), and is_newest (no later period of the measure and area is held). What a reader should know first stands first.
    ``findings``: finding_id, indicator_id, finding, indicator, before, after (status), change (new, withdrawn, other status).
    """

    editions: pl.DataFrame
    cells: pl.DataFrame
    observations: pl.DataFrame
    numbers: pl.DataFrame
    findings: pl.DataFrame


def differences(before: dict[str, pl.DataFrame], after: dict[str, pl.DataFrame]) -> Differences:
    """Compare the tables TABLES of two builds, given by these names."""
    return Differences(
        editions=_editions(before["raw/editions"], after["raw/editions"]),
        cells=_cells(before["core/observations"], after["core/observations"]),
        observations=_observations(before["core/observations"], after["core/observations"]),
        numbers=_numbers(before["out/indicators"], after["out/indicators"]),
        findings=_findings(before["out/scoreboard"], after["out/scoreboard"]),
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


def _observations(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    texts = [
        frame.select(*_CELL, pl.col(_MEANING).cast(pl.String)).unpivot(
            index=_CELL, variable_name="column", value_name="text"
        )
        for frame in (before, after)
    ]
    return (
        texts[0]
        .join(texts[1], on=[*_CELL, "column"], suffix="_after")
        .filter(pl.col("text").ne_missing(pl.col("text_after")))
        .select(*_CELL, "column", pl.col("text").alias("before"), pl.col("text_after").alias("after"))
        .sort(*_CELL, "column")
    )


def _findings(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    columns = (*_FINDING, "finding", "indicator", "status")
    other = pl.when(pl.col("status_before") != pl.col("status_after")).then(pl.lit("other status"))
    return (
        _paired(before.select(columns), after.select(columns), _FINDING)
        .with_columns(
            _presence(other),
            *(pl.coalesce(f"{name}_after", f"{name}_before").alias(name) for name in ("finding", "indicator")),
        )
        .filter(pl.col("change").is_not_null())
        .select(
            *(*_FINDING, "finding", "indicator"),
            *(pl.col(f"status_{side}").alias(side) for side in ("before", "after")),
            "change",
        )
        .sort(_FINDING)
    )


def _size() -> pl.Expr:
    """How far a number moved, in widths of the 95% interval that stood beside it: of the rate, or of the count where none has a rate.

    The width of a count's interval is 2 × 1.96 × √count, by the normal approximation to the Poisson distribution.
    """
    rates = (pl.col("value_after") - pl.col("value_before")).abs() / (
        pl.col("upper_95_before") - pl.col("lower_95_before")
    )
    counts = (pl.col("count_after") - pl.col("count_before")).abs() / (
        _POISSON_WIDTH * pl.max_horizontal("count_before", pl.lit(1.0)).sqrt()
    )
    return pl.when(rates.is_finite()).then(rates).otherwise(counts)


def _numbers(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    chosen = [
        frame.filter("is_preferred").select(
            *_NUMBER, pl.col("numerator").alias("count"), "value", "lower_95", "upper_95", "edition_id"
        )
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
        .with_columns(
            _presence(other),
            relative.alias("relative"),
            _size().alias("size"),
            (pl.col("period_end") == pl.col("period_end").max().over("measure_id", "area_id")).alias("is_newest"),
        )
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
            "size",
            "is_newest",
        )
        .sort(
            pl.col("change").replace_strict(_WEIGHT, return_dtype=pl.Int32),
            pl.col("relative").abs().fill_null(0.0),
            *_NUMBER,
            descending=[False, True, *(False for _ in _NUMBER)],
        )
    )
