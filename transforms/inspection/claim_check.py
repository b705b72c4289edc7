"""The claim that Norfolk has "the highest rate of identified drug dealers from London", beside what was published."""

from typing import Any

import polars as pl

from transforms.statistics.ranks import HIGHEST_FROM

_MEASURE, NORFOLK = "london_linked_individuals", "E23000024"
# Where the individuals come from.
_LONDON = ("E23000001", "E23000034")


def claim_check(indicators: pl.DataFrame, observations: pl.DataFrame) -> dict[str, Any]:
    """What the claim rests on, worked out: counts, published rank, derived rates, the bound for places that were not counted in print.

    Returns count, months, published_rank; rate, lower_95, upper_95 (per 100,000 residents, derived); others: the derived rates of the other
    places of that report, highest first; unprinted: the places that the report ranks without printing a number, each with the highest rate
    that it can have (its count is at most that of the place ranked before it); unnamed: the police force areas that the report does not
    name, London left out, whose rate could be higher (their count is at most that of the last place that it ranks); rank_by_rate among the
    printed, rank_by_rate_at_worst among all; probability_highest among the printed; may_say_highest (probability ≥ 0.95 and no other area
    could be higher); second_count, second_months, change_per_month (per cent),
    change_as_printed (per cent of counts of unequal periods), second_first: the place with the largest count of the second report.
    """
    from transforms.statistics.ranks import ranked

    links = indicators.filter((pl.col("measure_id") == _MEASURE) & pl.col("is_preferred"))
    first = links.filter(pl.col("edition_id") == "year-1")
    second = links.filter(pl.col("edition_id") == "year-2").sort("numerator", descending=True, nulls_last=True)
    ranks = observations.filter(
        (pl.col("measure_id") == "london_linked_rank_published") & (pl.col("edition_id") == "year-1")
    ).select("area_id", pl.col("value").cast(pl.Int64).alias("published_rank"))
    places = first.join(ranks, on="area_id", how="left").sort("published_rank", "numerator", nulls_last=True)
    printed = ranked(places.filter(pl.col("value").is_not_null()))
    norfolk = printed.row(by_predicate=pl.col("area_id") == NORFOLK, named=True)
    unprinted = _bounds(places)
    later = second.row(by_predicate=pl.col("area_id") == NORFOLK, named=True)
    per_month = (later["numerator"] / later["months"]) / (norfolk["numerator"] / norfolk["months"])
    unnamed = _unnamed(places, observations, norfolk["value"])
    could_be_higher = len(unprinted.filter(pl.col("at_most") > norfolk["value"])) + len(unnamed)
    return {
        "count": int(norfolk["numerator"]),
        "months": norfolk["months"],
        "published_rank": norfolk["published_rank"],
        "rate": norfolk["value"],
        "lower_95": norfolk["lower_95"],
        "upper_95": norfolk["upper_95"],
        "indicator_id": norfolk["indicator_id"],
        "others": printed.filter(pl.col("area_id") != NORFOLK)
        .sort("value", descending=True)
        .select("area_name", "numerator", "value", "lower_95", "upper_95", "indicator_id")
        .to_dicts(),
        "unprinted": unprinted.to_dicts(),
        "unnamed": unnamed.to_dicts(),
        "rank_by_rate": int(norfolk["rank"]),
        "rank_by_rate_at_worst": int(norfolk["rank"]) + could_be_higher,
        "probability_highest": norfolk["probability_highest"],
        "may_say_highest": bool(norfolk["probability_highest"] >= HIGHEST_FROM and could_be_higher == 0),
        "second_count": int(later["numerator"]),
        "second_months": later["months"],
        "second_rate": later["value"],
        "second_indicator_id": later["indicator_id"],
        "change_per_month": (per_month - 1) * 100,
        "change_as_printed": (later["numerator"] / norfolk["numerator"] - 1) * 100,
        "second_first": second["area_name"][0],
        "second_first_count": int(second["numerator"][0]),
        "second_first_rate": second["value"][0],
        "second_first_indicator_id": second["indicator_id"][0],
    }


def _bounds(places: pl.DataFrame) -> pl.DataFrame:
    """Places that were ranked without a number: area_name, published_rank, at_most (per 100,000), the bound for the count being the place before."""
    ordered = places.sort("published_rank", nulls_last=True)
    largest = ordered["numerator"].fill_null(strategy="forward")
    residents = ordered.join(places.select("area_id", "denominator_used"), on="area_id", how="left", suffix="_of")[
        "denominator_used"
    ]
    return (
        ordered.with_columns(largest.alias("count_at_most"), residents.alias("residents"))
        .filter(pl.col("numerator").is_null() & pl.col("published_rank").is_not_null())
        .with_columns((pl.col("count_at_most") * 100_000 / pl.col("residents")).alias("at_most"))
        .select("area_name", "published_rank", "count_at_most", "residents", "at_most")
    )


def _unnamed(places: pl.DataFrame, observations: pl.DataFrame, rate: float) -> pl.DataFrame:
    """Police force areas outside the report whose rate could exceed ``rate``: area_name, residents, count_at_most, at_most (per 100,000)."""
    (least,) = places.filter(pl.col("published_rank").is_not_null()).select(pl.col("numerator").min()).row(0)
    (first_day,) = places.select(pl.col("period_start").min()).row(0)
    day = first_day.replace(month=6, day=30)
    return (
        observations.filter(
            (pl.col("measure_id") == "resident_population")
            & (pl.col("area_kind") == "police_force_area")
            & (pl.col("period_end") == day)
            & ~pl.col("area_id").is_in([*places["area_id"], *_LONDON])
        )
        .sort("vintage", "edition_id")
        .unique("area_id", keep="last", maintain_order=True)
        .with_columns(pl.lit(least).alias("count_at_most"), (least * 100_000 / pl.col("value")).alias("at_most"))
        .filter(pl.col("at_most") > rate)
        .sort("area_id")
        .select(pl.col("area_text").alias("area_name"), pl.col("value").alias("residents"), "count_at_most", "at_most")
    )
