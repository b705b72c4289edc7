"""From local authorities to police force areas: sums of authorities, and rates per 10,000 children.

A county with the name of a police force area is often smaller than it (Hampshire, Essex, Kent): figures go by code, never by name. England
and its regions are rounded to ten by the publisher and never take part in a sum.
"""

from datetime import date

import polars as pl

from transforms.harmonise.local_authorities import in_being
from transforms.indicators.populations import AUTHORITIES, RESIDENTS, canonical_by_force

POPULATION = "child_population"
# Counts of police forces that are divided by residents aged 0 to 17 as well.
OF_CHILDREN = ("nrm_police_child_criminal_referrals",)
ASSESSED = "assessed_episodes"
FACTORS = ("child_criminal_exploitation_episodes", "gangs_episodes")
# Counts that authorities publish, and that are divided by residents aged 0 to 17.
OF_AUTHORITIES = (
    *FACTORS,
    "social_care_referrals",
    "children_in_need_episodes",
    "permanent_exclusions_drugs_alcohol",
    "fixed_period_exclusions_drugs_alcohol",
)
# Every measure whose rate is of residents aged 0 to 17.
PER_CHILD = (*OF_AUTHORITIES, *OF_CHILDREN)
# A zero where ten are expected has a chance of 1 in 22,000 if need were recorded as elsewhere: the factor was not recorded.
EXPECTED_AT_LEAST = 10

_SERIES = ["measure_id", "source_id", "edition_id", "period_start", "period_end"]


def upper_tier(authorities: pl.DataFrame, day: date) -> pl.DataFrame:
    """The authorities responsible for children on a day (counties and single-tier): authority_id, name, police_force_area_id."""
    return authorities.filter((pl.col("kind") == "local_authority") & in_being(pl.lit(day))).select(
        "authority_id", "name", "police_force_area_id"
    )


def area_equal_forces(authorities: pl.DataFrame, day: date) -> pl.DataFrame:
    """The police force areas that were one upper-tier authority on a day: police_force_area_id, authority_id, name."""
    return (
        upper_tier(authorities, day)
        .filter(pl.len().over("police_force_area_id") == 1)
        .select("police_force_area_id", "authority_id", "name")
        .sort("police_force_area_id")
    )


def implausible_zeros(observations: pl.DataFrame) -> pl.DataFrame:
    """Zeros of authorities whose assessments let ten or more be expected at England's share: the factor was probably not recorded.

    Expected is the authority's assessments × England's assessments with the factor ÷ England's assessments, of the same edition. Returns
    observation_id, measure_id, area_id, area_text, period_end, assessed and expected.
    """
    assessed = observations.filter(pl.col("measure_id") == ASSESSED)
    factors = observations.filter(pl.col("measure_id").is_in(FACTORS))
    england = factors.filter(pl.col("area_kind") == "country").join(
        assessed.filter(pl.col("area_kind") == "country"), on=["source_id", "edition_id"], suffix="_assessed"
    )
    share = england.select(
        "source_id", "edition_id", "measure_id", (pl.col("value") / pl.col("value_assessed")).alias("share")
    )
    return (
        factors.filter((pl.col("area_kind") == "local_authority") & (pl.col("value") == 0))
        .join(
            assessed.select("source_id", "edition_id", "area_id", pl.col("value").alias("assessed")),
            on=["source_id", "edition_id", "area_id"],
        )
        .join(share, on=["source_id", "edition_id", "measure_id"])
        .with_columns((pl.col("assessed") * pl.col("share")).alias("expected"))
        .filter(pl.col("expected") >= EXPECTED_AT_LEAST)
        .select("observation_id", "measure_id", "area_id", "area_text", "period_end", "assessed", "expected")
        .sort("observation_id")
    )


def without_implausible_zeros(observations: pl.DataFrame) -> pl.DataFrame:
    """The observations, where an implausible zero has no value and the status 'not_comparable'."""
    doubted = pl.col("observation_id").is_in(implausible_zeros(observations)["observation_id"].implode())
    return observations.with_columns(
        pl.when(doubted).then(None).otherwise(pl.col("value")).alias("value"),
        pl.when(doubted).then(pl.lit("not_comparable")).otherwise(pl.col("status")).alias("status"),
    )


