"""Every comparison that the reports make, and every one that they refuse, with its grade."""

from datetime import date

import polars as pl

from transforms.comparability.grade import grade_pairs
from transforms.comparability.pairs import (
    paired,
    same_period,
    side_of_indicators,
    side_of_observations,
    successive,
    year_before,
)
from transforms.contracts.tables import COMPARABILITY
from transforms.harmonise.registers import Registers
from transforms.indicators.sums import spoken_of

_ALLOWED = {
    "A": "change, rank and test",
    "B": "change and test, with the adjustment named",
    "C": "side by side, more or less, no percentage, no rank, no test",
    "X": "no comparison",
}

# Beside the measures of page 1, of which the register of headlines has the list.
_SIDE_BY_SIDE = ("child_criminal_exploitation_episodes", "gangs_episodes")
# Its two reports cover periods of different length: a reader compares them all the same.
_ANY_LENGTH = "london_linked_individuals"
_NATION = "K04000001"
# Of these, reports and the scoreboard say how unlike areas are in the first and in the newest year.
_SPREAD = (
    "drug_offences",
    "nrm_police_referrals",
    "nrm_police_child_criminal_referrals",
    "child_criminal_exploitation_episodes",
)
# Published by the month; what is said of how they may be compared holds for the outcomes that they are divided into.
_MONTHLY = ("police_uk_drugs_records", "police_uk_searches_for_drugs")
_RECENT = "6mo"
BEFORE_THE_REPORT = "since_2019"
"""The kind of comparison with the last full year before the report of January 2020."""
_REPORT = date(2020, 1, 1)


