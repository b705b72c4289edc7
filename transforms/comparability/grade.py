"""From eight scores to a grade: A direct, B adjusted, C side by side only, X not comparable."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from transforms.comparability.pairs import PAIR
from transforms.comparability.scores import ANOTHER, DIMENSIONS, REMOVABLE, SAME, UNKNOWN, scored, with_breaks
from transforms.harmonise.registers import Registers

GRADES = ("A", "B", "C", "X")
# The claim that a count says how much crime or harm there is, rather than what was recorded.
LEVEL = "level of crime or harm"
# Two of these that nobody can measure make another thing of the comparison.
_TWO_OF = ("U", "D", "G", "C")
_ADJUSTMENT = {
    "U": "Q4 rate base",
    "D": "re-cut to the smaller definition",
    "P": "Q4 one population",
    "G": "Q3 summed from the same areas",
    "C": "Q2 common coverage",
    "R": "bridged break",
    "S": "official beside management information of one definition",
}
_REMEDY = {
    "U": "figures that count the same thing, both as counts or both as rates",
    "D": "figures under one definition",
    "P": "rates on one population of one age range",
    "T": "periods of the same length and months: both rebuilt from the same quarters, or both per month where collection was uniform",
    "G": "figures for one geography, counted at one place",
    "C": "the same forces left out of both figures and both populations, or figures for all",
    "R": "a bridging factor for the break, which no publisher has given, or two figures on one side of it",
    "S": "official statistics on both sides",
}


def grade_pairs(pairs: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Grade every pair: its columns with U, D, P, T, G, C, R, S (0 to 3), grade, reasons, adjustments, remedy, breaks and noted.

    The worst score decides: 0 is A, 1 is B, 2 is C, 3 is X; 2 in two or more of U, D, G and C is X too. ``reasons`` are the scores above 0
    with the breaks behind them ('T2; R2 (B11)'), ``adjustments`` what was done about the scores of 1, ``remedy`` what would make the pair
    comparable, ``noted`` the breaks that change nothing but belong beside the comparison.
    """
    police = pl.col("police_generated_a").fill_null(False) | pl.col("police_generated_b").fill_null(False)
    frame = with_breaks(
        scored(pairs, registers.units, registers.measures, registers.definitions),
        registers.breaks,
        (pl.col("claim_scope") == LEVEL) & police,
    )
    return frame.pipe(graded).select(
        *pairs.columns, *DIMENSIONS, "grade", "reasons", "adjustments", "remedy", "breaks", "noted"
    )


def graded(scores: pl.DataFrame) -> pl.DataFrame:
    """Add grade, reasons, adjustments and remedy to a frame with the eight scores and ``breaks``."""
    worst = pl.max_horizontal(*DIMENSIONS)
    two = pl.sum_horizontal((pl.col(name) >= UNKNOWN).cast(pl.Int8) for name in _TWO_OF) >= 2
    return scores.with_columns(
        pl.when((worst >= ANOTHER) | two)
        .then(pl.lit("X"))
        .otherwise(
            worst.replace_strict({SAME: "A", REMOVABLE: "B", UNKNOWN: "C"}, default=None, return_dtype=pl.String)
        )
        .alias("grade"),
        _joined({name: pl.col(name) > SAME for name in DIMENSIONS}, _code),
        _joined({name: pl.col(name) == REMOVABLE for name in DIMENSIONS}, _adjusted).alias("adjustments"),
        _joined({name: pl.col(name) >= UNKNOWN for name in DIMENSIONS}, _remedied).alias("remedy"),
    )


def grade(pair: Mapping[str, Any], registers: Registers) -> dict[str, Any]:
    """Grade one pair: a mapping with the columns PAIR (absent ones are unknown); returns a row of ``grade_pairs``."""
    row = {name: pair.get(name) for name in PAIR}
    return grade_pairs(pl.DataFrame([row], schema=PAIR), registers).row(0, named=True)


def _joined(parts: Mapping[str, pl.Expr], words: Any) -> pl.Expr:
    return pl.concat_str(
        [pl.when(condition).then(words(name)) for name, condition in parts.items()], separator="; ", ignore_nulls=True
    ).alias("reasons")


def _code(name: str) -> pl.Expr:
    code = pl.concat_str(pl.lit(name), pl.col(name))
    if name != "R":
        return code
    return (
        pl.when(pl.col("breaks") == "")
        .then(code)
        .otherwise(pl.concat_str(code, pl.lit(" ("), pl.col("breaks"), pl.lit(")")))
    )


def _remedied(name: str) -> pl.Expr:
    usual = pl.lit(_REMEDY[name])
    if name == "C":
        return pl.when(pl.col("C") == ANOTHER).then(pl.lit("a published figure on both sides")).otherwise(usual)
    if name == "T":
        cycles = (pl.col("period_kind_a") == "cycle").fill_null(False)
        return pl.when(cycles).then(pl.lit("grades of one inspection cycle")).otherwise(usual)
    return usual


def _adjusted(name: str) -> pl.Expr:
    if name == "T":
        return (
            pl.when(pl.col("per_month_a").fill_null(False))
            .then(pl.lit("Q1 per month"))
            .otherwise(pl.lit("Q5 rebuilt from the same quarters"))
        )
    return pl.lit(_ADJUSTMENT[name])
