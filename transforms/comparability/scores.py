"""How far two figures differ in each of eight dimensions: 0 the same, 1 made the same, 2 different in a way nobody can measure, 3 another thing.

Each score is symmetric, and what is not known scores 2, never 0.
"""

import polars as pl

DIMENSIONS = {
    "U": "unit",
    "D": "definition",
    "P": "population",
    "T": "period",
    "G": "geography",
    "C": "coverage",
    "R": "recording",
    "S": "source",
}
SAME, REMOVABLE, UNKNOWN, ANOTHER = 0, 1, 2, 3
# A claim about a rate's own numerator and population: these two are meant to differ in unit, definition and period.
DERIVED_RATE = "derived rate"
_NOT_LOOKED_AT = ("U", "D", "P", "T", "R")
_COUNTRY_LEVELS = ["united_kingdom"]
_SUMMED_LEVELS = ["police_force_area", "region", "policing_region", "country", "countries"]


def scored(pairs: pl.DataFrame, units: pl.DataFrame, measures: pl.DataFrame, definitions: pl.DataFrame) -> pl.DataFrame:
    """Add the scores U, D, P, T, G, C and S of every pair, as Int8; R comes from the register of breaks (``with_breaks``).

    ``pairs`` has the columns PAIR; the frames are registers. Sides without a value in a column that a score needs score 2.
    """
    derived = pl.col("claim_scope") == DERIVED_RATE
    frame = _with_registers(pairs, units, measures, definitions).with_columns(
        U=_unit(), D=_definition(), P=_population(), T=_period(), G=_geography(), C=_coverage(), S=_source(derived)
    )
    return frame.with_columns(
        pl.when(derived).then(SAME).otherwise(pl.col(name)).cast(pl.Int8).alias(name)
        for name in _NOT_LOOKED_AT
        if name != "R"
    ).with_columns(pl.col("G", "C", "S").cast(pl.Int8))


def with_breaks(pairs: pl.DataFrame, breaks: pl.DataFrame, levels_of_harm: pl.Expr) -> pl.DataFrame:
    """Add R, the worst registered break between the periods of a pair that touches its measures and areas, and ``breaks``, their names.

    A break lies between two periods when it, or part of the stretch over which it took hold, comes after the first day of the earlier
    and not after the last day of the later; two figures of one period are on the same side of it. R is at least 2 where
    ``levels_of_harm`` holds: a count that police work makes is compared as a level of crime or harm.
    """
    keyed = pairs.with_row_index("pair")
    unknown = pl.any_horizontal(
        pl.col(
            "measure_id_a", "measure_id_b", "period_start_a", "period_start_b", "period_end_a", "period_end_b"
        ).is_null()
    )
    regime = breaks.filter((pl.col("dimension") == "R") & pl.col("measure_id").is_not_null()).select(
        "break_id",
        pl.col("measure_id").alias("broken_measure"),
        pl.col("area_id").alias("broken_area"),
        pl.col("date").alias("broken_from"),
        pl.coalesce("valid_to", "date").alias("broken_to"),
        pl.col("score").alias("broken_score"),
    )
    # Few pairs of measures and periods stand behind many pairs of areas.
    key = ["measure_id_a", "measure_id_b", "period_start_a", "period_start_b", "period_end_a", "period_end_b"]
    spans = keyed.select(key).unique()
    first = pl.min_horizontal("period_start_a", "period_start_b")
    last = pl.max_horizontal("period_end_a", "period_end_b")
    one_period = (pl.col("period_start_a") == pl.col("period_start_b")) & (
        pl.col("period_end_a") == pl.col("period_end_b")
    )
    crossed = pl.concat(
        spans.join(regime, left_on=f"measure_id_{side}", right_on="broken_measure", how="inner", coalesce=False)
        .drop("broken_measure")
        .filter(~one_period & (pl.col("broken_to") > first) & (pl.col("broken_from") <= last))
        for side in ("a", "b")
    ).unique()
    touched = (
        keyed.join(crossed, on=key)
        .filter(
            pl.col("broken_area").is_null()
            | (pl.col("broken_area") == pl.col("area_id_a"))
            | (pl.col("broken_area") == pl.col("area_id_b"))
        )
        .group_by("pair")
        .agg(
            pl.col("broken_score").max().alias("worst"),
            pl.col("break_id").filter(pl.col("broken_score") > SAME).unique().sort().str.join(", ").alias("breaks"),
            pl.col("break_id").filter(pl.col("broken_score") == SAME).unique().sort().str.join(", ").alias("noted"),
        )
    )
    worst = pl.when(unknown).then(UNKNOWN).otherwise(pl.col("worst").fill_null(SAME))
    return (
        keyed.join(touched, on="pair", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("claim_scope") == DERIVED_RATE)
            .then(SAME)
            .when(levels_of_harm)
            .then(pl.max_horizontal(worst, pl.lit(UNKNOWN)))
            .otherwise(worst)
            .cast(pl.Int8)
            .alias("R"),
            pl.col("breaks", "noted").fill_null(""),
        )
        .drop("pair", "worst")
    )


