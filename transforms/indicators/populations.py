"""Chooses the population that a rate is divided by, and says which it was.

Two rules. ``as_published``: the population printed in the same edition, to reproduce the publisher's own rate. ``canonical``:
the mid-year of the calendar year in which the middle of the period falls; where that mid-year is not held, the nearest one at most a
year away, the earlier of two. Of one mid-year a figure for the police force area itself stands before a sum of its districts, and of
several figures that of the newest edition.
"""

import polars as pl

RESIDENTS = "resident_population"
# What districts and the authorities above them are among the kinds of area.
AUTHORITIES = ("local_authority", "district")
MOST_YEARS_AWAY = 1
# ONS prints populations "rounded to 100".
ROUNDED_TO = 100
# A population recovered from a rate printed with fifteen digits is whole to within rounding errors of the arithmetic.
WHOLE_NUMBER_TOLERANCE = 1e-3


def populations(observations: pl.DataFrame) -> pl.DataFrame:
    """Printed populations of police force areas, regions and countries: area_id, area_kind, year, residents, observation_id, source_id, edition_id, vintage, is_sum (false)."""
    return observations.filter(
        (pl.col("measure_id") == RESIDENTS) & pl.col("value").is_not_null() & ~pl.col("area_kind").is_in(AUTHORITIES)
    ).select(
        "area_id",
        "area_kind",
        pl.col("period_end").dt.year().alias("year"),
        pl.col("value").alias("residents"),
        "observation_id",
        "source_id",
        "edition_id",
        "vintage",
        pl.lit(False).alias("is_sum"),
    )