def force_sums(observations: pl.DataFrame, authorities: pl.DataFrame) -> pl.DataFrame:
    """Sums of upper-tier authorities by police force area, one row for each measure, edition, period and force of the country that it is of.

    ``observations`` follows its contract; rows that are no local authority's are not looked at, and the parts of an authority's figure are
    added up. ``authorities`` is the register. A force is made of the authorities that existed on the last day of the period; a former code of
    the same place counts as the present one; a force of which the edition has no authority has no row. An edition with authorities of England alone has no row of a Welsh force, and the other way round.

    Returns the series (measure_id, source_id, edition_id, period_start, period_end), vintage, area_id, value, status, reason,
    authorities (how many) and observation_ids joined by '; '. As soon as one authority has no value the sum is null: its status is
    'not_available' where an authority is not in the table, else that of the first authority in question, and reason names each of them.
    """
    recoded = authorities.filter(pl.col("ended_by") == "recoded").select("authority_id", "successor_ids")
    known = (
        observations.filter(pl.col("area_kind") == "local_authority")
        .join(recoded, left_on="area_id", right_on="authority_id", how="left")
        .with_columns(pl.coalesce("successor_ids", "area_id").alias("authority_id"))
        .sort("observation_id")
        .group_by(*_SERIES, "vintage", "authority_id", maintain_order=True)
        .agg(
            pl.when(pl.col("value").is_not_null().all()).then(pl.col("value").sum()).alias("value"),
            pl.coalesce(pl.col("status").filter(pl.col("value").is_null()).first(), pl.lit("ok")).alias("status"),
            pl.col("observation_id").str.join("; "),
        )
    )
    country = pl.col("authority_id").str.head(1).alias("country")
    editions = known.select(*_SERIES, "vintage", country).unique()
    upper = authorities.filter(pl.col("kind") == "local_authority").select(
        "authority_id", "name", "police_force_area_id", "valid_from", "valid_to", "ended_by", country
    )
    expected = editions.join(upper, on="country").filter(in_being(pl.col("period_end")))
    found = expected.join(known, on=[*_SERIES, "authority_id"], how="left").with_columns(
        pl.col("status").fill_null("not_in_table"),
    )
    lacking = pl.col("value").is_null()
    return (
        found.sort(*_SERIES, "police_force_area_id", "authority_id")
        .group_by(*_SERIES, "vintage", "police_force_area_id", maintain_order=True)
        .agg(
            pl.when(lacking.any()).then(None).otherwise(pl.col("value").sum()).alias("value"),
            pl.col("status").filter(lacking).alias("statuses"),
            pl.format("{}: {}", "name", pl.col("status").str.replace_all("_", " ", literal=True))
            .filter(lacking)
            .str.join("; ")
            .alias("reasons"),
            pl.len().cast(pl.Int64).alias("authorities"),
            pl.col("observation_id").drop_nulls().sort().str.join("; ").alias("observation_ids"),
        )
        .with_columns(
            pl.when(pl.col("statuses").list.contains("not_in_table"))
            .then(pl.lit("not_available"))
            .otherwise(pl.col("statuses").list.first())
            .fill_null("ok")
            .alias("status"),
            pl.when(pl.col("reasons") != "").then(pl.col("reasons")).alias("reason"),
        )
        # A force of which the table has no authority, as it has none of those that were divided since, has no figure in it.
        .filter(pl.col("observation_ids") != "")
        .rename({"police_force_area_id": "area_id"})
        .select(*_SERIES, "vintage", "area_id", "value", "status", "reason", "authorities", "observation_ids")
    )


def child_populations(observations: pl.DataFrame, authorities: pl.DataFrame) -> pl.DataFrame:
    """Residents aged 0 to 17 of police force areas, each the sum of its authorities; the columns of ``populations.populations``.

    Both frames as in ``force_sums``. A force with an authority without a figure has none.
    """
    sums = force_sums(observations.filter(pl.col("measure_id") == POPULATION), authorities)
    return sums.filter(pl.col("value").is_not_null()).select(
        "area_id",
        pl.lit("police_force_area").alias("area_kind"),
        pl.col("period_end").dt.year().alias("year"),
        pl.col("value").alias("residents"),
        pl.col("observation_ids").alias("observation_id"),
        *("source_id", "edition_id", "vintage"),
        pl.lit(True).alias("is_sum"),
    )