def ledger(indicators: pl.DataFrame, observations: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """The contract COMPARABILITY: one row a pair of figures that a report sets side by side, joins in a line, or could be asked to.

    Kinds: 'areas' (every two police force areas of one measure in each period of its newest six months, as rates), 'nation' (an area
    beside England and Wales), 'year_before' (a figure and that of the same months a year earlier, as counts), 'first_and_latest' (the
    newest figure and the oldest of the same months), 'first_and_latest_year' (the newest twelve months of an area and the first that may be
    compared with them, as rates, of measures whose spread between areas is compared over time), 'since_2019' (the newest twelve months of an
    area and the last twelve that ended before January 2020, as rates where both have one), 'month_before' (counts of single months
    of an area and those of the month before that is held). What a grade forbids is in ``allowed``. The pairs behind the findings, of the
    grades of inspections and of what the programme states are added where these are known (transforms.inspection).
    """
    preferred = spoken_of(indicators.filter(pl.col("is_preferred")))
    side_by_side = [*registers.headlines["measure_id"], *_SIDE_BY_SIDE]
    rates = side_of_indicators(
        preferred.filter(pl.col("value").is_not_null() & pl.col("measure_id").is_in(side_by_side)), registers
    )
    counts = side_of_indicators(preferred, registers, as_counts=True)
    recent = pl.col("period_end") > pl.col("period_end").max().over("measure_id").dt.offset_by(f"-{_RECENT}")
    series = pl.col("measure_id") == _ANY_LENGTH
    kinds = {
        "areas": same_period(rates.filter((pl.col("level") == "police_force_area") & (recent | series))),
        "nation": _beside_the_nation(rates),
        "year_before": year_before(counts),
        "first_and_latest": _first_and_latest(counts),
        "first_and_latest_year": _first_and_latest_year(
            rates.filter((pl.col("level") == "police_force_area") & pl.col("measure_id").is_in(_SPREAD)), registers
        ),
        BEFORE_THE_REPORT: _since_the_report(preferred, registers),
        "month_before": successive(side_of_observations(_months(observations), registers)),
    }
    return pl.concat(
        entries(grade_pairs(pairs, registers).with_columns(pl.lit(kind).alias("kind"))) for kind, pairs in kinds.items()
    ).sort("comparison_id")


def entries(graded: pl.DataFrame) -> pl.DataFrame:
    """Graded pairs with their ``kind`` as lines of the ledger: the contract COMPARABILITY, in the order given.

    A ``subject``, where there is one, stands in the identifier: what the pair is compared for, when two figures are for several things.
    """
    subject = ["subject"] if "subject" in graded.columns else []
    return graded.with_columns(
        pl.concat_str("kind", *subject, "figure_id_a", "figure_id_b", separator=" ").alias("comparison_id"),
        pl.col("measure_id_a").alias("measure_id"),
        pl.col("claim_scope", "reasons", "adjustments", "remedy", "noted").replace("", None),
        pl.col("grade").replace_strict(_ALLOWED).alias("allowed"),
    ).select(pl.col(name).cast(dtype) for name, dtype in COMPARABILITY.schema.items())


def _months(observations: pl.DataFrame) -> pl.DataFrame:
    """What is published of single months of police force areas, of several editions the newest."""
    return (
        observations.filter(pl.col("measure_id").is_in(_MONTHLY) & (pl.col("area_kind") == "police_force_area"))
        .sort("vintage", "observation_id", descending=[True, False])
        .unique(["measure_id", "area_id", "period_start"], keep="first", maintain_order=True)
    )


def _beside_the_nation(sides: pl.DataFrame) -> pl.DataFrame:
    nation = sides.filter(pl.col("area_id") == _NATION)
    others = sides.filter(
        (pl.col("area_id") != _NATION) & pl.col("level").is_in(["police_force_area", "region", "country"])
    )
    both = others.join(
        nation.select("measure_id", "period_start", "period_end", pl.col("figure_id").alias("of_nation")),
        on=["measure_id", "period_start", "period_end"],
    )
    second = both.select(pl.col("of_nation").alias("figure_id")).join(
        nation, on="figure_id", how="left", maintain_order="left"
    )
    return paired(both.select(sides.columns), second.select(sides.columns))


def _first_and_latest(sides: pl.DataFrame) -> pl.DataFrame:
    days = (pl.col("period_end") - pl.col("period_start")).dt.total_days() // 28
    held = sides.filter(pl.col("coverage") != "absent").with_columns(
        pl.when(pl.col("measure_id") != _ANY_LENGTH).then(days).alias("length"),
        pl.when(pl.col("measure_id") != _ANY_LENGTH).then(pl.col("period_start").dt.month()).alias("starts"),
    )
    ordered = held.sort("period_end", "figure_id")
    latest = ordered.group_by("measure_id", "area_id", "length", maintain_order=True).last()
    key = ["measure_id", "area_id", "length", "starts"]
    first = ordered.group_by(key, maintain_order=True).first()
    both = latest.join(first.select(*key, pl.col("figure_id").alias("of_first")), on=key, nulls_equal=True).filter(
        pl.col("figure_id") != pl.col("of_first")
    )
    oldest = both.select(pl.col("of_first").alias("figure_id")).join(
        sides, on="figure_id", how="left", maintain_order="left"
    )
    return paired(oldest.select(sides.columns), both.select(sides.columns))


def _since_the_report(preferred: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Each area's newest twelve months with the last that ended before the report of January 2020: as rates where both have one, else as counts."""
    years = preferred.filter((pl.col("months") == 12) & pl.col("numerator").is_not_null()).sort(
        "period_end", "indicator_id"
    )
    key = ["measure_id", "area_id"]
    newest = years.group_by(key, maintain_order=True).last()
    before = years.filter(pl.col("period_end") < _REPORT).group_by(key, maintain_order=True).last()
    both = newest.join(before, on=key, suffix="_before", maintain_order="left").filter(
        pl.col("indicator_id") != pl.col("indicator_id_before")
    )
    rated = pl.col("value").is_not_null() & pl.col("value_before").is_not_null()
    parts = []
    for rows, as_counts in ((both.filter(rated), False), (both.filter(~rated), True)):
        ids = (rows["indicator_id_before"], rows["indicator_id"])
        earlier, later = (
            side_of_indicators(
                pl.DataFrame({"indicator_id": of})
                .join(years, on="indicator_id", how="left", maintain_order="left")
                .select(years.columns),
                registers,
                as_counts,
            )
            for of in ids
        )
        parts.append(paired(earlier, later))
    return pl.concat(parts)


def _first_and_latest_year(sides: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Each area's rates of an earlier and of the newest twelve months, where it has both.

    The earlier ones are the first that may be compared with the newest in every area (grade A or B); where none may, the first of all.
    """
    whole_year = pl.col("period_start").dt.offset_by("12mo") == pl.col("period_end").dt.offset_by("1d")
    years = sides.filter(whole_year).sort("measure_id", "area_id", "period_end", "figure_id")
    newest = years.filter(pl.col("period_end") == pl.col("period_end").max().over("measure_id"))
    key = ["measure_id", "area_id"]
    earlier = years.join(newest.select(*key, pl.col("period_end").alias("newest")), on=key).filter(
        pl.col("period_end") < pl.col("newest")
    )
    later = earlier.select(key).join(newest, on=key, how="left", maintain_order="left")
    pairs = paired(earlier.select(sides.columns), later.select(sides.columns))
    first = (
        grade_pairs(pairs, registers)
        .group_by("measure_id_a", "period_end_a")
        .agg(pl.col("grade").is_in(["A", "B"]).all().alias("comparable"))
        .sort(pl.col("comparable").not_(), "period_end_a")
        .unique("measure_id_a", keep="first", maintain_order=True)
    )
    return pairs.join(first, on=["measure_id_a", "period_end_a"], how="semi", maintain_order="left")