def _with_registers(
    pairs: pl.DataFrame, units: pl.DataFrame, measures: pl.DataFrame, definitions: pl.DataFrame
) -> pl.DataFrame:
    for side in ("a", "b"):
        pairs = (
            pairs.join(
                units.select(
                    pl.col("unit_id").alias(f"unit_id_{side}"),
                    pl.col("kin").alias(f"kin_{side}"),
                    (pl.col("comparable") == "True").alias(f"comparable_{side}"),
                ),
                on=f"unit_id_{side}",
                how="left",
                maintain_order="left",
            )
            .join(
                definitions.select(
                    pl.col("definition_id").alias(f"definition_id_{side}"), pl.col("concept").alias(f"concept_{side}")
                ),
                on=f"definition_id_{side}",
                how="left",
                maintain_order="left",
            )
            .join(
                measures.select(
                    pl.col("measure_id").alias(f"measure_id_{side}"),
                    pl.col("part_of").alias(f"part_of_{side}"),
                    (pl.col("police_generated") == "yes").alias(f"police_generated_{side}"),
                ),
                on=f"measure_id_{side}",
                how="left",
                maintain_order="left",
            )
        )
    return pairs


def _missing(column: str) -> pl.Expr:
    return pl.col(f"{column}_a").is_null() | pl.col(f"{column}_b").is_null()


def _same(column: str) -> pl.Expr:
    return pl.col(f"{column}_a") == pl.col(f"{column}_b")


def _unit() -> pl.Expr:
    conversion = pl.col("multiplier_a").eq_missing(pl.col("multiplier_b"))
    return (
        pl.when(_missing("unit_id"))
        .then(UNKNOWN)
        .when(~(pl.col("comparable_a") & pl.col("comparable_b")))
        .then(ANOTHER)
        .when(_same("unit_id"))
        .then(pl.when(conversion).then(SAME).when(_missing("multiplier")).then(UNKNOWN).otherwise(REMOVABLE))
        .when(_same("kin") & (pl.col("kin_a") != ""))
        .then(UNKNOWN)
        .otherwise(ANOTHER)
    )


def _definition() -> pl.Expr:
    part = (pl.col("part_of_a") == pl.col("measure_id_b")) | (pl.col("part_of_b") == pl.col("measure_id_a"))
    return (
        pl.when(_missing("definition_id") | _missing("measure_id"))
        .then(UNKNOWN)
        .when(_same("definition_id") & _same("measure_id") & pl.col("breakdown_a").eq_missing(pl.col("breakdown_b")))
        .then(SAME)
        .when(part)
        .then(REMOVABLE)
        .when(~_same("definition_id") & _same("concept"))
        .then(UNKNOWN)
        .otherwise(ANOTHER)
    )


def _population() -> pl.Expr:
    counts = pl.col("population_a").is_null() & pl.col("population_b").is_null()
    households = (pl.col("population_a") == "households") != (pl.col("population_b") == "households")
    brought_together = pl.col("redenominated_a").fill_null(False) | pl.col("redenominated_b").fill_null(False)
    return (
        pl.when(counts)
        .then(SAME)
        .when(_missing("population"))
        .then(UNKNOWN)
        .when(households)
        .then(ANOTHER)
        .when(~_same("population"))
        .then(UNKNOWN)
        .when(_same("population_rule"))
        .then(SAME)
        .when(brought_together & ~_missing("population_rule"))
        .then(REMOVABLE)
        .otherwise(UNKNOWN)
    )