def resident_populations(observations: pl.DataFrame, authorities: pl.DataFrame) -> pl.DataFrame:
    """Residents of police force areas, each the sum of its districts; the columns of ``populations.populations``, ``is_sum`` true.

    A table of populations has the districts as they are when it is published, for all its mid-years: a force is made of those that existed in
    the month of the edition, and one with a district without a figure has none. No district lies in two forces.
    """
    printed = observations.filter((pl.col("measure_id") == RESIDENTS) & pl.col("area_kind").is_in(AUTHORITIES))
    edition = ["source_id", "edition_id", "vintage", "period_end"]
    districts = authorities.filter(pl.col("tier") != "county").select(
        pl.col("authority_id").alias("area_id"), "police_force_area_id", "valid_from", "valid_to", "ended_by"
    )
    expected = (
        printed.select(edition)
        .unique()
        .join(districts, how="cross")
        .filter(in_being((pl.col("vintage") + "-01").str.to_date()))
    )
    return (
        expected.join(
            printed.select(*edition, "area_id", "value", "observation_id"), on=[*edition, "area_id"], how="left"
        )
        .sort(*edition, "police_force_area_id", "area_id")
        .group_by(*edition, "police_force_area_id", maintain_order=True)
        .agg(
            pl.col("value").sum(),
            pl.col("value").is_null().any().alias("lacking"),
            pl.col("observation_id").sort().str.join("; "),
        )
        .filter(~pl.col("lacking"))
        .select(
            pl.col("police_force_area_id").alias("area_id"),
            pl.lit("police_force_area").alias("area_kind"),
            pl.col("period_end").dt.year().alias("year"),
            pl.col("value").alias("residents"),
            "observation_id",
            *("source_id", "edition_id", "vintage"),
            pl.lit(True).alias("is_sum"),
        )
    )


def of_children(observations: pl.DataFrame, authorities: pl.DataFrame) -> pl.DataFrame:
    """Assessments, referrals and exclusions of children by police force area, with the residents aged 0 to 17 that a rate is divided by.

    ``observations`` follows its contract, ``authorities`` is the register. An implausible zero counts as no figure. The population is
    chosen as ``populations.canonical_by_force`` does: to the year to March 2025 belongs mid-2024. Returns the series, area_id, vintage,
    numerator, numerator_status, coverage, coverage_note (which authorities lack a figure), area_basis, numerator_observations and the
    columns of a denominator, all that a rate is made of. The limits of such a rate treat events as independent; a child may be
    assessed, referred or excluded more than once, so that they are, if anything, narrow.
    """
    counts = without_implausible_zeros(observations).filter(pl.col("measure_id").is_in(OF_AUTHORITIES))
    sums = force_sums(counts, authorities)
    population = canonical_by_force(sums, child_populations(observations, authorities)).select(
        "period_start",
        "period_end",
        "area_id",
        pl.col("residents").alias("denominator"),
        pl.format("mid-{}, {} {}", "year", "source_id", "edition_id").alias("denominator_edition"),
        pl.col("observation_id").alias("denominator_observations"),
    )
    return sums.join(
        population, on=["period_start", "period_end", "area_id"], how="left", maintain_order="left"
    ).select(
        *_SERIES,
        "area_id",
        "vintage",
        pl.col("value").alias("numerator"),
        pl.col("status").alias("numerator_status"),
        pl.when(pl.col("value").is_null()).then(pl.lit("none")).otherwise(pl.lit("complete")).alias("coverage"),
        pl.col("reason").alias("coverage_note"),
        pl.lit("same_area").alias("area_basis"),
        pl.col("observation_ids").alias("numerator_observations"),
        pl.when(pl.col("denominator").is_null())
        .then(pl.lit("none"))
        .otherwise(pl.lit("canonical"))
        .alias("denominator_rule"),
        "denominator",
        pl.col("denominator").alias("denominator_used"),
        "denominator_edition",
        "denominator_observations",
    )
