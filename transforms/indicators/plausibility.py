"""Whether figures are of the size that they should be: beside those before them, and beside the size of the population."""

import polars as pl

from transforms.contracts.tables import PLAUSIBILITY
from transforms.indicators.shares import OF_OFFENCES
from transforms.indicators.sums import BY_QUARTER, spoken_of

# Half or double the figure before is odd; below twenty events it is chance.
LEAST_EVENTS = 20
SMALLEST_RATIO, LARGEST_RATIO = 0.5, 2
# Residents of England and Wales, all 43 police force areas. ONS printed 58.4 million for mid-2016 and 58.7 for mid-2017; the
# estimates passed 59 million at mid-2018.
FEWEST_RESIDENTS, FEWEST_RESIDENTS_BEFORE_2018, MOST_RESIDENTS = 59_000_000, 58_000_000, 64_000_000

_FORCES = 43
_QUARTER = 3
_SERIES = ["measure_id", "area_id", "months"]
_PERIOD = ["period_start", "period_end"]


def plausibility(indicators: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """Figures of forces beside those before them, and populations of all 43 forces together: the contract PLAUSIBILITY.

    Every measure is compared, each period as its newest edition prints it: with the same months a year before (like_year_before), and with
    the figure just before (like_just_before), which is the last period of the same length that ended in the year before, or, where
    none is held, the same period in the edition before. Both are null where there is no such figure or both are below twenty;
    population_in_range is null for them, and the reverse.
    """
    figures = _figures(indicators, observations)
    return (
        pl.concat([_beside_those_before(figures), _populations(observations)])
        .with_columns(
            pl.concat_str("measure_id", "area_id", "edition_id", *_PERIOD, separator=".").alias("plausibility_id")
        )
        .sort("plausibility_id")
        .select(pl.col(name).cast(dtype) for name, dtype in PLAUSIBILITY.schema.items())
    )


def _figures(indicators: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """Every figure of a force: _SERIES, _PERIOD, area_name, source_id, edition_id, vintage, value, older (in the edition before, or null).

    The counts of out/indicators, and of measures that are not in it the sums of what is published for a force and period. Shares are none;
    of offences recorded by the quarter the quarters are, and the years that reports print.
    """
    of_forces = pl.col("area_kind") == "police_force_area"
    kept = [*_SERIES, *_PERIOD, "source_id", "edition_id", "vintage", "value"]
    is_count = pl.col("denominator_rule") != OF_OFFENCES
    counts = indicators.filter(of_forces & is_count & pl.col("numerator").is_not_null())
    quarters = (pl.col("months") == _QUARTER) & (pl.col("source_id") == BY_QUARTER)
    computed = pl.concat([spoken_of(counts), counts.filter(quarters)]).select(
        *(name for name in kept if name != "value"), pl.col("numerator").alias("value")
    )
    end, start = pl.col("period_end"), pl.col("period_start")
    months = (end.dt.year() - start.dt.year()) * 12 + end.dt.month() - start.dt.month() + 1
    published = (
        observations.filter(of_forces & ~pl.col("measure_id").is_in(indicators["measure_id"].unique().implode()))
        .with_columns(months.cast(indicators.schema["months"]).alias("months"))
        .group_by(kept[:-1])
        # A sum of which a part has no figure is none.
        .agg(pl.when(pl.col("value").is_not_null().all()).then(pl.col("value").sum()).alias("value"))
        .drop_nulls("value")
        .select(kept)
    )
    by_edition = [*_SERIES, *_PERIOD]
    figures = (
        pl.concat([computed, published])
        # One edition may give a figure in two ways, such as with two populations: the count is one.
        .unique([*by_edition, "source_id", "edition_id"], keep="first", maintain_order=True)
        .sort(*by_edition, "vintage", "source_id", "edition_id")
        .with_columns(pl.col("value", "edition_id").shift(1).over(by_edition).name.suffix("_older"))
        .unique(by_edition, keep="last", maintain_order=True)
    )
    names = indicators.select("area_id", "area_name").unique("area_id")
    return figures.join(names, on="area_id", how="left").with_columns(pl.col("area_name").fill_null(pl.col("area_id")))


def _beside_those_before(figures: pl.DataFrame) -> pl.DataFrame:
    year_before = figures.select(
        *_SERIES,
        pl.col("period_start").dt.offset_by("1y"),
        pl.col("period_end").dt.offset_by("1y").dt.month_end(),
        pl.col("value").alias("compared_with"),
    )
    end_before = pl.col("period_end").shift(1).over(_SERIES, order_by="period_end")
    in_the_year_before = end_before.dt.offset_by("1y").dt.month_end() >= pl.col("period_end").dt.month_end()
    before = figures.with_columns(
        pl.when(in_the_year_before)
        .then(pl.col("value").shift(1).over(_SERIES, order_by="period_end"))
        .alias("earlier"),
        pl.when(in_the_year_before).then(end_before).alias("earlier_end"),
    ).with_columns(
        pl.coalesce("earlier", "value_older").alias("just_before"),
        pl.when(pl.col("earlier").is_not_null())
        .then(pl.format("to {}", "earlier_end"))
        .when(pl.col("value_older").is_not_null())
        .then(pl.format("in edition {}", "edition_id_older"))
        .alias("just_before_is"),
    )
    # The last day of February is another day a year later: months are joined by their ends.
    joined = before.with_columns(pl.col("period_end").dt.month_end().alias("month_end")).join(
        year_before.rename({"period_end": "month_end"}), on=[*_SERIES, "period_start", "month_end"], how="left"
    )
    is_year_before = (pl.col("earlier_end").dt.offset_by("1y").dt.month_end() == pl.col("month_end")).fill_null(False)
    lower, upper = pl.col("compared_with") * SMALLEST_RATIO, pl.col("compared_with") * LARGEST_RATIO
    return (
        joined.filter(pl.any_horizontal(pl.col("compared_with", "just_before").is_not_null()))
        .with_columns(
            _is_like("compared_with").alias("like_year_before"), _is_like("just_before").alias("like_just_before")
        )
        .select(
            *(
                "source_id",
                "edition_id",
                "measure_id",
                "area_id",
                "period_start",
                "period_end",
                "value",
                "compared_with",
            ),
            lower.alias("lower"),
            upper.alias("upper"),
            *("like_year_before", "just_before", "just_before_is", "like_just_before"),
            pl.lit(None, pl.Boolean).alias("population_in_range"),
            pl.concat_str(
                pl.format("{}, to {}: {}", "area_name", "period_end", _with_commas("value")),
                pl.format(", a year before {}", _with_commas("compared_with")).fill_null(""),
                pl.when(~is_year_before)
                .then(pl.format(", {} {}", "just_before_is", _with_commas("just_before")))
                .fill_null(""),
            ).alias("in_words"),
        )
    )


def _is_like(before: str) -> pl.Expr:
    """Whether the figure is between half and double the one before; null where there is none or both are below twenty."""
    enough = pl.max_horizontal("value", before) >= LEAST_EVENTS
    ratio = (pl.col(before) * SMALLEST_RATIO, pl.col(before) * LARGEST_RATIO)
    return pl.when(enough & pl.col(before).is_not_null()).then(pl.col("value").is_between(*ratio))


def _with_commas(count: str) -> pl.Expr:
    """A count below a milliard as a person writes it: 11,952."""
    digits = pl.col(count).round().cast(pl.Int64).cast(pl.String)
    return digits.str.replace(r"(\d)(\d{3})$", "${1},${2}").str.replace(r"(\d)(\d{3}),", "${1},${2},")


def _populations(observations: pl.DataFrame) -> pl.DataFrame:
    fewest = (
        pl.when(pl.col("period_end").dt.year() < 2018).then(FEWEST_RESIDENTS_BEFORE_2018).otherwise(FEWEST_RESIDENTS)
    )
    return (
        observations.filter(
            (pl.col("measure_id") == "resident_population")
            & (pl.col("area_kind") == "police_force_area")
            & pl.col("value").is_not_null()
        )
        .group_by("source_id", "edition_id", "measure_id", "period_start", "period_end")
        .agg(pl.col("value").sum(), pl.col("area_id").n_unique().alias("forces"))
        # An edition that lacks a force has no population of England and Wales.
        .filter(pl.col("forces") == _FORCES)
        .with_columns(fewest.alias("lower"), pl.lit(MOST_RESIDENTS).alias("upper"))
        .select(
            "source_id",
            "edition_id",
            "measure_id",
            pl.lit("K04000001").alias("area_id"),
            "period_start",
            "period_end",
            "value",
            pl.lit(None, pl.Float64).alias("compared_with"),
            pl.col("lower").cast(pl.Float64),
            pl.col("upper").cast(pl.Float64),
            pl.lit(None, pl.Boolean).alias("like_year_before"),
            pl.lit(None, pl.Float64).alias("just_before"),
            pl.lit(None, pl.String).alias("just_before_is"),
            pl.lit(None, pl.Boolean).alias("like_just_before"),
            pl.col("value").is_between("lower", "upper").alias("population_in_range"),
            pl.format("43 police force areas, {}: {} residents", "period_end", pl.col("value").cast(pl.Int64)).alias(
                "in_words"
            ),
        )
    )