def as_published(counts: pl.DataFrame, printed: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """``counts`` of areas with the population that their own edition prints for them; rows without one are left out.

    ONS prints populations rounded to 100 and rates computed before rounding. ``denominator`` is the printed population;
    ``denominator_used`` is the whole number that the printed count and rate give away, N = 1,000 × count ÷ rate, where it is
    whole and rounds to what is printed, else the printed population.
    """
    rates = observations.filter(pl.col("measure_id") == "drug_offence_rate_published").select(
        "source_id", "edition_id", "area_id", pl.col("value").alias("printed_rate")
    )
    behind = 1000 * pl.col("numerator") / pl.col("printed_rate")
    is_whole = (behind - behind.round()).abs() < WHOLE_NUMBER_TOLERANCE
    # Of the whole number: what is exactly half a hundred away, as the residents of Wales in mid-2016, may be a hair further before.
    rounds_to_printed = (behind.round() - pl.col("residents")).abs() <= ROUNDED_TO / 2
    return (
        counts.join(
            printed.select("area_id", "edition_id", "source_id", "year", "residents", "observation_id"),
            on=["area_id", "source_id", "edition_id"],
        )
        .join(rates, on=["source_id", "edition_id", "area_id"], how="left")
        .select(
            *counts.columns,
            pl.lit("as_published").alias("denominator_rule"),
            pl.col("residents").alias("denominator"),
            pl.when(is_whole & rounds_to_printed)
            .then(behind.round())
            .otherwise(pl.col("residents"))
            .alias("denominator_used"),
            pl.format("mid-{}, {} {}", "year", "source_id", "edition_id").alias("denominator_edition"),
            pl.col("observation_id").alias("denominator_observations"),
        )
    )


def canonical_by_force(periods: pl.DataFrame, printed: pl.DataFrame) -> pl.DataFrame:
    """For each distinct period (period_start, period_end) the canonical population of every police force area.

    Columns: period_start, period_end, area_id, year, residents, observation_id, source_id, edition_id.
    """
    newest = (
        printed.filter(pl.col("area_kind") == "police_force_area")
        .sort("is_sum", "vintage", "edition_id", descending=[False, True, True])
        .unique(["area_id", "year"], keep="first", maintain_order=True)
    )
    middle = pl.col("period_start") + (pl.col("period_end") - pl.col("period_start")) / 2
    return (
        periods.select("period_start", "period_end")
        .unique()
        .with_columns(middle.dt.year().alias("wanted"))
        .join(newest, how="cross")
        .with_columns((pl.col("year") - pl.col("wanted")).abs().alias("years_away"))
        .filter(pl.col("years_away") <= MOST_YEARS_AWAY)
        .sort("period_end", "period_start", "area_id", "years_away", "year")
        .unique(["period_start", "period_end", "area_id"], keep="first", maintain_order=True)
        .drop("wanted", "years_away", "vintage", "area_kind", "is_sum")
    )


def canonical(counts: pl.DataFrame, covered: pl.DataFrame, printed: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """``counts`` with their canonical population; rows for which no population is held are left out.

    ``covered`` names the police force areas that each count covers: source_id, edition_id, measure_id, period_start,
    period_end, area_id, part_id. The denominator of a sum is the publisher's own total where that total covers exactly the
    same forces at the same mid-year (it is rounded once instead of 43 times), else the sum of the parts.
    """
    key = ["measure_id", "source_id", "edition_id", "period_start", "period_end", "area_id"]
    of_parts = covered.join(
        canonical_by_force(counts, printed).rename(
            {"area_id": "part_id", "source_id": "population_source", "edition_id": "population_edition"}
        ),
        on=["period_start", "period_end", "part_id"],
        how="left",
    )
    sums = (
        of_parts.sort(*key, "part_id")
        .group_by(key, maintain_order=True)
        .agg(
            pl.col("residents").sum(),
            pl.col("residents").null_count().alias("without_population"),
            pl.col("part_id").sort().str.join(",").alias("part_ids"),
            pl.col("observation_id").sort().str.join("; ").alias("denominator_observations"),
            pl.format("mid-{}, {} {}", "year", "population_source", "population_edition").alias("which"),
            pl.col("year").n_unique().alias("years"),
            pl.col("population_edition").n_unique().alias("editions"),
            pl.col("year").first(),
            pl.col("population_source").first(),
            pl.col("population_edition").first(),
        )
        .filter(pl.col("without_population") == 0)
    )
    totals = _printed_totals(printed, parts)
    same = (pl.col("years") == 1) & (pl.col("editions") == 1) & (pl.col("part_ids") == pl.col("total_part_ids"))
    return (
        counts.join(sums, on=key)
        .join(totals, on=["area_id", "population_source", "population_edition", "year"], how="left")
        .with_columns(
            pl.lit("canonical").alias("denominator_rule"),
            pl.when(same).then(pl.col("total_residents")).otherwise(pl.col("residents")).alias("denominator"),
            pl.when(same).then(pl.col("total_residents")).otherwise(pl.col("residents")).alias("denominator_used"),
            pl.when(same)
            .then(pl.col("total_observation_id"))
            .otherwise(pl.col("denominator_observations"))
            .alias("denominator_observations"),
            pl.col("which").list.unique().list.sort().list.join(" and ").alias("denominator_edition"),
        )
        .select(
            *counts.columns,
            "denominator_rule",
            "denominator",
            "denominator_used",
            "denominator_edition",
            "denominator_observations",
        )
    )


def _printed_totals(printed: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Printed populations of sums with the forces that they cover: those whose own population the same edition prints."""
    forces = printed.filter(pl.col("area_kind") == "police_force_area").select(
        "source_id", "edition_id", "year", part_id="area_id"
    )
    return (
        printed.filter(pl.col("area_kind") != "police_force_area")
        .join(parts.select("area_id", "part_id"), on="area_id")
        .join(forces, on=["source_id", "edition_id", "year", "part_id"])
        .group_by("area_id", "source_id", "edition_id", "year", "residents", "observation_id")
        .agg(pl.col("part_id").sort().str.join(",").alias("total_part_ids"))
        .rename(
            {
                "source_id": "population_source",
                "edition_id": "population_edition",
                "residents": "total_residents",
                "observation_id": "total_observation_id",
            }
        )
    )