def _period() -> pl.Expr:
    both = {
        name: pl.col(f"{name}_a").fill_null(False) & pl.col(f"{name}_b").fill_null(False)
        for name in ("recut", "per_month")
    }
    same_dates = _same("period_start") & _same("period_end")
    aligned = (
        (_months("a") == _months("b"))
        & (pl.col("period_start_a").dt.month() == pl.col("period_start_b").dt.month())
        & (pl.col("period_start_a").dt.day() == pl.col("period_start_b").dt.day())
    )
    return (
        pl.when(_missing("period_kind") | _missing("period_start") | _missing("period_end"))
        .then(UNKNOWN)
        .when(~_same("period_kind"))
        .then(ANOTHER)
        .when(same_dates)
        .then(SAME)
        .when(pl.col("period_kind_a") != "interval")
        .then(UNKNOWN)
        .when(aligned)
        .then(SAME)
        .when(both["recut"] | both["per_month"])
        .then(REMOVABLE)
        .otherwise(UNKNOWN)
    )


def _months(side: str) -> pl.Expr:
    """The length of a period: whole months as their number, anything else as minus its days, so that no week equals a month."""
    start, end = pl.col(f"period_start_{side}"), pl.col(f"period_end_{side}")
    whole = (start.dt.day() == 1) & (end == end.dt.month_end())
    months = (
        (end.dt.year() - start.dt.year()) * 12 + end.dt.month().cast(pl.Int32) - start.dt.month().cast(pl.Int32) + 1
    )
    return pl.when(whole).then(months).otherwise(-((end - start).dt.total_days() + 1))


def _geography() -> pl.Expr:
    county = (pl.col("level_a") == "county") != (pl.col("level_b") == "county")
    match = pl.coalesce(
        pl.when(pl.col("level_a") == "county").then(pl.col("boundary_a")),
        pl.when(pl.col("level_b") == "county").then(pl.col("boundary_b")),
    )
    country = pl.col("level_a").is_in(_COUNTRY_LEVELS) != pl.col("level_b").is_in(_COUNTRY_LEVELS)
    summed = pl.col("level_a").is_in(_SUMMED_LEVELS) & pl.col("level_b").is_in(_SUMMED_LEVELS)
    ambiguous = (pl.col("boundary_a") == "ambiguous").fill_null(False) | (
        pl.col("boundary_b") == "ambiguous"
    ).fill_null(False)
    level = (
        pl.when(_missing("level"))
        .then(UNKNOWN)
        .when(country)
        .then(ANOTHER)
        .when(_same("level"))
        .then(pl.when(ambiguous).then(UNKNOWN).otherwise(SAME))
        .when(county)
        .then(pl.when(match == "exact").then(REMOVABLE).otherwise(UNKNOWN))
        .when(summed)
        .then(REMOVABLE)
        .otherwise(UNKNOWN)
    )
    basis = (
        pl.when(pl.col("claim_scope") == DERIVED_RATE)
        .then(SAME)
        .when(_missing("geography_basis"))
        .then(UNKNOWN)
        .when(_same("geography_basis"))
        .then(SAME)
        .otherwise(UNKNOWN)
    )
    return pl.max_horizontal(level, basis)


def _coverage() -> pl.Expr:
    absent = (pl.col("coverage_a") == "absent") | (pl.col("coverage_b") == "absent")
    complete = (pl.col("coverage_a") == "complete") & (pl.col("coverage_b") == "complete")
    partial = (pl.col("coverage_a") == "partial") & (pl.col("coverage_b") == "partial")
    return (
        pl.when(absent.fill_null(False))
        .then(ANOTHER)
        .when(_missing("coverage"))
        .then(UNKNOWN)
        .when(complete)
        .then(SAME)
        .when(partial & _same("left_out") & (pl.col("left_out_a") != ""))
        .then(REMOVABLE)
        .otherwise(UNKNOWN)
    )


def _source(derived: pl.Expr) -> pl.Expr:
    qualities = [pl.col("source_quality_a"), pl.col("source_quality_b")]
    unattributable = pl.any_horizontal(quality == "unattributable" for quality in qualities)
    mixed = pl.any_horizontal(quality == "official" for quality in qualities) & pl.any_horizontal(
        quality == "management information" for quality in qualities
    )
    one_definition = derived | (_same("definition_id") & _same("measure_id"))
    return (
        pl.when(unattributable.fill_null(False))
        .then(ANOTHER)
        .when(_missing("source_quality"))
        .then(UNKNOWN)
        .when(pl.all_horizontal(quality == "official" for quality in qualities))
        .then(SAME)
        .when(mixed & one_definition)
        .then(REMOVABLE)
        .otherwise(UNKNOWN)
    )
